"""Keras's files, as Keras writes and reads them, and as somebody damaged or forged them."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from keras_models import keras, layers, older, randomized

import classlens as cl
from classlens.activations import ACTIVATIONS
from classlens.io import chain
from classlens.io.keras import files, from_file, to_file, to_object

pytestmark = pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")

RNG = np.random.default_rng(5)
X = RNG.normal([5, -3, 100], [1, 2, 30], (40, 3)).astype(np.float32)


@pytest.mark.parametrize("name", ["whole.keras", "whole.h5"])
def test_what_keras_writes(saved: Path, model: Any, name: str) -> None:
    found = from_file(saved / name)
    wanted = np.asarray(model(X))
    np.testing.assert_allclose(found.model.predict_proba(X), wanted, rtol=1e-5, atol=1e-6)
    assert (found.source, found.notes[0]) == ("a Keras file", chain.SOFTMAX)
    assert cl.Model.load(saved / name).class_names == ("c0", "c1", "c2")


def test_a_model_in_a_model(tmp_path: Path) -> None:
    inner = keras.Sequential([layers.Dense(4, activation="relu"), layers.Dense(4)])
    start = keras.Input((3,))
    model = randomized(keras.Model(start, layers.Dense(2)(layers.Dense(3)(inner(start)))))
    model.save(tmp_path / "m.keras")
    found = cl.Network.from_keras(tmp_path / "m.keras")
    np.testing.assert_allclose(found.logits(X), np.asarray(model(X)), rtol=1e-4, atol=1e-4)
    model.save(tmp_path / "m.h5")
    with pytest.raises(cl.ModelFileError, match=r"is a model in itself, with 3 layers.*\.keras\.$"):
        from_file(tmp_path / "m.h5")


def network(dtype: Any = np.float32) -> cl.Network:
    """A layer of each activation, with names that Keras does not allow."""
    words = [*list(ACTIVATIONS), "leaky_relu(0.07)", "elu(0.3)", "linear"]
    sizes = [3, *([4] * (len(words) - 1)), 2]
    kernels = [RNG.normal(size=pair).astype(dtype) for pair in itertools.pairwise(sizes)]
    biases = [RNG.normal(size=kernel.shape[1]).astype(dtype) for kernel in kernels]
    names = ["input", "a/b", "a_b", *[f"L{k}" for k in range(3, len(words))]]
    return cl.Network.from_arrays(
        kernels, biases, activations=words, names=names, classes=["ß", "no/yes"]
    )


def test_what_keras_reads(tmp_path: Path) -> None:
    own = cl.Model(network(), ("age", "height", "ö"))
    own.save(tmp_path / "m.keras")
    theirs = keras.saving.load_model(tmp_path / "m.keras")  # in its default, safe mode
    wanted = own.logits(X / 50)
    found = theirs.predict(X / 50, verbose=0)
    assert np.abs(found - wanted).max() <= 1e-5 * np.abs(wanted).max()
    back = cl.Model.load(tmp_path / "m.keras")
    np.testing.assert_array_equal(back.logits(X / 50), wanted)
    assert (back.class_names, back.feature_names) == (own.class_names, own.feature_names)
    theirs.save(tmp_path / "again.keras")
    np.testing.assert_array_equal(cl.Model.load(tmp_path / "again.keras").logits(X / 50), wanted)
    np.testing.assert_array_equal(to_object(own).predict(X / 50, verbose=0), found)


def test_float64_is_kept(tmp_path: Path) -> None:
    own = cl.Model(network(np.float64), ("a", "b", "c"))
    to_file(own, tmp_path / "m.keras")
    back = cl.Model.load(tmp_path / "m.keras")
    assert back.network.dtype == np.float64
    np.testing.assert_array_equal(back.logits(X), own.logits(X))


def test_neither_keras_nor_a_backend_is_loaded(saved: Path) -> None:
    code = (
        "import sys, classlens as cl\n"
        f"cl.Model.load({str(saved / 'whole.keras')!r}).save({str(saved / 'other.keras')!r})\n"
        "print([name for name in ('keras', 'tensorflow', 'torch', 'jax') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_libraries_that_are_missing(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(cl.MissingLibraryError, match=r"need h5py.*pip install 'classlens\[keras"):
        from_file(saved / "whole.keras")
    monkeypatch.setitem(sys.modules, "keras", None)
    with pytest.raises(cl.MissingLibraryError, match=r"needs Keras .*pip install 'classlens\[ker"):
        network().to_keras()


def test_an_older_file_still(saved: Path, tmp_path: Path, model: Any) -> None:
    """Keras before 2.2.3 wrote a list of layers, and names of weights as bytes with a number."""

    def age(file: h5py.File) -> None:
        whole = json.loads(file.attrs["model_config"])
        entries = [
            {"class_name": each["class_name"], "config": each["config"]}
            for each in whole["config"]["layers"]
        ]
        text = json.dumps({"class_name": "Sequential", "config": entries})
        file.attrs["model_config"] = text.encode()
        group = file["model_weights/L1"]
        names = [str(name) for name in group.attrs["weight_names"]]
        for name in names:
            group.move(name, f"{name}:0")
        group.attrs["weight_names"] = np.array([f"{name}:0".encode() for name in names])

    found = from_file(older(saved, tmp_path / "old.h5", age))
    wanted = np.asarray(model(X))
    np.testing.assert_allclose(found.model.predict_proba(X), wanted, rtol=1e-5, atol=1e-6)


def test_weights_without_a_model(saved: Path) -> None:
    with pytest.raises(
        cl.ModelFileError, match=r"it holds weights without a model. Save the whole"
    ):
        from_file(saved / "only.weights.h5")


def test_something_else(tmp_path: Path, saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "m.keras"
    path.write_text("hello")
    with pytest.raises(cl.ModelFileError, match="it is neither a zip archive nor HDF5"):
        from_file(path)
    with pytest.raises(cl.ModelFileError, match=r"it cannot be read .*No such file"):
        from_file(tmp_path / "nowhere.keras")
    monkeypatch.setattr(files, "_MOST_BYTES", 10)
    with pytest.raises(cl.ModelFileError, match="it is larger than 10 bytes"):
        from_file(saved / "whole.keras")
