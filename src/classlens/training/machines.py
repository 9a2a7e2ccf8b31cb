"""The devices of all processes that work together, as JAX's distributed runtime joins them."""

from __future__ import annotations

from typing import Any

import jax
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from numpy.typing import NDArray

AXIS = "data"


def process_count() -> int:
    """How many processes work together: 1 where none has been joined."""
    count: int = jax.process_count()
    return count


def process_index() -> int:
    """Which of them this one is, counted from 0."""
    index: int = jax.process_index()
    return index


def mesh() -> Mesh:
    """All devices of all processes in one row, whose axis is ``AXIS``.

    Example:
        >>> mesh().axis_names
        ('data',)
    """
    return Mesh(np.array(jax.devices()), (AXIS,))


def from_local(array: NDArray[Any], place: Mesh, spec: PartitionSpec) -> jax.Array:
    """One array over all devices, of which each process has a part.

    Args:
        array: this process's part: along a split axis its own rows, along the others everything.
        place: the devices.
        spec: which axis of the array is split over ``AXIS``.

    Example:
        >>> from_local(np.zeros((2, 3)), mesh(), PartitionSpec(None, AXIS)).shape
        (2, 3)
    """
    sharding = NamedSharding(place, spec)
    whole: jax.Array = jax.make_array_from_process_local_data(sharding, array)
    return whole
