"""Findings about the columns of the data: what the network still gets right without each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from classlens.analysis.ablation import ablate
from classlens.data.dataset import Dataset
from classlens.data.encode import Encoding
from classlens.explanation.about_units import moves
from classlens.explanation.findings import Finding
from classlens.network import Network

# In the plane a picture shows more, and beyond so many columns (a picture's pixels) one by one
# says nothing.
_FEWEST, _MOST = 3, 200


def column_findings(
    network: Network, data: Dataset, features: Sequence[str], encoding: Encoding | None
) -> Iterator[Finding]:
    """For each column, the predictions with it held at its mean over the examples.

    Args:
        network: the network.
        data: the examples.
        features: the features' names.
        encoding: how columns become features; without it each feature is a column.
    """
    spans = (
        tuple((name, range(i, i + 1)) for i, name in enumerate(features))
        if encoding is None
        else encoding.spans
    )
    if not network.inputs >= _FEWEST or len(spans) > _MOST:
        return
    before = network.predict(data.X)
    totals = np.bincount(data.y, minlength=len(network.classes))
    X = data.X.astype(network.dtype)
    means = data.X.mean(axis=0, dtype=np.float64)
    for name, own in spans:
        held = means[own]
        without = ablate(X, list(own), held, network.layers, data, before)
        yield Finding(
            "column",
            {"column": name, "features": list(own)},
            {
                "held": held.tolist(),
                "correct": without.correct,
                "moves": moves(without.moved, totals),
            },
            holds=without.changed,
            of=len(data),
        )
