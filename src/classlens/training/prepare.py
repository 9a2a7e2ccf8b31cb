"""Before anything reaches the training: arguments checked, held-out parts split off.

JAX answers bad input with wrong numbers (a label that is out of range is clamped or gives NaN, an
integer wraps), so everything is checked here, with NumPy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.activations import Activation
from classlens.data.dataset import Dataset
from classlens.data.split import stratified
from classlens.data.weights import class_weights, row_weights
from classlens.errors import ArgumentError, DataError, counted, listed
from classlens.model import Model
from classlens.names import feature_names
from classlens.settings import Settings
from classlens.training import seeds
from classlens.training.limits import check_memory, check_updates
from classlens.training.task import Start

# What the samples' weights may be on average. The gradient grows with them: much smaller ones
# vanish beside Adam's epsilon, and the squares of much larger ones overflow, either without a word.
_SMALLEST_MEAN, _LARGEST_MEAN = 1e-4, 1e6


@dataclass(frozen=True, eq=False)
class Job:
    """A ``Task`` with its samples: everything that a run needs, checked.

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
        start: where the run begins; None for the seed's kernels and biases of 0.
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
    start: Start | None = None

    @property
    def class_names(self) -> tuple[str, ...]:
        """The classes' names."""
        return self.training.class_names

    @property
    def feature_names(self) -> tuple[str, ...]:
        """The features' names."""
        return self.training.feature_names

    @property
    def mean_weight(self) -> float:
        """How much a sample counts in the loss on average."""
        return float(self.weight.mean())


def prepare(
    data: Dataset,
    settings: Settings,
    *,
    validation_data: Dataset | None,
    sample_weight: ArrayLike | None,
    start: Start | None = None,
) -> Job:
    """Check everything, draw a seed where none is given, and split the held-out parts off.

    Raises:
        ArgumentError: if settings do not fit each other or the data.
        DataError: if there is nothing to learn, or a part cannot be split off.
    """
    if start is None:  # what goes on may meet a batch of one class, which says something new
        _check_classes(data)
    sizes = (data.features, *settings.hidden, data.classes)
    check_memory(sizes, len(data), settings.batch_size)
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
    activations = (*settings.hidden_activations, Activation("linear"))
    if start is not None:
        _check_goes_on(start.model, data, sizes, activations)
    weight = _weights(data, settings, sample_weight)
    if settings.seed is None:
        settings = replace(settings, seed=seeds.fresh())
    seed, order_seed = settings.seed, settings.order_seed
    assert seed is not None and order_seed is not None  # noqa: S101, PT018 - for the type checker
    _check_parts(data, settings)
    rows, test, validation = parts_of(data.y, settings, order_seed)
    training = data if rows is None else data.take(rows)
    weight = weight if rows is None else weight[rows]
    with np.errstate(over="ignore"):
        check_mean(float(weight.mean()))
    check_updates(
        settings.epochs + (start.epochs if start else 0), len(training), settings.batch_size
    )
    return Job(
        settings=settings,
        seed=seed,
        order_seed=order_seed,
        training=training,
        weight=weight.astype(np.float32),
        validation=validation_data if validation is None else data.take(validation),
        test=None if test is None else data.take(test),
        sizes=sizes,
        activations=activations,
        start=start,
    )


class Parts(NamedTuple):
    """Which rows of the samples did what.

    Attributes:
        training: rows that are learned from; None for all.
        test: rows for the one score at the end; None for none.
        validation: rows that are watched; None for none.
    """

    training: NDArray[np.intp] | None
    test: NDArray[np.intp] | None
    validation: NDArray[np.intp] | None


def parts_of(y: NDArray[np.int64], settings: Settings, seed: int) -> Parts:
    """The parts that ``fit`` makes of samples of these classes.

    Args:
        y: class indices, shape (samples,).
        settings: how large the parts are.
        seed: the seed of the orders, ``settings.order_seed``.
    """
    rows = test = validation = None
    left = 1.0
    if settings.test_fraction:
        rows, test = stratified(y, settings.test_fraction, seed)
        left -= settings.test_fraction
    if settings.validation_fraction:
        y = y if rows is None else y[rows]
        share = settings.validation_fraction / left
        kept, held_out = stratified(y, share, seed)
        rows, validation = (kept, held_out) if rows is None else (rows[kept], rows[held_out])
    return Parts(rows, test, validation)


def _check_classes(data: Dataset) -> None:
    present = np.unique(data.y)
    if len(present) < 2:
        raise DataError(
            "the samples must be of at least two classes, or there is nothing to tell apart. "
            f"Got {counted(len(data), 'sample')} of class {listed([data.class_names[present[0]]])} "
            "only."
        )


def _check_parts(data: Dataset, settings: Settings) -> None:
    """Every class needs a sample to learn from, and one for each part that is held out."""
    parts = [
        name
        for name, share in (
            ("validation", settings.validation_fraction),
            ("the test", settings.test_fraction),
        )
        if share
    ]
    counts = np.bincount(data.y)
    few = np.flatnonzero((counts > 0) & (counts <= len(parts)))
    if few.size:
        count = int(counts[few[0]])
        raise DataError(
            f"each class must have at least {counted(len(parts) + 1, 'sample')}, to learn from and "
            f"to hold out for {' and '.join(parts)}. Got {counted(count, 'sample')} of class "
            f"{listed([data.class_names[few[0]]])} (row {int(np.argmax(data.y == few[0]))}) "
            "instead. Leave the class out, or give more samples of it."
        )


def _check_goes_on(
    model: Model, data: Dataset, sizes: tuple[int, ...], activations: tuple[Activation, ...]
) -> None:
    network = model.network
    wanted: dict[str, tuple[tuple[object, ...], tuple[object, ...]]] = {
        "classes": (model.class_names, data.class_names),
        "features": (model.feature_names, data.feature_names),
        "sizes": (network.sizes, sizes),
        "activations": (tuple(layer.activation for layer in network.layers), activations),
    }
    for what, (before, now) in wanted.items():
        if before != now:
            raise ArgumentError(
                f"{what} must be those of the run that is resumed, "
                f"{listed([str(each) for each in before])}. Got "
                f"{listed([str(each) for each in now])} instead. "
                "Keep them, or train from the start."
            )


def _check_same_kind(data: Dataset, other: Dataset) -> None:
    if other.features != data.features:
        raise DataError(
            f"validation_data must have {data.features} features, as the training data. "
            f"Got {other.features} instead."
        )
    if other.feature_names not in (data.feature_names, feature_names(other.features)):
        raise DataError(
            "validation_data must have the training data's feature names in the same order, "
            f"{listed(data.feature_names)}. Got {listed(other.feature_names)} instead."
        )
    if int(other.y.max()) >= data.classes or (
        other.class_names != data.class_names[: other.classes]
    ):
        raise DataError(
            f"validation_data must have the training data's classes, "
            f"{listed(data.class_names)}. Got {listed(other.class_names)} instead."
        )


def _weights(
    data: Dataset, settings: Settings, sample_weight: ArrayLike | None
) -> NDArray[np.float64]:
    weight = row_weights(sample_weight, len(data))
    if settings.class_weight is not None:
        counts = np.bincount(data.y, minlength=data.classes)
        weight = weight * class_weights(settings.class_weight, data.class_names, counts)[data.y]
    return weight


def check_mean(mean: float) -> None:
    """Refuse weights that the training would not feel, or not survive.

    Args:
        mean: of the weights of the samples to learn from.

    Raises:
        DataError: if it is too small or too large.
    """
    if not mean:
        raise DataError(
            "at least one sample to learn from must have a weight above 0. Got 0 for all of them."
        )
    if not _SMALLEST_MEAN <= mean <= _LARGEST_MEAN:
        raise DataError(
            f"the weights of the samples to learn from must be from {_SMALLEST_MEAN:g} to "
            f"{_LARGEST_MEAN:,.0f} on average. Got {mean:.2g} instead. Multiply all of them by one "
            "number, so that it is about 1."
        )
