"""Pictures of predictions: which classes are taken for which, and the worst mistakes."""

from __future__ import annotations

import numpy as np

from classlens.kinds import Whole
from classlens.measures import Measures
from classlens.measures import confusion as counted
from classlens.model import ModelLike
from classlens.view.displays.confusion import ConfusionDisplay
from classlens.view.displays.mistakes import MistakesDisplay
from classlens.view.subject import Data, Subject


def confusion(model: ModelLike, data: Data) -> ConfusionDisplay:
    """The confusion matrix: how many examples of each class (row) are taken for which (column).

    Args:
        model: a Network, Model or Run, with any number of inputs.
        data: a Dataset or a pair (X, y).

    Raises:
        ArgumentError: if there is no network, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([np.eye(2)], [np.zeros(2)])
        >>> confusion(network, ([[2.0, 1.0], [1.0, 2.0], [0.0, 2.0]], [0, 1, 0])).counts.tolist()
        [[1, 1], [0, 1]]
    """
    subject = Subject.of(model, data)
    samples, classes = subject.given, subject.class_names
    predicted = subject.network.predict(samples.X)
    return ConfusionDisplay(counted(samples.y, predicted, len(classes)), classes)


def mistakes(model: ModelLike, data: Data, *, count: int = 12) -> MistakesDisplay:
    """The most confident mistakes, as the pictures that the model was shown.

    Args:
        model: a Network, Model or Run that takes pictures' pixels.
        data: a Dataset of pictures.
        count: how many at most.

    Raises:
        ArgumentError: if the inputs are no pixels, as far as is known, the classes do not match, or
            count is not from 1 to 60.
        DataError: if the samples cannot be used.

    Example:
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([np.eye(4)], [np.zeros(4)])
        >>> pictures = cl.Dataset(np.eye(4), [0, 1, 3, 2], image_shape=(2, 2))
        >>> [mistake.row for mistake in mistakes(network, pictures).mistakes]
        [2, 3]
    """
    subject = Subject.of(model, data)
    samples = subject.given
    shape = subject.image_shape
    most = Whole(1, 60).check("count", count)
    probabilities = subject.network.predict_proba(samples.X)
    found = Measures.of(probabilities, samples.y, subject.class_names).mistakes
    rows = np.array([each.row for each in found[:most]], int)
    return MistakesDisplay(
        mistakes=found[:most],
        images=samples.X[rows].reshape(-1, *shape),
        own=probabilities[rows, samples.y[rows]],
        range=(float(samples.X.min()), float(samples.X.max())),
        wrong=len(found),
        samples=len(samples),
        class_names=subject.class_names,
    )
