"""``classlens train``: from a table to a model file and an honest score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from classlens.cli.options import given_settings, with_settings
from classlens.cli.reading import reading_of, with_reading
from classlens.cli.terminal import OUT, with_progress
from classlens.files import check_target

if TYPE_CHECKING:
    from classlens.tabular import Prepared, Trained

_MOST_COLUMNS = 40


@with_settings(
    *("seed", "epochs", "hidden", "activation", "optimizer", "learning_rate", "schedule"),
    *("momentum", "batch_size", "weight_decay", "l1", "class_weight", "patience", "min_delta"),
)
@with_reading(
    *("delimiter", "header", "encoding", "missing_words", "decimal", "image_size", "colour")
)
def train(
    file: Annotated[
        str, typer.Argument(help="A table, a pattern such as 'data/*.csv', a folder of pictures.")
    ],
    *,
    target: Annotated[str, typer.Option(metavar="COLUMN", help="The column to predict.")] = "class",
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Where to keep the model.")
    ] = Path("model.safetensors"),
    leave_out: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column not to use; may be given several times."),
    ] = None,
    missing: Annotated[
        str, typer.Option(metavar="refuse|impute", help="What to do about missing cells.")
    ] = "refuse",
    **options: str | None,
) -> None:
    """Train a classifier on a table and say how good it is on rows that it did not see.

    A fifth of the rows is held out and only scores. Settings that are not given suit the table.
    """
    check_target(output)
    reading = reading_of(options)
    settings = given_settings(options)
    # These load JAX and pyarrow, which --help does not wait for.
    from classlens import tabular  # noqa: PLC0415

    prepared = tabular.prepare(file, target, leave_out=leave_out or (), missing=missing, **reading)
    _print_table(prepared)
    done = with_progress(
        lambda progress: tabular.train(prepared, progress=progress, **settings),
        settings.get("epochs"),
    )
    if not done.run.epoch:
        raise KeyboardInterrupt
    _print_training(done)
    done.model.save(output)
    OUT.print(f"wrote {output}", markup=False)


def _print_table(prepared: Prepared) -> None:
    """What was read and how it will be used, before the training."""
    table, left = prepared.table, {each.column: each.why for each in prepared.left_out}
    OUT.print(f"{len(table)} rows, {len(table.columns)} columns.", *table.notes, markup=False)
    shown = Table(
        "column", "is", "because", "values", "missing", "such as", box=None, pad_edge=False
    )
    rows = table.describe()
    for row in rows[:_MOST_COLUMNS]:
        use = row.kind
        if row.name == prepared.encoding.target:
            use = f"the classes ({len(prepared.labels.names)})"
        elif row.name in left:
            use = f"left out ({row.kind})"
        why = left.get(row.name, row.why)
        cells = (row.name, use, why, row.distinct, str(row.missing), row.example[:30])
        shown.add_row(*(cell.replace("[", "\\[") for cell in cells))
    OUT.print(shown)
    if len(rows) > _MOST_COLUMNS:
        OUT.print(f"({len(rows) - _MOST_COLUMNS} more columns are left out here.)")
    for caution in prepared.cautions:
        OUT.print(f"Take care: {caution.message}", markup=False)
    OUT.print()


def _print_training(done: Trained) -> None:
    parts, run = done.parts, done.run
    ended = {"early": "stopped early", "interrupted": "interrupted"}.get(run.ending, "trained")
    sizes = " - ".join(str(size) for size in run.network.sizes)
    OUT.print(
        f"Network {sizes}, {ended} after {len(run.history)} epochs; kept that of epoch "
        f"{run.epoch}. Learned from {len(parts.training)} rows, watched {len(parts.watched)}.\n"
    )
    if done.measures is None:
        OUT.print("There is no score: no class has a second row to hold out.")
        return
    from classlens.cli.scoring import print_measures  # noqa: PLC0415 - loads NumPy

    places = done.prepared.table.places
    print_measures(
        done.measures,
        lambda row: str(places.at(int(parts.test[row]))),
        f"{done.measures.samples} held-out rows",
    )
    scored = set(done.prepared.labels.codes[parts.test].tolist())
    missing = [name for k, name in enumerate(done.prepared.labels.names) if k not in scored]
    if missing:
        OUT.print(f"Not scored, for want of a second row: {', '.join(missing[:10])}.", markup=False)
