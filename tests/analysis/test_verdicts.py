"""Verdicts on confusion tables made for each of them."""

import math

import numpy as np
import pytest

import classlens as cl
from classlens.analysis.thresholds import THRESHOLDS
from classlens.analysis.verdicts import Merger, judge, last_drop

GOOD = np.diag([25, 25, 25, 25])
MERGED = np.array([[25, 0, 0, 0], [1, 0, 0, 24], [0, 0, 25, 0], [0, 0, 0, 25]])
MIXED = np.array([[18, 7, 0, 0], [0, 25, 0, 0], [0, 0, 22, 3], [0, 0, 0, 25]])
FAIR = np.array([[22, 3, 0, 0], [0, 25, 0, 0], [0, 0, 22, 3], [0, 0, 0, 25]])


@pytest.mark.parametrize(
    ("table", "loss", "dead", "drop", "word"),
    [
        (GOOD, 0.03, 0, 0.01, "good"),
        (GOOD, 0.03, 1.0, 0.5, "good"),
        (GOOD, math.nan, 0, None, "diverged"),
        (FAIR, 2.1 * math.log(4), 0, None, "diverged"),
        (FAIR, 0.4, 0, 0.2, "too early"),
        (MERGED, 0.5, 0.25, 0.01, "dead units"),
        (MERGED, 0.5, 0.24, 0.01, "poor split"),
        (MERGED, 0.5, 0, 0.01, "poor split"),
        (MERGED, 0.5, 0, None, "poor split"),
        (FAIR, 0.4, 0, 0.01, "fair"),
        (MIXED, 0.4, 0, 0.01, "poor split"),
    ],
)
def test_words(table, loss, dead, drop, word):
    assert judge(table, loss, dead_share=dead, last_drop=drop).word == word


def test_mergers_name_the_class_and_the_counts():
    verdict = judge(MERGED, 0.5, dead_share=0, last_drop=None)
    assert verdict.mergers == (Merger(1, 3, 24, 25, "merged"),)
    # Nine classes of ten may be right and the tenth lost: no accuracy makes that good.
    table = np.diag([100] * 9 + [0])
    table[9, 0] = 10
    assert judge(table, 0.1, dead_share=0, last_drop=None).word == "poor split"


def test_classes_that_are_mixed_up_are_not_called_merged():
    verdict = judge(MIXED, 0.4, dead_share=0, last_drop=None)
    assert verdict.mergers == (Merger(0, 1, 7, 25, "mixed"),)


def test_a_class_without_examples_is_no_merger():
    assert judge(np.diag([5, 5, 0]), 0.1, dead_share=0, last_drop=None).mergers == ()


def test_last_drop():
    assert last_drop(np.linspace(2, 1, 101)) == pytest.approx(1 - 1 / 1.1)
    assert last_drop(np.ones(5)) is None
    assert last_drop(np.zeros(20)) == 0
    assert last_drop(np.append(np.ones(19), np.inf)) is None
    assert last_drop(np.linspace(1, 2, 101)) == pytest.approx(1 - 2 / 1.9)


@pytest.mark.parametrize("epochs", [10, 40, 100, 300])
def test_a_noisy_flat_loss_has_not_fallen(epochs):
    """One epoch against another says that it has, for one seed in three or four."""
    random = np.random.default_rng(epochs)
    losses = 0.4 * (1 + 0.15 * random.normal(size=(500, epochs)))
    ends = 1 - losses[:, -1] / losses[:, -1 - epochs // 10]
    assert (ends > 0.1).mean() > 0.25
    drops = np.array([last_drop(each) for each in losses])
    assert (drops > 0.1).mean() < 0.04


@pytest.mark.parametrize("epochs", [40, 100, 300])
def test_a_noisy_falling_loss_has_fallen(epochs):
    random = np.random.default_rng(epochs)
    falling = np.geomspace(1, 0.1, epochs)  # by a fifth in each tenth
    for _ in range(100):
        losses = falling * (1 + 0.01 * random.normal(size=epochs))
        assert last_drop(losses) == pytest.approx(1 - 0.1**0.1, abs=0.04)


@pytest.mark.parametrize(
    "settings",
    [
        {"batch_size": 2, "learning_rate": 0.05, "epochs": 100, "seed": 4},
        {"batch_size": 4, "learning_rate": 0.03, "epochs": 300, "seed": 1},
        {"batch_size": 4, "learning_rate": 0.03, "epochs": 300, "seed": 4},
    ],
)
def test_a_noisy_training_is_not_too_early(settings):
    losses = cl.fit(cl.spirals(300), hidden=(4,), **settings).history.loss
    too_early = THRESHOLDS["too early"].value
    assert 1 - losses[-1] / losses[-1 - len(losses) // 10] > too_early
    assert last_drop(losses) < too_early


@pytest.mark.parametrize(
    ("epochs", "seed", "early"), [(40, 4, True), (200, 98, True), (200, 167, True), (200, 9, False)]
)
def test_the_lab_s_trainings(epochs, seed, early):
    losses = cl.fit(cl.blobs(), epochs=epochs, seed=seed).history.loss
    assert (last_drop(losses) > THRESHOLDS["too early"].value) is early


def test_every_threshold_says_what_it_decides():
    for row in THRESHOLDS.values():
        assert row.meaning.endswith(".")
        assert row.value > 0
