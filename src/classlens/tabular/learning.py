"""train: from a table to a model, and to a score on rows that it did not see."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.data.split import stratified
from classlens.data.tables.options import ReadOptions
from classlens.errors import ArgumentError, did_you_mean, short
from classlens.measures import Measures
from classlens.model import Model
from classlens.scores import Evaluation
from classlens.settings import SETTINGS, Settings
from classlens.suiting import SUITING_TABLES, suited
from classlens.tabular.preparing import Prepared, prepare
from classlens.training import seeds
from classlens.training.checkpoint import Checkpoint
from classlens.training.history import History
from classlens.training.rescaled import in_own_units
from classlens.training.run import Run, fit
from classlens.training.standing import Progress

# The arguments of ``read_table``.
READING = tuple(field.name for field in fields(ReadOptions))


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


@dataclass(frozen=True, eq=False, repr=False)
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
    def ending(self) -> str:
        """How the training ended, as a Run says it."""
        return self.run.ending

    @property
    def epoch(self) -> int:
        """The epoch that the model is of."""
        return self.run.epoch

    @property
    def test(self) -> Evaluation | None:
        """The score on the test rows, as a Run has it; ``measures`` says more."""
        found = self.measures
        if found is None:
            return None
        return Evaluation(found.log_loss, found.accuracy, found.correct, found.samples)

    @property
    def history(self) -> History:
        """The course of the training."""
        return self.run.history

    @property
    def learned(self) -> int:
        """How many rows were learned from."""
        return len(self.parts.training)

    @property
    def watched(self) -> int:
        """How many rows decided when to stop."""
        return len(self.parts.watched)

    @property
    def unscored(self) -> tuple[str, ...]:
        """The classes of which no row was held out."""
        codes = self.prepared.labels.codes
        return unscored(self.model.class_names, codes[self.parts.test])

    @property
    def why_unscored(self) -> str:
        """Why there is no score though there was to be one, as the end of a sentence."""
        return "no class has a second row to hold out"

    def where(self, held_out: int) -> str:
        """Where a held-out row, of which ``measures`` tells, stands in the table."""
        row = int(self.parts.test[held_out])
        return f"row {row + 1}, {self.prepared.table.places.at(row)}"

    @property
    def data(self) -> Dataset:
        """All rows as samples, in the columns' own units."""
        return self.prepared.dataset(self.prepared.X)

    def __repr__(self) -> str:
        score = "not scored" if self.measures is None else f"accuracy {self.measures.accuracy:.3f}"
        return f"Trained({self.model!r}, {score})"


def train(
    source: Any,
    target: str,
    *,
    leave_out: Collection[str] = (),
    missing: str = "refuse",
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | str | Path | None = None,
    **options: Any,
) -> Trained:
    r"""Train a classifier on a table with a column to predict.

    Args:
        source: a file, files, or a frame, as for ``read_table``.
        target: the column of the classes.
        leave_out: columns that are not to be used.
        missing: ``refuse`` missing cells, or ``impute`` them: a number counts as the mean, a word
            as none of the words, and a feature more says where.
        progress: as for ``fit``.
        checkpoint: as for ``fit``.
        **options: arguments of ``read_table`` and rows of ``classlens.settings.SETTINGS``, as for
            ``learn``.

    Raises:
        ArgumentError: if an argument is not allowed, or there is no such column.
        TableError: if the table cannot be read or used.
        ModelFileError: as ``fit``.
        OutputError: as ``fit``.
        DivergedError: as ``fit``.

    Example:
        >>> with open("flowers.csv", "w") as file:
        ...     _ = file.write("petal,kind\n" + "0.1,a\n0.2,a\n0.9,b\n1.0,b\n" * 10)
        >>> trained = train("flowers.csv", "kind")
        >>> trained.measures.accuracy, trained.model.class_names
        (1.0, ('a', 'b'))
    """
    settings, reading = sorted_out(options)
    prepared = prepare(source, target, leave_out=leave_out, missing=missing, **reading)
    return learn(prepared, progress=progress, checkpoint=checkpoint, **settings)


def sorted_out(options: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Options as rows of the table of settings, and as arguments of ``read_table``.

    Raises:
        ArgumentError: if one is neither.
    """
    for name in options:
        if name not in SETTINGS and name not in READING:
            raise ArgumentError(
                f"there is no option {short(name)}." + did_you_mean(name, [*SETTINGS, *READING])
            )
    settings = {name: value for name, value in options.items() if name in SETTINGS}
    return settings, {name: value for name, value in options.items() if name not in SETTINGS}


def learn(
    prepared: Prepared,
    *,
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | str | Path | None = None,
    **options: Any,
) -> Trained:
    """Train a classifier on a table that has been read.

    A stratified fifth of the rows is held out and only scores; of the rest a fifth is watched to
    decide when to stop. A class with a single row is learned from and not scored.

    Args:
        prepared: the table, as ``prepare`` gives it.
        progress: as for ``fit``.
        checkpoint: as for ``fit``; the run goes on only if the rows that score are the same, too.
        **options: rows of ``classlens.settings.SETTINGS``; the defaults are those that suit
            tables, ``classlens.suiting.SUITING_TABLES``. The seed also draws the parts.

    Raises:
        ArgumentError: if an option is not allowed, or as ``fit`` for the checkpoint.
        DataError: if there is nothing to learn.
        ModelFileError: as ``fit``.
        OutputError: as ``fit``.
        DivergedError: as ``fit``.
    """
    y = prepared.labels.codes
    chosen = {**vars(Settings()), **SUITING_TABLES, **options}
    if not chosen["validation_fraction"] and "patience" not in options:
        chosen["patience"] = None
    settings = suited(chosen, samples=len(y), copies=len(y))
    kept = Checkpoint.of(checkpoint)
    if kept is not None:
        settings = kept.seeded(settings)
    if settings.seed is None:
        settings = replace(settings, seed=seeds.fresh())
    chosen["seed"] = settings.seed
    parts = _parts(y, settings)
    rows = len(parts.training)
    settings = suited(chosen, samples=rows, copies=rows)
    run = _fitted(prepared, parts, settings, progress, kept)
    measures = None
    if len(parts.test):
        shares = run.model.predict_proba(prepared.X[parts.test])
        measures = Measures.of(shares, y[parts.test], run.model.class_names)
    return Trained(prepared, run, parts, measures)


def _fitted(
    prepared: Prepared,
    parts: Parts,
    settings: Settings,
    progress: Callable[[Progress], None] | None,
    kept: Checkpoint | None,
) -> Run:
    """The training, on scaled features, told in the columns' own units."""
    scaling = prepared.encoding.scaling(prepared.X[parts.training])
    scaled = prepared.dataset(scaling.scaled(prepared.X))
    watched = len(parts.watched) > 0
    here = replace(settings, test_fraction=0.0, validation_fraction=0.0)  # they are taken out
    if not watched and settings.validation_fraction:
        here = replace(here, patience=None)
    if kept is not None and len(parts.test):
        kept = replace(kept, unseen=scaled.take(parts.test))
    run = fit(
        scaled.take(parts.training),
        validation_data=scaled.take(parts.watched) if watched else None,
        progress=progress,
        checkpoint=kept,
        **vars(here),
    )
    run = in_own_units(run, scaling, prepared.encoding)
    return replace(run, model=replace(run.model, settings=settings))


def unscored(names: tuple[str, ...], y: NDArray[np.int64]) -> tuple[str, ...]:
    """The classes of which there is no row.

    Args:
        names: of the classes.
        y: the rows' classes, as indices.
    """
    there = set(y.tolist())
    return tuple(name for number, name in enumerate(names) if number not in there)


def _parts(y: NDArray[np.int64], settings: Settings) -> Parts:
    """Rows to test on, to watch and to learn from; every class that can has some of each."""
    seed = settings.order_seed
    assert seed is not None  # noqa: S101 - for the type checker
    rest, test = _split(np.arange(len(y)), y, settings.test_fraction, seed)
    share = settings.validation_fraction / (1 - settings.test_fraction)
    kept, watched = _split(rest, y, share, seed)
    return Parts(kept, watched, test)


def _split(
    rows: NDArray[np.intp], y: NDArray[np.int64], share: float, seed: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    if not share:
        return rows, rows[:0]
    kept, held_out = stratified(y[rows], share, seed)
    return rows[kept], rows[held_out]
