"""What is said of a table's columns, and of changes that keep to its numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.explanation.phrases import apart

RNG = np.random.default_rng(5)
Y = np.arange(120) % 2
FRAME = pd.DataFrame(
    {
        "grams": 1000.0 * Y + RNG.normal(5000, 300, 120),
        "metres": RNG.normal(0.5, 0.1, 120),
        "shape": np.where(RNG.random(120) < 0.8, np.where(Y, "round", "flat"), "odd"),
        "ripe": np.array(["no", "yes"])[Y],
    }
)


@pytest.fixture(scope="module")
def trained() -> cl.Trained:
    return cl.train(FRAME, "ripe", hidden=(8,), epochs=60)


@pytest.fixture(scope="module")
def explained(trained: cl.Trained) -> cl.Explanation:
    return cl.explain(trained, trained.data)


def findings(explained: cl.Explanation, kind: str) -> list[Any]:
    return [finding for finding in explained.findings if finding.kind == kind]


def test_a_column_is_held_at_its_mean_with_all_its_features(
    trained: cl.Trained, explained: cl.Explanation
) -> None:
    found = {each.subject["column"]: each for each in findings(explained, "column")}
    assert list(found) == ["grams", "metres", "shape"]
    assert found["shape"].subject["features"] == [2, 3, 4]
    X = trained.data.X.astype(np.float64)
    for each in found.values():
        held = X.copy()
        for feature in each.subject["features"]:
            held[:, feature] = X[:, feature].mean()
        after, before = trained.model.predict(held), trained.model.predict(X)
        assert each.numbers["correct"] == (after == Y).sum()
        assert each.holds == (after != before).sum()


def test_the_words(trained: cl.Trained, explained: cl.Explanation) -> None:
    text = " ".join(str(explained).split())
    assert "What each column is worth" in text
    assert "Without grams (held at its mean)" in text
    assert "% of the columns' ranges together" in text
    assert cl.verify(explained, trained, trained.data) == len(explained.findings)


def test_only_numbers_change_in_a_change(trained: cl.Trained, explained: cl.Explanation) -> None:
    (call,) = findings(explained, "closest call")
    n = call.numbers
    x, point = np.array(n["x"]), np.array(n["point"])
    np.testing.assert_array_equal(x[2:], point[2:])
    ranges = np.ptp(FRAME[["grams", "metres"]].to_numpy(), axis=0)
    assert n["distance"] == pytest.approx(np.linalg.norm((point - x)[:2] / ranges))
    assert trained.model.predict(point[None, :])[0] == call.subject["other"]


@pytest.mark.parametrize(
    ("kind", "changes", "complaint"),
    [
        ("column", {"correct": 3}, "the right answers should be"),
        ("column", {"held": [0.0]}, "the values held should be"),
        ("column", {"moves": [[0, 1, 60, 60]]}, "where its examples go should be"),
        ("closest call", {"distance": 9.0}, "the distance should be"),
        ("closest call", {"steps": [1.0, 1.0, 0.0, 0.0, 0.0]}, "the distance should be"),
        ("closest call", {"steps": [0.0, 1.0, 0.0, 0.0, 0.0]}, "must stay as it is"),
    ],
)
def test_lies_are_found(
    trained: cl.Trained,
    explained: cl.Explanation,
    kind: str,
    changes: dict[str, object],
    complaint: str,
) -> None:
    (first, *_) = findings(explained, kind)
    lie = replace(first, numbers={**first.numbers, **changes})
    with pytest.raises(cl.FalseFindingError, match=complaint):
        cl.verify(replace(explained, findings=(lie,)), trained, trained.data)


def test_arrays_of_three_features_have_columns_and_those_of_two_a_picture() -> None:
    X = RNG.normal(size=(60, 3))
    y = (X[:, 0] > 0).astype(int)
    three = cl.explain(cl.fit((X, y), epochs=5), (X, y))
    assert [each.subject["column"] for each in findings(three, "column")] == ["x0", "x1", "x2"]
    two = cl.explain(cl.fit((X[:, :2], y), epochs=5), (X[:, :2], y))
    assert not findings(two, "column")


def test_equations_of_many_inputs_show_what_moves_them() -> None:
    network = cl.Network.from_arrays(
        [[[5.0]] + [[0.1]] * 6 + [[0.5]], [[1.0, -1.0]]], [[0.0], [0.0, 0.0]]
    )
    X = RNG.normal(size=(40, 8)) * [1e-3, 1, 1, 1, 1, 90, 1, 1]
    data = cl.Dataset(X, np.arange(40) % 2)
    explained = cl.explain(network, data)
    assert "max(0, 0.10 x" in str(explained)
    assert "0.10 x5" in str(explained)
    assert "5.00 x0" not in str(explained)
    assert "5.00 x0" in str(cl.explain(network))
    cl.verify(explained, network, data)


@pytest.mark.parametrize(
    ("a", "b", "shown"),
    [(1.0, 2.0, ("1.00", "2.00")), (45.7, 45.7002, ("45.7", "45.7002")), (1.0, 1.0, None)],
)
def test_two_numbers_have_digits_enough(a: float, b: float, shown: tuple[str, str] | None) -> None:
    found = apart(a, b)
    assert found == shown if shown else found[0] == found[1]
