"""The code on the page makes the model that the page shows: it is run, and the two compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import answer, file
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens.data.inputs import INPUTS
from classlens.data.toys import TOYS
from classlens.playground.code import TableSource, code
from classlens.playground.playground import Playground
from classlens.playground.recipe import Recipe
from classlens.playground.trial import Edit, Trial, carried_out
from classlens.settings import SETTINGS
from classlens.tabular.preparing import Prepared, prepare
from classlens.view.payload import encoded

RINGS = {"source": "rings"}
SHORT = {"settings": {"epochs": 6}}
EDITS: tuple[Edit, ...] = ((0, 0, 1, -0.1), (0, -1, 0, 1e-7), (1, 1, 1, 3.0), (1, -1, 2, -2.5e3))


def points(count: int = 30) -> dict[str, Any]:
    rng = np.random.default_rng(1)
    y = (np.arange(count) % 3).tolist()
    return {"source": "own", "X": encoded(rng.normal(3, 2, (count, 2))), "y": y, "classes": 3}


def made(text: str) -> cl.Model:
    """The model that the program makes, in a namespace of its own."""
    names: dict[str, Any] = {}
    exec(compile(text, "model.py", "exec"), names)  # noqa: S102 - it is what the test is about
    model = names["model"]
    assert isinstance(model, cl.Model)
    return model


def carry(recipe: Recipe, given_: Any = None) -> Trial:
    return carried_out(recipe, given_, lambda *_: None)


def assert_same(own: cl.Model, expected: cl.Model, *, within: float = 0.0) -> None:
    assert own.class_names == expected.class_names
    assert own.feature_names == expected.feature_names
    assert own.encoding == expected.encoding
    for ours, theirs in zip(own.network.layers, expected.network.layers, strict=True):
        assert ours.activation == theirs.activation
        for array, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
            assert array.dtype == other.dtype
            np.testing.assert_allclose(array, other, rtol=within, atol=within)


def assert_short(text: str) -> None:
    assert max(map(len, text.splitlines())) <= 100


SAME = {
    **{name: {"data": {"source": name}, **SHORT} for name in TOYS},
    "all of a toy": {
        "data": {"source": "spirals", "samples": 40, "classes": 3, "noise": 0, "seed": 4},
        **SHORT,
    },
    "blobs of other names": {
        "data": {"source": "blobs", "samples": 40, "classes": 3, "noise": 2, "seed": 4},
        **SHORT,
    },
    "the lab's own blobs": {"data": {"source": "blobs", "classes": 4, "noise": 1.0}, **SHORT},
    "points": {"data": points(), **SHORT},
    "points with names": {
        "data": points() | {"names": ["a", "b", "c"], "features": ["wide", "high"]},
        **SHORT,
    },
    "lifted": {"data": RINGS, "inputs": ["x0**2", "sin(x1)"], **SHORT},
    "all inputs": {"data": RINGS, "inputs": list(INPUTS), **SHORT},
    "lifted points": {"data": points(), "inputs": ["x0", "x0*x1"], **SHORT},
    "iris": {"data": {"source": "iris"}, **SHORT},
    "no hidden layer": {"data": RINGS, "settings": {"epochs": 6, "hidden": []}},
    "many settings": {
        "data": RINGS,
        "settings": {
            "epochs": 9,
            "hidden": [3, 2],
            "activation": ["tanh", "leaky_relu(0.3)"],
            "optimizer": "sgd",
            "momentum": 0.5,
            "learning_rate": 0.05,
            "schedule": "cosine",
            "batch_size": 7,
            "seed": -3,
            "shuffle_seed": 8,
            "weight_decay": 1e-3,
            "l1": 1e-4,
            "class_weight": {"c0": 2.0, "c1": 1.0},
            "validation_fraction": 0.2,
            "test_fraction": 0.1,
            "patience": 2,
            "min_delta": 0.01,
        },
    },
}
CLOSE = {
    "standardised": {"data": RINGS, "standardise": True, **SHORT},
    "standardised points": {"data": points(), "standardise": True, **SHORT},
    "both": {"data": RINGS, "inputs": ["x0", "x1", "x0**2"], "standardise": True, **SHORT},
    "all of both": {"data": RINGS, "inputs": list(INPUTS), "standardise": True, **SHORT},
    "wine": {"data": {"source": "wine"}, "standardise": True, **SHORT},
    "digits": {"data": {"source": "digits"}, "standardise": True, "settings": {"epochs": 1}},
}


@pytest.mark.parametrize("name", SAME)
def test_bit_for_bit(name: str) -> None:
    recipe = Recipe.of(SAME[name])
    text = code(recipe, None, ())
    assert_short("\n".join(each for each in text.splitlines() if not each.startswith("data =")))
    trial = carry(recipe)
    model = made(text)
    assert_same(model, trial.model())
    assert model.settings == trial.model().settings


@pytest.mark.parametrize("name", CLOSE)
def test_of_standardised_features(name: str) -> None:
    recipe = Recipe.of(CLOSE[name])
    text = code(recipe, None, ())
    assert_short("\n".join(each for each in text.splitlines() if not each.startswith("data =")))
    trial = carry(recipe)
    model = made(text)
    assert_same(model, trial.model(), within=1e-12)
    X = trial.samples.X.astype(float)
    np.testing.assert_allclose(model.logits(X), trial.model().logits(X), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("epoch", [None, 0, 3])
@pytest.mark.parametrize("edits", [(), EDITS])
@pytest.mark.parametrize(("name", "within"), [("blobs", 0.0), ("both", 1e-12)])
def test_an_epoch_and_weights_changed_by_hand(
    name: str, within: float, epoch: int | None, edits: tuple[Edit, ...]
) -> None:
    table = {"blobs": SAME["blobs"], "both": {**CLOSE["both"], "data": {"source": "pinwheel"}}}
    recipe = Recipe.of(table[name])
    text = code(recipe, epoch, edits)
    assert_short(text)
    assert_same(made(text), carry(recipe).model(epoch, edits), within=within)


def test_what_a_page_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program cannot know it; a reader who puts it in its place gets the page's model."""
    data = cl.Dataset(cl.rings().X * 50 + 9, cl.rings().y, tuple("abcdef")[: cl.rings().classes])
    recipe = Recipe.of({"data": {"source": "given"}, "standardise": True, **SHORT})
    text = code(recipe, None, ())
    line = "data = ...  # the samples that the page was given\n"
    assert line in text
    monkeypatch.setattr(cl, "given", data, raising=False)
    assert_same(
        made(text.replace(line, "data = cl.given\n")), carry(recipe, data).model(), within=1e-12
    )


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    rows = [
        f"{rng.normal(k % 2, 1):.4f},{'red' if rng.random() < 0.5 else ''},"
        f"{'' if k % 9 == 0 else round(1e3 * rng.normal(), 2)},{'yes' if k % 2 else 'no'}"
        for k in range(90)
    ]
    Path("it's a table.csv").write_text("\n".join(["a,colour,b,kind", *rows]) + "\n")
    return prepare("it's a table.csv", "kind", missing="impute")


@pytest.mark.parametrize("epoch", [None, 4])
@pytest.mark.parametrize("edits", [(), EDITS[:2]])
def test_a_table(table: Prepared, epoch: int | None, edits: tuple[Edit, ...]) -> None:
    settings = {"epochs": 8, "hidden": [3], "validation_fraction": 0.2, "test_fraction": 0.2}
    recipe = Recipe.of({"data": {"source": "given"}, "standardise": True, "settings": settings})
    text = code(recipe, epoch, edits, table=TableSource("it's a table.csv", "kind", "impute"))
    assert_short(text)
    model = made(text)
    trial = carry(recipe, table)
    assert_same(model, trial.model(epoch, edits), within=1e-12 if epoch else 0.0)
    shares = np.concatenate([*cl.predict(model, "it's a table.csv")])  # it knows the columns
    expected = trial.model(epoch, edits).predict_proba(table.X)
    np.testing.assert_allclose(shares, expected, atol=1e-9)


def test_how_a_table_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(2)
    rows = [f"{rng.normal():.3f};{'gone' if k == 4 else rng.normal()};{k % 2}" for k in range(40)]
    Path("t.txt").write_text("\n".join(rows))
    reading = {"header": False, "missing_words": ("gone",), "delimiter": ";"}
    prepared = prepare("t.txt", "x2", missing="impute", **reading)
    settings = {"epochs": 2, "test_fraction": 0.2}
    asked = {"data": {"source": "given"}, "settings": settings}
    page = Playground(prepared, name="t.txt", reading=reading)
    text = file(answer(page, "save", recipe=asked, what="code"), "model.py").decode()
    assert_same(made(text), carry(Recipe.of(asked), prepared).model())


def test_defaults_that_suit_tables_are_said() -> None:
    """``train`` has other defaults than ``fit``; what the page was set to goes before them."""
    recipe = Recipe.of({"data": {"source": "given"}})
    text = code(recipe, None, (), table=TableSource("t.csv", "kind", "refuse"))
    assert "    patience=None,\n" in text
    assert "    optimizer='adam',\n" in text
    assert "missing" not in text
    assert "seed" not in text


@given(
    X=st.lists(
        st.tuples(*[st.floats(-(2**99), 2**99, width=32)] * 2), min_size=1, max_size=40, unique=True
    )
)
def test_points_are_written_so_that_they_come_again(X: list[tuple[float, float]]) -> None:
    data = {"source": "own", "X": encoded(X), "y": [0] * len(X), "classes": 2}
    text = code(Recipe.of({"data": data}), None, ())
    names: dict[str, Any] = {}
    exec(text.replace("run = cl.fit(data)", "run = cl").replace("model = run.model", ""), names)  # noqa: S102
    np.testing.assert_array_equal(names["data"].X, np.array(X, np.float32))
    assert names["data"].class_names == ("c0", "c1")


def test_only_what_is_not_the_default_is_said() -> None:
    assert code(Recipe.of({"data": {"source": "blobs"}}), None, ()) == (
        "import classlens as cl\n\ndata = cl.blobs()\nrun = cl.fit(data)\nmodel = run.model\n"
    )
    said = {name: row.default for name, row in SETTINGS.items()}
    recipe = Recipe.of(json.loads(json.dumps({"data": {"source": "blobs"}, "settings": said})))
    assert "cl.fit(data)\n" in code(recipe, None, ())


def test_a_unit_that_is_switched_off_is_one_line() -> None:
    recipe = Recipe.of({"data": RINGS, **SHORT})
    off: tuple[Edit, ...] = tuple((1, 1, unit, 0.0) for unit in range(3))
    text = code(recipe, None, off)
    assert text.count("weights[1]") == 1
    assert "weights[1][0][1, [0, 1, 2]] = 0.0\n" in text
    trial = carry(recipe)
    assert_same(made(text), trial.model(None, off))
    # Without it the others' activations decide alone, as when it is held at 0.
    X = trial.data.X.astype(np.float64)
    first, last = trial.run.network.layers
    activations = np.maximum(0, X @ first.kernel + first.bias)
    activations[:, 1] = 0
    expected = activations @ last.kernel + last.bias
    np.testing.assert_allclose(
        trial.model(None, off).network.logits(trial.data.X), expected, rtol=1e-5, atol=1e-5
    )
