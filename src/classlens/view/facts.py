"""The facts about a model that a reader of its report needs, and that no picture shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from classlens.data.dataset import Dataset
from classlens.errors import counted, listed
from classlens.model import Model, ModelLike, as_model, samples_for
from classlens.scores import Evaluation
from classlens.view.subject import Data

if TYPE_CHECKING:
    from classlens.training.history import History

_ENDINGS = {"early": ", which stopped early", "interrupted": ", which was interrupted"}


@runtime_checkable
class Training(Protocol):
    """A training that has ended: a Run, or what ``train`` gives."""

    @property
    def history(self) -> History:
        """Its course."""

    @property
    def ending(self) -> str:
        """How it ended, such as ``early``."""

    @property
    def epoch(self) -> int:
        """The epoch that the model is of."""

    @property
    def test(self) -> Evaluation | None:
        """How the model does on rows that nothing else has seen."""


def facts(
    model: ModelLike, data: Data | None = None, *, history: History | None = None, source: str = ""
) -> list[tuple[str, str]]:
    """What a model is, where it comes from and how good it is on rows that it has not seen.

    Args:
        model: a Network, Model, Run or Trained; the latter two know their training.
        data: the samples that the report shows.
        history: the training, where the model does not bring it.
        source: what the data is called, such as a file's name.

    Returns:
        Rows of a name and a text. What is not known is said to be unknown, and why.

    Example:
        >>> from classlens.network import Network
        >>> facts(Network.from_arrays([[[1.0, -1.0]]], [[0.0, 0.5]]))[0]
        ('Held-out score', 'unknown: this network brings no training.')
    """
    given = as_model(model)
    training = model if isinstance(model, Training) else None
    rows = [("Held-out score", _score(given, training, history))]
    samples = samples_for(given, data)
    if samples is not None:
        rows.append(("Data", _data(samples, source)))
    classes = given.class_names
    named = f"{len(classes)} class{'' if len(classes) == 1 else 'es'}: {listed(classes)}"
    target = "" if given.encoding is None else f"{given.encoding.target}, "
    rows.append(("Predicts", f"{target}{named}"))
    sizes = " - ".join(map(str, given.network.sizes))
    kinds = ", ".join(dict.fromkeys(str(each.activation) for each in given.network.layers[:-1]))
    rows.append(("Network", f"{sizes}, {kinds}" if kinds else sizes))
    rows.append(("Epochs", _epochs(given, training, history)))
    rows += _settings(given)
    return rows


def _score(model: Model, training: Training | None, history: History | None) -> str:
    if training is not None and training.test is not None:
        score = training.test
        rows = counted(score.samples, "row")
        return (
            f"{score.accuracy:.1%} of {rows} that the training did not see are right "
            f"({score.correct} of {score.samples})."
        )
    if training is not None or history is not None:
        return "none: no rows were held out. The accuracy below is on rows that were learned from."
    if model.settings is None:
        return "unknown: this network brings no training."
    return (
        "unknown: a model file does not keep it, nor which rows were learned from. classlens "
        "evaluate scores a model on rows that you give."
    )


def _data(samples: Dataset, source: str) -> str:
    shape = f"{counted(len(samples), 'row')}, {counted(samples.features, 'feature')}"
    return f"{source}: {shape}" if source else shape


def _epochs(model: Model, training: Training | None, history: History | None) -> str:
    if training is not None:
        course = f"of {counted(len(training.history), 'epoch')}"
        return (
            f"that of epoch {training.epoch} is shown, {course}{_ENDINGS.get(training.ending, '')}."
        )
    if history is not None:
        return f"{counted(len(history), 'epoch')}."
    asked = "" if model.settings is None else f" (at most {model.settings.epochs} were asked for)"
    return (
        f"only the last state is shown{asked}: the course of a training is known to the training "
        "alone, and no model file keeps it. classlens train --report shows it."
    )


def _settings(model: Model) -> list[tuple[str, str]]:
    """How it was trained, if it was trained here."""
    settings = model.settings
    if settings is None:
        return []
    said = (
        f"{settings.optimizer}, learning rate {settings.learning_rate:g} ({settings.schedule}), "
        f"batches of {settings.batch_size}, seed {settings.seed}"
    )
    if settings.validation_fraction:
        said += f", {settings.validation_fraction:.0%} of the rows watched"
    return [("Trained with", said)]
