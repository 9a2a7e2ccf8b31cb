"""The verdict on a network: good, or the one thing that went wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.thresholds import threshold

Word = Literal["good", "diverged", "too early", "dead units", "poor split", "fair"]


@dataclass(frozen=True)
class Merger:
    """A class many of whose examples are taken for another one's.

    Attributes:
        lost: the class.
        into: the class that these examples are predicted as.
        examples: how many are.
        of: out of how many.
        word: ``merged``, or ``mixed`` if there are fewer.
    """

    lost: int
    into: int
    examples: int
    of: int
    word: Literal["merged", "mixed"]


@dataclass(frozen=True)
class Verdict:
    """How a network does on its samples, in one word.

    Attributes:
        word: ``good``; ``diverged`` (its loss is far above that of guessing); ``too early`` (the
            loss was still falling fast); ``dead units`` (not good, and a good part of a hidden
            layer is dead); ``poor split`` (not good, and classes are merged or mixed up); ``fair``
            (not good, for none of these reasons).
        mergers: the classes that are merged into others, or mixed up with them.
    """

    word: Word
    mergers: tuple[Merger, ...]


def judge(
    table: NDArray[np.int64], loss: float, *, dead_share: float, last_drop: float | None
) -> Verdict:
    """The verdict.

    Args:
        table: the confusion table, shape (classes, classes).
        loss: mean cross-entropy in nats; may be not finite.
        dead_share: the largest share of a hidden layer's units that are dead on the samples.
        last_drop: the share by which the last tenth of the training lowered the loss, or None where
            the training is not known.
    """
    found = tuple(_mergers(table))
    accuracy = float(np.trace(table) / table.sum())
    classes = int(np.count_nonzero(table.sum(axis=1)))
    guessing = math.log(max(classes, 2))
    word: Word
    if not loss < threshold("diverged") * guessing:
        word = "diverged"
    elif accuracy >= threshold("good") and not found:
        word = "good"
    elif last_drop is not None and last_drop > threshold("too early"):
        word = "too early"
    elif dead_share >= threshold("dead share"):
        word = "dead units"
    elif found:
        word = "poor split"
    else:
        word = "fair"
    return Verdict(word, found)


def last_drop(losses: NDArray[np.float64]) -> float | None:
    """The share by which the last tenth of the epochs lowered the loss; None under ten epochs."""
    if len(losses) < 10:
        return None
    before = float(losses[-1 - len(losses) // 10])
    return 1 - float(losses[-1]) / before if before > 0 else 0.0


def _mergers(table: NDArray[np.int64]) -> list[Merger]:
    found = []
    for lost, row in enumerate(table):
        others = row.copy()
        others[lost] = 0
        into = int(np.argmax(others))
        if row.sum() and others[into] >= threshold("mixed") * row.sum():
            word: Literal["merged", "mixed"] = "mixed"
            if others[into] >= threshold("merged") * row.sum():
                word = "merged"
            found.append(Merger(lost, into, int(others[into]), int(row.sum()), word))
    return found
