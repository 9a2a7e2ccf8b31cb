"""``NeuralClassifier`` in the hands of scikit-learn's other parts."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import AdaBoostClassifier, VotingClassifier
from sklearn.inspection import DecisionBoundaryDisplay, permutation_importance
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import classlens as cl

BLOBS = cl.blobs(160)
X, WORDS = BLOBS.X.astype(np.float64), np.array(["ash", "birch", "cedar", "fir"])[BLOBS.y]


def quick(**options: Any) -> cl.NeuralClassifier:
    return cl.NeuralClassifier(
        **{"hidden": (8,), "epochs": 20, "learning_rate": 0.03, "random_state": 3, **options}
    )


def test_in_a_pipeline_scaling_once_more_changes_little() -> None:
    alone = quick().fit(X, WORDS).predict_proba(X)
    pipeline = make_pipeline(StandardScaler(), quick()).fit(X, WORDS)
    assert np.abs(pipeline.predict_proba(X) - alone).max() < 0.1
    assert pipeline.score(X, WORDS) > 0.95
    assert "NeuralClassifier" in pipeline._repr_html_()


@pytest.mark.slow
def test_in_a_grid_search_on_two_processes() -> None:
    search = GridSearchCV(
        make_pipeline(StandardScaler(), quick()),
        {"neuralclassifier__epochs": [1, 20]},
        cv=2,
        n_jobs=2,
    ).fit(X, WORDS)
    assert search.best_params_["neuralclassifier__epochs"] == 20
    assert search.best_score_ > search.cv_results_["mean_test_score"][0]
    assert search.best_estimator_[-1].n_iter_ == 20
    alone = [
        cross_val_score(search.estimator.set_params(**params), X, WORDS, cv=2).mean()
        for params in search.cv_results_["params"]
    ]
    assert np.allclose(alone, search.cv_results_["mean_test_score"])


def test_behind_a_column_transformer() -> None:
    frame = pd.DataFrame({"width": X[:, 0], "height": X[:, 1], "tree": WORDS})
    pipeline = Pipeline(
        [
            (
                "columns",
                ColumnTransformer(
                    [("words", OneHotEncoder(sparse_output=False), ["tree"])],
                    remainder=StandardScaler(),
                    verbose_feature_names_out=False,
                ).set_output(transform="pandas"),
            ),
            ("network", quick()),
        ]
    ).fit(frame, WORDS)
    assert pipeline.score(frame, WORDS) == 1
    names = ("tree_ash", "tree_birch", "tree_cedar", "tree_fir", "width", "height")
    assert pipeline["network"].model_.feature_names == names


def test_calibrated() -> None:
    clf = CalibratedClassifierCV(quick(), cv=2).fit(X, WORDS, sample_weight=np.ones(160))
    assert clf.score(X, WORDS) > 0.9
    assert np.allclose(clf.predict_proba(X).sum(axis=1), 1)


def test_permutation_importance_finds_the_feature_that_matters() -> None:
    random = np.random.default_rng(0)
    both = np.column_stack([X[:, 0] + X[:, 1], random.normal(size=160)])
    labels = both[:, 0] > both[:, 0].mean()
    found = permutation_importance(quick().fit(both, labels), both, labels, random_state=0)
    assert found.importances_mean[0] > 0.3
    assert found.importances_mean[1] < 0.05


@pytest.mark.parametrize("method", ["decision_function", "predict_proba", "predict"])
def test_a_decision_boundary_is_drawn(method: str) -> None:
    clf = quick().fit(X, BLOBS.y > 1)
    drawn = DecisionBoundaryDisplay.from_estimator(clf, X, response_method=method)
    assert drawn.response.shape == drawn.xx0.shape
    samples = np.column_stack([drawn.xx0.ravel(), drawn.xx1.ravel()])
    expected = getattr(clf, method)(samples)
    expected = expected[:, 1] if method == "predict_proba" else expected
    assert np.allclose(drawn.response.ravel(), expected)


def test_boosted_and_in_a_vote() -> None:
    wide = cl.blobs(160, spread=3.0)
    boosted = AdaBoostClassifier(quick(epochs=5), n_estimators=3, random_state=0)
    assert boosted.fit(wide.X, wide.y).score(wide.X, wide.y) > 0.4
    assert len({clf.loss_curve_[-1] for clf in boosted.estimators_}) == 3
    vote = VotingClassifier(
        [("network", quick()), ("regression", LogisticRegression())], voting="soft"
    )
    assert vote.fit(X, WORDS).score(X, WORDS) > 0.95


def test_it_reaches_good_accuracy_with_its_defaults_on_a_table_in_its_own_units() -> None:
    wine = cl.load("wine")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        scores = cross_val_score(cl.NeuralClassifier(random_state=0), wine.X, wine.y, cv=5)
    assert scores.mean() > 0.96
