"""Tally: how a sweep's networks have ended, counted as the rows come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

# Accuracies are counted in so many equal bins, for the picture.
BINS = 50
# What words are made of: how many reach the one accuracy, and how many stay under the other.
HIGH, LOW = 0.99, 0.8


@dataclass
class Count:
    """How the networks of one choice of settings have ended.

    Attributes:
        networks: how many there are.
        high: how many reach ``HIGH``.
        low: how many stay under ``LOW``.
        merged: of those, in how many two classes are merged, such as ``c1 + c3``.
        dead: how many have a dead unit.
        words: how many have each verdict.
        bins: how many accuracies are in each of ``BINS`` equal bins from 0 to 1.
    """

    networks: int = 0
    high: int = 0
    low: int = 0
    merged: Counter[str] = field(default_factory=Counter)
    dead: int = 0
    words: Counter[str] = field(default_factory=Counter)
    bins: np.ndarray[Any, np.dtype[np.int64]] = field(
        default_factory=lambda: np.zeros(BINS, np.int64)
    )


class Tally:
    """Counts for each choice of the settings that a sweep varies.

    Args:
        varied: the names of these settings.
    """

    def __init__(self, varied: Sequence[str]) -> None:
        self.varied = tuple(varied)
        self.counts: dict[tuple[Any, ...], Count] = {}

    def add(self, rows: pa.Table | pa.RecordBatch) -> None:
        """Count rows of the sweep's table."""
        for choice, own in self._split(rows):
            count = self.counts.setdefault(choice, Count())
            accuracy = own.column("accuracy").to_numpy(zero_copy_only=False)
            low = accuracy < LOW
            count.networks += len(accuracy)
            count.high += int((accuracy >= HIGH).sum())
            count.low += int(low.sum())
            merged = own.column("merged").filter(pa.array(low)).drop_null()
            for text, networks in _counted(merged).items():
                count.merged.update(dict.fromkeys(text.split("; "), networks))
            count.dead += int((own.column("dead_units").to_numpy() > 0).sum())
            count.words.update(_counted(own.column("verdict")))
            count.bins += np.histogram(accuracy, BINS, (0.0, 1.0))[0]

    def _split(self, rows: Any) -> list[tuple[tuple[Any, ...], Any]]:
        """The rows of each choice."""
        if not self.varied:
            return [((), rows)]
        keys = rows.select(list(self.varied))
        table = pa.Table.from_batches([keys]) if isinstance(keys, pa.RecordBatch) else keys
        choices = table.group_by(list(self.varied)).aggregate([]).to_pylist()
        parts = []
        for choice in choices:
            mask = pa.array(np.ones(len(rows), bool))
            for name in self.varied:
                same = (
                    pc.is_null(rows.column(name))
                    if choice[name] is None
                    else pc.equal(rows.column(name), choice[name])
                )
                mask = pc.and_(mask, pc.fill_null(same, False))
            parts.append((tuple(choice[name] for name in self.varied), rows.filter(mask)))
        return parts


def _counted(values: Any) -> Mapping[str, int]:
    return {each["values"]: each["counts"] for each in values.value_counts().to_pylist()}
