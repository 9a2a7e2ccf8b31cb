"""Slice: a plane through the inputs of a network that has more than two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import any_array, refuse_non_finite
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, did_you_mean

Floats = NDArray[np.float64]

# Two directions span no plane when this is all of the second that is not along the first.
_SAME_DIRECTION = 1e-9


@dataclass(frozen=True, eq=False)
class Slice:
    """The points origin + s u + t v; (s, t) are the coordinates on the slice.

    Attributes:
        origin: where both coordinates are 0, shape (inputs,), float64.
        u: the first direction, of length 1, shape (inputs,).
        v: the second one, of length 1 and at a right angle to u, so that lengths and areas on the
            slice are those among the inputs.

    Directions of other lengths are scaled, and v is turned in their plane until it is at a right
    angle to u. The arrays are copied and cannot be written to.

    Raises:
        ArgumentError: if the shapes differ, a number is not finite, or u and v span no plane.

    Example:
        >>> slice = Slice([0.0, 0.0, 5.0], [2.0, 0.0, 0.0], [1.0, 3.0, 0.0])
        >>> slice.v
        array([0., 1., 0.])
        >>> slice.lift([[1.0, 2.0]])
        array([[1., 2., 5.]])
    """

    origin: Floats
    u: Floats
    v: Floats

    def __post_init__(self) -> None:
        origin, u, v = (_vector(f"a slice's {n}", getattr(self, n)) for n in ("origin", "u", "v"))
        if not len(origin) == len(u) == len(v):
            raise ArgumentError(
                "a slice's origin, u and v must have one number for each input of the network. "
                f"Got {len(origin)}, {len(u)} and {len(v)} instead."
            )
        u, first = _scaled(u)
        v, second = _scaled(v)
        upright, left = _scaled(v - (v @ u) * u)
        if not (first and second and left > _SAME_DIRECTION):
            raise ArgumentError(
                "a slice's u and v must point in two directions. Got two that depend on each other."
            )
        upright, _ = _scaled(upright - (upright @ u) * u)  # what rounding had left
        for name, array in (("origin", origin), ("u", u), ("v", upright)):
            array.setflags(write=False)
            object.__setattr__(self, name, array)

    @classmethod
    def through_features(
        cls, first: int | str, second: int | str, held: ArrayLike, *, names: Sequence[str] = ()
    ) -> Slice:
        """Let two features vary and hold the others. The coordinates are the features' own values.

        Args:
            first: a feature, by index, or by name if there are names.
            second: another one.
            held: a value for each feature, shape (inputs,); those of the two do not matter.
            names: the features' names.

        Raises:
            ArgumentError: if there is no such feature, or it is the same one twice.

        Example:
            >>> Slice.through_features("b", "c", [1, 2, 3], names=["a", "b", "c"]).origin
            array([1., 0., 0.])
        """
        origin = _vector("held", held)
        columns = [_column(feature, len(origin), names) for feature in (first, second)]
        if columns[0] == columns[1]:
            raise ArgumentError(
                f"a slice must go through two different features. Got {first!r} twice."
            )
        origin[columns] = 0
        return cls(origin, *np.eye(len(origin))[columns])

    @classmethod
    def through_points(cls, a: ArrayLike, b: ArrayLike, c: ArrayLike) -> Slice:
        """The plane through three points: a is the origin, and b lies on the first axis.

        Args:
            a: a point among the inputs, shape (inputs,).
            b: a second one.
            c: a third one, off the line through the other two.

        Raises:
            ArgumentError: if they lie on one line.
        """
        points = [_vector(name, point) for name, point in (("a", a), ("b", b), ("c", c))]
        if len({len(point) for point in points}) > 1:
            raise ArgumentError(
                "the three points must have one number for each input of the network. "
                f"Got {', '.join(str(len(point)) for point in points)} instead."
            )
        try:
            return cls(points[0], points[1] - points[0], points[2] - points[0])
        except ArgumentError:
            raise ArgumentError(
                "a slice needs three points that do not lie on one line. Got three that do."
            ) from None

    @classmethod
    def principal(cls, data: Dataset | ArrayLike) -> Slice:
        """The plane of the first two principal components: it shows most of the data's variance.

        Its origin is the data's mean. Of a component's two signs it takes the one that makes its
        largest entry positive.

        The features count in their own units, as all lengths on a slice do: where these differ, the
        feature with the largest numbers is nearly all of the plane, and ``through_features`` shows
        more.

        Args:
            data: a Dataset, or samples (samples, inputs).

        Raises:
            DataError: if the samples are not finite numbers in two dimensions, or vary in less than
                two directions.
        """
        samples = _samples(data.X if isinstance(data, Dataset) else data, None, "data")
        if not len(samples):
            raise DataError("the data must have samples for a slice of their principal components.")
        mean = samples.mean(axis=0)
        centred = samples - mean
        if len(centred) < centred.shape[1]:
            components = np.linalg.svd(centred, full_matrices=False)[2][:2]
        else:  # as many numbers as there are pairs of features, however many samples there are
            components = np.linalg.eigh(centred.T @ centred)[1].T[:-3:-1]
        spread = np.linalg.norm(centred @ components.T, axis=0)
        if len(spread) < 2 or spread[1] <= _SAME_DIRECTION * max(spread[0], np.abs(samples).max()):
            raise DataError(
                "the data must vary in at least two directions for a slice of their principal "
                f"components. Got {len(samples)} samples that vary in fewer."
            )
        largest = np.abs(components).argmax(axis=1)
        components = components * np.sign(components[[0, 1], largest])[:, None]
        return cls(mean, *components)

    @property
    def inputs(self) -> int:
        """How many inputs the network must have."""
        return len(self.origin)

    def lift(self, points: ArrayLike) -> Floats:
        """The inputs at coordinates on the slice: (points, 2) to (points, inputs).

        Raises:
            DataError: if the points have another shape or a number that is not finite.
        """
        coordinates = _samples(points, 2, "points")
        return np.asarray(self.origin + coordinates @ np.stack((self.u, self.v)))

    def project(self, X: ArrayLike) -> Floats:
        """The coordinates of the nearest points on the slice: (samples, inputs) to (samples, 2).

        Raises:
            DataError: if X has another shape or a number that is not finite.
        """
        samples = _samples(X, self.inputs, "X")
        return np.asarray((samples - self.origin) @ np.stack((self.u, self.v), axis=1))


def _vector(name: str, values: ArrayLike) -> Floats:
    given = any_array(values, name, ArgumentError)
    if given.dtype.kind not in "fiub" or given.ndim != 1 or not len(given):
        raise ArgumentError(
            f"{name} must be one row of real numbers, one for each input of the network. "
            f"Got shape {given.shape} and dtype {given.dtype} instead."
        )
    if not np.isfinite(given).all():
        place = int(np.flatnonzero(~np.isfinite(given))[0])
        raise ArgumentError(f"{name} must be finite. Got {given[place]} at {place}.")
    return given.astype(np.float64)


def _scaled(vector: Floats) -> tuple[Floats, float]:
    """A vector of length 1 in the same direction, and the length; as it is if the length is 0."""
    largest = float(np.abs(vector).max())  # whose square might overflow, or be 0
    if not largest:
        return vector, 0.0
    vector = vector / largest
    length = float(np.linalg.norm(vector))
    return np.asarray(vector / length), largest * length


def _column(feature: int | str, count: int, names: Sequence[str]) -> int:
    if isinstance(feature, str):
        if feature not in names:
            raise ArgumentError(
                f"a slice's features must be among {', '.join(names) or 'given names'}. "
                f"Got {feature!r} instead." + did_you_mean(feature, names)
            )
        feature = list(names).index(feature)
    if not 0 <= feature < count:
        raise ArgumentError(
            f"a slice's features must be indices from 0 to {count - 1}. Got {feature} instead."
        )
    return feature


def _samples(values: ArrayLike, columns: int | None, name: str) -> Floats:
    given = any_array(values, name)
    if given.dtype.kind not in "fiub":
        raise DataError(f"{name} must hold real numbers. Got dtype {given.dtype} instead.")
    if given.ndim != 2 or columns not in (None, given.shape[1]):
        raise DataError(
            f"{name} must have the shape (rows, {'inputs' if columns is None else columns}). "
            f"Got {given.shape} instead."
        )
    samples = given.astype(np.float64)
    refuse_non_finite(samples, given, name)
    return samples
