"""``classlens explain``: what a network does, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.arguments import UNSEEN, Examples, Target, Unseen
from classlens.cli.options import features_of, window_of, with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.sources import (
    check_output,
    example_for,
    examples_for,
    is_table,
    model_in,
    the_lab,
)
from classlens.cli.terminal import OUT
from classlens.errors import ArgumentError, one_of
from classlens.files import write_whole
from classlens.kinds import Whole

if TYPE_CHECKING:
    from classlens.analysis.slices import Slice
    from classlens.data.dataset import Dataset
    from classlens.explanation.account import Explanation
    from classlens.model import Model
    from classlens.training.run import Run

FORMATS: Mapping[str, Callable[[Explanation], str]] = MappingProxyType(
    {
        "text": str,
        "markdown": lambda explanation: explanation.to_markdown().rstrip(),
        "json": lambda explanation: explanation.to_json(),
    }
)


@with_options(*reading_options("delimiter", "header", "encoding", "missing_words", "decimal"))
def explain(  # noqa: PLR0913 - a command's options are its parameters
    model: Annotated[
        Path | None, typer.Argument(help="A model file. Without it the lab is done and explained.")
    ] = None,
    data: Examples = None,
    *,
    target: Target = None,
    format: Annotated[  # noqa: A002
        str, typer.Option(help=f"How to print it: {', '.join(FORMATS)}.")
    ] = "text",
    example: Annotated[
        str | None,
        typer.Option(metavar="ROW", help="Explain only this row of the data, from 0 on."),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="FEATURES", help="Explain only one example, such as x0=0.5,x1=-1."),
    ] = None,
    unseen: Unseen = "refuse",
    window: Annotated[
        str | None,
        typer.Option(
            metavar="RANGES", help="The part of the plane to tell about, such as -5:5,-4:4."
        ),
    ] = None,
    slice: Annotated[  # noqa: A002
        str | None,
        typer.Option(
            metavar="PLANE",
            help="For more than two features: two of them, such as x0,x2 (the others held at "
            "their means in the data), or principal.",
        ),
    ] = None,
    hold: Annotated[
        str | None,
        typer.Option(
            metavar="FEATURES", help="Where the slice holds other features, such as x1=2,x3=0."
        ),
    ] = None,
    whole: Annotated[
        bool,
        typer.Option(
            "--whole", help="Tell everything; else of a large network only what matters most."
        ),
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it to a file.")
    ] = None,
    **options: str | None,
) -> None:
    """Say in plain words how a network comes to its answers, checked against the network."""
    UNSEEN.check("--unseen", unseen)
    if format not in FORMATS:
        raise ArgumentError(one_of("--format", format, list(FORMATS)))
    if example is not None and at is not None:
        raise ArgumentError("--example and --at name an example each. Give one of them.")
    if (window is not None or whole) and (example is not None or at is not None):
        which = "--whole" if window is None else "--window"
        raise ArgumentError(f"{which} is for the whole explanation, not for one example.")
    rectangle = None if window is None else window_of(window)
    if output is not None:
        check_output(output, model, data)
    reading = reading_of(options)
    from classlens.explanation import account  # noqa: PLC0415 - loads NumPy
    from classlens.model import as_model  # noqa: PLC0415

    given, examples = _subject(model, data, target, {"unseen": unseen, **reading})
    names = _names(given, examples)
    plane = _slice(slice, hold, names, examples)
    if at is not None:
        place = example_for(as_model(given), at, unseen=unseen)
        told = account.explain_example(given, place, examples, slice=plane)
    elif example is not None:
        told = account.explain_example(given, _row(example, examples), examples, slice=plane)
    else:
        told = account.explain(given, examples, window=rectangle, slice=plane, whole=whole)
    text = FORMATS[format](told)
    if format == "text" and data is not None and is_table(data):
        text += f"\n\nExamples count from 0: example 0 is row 1 of {data}."
    if output is None:
        print(text)
    else:
        write_whole(output, f"{text}\n".encode())
        OUT.say(f"wrote {output}")


def _subject(
    model: Path | None, data: str | None, target: str | None, reading: dict[str, Any]
) -> tuple[Model | Run, Dataset | None]:
    """The model and the examples that the arguments name; without a model, the lab's."""
    if model is not None:
        loaded = model_in(model)
        if data is None:
            return loaded, None
        return loaded, examples_for(loaded, data, target=target, reading=reading)
    done = the_lab()
    return done.run, done.data


def _names(given: Model | Run, examples: Dataset | None) -> tuple[str, ...]:
    from classlens.model import as_model, names_of_features  # noqa: PLC0415

    return names_of_features(as_model(given), None if examples is None else examples.feature_names)


def _row(text: str, examples: Dataset | None) -> int:
    if examples is None:
        raise ArgumentError("--example needs DATA whose row it is. Give it after the model.")
    kind = Whole(0, len(examples) - 1)
    return kind.check("--example", kind.read(text))


def _slice(
    text: str | None, hold: str | None, names: tuple[str, ...], examples: Dataset | None
) -> Slice | None:
    """The plane that --slice and --hold stand for."""
    if text is None:
        if hold is not None:
            raise ArgumentError("--hold belongs to --slice. Name two features there.")
        return None
    from classlens.analysis.slices import Slice  # noqa: PLC0415

    if text == "principal":
        if examples is None or hold is not None:
            raise ArgumentError(
                "--slice principal is the plane in which DATA varies most: it needs DATA, and "
                "goes without --hold."
            )
        return Slice.principal(examples)
    chosen = [name for name in names if text.startswith(f"{name},")]
    first = max(chosen, key=len, default=text.partition(",")[0])
    held = {} if hold is None else features_of("--hold", hold, names)
    if examples is not None:
        means = examples.X.mean(axis=0, dtype=float)
        held = dict(zip(names, means.tolist(), strict=True)) | held
    second = text[len(first) + 1 :]
    for name in (first, second):
        if name not in names:
            raise ArgumentError(one_of("each feature of --slice", name, names))
    missing = [name for name in names if name not in held and name not in (first, second)]
    if missing:
        raise ArgumentError(
            f"--slice must know where the other features are held: {', '.join(missing)}. Give "
            "DATA, for their means, or --hold name=value,..."
        )
    return Slice.through_features(
        first, second, [held.get(name, 0.0) for name in names], names=names
    )
