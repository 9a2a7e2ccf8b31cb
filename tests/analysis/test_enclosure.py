"""Bounds within rectangles: they hold, and they tighten as rectangles shrink."""

from __future__ import annotations

import nets
import numpy as np
import pytest

from classlens.activations import ACTIVATIONS, Activation
from classlens.analysis import enclosure
from classlens.analysis.enclosure import Plane
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError
from classlens.network import Network

CURVED = [name for name, kind in ACTIVATIONS.items() if kind.slopes is None]
WORDS = [*CURVED, "elu(0.3)", "elu(2.0)"]


@pytest.mark.parametrize("word", [*ACTIVATIONS, "elu(0.3)", "elu(2.0)", "leaky_relu(3.0)"])
def test_slopes_are_within_their_range(word):
    activation, random = Activation.parse(word), np.random.default_rng(0)
    low = random.normal(size=3000) * 3
    high = low + random.exponential(size=3000) * random.choice([1e-3, 0.3, 3], size=3000)
    least, most = enclosure._SLOPES[activation.name](activation, low, high)
    for share in np.linspace(0, 1, 41):
        slope = activation.derivative(low + share * (high - low), np)
        assert (least - 1e-12 <= slope).all()
        assert (slope <= most + 1e-12).all()


def test_every_activation_has_a_range_of_slopes():
    assert set(enclosure._SLOPES) == set(ACTIVATIONS)


def test_where_a_class_is_certain_it_wins():
    network = nets.bent("tanh", [6, 5])
    plane, random = Plane.of(network, None), np.random.default_rng(0)
    middles, extent = random.uniform(-1, 1, size=(400, 2)), np.array([0.05, 0.02])
    label, certain = plane.winners(middles, extent)
    assert 50 < certain.sum() < 390
    for _ in range(50):
        inside = middles + extent * random.uniform(-1, 1, size=(400, 2))
        np.testing.assert_array_equal(network.predict(inside)[certain], label[certain])


@pytest.mark.parametrize("activation", [*WORDS, "leaky_relu(0.2)", "relu"])
def test_small_rectangles_are_more_often_certain(activation):
    plane = Plane.of(nets.bent(activation, [6, 5]), None)
    middles = np.random.default_rng(0).uniform(-1, 1, size=(500, 2))
    counts = [plane.winners(middles, np.full(2, size))[1].sum() for size in (0.3, 0.03, 0.003)]
    assert counts[0] <= counts[1] <= counts[2]
    assert counts[2] > 450


def test_classes_that_tie_are_never_certain():
    network = Network.from_arrays([[[1.0, 1.0], [0.5, 0.5]]], [[0.0, 0.0]], activations=["tanh"])
    label, certain = Plane.of(network, None).winners(np.zeros((1, 2)), np.full(2, 1e-6))
    assert (label.tolist(), certain.tolist()) == ([0], [False])


def test_a_plane_is_the_network_on_its_slice():
    network = nets.bent("silu", [6], inputs=4)
    slice_ = Slice(*np.random.default_rng(0).normal(size=(3, 4)))
    points = np.random.default_rng(1).normal(size=(50, 2))
    logits = Plane.of(network, slice_).logits(points)
    np.testing.assert_allclose(logits, network.logits(slice_.lift(points)), rtol=0, atol=1e-12)


def test_where_a_bound_overflows_nothing_is_certain():
    network = Network.from_arrays(
        [[[1e200], [0.0]], [[1e200, 0.0]]], [[0.0], [0.0, 0.0]], activations=["tanh", "linear"]
    )
    middles = np.array([[0.5, 0.0], [-0.5, 0.0]])
    label, certain = Plane.of(network, None).winners(middles, np.full(2, 0.6))
    assert (label.tolist(), certain.tolist()) == ([0, 1], [False, False])


def test_logits_that_overflow_are_refused():
    network = Network.from_arrays(
        [[[1e200], [0.0]], [[1e200]]], [[0.0], [0.0]], activations=["elu"] * 2
    )
    plane, said = (
        Plane.of(network, None),
        r"^the logits must stay below 1e\+300 all over the window\.",
    )
    for ask in (plane.logits, lambda places: plane.winners(places, np.ones(2))):
        with pytest.raises(ArgumentError, match=said):
            ask(np.ones((1, 2)))
