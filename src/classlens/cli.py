"""The command line: read the arguments, call the public functions, print."""

from __future__ import annotations

import gc
import inspect
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from classlens import _version
from classlens.errors import ArgumentError, ClasslensError, Problems
from classlens.files import folder_for
from classlens.kinds import Whole
from classlens.settings import SETTINGS, Setting, Settings

if TYPE_CHECKING:
    from classlens.lab import Lab
    from classlens.training import loop

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help text, and a quarter of a second less to wait for it
    context_settings={"help_option_names": ["-h", "--help"]},
)
_out = Console(highlight=False, soft_wrap=True)
_err = Console(stderr=True, highlight=False, soft_wrap=True)


def main() -> None:
    """Run the command line; an error is a message and exit status 2, never a traceback."""
    # Loading JAX and matplotlib makes hundreds of thousands of objects that stay: looking through
    # them for garbage as often as Python does by default takes a twelfth of a short command's time.
    gc.set_threshold(100_000, 20, 20)
    try:
        app()
    except ClasslensError as error:
        _fail(str(error))
    except BrokenPipeError:
        # The reader has gone, as `| head` does; Python would complain again when it flushes.
        sys.stdout = None
        sys.exit(141)
    except OSError as error:
        _fail(f"{error.strerror or error}" + (f": {error.filename}" if error.filename else "."))
    except KeyboardInterrupt:
        _err.print("Interrupted.")
        sys.exit(130)


def _fail(message: str) -> None:
    _err.print(f"Error: {message}", markup=False)
    sys.exit(2)


def _option(setting: Setting) -> inspect.Parameter:
    """A command's option for a row of the settings table, read as text and judged by the table."""
    default = setting.default
    shown = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    annotation = Annotated[
        str | None,
        typer.Option(
            "--" + setting.name.replace("_", "-"),
            help=f"{setting.help} {setting.range[0].upper()}{setting.range[1:]}. "
            f"[default: {shown.lower()}]",
            metavar=setting.name.split("_")[-1].upper(),
        ),
    ]
    return inspect.Parameter(
        setting.name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation
    )


def _with_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command that takes ``**options`` an option for each of these settings."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(command, eval_str=True)
        own = [p for p in signature.parameters.values() if p.kind is not p.VAR_KEYWORD]
        rows = [_option(SETTINGS[name]) for name in names]
        command.__signature__ = signature.replace(parameters=own + rows)  # type: ignore[attr-defined]
        command.__annotations__ = {p.name: p.annotation for p in own + rows}
        return command

    return decorate


def _settings(options: dict[str, str | None]) -> Settings:
    """The settings that the given options stand for; what is wrong with any is said at once."""
    problems = Problems()
    values: dict[str, Any] = {}
    for name, text in options.items():
        if text is not None:
            try:
                values[name] = SETTINGS[name].read(text)
            except ArgumentError as error:
                problems.add(str(error))
    problems.raise_if_any(ArgumentError)
    return Settings.of(values)


def _version_option(wanted: bool) -> None:
    if wanted:
        print(f"classlens {_version.__version__}")
        raise typer.Exit


@app.callback()
def classlens(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version_option, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Train a multi-class neural network in a blink and see exactly what it does."""


@app.command()
@_with_settings(
    "seed", "epochs", "hidden", "activation", "optimizer", "learning_rate", "batch_size"
)
def lab(
    *,
    samples: Annotated[str, typer.Option(help="Number of samples of the four blobs.")] = "100",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("classlens-lab"),
    plots: Annotated[bool, typer.Option(help="Write the pictures.")] = True,
    log: Annotated[bool, typer.Option("--log", help="Print a line for each epoch.")] = False,
    **options: str | None,
) -> None:
    """Do the teaching lab: data, training, weights, pictures.

    The defaults are the lab's, and so are the numbers.
    """
    settings = _settings(options)
    if str(out) == ".":
        raise ArgumentError("--out must name a folder of its own. Got the current one instead.")
    kind = Whole(4)
    count = kind.check("samples", kind.read(samples))
    with folder_for(out):
        _tell(count, settings, out, plots=plots, log=log)


def _tell(samples: int, settings: Settings, out: Path, *, plots: bool, log: bool) -> None:
    """The lab's story on the terminal, and its files."""
    from classlens import lab as story  # noqa: PLC0415 - loads JAX, which --help does not wait for

    data = story.lab_data(samples)
    _out.print(story.describe_data(data) + "\n", markup=False)
    done = _train(lambda progress: story.train(data, settings, progress), settings, log)
    run, network = done.run, done.run.network
    table = Table("layer", "units", "activation", "weights + biases", box=None, pad_edge=False)
    for row in story.describe_network(network):
        table.add_row(*row)
    _out.print(table)
    if run.ending == "interrupted":
        _out.print(f"\nInterrupted after {run.epoch} of {settings.epochs} epochs.")
    last = f"{run.history.loss[-1]:.4f}" if run.epoch else "none yet"
    _out.print(
        f"\nLoss in the last epoch: {last}. Of the trained network: loss {done.score.loss:.4f}, "
        f"{done.score.correct} of {done.score.samples} samples right "
        f"({done.score.accuracy:.1%}).\n"
    )
    _out.print(story.describe_weights(network) + "\n", markup=False)
    for path in story.write(done, out, pictures=plots):
        _out.print(f"wrote {path}", markup=False)


def _train(
    train: Callable[[Callable[[loop.Progress], None]], Lab], settings: Settings, log: bool
) -> Lab:
    """Train with a live progress bar where there is a terminal, or a line for each epoch."""
    if log:
        printed = 0

        def line(news: loop.Progress) -> None:
            nonlocal printed
            for metrics in news.news:
                printed += 1
                _out.print(f"Epoch {printed}/{news.epochs}  loss: {metrics[0]:.4f}")

        result = train(line)
        _out.print()
        return result
    with Progress(
        TextColumn("training"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("epochs  loss {task.fields[loss]}"),
        TimeElapsedColumn(),
        console=_out,
        transient=True,
        disable=not _out.is_terminal,
    ) as bar:
        task = bar.add_task("training", total=settings.epochs, loss="-")

        def show(news: loop.Progress) -> None:
            bar.update(task, completed=news.epoch)
            if len(news.news):
                bar.update(task, loss=f"{news.news[-1][0]:.4f}")

        return train(show)
