"""Answers kept in a model file: they catch changed weights, and never are samples."""

import json
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from classlens.data.encode import Encoding, Feature
from classlens.errors import ModelFileError
from classlens.io import native, probes
from classlens.model import Model
from classlens.network import Network

ENCODING = Encoding(
    (
        Feature("len", "number", low=1.0, high=7.5, fill=3.0, missing=True),
        Feature("ok", "boolean", ("no", "yes")),
        Feature("colour", "category", ("blue", "red"), missing=True),
    ),
    "kind",
    ("NA",),
    ",",
)


def model(encoding: Encoding | None = ENCODING) -> Model:
    random = np.random.default_rng(0)
    features = 6 if encoding is None else len(encoding.names)
    network = Network.from_arrays(
        [random.normal(size=(features, 5)), random.normal(size=(5, 3))],
        [random.normal(size=5), random.normal(size=3)],
    )
    names = tuple(f"x{i}" for i in range(features)) if encoding is None else encoding.names
    return Model(network, names, encoding=encoding)


def rewritten(path: Path, **changes: np.ndarray) -> None:
    """The same file with other numbers in it, as another program might write it."""
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    metadata = json.loads(content[8 : 8 + size])["__metadata__"]
    tensors = {**load_tensors(content), **changes}
    path.write_bytes(save_tensors(tensors, metadata=metadata))


def test_an_encoding_comes_back(tmp_path: Path) -> None:
    native.save(model(), tmp_path / "m")
    assert native.load(tmp_path / "m").encoding == ENCODING


@pytest.mark.parametrize("encoding", [None, ENCODING])
def test_changed_weights_are_caught(tmp_path: Path, encoding: Encoding | None) -> None:
    given, path = model(encoding), tmp_path / "m"
    native.save(given, path)
    kernel = given.network.layers[1].kernel
    rewritten(path, **{"layers.1.kernel": kernel})
    native.load(path)
    for changed in (kernel + 1e-3, kernel[::-1].copy(), -kernel):
        rewritten(path, **{"layers.1.kernel": changed})
        with pytest.raises(ModelFileError, match="does not give the answers that it gave when it"):
            native.load(path)


def test_the_inputs_are_within_the_ranges() -> None:
    inputs = probes.inputs(model())
    low, high = ENCODING.ranges.T
    assert (inputs >= low).all()
    assert (inputs <= high).all()
    assert len(np.unique(inputs[:, 0])) == 4


def test_a_network_that_overflows_is_kept_without_answers(tmp_path: Path) -> None:
    network = Network.from_arrays([[[1e200]], [[1e200]]], [[0.0], [0.0]])
    native.save(Model(network, ("x",)), tmp_path / "m")
    assert native.load(tmp_path / "m").network.layers[0].kernel[0, 0] == 1e200
    assert probes.answers(Model(network, ("x",))) is None


@pytest.mark.parametrize(
    ("entry", "value", "message"),
    [
        ("probes", None, "its probes must be 4 lists of the model's logits"),
        ("probes", [[1.0]], "its probes must be 4 lists"),
        ("probes", [[1.0]] * 4, "must hold a logit for each of the 3 classes"),
        ("probes", [["a", 1, 2]] * 4, "its probes must be a number, and is 'a'"),
        ("probes", [[10**400, 1, 2]] * 4, "its probes must be a number, and is 1000"),
        ("probes", [5] * 4, "its probes must be lists of numbers"),
        ("encoding", 5, "encoding must be an object, and is 5"),
        ("encoding", {}, "encoding lacks 'features'"),
    ],
)
def test_entries_that_do_not_fit(tmp_path: Path, entry: str, value: object, message: str) -> None:
    describe(tmp_path / "m", entry, value)
    with pytest.raises(ModelFileError) as caught:
        native.load(tmp_path / "m")
    assert message in str(caught.value)


def describe(path: Path, entry: str, value: object) -> None:
    native.save(model(), path)
    content = path.read_bytes()
    size = int.from_bytes(content[:8], "little")
    description = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["classlens"])
    description[entry] = value
    path.write_bytes(
        save_tensors(load_tensors(content), metadata={"classlens": json.dumps(description)})
    )


GOOD = {
    "column": "a",
    "kind": "number",
    "words": [],
    "low": 0.0,
    "high": 1.0,
    "fill": None,
    "missing": False,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "code"}, "the kind of 'a' must be one of number, boolean, category."),
        ({"kind": 5}, "feature 0 of the encoding: kind must be a word, and is 5"),
        ({"column": None}, "feature 0 of the encoding: column must be a word"),
        ({"words": "ab"}, "feature 0 of the encoding: words must be a list of words"),
        (
            {"words": ["b", "\ud800"]},
            "feature 0 of the encoding: words must be of whole characters, and hold '\\ud800'.",
        ),
        ({"low": "a"}, "feature 0 of the encoding: low must be a number"),
        ({"low": 10**400}, "feature 0 of the encoding: low must be a number, and is 1000"),
        ({"low": 2.0}, "the feature 'a' does not fit its kind"),
        ({"fill": True}, "feature 0 of the encoding: fill must be a number"),
        ({"fill": 0.5}, "the feature 'a' does not fit its kind"),
        ({"missing": 1}, "feature 0 of the encoding: missing must be true or false"),
        ({"other": 1}, "feature 0 of the encoding has the unknown entry 'other'"),
        ({"kind": "boolean", "words": ["no"]}, "the feature 'a' does not fit its kind"),
        ({"kind": "category"}, "the feature 'a' does not fit its kind"),
    ],
)
def test_features_that_do_not_fit(tmp_path: Path, change: dict, message: str) -> None:
    encoding = {
        "features": [{**GOOD, **change}],
        "target": "t",
        "missing_words": [],
        "decimal": ".",
        "image_shape": None,
    }
    describe(tmp_path / "m", "encoding", encoding)
    with pytest.raises(ModelFileError) as caught:
        native.load(tmp_path / "m")
    assert message in str(caught.value)


def test_an_encoding_of_other_features(tmp_path: Path) -> None:
    encoding = {
        "features": [GOOD],
        "target": "t",
        "missing_words": [],
        "decimal": ".",
        "image_shape": None,
    }
    describe(tmp_path / "m", "encoding", encoding)
    with pytest.raises(ModelFileError, match="the encoding must give the features of"):
        native.load(tmp_path / "m")
    for entry, value, message in [
        ("image_shape", [2], "image_shape must be two or three whole numbers"),
        ("image_shape", [2, 2], "as many pixels as there are features, 1"),
        ("decimal", ";", "decimal must be '.' or ','"),
        ("features", 5, "the encoding's features must be a list"),
        ("features", [GOOD, GOOD], "each of a column of its own"),
        ("target", "a", "each of a column of its own"),
    ]:
        describe(tmp_path / "m", "encoding", {**encoding, entry: value})
        with pytest.raises(ModelFileError) as caught:
            native.load(tmp_path / "m")
        assert message in str(caught.value)
