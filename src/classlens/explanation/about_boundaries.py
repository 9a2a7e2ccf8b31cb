"""Findings about the plane: what each class owns, where classes touch, which example is closest."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.example import nearest_flip
from classlens.analysis.result import Margins, Regions
from classlens.data.dataset import Dataset
from classlens.explanation.findings import Finding, Scope
from classlens.network import Network

# Points of each boundary that a finding carries as evidence.
_EVIDENCE = 12
# In more than two dimensions only so many examples, those of the smallest lead, are measured.
_MEASURED = 50


def plane_findings(found: Regions, network: Network, data: Dataset | None) -> Iterator[Finding]:
    """What a window of the input plane shows."""
    scope: Scope = "window" if found.exact else "sampled"
    window = [list(found.window.x0), list(found.window.x1)]
    total = float(found.class_areas.sum())
    yield Finding(
        "areas",
        numbers={
            "window": window,
            "shares": [float(area) / total for area in found.class_areas],
            "regions": found.count,
            "error": found.error / total,
        },
        scope=scope,
    )
    start, end = found.boundaries.start, found.boundaries.end
    classes, lengths = found.boundaries.classes, found.boundaries.lengths
    margins = None
    if data is not None:
        margins = found.margins(data.X.astype(np.float64))
    touching = sorted({(int(a), int(b)) for a, b in classes})
    for a, b in touching:
        mine = (classes == (a, b)).all(axis=1)
        numbers = {
            "length": float(lengths[mine].sum()),
            "pieces": int(mine.sum()),
            "window": window,
            "points": _evidence(start[mine], end[mine], lengths[mine]),
        }
        if margins is not None:
            numbers |= _closest(margins, a, b)
        yield Finding("boundary", {"class": a, "other": b}, numbers, scope=scope)
    owners = [k for k, area in enumerate(found.class_areas) if area > 0]
    apart = [
        [a, b] for i, a in enumerate(owners) for b in owners[i + 1 :] if (a, b) not in touching
    ]
    if apart:
        yield Finding("apart", numbers={"pairs": apart, "window": window}, scope=scope)
    if margins is not None and data is not None and np.isfinite(margins.distance).any():
        row = int(np.argmin(margins.distance))
        pair = [int(k) for k in margins.classes[row]]
        here = int(network.predict(data.X[row : row + 1])[0])
        yield Finding(
            "closest call",
            {
                "example": row,
                "class": here,
                "other": pair[0] if pair[1] == here else pair[1],
            },
            {
                "x": [float(v) for v in data.X[row]],
                "distance": float(margins.distance[row]),
                "point": [float(v) for v in margins.point[row]],
                "exact": bool(found.exact and margins.certified[row]),
            },
            scope=scope,
        )


def _evidence(
    start: NDArray[np.float64], end: NDArray[np.float64], lengths: NDArray[np.float64]
) -> list[list[float]]:
    """The middles of the longest pieces."""
    longest = np.argsort(-lengths, kind="stable")[:_EVIDENCE]
    return [[float(v) for v in point] for point in (start[longest] + end[longest]) / 2]


def _closest(margins: Margins, a: int, b: int) -> dict[str, float | int]:
    """The example nearest to this boundary, among those to which it is the nearest one."""
    mine = (margins.classes == (a, b)).all(axis=1) & np.isfinite(margins.distance)
    if not mine.any():
        return {}
    row = int(np.argmin(np.where(mine, margins.distance, np.inf)))
    return {"example": row, "margin": float(margins.distance[row])}


def closest_in_many_dimensions(network: Network, data: Dataset) -> Iterator[Finding]:
    """The example that the smallest change found flips, an upper bound that is confirmed."""
    logits = np.sort(network.logits(data.X), axis=1)
    rows = np.argsort(logits[:, -1] - logits[:, -2], kind="stable")[:_MEASURED]
    flips = [
        (flip.distance, int(row), flip)
        for row in rows
        if (flip := nearest_flip(network, data.X[row].astype(np.float64))) is not None
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
            },
        )
