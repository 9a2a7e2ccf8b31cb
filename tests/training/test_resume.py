"""A run that resumes another one: two in a row are one, and what does not fit is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens.training import loop

RULES: list[dict[str, Any]] = [
    {},
    {"optimizer": "adamw", "weight_decay": 0.1},
    {"optimizer": "sgd", "momentum": 0.9, "l1": 1e-4},
]


def arrays(run: cl.Run) -> list[np.ndarray]:
    return [array for layer in run.network.layers for array in layer.get_weights()]


@pytest.mark.parametrize("rule", RULES)
def test_two_runs_in_a_row_are_one(rule: dict[str, Any]) -> None:
    whole = cl.fit(cl.blobs(), epochs=20, **rule)
    first = cl.fit(cl.blobs(), epochs=8, **rule)
    second = cl.fit(cl.blobs(), epochs=12, resume=first, **rule)
    losses = [*first.history.loss, *second.history.loss]
    assert np.array_equal(losses, whole.history.loss)
    for one, other in zip(arrays(second), arrays(whole), strict=True):
        assert np.array_equal(one, other)
    assert (first.before, second.before) == (0, 8)
    assert np.array_equal(second.network_at(0).layers[0].kernel, first.network.layers[0].kernel)


def test_a_run_can_be_resumed_twice_and_after_a_pickle() -> None:
    run = cl.fit(cl.blobs(), epochs=4)
    for _ in range(2):
        run = cl.fit(cl.blobs(), epochs=3, resume=pickle.loads(pickle.dumps(run)))  # noqa: S301
    assert run.before == 7
    assert np.array_equal(arrays(run)[0], arrays(cl.fit(cl.blobs(), epochs=10))[0])


def test_resuming_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run = cl.fit(cl.blobs(), epochs=2)
    before = loop.epochs.advance._cache_size()
    cl.fit(cl.blobs(), epochs=2, resume=run)
    assert loop.epochs.advance._cache_size() == before


def test_another_optimizer_begins_without_a_memory() -> None:
    first = cl.fit(cl.blobs(), epochs=8)
    rule: dict[str, Any] = {"optimizer": "sgd", "epochs": 4}
    with_memory = cl.fit(cl.blobs(), resume=first, **rule)
    without = cl.fit(cl.blobs(), resume=replace(first, memory=None), **rule)
    assert np.array_equal(arrays(with_memory)[0], arrays(without)[0])
    adam = cl.fit(cl.blobs(), resume=first, epochs=4)
    forgetful = cl.fit(cl.blobs(), resume=replace(first, memory=None), epochs=4)
    assert not np.array_equal(arrays(adam)[0], arrays(forgetful)[0])


def test_a_run_with_patience_goes_on_from_its_best_epoch() -> None:
    options: dict[str, Any] = {"hidden": (8,), "validation_fraction": 0.3, "learning_rate": 0.1}
    first = cl.fit(cl.blobs(60, spread=2.0), epochs=100, patience=3, **options)
    assert first.epoch < len(first.history)
    second = cl.fit(cl.blobs(60, spread=2.0), epochs=1, resume=first, **options)
    assert np.array_equal(second.network_at(0).layers[0].kernel, first.network.layers[0].kernel)
    assert second.before == len(first.history)


def test_samples_of_one_class_may_follow() -> None:
    data = cl.blobs()
    run = cl.fit(data, epochs=5)
    only = data.take(data.y == 2)
    more = cl.fit(only, epochs=30, resume=run)
    assert (more.network.predict(only.X) == 2).all()


@pytest.mark.parametrize(
    ("data", "options", "words"),
    [
        (cl.blobs(), {"hidden": (3,)}, r"sizes must be .* resumed, 2, 2, 4\. Got 2, 3, 4 instead"),
        (
            cl.blobs(),
            {"activation": "tanh"},
            r"activations must be .*, relu, linear\. Got tanh, linear",
        ),
        (
            cl.Dataset([[0, 0], [1, 1]], [0, 1], ("a", "b", "c", "d")),
            {},
            r"classes must be .*, c0, c1, c2, c3\. Got a, b, c, d instead",
        ),
        (
            cl.Dataset([[0, 0], [1, 1]], [0, 3], ("c0", "c1", "c2", "c3"), ("height", "width")),
            {},
            r"^features .* resumed, x0, x1\. Got height, width instead\. Keep them, or train",
        ),
    ],
)
def test_what_does_not_fit(data: cl.Dataset, options: dict[str, Any], words: str) -> None:
    run = cl.fit(cl.blobs(), epochs=1)
    with pytest.raises(cl.ArgumentError, match=words):
        cl.fit(data, resume=run, **options)


def test_what_is_no_run() -> None:
    with pytest.raises(cl.ArgumentError, match=r"resume must be a Run\. Got int instead\."):
        cl.fit(cl.blobs(), resume=5)  # type: ignore[arg-type]
