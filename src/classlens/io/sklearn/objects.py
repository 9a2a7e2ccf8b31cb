"""Fitted classifiers of scikit-learn as models of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from classlens.activations import Activation
from classlens.data.encode import Encoding
from classlens.errors import ArgumentError, listed
from classlens.io.chain import Chain, Imported
from classlens.io.sklearn.columns import (
    TRANSFORMERS,
    Column,
    Floats,
    check_fitted,
    encoded,
    kind_of,
    steps_of,
    transformed,
)
from classlens.model import Model
from classlens.names import feature_names

SOURCE = "a scikit-learn model"
_ACTIVATIONS = {"identity": "linear", "logistic": "sigmoid", "tanh": "tanh", "relu": "relu"}


def from_object(estimator: Any) -> Imported:
    """A fitted MLPClassifier or LogisticRegression, or a Pipeline that ends in one.

    Raises:
        ArgumentError: if it is not fitted, or has a part that no network here can have.
    """
    steps = steps_of(estimator)
    *before, (_, classifier) = steps
    kind = kind_of(classifier)
    if kind not in _CLASSIFIERS:
        raise ArgumentError(
            f"{kind} cannot be read as a network. Supported: {', '.join(_CLASSIFIERS)}, alone or "
            f"at the end of a Pipeline of {', '.join(TRANSFORMERS)}."
        )
    check_fitted(classifier)
    first = steps[0][1]
    names = _raw_names(first)
    columns = [Column(source) for source in range(len(names))]
    for _, transformer in before:
        columns = transformed(transformer, columns, names)
    chain = Chain()
    layers = _CLASSIFIERS[kind](classifier)
    features, mix, shift = encoded(columns, names)
    if before:
        kernel, bias, activation = layers[0]
        layers[0] = (mix @ kernel, bias + shift @ kernel, activation)
    for kernel, bias, activation in layers:
        chain.dense(kernel, bias)
        chain.activate(activation)
    if len(classifier.classes_) > 2:
        chain.softmax()
    network = chain.network([str(each) for each in classifier.classes_.tolist()])
    notes = list(chain.notes)
    if before:
        kinds = dict.fromkeys(kind_of(transformer) for _, transformer in before)
        notes.append(f"Folded into the first layer: {listed(list(kinds))}.")
    if all(feature.kind == "number" for feature in features):
        own = tuple(feature.column for feature in features)
        return Imported(Model(network, own), SOURCE, tuple(notes))
    encoding = Encoding(features, _target(names))
    return Imported(Model(network, encoding.names, encoding=encoding), SOURCE, tuple(notes))


Layers = list[tuple[Floats, Floats, Activation]]


def _mlp(classifier: Any) -> Layers:
    if classifier.out_activation_ == "logistic" and classifier.n_outputs_ > 1:
        raise ArgumentError(
            "the MLPClassifier answers several questions at once (multilabel), each yes or no. A "
            "network here names one class."
        )
    hidden = Activation(_ACTIVATIONS[classifier.activation])
    last = Activation("sigmoid" if classifier.out_activation_ == "logistic" else "linear")
    words = [*[hidden] * (len(classifier.coefs_) - 1), last]
    return list(zip(classifier.coefs_, classifier.intercepts_, words, strict=True))


def _logistic_regression(classifier: Any) -> Layers:
    kernel, bias = classifier.coef_.T, classifier.intercept_
    if kernel.shape[1] > 1:
        # Before version 1.8 scikit-learn could also fit one model a class, each for itself.
        if classifier.solver == "liblinear" or getattr(classifier, "multi_class", "") == "ovr":
            raise ArgumentError(
                "the LogisticRegression has a model for each class, each for itself (one versus "
                "the rest), which is not a softmax. Fit it with the solver lbfgs."
            )
        return [(kernel, bias, Activation("linear"))]
    return [(kernel, bias, Activation("sigmoid"))]


def _raw_names(estimator: Any) -> list[str]:
    """The names of the columns that the whole is given."""
    check_fitted(estimator)
    found = getattr(estimator, "feature_names_in_", None)
    if found is None:
        return list(feature_names(int(estimator.n_features_in_)))
    return [str(name) for name in found]


def _target(names: Sequence[str]) -> str:
    """A name for the column of the classes that no feature has."""
    target = "class"
    while target in names:
        target += "_"
    return target


_CLASSIFIERS: Mapping[str, Callable[[Any], Layers]] = MappingProxyType(
    {
        "MLPClassifier": _mlp,
        "LogisticRegression": _logistic_regression,
        "LogisticRegressionCV": _logistic_regression,
    }
)
