"""Checks of the findings about a window of the input plane: seen at points of a grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from classlens.explanation.evidence import Complaints, Evidence, differs, same
from classlens.explanation.findings import Finding

# Logits tie at a boundary to this share of their size: where it is exact, and where it is sampled.
_TIE, _SAMPLED_TIE = 1e-6, 1e-3
# What float64's rounding may make of two equal logits.
_ROUNDING = 1e-11
_AROUND = 2000


def _areas(f: Finding, e: Evidence) -> Complaints:
    n = f.numbers
    _, classes = e.grid(n["window"])
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
    points = np.asarray(n["points"], np.float64)
    z = e.precise.logits(points)
    size = _tie(f) * (1 + np.abs(z).max(axis=1))
    if (np.abs(z[:, a] - z[:, b]) > size).any():
        yield "the two logits differ at a point of it"
    if (z.max(axis=1) - z[:, a] > size).any():
        yield "another logit is larger at a point of it"
    low, high = np.asarray(n["window"], np.float64).T
    if (points < low - 1e-9 * (high - low)).any() or (points > high + 1e-9 * (high - low)).any():
        yield "a point of it is outside the window"
    _, classes = e.grid(n["window"])
    cell = (high - low) / classes.shape[0]
    # How far it goes along each axis: a length lies between the hypotenuse and the sum of both.
    steps = [_crossings(classes, axis, a, b) * cell[1 - axis] for axis in (0, 1)]
    doubt = 4 * float(cell.max()) * (2 + n["pieces"])
    if not float(np.hypot(*steps)) - doubt <= n["length"] <= sum(steps) + doubt:
        yield (
            f"its length should be between {np.hypot(*steps):.3f} and {sum(steps):.3f}, and is "
            f"said to be {n['length']:.3f}"
        )
    if "example" in n:
        x = e.examples.X[n["example"]].astype(np.float64)
        yield from _clear(f, e, x, n["margin"], n["window"])


def _crossings(classes: NDArray[np.intp], axis: int, a: int, b: int) -> int:
    first = np.take(classes, range(classes.shape[axis] - 1), axis)
    second = np.take(classes, range(1, classes.shape[axis]), axis)
    return int((((first == a) & (second == b)) | ((first == b) & (second == a))).sum())


def _apart(f: Finding, e: Evidence) -> Complaints:
    """Wherever neighbouring points are of the two classes, another class lies between them."""
    points, classes = e.grid(f.numbers["window"])
    for a, b in f.numbers["pairs"]:
        if not 0 <= a < b < len(e.network.classes):
            yield f"{a} and {b} are not two classes"
        for axis in (0, 1):
            first = np.take(classes, range(classes.shape[axis] - 1), axis)
            second = np.take(classes, range(1, classes.shape[axis]), axis)
            meet = ((first == a) & (second == b)) | ((first == b) & (second == a))
            p = np.take(points, range(classes.shape[axis] - 1), axis)[meet]
            q = np.take(points, range(1, classes.shape[axis]), axis)[meet]
            if len(p) and (_between(e, p, q) == 2).any():
                yield f"classes {a} and {b} touch"


def _between(e: Evidence, p: NDArray[np.float64], q: NDArray[np.float64]) -> NDArray[np.intp]:
    """How many classes a fine walk from each p to its q meets, ends included."""
    walk = np.linspace(0, 1, 2001)[:, None, None]
    classes = e.precise.predict((p + walk * (q - p)).reshape(-1, 2)).reshape(len(walk), len(p))
    return np.array([len(set(column)) for column in classes.T.tolist()], np.intp)


def _closest(f: Finding, e: Evidence) -> Complaints:
    n, s = f.numbers, f.subject
    x = e.examples.X[s["example"]].astype(np.float64)
    point = np.asarray(n["point"], np.float64)
    yield from differs("the example", n["x"], x)
    yield from differs("the distance", n["distance"], float(np.linalg.norm(point - x)))
    yield from same("its prediction", s["class"], int(e.predicted[s["example"]]))
    z = e.precise.logits(point[None, :])[0]
    size = _tie(f) * (1 + np.abs(z).max())
    if abs(z[s["class"]] - z[s["other"]]) > size:
        yield "the two logits differ at the point"
    if z.max() - z[s["class"]] > size:
        yield "another logit is larger at the point"
    if n["exact"]:
        yield from _clear(f, e, x, n["distance"], None)


def _tie(f: Finding) -> float:
    return _SAMPLED_TIE if f.scope == "sampled" else _TIE


def _clear(
    f: Finding,
    e: Evidence,
    x: NDArray[np.float64],
    radius: float,
    window: list[list[float]] | None,
) -> Complaints:
    """A complaint if a point nearer to x than the radius is of another class."""
    random = np.random.default_rng(0)
    directions = random.normal(size=(_AROUND, 2))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    reach = radius * (1 - 1e-4) * np.sqrt(random.uniform(size=(_AROUND, 1)))
    reach[: _AROUND // 2] = radius * (1 - 1e-4)
    around = x + reach * directions
    if window is not None:
        low, high = np.asarray(window, np.float64).T
        around = around[((around >= low) & (around <= high)).all(axis=1)]
    here = int(e.precise.predict(x[None, :])[0])
    z = e.precise.logits(around)
    doubt = _SAMPLED_TIE if f.scope == "sampled" else _ROUNDING
    if (z.max(axis=1) - z[:, here] > doubt * (1 + np.abs(z).max(axis=1))).any():
        yield f"a point nearer than {radius} is of another class"


CHECKS = {"areas": _areas, "boundary": _boundary, "apart": _apart, "closest call": _closest}
