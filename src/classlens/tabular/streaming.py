"""train_from_disk: a table of any size, learned from in a memory that does not grow with it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.kinds import Size
from classlens.measures import Measures
from classlens.model import Model
from classlens.scores import Evaluation
from classlens.scratch import check_folder, scratch_folder
from classlens.settings import Settings
from classlens.suiting import SUITING_TABLES, suited
from classlens.tabular.learning import sorted_out, unscored
from classlens.tabular.parting import FEW, Parted
from classlens.tabular.scanning import Scan, scan
from classlens.training import seeds
from classlens.training.agreement import agree, from_first
from classlens.training.checkpoint import Checkpoint
from classlens.training.fingerprint import DATA, fingerprint
from classlens.training.history import History
from classlens.training.keeping import Keeper
from classlens.training.limits import check_memory
from classlens.training.rescaled import in_own_units
from classlens.training.run import Run, trained
from classlens.training.standing import Progress, beginning
from classlens.training.stream import StreamJob, StreamTrainer

MEMORY = Size(600e6)
# What Python, JAX and pyarrow take before there is any data (measured: 420 MB).
_BASE = 450e6
# Shares of the rest: a bucket of rows, three of which are held at once, and all held-out rows.
_BUCKET, _HELD_OUT = 1 / 6, 1 / 4
# By default no more rows are held out: the accuracy's error is then below a tenth of a percent.
_MOST_TESTED, _MOST_WATCHED = 200_000, 100_000


@dataclass(frozen=True, eq=False, repr=False)
class Streamed:
    """A model that a table on the disk has taught, and how good it is on rows that it did not see.

    Attributes:
        scan: the table.
        run: the training; its model takes the columns' own units.
        learned: how many rows were learned from.
        watched: how many rows decided when to stop.
        rows: the numbers of the held-out rows in the table, counted from 0.
        data: those rows, in the columns' own units; None if none was held out.
        measures: how good the model is on them; None likewise.
    """

    scan: Scan
    run: Run
    learned: int
    watched: int
    rows: NDArray[np.int64]
    data: Dataset | None
    measures: Measures | None

    def __repr__(self) -> str:
        score = "not scored" if self.measures is None else f"accuracy {self.measures.accuracy:.3f}"
        return f"Streamed({self.model!r}, {score})"

    @property
    def unscored(self) -> tuple[str, ...]:
        """The classes of which no row was held out."""
        held_out = np.empty(0, np.int64) if self.data is None else self.data.y
        return unscored(self.scan.class_names, held_out)

    @property
    def why_unscored(self) -> str:
        """Why there is no score though there was to be one, as the end of a sentence."""
        if self.scan.counts.max() < FEW:
            return f"no class has {FEW} rows, and of fewer none is held out"
        return "so small a fraction of the rows is none of them"

    def where(self, held_out: int) -> str:
        """Where a held-out row, of which ``measures`` tells, stands in the table."""
        row = int(self.rows[held_out])
        return f"row {row + 1}, {self.scan.places.at(row)}"

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
    def history(self) -> History:
        """The course of the training."""
        return self.run.history

    @property
    def test(self) -> Evaluation | None:
        """The score on the held-out rows, as a Run has it; ``measures`` says more."""
        found = self.measures
        if found is None:
            return None
        return Evaluation(found.log_loss, found.accuracy, found.correct, found.samples)


def train_from_disk(
    source: Any,
    target: str,
    *,
    memory: float | str = "1GB",
    scratch: str | Path | None = None,
    leave_out: Collection[str] = (),
    missing: str = "refuse",
    progress: Callable[[Progress], None] | None = None,
    checkpoint: Checkpoint | str | Path | None = None,
    **options: Any,
) -> Streamed:
    r"""Train a classifier on a table that need not fit into the memory.

    The table is read twice: once to learn what its columns are, and once to bring its rows into a
    random order, in files of their own that take 4 bytes a number. Every epoch then reads those.

    Args:
        source: files, as for ``read_table``; not standard input.
        target: the column of the classes.
        memory: about what the whole process may take, in bytes or as a text such as ``"1GB"``.
        scratch: a folder for the shuffled rows, which are taken away in the end; by default one of
            the system's for temporary files.
        leave_out: columns that are not to be used.
        missing: ``refuse`` missing cells, or ``impute`` them, as ``train``.
        progress: as for ``fit``, like checkpoint.
        checkpoint: where to keep how far the run is.
        **options: arguments of ``read_table`` and rows of ``classlens.settings.SETTINGS``, as for
            ``learn_from_disk``.

    Raises:
        ArgumentError: if an argument is not allowed, or there is no such column.
        TableError: if the table cannot be read or used.
        OutputError: if the shuffled rows cannot be written.
        DivergedError: as ``fit``.

    Example:
        >>> with open("flowers.csv", "w") as file:
        ...     rows = (f"{n / 1000},{'ab'[n > 500]}\n" for n in range(1000))
        ...     _ = file.writelines(["petal,kind\n", *rows])
        >>> trained = train_from_disk("flowers.csv", "kind", epochs=20)
        >>> trained.measures.accuracy > 0.9, trained.model.class_names
        (True, ('a', 'b'))
    """
    settings, how = sorted_out(options)
    MEMORY.check("memory", memory)
    if scratch is not None:
        check_folder(scratch)
    found = scan(source, target, leave_out=leave_out, missing=missing, **how)
    return learn_from_disk(
        found,
        memory=memory,
        scratch=scratch,
        progress=progress,
        checkpoint=checkpoint,
        **settings,
    )


def learn_from_disk(
    found: Scan,
    *,
    memory: float | str = "1GB",
    scratch: str | Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    reading: Callable[[int], None] = lambda _: None,
    checkpoint: Checkpoint | str | Path | None = None,
    **options: Any,
) -> Streamed:
    """Train a classifier on a table that was gone through.

    Which rows are held out, a hash of each row's cells decides: the same row always goes the same
    way, wherever it stands, and so do its copies, unless they are more than a twentieth of its
    class. All rows of a class of fewer than 20 are learned from.

    Args:
        found: the table, as ``scan`` gives it.
        memory: as for ``train_from_disk``.
        scratch: likewise.
        progress: as for ``fit``.
        reading: called with the number of rows that are shuffled so far.
        checkpoint: as for ``fit``; a run goes on with the same table and the same memory.
        **options: rows of ``classlens.settings.SETTINGS``; the defaults are those that suit
            tables. Of a large table at most 200,000 rows are held out to score, and 100,000 to
            watch, unless fractions are given. The seed also draws the parts.

    Raises:
        ArgumentError: if an option is not allowed.
        DataError: if there is nothing to learn.
        OutputError: if the shuffled rows cannot be written.
        TableError: if the table was changed since it was gone through.
        DivergedError: as ``fit``.
    """
    memory = MEMORY.check("memory", memory)
    room = memory - _BASE
    around = None if scratch is None else check_folder(scratch)
    kept = Checkpoint.of(checkpoint)
    settings = _settings(found, options, room)
    if kept is not None:
        settings = kept.seeded(settings)
    agree({"rows": found.digest, "settings": f"{settings} {memory}"})
    if settings.seed is None:
        settings = replace(settings, seed=from_first(seeds.fresh()))
    sizes = (len(found.encoding.names), *settings.hidden, len(found.class_names))
    check_memory(sizes, settings.batch_size, settings.batch_size)
    with scratch_folder(around) as folder:
        parts = Parted(found, settings, folder / "rows", room * _BUCKET, reading)
        job = parts.job(settings)
        keeper, standing = None, beginning(job)
        if kept is not None:
            keeper = Keeper(kept, lambda: _fingerprint(job, found, settings, memory))
            standing = keeper.begin(standing)
        agree({"checkpoints": f"{standing.log.epochs} {standing.batch}"})
        run = trained(job, StreamTrainer(job, standing), progress, keeper)
    run = in_own_units(run, found.scaling, found.encoding)
    run = replace(run, model=replace(run.model, settings=settings))
    tested, data, measures = parts.tested, None, None
    if tested is not None:
        X, y = tested
        data = found.dataset(X, y)
        measures = Measures.of(run.model.predict_proba(X), y, found.class_names)
    return Streamed(found, run, len(parts.spool), parts.watched, parts.rows, data, measures)


def _fingerprint(job: StreamJob, found: Scan, settings: Settings, memory: float) -> dict[str, Any]:
    """What decides the run's numbers; the memory does, as it decides which rows share a bucket."""
    said = fingerprint(job, {DATA: found.digest})
    parts = {name: getattr(settings, name) for name in ("test_fraction", "validation_fraction")}
    return {**said, **parts, "memory": memory}


def _settings(found: Scan, options: dict[str, Any], room: float) -> Settings:
    """The settings, of which those that are not given suit the table."""
    rows, width = len(found), len(found.encoding.names)
    chosen = {**vars(Settings()), **SUITING_TABLES, **options}
    most = _HELD_OUT * room / (8 * width)
    for name, enough in (
        ("test_fraction", _MOST_TESTED),
        ("validation_fraction", _MOST_WATCHED),
    ):
        if name not in options:
            chosen[name] = min(chosen[name], min(enough, most / 4) / rows)
    if not chosen["validation_fraction"] and "patience" not in options:
        chosen["patience"] = None
    settings = suited(chosen, samples=rows, copies=rows)
    held = (settings.test_fraction + settings.validation_fraction) * rows
    learned = max(1, round(rows - held))
    settings = suited(chosen, samples=learned, copies=learned)
    if held > most:
        raise ArgumentError(
            f"the held-out rows must fit into a quarter of the memory. Got about {held:,.0f} of "
            f"{width} features, where {most:,.0f} fit, instead. Give smaller fractions "
            "(--test-fraction, --validation-fraction), or more memory (--memory)."
        )
    return settings
