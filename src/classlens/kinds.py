"""What the value of a setting may be: how it is checked, and how it is read from text."""

from __future__ import annotations

import itertools
import math
import numbers
import operator
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from classlens.activations import ACTIVATIONS, Activation
from classlens.errors import ArgumentError, listed, one_of, short


class Kind(Protocol):
    """What a value may be: how it is checked, and how it is read from text."""

    @property
    def range(self) -> str:
        """What is allowed, in words that follow "must be"."""

    def check(self, name: str, value: Any) -> Any:
        """The value in its one form, or an ArgumentError that names it."""

    def read(self, text: str) -> Any:
        """What the text of a command line stands for; ``check`` judges it."""


def _refuse(name: str, kind: Kind, value: object) -> ArgumentError:
    return ArgumentError(f"{name} must be {kind.range}. Got {short(value)} instead.")


def _index(value: Any) -> int:
    """The whole number; Python itself takes True for 1."""
    if isinstance(value, bool):
        raise TypeError
    return operator.index(value)


@dataclass(frozen=True)
class Whole:
    """A whole number, of at least ``low`` and at most ``high`` where they are given."""

    low: int | None = None
    high: int | None = None

    @property
    def range(self) -> str:
        """What is allowed."""
        if self.low is None:
            return "a whole number"
        if self.high is None:
            return f"a whole number of at least {self.low}"
        return f"a whole number from {self.low:,} to {self.high:,}"

    def check(self, name: str, value: Any) -> int:
        """The value as an int."""
        try:
            whole = _index(value)
        except TypeError:
            raise _refuse(name, self, value) from None
        if (self.low is not None and whole < self.low) or (
            self.high is not None and whole > self.high
        ):
            raise _refuse(name, self, value)
        return whole

    def read(self, text: str) -> Any:
        """Digits stand for their number."""
        try:
            return int(text)
        except ValueError:
            return text


@dataclass(frozen=True)
class Number:
    """A finite real number between two bounds."""

    low: float
    high: float = math.inf
    low_allowed: bool = True

    @property
    def range(self) -> str:
        """What is allowed."""
        low = f"of at least {self.low:g}" if self.low_allowed else f"above {self.low:g}"
        return f"a finite number {low}" + (
            f" and below {self.high:g}" if self.high < math.inf else ""
        )

    def check(self, name: str, value: Any) -> float:
        """The value as a float."""
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise _refuse(name, self, value)
        try:
            number = float(value)
        except OverflowError:
            raise _refuse(name, self, value) from None
        above = number >= self.low if self.low_allowed else number > self.low
        if not (math.isfinite(number) and above and number < self.high):
            raise _refuse(name, self, value)
        return number

    def read(self, text: str) -> Any:
        """A numeral stands for its number."""
        try:
            return float(text)
        except ValueError:
            return text


_UNITS = {"": 1.0, "b": 1.0, "kb": 1e3, "mb": 1e6, "gb": 1e9, "tb": 1e12}
_BINARY_UNITS = {"kib": 2.0**10, "mib": 2.0**20, "gib": 2.0**30, "tib": 2.0**40}
_SIZE = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([a-z]*)")


@dataclass(frozen=True)
class Size:
    """An amount of memory of at least ``low`` bytes: a number of them, or a text such as 1.5GB."""

    low: float

    @property
    def range(self) -> str:
        """What is allowed."""
        return f"an amount of memory such as 1GB, of at least {self.low / 1e6:,.0f}MB"

    def check(self, name: str, value: Any) -> float:
        """The value in bytes."""
        amount = self.read(value) if isinstance(value, str) else value
        if isinstance(amount, bool) or not isinstance(amount, numbers.Real):
            raise _refuse(name, self, value)
        if not self.low <= float(amount) < math.inf:
            raise _refuse(name, self, value)
        return float(amount)

    def read(self, text: str) -> Any:
        """The bytes that the text says, or the text itself if it says none."""
        found = _SIZE.fullmatch(text.strip().lower())
        unit = {**_UNITS, **_BINARY_UNITS}.get(found[2]) if found else None
        return text if found is None or unit is None else float(found[1]) * unit


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    range: str = "True or False"

    def check(self, name: str, value: Any) -> bool:
        """The value as a bool."""
        try:
            known = value in (True, False)
        except Exception:  # an array or a missing value, which compare in ways of their own
            known = False
        if not known:
            raise _refuse(name, self, value)
        return bool(value)

    def read(self, text: str) -> Any:
        """Yes and no, in the usual spellings."""
        words = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
        return words.get(text.strip().lower(), text)


@dataclass(frozen=True)
class Word:
    """One of a few words."""

    choices: tuple[str, ...]

    @property
    def range(self) -> str:
        """What is allowed."""
        return f"one of {', '.join(self.choices)}"

    def check(self, name: str, value: Any) -> str:
        """The word itself."""
        if isinstance(value, str) and value in self.choices:
            return value
        raise ArgumentError(one_of(name, value, self.choices))

    def read(self, text: str) -> Any:
        """The text is the word."""
        return text


# Every layer is written out in the compiled program: 64 of them take seconds to compile, 1000 take
# minutes, and so deep a plain network learns nothing. The width is a bound on what is plausible;
# whether a network fits into the memory is judged where the data is known.
_MOST_LAYERS = 64
_MOST_UNITS = 1_000_000


@dataclass(frozen=True)
class Units:
    """The number of units of each hidden layer, or none at all."""

    range: str = (
        f"whole numbers from 1 to {_MOST_UNITS:,}, one for each of at most {_MOST_LAYERS} hidden "
        "layers, such as 8,8 (or none)"
    )

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        """The numbers as a tuple; a single number is one layer."""
        if isinstance(value, str):
            value = self.read(value)
        if isinstance(value, str | bytes | AbstractSet | Mapping):  # a set has no order
            raise _refuse(name, self, value)
        try:
            counts = [_index(value)]
        except TypeError:
            try:
                # One more than are allowed, since what is given may never end.
                counts = [_index(count) for count in itertools.islice(value, _MOST_LAYERS + 1)]
            except TypeError:
                raise _refuse(name, self, value) from None
        if len(counts) > _MOST_LAYERS or any(not 1 <= count <= _MOST_UNITS for count in counts):
            raise _refuse(name, self, value)
        return tuple(counts)

    def read(self, text: str) -> Any:
        """``8,8`` is two layers, ``none`` is a network without hidden layers."""
        if text.strip().lower() == "none":
            return ()
        try:
            return tuple(int(part) for part in text.split(","))
        except ValueError:
            return text


@dataclass(frozen=True)
class ActivationWords:
    """An activation for all hidden layers, or one for each."""

    range: str = f"one of {', '.join(ACTIVATIONS)} (or one for each hidden layer)"

    def check(self, name: str, value: Any) -> tuple[str, ...]:  # noqa: ARG002
        """The words in their full form, such as ``leaky_relu(0.2)``."""
        if isinstance(value, str):
            value = self.read(value)
        given = [value] if isinstance(value, Activation) else value
        if not isinstance(given, Sequence):
            raise ArgumentError(one_of("activation", value, list(ACTIVATIONS)))
        return tuple(str(Activation.parse(word)) for word in given)

    def read(self, text: str) -> Any:
        """``relu`` or ``relu,tanh``."""
        return tuple(part.strip() for part in text.split(","))


_CLASS_NUMBER = Whole(0, 10**9)


@dataclass(frozen=True)
class ClassWeights:
    """A weight for each class."""

    range: str = "'balanced', or a weight of at least 0 for each class, such as c0=2,c1=1"

    def check(self, name: str, value: Any) -> str | dict[str, float]:
        """``balanced``, or a dict from a class (its name or its number, as text) to its weight."""
        if isinstance(value, str):
            if value == "balanced":
                return value
            raise _refuse(name, self, value)
        if not isinstance(value, Mapping) or not value:
            raise _refuse(name, self, value)
        weights: dict[str, float] = {}
        for key, weight in value.items():
            each = self._class(name, key)
            if each in weights:
                raise ArgumentError(
                    f"{name} must name each class once. Got {short(each)} twice, as a number and "
                    "as text."
                )
            weights[each] = Number(0.0).check(f"{name} of class {listed([each])}", weight)
        return weights

    def _class(self, name: str, key: Any) -> str:
        """The name or the number of a class as text."""
        if isinstance(key, str):
            return key
        try:
            return str(_CLASS_NUMBER.check("class", key))
        except ArgumentError:
            raise ArgumentError(
                f"{name} must name classes, by their names or by their numbers 0, 1, ... "
                f"Got {short(key)} instead."
            ) from None

    def read(self, text: str) -> Any:
        """``balanced``, or ``c0=2,c1=1``."""
        parts = text.split(",")
        if not all("=" in part for part in parts):
            return text
        pairs = (part.rpartition("=") for part in parts)
        return {key.strip(): Number(0.0).read(value) for key, _, value in pairs}
