"""Labels to indices and names, and class weights against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.preprocessing import LabelEncoder
from sklearn.utils.class_weight import compute_class_weight

import classlens as cl
from classlens.data.labels import label_indices, label_names, label_weights

CLASSES = np.array([3, 7, 10])


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        ([3, 10], ("3", "10")),
        ([1.0, 2.0], ("1", "2")),
        ([False, True], ("False", "True")),
        (["no", "yes"], ("no", "yes")),
        (np.array(["no", "yes"], dtype=object), ("no", "yes")),
    ],
)
def test_names(classes: object, names: tuple[str, ...]) -> None:
    assert label_names(np.asarray(classes)) == names


@given(st.lists(st.integers(-5, 5) | st.booleans(), min_size=1) | st.lists(st.text(), min_size=1))
def test_indices_are_scikit_learns(labels: list[object]) -> None:
    y = np.array(labels)
    encoder = LabelEncoder().fit(y)
    assert label_indices(y, encoder.classes_).tolist() == encoder.transform(y).tolist()


def test_a_strange_label() -> None:
    with pytest.raises(cl.DataError, match=r"among 3, 7, 10\. Got 8 in row 1 instead"):
        label_indices(np.array([3, 8, 9]), CLASSES)


def weights(class_weight: object, weight: object = (1, 1, 1, 1)) -> dict[str, float] | None:
    given = np.asarray(weight, dtype=float)
    return label_weights(class_weight, CLASSES, np.array([0, 1, 2, 2]), given)


def test_weights_by_label() -> None:
    assert weights(None) is None
    assert weights({3: 2, 10: 0.5}) == {"3": 2.0, "10": 0.5}
    assert weights({np.int64(7): 4}) == {"7": 4.0}


@given(st.lists(st.integers(1, 5), min_size=4, max_size=4))
def test_balanced_weights_are_scikit_learns_for_copies(counts: list[int]) -> None:
    copies = CLASSES[np.repeat([0, 1, 2, 2], counts)]
    theirs = compute_class_weight("balanced", classes=CLASSES, y=copies)
    ours = weights("balanced", counts)
    assert ours is not None
    assert list(ours) == ["3", "7", "10"]
    assert np.allclose(list(ours.values()), theirs)


def test_balanced_weights_of_a_class_that_does_not_occur() -> None:
    y = np.array([0, 0, 2])
    found = label_weights("balanced", CLASSES, y, np.ones(3))
    assert found == {"3": 0.75, "7": 0.0, "10": 1.5}


@pytest.mark.parametrize(
    ("class_weight", "words"),
    [
        ({4: 1}, r"class_weight must have labels as keys, 3, 7, 10\. Got 4 instead"),
        ({"3": 1}, r"3, 7, 10\. Got '3' instead\.$"),
        ({3: -1}, r"class_weight of class 3 must be a finite number of at least 0\. Got -1"),
        ("even", r"class_weight must be 'balanced', or a weight .* Got 'even' instead"),
        ([1, 2, 3], r"class_weight must be 'balanced', or a weight .* Got \[1, 2, 3\] instead"),
        ({}, r"Got \{\} instead"),
    ],
)
def test_class_weights_that_are_none(class_weight: object, words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=words):
        weights(class_weight)


def test_a_misspelt_word() -> None:
    words, y = np.array(["setosa", "virginica"]), np.array([0, 1])
    with pytest.raises(cl.ArgumentError, match=r"Got 'sitosa' instead\. Did you mean 'setosa'\?"):
        label_weights({"sitosa": 2}, words, y, np.ones(2))
