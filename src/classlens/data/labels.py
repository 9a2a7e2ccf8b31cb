"""Labels as scikit-learn's users give them, and the indices and names that they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.errors import ArgumentError, DataError, did_you_mean, listed
from classlens.kinds import ClassWeights

Labels = NDArray[Any]
Doubles = NDArray[np.float64]


def label_names(classes: Labels) -> tuple[str, ...]:
    """The classes' names: the labels as text, a whole number without its decimal point.

    Example:
        >>> label_names(np.array([1.0, 2.0])), label_names(np.array([False, True]))
        (('1', '2'), ('False', 'True'))
    """
    return tuple(
        str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)
        for label in classes.tolist()
    )


def label_indices(y: Labels, classes: Labels) -> NDArray[np.intp]:
    """Each label's place among the classes, shape (samples,).

    Raises:
        DataError: if a label is not among them; the message names it and its row.
    """
    place = {label: index for index, label in enumerate(classes.tolist())}
    try:
        return np.array([place[label] for label in y.tolist()], dtype=np.intp)
    except KeyError as error:
        row = y.tolist().index(error.args[0])
        raise DataError(
            f"y must hold labels among {listed([repr(label) for label in place])}. "
            f"Got {error.args[0]!r} in row {row} instead."
        ) from None


def label_weights(
    class_weight: object, classes: Labels, indices: NDArray[np.intp], weight: Doubles
) -> dict[str, float] | None:
    """How much a sample of each class counts, by the class's name.

    Args:
        class_weight: None; a mapping from labels to weights, where a label that is left out has the
            weight 1; or ``balanced``, with which every class that occurs counts the same in total.
        classes: the labels, shape (classes,).
        indices: each sample's class, shape (samples,).
        weight: how often each sample counts, shape (samples,).

    Raises:
        ArgumentError: if it is something else, or names what is no label.
    """
    if class_weight is None:
        return None
    names = dict(zip(classes.tolist(), label_names(classes), strict=True))
    if isinstance(class_weight, Mapping):
        strange = [label for label in class_weight if label not in names]
        if strange:
            words = [label for label in names if isinstance(label, str)]
            raise ArgumentError(
                "class_weight must have labels as keys, "
                f"{listed([repr(label) for label in names])}. Got {strange[0]!r} instead."
                + did_you_mean(strange[0], words)
            )
        class_weight = {names[label]: each for label, each in class_weight.items()}
    checked = ClassWeights().check("class_weight", class_weight)
    if not isinstance(checked, str):
        return checked
    totals = np.bincount(indices, weights=weight, minlength=len(classes))
    occurring = totals > 0
    even = totals.sum() / (np.count_nonzero(occurring) * np.where(occurring, totals, 1.0))
    return dict(zip(names.values(), np.where(occurring, even, 0.0).tolist(), strict=True))
