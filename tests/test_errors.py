"""The exception tree, and the helpers with which messages are made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens import errors
from classlens.errors import (
    ArgumentError,
    ClasslensError,
    DivergedError,
    Problems,
    counted,
    did_you_mean,
    listed,
    one_of,
    short,
)

TREE = {
    "ArgumentError": ValueError,
    "DataError": ValueError,
    "ModelFileError": ValueError,
    "NotFittedError": ValueError,
    "OutputError": OSError,
    "DivergedError": ArithmeticError,
    "ProcessesError": RuntimeError,
    "FalseFindingError": AssertionError,
    "MissingLibraryError": ImportError,
}


@pytest.mark.parametrize(("name", "builtin"), TREE.items())
def test_each_is_also_the_builtin_that_callers_already_catch(
    name: str, builtin: type[Exception]
) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, ClasslensError)
    assert issubclass(kind, builtin)


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert errors.__doc__ is not None
    lines = [line for line in errors.__doc__.splitlines() if line.startswith(("├", "└"))]
    drawn = {line.split()[1]: line.split("(and ")[1].split(")")[0] for line in lines}
    assert drawn == {name: builtin.__name__ for name, builtin in TREE.items()}
    assert {each.__name__ for each in ClasslensError.__subclasses__()} == set(TREE)


@pytest.mark.parametrize("name", [name for name in TREE if name != "DivergedError"])
def test_the_message_is_the_text(name: str) -> None:
    assert str(getattr(errors, name)("X must be finite.")) == "X must be finite."


def test_diverged_carries_the_epoch_and_the_run() -> None:
    run = object()
    error = DivergedError("the loss is nan in epoch 3.", epoch=3, run=run)
    assert str(error) == "the loss is nan in epoch 3."
    assert error.epoch == 3
    assert error.run is run


def test_problems_are_raised_together_one_a_line() -> None:
    problems = Problems()
    problems.raise_if_any(ArgumentError)
    problems.add("first.")
    problems.add("second.")
    with pytest.raises(ArgumentError) as caught:
        problems.raise_if_any(ArgumentError)
    assert str(caught.value) == "first.\nsecond."


def test_one_of_names_the_choices_the_value_and_the_nearest_choice() -> None:
    assert one_of("schedule", "cosin", ["linear", "cosine"]) == (
        "schedule must be one of linear, cosine. Got 'cosin' instead. Did you mean 'cosine'?"
    )
    assert one_of("schedule", 7, ["linear"]) == "schedule must be one of linear. Got 7 instead."
    assert one_of("schedule", None, ["cone"]) == "schedule must be one of cone. Got None instead."


def test_did_you_mean_offers_one_or_nothing() -> None:
    assert did_you_mean("epoch", ["epochs", "seed"]) == " Did you mean 'epochs'?"
    assert did_you_mean("epoch", iter(["epochs"])) == " Did you mean 'epochs'?"
    assert did_you_mean("xyz", ["epochs", "seed"]) == ""
    assert did_you_mean("", ["epochs"]) == ""
    assert did_you_mean(5, ["epochs"]) == ""
    assert did_you_mean("RELU", ["relu", "elu"]) == " Did you mean 'relu'?"
    assert did_you_mean("l1", ["L1", "L2"]) == " Did you mean 'L1'?"
    assert did_you_mean("epoch", []) == ""


def test_what_is_long_is_cut_and_what_has_no_text_is_named_by_its_type() -> None:
    assert short("a\nb") == "'a\\nb'"
    assert short(np.ones((2, 2), int)) == "array([[1, 1], [1, 1]])"
    assert short("x" * 58) == f"'{'x' * 58}'"
    assert short("x" * 59) == short("x" * 10**6) == f"'{'x' * 56}..."
    assert short(list(range(10**5))).startswith("[0, 1, 2")
    assert len(short(list(range(10**5)))) == 60
    assert short(10**5000) == "a value of type int"
    nested: list[object] = []
    for _ in range(10**5):
        nested = [nested]
    assert short(nested) == "a value of type list"


@given(st.text() | st.binary() | st.lists(st.integers()) | st.floats())
def test_short_is_one_short_line(value: object) -> None:
    assert len(short(value)) <= 60
    assert len(short(value).splitlines()) == 1
    if len(repr(value)) <= 60:
        assert short(value) == repr(value)


@given(st.lists(st.text(max_size=99)))
def test_listed_is_short_and_counts_every_word(words: list[str]) -> None:
    text = listed(words)
    assert len(text) < 200
    if sum(len(word) + 2 for word in words) <= 120 and max(map(len, words), default=0) <= 60:
        assert text == ", ".join(words)


def test_listed_says_how_many_more() -> None:
    text = listed([f"L{number}" for number in range(100_000)])
    assert text.startswith("L0, L1, ")
    shown, more = text.split(" and ")
    assert len(shown.split(", ")) + int(more.removesuffix(" more")) == 100_000
    assert listed([]) == ""
    assert listed(["a" * 99, "b"]) == f"{'a' * 57}..., b"


def test_counted() -> None:
    words = [counted(count, "sample") for count in (0, 1, 2)]
    assert words == ["0 samples", "1 sample", "2 samples"]
