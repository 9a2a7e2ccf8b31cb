"""``classlens predict``: a model's classes for the rows of a table, or for one example."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.arguments import UNSEEN, Unseen
from classlens.cli.interrupts import patiently
from classlens.cli.options import with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.sources import check_output, example_for, model_in
from classlens.cli.terminal import OUT
from classlens.errors import ArgumentError, printable
from classlens.files import whole_file

if TYPE_CHECKING:
    from classlens.model import Model

# A cell that begins so is run by a spreadsheet; an apostrophe before it keeps it text.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\0")


@with_options(*reading_options("delimiter", "header", "encoding", "missing_words", "decimal"))
def predict(
    model: Annotated[Path, typer.Argument(help="A model file.")],
    file: Annotated[str | None, typer.Argument(help="A table with the model's columns.")] = None,
    *,
    at: Annotated[
        str | None,
        typer.Option(metavar="FEATURES", help="One example in place of a table: x0=0.5,x1=-1."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write a CSV file.")
    ] = None,
    unseen: Unseen = "refuse",
    **options: str | None,
) -> None:
    """Predict the classes of a table's rows: CSV with row, prediction and each class's share."""
    UNSEEN.check("--unseen", unseen)
    if (file is None) == (at is None):
        raise ArgumentError("predict needs a table, or one example as --at x0=0.5,x1=-1.")
    if output is not None:
        check_output(output, model, file)
    reading = reading_of(options)
    loaded = model_in(model)
    if at is not None:
        _print_one(loaded, at, unseen)
        return
    from classlens.tabular import judging  # noqa: PLC0415 - loads pyarrow

    batches = judging.predict(loaded, file, unseen=unseen, **reading)
    lines = _lines(loaded.class_names, batches)
    if output is None:
        for text in lines:  # what is read by a program must stay as it is
            OUT.out(printable(text) if OUT.is_terminal else text, end="")
        return
    with patiently() as ask, whole_file(output) as sink:
        for text in lines:
            sink.write(text.encode("utf-8", "backslashreplace"))
            ask()
    OUT.say(f"wrote {output}")


def _print_one(model: Model, at: str, unseen: str) -> None:
    """One example's class and shares."""
    (shares,) = model.predict_proba([example_for(model, at, unseen=unseen)])
    best = int(shares.argmax())
    OUT.say(f"{model.class_names[best]} ({shares[best]:.1%})")
    for k in (-shares).argsort(kind="stable")[:10].tolist():
        OUT.say(f"  {model.class_names[k]}: {shares[k]:.4f}")


def _lines(names: tuple[str, ...], batches: Iterator[Any]) -> Iterator[str]:
    """The CSV file, batch by batch; rows are counted from 1, the first record."""
    first = next(batches)  # what cannot be read is refused before anything is written
    yield _csv(["row", "prediction", *(f"p({name})" for name in names)]) + "\n"
    words = [_csv([_safe(name)]) for name in names]
    line = "%d,%s" + len(names) * ",%.6g" + "\n"
    row = 0
    for shares in itertools.chain([first], batches):
        best = shares.argmax(axis=1).tolist()
        yield "".join(
            line % (row + place, words[k], *each)
            for place, (k, each) in enumerate(zip(best, shares.tolist(), strict=True), start=1)
        )
        row += len(shares)


def _csv(cells: Sequence[str]) -> str:
    """One record, without its line's end."""
    text = io.StringIO()
    csv.writer(text).writerow(cells)  # whose line's end, \r\n, makes it quote either sign in a cell
    return text.getvalue().removesuffix("\r\n")


def _safe(name: str) -> str:
    return f"'{name}" if name.startswith(_FORMULA) else name
