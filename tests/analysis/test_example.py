"""One example's way: sums that must add up, flips that must flip."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.activations import ACTIVATIONS
from classlens.analysis.example import path
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError, DataError
from classlens.model import Model
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


def test_an_example_that_does_not_fit():
    with pytest.raises(DataError, match=r"X must have the shape \(samples, 3\)"):
        path(network(0, "relu"), [1.0, 2.0])


def test_a_slice_that_does_not_fit():
    plane = Slice([0.0, 0.0], [1.0, 0.0], [0.0, 1.0])
    with pytest.raises(ArgumentError, match=r"^the slice must go through the 3 inputs"):
        path(network(0, "relu"), np.zeros(3), slice=plane)


def test_a_model_is_followed_as_its_network_is():
    net = network(0, "relu")
    model = Model(net, ("a", "b", "c"))
    assert np.array_equal(path(model, np.ones(3)).logits, path(net, np.ones(3)).logits)
