"""``verify``: tests every finding again, from the forward pass alone.

It shares no arithmetic with the code that found the findings: that code counts, folds and cuts;
this one asks the network for its values at points and compares. A finding about a window of the
plane is tested at the points of a grid, so it can be refuted there to the grid's accuracy only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from numpy.typing import ArrayLike

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, FalseFindingError, short
from classlens.explanation import audit_examples, audit_path, audit_plane
from classlens.explanation.account import Explanation
from classlens.explanation.evidence import Complaints, Evidence
from classlens.explanation.findings import Finding
from classlens.model import ModelLike, as_model, samples_for

CHECKS: Mapping[str, Callable[[Finding, Evidence], Complaints]] = MappingProxyType(
    {**audit_examples.CHECKS, **audit_path.CHECKS, **audit_plane.CHECKS}
)


def verify(
    explanation: Explanation,
    model: ModelLike,
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
) -> int:
    """Test every finding of an explanation against the network.

    Args:
        explanation: what ``explain`` returned.
        model: the network, model or run that it is about.
        data: the examples that it is about.

    Returns:
        How many findings were tested.

    Raises:
        FalseFindingError: if any does not hold; the message names each and says what was found.
    """
    if not isinstance(explanation, Explanation):
        raise ArgumentError(
            f"explanation must be what explain returned. Got {short(explanation)} instead."
        )
    given = as_model(model)
    evidence = Evidence(given.network, samples_for(given, data))
    failures = []
    for finding in explanation.findings:
        try:
            complaints = list(CHECKS[finding.kind](finding, evidence))
        except (LookupError, TypeError, ValueError, ArithmeticError) as error:
            complaints = [f"it is malformed ({error!r})"]
        failures += [(finding, each) for each in complaints]
    if failures:
        count = len({id(finding) for finding, _ in failures})
        said = "\n".join(
            f"{finding.kind} {dict(finding.subject)}: {each}." for finding, each in failures
        )
        raise FalseFindingError(
            f"{count} of {len(explanation.findings)} findings do not hold.\n{said}"
        )
    return len(explanation.findings)
