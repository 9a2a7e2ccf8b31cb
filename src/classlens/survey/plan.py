"""Plan: which networks a sweep trains, in which order, and in which parts."""

from __future__ import annotations

import hashlib
import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, Problems, did_you_mean, short
from classlens.kinds import Whole
from classlens.settings import SETTINGS, Settings
from classlens.training.group import VARIED, Group
from classlens.training.lanes import LANES

MOST_NETWORKS = 1_000_000_000
# The order of the samples that all networks share, where nothing is said: the lab's.
ORDER_SEED = 1234
# Of each number of a network so many are held at once, and a part's may take this much memory.
_NUMBERS = 24
_PART_BYTES = 1 << 28
_MOST_ROWS = 2048


class Part(NamedTuple):
    """A part of a sweep: networks that are trained together, and whose rows are written at once.

    Attributes:
        number: counted from 0.
        first: the number of its first network.
        group: the networks.
    """

    number: int
    first: int
    group: Group


@dataclass(frozen=True, eq=False)
class Plan:
    """Which networks a sweep trains.

    Their numbers count seeds fastest, then the grid's settings that need no other program, then
    the rest.

    Attributes:
        settings: what they share.
        grid: settings with several values, each of which goes with each.
        seeds: how many seeds each combination is trained with: 0 to seeds - 1.
        own_order: whether each network draws the order of the samples, and the held-out parts, from
            its own seed; otherwise all share those of ``settings.shuffle_seed``.

    Example:
        >>> plan = Plan.of(10, {"epochs": 5}, {"hidden": [2, 3]})
        >>> len(plan), plan.settings_of(13).hidden, plan.settings_of(13).seed
        (20, (3,), 3)
    """

    settings: Settings
    grid: Mapping[str, tuple[Any, ...]]
    seeds: int
    own_order: bool = False

    @classmethod
    def of(
        cls,
        seeds: int,
        options: Mapping[str, Any],
        grid: Mapping[str, Sequence[Any]],
        *,
        own_order: bool = False,
    ) -> Plan:
        """A plan from its parts, checked.

        Args:
            seeds: how many.
            options: settings as for ``fit``; a seed is none of them.
            grid: for a setting's name, its values.
            own_order: as the attribute.

        Raises:
            ArgumentError: naming everything that is not allowed.
        """
        problems = Problems()
        seeds = Whole(1, MOST_NETWORKS).check("seeds", seeds)
        values: dict[str, tuple[Any, ...]] = {}
        for name, choices in grid.items():
            try:
                values[name] = _values(name, choices)
            except ArgumentError as error:
                problems.add(str(error))
            if name in options:
                problems.add(f"{name} is given by itself and in the grid. Leave one out.")
        if "seed" in options:
            problems.add("a sweep draws its own seeds, 0 and up. Say how many with seeds.")
        if own_order and options.get("shuffle_seed") is not None:
            problems.add(
                "shuffle_seed is the one of all networks. Got own_order too: leave one out."
            )
        problems.raise_if_any(ArgumentError)
        order = None if own_order else ORDER_SEED
        given = {"shuffle_seed": order, **options, "seed": 0}
        plan = cls(Settings.of(given), values, seeds, own_order)
        if len(plan) > MOST_NETWORKS:
            raise ArgumentError(
                f"a sweep may have at most {MOST_NETWORKS:,} networks. Got {len(plan):,} instead."
            )
        for shape in plan._shapes:  # what does not go together is refused before anything is done
            for varied in plan._varied:
                replace(shape, **varied)
        return plan

    def __len__(self) -> int:
        return self.seeds * math.prod(len(values) for values in self.grid.values())

    @cached_property
    def _shapes(self) -> list[Settings]:
        """The settings of each group of networks that one program trains."""
        return [
            replace(self.settings, **choice)
            for choice in _choices({k: v for k, v in self.grid.items() if k not in VARIED})
        ]

    @cached_property
    def _varied(self) -> list[dict[str, Any]]:
        return list(_choices({k: v for k, v in self.grid.items() if k in VARIED}))

    def settings_of(self, network: int) -> Settings:
        """What ``fit`` makes a network of.

        Args:
            network: its number, counted from 0.

        Raises:
            ArgumentError: if there is none of that number.
        """
        network = Whole(0, len(self) - 1).check("network", network)
        shape, row = divmod(network, self.seeds * len(self._varied))
        return self._group(shape, row, row + 1).settings_of(0)

    def parts(self, data: Dataset) -> Iterator[Part]:
        """The parts, in their order.

        Args:
            data: what the networks are trained on.
        """
        number = 0
        rows = self.seeds * len(self._varied)
        for shape, settings in enumerate(self._shapes):
            step = _rows_at_once(settings, data)
            for low in range(0, rows, step):
                group = self._group(shape, low, min(low + step, rows))
                yield Part(number, shape * rows + low, group)
                number += 1

    def part_count(self, data: Dataset) -> int:
        """How many parts there are.

        Args:
            data: what the networks are trained on.
        """
        rows = self.seeds * len(self._varied)
        return sum(-(-rows // _rows_at_once(settings, data)) for settings in self._shapes)

    def _group(self, shape: int, low: int, high: int) -> Group:
        choice, seed = np.divmod(np.arange(low, high), self.seeds)
        names = [name for name in self.grid if name in VARIED]
        varied = {
            name: np.array([each[name] for each in self._varied], np.float64)[choice]
            for name in names
        }
        order = None if self.own_order else self._shapes[shape].order_seed
        return Group(self._shapes[shape], seed, order, varied)

    def fingerprint(self, data: Dataset) -> dict[str, Any]:
        """What decides the rows of a sweep, as JSON, for one that goes on to be compared with."""
        settings = {k: v for k, v in vars(self.settings).items() if k not in self.grid}
        drawn = hashlib.sha256(data.X.tobytes() + data.y.tobytes())
        drawn.update(json.dumps([data.class_names, data.feature_names]).encode())
        said: dict[str, Any] = json.loads(json.dumps({**settings, "grid": self.grid}, default=dict))
        return {
            **said,
            "seeds": self.seeds,
            "own_order": self.own_order,
            "the data": drawn.hexdigest(),
        }


def _values(name: str, choices: Sequence[Any]) -> tuple[Any, ...]:
    if name not in SETTINGS:
        raise ArgumentError(f"there is no setting {short(name)}." + did_you_mean(name, SETTINGS))
    if name in ("seed", "shuffle_seed", "history_megabytes"):
        raise ArgumentError(f"{name} cannot be in a grid. Choose another setting.")
    if isinstance(choices, str) or not isinstance(choices, Sequence) or not choices:
        raise ArgumentError(
            f"the grid's {name} must be a list of values. Got {short(choices)} instead."
        )
    values = tuple(SETTINGS[name].check(value) for value in choices)
    for value in values:
        if values.count(value) > 1:
            raise ArgumentError(f"the grid's {name} has {short(value)} twice. Leave one out.")
    return values


def _choices(grid: Mapping[str, tuple[Any, ...]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*grid.values()):
        yield dict(zip(grid, values, strict=True))


def _rows_at_once(settings: Settings, data: Dataset) -> int:
    sizes = (data.features, *settings.hidden, data.classes)
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    activations = min(settings.batch_size, len(data)) * sum(sizes)
    rows = _PART_BYTES // (4 * (_NUMBERS * parameters + 6 * activations))
    return min(_MOST_ROWS, max(1, rows - rows % LANES if rows > LANES else rows))
