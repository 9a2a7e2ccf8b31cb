"""The toys against scikit-learn, the lab's recorded points and the formulas in their docstrings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.datasets import make_blobs

from classlens.data.dataset import Dataset
from classlens.data.toys import (
    TOYS,
    blobs,
    checkerboard,
    pinwheel,
    rings,
    spirals,
    toy,
)

LAB = Path(__file__).parents[1] / "data" / "lab_trace.npz"
CURVED = (rings, spirals, pinwheel, checkerboard)
curved = pytest.mark.parametrize("draw", CURVED, ids=lambda draw: draw.__name__)
seeds = st.integers(0, 2**32 - 1)


def polar(data: Dataset) -> tuple[NDArray[Any], NDArray[Any]]:
    x, y = data.X.astype(float).T
    return np.hypot(x, y), np.arctan2(y, x)


def turned(angle: NDArray[Any]) -> NDArray[Any]:
    """The angle brought into -pi..pi."""
    return np.asarray((angle + np.pi) % (2 * np.pi) - np.pi)


# Blobs


def test_the_default_blobs_are_the_labs() -> None:
    recorded = np.load(LAB)
    data = blobs()
    np.testing.assert_array_equal(data.X, recorded["X"].astype(np.float32))
    np.testing.assert_array_equal(data.y, recorded["y"])
    assert data.y[:10].tolist() == [3, 3, 3, 0, 3, 3, 3, 3, 2, 0]


def same_as_make_blobs(samples: int, centers: Any, spread: Any, seed: int) -> None:
    X, y, *_ = make_blobs(samples, centers=centers, cluster_std=spread, random_state=seed)
    data = blobs(samples, centers=centers, spread=spread, seed=seed)
    np.testing.assert_array_equal(data.X, X.astype(np.float32))
    np.testing.assert_array_equal(data.y, y)


coordinates = st.floats(-100, 100)
spreads = st.floats(0, 50)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 12), st.integers(0, 60), seeds)
def test_counted_blobs_are_those_of_make_blobs(
    draw: st.DataObject, classes: int, more: int, seed: int
) -> None:
    spread = draw.draw(spreads | st.lists(spreads, min_size=classes, max_size=classes))
    same_as_make_blobs(classes + more, classes, spread, seed)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(2, 6), st.integers(1, 5), st.integers(0, 60), seeds)
def test_placed_blobs_are_those_of_make_blobs(
    draw: st.DataObject, classes: int, features: int, more: int, seed: int
) -> None:
    row = st.lists(coordinates, min_size=features, max_size=features)
    centers = draw.draw(st.lists(row, min_size=classes, max_size=classes))
    spread = draw.draw(spreads | st.lists(spreads, min_size=classes, max_size=classes))
    same_as_make_blobs(classes + more, centers, spread, seed)


@pytest.mark.parametrize("dtype", [np.float32, np.int8])
def test_centers_and_spreads_may_be_arrays(dtype: type) -> None:
    same_as_make_blobs(31, np.array([[1, 2, 3], [4, 5, 6]], dtype), np.array([1, 2], dtype), 7)


# The curved shapes, without noise


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 15), st.integers(0, 200), seeds)
def test_rings_are_circles(classes: int, more: int, seed: int) -> None:
    data = rings(classes + more, classes=classes, noise=0, seed=seed)
    radius, _ = polar(data)
    np.testing.assert_allclose(radius, 6 * (data.y + 1) / classes, rtol=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 15), st.integers(0, 200), seeds)
def test_spirals_turn_as_their_radius_grows(classes: int, more: int, seed: int) -> None:
    data = spirals(classes + more, classes=classes, noise=0, seed=seed)
    radius, angle = polar(data)
    np.testing.assert_allclose(
        turned(angle - 2 * np.pi * (data.y / classes + radius / 6)), 0, atol=1e-5
    )
    assert radius.min() >= 1 - 1e-6
    assert radius.max() <= 6 + 1e-6


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 15), st.integers(0, 200), seeds)
def test_blades_keep_to_their_share_of_a_sector(classes: int, more: int, seed: int) -> None:
    data = pinwheel(classes + more, classes=classes, noise=0, seed=seed)
    radius, angle = polar(data)
    off = turned(angle - 2 * np.pi * data.y / classes - radius / 3)
    assert np.abs(off).max() <= 0.6 * np.pi / classes + 1e-5
    assert radius.min() >= 1 - 1e-6
    assert radius.max() <= 6 + 1e-6


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), seeds)
def test_neighbouring_squares_differ(classes: int, seed: int) -> None:
    data = checkerboard(40 * classes, classes=classes, noise=0, seed=seed)
    side = max(4, int(np.ceil(np.sqrt(classes))))
    column, row = np.minimum(((data.X.astype(float).T + 6) * side / 12).astype(int), side - 1)
    board = np.full((side, side), -1)
    board[row, column] = data.y
    np.testing.assert_array_equal(board[row, column], data.y)  # one class a square
    assert board.min() >= 0  # and no square is empty
    assert np.all(board[1:] != board[:-1])
    assert np.all(board[:, 1:] != board[:, :-1])
    squares = np.bincount(board.ravel(), minlength=classes)
    assert squares.max() - squares.min() <= 1


def test_a_point_in_a_million_stays_on_the_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """The largest number below 1 rounds a place up to the end of the shape; nothing breaks."""

    class Extreme(np.random.RandomState):
        def uniform(self, low: Any = 0.0, high: Any = 1.0, size: Any = None) -> Any:
            return np.full(size, np.nextafter(high, low))

    monkeypatch.setattr(np.random, "RandomState", Extreme)
    data = checkerboard(101, classes=3)
    assert np.abs(data.X).max() <= 6


# What all the curved shapes share


@curved
@settings(max_examples=25, deadline=None)
@given(st.integers(2, 20), st.integers(0, 100), seeds)
def test_the_classes_are_balanced(
    draw: Callable[..., Dataset], classes: int, more: int, seed: int
) -> None:
    data = draw(classes + more, classes=classes, seed=seed)
    counts = np.bincount(data.y, minlength=classes)
    assert data.X.shape == (classes + more, 2)
    assert data.classes == classes
    assert counts.max() - counts.min() <= 1


@curved
@pytest.mark.parametrize("classes", [2, 4, 7, 12])
def test_the_shapes_fill_the_square_from_minus_6_to_6(
    draw: Callable[..., Dataset], classes: int
) -> None:
    data = draw(600, classes=classes, noise=0)
    assert np.abs(data.X).max() <= 6
    assert np.abs(data.X).max() > 5.5
    assert np.abs(data.X.mean(axis=0)).max() < 0.25


@curved
def test_the_seed_alone_decides_the_points(draw: Callable[..., Dataset]) -> None:
    first, again, other = draw(seed=1), draw(seed=1), draw(seed=2)
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.y, again.y)
    assert np.any(first.X != other.X)
    assert np.any(first.y != other.y)
    assert np.any(np.diff(first.y) < 0)  # shuffled


@curved
def test_noise_moves_every_point_along_its_own_line(draw: Callable[..., Dataset]) -> None:
    exact, some, more = (draw(samples=2000, noise=noise).X for noise in (0, 0.5, 1.0))
    np.testing.assert_allclose(more - exact, 2 * (some - exact), atol=1e-5)
    np.testing.assert_allclose((more - exact).std(axis=0), 1, atol=0.06)
    np.testing.assert_allclose((more - exact).mean(axis=0), 0, atol=0.1)


def test_the_points_of_a_seed_never_change() -> None:
    """A seed in a student's notes must go on meaning the same points."""
    expected: list[tuple[str, int, list[float]]] = [
        ("blobs", 3, [4.333483, -1.994574]),
        ("rings", 2, [1.710068, 5.661459]),
        ("spirals", 2, [1.751265, 2.125543]),
        ("pinwheel", 0, [0.777897, 2.843074]),
        ("checkerboard", 0, [2.128556, -3.375221]),
    ]
    for name, label, point in expected:
        data = toy(name)
        assert data.y[0] == label
        np.testing.assert_allclose(data.X[0], point, atol=1e-5, err_msg=name)


# The table


@pytest.mark.parametrize("name", TOYS)
def test_a_row_knows_its_functions_defaults(name: str) -> None:
    row = TOYS[name]
    data = toy(name)
    assert row.name == name
    assert row.help.endswith(".")
    assert data.classes == row.classes
    for other in (row.function(), toy(name, classes=row.classes, noise=row.noise)):
        np.testing.assert_array_equal(data.X, other.X)
        np.testing.assert_array_equal(data.y, other.y)


@pytest.mark.parametrize("name", TOYS)
@pytest.mark.parametrize("classes", [2, 4, 5, 12])
def test_every_toy_takes_any_number_of_classes(name: str, classes: int) -> None:
    data = toy(name, samples=30, classes=classes, noise=0.2, seed=3)
    assert np.unique(data.y).tolist() == list(range(classes))
    assert len(data) == 30


def test_toy_hands_its_arguments_on() -> None:
    data = toy("blobs", samples=30, classes=5, noise=0.3, seed=9)
    np.testing.assert_array_equal(data.X, blobs(30, centers=5, spread=0.3, seed=9).X)
    np.testing.assert_array_equal(toy("blobs").X, blobs().X)
    np.testing.assert_array_equal(
        toy("rings", samples=30, classes=5, noise=0.3, seed=9).X,
        rings(30, classes=5, noise=0.3, seed=9).X,
    )
