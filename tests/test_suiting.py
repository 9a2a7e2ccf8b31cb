"""What is chosen for a table, and that nothing said is overruled."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens.suiting import suited


@given(st.integers(1, 10**7), st.one_of(st.none(), st.integers(1, 512)))
def test_epochs_make_500_updates_and_end_in_time(samples: int, batch_size: int | None) -> None:
    options = {"epochs": None, "weight_decay": None, "batch_size": batch_size}
    settings = suited(options, samples=samples, copies=samples)
    updates = math.ceil(samples / settings.batch_size)
    assert settings.epochs >= 10
    assert settings.epochs * updates >= 500
    assert settings.epochs <= 100 or (settings.epochs - 1) * updates < 500
    assert settings.epochs <= 10 or updates < 500 or (settings.epochs - 1) * samples < 4_000_000


@given(st.integers(1, 10**7), st.integers(0, 10**6))
def test_width_and_batches_grow_with_the_samples(samples: int, more: int) -> None:
    options = {"hidden": None, "batch_size": None}
    few, many = (suited(options, samples=n, copies=n) for n in (samples, samples + more))
    for each in (few, many):
        assert each.hidden[1] == each.hidden[0] // 2
        assert 100 <= each.hidden[0] <= 256
        assert each.batch_size in (32, 128)
    assert few.hidden <= many.hidden
    assert few.batch_size <= many.batch_size


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
    options = {
        "epochs": 3,
        "weight_decay": 0.5,
        "optimizer": "adamw",
        "hidden": (),
        "batch_size": 9,
    }
    assert suited(options, samples=9, copies=9) == cl.Settings(**options)


def test_what_is_not_allowed() -> None:
    with pytest.raises(cl.ArgumentError, match=r"batch_size must be .* Got 0 instead"):
        suited({"epochs": None, "weight_decay": None, "batch_size": 0}, samples=9, copies=9)


@pytest.mark.parametrize(
    ("samples", "smallest", "patience", "watched"),
    [
        (1_999, 500, None, (0.0, None)),
        (2_000, 500, None, (0.1, 10)),
        (2_000, 9, None, (0.0, None)),
        (50, 20, 4, (0.1, 4)),
    ],
)
def test_a_part_is_watched_where_it_pays(
    samples: int, smallest: int, patience: int | None, watched: tuple[float, int | None]
) -> None:
    options = {"validation_fraction": None, "patience": patience}
    settings = suited(options, samples=samples, copies=samples, smallest=smallest)
    assert (settings.validation_fraction, settings.patience) == watched
