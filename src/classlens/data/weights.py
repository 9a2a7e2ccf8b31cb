"""How much each sample counts: checked once, for all that takes weights."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.arrays import real_array
from classlens.errors import DataError, counted


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
