"""What a live page begins with: every choice that it offers, and the first recipe."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from classlens.activations import ACTIVATIONS
from classlens.data.dataset import Dataset
from classlens.data.inputs import INPUTS, PLAIN
from classlens.data.shipped import SHIPPED
from classlens.data.toys import SAMPLES, SEED, TOYS
from classlens.kinds import Flag, Kind, Number, Whole, Word
from classlens.playground.recipe import (
    GIVEN,
    MOST_CLASSES,
    MOST_EPOCHS,
    MOST_LAYERS,
    MOST_POINTS,
    MOST_UNITS,
)
from classlens.playground.tables import MOST_BYTES
from classlens.playground.trial import Given
from classlens.settings import SETTINGS, Settings
from classlens.suiting import SUITING_TABLES, suited
from classlens.tabular.preparing import Prepared
from classlens.view import palette

# The settings that the page has a control for, in the order of its panel.
_SHOWN = (
    "optimizer",
    "learning_rate",
    "momentum",
    "schedule",
    "epochs",
    "batch_size",
    "weight_decay",
    "l1",
    "validation_fraction",
    "patience",
)


def welcome(
    given: Given | None = None, name: str = "", settings: Settings | None = None
) -> dict[str, Any]:
    """The choices, their ranges and defaults, and the recipe to begin with.

    Args:
        given: the samples or the table that the page is opened with.
        name: what they are called; without them a data set's name, by default ``blobs``.
        settings: what was trained already with these samples, as they are.

    Example:
        >>> sorted(welcome()["limits"])
        ['bytes', 'classes', 'epochs', 'layers', 'points', 'units']
    """
    return {
        "datasets": [*_given(given, name), *_toys(), *_shipped()],
        "settings": {name: _described(name) for name in _SHOWN},
        "activations": list(ACTIVATIONS),
        "inputs": list(INPUTS),
        "looks": [asdict(palette.look(k)) for k in range(MOST_CLASSES)],
        "limits": {
            "points": MOST_POINTS,
            "classes": MOST_CLASSES,
            "layers": MOST_LAYERS,
            "units": MOST_UNITS,
            "epochs": MOST_EPOCHS,
            "bytes": MOST_BYTES,
        },
        "recipe": {
            "data": _first_data(given, name or "blobs"),
            "inputs": list(PLAIN),
            "standardise": settings is None and _first_scaled(given, name),
            "settings": _plain(settings or _first_settings(given)),
        },
    }


def _first_data(given: Given | None, name: str) -> dict[str, Any]:
    if given is not None:
        return {"source": GIVEN}
    return {"source": name, **(_toy_defaults(name) if name in TOYS else {})}


def _first_settings(given: Given | None) -> Settings:
    if isinstance(given, Prepared):
        rows = len(given.labels.codes)
        return suited({**vars(Settings()), **SUITING_TABLES}, samples=rows, copies=rows)
    return Settings()


def _first_scaled(given: Given | None, name: str) -> bool:
    """Features of different units are brought to one scale; pixels, and a table by itself, are."""
    if isinstance(given, Dataset):
        return given.image_shape is None
    return given is None and name in SHIPPED and SHIPPED[name].image_shape is None


def _plain(settings: Settings) -> dict[str, Any]:
    """The settings that a recipe says, as JSON has them; the others are the defaults."""
    said = (*_SHOWN, "hidden", "activation", "seed", "test_fraction")
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(settings).items()
        if name in said or value != SETTINGS[name].default
    }


def _given(given: Given | None, name: str) -> list[dict[str, Any]]:
    if given is None:
        return []
    row = {"source": GIVEN, "label": name, "help": "", "standardise": _first_scaled(given, name)}
    if isinstance(given, Prepared):
        return [{**row, "kind": "table"}]
    if not _is_plane(given):
        return [{**row, "kind": "samples"}]
    named = given.feature_names != PLAIN
    return [{**row, "kind": "plane"} | ({"features": list(given.feature_names)} if named else {})]


def _is_plane(data: Dataset) -> bool:
    """Whether the page can do with these samples what it can with points of one's own."""
    few = len(data) <= MOST_POINTS and data.classes <= MOST_CLASSES
    return data.features == 2 and few and data.image_shape is None


def _toy_defaults(name: str) -> dict[str, Any]:
    row = TOYS[name]
    return {"samples": SAMPLES, "classes": row.classes, "noise": row.noise, "seed": SEED}


def _toys() -> list[dict[str, Any]]:
    return [
        {"source": row.name, "label": row.name, "help": row.help, "kind": "toy"}
        | {"defaults": _toy_defaults(row.name)}
        for row in TOYS.values()
    ]


def _shipped() -> list[dict[str, Any]]:
    """The tables that come with scikit-learn, where it is installed."""
    if importlib.util.find_spec("sklearn") is None:
        return []
    return [
        {"source": row.name, "label": row.name.replace("_", " "), "help": row.help}
        | {"kind": "samples", "standardise": row.image_shape is None}
        # The lab's two units are too few for pixels.
        | ({} if row.image_shape is None else {"suited": {"hidden": [16], "activation": ["relu"]}})
        for row in SHIPPED.values()
    ]


def _described(name: str) -> dict[str, Any]:
    row = SETTINGS[name]
    return {
        "default": row.default,
        "help": row.help,
        "range": row.range,
        "optional": bool(row.optional),
        **_control(row.kind),
    }


def _control(kind: Kind) -> Mapping[str, Any]:
    """What kind of control a setting has, with its bounds."""
    if isinstance(kind, Word):
        return {"control": "choice", "choices": list(kind.choices)}
    if isinstance(kind, Flag):
        return {"control": "flag"}
    if isinstance(kind, Whole):
        return {"control": "whole", "low": kind.low, "high": kind.high}
    assert isinstance(kind, Number)  # noqa: S101 - the rows of _SHOWN have no other kinds
    return {"control": "number", "low": kind.low, "high": _finite(kind.high)}


def _finite(number: float) -> float | None:
    return number if number < float("inf") else None
