"""Model: a network with its names and settings."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classlens.errors import ArgumentError, ModelFileError, OutputError
from classlens.model import Model
from classlens.network import Network
from classlens.settings import Settings

NETWORK = Network.from_arrays(
    [[[1.0, -1.0], [0.5, 2.0]], [[1.0, 0.0, -1.0], [0.0, 1.0, 0.5]]],
    [[0.0, 0.25], [0.0, 0.0, 1.0]],
    classes=["red", "green", "blue"],
)
X = np.random.default_rng(0).normal(size=(4, 2))


def test_it_answers_as_its_network() -> None:
    model = Model(NETWORK, ("width", "height"))
    assert model.settings is None
    assert model.class_names == ("red", "green", "blue")
    assert model.get_layer("L1") is NETWORK.layers[0]
    np.testing.assert_array_equal(model.logits(X), NETWORK.logits(X))
    np.testing.assert_array_equal(model.predict_proba(X), NETWORK.predict_proba(X))
    np.testing.assert_array_equal(model.predict(X), NETWORK.predict(X))


def test_feature_names_are_kept_as_text() -> None:
    assert Model(NETWORK, [1, "b"]).feature_names == ("1", "b")  # type: ignore[arg-type]


def test_there_is_a_feature_name_for_each_input() -> None:
    with pytest.raises(ArgumentError) as caught:
        Model(NETWORK, ("width",))
    assert str(caught.value) == (
        "feature_names must have one name for each of the network's 2 inputs. Got 1 instead."
    )


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"network": 5}, "network must be a Network. Got 5 instead."),
        ({"network": None}, "network must be a Network. Got None instead."),
        ({"settings": 5}, "settings must be Settings, or None. Got 5 instead."),
        ({"settings": {}}, "settings must be Settings, or None. Got {} instead."),
        ({"feature_names": 5}, "feature_names must be a list of names. Got 5 instead."),
        ({"feature_names": "ab"}, "feature_names must be a list of names. Got 'ab' instead."),
        ({"feature_names": ["a", "a"]}, "feature_names must differ from each other. Got 'a' twice"),
    ],
)
def test_parts_of_another_type(parts: dict[str, Any], words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Model(**{"network": NETWORK, "feature_names": ("a", "b")} | parts)
    assert words in str(caught.value)


@pytest.mark.parametrize("path", [None, 5, "", "a\0b", b"x", "\ud800"], ids=repr)
def test_what_is_no_path(path: Any) -> None:
    model = Model(NETWORK, ("a", "b"))
    for use in (model.save, Model.load):
        with pytest.raises(ArgumentError, match=r"^path must .* instead\.$"):
            use(path)


def test_it_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Model(NETWORK, ("a", "b")).settings = Settings()  # type: ignore[misc]


def test_save_and_load(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    model = Model(NETWORK, ("width", "height"), Settings(epochs=7))
    model.save(path)
    loaded = Model.load(str(path))
    np.testing.assert_array_equal(loaded.logits(X), model.logits(X))
    assert loaded.class_names == model.class_names
    assert loaded.feature_names == model.feature_names
    assert loaded.settings == model.settings


def test_where_it_cannot_be_saved_or_loaded(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"^cannot write .*none.x: there is no folder .*none\. "):
        Model(NETWORK, ("a", "b")).save(tmp_path / "none" / "x")
    with pytest.raises(ModelFileError, match=r"^cannot read .*x: No such file or directory\.$"):
        Model.load(tmp_path / "x")
