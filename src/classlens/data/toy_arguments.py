"""What the arguments of the toy problems may be: each is checked, and all problems told at once."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.arrays import any_array, real_array
from classlens.data.dataset import LARGEST_CLASS
from classlens.errors import ArgumentError, Problems, counted, short
from classlens.kinds import Kind, Number, Whole

# The upper bounds are the memory of a small machine, the most classes that a Dataset takes, what
# float32 can tell apart, and the largest seed that RandomState takes.
_CLASSES = Whole(2, LARGEST_CLASS + 1)
_DEVIATION = Number(0.0, 1e6)
_MOST_NUMBERS = 100_000_000
MOST_SAMPLES = 10_000_000
ARGUMENTS: Mapping[str, Kind] = MappingProxyType(
    {
        "samples": Whole(1, MOST_SAMPLES),
        "classes": _CLASSES,
        "noise": _DEVIATION,
        "seed": Whole(0, 2**32 - 1),
    }
)


class BlobArguments(NamedTuple):
    """The arguments of ``blobs``, checked.

    Attributes:
        samples: how many points.
        centers: the number of classes, or their centers, shape (classes, features).
        spread: a standard deviation for each class, shape (classes,).
        seed: decides the points.
    """

    samples: int
    centers: int | NDArray[np.float64]
    spread: NDArray[np.float64]
    seed: int


def check_arguments(problems: Problems, **given: Any) -> dict[str, Any]:
    """Those of the given arguments that are allowed, in their one form; the rest become problems.

    Args:
        problems: where to note what is wrong.
        given: values by their names in ``ARGUMENTS``.
    """
    allowed = {
        name: _noted(problems, kind.check, name, given[name])
        for name, kind in ARGUMENTS.items()
        if name in given
    }
    _check_shares(problems, allowed.get("samples"), allowed.get("classes"))
    return allowed


def check_blob_arguments(samples: Any, centers: Any, spread: Any, seed: Any) -> BlobArguments:
    """The arguments of ``blobs`` in their one form.

    Raises:
        ArgumentError: naming every argument that is not allowed, what is, and the value met.
    """
    problems = Problems()
    allowed = check_arguments(problems, samples=samples, seed=seed)
    middles = _noted(problems, _centers, "centers", centers)
    spreads = _noted(problems, _spreads, "spread", spread)
    classes = len(middles) if isinstance(middles, np.ndarray) else middles
    _check_shares(problems, allowed["samples"], classes)
    if isinstance(spreads, tuple) and classes not in (None, len(spreads)):
        problems.add(
            f"spread must be one number, or one for each of the {classes} classes. "
            f"Got {counted(len(spreads), 'number')} instead."
        )
    features = middles.shape[1] if isinstance(middles, np.ndarray) else 2
    if allowed["samples"] is not None and allowed["samples"] * features > _MOST_NUMBERS:
        problems.add(
            f"samples and features must make at most {_MOST_NUMBERS:,} numbers. "
            f"Got {allowed['samples']} samples of {features} features instead."
        )
    problems.raise_if_any(ArgumentError)
    return BlobArguments(
        allowed["samples"], middles, np.broadcast_to(spreads, classes), allowed["seed"]
    )


def _noted(problems: Problems, check: Callable[[str, Any], Any], name: str, value: Any) -> Any:
    """What the check makes of the value; None, and a problem noted, when it is not allowed."""
    try:
        return check(name, value)
    except ArgumentError as error:
        problems.add(str(error))
        return None


def _check_shares(problems: Problems, samples: int | None, classes: int | None) -> None:
    if samples is not None and classes is not None and samples < classes:
        problems.add(
            f"samples must be at least {classes}, one for each class. Got {samples} instead."
        )


def _centers(name: str, value: Any) -> int | NDArray[np.float64]:
    """The number of classes as an int, or the centers as an array."""
    given = any_array(value, name, ArgumentError)
    got = short(value)
    if given.ndim == 0:
        with contextlib.suppress(ArgumentError):  # told below, with the other form that is allowed
            return _CLASSES.check(name, value)
    else:
        given = real_array(given, name, ArgumentError)
        if given.ndim == 2 and given.shape[0] >= 2 and given.shape[1] >= 1:
            with np.errstate(over="ignore"):  # what overflows is refused just below
                finite = np.isfinite(given.astype(np.float32))
            if finite.all():
                return given.astype(np.float64)
            got = f"{given[~finite][0]} among them"
        else:
            got = f"the shape {given.shape}"
    raise ArgumentError(
        f"{name} must be {_CLASSES.range}, or coordinates, finite in float32, of the shape "
        f"(classes, features) for at least 2 classes. Got {got} instead."
    )


def _spreads(name: str, value: Any) -> float | tuple[float, ...]:
    """One standard deviation, or one for each class."""
    if isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.ndim):
        return tuple(
            _DEVIATION.check(f"{name} of class {index}", each) for index, each in enumerate(value)
        )
    return _DEVIATION.check(name, value)
