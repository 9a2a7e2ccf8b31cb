"""Territories: each class's part of a window as closed outlines, and how sure the network is there.

The cells of one class are one area, without the creases between them, so that a picture has one
shape to fill for each class and a file stays small.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from classlens.analysis import planes
from classlens.analysis.planes import Window
from classlens.analysis.result import Regions
from classlens.analysis.walk import Floats, Ints
from classlens.layer import Array

Point = tuple[float, float]

# Lengths under this share of the window's side are rounding.
_ROUNDING = 1e-9

# So many numbers at most are computed for the shades of all classes: 16 MB.
_BUDGET = 2_000_000


@dataclass(frozen=True, eq=False)
class Territories:
    """Which class wins where in a window, as shapes to draw.

    Attributes:
        window: the rectangle.
        outlines: for each class, closed rings of shape (corners, 2), counter-clockwise; those
            around other classes' islands are clockwise. None for a class that wins nowhere.
        boundary: segments on which two classes tie for the largest logit, shape (segments, 2, 2).
        pairs: the two classes of each segment, the lower index first, shape (segments, 2).
        winners: the classes that win somewhere, in order.
        odds: the logarithm of each winner's odds on a grid, shape (rows, columns, winners); row 0
            is the lowest x1, and the outer points lie on the rim.
        exact: whether outlines and boundary are exact, but for rounding.
        tied: whether classes are equal, and ahead of the others, all over some area. It counts as
            the first one's.
    """

    window: Window
    outlines: tuple[tuple[Floats, ...], ...]
    boundary: Floats
    pairs: Ints
    winners: tuple[int, ...]
    odds: Array
    exact: bool
    tied: bool


def territories(found: Regions, *, resolution: int) -> Territories:
    """The shapes of a classifier's regions.

    Args:
        found: the geometry.
        resolution: grid points along each side for the odds; fewer are taken for very many classes.

    Raises:
        DataError: if the network's values overflow in the window.

    Example:
        >>> from classlens.analysis.geometry import regions
        >>> from classlens.network import Network
        >>> network = Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
        >>> drawn = territories(regions(network, ((-1, 1), (-1, 1))), resolution=3)
        >>> [sorted(ring.tolist()) for ring in drawn.outlines[0]]
        [[[0.0, -1.0], [0.0, 1.0], [1.0, -1.0], [1.0, 1.0]]]
        >>> drawn.odds[0].tolist()
        [[-2.0, 2.0], [0.0, 0.0], [2.0, -2.0]]
    """
    winners = np.unique(found.cells.label)
    count = len(found.network.classes)
    points = max(2, min(resolution, int((_BUDGET / count) ** 0.5)))
    lift = None if found.slice is None else found.slice.lift
    logits = planes.layer_values(found.network, found.window, resolution=points, lift=lift)
    lines = found.boundaries
    return Territories(
        window=found.window,
        outlines=outlines(found),
        boundary=np.stack((lines.start, lines.end), axis=1),
        pairs=lines.classes,
        winners=tuple(winners.tolist()),
        odds=planes.odds(logits)[:, :, winners],
        exact=found.exact,
        tied=bool(found.ties),
    )


def outlines(found: Regions) -> tuple[tuple[Floats, ...], ...]:
    """For each class, the rings around its part of the window.

    A ring runs along boundaries with the class on its left, and along the window's rim.
    """
    lines = found.boundaries
    onward: list[list[tuple[Point, Point]]] = [[] for _ in found.network.classes]
    ends = zip(lines.start.tolist(), lines.end.tolist(), lines.classes.tolist(), strict=True)
    for start, end, (left, right) in ends:
        onward[left].append(((start[0], start[1]), (end[0], end[1])))
        onward[right].append(((end[0], end[1]), (start[0], start[1])))
    for label, start, end in _rim(found):
        onward[label].append((start, end))
    return tuple(tuple(_rings(steps)) for steps in onward)


def _rim(found: Regions) -> Iterator[tuple[int, Point, Point]]:
    """The window's rim, counter-clockwise, in pieces of one class each: class, start, end."""
    span = np.ptp((found.window.x0, found.window.x1), axis=1)
    corners, starts = found.cells.corners, found.cells.starts
    after = np.arange(1, len(corners) + 1)
    after[np.append(starts[1:], len(corners)) - 1] = starts
    label = np.repeat(found.cells.label, np.diff(np.append(starts, len(corners))))
    (left, right), (bottom, top) = found.window.x0, found.window.x1
    sides = (
        (0, bottom, (left, bottom), (right, bottom)),
        (1, right, (right, bottom), (right, top)),
        (0, top, (right, top), (left, top)),
        (1, left, (left, top), (left, bottom)),
    )
    for axis, wall, first, last in sides:  # axis: the coordinate that changes along the side
        on = np.abs(corners[:, 1 - axis] - wall) <= _ROUNDING * span[1 - axis]
        edges = np.flatnonzero(on & on[after])
        way = np.sign(last[axis] - first[axis])
        order = np.argsort(way * (corners[edges, axis] + corners[after[edges], axis]))
        edges = edges[order]
        # The cells run counter-clockwise too, so an edge begins where the one before it ends.
        cuts = np.flatnonzero(label[edges[1:]] != label[edges[:-1]]) + 1
        points = [first, *((x, y) for x, y in corners[edges[cuts]].tolist()), last]
        labels = label[edges[[0, *cuts]]].tolist()
        yield from zip(labels, points, points[1:], strict=False)


def _rings(steps: list[tuple[Point, Point]]) -> Iterator[Floats]:
    """Closed rings of directed steps, each of which begins where another one ends."""
    onward: dict[Point, list[Point]] = {}
    for start, end in steps:
        if start != end:
            onward.setdefault(start, []).append(end)
    while onward:
        first = at = next(iter(onward))
        ring = []
        while at in onward:
            ring.append(at)
            ends = onward[at]
            following = ends.pop()
            if not ends:
                del onward[at]
            at = following
            if at == first:
                break
        yield np.array(ring)
