"""Cells, boundaries, creases and ties: what a window is made of, as arrays to draw and to count."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from classlens.analysis.bits import unpack
from classlens.analysis.boundary import Classified
from classlens.analysis.merging import Polygons, join
from classlens.analysis.partition import Partition
from classlens.analysis.patterns import Patterns
from classlens.analysis.walk import Floats, Ints, indices


@dataclass(frozen=True, eq=False)
class Cells:
    """Convex pieces of a window: the parts of linear regions in which one class wins.

    The corners of all cells stand in one row, counter-clockwise, cell by cell. A corner may lie on
    a straight side, where a neighbour ends.

    Attributes:
        corners: the corners' coordinates, shape (corners, 2).
        starts: where each cell's corners begin, shape (cells,).
        region: the linear region of each cell, shape (cells,); -1 where regions are not known.
        label: the index of the class that wins, shape (cells,).
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
        after = self.starts[cell + 1] if cell + 1 < len(self.starts) else len(self.corners)
        return self.corners[self.starts[cell] : after]


@dataclass(frozen=True, eq=False)
class Boundaries:
    """The segments on which the winning class changes.

    Attributes:
        start: shape (k, 2).
        end: shape (k, 2).
        classes: the two classes, the lower index first, shape (k, 2). Going from start to end, the
            first one is on the left.
    """

    start: Floats
    end: Floats
    classes: Ints

    def __len__(self) -> int:
        return len(self.start)

    @property
    def lengths(self) -> Floats:
        """The length of each segment, shape (k,)."""
        way = self.end - self.start
        return np.asarray(np.hypot(way[:, 0], way[:, 1]))


@dataclass(frozen=True, eq=False)
class Creases:
    """The segments on which a unit turns on. Where several units do, there is one for each.

    Attributes:
        start: shape (k, 2).
        end: shape (k, 2). Going from start to end, the unit is on at the left and off at the right.
        layer: the index of the unit's layer, shape (k,).
        unit: the unit's index in its layer, shape (k,).
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
    """Classes that are equal, and ahead of all others, all over some cells.

    Attributes:
        classes: their indices, in order; the first one counts as the winner.
        cells: the cells' indices.
        area: the cells' area, in the window's own units.
    """

    classes: tuple[int, ...]
    cells: tuple[int, ...]
    area: float


@dataclass(frozen=True, eq=False)
class Borders:
    """The edges between cells.

    Attributes:
        start: shape (edges, 2).
        end: shape (edges, 2).
        left: the cell on the left, going from start to end, shape (edges,); -1 outside the window.
        right: the cell on the right.
    """

    start: Floats
    end: Floats
    left: Ints
    right: Ints

    @classmethod
    def between(cls, partition: Partition, polygons: Polygons) -> Borders:
        """Those of polygons made of a partition's faces."""
        tail, head, left, right = partition.borders()
        inside = indices((left >= 0) & (right >= 0))
        left, right = (polygons.of_face.take(side.take(inside)) for side in (left, right))
        kept = indices(left != right)
        places, edges = partition.places, inside.take(kept)
        start, end = (places.take(ends.take(edges), axis=0) for ends in (tail, head))
        return cls(start, end, left.take(kept), right.take(kept))

    def boundaries(self, label: Ints) -> Boundaries:
        """Those between cells of different classes."""
        left, right = label.take(self.left), label.take(self.right)
        forward, backward = indices(left < right), indices(left > right)
        return Boundaries(
            np.concatenate((self.start[forward], self.end[backward])),
            np.concatenate((self.end[forward], self.start[backward])),
            np.concatenate(
                (
                    np.stack((left[forward], right[forward]), axis=1),
                    np.stack((right[backward], left[backward]), axis=1),
                )
            ),
        )

    def creases(self, region: Ints, patterns: Patterns) -> Creases:
        """Those on which units turn on."""
        left, right = region.take(self.left), region.take(self.right)
        between = indices(left != right)
        left, right = left[between], right[between]
        parts = [(np.zeros((0, 4), dtype=np.intp))]
        for layer, (words, units) in enumerate(zip(patterns.words, patterns.units, strict=True)):
            if words is not None:
                on_left = unpack(words[:, left] & ~words[:, right], units)
                on_right = unpack(words[:, right] & ~words[:, left], units)
                for turned, flags in enumerate((on_left, on_right)):
                    edge, unit = np.nonzero(flags)
                    ones = np.ones_like(edge)
                    parts.append(
                        np.stack((between[edge], unit, layer * ones, turned * ones), axis=1)
                    )
        edge, unit, layers, turned = np.concatenate(parts).T
        ends = np.stack((self.start[edge], self.end[edge]))
        pick = np.arange(len(edge))
        return Creases(ends[turned, pick], ends[1 - turned, pick], layers, unit)


def divide(partition: Partition, classified: Classified) -> tuple[Cells, Borders, tuple[Tie, ...]]:
    """What a partition's faces are when those of one region and one class are joined."""
    region, label = classified.region, classified.label
    polygons = join(partition, region * (int(label.max()) + 1) + label)
    corners = partition.places.take(polygons.corners, axis=0)
    areas = polygon_areas(corners, polygons.starts, polygons.sizes)
    region, label = region.take(polygons.first), label.take(polygons.first)
    cells = Cells(corners, polygons.starts, region, label, areas)
    tied = zip(
        polygons.of_face.take(classified.tied_faces).tolist(),
        classified.tied_labels.tolist(),
        strict=True,
    )
    return cells, Borders.between(partition, polygons), _ties(tied, cells)


def _ties(pairs: Iterable[tuple[int, int]], cells: Cells) -> tuple[Tie, ...]:
    """Ties, each set of classes once, from cells and other classes that tie with their own."""
    tied: dict[int, set[int]] = {}
    for cell, other in pairs:
        tied.setdefault(cell, {int(cells.label[cell])}).add(other)
    groups: dict[tuple[int, ...], list[int]] = {}
    for cell, classes in tied.items():
        groups.setdefault(tuple(sorted(classes)), []).append(cell)
    return tuple(
        Tie(classes, tuple(group), float(cells.areas[group].sum()))
        for classes, group in sorted(groups.items())
    )


def polygon_areas(corners: Floats, starts: Ints, sizes: Ints) -> Floats:
    """The areas of polygons, by the shoelace formula taken from each one's first corner.

    Args:
        corners: the corners of one polygon after the other, counter-clockwise, shape (corners, 2).
        starts: where each polygon begins.
        sizes: how many corners each has.
    """
    after = np.arange(1, len(corners) + 1)
    after[starts + sizes - 1] = starts
    x, y = corners.T - corners.take(starts, axis=0).T.repeat(sizes, axis=1)
    return np.asarray(np.add.reduceat(x * y.take(after) - x.take(after) * y, starts) / 2)
