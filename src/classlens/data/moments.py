"""Mean, spread and range of numbers that come some at a time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Moments:
    """What is known of some numbers.

    Attributes:
        count: how many they are.
        mean: their mean.
        squares: the sum of the squares of their distances from it.
        low: the lowest.
        high: the highest.

    Example:
        >>> first, more = Moments.of(np.array([1.0, 2.0])), Moments.of(np.array([6.0]))
        >>> both = first.joined(more)
        >>> both.mean, both.squares, both.high
        (3.0, 14.0, 6.0)
    """

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    low: float = math.inf
    high: float = -math.inf

    @property
    def spread(self) -> float:
        """Their standard deviation; 1 if they are all the same but for rounding."""
        spread = math.sqrt(self.squares / max(self.count, 1))
        largest = max(abs(self.low), abs(self.high))
        return spread if spread > 1e-14 * math.sqrt(self.count) * largest else 1.0

    @classmethod
    def of(cls, values: NDArray[np.floating[Any]]) -> Moments:
        """The moments of finite numbers, whose squares do not overflow; shape (count,)."""
        if not len(values):
            return cls()
        mean = float(values.mean(dtype=np.float64))
        apart = values - mean
        return cls(
            len(values), mean, float(apart @ apart), float(values.min()), float(values.max())
        )

    def joined(self, other: Moments) -> Moments:
        """Those of both's numbers: Chan, Golub and LeVeque (1979), equations 2.1."""
        count = self.count + other.count
        if not count:
            return self
        apart = other.mean - self.mean
        return Moments(
            count,
            self.mean + apart * other.count / count,
            self.squares + other.squares + apart * apart * self.count * other.count / count,
            min(self.low, other.low),
            max(self.high, other.high),
        )

    def filled(self, count: int) -> Moments:
        """Those of the numbers and so many more that are their mean."""
        return self.joined(Moments(count, self.mean, 0.0, self.mean, self.mean))
