"""Plan: which networks a sweep trains, in which order, and in which parts."""

from __future__ import annotations

import bisect
import hashlib
import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, Problems, short
from classlens.kinds import Flag, Whole
from classlens.settings import Settings
from classlens.survey.choices import MOST_CHOICES, Block, Grid, Range, blocks, values_of
from classlens.training.group import Group
from classlens.training.lanes import LANES
from classlens.training.prepare import parts_of

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
        sample: how many of the grid's combinations are trained, drawn at random; None for all.
        sample_seed: decides which.

    Example:
        >>> plan = Plan.of(10, {"epochs": 5}, {"hidden": [2, 3]})
        >>> len(plan), plan.settings_of(13).hidden, plan.settings_of(13).seed
        (20, (3,), 3)
        >>> drawn = Plan.of(1, {}, {"learning_rate": "0.001:0.1"}, sample=3)
        >>> [round(drawn.settings_of(k).learning_rate, 3) for k in range(3)]
        [0.033, 0.003, 0.006]
    """

    settings: Settings
    grid: Grid
    seeds: int
    own_order: bool = False
    sample: int | None = None
    sample_seed: int = 0

    @classmethod
    def of(
        cls,
        seeds: int,
        options: Mapping[str, Any],
        grid: Mapping[str, Any],
        *,
        own_order: bool = False,
        sample: int | None = None,
        sample_seed: int = 0,
    ) -> Plan:
        """A plan from its parts, checked.

        Args:
            seeds: how many.
            options: settings as for ``fit``; a seed is none of them.
            grid: for a setting's name, its values.
            own_order: as the attribute, as are the others.
            sample: how many choices to draw.
            sample_seed: which.

        Raises:
            ArgumentError: naming everything that is not allowed.
        """
        seeds = Whole(1, MOST_NETWORKS).check("seeds", seeds)
        own_order = Flag().check("own_order", own_order)
        if sample is not None:
            sample = Whole(1, MOST_CHOICES).check("sample", sample)
        sample_seed = Whole(0, 2**63 - 1).check("sample_seed", sample_seed)
        values = _checked(options, grid, own_order=own_order)
        order = None if own_order else ORDER_SEED
        given = {"shuffle_seed": order, **options, "seed": 0}
        plan = cls(Settings.of(given), values, seeds, own_order, sample, sample_seed)
        if len(plan) > MOST_NETWORKS:
            raise ArgumentError(
                f"a sweep may have at most {MOST_NETWORKS:,} networks. Got {len(plan):,} instead."
            )
        for shape in plan._shapes:  # what does not go together is refused before anything is done
            for name, each in values.items():
                for value in (each.low, each.high) if isinstance(each, Range) else each:
                    if name in plan._varied:
                        replace(shape, **{name: value})
        return plan

    def __len__(self) -> int:
        return self.seeds * sum(len(block.varied) for block in self._blocks)

    @cached_property
    def _blocks(self) -> list[Block]:
        return blocks(self.grid, self.sample, self.sample_seed)

    @cached_property
    def _shapes(self) -> list[Settings]:
        """The settings of each block, but for what varies in it."""
        return [replace(self.settings, **block.shape) for block in self._blocks]

    @cached_property
    def _firsts(self) -> list[int]:
        """The number of each block's first network."""
        rows = (self.seeds * len(block.varied) for block in self._blocks)
        return list(itertools.accumulate(rows, initial=0))

    @property
    def _varied(self) -> tuple[str, ...]:
        """The names of what varies within a block."""
        return tuple(self._blocks[0].varied[0])

    def choices(self) -> Iterator[dict[str, Any]]:
        """The grid's settings of each choice, in the order of the networks' numbers.

        A network's choice is its number divided by ``seeds``, rounded down.
        """
        for block in self._blocks:
            for varied in block.varied:
                yield {name: {**block.shape, **varied}[name] for name in self.grid}

    def settings_of(self, network: int) -> Settings:
        """What ``fit`` makes a network of.

        Args:
            network: its number, counted from 0.

        Raises:
            ArgumentError: if there is none of that number.
        """
        network = Whole(0, len(self) - 1).check("network", network)
        ((_, group),) = self.groups_of([network])
        return group.settings_of(0)

    def parts(self, data: Dataset) -> Iterator[Part]:
        """The parts, in their order.

        Args:
            data: what the networks are trained on.
        """
        number = 0
        for block, settings in enumerate(self._shapes):
            step = _rows_at_once(settings, data)
            for low in range(self._firsts[block], self._firsts[block + 1], step):
                high = min(low + step, self._firsts[block + 1])
                yield Part(number, low, self._group(block, np.arange(low, high)))
                number += 1

    def part_count(self, data: Dataset) -> int:
        """How many parts there are.

        Args:
            data: what the networks are trained on.
        """
        return sum(
            -(-(high - low) // _rows_at_once(settings, data))
            for settings, (low, high) in zip(
                self._shapes, itertools.pairwise(self._firsts), strict=True
            )
        )

    def held_out(self, data: Dataset) -> int | None:
        """How many samples each network holds out; None where the settings differ in that.

        Args:
            data: what the networks are trained on.
        """
        fractions = {(each.test_fraction, each.validation_fraction) for each in self._shapes}
        if len(fractions) > 1:
            return None
        settings = self.settings_of(0)
        assert settings.order_seed is not None  # noqa: S101 - for the type checker
        rows = parts_of(data.y, settings, settings.order_seed).training
        return 0 if rows is None else len(data) - len(rows)

    def groups_of(self, networks: Sequence[int]) -> Iterator[tuple[list[int], Group]]:
        """Some of the networks, those of one program together: their numbers, and the group.

        Args:
            networks: their numbers.
        """
        owners = [bisect.bisect_right(self._firsts, network) - 1 for network in networks]
        for block in dict.fromkeys(owners):
            own = [n for n, owner in zip(networks, owners, strict=True) if owner == block]
            yield own, self._group(block, np.array(own))

    def _group(self, block: int, networks: NDArray[np.int64]) -> Group:
        choice, seed = np.divmod(networks - self._firsts[block], self.seeds)
        choices = self._blocks[block].varied
        varied = {
            name: np.array([choices[k][name] for k in choice.tolist()], np.float64)
            for name in self._varied
        }
        order = None if self.own_order else self._shapes[block].order_seed
        return Group(self._shapes[block], seed, order, varied)

    def fingerprint(self, data: Dataset) -> dict[str, Any]:
        """What decides the rows of a sweep, as JSON, for one that goes on to be compared with."""
        settings = {k: v for k, v in vars(self.settings).items() if k not in self.grid}
        drawn = hashlib.sha256(data.X.tobytes() + data.y.tobytes())
        drawn.update(json.dumps([data.class_names, data.feature_names]).encode())
        grid = {k: str(v) if isinstance(v, Range) else v for k, v in self.grid.items()}
        said: dict[str, Any] = json.loads(json.dumps({**settings, "grid": grid}, default=dict))
        return {
            **said,
            "seeds": self.seeds,
            "own_order": self.own_order,
            "sample": self.sample,
            "sample_seed": self.sample_seed,
            "the data": drawn.hexdigest(),
        }


def _checked(options: Mapping[str, Any], grid: Any, *, own_order: bool) -> Grid:
    """The grid's values; what is wrong with them, and with the rest, is said at once."""
    problems = Problems()
    values: dict[str, tuple[Any, ...] | Range] = {}
    if not isinstance(grid, Mapping):
        raise ArgumentError(
            "grid must be a mapping from settings to lists of values, such as "
            f"{{'hidden': [2, 3]}}. Got {short(grid)} instead."
        )
    for name, choices in grid.items():
        try:
            values[name] = values_of(name, choices)
        except ArgumentError as error:
            problems.add(str(error))
        if name in options:
            problems.add(f"{name} is given by itself and in the grid. Leave one out.")
    if "seed" in options:
        problems.add("a sweep draws its own seeds, 0 and up. Say how many with seeds.")
    if own_order and options.get("shuffle_seed") is not None:
        problems.add("shuffle_seed is the one of all networks. Got own_order too: leave one out.")
    problems.raise_if_any(ArgumentError)
    return values


def _rows_at_once(settings: Settings, data: Dataset) -> int:
    sizes = (data.features, *settings.hidden, data.classes)
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    activations = min(settings.batch_size, len(data)) * sum(sizes)
    rows = _PART_BYTES // (4 * (_NUMBERS * parameters + 6 * activations))
    return min(_MOST_ROWS, max(1, rows - rows % LANES if rows > LANES else rows))
