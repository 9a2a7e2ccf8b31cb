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


# The fewest losses through which a line tells a fall from noise, and how many of its standard
# errors a slope must be.
_FEWEST = 5
_CLEAR = 3.0


def last_drop(losses: NDArray[np.float64]) -> float | None:
    """The share by which the last tenth of the epochs lowered the loss.

    The losses of small batches, or of a large learning rate, jump up and down, and two of them say
    little. So a least-squares line is drawn through the losses of the last tenth (and of five
    epochs at least). The share is 0 unless the line's slope is more than three times its standard
    error, sqrt(sum of squared residuals / (n - 2) / sum of squared distances from the middle
    epoch), as for any simple linear regression; else it is that of the line or that of the tenth's
    two ends, whichever is lower.

    Args:
        losses: of each epoch, shape (epochs,).

    Returns:
        The share, negative if the loss rose; None under ten epochs, or if a loss is not finite.

    Example:
        >>> round(last_drop(np.linspace(2.0, 1.0, 101)), 3)
        0.091
    """
    tenth = len(losses) // 10
    tail = np.asarray(losses[-max(tenth + 1, _FEWEST) :], np.float64)
    if not tenth or not np.isfinite(tail).all():
        return None
    epochs = np.arange(len(tail)) - (len(tail) - 1) / 2
    spread = float(epochs @ epochs)
    slope = float(epochs @ tail) / spread
    residuals = tail - tail.mean() - slope * epochs
    error = math.sqrt(float(residuals @ residuals) / (len(tail) - 2) / spread)
    before = float(tail.mean() + slope * (epochs[-1] - tenth))
    if before <= 0 or abs(slope) <= _CLEAR * error:
        return 0.0
    ends = 1 - float(tail[-1]) / float(tail[-1 - tenth])
    return min(ends, -slope * tenth / before)


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
