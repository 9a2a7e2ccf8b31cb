"""The geometry of a small network in exact arithmetic, with code that shares nothing with ours.

Polygons are lists of points with ``Fraction`` coordinates and are clipped by half-planes, one
linear region at a time; no tolerance, no shared vertices. It takes seconds where the library takes
milliseconds.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from classlens.analysis.slices import Slice
from classlens.network import Network

Point = tuple[Fraction, Fraction]
Polygon = list[Point]
Plane = tuple[Fraction, Fraction, Fraction]  # p x + q y + r
Line = tuple[Fraction, Fraction, Fraction]


@dataclass(frozen=True)
class Piece:
    """A part of one linear region in which one class wins."""

    region: int
    label: int
    polygon: Polygon


@dataclass(frozen=True)
class Truth:
    """Everything that a test compares; numbers are rounded only here.

    ``clear`` says whether rounded arithmetic can tell the classes' pieces apart at all: it cannot
    where one is ahead by less than the rounding of its logits all over a piece, or where a piece is
    narrower than the places of its corners are known.
    """

    areas: list[float]
    class_areas: list[float]
    tie_area: float
    boundary_length: float
    segments: list[tuple[tuple[float, float], tuple[float, float], int, int]]
    clear: bool

    def margin(self, point: Sequence[float]) -> float:
        """The distance from a point to the nearest boundary; infinite without one."""
        return min((_distance(point, a, b) for a, b, _, _ in self.segments), default=math.inf)


def solve(
    network: Network,
    window: tuple[tuple[float, float], tuple[float, float]],
    plane: Slice | None = None,
) -> Truth:
    """The linear regions, classes and boundaries of a network with linear pieces."""
    (left, right), (low, high) = [[Fraction(value) for value in side] for side in window]
    square = [(left, low), (right, low), (right, high), (left, high)]
    one, zero = Fraction(1), Fraction(0)
    inputs = [(one, zero, zero), (zero, one, zero)]
    if plane is not None:
        columns = zip(plane.u.tolist(), plane.v.tolist(), plane.origin.tolist(), strict=True)
        inputs = [(Fraction(s), Fraction(t), Fraction(p)) for s, t, p in columns]
    todo: list[tuple[Polygon, list[Plane]]] = [(square, inputs)]
    for layer in network.layers:
        slopes = layer.activation.slopes
        assert slopes is not None
        off, on = (Fraction(slope) for slope in slopes)
        kernel = [[Fraction(float(value)) for value in row] for row in layer.kernel]
        bias = [Fraction(float(value)) for value in layer.bias]
        done = []
        for polygon, planes in todo:
            heights = [
                _combination(planes, [row[unit] for row in kernel], bias[unit])
                for unit in range(layer.units)
            ]
            parts: list[tuple[Polygon, list[Plane]]] = [(polygon, [])]
            for height in heights:
                parts = [piece for part in parts for piece in _bend(part, height, off=off, on=on)]
            done.extend(parts)
        todo = done
    areas = [area(polygon) for polygon, _ in todo]
    pieces = [
        piece
        for region, (polygon, logits) in enumerate(todo)
        for piece in _winners(region, polygon, logits)
    ]
    class_areas = [zero] * len(network.classes)
    for piece in pieces:
        class_areas[piece.label] += area(piece.polygon)
    segments = _boundaries(pieces)
    size = math.hypot(float(right - left), float(high - low))
    return Truth(
        areas=[float(value) for value in areas],
        class_areas=[float(value) for value in class_areas],
        tie_area=float(sum((area(p.polygon) for p in pieces if _tied(p, todo[p.region][1])), zero)),
        boundary_length=math.fsum(math.dist(a, b) for a, b, _, _ in segments),
        segments=segments,
        clear=all(_clear(piece, todo[piece.region][1], size) for piece in pieces),
    )


def area(polygon: Polygon) -> Fraction:
    """The shoelace formula."""
    pairs = zip(polygon, polygon[1:] + polygon[:1], strict=True)
    return sum((a[0] * b[1] - a[1] * b[0] for a, b in pairs), Fraction(0)) / 2


def _combination(planes: list[Plane], weights: list[Fraction], bias: Fraction) -> Plane:
    p, q, r = Fraction(0), Fraction(0), bias
    for weight, plane in zip(weights, planes, strict=True):
        if weight:
            p, q, r = p + weight * plane[0], q + weight * plane[1], r + weight * plane[2]
    return p, q, r


def _at(plane: Plane, point: Point) -> Fraction:
    return plane[0] * point[0] + plane[1] * point[1] + plane[2]


def _clip(polygon: Polygon, plane: Plane) -> Polygon:
    """What of a convex polygon lies where the plane is at least 0; empty if that has no area."""
    heights = [_at(plane, point) for point in polygon]
    if max(heights) <= 0:
        return []
    if min(heights) >= 0:
        return polygon
    kept: Polygon = []
    for here, a in enumerate(polygon):
        there = (here + 1) % len(polygon)
        b, start, end = polygon[there], heights[here], heights[there]
        if start >= 0:
            kept.append(a)
        if start * end < 0:
            share = start / (start - end)
            kept.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
    return kept


def _bend(
    part: tuple[Polygon, list[Plane]], height: Plane, *, off: Fraction, on: Fraction
) -> list[tuple[Polygon, list[Plane]]]:
    polygon, planes = part
    above = (on * height[0], on * height[1], on * height[2])
    below = (off * height[0], off * height[1], off * height[2])
    if off == on:
        return [(polygon, [*planes, above])]
    positive = _clip(polygon, height)
    negative = _clip(polygon, (-height[0], -height[1], -height[2]))
    pieces = [(positive, [*planes, above])] if positive else []
    if negative or not positive:  # the unit is 0 all over: off
        pieces.append((negative or polygon, [*planes, below]))
    return pieces


def _winners(region: int, polygon: Polygon, logits: list[Plane]) -> list[Piece]:
    pieces = []
    for label, mine in enumerate(logits):
        rest = polygon
        for other, theirs in enumerate(logits):
            lead = (mine[0] - theirs[0], mine[1] - theirs[1], mine[2] - theirs[2])
            if lead == (0, 0, 0):
                rest = rest if label <= other else []
            elif rest:
                rest = _clip(rest, lead)
            if not rest:
                break
        if rest:
            pieces.append(Piece(region, label, rest))
    return pieces


def _tied(piece: Piece, logits: list[Plane]) -> bool:
    return any(
        logits[piece.label] == other for label, other in enumerate(logits) if label != piece.label
    )


def _clear(piece: Piece, logits: list[Plane], size: float) -> bool:
    extent = max(
        math.dist((float(a[0]), float(a[1])), (float(b[0]), float(b[1])))
        for a in piece.polygon
        for b in piece.polygon
    )
    if float(area(piece.polygon)) < 4e-9 * size * extent:
        return False
    for label, other in enumerate(logits):
        mine = logits[piece.label]
        if label != piece.label and other != mine:
            lead = tuple(m - t for m, t in zip(mine, other, strict=True))
            most = max(abs(_at(lead, point)) for point in piece.polygon)  # type: ignore[arg-type]
            largest = max(abs(_at(mine, point)) for point in piece.polygon)
            if most < largest / 10**10:
                return False
    return True


def _boundaries(
    pieces: list[Piece],
) -> list[tuple[tuple[float, float], tuple[float, float], int, int]]:
    """Where two pieces of different classes lie on either side of one stretch of a line."""
    sides: dict[Line, list[tuple[Fraction, Fraction, bool, int]]] = defaultdict(list)
    for piece in pieces:
        for a, b in zip(piece.polygon, piece.polygon[1:] + piece.polygon[:1], strict=True):
            line, upright = _line(a, b)
            start, end = (a[1], b[1]) if upright else (a[0], b[0])
            sides[line].append((min(start, end), max(start, end), start < end, piece.label))
    segments = []
    for line, stretches in sides.items():
        forward = [each for each in stretches if each[2]]
        backward = [each for each in stretches if not each[2]]
        for low, high, _, one in forward:
            for low_too, high_too, _, two in backward:
                start, end = max(low, low_too), min(high, high_too)
                if one != two and start < end:
                    segments.append((_on(line, start), _on(line, end), one, two))
    return segments


def _line(a: Point, b: Point) -> tuple[Line, bool]:
    """One name for all segments of a line: y = slope x + height, or x = place when upright."""
    if a[0] == b[0]:
        return (Fraction(1), Fraction(0), a[0]), True
    slope = (b[1] - a[1]) / (b[0] - a[0])
    return (Fraction(0), slope, a[1] - slope * a[0]), False


def _on(line: Line, along: Fraction) -> tuple[float, float]:
    if line[0]:
        return float(line[2]), float(along)
    return float(along), float(line[1] * along + line[2])


def _distance(point: Sequence[float], a: tuple[float, float], b: tuple[float, float]) -> float:
    across, up = b[0] - a[0], b[1] - a[1]
    square = across * across + up * up
    share = ((point[0] - a[0]) * across + (point[1] - a[1]) * up) / square if square else 0.0
    share = min(1.0, max(0.0, share))
    return math.dist(point, (a[0] + share * across, a[1] + share * up))
