"""Dataset: samples with their classes, checked once, and then trusted by everything else."""

from __future__ import annotations

import math
import operator
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import refuse_non_finite
from classlens.errors import ArgumentError, DataError
from classlens.network import class_names as default_class_names

# Beyond this a column of integers is a quantity or an identifier, and the last layer would take
# gigabytes.
LARGEST_CLASS = 99_999


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
        if self.image_shape is not None:
            object.__setattr__(self, "image_shape", _image_shape(self.image_shape, X.shape[1]))
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
        words = _words(y)
        if words is None:
            return cls(X, y)  # type: ignore[arg-type]
        names = sorted(set(words))
        index = {name: position for position, name in enumerate(names)}
        return cls(X, [index[word] for word in words], tuple(names))  # type: ignore[arg-type]

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
        """The samples of the given rows, with the same names.

        Args:
            rows: row numbers in any order, or a True or False for each row.

        Raises:
            DataError: if no row is taken.
        """
        chosen = np.asarray(rows)
        if not chosen.size:
            chosen = chosen.astype(np.int64)  # an empty list has no type that NumPy can index with
        return Dataset(
            self.X[chosen],
            self.y[chosen],
            self.class_names,
            self.feature_names,
            self.image_shape,
        )


def _array(values: ArrayLike, name: str) -> NDArray[Any]:
    try:
        if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
            masked = int(np.ma.getmaskarray(values).sum())
            raise DataError(
                f"{name} must have no masked entries. Got {masked}. Fill them or leave their rows "
                "out first."
            )
        return np.asarray(values)
    except ValueError as error:
        raise DataError(f"{name} must be an array, with rows of one length. {error}") from None


def _samples(X: ArrayLike) -> NDArray[np.float32]:
    given = _array(X, "X")
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


def _words(y: ArrayLike) -> list[str] | None:
    """The labels if they are words, else None; an array with a single column is a list."""
    labels = _array(y, "y")
    if labels.dtype.kind == "U" and isinstance(y, list | tuple):
        # NumPy has made words of everything; what was none, such as a missing value, is refused.
        labels = np.asarray(y, dtype=object)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "OSTU":
        return None
    if labels.dtype.kind == "S":  # as files of bytes hold them
        labels = np.char.decode(labels, "utf-8", "backslashreplace")
    words: list[Any] = labels.tolist()
    is_word = [isinstance(word, str) for word in words]
    if not any(is_word):
        return None
    if not all(is_word):
        row = is_word.index(False)
        raise DataError(
            f"y must hold words only, or class indices only. Got {words[row]!r} in row {row} "
            "among words."
        )
    return words


def _class_indices(y: ArrayLike, count: int) -> NDArray[np.int64]:
    labels = _array(y, "y")
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
    if labels.max() > LARGEST_CLASS:
        row = int(np.argmax(labels))
        raise DataError(
            f"y must hold class indices of at most {LARGEST_CLASS}. Got {labels[row]} in row {row} "
            "instead. Is it a number to predict rather than a class?"
        )
    return labels.astype(np.int64)


def _image_shape(shape: Sequence[int], columns: int) -> tuple[int, ...]:
    try:
        sizes = tuple(operator.index(size) for size in shape)
    except TypeError:
        sizes = ()
    if len(sizes) not in (2, 3) or min(sizes) < 1 or sizes[2:] not in ((), (3,)):
        raise ArgumentError(
            "image_shape must be (height, width) or (height, width, 3), in whole numbers of at "
            f"least 1. Got {shape!r} instead."
        )
    if math.prod(sizes) != columns:
        raise ArgumentError(
            f"image_shape must hold as many numbers as X has columns, {columns}. "
            f"Got {sizes}, which holds {math.prod(sizes)}, instead."
        )
    return sizes


def _check_names(what: str, names: Sequence[Any]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ArgumentError(f"{what} must differ from each other. Got {twice[0]!r} twice.")
