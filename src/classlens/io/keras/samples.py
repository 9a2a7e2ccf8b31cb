"""Labels, weights and samples to watch, as Keras's ``fit`` takes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import real_array
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, short
from classlens.io.keras.compiled import Compiled
from classlens.io.keras.trainable import Trainable
from classlens.kinds import Number, Whole


def dataset(X: ArrayLike, y: ArrayLike, said: Compiled, own: Trainable, name: str = "") -> Dataset:
    """Samples with their classes.

    Args:
        X: as the model takes them.
        y: as the loss takes them.
        said: what the model was compiled with.
        own: the model.
        name: what stands before x and y in messages.

    Raises:
        DataError: if they cannot be used, or are not as many.
    """
    features, labels = own.features(X, f"{name}x"), _labels(y, said, own, f"{name}y")
    if len(features) != len(labels):
        raise DataError(
            f"{name}x and {name}y must be as long. Got {len(features)} samples, {len(labels)} "
            "labels."
        )
    return Dataset(features, labels, own.network.classes)


def _labels(y: ArrayLike, said: Compiled, own: Trainable, name: str) -> NDArray[np.int64]:
    """Class indices, shape (samples,)."""
    labels = real_array(y, name)
    classes = len(own.network.classes)
    if not said.sparse:
        ones = labels.ndim == 2 and labels.shape[1] == classes and np.isin(labels, (0, 1)).all()
        if not ones or not (labels.sum(axis=1) == 1).all():
            raise DataError(
                f"{name} must have a row for each sample, with a single 1 among {classes} numbers. "
                "For class indices, compile with SparseCategoricalCrossentropy."
            )
        return np.asarray(labels.argmax(axis=1), np.int64)
    if labels.ndim == 2 and labels.shape[1] == 1:
        labels = labels[:, 0]
    whole = labels.ndim == 1 and np.equal(labels, np.floor(labels)).all()
    if not whole or not ((labels >= 0) & (labels < classes)).all():
        raise DataError(
            f"{name} must hold class indices from 0 to {classes - 1}, shape (samples,). Got "
            f"{short(labels)} instead."
        )
    return labels.astype(np.int64)


def weights(
    labels: NDArray[np.int64],
    class_weight: Mapping[int, float] | None,
    sample_weight: ArrayLike | None,
) -> Any:
    """How much each sample counts; None for all alike.

    Args:
        labels: class indices.
        class_weight: how much each class counts; 1 where none is given.
        sample_weight: how much each sample counts besides.

    Raises:
        ArgumentError: if they cannot be used.
        DataError: likewise.
    """
    if class_weight is None:
        return None if sample_weight is None else real_array(sample_weight, "sample_weight")
    if not isinstance(class_weight, Mapping):
        raise ArgumentError(
            f"class_weight must be a dict of class indices. Got {short(class_weight)} instead."
        )
    weight = np.ones(len(labels))
    for index, value in class_weight.items():
        place = Whole(0).check("each class of class_weight", index)
        weight[labels == place] = Number(0.0).check(f"class_weight of {place}", value)
    if sample_weight is None:
        return weight
    given = real_array(sample_weight, "sample_weight")
    if given.shape != weight.shape:
        raise DataError(
            f"sample_weight must have the shape {weight.shape}. Got {given.shape} instead."
        )
    return weight * given


def split(share: float, samples: int, validation_data: Any) -> int:
    """How many samples are learned from; Keras takes the last ones to watch.

    Raises:
        ArgumentError: if none is left on one side.
    """
    share = Number(0.0, 1.0).check("validation_split", share)
    if not share or validation_data is not None:  # which Keras, too, puts first
        return samples
    rows = int(samples * (1 - share))
    if rows < 1 or rows == samples:
        raise ArgumentError(
            f"validation_split must leave samples on both sides. Got {share:g} of {samples}."
        )
    return rows


def watched(given: Any, said: Compiled, own: Trainable) -> Dataset:
    """The samples of ``validation_data``.

    Raises:
        ArgumentError: if it is no pair.
        DataError: if they cannot be used.
    """
    if not isinstance(given, tuple | list) or len(given) != 2:
        raise ArgumentError(
            f"validation_data must be a pair (x, y). Got {type(given).__name__} instead."
        )
    return dataset(given[0], given[1], said, own, "validation_data's ")
