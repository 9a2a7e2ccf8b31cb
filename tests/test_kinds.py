"""What the value of a setting may be: every kind's check, its refusals, and what it reads."""

from __future__ import annotations

import itertools
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.activations import ACTIVATIONS, Activation
from classlens.errors import ArgumentError, short
from classlens.kinds import (
    ActivationWords,
    ClassWeights,
    Flag,
    Kind,
    Number,
    Units,
    Whole,
    Word,
)


def refusal(kind: Kind, value: Any, name: str = "it") -> str:
    with pytest.raises(ArgumentError) as caught:
        kind.check(name, value)
    return str(caught.value)


# Whole numbers


@pytest.mark.parametrize("value", [3, np.int8(3), np.uint64(3), np.array(3)])
def test_a_whole_number_becomes_an_int(value: Any) -> None:
    assert Whole(1).check("epochs", value) == 3
    assert type(Whole(1).check("epochs", value)) is int


def test_the_bound_itself_is_allowed() -> None:
    assert Whole(1).check("epochs", 1) == 1
    assert Number(0.0).check("l1", 0) == 0


def test_a_whole_number_may_be_huge_or_negative_where_nothing_bounds_it() -> None:
    assert Whole().check("seed", -(2**70)) == -(2**70)


@pytest.mark.parametrize("value", [0, -1, 2.0, "3", True, None, math.nan, [3], np.bool_(True)])
def test_what_is_no_whole_number(value: Any) -> None:
    assert refusal(Whole(1), value, "epochs") == (
        f"epochs must be a whole number of at least 1. Got {value!r} instead."
    )


def test_an_unbounded_whole_number_says_so() -> None:
    assert refusal(Whole(), 1.5, "seed") == "seed must be a whole number. Got 1.5 instead."


# Numbers


@pytest.mark.parametrize("value", [0.5, np.float32(0.5), np.float64(0.5), Fraction(1, 2)])
def test_a_number_becomes_a_float(value: Any) -> None:
    assert Number(0.0, 1.0).check("momentum", value) == 0.5
    assert type(Number(0.0, 1.0).check("momentum", value)) is float


def test_whole_numbers_are_numbers() -> None:
    checked = Number(0.0).check("l1", np.int32(2))
    assert (checked, type(checked)) == (2.0, float)


@pytest.mark.parametrize(
    "value", [-0.1, 1, math.nan, math.inf, -math.inf, "0.5", True, None, 0.5j, Decimal("0.5"), [0]]
)
def test_what_is_no_number_in_the_range(value: Any) -> None:
    assert refusal(Number(0.0, 1.0), value, "momentum") == (
        f"momentum must be a finite number of at least 0 and below 1. Got {value!r} instead."
    )


def test_a_bound_that_is_not_allowed_itself() -> None:
    kind = Number(0.0, low_allowed=False)
    assert kind.check("learning_rate", 5e-324) == 5e-324
    assert refusal(kind, 0, "learning_rate") == (
        "learning_rate must be a finite number above 0. Got 0 instead."
    )


def test_an_integer_beyond_all_floats_is_refused() -> None:
    assert refusal(Number(0.0), 10**400).startswith("it must be a finite number of at least 0. ")


# Yes and no


@pytest.mark.parametrize("value", [True, 1, 1.0, np.bool_(True), np.True_])
def test_a_flag_becomes_a_bool(value: Any) -> None:
    assert Flag().check("shuffle", value) is True
    assert Flag().check("shuffle", not value) is False


class Missing:
    """Compares as pandas.NA does."""

    def __eq__(self, other: object) -> Any:
        return self

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError("boolean value of NA is ambiguous")


@pytest.mark.parametrize(
    "value", [2, "yes", "True", None, math.nan, [], np.array([1, 0]), Missing()]
)
def test_what_is_no_flag(value: Any) -> None:
    assert refusal(Flag(), value, "shuffle") == (
        f"shuffle must be True or False. Got {value!r} instead."
    )


# Words


def test_a_word_is_one_of_the_choices() -> None:
    kind = Word(("adam", "sgd"))
    assert kind.check("optimizer", "sgd") == "sgd"
    assert refusal(kind, "Adam", "optimizer") == (
        "optimizer must be one of adam, sgd. Got 'Adam' instead. Did you mean 'adam'?"
    )
    assert refusal(kind, ["adam"], "optimizer").startswith("optimizer must be one of adam, sgd. ")
    assert kind.range == "one of adam, sgd"


# Units of the hidden layers


@pytest.mark.parametrize(
    ("value", "units"),
    [
        ((8, 4), (8, 4)),
        ([8], (8,)),
        (8, (8,)),
        (np.int64(8), (8,)),
        (np.array([8, 4]), (8, 4)),
        (range(1, 4), (1, 2, 3)),
        ((), ()),
        ("8,4", (8, 4)),
        ("none", ()),
        ([2] * 64, (2,) * 64),
        ((count for count in (3, 4)), (3, 4)),
    ],
)
def test_units_become_a_tuple_of_ints(value: Any, units: tuple[int, ...]) -> None:
    checked = Units().check("hidden", value)
    assert checked == units
    assert all(type(count) is int for count in checked)


@pytest.mark.parametrize(
    "value",
    [
        *(0, -1, 8.0, True, None, [8, 0], [8, 2.5], [[8]], [True], ["8"], "8,", "eight", ""),
        *({8, 4}, {8: 4}, b"88", np.array(8.0), np.ones((2, 2), int)),
        *([2] * 65, [1_000_001], [10**400], itertools.count(1), [[2], 3], object()),
    ],
)
def test_what_are_no_units(value: Any) -> None:
    assert refusal(Units(), value, "hidden") == (
        "hidden must be whole numbers from 1 to 1,000,000, one for each of at most 64 hidden "
        f"layers, such as 8,8 (or none). Got {short(value)} instead."
    )


# Activations


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("relu", ("relu",)),
        ("relu, tanh", ("relu", "tanh")),
        ("leaky_relu", ("leaky_relu(0.2)",)),
        (["elu(2)", Activation("gelu")], ("elu(2.0)", "gelu")),
        (Activation("leaky_relu", 0.1), ("leaky_relu(0.1)",)),
        ([], ()),
    ],
)
def test_activations_become_full_words(value: Any, words: tuple[str, ...]) -> None:
    assert ActivationWords().check("activation", value) == words


@pytest.mark.parametrize("value", [7, None, {"relu"}, [7], [["relu"]], b"relu", "", ["relu,tanh"]])
def test_what_are_no_activations(value: Any) -> None:
    message = refusal(ActivationWords(), value, "activation")
    assert message.startswith(f"activation must be one of {', '.join(ACTIVATIONS)}. Got ")


def test_an_activation_that_is_nearly_one() -> None:
    message = refusal(ActivationWords(), "relu,tahn", "activation")
    assert message.endswith("Got 'tahn' instead. Did you mean 'tanh'?")


# Class weights


def test_class_weights_become_a_dict_of_words_and_floats() -> None:
    kind = ClassWeights()
    assert kind.check("class_weight", "balanced") == "balanced"
    weights = kind.check("class_weight", {"a": 2, 1: np.float32(0.5), "b": 0})
    assert weights == {"a": 2.0, "1": 0.5, "b": 0.0}
    assert all(type(weight) is float for weight in weights.values())


@pytest.mark.parametrize("value", ["even", {}, None, 2.0, [("a", 1)]])
def test_what_are_no_class_weights(value: Any) -> None:
    assert refusal(ClassWeights(), value, "class_weight") == (
        "class_weight must be 'balanced', or a weight of at least 0 for each class, such as "
        f"c0=2,c1=1. Got {value!r} instead."
    )


@pytest.mark.parametrize(
    "key", [None, 0.5, True, -1, ("a",), 10**10, math.nan], ids=lambda key: type(key).__name__
)
def test_a_class_weight_of_what_is_no_class(key: Any) -> None:
    assert refusal(ClassWeights(), {"a": 1, key: 1}, "class_weight") == (
        "class_weight must name classes, by their names or by their numbers 0, 1, ... "
        f"Got {key!r} instead."
    )


def test_a_class_that_is_weighed_twice() -> None:
    assert refusal(ClassWeights(), {"0": 1, 0: 2}, "class_weight") == (
        "class_weight must name each class once. Got '0' twice, as a number and as text."
    )


def test_a_class_weight_that_is_none_names_its_class() -> None:
    assert refusal(ClassWeights(), {"a": 1, "b": -1}, "class_weight") == (
        "class_weight of class b must be a finite number of at least 0. Got -1 instead."
    )


# The text of a command line


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Whole(), "12", 12),
        (Whole(), "1e3", "1e3"),
        (Whole(), "", ""),
        (Number(0.0), "1e-3", 1e-3),
        (Number(0.0), "a lot", "a lot"),
        (Flag(), " Yes ", True),
        (Flag(), "FALSE", False),
        (Flag(), "0", False),
        (Flag(), "maybe", "maybe"),
        (Word(("adam",)), "sgd", "sgd"),
        (Units(), "8,8", (8, 8)),
        (Units(), " 8 , 4", (8, 4)),
        (Units(), "None", ()),
        (Units(), "8;8", "8;8"),
        (ActivationWords(), "relu, leaky_relu(0.1)", ("relu", "leaky_relu(0.1)")),
        (ClassWeights(), "balanced", "balanced"),
        (ClassWeights(), "c0=2, c1=0.5", {"c0": 2.0, "c1": 0.5}),
        (ClassWeights(), "a=b=2", {"a=b": 2.0}),
        (ClassWeights(), "c0=two", {"c0": "two"}),
        (ClassWeights(), "c0=2,c1", "c0=2,c1"),
    ],
)
def test_what_a_text_stands_for(kind: Kind, text: str, value: object) -> None:
    read = kind.read(text)
    assert read == value
    assert type(read) is type(value)


ANY_TEXT = st.text(max_size=12)
KINDS = [
    Whole(1),
    Number(0.0, 1.0),
    Flag(),
    Word(("adam", "sgd")),
    Units(),
    ActivationWords(),
    ClassWeights(),
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: type(kind).__name__)
@given(text=ANY_TEXT | st.text("0123456789.,=()-e ", max_size=12))
def test_no_text_gives_anything_but_a_value_or_an_argument_error(kind: Kind, text: str) -> None:
    try:
        value = kind.check("it", kind.read(text))
    except ArgumentError:
        return
    assert kind.check("it", value) == value


@given(value=st.integers())
def test_whole_numbers_are_read_as_they_are_written(value: int) -> None:
    assert Whole().read(str(value)) == Whole().check("it", value)


@given(value=st.floats(0, 1, exclude_max=True))
def test_numbers_are_read_as_they_are_written(value: float) -> None:
    assert Number(0.0, 1.0).read(str(value)) == Number(0.0, 1.0).check("it", value)


@given(value=st.booleans())
def test_flags_are_read_as_they_are_written(value: bool) -> None:
    assert Flag().read(str(value)) is Flag().check("it", value)


@given(value=st.lists(st.integers(1, 10**6), min_size=1).map(tuple))
def test_units_are_read_as_they_are_written(value: tuple[int, ...]) -> None:
    assert Units().read(",".join(map(str, value))) == Units().check("it", value)


@given(
    value=st.lists(
        st.builds(Activation, st.sampled_from(["leaky_relu", "elu"]), st.floats(0, 1e30))
        | st.builds(Activation, st.sampled_from(sorted(ACTIVATIONS))),
        min_size=1,
    )
)
def test_activations_are_read_as_they_are_written(value: list[Activation]) -> None:
    kind = ActivationWords()
    assert kind.read(",".join(map(str, value))) == kind.check("it", value)


@given(
    value=st.dictionaries(
        st.text(st.characters(exclude_characters=","), min_size=1).map(str.strip),
        st.floats(0, 1e300),
        min_size=1,
    )
)
def test_class_weights_are_read_as_they_are_written(value: dict[str, float]) -> None:
    text = ",".join(f"{name}={weight}" for name, weight in value.items())
    assert ClassWeights().read(text) == ClassWeights().check("it", value)
