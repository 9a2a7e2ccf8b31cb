"""What the lab's calls are given, checked before anything is drawn, by the lab's own names."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.analysis.planes import Window
from classlens.arrays import any_array, finite_weights
from classlens.data.dataset import LARGEST_CLASS, Dataset
from classlens.errors import ArgumentError, DataError, short
from classlens.kinds import Whole
from classlens.layer import Array
from classlens.names import class_names, names_from

Range = tuple[float, float]


class Weights(NamedTuple):
    """A layer's numbers.

    Attributes:
        kernel: shape (inputs, units).
        bias: shape (units,).
    """

    kernel: Array
    bias: Array


def samples(
    X: ArrayLike, y: ArrayLike, classes: int, *, names: Any = None, plane: bool = True
) -> Dataset:
    """Examples with classes from 0 to ``classes - 1``, of which not every one need occur.

    Args:
        X: shape (examples, 2), or with any number of columns where they need not make a plane.
        y: shape (examples,) or (examples, 1).
        classes: how many there are.
        names: one a class; by default c0, c1, ...
        plane: whether X must have two columns.

    Raises:
        ArgumentError: if classes is no such number, or the names do not fit it.
        DataError: if X or y cannot be used.
    """
    count = Whole(1, LARGEST_CLASS + 1).check("classes", classes)
    called = tuple(class_names(count)) if names is None else names_from("class_labels", names)
    if len(called) < count:
        raise ArgumentError(
            f"class_labels must have a name for each of the {count} classes. "
            f"Got {len(called)} instead."
        )
    labels = any_array(y, "y")
    if labels.size and labels.dtype.kind in "iuf" and labels.max() >= count:
        row = int(np.argmax(labels.ravel() >= count))
        raise DataError(
            f"y must hold class indices below {count}, the number of classes. Got "
            f"{labels.ravel()[row]} in row {row} instead; give a larger classes if it is right."
        )
    data = Dataset(X, y, called[:count])  # type: ignore[arg-type]
    if plane and data.features != 2:
        raise DataError(
            "X must have 2 columns to be drawn in the plane. "
            f"Got {data.features} instead; give two of them."
        )
    return data


def places(X: ArrayLike) -> NDArray[np.float32]:
    """Examples without their classes, shape (examples, 2).

    Raises:
        DataError: if they are no such thing.
    """
    given = any_array(X, "X")
    return samples(given, np.zeros(len(given) if given.ndim else 0, np.int64), 1).X


def weights(kernel: ArrayLike, bias: ArrayLike, *, name: str, inputs: int) -> Weights:
    """A layer's numbers.

    Args:
        kernel: shape (inputs, units).
        bias: shape (units,).
        name: what the call adds to W and b, such as "1".
        inputs: how many columns X has.

    Raises:
        ArgumentError: if they do not fit X or each other, or are not finite numbers.
    """
    W, b = finite_weights(kernel, f"W{name}"), finite_weights(bias, f"b{name}")
    if W.ndim != 2 or W.shape[0] != inputs or not W.shape[1]:
        raise ArgumentError(
            f"W{name} must have the shape ({inputs}, units), a row for each column of X. Got "
            f"{W.shape} instead; W{name}, b{name} = layer.get_weights() gives both."
        )
    if b.shape != W.shape[1:]:
        raise ArgumentError(
            f"b{name} must have the shape {W.shape[1:]}, a number for each column of W{name}. "
            f"Got {b.shape} instead."
        )
    return Weights(W, b)


def window(points: NDArray[Any], x0_rng: Range | None, x1_rng: Range | None) -> Window:
    """The window of two ranges, each by default that of the points and a tenth on each side.

    Raises:
        ArgumentError: if a range is not two finite numbers, the lower one first.
    """
    around = Window.around(points)
    return Window(
        around.x0 if x0_rng is None else interval("x0_rng", x0_rng),
        around.x1 if x1_rng is None else interval("x1_rng", x1_rng),
    )


def interval(name: str, given: Any) -> Range:
    """Two finite numbers, the lower one first.

    Raises:
        ArgumentError: if it is no such thing.
    """
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError, OverflowError):
        low = high = np.nan
    if not (low < high and np.isfinite(high - low)):
        raise ArgumentError(
            f"{name} must be two finite numbers, the lower one first. Got {short(given)} instead."
        )
    return low, high
