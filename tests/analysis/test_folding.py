"""Heights at the vertices of a partition, against direct evaluation."""

from __future__ import annotations

import nets
import numpy as np
import pytest

from classlens.analysis.chain import unroll
from classlens.analysis.creasing import Budget, crease
from classlens.analysis.folding import Folding, UnitCrease
from classlens.analysis.heights import Heights
from classlens.analysis.partition import Partition
from classlens.analysis.patterns import Patterns
from classlens.analysis.tolerance import DoubtError
from classlens.network import Network

SQUARE = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])
BUDGET = Budget(1000.0)


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("hidden", [[20], [70, 12], [9, 8, 7]])
@pytest.mark.parametrize("activation", ["relu", "leaky_relu(0.3)"])
def test_logits_at_the_vertices_are_those_of_the_forward_pass(activation, hidden, careful):
    wide = nets.wide(hidden, seed=1)
    network = Network.from_arrays(
        [layer.kernel for layer in wide.layers],
        [layer.bias for layer in wide.layers],
        activations=[activation] * len(hidden) + ["linear"],
    )
    creased = crease(unroll(network, None), SQUARE, careful=careful, budget=BUDGET)
    places = creased.partition.places
    wanted = network.logits(places)
    # The chain's logits may all be less by one number.
    offset = (wanted - creased.logits)[:, :1]
    np.testing.assert_allclose(creased.logits + offset, wanted, rtol=0, atol=1e-12)
    assert (np.abs(creased.logits) <= creased.bounds * (1 + 1e-12)).all()
    if careful:
        assert (np.abs(creased.logits) <= creased.sums * (1 + 1e-9) + 1e-12).all()
    else:
        assert creased.sums is None


def test_patterns_are_found_by_the_signs_of_pre_activations():
    network = nets.wide([70, 12], seed=1)
    chain = unroll(network, None)
    creased = crease(chain, SQUARE, careful=False, budget=BUDGET)
    patterns = Patterns(creased.patterns, tuple(layer.units for layer in network.layers))
    points = np.random.default_rng(0).uniform(-1, 1, size=(500, 2))
    region, _ = patterns.find(chain, points)
    on = patterns.flags(region)
    for flags, layer in zip(on[:-1], network.forward(points)[:-1], strict=True):
        np.testing.assert_array_equal(flags, layer.pre_activation > 0)
    outside, _ = patterns.find(chain, 50 * points)
    assert (outside == -1).any()


def test_vertices_that_are_settled_lie_on_the_crease():
    partition = Partition(SQUARE)
    heights = Heights(partition.places @ np.array([[1.0, 0.0], [0.0, 1.0]]), None)
    folding = Folding(heights, np.full(2, 1e-9), partition)
    line, corners = UnitCrease.of(folding, 1), np.arange(4)
    assert line.positive(corners).tolist() == [False, False, True, True]
    assert line.doubt(corners) is None
    line.settle(np.array([0, 2]))
    assert line.positive(corners).tolist() == [False, False, False, True]
    assert line.negative(corners).tolist() == [False, True, False, False]
    other = UnitCrease.of(folding, 0)
    assert other.negative(corners).tolist() == [True, False, False, True]


def test_without_sums_a_height_near_0_is_a_doubt():
    partition = Partition(SQUARE)
    with pytest.raises(DoubtError):
        Folding(Heights(partition.places[:, :1] * 1e-10, None), np.full(1, 1e-9), partition)
