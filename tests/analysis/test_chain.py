"""The chain of a network: its folded slice, its common parts, its sums of absolute values."""

from __future__ import annotations

from fractions import Fraction

import nets
import numpy as np
import pytest

from classlens.activations import Activation
from classlens.analysis.chain import activate, slopes_of, unroll
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError
from classlens.network import Network


def test_a_chain_is_the_network_on_its_slice():
    network = nets.wide([6], inputs=4)
    slice_ = Slice(*np.random.default_rng(0).normal(size=(3, 4)))
    chain = unroll(network, slice_)
    points = np.random.default_rng(1).normal(size=(50, 2))
    values = points
    for step in chain.steps:
        values, _ = step.take(values, None)
    difference = network.logits(slice_.lift(points)) - values
    np.testing.assert_allclose(difference - difference[:, :1], 0, atol=1e-12)


def test_curved_activations_have_no_chain():
    with pytest.raises(ArgumentError, match=r"^activation must have linear pieces\. Got tanh"):
        slopes_of(Activation("tanh"))


def test_a_slice_far_from_the_origin_loses_no_digits():
    """What is left of large products that cancel is as exact as a single rounding allows."""
    random = np.random.default_rng(2)
    origin, kernel = 1e6 * random.normal(size=9), random.normal(size=(9, 5))
    bias = -(origin @ kernel)
    network = Network.from_arrays([kernel], [bias])
    found = unroll(network, Slice(origin, *np.eye(9)[:2])).steps[0]
    exact = [
        sum(Fraction(p) * Fraction(w) for p, w in zip(origin.tolist(), column, strict=True))
        + Fraction(offset)
        for column, offset in zip(kernel.T.tolist(), bias.tolist(), strict=True)
    ]
    assert 0 < np.abs(found.bias).max() < 1e-8
    np.testing.assert_allclose(found.bias, np.array(exact, dtype=float), rtol=1e-12)
    assert (found.bias_sums < 1e-8).all()


def test_what_all_classes_have_in_common_is_left_out_where_that_takes_no_rounding():
    network = Network.from_arrays([[[3.0, 5.0], [1.0, -1.0], [1e-9, 1.0]]], [[-7.0, -4.0]])
    chain = unroll(network, Slice([0, 0, 0], [1, 0, 0], [0, 1, 0]))
    assert chain.steps[0].kernel.tolist() == [[0.0, 2.0], [1.0, -1.0]]
    assert chain.steps[0].bias.tolist() == [-3.0, 0.0]


def test_logits_that_bend_keep_their_common_part():
    network = Network.from_arrays([[[3.0, 5.0], [1.0, 2.0]]], [[1.0, 2.0]], activations=["relu"])
    assert unroll(network, None).steps[0].kernel.tolist() == [[3.0, 5.0], [1.0, 2.0]]


def test_folds_are_the_slopes_of_each_activation():
    words = ["relu", "leaky_relu(0.25)", "linear"]
    network = Network.from_arrays([np.eye(2)] * 3, [np.zeros(2)] * 3, activations=words)
    assert unroll(network, None).folds == ((0.0, 1.0), (0.25, 1.0), (1.0, 1.0))


@pytest.mark.parametrize(
    ("slopes", "values", "sums"),
    [
        ((1.0, 1.0), [-2.0, 0.0, 3.0], [5.0, 5.0, 5.0]),
        ((0.0, 1.0), [0.0, 0.0, 3.0], [0.0, 0.0, 5.0]),
        ((0.5, 1.0), [-1.0, 0.0, 3.0], [2.5, 0.0, 5.0]),
        ((2.0, 2.0), [-4.0, 0.0, 6.0], [10.0, 10.0, 10.0]),
    ],
)
def test_at_a_kink_an_activation_is_0_without_any_doubt(slopes, values, sums):
    given = np.array([-2.0, 0.0, 3.0])
    found, doubts = activate(given, np.full(3, 5.0), slopes)
    assert found.tolist() == values
    assert doubts is not None
    assert doubts.tolist() == sums
    assert activate(given, None, slopes)[1] is None
