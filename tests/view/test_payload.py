"""The payload: what it holds is the run's, and it stays small."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import numpy as np
import pytest

import classlens as cl
from classlens.data.inputs import Inputs
from classlens.playground.recipe import Recipe
from classlens.playground.trial import carried_out
from classlens.view.payload import encoded, payload

DOCUMENT = Path(__file__).parents[2] / "docs" / "reference" / "payload.md"
RUN = cl.fit(cl.blobs(), hidden=[2], epochs=100, learning_rate=0.01, seed=1234)
MADE = payload(RUN, cl.blobs())


def numbers(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_it_is_plain_values() -> None:
    assert json.loads(json.dumps(MADE))["version"] == 1


def test_every_kept_epoch_s_parameters() -> None:
    flat = numbers(MADE["parameters"]).reshape(len(MADE["epochs"]), -1)
    assert MADE["epochs"] == RUN.history.kept.tolist()
    for place, epoch in enumerate(MADE["epochs"]):
        own = np.concatenate(
            [each.ravel() for pair in RUN.history.parameters_at(epoch) for each in pair]
        )
        np.testing.assert_array_equal(flat[place], own)


def test_the_examples_and_the_course() -> None:
    data = cl.blobs()
    np.testing.assert_array_equal(numbers(MADE["data"]["X"]).reshape(-1, 2), data.X)
    assert MADE["data"]["y"] == data.y.tolist()
    assert MADE["data"]["rows"] is None  # all of them
    assert MADE["data"]["of"] == 100
    assert MADE["data"]["places"] is None  # X has them
    assert MADE["history"]["loss"] == RUN.history.loss.tolist()
    assert MADE["shown"] == 100


def test_lines_are_exact() -> None:
    for epoch in (0, 100):
        made = MADE["pictures"][str(epoch)]
        assert made["exact"]
        ends = numbers(made["boundaries"]).reshape(-1, 2)
        logits = np.sort(RUN.network_at(epoch).astype(np.float64).logits(ends), axis=1)
        assert np.abs(logits[:, -1] - logits[:, -2]).max() < 1e-4
        for name, text in made["creases"].items():
            layer, unit = name.split(".")
            assert layer == "L1"
            z = RUN.network_at(epoch).forward(numbers(text).reshape(-1, 2))[0].pre_activation
            assert np.abs(z[:, int(unit)]).max() < 1e-4


def test_words_are_those_of_their_epoch() -> None:
    assert {"0", "100"} <= set(MADE["words"])
    last = MADE["words"]["100"]
    told = cl.explain(RUN, cl.blobs())
    assert last["verdict"] == told.verdict == "good"
    assert last["sections"][0]["parts"][0] in " ".join(str(told).split())
    assert last["units"]["L1.0"].startswith("Unit 0 of L1 = max(0,")


def test_the_words_say_why_the_curve_s_loss_is_another() -> None:
    for epoch, there in (("0", False), ("100", True)):
        parts = MADE["words"][epoch]["sections"][0]["parts"]
        assert any("curves of the training are means" in part for part in parts) is there
    alone = payload(RUN.model, cl.blobs())["words"]["0"]["sections"][0]["parts"]
    assert not any("curves" in part for part in alone)


def test_verdicts_change_between_epochs_that_are_told() -> None:
    verdicts = [MADE["words"][key]["verdict"] for key in sorted(MADE["words"], key=int)]
    assert len(set(verdicts)) > 1


def test_the_best_epoch_is_shown() -> None:
    data = cl.blobs(200)
    run = cl.fit(data, epochs=60, learning_rate=0.05, validation_fraction=0.3, patience=3)
    made = payload(run, data)
    assert made["shown"] == run.epoch in made["epochs"]
    assert str(run.epoch) in made["pictures"]


def test_a_table_s_model_is_shown_at_its_own_epoch() -> None:
    """With patience the best epoch is kept, and the page opens with its parameters."""
    rng = np.random.default_rng(3)
    y = np.arange(120) % 2
    import pandas as pd

    frame = pd.DataFrame({"a": y + rng.normal(0, 2, 120), "b": 1e4 * rng.normal(size=120)})
    given = frame.assign(kind=np.array(["n", "y"])[y])
    trained = cl.train(given, "kind", hidden=(6,), epochs=300, patience=5, learning_rate=0.05)
    assert trained.run.epoch < len(trained.history)
    made = payload(trained, trained.data)
    assert made["shown"] == trained.run.epoch
    assert list(made["words"]).count(str(trained.run.epoch)) == 1
    shown = numbers(made["parameters"]).reshape(len(made["epochs"]), -1)
    own = np.concatenate(
        [each.ravel() for layer in trained.model.network.layers for each in layer.get_weights()]
    )
    place = made["epochs"].index(made["shown"])
    np.testing.assert_array_equal(shown[place], own.astype(np.float32))


def test_another_network_s_history() -> None:
    other = cl.fit(cl.blobs(), hidden=[2], epochs=5, seed=7)
    with pytest.raises(cl.ArgumentError, match="history must be the model's own"):
        payload(other.model, cl.blobs(), history=RUN.history)
    with pytest.raises(cl.ArgumentError, match="history must be the model's own"):
        payload(cl.fit(cl.blobs(), hidden=[3], epochs=2).model, cl.blobs(), history=RUN.history)


def test_large_networks_and_much_data_are_thinned() -> None:
    X = np.random.default_rng(0).normal(size=(9000, 4))
    data = cl.Dataset(X, np.arange(9000) % 3)
    made = payload(cl.fit(data, hidden=(60, 60), epochs=40, batch_size=512), data)
    assert len(json.dumps(made)) < 1_500_000
    assert made["data"]["of"] == 9_000
    rows = made["data"]["rows"]
    assert (rows[0], rows[-1], len(rows)) == (0, 8_999, 5_000)
    assert set(np.diff(rows)) == {1, 2}
    np.testing.assert_array_equal(numbers(made["data"]["X"]).reshape(-1, 4), data.X[rows])
    assert made["data"]["y"] == data.y[rows].tolist()
    assert 2 <= len(made["epochs"]) < 41
    assert made["plane"]["origin"] is not None


def test_without_data_there_must_be_a_window() -> None:
    with pytest.raises(cl.ArgumentError, match="window must be"):
        payload(RUN.network)
    made = payload(RUN.network, window=((-1, 1), (-1, 1)))
    assert made["data"] is None
    assert made["history"] is None


def test_a_table_is_seen_in_its_two_most_telling_numbers() -> None:
    rng = np.random.default_rng(0)
    y = np.arange(90) % 2
    frame = {
        "noise": rng.normal(size=90) * 1e6,
        "a": y + rng.normal(0, 0.3, 90),
        "b": 2.0 * y + rng.normal(0, 0.9, 90),
        "kind": np.array(["n", "y"])[y],
    }
    import pandas as pd

    trained = cl.train(pd.DataFrame(frame), "kind", hidden=(8,), epochs=100)
    made = payload(trained, trained.data)
    assert "a" in made["plane"]["names"]
    assert "noise = " in made["plane"]["caption"] or "b = " in made["plane"]["caption"]


def test_features_of_different_units_are_seen_two_at_a_time() -> None:
    """The plane of most variance would be proline's, whose numbers are in the hundreds."""
    wine, iris = cl.load("wine"), cl.load("iris")
    made = payload(cl.fit(wine, epochs=5), wine, told=False)
    assert set(made["plane"]["names"]) < set(wine.feature_names)
    assert [sum(map(bool, made["plane"][way])) for way in "uv"] == [1, 1]
    same = payload(cl.fit(iris, epochs=5), iris, told=False)
    assert all(same["plane"]["u"])
    pictures = cl.load("digits")
    assert sum(map(bool, payload(cl.fit(pictures, epochs=1), pictures)["plane"]["u"])) > 50


def test_without_words_it_has_the_lines_of_the_epoch_shown() -> None:
    """A page with a server asks for the rest; all else is the same."""
    made = payload(RUN, cl.blobs(), told=False)
    assert made["words"] == {}
    assert made["pictures"] == {"100": MADE["pictures"]["100"]}
    rest = [name for name in MADE if name not in ("words", "pictures")]
    assert {name: made[name] for name in rest} == {name: MADE[name] for name in rest}


def test_inputs_made_of_the_plane() -> None:
    """The window and the places are of the plane, the network's X is what it is given there."""
    data, names = cl.blobs(), ("x0", "x1**2", "sin(x1)")
    inputs = Inputs(names)
    run = cl.fit(inputs.dataset(data), epochs=20)
    made = payload(run, data, inputs=inputs)
    assert made["plane"] == {
        "names": ["x0", "x1"],
        "inputs": list(names),
        "origin": None,
        "u": None,
        "v": None,
        "caption": "",
    }
    assert made["features"] == list(names)
    assert made["pictures"] == {}  # they would be curves
    assert set(made["words"]) >= {"0", "20"}
    assert made["window"] == MADE["window"]
    np.testing.assert_array_equal(numbers(made["data"]["places"]).reshape(-1, 2), data.X)
    s, t = data.X.astype(np.float64).T
    own = np.stack([s, t**2, np.sin(t)], axis=1).astype(np.float32)
    np.testing.assert_array_equal(numbers(made["data"]["X"]).reshape(-1, 3), own)
    zoomed = payload(run, data, inputs=inputs, window=((0, 1), (2, 3)), told=False)
    assert zoomed["window"] == [[0, 1], [2, 3]]


def test_the_plane_s_own_coordinates_are_no_inputs() -> None:
    assert payload(RUN, cl.blobs(), inputs=Inputs()) == MADE


def test_what_float32_cannot_hold_is_its_largest() -> None:
    """The ends of lines in a window of that size; a page knows no infinities."""
    largest = float(np.finfo(np.float32).max)
    assert numbers(encoded([1e39, -1e300, 0.1, 3e38])).tolist() == [
        largest,
        -largest,
        np.float32(0.1),
        np.float32(3e38),
    ]
    made = payload(RUN, cl.blobs(), window=((0, 3.4028235e38), (-1e38, 0)), told=False)
    assert np.isfinite(numbers(made["pictures"]["100"]["boundaries"])).all()


def described() -> dict[str, str]:
    """Row by row, what docs/reference/payload.md says of each key."""
    rows = re.findall(r"^\| (`.*?) \| (.*) \|$", DOCUMENT.read_text(), re.MULTILINE)
    return {name: text for names, text in rows for name in re.findall(r"`(\w+)`", names)}


def test_every_key_is_described() -> None:
    trial = carried_out(Recipe.of({"data": {"source": "blobs"}}), None, lambda *_: None)
    live = trial.payload(None)
    assert list(described()) == list(live)
    assert list(live)[: len(MADE)] == list(MADE)


@pytest.mark.parametrize(
    "name", ["network", "looks", "values", "plane", "data", "history", "pictures", "words", "parts"]
)
def test_every_part_of_a_key_is_described(name: str) -> None:
    data = cl.blobs(200)
    run = cl.fit(data, epochs=2, validation_fraction=0.3)
    none = {"watched": [], "test": []}
    given = {**payload(run, data), "parts": none}[name]
    if name == "looks":
        given = given[0]
    if name in ("pictures", "words"):
        given = given["2"]
    keys = [*given, *(given["layers"][0] if name == "network" else ())]
    assert [key for key in keys if key not in re.findall(r"`(\w+)`", described()[name])] == []
