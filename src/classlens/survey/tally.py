"""Tally: how a sweep's networks have ended, counted as the rows come."""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classlens.survey.choices import cell
from classlens.survey.columns import codes_in, values_in
from classlens.survey.mergers import pairs_in
from classlens.survey.plan import Plan

# What words are made of: how many reach the one accuracy, and how many stay under the other.
HIGH, LOW = 0.99, 0.8
# Of networks that end alike so many are named.
FEW = 3


class Ending(NamedTuple):
    """How a network has ended.

    Attributes:
        verdict: as in the table.
        merged: as in the table: pairs of classes, or None.
        low: whether its accuracy is under ``LOW``.
        dead: whether it has a dead unit.
    """

    verdict: str
    merged: str | None
    low: bool
    dead: bool


class Ended(NamedTuple):
    """The networks that have ended in one way.

    Attributes:
        networks: how many there are.
        first: the numbers of the first ``FEW``.
    """

    networks: int = 0
    first: tuple[int, ...] = ()

    def joined(self, other: Ended) -> Ended:
        """These and those of another choice of settings."""
        few = sorted((*self.first, *other.first))[:FEW]
        return Ended(self.networks + other.networks, tuple(few))


class Extreme(NamedTuple):
    """The network that has a number least."""

    value: float = float("inf")
    network: int = -1

    def least(self, values: NDArray[np.float64], networks: NDArray[np.int64]) -> Extreme:
        """This one or one of others: of equals the first."""
        place = int(np.argmin(np.where(np.isnan(values), np.inf, values)))
        return min(self, Extreme(float(values[place]), int(networks[place])))


@dataclass
class Count:
    """How the networks of one choice of settings have ended.

    Attributes:
        networks: how many there are.
        high: how many reach ``HIGH``.
        endings: how many have ended in each way.
        best: the network of the lowest loss.
        worst: the network of the lowest accuracy.
    """

    networks: int = 0
    high: int = 0
    endings: dict[Ending, Ended] = field(default_factory=dict)
    best: Extreme = field(default_factory=Extreme)
    worst: Extreme = field(default_factory=Extreme)

    @property
    def low(self) -> Ended:
        """The networks under ``LOW``."""
        own = (ended for ending, ended in self.endings.items() if ending.low)
        return functools.reduce(Ended.joined, own, Ended())

    @property
    def merged(self) -> Counter[str]:
        """Of those, in how many two classes are merged, such as ``c1 + c3``."""
        found = Counter[str]()
        for ending, ended in self.endings.items():
            if ending.low and ending.merged is not None:
                found.update(dict.fromkeys(pairs_in(ending.merged), ended.networks))
        return found

    @property
    def dead(self) -> int:
        """How many have a dead unit."""
        return sum(ended.networks for ending, ended in self.endings.items() if ending.dead)

    @property
    def diverged(self) -> int:
        """How many have diverged."""
        own = [ended for ending, ended in self.endings.items() if ending.verdict == "diverged"]
        return sum(ended.networks for ended in own)


class Tally:
    """Counts for each choice of the settings that a sweep varies.

    Args:
        varied: the names of these settings.
        choices: their values, as in the table.
        seeds: how many networks each choice has, one choice after the other.
    """

    def __init__(
        self, varied: Sequence[str], choices: Sequence[tuple[Any, ...]], seeds: int
    ) -> None:
        self.varied = tuple(varied)
        self.counts = {choice: Count() for choice in choices}
        self._in_order = list(self.counts.values())
        self._seeds = seeds

    @classmethod
    def of(cls, plan: Plan) -> Tally:
        """One for a plan's networks, before the first has ended."""
        choices = [
            tuple(cell(name, value) for name, value in choice.items()) for choice in plan.choices()
        ]
        return cls(tuple(plan.grid), choices, plan.seeds)

    def add(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Count rows of the sweep's table; those of one choice stand together."""
        if not rows.num_rows:
            return
        network, accuracy, loss, dead = (
            values_in(rows.column(name)) for name in ("network", "accuracy", "loss", "dead_units")
        )
        verdicts, words = codes_in(rows.column("verdict"))
        mergers, merged = codes_in(rows.column("merged"))
        low = accuracy < LOW
        # An ending as one number: sorting those is far cheaper than sorting rows of four.
        codes = ((verdicts * len(merged) + mergers) * 2 + low) * 2 + (dead > 0)
        choice = network // self._seeds
        edges = [0, *(np.flatnonzero(np.diff(choice)) + 1).tolist(), len(choice)]
        for first, last in itertools.pairwise(edges):
            count = self._in_order[choice[first]]
            own = slice(first, last)
            count.networks += last - first
            count.high += int((accuracy[own] >= HIGH).sum())
            count.best = count.best.least(loss[own], network[own])
            count.worst = count.worst.least(accuracy[own], network[own])
            for code in np.unique(codes[own]).tolist():
                rest, with_dead = divmod(code, 2)
                rest, with_low = divmod(rest, 2)
                verdict, pairs = divmod(rest, len(merged))
                ending = Ending(str(words[verdict]), merged[pairs], bool(with_low), bool(with_dead))
                alike = network[own][codes[own] == code]
                count.endings[ending] = count.endings.get(ending, Ended()).joined(
                    Ended(len(alike), tuple(alike[:FEW].tolist()))
                )


def accuracies(
    rows: Iterable[pa.RecordBatch], choices: Sequence[int], seeds: int
) -> list[tuple[NDArray[np.float64], NDArray[np.int64]]]:
    """The accuracies of some choices' networks.

    Args:
        rows: the sweep's table, some rows at a time.
        choices: the numbers of the choices.
        seeds: how many networks each has.

    Returns:
        For each choice those that occur, ascending, and how many networks have each.
    """
    found = [Counter[float]() for _ in choices]
    for batch in rows:
        network, accuracy = (values_in(batch.column(name)) for name in ("network", "accuracy"))
        if not len(network):
            continue
        low, high = int(network[0]) // seeds, int(network[-1]) // seeds
        for count, choice in zip(found, choices, strict=True):
            if low <= choice <= high:  # the rows stand in the order of the networks' numbers
                values, times = np.unique(accuracy[network // seeds == choice], return_counts=True)
                count.update(dict(zip(values.tolist(), times.tolist(), strict=True)))
    return [
        (np.array(sorted(each)), np.array([each[value] for value in sorted(each)], np.int64))
        for each in found
    ]
