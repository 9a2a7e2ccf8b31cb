"""Inputs: features made of a plane's two coordinates, as a network may be given them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, one_of, short

Floats = NDArray[np.float64]

# Name -> value at the coordinates (s, t); the same table as the page's, in inputs.js. The name is
# also NumPy's expression of it, where x0 and x1 are columns.
INPUTS: Mapping[str, Callable[[Floats, Floats], Floats]] = MappingProxyType(
    {
        "x0": lambda s, _: s,
        "x1": lambda _, t: t,
        "x0**2": lambda s, _: s * s,
        "x1**2": lambda _, t: t * t,
        "x0*x1": lambda s, t: s * t,
        "sin(x0)": lambda s, _: np.sin(s),
        "sin(x1)": lambda _, t: np.sin(t),
    }
)
PLAIN = ("x0", "x1")


def made_of_a_plane(names: Sequence[str]) -> bool:
    """Whether features of these names are made of a plane's two coordinates.

    Example:
        >>> made_of_a_plane(["x0", "x0**2"]), made_of_a_plane(["x0", "x1"])
        (True, False)
    """
    return all(name in INPUTS for name in names) and not set(names) <= set(PLAIN)


@dataclass(frozen=True)
class Inputs:
    """Which features a network is given of a point of the plane.

    Attributes:
        names: keys of ``INPUTS``, each once, in the table's order.

    Raises:
        ArgumentError: if there is none, or a name is not in the table.

    Example:
        >>> Inputs(("x0*x1", "x0")).of([[2.0, 3.0]])
        array([[2., 6.]])
    """

    names: tuple[str, ...] = PLAIN

    def __post_init__(self) -> None:
        names: Sequence[str] = self.names
        if isinstance(names, str) or not isinstance(names, Sequence) or not names:
            raise ArgumentError(
                f"inputs must be names such as x0 and x0**2. Got {short(names)} instead."
            )
        for name in names:
            if not isinstance(name, str) or name not in INPUTS:
                raise ArgumentError(one_of("inputs", name, list(INPUTS)))
        object.__setattr__(self, "names", tuple(name for name in INPUTS if name in names))

    @property
    def plain(self) -> bool:
        """Whether the features are the coordinates themselves."""
        return self.names == PLAIN

    def of(self, points: object) -> Floats:
        """The features of points, shape (points, features), float64.

        Args:
            points: shape (points, 2).
        """
        s, t = np.asarray(points, np.float64).T
        return np.stack([INPUTS[name](s, t) for name in self.names], axis=1)

    def dataset(self, data: Dataset) -> Dataset:
        """The samples as the network is given them.

        Raises:
            DataError: if they have other than two features, or a feature is too large a number.
        """
        if data.features != 2:
            raise DataError(
                f"inputs are made of two features. Got samples with {data.features} instead."
            )
        if self.plain:
            return data
        features: Any = self.of(data.X)  # what overflows in float32 is refused there
        return Dataset(features, data.y, data.class_names, self.names)
