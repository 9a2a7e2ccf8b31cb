"""Single modules of the page in Node, against the package or a second computation."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_forward import node

import classlens as cl
from classlens.data.inputs import INPUTS
from classlens.playground.recipe import Recipe
from classlens.playground.welcome import welcome
from classlens.view.bundle import bundle


def run(folder: Path, module: str, script: str, given: Any = None) -> Any:
    """What a script makes of a module's exports, called ``m``, and of what it is given."""
    (folder / f"{module}.mjs").write_text(bundle(module))
    (folder / "given.json").write_text(json.dumps(given))
    (folder / "script.mjs").write_text(
        f'import * as m from "./{module}.mjs";\n'
        'import { readFileSync } from "node:fs";\n'
        f'const given = JSON.parse(readFileSync("{folder}/given.json", "utf8"));\n'
        f"const answer = await (async () => {{ {script} }})();\n"
        "process.stdout.write(JSON.stringify(answer));\n"
    )
    return json.loads(node(str(folder / "script.mjs")))


def test_inputs_are_the_package_s(tmp_path: Path) -> None:
    points = np.random.default_rng(0).normal(0, 4, (50, 2))
    script = "return Object.entries(m.INPUTS).map(([k, f]) => [k, given.map(([s, t]) => f(s, t))])"
    found = dict(run(tmp_path, "inputs", script, points.tolist()))
    assert list(found) == list(INPUTS)
    for name, values in found.items():
        np.testing.assert_allclose(values, INPUTS[name](*points.T), rtol=1e-15, atol=1e-15)


def test_sampled_lines_lie_on_the_boundaries(tmp_path: Path) -> None:
    trained = cl.fit(cl.blobs(), epochs=60)
    (left, right), (low, high) = window = ((-9.0, 9.0), (-6.0, 5.0))
    side = 100
    s = left + (np.arange(side) + 0.5) * (right - left) / side
    t = high - (np.arange(side) + 0.5) * (high - low) / side
    grid = np.stack(np.meshgrid(s, t), axis=-1).reshape(-1, 2)
    logits = trained.network.logits(grid)
    script = "return m.sampledLines(Float64Array.from(given), 100, 4)"
    squares = np.array(run(tmp_path, "lines", script, logits.ravel().tolist())).reshape(-1, 2)
    places = np.stack(
        (left + squares[:, 0] * (right - left) / side, high - squares[:, 1] * (high - low) / side),
        1,
    )
    exact = cl.regions(trained, window).boundaries
    step = max((right - left) / side, (high - low) / side)
    away = [distances(place, exact.start, exact.end).min() for place in places]
    assert max(away) < step
    # And no boundary is left out: every exact one has a sampled place near its middle.
    for middle in (exact.start + exact.end) / 2:
        assert np.hypot(*(places - middle).T).min() < 2 * step


def distances(place: Any, start: Any, end: Any) -> Any:
    way = end - start
    share = np.clip(((place - start) * way).sum(1) / np.maximum((way**2).sum(1), 1e-30), 0, 1)
    return np.hypot(*(start + share[:, None] * way - place).T)


def test_the_nearest_point(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    ends = rng.normal(size=(30, 4))
    places = rng.normal(size=(20, 2))
    script = "return given.places.map((place) => m.nearestPoint(given.ends, place))"
    given_ = {"ends": ends.ravel().tolist(), "places": places.tolist()}
    for place, found in zip(places, run(tmp_path, "nearest", script, given_), strict=True):
        expected = distances(place, ends[:, :2], ends[:, 2:])
        assert found["distance"] == pytest.approx(expected.min())
        assert found["segment"] == expected.argmin()
        assert np.hypot(*(np.array(found["place"]) - place)) == pytest.approx(found["distance"])
    assert run(tmp_path, "nearest", "return m.nearestPoint([], [0, 0])") is None


OPENED = welcome()
TOYS = [row for row in OPENED["datasets"] if row["kind"] == "toy"]

hidden = st.lists(st.integers(1, 256), max_size=4)
recipes = st.builds(
    lambda row, data, inputs, scaled, units, words, other: {
        "data": {"source": row["source"], **row["defaults"], **data},
        "inputs": [name for name in OPENED["inputs"] if name in inputs],
        "standardise": scaled,
        "settings": {
            **OPENED["recipe"]["settings"],
            **other,
            "hidden": units,
            "activation": [words] * len(units) or ["relu"],
        },
    },
    st.sampled_from(TOYS),
    st.fixed_dictionaries({"samples": st.integers(12, 5000), "noise": st.floats(0, 9, width=32)}),
    st.sets(st.sampled_from(OPENED["inputs"]), min_size=1),
    st.booleans(),
    hidden,
    st.sampled_from(OPENED["activations"]),
    st.fixed_dictionaries(
        {
            "learning_rate": st.floats(1e-6, 10),
            "epochs": st.integers(1, 20_000),
            "seed": st.integers(-(2**53), 2**53),
            "optimizer": st.sampled_from(["adam", "adamw", "sgd"]),
            "patience": st.one_of(st.none(), st.integers(1, 50)),
        }
    ),
)


@settings(max_examples=5, deadline=None)
@given(st.lists(recipes, min_size=40, max_size=40))
def test_recipes_go_through_an_address_unchanged(tmp_path_factory: Any, many: list[Any]) -> None:
    script = """return given.many.map((recipe) => {
      const words = new URLSearchParams();
      const whole = m.writeRecipe(recipe, given.welcome, words);
      return [whole, m.readRecipe(new URLSearchParams(words.toString()), given.welcome)];
    })"""
    folder = tmp_path_factory.mktemp("recipes")
    found = run(folder, "recipe", script, {"many": many, "welcome": OPENED})
    for recipe, (whole, again) in zip(many, found, strict=True):
        assert whole
        assert again == recipe
        assert Recipe.of(again).key == Recipe.of(recipe).key


def test_points_go_through_an_address_unchanged(tmp_path: Path) -> None:
    data = cl.spirals(600, classes=12)
    points = [
        {"place": place, "k": k} for place, k in zip(data.X.tolist(), data.y.tolist(), strict=True)
    ]
    script = """const start = given.welcome.recipe;
      const recipe = { ...start, data: m.ownData(given.points, 12) };
      const words = new URLSearchParams();
      const whole = m.writeRecipe(recipe, given.welcome, words);
      const more = { ...recipe, data: m.ownData([...given.points, given.points[0]], 12) };
      const again = m.readRecipe(words, given.welcome);
      const beyond = m.writeRecipe(more, given.welcome, new URLSearchParams());
      return [whole, words.toString().length, again, beyond]"""
    whole, length, again, more = run(
        tmp_path, "recipe", script, {"points": points, "welcome": OPENED}
    )
    assert whole
    assert length < 8_000
    own = Recipe.of(again).points
    assert own is not None
    np.testing.assert_array_equal(own.X, data.X)
    np.testing.assert_array_equal(own.y, data.y)
    assert more is False


def test_what_was_given_to_a_page_is_not_in_its_links(tmp_path: Path) -> None:
    opened = welcome(cl.rings(), "mine")
    script = """const words = new URLSearchParams();
      const recipe = { ...given.recipe, settings: { ...given.recipe.settings, seed: 3 } };
      const whole = m.writeRecipe(recipe, given, words);
      return [whole, words.toString(), m.readRecipe(words, given).settings.seed]"""
    assert run(tmp_path, "recipe", script, opened) == [False, "seed=3", 3]


def test_points_go_through_an_address_with_their_names(tmp_path: Path) -> None:
    named = {"names": ["a & b", "c#d", "é="], "features": ["wide", "high, or so"]}
    script = """const points = [{ place: [1, 2], k: 0 }, { place: [3, 4], k: 2 }];
      const recipe = { ...given.welcome.recipe, data: m.ownData(points, 3, given.named) };
      const words = new URLSearchParams();
      m.writeRecipe(recipe, given.welcome, words);
      const wrong = new Set();
      const again = m.readRecipe(new URLSearchParams(words.toString()), given.welcome, wrong);
      return [recipe, again, [...wrong]]"""
    recipe, again, wrong = run(tmp_path, "recipe", script, {"welcome": OPENED, "named": named})
    assert again == recipe
    assert wrong == []
    points = Recipe.of(again).points
    assert points is not None
    assert points.class_names == tuple(named["names"])
    assert points.feature_names == tuple(named["features"])


@pytest.mark.parametrize(
    ("data", "classes", "shown", "expected"),
    [
        ({"source": "blobs"}, 4, ["c0", "c1", "c2", "c3"], {}),
        ({"source": "blobs"}, 5, ["c0", "c1", "c2", "c3"], {}),
        ({"source": "given"}, 2, ["u", "v"], {"names": ["u", "v"], "features": ["a", "b"]}),
        ({"source": "given"}, 3, ["u", "v"], {"names": ["u", "v", "c2"], "features": ["a", "b"]}),
        (
            {"source": "given"},
            3,
            ["c2", "v"],
            {"names": ["c2", "v", "c2'"], "features": ["a", "b"]},
        ),
        ({"source": "own", "names": ["u", "v"]}, 3, ["x"], {"names": ["u", "v", "c2"]}),
        ({"source": "own"}, 3, ["x"], {}),
    ],
)
def test_names_are_kept_when_points_become_one_s_own(
    tmp_path: Path, data: Any, classes: int, shown: list[str], expected: Any
) -> None:
    opened = {"datasets": [{"source": "given", "features": ["a", "b"]}, *OPENED["datasets"]]}
    script = "return m.namesOf(given.data, given.classes, { classes: given.shown }, given.welcome)"
    asked = {"data": data, "classes": classes, "shown": shown, "welcome": opened}
    assert run(tmp_path, "recipe", script, asked) == expected


@pytest.mark.parametrize(
    ("hash_", "wrong"),
    [
        ("", []),
        ("data=rings&noise=0.2&hidden=3+4&activation=relu+tanh&standardise=1&inputs=x0", []),
        ("data=rnigs", ["data"]),
        ("noise=loud&samples=&data_seed=x", ["samples", "noise", "data_seed"]),
        ("hidden=3.5&activation=re%20lu!", ["hidden", "activation"]),
        ("activation=relu+tanh", ["activation"]),
        ("learning_rate=fast&seed=", ["learning_rate", "seed"]),
        ("inputs=x0+x2", ["inputs"]),
        ("standardise=yes", ["standardise"]),
        ("data=own&classes=2&points=!", ["points"]),
        ("data=own&points=AAAAAAAAAAAA", ["points"]),
        ("data=own&classes=2&points=AAAAAAAAAAAAAA", ["points"]),  # ten bytes
    ],
)
def test_what_of_an_address_is_wrong(tmp_path: Path, hash_: str, wrong: list[str]) -> None:
    script = """const wrong = new Set();
      m.readRecipe(new URLSearchParams(given.hash), given.welcome, wrong);
      return [...wrong]"""
    found = run(tmp_path, "recipe", script, {"hash": hash_, "welcome": OPENED})
    assert sorted(found) == sorted(wrong)


def test_every_word_of_an_address_is_known(tmp_path: Path) -> None:
    script = "return m.recipeWords(given)"
    words = run(tmp_path, "recipe", script, OPENED)
    assert {"data", "data_seed", "points", "class_name", "hidden", "learning_rate"} <= set(words)
    script = "return m.VIEW_WORDS"
    assert not set(run(tmp_path, "state", script)) & set(words)


def test_what_was_not_understood_is_said_in_a_line(tmp_path: Path) -> None:
    script = """return given.map((names) => m.notUnderstood(
      new URLSearchParams({ hidden: "x", points: "A".repeat(90) }), new Set(names)))"""
    none, one, two = run(tmp_path, "state", script, [[], ["hidden"], ["hidden", "points"]])
    assert none == ""
    assert one == "Of the link hidden=x was not understood; the default is used."
    shortened = f"points={'A' * 39}…"
    assert two == f"Of the link hidden=x, {shortened} were not understood; the default is used."


def test_a_unit_that_is_off_sends_nothing(tmp_path: Path) -> None:
    """Held at 0, or with outgoing weights of 0: the same numbers."""
    rng = np.random.default_rng(3)
    layer = {"activation": "tanh", "parameter": 0.0}
    sizes = [2, 4, 3, 2]
    spec = {
        "inputs": 2,
        "layers": [
            {"name": f"L{k + 1}", "units": units, **layer} for k, units in enumerate(sizes[1:])
        ],
    }
    count = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    asked = {"spec": spec, "numbers": rng.normal(size=count).tolist(), "X": [1, -2, 0.5, 3]}
    script = """const network = m.networkOf(given.spec, given.numbers);
      const off = new Set(["L1.1", "L1.3", "L2.0", "L3.1"]);
      return Array.from(m.forward(network, Float64Array.from(given.X), off)[2].z)"""
    held = run(tmp_path, "network", script, asked)
    script = """const { layers } = given.spec;
      const sized = layers.map((each, i) => ({ ...each, inputs: i ? layers[i - 1].units : 2 }));
      return m.silenced({ layers: sized }, new Set(["L1.1", "L1.3", "L2.0", "L3.1"]))"""
    edits = run(tmp_path, "byhand", script, asked)
    assert edits == [
        *([1, 1, k, 0] for k in range(3)), *([1, 3, k, 0] for k in range(3)),
        [2, 0, 0, 0], [2, 0, 1, 0],
    ]  # fmt: skip
    script = """const network = m.edited(m.networkOf(given.spec, given.numbers), given.edits);
      return Array.from(m.forward(network, Float64Array.from(given.X))[2].z)"""
    assert run(tmp_path, "network", script, {**asked, "edits": edits}) == held


def test_changes_by_hand_in_words(tmp_path: Path) -> None:
    script = "return given.map(([weights, off]) => m.changesInWords(weights, off))"
    asked = [[0, []], [1, []], [2, []], [0, ["L1.0"]], [2, ["L1.0", "L2.1"]]]
    assert run(tmp_path, "byhand", script, asked) == [
        "",
        "1 weight changed by hand",
        "2 weights changed by hand",
        "L1.0 switched off",
        "2 weights changed by hand; L1.0, L2.1 switched off",
    ]


def test_views_go_through_an_address_unchanged(tmp_path: Path) -> None:
    view = {
        "epoch": 17,
        "unit": "L12.3",
        "creases": False,
        "off": ["L1.0", "L2.11"],
        "edits": [[0, -1, 3, -0.25], [1, 2, 0, 1e-7]],
    }
    script = """const words = new URLSearchParams();
      m.writeView(given, words);
      return m.readView(new URLSearchParams(words.toString()))"""
    assert run(tmp_path, "state", script, view) == view
    wrong = {"epoch": "-1", "unit": "..", "creases": "2", "off": "x %", "edits": "0.0=1 1.b.2=x"}
    script = "return m.readView(new URLSearchParams(given))"
    assert run(tmp_path, "state", script, wrong) == {"off": [], "edits": []}


def test_weights_are_changed_as_in_python(tmp_path: Path) -> None:
    script = """const network = m.networkOf(given.spec, given.numbers);
      const other = m.edited(network, [[0, 1, 0, 5], [1, -1, 2, -2]]);
      const numbers = [network.layers[0].kernel, other.layers[0].kernel, other.layers[1].bias];
      return numbers.map((each) => Array.from(each))"""
    layer = {"activation": "relu", "parameter": 0.0}
    spec = {
        "inputs": 2,
        "layers": [{"name": "L1", "units": 2, **layer}, {"name": "L2", "units": 3, **layer}],
    }
    before, kernel, bias = run(
        tmp_path, "network", script, {"spec": spec, "numbers": list(range(15))}
    )
    assert before == [0, 1, 2, 3]
    assert kernel == [0, 1, 5, 3]
    assert bias == [12, 13, -2]
