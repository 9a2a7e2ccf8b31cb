"""The words: what the lab's explanation says, and that names cannot break its forms."""

import re

import numpy as np
import pytest

import classlens as cl
from classlens.explanation.account import explain
from classlens.explanation.phrases import formula, listed, number, point, units


@pytest.fixture(scope="module")
def found():
    data = cl.blobs()
    return explain(cl.fit(data), data)


def test_the_lab_s_story(found):
    text = " ".join(str(found).split())
    for part in [
        "All 100 examples are classified correctly.",
        "Verdict: good: each class is told from the others.",
        "off for 23 of 25 (others up to 0.40)",
        "off for 20 of 25 (others up to 1.63)",
        "Unit 0 of L1 = max(0, 1.22 x0 + 0.92 x1 + 1.59).",
        "Unit 0 of L1 tells c2 and c3 (on for all 50) from c0 and c1 (off for 48 of 50).",
        "It turns on to the right of its crease.",
        "50 of 100 examples are right: all 25 of c3 become c1, 22 of 25 of c2 become c0",
        "All 25 examples of c0 land on one point of layer L1, (0.00, 0.00), because every unit is",
        "Output c0: bias 3.18, the largest of 4; lowered by unit 1 (-2.83) and unit 0 (-2.01).",
        "c2 25 of 25 1.44 5.61",
        "a line that bends at the crease of unit 0 of L1; the closest example, 86, is 0.34 away.",
        "c2 leads c3 by 1.44 = 4.36 (unit 0 of L1) - 4.21 (unit 1 of L1) + 1.29 (the biases).",
        "The smallest change that reaches c3 is 0.27 long, to (1.95, 0.34).",
        "Nowhere in the window do these touch: c1 with c2.",
        "The closest call is example 23, predicted as c2, at (1.93, 0.61): 0.27 from c3's side,",
    ]:
        assert part in text, part
    assert max(len(line) for line in str(found).splitlines() if "  " not in line) <= 92


def test_the_window_of_the_published_example():
    data = cl.blobs()
    window = [(column.min() - 0.5, column.max() + 0.5) for column in data.X.T]
    text = " ".join(str(explain(cl.fit(data), data, window=window)).split())
    for part in ["c0 24.6%, c1 29.5%, c2 23.8% and c3 22.2%", "touch along 8.26", "along 4.86"]:
        assert part in text


@pytest.mark.slow
def test_a_distance_that_was_sampled_is_a_bound():
    data = cl.blobs()
    text = " ".join(str(explain(cl.fit(data, activation="tanh"), data)).split())
    assert re.search(r"The closest call found is example .*: at most about 0\.\d\d from", text)


def test_poor_splits_are_named():
    data = cl.blobs()
    run = cl.fit(data, hidden=(1,), seed=1)
    text = " ".join(str(explain(run, data)).split())
    assert "Verdict: good" not in text
    assert "have the same code in layer L1" in text
    assert "examples are classified correctly (" in text
    assert "failed it: it adds" in text


def test_classes_that_are_mixed_up_are_named():
    data = cl.blobs()
    text = " ".join(str(explain(cl.fit(data, seed=147), data)).split())
    assert "Verdict: poor split: the network does not tell all classes apart." in text
    assert "c3 is mixed up with c2: 9 of 25 of its examples are predicted as c2." in text


def test_a_good_network_with_mistakes_does_not_tell_each_class_from_the_others():
    data = cl.blobs()
    found = explain(cl.fit(data, seed=1), data)
    text = " ".join(str(found).split())
    assert found.verdict == "good"
    assert text.startswith("97 of 100 examples are classified correctly (97.0%).")
    assert (
        "Verdict: good: no class is mixed up with another, but 3 examples are on the wrong side."
    ) in text
    assert "each class is told from the others" not in text


def test_one_mistake_is_one():
    network = cl.Network.from_arrays([[[-1.0, 1.0]]], [[0.0, 0.0]])
    X = np.repeat([[-1.0], [1.0]], 20, axis=0)
    y = (X[:, 0] > 0).astype(int)
    y[0] = 1
    assert ", but 1 example is on the wrong side." in " ".join(
        str(explain(network, (X, y))).split()
    )


@pytest.mark.parametrize(
    ("dead", "said"),
    [
        (1, "1 hidden unit gives every example the same value, and the rest does not suffice."),
        (2, "2 hidden units give every example the same value, and the rest does not suffice."),
    ],
)
def test_dead_units_are_counted_once(dead, said):
    kernel, bias = np.array([[1.0, 1.0]]), np.array([0.5, 0.5])
    kernel[:, :dead], bias[:dead] = 0, -1
    network = cl.Network.from_arrays([kernel, np.zeros((2, 3))], [bias, [1.0, 0.0, 0.0]])
    X = np.linspace(0, 1, 30)[:, None]
    found = explain(network, (X, np.arange(30) % 3))
    text = " ".join(str(found).split())
    assert found.verdict == "dead units"
    assert f"Verdict: dead units: {said}" in text
    assert not re.search("hidden units? (is|are) dead", text)


def test_dead_units_that_did_no_harm_are_told_of_too():
    network = cl.Network.from_arrays(
        [[[1.0, 0.0]], [[-1.0, 1.0], [0.0, 0.0]]], [[0.0, -1.0], [0.5, -0.5]]
    )
    found = explain(network, ([[0.0], [1.0]], [0, 1]))
    text = " ".join(str(found).split())
    assert "Verdict: good: each class is told from the others. 1 hidden unit is dead." in text


def test_a_network_has_a_verdict_where_there_is_data(found):
    data = cl.blobs()
    run = cl.fit(data)
    assert found.verdict == "good"
    assert explain(run).verdict is None
    assert cl.explain_example(run, 3, data).verdict is None


def test_names_cannot_break_markdown_or_html():
    names = ("<b>bold</b>", "a|b", "*star*", "[link](x)")
    data = cl.blobs()
    named = cl.Dataset(data.X, data.y, names, ("x_0", "x`1"))
    found = explain(cl.fit(named), named)
    page, markdown = found._repr_html_(), found.to_markdown()
    assert "<b>" not in page
    assert "&lt;b&gt;bold" in page
    for row in (line for line in markdown.splitlines() if line.startswith("| ")):
        assert len(re.findall(r"(?<!\\)\|", row)) == 5
    assert "\\*star\\*" in markdown


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0.00"), (1.234, "1.23"), (-0.004, "-0.004"), (12345.6, "1.23e+04"), (0.01, "0.01")],
)
def test_numbers(value, text):
    assert number(value) == text


def test_lists_and_points():
    assert listed(["a"]) == "a"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(list("abcdefghij"), 3) == "a, b, c and 7 more"
    assert point([1, 2, 3, 4, 5]) == "(1.00, 2.00, 3.00, 4.00, ...)"


def test_units():
    assert units([["L1", 1]]) == "unit 1 of L1"
    assert units([["L1", 1], ["L1", 2], ["L2", 0]]) == "units 1 and 2 of L1 and unit 0 of L2"


def test_formulas():
    numbers = {"weights": [1.0, -2.0], "inputs": ["a", "b"], "bias": -0.5}
    assert formula({**numbers, "activation": "relu"}) == "max(0, 1.00 a - 2.00 b - 0.50)"
    assert formula({**numbers, "activation": "tanh"}) == "tanh(1.00 a - 2.00 b - 0.50)"
    many = {"weights": list(np.arange(9.0)), "inputs": list("abcdefghi"), "bias": 0.0}
    assert formula({**many, "activation": "linear"}) == (
        "6.00 g + 7.00 h + 8.00 i + ... (6 more) + 0.00"
    )
