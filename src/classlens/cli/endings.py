"""How a command ends: an error is a message and an exit status, never a traceback."""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections.abc import Callable

from classlens.cli import terminal
from classlens.errors import ClasslensError

REFUSED = 2
# With this variable set, what nobody foresaw is shown as Python shows it.
_DEBUG = "CLASSLENS_DEBUG"
# What a shell reports of a program that Ctrl-C has ended, and of one whose reader has gone.
INTERRUPTED, UNREAD = 130, 141


def ended(command: Callable[..., None]) -> Callable[..., None]:
    """The command, with every error that it may meet turned into a message and an exit status."""

    @functools.wraps(command)
    def run(*arguments: object, **options: object) -> None:
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
            if _DEBUG in os.environ:
                raise
            reason = " ".join(str(error).split())[:300]
            status = _refuse(
                f"this should not have happened, {type(error).__name__}: {reason}. Set {_DEBUG}=1 "
                "to see where it did."
            )
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
    with contextlib.suppress(OSError, AttributeError):
        sys.stdout.close()
