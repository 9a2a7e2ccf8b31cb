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
        "The closest call is example 23, predicted as c2, at (1.93, 0.61): exactly 0.27 from c3's",
    ]:
        assert part in text, part
    assert max(len(line) for line in str(found).splitlines() if "  " not in line) <= 92


def test_the_window_of_the_published_example():
    data = cl.blobs()
    window = [(column.min() - 0.5, column.max() + 0.5) for column in data.X.T]
    text = " ".join(str(explain(cl.fit(data), data, window=window)).split())
    for part in ["c0 24.6%, c1 29.5%, c2 23.8% and c3 22.2%", "touch along 8.26", "along 4.86"]:
        assert part in text


def test_poor_splits_are_named():
    data = cl.blobs()
    run = cl.fit(data, hidden=(1,), seed=0)
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
