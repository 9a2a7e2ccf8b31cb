"""Cells, boundaries, creases and ties: what a window is made of, as arrays to draw and to count."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from classlens.analysis.walk import Flags, Floats, Ints


@dataclass(frozen=True, eq=False)
class Cells:
    """Convex pieces of a window, each within one linear region and won by one class.

    A class's part of a region may come in several pieces. The corners of all cells stand in one
    row, counter-clockwise, cell by cell; a corner may lie on a straight side, where a neighbour
    ends.

    Attributes:
        corners: the corners' coordinates, shape (corners, 2).
        starts: where each cell's corners begin, shape (cells,).
        region: the linear region of each cell, shape (cells,); -1 where regions are not known.
        label: the index of its class, shape (cells,).
        areas: in the window's own units, shape (cells,).
    """

    corners: Floats
    starts: Ints
    region: Ints
    label: Ints
    areas: Floats

    def __len__(self) -> int:
        return len(self.starts)

    def polygon(self, cell: int) -> Floats:
        """The corners of one cell, counter-clockwise, shape (n, 2)."""
        end = self.starts[cell + 1] if cell + 1 < len(self) else len(self.corners)
        return self.corners[self.starts[cell] : end]


@dataclass(frozen=True, eq=False)
class Boundaries:
    """The segments on which the winning class changes.

    Attributes:
        start: shape (k, 2).
        end: shape (k, 2).
        classes: the two classes, the lower index first, shape (k, 2). From start to end, the first
            one is on the left.
    """

    start: Floats
    end: Floats
    classes: Ints

    def __len__(self) -> int:
        return len(self.start)

    @property
    def lengths(self) -> Floats:
        """The length of each segment, shape (k,)."""
        return np.asarray(np.hypot(*(self.end - self.start).T))


@dataclass(frozen=True, eq=False)
class Creases:
    """The segments on which a unit turns on. Where several do, the segment stands once for each.

    Attributes:
        start: shape (k, 2). From start to end, the unit is on at the left.
        end: shape (k, 2).
        layer: the index of the unit's layer, shape (k,).
        unit: its index in the layer, shape (k,).
    """

    start: Floats
    end: Floats
    layer: Ints
    unit: Ints

    def __len__(self) -> int:
        return len(self.start)

    def of(self, layer: int, unit: int) -> Floats:
        """One unit's crease, shape (segments, 2 ends, 2 coordinates)."""
        mine = (self.layer == layer) & (self.unit == unit)
        return np.stack((self.start[mine], self.end[mine]), axis=1)


@dataclass(frozen=True)
class Tie:
    """Classes whose logits are equal, and the largest, all over some cells.

    Attributes:
        classes: their indices in order; the first one counts as the winner.
        cells: the cells' indices.
        area: their area, in the window's own units.
    """

    classes: tuple[int, ...]
    cells: tuple[int, ...]
    area: float


def areas(corners: Floats, starts: Ints) -> Floats:
    """The areas of polygons, by the shoelace formula taken from each one's first corner.

    Args:
        corners: the polygons' corners, counter-clockwise, one polygon after the other.
        starts: where each begins.
    """
    sizes = np.diff(starts, append=len(corners))
    after = np.arange(1, len(corners) + 1)
    after[starts + sizes - 1] = starts
    from_first = corners - corners.take(starts, axis=0).repeat(sizes, axis=0)
    to_next = from_first.take(after, axis=0)
    doubled = from_first[:, 0] * to_next[:, 1] - from_first[:, 1] * to_next[:, 0]
    return np.asarray(np.add.reduceat(doubled, starts) / 2)


def ties(faces: Ints, others: Ints, cells: Cells) -> tuple[Tie, ...]:
    """Ties, each set of classes once.

    Args:
        faces: cells in which ...
        others: ... this class ties with the cell's own.
        cells: all cells.
    """
    sets: dict[int, set[int]] = {}
    for face, other in zip(faces.tolist(), others.tolist(), strict=True):
        sets.setdefault(face, {int(cells.label[face])}).add(other)
    groups: dict[tuple[int, ...], list[int]] = {}
    for face, classes in sets.items():
        groups.setdefault(tuple(sorted(classes)), []).append(face)
    return tuple(
        Tie(classes, tuple(group), float(cells.areas[group].sum()))
        for classes, group in sorted(groups.items())
    )
