"""The command ``classlens``, and ``python -m classlens``, begin here, before anything is loaded."""

from __future__ import annotations

import contextlib
import os
import signal
import sys


def main() -> None:
    """Run the command line."""
    # While libraries load, Ctrl-C must not raise an exception: their native parts cannot take one.
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _leave)
    from classlens import cli  # noqa: PLC0415 - the handler comes first

    cli.main()


def _leave(*_: object) -> None:
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    os.write(2, b"Interrupted.\n")
    os._exit(130)


if __name__ == "__main__":
    main()
