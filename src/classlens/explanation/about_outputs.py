"""Findings about the answers: the outputs, their coordination, the mistakes, the spare units."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.ablation import predictions_without, quick_sums
from classlens.analysis.thresholds import threshold
from classlens.analysis.unit_facts import dead_share
from classlens.analysis.verdicts import judge
from classlens.data.dataset import Dataset
from classlens.explanation.findings import Finding
from classlens.layer import Array
from classlens.measures import confusion
from classlens.network import Network

# A unit has failed an example if it adds less than usual by more than this share.
_ROUNDING = 1e-9
# Whether a unit can be spared is asked of so many examples before all the others.
_GLANCE = 2000


def verdict_finding(
    network: Network,
    data: Dataset,
    *,
    dead: Sequence[int],
    drop: float | None,
    epochs: int | None,
) -> Finding:
    """How good the network is on the examples, in one word and in numbers.

    Args:
        network: the network.
        data: the examples.
        dead: how many units of each hidden layer are dead.
        drop: the share by which the last tenth of the training lowered the loss, where it is known.
        epochs: how many there were, where it is known.
    """
    share = dead_share(network, dead)
    score = network.evaluate(data.X, data.y)
    predicted = network.predict(data.X)
    table = confusion(data.y, predicted, len(network.classes))
    verdict = judge(table, score.loss, dead_share=share, last_drop=drop)
    return Finding(
        "verdict",
        numbers={
            "word": verdict.word,
            "loss": score.loss,
            "accuracy": score.accuracy,
            "mergers": [list(astuple(m)) for m in verdict.mergers],
            "only": int(predicted[0]) if (predicted == predicted[0]).all() else None,
            "tied": _tied(network.logits(data.X)),
            "dead_units": sum(dead),
            "dead_share": share,
            "last_drop": drop,
            "epochs": epochs,
        },
        holds=score.correct,
        of=score.samples,
    )


def _tied(logits: Array) -> int:
    """For how many examples the largest logits are equal."""
    return int(((logits == logits.max(axis=1, keepdims=True)).sum(axis=1) > 1).sum())


def output_findings(network: Network, data: Dataset | None) -> Iterator[Finding]:
    """For each output: its bias, which units raise and lower it, where it is highest."""
    layer = network.layers[-1]
    place = "inputs" if len(network.layers) == 1 else network.layers[-2].name
    logits = None if data is None else network.logits(data.X)
    grain = 0.0 if logits is None else threshold("constant") * float(np.abs(logits).max())
    for k in range(layer.units):
        weights = [float(w) for w in layer.kernel[:, k]]
        numbers: dict[str, Any] = {
            "bias": float(layer.bias[k]),
            "rank": int((layer.bias > layer.bias[k]).sum()) + 1,
            "alike": int((layer.bias == layer.bias[k]).sum()),
            "weights": weights,
            "place": place,
        }
        if data is not None and logits is not None:
            means = [
                float(logits[data.y == c, k].mean()) if (data.y == c).any() else None
                for c in range(layer.units)
            ]
            known = [c for c, mean in enumerate(means) if mean is not None]
            numbers |= {
                "means": means,
                "peak": max(known, key=lambda c: _number(means[c])),
                "constant": float(np.ptp(logits[:, k])) <= grain,
            }
        yield Finding(
            "output",
            {"layer": layer.name, "class": k},
            numbers,
            scope="weights" if data is None else "examples",
        )


def _number(value: float | None) -> float:
    return -np.inf if value is None else value


def lead_findings(network: Network, data: Dataset) -> Iterator[Finding]:
    """For each class: the lead of its own logit over the best other one, on one common scale."""
    if len(network.classes) < 2:
        return
    leads = true_leads(network.logits(data.X), data.y)
    for k in range(len(network.classes)):
        rows = np.flatnonzero(data.y == k)
        if len(rows):
            own = leads[rows]
            yield Finding(
                "lead",
                {"class": k},
                {
                    "lowest": float(own.min()),
                    "mean": float(own.mean()),
                    "example": int(rows[np.argmin(own)]),
                },
                holds=int((own > 0).sum()),
                of=len(rows),
            )


def true_leads(logits: Array, y: NDArray[np.int64]) -> Array:
    """The logit of each example's own class less the best other one's, shape (samples,)."""
    rows = np.arange(len(y))
    others = logits.astype(np.float64)
    own = others[rows, y].copy()
    others[rows, y] = -np.inf
    return np.asarray(own - others.max(axis=1))


def mistake_findings(network: Network, data: Dataset) -> Iterator[Finding]:
    """Every misclassified example, with the unit that failed it.

    The unit that failed is the one whose contribution to the lead of the true class over the
    predicted one falls furthest short of its mean over the true class's examples; none, if none
    falls short. The units are those of the last hidden layer, where contributions add up exactly;
    without hidden layers they are the features.
    """
    values = network.forward(data.X)
    predicted = np.argmax(values[-1].activation, axis=1)
    before = data.X if len(values) == 1 else values[-2].activation
    kernel = network.layers[-1].kernel.astype(np.float64)
    logits = values[-1].activation
    wrong_rows = np.flatnonzero(predicted != data.y)
    means = {
        true: before[data.y == true].astype(np.float64).mean(axis=0)
        for true in np.unique(data.y[wrong_rows]).tolist()
    }
    for row in wrong_rows:
        true, wrong = int(data.y[row]), int(predicted[row])
        weights = kernel[:, true] - kernel[:, wrong]
        usual = means[true]
        shortfall = weights * (usual - before[row])
        unit = int(np.argmax(shortfall))
        # What float64's rounding makes of a mean of equal numbers is no shortfall.
        failed = shortfall[unit] > _ROUNDING * float(np.abs(weights * before[row]).max())
        yield Finding(
            "mistake",
            {
                "example": int(row),
                "class": true,
                "other": wrong,
                "unit": unit if failed else None,
                "layer": None if len(values) == 1 else network.layers[-2].name,
            },
            {
                "lead": float(logits[row, wrong]) - float(logits[row, true]),
                "shortfall": float(shortfall[unit]),
                "contribution": float(weights[unit] * before[row, unit]) if failed else None,
                "usual": float(weights[unit] * usual[unit]) if failed else None,
                "x": [float(v) for v in data.X[row]],
            },
            holds=1,
            of=1,
        )


def spare_finding(network: Network, data: Dataset) -> Finding | None:
    """Hidden units that can be held at 0 together without changing a single prediction.

    They are taken greedily, first to last: the set is one that works, not the largest one.
    """
    before = network.predict(data.X)
    spare: list[tuple[int, int]] = []
    a = data.X.astype(network.dtype)
    for depth, (layer, after) in enumerate(itertools.pairwise(network.layers)):
        a = layer.activation(a @ layer.kernel + layer.bias, np)
        following = network.layers[depth + 1 :]
        sums = quick_sums(layer, a @ after.kernel + after.bias)
        for unit in range(layer.units):
            # A few rows tell of most units that they are needed.
            if all(
                np.array_equal(
                    predictions_without(
                        a[own], unit, 0.0, following, None if sums is None else sums[own]
                    ),
                    before[own],
                )
                for own in (slice(_GLANCE), slice(_GLANCE, None))
            ):
                spare.append((depth, unit))
                a[:, unit] = 0
                sums = quick_sums(layer, a @ after.kernel + after.bias)
    if not spare:
        return None
    return Finding(
        "spare units",
        numbers={"units": [[network.layers[d].name, u] for d, u in spare]},
        holds=len(data),
        of=len(data),
    )
