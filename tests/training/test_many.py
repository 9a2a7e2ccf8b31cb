"""Networks trained together are those that ``fit`` trains alone, with the same settings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens.settings import Settings
from classlens.training import lanes
from classlens.training.group import Group
from classlens.training.many import grow

DATA = cl.blobs()
SEEDS = np.array([0, 1, 5, 1234, -7, 2**40])


def group(order_seed: int | None = 1234, varied: Any = None, **options: Any) -> Group:
    options.setdefault("epochs", 30)
    return Group(Settings(**options), SEEDS, order_seed, varied or {})


def alone(data: cl.Dataset, of: Group, number: int) -> cl.Run:
    return cl.fit(data, **vars(of.settings_of(number)))


def same(data: cl.Dataset, of: Group, *, tolerance: float = 2e-5) -> None:
    told = of.settings.epochs
    grown = grow(data, of, told=told)
    for number in range(len(of)):
        run = alone(data, of, number)
        trained = len(run.history)
        assert grown.trained[number] == trained
        assert grown.epochs[number] == run.epoch
        losses = grown.losses[:trained, number]
        np.testing.assert_allclose(losses, run.history.loss, rtol=tolerance, atol=tolerance)
        own = [each[..., number] for each in grown.parameters]
        network = cl.Network.from_arrays(own[::2], own[1::2], activations=grown.activations)
        for own, other in zip(network.layers, run.network.layers, strict=True):
            assert own.activation == other.activation
            np.testing.assert_allclose(own.kernel, other.kernel, rtol=tolerance, atol=tolerance)
            np.testing.assert_allclose(own.bias, other.bias, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"hidden": ()},
        {"hidden": (3, 2), "activation": ("relu", "leaky_relu(0.1)")},
        {"activation": "linear", "batch_size": 7},
        {"batch_size": 1_000, "shuffle": False},
        {"test_fraction": 0.3},
    ],
)
def test_in_lanes(options: dict[str, Any]) -> None:
    of = group(**options)
    assert lanes.suits((2, *of.settings.hidden, 4), of.settings)
    same(DATA, of)


def test_in_lanes_with_rates_of_their_own() -> None:
    same(DATA, group(varied={"learning_rate": np.geomspace(1e-4, 0.3, len(SEEDS))}))


def test_without_a_folder_for_compiled_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    njit = lanes.numba.njit

    def refusing(*given: Any, cache: bool = False, **options: Any) -> Any:
        if cache:
            raise RuntimeError("cannot cache function: no locator available")
        return njit(*given, **options)

    lanes._compiled.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(lanes.numba, "njit", refusing)
        same(DATA, group())
    lanes._compiled.cache_clear()


def test_more_networks_than_lanes() -> None:
    many = Group(Settings(epochs=5), np.arange(lanes.LANES + 3), 1, {})
    few = Group(Settings(epochs=5), np.arange(lanes.LANES, lanes.LANES + 3), 1, {})
    whole, part = grow(DATA, many, told=2), grow(DATA, few, told=2)
    assert whole.losses.shape == (2, lanes.LANES + 3)
    for one, other in zip(whole.parameters, part.parameters, strict=True):
        assert np.array_equal(one[..., lanes.LANES :], other)


def test_a_call_of_the_kernel_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many epochs are several calls: Ctrl-C is heard between them, and the numbers are the same."""
    of = Group(Settings(epochs=7), np.arange(3), 1, {})
    whole = grow(DATA, of, told=3)
    monkeypatch.setattr(lanes, "_AT_ONCE", 2 * len(DATA) * 18)
    shares: list[float] = []
    cut = grow(DATA, of, told=3, progress=shares.append)
    assert shares == pytest.approx([2 / 7, 4 / 7, 6 / 7, 1.0])
    for one, other in zip(
        (*whole.parameters, whole.losses), (*cut.parameters, cut.losses), strict=True
    ):
        assert np.array_equal(one, other)


def test_the_exponential() -> None:
    x = -np.geomspace(1e-8, 87, 400, dtype=np.float32)
    found = np.array([lanes._exp(each) for each in x])
    np.testing.assert_allclose(found, np.exp(x.astype(np.float64)), rtol=5e-7)
    assert lanes._exp(np.float32(0)) == 1
    assert 0 < lanes._exp(np.float32(-1e30)) < 1e-37


@pytest.mark.parametrize(
    "options",
    [
        {"activation": "tanh", "hidden": (3,)},
        {"optimizer": "sgd", "momentum": 0.5, "schedule": "cosine"},
        {"optimizer": "adamw", "weight_decay": 0.01, "hidden": (4, 3)},
        {"l1": 0.001, "class_weight": {"c0": 2.0}},
        {"validation_fraction": 0.2},
        {"validation_fraction": 0.2, "patience": 3, "min_delta": 0.01, "learning_rate": 0.1},
    ],
)
@pytest.mark.parametrize("order_seed", [99, None])
def test_stacked(options: dict[str, Any], order_seed: int | None) -> None:
    of = group(order_seed, **options)
    assert not lanes.suits((2, *of.settings.hidden, 4), of.settings)
    same(DATA, of)


def test_orders_of_their_own() -> None:
    same(DATA, group(None))


def test_stacked_with_numbers_of_their_own() -> None:
    ramp = np.linspace(0.0, 0.02, len(SEEDS))
    varied = {"weight_decay": ramp, "learning_rate": 0.01 + ramp, "l1": ramp / 10}
    same(DATA, group(varied=varied, epochs=12))
    same(DATA, group(varied={"momentum": 40 * ramp}, optimizer="sgd", epochs=12))


def test_what_fit_refuses_is_told_of() -> None:
    """With early stopping the best network may be a good one, and the run still be refused."""
    rates = np.array([0.01, 10.0, 300.0, 1e4, 1e20])
    seeds = np.arange(len(rates))
    stops = {"validation_fraction": 0.2, "patience": 4}
    for options in ({}, {**stops, "optimizer": "sgd"}):
        settings = Settings(epochs=25, **options)
        of = Group(settings, seeds, 1234, {"learning_rate": rates})
        told = grow(DATA, of, told=5).diverged
        assert 0 < told.sum() < len(rates)
        for number, diverged in enumerate(told):
            try:
                alone(DATA, of, number)
            except cl.DivergedError:
                assert diverged
            else:
                assert not diverged


def test_none_is_trained_after_all_have_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    stops = {"validation_fraction": 0.2, "patience": 1, "min_delta": 10.0}
    monkeypatch.setattr("classlens.training.stacking._MOST_ROWS", 4)
    grown = grow(DATA, group(**stops, epochs=40), told=3)
    assert grown.trained.tolist() == [2] * len(SEEDS)
    assert len(grown.losses) == 4
    same(DATA, group(**stops, epochs=40))
