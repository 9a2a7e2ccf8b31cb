"""What the checks of an audit ask the network, and how they complain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.errors import FalseFindingError
from classlens.layer import Array
from classlens.network import Network

_GRID = 301
_AROUND = 2000
# What float64's rounding may make of two equal logits, as a share of their size.
ROUNDING = 1e-11
# Numbers agree if they differ by less than this share of the larger one, or of 1.
_CLOSE = 1e-6

Complaints = Iterator[str]


def differs(what: str, said: Any, found: Any, *, scale: float = 1.0) -> Complaints:
    """A complaint unless two numbers, or lists of them, agree.

    Args:
        what: whose numbers they are.
        said: what the finding says.
        found: what the check found.
        scale: the size of the numbers whose difference they are: float32 loses its last digits.
    """
    a, b = np.asarray(said, np.float64), np.asarray(found, np.float64)
    if a.shape != b.shape or not np.all(
        (np.abs(a - b) <= _CLOSE * np.maximum(scale, np.maximum(np.abs(a), np.abs(b)))) | (a == b)
    ):
        yield f"{what} should be {found}, and is said to be {said}"


def same(what: str, said: Any, found: Any) -> Complaints:
    """A complaint unless two words or lists are equal."""
    if said != found:
        yield f"{what} should be {found}, and is said to be {said}"


def moved_by(
    what: str, said: Mapping[str, Any], x: NDArray[np.float64], point: NDArray[np.float64]
) -> Complaints:
    """A complaint unless a change from x to a point is as large as said, counted in its steps."""
    change = point - x
    if said["steps"] is not None:
        steps = np.asarray(said["steps"], np.float64)
        if change[steps == 0].any():
            yield "a feature changes that must stay as it is"
        change = change[steps > 0] / steps[steps > 0]
    yield from differs(what, said["distance"], float(np.linalg.norm(change)))


@dataclass(frozen=True, eq=False)
class Evidence:
    """What the network says, asked once and shared by the checks.

    Attributes:
        network: the network.
        data: the examples, or None.
    """

    network: Network
    data: Dataset | None

    @cached_property
    def examples(self) -> Dataset:
        """The examples; a finding about them cannot be tested without."""
        if self.data is None:
            raise FalseFindingError("a finding about examples needs the data to be tested.")
        return self.data

    @cached_property
    def precise(self) -> Network:
        """The network in float64: the plane's findings are too fine for float32's rounding."""
        return self.network.astype(np.float64)

    @cached_property
    def values(self) -> dict[str, tuple[Array, Array]]:
        """Pre-activations and activations of every layer on the examples, by the layer's name."""
        found = self.network.forward(self.examples.X)
        return {
            layer.name: (value.pre_activation.astype(np.float64), value.activation)
            for layer, value in zip(self.network.layers, found, strict=True)
        }

    @cached_property
    def predicted(self) -> NDArray[np.intp]:
        """The examples' predicted classes."""
        return self.network.predict(self.examples.X)

    def held(self, units: list[tuple[str, int]], value: float) -> NDArray[np.intp]:
        """The predictions with some units held at a value: each layer as a network of its own."""
        a: Array = self.examples.X.astype(self.network.dtype)
        for layer in self.network.layers:
            alone = Network((layer,), tuple(map(str, range(layer.units))))
            a = alone.logits(a).copy()
            for name, unit in units:
                if name == layer.name:
                    a[:, unit] = value
        return np.asarray(a.argmax(axis=1))

    def lifted(
        self, points: NDArray[np.float64], numbers: Mapping[str, Any]
    ) -> NDArray[np.float64]:
        """The inputs at points of the plane that a finding is about, shape (points, inputs)."""
        plane = numbers.get("slice")
        if plane is None:
            return points
        directions = np.array([plane["u"], plane["v"]])
        return np.asarray(plane["origin"] + points @ directions)

    def grid(self, numbers: Mapping[str, Any]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
        """Points at the middles of a window's cells, shape (_GRID, _GRID, 2), and their classes."""
        axes = [
            low + (np.arange(_GRID) + 0.5) * (high - low) / _GRID for low, high in numbers["window"]
        ]
        points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)
        classes = self.precise.predict(self.lifted(points.reshape(-1, 2), numbers))
        return points, classes.reshape(_GRID, _GRID)


def clear(
    e: Evidence,
    x: NDArray[np.float64],
    radius: float,
    *,
    doubt: float,
    plane: NDArray[np.float64] | None = None,
    window: list[list[float]] | None = None,
) -> Complaints:
    """A complaint if a point nearer to x than the radius is of another class.

    Args:
        e: what the network says.
        x: the example, shape (features,).
        radius: how far the nearest boundary is said to be.
        doubt: which share of the logits' size another one must be ahead by to count.
        plane: two directions, shape (2, features); without them, x has two features.
        window: look only inside.
    """
    random = np.random.default_rng(0)
    directions = random.normal(size=(_AROUND, 2))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    reach = radius * (1 - 1e-4) * np.sqrt(random.uniform(size=(_AROUND, 1)))
    reach[: _AROUND // 2] = radius * (1 - 1e-4)
    around = x + (reach * directions if plane is None else reach * directions @ plane)
    if window is not None:
        low, high = np.asarray(window, np.float64).T
        around = around[((around >= low) & (around <= high)).all(axis=1)]
    here = int(e.precise.predict(x[None, :])[0])
    z = e.precise.logits(around)
    if (z.max(axis=1) - z[:, here] > doubt * (1 + np.abs(z).max(axis=1))).any():
        yield f"a point nearer than {radius} is of another class"
