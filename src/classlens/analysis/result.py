"""Regions: what is known of a classifier on a window."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis.cells import Borders, Boundaries, Cells, Creases, Tie
from classlens.analysis.chain import Chain
from classlens.analysis.margins import nearest
from classlens.analysis.patterns import Patterns, affine_maps
from classlens.analysis.planes import Window
from classlens.analysis.slices import Slice
from classlens.analysis.walk import Flags, Floats, Ints
from classlens.arrays import refuse_non_finite
from classlens.errors import ArgumentError, DataError
from classlens.network import Network

# What is outside the window by no more than this share of its diagonal lies on its rim.
_ROUNDING = 1e-14


class Location(NamedTuple):
    """Where points lie.

    Attributes:
        region: the linear region's index, shape (points,); -1 outside the window, or where regions
            are not known.
        label: the index of the class that wins there, shape (points,); -1 outside the window.
    """

    region: Ints
    label: Ints


class Margins(NamedTuple):
    """The boundary nearest to each of some points.

    Attributes:
        distance: how far it is, shape (points,); infinite if the window has no boundary.
        point: the nearest point on it, shape (points, 2); NaN if there is none.
        classes: the two classes that meet there, the lower index first, shape (points, 2); -1 if
            there is none.
        certified: whether nothing beyond the window can be nearer, the window's rim being further
            away, shape (points,). Never, where the geometry is sampled.
    """

    distance: Floats
    point: Floats
    classes: Ints
    certified: Flags


@dataclass(frozen=True, eq=False)
class LinearRegions:
    """What is known of the linear regions.

    Attributes:
        chain: the network as a chain of affine steps from the window's coordinates.
        patterns: which units are on in each region.
        borders: the edges between the cells.
    """

    chain: Chain
    patterns: Patterns
    borders: Borders


@dataclass(frozen=True, eq=False, repr=False)
class Regions:
    """What is known of a classifier on a window.

    Lengths and areas are in the window's own units: those of the two features or, on a slice, those
    of the inputs. Indices of regions go from 0 to count - 1, those of classes and layers as in the
    network.

    Attributes:
        network: the classifier.
        window: the rectangle.
        slice: the plane that it lies on; None for a network of two inputs.
        cells: the pieces of linear regions in which one class wins.
        boundaries: where the winning class changes.
        ties: classes that are equal all over some cells.
        exact: whether all this is exact, but for rounding. If not, it is sampled.
        error: no class's area is off by more than this; 0 if exact.
        linear: what belongs to linear regions; None if the geometry is sampled.
    """

    network: Network
    window: Window
    slice: Slice | None
    cells: Cells
    boundaries: Boundaries
    ties: tuple[Tie, ...]
    exact: bool
    error: float
    linear: LinearRegions | None

    def __repr__(self) -> str:
        kind = "exact" if self.exact else "sampled"
        return (
            f"Regions({kind}, count={self.count}, cells={len(self.cells)}, "
            f"class_areas={self.class_areas.tolist()}, boundary_length={self.boundary_length:g})"
        )

    @cached_property
    def count(self) -> int | None:
        """The number of linear regions, before classes cut them; None if they are not known."""
        return None if self.linear is None else int(self.cells.region.max()) + 1

    @cached_property
    def class_areas(self) -> Floats:
        """The area in which each class wins, shape (classes,)."""
        labels, areas = self.cells.label, self.cells.areas
        found = np.bincount(labels, areas, minlength=len(self.network.classes))
        return found.astype(np.float64)

    @cached_property
    def region_areas(self) -> Floats:
        """The area of each linear region, shape (count,); none if they are not known."""
        if self.linear is None:
            return np.zeros(0)
        return np.bincount(self.cells.region, self.cells.areas).astype(np.float64)

    @cached_property
    def boundary_length(self) -> float:
        """The length of all boundaries together."""
        return float(self.boundaries.lengths.sum())

    @cached_property
    def creases(self) -> Creases:
        """Where each unit turns on; none if linear regions are not known."""
        if self.linear is None:
            nothing = np.zeros(0, dtype=np.intp)
            return Creases(np.zeros((0, 2)), np.zeros((0, 2)), nothing, nothing)
        return self.linear.borders.creases(self.cells.region, self.linear.patterns)

    def patterns(self, regions: ArrayLike | None = None) -> tuple[Flags, ...]:
        """Which units are on.

        Args:
            regions: indices of linear regions; by default all.

        Returns:
            One array (regions, units) for each layer. A unit that is 0 all over a region is off
            there. In a layer without creases all units count as on.

        Raises:
            ArgumentError: if there is no such region, or regions are not known.
        """
        linear, chosen = self._chosen(regions)
        return linear.patterns.flags(chosen)

    def affine_maps(self, regions: ArrayLike | None = None) -> tuple[Floats, Floats]:
        """The affine maps that the network is on linear regions: logits = x @ kernel + bias.

        Args:
            regions: their indices; by default all.

        Returns:
            The kernels, shape (regions, inputs, classes), and the biases, shape (regions, classes).

        Raises:
            ArgumentError: if there is no such region, or regions are not known.
        """
        return affine_maps(self.network, self.patterns(regions))

    def locate(self, points: ArrayLike) -> Location:
        """The linear region and the class in which points lie.

        Args:
            points: in the window's coordinates, shape (points, 2).

        Raises:
            DataError: if the points have another shape or a number that is not finite.
        """
        places = _points(points)
        inside = self._rim(places) >= -_ROUNDING * np.hypot(*self._span)
        region = np.full(len(places), -1)
        label = np.full(len(places), -1)
        if self.linear is None:
            logits = self.network.logits(self._inputs(places[inside]))
            label[inside] = logits.argmax(axis=1)
        elif inside.any():
            region[inside], label[inside] = self._locate(self.linear, places[inside])
        return Location(region, label)

    def margins(self, points: ArrayLike) -> Margins:
        """The nearest boundary to each of some points.

        Args:
            points: in the window's coordinates, shape (points, 2).

        Raises:
            DataError: if the points have another shape or a number that is not finite.
        """
        places = _points(points)
        if not len(self.boundaries):
            return Margins(
                np.full(len(places), np.inf),
                np.full((len(places), 2), np.nan),
                np.full((len(places), 2), -1),
                np.zeros(len(places), dtype=np.bool_),
            )
        found = nearest(places, self.boundaries.start, self.boundaries.end)
        certified = (found.distance < self._rim(places)) & self.exact
        return Margins(
            found.distance, found.place, self.boundaries.classes[found.segment], certified
        )

    def _chosen(self, regions: ArrayLike | None) -> tuple[LinearRegions, Ints]:
        if self.linear is None or self.count is None:
            raise ArgumentError(
                "linear regions are known only where all activations have linear pieces (relu, "
                "leaky_relu, linear). Got a sampled geometry."
            )
        chosen = np.arange(self.count) if regions is None else np.atleast_1d(np.asarray(regions))
        if chosen.dtype.kind not in "iu" or ((chosen < 0) | (chosen >= self.count)).any():
            raise ArgumentError(
                f"regions must be indices from 0 to {self.count - 1}. Got {regions!r} instead."
            )
        return self.linear, chosen.astype(np.intp)

    def _locate(self, linear: LinearRegions, places: Floats) -> Location:
        region, logits = linear.patterns.find(linear.chain, places)
        classes = logits.shape[1]
        # Only classes that win somewhere in the region: at a tie, rounding may prefer another one.
        keys = self._winners
        wanted = region[:, None] * classes + np.arange(classes)
        wins = keys[np.searchsorted(keys, wanted).clip(max=len(keys) - 1)] == wanted
        label = np.where(wins, logits, -np.inf).argmax(axis=1)
        lost = np.flatnonzero(region < 0)
        for row in lost:  # on a crease, but for rounding
            cell = self._cell_around(places[row])
            region[row], label[row] = self.cells.region[cell], self.cells.label[cell]
        return Location(region, label)

    @cached_property
    def _winners(self) -> Ints:
        return np.unique(self.cells.region * len(self.network.classes) + self.cells.label)

    def _cell_around(self, place: Floats) -> int:
        """The cell in which a place lies, or of which it is outside the least."""
        cells = self.cells
        after = np.arange(1, len(cells.corners) + 1)
        after[np.append(cells.starts[1:], len(after)) - 1] = cells.starts
        x, y = (cells.corners - place).T
        way_x, way_y = x[after] - x, y[after] - y
        length = np.maximum(np.hypot(way_x, way_y), np.finfo(np.float64).tiny)
        depth = (x * way_y - y * way_x) / length  # from each side, inwards
        return int(np.minimum.reduceat(depth, cells.starts).argmax())

    @property
    def _span(self) -> tuple[float, float]:
        """The window's width and height."""
        return self.window.x0[1] - self.window.x0[0], self.window.x1[1] - self.window.x1[0]

    def _rim(self, places: Floats) -> Floats:
        """How far each place is from the window's rim; negative outside."""
        low, high = np.transpose((self.window.x0, self.window.x1))
        return np.asarray(np.minimum(places - low, high - places).min(axis=1))

    def _inputs(self, places: Floats) -> Floats:
        return places if self.slice is None else self.slice.lift(places)


def _points(points: ArrayLike) -> Floats:
    given = np.asarray(points)
    if given.dtype.kind not in "fiub" or given.ndim != 2 or given.shape[1] != 2:
        raise DataError(
            "points must be numbers in the window's coordinates, of shape (points, 2). "
            f"Got shape {given.shape} and dtype {given.dtype} instead."
        )
    places = given.astype(np.float64)
    refuse_non_finite(places, given, "points")
    return places
