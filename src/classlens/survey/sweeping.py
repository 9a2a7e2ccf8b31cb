"""sweep: train many networks, and say how they have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from classlens.data.dataset import Dataset
from classlens.data.toys import blobs
from classlens.files import folder_for
from classlens.survey.folder import Folder
from classlens.survey.plan import Plan
from classlens.survey.running import Progress, carried_out
from classlens.survey.sharing import lead, led
from classlens.survey.tally import Tally
from classlens.survey.words import Finding, findings, most_telling, verify, words
from classlens.training.processes import ALONE, Share

if TYPE_CHECKING:
    from classlens.training.run import Run
    from classlens.view.displays.endings import EndingsDisplay


@dataclass(frozen=True, eq=False)
class Survey:
    """What became of many networks.

    Attributes:
        plan: which they are.
        data: what they learned.
        tally: how they have ended, counted.
        table: a row for each network; None where it is in a folder only.
        file: the table's file, or None.

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

    def __len__(self) -> int:
        return len(self.plan)

    def __str__(self) -> str:
        return words(self.findings)

    def __repr__(self) -> str:
        return f"Survey({len(self):,} networks)"

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What was found, for each choice of settings."""
        return findings(self.tally)

    def endings(self) -> EndingsDisplay:
        """A picture of how the networks have ended: a line for each choice of settings.

        Of many choices it shows those that are told of in words: the best and the worst.
        """
        from classlens.view.displays.endings import EndingsDisplay  # noqa: PLC0415 - matplotlib

        told = most_telling(self.findings)
        counts = [self.tally.counts[tuple(each.choice.values())].bins for each in told]
        return EndingsDisplay([each.name or "all" for each in told], np.array(counts))

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The table's rows, some at a time."""
        if self.table is not None:
            yield from self.table.to_batches()
        elif self.file is not None:
            import pyarrow.parquet as pq  # noqa: PLC0415 - only of a folder

            with pq.ParquetFile(self.file) as file:
                yield from file.iter_batches()

    def verify(self) -> int:
        """Count every number of the words again, row by row; how many rows there are.

        Raises:
            FalseFindingError: if one does not hold.
        """
        return verify(self.findings, self.batches())

    def run(self, network: int) -> Run:
        """Train one of the networks again, by itself.

        Args:
            network: its number in the table.

        Raises:
            ArgumentError: if there is none of that number.
            DivergedError: if it diverges.
        """
        from classlens.training.run import fit  # noqa: PLC0415 - loads JAX

        return fit(self.data, **vars(self.plan.settings_of(network)))


def sweep(
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    *,
    seeds: int = 1000,
    grid: Mapping[str, Sequence[Any]] = MappingProxyType({}),
    own_order: bool = False,
    weights: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    **options: Any,
) -> Survey:
    """Train networks with many seeds and settings, all cores at once.

    Args:
        data: a Dataset or a pair (X, y); by default the lab's blobs.
        seeds: how many seeds each choice of settings is tried with: 0 to seeds - 1.
        grid: for a setting's name the values to try; each goes with each.
        own_order: draw the order of the samples, and what is held out, from each network's own
            seed. By default all share one order, that of ``shuffle_seed`` 1234, and differ in their
            initial kernels alone.
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
    plan = Plan.of(seeds, options, grid, own_order=own_order)
    tally = Tally(tuple(plan.grid))
    tables = []
    for _, table in carried_out(plan, samples, progress, weights=weights):
        tally.add(table)
        tables.append(table)
    return Survey(plan, samples, tally, pa.concat_tables(tables))


def sweep_into(
    path: str | Path,
    plan: Plan,
    data: Dataset,
    *,
    weights: bool = False,
    csv: bool = False,
    resume: bool = False,
    progress: Callable[[Progress], None] = lambda _: None,
    share: Share = ALONE,
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

    Raises:
        ArgumentError: if there is a sweep that is not to go on, or is another one.
        DataError: as ``fit``.
        OutputError: if something cannot be written, or a part is damaged.
    """
    with folder_for(path) as place:
        folder = Folder(place, plan, data, weights=weights, resume=resume)
        told = Progress(len(plan), len(plan))
        with led(place, share, lambda: progress(told)):
            if not folder.finished:
                lead(folder, plan, data, progress, weights=weights, share=share)
                folder.join()
            if csv:
                folder.write_csv()
            survey = Survey(plan, data, Tally(tuple(plan.grid)), file=folder.table)
            for batch in survey.batches():
                survey.tally.add(batch)
    return survey
