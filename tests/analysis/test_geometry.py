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

from classlens.analysis import geometry
from classlens.analysis.geometry import regions
from classlens.analysis.result import Regions
from classlens.network import Network

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
OTHER = ((-0.5, 2.0), (-3.0, 0.25))

# How far from the truth areas and lengths may be, for a window of about this size.
ERROR = 1e-9
SMALL = 1e-12


def check(network: Network, window=SQUARE) -> Regions:
    """Compare with exact arithmetic, region by region and class by class."""
    found, truth = regions(network, window), solve(network, window)
    size = math.prod(high - low for low, high in window)
    check_structure(found)
    # Which of the very small regions are found depends on rounding; of the others, all are.
    distinct = sorted(area for area in truth.areas if area > SMALL * size)
    assert len(distinct) <= found.count <= len(truth.areas)
    mine = np.sort(found.region_areas[found.region_areas > SMALL * size])
    np.testing.assert_allclose(mine, distinct, rtol=0, atol=ERROR * size)
    if truth.clear:
        np.testing.assert_allclose(found.class_areas, truth.class_areas, rtol=0, atol=ERROR * size)
        assert sum(tie.area for tie in found.ties) == pytest.approx(truth.tie_area, abs=ERROR)
        assert found.boundary_length == pytest.approx(truth.boundary_length, abs=ERROR)
        points = np.random.default_rng(0).uniform(*np.transpose(window), size=(8, 2))
        margins = [truth.margin(point) for point in points.tolist()]
        np.testing.assert_allclose(found.margins(points).distance, margins, rtol=0, atol=ERROR)
    return found


def check_structure(found: Regions) -> None:
    """What holds for every result: each cell's own ring, and one pattern for each region."""
    cells, network = found.cells, found.network
    assert found.exact
    assert found.error == 0
    for cell in range(len(cells)):
        polygon = cells.polygon(cell)
        sides = np.roll(polygon, -1, axis=0) - polygon
        assert (cross(sides) > -1e-12).all()  # counter-clockwise and convex, all the way round
        assert shoelace(polygon) == pytest.approx(cells.areas[cell], abs=1e-12)
        assert cells.areas[cell] > -1e-15
    (left, right), (low, high) = found.window.x0, found.window.x1
    assert cells.areas.sum() == pytest.approx((right - left) * (high - low), rel=1e-12)
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", nets.KINDS)
def test_many_against_exact_arithmetic(kind):
    for seed in range(4, 64):
        check(nets.small(kind, seed), [SQUARE, OTHER][seed % 2])


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


# Small networks of which everything is known.


def one_layer(kernel, bias, classes=2):
    """Hidden units as given, and an output that adds all of them up for the last class."""
    units = np.shape(kernel)[1]
    last = np.zeros((units, classes))
    last[:, -1] = 1
    return Network.from_arrays([kernel, last], [bias, np.zeros(classes)])


@pytest.mark.parametrize(
    ("kernel", "bias", "count"),
    [
        ([[0.0], [0.0]], [0.0], 1),  # zero
        ([[0.0], [0.0]], [1.0], 1),
        ([[1.0], [0.0]], [-5.0], 1),  # dead in the window
        ([[1.0], [0.0]], [5.0], 1),  # on all over it
        ([[1.0], [0.0]], [1.0], 1),  # 0 on the rim alone: at the left, from inside ...
        ([[-1.0], [0.0]], [-1.0], 1),  # ... and from outside
        ([[1.0], [1.0]], [-2.0], 1),  # 0 in a corner alone
        ([[1.0], [1.0]], [0.0], 2),  # through two corners
        ([[1.0, 1.0], [2.0, 2.0]], [0.5, 0.5], 2),  # twice the same
        ([[1.0, 1e8], [2.0, 2e8]], [0.5, 5e7], 2),
        ([[1.0, -1.0], [2.0, -2.0]], [0.5, -0.5], 2),  # opposite
        ([[1.0, 1.0], [0.0, 0.0]], [0.0, 0.5], 3),  # parallel
        ([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [0.0, 0.0, 0.0], 6),  # through one point
        ([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]], [0.0, 0.0, -0.5], 7),  # each pair in another
        ([[1e8, 1e-8], [0.0, 0.0]], [0.0, 5e-9], 3),
    ],
)
def test_how_many_regions(kernel, bias, count):
    assert check(one_layer(kernel, bias)).count == count


def test_a_unit_that_is_0_all_over_a_region_is_off_there():
    network = Network.from_arrays(
        [[[1.0], [0.0]], [[3.0]], [[1.0, -1.0]]], [[0.0], [0.0], [0.0, 0.0]]
    )
    found = check(network)
    first, second, _ = found.patterns()
    assert found.count == 2
    assert first.tolist() == second.tolist()
    assert np.sort(first[:, 0]).tolist() == [False, True]
    # Both units turn on where x0 is 0.
    assert found.creases.layer.tolist() == [0, 1]
    np.testing.assert_array_equal(found.creases.of(0, 0), found.creases.of(1, 0))
    assert [(tie.classes, tie.area) for tie in found.ties] == [((0, 1), 2.0)]


def test_a_network_without_hidden_layers():
    found = check(Network.from_arrays([[[1.0, 0.0], [0.0, 1.0]]], [[0.0, 0.0]]))
    assert found.count == 1
    assert len(found.cells) == 2
    assert found.boundary_length == pytest.approx(2 * math.sqrt(2))
    assert len(found.creases) == 0
    assert found.patterns()[0].tolist() == [[True, True]]


def test_a_single_class():
    found = regions(Network.from_arrays([[[1.0], [2.0]]], [[0.0]]), SQUARE)
    assert found.class_areas.tolist() == [4]
    assert len(found.boundaries) == 0
    assert found.ties == ()


def test_ties_go_to_the_lowest_index():
    same = np.tile([[1.0], [2.0]], 3)
    found = check(Network.from_arrays([same], [[0.0, 0.0, 0.0]]))
    assert found.class_areas.tolist() == [4, 0, 0]
    assert [(tie.classes, tie.cells, tie.area) for tie in found.ties] == [((0, 1, 2), (0,), 4)]


def test_a_tie_over_a_part_of_the_window():
    """Classes 1 and 2 are one, and ahead of class 0 where x0 > 0."""
    found = check(Network.from_arrays([[[0.0, 1.0, 1.0], [0.0, 0.0, 0.0]]], [[0.0, 0.0, 0.0]]))
    assert found.class_areas.tolist() == [2, 2, 0]
    assert [(tie.classes, tie.area) for tie in found.ties] == [((1, 2), 2)]
    assert found.boundaries.classes.tolist() == [[0, 1]]


def test_a_slope_of_1_makes_no_crease():
    network = nets.small("generic", 0)
    straight = Network.from_arrays(
        [layer.kernel for layer in network.layers],
        [layer.bias for layer in network.layers],
        activations=["leaky_relu(1.0)"] * (len(network.layers) - 1) + ["linear"],
    )
    assert check(straight).count == 1


def test_logits_that_have_much_in_common():
    """1e-8 x0 - 1 against -1e-8 x0 - 0.99...: the boundary must not drown in rounding."""
    bias = [-1.0, -0.9999999942057167]
    found = regions(Network.from_arrays([[[1e-8, -1e-8], [0.0, 0.0]]], [bias]), SQUARE)
    np.testing.assert_allclose(found.boundaries.start[:, 0], (1 + bias[1]) / 2e-8, rtol=1e-15)


def test_the_lab():
    saved = np.load(Path(__file__).parents[1] / "data" / "lab_trace.npz")
    network = Network.from_arrays([saved["fW1"], saved["fW2"]], [saved["fb1"], saved["fb2"]])
    found = check(network, ((-8.403, 7.685), (-5.089, 4.117)))
    assert found.count == 4
    shares = found.class_areas / found.class_areas.sum()
    np.testing.assert_allclose(shares, [0.246, 0.295, 0.238, 0.222], atol=0.0006)
    margins = found.margins([[1.93, 0.61]])
    assert margins.distance == pytest.approx([0.273], abs=0.001)
    assert margins.classes.tolist() == [[2, 3]]
    assert margins.certified.tolist() == [True]


# Wide networks.


@pytest.fixture(scope="module")
def wide() -> Regions:
    return regions(nets.wide([64, 64, 64], seed=2), SQUARE)


def test_a_wide_network_has_a_sound_structure(wide):
    check_structure(wide)
    assert wide.count > 5000


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
    steps = (np.arange(400) + 0.5) / 200 - 1
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


# Slices, and the window that data suggest.


def test_a_slice_is_a_network_of_two_inputs():
    network = nets.wide([12, 8], inputs=5)
    random = np.random.default_rng(1)
    slice_ = Slice(*random.normal(size=(3, 5)))
    found = regions(network, OTHER, slice_)
    first = network.layers[0]
    flat = Network.from_arrays(
        [np.stack((slice_.u, slice_.v)) @ first.kernel, *(e.kernel for e in network.layers[1:])],
        [slice_.origin @ first.kernel + first.bias, *(e.bias for e in network.layers[1:])],
    )
    same = check(flat, OTHER)
    assert found.count == same.count
    np.testing.assert_allclose(found.class_areas, same.class_areas, rtol=0, atol=1e-12)
    points = random.uniform(*np.transpose(OTHER), size=(200, 2))
    lifted = slice_.lift(points)
    located = found.locate(points)
    np.testing.assert_array_equal(located.label, network.predict(lifted))
    kernels, biases = found.affine_maps(located.region)
    logits = np.einsum("pi,pic->pc", lifted, kernels) + biases
    np.testing.assert_allclose(logits, network.logits(lifted), rtol=0, atol=1e-12)


def test_without_a_window_the_data_and_a_tenth_are_shown():
    network = nets.small("generic", 0)
    data = Dataset([[0.0, -2.0], [1.0, 2.0]], [0, 1])
    window = regions(network, data=data).window
    assert window.x0 == pytest.approx((-0.1, 1.1))
    assert window.x1 == pytest.approx((-2.4, 2.4))
    assert regions(network, data=([[0.0, -2.0], [1.0, 2.0]], [0, 1])).window == window


def test_without_a_window_a_slice_shows_the_data_on_it():
    data = Dataset([[0.0, -2.0, 7.0], [1.0, 2.0, 7.0]], [0, 1])
    slice_ = Slice.through_features(1, 0, [0, 0, 7])
    window = regions(nets.wide([3], inputs=3), slice=slice_, data=data).window
    assert window.x0 == pytest.approx((-2.4, 2.4))
    assert window.x1 == pytest.approx((-0.1, 1.1))


# What cannot be done.


def test_a_window_is_needed():
    with pytest.raises(ArgumentError, match=r"^a window is missing: give window=\(\(x0_min"):
        regions(nets.small("generic", 0))


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (((1, 1), (0, 1)), "window x0 must be two finite numbers, the lower one first. Got (1.0, "),
        (((0, 1), (2, -2)), "window x1 must be two finite numbers, the lower one first. Got (2.0,"),
        (((0, np.nan), (0, 1)), "window x0 must be two finite numbers"),
        ("square", "window must be ((x0_min, x0_max), (x1_min, x1_max)). Got 'square' instead."),
    ],
)
def test_a_window_that_is_none(window, said):
    with pytest.raises(ArgumentError, match=f"^{re.escape(said)}"):
        regions(nets.small("generic", 0), window)


def test_more_than_two_inputs_need_a_slice():
    with pytest.raises(ArgumentError, match=r"must have 2 inputs.*Got 3 inputs and no slice\.$"):
        regions(nets.wide([4], inputs=3), SQUARE)


def test_a_slice_through_other_inputs():
    slice_ = Slice([0, 0, 0], [1, 0, 0], [0, 1, 0])
    with pytest.raises(ArgumentError, match=r"the 4 inputs of the network\. Got a slice through 3"):
        regions(nets.wide([4], inputs=4), SQUARE, slice_)


def test_data_with_other_features():
    data = ([[1.0, 2.0, 3.0]], [0])
    with pytest.raises(ArgumentError, match=r"^data must have 2 features.*Got 3 instead\.$"):
        regions(nets.small("generic", 0), data=data)


def test_weights_that_are_not_numbers():
    with pytest.raises(ArgumentError, match=r"layer L1's kernel must be finite .*Got nan"):
        Layer("L1", [[np.nan]], [0.0], "relu")


def test_weights_that_overflow():
    network = Network.from_arrays([[[1e200], [0.0]], [[1e200, 0.0]]], [[0.0], [0.0, 0.0]])
    with pytest.raises(ArgumentError, match=r"^the pre-activations of layer 2 must stay below"):
        regions(network, SQUARE)


@pytest.mark.parametrize("limit", [0, -1, np.inf, "much"])
def test_a_memory_limit_that_is_none(limit):
    with pytest.raises(ArgumentError, match="^memory_limit must be a finite number above 0"):
        regions(nets.small("generic", 0), SQUARE, memory_limit=limit)


@pytest.mark.parametrize("hidden", [[200], [8, 2000], [64, 64, 64]])
def test_more_regions_than_fit_are_refused_before_the_memory_is_spent(hidden):
    network = nets.wide(hidden)
    said = r"^the network has at least [\d,]+ linear regions .* memory_limit=1 megabytes\. Choose"
    tracemalloc.start()
    with pytest.raises(ArgumentError, match=said):
        regions(network, SQUARE, memory_limit=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20
