"""What units do: counts, twins and ablations against plain loops."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.analysis.unit_facts import units
from classlens.data.dataset import Dataset
from classlens.errors import DataError
from classlens.model import Model
from classlens.network import Network


def network(seed, sizes=(2, 5, 3, 4), activations=None):
    random = np.random.default_rng(seed)
    pairs = list(itertools.pairwise(sizes))
    return Network.from_arrays(
        [random.normal(size=pair) for pair in pairs],
        [random.normal(size=b) for _, b in pairs],
        activations=activations,
    )


def dataset(seed, n=60, classes=4):
    random = np.random.default_rng(seed)
    y = np.concatenate([np.arange(classes), random.integers(0, classes, n - classes)])
    return Dataset(random.normal(size=(n, 2)) * 2, y)


@given(st.integers(0, 1000))
def test_counts_and_ranges_equal_a_plain_loop(seed):
    net, data = network(seed), dataset(seed)
    values = net.forward(data.X)
    for fact in units(net, data):
        depth = int(fact.layer[1:]) - 1
        seen = fact.on_data
        z = values[depth].pre_activation[:, fact.unit]
        a = values[depth].activation[:, fact.unit]
        for k in range(4):
            mine = [i for i in range(len(data)) if data.y[i] == k]
            assert seen.on[k] == sum(z[i] > 0 for i in mine)
            assert seen.of[k] == len(mine)
            assert seen.highest[k] == max(a[i] for i in mine)
            assert seen.lowest[k] == min(a[i] for i in mine)
            assert seen.mean[k] == pytest.approx(np.mean([a[i] for i in mine]))


@given(st.integers(0, 1000))
def test_ablation_equals_a_network_without_the_unit(seed):
    """Cutting a unit's outgoing weights holds it at 0; adding its mean's share holds it there."""
    net, data = network(seed), dataset(seed)
    before = net.predict(data.X)
    for fact in units(net, data):
        depth = int(fact.layer[1:]) - 1
        kernels = [layer.kernel.copy() for layer in net.layers]
        biases = [layer.bias.copy() for layer in net.layers]
        outgoing = kernels[depth + 1][fact.unit].copy()
        kernels[depth + 1][fact.unit] = 0
        after = Network.from_arrays(kernels, biases).predict(data.X)
        seen = fact.on_data.without
        assert seen.correct == (after == data.y).sum()
        assert seen.changed == (after != before).sum()
        for k, other in np.ndindex(4, 4):
            lost = (data.y == k) & (before == k) & (after == other) & (after != k)
            assert seen.moved[k, other] == lost.sum()
        biases[depth + 1] = biases[depth + 1] + outgoing * fact.on_data.at_mean.held_at
        at_mean = Network.from_arrays(kernels, biases).predict(data.X)
        assert fact.on_data.at_mean.correct == (at_mean == data.y).sum()


def test_dead_always_on_and_active_units():
    net = Network.from_arrays(
        [[[0.0, 0.0, 1.0], [0.0, 0.0, 0.0]], np.ones((3, 2))], [[-1.0, 2.0, 0.0], [0.0, 0.0]]
    )
    data = Dataset([[1.0, 0.0], [-1.0, 0.0]], [0, 1])
    assert [fact.on_data.state for fact in units(net, data)] == ["dead", "dead", "active"]
    moved = Dataset([[1.0, 0.0], [2.0, 0.0]], [0, 1])
    assert [fact.on_data.state for fact in units(net, moved)] == ["dead", "dead", "always on"]


@given(
    factor=st.sampled_from([1.0, 2.0, 1e-8, 1e8, -1.0, -3.5]),
    seed=st.integers(0, 100),
    size=st.sampled_from([1e-200, 1e-8, 1.0, 1e8, 1e200]),
)
def test_twins(factor, seed, size):
    random = np.random.default_rng(seed)
    w, b = random.normal(size=2) * size, random.normal() * size
    other = random.normal(size=2) * size
    net = Network.from_arrays(
        [np.stack([w, other, factor * w], axis=1), np.ones((3, 2))],
        [[b, b, factor * b], [0.0, 0.0]],
    )
    first, second, third = units(net)
    assert first.twin is second.twin is None
    assert third.twin.unit == 0
    assert third.twin.factor == pytest.approx(factor)
    kinds = {1.0: "duplicate", -1.0: "opposite", -3.5: "opposite"}
    assert third.twin.kind == kinds.get(factor, "scaled duplicate")


def test_zero_units_are_nobody_s_twin():
    net = Network.from_arrays([np.zeros((2, 3)), np.ones((3, 2))], [np.zeros(3), np.zeros(2)])
    assert [fact.twin for fact in units(net)] == [None, None, None]
    assert units(net)[0].equation.crease == "nowhere"


def test_names():
    facts = units(Model(network(0), ("a", "b")))
    assert facts[0].equation.inputs == ("a", "b")
    assert facts[-1].equation.inputs == ("L1.0", "L1.1", "L1.2", "L1.3", "L1.4")
    assert facts[0].on_data is None


def test_data_that_does_not_fit():
    with pytest.raises(DataError, match=r"must have 2 features, as the network has inputs\. Got 1"):
        units(network(0), Dataset([[1.0], [2.0]], [0, 1]))
    with pytest.raises(DataError, match=r"must have the network's 4 classes\. Got class index 4"):
        units(network(0), Dataset([[1.0, 2.0]], [4], tuple("abcde")))
