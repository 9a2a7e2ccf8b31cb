"""Findings: what an explanation says, as data before it is words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

# Where a finding was looked for, and so how far it holds.
Scope = Literal["weights", "examples", "window", "sampled", "training"]


@dataclass(frozen=True)
class Finding:
    """One fact.

    Attributes:
        kind: which fact; ``words.SENTENCES`` has a sentence and ``audit.CHECKS`` a check for it.
        subject: what it is about: ``layer`` (a name), ``unit``, ``class``, ``other`` (indices),
            ``example`` (a row).
        numbers: everything that the sentence says, and what the check needs: plain numbers, words
            and lists of them. Classes are indices.
        holds: for how many examples it holds, where it is about examples.
        of: out of how many.
        scope: ``weights`` (it follows from the weights alone), ``examples`` (it was counted on the
            examples), ``window`` (exact on a window of the plane), ``sampled`` (seen at the points
            of a grid), ``training`` (from the history).
    """

    kind: str
    subject: Mapping[str, Any] = field(default_factory=dict)
    numbers: Mapping[str, Any] = field(default_factory=dict)
    holds: int | None = None
    of: int | None = None
    scope: Scope = "examples"

    def as_json(self) -> dict[str, Any]:
        """The finding as an object of plain values."""
        return {
            "kind": self.kind,
            "subject": dict(self.subject),
            "numbers": dict(self.numbers),
            "holds": self.holds,
            "of": self.of,
            "scope": self.scope,
        }
