"""How much each sample counts: checked once, for all that takes weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import real_array
from classlens.errors import ArgumentError, DataError, counted, did_you_mean, listed, short


def row_weights(sample_weight: ArrayLike | None, samples: int) -> NDArray[np.float64]:
    """How much each of so many samples counts, shape (samples,); 1 each for None.

    Raises:
        DataError: if there is not one finite number of at least 0 for each sample, or all are 0.

    Example:
        >>> row_weights([2, 0], 2).tolist()
        [2.0, 0.0]
    """
    if sample_weight is None:
        return np.ones(samples)
    given = real_array(sample_weight, "sample_weight")
    if given.shape != (samples,):
        raise DataError(
            f"sample_weight must hold one number for each of the {counted(samples, 'sample')}. "
            f"Got the shape {given.shape} instead."
        )
    wrong = ~(np.isfinite(given) & (given >= 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise DataError(
            f"sample_weight must be finite and at least 0. Got {given[row]} in row {row} instead."
        )
    if not given.any():
        raise DataError("sample_weight must be above 0 for at least one sample. Got only zeros.")
    return given.astype(np.float64)


def class_weights(
    option: str | Mapping[str, float], names: tuple[str, ...], counts: NDArray[np.integer[Any]]
) -> NDArray[np.float64]:
    """How much a sample of each class counts, shape (classes,).

    Args:
        option: ``balanced``, which gives every class the same total, as scikit-learn does; or
            weights by the classes' names or numbers, of which those that are left out count 1.
        names: the classes' names.
        counts: samples of each class, shape (classes,).

    Raises:
        ArgumentError: if a key is none of the classes, or one that is there already.
    """
    if option == "balanced":
        present = np.count_nonzero(counts)
        return np.where(counts > 0, counts.sum() / (present * np.maximum(counts, 1)), 0.0)
    assert not isinstance(option, str)  # noqa: S101 - for the type checker
    weights = np.ones(len(names))
    numbers = {str(number): number for number in range(len(names))}
    places = {name: number for number, name in enumerate(names)}
    keys: dict[int, str] = {}
    for key, weight in option.items():
        number = places.get(key, numbers.get(key))
        if number is None:
            raise ArgumentError(
                f"class_weight must name classes, {listed(names)}. "
                f"Got {short(key)} instead." + did_you_mean(key, names)
            )
        if number in keys:
            raise ArgumentError(
                f"class_weight must name each class once. Got {short(keys[number])} and "
                f"{short(key)} for class {listed([names[number]])} instead."
            )
        keys[number] = key
        weights[number] = weight
    return weights
