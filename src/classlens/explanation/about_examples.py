"""The finding about one example on its way through the network."""

from __future__ import annotations

from typing import Any

import numpy as np

from classlens.analysis.example import Contributions, Path
from classlens.analysis.slices import Slice
from classlens.explanation.findings import Finding
from classlens.network import Network

# So many of a place's contributions are told one by one, the rest as one sum.
_TOLD = 3


def path_finding(
    network: Network,
    path: Path,
    row: int | None,
    slice: Slice | None = None,  # noqa: A002
) -> Finding:
    """An example's way, from its features to its class.

    Args:
        network: the network.
        path: the way through it.
        row: the example's row in the data, if it has one.
        slice: the plane along which its flip was looked for.
    """
    flip = path.flip
    return Finding(
        "path",
        {"example": row, "class": path.winner, "other": path.runner_up},
        {
            "x": path.x.tolist(),
            "layers": [
                {
                    "name": layer.name,
                    "z": values.pre_activation.tolist(),
                    "a": values.activation.tolist(),
                    "on": int((values.pre_activation > 0).sum()),
                }
                for layer, values in zip(network.layers[:-1], path.values, strict=False)
            ],
            "logits": path.logits.tolist(),
            "probabilities": path.probabilities.tolist(),
            "lead": path.lead,
            # A table's columns count from zeros of their own, such as a year's: no share of theirs
            # in the lead would mean anything.
            "contributions": [
                _told(each)
                for each in path.contributions
                if path.steps is None or each.place != "inputs"
            ],
            "flip": None
            if flip is None
            else {
                "point": flip.point.tolist(),
                "distance": flip.distance,
                "into": flip.into,
                "exact": flip.exact,
                "steps": None if path.steps is None else path.steps.tolist(),
                "plane": None if slice is None else [slice.u.tolist(), slice.v.tolist()],
            },
        },
        scope="weights",
    )


def _told(contributions: Contributions) -> dict[str, Any]:
    order = np.argsort(-np.abs(contributions.parts), kind="stable")
    order = order[contributions.parts[order] != 0]
    told, others = sorted(order[:_TOLD].tolist()), order[_TOLD:]
    return {
        "place": contributions.place,
        "parts": contributions.parts.tolist(),
        "told": told,
        "others": len(others),
        "sum_of_others": float(contributions.parts[others].sum()),
        "rest": contributions.rest,
    }
