"""Pace: how much one call of the device should do, learned from how long the calls take."""

from __future__ import annotations

from dataclasses import dataclass

# Seconds that a call should take: progress and Ctrl-C come at least ten times a second.
CALL_SECONDS = 0.04


@dataclass(frozen=True)
class Pace:
    """How many steps the next call should take; a step is a batch learned from, or checked.

    Attributes:
        wanted: steps, a fraction perhaps.
    """

    wanted: float

    @classmethod
    def assumed(cls, numbers: int, rows: int) -> Pace:
        """Before the first call: so slow that it is short on a slow machine too.

        Args:
            numbers: parameters of the network.
            rows: samples in a batch.
        """
        return cls(CALL_SECONDS / (1e-5 + 6 * numbers * rows / 2e9))

    @property
    def steps(self) -> int:
        """Whole steps of the next call."""
        return max(1, int(self.wanted))

    def after(self, steps: int, seconds: float) -> Pace:
        """What a call of so many steps, which took so long, says of the next one.

        A call that compiled was slow for another reason, hence the bounds.
        """
        wanted = steps * CALL_SECONDS / max(seconds, 1e-9)
        return Pace(min(max(wanted, self.wanted / 4, 1), 4 * self.wanted))
