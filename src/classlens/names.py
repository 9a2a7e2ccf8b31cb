"""Lists of names of classes, features and layers: those from outside, and the lab's."""

from __future__ import annotations

import numbers
from collections import Counter
from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np

from classlens.errors import ArgumentError, short


def names_from(what: str, values: Any) -> tuple[str, ...]:
    """The names as a tuple of words; numbers become words.

    Args:
        what: whose they are, for the message.
        values: a list, a tuple, an array or another collection in an order.

    Raises:
        ArgumentError: if it is no such thing, an entry is no name, or two are alike.

    Example:
        >>> names_from("classes", np.array([3, 1]))
        ('3', '1')
    """
    # A word is a collection of letters, and a set has no order.
    if (
        isinstance(values, str | bytes | AbstractSet | Mapping)
        or not isinstance(values, Collection)
        or (isinstance(values, np.ndarray) and values.ndim != 1)
    ):
        raise ArgumentError(f"{what} must be a list of names. Got {short(values)} instead.")
    names = tuple(_name(what, place, value) for place, value in enumerate(values))
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ArgumentError(f"{what} must differ from each other. Got {short(twice[0])} twice.")
    return names


def _name(what: str, place: int, value: Any) -> str:
    if isinstance(value, str | numbers.Real | np.bool_):
        try:
            return str(value)
        except ValueError:  # an integer of 5000 digits
            pass
    raise ArgumentError(f"{what} must hold words. Got {short(value)} at place {place} instead.")


def layer_names(depth: int) -> list[str]:
    """The lab's names: L1, L2, ..."""
    return [f"L{number}" for number in range(1, depth + 1)]


def class_names(count: int) -> list[str]:
    """The lab's names: c0, c1, ..."""
    return [f"c{number}" for number in range(count)]


def feature_names(count: int) -> tuple[str, ...]:
    """What features are called that have no names: x0, x1, ..."""
    return tuple(f"x{number}" for number in range(count))
