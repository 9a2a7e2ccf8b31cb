"""sweep: train many networks, and say how they have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from numpy.typing import ArrayLike

from classlens.data.dataset import Dataset
from classlens.data.toys import blobs
from classlens.errors import ArgumentError, short
from classlens.files import folder_for
from classlens.kinds import Flag, Whole
from classlens.survey.folder import Folder
from classlens.survey.opening import opened
from classlens.survey.plan import Plan
from classlens.survey.running import Progress, carried_out, check_data
from classlens.survey.sharing import lead, led
from classlens.survey.tally import Tally, accuracies
from classlens.survey.words import Counted, Finding, findings, most_telling, verify, words
from classlens.training.processes import ALONE, Share

if TYPE_CHECKING:
    from classlens.training import standing
    from classlens.training.run import Run
    from classlens.view.displays.endings import EndingsDisplay
    from classlens.view.displays.gallery import GalleryDisplay


@dataclass(frozen=True, eq=False)
class Survey:
    """What became of many networks.

    Attributes:
        plan: which they are.
        data: what they learned.
        tally: how they have ended, counted.
        table: a row for each network; None where it is in a folder only.
        file: the table's file, or None.
        source: what the data is called.

    Example:
        >>> import classlens as cl
        >>> survey = cl.sweep(seeds=20, epochs=20)
        >>> survey.table.num_rows, survey.verify()
        (20, 20)
    """

    plan: Plan
    data: Dataset
    tally: Tally
    table: pa.Table | None = None
    file: Path | None = None
    source: str = ""

    def __len__(self) -> int:
        return len(self.plan)

    def __str__(self) -> str:
        return "\n".join(filter(None, [words(self.findings), str(self.counted)]))

    def __repr__(self) -> str:
        return f"Survey({len(self):,} networks)"

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, for each choice of settings."""
        return findings(self.tally)

    @property
    def counted(self) -> Counted:
        """Over which samples right and wrong are counted, and how many of them are held out."""
        return Counted(len(self.data), self.plan.held_out(self.data))

    def endings(self) -> EndingsDisplay:
        """A picture of how the networks have ended: a line for each choice of settings.

        Of many choices it shows those that are told of in words: the best and the worst.
        """
        from classlens.view.displays.endings import EndingsDisplay  # noqa: PLC0415 - matplotlib

        told = most_telling(self.findings)
        places = {id(each): place for place, each in enumerate(self.findings)}
        found = accuracies(
            self.batches(["network", "accuracy"]),
            [places[id(each)] for each in told],
            self.plan.seeds,
        )
        which = ""
        if len(told) < len(self.findings):
            half = len(told) // 2
            which = (
                f"The {half} choices of settings that do best and the {half} that do worst, of "
                f"{len(self.findings):,}"
            )
        values, counts = zip(*found, strict=True)
        return EndingsDisplay([each.name or "all" for each in told], values, counts, which)

    def gallery(self) -> GalleryDisplay:
        """A picture of the typical endings: the decision regions of a network for each.

        Raises:
            DataError: if the data is not of two features.
        """
        from classlens.survey.gallery import gallery  # noqa: PLC0415 - loads the exact geometry

        return gallery(self.plan, self.data, self.tally)

    @classmethod
    def load(
        cls, path: str | Path, data: Dataset | tuple[ArrayLike, ArrayLike] | None = None
    ) -> Survey:
        """The survey of a folder that ``classlens sweep`` has written.

        Args:
            path: the folder.
            data: what the networks have learned; not needed for a data set of a name, such as
                ``rings``.

        Raises:
            ArgumentError: if there is no sweep, it has not ended, or has learned other data.
            OutputError: if its table is damaged.
        """
        found = opened(path, None if data is None else Dataset.of(data))
        folder = Folder(Path(path), found.plan, found.data, weights=found.weights, resume=True)
        return _read(folder, found.plan, found.data, found.source)

    def row(self, network: int) -> dict[str, Any]:
        """The table's row of a network: its settings, and how it has ended.

        Args:
            network: its number.

        Raises:
            ArgumentError: if there is none of that number.
        """
        network = Whole(0, len(self) - 1).check("network", network)
        if self.table is not None:
            rows = self.table.slice(network, 1)
        else:
            import pyarrow.parquet as pq  # noqa: PLC0415 - only of a folder

            rows = pq.read_table(self.file, filters=[("network", "==", network)])
        (row,) = rows.to_pylist()
        return dict(row)

    def batches(self, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """The table's rows, some at a time.

        Args:
            columns: those that are wanted; by default all.
        """
        if self.table is not None:
            yield from (self.table.select(columns) if columns else self.table).to_batches()
        elif self.file is not None:
            import pyarrow.parquet as pq  # noqa: PLC0415 - only of a folder

            with pq.ParquetFile(self.file) as file:
                yield from file.iter_batches(columns=columns)

    def verify(self) -> int:
        """Count every number of the words again, row by row; how many rows there are.

        Raises:
            FalseFindingError: if one does not hold.
        """
        return verify(self.findings, self.batches())

    def run(
        self, network: int, *, progress: Callable[[standing.Progress], None] | None = None
    ) -> Run:
        """Train one of the networks again, by itself.

        Args:
            network: its number in the table.
            progress: as for ``fit``.

        Raises:
            ArgumentError: if there is none of that number.
            DivergedError: if it diverges.
        """
        from classlens.training.run import fit  # noqa: PLC0415 - loads JAX

        settings = self.plan.settings_of(network)
        return fit(self.data, progress=progress, **vars(settings))


def sweep(
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    *,
    seeds: int = 1000,
    grid: Mapping[str, Sequence[Any] | str] = MappingProxyType({}),
    own_order: bool = False,
    sample: int | None = None,
    sample_seed: int = 0,
    weights: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    **options: Any,
) -> Survey:
    """Train networks with many seeds and settings, all cores at once.

    Args:
        data: a Dataset or a pair (X, y); by default the lab's blobs.
        seeds: how many seeds each choice of settings is tried with: 0 to seeds - 1.
        grid: for a setting's name the values to try; each goes with each. With ``sample`` it may
            be a range as text, such as ``"0.001:0.1"``, for learning_rate, weight_decay and l1 (of
            which the logarithm is drawn evenly) and for momentum.
        own_order: draw the order of the samples, and what is held out, from each network's own
            seed. By default all share one order, that of ``shuffle_seed`` 1234, and differ in their
            initial kernels alone.
        sample: draw so many choices of settings from the grid at random, none twice.
        sample_seed: decides which; the same one draws the same.
        weights: keep the networks' weights in the table.
        progress: called with the news.
        **options: settings that all share, as for ``fit``.

    Raises:
        ArgumentError: naming every setting that is not allowed.
        DataError: as ``fit``.

    Example:
        >>> import classlens as cl
        >>> print(cl.sweep(seeds=50, grid={"hidden": [2, 3]}).findings[1].high)
        50
    """
    samples = blobs() if data is None else Dataset.of(data)
    plan = Plan.of(
        seeds, options, grid, own_order=own_order, sample=sample, sample_seed=sample_seed
    )
    weights = Flag().check("weights", weights)
    if not callable(progress):
        raise ArgumentError(f"progress must be a function. Got {short(progress)} instead.")
    tally = Tally.of(plan)
    tables = []
    for _, table in carried_out(plan, samples, progress, weights=weights):
        tally.add(table)
        tables.append(table)
    return Survey(plan, samples, tally, pa.concat_tables(tables))


def sweep_into(  # noqa: PLR0913 - what the command is told
    path: str | Path,
    plan: Plan,
    data: Dataset,
    *,
    weights: bool = False,
    csv: bool = False,
    resume: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    share: Share = ALONE,
    source: str = "",
) -> Survey:
    """The same into a folder, part by part: however it ends, it can go on from what is done.

    Args:
        path: the folder.
        plan: the networks.
        data: what they learn.
        weights: keep the networks' weights in the table.
        csv: write the table as text, too.
        resume: go on with the sweep that is in the folder.
        progress: called with the news.
        share: process 0 of several; the others call ``take_part``.
        source: what the data is called, for ``Survey.load``.

    Raises:
        ArgumentError: if there is a sweep that is not to go on, or is another one.
        DataError: as ``fit``.
        OutputError: if something cannot be written, or a part is damaged.
    """
    check_data(plan, data)
    with folder_for(path) as place:
        folder = Folder(place, plan, data, weights=weights, resume=resume, source=source)
        told = Progress(len(plan), len(plan))
        try:
            with led(place, share, lambda: progress(told)):
                if not folder.finished:
                    lead(folder, plan, data, progress, weights=weights, share=share)
                    folder.join()
                if csv:
                    folder.write_csv()
                return _read(folder, plan, data, source)
        except BaseException:
            folder.give_up()
            raise


def _read(folder: Folder, plan: Plan, data: Dataset, source: str) -> Survey:
    survey = Survey(plan, data, Tally.of(plan), file=folder.table, source=source)
    for batch in survey.batches():
        survey.tally.add(batch)
    return survey
