"""What the commands print to, and the progress of a training on it."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
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
def warnings_told() -> Iterator[None]:
    """Inside, what Python warns of is kept, and told in the end as a command tells it."""
    with warnings.catch_warnings(record=True) as noticed:
        yield
    for each in noticed:
        OUT.say(f"Take care: {each.message}")


def with_progress(
    train: Callable[[Show], Result],
    epochs: int | None,
    *,
    log: bool = False,
) -> Result:
    """Train with a live progress bar where there is a terminal, or with a line for each epoch.

    Args:
        train: does the work, and takes what it is to call with the news.
        epochs: how many there will be at most; None if the training itself decides.
        log: print the lines.
    """
    with patiently() as ask:

        def asking(show: Show) -> Show:
            def news(progress: standing.Progress) -> None:
                show(progress)
                ask()

            return news

        def stoppable(show: Show) -> Result:
            return train(asking(show))

        return _with_log(stoppable) if log else _with_bar(stoppable, epochs)


def _with_log(train: Callable[[Show], Result]) -> Result:
    printed = 0

    def line(news: standing.Progress) -> None:
        nonlocal printed
        for metrics in news.news:
            printed += 1
            OUT.print(f"Epoch {printed}/{news.epochs}  loss: {metrics[0]:.4f}")

    result = train(line)
    OUT.print()
    return result


def _with_bar(train: Callable[[Show], Result], epochs: int | None) -> Result:
    with Progress(
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs  loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        console=OUT,
        transient=True,
        disable=not OUT.is_terminal,
    ) as bar:
        task = bar.add_task("training", total=epochs, loss="-")

        def show(news: standing.Progress) -> None:
            bar.update(task, completed=news.epoch, total=news.epochs)
            if len(news.news):
                bar.update(task, loss=f"{news.news[-1][0]:.4f}")

        return train(show)


def with_networks(work: Callable[[Tell], Result], ask: Callable[[], None]) -> Result:
    """Train many networks with a live progress bar where there is a terminal.

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

        def tell(news: running.Progress) -> None:
            ask()
            speed = bar.tasks[0].speed
            rate = "" if speed is None else f"{speed:,.0f} a second"
            bar.update(task, completed=news.done, total=news.networks, rate=rate)

        return work(tell)
