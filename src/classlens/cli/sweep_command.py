"""``classlens sweep``: many networks, and how they end."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.arguments import MISSING, Missing
from classlens.cli.interrupts import patiently
from classlens.cli.learned import Learned
from classlens.cli.opening import open_one
from classlens.cli.options import given_choices, option_name, setting_options, with_options
from classlens.cli.reading import reading_options
from classlens.cli.several import in_a_child, machines_of, machines_options, together
from classlens.cli.terminal import OUT, Tell, with_networks
from classlens.errors import ArgumentError
from classlens.files import write_whole
from classlens.kinds import Whole
from classlens.settings import SETTINGS

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset
    from classlens.survey.plan import Plan
    from classlens.survey.running import Progress
    from classlens.training.processes import Share

_MACHINES = ("coordinator", "processes", "process_id")
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
    leave_out: Annotated[
        list[str] | None,
        typer.Option(metavar="COLUMN", help="A column not to use; may be given several times."),
    ] = None,
    missing: Missing = "refuse",
    seeds: Annotated[
        str | None,
        typer.Option(
            metavar="COUNT", help="How many seeds to try: 0 to COUNT - 1. [default: 1000]"
        ),
    ] = None,
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
    sample: Annotated[
        str | None,
        typer.Option(
            metavar="COUNT",
            help="Draw so many choices of settings at random. A learning rate, momentum, weight "
            "decay or l1 may then be a range, such as 0.001:0.1.",
        ),
    ] = None,
    sample_seed: Annotated[
        str | None,
        typer.Option(metavar="SEED", help="Decides which choices are drawn. [default: 0]"),
    ] = None,
    number: Annotated[
        str | None,
        typer.Option(
            "--open",
            metavar="NETWORK",
            help="Train a network of the finished sweep in --out again, by its number in the "
            "table, and keep its model.",
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="With --open, where to keep the model. [default: model.safetensors]",
        ),
    ] = None,
    report: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="With --open, write a page, too, that shows it."),
    ] = None,
    **options: Any,
) -> None:
    """Train many networks, and say how they end: how lucky was this seed?

    Every training option may be given several times; each value then goes with each of the others'.
    """
    MISSING.check("--missing", missing)
    if str(out) == ".":
        raise ArgumentError("--out must name a folder of its own. Got the current one instead.")
    given = {name for name, value in options.items() if value}
    machines = machines_of(options)
    learned = Learned.of(data, target, missing, leave_out, options)
    if number is not None:
        own = {"seeds": seeds, "own_order": own_order, "resume": resume, "weights": weights}
        own |= {"csv": csv, "sample": sample, "sample_seed": sample_seed}
        own |= {name: name in given for name in _ROWS}
        if machines is not None:
            own |= {name: name in given for name in _MACHINES}
        _refuse_with_open([name for name, value in own.items() if value])
        if machines is not None:
            raise ArgumentError(
                "--open trains one network, in one process. Found several here: start one, or give "
                "--coordinator none."
            )
        open_one(out, number, learned, output=output or Path("model.safetensors"), report=report)
        return
    if output is not None or report is not None:
        raise ArgumentError("--output and --report are for one network: say which with --open.")
    count = Whole(1, None).check("--seeds", Whole().read(seeds or "1000"))
    in_a_child(machines)
    from classlens.survey.folder import CSV  # noqa: PLC0415 - loads NumPy and pyarrow
    from classlens.survey.plan import Plan  # noqa: PLC0415
    from classlens.survey.sweeping import sweep_into  # noqa: PLC0415

    shared, grid = _grid(options)
    drawn = None if sample is None else Whole(1, None).check("--sample", Whole().read(sample))
    draw = Whole(0, None).check("--sample-seed", Whole().read(sample_seed or "0"))
    plan = Plan.of(count, shared, grid, own_order=own_order, sample=drawn, sample_seed=draw)
    with together(machines) as share:
        samples = learned.samples()
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
                    progress=_loading(_going_on(progress) if resume else progress),
                    share=share,
                    source=data or "blobs",
                ),
                ask,
            )
    OUT.say(str(survey))
    OUT.say(f"wrote {survey.file}")
    if csv:
        OUT.say(f"wrote {out / CSV}")
    _write(out / "endings.png", survey.endings().png())
    if samples.features == 2:
        _write(out / "gallery.png", survey.gallery().png())
    shown = next((each.such_as[0] for each in survey.findings if each.such_as), 0)
    OUT.say(
        f"One of them alone: classlens sweep{learned} --out {shlex.quote(str(out))} --open {shown}"
        + ("" if csv else "\nThe table as text: the same command with --resume --csv")
    )


def _refuse_with_open(given: Sequence[str]) -> None:
    if given:
        raise ArgumentError(
            "--open trains a network by what the sweep in --out was given: leave "
            f"{', '.join(map(option_name, given))} out."
        )


def _going_on(progress: Tell) -> Tell:
    """The same, but first it is said what is there already."""
    said = False

    def tell(news: Progress) -> None:
        nonlocal said
        if news.done and not said:
            OUT.say(f"Going on: {news.done:,.0f} of {news.networks:,} networks are there.")
        said = True
        progress(news)

    return tell


def _loading(progress: Tell) -> Tell:
    """The same, but with the first networks what draws is loaded: the cores train meanwhile."""

    def tell(news: Progress) -> None:
        progress(news)
        if news.done:
            import classlens.survey.gallery  # noqa: PLC0415
            import classlens.view.displays.endings  # noqa: PLC0415
            import classlens.view.displays.gallery  # noqa: F401, PLC0415

    return tell


def _write(picture: Path, content: bytes) -> None:
    from classlens.survey.folder import remedied  # noqa: PLC0415 - loads pyarrow

    with remedied():
        write_whole(picture, content)
    OUT.say(f"wrote {picture}")


def _grid(options: Mapping[str, list[str] | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The settings that all share, and those of which there are several values, or a range."""
    from classlens.training.group import VARIED  # noqa: PLC0415 - loads NumPy

    ranges = {
        name: texts[0]
        for name, texts in options.items()
        if texts and len(texts) == 1 and name in VARIED and ":" in texts[0]
    }
    choices = given_choices({name: own for name, own in options.items() if name not in ranges})
    shared = {name: values[0] for name, values in choices.items() if len(values) == 1}
    several = {name: values for name, values in choices.items() if len(values) > 1}
    return shared, {**several, **ranges}


def _take_part(out: Path, plan: Plan, samples: Dataset, weights: bool, share: Share) -> None:
    from classlens.survey.sharing import take_part  # noqa: PLC0415 - loads NumPy and pyarrow

    with patiently() as ask:
        networks = take_part(
            out, plan, samples, share=share, weights=weights, progress=lambda _: ask()
        )
    OUT.say(f"{share} has trained {networks:,} networks; process 0 tells of all.")
