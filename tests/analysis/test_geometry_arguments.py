"""What may be asked for: windows, slices, memory; and what is said when it cannot be done."""

from __future__ import annotations

import re
import tracemalloc

import nets
import numpy as np
import pytest

from classlens.analysis.geometry import regions
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError
from classlens.layer import Layer
from classlens.model import Model
from classlens.network import Network

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
OTHER = ((-0.5, 2.0), (-3.0, 0.25))


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
    same = regions(flat, OTHER)
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


def test_whatever_has_a_model_is_taken():
    network = nets.small("generic", 0)
    model = Model(network, ("a", "b"))

    class Trained:
        def __init__(self):
            self.model = model

    for given in (model, Trained()):
        assert regions(given, SQUARE).network is network
    with pytest.raises(ArgumentError, match=r"^model must be a Network, a Model, .* Got str inst"):
        regions("network", SQUARE)


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


@pytest.mark.parametrize(
    "window",
    [((0, 1e80), (0, 1)), ((0, 1), (-1e80, 1)), ((1e80, 2e80), (0, 1)), ((0, 1), (0, 1e-80))],
)
def test_a_window_too_large_or_too_small_for_areas(window):
    said = (
        r"^the window's sides must be at least 1e-75 long and lie within -1e\+75 to 1e\+75.* Got "
    )
    with pytest.raises(ArgumentError, match=said):
        regions(nets.small("generic", 0), window)


@pytest.mark.parametrize("size", [1e-74, 1e-30, 1e30, 1e74])
def test_windows_of_any_other_size(size):
    network = Network.from_arrays([[[1, -1], [0, 0]]], [[0, 0]])
    found = regions(network, ((-size, size), (-size, 3 * size)))
    np.testing.assert_allclose(found.class_areas, [4 * size**2] * 2)
    assert found.boundary_length == pytest.approx(4 * size)
    np.testing.assert_allclose(found.margins([[size / 2, size]]).distance, [size / 2])


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


def test_a_slice_that_overflows():
    slice_ = Slice([1e200, 0, 0], [1, 0, 0], [0, 1, 0])
    network = Network.from_arrays([[[1e200, 0], [0, 1], [0, 0]]], [[0, 0]])
    with pytest.raises(ArgumentError, match=r"^the pre-activations of layer 1 must stay below"):
        regions(network, SQUARE, slice_)


def test_data_without_samples():
    with pytest.raises(DataError, match=r"^X must have the shape \(samples, features\), neither"):
        regions(nets.small("generic", 0), data=(np.zeros((0, 2)), []))


@pytest.mark.parametrize("limit", [0, -1, np.inf, "much"])
def test_a_memory_limit_that_is_none(limit):
    with pytest.raises(ArgumentError, match=r"^memory_limit must be a finite number above 0"):
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


@pytest.mark.parametrize("hidden", [[120], [8, 120], [40, 40]])
def test_what_fits_into_the_memory_limit_takes_little_more(hidden):
    """The limit is found by halving; a few megabytes are for what is computed at a time."""
    network, fits, refused = nets.wide(hidden), 16.0, 0.0
    for _ in range(4):
        limit = (fits + refused) / 2
        try:
            regions(network, SQUARE, memory_limit=limit)
            fits = limit
        except ArgumentError:
            refused = limit
    tracemalloc.start()
    regions(network, SQUARE, memory_limit=fits)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert peak < fits + 6
