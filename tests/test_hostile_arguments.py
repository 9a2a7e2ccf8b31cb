"""Whatever is given to a public function, only errors of ours come out, and they stay short.

What each of them says is tested where the function is; here every argument meets every value.
"""

import datetime as dt
import itertools
import math
import time

import numpy as np
import pytest

import classlens as cl
from classlens import files
from classlens.data.toys import TOYS, toy
from classlens.errors import ClasslensError
from classlens.settings import SETTINGS


class Unreadable:
    def __array__(self, *_, **__):
        raise RuntimeError("no array after all")


class Quarrelsome:
    """Can be neither compared nor written."""

    def __eq__(self, other):
        raise RuntimeError("incomparable")

    def __repr__(self):
        raise RuntimeError("unspeakable")

    __hash__ = object.__hash__


def deep():
    nested = []
    for _ in range(2000):
        nested = [nested]
    return nested


DATA = cl.blobs(8)
# Made anew for each use, since some of them are used up.
VALUES = {
    "None": lambda: None,
    "True": lambda: True,
    "5": lambda: 5,
    "-1": lambda: -1,
    "10**400": lambda: 10**400,
    "10**5000": lambda: 10**5000,
    "nan": lambda: math.nan,
    "inf": lambda: math.inf,
    "1e300": lambda: 1e300,
    "1j": lambda: 1j,
    "a word": lambda: "a",
    "no word": lambda: "",
    "a surrogate": lambda: "\ud800",
    "a NUL": lambda: "a\0b",
    "a long word": lambda: "x" * 100_000,
    "bytes": lambda: b"a",
    "[]": list,
    "[[]]": lambda: [[]],
    "ragged": lambda: [[1, 2], [3]],
    "[1, [2]]": lambda: [1, [2]],
    "[None]": lambda: [None],
    "['a', None]": lambda: ["a", None],
    "[10**400]": lambda: [10**400],
    "[1e39]": lambda: [[1e39, 0.0]] * 8,
    "(1, 2, 3)": lambda: (1, 2, 3),
    "in itself": lambda: (endless := []).append(endless) or endless,
    "deep": deep,
    "{}": dict,
    "{'a': 1}": lambda: {"a": 1},
    "a set": lambda: {1, 2},
    "objects": lambda: np.array([1, "a", None], object),
    "no axes": lambda: np.array(5),
    "three axes": lambda: np.zeros((2, 2, 2)),
    "no rows": lambda: np.zeros((0, 2)),
    "dates": lambda: np.zeros(3, "M8[D]"),
    "complex": lambda: np.array([1j]),
    "masked": lambda: np.ma.masked_greater([1.0, 9.0], 5),
    "a range": lambda: range(3),
    "without end": itertools.count,
    "an iterator": lambda: iter([1]),
    "a slice": lambda: slice(0, 2),
    "a date": lambda: dt.date(2020, 1, 1),
    "an object": object,
    "a type": lambda: type,
    "a function": lambda: len,
    "unreadable": Unreadable,
    "quarrelsome": Quarrelsome,
    "a Dataset": lambda: DATA,
}

X, y = DATA.X, DATA.y
KERNELS, BIASES = [[[1.0, -1.0], [0.5, 2.0]]], [[0.0, 0.0]]
NETWORK = cl.Network.from_arrays(KERNELS, BIASES)
MODEL = cl.Model(NETWORK, ("a", "b"))


@pytest.fixture(scope="module")
def run():
    return cl.fit(DATA, epochs=2)


def small(value):
    """Whether a toy of so many samples is drawn in a moment."""
    return not isinstance(value, int) or value < 1000 or value > 10**300


def fitted(**options):
    return cl.fit(DATA, **{"epochs": 1} | options)


USES = {
    "Dataset X": lambda run, v: cl.Dataset(v, [0]),
    "Dataset y": lambda run, v: cl.Dataset(X, v),
    "Dataset class_names": lambda run, v: cl.Dataset(X, y, v),
    "Dataset feature_names": lambda run, v: cl.Dataset(X, y, (), v),
    "Dataset image_shape": lambda run, v: cl.Dataset(X, y, image_shape=v),
    "Dataset.of": lambda run, v: cl.Dataset.of(v),
    "Dataset.of X": lambda run, v: cl.Dataset.of((v, y)),
    "Dataset.of y": lambda run, v: cl.Dataset.of((X, v)),
    "Dataset.of class_names": lambda run, v: cl.Dataset.of((X, y), class_names=v),
    "Dataset.take": lambda run, v: DATA.take(v),
    "Layer name": lambda run, v: cl.Layer(v, KERNELS[0], BIASES[0], "relu"),
    "Layer kernel": lambda run, v: cl.Layer("L1", v, BIASES[0], "relu"),
    "Layer bias": lambda run, v: cl.Layer("L1", KERNELS[0], v, "relu"),
    "Layer activation": lambda run, v: cl.Layer("L1", KERNELS[0], BIASES[0], v),
    "Network layers": lambda run, v: cl.Network(v, ("a", "b")),
    "Network classes": lambda run, v: cl.Network(NETWORK.layers, v),
    "from_arrays kernels": lambda run, v: cl.Network.from_arrays(v, BIASES),
    "from_arrays biases": lambda run, v: cl.Network.from_arrays(KERNELS, v),
    "from_arrays activations": lambda run, v: cl.Network.from_arrays(
        KERNELS, BIASES, activations=v
    ),
    "from_arrays activation": lambda run, v: cl.Network.from_arrays(
        KERNELS, BIASES, activations=[v]
    ),
    "from_arrays names": lambda run, v: cl.Network.from_arrays(KERNELS, BIASES, names=v),
    "from_arrays name": lambda run, v: cl.Network.from_arrays(KERNELS, BIASES, names=[v]),
    "from_arrays classes": lambda run, v: cl.Network.from_arrays(KERNELS, BIASES, classes=v),
    "from_arrays class": lambda run, v: cl.Network.from_arrays(KERNELS, BIASES, classes=[v, "b"]),
    "get_layer": lambda run, v: NETWORK.get_layer(v),
    "forward": lambda run, v: NETWORK.forward(v),
    "evaluate X": lambda run, v: NETWORK.evaluate(v, y % 2),
    "evaluate y": lambda run, v: NETWORK.evaluate(X, v),
    "Model network": lambda run, v: cl.Model(v, ("a", "b")),
    "Model feature_names": lambda run, v: cl.Model(NETWORK, v),
    "Model settings": lambda run, v: cl.Model(NETWORK, ("a", "b"), v),
    "Model.predict_proba": lambda run, v: MODEL.predict_proba(v),
    "Model.load": lambda run, v: cl.Model.load(v),
    "Model.save": lambda run, v: MODEL.save(v),
    "History.to_csv": lambda run, v: run.history.to_csv(v),
    "History.to_json": lambda run, v: run.history.to_json(v),
    "check_target": lambda run, v: files.check_target(v),
    "Activation name": lambda run, v: cl.Activation(v),
    "Activation parameter": lambda run, v: cl.Activation("elu", v),
    "Activation no parameter": lambda run, v: cl.Activation("relu", v),
    "Activation.parse": lambda run, v: cl.Activation.parse(v),
    "Settings.of": lambda run, v: cl.Settings.of(v),
    "load": lambda run, v: cl.load(v),
    "toy": lambda run, v: toy(v),
    "network_at": lambda run, v: run.network_at(v),
    "fit data": lambda run, v: cl.fit(v, epochs=1),
    "fit validation_data": lambda run, v: fitted(validation_data=v),
    "fit validation X": lambda run, v: fitted(validation_data=(v, y)),
    "fit validation y": lambda run, v: fitted(validation_data=(X, v)),
    "fit sample_weight": lambda run, v: fitted(sample_weight=v),
    "fit progress": lambda run, v: None if callable(v) else fitted(progress=v),
    "fit resume": lambda run, v: fitted(resume=v),
    "fit class_weight": lambda run, v: fitted(class_weight={"c0": v}),
    "blobs centers": lambda run, v: cl.blobs(centers=v),
    "blobs spread": lambda run, v: cl.blobs(spread=v),
}
for _name in SETTINGS:
    USES[f"setting {_name}"] = lambda run, v, name=_name: cl.Settings.of({name: v})
for _name in TOYS:
    for _each in ("samples", "classes", "noise", "seed"):
        USES[f"{_name} {_each}"] = lambda run, v, name=_name, each=_each: (
            toy(name, **{each: v}) if small(v) else None
        )


@pytest.mark.parametrize("use", USES)
def test_only_errors_of_ours_come_out(use, run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    refusals = {}
    for what, make in VALUES.items():
        value, started = make(), time.perf_counter()
        try:
            USES[use](run, value)
        except ClasslensError as error:
            refusals[what] = str(error)
        except Exception as error:
            raise AssertionError(f"{use} given {what}: {error!r}") from error
        assert time.perf_counter() - started < 30, what
    assert {what: words for what, words in refusals.items() if not 10 < len(words) < 1000} == {}
    assert len(refusals) > len(VALUES) / 3


@pytest.mark.parametrize("key", ["None", "10**5000", "nan", "True", "quarrelsome", "a long word"])
def test_keys_of_class_weights(key):
    with pytest.raises(cl.ArgumentError) as caught:
        fitted(class_weight={VALUES[key](): 1.0})
    assert str(caught.value).startswith("class_weight must name classes, ")
    assert len(str(caught.value)) < 300
