"""Group: networks of one shape, whose trainings differ in numbers alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.settings import Settings

# What varies from network to network without another program.
VARIED = ("learning_rate", "momentum", "weight_decay", "l1")


@dataclass(frozen=True, eq=False)
class Group:
    """Networks of one shape, whose trainings differ in numbers alone.

    Attributes:
        settings: what they share; its seeds and what ``varied`` has are not read.
        seeds: what decides each one's initial kernels, shape (networks,).
        order_seed: what decides the orders and the held-out parts of all; None gives each network
            those of its own seed.
        varied: for each name of ``VARIED`` that differs, its values, shape (networks,).
    """

    settings: Settings
    seeds: NDArray[np.int64]
    order_seed: int | None
    varied: Mapping[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return len(self.seeds)

    def values(self, name: str) -> NDArray[np.float32]:
        """One of ``VARIED`` for each network, shape (networks,)."""
        shared = np.full(len(self), getattr(self.settings, name))
        return np.asarray(self.varied.get(name, shared), np.float32)

    def settings_of(self, network: int) -> Settings:
        """What ``fit`` makes this network of."""
        seed = int(self.seeds[network])
        varied: dict[str, Any] = {
            name: float(values[network]) for name, values in self.varied.items()
        }
        return replace(self.settings, seed=seed, shuffle_seed=self.order_seed, **varied)
