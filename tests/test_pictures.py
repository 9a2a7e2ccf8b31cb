"""``clf.explain`` and ``clf.plot``, and what takes a model taking a fitted classifier."""

from __future__ import annotations

import numpy as np
import pytest

import classlens as cl
from classlens.pictures import Pictures

BLOBS = cl.blobs(96)
X = BLOBS.X.astype(np.float64) * 10 + 100
LABELS = np.array([30, 10, 40, 20])[BLOBS.y]
NAMES = ("10", "20", "30", "40")
DATA = cl.Dataset(X, np.array([2, 0, 3, 1])[BLOBS.y], NAMES)
WINDOW = ((0.0, 200.0), (0.0, 200.0))


@pytest.fixture(scope="module")
def clf() -> cl.NeuralClassifier:
    return cl.NeuralClassifier(hidden=2, learning_rate=0.03, random_state=1234).fit(X, LABELS)


def test_the_explanation_is_that_of_its_run(clf: cl.NeuralClassifier) -> None:
    said = clf.explain(X, LABELS)
    assert str(said) == str(cl.explain(clf.run_, DATA)) == str(cl.explain(clf, DATA))
    assert said.names.classes == NAMES
    weights_only = clf.explain()
    assert 0 < len(weights_only.findings) < len(said.findings)
    assert str(clf.explain(window=WINDOW)) == str(cl.explain(clf.model_, window=WINDOW))


def test_what_takes_a_model_takes_it(clf: cl.NeuralClassifier) -> None:
    areas = cl.regions(clf, WINDOW).class_areas
    assert np.array_equal(areas, cl.regions(clf.model_.network, WINDOW).class_areas)
    assert [fact.unit for fact in cl.units(clf, DATA)] == [0, 1]
    assert np.array_equal(cl.path(clf, X[0]).logits, cl.path(clf.model_.network, X[0]).logits)


def test_the_pictures_know_the_labels(clf: cl.NeuralClassifier) -> None:
    plot = clf.plot
    assert isinstance(plot, Pictures)
    regions = plot.regions(X, LABELS)
    assert regions.class_names == NAMES
    assert np.array_equal(regions.samples.y, DATA.y)
    assert np.array_equal(clf.classes_[regions.samples.predicted], clf.predict(X))
    assert np.array_equal(plot.data(X, LABELS).y, DATA.y)
    assert np.array_equal(plot.hidden(X, LABELS).y, DATA.y)
    assert plot.units(X, LABELS, layer="L2").outputs == NAMES
    assert plot.codes(X, LABELS).class_names == NAMES
    assert plot.confusion(X, LABELS).class_names == NAMES
    assert plot.confusion(X, LABELS).counts.sum(axis=1).tolist() == np.bincount(DATA.y).tolist()
    assert plot.path(X[0], X, LABELS).class_names == NAMES
    assert plot.history().loss.tolist() == clf.loss_curve_


def test_the_pictures_without_samples(clf: cl.NeuralClassifier) -> None:
    assert clf.plot.regions(window=WINDOW).samples is None
    assert clf.plot.units(window=WINDOW).X is None


def test_labels_that_are_missing_or_unknown(clf: cl.NeuralClassifier) -> None:
    with pytest.raises(cl.DataError, match=r"X and y must be given together\. Got one of them"):
        clf.explain(X)
    with pytest.raises(
        cl.DataError, match=r"y must hold labels among 10, 20, 30, 40\. Got 4 in row 0"
    ):
        clf.plot.regions(X, BLOBS.y + 2)
