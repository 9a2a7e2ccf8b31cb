"""Inputs made of the plane: each is NumPy's own expression of its name."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import classlens as cl
from classlens.data.inputs import INPUTS, PLAIN, Inputs

numbers = st.floats(-1e150, 1e150)
places = arrays.arrays(np.float64, st.tuples(st.integers(1, 9), st.just(2)), elements=numbers)


@pytest.mark.parametrize("name", INPUTS)
@given(points=places)
def test_the_name_is_the_expression(name: str, points: np.ndarray) -> None:
    x0, x1 = points.T
    expected = eval(name, {"sin": np.sin, "x0": x0, "x1": x1})  # noqa: S307 - our own names
    np.testing.assert_array_equal(INPUTS[name](x0, x1), expected)
    np.testing.assert_array_equal(Inputs((name,)).of(points.tolist()), expected[:, None])


@given(names=st.lists(st.sampled_from(list(INPUTS)), min_size=1), points=places)
def test_features_stand_in_the_table_s_order(names: list[str], points: np.ndarray) -> None:
    """Two recipes with the same boxes ticked are the same, whichever came first."""
    made = Inputs(tuple(names))
    assert list(made.names) == sorted(set(names), key=list(INPUTS).index)
    alone = [Inputs((name,)).of(points)[:, 0] for name in made.names]
    np.testing.assert_array_equal(made.of(points), np.column_stack(alone))


def test_the_coordinates_alone_are_plain() -> None:
    data = cl.rings()
    assert Inputs().plain
    assert Inputs(("x1", "x0")).plain
    assert Inputs().dataset(data) is data
    assert not Inputs(("x0", "x1", "x0*x1")).plain
    assert not Inputs(("x0",)).plain
    np.testing.assert_array_equal(Inputs().of(data.X), data.X)


def test_samples_as_the_network_is_given_them() -> None:
    X, y, names = [[3.0, -1.5], [0.1, 0.2], [5.0, 6.0]], [2, 0, 1], ("a", "b", "c")
    lifted = Inputs(("x0*x1", "x0**2")).dataset(cl.Dataset(X, y, names, ("wide", "high")))
    assert lifted.feature_names == ("x0**2", "x0*x1")
    assert lifted.class_names == names
    assert lifted.y.tolist() == y
    x = np.float32(0.1).astype(float), np.float32(0.2).astype(float)  # rounded once, in the end
    own = [[9.0, -4.5], [x[0] * x[0], x[0] * x[1]], [25.0, 30.0]]
    np.testing.assert_array_equal(lifted.X, np.float32(own))


@pytest.mark.parametrize("given_", [(), [], "x0", None, 5, {"x0": 1}, {"x0"}])
def test_inputs_that_are_no_names(given_: object) -> None:
    words = "inputs must be names such as x0 and x0**2. Got "
    with pytest.raises(cl.ArgumentError, match=f"^{re.escape(words)}.* instead"):
        Inputs(given_)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("x0^2", "Got 'x0^2' instead. Did you mean 'x0**2'?"),
        ("x2", "Got 'x2' instead."),
        ("sin(x0", "Did you mean 'sin(x0)'?"),
        (1, "Got 1 instead."),
        (["x0"], "Got ['x0'] instead."),
        ("__import__('os')", "Got \"__import__('os')\" instead."),
    ],
)
def test_a_name_that_is_not_in_the_table(name: object, words: str) -> None:
    known = "inputs must be one of x0, x1, x0**2, x1**2, x0*x1, sin(x0), sin(x1). "
    with pytest.raises(cl.ArgumentError, match=f"^{re.escape(known)}.*{re.escape(words)}"):
        Inputs(("x0", name))  # type: ignore[arg-type]


def test_samples_of_other_than_two_features() -> None:
    data = cl.Dataset(np.eye(3), [0, 1, 2])
    words = "inputs are made of two features. Got samples with 3 instead."
    for names in (PLAIN, ("x0", "x0**2")):
        with pytest.raises(cl.DataError, match=re.escape(words)):
            Inputs(names).dataset(data)


def test_a_feature_too_large_for_the_training() -> None:
    data = cl.Dataset([[0.0, 1.0], [1e30, 1.0]], [0, 1])
    with pytest.raises(
        cl.DataError, match=r"X must be finite in float32\. Got 1\.0.*e\+60 in row 1, col"
    ):
        Inputs(("x0**2",)).dataset(data)
