"""The merged classes of a network as text: ``c1 + c3; c0 + c2``."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_SIGNS = re.compile('[+;"]')


def text_of(into: NDArray[np.int64], names: Sequence[str]) -> str:
    r"""The pairs of classes of which one is taken for the other.

    A name that holds one of the signs ``+ ; "``, or has nothing or a space at an end, stands as in
    JSON, and the signs are spelt out in it: so ``; `` always parts pairs, and `` + `` names.

    Args:
        into: for each class the one that it is taken for, or -1, shape (classes,).
        names: of the classes.

    Example:
        >>> text_of(np.array([2, -1, 0]), ["c0", "c1", "c2"])
        'c0 + c2'
        >>> print(text_of(np.array([1, -1]), ["a + b", "c"]))
        "a \u002b b" + c
    """
    # Each of two may be taken for the other.
    pairs = {tuple(sorted((lost, int(into[lost])))) for lost in np.flatnonzero(into >= 0).tolist()}
    plain = [_plain(name) for name in names]
    return "; ".join(f"{plain[low]} + {plain[high]}" for low, high in sorted(pairs))


def names_in(pair: str) -> list[str]:
    r"""The two classes of a pair, by their names.

    Example:
        >>> names_in('"a \\u002b b" + c')
        ['a + b', 'c']
    """
    words = pair.split(" + ")
    return [json.loads(word) if word.startswith('"') else word for word in words]


def pairs_in(text: str) -> list[str]:
    """The pairs that a row of the column ``merged`` has."""
    return text.split("; ")


def _plain(name: str) -> str:
    if name == name.strip() and name and not _SIGNS.search(name):
        return name
    quoted = json.dumps(name, ensure_ascii=False)
    return quoted.replace("+", r"\u002b").replace(";", r"\u003b")
