"""The nearest of many segments to each of many points."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from classlens.analysis.walk import Flags, Floats, Ints

# How many neighbouring segments make a group that can be passed over as a whole.
_GROUP = 16
# How many numbers are computed at once.
_AT_ONCE = 1 << 19


class Nearest(NamedTuple):
    """The nearest place on a segment, for each point.

    Attributes:
        distance: shape (points,).
        place: shape (points, 2).
        segment: the segment's index, shape (points,).
    """

    distance: Floats
    place: Floats
    segment: Ints


def nearest(points: Floats, start: Floats, end: Floats) -> Nearest:
    """Find the nearest segment to each point.

    Segments are taken in groups of neighbours. A group whose box is further away than the far end
    of another group's box is passed over.

    Args:
        points: shape (points, 2).
        start: one end of each segment, shape (segments, 2); at least one segment.
        end: the other end.
    """
    order = _neighbours((start + end) / 2)
    groups = np.arange(0, len(order), _GROUP)
    low = np.minimum.reduceat(np.minimum(start, end)[order], groups)
    high = np.maximum.reduceat(np.maximum(start, end)[order], groups)
    found = Nearest(np.empty(len(points)), np.empty((len(points), 2)), np.empty(len(points), int))
    step = max(1, _AT_ONCE // len(groups))
    for first in range(0, len(points), step):
        rows = slice(first, first + step)
        chunk = points[rows]
        one, group = np.nonzero(_within_reach(chunk[:, None], low, high))
        # The last group may be short: its last segment then stands for those that are missing.
        members = order.take(group[:, None] * _GROUP + np.arange(_GROUP), mode="clip")
        for array, best in zip(found, _best(chunk, one, start, end, members), strict=True):
            array[rows] = best
    return found


def _within_reach(points: Floats, low: Floats, high: Floats) -> Flags:
    """Which boxes may hold what is nearest to each point, shape (points, boxes)."""
    gap = np.maximum(np.maximum(low - points, points - high), 0)
    reach = np.maximum(high - points, points - low)
    far = np.hypot(reach[..., 0], reach[..., 1]).min(axis=1, keepdims=True)
    return np.asarray(np.hypot(gap[..., 0], gap[..., 1]) <= far)


def _best(points: Floats, one: Ints, start: Floats, end: Floats, members: Ints) -> Nearest:
    """The nearest among some segments for each point.

    Args:
        points: shape (points, 2).
        one: indices of points, in order, each at least once, shape (pairs,).
        start: one end of all segments.
        end: the other end.
        members: the segments to try for each pair, shape (pairs, group).
    """
    begin = start[members]
    way = end[members] - begin
    from_begin = points[one][:, None] - begin
    square = np.maximum((way * way).sum(axis=2), np.finfo(np.float64).tiny)
    share = np.clip((from_begin * way).sum(axis=2) / square, 0, 1)
    gap = from_begin - share[..., None] * way
    distance = np.hypot(gap[..., 0], gap[..., 1])
    least = distance.min(axis=1)
    starts = np.searchsorted(one, np.arange(len(points)))
    smallest = np.minimum.reduceat(least, starts)
    hits = np.flatnonzero(least == smallest[one])
    pair = hits[np.searchsorted(one[hits], np.arange(len(points)))]
    member = distance[pair].argmin(axis=1)
    place = (begin + share[..., None] * way)[pair, member]
    return Nearest(smallest, place, members[pair, member])


def _neighbours(places: Floats) -> Ints:
    """An order in which near places mostly stand together: that of their interleaved bits."""
    low, high = places.min(axis=0), places.max(axis=0)
    extent = np.where(high > low, high - low, 1)
    code = np.zeros(len(places), dtype=np.uint64)
    for axis in range(2):
        bits = ((places[:, axis] - low[axis]) / extent[axis] * 65535).astype(np.uint64)
        for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
            bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
        code |= bits << np.uint64(axis)
    return np.argsort(code, kind="stable")
