"""What the toys refuse, word by word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from classlens.data.toy_arguments import ARGUMENTS
from classlens.data.toys import TOYS, blobs, checkerboard, pinwheel, rings, spirals, toy
from classlens.errors import ArgumentError

SAMPLES = "samples must be a whole number from 1 to 10,000,000."
CLASSES = "classes must be a whole number from 2 to 100,000."
NOISE = "noise must be a finite number of at least 0 and below 1e+06."
SEED = "seed must be a whole number from 0 to 4,294,967,295."
CENTERS = (
    "centers must be a whole number from 2 to 100,000, or coordinates, finite in float32, of the "
    "shape (classes, features) for at least 2 classes."
)
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"samples": 0}, f"{SAMPLES} Got 0 instead."),
    ({"samples": 2.5}, f"{SAMPLES} Got 2.5 instead."),
    ({"samples": True}, f"{SAMPLES} Got True instead."),
    ({"samples": 10**30}, f"{SAMPLES} Got {10**30} instead."),
    (
        {"samples": 6, "classes": 7},
        "samples must be at least 7, one for each class. Got 6 instead.",
    ),
    ({"classes": 1}, f"{CLASSES} Got 1 instead."),
    ({"classes": "two"}, f"{CLASSES} Got 'two' instead."),
    ({"noise": -0.1}, f"{NOISE} Got -0.1 instead."),
    ({"noise": float("nan")}, f"{NOISE} Got nan instead."),
    ({"noise": float("inf")}, f"{NOISE} Got inf instead."),
    ({"noise": "0.1"}, f"{NOISE} Got '0.1' instead."),
    ({"seed": -1}, f"{SEED} Got -1 instead."),
    ({"seed": 2**32}, f"{SEED} Got 4294967296 instead."),
    ({"seed": None}, f"{SEED} Got None instead."),
    (
        {"samples": -1, "classes": 0, "noise": -2, "seed": 0.5},
        "\n".join(
            [
                f"{SAMPLES} Got -1 instead.",
                f"{CLASSES} Got 0 instead.",
                f"{NOISE} Got -2 instead.",
                f"{SEED} Got 0.5 instead.",
            ]
        ),
    ),
]


def message(function: Callable[..., Any], *args: Any, **options: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        function(*args, **options)
    return str(caught.value)


@pytest.mark.parametrize(("options", "words"), WRONG)
def test_what_every_toy_refuses(options: dict[str, Any], words: str) -> None:
    for draw in (rings, spirals, pinwheel, checkerboard):
        assert message(draw, **options) == words
    for name in TOYS:
        assert message(toy, name, **options) == words


def test_too_few_samples_for_the_default_classes() -> None:
    words = "samples must be at least 4, one for each class. Got 3 instead."
    assert message(toy, "blobs", samples=3) == words
    assert message(blobs, 3) == words


def test_an_unknown_toy_is_answered_with_the_nearest() -> None:
    assert message(toy, "ring") == (
        "name must be one of blobs, rings, spirals, pinwheel, checkerboard. Got 'ring' instead. "
        "Did you mean 'rings'?"
    )
    assert message(toy, ["rings"]).startswith("name must be one of blobs,")


def test_an_unknown_toy_does_not_hide_the_other_problems() -> None:
    assert message(toy, "discs", samples=1, noise=-1).splitlines() == [
        "name must be one of blobs, rings, spirals, pinwheel, checkerboard. Got 'discs' instead.",
        f"{NOISE} Got -1 instead.",
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"centers": 1}, f"{CENTERS} Got 1 instead."),
        ({"centers": None}, f"{CENTERS} Got None instead."),
        ({"centers": True}, f"{CENTERS} Got True instead."),
        ({"centers": [[1, 2], [3]]}, "centers must have rows of one length. Got 2 in row 0 and 1"),
        ({"centers": [["1"], ["2"]]}, "centers must hold real numbers. Got dtype <U1 instead."),
        ({"centers": [[1], [None]]}, "centers must hold real numbers. Got None in row 1, column 0"),
        ({"centers": {1, 2}}, f"{CENTERS} Got {{1, 2}} instead."),
        (
            {"samples": 10**7, "centers": np.zeros((2, 11))},
            "samples and features must make at most 100,000,000 numbers. Got 10000000 samples",
        ),
        ({"centers": [1.0, 2.0]}, f"{CENTERS} Got the shape (2,) instead."),
        ({"centers": [[1.0, 2.0]]}, f"{CENTERS} Got the shape (1, 2) instead."),
        ({"centers": [[], []]}, f"{CENTERS} Got the shape (2, 0) instead."),
        ({"centers": [[1.0], [np.nan]]}, f"{CENTERS} Got nan among them instead."),
        ({"centers": [[1.0], [1e39]]}, f"{CENTERS} Got 1e+39 among them instead."),
        ({"samples": 4, "centers": 5}, "samples must be at least 5, one for each class. Got 4"),
        ({"spread": -1}, "spread must be a finite number of at least 0 and below 1e+06. Got -1"),
        ({"spread": "1"}, "spread must be a finite number of at least 0 and below 1e+06. Got '1'"),
        (
            {"spread": [1, 1, np.nan, 1]},
            "spread of class 2 must be a finite number of at least 0 and below 1e+06. Got nan",
        ),
        (
            {"spread": (1, 2)},
            "spread must be one number, or one for each of the 4 classes. Got 2 numbers instead.",
        ),
        ({"spread": [1], "centers": 2}, "or one for each of the 2 classes. Got 1 number instead."),
    ],
)
def test_what_blobs_refuse(options: dict[str, Any], words: str) -> None:
    assert words in message(blobs, **options)


def test_blobs_tell_all_problems_at_once() -> None:
    lines = message(blobs, 0, centers=1, spread=-1, seed=-1).splitlines()
    assert [line.split()[0] for line in lines] == ["samples", "seed", "centers", "spread"]


def test_text_of_a_command_line_is_read() -> None:
    assert {name: kind.read("3") for name, kind in ARGUMENTS.items()} == {
        "samples": 3,
        "classes": 3,
        "noise": 3.0,
        "seed": 3,
    }
    assert ARGUMENTS["classes"].read("many") == "many"  # which check then refuses
