"""``classlens train``: from a table to a model file and an honest score."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.arguments import MISSING, Missing
from classlens.cli.options import given_settings, setting_options, with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.sources import check_output
from classlens.cli.terminal import OUT, warnings_told, with_progress
from classlens.kinds import Whole
from classlens.settings import SETTINGS, Settings
from classlens.suiting import SUITING_TABLES

if TYPE_CHECKING:
    from classlens.tabular.learning import Trained
    from classlens.tabular.preparing import Prepared
    from classlens.training.checkpoint import Checkpoint

_MOST_COLUMNS = 40
_MOST_SEEDS = 10_000


@with_options(
    *setting_options(*SETTINGS, suiting=SUITING_TABLES),
    *reading_options(
        *("delimiter", "header", "encoding", "missing_words", "decimal", "image_size", "colour")
    ),
)
def train(  # noqa: PLR0913 - a command has as many arguments as options
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
    missing: Missing = "refuse",
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write a page, too, that shows the model and the rows."),
    ] = None,
    repeat: Annotated[
        str,
        typer.Option(
            metavar="COUNT",
            help="Train with so many seeds, each with its own held-out rows, and say how far the "
            "scores are spread. The first seed's model is kept.",
        ),
    ] = "1",
    checkpoint_minutes: Annotated[
        str,
        typer.Option(
            metavar="MINUTES",
            help="While it trains, keep how far it is in FILE.checkpoint, beside the model, every "
            "so many minutes; the file goes when the model is written.",
        ),
    ] = "10",
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Go on with a training that was killed, or ended by Ctrl-C, from its checkpoint; "
            "where there is none, begin.",
        ),
    ] = False,
    **options: str | None,
) -> None:
    """Train a classifier on a table and say how good it is on rows that it did not see.

    A fifth of the rows is held out and only scores. Settings that are not given suit the table.
    """
    check_output(output, file)
    if report is not None:
        check_output(report, file, output, option="--report")
    MISSING.check("--missing", missing)
    seeds = Whole(1, _MOST_SEEDS).check("--repeat", Whole().read(repeat))
    reading = reading_of(options)
    settings = given_settings(options)
    # These load JAX and pyarrow, which --help does not wait for.
    from classlens.tabular.preparing import prepare  # noqa: PLC0415
    from classlens.training.checkpoint import MINUTES, Checkpoint  # noqa: PLC0415

    minutes = MINUTES.check("--checkpoint-minutes", MINUTES.read(checkpoint_minutes))
    kept = Checkpoint(f"{output}.checkpoint", minutes, resume, stays=True)
    going_on = kept.found() is not None
    prepared = prepare(file, target, leave_out=leave_out or (), missing=missing, **reading)
    _print_table(prepared)
    if going_on:
        OUT.say(f"Going on from {kept.file}.")
    done = _train(prepared, settings, kept)
    if not done.run.epoch:
        raise KeyboardInterrupt
    _print_training(done)
    done.model.save(output)
    OUT.say(f"wrote {output}")
    if done.run.ending != "interrupted":
        kept.remove()
    elif kept.file.exists():
        OUT.say(f"{kept.file} keeps how far it is: the same command with --resume goes on.")
    if report is not None:
        from classlens.report import write_report  # noqa: PLC0415

        write_report(report, done, done.data, title=f"{target} of {file}", source=file)
        OUT.say(f"wrote {report}")
    if seeds > 1:
        _repeat(done, seeds, settings)


def _train(prepared: Prepared, settings: dict[str, Any], kept: Checkpoint | None = None) -> Trained:
    from classlens.tabular.learning import learn  # noqa: PLC0415

    with warnings_told():
        return with_progress(
            lambda progress: learn(prepared, progress=progress, checkpoint=kept, **settings),
            settings.get("epochs"),
        )


def _repeat(first: Trained, count: int, settings: dict[str, Any]) -> None:
    """Train with the seeds after the first one's too, and say how far the scores are spread."""
    if first.measures is None:
        OUT.say("There is nothing to repeat without a score.")
        return
    from classlens.measures import Spread  # noqa: PLC0415 - loads NumPy

    OUT.say(f"\n{count} seeds, each with its own held-out rows:")
    seed, scores = settings.get("seed", Settings.seed), []
    done = first
    for step in range(count):
        own = None if seed is None else seed + step
        if step:
            done = _train(first.prepared, {**settings, "seed": own})
        if done.measures is None or done.run.ending == "interrupted":
            break
        scores.append(done.measures)
        told = f"accuracy {done.measures.accuracy:.1%}, log loss {done.measures.log_loss:.4f}"
        OUT.say(f"  seed {own}: {told}")
    if not scores:
        return
    accuracy, loss = (
        Spread.of([getattr(m, name) for m in scores]) for name in ("accuracy", "log_loss")
    )
    OUT.say(
        f"Accuracy over {len(scores)} seeds: mean {accuracy.mean:.1%}, standard deviation "
        f"{100 * accuracy.deviation:.1f} points, from {accuracy.low:.1%} to {accuracy.high:.1%}. "
        f"Log loss: mean {loss.mean:.4f}, standard deviation {loss.deviation:.4f}."
    )


def _print_table(prepared: Prepared) -> None:
    """What was read and how it will be used, before the training."""
    table, left = prepared.table, {each.column: each.why for each in prepared.left_out}
    OUT.say(" ".join((f"{len(table)} rows, {len(table.columns)} columns.", *table.notes)))
    rows, described = [], table.describe()
    for row in described[:_MOST_COLUMNS]:
        use = row.kind
        if row.name == prepared.encoding.target:
            use = f"the classes ({len(prepared.labels.names)})"
        elif row.name in left:
            use = f"left out ({row.kind})"
        why = left.get(row.name, row.why)
        rows.append((row.name, use, why, row.distinct, str(row.missing), row.example[:30]))
    OUT.show(("column", "is", "because", "values", "missing", "such as"), rows)
    more = len(described) - _MOST_COLUMNS
    if more > 0:
        OUT.say(f"({more} more columns are left out here.)")
    for caution in prepared.cautions:
        OUT.say(f"Take care: {caution.message}")
    OUT.say()


def _print_training(done: Trained) -> None:
    parts, run = done.parts, done.run
    ended = {"early": "stopped early", "interrupted": "interrupted"}.get(run.ending, "trained")
    sizes = " - ".join(str(size) for size in run.network.sizes)
    OUT.say(
        f"Network {sizes}, {ended} after {len(run.history)} epochs; kept that of epoch "
        f"{run.epoch}. Learned from {len(parts.training)} rows, watched {len(parts.watched)}.\n"
    )
    if done.measures is None:
        held = done.model.settings is not None and done.model.settings.test_fraction
        why = "no class has a second row to hold out" if held else "nothing was held out"
        OUT.say(f"There is no score: {why}.")
        return
    from classlens.cli.scoring import print_measures  # noqa: PLC0415 - loads NumPy

    places = done.prepared.table.places
    print_measures(
        done.measures,
        lambda row: f"row {parts.test[row] + 1}, {places.at(int(parts.test[row]))}",
        f"{done.measures.samples} held-out rows",
    )
    scored = set(done.prepared.labels.codes[parts.test].tolist())
    missing = [name for k, name in enumerate(done.prepared.labels.names) if k not in scored]
    if missing:
        OUT.say(f"Not scored, for want of a second row: {', '.join(missing[:10])}.")
