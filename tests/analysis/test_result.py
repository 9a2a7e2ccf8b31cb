"""What is asked of a result, on a network of thousands of regions, against the forward pass."""

from __future__ import annotations

import re

import nets
import numpy as np
import pytest

from classlens.analysis import geometry
from classlens.analysis.geometry import regions
from classlens.analysis.result import Regions
from classlens.errors import ArgumentError, DataError
from classlens.network import Network

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))


@pytest.fixture(scope="module")
def wide() -> Regions:
    return regions(nets.wide([64, 64, 64], seed=26), SQUARE)


def test_the_cells_make_a_subdivision_without_gaps(wide):
    """Euler: vertices - edges + cells = 1, where cells share every corner on their sides."""
    cells = wide.cells
    corners = [tuple(corner) for corner in cells.corners.tolist()]
    ends = [*cells.starts[1:].tolist(), len(corners)]
    edges = set()
    for start, end in zip(cells.starts.tolist(), ends, strict=True):
        ring = corners[start:end]
        edges.update(frozenset(pair) for pair in zip(ring, ring[1:] + ring[:1], strict=True))
    assert len(set(corners)) - len(edges) + len(cells) == 1


def test_locating_agrees_with_the_forward_pass(wide):
    points = np.random.default_rng(0).uniform(-1, 1, size=(5000, 2))
    found = wide.locate(points)
    np.testing.assert_array_equal(found.label, wide.network.predict(points))
    kernels, biases = wide.affine_maps(found.region)
    logits = np.einsum("pi,pic->pc", points, kernels) + biases
    np.testing.assert_allclose(logits, wide.network.logits(points), rtol=0, atol=1e-12)


def test_locating_agrees_with_the_polygons(wide):
    cells = wide.cells
    chosen = np.random.default_rng(0).integers(len(cells), size=300)
    middles = np.array([cells.polygon(cell).mean(axis=0) for cell in chosen.tolist()])
    large = cells.areas[chosen] > 1e-9
    found = wide.locate(middles[large])
    np.testing.assert_array_equal(found.region, cells.region[chosen[large]])
    np.testing.assert_array_equal(found.label, cells.label[chosen[large]])


def test_class_areas_agree_with_a_grid(wide):
    steps = (np.arange(250) + 0.5) / 125 - 1
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    counted = np.bincount(wide.network.predict(grid), minlength=4) * 4 / len(grid)
    np.testing.assert_allclose(wide.class_areas, counted, atol=2e-3)


def test_logits_tie_on_the_boundaries_and_lead_beside_them(wide):
    found = wide.boundaries
    middle, way = (found.start + found.end) / 2, found.end - found.start
    for places in (found.start, middle, found.end):
        logits = wide.network.logits(places)
        pair = np.take_along_axis(logits, found.classes, axis=1)
        np.testing.assert_allclose(pair[:, 0], pair[:, 1], rtol=0, atol=1e-11)
        np.testing.assert_allclose(pair[:, 0], logits.max(axis=1), rtol=0, atol=1e-11)
    long = found.lengths > 1e-4
    left = np.stack((-way[:, 1], way[:, 0]), axis=1)[long] / found.lengths[long, None]
    for side, label in ((1e-8, 0), (-1e-8, 1)):
        predicted = wide.network.predict(middle[long] + side * left)
        np.testing.assert_array_equal(predicted, found.classes[long, label])
    assert (found.classes[:, 0] < found.classes[:, 1]).all()


def test_units_are_0_on_their_creases_and_on_at_the_left(wide):
    found = wide.creases
    way = found.end - found.start
    length = np.hypot(*way.T)
    left = np.stack((-way[:, 1], way[:, 0]), axis=1) / np.maximum(length, 1e-300)[:, None]
    middle = (found.start + found.end) / 2
    layers = wide.network.forward(np.concatenate((middle, middle + 1e-8 * left)))
    for number, layer in enumerate(layers[:-1]):
        rows = np.flatnonzero(found.layer == number)
        assert len(np.unique(found.unit[rows])) > 30
        np.testing.assert_allclose(layer.pre_activation[rows, found.unit[rows]], 0, atol=1e-12)
        rows = rows[length[rows] > 1e-4]
        assert (layer.pre_activation[rows + len(middle), found.unit[rows]] > 0).all()


def test_with_and_without_care_the_result_is_the_same(wide, monkeypatch):
    cut = geometry._cut
    monkeypatch.setattr(
        geometry, "_cut", lambda *given, careful, budget: cut(*given, careful=True, budget=budget)
    )
    careful = regions(wide.network, SQUARE)
    assert careful.count == wide.count
    np.testing.assert_array_equal(careful.cells.label, wide.cells.label)
    np.testing.assert_allclose(careful.cells.corners, wide.cells.corners, rtol=0, atol=1e-13)


def test_a_network_of_float32_is_analysed_in_float64():
    network = nets.small("generic", 3)
    kernels = [layer.kernel.astype(np.float32) for layer in network.layers]
    biases = [layer.bias.astype(np.float32) for layer in network.layers]
    one = regions(Network.from_arrays(kernels, biases), SQUARE)
    two = regions(
        Network.from_arrays(
            [kernel.astype(np.float64) for kernel in kernels],
            [bias.astype(np.float64) for bias in biases],
        ),
        SQUARE,
    )
    np.testing.assert_array_equal(one.cells.corners, two.cells.corners)


@pytest.mark.slow
@pytest.mark.parametrize("kind", nets.KINDS)
def test_wide_networks_of_every_kind(kind):
    random = np.random.default_rng(0)
    layers = [nets.KINDS[kind](random, *pair) for pair in [(2, 32), (32, 32), (32, 4)]]
    network = Network.from_arrays([kernel for kernel, _ in layers], [bias for _, bias in layers])
    found = regions(network, SQUARE)
    points = random.uniform(-1, 1, size=(2000, 2))
    logits = np.sort(network.logits(points), axis=1)
    clear = logits[:, -1] - logits[:, -2] > 1e-9 * np.abs(logits).max(axis=1)
    np.testing.assert_array_equal(found.locate(points).label[clear], network.predict(points)[clear])
    assert found.class_areas.sum() == pytest.approx(4)


def test_margins_are_those_of_all_segments(wide):
    points = np.random.default_rng(1).uniform(-1.2, 1.2, size=(200, 2))
    found = wide.margins(points)
    start, way = wide.boundaries.start, wide.boundaries.end - wide.boundaries.start
    square = np.maximum((way * way).sum(axis=1), 1e-300)
    share = ((points[:, None] - start) * way).sum(axis=2) / square
    gaps = points[:, None] - start - share.clip(0, 1)[..., None] * way
    np.testing.assert_allclose(found.distance, np.hypot(*gaps.T).T.min(axis=1), rtol=1e-12)
    np.testing.assert_allclose(np.hypot(*(points - found.point).T), found.distance, rtol=1e-9)
    logits = wide.network.logits(found.point)
    pair = np.take_along_axis(logits, found.classes, axis=1)
    np.testing.assert_allclose(pair, logits.max(axis=1, keepdims=True) * [1, 1], atol=1e-11)
    rim = (1 - np.abs(points)).min(axis=1)
    np.testing.assert_array_equal(found.certified, found.distance < rim)
    assert 20 < found.certified.sum() < 180


def test_a_certified_margin_holds_in_a_larger_window(wide):
    points = np.random.default_rng(2).uniform(-1, 1, size=(200, 2))
    near, far = (
        found.margins(points) for found in (wide, regions(wide.network, ((-2.0, 2.0), (-2.0, 2.0))))
    )
    certified = near.certified
    np.testing.assert_allclose(near.distance[certified], far.distance[certified], rtol=1e-9)
    assert (near.distance >= far.distance - 1e-12).all()


def test_margins_of_many_points_outside_too(wide):
    """10,000 of them, some chosen ones against all segments."""
    points = np.random.default_rng(4).uniform(-3, 3, size=(10_000, 2))
    found = wide.margins(points)
    start, end = wide.boundaries.start, wide.boundaries.end
    way = end - start
    square = np.maximum((way**2).sum(axis=1), 1e-300)
    for row in range(0, 10_000, 100):
        share = (((points[row] - start) * way).sum(axis=1) / square).clip(0, 1)
        distance = np.hypot(*(points[row] - start - share[:, None] * way).T)
        assert found.distance[row] == pytest.approx(distance.min(), rel=1e-12)
        assert (
            (found.classes[row] == wide.boundaries.classes[distance < distance.min() + 1e-12])
            .all(axis=1)
            .any()
        )
    np.testing.assert_allclose(np.hypot(*(points - found.point).T), found.distance, rtol=1e-9)
    outside = (np.abs(points) > 1).any(axis=1)
    assert not found.certified[outside].any()
    assert found.certified[~outside].any()


def test_on_a_boundary_the_margin_is_0(wide):
    middle = (wide.boundaries.start + wide.boundaries.end) / 2
    found = wide.margins(middle)
    assert found.distance.max() < 1e-15
    inside = np.abs(middle).max(axis=1) < 1 - 1e-9
    assert found.certified[inside].all()


def test_one_unit_s_crease(wide):
    layer, unit = int(wide.creases.layer[-1]), int(wide.creases.unit[-1])
    ends = wide.creases.of(layer, unit)
    assert ends.shape == (((wide.creases.layer == layer) & (wide.creases.unit == unit)).sum(), 2, 2)
    values = wide.network.forward(ends.reshape(-1, 2))[layer].pre_activation[:, unit]
    np.testing.assert_allclose(values, 0, atol=1e-12)
    assert wide.creases.of(layer, 10_000).shape == (0, 2, 2)


@pytest.fixture(scope="module")
def plain() -> Regions:
    """Class 1 all over the window, which one crease cuts."""
    return regions(Network.from_arrays([[[1], [0]], [[0, 1]]], [[0], [0, 1]]), SQUARE)


def test_margins_without_a_boundary(plain):
    found = plain.margins([[0.0, 0.0]])
    assert found.distance.tolist() == [np.inf]
    assert np.isnan(found.point).all()
    assert found.classes.tolist() == [[-1, -1]]
    assert found.certified.tolist() == [False]


def test_outside_the_window_there_is_nothing(plain):
    found = plain.locate([[0.5, 0.0], [1.5, 0.0], [0.0, -1.001]])
    assert found.region.tolist()[1:] == [-1, -1]
    assert found.label.tolist() == [1, -1, -1]


def test_without_creases_there_is_one_region():
    found = regions(Network.from_arrays([[[1, -1], [0, 0]]], [[0, 0]]), SQUARE)
    assert found.count == 1
    assert len(found.creases) == 0
    located = found.locate([[0.5, 0.0], [-0.5, 0.0]])
    assert (located.region.tolist(), located.label.tolist()) == ([0, 0], [0, 1])


def test_on_a_crease_and_on_the_rim_a_region_is_found(plain, wide):
    assert plain.locate([[0.0, 0.0], [1.0, -1.0]]).label.tolist() == [1, 1]
    found = wide.locate(wide.creases.start)
    assert (found.region >= 0).all()
    assert (found.label >= 0).all()


def test_at_a_tie_the_lowest_index_is_found_whatever_rounding_prefers():
    """Both logits are x0 + x1, but the second one is added up in another way."""
    first = [[1.0, 0.0, 0.1, 0.9], [0.0, 1.0, 0.1, 0.9]]
    last = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]
    network = Network.from_arrays([first, last], [[9.0] * 4, [0.0, 0.0]])
    points = np.random.default_rng(0).uniform(-1, 1, size=(500, 2))
    assert 0 < network.predict(points).sum() < 500
    found = regions(network, SQUARE)
    assert [(tie.classes, tie.area) for tie in found.ties] == [((0, 1), 4)]
    assert found.locate(points).label.tolist() == [0] * 500


def test_patterns_say_which_units_are_on(wide):
    points = np.random.default_rng(3).uniform(-1, 1, size=(300, 2))
    on = wide.patterns(wide.locate(points).region)
    for flags, layer in zip(on[:-1], wide.network.forward(points)[:-1], strict=True):
        np.testing.assert_array_equal(flags, layer.activation > 0)
    assert on[-1].all()
    assert [flags.shape for flags in wide.patterns()] == [
        (wide.count, layer.units) for layer in wide.network.layers
    ]


def test_a_result_says_what_it_is(plain):
    assert repr(plain) == (
        "Regions(exact, count=2, cells=2, class_areas=[0.0, 4.0], boundary_length=0)"
    )


@pytest.mark.parametrize("chosen", [[2], [-1], [0.5]])
def test_regions_that_are_none(plain, chosen):
    said = f"regions must be indices from 0 to 1. Got {chosen} instead."
    for ask in (plain.patterns, plain.affine_maps):
        with pytest.raises(ArgumentError, match=f"^{re.escape(said)}$"):
            ask(chosen)


@pytest.mark.parametrize("points", [[0.0, 1.0], [[0.0, 1.0, 2.0]], [["a", "b"]]])
def test_points_that_are_none(plain, points):
    for ask in (plain.locate, plain.margins):
        with pytest.raises(DataError, match=r"^points must be numbers in the window's coordinates"):
            ask(points)


def test_points_that_are_not_finite(plain):
    with pytest.raises(DataError, match=r"^points must be finite in float64\. Got nan in row 1"):
        plain.locate([[0.0, 0.0], [np.nan, 0.0]])
