"""Before anything reaches JAX: arguments checked, parts split off, arrays padded to buckets.

JAX answers bad input with wrong numbers (a label that is out of range is clamped or gives NaN, an
integer wraps), so everything is checked here, with NumPy.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.activations import Activation
from classlens.data.dataset import Dataset
from classlens.data.split import stratified
from classlens.errors import ArgumentError, DataError, did_you_mean
from classlens.settings import Settings
from classlens.training import seeds
from classlens.training.epochs import Samples

_MOST_PARAMETERS = 500_000_000


@dataclass(frozen=True, eq=False)
class Job:
    """Everything that a run needs, checked.

    Attributes:
        settings: with the seed that is used.
        seed: decides the initial kernels.
        order_seed: decides the orders.
        training: the samples to learn from.
        weight: how much each of them counts, shape (samples,), float32.
        validation: the samples to watch, or None.
        test: the samples for the one score at the end, or None.
        sizes: inputs, then units of each layer.
        activations: one for each layer.
    """

    settings: Settings
    seed: int
    order_seed: int
    training: Dataset
    weight: NDArray[np.float32]
    validation: Dataset | None
    test: Dataset | None
    sizes: tuple[int, ...]
    activations: tuple[Activation, ...]


def prepare(
    data: Dataset,
    settings: Settings,
    *,
    validation_data: Dataset | None,
    sample_weight: ArrayLike | None,
) -> Job:
    """Check everything, draw a seed where none is given, and split the held-out parts off.

    Raises:
        ArgumentError: if settings do not fit each other or the data.
        DataError: if there is nothing to learn, or a part cannot be split off.
    """
    _check_classes(data)
    sizes = (data.features, *settings.hidden, data.classes)
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    if parameters > _MOST_PARAMETERS:
        raise ArgumentError(
            f"hidden must give a network of at most {_MOST_PARAMETERS:,} parameters. "
            f"Got {parameters:,} instead, from the sizes {', '.join(map(str, sizes))}."
        )
    if validation_data is not None:
        if settings.validation_fraction:
            raise ArgumentError(
                "give validation_data or validation_fraction, not both. "
                f"Got validation_fraction {settings.validation_fraction:g} too."
            )
        _check_same_kind(data, validation_data)
    elif settings.patience is not None and not settings.validation_fraction:
        raise ArgumentError(
            "patience needs samples to watch. Got neither validation_fraction nor validation_data."
        )
    weight = _weights(data, settings, sample_weight)
    if settings.seed is None:
        settings = replace(settings, seed=seeds.fresh())
    seed, order_seed = settings.seed, settings.order_seed
    assert seed is not None and order_seed is not None  # noqa: S101, PT018 - for the type checker
    training, test, validation = _split(data, settings, order_seed)
    return Job(
        settings=settings,
        seed=seed,
        order_seed=order_seed,
        training=data if training is None else data.take(training),
        weight=weight if training is None else weight[training],
        validation=validation_data if validation is None else data.take(validation),
        test=None if test is None else data.take(test),
        sizes=sizes,
        activations=(*settings.hidden_activations, Activation("linear")),
    )


def bucket(count: int, lowest: int) -> int:
    """The padded size for ``count`` rows: sizes in one bucket share the compiled program.

    Powers of two, and from 4096 on eight steps between them, so that little memory is lost.

    Example:
        >>> bucket(100, 256), bucket(300, 256), bucket(60_000, 256)
        (256, 512, 61440)
    """
    size = max(lowest, 1 << (count - 1).bit_length())
    step = size // 16 if size > 4096 else size
    return -(-count // step) * step


def on_device(data: Dataset, weight: NDArray[np.float32] | None, lowest: int) -> Samples:
    """The samples as device arrays, padded with rows of zeros that have no weight."""
    count = len(data)
    rows = bucket(count, lowest)
    x = np.zeros((rows, data.features), np.float32)
    y = np.zeros(rows, np.int32)
    w = np.zeros(rows, np.float32)
    x[:count], y[:count] = data.X, data.y
    w[:count] = 1 if weight is None else weight
    samples: Samples = jax.device_put(Samples(x, y, w, np.int32(count)))
    return samples


def _split(
    data: Dataset, settings: Settings, seed: int
) -> tuple[NDArray[np.intp] | None, NDArray[np.intp] | None, NDArray[np.intp] | None]:
    """Rows for training, test and validation; None for all rows, no test, no validation."""
    rows = test = validation = None
    left = 1.0
    if settings.test_fraction:
        rows, test = stratified(data.y, settings.test_fraction, seed, name="the test")
        left -= settings.test_fraction
    if settings.validation_fraction:
        y = data.y if rows is None else data.y[rows]
        share = settings.validation_fraction / left
        kept, held_out = stratified(y, share, seed, name="validation")
        rows, validation = (kept, held_out) if rows is None else (rows[kept], rows[held_out])
    return rows, test, validation


def _check_classes(data: Dataset) -> None:
    present = np.unique(data.y)
    if len(present) < 2:
        raise DataError(
            "the samples must be of at least two classes, or there is nothing to tell apart. "
            f"Got {len(data)} samples of class {data.class_names[present[0]]} only."
        )


def _check_same_kind(data: Dataset, other: Dataset) -> None:
    if other.features != data.features:
        raise DataError(
            f"validation_data must have {data.features} features, as the training data. "
            f"Got {other.features} instead."
        )
    if data.feature_names != other.feature_names:
        raise DataError(
            "validation_data must have the training data's feature names in the same order, "
            f"{', '.join(data.feature_names)}. Got {', '.join(other.feature_names)} instead."
        )
    if int(other.y.max()) >= data.classes or (
        other.class_names != data.class_names[: other.classes]
    ):
        raise DataError(
            f"validation_data must have the training data's classes, "
            f"{', '.join(data.class_names)}. Got {', '.join(other.class_names)} instead."
        )


def _weights(
    data: Dataset, settings: Settings, sample_weight: ArrayLike | None
) -> NDArray[np.float32]:
    weight = np.ones(len(data))
    if sample_weight is not None:
        given = np.asarray(sample_weight)
        if given.shape != (len(data),) or given.dtype.kind not in "fiub":
            raise DataError(
                f"sample_weight must hold one real number for each of the {len(data)} samples. "
                f"Got shape {given.shape}, dtype {given.dtype} instead."
            )
        wrong = ~(np.isfinite(given) & (given >= 0))
        if wrong.any():
            row = int(np.argmax(wrong))
            raise DataError(
                f"sample_weight must be finite and at least 0. Got {given[row]} in row {row} "
                "instead."
            )
        weight = given.astype(np.float64)
    if settings.class_weight is not None:
        weight = weight * _class_weights(data, settings)[data.y]
    if not weight.any():
        raise DataError("at least one sample must have a weight above 0. Got 0 for all of them.")
    with np.errstate(over="ignore"):
        narrow = weight.astype(np.float32)
    if not np.isfinite(narrow).all():
        row = int(np.argmax(~np.isfinite(narrow)))
        raise DataError(f"weights must be finite in float32. Got {weight[row]} in row {row}.")
    return narrow


def _class_weights(data: Dataset, settings: Settings) -> NDArray[np.float64]:
    """Shape (classes,). ``balanced`` gives every class the same total, as scikit-learn does."""
    if settings.class_weight == "balanced":
        counts = np.bincount(data.y, minlength=data.classes)
        present = np.count_nonzero(counts)
        return np.where(counts > 0, len(data) / (present * np.maximum(counts, 1)), 0.0)
    assert isinstance(settings.class_weight, dict)  # noqa: S101 - for the type checker
    weights = np.ones(data.classes)
    numbers = {str(number): number for number in range(data.classes)}
    names = {name: number for number, name in enumerate(data.class_names)}
    for key, weight in settings.class_weight.items():
        number = names.get(key, numbers.get(key))
        if number is None:
            raise ArgumentError(
                f"class_weight must name classes, {', '.join(data.class_names)}. "
                f"Got {key!r} instead." + did_you_mean(key, data.class_names)
            )
        weights[number] = weight
    return weights
