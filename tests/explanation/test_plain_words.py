"""Words where numbers are equal, units are dead, there is one of a thing, or very many."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens.analysis.geometry import regions
from classlens.data.inputs import Inputs
from classlens.explanation.about_boundaries import plane_findings
from classlens.explanation.phrases import fixed, number, signed, some, some_examples, some_of

BLOBS = cl.blobs()


def told(model: Any, data: Any = None, **how: Any) -> str:
    """The explanation on one line, every finding of it verified."""
    found = cl.explain(model, data, **how)
    assert cl.verify(found, model, data) == len(found.findings)
    return " ".join(str(found).split())


def network(*layers: tuple[Any, Any]) -> cl.Network:
    return cl.Network.from_arrays([k for k, _ in layers], [b for _, b in layers])


def test_equal_biases_are_neither_largest_nor_smallest() -> None:
    text = told(cl.fit(BLOBS, epochs=1).network_at(0), BLOBS)
    assert text.count("bias 0.00, like that of every output") == 4
    assert "bias 0.00, the" not in text


@pytest.mark.parametrize(
    ("biases", "words"),
    [
        (
            [1, 1, 0, -1],
            ["the largest of 4, with 1 other", "number 3 of 4 by size", "the smallest"],
        ),
        ([2, 1, 1, 1], ["the largest of 4;", "the smallest of 4, with 2 others"]),
        ([2, 1, 1, 0], ["number 2 of 4 by size, with 1 other"]),
    ],
)
def test_equal_biases_share_their_rank(biases: list[int], words: list[str]) -> None:
    text = told(network((np.ones((2, 4)), biases)))
    assert [each for each in words if each not in text] == []


def test_without_hidden_layers_features_are_named() -> None:
    run = cl.fit(BLOBS, hidden=())
    text = told(run, BLOBS)
    assert "Output c0: bias -0.94, the smallest of 4; raised by x1 (+1.22); lowered by x0" in text
    assert "unit" not in text.replace("Units that could go", "")


def dead(bias: list[float]) -> str:
    return told(network((np.zeros((2, 2)), [-1, -2]), (np.eye(2, 4), bias)), BLOBS)


def test_a_dead_network_is_told_of_once() -> None:
    text = dead([0.3, 0.1, 0.0, 0.0])
    assert "All 100 examples are predicted as c0." in text
    assert "merged" not in text
    assert text.count("land on one point of layer L1, (0.00, 0.00)") == 1
    assert "All 100 examples land on one point" in text
    assert "raised by unit 1 (+1.00). It is 0.10 for every example." in text
    assert "every point is c0's." in text
    for nonsense in ("-0.00", "failed it", "same code", "highest for examples", "leads for"):
        assert nonsense not in text


def test_equal_logits_are_told_of() -> None:
    text = dead([0.0, 0.0, 0.0, 0.0])
    assert (
        "For all 100 examples the largest logits are equal, and the first of them counts." in text
    )


def test_no_unit_failed_where_all_add_what_they_always_add() -> None:
    X = [[1.0], [1.0], [2.0]]
    found = cl.explain(network(([[1.0, 0.0]], [0, 0])), (X, [0, 1, 0]))
    text = " ".join(str(found).split())
    assert "Example 1 at (1.00) is c1 and predicted as c0, by 1.00." in text
    assert "No feature adds less to the lead of c1 than on average for c1." in text
    assert cl.verify(found, network(([[1.0, 0.0]], [0, 0])), (X, [0, 1, 0]))


def test_one_example_is_one() -> None:
    data = cl.Dataset([[0, 0], [1, 1], [0, 1], [1, 0]], [0, 0, 1, 2])
    text = told(cl.fit(data, epochs=30), data)
    assert "all 1 " not in text
    assert "from c1 (off for its one example)." in text
    three = network(([[-1.0, 1.0, 0.0]], [0, 0, -9]))
    text = told(three, cl.Dataset([[-1], [1], [-2]], [0, 1, 2]))
    assert "c2 is merged into c0: its one example is predicted as c0." in text


def test_one_example_that_moves() -> None:
    data = cl.Dataset([[0.0], [1.0], [2.0]], [0, 0, 1])
    text = told(network(([[1.0]], [-1.5]), ([[-1.0, 1.0]], [0.2, 0.0])), data)
    assert "2 of 3 examples are right: the one example of c1 becomes c0." in text


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ((25, 25), ("all 25", "all 25 examples", "all 25 of c0")),
        ((23, 25), ("23 of 25", "23 of 25 examples", "23 of 25 of c0")),
        ((1, 1), ("the one", "the one example", "the one example of c0")),
        ((0, 1), ("0 of 1", "0 of 1 example", "0 of 1 of c0")),
    ],
)
def test_some(counts: tuple[int, int], words: tuple[str, str, str]) -> None:
    assert (some(*counts), some_examples(*counts), some_of(*counts, "c0")) == words


def test_no_number_is_a_negative_zero() -> None:
    assert (number(-0.0), fixed(-0.001, 2), signed(-0.0)) == ("0.00", "0.00", "+0.00")
    assert (signed(1.09), signed(-2109.57), fixed(-13657562.0, 2)) == (
        "+1.09",
        "-2.11e+03",
        "-1.37e+07",
    )


@pytest.mark.parametrize(
    "names", [("x0", "x0**2"), ("x0**2", "x0*x1"), ("x0", "x1", "x0**2", "sin(x1)")]
)
def test_features_made_of_a_plane_are_not_changed_one_by_one(names: tuple[str, ...]) -> None:
    data = Inputs(names).dataset(BLOBS)
    run = cl.fit(data, hidden=(3,), epochs=30)
    found = cl.explain(run, data)
    assert cl.verify(found, run, data) == len(found.findings)
    text = " ".join(str(found).split())
    for nonsense in ("closest call", "Without x0", "own:", "touch along", "crease", "reaches"):
        assert nonsense not in text
    assert f"{names[-1]} " in text  # as data/inputs.py spells it
    one = cl.explain_example(run, 3, data)
    assert cl.verify(one, run, data)
    assert "is predicted as" in str(one)
    assert "change" not in str(one)


def test_one_example_has_one_distance() -> None:
    """The nearest boundary, at x0 = 1.201, is beyond the window, which shows that at -0.501."""
    one = network(([[1.0, -1.0], [0.0, 0.0]], [-1.2, -0.5]), ([[0, 1], [0, 1]], [1e-3, 0]))
    data = cl.Dataset([[0.9, 0.0], [0.9, 0.5], [0.8, 0.2]], [0, 0, 1])
    found = cl.explain(one, data, window=((-1.0, 1.0), (-1.0, 1.0)))
    assert cl.verify(found, one, data) == len(found.findings)
    numbers = {f.kind: f.numbers for f in found.findings}
    assert "margin" not in numbers["boundary"]
    assert numbers["closest call"]["distance"] == pytest.approx(0.301, abs=1e-5)
    assert numbers["path"]["flip"]["distance"] == pytest.approx(0.301, abs=1e-5)


@pytest.mark.parametrize("activation", ["tanh", "sigmoid"])
def test_saturated_units_have_boundaries(activation: str) -> None:
    """Where a curved network is all but flat, Newton's steps have nowhere to go."""
    settings = {"hidden": (2,), "activation": activation, "learning_rate": 3000.0, "epochs": 20}
    run = cl.fit(BLOBS, **settings)
    found = list(plane_findings(regions(run.network, data=BLOBS), None, ("x0", "x1")))
    assert {f.kind for f in found} >= {"areas", "boundary"}


def large(sizes: tuple[int, ...] = (2, 8, 8, 8, 4)) -> cl.Network:
    random = np.random.default_rng(4)
    return network(
        *((random.normal(size=(a, b)), random.normal(size=b)) for a, b in itertools.pairwise(sizes))
    )


def test_a_large_network_s_words_stay_few() -> None:
    run = cl.fit(BLOBS, hidden=(8, 8, 8), epochs=100)
    assert len(str(cl.explain(run, BLOBS))) < 4000
    text = told(run, BLOBS)
    assert "8 units. Units 0, 1 and 3 are dead. Unit 7 is on for all examples." in text
    assert "The most predictions change without unit" in text
    assert "give whole=True to explain, or --whole to classlens explain." in text


def test_the_whole_of_it_can_be_had() -> None:
    run = cl.fit(BLOBS, hidden=(8, 8, 8), epochs=100)
    text = told(run, BLOBS, whole=True)
    assert "left out" not in text
    for layer, unit in itertools.product(("L1", "L2", "L3"), range(8)):
        assert f"Unit {unit} of {layer} = max(0, " in text
    assert told(cl.fit(BLOBS), BLOBS, whole=True) == told(cl.fit(BLOBS), BLOBS)


def test_a_large_network_without_examples() -> None:
    text = told(large())
    assert "8 units. Unit 0 of L1 = max(0, " in text
    assert "predictions" not in text
