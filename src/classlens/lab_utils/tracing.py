"""What any function that labels places makes of a window: areas of one label, lines between them.

A grid finds where the label changes, and halving finds the place on each of its edges, so the lines
are off by much less than a pixel. What is smaller than the grid can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.planes import Window

Floats = NDArray[np.float64]
Labels = NDArray[np.intp]

# From places, shape (places, 2), to their labels, shape (places,).
Labeller = Callable[[Floats], Labels]

# Each halving costs a call; after so many a line is within 1/500 of a cell.
_HALVINGS = 8

# The corners of a cell, counter-clockwise: rows and columns from its lower left one.
_CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))


@dataclass(frozen=True, eq=False)
class Traced:
    """Areas and lines.

    Attributes:
        window: the rectangle.
        cells: the label of each cell's lower left corner, shape (rows, columns); row 0 is the
            lowest x1.
        parts: the cells with more than one label, in parts of one each: label, corners.
        lines: segments between labels, shape (segments, 2 ends, 2 coordinates).
    """

    window: Window
    cells: Labels
    parts: tuple[tuple[int, Floats], ...]
    lines: Floats


def traced(label: Labeller, window: Window, *, resolution: int) -> Traced:
    """Find the areas and the lines.

    Args:
        label: gives places their labels, from 0; called a few times with many places.
        window: the rectangle.
        resolution: points along each side of the grid.

    Example:
        >>> found = traced(
        ...     lambda P: (P[:, 0] > 0.25).astype(int), Window((0, 1), (0, 1)), resolution=3
        ... )
        >>> np.unique(found.lines[..., 0].round(2)).tolist()
        [0.25]
    """
    x0, x1 = np.meshgrid(np.linspace(*window.x0, resolution), np.linspace(*window.x1, resolution))
    grid = np.stack((x0, x1), axis=-1)  # (rows, columns, 2)
    labels = label(grid.reshape(-1, 2)).reshape(resolution, resolution)
    # Crossings of the edges along x0 and along x1; one without a change of label is never read.
    across = np.empty((resolution, resolution - 1, 2))
    up = np.empty((resolution - 1, resolution, 2))
    changes = labels[:, 1:] != labels[:, :-1], labels[1:] != labels[:-1]
    starts = np.concatenate((grid[:, :-1][changes[0]], grid[:-1][changes[1]]))
    ends = np.concatenate((grid[:, 1:][changes[0]], grid[1:][changes[1]]))
    before = np.concatenate((labels[:, :-1][changes[0]], labels[:-1][changes[1]]))
    found = _halved(label, starts, ends, before)
    across[changes[0]], up[changes[1]] = np.split(found, [int(changes[0].sum())])
    same = ~(changes[0][:-1] | changes[0][1:] | changes[1][:, :-1] | changes[1][:, 1:])
    parts: list[tuple[int, Floats]] = []
    lines: list[Floats] = []
    for row, column in np.argwhere(~same).tolist():
        cell = _rim(row, column, grid, labels, across, up)
        crossings = np.array([place for place, of in cell if of is None])
        centre = crossings.mean(axis=0)
        parts += _parts(cell, centre)
        lines += [crossings] if len(crossings) == 2 else [np.stack((c, centre)) for c in crossings]
    return Traced(
        window,
        labels[:-1, :-1],
        tuple(parts),
        np.array(lines) if lines else np.empty((0, 2, 2)),
    )


def _halved(label: Labeller, starts: Floats, ends: Floats, before: Labels) -> Floats:
    """Where the label stops being the one before, between each start and its end."""
    for _ in range(_HALVINGS if len(starts) else 0):
        middle = (starts + ends) / 2
        still = (label(middle) == before)[:, None]
        starts, ends = np.where(still, middle, starts), np.where(still, ends, middle)
    return np.asarray((starts + ends) / 2)


def _rim(
    row: int, column: int, grid: Floats, labels: Labels, across: Floats, up: Floats
) -> list[tuple[Floats, int | None]]:
    """A cell's corners with their labels and, without one, the crossings on its edges, in order."""
    on_edges = (across[row, column], up[row, column + 1], across[row + 1, column], up[row, column])
    corners = [(row + down, column + right) for down, right in _CORNERS]
    rim: list[tuple[Floats, int | None]] = []
    for corner, following, edge in zip(corners, corners[1:] + corners[:1], on_edges, strict=True):
        rim.append((grid[corner], int(labels[corner])))
        if labels[corner] != labels[following]:
            rim.append((edge, None))
    return rim


def _parts(rim: list[tuple[Floats, int | None]], centre: Floats) -> Iterator[tuple[int, Any]]:
    """The parts of a cell, each between two crossings and the centre of all."""
    first = next(place for place, (_, label) in enumerate(rim) if label is None)
    turned = [*rim[first:], *rim[: first + 1]]
    corners: list[Floats] = []
    current: int | None = None
    for place, label in turned:
        corners.append(place)
        if label is not None:
            current = label
        elif current is not None:
            yield current, np.array([*corners, centre])
            corners, current = [place], None
