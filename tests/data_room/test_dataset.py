"""Dataset: what it holds, and every sentence with which it refuses."""

from __future__ import annotations

import dataclasses
import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens.data.dataset import LARGEST_CLASS, Dataset
from classlens.errors import ArgumentError, ClasslensError, DataError

X = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]
y = [0, 1, 1]


def make(X: Any = X, y: Any = y, **names: Any) -> Dataset:
    return Dataset(X, y, **names)


def message(kind: type[ClasslensError], *args: Any, **names: Any) -> str:
    with pytest.raises(kind) as caught:
        make(*args, **names)
    return str(caught.value)


# What it holds


def test_samples_classes_and_default_names() -> None:
    data = make()
    assert data.X.dtype == np.float32
    assert data.y.dtype == np.int64
    assert data.X.tolist() == X
    assert data.y.tolist() == y
    assert data.class_names == ("c0", "c1")
    assert data.feature_names == ("x0", "x1")
    assert data.image_shape is None
    assert (len(data), data.features, data.classes) == (3, 2, 2)


def test_given_names_are_kept_as_text() -> None:
    data = make(class_names=[7, "b", "unseen"], feature_names=np.array(["wide", "high"]))
    assert data.class_names == ("7", "b", "unseen")
    assert data.feature_names == ("wide", "high")
    assert data.classes == 3
    assert all(type(name) is str for name in data.class_names + data.feature_names)


@pytest.mark.parametrize(
    "labels",
    [
        np.array([0, 1, 1], np.uint8),
        np.array([0.0, 1.0, 1.0]),
        np.array([False, True, True]),
        np.array([[0], [1], [1]]),
        (0, 1, 1),
    ],
)
def test_labels_of_any_real_type_and_as_a_column(labels: Any) -> None:
    data = make(y=labels)
    assert data.y.tolist() == y
    assert data.y.dtype == np.int64


@pytest.mark.parametrize("dtype", [np.float64, np.float16, np.int8, np.bool_])
def test_samples_of_any_real_type(dtype: type) -> None:
    assert make([[0, 1], [1, 0], [1, 1]], y).X.dtype == np.float32
    assert make(np.eye(3, dtype=dtype)).X.tolist() == np.eye(3).tolist()


def test_the_arrays_are_copied_and_frozen() -> None:
    samples, labels = np.array(X, np.float32), np.array(y)
    data = Dataset(samples, labels)
    samples[0, 0], labels[0] = 9, 1
    assert data.X[0, 0] == 0
    assert data.y[0] == 0
    for array in (data.X, data.y):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.X = samples  # type: ignore[misc]


@pytest.mark.parametrize("shape", [(2, 2), [2, 2], np.array([2, 2])])
def test_an_image_shape_is_a_tuple_of_ints(shape: Any) -> None:
    data = make(np.zeros((3, 4)), image_shape=shape)
    assert data.image_shape == (2, 2)
    assert all(type(size) is int for size in data.image_shape or ())


def test_colour_pictures() -> None:
    assert make(np.zeros((3, 12)), image_shape=(2, 2, 3)).image_shape == (2, 2, 3)


def test_many_names_are_checked_in_a_moment() -> None:
    start = time.perf_counter()
    names = [str(number) for number in range(LARGEST_CLASS + 1)]
    assert make(y=[0, 1, LARGEST_CLASS], class_names=names).classes == LARGEST_CLASS + 1
    assert time.perf_counter() - start < 5


# A part of it


def test_take_keeps_all_names() -> None:
    data = make(
        np.arange(12).reshape(3, 4),
        class_names=("a", "b"),
        feature_names=tuple("pqrs"),
        image_shape=(2, 2),
    )
    part = data.take([2, 1])
    assert part.X.tolist() == [[8, 9, 10, 11], [4, 5, 6, 7]]
    assert part.y.tolist() == [1, 1]
    assert part.class_names == ("a", "b")
    assert part.feature_names == tuple("pqrs")
    assert part.image_shape == (2, 2)
    assert data.take(data.y == 1).X.tolist() == data.X[1:].tolist()


NUMBERS = "rows must be row numbers, or 3 times True or False. Got "


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "rows must name at least one row. Got none."),
        ([False, False, False], "rows must name at least one row. Got none."),
        ([0, 3], "rows must be from 0 to 2. Got 3 instead."),
        ([-1], "rows must be from 0 to 2. Got -1 instead."),
        (None, NUMBERS + "None instead."),
        (1, NUMBERS + "1 instead."),
        ("a", NUMBERS + "'a' instead."),
        (["a"], NUMBERS + "['a'] instead."),
        ([0.0, 1.0], NUMBERS + "[0.0, 1.0] instead."),
        ([math.nan], NUMBERS + "[nan] instead."),
        ([True, False], NUMBERS + "[True, False] instead."),
        ([[0, 1]], NUMBERS + "[[0, 1]] instead."),
        ([10**400], NUMBERS + "[1000000000"),
        (slice(0, 2), NUMBERS + "slice(0, 2, None) instead."),
        ([0, [1]], "rows must have rows of one length. Got numbers beside lists."),
    ],
    ids=repr,
)
def test_what_rows_cannot_be_taken(rows: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        make().take(rows)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize("rows", [range(2), (1, 0), np.array([1], np.uint8), [True, False, True]])
def test_what_rows_can_be_taken(rows: Any) -> None:
    data = make(class_names=("a", "b"))
    assert data.take(rows).X.tolist() == np.array(X)[np.array(rows)].tolist()


# Dataset.of


def test_of_leaves_a_dataset_as_it_is() -> None:
    data = make()
    assert Dataset.of(data) is data


@pytest.mark.parametrize("pair", [(X, y), [X, y]])
def test_of_a_pair(pair: Any) -> None:
    data = Dataset.of(pair)
    assert data.X.tolist() == X
    assert data.y.tolist() == y
    assert data.class_names == ("c0", "c1")


@pytest.mark.parametrize(
    "labels",
    [
        ["no", "yes", "no"],
        np.array(["no", "yes", "no"]),
        np.array(["no", "yes", "no"], object),
        np.array([b"no", b"yes", b"no"]),
        np.array([["no"], ["yes"], ["no"]]),
        [["no"], ["yes"], ["no"]],
        np.array(["no", "yes", "no"], np.dtypes.StringDType()),
    ],
)
def test_words_become_class_names(labels: Any) -> None:
    data = Dataset.of((X, labels))
    assert data.class_names == ("no", "yes")
    assert data.y.tolist() == [0, 1, 0]
    assert all(type(name) is str for name in data.class_names)


def test_bytes_that_are_no_text_stay_apart() -> None:
    data = Dataset.of((X, np.array([b"\xff", b"\xfe", b"\xc3\xa9"])))
    assert data.class_names == ("\\xfe", "\\xff", "\u00e9")


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(max_size=3), min_size=1, max_size=8))
def test_every_row_keeps_its_word(words: list[str]) -> None:
    data = Dataset.of((np.zeros((len(words), 1)), np.array(words, object)))
    assert [data.class_names[label] for label in data.y] == words
    assert list(data.class_names) == sorted(set(words))


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        (["a", float("nan"), "b"], "Got nan in row 1 among words."),
        (np.array(["a", "b", None], object), "Got None in row 2 among words."),
        ([1, "a", "b"], "Got 1 in row 0 among words."),
    ],
)
def test_of_refuses_what_is_no_word_among_words(labels: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.of((X, labels))
    assert str(caught.value) == f"y must hold words only, or class indices only. {words}"


@pytest.mark.parametrize(
    ("data", "kind"),
    [(None, "NoneType"), (np.zeros((2, 2)), "ndarray"), ((X,), "tuple"), ("ab", "str")],
)
def test_of_refuses_what_is_no_pair(data: Any, kind: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.of(data)
    assert str(caught.value) == (f"data must be a Dataset or a pair (X, y). Got {kind} instead.")


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([], "y must have the shape (3,), one class for each row of X. Got (0,) instead."),
        (["a", "b"], "y must have the shape (3,), one class for each row of X. Got (2,) instead."),
        ("abc", "y must have the shape (3,), one class for each row of X. Got () instead."),
        ([0, [1], 2], "y must have rows of one length. Got numbers beside lists."),
    ],
)
def test_of_refuses_labels_that_do_not_fit(labels: Any, words: str) -> None:
    with pytest.raises(DataError) as caught:
        Dataset.of((X, labels))
    assert str(caught.value).startswith(words)


# What the samples must be

REAL = "X must hold real numbers."
SHAPE = "X must have the shape (samples, features), neither of them 0."


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        (
            [["a", "b"]] * 3,
            f"{REAL} Got dtype <U1 instead. Convert words to numbers first.",
        ),
        (
            np.zeros((3, 2), complex),
            f"{REAL} Got dtype complex128 instead.",
        ),
        (
            np.array([[1, 2], [3, "4"], [5, 6]], object),
            f"{REAL} Got '4' in row 1, column 1 instead.",
        ),
        ([[1, 2], [None, 4], [5, 6]], f"{REAL} Got None in row 1, column 0 instead."),
        (None, f"{REAL} Got None instead."),
        (
            [[1, 2], [10**400, 4], [5, 6]],
            "X must be finite in float32. Got inf in row 1, column 0.",
        ),
        ([0.0, 1.0, 2.0], f"{SHAPE} Got (3,) instead."),
        (np.zeros((3, 2, 2)), f"{SHAPE} Got (3, 2, 2) instead."),
        (np.zeros((0, 2)), f"{SHAPE} Got (0, 2) instead."),
        (np.zeros((3, 0)), f"{SHAPE} Got (3, 0) instead."),
        (
            [[0, 1], [2, float("nan")], [4, 5]],
            "X must be finite in float32. Got nan in row 1, column 1.",
        ),
        (
            [[0, 1], [float("inf"), 3], [float("nan"), 5]],
            "X must be finite in float32. Got inf in row 1, column 0 (and 1 more).",
        ),
        ([[1e39, 1], [2, 3], [4, 5]], "X must be finite in float32. Got 1e+39 in row 0, column 0."),
    ],
)
def test_what_X_is_refused(samples: Any, words: str) -> None:  # noqa: N802
    assert message(DataError, samples) == words


def test_rows_of_different_lengths_are_refused() -> None:
    words = message(DataError, [[0.0, 1.0], [2.0], [4.0, 5.0]])
    assert words == "X must have rows of one length. Got 2 in row 0 and 1 in row 1."


# What the labels must be

INDICES = "y must hold class indices 0, 1, ..."
WORDS = "Dataset.of((X, y)) makes class names of them."


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([0, 1], "y must have the shape (3,), one class for each row of X. Got (2,) instead."),
        (
            np.eye(3),
            "y must have the shape (3,), one class for each row of X. Got (3, 3) instead.",
        ),
        (["a", "b", "c"], f"{INDICES} Got words such as 'a' instead. {WORDS}"),
        ([b"a", b"b", b"c"], f"{INDICES} Got words such as b'a' instead. {WORDS}"),
        (np.array([0, "b", 1], object), f"{INDICES} Got words such as 'b' instead. {WORDS}"),
        ([0, 1, None], "y must hold real numbers. Got None in row 2 instead."),
        ([0, 1, 1j], "y must hold real numbers. Got dtype complex128 instead."),
        ([0, -1, 1], "y must hold class indices 0, 1, ... Got -1 in row 1 instead."),
        ([0, 0.5, 1], "y must hold class indices 0, 1, ... Got 0.5 in row 1 instead."),
        ([0, 1, float("nan")], "y must hold class indices 0, 1, ... Got nan in row 2 instead."),
        ([float("inf"), 0, 1], "y must hold class indices 0, 1, ... Got inf in row 0 instead."),
    ],
)
def test_what_y_is_refused(labels: Any, words: str) -> None:
    assert message(DataError, y=labels) == words


def test_numbers_to_predict_are_no_labels() -> None:
    assert message(DataError, y=[0, 100_000, 1]) == (
        "y must hold class indices of at most 99999. Got 100000 in row 1 instead. "
        "Is it a number to predict rather than a class?"
    )


def test_ragged_labels_are_refused() -> None:
    words = message(DataError, y=[0, [1, 1], 1])
    assert words == "y must have rows of one length. Got numbers beside lists."


@pytest.mark.parametrize(("labels", "absent"), [([0, 5, 0], "1, 2, 3, 4"), ([1, 2, 2], "0")])
def test_classes_that_nobody_has_named_must_occur(labels: list[int], absent: str) -> None:
    assert message(DataError, y=labels) == (
        f"y must hold every class from 0 to {max(labels)} at least once. Got none of class "
        f"{absent}. Number the classes without gaps, or name all that there are with class_names."
    )
    assert make(y=labels, class_names=tuple("pqrstu")).classes == 6
    with pytest.raises(DataError, match="at least once"):
        Dataset.of((X, labels))
    assert Dataset.of((X, labels), class_names=list("pqrstu")).y.tolist() == labels


def test_words_of_known_classes() -> None:
    data = Dataset.of((X, ["yes", "no", "yes"]), class_names=("yes", "maybe", "no"))
    assert data.y.tolist() == [0, 2, 0]
    assert data.class_names == ("yes", "maybe", "no")
    with pytest.raises(DataError) as caught:
        Dataset.of((X, ["yes", "No", "yes"]), class_names=("yes", "no"))
    assert str(caught.value) == (
        "y must hold names of classes, yes, no. Got 'No' in row 1 instead. Did you mean 'no'?"
    )
    with pytest.raises(ArgumentError, match=r"^class_names must be a list of names\. Got 5"):
        Dataset.of((X, ["a", "b", "a"]), class_names=5)  # type: ignore[arg-type]


def test_numbers_as_objects_are_numbers() -> None:
    data = make(np.array([[1, 2], [0.5, True], [3, 4]], object), np.array([0, 1, 1.0], object))
    assert data.X.tolist() == [[1, 2], [0.5, 1], [3, 4]]
    assert data.y.tolist() == [0, 1, 1]


# What the names must be


def test_a_label_without_a_name() -> None:
    assert message(DataError, y=[0, 2, 1], class_names=["a", "b"]) == (
        "y must be below 2, the number of class names. Got 2 in row 1 instead."
    )


def test_names_that_come_twice() -> None:
    assert message(ArgumentError, class_names=["a", "b", "a"]) == (
        "class_names must differ from each other. Got 'a' twice."
    )
    assert message(ArgumentError, feature_names=["p", "p"]) == (
        "feature_names must differ from each other. Got 'p' twice."
    )


def test_too_few_feature_names() -> None:
    assert message(ArgumentError, feature_names=["p"]) == (
        "feature_names must have one name for each of the 2 columns of X. Got 1 instead."
    )


@pytest.mark.parametrize(
    "shape", [(2,), (-2, -1), (1, 2, 1), (1, 1, 2), (2.0, 1.0), 2, "2x1", (), (1, 1, 1, 2)]
)
def test_what_is_no_image_shape(shape: Any) -> None:
    assert message(ArgumentError, image_shape=shape) == (
        "image_shape must be (height, width) or (height, width, 3), in whole numbers of at least "
        f"1. Got {shape!r} instead."
    )


def test_an_image_shape_of_another_size() -> None:
    assert message(ArgumentError, image_shape=(2, 2)) == (
        "image_shape must hold as many numbers as X has columns, 2. Got (2, 2), which holds 4, "
        "instead."
    )


def test_masked_entries_are_refused():
    masked = np.ma.masked_greater(np.array([[1.0], [9.0]]), 5)
    with pytest.raises(DataError, match=r"X must have no masked entries\. Got 1\."):
        Dataset(masked, [0, 1])
