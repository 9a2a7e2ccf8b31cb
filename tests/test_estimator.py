"""``NeuralClassifier``: its translations, against ``fit`` and scikit-learn's conventions."""

from __future__ import annotations

import pickle
import subprocess
import sys
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.exceptions import NotFittedError as TheirNotFittedError

import classlens as cl
from classlens.settings import SETTINGS

BLOBS = cl.blobs(96)
X, Y = BLOBS.X.astype(np.float64), BLOBS.y
WORDS = np.array(["ash", "birch", "cedar", "fir"])[Y]


def quick(**options: Any) -> cl.NeuralClassifier:
    return cl.NeuralClassifier(
        **{
            "hidden": (8,),
            "epochs": 30,
            "optimizer": "adam",
            "learning_rate": 0.03,
            "random_state": 3,
            **options,
        }
    )


@pytest.fixture(scope="module")
def fitted() -> cl.NeuralClassifier:
    return quick().fit(X, WORDS)


def test_its_parameters_are_the_tables_rows() -> None:
    own = {"standardize", "random_state", "warm_start"}
    left_out = {"seed", "shuffle_seed", "test_fraction"}  # random_state; one split is the user's
    assert set(quick().get_params()) - own == set(SETTINGS) - left_out


def test_it_is_fit_on_the_scaled_distinct_samples() -> None:
    clf = quick(standardize=False).fit(X, Y)
    order = np.lexsort((np.arange(96),))  # any: the samples' own order decides
    assert clf.n_features_in_ == 2
    assert np.array_equal(clf.fit(X[order[::-1]], Y[::-1]).loss_curve_, clf.loss_curve_)
    assert clf.model_.settings == cl.Settings(
        hidden=(8,),
        epochs=30,
        seed=3,
        **{name: getattr(clf, name) for name in ("optimizer", "learning_rate", "schedule")},
        history_megabytes=clf.history_megabytes,
    )
    run = cl.fit(  # the same run from its own start, on samples in the same order
        (X, Y), **{**vars(clf.model_.settings), "batch_size": 96, "epochs": 1}
    )
    again = quick(standardize=False, batch_size=96, epochs=1).fit(X, Y)
    assert np.allclose(again.loss_curve_, run.history.loss, rtol=1e-5)
    for ours, theirs in zip(again.model_.network.layers, run.network.layers, strict=True):
        assert np.allclose(ours.kernel, theirs.kernel, atol=1e-6)


def test_what_is_learned(fitted: cl.NeuralClassifier) -> None:
    assert fitted.score(X, WORDS) > 0.95
    assert fitted.classes_.tolist() == ["ash", "birch", "cedar", "fir"]
    assert fitted.model_.class_names == ("ash", "birch", "cedar", "fir")
    assert fitted.n_iter_ == len(fitted.loss_curve_) == 30
    assert fitted.loss_curve_ == fitted.run_.history.loss.tolist()
    assert fitted.loss_curve_[-1] < fitted.loss_curve_[0]


def test_the_three_predictions_agree(fitted: cl.NeuralClassifier) -> None:
    logits, shares = fitted.decision_function(X), fitted.predict_proba(X)
    assert np.array_equal(logits, fitted.model_.logits(X))
    assert np.allclose(np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True), shares)
    assert np.array_equal(fitted.classes_[shares.argmax(axis=1)], fitted.predict(X))


def test_two_classes_have_one_decision_function() -> None:
    clf = quick().fit(X, Y > 1)
    logits = clf.model_.logits(X)
    assert np.array_equal(clf.decision_function(X), logits[:, 1] - logits[:, 0])
    assert clf.predict(X).dtype == bool
    assert np.array_equal(clf.predict(X), clf.decision_function(X) > 0)
    assert clf.model_.class_names == ("False", "True")


@pytest.mark.parametrize(
    ("labels", "names"),
    [(Y * 5 + 3, ("3", "8", "13", "18")), (Y.astype(float), ("0", "1", "2", "3"))],
)
def test_labels_with_gaps(labels: np.ndarray, names: tuple[str, ...]) -> None:
    clf = quick().fit(X, labels)
    assert clf.score(X, labels) > 0.95
    assert clf.predict(X).dtype == labels.dtype
    assert clf.model_.class_names == names


def test_the_features_scale_does_not_matter(fitted: cl.NeuralClassifier) -> None:
    stretched = X * [1e-6, 1e6] + [5.0, 3e6]
    clf = quick().fit(stretched, WORDS)
    # Rounded differently, the samples also come in another order.
    assert np.abs(clf.predict_proba(stretched) - fitted.predict_proba(X)).max() < 0.05
    with pytest.raises(cl.DivergedError):
        quick(standardize=False, optimizer="sgd").fit(stretched, WORDS)


@settings(max_examples=5)
@given(st.lists(st.integers(0, 3), min_size=24, max_size=24), st.randoms())
def test_a_weight_is_so_many_copies(counts: list[int], random: Any) -> None:
    counts[:8] = [1] * 8  # so that there are two classes
    weighted = quick().fit(X[:24], Y[:24], sample_weight=counts)
    copies = np.repeat(np.arange(24), counts)
    random.shuffle(copies)
    repeated = quick().fit(X[copies], Y[copies])
    assert np.array_equal(weighted.decision_function(X), repeated.decision_function(X))
    balanced = quick(class_weight="balanced")
    one = balanced.fit(X[:24], Y[:24], sample_weight=counts).decision_function(X)
    assert np.array_equal(one, balanced.fit(X[copies], Y[copies]).decision_function(X))


def test_without_decay_only_the_ratios_of_weights_matter() -> None:
    weight = np.linspace(0.5, 2, 96)
    one = quick().fit(X, Y, sample_weight=weight).decision_function(X)
    assert np.array_equal(one, quick().fit(X, Y, sample_weight=4 * weight).decision_function(X))
    assert not np.array_equal(one, quick().fit(X, Y).decision_function(X))


def test_class_weights_are_by_label() -> None:
    wide = cl.blobs(96, spread=4.0)
    labels = np.array([30, 10, 40, 20])[wide.y]
    shares = [
        (quick(class_weight=weight).fit(wide.X, labels).predict(wide.X) == 10).mean()
        for weight in ({10: 0.02}, None, {10: 20})
    ]
    assert shares[0] < shares[1] < shares[2]
    clf = quick(class_weight={10: 3}).fit(wide.X, labels)
    assert clf.model_.settings is not None
    assert clf.model_.settings.class_weight == {"10": 3.0}
    with pytest.raises(cl.ArgumentError, match=r"class_weight must have labels as keys, 10, 20,"):
        quick(class_weight={11: 3}).fit(X, labels)


def test_the_decay_that_suits() -> None:
    def decay(**options: Any) -> float:
        return quick(epochs=1, **options).fit(X, Y).model_.settings.weight_decay

    assert decay() == decay(optimizer="sgd", learning_rate=0.01) == 0
    assert decay(optimizer="adamw") == pytest.approx(50 / 96**0.5)
    assert decay(optimizer="adamw", weight_decay=0.5) == 0.5
    clf = quick(optimizer="adamw").partial_fit(X, Y, [0, 1, 2, 3])
    assert clf.model_.settings.weight_decay == 0


def test_a_table_of_many_copies_is_learned() -> None:
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    for copies in (1, 250):
        X, y = np.tile(corners, (copies, 1)), np.tile([0, 1, 1, 0], copies)
        clf = cl.NeuralClassifier(random_state=0).fit(X, y)
        assert clf.n_iter_ == 500
        assert clf.score(X, y) == 1


def test_random_state_is_the_seed() -> None:
    numbers = [
        quick(random_state=state).fit(X, Y).model_.settings.seed for state in (7, np.int64(-7))
    ]
    assert numbers == [7, -7]
    drawn = {quick(random_state=None).fit(X, Y).model_.settings.seed for _ in range(3)}
    assert len(drawn) == 3
    one, other = (
        quick(random_state=np.random.RandomState(5)).fit(X, Y).model_.settings.seed for _ in "ab"
    )
    assert one == other
    np.random.seed(0)  # noqa: NPY002 - what None means to scikit-learn's users
    first = quick(random_state=None).fit(X, Y).model_.settings.seed
    np.random.seed(0)  # noqa: NPY002
    assert quick(random_state=None).fit(X, Y).model_.settings.seed == first


def test_early_stopping() -> None:
    wide = cl.blobs(96, spread=3.0)
    clf = quick(epochs=400, learning_rate=0.05, validation_fraction=0.25, patience=5)
    clf.fit(wide.X, wide.y)
    assert clf.run_.ending == "early"
    assert clf.n_iter_ == clf.run_.epoch + 5 < 400
    assert clf.run_.history.val_loss is not None
    best = clf.run_.network_at(clf.run_.epoch)
    assert np.array_equal(best.logits(X), clf.decision_function(X))


def test_a_frames_names_are_kept_and_checked() -> None:
    frame = pd.DataFrame(X, columns=["width", "height"])
    clf = quick().fit(frame, WORDS)
    assert clf.feature_names_in_.tolist() == ["width", "height"]
    assert clf.model_.feature_names == ("width", "height")
    assert quick().fit(X, WORDS).model_.feature_names == ("x0", "x1")
    with pytest.raises(ValueError, match="must be in the same order as they were in fit"):
        clf.predict(frame[["height", "width"]])
    with pytest.raises(ValueError, match="unseen at fit time"):
        clf.predict(frame.rename(columns={"height": "depth"}))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        clf.predict(X)


def test_before_fit() -> None:
    for call in (
        lambda clf: clf.predict(X),
        lambda clf: clf.predict_proba(X),
        lambda clf: clf.decision_function(X),
        lambda clf: clf.explain(),
        lambda clf: clf.run_,
        lambda clf: clf.model,
        lambda clf: clf.history,
        lambda clf: clf.plot,
    ):
        for kind in (cl.NotFittedError, TheirNotFittedError, cl.ClasslensError):
            with pytest.raises(
                kind, match=r"^this NeuralClassifier is not fitted\. Call fit\(X, y\) first\.$"
            ):
                call(quick())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0, "hidden": "x"}, r"hidden must be whole numbers(.|\n)*epochs must be"),
        ({"optimizer": "adm"}, r"optimizer must be one of .* Did you mean 'adam'\?"),
        ({"standardize": 3}, r"standardize must be True or False\. Got 3 instead"),
        ({"warm_start": "no"}, r"warm_start must be True or False\. Got 'no' instead"),
        ({"patience": 3, "validation_fraction": 0.0}, r"patience needs samples to watch"),
        ({"random_state": True}, r"random_state must be a whole number .* Got True instead"),
    ],
)
def test_parameters_are_checked_by_fit(options: dict[str, Any], words: str) -> None:
    clf = quick(**options)  # scikit-learn wants no check before fit
    with pytest.raises(cl.ArgumentError, match=words):
        clf.fit(X, Y)


def test_parameters_stay_as_they_are_given() -> None:
    hidden = [8]
    clf = quick(hidden=hidden).fit(X, Y)
    assert clf.hidden is hidden
    assert clone(clf).get_params() == clf.get_params()
    assert not hasattr(clone(clf), "model_")
    assert clf.set_params(epochs=2, hidden=3).fit(X, Y).n_iter_ == 2


def test_pickles_and_goes_on_after(fitted: cl.NeuralClassifier) -> None:
    stored = pickle.dumps(fitted)
    assert len(stored) < 100_000
    loaded = pickle.loads(stored)  # noqa: S301
    assert np.array_equal(loaded.decision_function(X), fitted.decision_function(X))
    assert str(loaded.explain(X, WORDS)) == str(fitted.explain(X, WORDS))
    loaded.set_params(warm_start=True, epochs=1).fit(X, WORDS)
    assert loaded.n_iter_ == fitted.n_iter_ + 1


def test_too_large_for_float32() -> None:
    with pytest.raises(cl.DataError, match=r"X must be finite in float32\. Got .*e\+200 in row"):
        quick(standardize=False).fit(X * 1e200, Y)
    assert quick().fit(X * 1e200, Y).score(X * 1e200, Y) > 0.9


def test_divergence_is_an_error_and_leaves_no_model() -> None:
    clf = quick(optimizer="sgd", learning_rate=1e20)
    with pytest.raises(cl.DivergedError, match="the training diverged in epoch 1"):
        clf.fit(X, Y)
    with pytest.raises(cl.NotFittedError):
        clf.predict(X)


def test_an_interruption_warns(monkeypatch: pytest.MonkeyPatch) -> None:
    from classlens.training.loop import Trainer

    advance = Trainer.advance

    def interrupted(self: Trainer) -> Any:
        advance(self)
        raise KeyboardInterrupt

    monkeypatch.setattr(Trainer, "advance", interrupted)
    with pytest.warns(ConvergenceWarning, match=r"^interrupted after \d+ of 100000 epochs\.$"):
        clf = quick(epochs=100_000).fit(X, Y)
    assert 0 < clf.n_iter_ < 100_000
    assert clf.predict(X).shape == (96,)


def test_representations(fitted: cl.NeuralClassifier) -> None:
    assert repr(cl.NeuralClassifier()) == "NeuralClassifier()"
    assert repr(cl.NeuralClassifier(epochs=3)) == "NeuralClassifier(epochs=3)"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        page = fitted._repr_html_()
    assert "NeuralClassifier" in page
    assert "random_state" in page


def test_without_scikit_learn() -> None:
    code = (
        "import sys; sys.modules['sklearn'] = None\n"
        "import classlens as cl\n"
        "try: cl.NeuralClassifier\n"
        "except cl.MissingLibraryError as error: print(error)"
    )
    said = subprocess.check_output([sys.executable, "-c", code], text=True)
    assert said.startswith("NeuralClassifier needs scikit-learn, which cannot be imported (")
    assert said.endswith("Install it with: pip install scikit-learn\n")
