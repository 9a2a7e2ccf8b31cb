"""Arguments and options that several commands have, each said once."""

from __future__ import annotations

from typing import Annotated

import typer

from classlens.kinds import Word

Examples = Annotated[
    str | None,
    typer.Argument(
        metavar="[DATA]",
        help="The examples: a table with the model's columns and that of the classes, or a data "
        "set by name, such as blobs, rings or iris.",
    ),
]
Target = Annotated[
    str | None,
    typer.Option(
        metavar="COLUMN", help="The table's column of the classes, if not the training's."
    ),
]
Unseen = Annotated[
    str,
    typer.Option(metavar="refuse|ignore", help="What to do about words not met in training."),
]
UNSEEN = Word(("refuse", "ignore"))
Missing = Annotated[
    str, typer.Option(metavar="refuse|impute", help="What to do about missing cells.")
]
MISSING = Word(("refuse", "impute"))
