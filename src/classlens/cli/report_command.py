"""``classlens report``: a model and its data as one page that opens offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classlens.cli.arguments import Examples, Target
from classlens.cli.options import with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.sources import check_output, examples_for, model_in, the_lab
from classlens.cli.terminal import OUT
from classlens.errors import ArgumentError

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset
    from classlens.model import Model
    from classlens.training.run import Run


@with_options(*reading_options("delimiter", "header", "encoding", "missing_words", "decimal"))
def report(
    model: Annotated[
        Path | None, typer.Argument(help="A model file. Without it the lab is done and shown.")
    ] = None,
    data: Examples = None,
    *,
    target: Target = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The page to write.")
    ] = Path("report.html"),
    title: Annotated[str, typer.Option(help="The page's heading.")] = "Classlens report",
    **options: str | None,
) -> None:
    """Write a page that shows what a network does: one file, to be opened offline or mailed."""
    check_output(output, model, data)
    if model is not None and data is None:
        raise ArgumentError(
            "report needs DATA, the examples that the page is to show. Give a table, or the name "
            "of a data set such as blobs, after the model."
        )
    reading = reading_of(options)
    from classlens.report import write_report  # noqa: PLC0415 - loads NumPy

    shown: Model | Run
    examples: Dataset | None = None
    if model is None:
        done = the_lab()
        shown, examples, source = done.run, done.data, "blobs, as the lab makes them"
    else:
        shown = model_in(model)
        assert data is not None  # noqa: S101 - refused above
        source = data
        examples = examples_for(shown, data, target=target, reading=reading)
    write_report(output, shown, examples, title=title, source=source)
    OUT.say(f"wrote {output}")
