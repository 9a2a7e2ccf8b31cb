"""Dataset: samples with their classes, checked once, and then trusted by everything else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.errors import ArgumentError, DataError
from classlens.network import class_names as default_class_names
from classlens.network import refuse_non_finite


@dataclass(frozen=True, eq=False)
class Dataset:
    """Samples and their classes.

    Attributes:
        X: samples, shape (samples, features), float32.
        y: each sample's class as an index into ``class_names``, shape (samples,), int64.
        class_names: the classes' names; by default c0, c1, ...
        feature_names: the columns' names; by default x0, x1, ...
        image_shape: (height, width) or (height, width, 3) when a sample is a picture, else None.

    The arrays are copied and cannot be written to.

    Raises:
        DataError: if X is not finite real numbers in two dimensions, or y is not one class index a
            sample; the message names the row and the value.
        ArgumentError: if the names do not fit the data.

    Example:
        >>> data = Dataset([[0.0, 1.0], [2.0, 3.0]], [0, 1])
        >>> data.class_names, data.feature_names
        (('c0', 'c1'), ('x0', 'x1'))
    """

    X: NDArray[np.float32]
    y: NDArray[np.int64]
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()
    image_shape: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        X = _samples(self.X)
        y = _class_indices(self.y, len(X))
        names = tuple(str(name) for name in self.class_names)
        names = names or tuple(default_class_names(int(y.max()) + 1))
        features = tuple(str(name) for name in self.feature_names)
        features = features or tuple(f"x{column}" for column in range(X.shape[1]))
        if int(y.max()) >= len(names):
            row = int(np.argmax(y >= len(names)))
            raise DataError(
                f"y must be below {len(names)}, the number of class names. "
                f"Got {int(y[row])} in row {row} instead."
            )
        _check_names("class_names", names)
        _check_names("feature_names", features)
        if len(features) != X.shape[1]:
            raise ArgumentError(
                f"feature_names must have one name for each of the {X.shape[1]} columns of X. "
                f"Got {len(features)} instead."
            )
        if self.image_shape is not None and int(np.prod(self.image_shape)) != X.shape[1]:
            raise ArgumentError(
                f"image_shape must hold as many numbers as X has columns, {X.shape[1]}. "
                f"Got {self.image_shape} instead."
            )
        X.setflags(write=False)
        y.setflags(write=False)
        object.__setattr__(self, "X", X)
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "class_names", names)
        object.__setattr__(self, "feature_names", features)

    @classmethod
    def of(cls, data: Dataset | tuple[ArrayLike, ArrayLike]) -> Dataset:
        """A Dataset as it is, or one made of a pair ``(X, y)``.

        Labels that are words become class names, in sorted order.

        Raises:
            DataError: if it is neither, or the arrays cannot be used.
        """
        if isinstance(data, Dataset):
            return data
        if not (isinstance(data, tuple | list) and len(data) == 2):
            raise DataError(
                f"data must be a Dataset or a pair (X, y). Got {type(data).__name__} instead."
            )
        X, y = data
        labels = np.asarray(y)
        if labels.ndim == 1 and labels.dtype.kind in "US" and labels.size:
            names, indices = np.unique(labels, return_inverse=True)
            return cls(X, indices, tuple(str(name) for name in names))  # type: ignore[arg-type]
        return cls(X, y)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.X)

    @property
    def features(self) -> int:
        """How many columns X has."""
        return int(self.X.shape[1])

    @property
    def classes(self) -> int:
        """How many classes have a name."""
        return len(self.class_names)

    def take(self, rows: ArrayLike) -> Dataset:
        """The samples of the given rows, with the same names."""
        rows = np.asarray(rows)
        return Dataset(
            self.X[rows], self.y[rows], self.class_names, self.feature_names, self.image_shape
        )


def _samples(X: ArrayLike) -> NDArray[np.float32]:
    given = np.asarray(X)
    if given.dtype.kind not in "fiub":
        raise DataError(
            f"X must hold real numbers. Got dtype {given.dtype} instead. Convert words to numbers "
            "first."
        )
    if given.ndim != 2 or 0 in given.shape:
        raise DataError(
            f"X must have the shape (samples, features), neither of them 0. Got {given.shape} "
            "instead."
        )
    with np.errstate(over="ignore"):  # what overflows is reported just below
        samples = np.array(given, dtype=np.float32, order="C")
    refuse_non_finite(samples, given, "X")
    return samples


def _class_indices(y: ArrayLike, count: int) -> NDArray[np.int64]:
    labels = np.asarray(y)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (count,):
        raise DataError(
            f"y must have the shape ({count},), one class for each row of X. Got {labels.shape} "
            "instead."
        )
    if labels.dtype.kind not in "fiub":
        raise DataError(f"y must hold class indices 0, 1, ... Got dtype {labels.dtype} instead.")
    with np.errstate(invalid="ignore"):
        whole = np.isfinite(labels) & (labels >= 0) & (labels == np.floor(labels))
    if not whole.all():
        row = int(np.argmin(whole))
        raise DataError(
            f"y must hold class indices 0, 1, ... Got {labels[row]} in row {row} instead."
        )
    if labels.max() > _MOST_CLASSES:
        row = int(np.argmax(labels))
        raise DataError(
            f"y must hold class indices of at most {_MOST_CLASSES}. Got {labels[row]} in row {row} "
            "instead. Is it a number to predict rather than a class?"
        )
    return labels.astype(np.int64)


# Beyond this a column of integers is a quantity or an identifier, and the last layer would take
# gigabytes.
_MOST_CLASSES = 99_999


def _check_names(what: str, names: Sequence[Any]) -> None:
    if len(set(names)) < len(names):
        seen: set[Any] = set()
        twice = next(name for name in names if name in seen or seen.add(name))
        raise ArgumentError(f"{what} must differ from each other. Got {twice!r} twice.")
