"""A model meets another table: its predictions, and how good they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.data.encode import Encoding, Feature, codes_of
from classlens.data.tables.reading import read_batches, read_table
from classlens.data.tables.table import Table
from classlens.errors import ArgumentError, TableError, did_you_mean, listed, one_of, short
from classlens.measures import Measures
from classlens.model import Model, ModelLike, as_model

# What may be done about words that were not there in training.
UNSEEN = ("refuse", "ignore")


@dataclass(frozen=True, eq=False)
class Samples:
    """The rows of a table as a model sees them.

    Attributes:
        table: what was read.
        X: the features, shape (rows, features), float64.
        y: the classes, as indices into the model's, shape (rows,).
        model: that model.
    """

    table: Table
    X: NDArray[np.float64]
    y: NDArray[np.int64]
    model: Model

    @property
    def data(self) -> Dataset:
        """The samples, to explain or to draw."""
        encoding, model = self.model.encoding, self.model
        shape = None if encoding is None else encoding.image_shape
        X = self.X.astype(np.float32)
        return Dataset(X, self.y, model.class_names, model.feature_names, shape)

    @property
    def measures(self) -> Measures:
        """How good the model is on them."""
        return Measures.of(self.model.predict_proba(self.X), self.y, self.model.class_names)


def samples_of(
    model: ModelLike,
    source: Any,
    *,
    target: str | None = None,
    unseen: str = "refuse",
    **reading: Any,
) -> Samples:
    """Read a table that has a model's columns and a column of its classes.

    Args:
        model: the model. One that was trained on arrays takes columns of numbers with its features'
            names.
        source: as for ``read_table``.
        target: the column of the classes; by default that of the training, or ``class``.
        unseen: ``refuse`` or ``ignore`` words that were not there in training.
        **reading: more of ``read_table``'s arguments; the words for missing cells are added to
            those of the training.

    Raises:
        ArgumentError: if an argument is not allowed.
        TableError: if the table lacks a column, or a cell cannot be used.
    """
    known = as_model(model)
    encoding = _encoding(known)
    target = encoding.target if target is None else target
    kinds = {**encoding.kinds, target: "category"}
    if target in encoding.kinds:
        raise ArgumentError(f"target must not be one of the model's features. Got {short(target)}.")
    table = read_table(source, kinds=kinds, **_reading(encoding, reading))
    y = known_classes(table, target, known.class_names)
    return Samples(table, encoding.encode(table, unseen=_checked(unseen)), y, known)


def evaluate(
    model: ModelLike,
    source: Any,
    *,
    target: str | None = None,
    unseen: str = "refuse",
    **reading: Any,
) -> Measures:
    r"""How good a model is on a table that has its columns and the column of the classes.

    Args:
        model: as for ``samples_of``.
        source: as for ``read_table``.
        target: the column of the classes; by default that of the training, or ``class``.
        unseen: ``refuse`` or ``ignore`` words that were not there in training.
        **reading: as for ``samples_of``.

    Raises:
        ArgumentError: if an argument is not allowed.
        TableError: if the table lacks a column, or a cell cannot be used.

    Example:
        >>> import classlens as cl
        >>> with open("points.csv", "w") as file:
        ...     _ = file.write("x0,x1,class\n-5,2,c0\n2,-2,c1\n-1,1,c0\n")
        >>> evaluate(cl.fit(cl.blobs(), seed=1234), "points.csv").samples
        3
    """
    return samples_of(model, source, target=target, unseen=unseen, **reading).measures


def predict(
    model: ModelLike, source: Any, *, unseen: str = "refuse", **reading: Any
) -> Iterator[NDArray[np.floating[Any]]]:
    """A model's probabilities for the rows of a table, a few thousand rows at a time.

    Args:
        model: as for ``samples_of``.
        source: as for ``read_table``.
        unseen: ``refuse`` or ``ignore`` words that were not there in training.
        **reading: as for ``samples_of``.

    Yields:
        Shape (rows, classes).

    Raises:
        ArgumentError: if an argument is not allowed.
        TableError: if the table lacks a column, or a cell cannot be used.
    """
    known = as_model(model)
    encoding, unseen = _encoding(known), _checked(unseen)
    for table in read_batches(source, kinds=encoding.kinds, **_reading(encoding, reading)):
        yield known.predict_proba(encoding.encode(table, unseen=unseen))


def columns_of(model: ModelLike) -> tuple[str, ...]:
    """The columns that a model judges a row by: those of its table, or else its features."""
    return tuple(feature.column for feature in _encoding(as_model(model)).features)


def features_of(
    model: ModelLike, cells: Mapping[str, str], *, unseen: str = "refuse"
) -> NDArray[np.float64]:
    """The features of one row, shape (features,).

    Args:
        model: as for ``samples_of``.
        cells: the text of each of its columns' cells, by name.
        unseen: ``refuse`` or ``ignore`` a word that was not there in training.

    Raises:
        ArgumentError: if an argument is not allowed, a column is not there, or a cell cannot be
            used.

    Example:
        >>> import classlens as cl
        >>> features_of(cl.fit(cl.blobs(), epochs=1), {"x0": "0.5", "x1": "-1"}).tolist()
        [0.5, -1.0]
    """
    encoding = _encoding(as_model(model))
    absent = [each.column for each in encoding.features if each.column not in cells]
    if absent:
        raise ArgumentError(f"the example must have every column. Missing: {listed(absent)}.")
    row = pa.table({name: [text] for name, text in cells.items()})
    # A point is always understood: a comma would end the value on a command line.
    sign = (
        "." if encoding.decimal == "," and not any("," in text for text in cells.values()) else None
    )
    reading = _reading(encoding, {} if sign is None else {"decimal": sign})
    try:
        (table,) = read_batches(row, kinds=encoding.kinds, **reading)
        (features,) = encoding.encode(table, unseen=_checked(unseen))
    except TableError as error:
        _, _, said = str(error).partition(": ")  # after the place, which is this example
        raise ArgumentError(f"in the example, {said}") from None
    return np.asarray(features)


def known_classes(table: Table, target: str, names: tuple[str, ...]) -> NDArray[np.int64]:
    """Each row's class as an index into the names.

    Raises:
        TableError: if a label is missing, or none of the names.
    """
    column = table[target]
    place = {name: index for index, name in enumerate(names)}
    missing = column.missing_rows()
    if len(missing):
        raise table.places.at(int(missing[0])).error(
            f"column {target!r} has no label there. Fill it in, or take the row out.", target
        )
    codes = codes_of(table, column)
    index = np.array([place.get(word, -1) for word in column.words], np.int64)[codes]
    wrong = np.flatnonzero(index < 0)
    if len(wrong):
        word = column.words[int(codes[wrong[0]])]
        raise table.places.at(int(wrong[0])).error(
            f"column {target!r} holds {short(word)}, which is none of the model's classes, "
            f"{listed(names)}." + did_you_mean(word, names),
            target,
        )
    return index


def _checked(unseen: str) -> str:
    if unseen not in UNSEEN:
        raise ArgumentError(one_of("unseen", unseen, UNSEEN))
    return unseen


def _encoding(model: Model) -> Encoding:
    """The model's encoding; for one that takes arrays, columns of numbers with its names."""
    if model.encoding is not None:
        return model.encoding
    target = "class"
    while target in model.feature_names:
        target += "_"
    return Encoding(tuple(Feature(name, "number") for name in model.feature_names), target)


def _reading(encoding: Encoding, given: Mapping[str, Any]) -> dict[str, Any]:
    """How a table is read that a model is to judge."""
    shape = encoding.image_shape
    words = given.get("missing_words", ())
    return {
        "decimal": encoding.decimal,
        "image_size": None if shape is None else shape[:2],
        "colour": shape is not None and len(shape) == 3,
        **given,
        "missing_words": (
            *encoding.missing_words,
            *((words,) if isinstance(words, str) else words),
        ),
    }
