"""Checks of the findings about a window of the input plane: seen at points of a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classlens.explanation.about_boundaries import CREASE
from classlens.explanation.evidence import (
    ROUNDING,
    Complaints,
    Evidence,
    clear,
    differs,
    moved_by,
    same,
)
from classlens.explanation.findings import Finding

# Logits tie at a boundary to this share of their size.
_TIE = 1e-6


def _areas(f: Finding, e: Evidence) -> Complaints:
    n = f.numbers
    _, classes = e.grid(n)
    border = np.zeros_like(classes, bool)
    for axis in (0, 1):
        changed = np.diff(classes, axis=axis) != 0
        border |= np.insert(changed, 0, False, axis=axis) | np.insert(
            changed, changed.shape[axis], False, axis=axis
        )
    if len(n["shares"]) != len(e.network.classes) or abs(sum(n["shares"]) - 1) > 1e-6:
        yield "the shares do not sum to 1"
    for k, share in enumerate(n["shares"]):
        seen = float((classes == k).mean())
        # A cell that the boundary crosses counts as a whole; what falls between points is missed.
        doubt = float((border & (classes == k)).mean()) + 0.002 + n["error"]
        if abs(seen - share) > doubt:
            yield f"class {k}'s share should be near {seen:.4f}, and is said to be {share:.4f}"


def _boundary(f: Finding, e: Evidence) -> Complaints:
    n, a, b = f.numbers, f.subject["class"], f.subject["other"]
    segments = np.asarray(n["segments"], np.float64).reshape(-1, 4)
    own = 0.3 * segments[:, :2] + 0.7 * segments[:, 2:]
    points = np.concatenate((np.asarray(n["points"], np.float64).reshape(-1, 2), own))
    if a == b:
        yield "its two classes are one"
    if len(points):  # of a sampled one, no point may be known exactly
        z = e.precise.logits(e.lifted(points, n))
        size = _TIE * (1 + np.abs(z).max(axis=1))
        if (np.abs(z[:, a] - z[:, b]) > size).any():
            yield "the two logits differ at a point of it"
        if (z.max(axis=1) - z[:, a] > size).any():
            yield "another logit is larger at a point of it"
    yield from _bends(f, e, np.asarray(n["points"], np.float64).reshape(-1, 2))
    low, high = np.asarray(n["window"], np.float64).T
    if (points < low - 1e-9 * (high - low)).any() or (points > high + 1e-9 * (high - low)).any():
        yield "a point of it is outside the window"
    yield from _length(f, e, high - low)
    if "example" in n:
        x = e.examples.X[n["example"]].astype(np.float64)
        yield from clear(e, x, n["margin"], doubt=ROUNDING, window=n["window"])


def _bends(f: Finding, e: Evidence, points: NDArray[np.float64]) -> Complaints:
    """The units at whose creases it is said to bend are on at some of its points, off at others."""
    if f.scope == "sampled":
        yield from same("the units at which it bends", f.numbers["bends"], [])
        return
    found = []
    values = e.precise.forward(e.lifted(points, f.numbers))
    for layer, value in zip(e.precise.layers[:-1], values, strict=False):
        z = value.pre_activation
        for unit, column in enumerate(z.T.tolist()):
            least = CREASE * float(np.abs(z).max())
            if layer.activation.name != "linear" and min(column) < -least and max(column) > least:
                found.append([layer.name, unit])
    yield from same("the units at which it bends", f.numbers["bends"], found)


def _length(f: Finding, e: Evidence, span: NDArray[np.float64]) -> Complaints:
    """The length lies between the hypotenuse and the sum of how far it goes along each axis."""
    a, b, length = f.subject["class"], f.subject["other"], f.numbers["length"]
    points, classes = e.grid(f.numbers)
    cell = span / classes.shape[0]
    doubt = 4 * float(cell.max()) * (2 + f.numbers["pieces"])
    pairs = [_neighbours(points, classes, axis, a, b) for axis in (0, 1)]
    steps = [len(p) * cell[1 - axis] for axis, (p, _) in enumerate(pairs)]
    segments = np.asarray(f.numbers["segments"], np.float64).reshape(-1, 4)
    known = float(np.hypot(*(segments[:, 2:] - segments[:, :2]).T).sum())
    if len(segments) and (len(segments) >= f.numbers["pieces"] or known > length * (1 + 1e-9)):
        # All of it is there, strips too thin for the grid included.
        yield from differs("its length", length, known)
        return
    if float(np.hypot(*steps)) - doubt > length:
        # Between some neighbours there may be a strip of another class, thinner than the grid sees.
        met = [(_between(e, f, p, q) == 2).sum() for p, q in pairs]
        steps = [count * cell[1 - axis] for axis, count in enumerate(met)]
    if not float(np.hypot(*steps)) - doubt <= length <= sum(steps) + doubt:
        yield (
            f"its length should be between {np.hypot(*steps):.3f} and {sum(steps):.3f}, and is "
            f"said to be {length:.3f}"
        )


def _neighbours(
    points: NDArray[np.float64], classes: NDArray[np.intp], axis: int, a: int, b: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The neighbours along an axis of which one is of class a and one of b, shape (pairs, 2)."""
    before, after = range(classes.shape[axis] - 1), range(1, classes.shape[axis])
    first, second = np.take(classes, before, axis), np.take(classes, after, axis)
    meet = ((first == a) & (second == b)) | ((first == b) & (second == a))
    return np.take(points, before, axis)[meet], np.take(points, after, axis)[meet]


def _apart(f: Finding, e: Evidence) -> Complaints:
    """Wherever neighbouring points are of the two classes, another class lies between them."""
    points, classes = e.grid(f.numbers)
    for a, b in f.numbers["pairs"]:
        if not 0 <= a < b < len(e.network.classes):
            yield f"{a} and {b} are not two classes"
        for axis in (0, 1):
            p, q = _neighbours(points, classes, axis, a, b)
            if (_between(e, f, p, q) == 2).any():
                yield f"classes {a} and {b} touch"


# A walk between two neighbours has so many steps, and so many walks are gone at once.
_STEPS = 2001
_WALKS = 64


def _between(
    e: Evidence, f: Finding, p: NDArray[np.float64], q: NDArray[np.float64]
) -> NDArray[np.intp]:
    """How many classes a fine walk from each p to its q meets, ends included."""
    walk = np.linspace(0, 1, _STEPS)[:, None, None]
    counts: list[int] = []
    for first in range(0, len(p), _WALKS):
        start, end = p[first : first + _WALKS], q[first : first + _WALKS]
        inputs = e.lifted((start + walk * (end - start)).reshape(-1, 2), f.numbers)
        classes = e.precise.predict(inputs).reshape(_STEPS, len(start))
        counts += [len(set(column)) for column in classes.T.tolist()]
    return np.array(counts, np.intp)


def _closest(f: Finding, e: Evidence) -> Complaints:
    n, s = f.numbers, f.subject
    x = e.examples.X[s["example"]].astype(np.float64)
    point = np.asarray(n["point"], np.float64)
    yield from differs("the example", n["x"], x)
    yield from moved_by("the distance", n, x, point)
    yield from same("its prediction", s["class"], int(e.predicted[s["example"]]))
    z = e.precise.logits(point[None, :])[0]
    size = _TIE * (1 + np.abs(z).max())
    if abs(z[s["class"]] - z[s["other"]]) > size:
        yield "the two logits differ at the point"
    if z.max() - z[s["class"]] > size:
        yield "another logit is larger at the point"
    if n["exact"]:
        yield from clear(e, x, n["distance"], doubt=ROUNDING)


CHECKS = {"areas": _areas, "boundary": _boundary, "apart": _apart, "closest call": _closest}
