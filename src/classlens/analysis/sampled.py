"""The classes of a network with curved activations on a window, sampled more finely where needed.

A rectangle in which one class is certain to win is left alone; any other is cut in four, down to a
limit. Only in those that remain, beside the boundaries, is anything approximate: there the logits
are taken as linear between the corners.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from classlens.analysis.boundary import classify
from classlens.analysis.cells import Boundaries, Cells, divide
from classlens.analysis.creasing import Creased
from classlens.analysis.enclosure import Plane
from classlens.analysis.partition import Partition
from classlens.analysis.planes import Window
from classlens.analysis.result import Regions
from classlens.analysis.slices import Slice
from classlens.analysis.walk import Flags, Floats, Ints
from classlens.network import Network

# The window is cut into so many rectangles along each side to begin with, and these again and again
# until there would be too many that are not certain, or they are fine enough.
_FIRST = 16
_MOST = 12_000
_FINEST = 4096

# How many numbers are computed at once.
_AT_ONCE = 1 << 21

_QUARTERS = np.array([(0, 0), (1, 0), (0, 1), (1, 1)])
_AROUND = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])  # a square's corners, counter-clockwise


def sample(network: Network, window: Window, slice: Slice | None) -> Regions:  # noqa: A002
    """Sample the classes of a network.

    Args:
        network: any.
        window: the rectangle.
        slice: the plane that it lies on, or None.

    Returns:
        What is known: ``exact`` is False, there are no linear regions, and ``error`` is the area of
        the rectangles in which no class is certain.
    """
    plane = Plane.of(network, slice)
    low = np.array([window.x0[0], window.x1[0]])
    span = np.array([window.x0[1], window.x1[1]]) - low
    steps = _FIRST
    squares = np.stack(np.meshgrid(np.arange(steps), np.arange(steps)), axis=-1).reshape(-1, 2)
    pieces = []
    while True:
        label, certain = _winners(plane, squares, low, span / steps)
        pieces.append(_rectangles(squares[certain], label[certain], low, span / steps))
        squares = squares[~certain]
        if not len(squares) or 4 * len(squares) > _MOST or 2 * steps > _FINEST:
            break
        squares = (2 * squares[:, None] + _QUARTERS).reshape(-1, 2)
        steps *= 2
    error = 0.0
    boundaries = Boundaries(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros((0, 2), dtype=np.intp))
    if len(squares):
        uncertain, boundaries = _between(plane, _mesh(squares, low, span, steps))
        error = float(uncertain.areas.sum())
        pieces.append(uncertain)
    return Regions(
        network=network,
        window=window,
        slice=slice,
        cells=_joined(pieces),
        boundaries=boundaries,
        ties=(),
        exact=False,
        error=error,
        linear=None,
    )


def _winners(plane: Plane, squares: Ints, low: Floats, size: Floats) -> tuple[Ints, Flags]:
    rows = max(1, _AT_ONCE // (4 * max(len(bias) for bias in plane.biases)))
    parts = [
        plane.winners(low + (squares[first : first + rows] + 0.5) * size, size / 2)
        for first in range(0, len(squares), rows)
    ]
    labels, certain = zip(*parts, strict=True)
    return np.concatenate(labels), np.concatenate(certain)


def _rectangles(squares: Ints, label: Ints, low: Floats, size: Floats) -> Cells:
    corners = low + (squares[:, None] + _AROUND) * size
    return Cells(
        corners=corners.reshape(-1, 2),
        starts=4 * np.arange(len(squares)),
        region=np.full(len(squares), -1),
        label=label,
        areas=np.full(len(squares), size[0] * size[1]),
    )


def _mesh(squares: Ints, low: Floats, span: Floats, steps: int) -> Partition:
    """The squares in which no class is certain, each cut into two triangles."""
    corners = squares[:, None] + _AROUND
    keys, vertices = np.unique(corners @ np.array([steps + 1, 1]), return_inverse=True)
    places = low + np.stack(np.divmod(keys, steps + 1), axis=1) * (span / steps)
    square = vertices.reshape(-1, 4)
    return Partition.mesh(places, np.concatenate((square[:, [0, 1, 2]], square[:, [0, 2, 3]])))


def _between(plane: Plane, partition: Partition) -> tuple[Cells, Boundaries]:
    """Classes and boundaries where the logits are taken as linear on each triangle."""
    logits = plane.logits(partition.places)
    sums = np.abs(logits)
    found = classify(Creased(partition, (), logits, sums, sums.max(axis=0)))
    cells, borders, _ = divide(partition, found)
    return replace(cells, region=np.full(len(cells), -1)), borders.boundaries(cells.label)


def _joined(parts: list[Cells]) -> Cells:
    before = np.cumsum([0, *(len(part.corners) for part in parts)])
    return Cells(
        corners=np.concatenate([part.corners for part in parts]),
        starts=np.concatenate(
            [part.starts + first for part, first in zip(parts, before, strict=False)]
        ),
        region=np.concatenate([part.region for part in parts]),
        label=np.concatenate([part.label for part in parts]),
        areas=np.concatenate([part.areas for part in parts]),
    )
