"""Lines to draw over a window: where units turn on, and how far examples are from a boundary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from classlens.analysis import geometry, planes
from classlens.analysis.planes import Window
from classlens.analysis.result import Regions
from classlens.analysis.slices import Slice
from classlens.analysis.walk import Flags, Floats, Ints
from classlens.errors import ArgumentError, short
from classlens.layer import Array
from classlens.network import Network


@dataclass(frozen=True, eq=False)
class CreaseLine:
    """Where a unit turns on.

    Attributes:
        name: the unit's, such as ``L1.0``.
        segments: shape (segments, 2 ends, 2 coordinates); going from the first end to the second,
            the unit is on at the left.
    """

    name: str
    segments: Floats


@dataclass(frozen=True, eq=False)
class MarginLines:
    """How far some examples are from the nearest boundary.

    Attributes:
        start: the examples' places, shape (examples, 2).
        end: the nearest places on a boundary, shape (examples, 2).
        distance: between the two, shape (examples,).
        certified: whether no boundary outside the window can be nearer, shape (examples,).
    """

    start: Array
    end: Floats
    distance: Floats
    certified: Flags


def crease_lines(found: Regions) -> tuple[CreaseLine, ...]:
    """The creases of all units that turn on somewhere in the window, layer by layer."""
    return tuple(_crease_lines(found))


def _crease_lines(found: Regions) -> Iterator[CreaseLine]:
    creases = found.creases
    pairs = np.stack((creases.layer, creases.unit), axis=1)
    for layer, unit in np.unique(pairs, axis=0).tolist():
        yield CreaseLine(f"{found.network.layers[layer].name}.{unit}", creases.of(layer, unit))


def unit_creases(
    network: Network,
    layer: str,
    window: Window,
    slice: Slice | None = None,  # noqa: A002
) -> tuple[Floats, ...]:
    """Where each unit of a layer turns on, as ``CreaseLine.segments``.

    There are none for an activation without a kink, nor after a curved one, where they would not be
    exact.
    """
    upper = planes.up_to(network, layer)
    if any(each.activation.slopes is None for each in upper.layers):
        return tuple(np.zeros((0, 2, 2)) for _ in range(upper.layers[-1].units))
    creases = geometry.regions(planes.probe(network, layer), window, slice).creases
    depth = len(upper.layers) - 1
    return tuple(creases.of(depth, unit) for unit in range(upper.layers[-1].units))


def margin_lines(found: Regions, places: Array, rows: Sequence[int] | None) -> MarginLines:
    """From examples to the nearest boundary, where the window has one.

    Args:
        found: the geometry.
        places: all examples' coordinates in the window, shape (samples, 2).
        rows: which ones; None for the closest of each pair of neighbouring classes.

    Raises:
        ArgumentError: if a row is not one of the examples.
    """
    margins = found.margins(places)
    if rows is None:
        chosen = _closest(margins.distance, margins.classes)
    else:
        chosen = np.array([_row(row, len(places)) for row in rows], dtype=np.intp)
    chosen = chosen[np.isfinite(margins.distance[chosen])]
    return MarginLines(
        places[chosen],
        margins.point[chosen],
        margins.distance[chosen],
        margins.certified[chosen],
    )


def _closest(distance: Floats, classes: Ints) -> Ints:
    """For each pair of classes the example that is closest to a boundary between them."""
    order = np.argsort(distance, kind="stable")
    _, first = np.unique(classes[order], axis=0, return_index=True)
    return np.asarray(order[np.sort(first)])


def _row(row: object, count: int) -> int:
    if isinstance(row, int | np.integer) and not isinstance(row, bool) and 0 <= row < count:
        return int(row)
    raise ArgumentError(
        f"margins must be True, False, or rows of the data, from 0 to {count - 1}. "
        f"Got {short(row)} instead."
    )
