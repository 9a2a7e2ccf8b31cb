"""Commands that several processes carry out together: their options, and a parent for each process.

JAX aborts a process that has lost the others, with a stack of its own. So the command runs in a
child, and this process, which does not load JAX, passes on what the child says and tells of an
abort in a message.
"""

from __future__ import annotations

import collections
import contextlib
import inspect
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from classlens.cli.aborts import reason
from classlens.cli.endings import INTERRUPTED, REFUSED, UNREAD
from classlens.cli.options import text_option
from classlens.errors import ArgumentError, ProcessesError
from classlens.training.processes import ALONE, Machines, Share, found

NONE = "none"
# The child is told whose it is, and does not make another.
_CHILD = "CLASSLENS_CHILD"
_FORWARDED = (signal.SIGINT, signal.SIGTERM)
_HELD_LINES = 500
_LOOK = 0.5
_OWN_STATUS = (0, 1, REFUSED, INTERRUPTED, UNREAD)
# How a line of the libraries' own log begins; an error's goes on for several lines.
_LOGGED = re.compile(r"([IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ |\[Gloo\]|WARNING: All log messages bef")
_OURS = ("Error: ", "Interrupted.")


def machines_options() -> list[inspect.Parameter]:
    """The options with which several processes are started for one command."""
    return [
        text_option(
            "coordinator",
            "HOST:PORT",
            "Work together with other processes: where process 0 is reached. auto finds them on "
            "Slurm, Kubernetes and Open MPI, where none keeps several tasks apart.",
        ),
        text_option("processes", "COUNT", "How many processes there are."),
        text_option("process_id", "NUMBER", "Which one this is, counted from 0."),
    ]


def machines_of(options: dict[str, str | None]) -> Machines | None:
    """Take these options out of a command's; None where it is to work alone.

    Raises:
        ArgumentError: if one is not allowed.
    """
    given = [options.pop(name, None) for name in ("coordinator", "processes", "process_id")]
    if given == [None, None, None]:
        return found(os.environ)
    if given[0] == NONE:
        if given[1:] != [None, None]:
            raise ArgumentError(
                "--coordinator none works alone. Leave --processes and --process-id out."
            )
        return None
    return Machines.of(*given)


@contextlib.contextmanager
def together(machines: Machines | None) -> Iterator[Share]:
    """Inside, the processes are joined; where there are no others, this one is alone.

    Raises:
        ArgumentError: if what they were told does not fit together.
        ProcessesError: if they do not find one another.
    """
    if machines is None:
        yield ALONE
        return
    from classlens.training.machines import joined  # noqa: PLC0415 - loads JAX

    with joined(machines) as share:
        yield share


def in_a_child(machines: Machines | None) -> None:
    """Have a child carry out the command, and end as it does. Returns in the child, and if alone.

    Raises:
        ProcessesError: saying what became of the processes, if the child was ended.
        SystemExit: with the child's own exit status.
    """
    if machines is None:
        return
    parent = os.environ.pop(_CHILD, None)
    if parent is not None:
        threading.Thread(target=_follow, args=[parent], daemon=True).start()
        return
    # As this program was started: with modules of the current folder, or without.
    here = Path(sys.path[0] or ".").resolve() == Path.cwd()
    command = [sys.executable, *([] if here else ["-P"]), "-m", "classlens", *sys.argv[1:]]
    ended = watched(command, everything="--debug" in sys.argv)
    if -ended.status in ended.forwarded:  # it was asked to
        signal.signal(-ended.status, signal.SIG_DFL)
        os.kill(os.getpid(), -ended.status)
    if ended.status not in _OWN_STATUS and not ended.refused:
        raise ProcessesError(reason(ended.held, ended.status, machines))
    sys.exit(ended.status if ended.status in _OWN_STATUS else REFUSED)


class Ended(NamedTuple):
    """How a child has ended.

    Attributes:
        status: as ``subprocess`` has it: below 0, a signal's number.
        held: what libraries have logged on its standard error.
        refused: whether it has told of an error itself.
        forwarded: the signals that it was sent from here.
    """

    status: int
    held: str
    refused: bool
    forwarded: frozenset[int]


def watched(command: Sequence[str], *, everything: bool = False) -> Ended:
    """Carry out a command in a child process; what libraries log there is held back.

    Args:
        command: its words.
        everything: hold nothing back.
    """
    own_group = 0 if os.name == "posix" else None  # Ctrl-C then comes by way of this process alone
    with subprocess.Popen(  # noqa: S603 - this program itself
        command,
        stderr=subprocess.PIPE,
        env={**os.environ, _CHILD: str(os.getpid())},
        process_group=own_group,
        text=True,
        errors="backslashreplace",
    ) as child:
        held, refused = collections.deque[str](maxlen=_HELD_LINES), False
        with _forwarding(child) as forwarded:
            for line, own in _told_apart(child.stderr or ()):
                refused = refused or (own and line.startswith("Error: "))
                if not own:
                    held.append(line)
                if own or everything:
                    with contextlib.suppress(OSError, AttributeError):  # nobody listens
                        sys.stderr.write(line)
                        sys.stderr.flush()
            status = child.wait()
    return Ended(status, "".join(held), refused, frozenset(forwarded))


def _told_apart(lines: Iterable[str]) -> Iterator[tuple[str, bool]]:
    """Each line, and whether it is the command's own."""
    own = True
    for line in lines:
        logged = _LOGGED.match(line)
        if line.startswith(_OURS):
            own = True
        elif logged and logged[1] in ("E", "F"):
            own = False  # and what follows
        yield line, own and not logged


@contextlib.contextmanager
def _forwarding(child: subprocess.Popen[str]) -> Iterator[set[int]]:
    """Inside, signals to this process are passed on; yields those that were."""
    passed = set[int]()

    def forward(number: int, _: object) -> None:
        passed.add(number)
        child.send_signal(number)

    before = {number: signal.signal(number, forward) for number in _FORWARDED}
    try:
        yield passed
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _follow(parent: str) -> None:
    """End this process when its parent has ended, however that did."""
    while os.name == "posix":  # elsewhere a parent may stand in between
        if str(os.getppid()) != parent:
            os._exit(REFUSED)
        time.sleep(_LOOK)
