"""Checks of the findings that are about the weights and about examples."""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.thresholds import THRESHOLDS
from classlens.explanation.evidence import Complaints, Evidence, differs, same
from classlens.explanation.findings import Finding
from classlens.network import Network


def _verdict(f: Finding, e: Evidence) -> Complaints:
    n, y = f.numbers, e.examples.y
    right = int((e.predicted == y).sum())
    probabilities = e.network.predict_proba(e.examples.X).astype(np.float64)
    z = e.network.logits(e.examples.X).astype(np.float64)
    losses = [
        math.log(sum(math.exp(v - max(row)) for v in row)) + max(row) - row[k]
        for row, k in zip(z.tolist(), y.tolist(), strict=True)
    ]
    loss = math.fsum(losses) / len(losses)
    yield from same("the number of right answers", (f.holds, f.of), (right, len(y)))
    yield from differs("the accuracy", n["accuracy"], right / len(y))
    yield from differs("the loss", n["loss"], loss)
    dead = {
        layer.name: sum(
            int(np.ptp(a[:, unit]) <= THRESHOLDS["constant"].value * np.abs(a).max())
            for a in [e.values[layer.name][1]]
            for unit in range(layer.units)
        )
        for layer in e.network.layers[:-1]
    }
    dead_share = max([n / e.network.get_layer(name).units for name, n in dead.items()] or [0.0])
    yield from same("the number of dead units", n["dead_units"], sum(dead.values()))
    yield from differs("the share of dead units", n["dead_share"], dead_share)
    mergers = []
    for k in range(probabilities.shape[1]):
        answers = e.predicted[y == k].tolist()
        others = sorted({a for a in answers if a != k}, key=lambda a: (-answers.count(a), a))
        share = answers.count(others[0]) / len(answers) if others else 0.0
        words = [word for word in ("merged", "mixed") if share >= THRESHOLDS[word].value]
        if words:
            mergers.append([k, others[0], answers.count(others[0]), len(answers), words[0]])
    yield from same("the merged classes", n["mergers"], mergers)
    answers = sorted(set(e.predicted.tolist()))
    yield from same("the only answer", n["only"], answers[0] if len(answers) == 1 else None)
    tied = sum(1 for row in e.network.logits(e.examples.X).tolist() if row.count(max(row)) > 1)
    yield from same("the examples with equal logits", n["tied"], tied)
    yield from same(
        "the verdict", n["word"], _word(n, loss, right / len(y), mergers, dead_share, y)
    )


def _word(
    n: Mapping[str, Any],
    loss: float,
    accuracy: float,
    mergers: list[list[Any]],
    dead_share: float,
    y: NDArray[np.int64],
) -> str:
    guessing = math.log(max(2, len(set(y.tolist()))))
    rules = [
        ("diverged", not loss < THRESHOLDS["diverged"].value * guessing),
        ("good", accuracy >= THRESHOLDS["good"].value and not mergers),
        (
            "too early",
            n["last_drop"] is not None and n["last_drop"] > THRESHOLDS["too early"].value,
        ),
        ("dead units", dead_share >= THRESHOLDS["dead share"].value),
        ("poor split", bool(mergers)),
    ]
    return next((word for word, holds in rules if holds), "fair")


def _bits(e: Evidence, layer: str, k: int) -> tuple[list[int], list[str], int]:
    z = e.values[layer][0][e.examples.y == k]
    on = [int(sum(1 for value in column if value > 0)) for column in z.T.tolist()]
    need = THRESHOLDS["code bit"].value
    bits = [
        "on" if n / len(z) >= need else "off" if 1 - n / len(z) >= need else "mixed" for n in on
    ]
    return on, bits, len(z)


def _code(f: Finding, e: Evidence) -> Complaints:
    layer, k = f.subject["layer"], f.subject["class"]
    on, bits, of = _bits(e, layer, k)
    yield from same("the number of examples", f.of, of)
    yield from same("the counts", f.numbers["on"], on)
    yield from same("the code", f.numbers["bits"], bits)
    a = e.values[layer][1][e.examples.y == k]
    highest = [float(max(a[:, i])) if b == "off" else 0.0 for i, b in enumerate(bits)]
    yield from differs("the reach", f.numbers["reach"], highest)


def _shared(f: Finding, e: Evidence) -> Complaints:
    for k in f.numbers["classes"]:
        yield from same(f"class {k}'s code", f.numbers["bits"], _bits(e, f.subject["layer"], k)[1])
    everyone = [
        k
        for k in sorted(set(e.examples.y.tolist()))
        if _bits(e, f.subject["layer"], k)[1] == f.numbers["bits"]
    ]
    yield from same("the classes of this code", f.numbers["classes"], everyone)


def _unit(f: Finding, e: Evidence) -> Complaints:
    """The equation, by evaluating it: at random points, against the layer itself."""
    layer = e.network.get_layer(f.subject["layer"])
    alone = Network((layer,), tuple(map(str, range(layer.units))))
    points = np.random.default_rng(0).normal(size=(20, layer.inputs))
    z = alone.forward(points)[0].pre_activation.astype(np.float64)
    weights, bias = np.asarray(f.numbers["weights"]), f.numbers["bias"]
    scale = float(np.abs(weights).sum() * 4 + abs(bias))
    said = points.astype(layer.kernel.dtype).astype(np.float64) @ weights + bias
    unit = f.subject["unit"]
    if len(weights) != layer.inputs or not np.allclose(said, z[:, unit], rtol=0, atol=1e-5 * scale):
        yield "its equation does not give the unit's values"
    origin = alone.forward(np.zeros((1, layer.inputs)))[0].pre_activation[0, unit]
    yield from differs("its bias", bias, float(origin))
    for i, weight in enumerate(weights):
        step = np.zeros((1, layer.inputs))
        step[0, i] = 1
        rise = float(layer.kernel.astype(np.float64)[i, unit])
        yield from differs(f"its weight {i}", float(weight), rise)
    if "spreads" in f.numbers:
        places = [None, *(each.name for each in e.network.layers)]
        before = places[places.index(layer.name) - 1]
        inputs = e.examples.X if before is None else e.values[before][1]
        spreads = [statistics.pstdev(column) for column in inputs.astype(np.float64).T.tolist()]
        size = float(np.abs(inputs).max())  # float32 loses digits of numbers far from 0
        yield from differs("its inputs' spreads", f.numbers["spreads"], spreads, scale=size)
    yield from same("its activation", f.numbers["activation"], str(layer.activation))
    if "side" in f.numbers:
        steps = {"right": (1, 0), "left": (-1, 0), "above": (0, 1), "below": (0, -1)}
        rises = {side: np.array(step) @ weights for side, step in steps.items()}
        side = f.numbers["side"]
        if rises.get(side, 0.0) < max(rises.values()):
            yield f"it does not turn on {side}"
    if "twin" in f.numbers:
        twin, factor = z[:, f.numbers["twin"]], f.numbers["factor"]
        if not np.allclose(z[:, unit], factor * twin, rtol=0, atol=1e-4 * scale):
            yield f"it is not {factor} times unit {f.numbers['twin']}"
        kind = "opposite" if factor < 0 else "duplicate" if abs(factor - 1) < 1e-5 else ""
        yield from same("the kind of twin", f.numbers["twin_kind"], kind or "scaled duplicate")


def _split(f: Finding, e: Evidence) -> Complaints:
    found: dict[str, list[int]] = {"on": [], "off": [], "mixed": []}
    for k in sorted(set(e.examples.y.tolist())):
        found[_bits(e, f.subject["layer"], k)[1][f.subject["unit"]]].append(k)
    for side, classes in found.items():
        yield from same(f"the classes for which it is {side}", f.numbers[side], classes)
    z = e.values[f.subject["layer"]][0][:, f.subject["unit"]]
    for side, hits in (("on", z > 0), ("off", z <= 0)):
        own = np.isin(e.examples.y, found[side])
        counts = [int((hits & own).sum()), int(own.sum())]
        yield from same(f"how often it is {side}", f.numbers[f"{side}_counts"], counts)


def _dead(f: Finding, e: Evidence) -> Complaints:
    z, a = e.values[f.subject["layer"]]
    own = a[:, f.subject["unit"]]
    if max(own) - min(own) > THRESHOLDS["constant"].value * np.abs(a).max():
        yield f"its values range from {min(own)} to {max(own)}"
    if abs(float(own[0]) - f.numbers["value"]) > 2e-6 * max(1.0, float(np.abs(a).max())):
        yield f"its value should be {own[0]}, and is said to be {f.numbers['value']}"
    yield from same("how often it is on", f.numbers["on"], int((z[:, f.subject["unit"]] > 0).sum()))
    yield from same("the examples", (f.holds, f.of), (len(own), len(own)))


def _always_on(f: Finding, e: Evidence) -> Complaints:
    z = e.values[f.subject["layer"]][0][:, f.subject["unit"]]
    yield from same("the number of examples that switch it on", f.holds, int((z > 0).sum()))
    yield from same("the number of examples", f.of, len(z))


def _without(f: Finding, e: Evidence) -> Complaints:
    unit, y = (f.subject["layer"], f.subject["unit"]), e.examples.y
    after = e.held([unit], 0.0)
    yield from same("the changed predictions", f.holds, int((after != e.predicted).sum()))
    yield from same("the number of examples", f.of, len(y))
    yield from same("the right answers", f.numbers["correct"], int((after == y).sum()))
    yield from same("where its examples go", f.numbers["moves"], _moves(e, after))
    mean = float(e.values[unit[0]][1][:, unit[1]].astype(np.float64).mean())
    yield from differs("its mean", f.numbers["mean"], mean)
    at_mean = e.held([unit], f.numbers["mean"])
    yield from same("right at its mean", f.numbers["correct_at_mean"], int((at_mean == y).sum()))


def _column(f: Finding, e: Evidence) -> Complaints:
    y, own = e.examples.y, f.subject["features"]
    X = e.examples.X.copy()
    means = [math.fsum(column) / len(y) for column in X[:, own].T.tolist()]
    yield from differs("the values held", f.numbers["held"], means)
    X[:, own] = f.numbers["held"]
    after = e.network.predict(X)
    yield from same("the changed predictions", f.holds, int((after != e.predicted).sum()))
    yield from same("the number of examples", f.of, len(y))
    yield from same("the right answers", f.numbers["correct"], int((after == y).sum()))
    yield from same("where its examples go", f.numbers["moves"], _moves(e, after))


def _moves(e: Evidence, after: NDArray[np.intp]) -> list[list[int]]:
    y, moves = e.examples.y, []
    for a, b in itertools.product(range(len(e.network.classes)), repeat=2):
        count = int(((y == a) & (e.predicted == a) & (after == b)).sum())
        if a != b and count:
            moves.append([a, b, count, int((y == a).sum())])
    return moves


def _one_point(f: Finding, e: Evidence) -> Complaints:
    a = e.values[f.subject["layer"]][1].astype(np.float64)
    rows = a if f.subject["class"] is None else a[e.examples.y == f.subject["class"]]
    near = THRESHOLDS["same point"].value * np.abs(a).max()
    there = (np.abs(rows - np.asarray(f.numbers["point"])) <= near).all(axis=1)
    yield from same("the examples at the point", (f.holds, f.of), (int(there.sum()), len(rows)))
    off = all(value == 0 for value in f.numbers["point"])
    yield from same("whether all units are off", f.numbers["all_off"], off)


def _output(f: Finding, e: Evidence) -> Complaints:
    layer = e.network.layers[-1]
    k = f.subject["class"]
    yield from same("the layer", f.subject["layer"], layer.name)
    yield from differs("its bias", f.numbers["bias"], float(layer.bias[k]))
    biases = layer.bias.tolist()
    falling = sorted(biases, reverse=True)
    yield from same("the rank of its bias", f.numbers["rank"], falling.index(biases[k]) + 1)
    yield from same("the equal biases", f.numbers["alike"], biases.count(biases[k]))
    places = ["inputs", *(each.name for each in e.network.layers)]
    yield from same("what comes before", f.numbers["place"], places[-2])
    yield from differs("its weights", f.numbers["weights"], [float(w) for w in layer.kernel[:, k]])
    if "means" in f.numbers:
        z = e.network.logits(e.examples.X)[:, k].astype(np.float64)
        means = {c: z[e.examples.y == c].mean() for c in set(e.examples.y.tolist())}
        said = {c: m for c, m in enumerate(f.numbers["means"]) if m is not None}
        yield from same("the classes with examples", sorted(said), sorted(means))
        scale = max(1.0, float(np.abs(z).max()))
        largest = float(np.abs(e.network.logits(e.examples.X)).max())
        constant = bool(max(z) - min(z) <= THRESHOLDS["constant"].value * largest)
        yield from same("whether it is constant", f.numbers["constant"], constant)
        if any(abs(said[c] - means[c]) > 1e-4 * scale for c in said):
            yield f"its means should be {means}"
        if means[f.numbers["peak"]] < max(means.values()) - 1e-4 * scale:
            yield f"it is highest elsewhere than for class {f.numbers['peak']}"


def _lead(f: Finding, e: Evidence) -> Complaints:
    k = f.subject["class"]
    rows = np.flatnonzero(e.examples.y == k)
    z = e.network.logits(e.examples.X[rows]).astype(np.float64)
    leads = [row[k] - max(v for i, v in enumerate(row) if i != k) for row in z.tolist()]
    yield from same("how often it leads", (f.holds, f.of), (sum(v > 0 for v in leads), len(rows)))
    size = max(1.0, float(np.abs(z).max()))
    yield from differs("the lowest lead", f.numbers["lowest"], min(leads), scale=size)
    mean = math.fsum(leads) / len(leads)
    yield from differs("the mean lead", f.numbers["mean"], mean, scale=size)
    if f.numbers["example"] not in rows:
        yield "its example is of another class"
    else:
        place = int(np.flatnonzero(rows == f.numbers["example"])[0])
        yield from differs("its example's lead", leads[place], f.numbers["lowest"], scale=size)


def _mistake(f: Finding, e: Evidence) -> Complaints:
    n, s = f.numbers, f.subject
    row, true, wrong = s["example"], s["class"], s["other"]
    yield from same("its class", true, int(e.examples.y[row]))
    yield from same("its prediction", wrong, int(e.predicted[row]))
    yield from differs("the example", n["x"], e.examples.X[row])
    z = e.network.logits(e.examples.X[row : row + 1]).astype(np.float64)[0]
    size = max(1.0, float(np.abs(z).max()))
    names = [None, *(layer.name for layer in e.network.layers)]
    yield from same("the layer", s["layer"], names[-2])
    inputs = e.examples.X if s["layer"] is None else e.values[s["layer"]][1]
    weights = e.network.layers[-1].get_weights()[0].astype(np.float64)
    # The lead loses as many digits as the terms that make it up are larger than it.
    terms = float((np.abs(inputs[row]).astype(np.float64) @ np.abs(weights)).max())
    yield from differs("the wrong lead", n["lead"], z[wrong] - z[true], scale=10 * max(size, terms))
    shares = inputs.astype(np.float64) * (weights[:, true] - weights[:, wrong])
    usual = [math.fsum(column) / len(column) for column in shares[e.examples.y == true].T.tolist()]
    shortfalls = [u - float(v) for u, v in zip(usual, shares[row], strict=True)]
    unit = s["unit"]
    if unit is None:
        yield from differs("the largest shortfall", n["shortfall"], max(shortfalls))
        if max(shortfalls) > 1e-6 * max(size, terms):
            yield "a unit falls short"
        return
    yield from differs("its contribution", n["contribution"], shares[row, unit])
    yield from differs("its usual contribution", n["usual"], usual[unit])
    yield from differs("the shortfall", n["shortfall"], shortfalls[unit])
    yield from differs("the largest shortfall", n["shortfall"], max(shortfalls))


def _spare(f: Finding, e: Evidence) -> Complaints:
    after = e.held([(layer, unit) for layer, unit in f.numbers["units"]], 0.0)
    unchanged = int((after == e.predicted).sum())
    yield from same("the unchanged predictions", (f.holds, f.of), (unchanged, len(after)))
    yield from same("that none changes", unchanged, len(after))


CHECKS = {
    "verdict": _verdict,
    "column": _column,
    "code": _code,
    "shared code": _shared,
    "unit": _unit,
    "split": _split,
    "dead unit": _dead,
    "always on": _always_on,
    "without": _without,
    "one point": _one_point,
    "output": _output,
    "lead": _lead,
    "mistake": _mistake,
    "spare units": _spare,
}
