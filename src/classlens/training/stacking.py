"""The host's side of networks that JAX trains together."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.training import seeds
from classlens.training.compilation import keep_compiled_programs
from classlens.training.device import on_device
from classlens.training.epochs import Samples
from classlens.training.group import Group
from classlens.training.prepare import Job, prepare
from classlens.training.stacked import Own, Parts, Span, Stop, Watched, advance, unwatched
from classlens.training.step import Knobs, Program, State, initial

# Seconds that a call should take, so that progress and Ctrl-C come now and then.
_CALL_SECONDS = 0.2
_MOST_ROWS = 256
_BLOCK_BYTES = 16 << 20


class Stacked(NamedTuple):
    """Networks after their training, the networks last; see ``many.Grown``."""

    parameters: list[NDArray[np.float32]]
    losses: NDArray[np.float32]
    epochs: NDArray[np.int64]
    trained: NDArray[np.int64]
    finite: NDArray[np.bool_]


def stack(
    data: Dataset,
    job: Job,
    group: Group,
    kernels: Sequence[NDArray[np.float32]],
    *,
    told: int,
    place: int,
    progress: Callable[[float], None],
) -> Stacked:
    """Train the networks of a group, on one device.

    Args:
        data: all samples.
        job: the first network's.
        group: the networks.
        kernels: their initial kernels, shape (inputs, units, networks) each.
        told: of how many of the last epochs the loss is wanted, where none stops early.
        place: which device, of several in turn.
        progress: called with the share that is done; what it raises ends the training.
    """
    keep_compiled_programs()
    devices = jax.local_devices()
    with jax.default_device(devices[place % len(devices)]):
        return _stack(data, job, group, kernels, told=told, progress=progress)


def _stack(
    data: Dataset,
    job: Job,
    group: Group,
    kernels: Sequence[NDArray[np.float32]],
    *,
    told: int,
    progress: Callable[[float], None],
) -> Stacked:
    settings = group.settings
    own, parts = _parts(data, job, group)
    bucket = parts.training.x.shape[-2]
    size = min(settings.batch_size, bucket)
    samples = len(job.training)
    program = Program(
        activations=job.activations,
        optimizer=settings.optimizer,
        schedule=settings.schedule,
        penalised=bool(group.values("weight_decay").any() or group.values("l1").any()),
        batch_size=size,
    )
    state, watched = _begun(program, kernels)
    knobs = _knobs(group, updates=settings.epochs * -(-samples // size))
    stop = None if settings.patience is None else Stop(settings.patience, settings.min_delta)
    losses: list[NDArray[np.float32]] = []
    step = 1
    for before, block in _blocks(job, group, own=own.orders, columns=-(-bucket // size) * size):
        parts = parts._replace(orders=jax.device_put(block if own.orders else block[0]))
        count = min(block.shape[1], settings.epochs - before)
        first = 0
        while first < count:
            last = min(first + step, count)
            started = time.perf_counter()
            span = Span(first, last, before)
            state, watched, rows = advance(program, own, knobs, parts, span, stop, state, watched)
            losses.append(np.asarray(rows)[:, first:last].T)
            # A call that compiled was slow for another reason: the next one is no shorter.
            step = max(step, min(2 * step, int(_pace(last - first, started))))
            first = last
            progress((before + last) / settings.epochs)
        if stop and np.all(watched.ended):
            break
    joined = np.concatenate(losses)
    return _ended(settings.epochs, state, watched, joined, told, stops=stop is not None)


def _parts(data: Dataset, job: Job, group: Group) -> tuple[Own, Parts]:
    """The samples: of each network its own where its seed decides what is held out."""
    settings = group.settings
    own_orders = settings.shuffle and group.order_seed is None
    held_out = bool(settings.test_fraction or settings.validation_fraction)
    own_samples = group.order_seed is None and held_out
    jobs = [job]
    if own_samples:
        jobs = [
            prepare(data, group.settings_of(k), validation_data=None, sample_weight=None)
            for k in range(len(group))
        ]
    training = [on_device(each.training, each.weight, lowest=256) for each in jobs]
    watched = [
        on_device(each.validation, None, lowest=64) for each in jobs if each.validation is not None
    ]

    def joined(of: list[Samples]) -> Samples:
        if not own_samples:
            return of[0]
        together: Samples = jax.tree.map(lambda *each: np.stack(each), *of)
        return together

    own = Own(own_samples, own_samples, own_orders)
    return own, Parts(joined(training), joined(watched) if watched else None, None)


def _begun(program: Program, kernels: Sequence[NDArray[np.float32]]) -> tuple[State, Watched]:
    networks = kernels[0].shape[-1]
    params = tuple(
        (np.moveaxis(kernel, -1, 0), np.zeros((networks, kernel.shape[1]), np.float32))
        for kernel in kernels
    )
    state = initial(program, params)
    # What counts the updates is one number for a network alone.
    state = jax.tree.map(
        lambda each: np.zeros(networks, np.int32) if np.ndim(each) == 0 else each, state
    )
    return state, unwatched(params, networks)


def _knobs(group: Group, updates: int) -> Knobs:
    values = {name: group.values(name) for name in Knobs._fields if name != "updates"}
    return Knobs(**values, updates=np.full(len(group), updates, np.float32))


def _blocks(
    job: Job, group: Group, *, own: bool, columns: int
) -> Iterator[tuple[int, NDArray[np.int32]]]:
    """Orders, shape (networks or 1, epochs, columns), with how many epochs went before."""
    settings, samples = group.settings, len(job.training)
    of: list[int | None] = [*group.seeds.tolist()] if own else [job.order_seed]
    rows = min(_MOST_ROWS, settings.epochs, max(1, _BLOCK_BYTES // (4 * columns * len(of))))
    for before in range(0, settings.epochs, rows):
        count = min(rows, settings.epochs - before)
        block = np.zeros((len(of), rows, columns), np.int32)
        for orders, seed in zip(block, of, strict=True):
            orders[:count, :samples] = (
                seeds.orders(seed, samples, count, start=before)
                if settings.shuffle and seed is not None
                else np.arange(samples)
            )
        yield before, block


def _pace(epochs: int, started: float) -> float:
    """How many epochs fit into a call, after one of so many."""
    return epochs * _CALL_SECONDS / max(time.perf_counter() - started, 1e-9)


def _ended(
    epochs: int,
    state: State,
    watched: Watched,
    losses: NDArray[np.float32],
    told: int,
    *,
    stops: bool,
) -> Stacked:
    networks = losses.shape[1]
    trained = np.full(networks, epochs)
    best = trained
    params: Any = state.params
    finite = np.asarray(watched.finite)
    if stops:
        params, best = watched.params, np.asarray(watched.best, np.int64)
        ended = np.asarray(watched.ended)
        trained = np.where(ended > 0, ended, epochs).astype(np.int64)
    parameters = [np.moveaxis(np.asarray(each), 0, -1) for layer in params for each in layer]
    return Stacked(parameters, losses if stops else losses[-told:], best, trained, finite)
