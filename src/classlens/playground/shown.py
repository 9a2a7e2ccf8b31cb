"""What a page shows, as its requests say it: an epoch, weights changed by hand, a slice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError, short
from classlens.kinds import Number, Whole
from classlens.playground.recipe import Recipe, mapping
from classlens.playground.trial import Edit

_MOST_EDITS = 100_000


def shown(parts: Mapping[str, Any]) -> tuple[Recipe, int | None, tuple[Edit, ...]]:
    """A recipe whose model is shown, the epoch (None for the last), and the weights changed.

    Raises:
        ArgumentError: if a part is none.
        DataError: as ``Recipe.of``.
    """
    epoch = parts.get("epoch")
    if epoch is not None:
        epoch = Whole(0, None).check("epoch", epoch)
    return Recipe.of(parts.get("recipe")), epoch, _edits(parts.get("edits", []))


def slice_of(given: object) -> Slice | None:
    """The slice that a request has, if it has one.

    Raises:
        ArgumentError: if it is none.
    """
    if given is None:
        return None
    parts = mapping(given, "slice", ("origin", "u", "v"))
    return Slice(parts.get("origin"), parts.get("u"), parts.get("v"))  # type: ignore[arg-type]


def _edits(given: object) -> tuple[Edit, ...]:
    if not isinstance(given, list) or len(given) > _MOST_EDITS:
        raise ArgumentError(
            f"edits must be a list of at most {_MOST_EDITS}. Got {short(given)} instead."
        )
    number = Number(-1e30, 1e30)
    edits = []
    for each in given:
        if not isinstance(each, list) or len(each) != 4:
            raise ArgumentError(
                f"an edit must be [layer, input, unit, value]. Got {short(each)} instead."
            )
        edits.append((*each[:3], number.check("an edit's value", each[3])))
    return tuple(edits)
