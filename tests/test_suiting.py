"""What is chosen for a table, and that nothing said is overruled."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens.suiting import suited


@given(st.integers(1, 10**6), st.integers(1, 512))
def test_a_table_has_100_epochs_and_500_updates(samples: int, batch_size: int) -> None:
    options = {"epochs": None, "weight_decay": None, "batch_size": batch_size}
    epochs = suited(options, samples=samples, copies=samples).epochs
    updates = math.ceil(samples / batch_size)
    assert epochs >= 100
    assert epochs * updates >= 500
    assert epochs == 100 or (epochs - 1) * updates < 500


@pytest.mark.parametrize(
    ("samples", "copies", "decay"), [(100, 100, 5), (4, 400, 2.5), (25, 1, 10)]
)
def test_the_decay_falls_with_the_root_of_the_samples(
    samples: int, copies: float, decay: float
) -> None:
    options = {"epochs": 7, "weight_decay": None, "optimizer": "adamw"}
    settings = suited(options, samples=samples, copies=copies)
    assert (settings.epochs, settings.weight_decay) == (7, decay)


def test_other_optimizers_have_none() -> None:
    options = {"epochs": 7, "weight_decay": None, "optimizer": "sgd"}
    assert suited(options, samples=9, copies=9).weight_decay == 0


def test_what_is_said_stays() -> None:
    options = {"epochs": 3, "weight_decay": 0.5, "optimizer": "adamw", "hidden": (4,)}
    assert suited(options, samples=9, copies=9) == cl.Settings(**options)


def test_what_is_not_allowed() -> None:
    with pytest.raises(cl.ArgumentError, match=r"batch_size must be .* Got 0 instead"):
        suited({"epochs": None, "weight_decay": None, "batch_size": 0}, samples=9, copies=9)
