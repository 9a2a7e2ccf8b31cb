"""Arrays from outside: which are taken, and what is said of the others."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from classlens.arrays import finite_weights, refuse_non_finite
from classlens.errors import ArgumentError, DataError


def refusal(values: Any, dtype: Any = None) -> str:
    with pytest.raises(ArgumentError) as caught:
        finite_weights(values, "the kernel", dtype)
    return str(caught.value)


@pytest.mark.parametrize(
    ("given", "dtype", "taken"),
    [
        (np.float32, None, np.float32),
        (np.float64, None, np.float64),
        (np.dtype(">f8"), None, np.float64),
        (np.float16, None, np.float64),
        (np.longdouble, None, np.float64),
        (np.uint8, None, np.float64),
        (np.bool_, None, np.float64),
        (np.float64, np.float32, np.float32),
        (np.int64, np.float32, np.float32),
    ],
)
def test_weights_are_copied_into_a_float_dtype(given: Any, dtype: Any, taken: type) -> None:
    values = np.array([[0, 1], [1, 1]], given)
    weights = finite_weights(values, "the kernel", dtype)
    assert weights.dtype == taken
    values[0, 0] = 1
    assert weights.tolist() == [[0, 1], [1, 1]]


def test_weights_lie_row_by_row_in_memory() -> None:
    values = np.arange(6.0).reshape(2, 3)
    for given in (values.T, np.asfortranarray(values), values[:, ::2], values.T.astype(np.float32)):
        weights = finite_weights(given, "the kernel")
        assert weights.flags.c_contiguous
        assert weights.tolist() == given.tolist()


def test_weights_that_are_no_real_numbers() -> None:
    assert refusal([[1], [2, 3]]) == (
        "the kernel must have rows of one length. Got rows that differ."
    )
    assert refusal(["a"]) == "the kernel must hold real numbers. Got dtype <U1 instead."
    assert refusal([1j]) == "the kernel must hold real numbers. Got dtype complex128 instead."
    assert refusal(None) == "the kernel must hold real numbers. Got dtype object instead."
    assert refusal([10**400]) == "the kernel must hold real numbers. Got dtype object instead."


@pytest.mark.parametrize(
    ("values", "dtype", "words"),
    [
        ([[1.0, math.nan]], None, "finite in float64. Got nan at [0, 1]"),
        (np.array([1, -np.inf], np.float32), None, "finite in float32. Got -inf at [1]"),
        ([0.0, 1e39], np.float32, "finite in float32. Got 1e+39 at [1]"),
        (math.nan, None, "finite in float64. Got nan at []"),
    ],
)
def test_weights_that_are_not_finite(values: Any, dtype: Any, words: str) -> None:
    assert refusal(values, dtype) == (
        f"the kernel must be {words}; was the training stopped after it diverged?"
    )


def test_samples_are_named_as_they_were_given() -> None:
    given = np.array([[0.0, 1.0], [2.0, 1e39]])
    refuse_non_finite(given, given, "X")
    with np.errstate(over="ignore"):
        narrow = given.astype(np.float32)
    with pytest.raises(DataError) as caught:
        refuse_non_finite(narrow, given, "X")
    assert str(caught.value) == "X must be finite in float32. Got 1e+39 in row 1, column 1."
    with pytest.raises(DataError, match=r"Got nan in row 0, column 0 \(and 2 more\)\.$"):
        refuse_non_finite(np.array([[np.nan] * 3]), np.array([[np.nan] * 3]), "X")
