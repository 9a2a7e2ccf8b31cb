"""Classifiers of scikit-learn as networks, against their own probabilities."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    RobustScaler,
    StandardScaler,
)

import classlens as cl
from classlens.io import chain, sklearn

RNG = np.random.default_rng(7)
ROWS = 200
TABLE = pd.DataFrame(
    {
        "age": RNG.normal(50, 9, ROWS),
        "height": RNG.normal(size=ROWS),
        "colour": RNG.choice(["blue", "green", "red"], ROWS),
        "member": RNG.choice(["no", "yes"], ROWS),
        "visits": RNG.integers(0, 9, ROWS),
        "level": RNG.choice([1, 2, 3], ROWS),
    }
)
NUMBERS = TABLE[["age", "height", "visits"]]
KINDS = np.where(TABLE.age + 5 * TABLE.height > 50, TABLE.colour, "none")
TWO = KINDS == "none"


def mlp(**options: Any) -> MLPClassifier:
    return MLPClassifier(**{"hidden_layer_sizes": (5, 4), "max_iter": 30, **options})


def fitted(estimator: Any, X: Any, y: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return estimator.fit(X, y)


@pytest.mark.parametrize(
    ("estimator", "X", "y"),
    [
        (mlp(), NUMBERS, KINDS),
        (mlp(activation="tanh"), NUMBERS.to_numpy(), KINDS),
        (mlp(activation="logistic", hidden_layer_sizes=(3,)), NUMBERS, TWO),
        (mlp(activation="identity", hidden_layer_sizes=()), NUMBERS, KINDS),
        (LogisticRegression(), NUMBERS, KINDS),
        (LogisticRegression(fit_intercept=False), NUMBERS, TWO),
        (make_pipeline(StandardScaler(), mlp()), NUMBERS, KINDS),
        (make_pipeline(StandardScaler(with_mean=False), mlp()), NUMBERS, KINDS),
        (make_pipeline(StandardScaler(with_std=False), MinMaxScaler(), mlp()), NUMBERS, KINDS),
        (make_pipeline(RobustScaler(), "passthrough", MaxAbsScaler(), mlp()), NUMBERS, KINDS),
        (make_pipeline(MinMaxScaler((-1, 2)), LogisticRegression()), NUMBERS, TWO),
        (Pipeline([("a", make_pipeline(StandardScaler())), ("b", mlp())]), NUMBERS, KINDS),
    ],
)
def test_numbers(estimator: Any, X: Any, y: Any) -> None:
    model = fitted(estimator, X, y)
    made = cl.as_model(model)
    wanted = model.predict_proba(X)
    np.testing.assert_allclose(made.predict_proba(X), wanted, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(cl.Network.from_sklearn(model).predict(X), wanted.argmax(axis=1))
    assert made.class_names == tuple(str(each) for each in model.classes_.tolist())
    named = tuple(X.columns) if isinstance(X, pd.DataFrame) else ("x0", "x1", "x2")
    assert made.feature_names == named


def right_in(told: cl.Explanation) -> int:
    return next(each.holds for each in told.findings if each.kind == "verdict")


MIXED = [
    make_pipeline(
        ColumnTransformer(
            [
                ("words", OneHotEncoder(drop="if_binary"), ["member", "colour"]),
                ("numbers", make_pipeline(StandardScaler(), RobustScaler()), ["age", "height"]),
            ],
            remainder="passthrough",
        ),
        mlp(),
    ),
    make_pipeline(
        make_column_transformer(
            (OneHotEncoder(sparse_output=False, drop="first"), slice("colour", "member")),
            (MinMaxScaler(), [0, -2]),
            (FunctionTransformer(), [False, True, False, False, False, False]),
            (OneHotEncoder(handle_unknown="ignore"), ["level"]),
        ),
        StandardScaler(with_mean=False),
        LogisticRegression(max_iter=500),
    ),
]


@pytest.mark.parametrize("estimator", MIXED)
def test_words(estimator: Any) -> None:
    model = fitted(estimator, TABLE, KINDS)
    made = cl.as_model(model)
    assert made.encoding is not None
    assert "colour=red" in made.feature_names
    found = np.concatenate(list(cl.predict(made, TABLE)))
    np.testing.assert_allclose(found, model.predict_proba(TABLE), rtol=1e-8, atol=1e-12)
    told = cl.explain(model, TABLE, KINDS)
    assert right_in(told) == (model.predict(TABLE) == KINDS).sum()
    cl.verify(told, model, (TABLE, KINDS))


def test_numbers_for_classes_are_looked_up_by_their_value() -> None:
    y = np.where(TWO, 1, 2)
    model = fitted(LogisticRegression(), NUMBERS, y)
    told = cl.explain(model, NUMBERS, y)
    assert right_in(told) == (model.predict(NUMBERS) == y).sum()
    with pytest.raises(cl.DataError, match=r"y must hold names of classes, 1, 2. Got '3' in row 0"):
        cl.explain(model, NUMBERS, y + 2)


def test_what_is_said() -> None:
    found = sklearn.from_object(fitted(make_pipeline(StandardScaler(), mlp()), NUMBERS, KINDS))
    assert found.source == "a scikit-learn model"
    assert found.notes == (chain.SOFTMAX, "Folded into the first layer: StandardScaler.")
    assert sklearn.from_object(fitted(LogisticRegression(), NUMBERS, TWO)).notes == (chain.SIGMOID,)


class Own(LogisticRegression):
    """Might compute anything."""


MANY_LABELS = np.column_stack([TWO, ~TWO]).astype(int)
REFUSED = {
    "not fitted": (mlp(), "the MLPClassifier must be fitted first"),
    "a forest": (
        RandomForestClassifier(),
        "RandomForestClassifier cannot be read as a network. Supported: MLPClassifier, Logistic",
    ),
    "a subclass": (Own(), r"test_sklearn.Own cannot be read as a network"),
    "a step": (
        fitted(make_pipeline(PCA(), mlp()), NUMBERS, KINDS),
        "PCA before the classifier cannot be read. Supported: StandardScaler",
    ),
    "many labels": (
        fitted(mlp(), NUMBERS, MANY_LABELS),
        "answers several questions at once",
    ),
    "nothing": (Pipeline([("a", "passthrough")]), "the Pipeline must end in a classifier"),
    "clipped": (
        fitted(make_pipeline(MinMaxScaler(clip=True), mlp()), NUMBERS, KINDS),
        "a MinMaxScaler with clip=True cuts numbers off",
    ),
    "clipped by the largest": (
        fitted(make_pipeline(MaxAbsScaler(clip=True), mlp()), NUMBERS, KINDS),
        "a MaxAbsScaler with clip=True cuts numbers off",
    ),
    "rare words": (
        fitted(make_pipeline(OneHotEncoder(max_categories=2), mlp()), TABLE[["colour"]], KINDS),
        "puts rare words together",
    ),
    "numbers as words": (
        fitted(make_pipeline(OneHotEncoder(), mlp()), NUMBERS[["age"]], KINDS),
        "categories of column 'age' must be words or whole numbers. Got ",
    ),
    "scaled words": (
        fitted(make_pipeline(StandardScaler(), OneHotEncoder(), mlp()), TABLE[["level"]], KINDS),
        "column 'level' is scaled before its words are told apart",
    ),
    "two ways": (
        fitted(
            make_pipeline(
                make_column_transformer((OneHotEncoder(), ["level"]), ("passthrough", ["level"])),
                mlp(),
            ),
            TABLE,
            KINDS,
        ),
        "column 'level' must be used in one way",
    ),
    "one model a class": (
        type("Fitted", (), {})(),
        "model must be a Network, a Model",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refusals(case: str) -> None:
    estimator, words = REFUSED[case]
    with pytest.raises(cl.ArgumentError, match=words):
        cl.as_model(estimator)


def test_one_versus_the_rest_is_no_softmax() -> None:
    model = fitted(LogisticRegression(), NUMBERS, KINDS)
    model.solver = "liblinear"  # with which earlier versions fitted a model for each class
    with pytest.raises(cl.ArgumentError, match=r"each for itself .one versus the rest"):
        cl.as_model(model)


def test_the_cross_validated_one() -> None:
    model = fitted(
        LogisticRegressionCV(
            Cs=2, cv=2, l1_ratios=(0,), use_legacy_attributes=False, scoring="accuracy"
        ),
        NUMBERS,
        TWO,
    )
    found = cl.as_model(model).predict_proba(NUMBERS)
    np.testing.assert_allclose(found, model.predict_proba(NUMBERS), rtol=1e-9, atol=1e-12)
