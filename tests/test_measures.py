"""Measures, against scikit-learn's and against published intervals."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    log_loss,
    precision_recall_fscore_support,
)

from classlens.measures import Measures
from classlens.scores import softmax


def predictions(seed: int, samples: int, classes: int):
    random = np.random.default_rng(seed)
    y = random.integers(0, classes, samples)
    logits = random.normal(size=(samples, classes)) * 2
    logits[np.arange(samples), y] += 1.5
    return softmax(logits), y


@given(seed=st.integers(0, 1000), samples=st.integers(2, 200), classes=st.integers(2, 7))
def test_they_are_scikit_learn_s(seed, samples, classes):
    probabilities, y = predictions(seed, samples, classes)
    found = Measures.of(probabilities, y, tuple(f"c{k}" for k in range(classes)))
    predicted, labels = probabilities.argmax(axis=1), list(range(classes))
    assert found.accuracy == accuracy_score(y, predicted)
    assert found.log_loss == pytest.approx(log_loss(y, probabilities, labels=labels))
    np.testing.assert_array_equal(found.confusion, confusion_matrix(y, predicted, labels=labels))
    theirs = precision_recall_fscore_support(y, predicted, labels=labels, zero_division=np.nan)
    for number, row in enumerate(zip(*theirs, strict=True)):
        ours = found.classes[number]
        assert ours[1:3] == pytest.approx(row[:2], nan_ok=True)
        if ours.samples or not np.isnan(ours.precision):
            assert ours.f1 == pytest.approx(row[2], nan_ok=True)
        assert ours.samples == row[3]
    assert found.baseline == np.bincount(y).max() / samples


@pytest.mark.parametrize(
    ("right", "of", "low", "high"),
    # The last one is the example of Newcombe (1998), Two-sided confidence intervals.
    [(0, 10, 0.0, 0.2775328), (10, 10, 0.7224672, 1.0), (81, 263, 0.2552807, 0.3662128)],
)
def test_the_interval_is_wilson_s(right, of, low, high):
    y = np.zeros(of, int)
    probabilities = np.tile([0.4, 0.6], (of, 1))
    probabilities[:right] = [0.6, 0.4]
    found = Measures.of(probabilities, y, ("a", "b"))
    assert found.interval == pytest.approx((low, high), abs=1e-4)


def test_bins_and_mistakes_by_hand():
    probabilities = np.array([[1.0, 0.0], [0.95, 0.05], [0.3, 0.7], [0.35, 0.65]])
    found = Measures.of(probabilities, np.array([0, 1, 1, 0]), ("a", "b"))
    assert [(each.low, each.samples, each.accuracy) for each in found.bins] == [
        (0.6, 1, 0.0),
        (0.7, 1, 1.0),
        (0.9, 2, 0.5),
    ]
    assert found.calibration_error == pytest.approx(0.25 * 0.65 + 0.25 * 0.3 + 0.5 * 0.475)
    assert [(each.row, each.predicted) for each in found.mistakes] == [(1, 0), (3, 1)]
    assert found.mistakes[0].probability == 0.95


def test_an_impossible_truth_is_finite():
    found = Measures.of(np.array([[1.0, 0.0]]), np.array([1]), ("a", "b"))
    assert found.log_loss == pytest.approx(-np.log(1e-15))
    assert np.isnan(found.classes[0].recall)
    assert np.isnan(found.classes[1].precision)
