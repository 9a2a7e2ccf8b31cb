"""Toy problems in the plane, for any number of classes: the lab's blobs and four curved ones.

All of them draw from ``numpy.random.RandomState``, whose streams NumPy has promised never to
change: a seed means the same points on every machine and in every year.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.data.dataset import Dataset
from classlens.data.toy_arguments import check_arguments, check_blob_arguments
from classlens.errors import ArgumentError, Problems, one_of

Floats = NDArray[np.float64]
Indices = NDArray[np.int64]

# The lab's choices, and so the defaults of every toy.
SAMPLES = 100
SEED = 30
LAB_SPREAD = 1.0
LAB_CENTERS = ((-5.0, 2.0), (-2.0, -2.0), (1.0, 2.0), (5.0, -2.0))

# How far the curved shapes reach from the origin: as far as the lab's blobs, so that the lab's
# learning rate suits them too. Arms and blades would all meet at the origin, so they begin outside.
REACH = 6.0
HUB = 1.0

# (class of each point, place along its shape 0..1, place across it -1..1), shape (samples,) each,
# -> the points, shape (samples, 2)
Place = Callable[[Indices, Floats, Floats], Floats]


def blobs(
    samples: int = SAMPLES,
    *,
    centers: int | ArrayLike = LAB_CENTERS,
    spread: float | Sequence[float] = LAB_SPREAD,
    seed: int = SEED,
) -> Dataset:
    """Round clouds, one for each class: center + spread * (standard normal numbers).

    The points and their order are those of scikit-learn's ``make_blobs(samples, centers=centers,
    cluster_std=spread, random_state=seed)``, rounded to float32. The defaults give the lab's data.

    Args:
        samples: how many points. The classes get equal shares; what is left over goes to the
            first of them, one each.
        centers: the clouds' centers, shape (classes, features); or the number of classes, whose
            centers are then drawn evenly from the square from -10 to 10.
        spread: the standard deviation along every axis; one number, or one for each class.
        seed: decides the points.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.

    Example:
        >>> blobs().y[:10]
        array([3, 3, 3, 0, 3, 3, 3, 3, 2, 0])
        >>> blobs(50, centers=3, spread=[0.5, 1.0, 2.0]).class_names
        ('c0', 'c1', 'c2')
    """
    samples, given, spreads, seed = check_blob_arguments(samples, centers, spread, seed)
    random = np.random.RandomState(seed)
    middles = random.uniform(-10.0, 10.0, (given, 2)) if isinstance(given, int) else given
    classes, features = middles.shape
    counts = [len(range(index, samples, classes)) for index in range(classes)]
    clouds = [
        random.normal(middle, deviation, (count, features))
        for middle, deviation, count in zip(middles, spreads, counts, strict=True)
    ]
    X = np.concatenate(clouds)  # (samples, features)
    y = np.repeat(np.arange(classes), counts)
    order = random.permutation(samples)
    return Dataset(X[order], y[order])  # type: ignore[arg-type]


def rings(
    samples: int = SAMPLES, *, classes: int = 3, noise: float = 0.1, seed: int = SEED
) -> Dataset:
    """Circles around the origin, one inside the other.

    Class k of K lies on the circle of radius r = 6 (k + 1) / K:

        x = (r cos a, r sin a) + noise * (standard normal numbers),    0 <= a < 2 pi.

    Args:
        samples: how many points. The classes' counts differ by 1 at most.
        classes: how many circles.
        noise: the standard deviation of the points around their circle; 0 puts them on it.
        seed: decides the points.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.

    Example:
        >>> data = rings(classes=2, noise=0)
        >>> np.unique(np.hypot(*data.X.T).round(3))
        array([3., 6.], dtype=float32)
    """

    def place(y: Indices, along: Floats, _across: Floats) -> Floats:
        return _polar(REACH * (y + 1) / classes, 2 * math.pi * along)

    return _scattered(place, samples, classes, noise, seed)


def spirals(
    samples: int = SAMPLES, *, classes: int = 3, noise: float = 0.1, seed: int = SEED
) -> Dataset:
    """Arms that wind almost once around the origin, each turned further than the last.

    Class k of K lies on the Archimedean spiral whose angle grows with its radius r:

        a = 2 pi (k / K + r / 6),    1 <= r <= 6,
        x = (r cos a, r sin a) + noise * (standard normal numbers).

    Its points are spread evenly over r squared, and so about evenly over the arm's length.

    Args:
        samples: how many points. The classes' counts differ by 1 at most.
        classes: how many arms.
        noise: the standard deviation of the points around their arm; 0 puts them on it.
        seed: decides the points.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.

    Example:
        >>> data = spirals(classes=2, noise=0)
        >>> radius = np.hypot(*data.X.T)
        >>> bool(radius.min() >= 1), bool(radius.max() <= 6)
        (True, True)
    """

    def place(y: Indices, along: Floats, _across: Floats) -> Floats:
        radius = _even_radius(along)
        return _polar(radius, 2 * math.pi * (y / classes + radius / REACH))

    return _scattered(place, samples, classes, noise, seed)


def pinwheel(
    samples: int = SAMPLES, *, classes: int = 5, noise: float = 0.1, seed: int = SEED
) -> Dataset:
    """Curved blades around the origin, which grow wider outwards.

    Class k of K fills a blade that takes 60 % of its sector and bends as its radius r grows:

        a = 2 pi k / K + 2 r / 6 + 0.6 v pi / K,    1 <= r <= 6,    -1 <= v <= 1,
        x = (r cos a, r sin a) + noise * (standard normal numbers).

    Its points are spread evenly over the blade.

    Args:
        samples: how many points. The classes' counts differ by 1 at most.
        classes: how many blades.
        noise: the standard deviation of the points around their place; 0 keeps them in the blade.
        seed: decides the points.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.

    Example:
        >>> pinwheel(classes=7).classes
        7
    """

    def place(y: Indices, along: Floats, across: Floats) -> Floats:
        radius = _even_radius(along)
        sector = 2 * math.pi * y / classes
        return _polar(radius, sector + 2 * radius / REACH + 0.6 * across * math.pi / classes)

    return _scattered(place, samples, classes, noise, seed)


def checkerboard(
    samples: int = SAMPLES, *, classes: int = 2, noise: float = 0.0, seed: int = SEED
) -> Dataset:
    """A square board from -6 to 6 on which no two neighbouring squares share a class.

    The board has n by n squares, n = 4 or, when 16 squares are too few, the least n with n squared
    >= K. The square in column i of row j belongs to the class

        (i + s j) mod K,    s = n, or 1 where K divides n,

    which differs from its neighbour's by 1 along a row and by s mod K, never 0, along a column.
    The classes' numbers of squares differ by 1 at most; a class's points are spread evenly over
    its squares.

    Args:
        samples: how many points. The classes' counts differ by 1 at most.
        classes: how many classes.
        noise: the standard deviation of the points around their place; 0 keeps them in the square.
        seed: decides the points.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.

    Example:
        >>> data = checkerboard(classes=2)
        >>> column, row = np.floor((data.X.T + 6) / 3).astype(int)
        >>> bool(np.all(data.y == (column + row) % 2))
        True
    """

    def place(y: Indices, along: Floats, across: Floats) -> Floats:
        side = max(4, math.isqrt(classes - 1) + 1)  # isqrt(K - 1) + 1 is the root of K rounded up
        step = side if side % classes else 1
        column, row = np.meshgrid(np.arange(side), np.arange(side))
        owner = ((column + step * row) % classes).ravel()  # (squares,)
        squares = np.argsort(owner, kind="stable")  # the squares of class 0, then of class 1, ...
        counts = np.bincount(owner, minlength=classes)
        turn = along * counts[y]
        rank = np.minimum(turn.astype(np.int64), counts[y] - 1)
        square = squares[(np.cumsum(counts) - counts)[y] + rank]
        corner = np.column_stack([square % side, square // side])
        inside = np.column_stack([turn - rank, (across + 1) / 2])
        return (corner + inside) * (2 * REACH / side) - REACH

    return _scattered(place, samples, classes, noise, seed)


def _even_radius(along: Floats) -> Floats:
    """Radii from the hub to the reach whose squares are spread as evenly as ``along``."""
    return np.sqrt(HUB**2 + (REACH**2 - HUB**2) * along)


def _polar(radius: Floats, angle: Floats) -> Floats:
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def _scattered(place: Place, samples: int, classes: int, noise: float, seed: int) -> Dataset:
    """Points that ``place`` puts on their classes' shapes, in a shuffled order, with noise.

    The shuffled numbers 0, 1, ... are dealt to the classes in turn, which balances the counts. The
    m points of a class lie one in each m-th part of their shape, at random within it, so that few
    points still show the whole shape. The same numbers are drawn whatever the noise: more of it
    moves every point further along its own line.
    """
    problems = Problems()
    given = check_arguments(problems, samples=samples, classes=classes, noise=noise, seed=seed)
    problems.raise_if_any(ArgumentError)
    samples, classes, noise = given["samples"], given["classes"], given["noise"]
    random = np.random.RandomState(given["seed"])
    rank, y = np.divmod(random.permutation(samples), classes)
    along = (rank + random.uniform(size=samples)) / np.bincount(y)[y]
    across = random.uniform(-1.0, 1.0, samples)
    X = place(y, along, across) + noise * random.standard_normal((samples, 2))
    return Dataset(X.astype(np.float32), y)


def _counted_blobs(
    samples: int = SAMPLES,
    *,
    classes: int = len(LAB_CENTERS),
    noise: float = LAB_SPREAD,
    seed: int = SEED,
) -> Dataset:
    """Blobs by their number: the lab's four, or as many as are asked for, drawn at random."""
    centers = LAB_CENTERS if classes == len(LAB_CENTERS) else classes
    return blobs(samples, centers=centers, spread=noise, seed=seed)


@dataclass(frozen=True)
class Toy:
    """A row of the table of toys.

    Attributes:
        name: the word that stands for it.
        function: draws it, called as ``rings`` is; its defaults are the row's.
        help: what it shows, one sentence.
    """

    name: str
    function: Callable[..., Dataset]
    help: str

    @property
    def classes(self) -> int:
        """How many classes it has when nothing is said."""
        return int(self._default("classes"))

    @property
    def noise(self) -> float:
        """How noisy it is when nothing is said, as a standard deviation."""
        return float(self._default("noise"))

    def _default(self, argument: str) -> Any:
        return inspect.signature(self.function).parameters[argument].default


TOYS: Mapping[str, Toy] = MappingProxyType(
    {
        row.name: row
        for row in (
            Toy("blobs", _counted_blobs, "Round clouds, the lab's four or any number at random."),
            Toy("rings", rings, "Circles around the origin, one inside the other."),
            Toy("spirals", spirals, "Arms that wind almost once around the origin."),
            Toy("pinwheel", pinwheel, "Curved blades that grow wider outwards."),
            Toy("checkerboard", checkerboard, "A board whose neighbouring squares differ."),
        )
    }
)


def toy(
    name: str,
    *,
    samples: int = SAMPLES,
    classes: int | None = None,
    noise: float | None = None,
    seed: int = SEED,
) -> Dataset:
    """The toy of that name.

    Args:
        name: a key of ``TOYS``.
        samples: how many points.
        classes: how many classes; None for the toy's own default. Four blobs are the lab's.
        noise: a standard deviation; None for the toy's own default. For blobs it is the spread.
        seed: decides the points.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.

    Example:
        >>> toy("rings", samples=60, classes=4).classes
        4
    """
    problems = Problems()
    given: dict[str, Any] = {"samples": samples, "seed": seed}
    if isinstance(name, str) and name in TOYS:
        given |= {"classes": TOYS[name].classes, "noise": TOYS[name].noise}
    else:
        problems.add(one_of("name", name, list(TOYS)))
    given |= {} if classes is None else {"classes": classes}
    given |= {} if noise is None else {"noise": noise}
    allowed = check_arguments(problems, **given)
    problems.raise_if_any(ArgumentError)
    return TOYS[name].function(**allowed)
