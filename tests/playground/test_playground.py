"""A page's conversation: each request and its events, the wrong ones included."""

from __future__ import annotations

import logging
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import Event, answer, ask, file, recipe
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens.playground import playground as module
from classlens.playground.code import code
from classlens.playground.playground import ACTIONS, Playground
from classlens.playground.recipe import Recipe
from classlens.view.payload import encoded, payload


@pytest.fixture(scope="module")
def page() -> Playground:
    return Playground()


@pytest.fixture
def trainings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys of the recipes that are carried out."""
    keys: list[str] = []
    carried_out = module.carried_out

    def counted(recipe: Recipe, *others: Any) -> Any:
        keys.append(recipe.key)
        return carried_out(recipe, *others)

    monkeypatch.setattr(module, "carried_out", counted)
    return keys


def error(events: Event) -> str:
    assert events["event"] == "error", events
    return str(events["message"])


def test_a_training(page: Playground) -> None:
    *news, last = ask(page, "train", recipe=recipe())
    assert {each["event"] for each in news} <= {"progress"}
    assert last["event"] == "trained"
    run = cl.fit(cl.blobs(), epochs=5)
    own = payload(run, cl.blobs(), told=False)
    assert {name: last["payload"][name] for name in own} == own
    assert last["payload"]["ending"] == "finished"
    window = [[0.0, 1.0], [2.0, 4.0]]
    again = answer(page, "train", recipe=recipe(), window=window)
    assert again["payload"]["window"] == window


def test_a_look(page: Playground) -> None:
    run = cl.fit(cl.blobs(), epochs=5)
    own = payload(run, cl.blobs())
    seen = answer(page, "look", recipe=recipe())
    assert seen == {"event": "seen", "picture": own["pictures"]["5"], "words": own["words"]["5"]}
    assert answer(page, "look", recipe=recipe(), epoch=5) == seen
    earlier = answer(page, "look", recipe=recipe(), epoch=2, window=[[0, 1], [0, 1]])
    assert earlier["picture"] != seen["picture"]
    changed = answer(page, "look", recipe=recipe(), edits=[[0, -1, 0, 2.5]])
    assert changed["picture"] != seen["picture"]


def test_a_look_along_a_slice(page: Playground) -> None:
    irises = recipe("iris", epochs=60)
    plane = answer(page, "train", recipe=irises)["payload"]["plane"]
    given_ = {name: plane[name] for name in ("origin", "u", "v")}
    seen = answer(page, "look", recipe=irises, slice=given_)
    run = cl.fit(cl.load("iris"), epochs=60)
    made = payload(run, cl.load("iris"))
    assert (seen["picture"], seen["words"]) == (made["pictures"]["60"], made["words"]["60"])
    assert seen["picture"]["boundaries"]
    turned = {"origin": [5, 3, 4, 1], "u": [1, 0, 0, 0], "v": [0, 1, 0, 0]}
    other = answer(page, "look", recipe=irises, slice=turned, window=[[-2, 2], [-2, 2]])
    assert other["picture"] != seen["picture"]


def test_other_seeds(page: Playground) -> None:
    """Each ends as the fit with that seed, in the words of its explanation."""
    asked = recipe(epochs=40)
    *seeds, end = ask(page, "seeds", recipe=asked, count=8)
    assert end == {"event": "seeds", "count": 8}
    assert [each["seed"] for each in seeds] == [*range(8)]
    for each in seeds:
        run = cl.fit(cl.blobs(), epochs=40, seed=each["seed"])
        score = run.network.evaluate(cl.blobs().X, cl.blobs().y)
        assert (each["accuracy"], each["loss"]) == (score.accuracy, score.loss)
        told = cl.explain(run, cl.blobs())
        (verdict,) = [f.numbers["word"] for f in told.findings if f.kind == "verdict"]
        assert each["word"] == verdict
    assert {each["word"] for each in seeds} == {"good", "fair", "poor split", "too early"}


def test_seeds_that_diverge(page: Playground) -> None:
    wild = recipe(optimizer="sgd", learning_rate=1e29)
    *seeds, _ = ask(page, "seeds", recipe=wild, count=2)
    none = {"event": "seed", "word": "diverged", "accuracy": None, "loss": None}
    assert seeds == [{**none, "seed": 0}, {**none, "seed": 1}]


def test_a_hundred_seeds_at_most(page: Playground) -> None:
    for count in (0, 101, 2.0, None, "3"):
        words = f"count must be a whole number from 1 to 100. Got {count!r} instead."
        assert error(answer(page, "seeds", recipe=recipe(), count=count)) == words


def test_a_model_that_is_saved(page: Playground, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    run = cl.fit(cl.blobs(), epochs=5)
    for parts, network, settings in (
        ({}, run.network, run.model.settings),
        ({"epoch": 5}, run.network, run.model.settings),
        ({"epoch": 2, "edits": []}, run.network_at(2), run.model.settings),
    ):
        path.write_bytes(
            file(answer(page, "save", recipe=recipe(), what="model", **parts), "model.safetensors")
        )
        model = cl.Model.load(path)
        np.testing.assert_array_equal(model.logits(cl.blobs().X), network.logits(cl.blobs().X))
        assert model.settings == settings
    asked = {"recipe": recipe(), "edits": [[1, 1, 3, 9.5]], "what": "model"}
    path.write_bytes(file(answer(page, "save", **asked), "model.safetensors"))
    model = cl.Model.load(path)
    assert model.network.layers[1].kernel[1, 3] == 9.5
    assert model.settings is None


def test_code_that_is_saved(page: Playground) -> None:
    own = Recipe.of(recipe())
    for parts, epoch, edits in (
        ({}, None, ()),
        ({"epoch": 5}, None, ()),  # the one that the training keeps
        ({"epoch": 3, "edits": [[0, 1, 0, 2]]}, 3, ((0, 1, 0, 2.0),)),
    ):
        event = answer(page, "save", recipe=recipe(), what="code", **parts)
        assert file(event, "model.py").decode() == code(own, epoch, edits)


def test_a_report_that_is_saved(page: Playground) -> None:
    def shown(**parts: Any) -> str:
        event = answer(page, "save", recipe=recipe(), what="report", **parts)
        return file(event, "report.html").decode()

    run = cl.fit(cl.blobs(), epochs=5)
    numbers = encoded(np.concatenate([w.ravel() for p in run.history.parameters_at(2) for w in p]))
    assert "<title>Classlens</title>" in shown()
    assert '"epochs":[0,1,2,3,4,5]' in shown()
    assert f'"parameters":"{numbers}"' in shown(epoch=2)
    assert '"epochs":[0]' in shown(epoch=2)  # nobody knows how that network came to be
    assert '"epochs":[0]' in shown(edits=[[0, 0, 0, 1.0]])
    lifted = {"recipe": {**recipe("rings"), "inputs": ["x0**2", "x1**2"]}, "what": "report"}
    assert (
        '"inputs":["x0**2","x1**2"]' in file(answer(page, "save", **lifted), "report.html").decode()
    )


def test_a_second_look_does_not_train_again(trainings: list[str]) -> None:
    page = Playground()
    answer(page, "train", recipe=recipe())
    for do, parts in (
        ("train", {}),
        ("look", {"epoch": 3}),
        ("save", {"what": "code"}),
        ("save", {"what": "model", "edits": [[0, 0, 0, 1]]}),
    ):
        answer(page, do, recipe=recipe(), **parts)
    assert trainings == [Recipe.of(recipe()).key]
    answer(page, "train", recipe=recipe(seed=5))
    assert len(trainings) == 2


def test_six_trials_are_remembered(trainings: list[str]) -> None:
    page = Playground()
    for seed in range(6):
        answer(page, "train", recipe=recipe(seed=seed))
    answer(page, "look", recipe=recipe(seed=0))  # looked at again, it stays
    answer(page, "train", recipe=recipe(seed=6))  # and seed 1 goes
    assert len(trainings) == 7
    for seed in (0, 2, 3, 4, 5, 6):
        answer(page, "look", recipe=recipe(seed=seed))
    assert len(trainings) == 7
    answer(page, "look", recipe=recipe(seed=1))
    assert len(trainings) == 8


def test_seeds_are_not_remembered(trainings: list[str]) -> None:
    page = Playground()
    answer(page, "train", recipe=recipe(seed=0))
    ask(page, "seeds", recipe=recipe(), count=9)
    assert len(trainings) == 10
    answer(page, "look", recipe=recipe(seed=0))
    assert len(trainings) == 10


def test_a_page_that_was_given_samples() -> None:
    data = cl.rings(40)
    page = Playground(data, name="rings of mine")
    made = answer(page, "train", recipe=recipe("given"))["payload"]
    assert made["data"]["X"] == encoded(data.X)
    assert "there is no data called 'given'" in error(
        answer(Playground(), "train", recipe=recipe("given"))
    )


def test_a_mistake_of_ours_is_an_event(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(*_: Any) -> None:
        raise RuntimeError("not\nforeseen")

    monkeypatch.setattr(module, "carried_out", mistaken)
    page = Playground()
    with caplog.at_level(logging.DEBUG):
        told = error(answer(page, "train", recipe=recipe()))
    assert told == r"this should not have happened: RuntimeError('not\nforeseen')"
    (record,) = (each for each in caplog.records if each.name.startswith("classlens"))
    assert record.getMessage() == r"a request failed, RuntimeError('not\nforeseen')"
    assert record.exc_info is None
    monkeypatch.undo()
    assert answer(page, "train", recipe=recipe())["event"] == "trained"


def test_a_training_that_diverges(page: Playground) -> None:
    wild = recipe(optimizer="sgd", learning_rate=1e29)
    message = error(answer(page, "train", recipe=wild))
    assert re.match(r"the training diverged in epoch 1: .* Try a lower learning_rate", message)
    assert re.match("the training diverged", error(answer(page, "look", recipe=wild)))


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        (None, "request must be an object. Got None instead."),
        ([], "request must be an object. Got [] instead."),
        ({}, f"do must be one of {', '.join(ACTIONS)}. Got None instead."),
        ({"do": "trian"}, "Got 'trian' instead. Did you mean 'train'?"),
        ({"do": ["train"]}, "Got ['train'] instead."),
        ({"do": "train"}, "recipe must be an object. Got None instead."),
        ({"do": "train", "recipie": 1}, "train has no 'recipie'. Did you mean 'recipe'?"),
        ({"do": "stop", "now": 1}, "stop has no 'now'."),
        ({"do": "look", "slices": 1}, "look has no 'slices'. Did you mean 'slice'?"),
        ({"do": "seeds", "counts": 1}, "seeds has no 'counts'. Did you mean 'count'?"),
        ({"do": "table", "file": 1}, "table has no 'file'."),
        ({"do": "save", "waht": 1}, "save has no 'waht'. Did you mean 'what'?"),
        ({"do": "train", "recipe": recipe(), "window": 3}, "window must be ((x0_min, x0_max), (x"),
        ({"do": "train", "recipe": recipe("ring")}, "Got 'ring' instead. Did you mean 'rings'?"),
    ],
)
def test_requests_that_are_none(page: Playground, request_: Any, words: str) -> None:
    events: list[Event] = []
    page.answer(request_, events.append)
    (event,) = events
    assert words in error(event)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"epoch": 6}, "epoch must be a whole number from 0 to 5. Got 6 instead."),
        ({"epoch": -1}, "epoch must be a whole number of at least 0. Got -1 instead."),
        ({"epoch": 1.0}, "epoch must be a whole number of at least 0. Got 1.0 instead."),
        ({"edits": {}}, "edits must be a list of at most 100000. Got {} instead."),
        ({"edits": [[0, 0, 0, 1.0]] * 100_001}, "edits must be a list of at most 100000. Got [["),
        ({"edits": [[0, 0, 1.0]]}, "an edit must be [layer, input, unit, value]. Got [0, 0, 1.0]"),
        ({"edits": [5]}, "an edit must be [layer, input, unit, value]. Got 5 instead."),
        ({"edits": [[9, 0, 0, 1]]}, "an edit's layer must be a whole number from 0 to 1. Got 9 in"),
        (
            {"edits": [[0, 0, 0, None]]},
            "an edit's value must be a finite number of at least -1e+30",
        ),
        ({"edits": [[0, 0, 0, math.inf]]}, "and below 1e+30. Got inf instead."),
        ({"edits": [[0, 0, 0, -1e31]]}, "and below 1e+30. Got -1e+31 instead."),
    ],
)
@pytest.mark.parametrize("do", ["look", "save"])
def test_what_cannot_be_shown(page: Playground, do: str, parts: Event, words: str) -> None:
    what = {"what": "model"} if do == "save" else {}
    assert words in error(answer(page, do, recipe=recipe(), **parts, **what))


@pytest.mark.parametrize(
    ("slice_", "words"),
    [
        (3, "slice must be an object. Got 3 instead."),
        ({"origin": [0, 0], "w": [1]}, "slice has no 'w'."),
        ({"origin": [0, 0], "u": [1, 0]}, "a slice's v must be one row of real numbers"),
        ({"origin": [0, 0, 0], "u": [1, 0, 0], "v": [0, 1, 0]}, "through the 2 inputs of the netw"),
    ],
)
def test_slices_that_are_none(page: Playground, slice_: Any, words: str) -> None:
    assert words in error(answer(page, "look", recipe=recipe(), slice=slice_))


@pytest.mark.parametrize("what", [None, "modle", ["model"], ""])
def test_files_that_there_are_not(page: Playground, what: Any) -> None:
    words = f"what must be one of model, code, report. Got {what!r} instead."
    assert words in error(answer(page, "save", recipe=recipe(), what=what))


leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
leaves |= st.sampled_from([1e308, -1e30, 2**1100, "model", "blobs", "own", "file"])
anything = st.recursive(
    leaves,
    lambda each: (
        st.lists(each, max_size=4) | st.dictionaries(st.text(max_size=5), each, max_size=3)
    ),
    max_leaves=8,
)
pairs = st.lists(st.lists(st.integers() | st.floats(), min_size=2, max_size=2), max_size=3)
sources = st.fixed_dictionaries(
    {"source": leaves}, optional={"X": anything, "y": anything, "classes": anything}
)
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "recipe": st.just(recipe()) | anything | st.fixed_dictionaries({"data": sources}),
    "window": pairs | anything,
    "slice": anything
    | st.fixed_dictionaries({name: anything | st.lists(leaves) for name in ("origin", "u", "v")}),
    "edits": anything | st.lists(st.lists(leaves, min_size=4, max_size=4), max_size=3),
    "epoch": anything,
    "what": anything,
    "name": anything,
    "content": anything,
}


@given(
    request_=anything
    | st.fixed_dictionaries(
        {"do": st.sampled_from([name for name in ACTIONS if name != "seeds"])}, optional=KNOWN
    )
)
def test_whatever_is_asked_is_answered(request_: Any) -> None:
    """With one event that is no news, which is JSON, and never with an exception."""
    if isinstance(request_, dict):
        parts = {name: value for name, value in request_.items() if name != "do"}
        answer(PAGE, request_.get("do"), **{str(name): value for name, value in parts.items()})
    else:
        PAGE.answer(request_, error)


PAGE = Playground()
