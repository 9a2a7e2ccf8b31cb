"""How a command ends: an error is a message and an exit status, never a traceback."""

from __future__ import annotations

import contextlib
import functools
import inspect
import sys
from collections.abc import Callable
from typing import Annotated

import typer

from classlens.cli import terminal
from classlens.errors import ClasslensError

REFUSED = 2
# What a shell reports of a program that Ctrl-C has ended, and of one whose reader has gone.
INTERRUPTED, UNREAD = 130, 141


def ended(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with every error that it may meet turned into a message and an exit status.

    With its option ``--debug`` errors are shown as Python shows them.
    """

    @functools.wraps(command)
    def run(*arguments: object, debug: bool = False, **options: object) -> None:
        if debug:
            command(*arguments, **options)
            return
        try:
            command(*arguments, **options)
            if sys.stdout is not None:  # it may have been closed from the start
                sys.stdout.flush()
        except ClasslensError as error:
            status = _refuse(str(error))
        except BrokenPipeError:  # the reader has gone, as `| head` does
            status = UNREAD
            _close_output()
        except OSError as error:
            file = f": {error.filename}" if error.filename else "."
            status = _refuse(f"{error.strerror or error}{file}")
            _close_output()
        except KeyboardInterrupt:
            terminal.ERR.print("Interrupted.")
            status = INTERRUPTED
        except Exception as error:  # a library's own: its environment may be at fault
            reason = " ".join(str(error).split())[:300]
            status = _refuse(
                f"this should not have happened, {type(error).__name__}: {reason}. Add --debug to "
                "see where it did."
            )
        else:
            return
        sys.exit(status)

    signature = inspect.signature(command, eval_str=True)
    run.__signature__ = signature.replace(  # type: ignore[attr-defined]
        parameters=[*signature.parameters.values(), _DEBUG]
    )
    run.__annotations__ = {**command.__annotations__, "debug": _DEBUG.annotation}
    return run


_DEBUG = inspect.Parameter(
    "debug",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool, typer.Option("--debug", help="Show where in the program an error arose.")
    ],
)


def _refuse(message: str) -> int:
    with contextlib.suppress(OSError):  # nobody can be told where standard error is full, too
        terminal.ERR.say(f"Error: {message}")
    return REFUSED


def _close_output() -> None:
    """Drop what could not be written: Python would try once more at the end, and complain again."""
    with contextlib.suppress(OSError, AttributeError):
        sys.stdout.close()
