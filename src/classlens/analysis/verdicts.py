"""The verdict on a network: good, or the one thing that went wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.thresholds import threshold

Word = Literal["good", "diverged", "too early", "dead units", "poor split", "fair"]
WORDS: tuple[Word, ...] = get_args(Word)


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
    drop = None if last_drop is None else np.array([last_drop])
    judged = judge_all(
        table[None], np.array([loss]), dead_share=np.array([dead_share]), last_drop=drop
    )
    mergers = tuple(
        _merger(table, lost, into) for lost, into in enumerate(judged.into[0].tolist()) if into >= 0
    )
    return Verdict(WORDS[judged.word[0]], mergers)


class Judged(NamedTuple):
    """Verdicts on many networks.

    Attributes:
        word: index into ``WORDS``, shape (networks,).
        into: for each class the class that it is merged into, or mixed up with, or -1, shape
            (networks, classes).
    """

    word: NDArray[np.int64]
    into: NDArray[np.int64]


def judge_all(
    tables: NDArray[np.int64],
    loss: NDArray[np.float64],
    *,
    dead_share: NDArray[np.float64],
    last_drop: NDArray[np.float64] | None,
) -> Judged:
    """The verdicts on many networks: as ``judge``, each argument with a leading axis for them."""
    own = tables.sum(axis=2)  # (networks, classes)
    others = tables.copy()
    each = np.arange(tables.shape[1])
    others[:, each, each] = 0
    into = np.argmax(others, axis=2)
    taken = others.max(axis=2)
    into[(own == 0) | (taken < threshold("mixed") * own)] = -1
    merged = (into >= 0).any(axis=1)
    accuracy = np.trace(tables, axis1=1, axis2=2) / own.sum(axis=1)
    guessing = np.log(np.maximum(np.count_nonzero(own, axis=1), 2))
    early = np.zeros(len(tables), bool)
    if last_drop is not None:
        early = last_drop > threshold("too early")
    word = np.select(
        [
            ~(loss < threshold("diverged") * guessing),
            (accuracy >= threshold("good")) & ~merged,
            early,
            dead_share >= threshold("dead share"),
            merged,
        ],
        [
            WORDS.index(each)
            for each in ("diverged", "good", "too early", "dead units", "poor split")
        ],
        WORDS.index("fair"),
    )
    return Judged(word, into)


# The fewest losses through which a line tells a fall from noise, and how many of its standard
# errors a slope must be.
_FEWEST = 5
# Of a shorter training no tenth is told.
_SHORTEST = 10
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
    epochs = len(losses)
    if epochs < _SHORTEST:
        return None
    tail = np.asarray(losses[-told_epochs(epochs) :], np.float64)
    (drop,) = last_drops(tail[:, None], epochs)
    return None if np.isnan(drop) else float(drop)


def told_epochs(epochs: int) -> int:
    """How many of the last epochs' losses ``last_drops`` wants, of a training of so many."""
    return min(max(epochs // 10 + 1, _FEWEST), epochs)


def last_drops(tail: NDArray[np.float64], epochs: int) -> NDArray[np.float64]:
    """The same for many trainings.

    Args:
        tail: the losses of the last ``told_epochs(epochs)`` epochs, shape (epochs told, networks).
        epochs: how many each training had.

    Returns:
        Shape (networks,); NaN under ten epochs, or where a loss is not finite.
    """
    if epochs < _SHORTEST:
        return np.full(tail.shape[1], np.nan)
    tenth = epochs // 10
    tail = np.where(np.isfinite(tail).all(axis=0), tail, np.nan)
    x = np.arange(len(tail)) - (len(tail) - 1) / 2
    spread = x @ x
    mean, slope = tail.mean(axis=0), x @ tail / spread
    residuals = tail - mean - slope * x[:, None]
    error = np.sqrt((residuals**2).sum(axis=0) / (len(tail) - 2) / spread)
    before = mean + slope * (x[-1] - tenth)
    still = (before <= 0) | (np.abs(slope) <= _CLEAR * error)
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = 1 - tail[-1] / tail[-1 - tenth]
        drop = np.minimum(ends, -slope * tenth / before)
    return np.where(still, 0.0, drop)


def _merger(table: NDArray[np.int64], lost: int, into: int) -> Merger:
    examples, of = int(table[lost, into]), int(table[lost].sum())
    word: Literal["merged", "mixed"] = "merged"
    if examples < threshold("merged") * of:
        word = "mixed"
    return Merger(lost, into, examples, of, word)
