"""``classlens play``: the live page, in a browser on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from classlens.cli.arguments import MISSING, Missing
from classlens.cli.interrupts import patiently
from classlens.cli.options import with_options
from classlens.cli.reading import reading_of, reading_options
from classlens.cli.sources import is_table, prepared_table
from classlens.cli.terminal import OUT
from classlens.errors import ArgumentError
from classlens.kinds import Whole

if TYPE_CHECKING:
    pass

_PORT = Whole(0, 65_535)


@with_options(
    *reading_options(
        *("delimiter", "header", "encoding", "missing_words", "decimal", "image_size", "colour")
    )
)
def play(
    data: Annotated[
        str | None,
        typer.Argument(
            metavar="[DATA]",
            help="The samples to begin with: a table, or a data set by name, such as rings or "
            "iris; by default the lab's blobs.",
        ),
    ] = None,
    *,
    target: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="The table's column of the classes.")
    ] = None,
    missing: Missing = "refuse",
    link: Annotated[
        str | None, typer.Option(metavar="LINK", help="A link that the page's Share has made.")
    ] = None,
    port: Annotated[
        str, typer.Option(metavar="NUMBER", help="The port to answer at; 0 for a free one.")
    ] = "0",
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    **options: str | None,
) -> None:
    """Play with a network in the browser: data, layers and training, live."""
    number = _PORT.check("--port", _PORT.read(port))
    MISSING.check("--missing", missing)
    state = "" if link is None else link.partition("#")[2]
    if link is not None and not state:
        raise ArgumentError(
            f"--link must hold what the page shows, after a #. Got {link!r} instead."
        )
    reading = reading_of(options)
    given = None
    if data is not None and is_table(data):
        given = prepared_table(data, target, missing, reading)
    from classlens.server.serve import serve  # noqa: PLC0415 - loads JAX

    def ready(address: str) -> None:
        OUT.say(f"The playground is at {address}\nCtrl-C ends it.")

    with patiently():  # the server ends tidily by itself; a second Ctrl-C does not wait for it
        serve(
            given,
            name=data or "",
            reading=reading,
            port=number,
            state=state,
            browse=browser,
            ready=ready,
        )
    OUT.say("Ended.")
