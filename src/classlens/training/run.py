"""``fit``: from samples to a trained model, with progress, Ctrl-C, early stopping and a history."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from numpy.typing import ArrayLike

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DivergedError
from classlens.model import Model
from classlens.network import Network
from classlens.scores import Evaluation
from classlens.settings import Settings, takes_settings
from classlens.training.history import History
from classlens.training.log import Log
from classlens.training.loop import Diverged, Progress, Trainer
from classlens.training.prepare import Job, prepare

Ending = Literal["finished", "early", "interrupted", "diverged"]


@dataclass(frozen=True, eq=False)
class Run:
    """A training run that has ended.

    Attributes:
        model: the trained model, with the settings and the seed that were used: that of the last
            whole epoch, or with ``patience`` that of the best one.
        history: the metrics of every epoch and the parameters of past ones.
        ending: ``finished`` (all epochs), ``early`` (no lower validation loss for ``patience``
            epochs), ``interrupted`` (by Ctrl-C) or ``diverged`` (inside a ``DivergedError``).
        epoch: the epoch that the model is of.
        test: how the model does on the test part, which nothing else has seen; None without one.
        seconds: how long the training took, compiling included.
    """

    model: Model
    history: History
    ending: Ending
    epoch: int
    test: Evaluation | None
    seconds: float

    @property
    def network(self) -> Network:
        """The model's network."""
        return self.model.network

    def network_at(self, epoch: int) -> Network:
        """The network as it was after an epoch; epoch 0 is the start.

        Raises:
            ArgumentError: if that epoch's parameters were not kept (see ``history.kept``).
        """
        kernels, biases = zip(*self.history.parameters_at(epoch), strict=True)
        return Network.from_arrays(
            kernels,
            biases,
            activations=[layer.activation for layer in self.network.layers],
            classes=self.network.classes,
        )


@takes_settings
def fit(
    data: Dataset | tuple[ArrayLike, ArrayLike],
    *,
    validation_data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    sample_weight: ArrayLike | None = None,
    progress: Callable[[Progress], None] | None = None,
    **options: Any,
) -> Run:
    """Train a network on samples of known class.

    The loss is the softmax cross-entropy of the logits. Ctrl-C ends the training after the last
    whole epoch, and what was learned until then is returned.

    Args:
        data: a Dataset, or a pair (X, y): X of shape (samples, features), y of shape (samples,).
        validation_data: samples to watch while training, in place of ``validation_fraction``.
        sample_weight: how much each sample counts in the loss, shape (samples,), at least 0.
        progress: called with a ``Progress`` about twenty times a second, in this thread; what it
            raises ends the training.
        **options: any row of ``classlens.settings.SETTINGS``.

    Raises:
        ArgumentError: if an option is not allowed, or unknown.
        DataError: if the data cannot be trained on.
        DivergedError: if the loss or a parameter stops being finite; the run up to the last good
            epoch is in its ``run``.

    Example:
        >>> import classlens as cl
        >>> run = cl.fit(cl.blobs(), hidden=[2], epochs=200, learning_rate=0.01, seed=1234)
        >>> round(float(run.history.loss[-1]), 4)
        0.03
    """
    settings = Settings.of(options)
    if progress is not None and not callable(progress):
        raise ArgumentError(f"progress must be a function. Got {progress!r} instead.")
    job = prepare(
        Dataset.of(data),
        settings,
        validation_data=None if validation_data is None else Dataset.of(validation_data),
        sample_weight=sample_weight,
    )
    started = time.perf_counter()
    trainer = Trainer(job)
    ending: Ending = "interrupted"
    try:
        while ending == "interrupted":
            news = trainer.advance()
            if trainer.ended:
                ending = trainer.ended
            if progress is not None:
                progress(news)
    except KeyboardInterrupt:
        pass  # what the trainer holds is whole, whenever this comes
    except Diverged as reason:
        run = _run(job, trainer.log, "diverged", time.perf_counter() - started)
        raise DivergedError(str(reason), epoch=trainer.log.epochs + 1, run=run) from None
    return _run(job, trainer.log, ending, time.perf_counter() - started)


def _run(job: Job, log: Log, ending: Ending, seconds: float) -> Run:
    restore = job.settings.patience is not None
    arrays = log.best_parameters if restore else log.last
    network = Network.from_arrays(
        arrays[::2], arrays[1::2], activations=job.activations, classes=job.training.class_names
    )
    return Run(
        model=Model(network, job.training.feature_names, job.settings),
        history=log.history(),
        ending=ending,
        epoch=log.best if restore else log.epochs,
        test=None if job.test is None else network.evaluate(job.test.X, job.test.y),
        seconds=seconds,
    )
