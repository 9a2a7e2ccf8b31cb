"""Outlines against areas, against predictions, and against each other."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.path import Path
from nets import KINDS, small, wide

from classlens.analysis.geometry import regions
from classlens.analysis.slices import Slice
from classlens.analysis.territories import outlines, territories
from classlens.network import Network

SQUARE = ((-1, 1), (-1, 1))


def area(ring):
    x, y = (ring - ring[0]).T
    return float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) / 2


def areas(found):
    return [sum(map(area, rings)) for rings in outlines(found)]


def curved(seed):
    rng = np.random.default_rng(seed)
    shapes = itertools.pairwise([2, 6, 6, 4])
    kernels = [1.5 * rng.normal(size=shape) for shape in shapes]
    biases = [rng.normal(size=kernel.shape[1]) for kernel in kernels]
    return Network.from_arrays(kernels, biases, activations=["tanh", "tanh", "linear"])


@settings(max_examples=60)
@given(st.sampled_from(sorted(KINDS)), st.integers(0, 10_000))
def test_rings_enclose_each_class_s_area(kind: str, seed: int) -> None:
    found = regions(small(kind, seed), SQUARE)
    np.testing.assert_allclose(areas(found), found.class_areas, atol=1e-9)


@pytest.mark.parametrize("seed", range(3))
def test_rings_of_a_sampled_network_enclose_each_class_s_area(seed: int) -> None:
    found = regions(curved(seed), ((-3.1, 3), (-2.9, 3.3)))
    assert not found.exact
    np.testing.assert_allclose(areas(found), found.class_areas, atol=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_a_point_is_inside_the_rings_of_its_class_alone(seed: int) -> None:
    network = wide([12, 12], seed=seed)
    shapes = outlines(regions(network, SQUARE))
    points = np.random.default_rng(seed).uniform(-1, 1, size=(500, 2))
    logits = np.sort(network.logits(points), axis=1)
    clear = logits[:, -1] - logits[:, -2] > 1e-9
    inside = np.zeros((500, 4), dtype=int)
    for label, rings in enumerate(shapes):
        for ring in rings:
            turn = 1 if area(ring) > 0 else -1  # an island of another class counts against
            inside[:, label] += turn * Path(ring).contains_points(points)
    expected = np.eye(4, dtype=int)[network.predict(points)]
    np.testing.assert_array_equal(inside[clear], expected[clear])


def test_an_island_is_a_ring_that_runs_the_other_way() -> None:
    # The second class wins within |x0| + |x1| < 1/2.
    network = Network.from_arrays(
        [[[1, -1, 0, 0], [0, 0, 1, -1]], [[1, 0], [1, 0], [1, 0], [1, 0]]],
        [[0, 0, 0, 0], [0, 0.5]],
    )
    first, second = outlines(regions(network, SQUARE))
    assert sorted(map(area, first)) == pytest.approx([-0.5, 4])
    assert list(map(area, second)) == pytest.approx([0.5])


def test_a_class_that_wins_nowhere_has_no_ring() -> None:
    network = Network.from_arrays([np.zeros((2, 3))], [[0, 1, 0]])
    drawn = territories(regions(network, SQUARE), resolution=5)
    assert [len(rings) for rings in drawn.outlines] == [0, 1, 0]
    assert drawn.winners == (1,)
    assert drawn.odds.shape == (5, 5, 1)


def test_equal_classes_are_told() -> None:
    network = Network.from_arrays([np.zeros((2, 2))], [[0, 0]])
    drawn = territories(regions(network, SQUARE), resolution=2)
    assert drawn.tied
    assert drawn.winners == (0,)
    assert not territories(regions(wide([3]), SQUARE), resolution=2).tied


def test_odds_are_the_network_s() -> None:
    network = wide([6], inputs=3)
    plane = Slice([0, 0, 1], [1, 0, 0], [0, 1, 0])
    drawn = territories(regions(network, SQUARE, plane), resolution=9)
    share = network.predict_proba([[1.0, -1.0, 1.0]])[
        0, list(drawn.winners)
    ]  # first row, last column
    np.testing.assert_allclose(drawn.odds[0, -1], np.log(share / (1 - share)), rtol=1e-6)


def test_very_many_classes_are_sampled_at_fewer_points() -> None:
    network = Network.from_arrays([np.random.default_rng(0).normal(size=(2, 900))], [np.zeros(900)])
    drawn = territories(regions(network, SQUARE), resolution=121)
    assert 40 <= len(drawn.odds) < 121
