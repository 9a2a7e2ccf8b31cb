"""Samples in chunks: the same run as that of ``fit`` on the same samples in the same order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import classlens as cl
from classlens.data.spool import Spool
from classlens.settings import Settings
from classlens.training.chunks import Layout, Rows, chunks
from classlens.training.driving import drive
from classlens.training.machines import mesh
from classlens.training.standing import Progress
from classlens.training.stream import Ahead, StreamJob, StreamTrainer

slow = pytest.mark.slow

SAMPLES = 700
DATA = cl.spirals(samples=SAMPLES)
WATCHED = cl.spirals(samples=150, seed=9)


class InOrder:
    """Samples in an order that each epoch has of its own, in pieces of odd sizes."""

    def __init__(self, data: cl.Dataset, sizes: tuple[int, ...] = (1, 250, 33)) -> None:
        self._data = data
        self._sizes = sizes
        self.epochs: list[int] = []

    def __len__(self) -> int:
        return len(self._data)

    def order(self, epoch: int) -> NDArray[np.intp]:
        return np.random.default_rng([epoch]).permutation(len(self))

    def epoch(self, number: int, first: int = 0) -> Iterator[Rows]:
        self.epochs.append(number)
        order, place = self.order(number)[first:], 0
        for turn in range(len(order)):
            rows = order[place : place + self._sizes[turn % len(self._sizes)]]
            if not len(rows):
                return
            yield self._data.X[rows], self._data.y[rows].astype(np.int32)
            place += len(rows)


def job(data: cl.Dataset = DATA, feed: Any = None, **options: Any) -> StreamJob:
    settings = Settings(**{"hidden": (8, 6), "epochs": 3, "seed": 5, **options})
    watched = WATCHED if settings.validation_fraction else None
    ones = np.ones(data.classes, np.float32)
    feed = InOrder(data) if feed is None else feed
    return StreamJob(
        settings, data.class_names, data.feature_names, feed, ones, 1.0, validation=watched
    )


def streamed(made: StreamJob) -> StreamTrainer:
    trainer = StreamTrainer(made)
    assert drive(trainer, None) == trainer.ended
    return trainer


def in_memory(made: StreamJob, data: cl.Dataset, weight: Any = None) -> cl.Run:
    """The same by ``fit``, epoch by epoch, on samples that lie in each epoch's order."""
    run = None
    options = {**vars(made.settings), "epochs": 1, "shuffle": False, "validation_fraction": 0.0}
    for epoch in range(made.settings.epochs):
        order = InOrder(data).order(epoch)
        run = cl.fit(
            data.take(order),
            resume=run,
            validation_data=made.validation,
            sample_weight=None if weight is None else weight[data.y[order]],
            **{**options, "patience": None},
        )
    assert run is not None
    return run


def close(trainer: StreamTrainer, run: cl.Run, tolerance: float) -> None:
    arrays = [array for layer in run.network.layers for array in (layer.kernel, layer.bias)]
    for own, other in zip(trainer.log.last, arrays, strict=True):
        np.testing.assert_allclose(own, other, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "batch", [32, *(pytest.param(size, marks=slow) for size in (1000, 256, 7))]
)
def test_the_same_weights_as_in_memory(batch: int) -> None:
    made = job(batch_size=batch, validation_fraction=0.1)
    trainer, run = streamed(made), in_memory(made, DATA)
    close(trainer, run, 1e-6)
    history = trainer.log.history()
    assert history.loss[-1] == pytest.approx(run.history.loss[0], rel=1e-6)
    assert history.accuracy[-1] == run.history.accuracy[0]
    assert history.val_loss is not None
    assert run.history.val_loss is not None
    assert history.val_loss[-1] == pytest.approx(run.history.val_loss[0], rel=1e-6)
    assert len(history) == 3


@pytest.mark.parametrize(
    "options",
    [
        {"optimizer": "adamw", "weight_decay": 0.1},
        pytest.param({"optimizer": "sgd", "momentum": 0.9}, marks=slow),
        pytest.param({"optimizer": "rmsprop"}, marks=slow),
        pytest.param({"l1": 0.01}, marks=slow),
    ],
)
def test_with_every_rule(options: dict[str, Any]) -> None:
    made = job(**options, learning_rate=0.003)
    close(streamed(made), in_memory(made, DATA), 1e-5)


def test_classes_that_count_more() -> None:
    weight = np.linspace(0.5, 2, DATA.classes).astype(np.float32)
    made = job()
    weighted = StreamJob(
        made.settings, made.class_names, made.feature_names, made.feed, weight, 1.0
    )
    close(streamed(weighted), in_memory(made, DATA, weight), 1e-5)


def test_from_a_spool(tmp_path: Path) -> None:
    """One of several files, and one that is asked for nothing but what it gives."""
    spool = Spool(tmp_path / "s", features=2, rows=SAMPLES, memory=3000, seed=2)
    spool.add(DATA.X, DATA.y.astype(np.int32))
    spool.close()
    trainer = streamed(job(feed=spool, epochs=1))
    X, y = (np.concatenate(each) for each in zip(*spool.epoch(0), strict=True))
    data = cl.Dataset(X, y, DATA.class_names)
    run = cl.fit(data, **{**vars(job().settings), "epochs": 1, "shuffle": False})
    close(trainer, run, 1e-6)


def test_schedules_know_the_whole_run() -> None:
    made = job(schedule="cosine", epochs=1)
    run = cl.fit(DATA.take(InOrder(DATA).order(0)), **{**vars(made.settings), "shuffle": False})
    close(streamed(made), run, 1e-6)


def test_patience_stops_it_at_the_best_epoch() -> None:
    made = job(patience=2, validation_fraction=0.1, epochs=60, learning_rate=0.3, batch_size=16)
    trainer = streamed(made)
    assert trainer.ended == "early"
    history = trainer.log.history()
    assert history.val_loss is not None
    assert trainer.log.best == int(np.argmin(history.val_loss)) + 1 == len(history) - 2


def test_going_on_from_any_standing() -> None:
    """From the middle of an epoch, of its validation, and from between two."""
    made = job(validation_fraction=0.1, batch_size=64, optimizer="adamw", schedule="linear")
    whole, standings = StreamTrainer(made), []
    whole._pace = type(whole._pace)(1.0)
    while not whole.ended:
        standings.append(whole.standing)
        whole.advance()
        whole._pace = type(whole._pace)(1.0)
    assert {each.batch for each in standings} == set(range(11 + 1))
    for standing in standings[::3]:
        trainer = StreamTrainer(made, standing)
        drive(trainer, None)
        for own, other in zip(trainer.log.last, whole.log.last, strict=True):
            np.testing.assert_array_equal(own, other)
        assert np.array_equal(trainer.log.history().loss, whole.log.history().loss)


def test_it_diverges_as_fit_does() -> None:
    trainer = StreamTrainer(job(optimizer="sgd", learning_rate=1e20, epochs=20))
    with pytest.raises(Exception, match=r"diverged in epoch 1: the loss is not a finite number"):
        drive(trainer, None)
    assert trainer.log.epochs == 0
    assert all(np.isfinite(each).all() for each in trainer.log.last)


def test_progress_and_interruption() -> None:
    news: list[Progress] = []

    def tell(progress: Progress) -> None:
        news.append(progress)
        if progress.epoch == 2:
            raise KeyboardInterrupt

    trainer = StreamTrainer(job())
    assert drive(trainer, tell) == "interrupted"
    assert news[-1].done == pytest.approx(2 / 3)
    assert [each.done for each in news] == sorted(each.done for each in news)
    assert sum(len(each.news) for each in news) == 2
    assert trainer.log.epochs == 2


def test_no_compilation_for_one_more_sample(compilations: Any) -> None:
    streamed(job(DATA.take(np.arange(600)), epochs=1))
    before = compilations.count
    streamed(job(DATA.take(np.arange(601)), epochs=2, learning_rate=0.02))
    assert compilations.count == before


def test_chunks_hold_every_sample_once() -> None:
    layout = Layout.of(SAMPLES, 2, 32, 1)
    small = layout._replace(batches=4)
    found = []
    first = 3
    for count, chunk in chunks(InOrder(DATA), 1, first, small, np.ones(9, np.float32), mesh()):
        real = np.asarray(chunk.real)
        assert chunk.x.shape == (4, 32, 2)
        assert (real > 0).sum() == count
        assert (np.asarray(chunk.weight) == (np.arange(32) < real[:, None])).all()
        found.append(
            np.concatenate([x[:n] for x, n in zip(np.asarray(chunk.x), real, strict=True)])
        )
    order = InOrder(DATA).order(1)
    np.testing.assert_array_equal(np.concatenate(found), DATA.X[order[first * 32 :]])


def test_a_layout_for_several_devices() -> None:
    assert Layout.of(1000, 5, 30, 8).rows == 32
    assert Layout.of(1000, 5, 30, 1).rows == 30
    assert Layout.of(10**9, 1000, 256, 1).batches == (8 << 20) // (4 * 256 * 1000)


def test_what_is_ahead_comes_in_order_and_raises() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise OSError("gone")

    ahead = Ahead(items())
    assert [ahead.next(), ahead.next()] == [1, 2]
    with pytest.raises(OSError, match="gone"):
        ahead.next()
