"""``NeuralClassifier`` going on: ``warm_start`` and ``partial_fit`` against one whole fit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import classlens as cl

BLOBS = cl.blobs(96)
X, Y = BLOBS.X.astype(np.float64), BLOBS.y
WORDS = np.array(["ash", "birch", "cedar", "fir"])[Y]


def quick(**options: Any) -> cl.NeuralClassifier:
    rule = {"hidden": (8,), "epochs": 30, "optimizer": "adam", "learning_rate": 0.03}
    return cl.NeuralClassifier(**{**rule, "random_state": 3, **options})


def test_warm_start_goes_on() -> None:
    whole = quick(schedule="constant", epochs=12).fit(X, Y)
    clf = quick(schedule="constant", epochs=4, warm_start=True)
    for _ in range(3):
        clf.fit(X, Y)
    assert clf.n_iter_ == 12
    assert clf.loss_curve_ == whole.loss_curve_
    assert np.array_equal(clf.decision_function(X), whole.decision_function(X))
    assert len(clf.run_.history) == 4
    with pytest.raises(cl.ArgumentError, match=r"classes must be .*, 0, 1, 2, 3\. Got 0, 1 in"):
        clf.fit(X, (Y > 1).astype(int))
    with pytest.raises(cl.ArgumentError, match=r"sizes must be .*, 2, 8, 4\. Got 2, 5, 4 in"):
        clf.set_params(hidden=5).fit(X, Y)
    with pytest.raises(ValueError, match="X has 1 features, but NeuralClassifier is expecting 2"):
        clf.fit(X[:, :1], Y)
    assert clf.set_params(warm_start=False).fit(X[:, :1], Y).n_iter_ == 4


def test_partial_fit_is_fit_by_epochs() -> None:
    whole = quick(schedule="constant", epochs=5).fit(X, WORDS)
    clf = quick(schedule="constant", epochs=99)
    for number in range(5):
        assert clf.partial_fit(X, WORDS, np.unique(WORDS) if number == 0 else None) is clf
    assert clf.loss_curve_ == whole.loss_curve_
    assert np.array_equal(clf.decision_function(X), whole.decision_function(X))


def test_partial_fit_learns_from_parts_of_one_class() -> None:
    clf = quick(learning_rate=0.02).partial_fit(X[:32], Y[:32], classes=[0, 1, 2, 3])
    for _ in range(15):
        for label in range(4):
            part = label == Y
            clf.partial_fit(X[part], Y[part], sample_weight=np.ones(part.sum()))
    assert set(clf.predict(X)) == {0, 1, 2, 3}
    assert clf.n_iter_ == 61


@pytest.mark.parametrize(
    ("options", "y", "classes", "kind", "words"),
    [
        ({}, Y, None, cl.ArgumentError, r"classes must be all labels there will be, .* Got None"),
        ({}, Y, [0, 1], cl.DataError, r"y must hold labels among 0, 1\. Got 2 in row"),
        (
            {"validation_fraction": 0.1},
            Y,
            [0, 1, 2, 3],
            cl.ArgumentError,
            r"for partial_fit, which sees a part .* Got 0\.1, None, None instead\.",
        ),
        ({"patience": 3}, Y, [0, 1, 2, 3], cl.ArgumentError, r"Got None, 3, None instead"),
        (
            {"class_weight": "balanced"},
            Y,
            [0, 1, 2, 3],
            cl.ArgumentError,
            r"Got None, None, 'balanced' instead",
        ),
        ({}, 0 * Y, [0, 1], cl.DataError, "must be of at least two classes"),
    ],
)
def test_what_partial_fit_refuses(
    options: dict[str, Any], y: np.ndarray, classes: Any, kind: type[Exception], words: str
) -> None:
    with pytest.raises(kind, match=words):
        quick(**options).partial_fit(X, y, classes)


def test_other_classes_are_refused_by_partial_fit() -> None:
    clf = quick().partial_fit(X, Y, [0, 1, 2, 3])
    with pytest.raises(
        cl.ArgumentError, match=r"classes must be .*, 0, 1, 2, 3\. Got 0, 1, 2, 3, 4"
    ):
        clf.partial_fit(X, Y, [0, 1, 2, 3, 4])


def test_parts_of_any_size_go_on_with_the_first_one_s_width() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(640, 3))
    y = (X[:, 0] > 0).astype(int)
    clf = cl.NeuralClassifier(random_state=0).partial_fit(X[:600], y[:600], classes=[0, 1])
    assert clf.model_.network.sizes == (3, 128, 64, 2)
    clf.partial_fit(X[600:], y[600:])
    assert clf.model_.network.sizes == (3, 128, 64, 2)
    assert clf.n_iter_ == 2
