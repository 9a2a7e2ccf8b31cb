"""Processes that train one network agree on all that decides it, or none of them begins."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
from jax.experimental import multihost_utils

from classlens.errors import ProcessesError
from classlens.training import machines


def from_first(number: int) -> int:
    """Process 0's number, of at most 63 bits, in all processes."""
    if machines.process_count() == 1:
        return number
    words = np.array([number >> 32, number & 0xFFFFFFFF], np.uint32)
    high, low = multihost_utils.broadcast_one_to_all(words).tolist()
    return int(high) << 32 | int(low)


def agree(said: Mapping[str, str]) -> None:
    """Compare what each process was given.

    Args:
        said: of each thing, in words that follow "has other", a text that says all of it.

    Raises:
        ProcessesError: naming the first thing that differs, and a process for which it does.
    """
    if machines.process_count() == 1:
        return
    own = b"".join(hashlib.sha256(text.encode()).digest() for text in said.values())
    every = multihost_utils.process_allgather(np.frombuffer(own, np.uint8))
    every = every.reshape(machines.process_count(), len(said), -1)
    for place, what in enumerate(said):
        others = np.flatnonzero((every[:, place] != every[0, place]).any(axis=1))
        if len(others):
            raise ProcessesError(
                f"process {others[0]} has other {what} than process 0. Give all processes the "
                "same: files on a disk that they share, and one command line."
            )
