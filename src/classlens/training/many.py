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
from classlens.training.limits import MOST_NATS
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
        losses: mean training loss of the last epochs, shape (epochs told, networks); of all, where
            networks stop early.
        before: how many epochs went before these.
        epochs: the epoch whose parameters these are, shape (networks,).
        trained: how many epochs the training had, shape (networks,).
        diverged: those that ``fit`` refuses as diverged, shape (networks,).
    """

    parameters: list[NDArray[np.float32]]
    activations: tuple[Activation, ...]
    losses: NDArray[np.float32]
    before: int
    epochs: NDArray[np.int64]
    trained: NDArray[np.int64]
    diverged: NDArray[np.bool_]

    @property
    def last_losses(self) -> NDArray[np.float32]:
        """The mean training loss of each network's last epoch, shape (networks,)."""
        return _last(self.losses, self.before, self.trained)


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
        before, epochs, trained = settings.epochs - told, whole, whole
        finite = np.isfinite(losses).all(axis=0)
        for each in parameters:
            finite &= np.isfinite(each).reshape(-1, len(group)).all(axis=0)
    else:
        from classlens.training.stacking import stack  # noqa: PLC0415 - loads JAX

        parameters, losses, epochs, trained, finite = stack(
            data, job, group, kernels, told=told, place=place, progress=progress
        )
        before = 0 if settings.patience is not None else settings.epochs - told
    of_use = _last(losses, before, trained) <= MOST_NATS * job.mean_weight
    return Grown(parameters, job.activations, losses, before, epochs, trained, ~(finite & of_use))


def _last(
    losses: NDArray[np.float32], before: int, trained: NDArray[np.int64]
) -> NDArray[np.float32]:
    own: NDArray[np.float32] = losses[trained - 1 - before, np.arange(len(trained))]
    return own
