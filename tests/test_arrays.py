"""Arrays from outside: which are taken, and what is said of the others."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.arrays import finite_weights, real_array, refuse_non_finite
from classlens.errors import ArgumentError, DataError


def refusal(values: Any, dtype: Any = None) -> str:
    with pytest.raises(ArgumentError) as caught:
        finite_weights(values, "the kernel", dtype)
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "dtype", "taken"),
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
def test_weights_are_copied_into_a_float_dtype(kind: Any, dtype: Any, taken: type) -> None:
    values = np.array([[0, 1], [1, 1]], kind)
    weights = finite_weights(values, "the kernel", dtype)
    assert weights.dtype == taken
    values[0, 0] = 1
    assert weights.tolist() == [[0, 1], [1, 1]]


def test_weights_lie_row_by_row_in_memory() -> None:
    values = np.arange(6.0).reshape(2, 3)
    for laid in (values.T, np.asfortranarray(values), values[:, ::2], values.T.astype(np.float32)):
        weights = finite_weights(laid, "the kernel")
        assert weights.flags.c_contiguous
        assert weights.tolist() == laid.tolist()


class Unreadable:
    """Offers itself as an array, and then is none, as a tensor that records gradients."""

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("call detach() first")


class Silent:
    def __array__(self, *_: Any, **__: Any) -> Any:
        raise KeyError


WORDS = " Convert words to numbers first."


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ([[1], [2, 3]], "have rows of one length. Got 1 in row 0 and 2 in row 1."),
        ([[1, 2], 3], "have rows of one length. Got numbers beside lists."),
        ([np.ones(2), np.ones(3)], "have rows of one length. Got numbers beside lists."),
        ([[[1]], [[2, 3]]], "have rows of one length. Got rows that differ."),
        (["a"], f"hold real numbers. Got dtype <U1 instead.{WORDS}"),
        ([b"a"], f"hold real numbers. Got dtype |S1 instead.{WORDS}"),
        ([1j], "hold real numbers. Got dtype complex128 instead."),
        (np.array("2020-01-01", "M8[D]"), "hold real numbers. Got dtype datetime64[D] instead."),
        (None, "hold real numbers. Got None instead."),
        ({1, 2}, "hold real numbers. Got {1, 2} instead."),
        (np.array([1, "a"], object), "hold real numbers. Got 'a' in row 1 instead."),
        ([[1, 2], [None, 3]], "hold real numbers. Got None in row 1, column 0 instead."),
        ([[[1, None]]], "hold real numbers. Got None in row 0, column 0 instead."),
        (
            np.ma.masked_greater([1.0, 9.0], 5),
            "have no masked entries. Got 1. Fill them or leave their rows out first.",
        ),
        (Unreadable(), "be an array. Got Unreadable, which NumPy cannot read: call detach() first"),
        (Silent(), "be an array. Got Silent, which NumPy cannot read: KeyError"),
    ],
)
def test_what_are_no_real_numbers(values: Any, words: str) -> None:
    assert refusal(values) == f"the kernel must {words}"
    with pytest.raises(DataError) as caught:
        real_array(values, "X")
    assert str(caught.value) == f"X must {words}"


def test_a_list_in_itself_is_no_array() -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(DataError, match=r"^X must have rows of one length\. Got rows that differ"):
        real_array(endless, "X")


@given(
    st.lists(
        st.floats() | st.integers() | st.booleans() | st.fractions() | st.decimals(allow_nan=False),
        min_size=1,
    )
)
def test_python_s_own_numbers_are_real_numbers(values: list[Any]) -> None:
    array = real_array(np.array(values, object), "X")
    assert array.dtype == np.float64
    np.testing.assert_array_equal(array, [float(value) for value in values])


def test_numbers_beyond_all_floats_become_infinite() -> None:
    values = [10**400, -(10**400), Fraction(10**400), Decimal("sNaN"), Decimal("NaN")]
    assert real_array(np.array(values, object), "X").tolist()[:3] == [
        math.inf,
        -math.inf,
        math.inf,
    ]
    assert np.isnan(real_array(np.array(values, object), "X")[3:]).all()
    assert refusal([10**400]).startswith("the kernel must be finite in float64. Got inf at [0]")


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
