"""``classlens evaluate``: how good a model is on a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from classlens.cli.arguments import UNSEEN, Target, Unseen
from classlens.cli.options import with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.sources import model_in
from classlens.cli.terminal import OUT


@with_options(*reading_options("delimiter", "header", "encoding", "missing_words", "decimal"))
def evaluate(
    model: Annotated[Path, typer.Argument(help="A model file that train has written.")],
    file: Annotated[str, typer.Argument(help="A table with the column of the classes in it.")],
    *,
    target: Target = None,
    unseen: Unseen = "refuse",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print it for a program to read.")
    ] = False,
    **options: str | None,
) -> None:
    """Say how good a model is on the rows of a table.

    Rows that it has learned from score better than others will: give it others.
    """
    UNSEEN.check("--unseen", unseen)
    reading = reading_of(options)
    from classlens.tabular.judging import samples_of  # noqa: PLC0415 - loads pyarrow

    loaded = model_in(model)
    samples = samples_of(loaded, file, target=target, unseen=unseen, **reading)
    table, measures = samples.table, samples.measures
    if not as_json:
        from classlens.cli.scoring import print_measures  # noqa: PLC0415 - loads NumPy

        where = f"{len(table)} rows of {file}"
        print_measures(measures, lambda row: f"row {row + 1}, {table.places.at(row)}", where)
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
