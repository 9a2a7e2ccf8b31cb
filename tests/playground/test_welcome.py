"""What a live page begins with: choices that its requests may make, and a recipe that can be."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens.activations import ACTIVATIONS
from classlens.data.inputs import INPUTS
from classlens.data.shipped import SHIPPED
from classlens.data.toys import TOYS, toy
from classlens.playground.recipe import Recipe
from classlens.playground.trial import carried_out
from classlens.playground.welcome import welcome
from classlens.settings import SETTINGS, Settings
from classlens.suiting import SUITING_TABLES, suited
from classlens.tabular.preparing import Prepared, prepare
from classlens.view import palette

FRAME = {
    "a": np.random.default_rng(0).normal(size=60),
    "b": np.random.default_rng(1).normal(size=60),
    "kind": ["u", "v", "w"] * 20,
}


@pytest.fixture(scope="module")
def table() -> Prepared:
    import pandas as pd

    return prepare(pd.DataFrame(FRAME), "kind")


def as_json(given: Any) -> Any:
    return json.loads(json.dumps(given, allow_nan=False))


def test_it_is_plain_values(table: Prepared) -> None:
    for made in (
        welcome(),
        welcome(cl.rings(), "r"),
        welcome(table, "t.csv"),
        welcome(name="iris"),
    ):
        assert as_json(made) == made


def test_every_data_set_is_offered_and_can_be_trained() -> None:
    made = welcome()
    assert [each["source"] for each in made["datasets"]] == [*TOYS, *SHIPPED]
    for each in made["datasets"]:
        assert each["help"] == {**TOYS, **SHIPPED}[each["source"]].help
        given = {"source": each["source"], **each.get("defaults", {})}
        recipe = Recipe.of({"data": given, "settings": {"epochs": 1}})
        if each["kind"] == "toy":
            # What the page says first is the toy as it is.
            np.testing.assert_array_equal(
                carried_out(recipe, None, lambda *_: None).data.X, toy(each["source"]).X
            )
    scaled = {each["source"]: each.get("standardise") for each in made["datasets"]}
    assert [name for name, said in scaled.items() if said] == ["iris", "wine", "breast_cancer"]
    assert scaled["digits"] is False


def test_without_scikit_learn_its_tables_are_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "sklearn" else find(name)
    )
    assert [each["source"] for each in welcome()["datasets"]] == [*TOYS]


def test_settings_are_the_table_s() -> None:
    for name, each in welcome()["settings"].items():
        row = SETTINGS[name]
        assert (each["default"], each["help"], each["range"]) == (row.default, row.help, row.range)
        assert each["optional"] is bool(row.optional)
        assert row.check(each["default"]) == each["default"]


def edges() -> list[tuple[str, Any, bool]]:
    """Values at and beyond the ends of each control, and whether they are allowed."""
    found: list[tuple[str, Any, bool]] = []
    for name, each in welcome()["settings"].items():
        if each["control"] == "choice":
            found += [(name, value, True) for value in each["choices"]] + [(name, "x", False)]
            continue
        assert each["control"] in ("whole", "number")
        found += [(name, each["low"], True), (name, each["low"] - 1, False)]
        if each["control"] == "whole":
            found += [(name, each["high"], True), (name, each["high"] + 1, False)]
        elif each["high"] is not None:
            found += [(name, each["high"], False), (name, np.nextafter(each["high"], 0), True)]
        found += [(name, None, each["optional"])]
    return found


@pytest.mark.parametrize(("name", "value", "allowed"), edges())
def test_a_control_s_ends_are_the_setting_s(name: str, value: Any, allowed: bool) -> None:
    if allowed:
        SETTINGS[name].check(value)
        return
    with pytest.raises(cl.ArgumentError):
        SETTINGS[name].check(value)


def test_the_choices_are_the_package_s() -> None:
    made = welcome()
    assert made["activations"] == [*ACTIVATIONS]
    assert made["inputs"] == [*INPUTS]
    for number, each in enumerate(made["looks"]):
        look = palette.look(number)
        assert each == {"colour": look.colour, "marker": look.marker}
    for name in made["activations"]:
        Recipe.of({"data": {"source": "blobs"}, "settings": {"activation": name}})


def test_the_limits_are_those_of_recipes() -> None:
    limits = welcome()["limits"]
    assert len(welcome()["looks"]) == limits["classes"]
    for settings in (
        {"hidden": [limits["units"]] * limits["layers"]},
        {"epochs": limits["epochs"]},
    ):
        Recipe.of({"data": {"source": "blobs"}, "settings": settings})
    for settings in (
        {"hidden": [limits["units"] + 1]},
        {"hidden": [1] * (limits["layers"] + 1)},
        {"epochs": limits["epochs"] + 1},
    ):
        with pytest.raises(cl.ArgumentError, match="may "):
            Recipe.of({"data": {"source": "blobs"}, "settings": settings})
    for name, key in (("samples", "points"), ("classes", "classes")):
        Recipe.of({"data": {"source": "blobs", name: limits[key]}})
        with pytest.raises(cl.ArgumentError, match=name):
            Recipe.of({"data": {"source": "blobs", name: limits[key] + 1}})


def test_the_first_recipe_is_the_lab() -> None:
    recipe = Recipe.of(as_json(welcome())["recipe"])
    assert recipe.settings == Settings()
    trial = carried_out(recipe, None, lambda *_: None)
    np.testing.assert_array_equal(trial.run.history.loss, cl.fit(cl.blobs()).history.loss)


@pytest.mark.parametrize("name", [*TOYS, *SHIPPED])
def test_a_page_that_is_opened_with_a_data_set(name: str) -> None:
    first = welcome(name=name)["recipe"]
    recipe = Recipe.of(first)
    assert recipe.source == name
    assert recipe.standardise is (name in ("iris", "wine", "breast_cancer"))
    assert recipe.settings == Settings()


def test_a_page_that_is_opened_with_samples() -> None:
    made = welcome(cl.rings(), "mine")
    first = {"source": "given", "label": "mine", "help": "", "kind": "plane", "standardise": True}
    assert made["datasets"][0] == first
    assert [each["source"] for each in made["datasets"][1:]] == [*TOYS, *SHIPPED]
    assert Recipe.of(made["recipe"]).source == "given"
    assert made["recipe"]["standardise"] is True
    assert welcome(cl.load("digits"), "d")["recipe"]["standardise"] is False  # pixels


@pytest.mark.parametrize(
    ("X", "kind"),
    [
        (np.zeros((5_000, 2)), "plane"),
        (np.zeros((5_001, 2)), "samples"),
        (np.zeros((30, 3)), "samples"),
        (np.zeros((30, 1)), "samples"),
    ],
)
def test_samples_of_a_plane_can_be_played_with(X: Any, kind: str) -> None:
    (first, *_) = welcome(cl.Dataset(X, np.arange(len(X)) % 12), "mine")["datasets"]
    assert first["kind"] == kind
    assert "features" not in first


def test_a_plane_of_many_classes_or_of_pixels_is_looked_at_only() -> None:
    many = cl.Dataset(np.zeros((26, 2)), np.arange(26) % 13)
    pixels = cl.Dataset(np.zeros((26, 2)), np.arange(26) % 2, image_shape=(1, 2))
    for data in (many, pixels):
        assert welcome(data, "mine")["datasets"][0]["kind"] == "samples"


def test_a_plane_s_features_keep_their_names() -> None:
    data = cl.Dataset(np.zeros((6, 2)), [0, 1] * 3, ("u", "v"), ("height", "weight"))
    assert welcome(data, "mine")["datasets"][0]["features"] == ["height", "weight"]


def test_a_page_that_is_opened_with_a_table(table: Prepared) -> None:
    made = welcome(table, "t.csv")
    first = {"source": "given", "label": "t.csv", "help": "", "kind": "table", "standardise": False}
    assert made["datasets"][0] == first
    recipe = Recipe.of(as_json(made)["recipe"])
    assert not recipe.standardise  # a table's features are by themselves
    usual = {**vars(Settings()), **SUITING_TABLES}
    assert recipe.settings == suited(usual, samples=60, copies=60)
    assert carried_out(recipe, table, lambda *_: None).run.model.encoding is not None


def test_a_page_that_continues_what_was_trained() -> None:
    """Every setting comes again, those without a control among them."""
    settings = Settings(
        hidden=(3, 2),
        activation=("tanh", "elu(0.5)"),
        seed=-5,
        shuffle_seed=7,
        shuffle=False,
        class_weight={"c0": 2.0},
        test_fraction=0.1,
        min_delta=0.25,
        validation_fraction=0.2,
        patience=4,
        history_megabytes=1.0,
        optimizer="sgd",
        momentum=0.5,
    )
    made = welcome(cl.rings(), "mine", settings)
    assert Recipe.of(as_json(made)["recipe"]).settings == settings
    assert made["recipe"]["standardise"] is False  # they were learned from as they are
