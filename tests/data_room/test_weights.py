"""Sample weights: what they are by default, and what is refused in which words."""

from __future__ import annotations

import numpy as np
import pytest

import classlens as cl
from classlens.data.weights import row_weights


def test_weights_are_1_by_default_and_float64() -> None:
    assert row_weights(None, 3).tolist() == [1, 1, 1]
    assert row_weights([2, 0, True], 3).tolist() == [2, 0, 1]
    assert row_weights([2, 0], 2).dtype == np.float64


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ([1.0], r"one number for each of the 2 samples\. Got the shape \(1,\)"),
        ([[1.0, 2.0]], r"Got the shape \(1, 2\) instead"),
        (["a", "b"], r"Got dtype <U1 instead"),
        ([1, np.nan], r"must be finite and at least 0\. Got nan in row 1 instead"),
        ([-0.5, 1], r"must be finite and at least 0\. Got -0\.5 in row 0 instead"),
        ([0, 0], r"must be above 0 for at least one sample\. Got only zeros"),
    ],
)
def test_weights_that_are_none(weights: object, words: str) -> None:
    with pytest.raises(cl.DataError, match=f"sample_weight .*{words}"):
        row_weights(weights, 2)  # type: ignore[arg-type]
