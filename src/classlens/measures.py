"""Measures: how good predictions are on samples that the training did not see."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

# The quantile of the normal distribution that leaves 2.5 % on each side.
_Z95 = 1.959963984540054
# Probabilities are sorted into so many bins of equal width to see whether they come true.
_BINS = 10
# A probability of 0 for what happened would make the log loss infinite.
_LEAST = 1e-15


def confusion(
    y: NDArray[np.integer[Any]], predicted: NDArray[np.integer[Any]], classes: int
) -> NDArray[np.int64]:
    """How many samples of each class (row) are predicted as each class (column)."""
    table = np.zeros((classes, classes), np.int64)
    np.add.at(table, (y, predicted), 1)
    return table


class ClassMeasures(NamedTuple):
    """How one class fares.

    Attributes:
        name: the class.
        precision: of the samples predicted as it, the share that are of it; NaN if there are none.
        recall: of its samples, the share that are predicted as it; NaN if it has none.
        f1: the harmonic mean of the two: 2 x right / (its samples + samples predicted as it).
        samples: how many samples it has.
    """

    name: str
    precision: float
    recall: float
    f1: float
    samples: int


class Bin(NamedTuple):
    """Predictions of about one confidence.

    Attributes:
        low: the least confidence of the bin.
        high: the greatest.
        samples: how many predictions fall into it.
        confidence: their mean probability of the predicted class.
        accuracy: the share of them that came true.
    """

    low: float
    high: float
    samples: int
    confidence: float
    accuracy: float


class Mistake(NamedTuple):
    """A wrong prediction.

    Attributes:
        row: the sample's index.
        true: its class, an index.
        predicted: the predicted class, an index.
        probability: of the predicted class.
    """

    row: int
    true: int
    predicted: int
    probability: float


class Spread(NamedTuple):
    """How far numbers are spread, such as the accuracies of several seeds.

    Attributes:
        mean: their mean.
        deviation: their standard deviation, that of a sample: divided by their number less 1.
        low: the least.
        high: the greatest.
    """

    mean: float
    deviation: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """The spread of at least one number.

        Example:
            >>> Spread.of([1.0, 3.0])
            Spread(mean=2.0, deviation=1.4142135623730951, low=1.0, high=3.0)
        """
        deviation = statistics.stdev(values) if len(values) > 1 else 0.0
        return cls(statistics.fmean(values), deviation, min(values), max(values))


@dataclass(frozen=True, eq=False, repr=False)
class Measures:
    """How good predictions are.

    Attributes:
        class_names: the classes' names.
        confusion: samples of each class (row) by predicted class (column), shape (classes,
            classes).
        log_loss: the mean of -log(probability of the true class), in nats.
        bins: predictions by confidence, those with samples only.
        mistakes: the wrong predictions, the most confident one first.
    """

    class_names: tuple[str, ...]
    confusion: NDArray[np.int64]
    log_loss: float
    bins: tuple[Bin, ...]
    mistakes: tuple[Mistake, ...]

    @classmethod
    def of(
        cls,
        probabilities: NDArray[np.floating[Any]],
        y: NDArray[np.integer[Any]],
        class_names: tuple[str, ...],
    ) -> Measures:
        """Measure predictions.

        Args:
            probabilities: shape (samples, classes), each row summing to 1.
            y: the samples' classes as indices, shape (samples,).
            class_names: one for each column.

        Example:
            >>> probabilities = np.array([[0.9, 0.1], [0.4, 0.6]])
            >>> found = Measures.of(probabilities, np.array([0, 0]), ("a", "b"))
            >>> found.accuracy, found.mistakes
            (0.5, (Mistake(row=1, true=0, predicted=1, probability=0.6),))
        """
        predicted = probabilities.argmax(axis=1)
        confidence = probabilities[np.arange(len(y)), predicted].astype(np.float64)
        own = probabilities[np.arange(len(y)), y].astype(np.float64)
        wrong = np.flatnonzero(predicted != y)
        wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
        return cls(
            class_names,
            confusion(y, predicted, len(class_names)),
            float(-np.log(np.maximum(own, _LEAST)).mean()),
            tuple(_bins(confidence, predicted == y)),
            tuple(
                Mistake(int(row), int(y[row]), int(predicted[row]), float(confidence[row]))
                for row in wrong
            ),
        )

    def __repr__(self) -> str:
        low, high = self.interval
        return (
            f"Measures(accuracy {self.accuracy:.3f} of {self.samples} samples, 95 % {low:.3f} to "
            f"{high:.3f}; baseline {self.baseline:.3f}; log loss {self.log_loss:.4f})"
        )

    @property
    def samples(self) -> int:
        """How many samples were measured."""
        return int(self.confusion.sum())

    @property
    def correct(self) -> int:
        """How many were predicted right."""
        return int(np.trace(self.confusion))

    @property
    def accuracy(self) -> float:
        """The share that was."""
        return self.correct / self.samples

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy on all samples of this kind lies, with a confidence of 95 %.

        Wilson's score interval (Probable inference, 1927), which holds for few samples and for
        accuracies near 0 or 1 too.
        """
        n, p, z = self.samples, self.accuracy, _Z95
        middle = (p + z * z / (2 * n)) / (1 + z * z / n)
        reach = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
        return max(0.0, middle - reach), min(1.0, middle + reach)

    @property
    def baseline(self) -> float:
        """The accuracy of always predicting the most frequent of these samples' classes."""
        return float(self.confusion.sum(axis=1).max() / self.samples)

    @property
    def classes(self) -> tuple[ClassMeasures, ...]:
        """How each class fares."""
        right = np.diag(self.confusion).astype(np.float64)
        samples, predicted = self.confusion.sum(axis=1), self.confusion.sum(axis=0)
        with np.errstate(invalid="ignore"):
            precision, recall = right / predicted, right / samples
            f1 = 2 * right / (samples + predicted)
        return tuple(
            ClassMeasures(
                name, float(precision[k]), float(recall[k]), float(f1[k]), int(samples[k])
            )
            for k, name in enumerate(self.class_names)
        )

    @property
    def calibration_error(self) -> float:
        """How far confidence and accuracy are apart, over the bins, by their samples.

        The expected calibration error of Naeini, Cooper and Hauskrecht (2015).
        """
        return sum(
            each.samples / self.samples * abs(each.confidence - each.accuracy) for each in self.bins
        )


def _bins(confidence: NDArray[np.float64], right: NDArray[np.bool_]) -> list[Bin]:
    place = np.minimum((confidence * _BINS).astype(int), _BINS - 1)
    found = []
    for number in range(_BINS):
        own = place == number
        if own.any():
            found.append(
                Bin(
                    number / _BINS,
                    (number + 1) / _BINS,
                    int(own.sum()),
                    float(confidence[own].mean()),
                    float(right[own].mean()),
                )
            )
    return found
