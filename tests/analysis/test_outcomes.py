"""Many networks judged together are judged as each alone."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import classlens as cl
from classlens.activations import Activation
from classlens.analysis import outcomes as module
from classlens.analysis.outcomes import outcomes
from classlens.analysis.unit_facts import dead_share, dead_units
from classlens.analysis.verdicts import judge, judge_all, last_drop, last_drops, told_epochs
from classlens.measures import confusion

DATA = cl.blobs(samples=60)


@pytest.mark.parametrize("hidden", [(), (2,), (3, 2)])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("at_once", [1, 1 << 20])
def test_of_random_networks(
    monkeypatch: pytest.MonkeyPatch, hidden: tuple[int, ...], activation: str, at_once: int
) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", at_once)
    random = np.random.default_rng(0)
    sizes, count = (2, *hidden, 4), 40
    activations = [*(Activation(activation) for _ in hidden), Activation("linear")]
    parameters = []
    for a, b in itertools.pairwise(sizes):
        kernel = random.normal(size=(a, b, count)).astype(np.float32)
        kernel[..., ::7] = 0  # some units are dead
        parameters += [kernel, random.normal(size=(b, count)).astype(np.float32)]
    drops = random.uniform(0, 0.2, count)
    found = outcomes(parameters, activations, DATA.X, DATA.y, last_drop=drops)
    for number in range(count):
        own = [each[..., number] for each in parameters]
        network = cl.Network.from_arrays(own[::2], own[1::2], activations=activations)
        score = network.evaluate(DATA.X, DATA.y)
        dead = dead_units(network, DATA.X)
        verdict = judge(
            confusion(DATA.y, network.predict(DATA.X), 4),
            score.loss,
            dead_share=dead_share(network, dead),
            last_drop=float(drops[number]),
        )
        assert found.words[number] == verdict.word
        merged = {each.lost: each.into for each in verdict.mergers}
        assert {k: v for k, v in enumerate(found.merged_into[number]) if v >= 0} == merged
        assert found.loss[number] == pytest.approx(score.loss, rel=1e-5)
        assert found.accuracy[number] == score.accuracy
        assert found.dead_units[number] == sum(dead)


def test_what_has_diverged() -> None:
    kernel = np.array([[[np.nan, np.inf, 3e38, 1.0]] * 2, [[0.0, 0.0, 3e38, 0.0]] * 2], np.float32)
    bias = np.zeros((2, 4), np.float32)
    y = np.array([0, 1])
    found = outcomes([kernel, bias], [Activation("linear")], np.array([[1.0, 1], [2, 3]]), y)
    assert found.words[:3] == ["diverged"] * 3
    assert found.words[3] == "poor split"


@settings(max_examples=80, deadline=None)
@given(
    st.integers(1, 120),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.0, 0.01, 0.5]),
)
def test_last_drops_are_each_s_own(epochs: int, seed: int, noise: float) -> None:
    random = np.random.default_rng(seed)
    losses = np.geomspace(2, 0.1, epochs)[:, None] * (1 + noise * random.random((epochs, 5)))
    losses[:, 4] = np.nan
    together = last_drops(losses[-told_epochs(epochs) :], epochs)
    for own, drop in zip(losses.T, together, strict=True):
        alone = last_drop(own)
        assert (alone is None) == np.isnan(drop)
        assert alone is None or alone == pytest.approx(drop)


def test_without_a_training_nothing_is_too_early() -> None:
    tables = np.array([[[8, 2], [3, 7]]])
    alike = {"dead_share": np.zeros(1)}
    loss = np.array([0.5])
    late = judge_all(tables, loss, **alike, last_drop=np.array([np.nan]))
    assert late.word == judge_all(tables, loss, **alike, last_drop=None).word
    assert late.word != judge_all(tables, loss, **alike, last_drop=np.array([0.5])).word
