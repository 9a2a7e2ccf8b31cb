"""Features brought to one scale for training, and a network brought back to their own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scaling:
    """What is taken from each feature, and what it is then divided by.

    Attributes:
        shift: shape (features,), float64.
        scale: shape (features,), float64, above 0.

    Example:
        >>> scaling = Scaling.of(np.array([[0.0, 5.0], [4.0, 5.0]]), np.ones(2))
        >>> scaling.shift.tolist(), scaling.scale.tolist()
        ([2.0, 5.0], [2.0, 1.0])
        >>> scaling.scaled(np.array([[4.0, 6.0]])).tolist()
        [[1.0, 1.0]]
    """

    shift: Doubles
    scale: Doubles

    @classmethod
    def none(cls, features: int) -> Scaling:
        """Features that stay as they are."""
        return cls(np.zeros(features), np.ones(features))

    @classmethod
    def of(cls, X: Numbers, weight: Doubles) -> Scaling:
        """The mean and the standard deviation of each feature; a constant one is only shifted.

        Args:
            X: samples, shape (samples, features), finite.
            weight: how often each sample counts, shape (samples,), not all of them 0.
        """
        # The largest magnitude is taken out first: squares of huge numbers would overflow.
        unit = np.abs(X).max(axis=0).astype(np.float64)
        unit = np.where(unit > 0, unit, 1.0)
        share = weight / weight.sum()
        small = X / unit
        mean = share @ small
        spread = np.sqrt(share @ (small - mean) ** 2)
        # Rounding alone leaves a constant feature a spread of some last digits.
        varies = spread > 1e-14 * np.sqrt(len(X))
        return cls(mean * unit, np.where(varies, spread * unit, 1.0))

    def scaled(self, X: Numbers) -> Doubles:
        """The samples in the scale of the training, shape (samples, features)."""
        return np.asarray((X - self.shift) / self.scale)

    def folded(self, kernel: Numbers, bias: Numbers) -> tuple[Doubles, Doubles]:
        """A first layer for scaled samples, made into one for samples in their own units.

        ((x - shift) / scale) @ kernel + bias = x @ (kernel / scale) + (bias - shift / scale @
        kernel). In float64, because the last difference loses the digits that a shift has more than
        the scale.

        Args:
            kernel: shape (..., features, units); a leading axis may stand for epochs.
            bias: shape (..., units).

        Returns:
            A kernel and a bias of the same shapes.
        """
        own = kernel / self.scale[:, None]
        return own, bias - self.shift @ own
