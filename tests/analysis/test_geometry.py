"""The exact geometry against exact arithmetic, a dense grid, and known small networks."""

from __future__ import annotations

import itertools
import math

import nets
import numpy as np
import pytest
from exact_oracle import solve
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens.analysis.geometry import regions
from classlens.analysis.result import Regions
from classlens.analysis.slices import Slice
from classlens.network import Network

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
OTHER = ((-0.5, 2.0), (-3.0, 0.25))

# How far from the truth areas and lengths may be, for a window of about this size.
ERROR = 1e-9
SMALL = 1e-12


def check(network: Network, window=SQUARE, plane: Slice | None = None) -> Regions:
    """Compare with exact arithmetic, region by region and class by class."""
    found, truth = regions(network, window, plane), solve(network, window, plane)
    sides = [high - low for low, high in window]
    size, length = math.prod(sides), math.hypot(*sides)
    check_structure(found)
    # Which of the very small regions are found depends on rounding; of the others, all are.
    distinct = sorted(area for area in truth.areas if area > SMALL * size)
    mine = np.sort(found.region_areas[found.region_areas > SMALL * size])
    np.testing.assert_allclose(mine, distinct, rtol=0, atol=ERROR * size)
    assert len(mine) <= found.count
    if truth.clear:
        np.testing.assert_allclose(found.class_areas, truth.class_areas, rtol=0, atol=ERROR * size)
        tied = sum(tie.area for tie in found.ties)
        assert tied == pytest.approx(truth.tie_area, rel=0, abs=ERROR * size)
        assert found.boundary_length == pytest.approx(
            truth.boundary_length, rel=0, abs=ERROR * length
        )
        points = np.random.default_rng(0).uniform(*np.transpose(window), size=(8, 2))
        margins = [truth.margin(point) for point in points.tolist()]
        np.testing.assert_allclose(
            found.margins(points).distance, margins, rtol=0, atol=ERROR * length
        )
    return found


def check_structure(found: Regions) -> None:
    """What holds for every result: each cell's own ring, and one pattern for each region."""
    cells, network = found.cells, found.network
    (left, right), (low, high) = found.window.x0, found.window.x1
    size = (right - left) * (high - low)
    assert found.exact
    assert found.error == 0
    for cell in range(len(cells)):
        polygon = cells.polygon(cell)
        sides = np.roll(polygon, -1, axis=0) - polygon
        assert (cross(sides) > -1e-12 * size).all()  # counter-clockwise, convex, all round
        assert shoelace(polygon - polygon[0]) == pytest.approx(cells.areas[cell], abs=1e-12 * size)
        assert cells.areas[cell] > -1e-15 * size
    assert cells.areas.sum() == pytest.approx(size, rel=1e-12)
    pairs = cells.region * len(network.classes) + cells.label
    assert len(np.unique(pairs)) == len(pairs)
    on = np.concatenate(found.patterns(), axis=1)
    assert len(np.unique(on, axis=0)) == found.count == len(on)


def cross(sides):
    after = np.roll(sides, -1, axis=0)
    return sides[:, 0] * after[:, 1] - sides[:, 1] * after[:, 0]


def shoelace(polygon):
    x, y = polygon.T
    return (x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", nets.KINDS)
def test_against_exact_arithmetic(kind, seed):
    check(nets.small(kind, seed), [SQUARE, OTHER][seed % 2])


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", nets.KINDS)
def test_of_every_shape_against_exact_arithmetic(kind, seed):
    check(*nets.odd(kind, seed))


@pytest.mark.slow
@pytest.mark.parametrize("kind", nets.KINDS)
def test_many_against_exact_arithmetic(kind):
    for seed in range(4, 64):
        check(nets.small(kind, seed), [SQUARE, OTHER][seed % 2])
        check(*nets.odd(kind, seed))


@pytest.mark.slow
@pytest.mark.parametrize("hidden", [[24], [12, 12], [8, 8, 8], [5, 5, 5, 5]])
@pytest.mark.parametrize("seed", range(3))
def test_larger_ones_against_exact_arithmetic(hidden, seed):
    check(nets.wide(hidden, seed=seed))


def small_integers(draw, shape, most):
    flat = st.lists(st.integers(-most, most), min_size=math.prod(shape), max_size=math.prod(shape))
    return np.array(draw(flat), dtype=float).reshape(shape)


@st.composite
def lattice_networks(draw):
    """Weights and biases of a few small integers: everything coincides with something."""
    hidden = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3))
    sizes = [2, *hidden, draw(st.integers(2, 3))]
    most = draw(st.integers(1, 3))
    kernels = [small_integers(draw, shape, most) for shape in itertools.pairwise(sizes)]
    biases = [small_integers(draw, (units,), most) for units in sizes[1:]]
    words = st.sampled_from(["relu", "leaky_relu(0.5)", "linear"])
    activations = [draw(words) for _ in hidden]
    return Network.from_arrays(kernels, biases, activations=[*activations, "linear"])


@given(lattice_networks())
@settings(max_examples=60)
def test_lattices_against_exact_arithmetic(network):
    check(network)


@st.composite
def real_networks(draw):
    """Any weights from 1e-8 to 1e8, and 0."""
    size = st.floats(1e-8, 1e8)
    number = st.one_of(st.just(0.0), size, size.map(lambda value: -value))
    sizes = [2, *draw(st.lists(st.integers(1, 3), min_size=1, max_size=2)), 2]
    weights = [
        np.array(draw(st.lists(number, min_size=(a + 1) * b, max_size=(a + 1) * b)))
        for a, b in itertools.pairwise(sizes)
    ]
    shapes = [(a + 1, b) for a, b in itertools.pairwise(sizes)]
    layers = [each.reshape(shape) for each, shape in zip(weights, shapes, strict=True)]
    return Network.from_arrays([each[:-1] for each in layers], [each[-1] for each in layers])


@given(real_networks())
@settings(max_examples=60)
def test_all_weights_against_exact_arithmetic(network):
    check(network)
