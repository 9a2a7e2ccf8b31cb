"""One example's way: sums that must add up, flips that must flip."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.activations import ACTIVATIONS
from classlens.analysis.example import local_map, nearest_flip, path
from classlens.errors import DataError
from classlens.network import Network
from classlens.scores import softmax

LINEAR_PIECES = ["relu", "leaky_relu", "linear"]


def network(seed, activation, sizes=(3, 6, 5, 4)):
    random = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(sizes))
    return Network.from_arrays(
        [random.normal(size=pair) for pair in pairs],
        [random.normal(size=b) for _, b in pairs],
        activations=[activation] * (len(pairs) - 1) + ["linear"],
    )


@given(seed=st.integers(0, 10_000), activation=st.sampled_from(list(ACTIVATIONS)))
def test_contributions_add_up_to_the_lead(seed, activation):
    net = network(seed, activation)
    x = np.random.default_rng(seed + 1).normal(size=3)
    found = path(net, x)
    ordered = np.sort(net.logits(x[None])[0])
    assert found.lead == pytest.approx(ordered[-1] - ordered[-2])
    assert found.winner == net.predict(x[None])[0]
    assert np.allclose(found.probabilities, softmax(net.logits(x[None]))[0])
    places = [each.place for each in found.contributions]
    assert places == (["inputs", "L1", "L2"] if activation in LINEAR_PIECES else ["L2"])
    for each in found.contributions:
        assert each.parts.sum() + each.rest == pytest.approx(found.lead)


@given(seed=st.integers(0, 10_000), activation=st.sampled_from(LINEAR_PIECES))
def test_a_unit_s_contribution_is_what_the_lead_loses_without_its_weights(seed, activation):
    net = network(seed, activation)
    x = np.random.default_rng(seed + 1).normal(size=3)
    found = path(net, x)
    last = found.contributions[-1]
    for unit, part in enumerate(last.parts):
        kernels = [layer.kernel.copy() for layer in net.layers]
        kernels[-1][unit] = 0
        without = Network.from_arrays(
            kernels,
            [layer.bias for layer in net.layers],
            activations=[layer.activation for layer in net.layers],
        ).logits(x[None])[0]
        lead = without[found.winner] - without[found.runner_up]
        assert found.lead - lead == pytest.approx(part, abs=1e-9)


@given(seed=st.integers(0, 10_000), activation=st.sampled_from(LINEAR_PIECES))
def test_the_local_map_is_the_network_nearby(seed, activation):
    net = network(seed, activation)
    x = np.random.default_rng(seed + 1).normal(size=3)
    A, b = local_map(net, x)
    near = x + 1e-9 * np.random.default_rng(2).normal(size=(5, 3))
    assert np.allclose(near @ A + b, net.logits(near), atol=1e-7)


@given(seed=st.integers(0, 10_000))
def test_a_flip_flips_and_nothing_before_it_on_its_ray_does(seed):
    net = network(seed, "relu")
    x = np.random.default_rng(seed + 1).normal(size=3)
    flip = nearest_flip(net, x)
    if flip is None:
        return
    here = net.predict(x[None])[0]
    assert net.predict(flip.point[None])[0] == flip.into != here
    assert np.linalg.norm(flip.point - x) == pytest.approx(flip.distance)
    logits = net.logits(flip.point[None])[0]
    assert logits[flip.into] - logits[here] == pytest.approx(0, abs=1e-5)


def test_in_one_region_the_flip_is_the_distance_to_the_plane():
    net = Network.from_arrays([[[1.0, -1.0], [2.0, -2.0]]], [[0.0, 0.0]])
    flip = nearest_flip(net, np.array([1.0, 1.0]))
    assert flip.distance == pytest.approx(3 / np.sqrt(5))
    assert np.allclose(flip.point, [1 - 3 / 5, 1 - 6 / 5])


def test_curved_activations_have_no_flip_and_no_local_map():
    net = network(0, "tanh")
    assert local_map(net, np.zeros(3)) is None
    assert path(net, np.zeros(3)).flip is None


def test_an_example_that_does_not_fit():
    with pytest.raises(DataError, match=r"X must have the shape \(samples, 3\)"):
        path(network(0, "relu"), [1.0, 2.0])
