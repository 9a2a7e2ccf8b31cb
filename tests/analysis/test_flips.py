"""Flips must flip, and where they are called exact no nearer point may."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens.activations import ACTIVATIONS
from classlens.analysis.flips import linearised, near_flip, smallest_flip
from classlens.analysis.slices import Slice
from classlens.network import Network

LINEAR_PIECES = ["relu", "leaky_relu", "linear"]
CURVED = [word for word in ACTIVATIONS if word not in LINEAR_PIECES]


def network(seed, activation, sizes=(3, 6, 5, 4)):
    random = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(sizes))
    return Network.from_arrays(
        [random.normal(size=pair) for pair in pairs],
        [random.normal(size=b) for _, b in pairs],
        activations=[activation] * (len(pairs) - 1) + ["linear"],
    )


def example(seed, features=3):
    return np.random.default_rng(seed + 1).normal(size=features)


@given(seed=st.integers(0, 10_000), activation=st.sampled_from(LINEAR_PIECES))
def test_the_linearised_network_is_the_network_nearby(seed, activation):
    net, x = network(seed, activation), example(seed)
    A, b = linearised(net, x)
    near = x + 1e-9 * np.random.default_rng(2).normal(size=(5, 3))
    assert np.allclose(near @ A + b, net.logits(near), atol=1e-7)


@pytest.mark.parametrize("activation", CURVED)
def test_the_linearised_curved_network_touches_it(activation):
    net, x = network(0, activation), example(0)
    A, b = linearised(net, x)
    assert np.allclose(x @ A + b, net.logits(x[None])[0])
    for step in np.eye(3) * 1e-6:
        slope = (net.logits((x + step)[None]) - net.logits((x - step)[None]))[0] / 2e-6
        assert np.allclose(step @ A / 1e-6, slope, atol=1e-6)


@given(seed=st.integers(0, 10_000), activation=st.sampled_from(["relu", "tanh"]))
def test_a_flip_flips_and_the_logits_tie_there(seed, activation):
    net, x = network(seed, activation), example(seed)
    flip = near_flip(net, x)
    if flip is None:
        return
    here = net.predict(x[None])[0]
    assert not flip.exact
    assert net.predict(flip.point[None])[0] == flip.into != here
    assert np.linalg.norm(flip.point - x) == pytest.approx(flip.distance)
    logits = net.logits(flip.point[None])[0]
    assert logits[flip.into] - logits[here] == pytest.approx(0, abs=1e-5)


def test_in_one_region_the_flip_is_the_distance_to_the_plane():
    net = Network.from_arrays([[[1.0, -1.0], [2.0, -2.0]]], [[0.0, 0.0]])
    for flip in (near_flip(net, np.array([1.0, 1.0])), smallest_flip(net, np.array([1.0, 1.0]))):
        assert flip.distance == pytest.approx(3 / np.sqrt(5))
        assert np.allclose(flip.point, [1 - 3 / 5, 1 - 6 / 5])
    assert flip.exact


def ring(radius, count=400):
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return radius * np.stack((np.cos(angle), np.sin(angle)), axis=1)


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), activation=st.sampled_from(LINEAR_PIECES))
def test_in_the_plane_nothing_nearer_flips(seed, activation):
    net, x = network(seed, activation, (2, 6, 5, 3)), example(seed, 2)
    flip = smallest_flip(net, x)
    if flip is None:
        return
    here = net.predict(x[None])[0]
    assert flip.exact
    for share in (0.3, 0.7, 0.999):
        assert (net.predict(x + ring(share * flip.distance)) == here).all()
    logits = net.logits(flip.point[None])[0]
    assert logits[flip.into] == pytest.approx(logits[here], abs=1e-7)
    assert logits[flip.into] == pytest.approx(logits.max(), abs=1e-7)


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000))
def test_on_a_slice_nothing_nearer_flips(seed):
    net, x = network(seed, "relu"), example(seed)
    random = np.random.default_rng(seed + 2)
    plane = Slice(random.normal(size=3), random.normal(size=3), random.normal(size=3))
    flip = smallest_flip(net, x, plane)
    if flip is None:
        return
    here = net.predict(x[None])[0]
    assert flip.exact
    assert np.linalg.norm(flip.point - x) == pytest.approx(flip.distance)
    for share in (0.3, 0.7, 0.999):
        around = x + ring(share * flip.distance) @ np.stack((plane.u, plane.v))
        assert (net.predict(around) == here).all()
    logits = net.logits(flip.point[None])[0]
    assert logits[flip.into] == pytest.approx(logits[here], abs=1e-7)


@pytest.mark.parametrize("activation", CURVED)
def test_in_a_curved_plane_the_flip_is_confirmed_and_a_bound(activation):
    net = network(3, activation, (2, 6, 3))
    x = example(3, 2)
    flip = smallest_flip(net, x)
    assert flip is not None
    assert not flip.exact
    assert net.predict(flip.point[None])[0] == flip.into != net.predict(x[None])[0]
    dense = np.concatenate([ring(share * flip.distance) for share in np.linspace(0.01, 0.98, 60)])
    assert (net.predict(x + dense) == net.predict(x[None])[0]).all()


def test_a_boundary_that_the_linearised_network_cannot_see_is_found():
    """Both units are off at the example, so that nothing there points at the other class."""
    net = Network.from_arrays(
        [[[1.0, -1.0], [0.0, 0.0]], [[0.0, 1.0], [0.0, 1.0]]], [[-1.0, -2.0], [0.5, 0.0]]
    )
    x = np.zeros(2)
    assert near_flip(net, x) is None
    flip = smallest_flip(net, x)
    assert flip.exact
    assert flip.distance == pytest.approx(1.5)
    assert flip.point == pytest.approx([1.5, 0.0])


def test_one_class_everywhere_has_no_flip():
    net = Network.from_arrays([[[0.0, 0.0], [0.0, 0.0]]], [[1.0, 0.0]])
    assert smallest_flip(net, np.zeros(2)) is None


def test_an_example_on_the_boundary():
    net = Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
    flip = smallest_flip(net, np.zeros(2))
    assert flip is None or flip.distance <= 1e-9
