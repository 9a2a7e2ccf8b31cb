"""A trial: it is the training that a person would do, and every model of it can be looked at."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.analysis.planes import Window
from classlens.data.dataset import Dataset
from classlens.playground.recipe import Recipe
from classlens.playground.trial import Trial, carried_out
from classlens.tabular.preparing import Prepared, prepare
from classlens.training.standing import Progress
from classlens.view.payload import encoded, payload, picture, words


def carry(
    data: dict[str, Any],
    given: Dataset | Prepared | None = None,
    /,
    watch: Any = None,
    **parts: Any,
) -> Trial:
    recipe = Recipe.of({"data": data, **parts})
    return carried_out(recipe, given, watch or (lambda *_: None))


def assert_same(network: cl.Network, other: cl.Network) -> None:
    assert network.classes == other.classes
    for own, expected in zip(network.layers, other.layers, strict=True):
        assert own.activation == expected.activation
        for array, same in zip(own.get_weights(), expected.get_weights(), strict=True):
            assert array.dtype == same.dtype
            np.testing.assert_array_equal(array, same)


BLOBS = carry({"source": "blobs"})
HELD_OUT = {"epochs": 12, "validation_fraction": 0.3, "test_fraction": 0.2}


@pytest.fixture(scope="module")
def table() -> Prepared:
    rng = np.random.default_rng(3)
    y = np.arange(120) % 2
    frame = {"a": y + rng.normal(0, 1, 120), "b": 1e4 * rng.normal(size=120) + 3e4, "c": y * 0.5}
    frame["c"] = frame["c"] + rng.normal(0, 1, 120)
    return prepare(pd.DataFrame({**frame, "kind": np.array(["n", "y"])[y]}), "kind")


def test_the_lab_s_training_bit_for_bit() -> None:
    run = cl.fit(cl.blobs())
    np.testing.assert_array_equal(BLOBS.data.X, cl.blobs().X)
    np.testing.assert_array_equal(BLOBS.run.history.loss, run.history.loss)
    np.testing.assert_array_equal(BLOBS.run.history.kept, run.history.kept)
    for epoch in (0, 77, 200):
        assert_same(BLOBS.run.network_at(epoch), run.network_at(epoch))
    assert_same(BLOBS.model().network, run.network)
    assert BLOBS.model().settings == run.model.settings
    assert BLOBS.samples is BLOBS.data


def standardised(X: np.ndarray) -> np.ndarray:
    """In float64, by NumPy's own mean and standard deviation."""
    wide = X.astype(np.float64)
    spread = wide.std(axis=0)
    return (wide - wide.mean(axis=0)) / np.where(spread == 0, 1, spread)


def test_standardised_samples() -> None:
    """The model takes features as they are, and says what one of scaled features says."""
    trial = carry({"source": "iris"}, standardise=True, settings={"epochs": 40, "hidden": [3]})
    data = cl.load("iris")
    scaled = standardised(data.X)
    run = cl.fit((scaled.astype(np.float32), data.y), epochs=40, hidden=3)
    for epoch in (0, 13, 40):
        reference = run.network_at(epoch).astype(np.float64).logits(scaled)
        np.testing.assert_allclose(
            trial.model(epoch).logits(data.X.astype(float)), reference, rtol=1e-10, atol=1e-10
        )
    np.testing.assert_array_equal(trial.run.history.loss, run.history.loss)
    assert trial.model().feature_names == data.feature_names
    assert trial.model().class_names == data.class_names


def test_lifted_samples() -> None:
    names = ["x0**2", "x1", "x0*x1"]
    trial = carry({"source": "rings"}, inputs=names, settings={"epochs": 9})
    data = cl.rings()
    s, t = data.X.astype(float).T
    lifted = np.stack([t, s**2, s * t], axis=1).astype(np.float32)
    run = cl.fit(cl.Dataset(lifted, data.y), epochs=9)
    assert_same(trial.model().network, run.network)
    np.testing.assert_array_equal(trial.samples.X, lifted)
    np.testing.assert_array_equal(trial.data.X, data.X)
    assert trial.model().feature_names == ("x1", "x0**2", "x0*x1")


def test_samples_that_are_lifted_and_standardised() -> None:
    given = {"inputs": ["x0", "x1", "x0**2"], "standardise": True, "settings": {"epochs": 9}}
    trial = carry({"source": "rings"}, **given)
    data = cl.rings()
    s, t = data.X.astype(float).T
    lifted = np.stack([s, t, s**2], axis=1).astype(np.float32)
    scaled = standardised(lifted)
    run = cl.fit(cl.Dataset(scaled.astype(np.float32), data.y), epochs=9)
    reference = run.network.astype(np.float64).logits(scaled)
    np.testing.assert_allclose(
        trial.model().logits(lifted.astype(float)), reference, rtol=1e-10, atol=1e-10
    )
    np.testing.assert_array_equal(trial.samples.X, lifted)


def test_a_column_that_does_not_vary() -> None:
    X = np.column_stack([np.full(30, 0.1), np.linspace(-3, 9, 30)])
    data = {"source": "own", "X": encoded(X), "y": [0] * 15 + [1] * 15, "classes": 2}
    trial = carry(data, standardise=True, settings={"epochs": 3})
    assert trial.model().logits(X).shape == (30, 2)
    first = trial.model(0).network.layers[0].kernel
    np.testing.assert_array_equal(first[0], trial.run.network_at(0).layers[0].kernel[0])
    assert np.abs(first[0]).max() < 2  # it is only shifted


def test_points_and_what_the_page_was_given() -> None:
    data = cl.spirals(40)
    own = {"source": "own", "X": encoded(data.X), "y": data.y.tolist(), "classes": data.classes}
    drawn = carry(own, settings={"epochs": 5})
    given = carry({"source": "given"}, data, settings={"epochs": 5})
    run = cl.fit(data, epochs=5)
    assert_same(drawn.model().network, run.network)
    assert_same(given.model().network, run.network)
    assert given.data is data


@pytest.mark.parametrize("standardise", [False, True])
def test_what_is_held_out(standardise: bool) -> None:
    data = {"source": "blobs", "samples": 90, "noise": 2}
    trial = carry(data, standardise=standardise, settings=HELD_OUT)
    watched, test = trial.data.take(trial.watched), trial.data.take(trial.test)
    assert not set(trial.watched) & set(trial.test)
    counts = np.bincount(trial.data.y)
    assert np.bincount(watched.y).tolist() == np.round(0.3 * counts).tolist()
    assert np.bincount(test.y).tolist() == np.round(0.2 * counts).tolist()
    scores = trial.run.network.evaluate(watched.X, watched.y)
    history = trial.run.history
    assert history.val_loss is not None
    assert history.val_accuracy is not None
    assert scores.loss == pytest.approx(history.val_loss[-1], rel=1e-5)
    assert scores.accuracy == history.val_accuracy[-1]
    assert trial.run.test is not None
    assert trial.run.test.loss == pytest.approx(
        trial.run.network.evaluate(test.X, test.y).loss, rel=1e-5
    )
    made = trial.payload(None)
    assert made["parts"] == {"watched": trial.watched.tolist(), "test": trial.test.tolist()}


def test_the_seed_of_the_orders_draws_the_parts() -> None:
    data = {"source": "blobs", "noise": 2}
    one = carry(data, settings={**HELD_OUT, "seed": 4, "shuffle_seed": 5})
    two = carry(data, settings={**HELD_OUT, "seed": 6, "shuffle_seed": 5})
    three = carry(data, settings={**HELD_OUT, "seed": 5})
    assert one.watched.tolist() == two.watched.tolist() == three.watched.tolist()
    assert carry(data, settings={**HELD_OUT, "seed": 4}).watched.tolist() != one.watched.tolist()


def test_a_table(table: Prepared) -> None:
    """The whole of ``learn``, its parts and its settings included."""
    chosen = {"epochs": 20, "hidden": [3], "patience": 5, "validation_fraction": 0.2}
    settings = {**chosen, "test_fraction": 0.2, "learning_rate": 0.05}
    trial = carry({"source": "given"}, table, settings=settings)
    frame = pd.DataFrame({name: table.X[:, k] for k, name in enumerate("abc")})
    frame["kind"] = np.array(table.labels.names)[table.labels.codes]
    trained = cl.train(frame, "kind", **vars(trial.recipe.settings))
    assert_same(trial.model().network, trained.model.network)
    assert trial.watched.tolist() == trained.parts.watched.tolist() != []
    assert trial.test.tolist() == trained.parts.test.tolist() != []
    watched = trial.data.take(trial.watched)
    loss = trial.model().network.evaluate(watched.X.astype(float), watched.y).loss
    assert trial.run.history.val_loss is not None
    assert loss == pytest.approx(trial.run.history.val_loss[trial.run.epoch - 1], rel=1e-3)
    assert trial.payload(None)["shown"] == trial.run.epoch
    assert trial.model().encoding is not None


def test_the_model_of_an_epoch() -> None:
    for epoch in (0, 1, 150, 200):
        assert_same(BLOBS.model(epoch).network, BLOBS.run.network_at(epoch))
    with pytest.raises(cl.ArgumentError, match=r"epoch must be .* 200\. Got 201 instead"):
        BLOBS.model(201)


@pytest.mark.parametrize(
    "edit", [(0, 0, 0, 2.5), (0, 1, 1, -1e30), (0, -1, 1, 0.0), (1, 1, 3, 7.0), (1, -1, 2, 0.1)]
)
def test_an_edit_changes_one_weight(edit: Any) -> None:
    layer, source, unit, value = edit
    before, after = BLOBS.model(30), BLOBS.model(30, (edit,))
    changed = []
    for number, pair in enumerate(zip(before.network.layers, after.network.layers, strict=True)):
        for part, (own, new) in enumerate(zip(*(p.get_weights() for p in pair), strict=True)):
            changed += [(number, part, *place) for place in np.argwhere(own != new).tolist()]
            if (number, part) == (layer, int(source < 0)):
                assert new[unit if source < 0 else (source, unit)] == np.float32(value)
    assert changed == [(layer, 1, unit) if source < 0 else (layer, 0, source, unit)]
    assert after.settings is None  # nobody gets this by training
    assert before.settings is not None
    assert after.feature_names == before.feature_names


def test_later_edits_go_before_earlier_ones() -> None:
    model = BLOBS.model(None, ((0, 0, 0, 1.0), (0, 1, 0, 2.0), (0, 0, 0, 3.0)))
    assert model.network.layers[0].kernel[:, 0].tolist() == [3.0, 2.0]


@pytest.mark.parametrize(
    ("edit", "words_"),
    [
        ((2, 0, 0, 1.0), "an edit's layer must be a whole number from 0 to 1. Got 2 instead."),
        ((-1, 0, 0, 1.0), "an edit's layer must be a whole number from 0 to 1. Got -1 instead."),
        (("0", 0, 0, 1.0), "an edit's layer must be a whole number from 0 to 1. Got '0' instead."),
        ((0, 2, 0, 1.0), "an edit's input must be a whole number from -1 to 1. Got 2 instead."),
        ((0, -2, 0, 1.0), "an edit's input must be a whole number from -1 to 1. Got -2 instead."),
        ((0, 0, 2, 1.0), "an edit's unit must be a whole number from 0 to 1. Got 2 instead."),
        ((1, 0, -1, 1.0), "an edit's unit must be a whole number from 0 to 3. Got -1 instead."),
        ((0, 0, 0.0, 1.0), "an edit's unit must be a whole number from 0 to 1. Got 0.0 instead."),
    ],
)
def test_edits_of_what_is_not_there(edit: Any, words_: str) -> None:
    with pytest.raises(cl.ArgumentError, match=re.escape(words_)):
        BLOBS.model(None, (edit,))


def test_the_payload_is_the_run_s() -> None:
    made = BLOBS.payload(None)
    own = payload(BLOBS.run, BLOBS.data, told=False)
    assert {name: made[name] for name in own} == own
    rest = {name: made[name] for name in made if name not in own}
    none = {"watched": [], "test": []}
    assert rest == {"parts": none, "ending": "finished", "seconds": BLOBS.run.seconds}
    assert BLOBS.payload(((0, 1), (2, 3)))["window"] == [[0, 1], [2, 3]]


def test_a_look_is_what_is_told_of_that_epoch() -> None:
    run = cl.fit(cl.blobs())
    made = payload(run, cl.blobs())
    seen = BLOBS.look(200, (), None, None)
    assert seen == {"picture": made["pictures"]["200"], "words": made["words"]["200"]}
    for epoch in (0, 5, 150):
        seen = BLOBS.look(epoch, (), None, None)
        history = run.history.until(epoch) if epoch else None
        assert seen["words"] == words(BLOBS.model(epoch), cl.blobs(), history, None)
        assert seen["picture"]["pairs"] == made["pictures"][str(epoch)]["pairs"]
    window = ((-1.0, 1.0), (0.0, 1.0))
    seen = BLOBS.look(50, (), window, None)
    assert seen["picture"] == picture(run.network_at(50), Window.of(window), None)


def test_a_look_with_edits_knows_no_history() -> None:
    """The verdict "too early" is of a training, which has not made this network."""
    edits = ((0, 0, 0, 0.0), (1, -1, 0, 1.0))
    seen = BLOBS.look(9, edits, None, None)
    model = BLOBS.model(9, edits)
    assert seen["words"] == words(model, cl.blobs(), None, None)
    assert seen["words"] != BLOBS.look(9, (), None, None)["words"]


def test_a_look_through_four_features() -> None:
    trial = carry({"source": "iris"}, settings={"epochs": 5})
    plane = trial.payload(None)["plane"]
    cut = cl.Slice(plane["origin"], plane["u"], plane["v"])
    seen = trial.look(5, (), None, cut)
    made = payload(trial.run, trial.data)
    assert seen["words"] == made["words"]["5"]
    assert seen["picture"] == made["pictures"]["5"]


def test_a_look_at_made_inputs_has_words_only() -> None:
    trial = carry({"source": "rings"}, inputs=["x0**2", "x1**2"], settings={"epochs": 5})
    seen = trial.look(5, (), None, None)
    assert seen["picture"] is None
    assert "x0**2" in seen["words"]["units"]["L1.0"]
    assert trial.payload(None)["plane"]["inputs"] == ["x0**2", "x1**2"]


@pytest.mark.parametrize("parts", [{}, {"standardise": True}, {"inputs": ["x0", "x0*x1"]}])
def test_the_network_in_the_middle(parts: dict[str, Any]) -> None:
    seen: list[tuple[int, cl.Network]] = []

    def watch(news: Progress, network: Any) -> None:
        seen.append((news.epoch, network()))

    trial = carry({"source": "blobs"}, watch=watch, settings={"epochs": 300}, **parts)
    assert len(seen) > 1
    for epoch, network in seen:
        assert_same(network.astype(np.float32), trial.model(epoch).network.astype(np.float32))


def test_a_table_has_no_network_in_the_middle(table: Prepared) -> None:
    seen: list[Any] = []
    settings = {"epochs": 3, "test_fraction": 0.2}
    carry({"source": "given"}, table, settings=settings, watch=lambda *each: seen.append(each))
    assert {network for _, network in seen} == {None}


def test_data_that_is_not_there(table: Prepared) -> None:
    for source in ("given", "file"):
        words_ = f"there is no data called '{source}' here. Choose another one."
        with pytest.raises(cl.ArgumentError, match=re.escape(words_)):
            carry({"source": source})
    with pytest.raises(cl.ArgumentError, match="there is no data called 'file' here"):
        carry({"source": "file"}, cl.blobs())
    words_ = r"inputs are made of two features\. Got samples with 4 instead"
    with pytest.raises(cl.DataError, match=words_):
        carry({"source": "iris"}, inputs=["x0"])
    with pytest.raises(cl.ArgumentError, match=r"samples must be at least 5, one for each class\."):
        carry({"source": "blobs", "samples": 4, "classes": 5})
