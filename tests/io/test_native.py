"""The model file: what is saved is loaded, bit for bit, and it is data only."""

from __future__ import annotations

import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens import tensors
from classlens._version import __version__
from classlens.activations import ACTIVATIONS, Activation
from classlens.errors import OutputError
from classlens.io import native
from classlens.model import Model
from classlens.network import Network
from classlens.settings import SETTINGS, Settings

# Written by version 0.1.0; a later version must never need this file to be renewed.
RECORDED = Path(__file__).parents[1] / "data" / "model_format_1.safetensors"


def assert_same(model: Model, other: Model) -> None:
    assert model.settings == other.settings
    assert model.feature_names == other.feature_names
    assert model.class_names == other.class_names
    for layer, twin in zip(model.network.layers, other.network.layers, strict=True):
        assert (layer.name, layer.activation) == (twin.name, twin.activation)
        for array, copy in ((layer.kernel, twin.kernel), (layer.bias, twin.bias)):
            assert array.dtype == copy.dtype
            assert array.shape == copy.shape
            assert array.tobytes() == copy.tobytes()  # -0.0 and all


def numbers(dtype: type) -> st.SearchStrategy[float]:
    return st.floats(allow_nan=False, allow_infinity=False, width=32 if dtype == np.float32 else 64)


@st.composite
def models(draw: st.DrawFn) -> Model:
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=5))
    dtype = draw(st.sampled_from([np.float32, np.float64]))

    def array(*shape: int) -> Any:
        count = int(np.prod(shape))
        values = draw(st.lists(numbers(dtype), min_size=count, max_size=count))
        return np.array(values, dtype).reshape(shape)

    def words(count: int, **limits: Any) -> list[str]:
        return draw(st.lists(st.text(max_size=9, **limits), min_size=count, max_size=count,
                             unique=True))  # fmt: skip

    network = Network.from_arrays(
        [array(*shape) for shape in itertools.pairwise(sizes)],
        [array(units) for units in sizes[1:]],
        activations=[draw(st.sampled_from(sorted(ACTIVATIONS))) for _ in sizes[1:-1]]
        + [draw(st.builds(Activation, st.just("elu"), st.floats(0, 1e30)))],
        names=words(len(sizes) - 1, min_size=1),
        classes=words(sizes[-1]),
    )
    trained_with = draw(
        st.none()
        | st.builds(
            Settings,
            hidden=st.just(tuple(sizes[1:-1])),
            activation=st.sampled_from(["tanh", "leaky_relu(0.3)"]),
            learning_rate=st.floats(1e-30, 1e29),
            seed=st.none() | st.integers(-(2**63), 2**63 - 1),
            class_weight=st.none()
            | st.just("balanced")
            | st.dictionaries(st.text(), st.floats(0, 1e300), min_size=1),
        )
    )
    return Model(network, tuple(words(sizes[0])), trained_with)


@settings(max_examples=50)
@given(model=models())
def test_what_is_saved_is_loaded(model: Model) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        native.save(model, path)
        content = path.read_bytes()
        loaded = native.load(path)
        assert_same(loaded, model)
        native.save(loaded, path)
        assert path.read_bytes() == content


def test_columns_first_and_strided_kernels(tmp_path: Path) -> None:
    kernel = np.arange(12.0).reshape(3, 4)
    for given_kernel in (kernel.T, kernel[:, ::2], np.asfortranarray(kernel)):
        network = Network.from_arrays([given_kernel], [np.zeros(given_kernel.shape[1])])
        model = Model(network, tuple(f"x{number}" for number in range(network.inputs)))
        native.save(model, tmp_path / "model")
        assert native.load(tmp_path / "model").network.layers[0].kernel.tolist() == (
            given_kernel.tolist()
        )


def test_names_that_are_not_whole_characters(tmp_path: Path) -> None:
    """Half of a surrogate pair, as a file name that is not UTF-8 gives it."""
    network = Network.from_arrays([[[1.0]]], [[0.0]], names=["L\udce9"], classes=["\0\n\"}'\\"])
    model = Model(network, ("\ud83d",))
    native.save(model, tmp_path / "model")
    assert_same(native.load(tmp_path / "model"), model)


def test_the_file_is_one_that_safetensors_reads(tmp_path: Path) -> None:
    network = Network.from_arrays(
        [[[1.0, 2.0]], [[3.0, 4.0], [5.0, 6.0]]], [[7.0, 8.0], [9.0, 10.0]]
    )
    native.save(Model(network, ("x0",), Settings(seed=7)), tmp_path / "model")
    with safetensors.safe_open(tmp_path / "model", "numpy") as file:
        assert {name: file.get_tensor(name).tolist() for name in file.keys()} == {  # noqa: SIM118
            "layers.0.kernel": [[1, 2]],
            "layers.0.bias": [7, 8],
            "layers.1.kernel": [[3, 4], [5, 6]],
            "layers.1.bias": [9, 10],
        }
        metadata = file.metadata()
    assert list(metadata) == ["classlens"]
    description = json.loads(metadata["classlens"])
    assert description.pop("settings").keys() == SETTINGS.keys()
    assert np.shape(description.pop("probes")) == (4, 2)
    assert description == {
        "version": 1,
        "written_by": f"classlens {__version__}",
        "inputs": 1,
        "layers": [
            {"name": "L1", "units": 2, "activation": "relu", "parameter": 0.0},
            {"name": "L2", "units": 2, "activation": "linear", "parameter": 0.0},
        ],
        "classes": ["c0", "c1"],
        "features": ["x0"],
        "encoding": None,
    }


def test_names_that_take_too_much_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> bytes:
        raise safetensors.SafetensorError("header too large")  # from 100 MB on

    monkeypatch.setattr(tensors, "save_tensors", refuse)
    with pytest.raises(OutputError) as caught:
        native.save(native.load(RECORDED), tmp_path / "model")
    assert str(caught.value) == (
        f"cannot write {tmp_path / 'model'}: its names take too much room (header too large)."
    )
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_format_1_stays_readable() -> None:
    model = native.load(RECORDED)
    assert model.network.dtype == np.float32
    assert [(layer.name, str(layer.activation)) for layer in model.network.layers] == [
        ("L1", "leaky_relu(0.1)"),
        ("L2", "linear"),
    ]
    kernel, bias = model.get_layer("L1").get_weights()
    assert kernel.tolist() == [[0.5, -1.25], [2.0, 0.0]]
    assert bias.tolist() == [-0.75, 3.0]
    assert model.class_names == ("no", "yes", "perhaps")
    assert model.feature_names == ("width", "height")
    assert model.settings == Settings(
        activation=("leaky_relu(0.1)",), epochs=12, seed=-5, class_weight={"no": 2.0}
    )


def test_a_setting_that_is_younger_than_the_file_has_its_default(tmp_path: Path) -> None:
    content = RECORDED.read_bytes()
    field = rb", \"history_megabytes\": 64.0"
    assert field in content
    (tmp_path / "model").write_bytes(content.replace(field, b" " * len(field)))
    trained_with = native.load(tmp_path / "model").settings
    assert trained_with is not None
    assert trained_with.history_megabytes == SETTINGS["history_megabytes"].default
