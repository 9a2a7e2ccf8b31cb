"""What ``classlens train`` says of a table and of a training."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from classlens.cli.terminal import OUT

if TYPE_CHECKING:
    from classlens.data.planning import LeftOut
    from classlens.data.tables.cautions import Caution
    from classlens.data.tables.table import Table
    from classlens.tabular.learning import Trained
    from classlens.tabular.streaming import Streamed

_MOST_COLUMNS = 40


def print_columns(
    table: Table,
    target: str,
    classes: int,
    left_out: Sequence[LeftOut],
    cautions: Sequence[Caution],
) -> None:
    """Print what each column is and how it will be used.

    Args:
        table: what was read.
        target: the column of the classes.
        classes: how many there are.
        left_out: the columns that are not used.
        cautions: what is worth a second look.
    """
    left = {each.column: each.why for each in left_out}
    rows, described = [], table.describe()
    for row in described[:_MOST_COLUMNS]:
        use = row.kind
        if row.name == target:
            use = f"the classes ({classes})"
        elif row.name in left:
            use = f"left out ({row.kind})"
        why = left.get(row.name, row.why)
        rows.append((row.name, use, why, row.distinct, str(row.missing), row.example[:30]))
    OUT.show(("column", "is", "because", "values", "missing", "such as"), rows)
    more = len(described) - _MOST_COLUMNS
    if more > 0:
        OUT.say(f"({more} more columns are left out here.)")
    for caution in cautions:
        OUT.say(f"Take care: {caution.message}")
    OUT.say()


def print_training(done: Trained | Streamed) -> None:
    """Print what was trained, and how good it is on the held-out rows."""
    run = done.run
    ended = {"early": "stopped early", "interrupted": "interrupted"}.get(run.ending, "trained")
    sizes = " - ".join(str(size) for size in run.network.sizes)
    OUT.say(
        f"Network {sizes}, {ended} after {len(run.history)} epochs; kept that of epoch "
        f"{run.epoch}. Learned from {done.learned} rows, watched {done.watched}.\n"
    )
    if done.measures is None:
        held = done.model.settings is not None and done.model.settings.test_fraction
        why = done.why_unscored if held else "nothing was held out"
        OUT.say(f"There is no score: {why}.")
        return
    from classlens.cli.scoring import print_measures  # noqa: PLC0415 - loads NumPy

    print_measures(done.measures, done.where, f"{done.measures.samples} held-out rows")
    if done.unscored:
        OUT.say(f"Not scored, as none of their rows is held out: {', '.join(done.unscored[:10])}.")
