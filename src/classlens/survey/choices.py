"""Which settings a sweep tries: each value with each other, or some drawn from all of them."""

from __future__ import annotations

import itertools
import json
import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from classlens.errors import ArgumentError, did_you_mean, short
from classlens.settings import SETTINGS
from classlens.training.group import VARIED

MOST_CHOICES = 100_000
# Where a range's numbers are drawn by their logarithm: 0.001 to 0.01 as often as 0.01 to 0.1.
LOGARITHMIC = ("learning_rate", "weight_decay", "l1")


@dataclass(frozen=True)
class Range:
    """The numbers from ``low`` to ``high``, of which some are drawn.

    Attributes:
        low: the least of them.
        high: the largest.
        logarithmic: whether their logarithm is drawn evenly, rather than they themselves.

    Example:
        >>> round(Range(0.001, 0.1, logarithmic=True).at(0.5), 9), str(Range(0.0, 0.9))
        (0.01, '0.0:0.9')
    """

    low: float
    high: float
    logarithmic: bool = False

    def at(self, share: float) -> float:
        """The number that this share of what is drawn lies below."""
        if self.logarithmic:
            low, high = math.log(self.low), math.log(self.high)
            return min(max(math.exp(low + share * (high - low)), self.low), self.high)
        return self.low + share * (self.high - self.low)

    def __str__(self) -> str:
        return f"{self.low!r}:{self.high!r}"


Grid = Mapping[str, tuple[Any, ...] | Range]


class Block(NamedTuple):
    """Choices of settings that one program trains.

    Attributes:
        shape: the settings that decide the program.
        varied: the others, one dict for each choice.
    """

    shape: Mapping[str, Any]
    varied: Sequence[Mapping[str, Any]]


def values_of(name: str, choices: Any) -> tuple[Any, ...] | Range:
    """What a grid has for a setting: a list of values, or a range as text, such as ``0.001:0.1``.

    Raises:
        ArgumentError: if it is neither, or a value is not allowed or there twice.
    """
    if name not in SETTINGS:
        raise ArgumentError(f"there is no setting {short(name)}." + did_you_mean(name, SETTINGS))
    if name in ("seed", "shuffle_seed", "history_megabytes"):
        raise ArgumentError(f"{name} cannot be in a grid. Choose another setting.")
    if isinstance(choices, str) and ":" in choices:
        return _range(name, choices)
    if isinstance(choices, str) or not isinstance(choices, Sequence) or not choices:
        raise ArgumentError(
            f"the grid's {name} must be a list of values. Got {short(choices)} instead."
        )
    values = tuple(SETTINGS[name].check(value) for value in choices)
    for value in values:
        if values.count(value) > 1:
            raise ArgumentError(f"the grid's {name} has {short(value)} twice. Leave one out.")
    return values


def _range(name: str, text: str) -> Range:
    if name not in VARIED:
        raise ArgumentError(
            f"{name} cannot be drawn from a range, only {', '.join(VARIED)} can. "
            f"Got {short(text)}: list its values instead."
        )
    try:
        low, high = (float(part) for part in text.split(":"))
    except ValueError:
        raise ArgumentError(
            f"the range of {name} must be LOW:HIGH, such as 0.001:0.1. Got {short(text)} instead."
        ) from None
    low, high = SETTINGS[name].check(low), SETTINGS[name].check(high)
    logarithmic = name in LOGARITHMIC
    if not low < high or (logarithmic and low == 0):
        least = "LOW above 0, as it is drawn by its logarithm, and " if logarithmic else ""
        raise ArgumentError(
            f"the range of {name} must have {least}HIGH above LOW. Got {short(text)} instead."
        )
    return Range(low, high, logarithmic)


def blocks(grid: Grid, sample: int | None, seed: int) -> list[Block]:
    """The choices, those of one program together.

    Args:
        grid: for each setting its values.
        sample: how many choices to draw; None takes all.
        seed: decides which.

    Raises:
        ArgumentError: if there are too many, fewer than are to be drawn, or no end of them.
    """
    ranges = {name: values for name, values in grid.items() if isinstance(values, Range)}
    lists = {name: values for name, values in grid.items() if not isinstance(values, Range)}
    count = math.prod(len(values) for values in lists.values())
    if sample is None:
        if ranges:
            name, values = next(iter(ranges.items()))
            raise ArgumentError(
                f"{name} is a range, {values}: say with sample how many choices of settings to "
                "draw from it."
            )
        if count > MOST_CHOICES:
            raise ArgumentError(
                f"a sweep may try at most {MOST_CHOICES:,} choices of settings. Got {count:,} "
                "instead: draw some of them with sample."
            )
        shapes = _every({name: v for name, v in lists.items() if name not in VARIED})
        varied = list(_every({name: v for name, v in lists.items() if name in VARIED}))
        return [Block(shape, varied) for shape in shapes]
    if not ranges and sample > count:
        raise ArgumentError(
            f"sample must be at most {count:,}, as many as the grid has choices. Got {sample:,} "
            "instead."
        )
    drawn = random.Random(seed)  # noqa: S311 - reproducibility is the purpose here, not secrecy
    found: dict[tuple[Any, ...], Block] = {}
    numbers = _repeated(drawn, count, sample) if ranges else _once(drawn, count, sample)
    for number in numbers:
        choice = _choice(lists, number)
        choice |= {name: values.at(drawn.random()) for name, values in ranges.items()}
        shape = {name: choice[name] for name in grid if name not in VARIED}
        own = {name: choice[name] for name in grid if name in VARIED}
        place = tuple(lists[name].index(value) for name, value in shape.items())
        found.setdefault(place, Block(shape, [])).varied.append(own)  # type: ignore[attr-defined]
    return [block for _, block in sorted(found.items(), key=lambda each: each[0])]


def cell(name: str, value: Any) -> Any:
    """A setting's value as it stands in the table."""
    if name in ("hidden", "activation"):
        return ",".join(map(str, value))
    if name == "class_weight" and isinstance(value, Mapping):
        return json.dumps(dict(value))
    return value


def _every(lists: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    for values in itertools.product(*lists.values()):
        yield dict(zip(lists, values, strict=True))


def _choice(lists: Mapping[str, Sequence[Any]], number: int) -> dict[str, Any]:
    """The choice of a number, counted as digits are."""
    choice = {}
    for name, values in lists.items():
        number, digit = divmod(number, len(values))
        choice[name] = values[digit]
    return choice


# Of Python's generator only random() is promised to stay the same: so it alone is used.


def _repeated(drawn: random.Random, count: int, sample: int) -> Iterator[int]:
    for _ in range(sample):
        yield int(drawn.random() * count)


def _once(drawn: random.Random, count: int, sample: int) -> Iterator[int]:
    """So many of 0 to count - 1, none twice: the beginning of a Fisher-Yates shuffle."""
    moved: dict[int, int] = {}
    for place in range(sample):
        other = place + int(drawn.random() * (count - place))
        yield moved.get(other, other)
        moved[other] = moved.get(place, place)
