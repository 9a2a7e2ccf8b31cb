"""Findings about the hidden layers: codes, splits, equations, examples that land on one point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.thresholds import threshold
from classlens.analysis.unit_facts import OnData, UnitFacts
from classlens.data.dataset import Dataset
from classlens.explanation.findings import Finding
from classlens.layer import Array
from classlens.network import Network

BITS = ("off", "on", "mixed")


def layer_findings(
    network: Network, data: Dataset, facts: Sequence[UnitFacts], depth: int, *, made: bool
) -> Iterator[Finding]:
    """What the examples tell of one hidden layer, from its codes to its units.

    Args:
        network: the network.
        data: the examples.
        facts: what is known of all hidden units.
        depth: the layer's place.
        made: whether the features are made of a plane's coordinates.
    """
    layer = network.layers[depth]
    own = [fact for fact in facts if fact.layer == layer.name]
    on_data = [fact.on_data for fact in own if fact.on_data is not None]
    every = network.forward(data.X)
    values, inputs = every[depth], every[depth - 1].activation if depth else data.X
    spreads = inputs.std(axis=0, dtype=np.float64).tolist()
    counts = np.stack([each.on for each in on_data], axis=1)  # (classes, units)
    totals = on_data[0].of
    codes = [
        [bit(int(n), int(total)) for n in row] for row, total in zip(counts, totals, strict=True)
    ]
    present = [k for k in range(len(totals)) if totals[k]]
    for k in present:
        yield Finding(
            "code",
            {"layer": layer.name, "class": k},
            {
                "on": counts[k].tolist(),
                "bits": codes[k],
                "reach": _reach(values.activation[data.y == k], codes[k]),
            },
            of=int(totals[k]),
        )
    point = _common_point(values.activation)
    if point is None:
        yield from _shared_codes(layer.name, codes, present)
    for fact, seen in zip(own, on_data, strict=True):
        yield equation(fact, spreads, made=made and not depth)
        yield from _role(fact, seen, [row[fact.unit] for row in codes], present)
    if point is not None:
        yield Finding(
            "one point",
            {"layer": layer.name, "class": None},
            {"point": point, "all_off": not any(point)},
            holds=len(data),
            of=len(data),
        )
    elif layer.activation.slopes is not None:  # a curved one only comes near to merging examples
        yield from _one_points(network, values.activation, data, layer.name)


# An equation of more inputs is not told whole, and so must say which of them matter.
_WHOLE = 6


def equation(
    fact: UnitFacts, spreads: Sequence[float] | None = None, *, made: bool = False
) -> Finding:
    """A unit's formula; it follows from the weights alone.

    Args:
        fact: the unit.
        spreads: the standard deviation of each of its inputs over the examples, if there are any.
        made: whether its inputs are made of a plane's coordinates, and so have no plane of their
            own in which its crease has sides.
    """
    numbers: dict[str, Any] = {
        "inputs": list(fact.equation.inputs),
        "weights": [float(w) for w in fact.equation.weights],
        "bias": fact.equation.bias,
        "activation": fact.activation,
    }
    if len(fact.equation.inputs) == 2 and not made:
        numbers["side"] = _side(*numbers["weights"])
    if spreads is not None and len(spreads) > _WHOLE:
        numbers["spreads"] = list(spreads)
    if fact.twin is not None:
        numbers |= {
            "twin": fact.twin.unit,
            "factor": fact.twin.factor,
            "twin_kind": fact.twin.kind,
        }
    return Finding("unit", {"layer": fact.layer, "unit": fact.unit}, numbers, scope="weights")


def _side(across: float, up: float) -> str | None:
    """On which side of its crease a unit of two inputs is on, as one sees it in the plane."""
    if across == up == 0:
        return None
    if abs(across) >= abs(up):
        return "right" if across > 0 else "left"
    return "above" if up > 0 else "below"


def bit(on: int, of: int) -> str:
    """A unit's bit in a class's code, from how many of its examples switch the unit on."""
    if on >= threshold("code bit") * of:
        return "on"
    if of - on >= threshold("code bit") * of:
        return "off"
    return "mixed"


def _reach(activations: Array, bits: Sequence[str]) -> list[float]:
    """For each unit that is off for a class, the highest activation that its examples reach."""
    highest = activations.max(axis=0)
    return [float(a) if b == "off" else 0.0 for a, b in zip(highest, bits, strict=True)]


def _shared_codes(
    layer: str, codes: Sequence[Sequence[str]], present: Sequence[int]
) -> Iterator[Finding]:
    groups: dict[tuple[str, ...], list[int]] = {}
    for k in present:
        groups.setdefault(tuple(codes[k]), []).append(k)
    for code, classes in groups.items():
        if len(classes) > 1:
            yield Finding("shared code", {"layer": layer}, {"classes": classes, "bits": list(code)})


def _role(
    fact: UnitFacts, seen: OnData, bits: Sequence[str], present: Sequence[int]
) -> Iterator[Finding]:
    subject = {"layer": fact.layer, "unit": fact.unit}
    examples, on = int(seen.of.sum()), int(seen.on.sum())
    if seen.state == "dead":
        value = float(np.nanmean(seen.mean))
        yield Finding("dead unit", subject, {"value": value, "on": on}, examples, examples)
    elif seen.state == "always on":
        yield Finding("always on", subject, {}, examples, examples)
    sides = {word: [k for k in present if bits[k] == word] for word in BITS}
    if sides["on"] and sides["off"]:
        counts = {
            "on_counts": [int(seen.on[sides["on"]].sum()), int(seen.of[sides["on"]].sum())],
            "off_counts": [
                int((seen.of - seen.on)[sides["off"]].sum()),
                int(seen.of[sides["off"]].sum()),
            ],
        }
        yield Finding("split", subject, sides | counts)
    yield Finding(
        "without",
        subject,
        {
            "correct": seen.without.correct,
            "moves": moves(seen.without.moved, seen.of),
            "mean": seen.at_mean.held_at,
            "correct_at_mean": seen.at_mean.correct,
        },
        holds=seen.without.changed,
        of=examples,
    )


def moves(moved: NDArray[np.int64], totals: NDArray[np.int64]) -> list[list[int]]:
    """``[from, into, examples, of]`` for each pair of classes between which examples move."""
    return [[int(a), int(b), int(moved[a, b]), int(totals[a])] for a, b in np.argwhere(moved)]


def _common_point(activations: Array) -> list[float] | None:
    """The point to which a layer maps all examples, if there are several and it does."""
    grain = threshold("same point") * float(np.abs(activations).max())
    if len(activations) < 2 or (np.ptp(activations, axis=0) > grain).any():
        return None
    return [float(a) for a in activations[0]]


def _one_points(
    network: Network, activations: Array, data: Dataset, layer: str
) -> Iterator[Finding]:
    """For each class the largest group of its examples that the layer maps to one point."""
    scale = float(np.abs(activations).max())
    grain = threshold("same point") * scale
    for k in range(len(network.classes)):
        rows, inputs = activations[data.y == k].astype(np.float64), data.X[data.y == k]
        if len(rows) < 2:
            continue
        rounded = np.round(rows / grain) if scale else np.zeros_like(rows)
        _, where, counts = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
        place = rows[np.flatnonzero(where.ravel() == np.argmax(counts))[0]]
        there = (np.abs(rows - place) <= grain).all(axis=1)
        # Examples that are alike already land on one point in every layer.
        if len(np.unique(inputs[there], axis=0)) >= 2:
            yield Finding(
                "one point",
                {"layer": layer, "class": k},
                {"point": [float(a) for a in place], "all_off": bool(not place.any())},
                holds=int(there.sum()),
                of=len(rows),
            )
