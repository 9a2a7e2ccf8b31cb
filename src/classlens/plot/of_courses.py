"""Pictures of one example's way through a network, and of a training's course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis import example
from classlens.errors import ArgumentError, DataError
from classlens.model import ModelLike
from classlens.view.displays.example_path import PathDisplay
from classlens.view.displays.history import HistoryDisplay
from classlens.view.subject import Data, Subject

if TYPE_CHECKING:
    from classlens.training.history import History


class HasHistory(Protocol):
    """What has been trained, as a run or an estimator has."""

    @property
    def history(self) -> History:
        """The course of the training."""


def path(model: ModelLike, x: ArrayLike, data: Data | None = None) -> PathDisplay:
    """One example's way through the network, and what each unit adds to the winner's lead.

    Args:
        model: a Network, Model or Run, with any number of inputs.
        x: the example, shape (features,).
        data: a Dataset or a pair (X, y), whose range is drawn behind each of the example's values.

    Raises:
        ArgumentError: if there is no network, or the data's classes do not match.
        DataError: if the example does not fit the network, or the samples cannot be used.

    Example:
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([[[1.0, -1.0]], np.eye(2)], [[0.0, 0.0], [0.0, 0.0]])
        >>> path(network, [2.0]).path.lead
        2.0
    """
    subject = Subject.of(model, data)
    network = subject.network
    given = np.asarray(x)
    if given.shape != (network.inputs,):
        raise DataError(
            f"x must be one example, a row of {network.inputs} numbers. "
            f"Got the shape {given.shape} instead."
        )
    ranges = None
    if subject.samples is not None:
        X = subject.samples.X
        values = [X, *(each.activation for each in network.forward(X))]
        ranges = tuple(np.stack((each.min(axis=0), each.max(axis=0)), axis=1) for each in values)
    return PathDisplay(
        path=example.path(network, given),
        layers=tuple((layer.name, str(layer.activation)) for layer in network.layers),
        ranges=ranges,
        class_names=subject.class_names,
        feature_names=subject.feature_names,
    )


def history(history: History | HasHistory) -> HistoryDisplay:
    """The loss and the accuracy, epoch by epoch.

    Args:
        history: a History, or a run or whatever else has one.

    Raises:
        ArgumentError: if it is none, or no epoch was finished.
    """
    course: Any = getattr(history, "history", history)
    if getattr(course, "loss", None) is None:
        raise ArgumentError(
            f"history must be a History, such as run.history. Got {type(history).__name__} instead."
        )
    if not len(course.epoch):
        raise ArgumentError("history must have at least one finished epoch. Got none.")
    return HistoryDisplay(
        course.epoch,
        course.loss,
        course.accuracy,
        course.val_loss,
        course.val_accuracy,
        None if course.val_loss is None else course.best,
    )
