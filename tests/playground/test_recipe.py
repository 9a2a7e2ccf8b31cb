"""A recipe: what a page may ask for, and the words with which the rest is refused."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens.data.shipped import SHIPPED
from classlens.data.toys import TOYS
from classlens.playground.recipe import (
    MOST_CLASSES,
    MOST_EPOCHS,
    MOST_LAYERS,
    MOST_POINTS,
    MOST_UNITS,
    TOY_ARGUMENTS,
    Recipe,
    numbers,
)
from classlens.settings import SETTINGS, Settings

BLOBS = {"source": "blobs"}


def own(X: Any, y: Any, classes: Any = 2) -> dict[str, Any]:
    text = base64.b64encode(np.array(X, "<f4").tobytes()).decode()
    return {"source": "own", "X": text, "y": y, "classes": classes}


def of(data: object = None, **parts: Any) -> Recipe:
    return Recipe.of({"data": BLOBS if data is None else data, **parts})


def test_where_nothing_is_said_the_defaults_hold() -> None:
    recipe = of()
    assert (recipe.source, dict(recipe.arguments), recipe.points) == ("blobs", {}, None)
    assert recipe.inputs.plain
    assert recipe.standardise is False
    assert recipe.settings == Settings()


def test_all_that_may_be_said() -> None:
    recipe = of(
        {"source": "rings", "samples": 30, "classes": 3, "noise": 0, "seed": 5},
        inputs=["x1", "x0*x1"],
        standardise=True,
        settings={"hidden": [3, 4], "activation": ["tanh", "elu"], "seed": -2, "epochs": 7},
    )
    assert recipe.arguments == {"samples": 30, "classes": 3, "noise": 0.0, "seed": 5}
    assert recipe.inputs.names == ("x1", "x0*x1")
    assert recipe.standardise is True
    assert recipe.settings.hidden == (3, 4)
    assert (recipe.settings.seed, recipe.settings.epochs) == (-2, 7)


@pytest.mark.parametrize("source", [*TOYS, *SHIPPED, "given", "file"])
def test_every_source(source: str) -> None:
    assert of({"source": source}).source == source


def test_points_that_came_along() -> None:
    X = [[0.1, -2.0], [3e-5, 4.0], [5.0, 6.0]]
    recipe = of(own(X, [0, 1, 1], 4))
    assert recipe.arguments == {}
    assert recipe.points is not None
    np.testing.assert_array_equal(recipe.points.X, np.float32(X))
    assert recipe.points.y.tolist() == [0, 1, 1]
    # A class may have no points yet.
    assert recipe.points.class_names == ("c0", "c1", "c2", "c3")


def test_points_keep_the_names_that_they_had() -> None:
    data = own([[1, 2], [3, 4]], [0, 1]) | {"names": ["ring", "disc"], "features": ["a", "b"]}
    points = of(data).points
    assert points is not None
    assert points.class_names == ("ring", "disc")
    assert points.feature_names == ("a", "b")


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (None, "recipe must be an object. Got None instead."),
        ([1], "recipe must be an object. Got [1] instead."),
        ({}, "data must be an object. Got None instead."),
        ({"data": "blobs"}, "data must be an object. Got 'blobs' instead."),
        ({"data": BLOBS, "inptus": []}, "recipe has no 'inptus'. Did you mean 'inputs'?"),
        ({"data": BLOBS, "zzz": []}, "recipe has no 'zzz'."),
        ({"data": {}}, "source must be one of blobs, rings,"),
        ({"data": {"source": "ring"}}, "Got 'ring' instead. Did you mean 'rings'?"),
        ({"data": {"source": ["blobs"]}}, "own, file, given. Got ['blobs'] instead."),
        ({"data": {**BLOBS, "smaples": 3}}, "data has no 'smaples'. Did you mean 'samples'?"),
        ({"data": {**BLOBS, "table": 3}}, "data has no 'table'."),
        ({"data": {"source": "iris", "samples": 3}}, "data has no 'samples'."),
        ({"data": {"source": "given", "seed": 3}}, "data has no 'seed'."),
        ({"data": {"source": "file", "tabel": 3}}, "data has no 'tabel'. Did you mean 'table'?"),
        ({"data": {"source": "own", "x": ""}}, "data has no 'x'."),
        ({"data": BLOBS, "inputs": "x0"}, "inputs must be a list. Got 'x0' instead."),
        ({"data": BLOBS, "inputs": []}, "inputs must be names such as x0 and x0**2. Got () inst"),
        ({"data": BLOBS, "inputs": ["x0", "y"]}, "inputs must be one of x0, x1, x0**2"),
        ({"data": BLOBS, "standardise": "no"}, "standardise must be True or False. Got 'no' inst"),
        ({"data": BLOBS, "settings": [2]}, "settings must be an object. Got [2] instead."),
        (
            {"data": BLOBS, "settings": {"epoch": 2}},
            "there is no setting 'epoch'. Did you mean 'epochs'?",
        ),
        ({"data": BLOBS, "settings": {"epochs": 0}}, "epochs must be a whole number from 1 to"),
    ],
)
def test_what_is_no_recipe(given_: object, words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=re.escape(words)):
        Recipe.of(given_)


@pytest.mark.parametrize("source", ["blobs", "rings", "checkerboard"])
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"samples": 1}, "samples must be a whole number from 2 to 5,000. Got 1 instead."),
        ({"samples": 5_001}, "samples must be a whole number from 2 to 5,000. Got 5001 instead."),
        ({"samples": 50.0}, "samples must be a whole number from 2 to 5,000. Got 50.0 instead."),
        ({"classes": 1}, "classes must be a whole number from 2 to 12. Got 1 instead."),
        ({"classes": 13}, "classes must be a whole number from 2 to 12. Got 13 instead."),
        ({"noise": -0.1}, "noise must be a finite number of at least 0 and below 10. Got -0.1"),
        ({"noise": 10}, "noise must be a finite number of at least 0 and below 10. Got 10 inst"),
        ({"noise": float("nan")}, "below 10. Got nan instead."),
        ({"noise": None}, "below 10. Got None instead."),
        ({"seed": -1}, "seed must be a whole number from 0 to 4,294,967,295. Got -1 instead."),
        ({"seed": 2**32}, "4,294,967,295. Got 4294967296 instead."),
        ({"seed": True}, "4,294,967,295. Got True instead."),
    ],
)
def test_a_toy_beyond_its_limits(source: str, arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=re.escape(words)):
        of({"source": source, **arguments})


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (own([], []), "there must be 1 to 5,000 points. Got 0 instead."),
        (own(np.zeros(10_002), [0] * 5_001), "there must be 1 to 5,000 points. Got 5,001 instead."),
        (own([1, 2, 3], [0]), "X must hold two numbers for each of the 1 points. Got 3 instead."),
        (own([[1, 2]], []), "X must hold two numbers for each of the 0 points. Got 2 instead."),
        (own([[1, 2]], "0"), "y must be a list. Got '0' instead."),
        (own([[1, 2]], None), "y must be a list. Got None instead."),
        (own([[1, 2]], [0], 0), "classes must be a whole number from 1 to 12. Got 0 instead."),
        (own([[1, 2]], [0], 13), "classes must be a whole number from 1 to 12. Got 13 instead."),
        (own([[1, 2]], [0], None), "classes must be a whole number from 1 to 12. Got None instea"),
        (
            own([[1, 2]], [0]) | {"names": ["a"]},
            "names must be one for each of the 2 classes. Got 1 instead.",
        ),
        (own([[1, 2]], [0]) | {"names": "ab"}, "names must be a list. Got 'ab' instead."),
        (own([[1, 2]], [0]) | {"names": ["a", "a"]}, "class_names must differ from each other."),
        (own([[1, 2]], [0]) | {"features": ["a"]}, "feature_names must have one name for each of"),
        (own([[1, 2]], [0]) | {"features": 1}, "features must be a list. Got 1 instead."),
        (own([[1, 2]], [2]), "y must be below 2, the number of class names. Got 2 in row 0"),
        (own([[1, 2]], [-1]), "y must hold class indices 0, 1, ... Got -1"),
        (own([[1, 2]], [0.5]), "y must hold class indices 0, 1, ... Got 0.5 in row 0"),
        (own([[1, 2]], ["a"]), "y must hold class indices 0, 1, ... Got words such as 'a'"),
        (own([[1, 2]], [[0, 1]]), "y must have the shape (1,), one class for each row of X."),
        (own([[1, float("nan")]], [0]), "X must be finite in float32. Got nan in row 0, column 1."),
        (own([[float("inf"), 0]], [0]), "X must be finite in float32. Got inf in row 0, column 0."),
    ],
)
def test_points_that_cannot_be_used(data: dict[str, Any], words: str) -> None:
    with pytest.raises((cl.ArgumentError, cl.DataError), match=re.escape(words)):
        of(data)


@pytest.mark.parametrize(
    "text", [None, 5, [1.0, 2.0], "%%%%", "AAAA", "AAAAA", "AACAPwA=", "AACAPw==\n", "é", "\ud800"]
)
def test_what_is_no_base64_of_numbers(text: object) -> None:
    """Among them three and five bytes, and a line's end, which no page sends."""
    words = "X must be numbers of 4 bytes in base64. Got "
    with pytest.raises(cl.ArgumentError, match=f"^{re.escape(words)}.* instead"):
        of({"source": "own", "X": text, "y": [0], "classes": 1})


@given(values=st.lists(st.floats(width=32, allow_nan=False)))
def test_numbers_are_those_that_were_sent(values: list[float]) -> None:
    text = base64.b64encode(np.array(values, "<f4").tobytes()).decode()
    assert numbers(text, "X").tolist() == values


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"hidden": [2] * 9}, "[2, 2, 2, 2, 2, 2, 2, 2, 2]"),
        ({"hidden": [3, 257]}, "[3, 257]"),
        ({"hidden": 257}, "[257]"),
    ],
)
def test_networks_beyond_what_can_be_looked_at(settings: dict[str, Any], words: str) -> None:
    said = f"hidden may have at most 8 layers of at most 256 units here. Got {words} instead."
    with pytest.raises(cl.ArgumentError, match=re.escape(said) + " In Python there is no such lim"):
        of(settings=settings)


def test_other_limits_of_settings() -> None:
    words = r"epochs may be at most 20,000 here\. Got 20,001 instead\. In Python there is no such"
    with pytest.raises(cl.ArgumentError, match=words):
        of(settings={"epochs": 20_001})
    with pytest.raises(cl.ArgumentError, match="seed must be a whole number here, so that the mod"):
        of(settings={"seed": None})


def test_the_limits_themselves_are_allowed() -> None:
    settings = {"hidden": [MOST_UNITS] * MOST_LAYERS, "epochs": MOST_EPOCHS}
    assert of(settings=settings).settings.hidden == (256,) * 8
    assert of(settings={"hidden": []}).settings.hidden == ()
    points = own(np.zeros((MOST_POINTS, 2)), [0] * MOST_POINTS, MOST_CLASSES)
    found = of(points).points
    assert found is not None
    assert len(found) == 5_000
    most = {"samples": MOST_POINTS, "classes": MOST_CLASSES, "noise": 9.99, "seed": 2**32 - 1}
    assert of({**BLOBS, **most}).arguments == most
    assert set(most) == set(TOY_ARGUMENTS)


VARIED = [
    {"data": BLOBS},
    {"data": {"source": "rings"}},
    {"data": {**BLOBS, "noise": 1}},
    {"data": {**BLOBS, "seed": 1}},
    {"data": own([[1, 2]], [0])},
    {"data": own([[1, 3]], [0])},
    {"data": own([[1, 2]], [1])},
    {"data": own([[1, 2]], [0], 3)},
    {"data": own([[1, 2]], [0]) | {"names": ["c0", "b"]}},
    {"data": own([[1, 2]], [0]) | {"features": ["x0", "b"]}},
    {"data": {"source": "file", "table": "a", "target": "b"}},
    {"data": {"source": "file", "table": "b", "target": "a"}},
    {"data": {"source": "file", "table": "a", "target": "b", "missing": "impute"}},
    {"data": BLOBS, "inputs": ["x0"]},
    {"data": BLOBS, "standardise": True},
    *({"data": BLOBS, "settings": {"seed": seed}} for seed in (0, -1)),
    {"data": BLOBS, "settings": {"hidden": [2, 2]}},
    {"data": BLOBS, "settings": {"learning_rate": 1}},
]


def test_other_recipes_have_other_keys() -> None:
    assert len({Recipe.of(each).key for each in VARIED}) == len(VARIED)


@pytest.mark.parametrize("given_", VARIED)
def test_equal_recipes_have_one_key(given_: dict[str, Any]) -> None:
    """In whatever order, and of JSON that has passed through a link."""
    turned = {
        name: dict(reversed(part.items())) if isinstance(part, dict) else part
        for name, part in reversed(json.loads(json.dumps(given_)).items())
    }
    assert Recipe.of(turned).key == Recipe.of(given_).key


def test_a_whole_number_is_the_same_number() -> None:
    whole, real = (
        of({**BLOBS, "noise": one}, settings={"learning_rate": one, "l1": 0 * one})
        for one in (1, 1.0)
    )
    assert whole.key == real.key
    assert of(settings={"activation": "relu"}).key == of(settings={"activation": ["relu"]}).key
    assert of(standardise=1).key == of(standardise=True).key
    assert of(inputs=["x1", "x0"]).key == of().key


def test_another_seed() -> None:
    recipe = of(settings={"shuffle_seed": 3, "epochs": 9}, standardise=True, inputs=["x0"])
    other = recipe.with_seed(7)
    assert (recipe.settings.seed, other.settings.seed) == (SETTINGS["seed"].default, 7)
    assert (
        other.key
        == of(
            settings={"shuffle_seed": 3, "epochs": 9, "seed": 7}, standardise=True, inputs=["x0"]
        ).key
    )
