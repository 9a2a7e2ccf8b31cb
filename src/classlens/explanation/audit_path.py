"""The check of a finding about one example's way through the network."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

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
from classlens.network import Network

# The share by which a unit is turned up to see what it adds to the lead.
_NUDGE = 1e-6


def _path(f: Finding, e: Evidence) -> Complaints:
    """Every number of an example's way, asked from the network again."""
    n, winner, runner = f.numbers, f.subject["class"], f.subject["other"]
    x = np.asarray(n["x"], np.float64)
    if f.subject["example"] is not None:
        yield from differs("the example", n["x"], e.examples.X[f.subject["example"]])
    network = e.network
    values = network.forward(x[None, :])
    hidden = zip(n["layers"], network.layers[:-1], values, strict=False)
    yield from same("the hidden layers", len(n["layers"]), len(values) - 1)
    for said, layer, value in hidden:
        scale = max(1.0, float(np.abs(value.pre_activation).max()))
        yield from same("the layer", said["name"], layer.name)
        yield from differs("its pre-activations", said["z"], value.pre_activation[0], scale=scale)
        on = sum(1 for v in value.pre_activation[0].tolist() if v > 0)
        yield from same("how many of its units are on", said["on"], on)
        yield from differs("its activations", said["a"], value.activation[0], scale=scale)
    z = values[-1].activation[0].astype(np.float64).tolist()
    size = max(1.0, *map(abs, z))
    yield from differs("the logits", n["logits"], z, scale=size)
    shares = [math.exp(v - max(z)) for v in z]
    yield from differs("the probabilities", n["probabilities"], [s / sum(shares) for s in shares])
    yield from same("the prediction", winner, z.index(max(z)))
    others = [v if k != winner else -math.inf for k, v in enumerate(z)]
    yield from same("the runner-up", runner, others.index(max(others)))
    yield from differs("the lead", n["lead"], z[winner] - z[runner], scale=size)
    for said in n["contributions"]:
        yield from _contribution(said, n, e, winner, runner)
    if n["flip"] is not None:
        yield from _flip(n["flip"], x, e, winner)


def _contribution(
    said: Mapping[str, Any], n: Mapping[str, Any], e: Evidence, winner: int, runner: int
) -> Complaints:
    """A part is what the lead gains, in proportion, as its unit or input is turned up a little."""
    names = ["inputs", *(layer.name for layer in e.network.layers[:-1])]
    depth = names.index(said["place"])
    after = Network(e.precise.layers[depth:], tuple(e.precise.classes))
    a = np.asarray(n["x"] if depth == 0 else n["layers"][depth - 1]["a"], np.float64)
    if len(said["parts"]) != len(a):
        yield f"there should be {len(a)} contributions"
        return
    up, down = (
        (after.logits(a + nudge * np.diag(a)) - after.logits(a[None, :])) / nudge
        for nudge in (_NUDGE, -_NUDGE)
    )
    parts = np.asarray(said["parts"])
    scale = max(1.0, float(np.abs(n["logits"]).max()), float(np.abs(parts).max()))
    # Just at a crease the two sides differ, and either may have been taken.
    found = [turned[:, winner] - turned[:, runner] for turned in (up, down)]
    off = np.minimum(*(np.abs(parts - each) for each in found))
    for i in np.flatnonzero(off > 1e-4 * scale).tolist():
        yield f"contribution {i} of {said['place']} should be {found[0][i]}"
    yield from differs(
        "the sum", math.fsum(said["parts"]) + said["rest"], n["lead"], scale=10 * scale
    )
    left = [p for i, p in enumerate(said["parts"]) if i not in said["told"] and p]
    yield from same("the number of others", said["others"], len(left))
    yield from differs("their sum", said["sum_of_others"], math.fsum(left), scale=scale)
    least = min((abs(said["parts"][i]) for i in said["told"]), default=math.inf)
    if any(abs(p) > least + 1e-9 * scale for p in left):
        yield "a larger contribution is left out"


def _flip(said: Mapping[str, Any], x: Any, e: Evidence, winner: int) -> Complaints:
    point = np.asarray(said["point"], np.float64)
    yield from moved_by("the flip's distance", said, x, point)
    z = e.precise.logits(point[None, :])[0]
    doubt = 1e-5 * (1 + float(np.abs(z).max()))
    if said["into"] == winner:
        yield "it flips into the same class"
    if z.max() - z[said["into"]] > doubt:
        yield "another class is ahead where it should flip"
    if z[winner] - z[said["into"]] > doubt:
        yield "the prediction does not flip there"
    if said["exact"]:
        plane = None if said["plane"] is None else np.asarray(said["plane"])
        yield from clear(e, x, said["distance"], doubt=ROUNDING, plane=plane)


CHECKS = {"path": _path}
