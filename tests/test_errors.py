"""The exception tree, and the helpers with which messages are made."""

from __future__ import annotations

import pytest

from classlens import errors
from classlens.errors import (
    ArgumentError,
    ClasslensError,
    DivergedError,
    Problems,
    did_you_mean,
    one_of,
)

TREE = {
    "ArgumentError": ValueError,
    "DataError": ValueError,
    "ModelFileError": ValueError,
    "OutputError": OSError,
    "DivergedError": ArithmeticError,
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
    assert did_you_mean("epoch", []) == ""
