"""The columns that scikit-learn's transformers make of a table's, each affine in one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.encode import Feature
from classlens.errors import ArgumentError, short

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """A column of the matrix that the classifier is given: factor * x + shift of one raw column.

    Attributes:
        source: the raw column's place.
        word: where x is 1 for this word and 0 for others; None where it is the number itself.
        words: all words of that column.
        low: the lowest number that the raw column had in training, as far as that is known.
        high: the highest one.
    """

    source: int
    factor: float = 1.0
    shift: float = 0.0
    word: str | None = None
    words: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 1.0


Columns = list[Column]


def steps_of(estimator: Any) -> list[tuple[str, Any]]:
    """The steps of a Pipeline, without those that do nothing; Pipelines inside are taken apart."""
    if kind_of(estimator) != "Pipeline":
        return [(kind_of(estimator), estimator)]
    steps: list[tuple[str, Any]] = []
    for name, step in estimator.steps:
        if step is not None and not _passes(step):
            steps += [(name, each) for _, each in steps_of(step)]
    if not steps:
        raise ArgumentError(
            "the Pipeline must end in a classifier. It has no step that does a thing."
        )
    return steps


def _passes(step: Any) -> bool:
    """Whether a step hands on what it is given."""
    if isinstance(step, str):
        return step == "passthrough"
    return kind_of(step) == "FunctionTransformer" and step.func is None


def kind_of(estimator: Any) -> str:
    """The name of a class of scikit-learn's own; of another's its module, too."""
    kind = type(estimator)
    own = kind.__module__.partition(".")[0] == "sklearn"
    return kind.__name__ if own else f"{kind.__module__}.{kind.__name__}"


def check_fitted(estimator: Any) -> None:
    """See that an estimator is fitted: what it has learned ends in an underscore.

    Raises:
        ArgumentError: if it is not.
    """
    if not any(name.endswith("_") and not name.startswith("_") for name in vars(estimator)):
        raise ArgumentError(f"the {kind_of(estimator)} must be fitted first: call fit(X, y).")


def transformed(transformer: Any, columns: Columns, names: Sequence[str]) -> Columns:
    """What a transformer makes of columns."""
    if _passes(transformer):
        return columns
    kind = kind_of(transformer)
    if kind == "Pipeline":
        for _, step in steps_of(transformer):
            columns = transformed(step, columns, names)
        return columns
    if kind not in TRANSFORMERS:
        raise ArgumentError(
            f"{kind} before the classifier cannot be read. Supported: {', '.join(TRANSFORMERS)}."
        )
    check_fitted(transformer)
    return TRANSFORMERS[kind](transformer, columns, names)


def _moved(columns: Columns, factors: Any, shifts: Any) -> Columns:
    """Columns of which each is x * factor + shift of what it was."""
    count = len(columns)
    pairs = zip(
        columns,
        np.broadcast_to(np.asarray(factors, np.float64), (count,)).tolist(),
        np.broadcast_to(np.asarray(shifts, np.float64), (count,)).tolist(),
        strict=True,
    )
    return [
        replace(column, factor=column.factor * factor, shift=column.shift * factor + shift)
        for column, factor, shift in pairs
    ]


def _standard(scaler: Any, columns: Columns, _: Sequence[str]) -> Columns:
    scale = 1.0 if scaler.scale_ is None else scaler.scale_
    mean = 0.0 if not scaler.with_mean else scaler.mean_
    if scaler.mean_ is not None and scaler.scale_ is not None:
        # Two deviations on either side, for a range: the scaler has not kept the true one.
        columns = [
            replace(each, low=float(m - 2 * s), high=float(m + 2 * s)) if _raw(each) else each
            for each, m, s in zip(columns, scaler.mean_, scaler.scale_, strict=True)
        ]
    return _moved(columns, 1 / np.asarray(scale), -np.asarray(mean) / scale)


def _min_max(scaler: Any, columns: Columns, _: Sequence[str]) -> Columns:
    if scaler.clip:
        raise ArgumentError("a MinMaxScaler with clip=True cuts numbers off: not supported.")
    columns = [
        replace(each, low=float(low), high=float(high)) if _raw(each) else each
        for each, low, high in zip(columns, scaler.data_min_, scaler.data_max_, strict=True)
    ]
    return _moved(columns, scaler.scale_, scaler.min_)


def _max_abs(scaler: Any, columns: Columns, _: Sequence[str]) -> Columns:
    if getattr(scaler, "clip", False):
        raise ArgumentError("a MaxAbsScaler with clip=True cuts numbers off: not supported.")
    return _moved(columns, 1 / scaler.scale_, 0.0)


def _robust(scaler: Any, columns: Columns, _: Sequence[str]) -> Columns:
    scale = 1.0 if scaler.scale_ is None else scaler.scale_
    center = 0.0 if scaler.center_ is None else scaler.center_
    return _moved(columns, 1 / np.asarray(scale), -np.asarray(center) / scale)


def _one_hot(encoder: Any, columns: Columns, names: Sequence[str]) -> Columns:
    if any(each is not None for each in getattr(encoder, "infrequent_categories_", [])):
        raise ArgumentError(
            "a OneHotEncoder that puts rare words together (min_frequency, max_categories) cannot "
            "be read."
        )
    dropped = encoder.drop_idx_
    made: Columns = []
    for place, (column, found) in enumerate(zip(columns, encoder.categories_, strict=True)):
        name = names[column.source]
        if not _raw(column):
            raise ArgumentError(f"column {name!r} is scaled before its words are told apart.")
        words = [_word(value, name) for value in found.tolist()]
        left_out = None if dropped is None else dropped[place]
        made += [
            replace(column, word=word, words=tuple(words))
            for number, word in enumerate(words)
            if number != left_out
        ]
    return made


def _word(value: Any, name: str) -> str:
    if isinstance(value, str | bool | int):
        return str(value)
    raise ArgumentError(
        f"the OneHotEncoder's categories of column {name!r} must be words or whole numbers. Got "
        f"{short(value)} instead."
    )


def _column_transformer(transformer: Any, columns: Columns, names: Sequence[str]) -> Columns:
    made: dict[str, Columns] = {}
    own = getattr(transformer, "feature_names_in_", None)
    for name, step, chosen in transformer.transformers_:
        if isinstance(step, str) and step == "drop":
            continue
        taken = [columns[place] for place in _places(chosen, own, len(columns))]
        made[name] = transformed(step, taken, names) if taken else []
    order = sorted(made, key=lambda name: transformer.output_indices_[name].start)
    return [column for name in order for column in made[name]]


def _places(chosen: Any, names: Any, count: int) -> list[int]:
    """The places of the columns that a ColumnTransformer has chosen, by whatever means."""
    listed_ = [chosen] if isinstance(chosen, str | int | np.integer) else chosen
    known = [] if names is None else list(names)
    if isinstance(listed_, slice):
        ends = [known.index(e) if isinstance(e, str) else e for e in (listed_.start, listed_.stop)]
        if isinstance(listed_.stop, str):
            ends[1] += 1  # a slice of names has its end
        return list(range(count))[ends[0] : ends[1] : listed_.step]
    array = np.asarray(listed_)
    if array.dtype.kind == "b":
        return np.flatnonzero(array).tolist()
    return [known.index(e) if isinstance(e, str) else int(e) % count for e in array.tolist()]


def _raw(column: Column) -> bool:
    return column.word is None and (column.factor, column.shift) == (1.0, 0.0)


def encoded(columns: Columns, names: Sequence[str]) -> tuple[tuple[Feature, ...], Floats, Floats]:
    """The features that the columns are made of, and how: columns = features @ mix + shift."""
    features: list[Feature] = []
    places: dict[tuple[int, str | None], int] = {}
    for source in sorted({column.source for column in columns}):
        own = [column for column in columns if column.source == source]
        words = own[0].words
        if any(column.words != words for column in own):
            raise ArgumentError(
                f"column {names[source]!r} must be used in one way. It is used as a number, or as "
                "words, in several."
            )
        kind = "category" if words else "number"
        low, high = (0.0, 1.0) if words else (own[0].low, own[0].high)
        features.append(Feature(names[source], kind, words, low, high))  # type: ignore[arg-type]
        for word in words or (None,):
            places[source, word] = len(places)
    mix = np.zeros((len(places), len(columns)))
    for number, column in enumerate(columns):
        mix[places[column.source, column.word], number] += column.factor
    return tuple(features), mix, np.array([column.shift for column in columns])


TRANSFORMERS: Mapping[str, Callable[[Any, Columns, Sequence[str]], Columns]] = MappingProxyType(
    {
        "StandardScaler": _standard,
        "MinMaxScaler": _min_max,
        "MaxAbsScaler": _max_abs,
        "RobustScaler": _robust,
        "OneHotEncoder": _one_hot,
        "ColumnTransformer": _column_transformer,
    }
)
