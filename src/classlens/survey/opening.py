"""A sweep's folder read again: what was trained, and on what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from classlens.data import shipped, toys
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.files import checked_path
from classlens.settings import SETTINGS
from classlens.survey.folder import PLAN, TABLE, VERSION
from classlens.survey.plan import Plan


class Opened(NamedTuple):
    """What a sweep's folder says.

    Attributes:
        plan: the networks.
        data: what they have learned.
        weights: whether the table holds their weights.
        source: what the data is called.
    """

    plan: Plan
    data: Dataset
    weights: bool
    source: str


def opened(path: str | Path, data: Dataset | None) -> Opened:
    """Read what a finished sweep in a folder is of.

    Args:
        path: the folder.
        data: what the networks have learned; None where that was a data set of a name.

    Raises:
        ArgumentError: if there is no sweep, it has not ended, or data is missing.
        MissingLibraryError: if the data set needs a library that is not installed.
    """
    folder = checked_path(path)
    file = folder / PLAN
    if not file.is_file():
        raise ArgumentError(
            f"there is no sweep in {folder}: it has no {PLAN}. Name a folder that classlens sweep "
            "has written."
        )
    try:
        found = _found(json.loads(file.read_text("utf-8")))
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        raise ArgumentError(
            f"{file} does not say which sweep this folder is of. Choose another folder."
        ) from None
    if not (folder / TABLE).exists():
        raise ArgumentError(
            f"the sweep in {folder} has not ended: there is no {TABLE} yet. Go on with it with "
            "--resume."
        )
    samples = _named(found.source, folder) if data is None else data
    return Opened(found.plan, samples, found.weights, found.source)


class _Found(NamedTuple):
    plan: Plan
    weights: bool
    source: str


def _found(said: Mapping[str, Any]) -> _Found:
    """What the file says.

    Raises:
        ValueError: if it is of another version; as with whatever else, it then says nothing.
    """
    if said["version"] != VERSION:
        raise ValueError
    grid, own_order = said["grid"], said["own_order"]
    options = {name: said[name] for name in SETTINGS if name not in grid and name != "seed"}
    plan = Plan.of(
        said["seeds"],
        options,
        grid,
        own_order=own_order,
        sample=said["sample"],
        sample_seed=said["sample_seed"],
    )
    return _Found(plan, said["weights"] is True, str(said["source"]))


def _named(source: str, folder: Path) -> Dataset:
    if source in toys.TOYS:
        return toys.toy(source)
    if source in shipped.SHIPPED:
        return shipped.load(source)
    raise ArgumentError(
        f"the sweep in {folder} has learned {source or 'data that has no name'}. Give that again, "
        "read in the same way."
    )
