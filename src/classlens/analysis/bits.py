"""Flags packed into words, so that those of 64 units are combined in one step."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.walk import Flags

Words = NDArray[np.uint64]


def pack(flags: Flags) -> Words:
    """Rows of flags as words: bit q % 64 of word q // 64 is flag q.

    Args:
        flags: shape (rows, quantities).

    Returns:
        Shape (words, rows).
    """
    octets = np.packbits(flags, axis=1, bitorder="little")
    padded = np.zeros((len(flags), 8 * -(-flags.shape[1] // 64)), dtype=np.uint8)
    padded[:, : octets.shape[1]] = octets
    return padded.view("<u8").T


def unpack(words: Words, quantities: int) -> Flags:
    """The flags again, shape (rows, quantities), from words of shape (words, rows)."""
    octets = np.ascontiguousarray(words.T, dtype="<u8").view(np.uint8)
    flags = np.unpackbits(octets, axis=1, count=quantities, bitorder="little")
    return flags.view(np.bool_)
