"""``classlens lab``: the lab's story on the terminal, and its files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classlens.cli.interrupts import patiently
from classlens.cli.options import setting_options, settings_of, with_options
from classlens.cli.terminal import OUT, with_progress
from classlens.errors import ArgumentError
from classlens.files import folder_for
from classlens.settings import Settings

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset


@with_options(
    *setting_options(
        *("seed", "epochs", "hidden", "activation", "optimizer", "learning_rate", "batch_size")
    )
)
def lab(
    *,
    samples: Annotated[str, typer.Option(help="Number of samples of the four blobs.")] = "100",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("classlens-lab"),
    plots: Annotated[bool, typer.Option(help="Write the pictures.")] = True,
    log: Annotated[bool, typer.Option("--log", help="Print a line for each epoch.")] = False,
    **options: str | None,
) -> None:
    """Do the teaching lab: data, training, weights, explanation, pictures.

    The defaults are the lab's, and so are the numbers.
    """
    settings = settings_of(options)
    if str(out) == ".":
        raise ArgumentError("--out must name a folder of its own. Got the current one instead.")
    # JAX is loaded here, so that --help does not wait for it.
    from classlens import lab as story  # noqa: PLC0415

    data = story.lab_data(story.SAMPLES.check("--samples", story.SAMPLES.read(samples)))
    with folder_for(out):
        _tell(data, settings, out, plots=plots, log=log)


def _tell(data: Dataset, settings: Settings, out: Path, *, plots: bool, log: bool) -> None:
    from classlens import lab as story  # noqa: PLC0415

    OUT.say(story.describe_data(data) + "\n")
    done = with_progress(
        lambda progress: story.train(data, settings, progress), settings.epochs, log=log
    )
    run, network = done.run, done.run.network
    if not run.epoch:
        raise KeyboardInterrupt  # before the first epoch was over: nothing has been learned
    OUT.show(("layer", "units", "activation", "weights + biases"), story.describe_network(network))
    if run.ending == "interrupted":
        OUT.say(f"\nInterrupted after {run.epoch} of {settings.epochs} epochs.")
    OUT.say(
        f"\nLoss in the last epoch: {run.history.loss[-1]:.4f}. "
        f"Of the trained network: loss {done.score.loss:.4f}, "
        f"{done.score.correct} of {done.score.samples} samples right "
        f"({done.score.accuracy:.1%}).\n"
    )
    OUT.say(story.describe_weights(network) + "\n")
    OUT.say(done.explanation.short() + "\n")
    os.environ["MPLBACKEND"] = "agg"  # a notebook's own cannot be loaded here
    with patiently() as ask:
        for path in story.write(done, out, pictures=plots):
            OUT.say(f"wrote {path}")
            ask()
