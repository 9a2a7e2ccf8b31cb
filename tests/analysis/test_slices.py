"""Slices: their directions, their coordinates, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pytest

from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError


def check(slice_: Slice) -> None:
    lengths = [slice_.u @ slice_.u, slice_.v @ slice_.v, slice_.u @ slice_.v]
    np.testing.assert_allclose(lengths, [1, 1, 0], atol=1e-15)
    points = np.random.default_rng(0).normal(size=(20, 2))
    lifted = slice_.lift(points)
    np.testing.assert_allclose(slice_.project(lifted), points, atol=1e-12)
    distance = np.linalg.norm(lifted[:, None] - lifted, axis=2)
    np.testing.assert_allclose(
        distance, np.linalg.norm(points[:, None] - points, axis=2), atol=1e-12
    )
    np.testing.assert_allclose(slice_.lift([[0, 0]])[0], slice_.origin)
    for array in (slice_.origin, slice_.u, slice_.v):
        assert array.dtype == np.float64
        assert not array.flags.writeable


def test_directions_become_orthonormal():
    random = np.random.default_rng(1)
    for inputs in (2, 3, 50):
        check(Slice(*random.normal(size=(3, inputs))))
    check(Slice([0, 0, 0], [1, 0, 0], [1, 1e-6, 0]))
    check(Slice([0, 0], [1e-200, 0], [0, 1e200]))


def test_through_two_features():
    slice_ = Slice.through_features(2, 0, [5.0, 6.0, 7.0])
    check(slice_)
    assert slice_.inputs == 3
    assert slice_.lift([[1.0, 2.0]]).tolist() == [[2.0, 6.0, 1.0]]
    named = Slice.through_features("c", "a", [5.0, 6.0, 7.0], names=["a", "b", "c"])
    assert named.u.tolist() == slice_.u.tolist()
    assert named.origin.tolist() == [0.0, 6.0, 0.0]


def test_through_three_points():
    a, b, c = np.random.default_rng(2).normal(size=(3, 6))
    slice_ = Slice.through_points(a, b, c)
    check(slice_)
    projected = slice_.project([a, b, c])
    np.testing.assert_allclose(slice_.lift(projected), [a, b, c], atol=1e-14)
    np.testing.assert_allclose(projected[:2], [[0, 0], [np.linalg.norm(b - a), 0]], atol=1e-14)


@pytest.mark.parametrize("samples", [300, 7])
def test_the_plane_of_the_principal_components(samples):
    """For more samples than features and for fewer: the two largest variances."""
    random = np.random.default_rng(3)
    X = random.normal(size=(samples, 10)) * ([9, 1, 4] + [0.1] * 7) + 5
    slice_ = Slice.principal(X)
    check(slice_)
    np.testing.assert_allclose(slice_.origin, X.mean(axis=0))
    variances = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)[:2] ** 2
    np.testing.assert_allclose((slice_.project(X) ** 2).sum(axis=0), variances)
    assert np.abs(slice_.u).argmax() == 0
    assert slice_.u[0] > 0
    assert slice_.v[np.abs(slice_.v).argmax()] > 0
    data = Dataset(X, np.zeros(samples, dtype=int))
    np.testing.assert_allclose(Slice.principal(data).u, slice_.u, atol=1e-5)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (([0, 0], [1, 0], [2, 0]), "a slice's u and v must point in two directions. Got two that"),
        (([0, 0], [1, 0], [-1, 1e-12]), "a slice's u and v must point in two directions."),
        (([0, 0], [0, 0], [0, 1]), "a slice's u and v must point in two directions."),
        (([0], [1], [1]), "a slice's u and v must point in two directions."),
        (([0, 0, 0], [1, 0], [0, 1]), "a slice's origin, u and v must have one number for each "),
        (([0, np.nan], [1, 0], [0, 1]), "a slice's origin must be finite. Got nan at 1."),
        (([0, 0], [[1, 0]], [0, 1]), "a slice's u must be one row of real numbers, one for each "),
        (([0, 0], ["a", "b"], [0, 1]), "a slice's u must be one row of real numbers"),
        (([0, 0], [1, [0]], [0, 1]), "a slice's u must have rows of one length."),
        (([0, 0], [1, 0], None), "a slice's v must be one row of real numbers"),
        (([0, 10**400], [1, 0], [0, 1]), "a slice's origin must be one row of real numbers"),
    ],
)
def test_directions_that_span_no_plane(given, said):
    with pytest.raises(ArgumentError, match=f"^{re.escape(said)}"):
        Slice(*given)


@pytest.mark.parametrize(
    ("features", "names", "said"),
    [
        ((1, 1), (), "a slice must go through two different features. Got 1 twice."),
        ((0, 3), (), "a slice's features must be indices from 0 to 2. Got 3 instead."),
        ((-1, 1), (), "a slice's features must be indices from 0 to 2. Got -1 instead."),
        (("wide", 1), ("width", "b", "c"), "a slice's features must be among width, b, c. Got "),
        (("a", "b"), (), "a slice's features must be among given names. Got 'a' instead."),
    ],
)
def test_features_that_are_not_there(features, names, said):
    with pytest.raises(ArgumentError, match=f"^{re.escape(said)}"):
        Slice.through_features(*features, [1.0, 2.0, 3.0], names=names)


def test_a_near_name_is_offered():
    with pytest.raises(ArgumentError, match=r"Did you mean 'width'\?$"):
        Slice.through_features("widt", 1, [1.0, 2.0], names=["width", "b"])


def test_points_on_one_line():
    with pytest.raises(
        ArgumentError, match=r"three points that do not lie on one line\. Got three"
    ):
        Slice.through_points([0, 0, 0], [1, 2, 3], [2, 4, 6])
    with pytest.raises(
        ArgumentError, match=r"^the three points must have one number .* Got 2, 3, 2"
    ):
        Slice.through_points([0, 0], [1, 2, 3], [2, 4])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (np.zeros((0, 3)), "the data must have samples for a slice of their principal components."),
        ([[1.0, 2.0, 3.0]], "the data must vary in at least two directions"),
        (np.outer(np.arange(9), [1.0, 2.0, 3.0]), "the data must vary in at least two directions"),
        (np.ones((20, 3)), "the data must vary in at least two directions"),
        (np.ones(3), "data must have the shape (rows, inputs). Got (3,) instead."),
        ([["a", "b"]], "data must hold real numbers. Got dtype <U1 instead."),
        ([[np.inf, 1.0]], "data must be finite in float64. Got inf in row 0, column 0."),
    ],
)
def test_data_without_a_plane(data, said):
    with pytest.raises(DataError, match=f"^{re.escape(said)}"):
        Slice.principal(data)


def test_coordinates_of_another_shape():
    slice_ = Slice([0, 0, 0], [1, 0, 0], [0, 1, 0])
    with pytest.raises(DataError, match=r"^points must have the shape \(rows, 2\)\. Got \(1, 3\)"):
        slice_.lift([[1, 2, 3]])
    with pytest.raises(DataError, match=r"^X must have the shape \(rows, 3\)\. Got \(1, 2\)"):
        slice_.project([[1, 2]])
