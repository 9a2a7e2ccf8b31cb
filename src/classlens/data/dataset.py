"""Dataset: samples with their classes, checked once, and then trusted by everything else."""

from __future__ import annotations

import contextlib
import math
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import any_array, real_array, refuse_non_finite
from classlens.errors import ArgumentError, DataError, counted, did_you_mean, listed, short
from classlens.names import class_names as default_class_names
from classlens.names import feature_names as default_feature_names
from classlens.names import names_from

# Beyond this a column of integers is a quantity or an identifier, and the last layer would take
# gigabytes.
LARGEST_CLASS = 99_999


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Samples and their classes.

    Attributes:
        X: samples, shape (samples, features), float32.
        y: each sample's class as an index into ``class_names``, shape (samples,), int64.
        class_names: the classes' names; by default c0, c1, ... for the classes of y, which must
            then all occur.
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
        names = names_from("class_names", self.class_names) or _names_of_all(y)
        features = names_from("feature_names", self.feature_names)
        features = features or default_feature_names(X.shape[1])
        if int(y.max()) >= len(names):
            row = int(np.argmax(y >= len(names)))
            raise DataError(
                f"y must be below {len(names)}, the number of class names. "
                f"Got {int(y[row])} in row {row} instead."
            )
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
    def of(
        cls, data: Dataset | tuple[ArrayLike, ArrayLike], *, class_names: Sequence[str] = ()
    ) -> Dataset:
        """A Dataset as it is, or one made of a pair ``(X, y)``.

        Args:
            data: either of them. Labels that are words become class names, in sorted order.
            class_names: the classes that a pair's labels are of, where they are known: labels that
                are words are looked up there, and not every class need occur. So are numbers, where
                the names are numbers and not 0, 1, ...

        Raises:
            DataError: if it is neither, or the arrays cannot be used.

        Example:
            >>> Dataset.of(([[0.0], [1.0]], ["no", "yes"])).class_names
            ('no', 'yes')
        """
        if isinstance(data, Dataset):
            return data
        if not (isinstance(data, tuple | list) and len(data) == 2):
            raise DataError(
                f"data must be a Dataset or a pair (X, y). Got {type(data).__name__} instead."
            )
        X, y = data
        words = _words(y)
        names = names_from("class_names", class_names)
        if words is None:
            words = _numbers_that_are_names(y, names)
        if words is None:
            return cls(X, y, names)  # type: ignore[arg-type]
        names = names or tuple(sorted(set(words)))
        index = {name: position for position, name in enumerate(names)}
        for row, word in enumerate(words):
            if word not in index:
                raise DataError(
                    f"y must hold names of classes, {listed(names)}. "
                    f"Got {short(word)} in row {row} instead." + did_you_mean(word, names)
                )
        return cls(X, [index[word] for word in words], names)  # type: ignore[arg-type]

    def __len__(self) -> int:
        return len(self.X)

    def __repr__(self) -> str:
        return (
            f"Dataset({counted(len(self), 'sample')}, features {listed(self.feature_names)}, "
            f"classes {listed(self.class_names)})"
        )

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
            DataError: if it is neither, or no row is taken.
        """
        chosen = _rows(rows, len(self))
        return Dataset(
            self.X[chosen],
            self.y[chosen],
            self.class_names,
            self.feature_names,
            self.image_shape,
        )


def _rows(rows: ArrayLike, count: int) -> NDArray[Any]:
    chosen = any_array(rows, "rows")
    mask = chosen.dtype.kind == "b" and chosen.shape == (count,)
    if not mask and (chosen.ndim != 1 or (chosen.size and chosen.dtype.kind not in "iu")):
        raise DataError(
            f"rows must be row numbers, or {count} times True or False. Got {short(rows)} instead."
        )
    if not (chosen.any() if mask else chosen.size):
        raise DataError("rows must name at least one row. Got none.")
    if not mask and not 0 <= chosen.min() <= chosen.max() < count:
        wrong = chosen[(chosen < 0) | (chosen >= count)][0]
        raise DataError(f"rows must be from 0 to {count - 1}. Got {wrong} instead.")
    return chosen


def _names_of_all(y: NDArray[np.int64]) -> tuple[str, ...]:
    """The names of classes that nobody has named, of which each must occur."""
    counts = np.bincount(y)
    absent = np.flatnonzero(counts == 0)
    if absent.size:
        raise DataError(
            f"y must hold every class from 0 to {len(counts) - 1} at least once. Got none of class "
            f"{listed([str(each) for each in absent])}. Number the classes without gaps, or name "
            "all that there are with class_names."
        )
    return tuple(default_class_names(len(counts)))


def _samples(X: ArrayLike) -> NDArray[np.float32]:
    given = real_array(X, "X")
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
    labels = any_array(y, "y")
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
            f"y must hold words only, or class indices only. Got {short(words[row])} in row "
            f"{row} among words."
        )
    return words


def _numbers_that_are_names(y: ArrayLike, names: tuple[str, ...]) -> list[str] | None:
    """The labels as names, where the classes are called by numbers that are not their places."""
    try:
        values = {float(name): name for name in names}
    except ValueError:
        return None
    if list(values) == list(range(len(names))):
        return None
    labels = any_array(y, "y")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.ndim != 1 or labels.dtype.kind not in "iuf":
        return None
    return [values.get(float(label), str(label)) for label in labels.tolist()]


def _class_indices(y: ArrayLike, count: int) -> NDArray[np.int64]:
    labels = any_array(y, "y")
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    if labels.shape != (count,):
        raise DataError(
            f"y must have the shape ({count},), one class for each row of X. Got {labels.shape} "
            "instead."
        )
    words: list[Any] = labels.tolist() if labels.dtype.kind in "OSTU" else []
    words = [label for label in words if isinstance(label, str | bytes)]
    if words:
        raise DataError(
            f"y must hold class indices 0, 1, ... Got words such as {short(words[0])} instead. "
            "Dataset.of((X, y)) makes class names of them."
        )
    labels = real_array(labels, "y")
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
    sizes: tuple[int, ...] = ()
    if isinstance(shape, Sequence | np.ndarray):
        with contextlib.suppress(TypeError):
            sizes = tuple(operator.index(size) for size in shape)
    if len(sizes) not in (2, 3) or min(sizes) < 1 or sizes[2:] not in ((), (3,)):
        raise ArgumentError(
            "image_shape must be (height, width) or (height, width, 3), in whole numbers of at "
            f"least 1. Got {short(shape)} instead."
        )
    if math.prod(sizes) != columns:
        raise ArgumentError(
            f"image_shape must hold as many numbers as X has columns, {columns}. "
            f"Got {short(sizes)}, which holds {short(math.prod(sizes))}, instead."
        )
    return sizes
