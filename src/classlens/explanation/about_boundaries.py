"""Findings about a plane: what each class owns, where classes touch, which example is closest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.flips import smallest_flip
from classlens.analysis.result import Margins, Regions
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.explanation.findings import Finding, Scope
from classlens.network import Network

# A point lies on a crease if the pre-activation is less than this share of the layer's largest.
CREASE = 1e-9
# Pieces of each boundary that a finding carries as evidence.
_EVIDENCE = 30
# Sampled ones are moved to where the logits tie: Newton's steps; the lead that may be left, as a
# share of the logits; how far a point may move, as a share of the window.
_NEWTON = 6
_TIED = 1e-7
_MOVED = 0.01
# In more than two dimensions only so many examples, those of the smallest lead, are measured.
_MEASURED = 50
# So many are where the nearest boundary may be beyond the window.
_BEYOND = 10


def plane_findings(
    found: Regions, data: Dataset | None, features: tuple[str, ...]
) -> Iterator[Finding]:
    """What a window shows of the input plane, or of a slice; only the former has examples on it."""
    scope: Scope = "window" if found.exact else "sampled"
    here = _place(found, features)
    total = float(found.class_areas.sum())
    yield Finding(
        "areas",
        numbers={
            **here,
            "shares": [float(area) / total for area in found.class_areas],
            "regions": found.count,
            "error": found.error / total,
        },
        scope=scope,
    )
    margins = None
    if data is not None and found.slice is None:
        margins = found.margins(data.X.astype(np.float64))
    classes = found.boundaries.classes
    touching = sorted({(int(a), int(b)) for a, b in classes})
    for a, b in touching:
        numbers = here | _border(found, (classes == (a, b)).all(axis=1))
        if margins is not None and found.exact:
            numbers |= _closest(margins, a, b)
        yield Finding("boundary", {"class": a, "other": b}, numbers, scope=scope)
    owners = [k for k, area in enumerate(found.class_areas) if area > 0]
    apart = [
        [a, b] for i, a in enumerate(owners) for b in owners[i + 1 :] if (a, b) not in touching
    ]
    if apart:
        yield Finding("apart", numbers={**here, "pairs": apart}, scope=scope)
    if margins is not None and data is not None and np.isfinite(margins.distance).any():
        if found.exact:
            yield from _closest_call(found, margins, data)
        else:  # the nearest of those that look near, each as the forward pass confirms it
            rows = np.argsort(margins.distance, kind="stable")[:_MEASURED]
            yield from _closest_found(found.network, data, rows)


def _place(found: Regions, features: tuple[str, ...]) -> dict[str, Any]:
    """Where it was looked: the window, the names of its axes, and the slice if there is one."""
    window = [list(found.window.x0), list(found.window.x1)]
    if found.slice is None:
        return {"window": window, "axes": list(features)}
    slice_ = {name: getattr(found.slice, name).tolist() for name in ("origin", "u", "v")}
    return {"window": window, "axes": axes_of(found.slice, features), "slice": slice_}


def axes_of(slice: Slice, features: tuple[str, ...]) -> list[str]:  # noqa: A002
    """A slice's two axes: the features that they are, else s and t."""
    names = []
    for direction, other in ((slice.u, "s"), (slice.v, "t")):
        along = np.flatnonzero(direction)
        own = len(along) == 1 and not slice.origin[along[0]]
        names.append(features[int(along[0])] if own else other)
    return names


def _border(found: Regions, mine: NDArray[np.bool_]) -> dict[str, Any]:
    """The length of a boundary, points of its longest pieces, and the units at which these bend."""
    lines = found.boundaries
    longest = np.flatnonzero(mine)[np.argsort(-lines.lengths[mine], kind="stable")[:_EVIDENCE]]
    start, end = lines.start[longest], lines.end[longest]
    points, segments = (start + end) / 2, np.concatenate((start, end), axis=1)
    if not found.exact:
        points = _on_the_tie(found, points, lines.classes[longest])
        segments = segments[:0]
    return {
        "length": float(lines.lengths[mine].sum()),
        "pieces": int(mine.sum()),
        "points": points.tolist(),
        "segments": segments.tolist(),
        "bends": _bends(found, points) if found.exact else [],
    }


def _on_the_tie(
    found: Regions, points: NDArray[np.float64], pairs: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Sampled points of a boundary, moved to where the two logits tie; others are left out.

    Newton's method with differences: along the gradient of the lead of one logit over the other.
    """
    network = found.network.astype(np.float64)
    span = np.array([np.ptp(found.window.x0), np.ptp(found.window.x1)])
    step = 1e-6 * span

    def logits(at: NDArray[np.float64]) -> NDArray[np.float64]:
        inputs = at if found.slice is None else found.slice.lift(at)
        return np.asarray(network.logits(inputs), np.float64)

    def lead(at: NDArray[np.float64]) -> NDArray[np.float64]:
        z = logits(at)
        rows = np.arange(len(at))
        return np.asarray(z[rows, pairs[:, 0]] - z[rows, pairs[:, 1]])

    place = points.copy()
    for _ in range(_NEWTON):
        slopes = [(lead(place + d) - lead(place - d)) / (2 * d.sum()) for d in np.diag(step)]
        gradient = np.stack(slopes, axis=1)
        square = (gradient**2).sum(axis=1)
        # Where a step leaves the neighbourhood, as over ground that is all but flat, none is made.
        steep = np.abs(lead(place)) <= _MOVED * np.hypot(*span) * np.sqrt(square)
        share = np.divide(lead(place), square, out=np.zeros(len(place)), where=steep & (square > 0))
        place = place - share[:, None] * gradient
    z = logits(place)
    tied = np.abs(lead(place)) <= _TIED * (1 + np.abs(z).max(axis=1))
    ahead = z.max(axis=1) - z[np.arange(len(z)), pairs[:, 0]] <= _TIED * (1 + np.abs(z).max(axis=1))
    near = (np.abs(place - points) <= _MOVED * span).all(axis=1)
    low = np.array([found.window.x0[0], found.window.x1[0]])
    inside = ((place >= low) & (place <= low + span)).all(axis=1)
    return np.asarray(place[tied & ahead & near & inside])


def _bends(found: Regions, points: NDArray[np.float64]) -> list[list[str | int]]:
    """The units that are on at some of the points and off at others."""
    inputs = points if found.slice is None else found.slice.lift(points)
    bends: list[list[str | int]] = []
    for layer in found.network.layers[:-1]:
        z = inputs @ layer.kernel.astype(np.float64) + layer.bias
        inputs = np.asarray(layer.activation(z, np))
        least = CREASE * float(np.abs(z).max())
        both = (z.min(axis=0) < -least) & (z.max(axis=0) > least)
        if layer.activation.name != "linear":
            bends += [[layer.name, int(unit)] for unit in np.flatnonzero(both)]
    return bends


def _closest(margins: Margins, a: int, b: int) -> dict[str, float | int]:
    """The example nearest to this boundary, among those to which it is the nearest one.

    None, if beyond the window there may be a nearer one: its flip would tell another distance.
    """
    mine = (margins.classes == (a, b)).all(axis=1) & np.isfinite(margins.distance)
    row = int(np.argmin(np.where(mine, margins.distance, np.inf)))
    if not mine[row] or not margins.certified[row]:
        return {}
    return {"example": row, "margin": float(margins.distance[row])}


def _closest_call(found: Regions, margins: Margins, data: Dataset) -> Iterator[Finding]:
    row = int(np.argmin(margins.distance))
    if not margins.certified[row]:  # beyond the window there may be a boundary that is nearer
        order = np.argsort(margins.distance, kind="stable")
        yield from _closest_found(found.network, data, order[~margins.certified[order]][:_BEYOND])
        return
    pair = [int(k) for k in margins.classes[row]]
    here = int(found.network.predict(data.X[row : row + 1])[0])
    yield Finding(
        "closest call",
        {"example": row, "class": here, "other": pair[0] if pair[1] == here else pair[1]},
        {
            "x": [float(v) for v in data.X[row]],
            "distance": float(margins.distance[row]),
            "point": [float(v) for v in margins.point[row]],
            "exact": True,
            "steps": None,
        },
        scope="window",
    )


def closest_in_many_dimensions(
    network: Network, data: Dataset, steps: NDArray[np.float64] | None
) -> Iterator[Finding]:
    """The example that the smallest change found flips, an upper bound that is confirmed.

    Args:
        network: the network.
        data: the examples.
        steps: by how much each feature changes in one unit of change; None is 1 for all.
    """
    logits = np.sort(network.logits(data.X), axis=1)
    rows = np.argsort(logits[:, -1] - logits[:, -2], kind="stable")[:_MEASURED]
    yield from _closest_found(network, data, rows, steps)


def _closest_found(
    network: Network,
    data: Dataset,
    rows: NDArray[np.intp],
    steps: NDArray[np.float64] | None = None,
) -> Iterator[Finding]:
    """The example among some that the smallest change flips."""
    flips = [
        (flip.distance, int(row), flip)
        for row in rows
        if (flip := smallest_flip(network, data.X[row].astype(np.float64), steps=steps)) is not None
    ]
    if flips:
        distance, row, flip = min(flips, key=lambda found: found[0])
        yield Finding(
            "closest call",
            {
                "example": row,
                "class": int(network.predict(data.X[row : row + 1])[0]),
                "other": flip.into,
            },
            {
                "x": [float(v) for v in data.X[row]],
                "distance": distance,
                "point": [float(v) for v in flip.point],
                "exact": False,
                "steps": None if steps is None else steps.tolist(),
            },
            scope="sampled",
        )
