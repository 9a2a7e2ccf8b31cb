"""``classlens sweep``: many networks, and how they end."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.arguments import MISSING, Missing
from classlens.cli.interrupts import patiently
from classlens.cli.options import given_choices, setting_options, with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.several import in_a_child, machines_of, machines_options, together
from classlens.cli.sources import is_table, named_data, prepared_table
from classlens.cli.terminal import OUT, with_networks
from classlens.errors import ArgumentError
from classlens.files import write_whole
from classlens.kinds import Whole
from classlens.settings import SETTINGS

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset
    from classlens.survey.plan import Plan
    from classlens.training.processes import Share

_ROWS = tuple(name for name in SETTINGS if name not in ("seed", "history_megabytes"))


@with_options(
    *setting_options(*_ROWS, several=True),
    *reading_options("delimiter", "header", "encoding", "missing_words", "decimal"),
    *machines_options(),
)
def sweep(  # noqa: PLR0913 - a command has as many arguments as options
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA]",
            help="What the networks learn: a table, or a data set by name, such as rings or iris; "
            "by default the lab's blobs.",
        ),
    ] = None,
    *,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The table's column of the classes.")
    ] = None,
    missing: Missing = "refuse",
    seeds: Annotated[
        str, typer.Option(metavar="COUNT", help="How many seeds to try: 0 to COUNT - 1.")
    ] = "1000",
    own_order: Annotated[
        bool,
        typer.Option(
            "--own-order",
            help="Draw the order of the samples, too, from each network's own seed. By default all "
            "share one, that of --shuffle-seed 1234.",
        ),
    ] = False,
    out: Annotated[Path, typer.Option(metavar="DIR", help="Folder to write to.")] = Path(
        "classlens-sweep"
    ),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the sweep that is in the folder.")
    ] = False,
    weights: Annotated[
        bool, typer.Option("--weights", help="Keep the networks' weights in the table.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Write the table as text, too.")] = False,
    **options: Any,
) -> None:
    """Train many networks, and say how they end: how lucky was this seed?

    Every training option may be given several times; each value then goes with each of the others'.
    """
    MISSING.check("--missing", missing)
    count = Whole(1, None).check("--seeds", Whole().read(seeds))
    if str(out) == ".":
        raise ArgumentError("--out must name a folder of its own. Got the current one instead.")
    machines = machines_of(options)
    in_a_child(machines)
    reading = reading_of(options)
    choices = given_choices(options)
    from classlens.survey.plan import Plan  # noqa: PLC0415 - loads NumPy and pyarrow
    from classlens.survey.sweeping import sweep_into  # noqa: PLC0415

    shared = {name: values[0] for name, values in choices.items() if len(values) == 1}
    grid = {name: values for name, values in choices.items() if len(values) > 1}
    plan = Plan.of(count, shared, grid, own_order=own_order)
    with together(machines) as share:
        samples = _data(data, target, missing, reading)
        if share.index:
            _take_part(out, plan, samples, weights, share)
            return
        with patiently() as ask:
            survey = with_networks(
                lambda progress: sweep_into(
                    out,
                    plan,
                    samples,
                    weights=weights,
                    csv=csv,
                    resume=resume,
                    progress=progress,
                    share=share,
                ),
                ask,
            )
    OUT.say(str(survey))
    OUT.say(f"wrote {survey.file}")
    picture = out / "endings.png"
    write_whole(picture, survey.endings().png())
    OUT.say(f"wrote {picture}")


def _take_part(out: Path, plan: Plan, samples: Dataset, weights: bool, share: Share) -> None:
    from classlens.survey.sharing import take_part  # noqa: PLC0415 - loads NumPy and pyarrow

    with patiently() as ask:
        networks = take_part(
            out, plan, samples, share=share, weights=weights, progress=lambda _: ask()
        )
    OUT.say(f"{share} has trained {networks:,} networks; process 0 tells of all.")


def _data(word: str | None, target: str | None, missing: str, reading: dict[str, Any]) -> Dataset:
    if word is None or not is_table(word):
        return named_data(word or "blobs")
    return prepared_table(word, target, missing, reading).scaled()
