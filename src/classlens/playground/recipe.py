"""Recipe: all that decides a model, as the page sends it, checked before anything is done."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.data.inputs import PLAIN, Inputs
from classlens.data.shipped import SHIPPED
from classlens.data.toys import TOYS
from classlens.errors import ArgumentError, did_you_mean, one_of, short
from classlens.kinds import Flag, Kind, Number, Whole
from classlens.names import class_names
from classlens.settings import Settings

# What a page may ask for. A person's own machine does the work, so the limits are those of what can
# be looked at; Python and the command line have none of them.
MOST_CLASSES = 12
MOST_POINTS = 5_000
MOST_LAYERS = 8
MOST_UNITS = 256
MOST_EPOCHS = 20_000

# The toys' arguments, as a page may choose them.
TOY_ARGUMENTS: Mapping[str, Kind] = MappingProxyType(
    {
        "samples": Whole(2, MOST_POINTS),
        "classes": Whole(2, MOST_CLASSES),
        "noise": Number(0.0, 10.0),
        "seed": Whole(0, 2**32 - 1),
    }
)

# The sources of samples that are not a toy's or a shipped table's name.
OWN, FILE, GIVEN = "own", "file", "given"


@dataclass(frozen=True, eq=False)
class Recipe:
    """All that decides a model.

    Attributes:
        source: where the samples are from: a toy's or a shipped table's name, ``own`` for points
            that came along, ``file`` for a table that was read, ``given`` for what the page was
            opened with.
        arguments: the toy's, or the table's ``table`` and ``target``.
        points: the samples that came along, or None.
        inputs: what the network is given of a point of the plane.
        standardise: whether features are brought to one scale for the training.
        settings: how the network is built and trained.
    """

    source: str
    arguments: Mapping[str, Any]
    points: Dataset | None
    inputs: Inputs
    standardise: bool
    settings: Settings

    @classmethod
    def of(cls, given: object) -> Recipe:
        """The recipe of a request.

        Raises:
            ArgumentError: if a part is missing, unknown, or beyond its limit.
            DataError: if points cannot be used.
        """
        parts = mapping(given, "recipe", ("data", "inputs", "standardise", "settings"))
        data = mapping(parts.get("data"), "data", None)
        source = data.get("source")
        arguments = {name: value for name, value in data.items() if name != "source"}
        points = None
        if isinstance(source, str) and source in TOYS:
            arguments = _toy_arguments(arguments)
        elif source == OWN:
            points, arguments = _own_points(arguments), {}
        elif source == FILE:
            mapping(arguments, "data", ("table", "target", "missing"))
        elif source == GIVEN or (isinstance(source, str) and source in SHIPPED):
            mapping(arguments, "data", ())
        else:
            raise ArgumentError(one_of("source", source, [*TOYS, *SHIPPED, OWN, FILE, GIVEN]))
        return cls(
            source,
            arguments,
            points,
            Inputs(tuple(_list(parts.get("inputs", PLAIN), "inputs"))),
            Flag().check("standardise", parts.get("standardise", False)),
            _settings(mapping(parts.get("settings", {}), "settings", None)),
        )

    @property
    def key(self) -> str:
        """The same for equal recipes."""
        points = self.points
        drawn = None
        if points is not None:
            names = (points.class_names, points.feature_names)
            drawn = (points.X.tobytes(), points.y.tobytes(), *names)
        parts = (self.source, sorted(self.arguments.items()), drawn, self.inputs.names)
        return repr((*parts, self.standardise, sorted(vars(self.settings).items())))

    def with_seed(self, seed: int) -> Recipe:
        """The same with another seed."""
        return replace(self, settings=replace(self.settings, seed=seed))


def mapping(given: object, name: str, keys: tuple[str, ...] | None) -> dict[str, Any]:
    """A part of a request that is an object, with no other keys than these.

    Raises:
        ArgumentError: if it is none, or has another key.
    """
    if not isinstance(given, Mapping):
        raise ArgumentError(f"{name} must be an object. Got {short(given)} instead.")
    for key in given:
        if keys is not None and key not in keys:
            raise ArgumentError(f"{name} has no {short(key)}." + did_you_mean(str(key), keys))
    return dict(given)


def _list(given: object, name: str) -> list[Any]:
    if not isinstance(given, list | tuple):
        raise ArgumentError(f"{name} must be a list. Got {short(given)} instead.")
    return list(given)


def _toy_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    mapping(given, "data", tuple(TOY_ARGUMENTS))
    return {name: TOY_ARGUMENTS[name].check(name, value) for name, value in given.items()}


def _own_points(given: Mapping[str, Any]) -> Dataset:
    """Points of the plane: their coordinates in base64, a class each, and all their names."""
    parts = mapping(given, "data", ("X", "y", "classes", "names", "features"))
    X = numbers(parts.get("X"), "X")
    y = _list(parts.get("y"), "y")
    if len(X) != 2 * len(y):
        raise ArgumentError(
            f"X must hold two numbers for each of the {len(y)} points. Got {len(X)} instead."
        )
    if not 0 < len(y) <= MOST_POINTS:
        raise ArgumentError(f"there must be 1 to {MOST_POINTS:,} points. Got {len(y):,} instead.")
    classes = Whole(1, MOST_CLASSES).check("classes", parts.get("classes"))
    names = tuple(_list(parts.get("names", class_names(classes)), "names"))
    if len(names) != classes:
        raise ArgumentError(
            f"names must be one for each of the {classes} classes. Got {len(names)} instead."
        )
    features = tuple(_list(parts.get("features", ()), "features"))
    return Dataset(X.reshape(-1, 2), y, names, features)  # type: ignore[arg-type]


def numbers(text: Any, name: str) -> NDArray[np.float32]:
    """Numbers as the page sends them: float32, little-endian, in base64.

    Raises:
        ArgumentError: if it is something else.
    """
    try:
        return np.frombuffer(base64.b64decode(text.encode(), validate=True), "<f4")
    except (AttributeError, ValueError):  # no text, no base64, no whole numbers
        raise ArgumentError(
            f"{name} must be numbers of 4 bytes in base64. Got {short(text)} instead."
        ) from None


def _settings(given: Mapping[str, Any]) -> Settings:
    settings = Settings.of(given)
    if len(settings.hidden) > MOST_LAYERS or max(settings.hidden, default=1) > MOST_UNITS:
        raise ArgumentError(
            f"hidden may have at most {MOST_LAYERS} layers of at most {MOST_UNITS} units here. "
            f"Got {list(settings.hidden)} instead. In Python there is no such limit."
        )
    if settings.epochs > MOST_EPOCHS:
        raise ArgumentError(
            f"epochs may be at most {MOST_EPOCHS:,} here. Got {settings.epochs:,} instead. "
            "In Python there is no such limit."
        )
    if settings.seed is None:
        raise ArgumentError("seed must be a whole number here, so that the model can come again.")
    return settings
