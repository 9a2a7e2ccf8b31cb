"""How a command ends: an error is a message and an exit status, never a traceback."""

from __future__ import annotations

import contextlib
import functools
import sys
from collections.abc import Callable

from classlens.cli import terminal
from classlens.errors import ClasslensError

REFUSED = 2
# What a shell reports of a program that Ctrl-C has ended, and of one whose reader has gone.
INTERRUPTED, UNREAD = 130, 141


def ended(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with every error that it may meet turned into a message and an exit status."""

    @functools.wraps(command)
    def run(*arguments: object, **options: object) -> None:
        try:
            command(*arguments, **options)
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
        else:
            return
        sys.exit(status)

    return run


def _refuse(message: str) -> int:
    with contextlib.suppress(OSError):  # nobody can be told where standard error is full, too
        terminal.ERR.print(f"Error: {message}", markup=False)
    return REFUSED


def _close_output() -> None:
    """Drop what could not be written: Python would try once more at the end, and complain again."""
    with contextlib.suppress(OSError):
        sys.stdout.close()
