"""What the commands print to, and the progress of a training on it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from classlens.cli.interrupts import patiently
from classlens.cli.lines import Lines
from classlens.errors import printable

if TYPE_CHECKING:
    from classlens.survey import running
    from classlens.training import standing


class _Console(Console):
    """Rich's console, for texts that hold names from anywhere."""

    def say(self, text: str = "") -> None:
        """Print a text as it is, but for signs that command the terminal: they are spelt out."""
        self.print(printable(text), markup=False)

    def show(self, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """Print rows of cells under their headings, in columns."""
        table = Table(box=None, pad_edge=False)
        for heading in headings:
            table.add_column(_cell(heading))
        for row in rows:
            table.add_row(*map(_cell, row))
        self.print(table)

    def on_broken_pipe(self) -> None:
        """Called where a print met a closed pipe."""
        raise BrokenPipeError


def _cell(text: str) -> Text:
    return Text(printable(text))


OUT = _Console(highlight=False, soft_wrap=True)
ERR = _Console(stderr=True, highlight=False, soft_wrap=True)

Result = TypeVar("Result")
Show = Callable[["standing.Progress"], None]
Tell = Callable[["running.Progress"], None]


@contextlib.contextmanager
def quietly(quiet: bool) -> Iterator[None]:
    """Inside, nothing is printed, if so asked; errors are."""
    before, OUT.quiet = OUT.quiet, quiet or OUT.quiet
    try:
        yield
    finally:
        OUT.quiet = before


@contextlib.contextmanager
def warnings_told() -> Iterator[None]:
    """Inside, what Python warns of is kept, and told in the end as a command tells it."""
    with warnings.catch_warnings(record=True) as noticed:
        yield
    for each in noticed:
        OUT.say(f"Take care: {each.message}")


@dataclass(frozen=True)
class News:
    """What a training calls with its news; Ctrl-C is heard there.

    Attributes:
        show: shows how far the training is.
        count: shows how many rows of a table have been gone through.
        ask: raises where the work is to end.
    """

    show: Show
    count: Callable[[int], None]
    ask: Callable[[], None]

    def __call__(self, progress: standing.Progress) -> None:
        """How far the training is."""
        self.show(progress)
        self.ask()

    def rows(self, rows: int) -> None:
        """How many rows of its table have been shuffled before it begins."""
        self.count(rows)
        self.ask()


def with_progress(
    train: Callable[[News], Result],
    epochs: int | None,
    *,
    log: bool = False,
) -> Result:
    """Train with a live progress bar where there is a terminal, or with a line for each epoch.

    Where there is neither, a line about every minute says on standard error how far it is.

    Args:
        train: does the work, and takes what it is to call with the news.
        epochs: how many there will be at most; None if the training itself decides.
        log: print the lines.
    """
    with patiently() as ask:
        return _with_log(train, ask) if log else _with_bar(train, epochs, ask)


def _with_log(train: Callable[[News], Result], ask: Callable[[], None]) -> Result:
    printed = 0

    def line(news: standing.Progress) -> None:
        nonlocal printed
        for metrics in news.news:
            printed += 1
            OUT.print(f"Epoch {printed}/{news.epochs}  loss: {metrics[0]:.4f}")

    result = train(News(line, lambda _: None, ask))
    OUT.print()
    return result


def _with_bar(
    train: Callable[[News], Result], epochs: int | None, ask: Callable[[], None]
) -> Result:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs  loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        console=OUT,
        transient=True,
        disable=not OUT.is_terminal,
    ) as bar:
        task = bar.add_task("training", total=epochs, loss="-")

        lines, shuffled = Lines(OUT, ERR.say), Lines(OUT, ERR.say)

        def show(news: standing.Progress) -> None:
            done = news.done * news.epochs
            loss = "" if not len(news.news) else f", loss {news.news[-1][0]:.4f}"
            lines(
                done,
                news.epochs,
                lambda rate: (
                    f"epoch {done:.1f} of {news.epochs}{loss}"
                    + (f", {60 * rate:.3g} a minute" if rate else "")
                ),
            )
            bar.update(task, description="training", completed=done, total=news.epochs)
            if len(news.news):
                bar.update(task, loss=f"{news.news[-1][0]:.4f}")

        def count(rows: int) -> None:
            bar.update(task, description=f"shuffling {rows:,} rows")
            shuffled(rows, None, lambda rate: f"{rows:,} rows shuffled, {rate:,.0f} a second")

        return train(News(show, count, ask))


def with_rows(work: Callable[[Callable[[int], None]], Result]) -> Result:
    """Read a table with a live count of its rows where there is a terminal.

    Args:
        work: does it, and takes what it is to call with the number of rows so far.
    """
    with (
        patiently() as ask,
        Progress(
            TextColumn("reading {task.completed:,.0f} rows"),
            TimeElapsedColumn(),
            console=OUT,
            transient=True,
            disable=not OUT.is_terminal,
        ) as bar,
    ):
        task = bar.add_task("reading", total=None)
        lines = Lines(OUT, ERR.say)

        def tell(rows: int) -> None:
            ask()
            lines(rows, None, lambda rate: f"{rows:,} rows read, {rate:,.0f} a second")
            bar.update(task, completed=rows)

        result = work(tell)
        ask()  # after the last rows, too
        return result


def with_networks(work: Callable[[Tell], Result], ask: Callable[[], None]) -> Result:
    """Train many networks with a live progress bar where there is a terminal, or with few lines.

    Args:
        work: does it, and takes what it is to call with the news.
        ask: raises where the work is to end.
    """
    with Progress(
        TextColumn("training"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} networks"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        console=OUT,
        transient=True,
        disable=not OUT.is_terminal,
    ) as bar:
        task = bar.add_task("training", total=1, rate="")
        lines = Lines(OUT, ERR.say)

        def tell(news: running.Progress) -> None:
            ask()
            of = f"{news.done:,.0f} of {news.networks:,} networks"
            lines(news.done, news.networks, lambda rate: f"{of}, {rate:,.3g} a second")
            speed = bar.tasks[0].speed
            rate = "" if speed is None else f"{speed:,.0f} a second"
            bar.update(task, completed=news.done, total=news.networks, rate=rate)

        return work(tell)
