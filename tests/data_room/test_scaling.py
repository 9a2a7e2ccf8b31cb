"""Scaling against scikit-learn's, and a folded layer against the scaled samples."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.preprocessing import StandardScaler

from classlens.data.scaling import Scaling

ones = np.ones(5)
tables = arrays(np.float64, (5, 3), elements=st.floats(-1e6, 1e6, width=32))
counts = arrays(np.float64, 5, elements=st.integers(1, 4).map(float))


@given(tables, counts)
def test_it_is_scikit_learns_scale(X: np.ndarray, weight: np.ndarray) -> None:
    theirs = StandardScaler().fit(X, sample_weight=weight)
    ours = Scaling.of(X, weight)
    assert np.allclose(ours.shift, theirs.mean_, rtol=1e-9, atol=1e-9)
    clear = theirs.var_ > 1e-12 * np.abs(X).max(axis=0) ** 2  # not within rounding of constant
    assert np.allclose(ours.scale[clear], theirs.scale_[clear], rtol=1e-6)


@given(tables, counts)
def test_scaled_samples_have_mean_0_and_variance_1_or_0(X: np.ndarray, weight: np.ndarray) -> None:
    scaled = Scaling.of(X, weight).scaled(X)
    share = weight / weight.sum()
    assert np.allclose(share @ scaled, 0, atol=1e-5)
    constant = np.ptp(X, axis=0) == 0
    assert np.allclose((share @ scaled**2)[constant], 0)
    clear = np.ptp(X, axis=0) > 1e-6 * np.abs(X).max(axis=0)
    assert np.allclose((share @ scaled**2)[clear], 1, atol=1e-5)


@pytest.mark.parametrize("value", [0.0, 0.1, 1e300, -1e-300])
def test_a_constant_feature_is_only_shifted(value: float) -> None:
    X = np.full((7, 1), value)
    scaling = Scaling.of(X, np.ones(7))
    assert scaling.scale.tolist() == [1.0]
    assert np.allclose(scaling.scaled(X) / max(abs(value), 1e-300), 0, atol=1e-12)


def test_huge_numbers_do_not_overflow() -> None:
    X = np.array([[1e300, 1.0], [-1e300, 2.0]])
    assert Scaling.of(X, np.ones(2)).scaled(X).tolist() == [[1.0, -1.0], [-1.0, 1.0]]


def test_none_changes_nothing() -> None:
    X = np.array([[1.5, -2.0]])
    assert np.array_equal(Scaling.none(2).scaled(X), X)


@given(tables, st.integers(0, 2**32 - 1))
def test_a_folded_layer_gives_what_the_layer_gives_for_scaled_samples(
    X: np.ndarray, seed: int
) -> None:
    random = np.random.default_rng(seed)
    kernels, biases = random.normal(size=(2, 3, 4)), random.normal(size=(2, 4))
    scaling = Scaling(random.normal(size=3) * 100, random.uniform(0.5, 50, size=3))
    scaled = scaling.scaled(X)
    folded, shifted = scaling.folded(kernels, biases)
    for epoch in range(2):
        before = scaled @ kernels[epoch] + biases[epoch]
        assert np.allclose(X @ folded[epoch] + shifted[epoch], before, rtol=1e-9, atol=1e-6)
        one = scaling.folded(kernels[epoch], biases[epoch])
        assert np.allclose(folded[epoch], one[0])
        assert np.allclose(shifted[epoch], one[1])
