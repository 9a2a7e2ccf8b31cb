"""Many networks of one shape, trained together: the same numbers as ``fit`` of each alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.data.dataset import Dataset
from classlens.training import lanes, seeds
from classlens.training.group import Group
from classlens.training.prepare import prepare

# The orders of a whole run are drawn at once for the compiled kernel, 4 bytes a position.
_MOST_POSITIONS = 20_000_000


@dataclass(frozen=True, eq=False)
class Grown:
    """Networks after their training.

    Attributes:
        parameters: of each layer in turn the kernel, shape (inputs, units, networks), and the bias,
            shape (units, networks).
        activations: one for each layer.
        losses: mean training loss of the last epochs that ``settings`` has, shape (epochs told,
            networks); of all, where networks stop early.
        epochs: the epoch whose parameters these are, shape (networks,).
        trained: how many epochs the training had, shape (networks,).
    """

    parameters: list[NDArray[np.float32]]
    activations: tuple[Activation, ...]
    losses: NDArray[np.float32]
    epochs: NDArray[np.int64]
    trained: NDArray[np.int64]


def grow(
    data: Dataset,
    group: Group,
    *,
    told: int,
    place: int = 0,
    progress: Callable[[float], None] = lambda _: None,
) -> Grown:
    """Train the networks of a group.

    Args:
        data: samples of known class.
        group: the networks.
        told: of how many of the last epochs the loss is wanted.
        place: which of the machine's devices to use, in turn, where there are several.
        progress: called now and then with the share that is done; what it raises ends the training.

    Raises:
        ArgumentError: as ``fit``.
        DataError: as ``fit``.
    """
    settings = group.settings
    job = prepare(data, group.settings_of(0), validation_data=None, sample_weight=None)
    kernels = seeds.kernels_of(group.seeds.tolist(), list(itertools.pairwise(job.sizes)))
    whole = np.full(len(group), settings.epochs)
    samples = len(job.training)
    if (
        lanes.suits(job.sizes, settings)
        and set(group.varied) <= {"learning_rate"}
        and (group.order_seed is not None or not settings.shuffle)
        and settings.epochs * samples <= _MOST_POSITIONS
    ):
        order = np.tile(np.arange(samples, dtype=np.int32), (settings.epochs, 1))
        if settings.shuffle:
            order = seeds.orders(job.order_seed, samples, settings.epochs)
        parameters, losses = lanes.train(
            kernels,
            group.values("learning_rate"),
            job.training.X,
            job.training.y,
            order,
            settings,
            first_told=settings.epochs - told,
            progress=progress,
        )
        return Grown(parameters, job.activations, losses, whole, whole)
    from classlens.training.stacking import stack  # noqa: PLC0415 - loads JAX

    done = stack(data, job, group, kernels, told=told, place=place, progress=progress)
    return Grown(done.parameters, job.activations, *done[1:])
