"""The devices of all processes, here those of one."""

from __future__ import annotations

import jax
import numpy as np
from jax.sharding import PartitionSpec

from classlens.training import machines


def test_one_process_has_all_devices() -> None:
    assert (machines.process_count(), machines.process_index()) == (1, 0)
    assert machines.mesh().devices.tolist() == jax.devices()


def test_an_array_over_all_devices() -> None:
    rows = np.arange(12.0, dtype=np.float32).reshape(2, 2, 3)
    there = machines.from_local(rows, machines.mesh(), PartitionSpec(None, machines.AXIS, None))
    assert np.array_equal(np.asarray(there), rows)
    assert there.sharding.spec == PartitionSpec(None, "data", None)
