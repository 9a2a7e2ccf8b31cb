"""``fit``: from samples to a trained model, with progress, Ctrl-C, early stopping and a history."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from numpy.typing import ArrayLike

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, DivergedError, short
from classlens.model import Model
from classlens.network import Network
from classlens.scores import Evaluation
from classlens.settings import Settings, takes_settings
from classlens.training import loop
from classlens.training.checkpoint import Checkpoint
from classlens.training.driving import Ending, Trainer, drive
from classlens.training.fingerprint import digests, fingerprint
from classlens.training.history import History
from classlens.training.keeping import Keeper
from classlens.training.limits import MOST_NATS
from classlens.training.prepare import prepare
from classlens.training.standing import Diverged, Progress, beginning
from classlens.training.task import Start, Task


@dataclass(frozen=True, eq=False, repr=False)
class Run:
    """A training run that has ended.

    Attributes:
        model: the trained model, with the settings and the seed that were used: that of the last
            whole epoch, or with ``patience`` that of the best one.
        history: the metrics of every epoch and the parameters of past ones.
        ending: ``finished`` (all epochs), ``early`` (no lower validation loss for ``patience``
            epochs), ``interrupted`` (by Ctrl-C) or ``diverged`` (inside a ``DivergedError``).
        epoch: the epoch that the model is of.
        test: how the model does on the test part, which nothing else has seen; None without one,
            and for a run that diverged.
        seconds: how long the training took, compiling included; since it went on, if it did so
            from a checkpoint.
        memory: what the optimizer remembers, for a run that resumes this one.
        before: epochs of the runs that this one has resumed.
    """

    model: Model
    history: History
    ending: Ending
    epoch: int
    test: Evaluation | None
    seconds: float
    memory: Any
    before: int

    def __repr__(self) -> str:
        return f"Run({self.model!r}, {self.ending} after {self.history!r})"

    @property
    def network(self) -> Network:
        """The model's network."""
        return self.model.network

    def view(self, data: Dataset | tuple[ArrayLike, ArrayLike]) -> Any:
        """A ``notebook.View``: a page for a notebook's cell, with every unit and epoch.

        With anywidget installed (the extra ``notebook``) it is live: the network can be trained
        anew there. What is saved with the notebook is a report, which needs nothing.

        Args:
            data: samples with their classes.

        Raises:
            DataError: if the samples cannot be used.
        """
        from classlens.notebook import view  # noqa: PLC0415 - points up, for the user's convenience

        return view(self, data)

    def network_at(self, epoch: int) -> Network:
        """The network as it was after an epoch; epoch 0 is the start.

        Raises:
            ArgumentError: if there was no such epoch, or its parameters were not kept (see
                ``history.kept``).
        """
        kernels, biases = zip(*self.history.parameters_at(epoch), strict=True)
        return self.network.with_weights(kernels, biases)


@takes_settings
def fit(
    data: Dataset | tuple[ArrayLike, ArrayLike],
    *,
    validation_data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    sample_weight: ArrayLike | None = None,
    progress: Callable[[Progress], None] | None = None,
    resume: Run | None = None,
    checkpoint: Checkpoint | str | Path | None = None,
    **options: Any,
) -> Run:
    """Train a network on samples of known class.

    The loss is the softmax cross-entropy of the logits. Ctrl-C ends the training after the last
    whole epoch, and what was learned until then is returned; before the training has begun, it is a
    KeyboardInterrupt as everywhere.

    Args:
        data: a Dataset, or a pair (X, y): X of shape (samples, features), y of shape (samples,).
        validation_data: samples to watch while training, in place of ``validation_fraction``; the
            labels of a pair are of the training data's classes, of which not all need occur.
        sample_weight: how much each sample counts in the loss, shape (samples,), at least 0. The
            loss and its gradient grow with the weights, as in Keras; see ``History``.
        progress: called with a ``Progress`` about twenty times a second, in this thread; what it
            raises ends the training.
        resume: a run to go on from, for ``epochs`` more: from its model's parameters, with what its
            optimizer remembers and with orders that it has not seen. A schedule begins anew. Two
            runs in a row do what one of both's epochs does, if its schedule is constant.
        checkpoint: where to keep, every ten minutes or as the Checkpoint says, how far the run is:
            one that was killed goes on from there and ends as if it had not been.
        **options: any row of ``classlens.settings.SETTINGS``.

    Raises:
        ArgumentError: if an option is not allowed, or unknown, or a checkpoint is there that is not
            to go on, or is of another run.
        DataError: if the data cannot be trained on.
        ModelFileError: if the checkpoint is damaged.
        OutputError: if no checkpoint can be written there.
        DivergedError: if the loss or a parameter stops being finite, the loss in the end is beyond
            100,000 nats, or a test sample overflows; what was learned is in its ``run``.

    Example:
        >>> import classlens as cl
        >>> run = cl.fit(cl.blobs(), hidden=[2], epochs=200, learning_rate=0.01, seed=1234)
        >>> round(float(run.history.loss[-1]), 4)
        0.03
    """
    settings = Settings.of(options)
    kept = Checkpoint.of(checkpoint)
    if kept is not None:
        settings = kept.seeded(settings)
    if progress is not None and not callable(progress):
        raise ArgumentError(f"progress must be a function. Got {short(progress)} instead.")
    samples = Dataset.of(data)
    job = prepare(
        samples,
        settings,
        validation_data=_watched(validation_data, samples.class_names),
        sample_weight=sample_weight,
        start=None if resume is None else _end(resume),
    )
    if kept is None:
        return trained(job, loop.Trainer(job), progress)
    keeper = Keeper(kept, lambda: fingerprint(job, digests(job, kept.unseen)))
    return trained(job, loop.Trainer(job, keeper.begin(beginning(job))), progress, keeper)


def trained(
    task: Task,
    trainer: Trainer,
    progress: Callable[[Progress], None] | None,
    keeper: Keeper | None = None,
) -> Run:
    """The run that a trainer makes.

    Args:
        task: what it does.
        trainer: does it.
        progress: as for ``fit``.
        keeper: writes where the run stands; its file goes when the run has ended.

    Raises:
        DivergedError: as ``fit``.
    """
    try:
        run = _ended(task, trainer, progress, keeper)
    except DivergedError:
        if keeper is not None:
            keeper.forget()  # it would diverge again
        raise
    if keeper is not None and run.ending != "interrupted" and not keeper.stays:
        keeper.forget()
    return run


def _ended(
    task: Task,
    trainer: Trainer,
    progress: Callable[[Progress], None] | None,
    keeper: Keeper | None,
) -> Run:
    started = time.perf_counter()
    try:
        ending = drive(trainer, progress, keeper)
    except Diverged as reason:
        run = _run(task, trainer, "diverged", time.perf_counter() - started)
        raise DivergedError(str(reason), epoch=trainer.log.epochs + 1, run=run) from None
    seconds = time.perf_counter() - started
    try:
        run = _run(task, trainer, ending, seconds)
    except DataError as reason:  # a test sample is too large for the network: keep what was learned
        run = _run(task, trainer, "diverged", seconds)
        raise DivergedError(
            f"the test part cannot be scored: {reason}", epoch=run.epoch, run=run
        ) from None
    _check_use(run, task)
    return run


def _check_use(run: Run, task: Task) -> None:
    """Refuse a network that is worse than guessing by orders of magnitude."""
    weight = task.mean_weight
    loss = run.history.loss[-1] if run.ending in ("finished", "early") else 0.0
    if loss > MOST_NATS * weight:
        raise DivergedError(
            f"the training ended with a loss of {loss:.2g}, where guessing gives "
            f"{weight * math.log(len(task.class_names)):.2g}. Try a lower learning_rate (it was "
            f"{task.settings.learning_rate:g}), or scale the features to a range of about -3 to 3.",
            epoch=len(run.history),
            run=replace(run, ending="diverged"),
        )


def _watched(data: Any, class_names: tuple[str, ...]) -> Dataset | None:
    """The validation samples; what is wrong with them is said to be wrong with them."""
    try:
        return None if data is None else Dataset.of(data, class_names=class_names)
    except DataError as error:
        raise DataError(f"in validation_data, {error}") from None


def _end(run: object) -> Start:
    if not isinstance(run, Run):
        raise ArgumentError(f"resume must be a Run. Got {type(run).__name__} instead.")
    return Start(run.model, run.memory, run.before + len(run.history))


def _run(task: Task, trainer: Trainer, ending: Ending, seconds: float) -> Run:
    log = trainer.log
    restore = task.settings.patience is not None
    arrays = log.best_parameters if restore else log.last
    network = Network.from_arrays(
        arrays[::2], arrays[1::2], activations=task.activations, classes=task.class_names
    )
    return Run(
        model=Model(network, task.feature_names, task.settings),
        history=log.history(),
        ending=ending,
        epoch=log.best if restore else log.epochs,
        test=None
        if task.test is None or ending == "diverged"
        else network.evaluate(task.test.X, task.test.y),
        seconds=seconds,
        memory=trainer.memory,
        before=0 if task.start is None else task.start.epochs,
    )
