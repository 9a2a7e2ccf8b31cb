"""From a table to a model, an honest score and back: train, evaluate, predict."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.data.encode import Encoding, codes_of
from classlens.data.planning import LeftOut, plan
from classlens.data.split import stratified
from classlens.data.tables.cautions import Caution, cautions
from classlens.data.tables.reading import read_batches, read_table
from classlens.data.tables.table import Labels, Table
from classlens.errors import ArgumentError, did_you_mean, listed, one_of, short
from classlens.measures import Measures
from classlens.model import Model
from classlens.settings import Settings
from classlens.training.history import History
from classlens.training.loop import Progress
from classlens.training.rescaled import in_own_units
from classlens.training.run import Run, fit
from classlens.training.suiting import SUITING, suited

# What is held out of a table: a fifth only scores, and a fifth of the rest is only watched.
TEST, WATCHED = 0.2, 0.2

# Epochs without a lower loss on the watched rows after which to stop.
PATIENCE = 30


class Parts(NamedTuple):
    """Which rows of a table did what.

    Attributes:
        training: rows that were learned from.
        watched: rows whose loss decided when to stop.
        test: rows that only scored.
    """

    training: NDArray[np.intp]
    watched: NDArray[np.intp]
    test: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table that has been read, and how it will be used.

    Attributes:
        table: what was read.
        encoding: how its columns become features.
        left_out: the columns that are not used, and why.
        cautions: what is worth a second look.
        X: the features of all rows, shape (rows, features), float64, in the columns' own units.
        labels: the rows' classes.
    """

    table: Table
    encoding: Encoding
    left_out: tuple[LeftOut, ...]
    cautions: tuple[Caution, ...]
    X: NDArray[np.float64]
    labels: Labels


@dataclass(frozen=True, eq=False)
class Trained:
    """A model that a table has taught, and how good it is on rows that it did not see.

    Attributes:
        prepared: the table.
        run: the training; its model takes the columns' own units, and its ``encoding`` says how
            columns become features.
        parts: which rows did what.
        measures: how good the model is on the test rows; None if the classes have too few rows.
    """

    prepared: Prepared
    run: Run
    parts: Parts
    measures: Measures | None

    @property
    def model(self) -> Model:
        """The trained model."""
        return self.run.model

    @property
    def history(self) -> History:
        """The course of the training."""
        return self.run.history

    @property
    def data(self) -> Dataset:
        """All rows as samples, in the columns' own units."""
        return _dataset(self.prepared, self.prepared.X)


def prepare(
    source: Any,
    target: str,
    *,
    leave_out: Collection[str] = (),
    missing: str = "refuse",
    **reading: Any,
) -> Prepared:
    """Read a table and decide how it will be used, without training yet.

    Args:
        source: a file, files, or a frame, as for ``read_table``.
        target: the column of the classes.
        leave_out: columns that are not to be used.
        missing: ``refuse`` missing cells, or ``impute`` them: see ``Encoding``.
        **reading: more of ``read_table``'s arguments.

    Raises:
        ArgumentError: if an argument is not allowed, or there is no such column.
        TableError: if the table cannot be read or used.
    """
    if missing not in ("refuse", "impute"):
        raise ArgumentError(one_of("missing", missing, ["refuse", "impute"]))
    table = read_table(source, **reading)
    words = reading.get("missing_words", ())
    encoding, left = plan(
        table,
        target,
        leave_out=leave_out,
        missing=missing,
        missing_words=(words,) if isinstance(words, str) else tuple(words),
    )
    labels = table.labels(target)
    noticed = cautions(table, target, [feature.column for feature in encoding.features])
    return Prepared(table, encoding, left, noticed, encoding.encode(table), labels)


def train(
    prepared: Prepared, *, progress: Callable[[Progress], None] | None = None, **options: Any
) -> Trained:
    r"""Train a classifier on a table.

    A stratified fifth of the rows is held out and only scores; of the rest a fifth is watched to
    decide when to stop. A class with a single row is learned from and not scored.

    Args:
        prepared: the table, as ``prepare`` gives it.
        progress: as for ``fit``.
        **options: rows of ``classlens.settings.SETTINGS``; the defaults are those that suit
            tables, ``training.suiting.SUITING``.

    Raises:
        ArgumentError: if an option is not allowed.
        DataError: if there is nothing to learn.
        DivergedError: as ``fit``.

    Example:
        >>> with open("flowers.csv", "w") as file:
        ...     _ = file.write("petal,kind\n" + "0.1,a\n0.2,a\n0.9,b\n1.0,b\n" * 10)
        >>> train(prepare("flowers.csv", "kind")).measures.accuracy
        1.0
    """
    fixed = [name for name in ("test_fraction", "validation_fraction") if options.get(name)]
    if fixed:
        raise ArgumentError(f"{fixed[0]} is a fifth where a table is trained on. Leave it out.")
    chosen = {**vars(Settings()), **SUITING, "patience": PATIENCE, **options}
    X, y = prepared.X, prepared.labels.codes
    parts = _parts(y, chosen["seed"] or 0)
    if not len(parts.watched):
        chosen["patience"] = None
    settings = suited(chosen, samples=len(parts.training), copies=len(parts.training))
    scaling = prepared.encoding.scaling(X[parts.training])
    scaled = _dataset(prepared, scaling.scaled(X))
    run = fit(
        scaled.take(parts.training),
        validation_data=scaled.take(parts.watched) if len(parts.watched) else None,
        progress=progress,
        **vars(settings),
    )
    run = in_own_units(run, scaling, prepared.encoding)
    measures = _measured(run.model, X[parts.test], y[parts.test]) if len(parts.test) else None
    return Trained(prepared, run, parts, measures)


def evaluate(
    model: Model, source: Any, *, unseen: str = "refuse", **reading: Any
) -> tuple[Table, Measures]:
    """How good a model is on a table that has its columns and the column of the classes.

    Args:
        model: trained on a table, so that it has an encoding.
        source: as for ``read_table``.
        unseen: ``refuse`` or ``ignore`` words that were not there in training.
        **reading: ``delimiter``, ``header`` and ``encoding``, as for ``read_table``.

    Raises:
        ArgumentError: if the model has no encoding.
        TableError: if the table lacks a column, or a cell cannot be used.
    """
    encoding = _encoding(model)
    kinds = {**encoding.kinds, encoding.target: "category"}
    table = read_table(source, kinds=kinds, **_reading(encoding), **reading)
    codes = known_classes(table, encoding.target, model.class_names)
    return table, _measured(model, encoding.encode(table, unseen=unseen), codes)


def predict(
    model: Model, source: Any, *, unseen: str = "refuse", **reading: Any
) -> Iterator[NDArray[np.floating[Any]]]:
    """A model's probabilities for the rows of a table, a few thousand rows at a time.

    Args:
        model: trained on a table, so that it has an encoding.
        source: as for ``read_table``.
        unseen: ``refuse`` or ``ignore`` words that were not there in training.
        **reading: ``delimiter``, ``header`` and ``encoding``, as for ``read_table``.

    Yields:
        Shape (rows, classes).

    Raises:
        ArgumentError: if the model has no encoding.
        TableError: if the table lacks a column, or a cell cannot be used.
    """
    encoding = _encoding(model)
    for table in read_batches(source, kinds=encoding.kinds, **_reading(encoding), **reading):
        yield model.predict_proba(encoding.encode(table, unseen=unseen))


def predict_one(
    model: Model, cells: Mapping[str, str], *, unseen: str = "refuse"
) -> NDArray[np.floating[Any]]:
    """A model's probabilities for one row, shape (classes,).

    Args:
        model: trained on a table, so that it has an encoding.
        cells: the text of each of its columns' cells, by name.
        unseen: ``refuse`` or ``ignore`` a word that was not there in training.

    Raises:
        ArgumentError: if the model has no encoding, or a column is not there.
        TableError: if a cell cannot be used.
    """
    encoding = _encoding(model)
    absent = [each.column for each in encoding.features if each.column not in cells]
    if absent:
        raise ArgumentError(f"the example must have every column. Missing: {listed(absent)}.")
    row = pa.table({name: [text] for name, text in cells.items()})
    (shares,) = np.concatenate(list(predict(model, row, unseen=unseen)))
    return np.asarray(shares)


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
            f"column {target!r} has no label there.", target
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


def _encoding(model: Model) -> Encoding:
    if model.encoding is None:
        raise ArgumentError(
            "the model must have been trained on a table, to know its columns. This one takes "
            f"arrays of {model.network.inputs} features."
        )
    return model.encoding


def _reading(encoding: Encoding) -> dict[str, Any]:
    """How a table is read that a model is to judge."""
    shape = encoding.image_shape
    return {
        "missing_words": encoding.missing_words,
        "decimal": encoding.decimal,
        "image_size": None if shape is None else shape[:2],
        "colour": shape is not None and len(shape) == 3,
    }


def _parts(y: NDArray[np.int64], seed: int) -> Parts:
    """Rows to test on, to watch and to learn from; every class that can has some of each."""
    rest, test = stratified(y, TEST, seed)
    kept, watched = stratified(y[rest], WATCHED, seed)
    return Parts(rest[kept], rest[watched], test)


def _dataset(prepared: Prepared, X: NDArray[np.float64]) -> Dataset:
    labels, encoding = prepared.labels, prepared.encoding
    return Dataset(
        X.astype(np.float32), labels.codes, labels.names, encoding.names, encoding.image_shape
    )


def _measured(model: Model, X: NDArray[np.float64], y: NDArray[np.int64]) -> Measures:
    return Measures.of(model.predict_proba(X), y, model.class_names)
