"""``classlens evaluate``: how good a model is on a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from classlens.cli.options import one_of_words, with_settings
from classlens.cli.reading import reading_of, with_reading
from classlens.cli.terminal import OUT


@with_settings()
@with_reading("delimiter", "header", "encoding")
def evaluate(
    model: Annotated[Path, typer.Argument(help="A model file that train has written.")],
    file: Annotated[str, typer.Argument(help="A table with the column of the classes in it.")],
    *,
    unseen: Annotated[
        str,
        typer.Option(metavar="refuse|ignore", help="What to do about words not met in training."),
    ] = "refuse",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print it for a program to read.")
    ] = False,
    **options: str | None,
) -> None:
    """Say how good a model is on the rows of a table."""
    one_of_words("--unseen", unseen, ("refuse", "ignore"))
    reading = reading_of(options)
    from classlens import tabular  # noqa: PLC0415 - loads JAX and pyarrow
    from classlens.model import Model  # noqa: PLC0415

    table, measures = tabular.evaluate(Model.load(model), file, unseen=unseen, **reading)
    if not as_json:
        from classlens.cli.scoring import print_measures  # noqa: PLC0415 - loads NumPy

        where = f"{len(table)} rows of {file}"
        print_measures(measures, lambda row: str(table.places.at(row)), where)
        return
    OUT.out(
        json.dumps(
            {
                "samples": measures.samples,
                "accuracy": measures.accuracy,
                "interval": list(measures.interval),
                "baseline": measures.baseline,
                "log_loss": measures.log_loss,
                "calibration_error": measures.calibration_error,
                "classes": list(measures.class_names),
                "confusion": measures.confusion.tolist(),
            }
        )
    )
