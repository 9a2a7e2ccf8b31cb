"""The program: its commands and its version."""

from __future__ import annotations

import gc
import io
import sys
from typing import Annotated

import typer

from classlens import _version
from classlens.cli.convert_command import convert
from classlens.cli.endings import ended
from classlens.cli.evaluate_command import evaluate
from classlens.cli.explain_command import explain
from classlens.cli.inspect_command import inspect
from classlens.cli.lab_command import lab
from classlens.cli.play_command import play
from classlens.cli.predict_command import predict
from classlens.cli.report_command import report
from classlens.cli.sweep_command import sweep
from classlens.cli.train_command import train

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help text, and a quarter of a second less to wait for it
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (lab, train, predict, evaluate, explain, report, play, sweep, inspect, convert):
    app.command()(ended(command))


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"classlens {_version.__version__}")
        raise typer.Exit


@app.callback()
def classlens(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Train a multi-class neural network in a blink and see exactly what it does."""


def main() -> None:
    """Run the command line."""
    # Loading JAX and matplotlib makes hundreds of thousands of objects that stay: looking through
    # them for garbage as often as Python does by default takes a twelfth of a short command's time.
    gc.set_threshold(100_000, 20, 20)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a name that the terminal cannot show is spelt
            stream.reconfigure(errors="backslashreplace")
    try:
        app()
    except OSError as error:  # the help itself could not be printed
        print(f"Error: {error.strerror or error}.", file=sys.stderr)
        sys.exit(2)
