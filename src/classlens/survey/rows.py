"""The table of a sweep: a row for each network, with its settings and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classlens.analysis.outcomes import Outcomes, outcomes
from classlens.analysis.verdicts import WORDS, last_drops, told_epochs
from classlens.data.dataset import Dataset
from classlens.survey import columns, mergers
from classlens.survey.choices import cell
from classlens.survey.plan import Part
from classlens.training.group import VARIED, Group
from classlens.training.many import Grown, grow

# The settings that a row names; hidden, activation and class_weight as text.
_SETTINGS: Mapping[str, pa.DataType] = {
    "hidden": pa.string(),
    "activation": pa.string(),
    "optimizer": pa.string(),
    "learning_rate": pa.float64(),
    "schedule": pa.string(),
    "momentum": pa.float64(),
    "epochs": pa.int64(),
    "batch_size": pa.int64(),
    "shuffle": pa.bool_(),
    "weight_decay": pa.float64(),
    "l1": pa.float64(),
    "class_weight": pa.string(),
    "validation_fraction": pa.float64(),
    "test_fraction": pa.float64(),
    "patience": pa.int64(),
    "min_delta": pa.float64(),
}


def schema(*, weights: bool) -> pa.Schema:
    """The table's columns.

    Args:
        weights: whether it holds the networks' weights, too.
    """
    fields = [
        pa.field("network", pa.int64()),
        pa.field("seed", pa.int64()),
        pa.field("shuffle_seed", pa.int64()),
        *(pa.field(name, kind) for name, kind in _SETTINGS.items()),
        pa.field("loss", pa.float64()),
        pa.field("accuracy", pa.float64()),
        pa.field("last_loss", pa.float64()),
        pa.field("best_epoch", pa.int64()),
        pa.field("verdict", pa.string()),
        pa.field("merged", pa.string()),
        pa.field("dead_units", pa.int64()),
    ]
    if weights:
        # Parquet's own name for what is in a list.
        fields.append(pa.field("weights", pa.list_(pa.field("element", pa.float32()))))
    return pa.schema(fields)


def rows(data: Dataset, part: Part, place: int, progress: Any, *, weights: bool) -> pa.Table:
    """Train the networks of a part and judge them.

    Args:
        data: what they learn.
        part: the networks.
        place: which of the machine's devices to use, in turn, where there are several.
        progress: called with the share that is done; what it raises ends the training.
        weights: whether to keep their weights.

    Raises:
        ArgumentError: as ``fit``.
        DataError: as ``fit``.
    """
    group = part.group
    told = told_epochs(group.settings.epochs)
    grown = grow(data, group, told=told, place=place, progress=progress)
    drops = _last_drops(grown)
    ended = outcomes(grown.parameters, grown.activations, data.X, data.y, last_drop=drops)
    word = np.where(grown.diverged, WORDS.index("diverged"), ended.word)
    found: dict[str, Any] = {
        "network": np.arange(part.first, part.first + len(group)),
        "seed": group.seeds,
        "shuffle_seed": group.seeds if group.order_seed is None else group.order_seed,
        **_settings(group),
        "loss": ended.loss,
        "accuracy": ended.accuracy,
        "last_loss": grown.last_losses,
        "best_epoch": grown.epochs,
        "verdict": columns.texts(WORDS, word),
        "merged": _merged(ended, data.class_names),
        "dead_units": ended.dead_units,
    }
    if weights:
        flat = [each.reshape(-1, len(group)) for each in grown.parameters]
        found["weights"] = np.concatenate(flat).T
    shape = schema(weights=weights)
    arrays = [_array(found[field.name], field.type, len(group)) for field in shape]
    return pa.Table.from_arrays(arrays, schema=shape)


def _last_drops(grown: Grown) -> NDArray[np.float64]:
    drops = np.full(len(grown.trained), np.nan)
    for epochs in np.unique(grown.trained).tolist():
        own = grown.trained == epochs
        tail = grown.losses[: epochs - grown.before, own][-told_epochs(epochs) :]
        drops[own] = last_drops(tail.astype(np.float64), epochs)
    return drops


def _settings(group: Group) -> dict[str, Any]:
    named = {name: cell(name, getattr(group.settings, name)) for name in _SETTINGS}
    return {**named, **{name: group.varied[name] for name in VARIED if name in group.varied}}


def _merged(ended: Outcomes, names: tuple[str, ...]) -> pa.Array:
    """The merged classes of each network as text; None where none are."""
    which = np.full(len(ended.word), -1)
    own = np.flatnonzero((ended.merged_into >= 0).any(axis=1))
    patterns, which[own] = np.unique(ended.merged_into[own], axis=0, return_inverse=True)
    return columns.texts([mergers.text_of(pattern, names) for pattern in patterns], which)


def _array(values: Any, kind: pa.DataType, rows: int) -> pa.Array:
    if isinstance(values, pa.Array):
        return values
    if not isinstance(values, np.ndarray):
        return columns.same(values, kind, rows)
    return columns.lists(values, kind) if values.ndim == 2 else columns.numbers(values, kind)
