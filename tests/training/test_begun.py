"""A checkpoint against the memory and the settings that are given: what is refused, in words."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import classlens as cl
from classlens import tensors
from classlens.kinds import Size
from classlens.reader import Reader
from classlens.training.begun import amount, check_begun, check_same
from classlens.training.checkpoint import Opened

LATER = "; or delete the file, and the training begins from the start."


def of(**run: Any) -> Opened:
    return Opened(Reader(Path("m.checkpoint"), "checkpoint", ""), tensors.Head({}, {}, 0), run)


@pytest.mark.parametrize(
    ("there", "now", "words"),
    [
        (7e8, None, "begun with --memory 700MB. Got none instead: give the same"),
        (7e8, 1e9, "begun with --memory 700MB. Got 1GB instead: give the same"),
        (None, 1e9, "begun without --memory. Got --memory 1GB instead: leave it out"),
        ("junk", 1e9, "begun with --memory 'junk'. Got 1GB instead: give the same"),
    ],
)
def test_another_memory_is_named_alone(there: Any, now: float | None, words: str) -> None:
    found = of(epochs=5) if there is None else of(epochs=5, memory=there)
    run = {"epochs": 7} if now is None else {"epochs": 7, "memory": now}
    whole = f"^m.checkpoint is a checkpoint of a training that was {words}{LATER}$"
    with pytest.raises(cl.ArgumentError, match=whole):
        check_begun(found, {"epochs": 7}, now)
    with pytest.raises(cl.ArgumentError, match=whole):
        check_same(found, run)


def test_settings_that_are_given_are_compared() -> None:
    found = of(hidden=[4, 4], epochs=5, patience=None, validation_fraction=0.0, memory=1e9)
    check_begun(found, {"hidden": (4, 4), "validation_fraction": 0.2, "patience": None}, 1e9)
    words = "m.checkpoint is a checkpoint of another training: epochs: 5 there, 6 now. Give what"
    with pytest.raises(cl.ArgumentError, match=re.escape(words)):
        check_begun(found, {"epochs": 6, "hidden": (4, 4)}, 1e9)
    with pytest.raises(cl.ArgumentError, match=re.escape(words)):
        check_same(found, {**found.run, "epochs": 6})


def test_amounts_are_read_again() -> None:
    for bytes_ in (6e8, 7e8, 1e9, 1.5e9, 2**30, 64e9):
        assert Size(1.0).read(amount(bytes_)) == bytes_


def test_a_checkpoint_of_the_first_epoch() -> None:
    found = of()._replace(head=tensors.Head({"epochs": 0}, {}, 0))
    assert found.epoch == 0
