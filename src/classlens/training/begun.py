"""What a checkpoint was begun with, against what it is to go on with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from classlens.errors import ArgumentError
from classlens.training.checkpoint import Opened
from classlens.training.fingerprint import differences

# Settings that a run has as they were given, whatever its table is.
_AS_GIVEN = (
    *("hidden", "activation", "optimizer", "learning_rate", "schedule", "momentum", "epochs"),
    *("weight_decay", "l1", "patience", "min_delta", "shuffle"),
)
_MEMORY = "memory"


def check_begun(found: Opened, settings: Mapping[str, Any], memory: float | None) -> None:
    """Refuse what is known to be another run before its samples are read.

    Args:
        found: the checkpoint.
        settings: those that are given.
        memory: bytes, where the rows are read from the disk; else None.

    Raises:
        ArgumentError: if the memory differs, or else a setting.
    """
    check_memory(found, memory)
    now = {name: settings[name] for name in _AS_GIVEN if name in settings}
    there = {name: found.run.get(name) for name in now}
    refuse_others(found, there, json.loads(json.dumps(now, default=dict)))


def check_same(found: Opened, run: Mapping[str, Any]) -> None:
    """Refuse another run.

    Args:
        found: the checkpoint.
        run: the fingerprint of the run that is to go on.

    Raises:
        ArgumentError: naming what differs; the memory alone where that does, as with it much else
            does.
    """
    check_memory(found, run.get(_MEMORY))
    refuse_others(found, found.run, run)


def check_memory(found: Opened, memory: float | None) -> None:
    """Refuse another amount of memory, or rows on the disk in place of rows that are read whole.

    Args:
        found: the checkpoint.
        memory: as for ``check_begun``.

    Raises:
        ArgumentError: if it is not the one that the run was begun with.
    """
    there = found.run.get(_MEMORY)
    if there == memory:
        return
    remedy = "or delete the file, and the training begins from the start."
    if there is None:
        raise ArgumentError(
            f"{found.reader.path} is a checkpoint of a training that was begun without --memory. "
            f"Got --memory {amount(memory)} instead: leave it out; {remedy}"
        )
    got = "none" if memory is None else amount(memory)
    raise ArgumentError(
        f"{found.reader.path} is a checkpoint of a training that was begun with --memory "
        f"{amount(there)}. Got {got} instead: give the same; {remedy}"
    )


def refuse_others(found: Opened, there: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Refuse a run whose fingerprint differs, as far as it is given.

    Raises:
        ArgumentError: naming what differs.
    """
    different = differences(there, now)
    if different:
        raise ArgumentError(
            f"{found.reader.path} is a checkpoint of another training: {'; '.join(different)}. "
            "Give what it was begun with; or delete the file, and the training begins from the "
            "start."
        )


def amount(memory: Any) -> str:
    """An amount of memory as the command line has it.

    Example:
        >>> amount(7e8), amount(1e9), amount(2**30)
        ('700MB', '1GB', '1073.741824MB')
    """
    if not isinstance(memory, int | float):  # a file that someone has changed
        return repr(memory)
    return f"{memory / 1e9:.15g}GB" if memory % 1e9 == 0 else f"{memory / 1e6:.15g}MB"
