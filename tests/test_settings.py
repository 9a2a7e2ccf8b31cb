"""The table of training options: its rows, the rules across them, and who shows them."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.activations import Activation
from classlens.errors import ArgumentError
from classlens.settings import OPTIMIZERS, SCHEDULES, SETTINGS, Setting, Settings, takes_settings


def refusal(**options: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        Settings.of(options)
    return str(caught.value)


# The table


@pytest.mark.parametrize("row", SETTINGS.values(), ids=lambda row: row.name)
def test_every_row_says_what_it_does_and_allows_its_own_default(row: Setting) -> None:
    assert row.help.endswith(".")
    assert ". " not in row.help
    assert row.help[0].isupper()
    assert not row.range.endswith(".")
    assert row.check(row.default) == row.default
    assert getattr(Settings(), row.name) == row.default


@pytest.mark.parametrize("row", SETTINGS.values(), ids=lambda row: row.name)
def test_every_default_can_be_written_on_a_command_line(row: Setting) -> None:
    default = row.default
    text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    assert row.read(text) == default
    assert type(row.read(text)) is type(default)


@pytest.mark.parametrize("row", SETTINGS.values(), ids=lambda row: row.name)
def test_none_is_allowed_where_the_row_says_what_it_means(row: Setting) -> None:
    if row.optional:
        assert row.check(None) is None
        assert row.read(" None ") is None
        assert row.range == f"{row.kind.range}, or None: {row.optional}"
    else:
        assert row.range == row.kind.range
        with pytest.raises(ArgumentError, match=r"Got None instead\.$"):
            row.check(None)


def test_the_defaults_are_the_labs() -> None:
    lab = Settings()
    assert (lab.hidden, lab.activation, lab.optimizer) == ((2,), ("relu",), "adam")
    assert (lab.learning_rate, lab.epochs, lab.batch_size) == (0.01, 200, 32)
    assert (lab.schedule, lab.shuffle, lab.seed) == ("constant", True, 1234)


def test_values_come_in_one_form() -> None:
    settings = Settings(
        hidden=np.array([8, 4]),  # type: ignore[arg-type]
        activation="elu",  # type: ignore[arg-type]
        epochs=np.int64(3),  # type: ignore[arg-type]
        learning_rate=np.float32(0.5),  # type: ignore[arg-type]
        shuffle=0,  # type: ignore[arg-type]
        seed=None,
    )
    assert (settings.hidden, settings.activation) == ((8, 4), ("elu(1.0)",))
    assert (settings.epochs, settings.learning_rate) == (3, 0.5)
    assert (settings.shuffle, settings.seed) == (False, None)
    assert [type(settings.epochs), type(settings.learning_rate)] == [int, float]


SEEDS = st.integers(-(2**63), 2**63 - 1)


@given(
    options=st.fixed_dictionaries(
        {},
        optional={
            "hidden": st.lists(st.integers(1, 99), max_size=3).map(tuple),
            "optimizer": st.sampled_from(OPTIMIZERS),
            "schedule": st.sampled_from(SCHEDULES),
            "learning_rate": st.floats(1e-9, 1e9),
            "epochs": st.integers(1, 10**9),
            "batch_size": st.integers(1, 10**9),
            "shuffle": st.booleans(),
            "seed": st.none() | SEEDS,
            "shuffle_seed": st.none() | SEEDS,
            "weight_decay": st.floats(0, 1e9),
            "l1": st.floats(0, 1e9),
            "validation_fraction": st.floats(0, 0.49),
            "test_fraction": st.floats(0, 0.49),
            "patience": st.none() | st.integers(1, 99),
        },
    )
)
def test_what_is_read_from_text_is_what_was_set(options: dict[str, Any]) -> None:
    settings = Settings.of(options)
    text = {
        name: ",".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
        for name, value in vars(settings).items()
    }
    assert Settings.of({name: SETTINGS[name].read(each) for name, each in text.items()}) == settings


# What is refused


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert refusal(epochs=0, schedule="step", learning_rate=-1).splitlines() == [
        "learning_rate must be a finite number of at least 1e-30 and below 1e+30. Got -1 instead.",
        f"schedule must be one of {', '.join(SCHEDULES)}. Got 'step' instead.",
        "epochs must be a whole number from 1 to 1,000,000,000. Got 0 instead.",
    ]


def test_unknown_names_are_answered_with_the_nearest() -> None:
    assert refusal(epoch=3, lr=0.1, epochs=0).splitlines() == [
        "there is no setting 'epoch'. Did you mean 'epochs'?",
        "there is no setting 'lr'.",
    ]


def test_names_of_settings_that_are_none() -> None:
    assert refusal(Epochs=3) == "there is no setting 'Epochs'. Did you mean 'epochs'?"
    assert refusal(**{"x" * 99: 3}) == f"there is no setting '{'x' * 56}...."
    for options in ({3: 4}, {None: 1}):
        with pytest.raises(ArgumentError, match=r"^there is no setting (3|None)\.$"):
            Settings.of(options)  # type: ignore[arg-type]
    with pytest.raises(ArgumentError, match=r"^settings must be a mapping\. Got 5 instead\.$"):
        Settings.of(5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "value", "range_"),
    [
        ("learning_rate", 1e-300, "a finite number of at least 1e-30 and below 1e+30"),
        ("epochs", 10**10, "a whole number from 1 to 1,000,000,000"),
        ("batch_size", 10**10, "a whole number from 1 to 1,000,000,000"),
        ("patience", 10**10, "a whole number from 1 to 1,000,000,000, or None: train for all"),
        ("seed", 2**63, f"a whole number from {-(2**63):,} to {2**63 - 1:,}"),
        ("shuffle_seed", -(2**63) - 1, f"a whole number from {-(2**63):,} to {2**63 - 1:,}"),
    ],
)
def test_what_the_arithmetic_cannot_hold(name: str, value: Any, range_: str) -> None:
    row = SETTINGS[name]
    assert row.range.startswith(range_)
    assert refusal(**{name: value}) == f"{name} must be {row.kind.range}. Got {value} instead."
    smallest = np.float32(SETTINGS["learning_rate"].check(1e-30))
    assert smallest > np.finfo(np.float32).tiny


def test_a_number_of_5000_digits() -> None:
    for name in SETTINGS:
        assert refusal(**{name: 10**5000}).endswith(" instead.")


@pytest.mark.parametrize("count", [2, 3, 0])
def test_one_activation_for_all_layers_or_one_for_each(count: int) -> None:
    assert refusal(hidden=[4, 4, 4, 4], activation=["relu"] * count) == (
        f"activation must be one word, or one for each of the 4 hidden layers. Got {count} instead."
    )


def test_the_held_out_parts_leave_something() -> None:
    assert refusal(validation_fraction=0.5, test_fraction=0.5) == (
        "validation_fraction and test_fraction together must leave something to train on. "
        "Got 0.5 and 0.5 instead."
    )
    Settings(validation_fraction=0.5, test_fraction=0.49)


@pytest.mark.parametrize("optimizer", ["adam", "adamw"])
def test_momentum_belongs_to_sgd_and_rmsprop(optimizer: str) -> None:
    assert refusal(momentum=0.9, optimizer=optimizer) == (
        f"momentum is used by sgd and rmsprop only. Got 0.9 with optimizer {optimizer!r} instead."
    )
    Settings(momentum=0.9, optimizer="sgd")
    Settings(momentum=0.9, optimizer="rmsprop")


def test_the_rules_across_rows_are_said_at_once_too() -> None:
    message = refusal(
        hidden=[2, 2],
        activation="relu,relu,relu",
        validation_fraction=0.9,
        test_fraction=0.9,
        momentum=0.5,
    )
    assert [line.split()[0] for line in message.splitlines()] == [
        "activation",
        "validation_fraction",
        "momentum",
    ]


# What follows from them


def test_hidden_activations() -> None:
    assert Settings(hidden=(3, 3), activation=("tanh",)).hidden_activations == (
        Activation("tanh"),
        Activation("tanh"),
    )
    assert Settings(hidden=(3, 3), activation=("relu", "elu(0.5)")).hidden_activations == (
        Activation("relu"),
        Activation("elu", 0.5),
    )
    assert Settings(hidden=()).hidden_activations == ()
    assert Settings(hidden=(), activation=("relu", "elu")).hidden_activations == ()


def test_the_order_seed_is_the_seed_unless_given() -> None:
    assert Settings(seed=7).order_seed == 7
    assert Settings(seed=7, shuffle_seed=0).order_seed == 0
    assert Settings(seed=None).order_seed is None


def test_a_function_shows_the_tables_rows() -> None:
    @takes_settings
    def train(data: int, *, progress: bool = False, **options: Any) -> Settings:
        return Settings.of(options)

    parameters = inspect.signature(train).parameters
    assert list(parameters) == ["data", "progress", *SETTINGS]
    for row in SETTINGS.values():
        assert parameters[row.name].default == row.default
        assert parameters[row.name].kind is inspect.Parameter.KEYWORD_ONLY
    assert train(1, epochs=3) == Settings(epochs=3)
    with pytest.raises(ArgumentError, match="there is no setting 'epoch'"):
        train(1, epoch=3)
