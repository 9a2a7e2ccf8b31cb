"""What happens while a training goes on: its news, and how it ends before its time."""

from __future__ import annotations

import dataclasses
import re
import threading
from typing import Any

import numpy as np
import pytest
from asking import LONG, Event, Going, answer, ask, file, recipe

import classlens as cl
from classlens.playground import playground as module
from classlens.playground import watching
from classlens.playground.playground import Playground
from classlens.playground.recipe import Recipe
from classlens.tabular.preparing import prepare
from classlens.training import loop
from classlens.view.payload import encoded, payload


@pytest.fixture
def advances(monkeypatch: pytest.MonkeyPatch) -> list[None]:
    """One entry for each call of the device."""
    calls: list[None] = []
    advance = loop.Trainer.advance

    def counted(self: loop.Trainer) -> Any:
        calls.append(None)
        return advance(self)

    monkeypatch.setattr(loop.Trainer, "advance", counted)
    return calls


@pytest.fixture
def many_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_PICTURES", -1.0)
    monkeypatch.setattr(watching, "_TIMES", -1.0)


def parameters(network: cl.Network) -> str:
    return encoded(np.concatenate([w.ravel() for p in network.layers for w in p.get_weights()]))


@pytest.mark.usefixtures("many_pictures")
@pytest.mark.parametrize(
    "parts", [{}, {"standardise": True}, {"inputs": ["x0", "x1", "x0*x1"], "standardise": True}]
)
def test_pictures_of_a_training_that_goes_on(parts: Event) -> None:
    window = [[-9.0, 9.0], [-8.0, 8.0]]
    asked = {**recipe(epochs=900, validation_fraction=0.2), **parts}
    page = Playground()
    *news, end = ask(page, "train", recipe=asked, window=window)
    assert len(news) > 1
    trial = module.carried_out(Recipe.of(asked), None, lambda *_: None)
    last = -1
    for each in news:
        assert (each["event"], each["epochs"]) == ("progress", 900)
        epoch, shown = each["epoch"], each["payload"]
        assert last <= epoch < 900
        last = epoch
        assert each["done"] == pytest.approx(epoch / 900, abs=1 / 900)
        assert (shown["epochs"], shown["shown"]) == ([epoch], epoch)
        own = payload(
            trial.run.network_at(epoch), trial.data, window=window, inputs=trial.recipe.inputs,
            told=False,
        )  # fmt: skip
        assert shown["parameters"] == own["parameters"]
        assert list(shown["pictures"].values()) == list(own["pictures"].values())
        assert set(shown["pictures"]) <= {str(epoch)}
        for name in ("network", "classes", "features", "plane", "window", "data", "words"):
            assert shown[name] == own[name]
        whole = end["payload"]["history"]
        assert list(shown["history"]) == list(whole)
        for name, values in whole.items():
            assert shown["history"][name] == values[:epoch]


def test_pictures_come_a_few_times_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fifth of a second passes between two of them, by a clock of the test's own."""
    now = 100.0
    monkeypatch.setattr(watching.time, "monotonic", lambda: now)
    events: list[Event] = []
    asked = Recipe.of(recipe())
    watch = watching.watcher(asked, None, None, events.append, lambda: False, threading.Event())
    run = cl.fit(cl.blobs(), epochs=5)
    news = loop.Progress(1, 5, 0.2, np.zeros((0, 2)), ())
    for now in (100.1, 100.19, 100.21, 100.3, 100.4, 100.42):  # noqa: B007 - the clock reads it
        watch(news, lambda: run.network)
    assert ["payload" in each for each in events] == [False, False, True, False, False, True]
    assert events[2]["payload"]["history"] == {"epoch": [], "loss": [], "accuracy": []}


def test_the_last_epoch_is_no_news() -> None:
    events: list[Event] = []
    asked = Recipe.of(recipe())
    watch = watching.watcher(asked, None, None, events.append, lambda: False, threading.Event())
    watch(loop.Progress(5, 5, 1.0, np.zeros((5, 2)), ()), None)
    assert events == []


def test_pictures_leave_the_training_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a large network a picture may take longer than the time between two."""
    clock = iter(np.arange(0.0, 1e3, 0.125))  # each look at it is an eighth of a second later
    monkeypatch.setattr(watching.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(watching, "_payload", lambda *_: {})
    events: list[Event] = []
    asked = Recipe.of(recipe())
    watch = watching.watcher(asked, None, None, events.append, lambda: False, threading.Event())
    network = cl.Network.from_arrays([np.eye(2)], [np.zeros(2)])
    for epoch in range(12):
        watch(loop.Progress(epoch, 20, 0.5, np.zeros((1, 2)), ()), lambda: network)
    # A picture takes one look, so three go by without one: 0.5 s from a beginning to the next.
    assert [k for k, each in enumerate(events) if "payload" in each] == [1, 5, 9]


def test_of_tables_there_are_no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    import pandas as pd

    monkeypatch.setattr(watching, "_PICTURES", -1.0)
    X = np.random.default_rng(0).normal(size=(40, 2))
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": ["u", "v"] * 20})
    page = Playground(prepare(frame, "y"), name="t")
    *news, end = ask(page, "train", recipe=recipe("given", epochs=900))
    assert end["event"] == "trained"
    assert news
    assert not any("payload" in each for each in news)


def test_a_training_that_was_stopped_is_carried_out_whole_when_asked_anew(
    advances: list[None],
) -> None:
    page = Playground()
    asked = recipe(epochs=60)
    stopped = module.carried_out(Recipe.of(asked), None, lambda *_: None)
    cut = dataclasses.replace(
        stopped, run=dataclasses.replace(stopped.run, ending="interrupted", epoch=40)
    )
    page.remember(cut)
    advances.clear()
    # What is shown is what was stopped: it is looked at and saved, and asked for again by undo.
    assert answer(page, "train", recipe=asked)["payload"]["ending"] == "interrupted"
    assert answer(page, "look", recipe=asked, epoch=40)["event"] == "seen"
    assert advances == []
    whole = answer(page, "train", recipe=asked, anew=True)["payload"]
    assert whole["ending"] == "finished"
    assert whole["history"]["loss"] == stopped.run.history.loss.tolist()
    assert answer(page, "train", recipe=asked)["payload"]["ending"] == "finished"
    # Of one that has ended nothing more is to be had.
    advances.clear()
    assert answer(page, "train", recipe=asked, anew=True)["payload"]["ending"] == "finished"
    assert advances == []


def test_anew_is_yes_or_no() -> None:
    event = answer(Playground(), "train", recipe=recipe(), anew="yes")
    assert event["message"].startswith("anew must be")


def test_a_training_that_is_stopped_keeps_what_was_learned(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = Playground()
    going = Going(page, {"do": "train", "recipe": LONG})
    going.wait()
    assert ask(page, "stop") == [{"event": "stopped"}]
    end = going.ended()[-1]
    assert end["event"] == "trained"
    made = end["payload"]
    assert made["ending"] == "interrupted"
    epochs = len(made["history"]["epoch"])
    assert 1 <= epochs < 20_000
    assert made["shown"] == made["epochs"][-1] == epochs
    # It is remembered: what follows does not train again.
    monkeypatch.setattr(module, "carried_out", None)
    seen = answer(page, "look", recipe=LONG)
    assert seen["event"] == "seen"
    assert made["pictures"] == {str(epochs): seen["picture"]}


def stopped_at(monkeypatch: pytest.MonkeyPatch, asked: Event) -> tuple[Playground, Event]:
    """A page whose training was stopped when some epochs were done."""
    page = Playground()
    events: list[Event] = []

    def emit(event: Event) -> None:
        events.append(event)
        if event["event"] == "progress" and event["epoch"] > 3:
            page.answer({"do": "stop"}, lambda _: None)

    page.answer({"do": "train", "recipe": asked}, emit)
    made = events[-1]["payload"]
    assert made["ending"] == "interrupted"
    return page, made


@pytest.mark.parametrize(
    "settings", [{}, {"schedule": "cosine"}, {"validation_fraction": 0.3, "patience": 20_000}]
)
def test_the_code_of_a_training_that_was_stopped(
    monkeypatch: pytest.MonkeyPatch, settings: Event
) -> None:
    """It comes as far as the page did, and no farther."""
    asked = recipe(epochs=20_000, learning_rate=0.002, **settings)
    page, made = stopped_at(monkeypatch, asked)
    text = file(answer(page, "save", recipe=asked, what="code"), "model.py").decode()
    if settings.get("schedule"):
        # With fewer epochs it would be another schedule.
        assert "epochs=20000" in text
        assert f"network = run.network_at({made['shown']})" in text
        return
    assert f"epochs={len(made['history']['epoch'])}" in text
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - it is what the test is about
    model = file(answer(page, "save", recipe=asked, what="model"), "model.safetensors")
    shown = np.frombuffer(model[-4 * 18 :], "<f4")
    own = [w.ravel() for layer in names["model"].network.layers for w in layer.get_weights()]
    assert sorted(np.concatenate(own)) == sorted(shown)
    assert len(names["run"].history) == len(made["history"]["epoch"])


def test_a_training_that_is_stopped_before_its_first_epoch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "MOST_SECONDS", -1.0)
    monkeypatch.setattr(loop.Trainer, "_span", one_batch)
    page = Playground()
    event = answer(page, "train", recipe=recipe(batch_size=10))
    words = "the training was stopped before its first epoch had ended. There is nothing to show."
    assert event == {"event": "error", "message": words}
    monkeypatch.undo()
    assert answer(page, "train", recipe=recipe(batch_size=10))["event"] == "trained"


def one_batch(self: loop.Trainer, kept: Any, block: Any) -> Any:
    row = kept.log.epochs - block.start
    return loop.epochs.Span(row, row + 1, kept.batch, kept.batch + 1, 0, 0)


def test_what_stop_finds_when_nothing_goes_on() -> None:
    page = Playground()
    assert ask(page, "stop") == [{"event": "stopped"}]
    assert answer(page, "train", recipe=recipe())["payload"]["ending"] == "finished"
    assert ask(page, "stop") == [{"event": "stopped"}]
    again = answer(page, "train", recipe=recipe(seed=2))
    assert again["payload"]["ending"] == "finished"


def test_a_training_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It gives what it has; the limit is passed after the first whole epochs."""
    monkeypatch.setattr(watching, "MOST_SECONDS", 0.0)
    made = answer(Playground(), "train", recipe=recipe(epochs=20_000))["payload"]
    assert made["ending"] == "interrupted"
    assert 0 < len(made["history"]["epoch"]) < 20_000


def test_a_page_that_is_gone(advances: list[None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is told anything more, and at most one call of the device is still made."""
    page, gone = Playground(), threading.Event()
    going = Going(page, {"do": "train", "recipe": LONG}, gone.is_set)
    going.wait()
    gone.set()
    made = len(advances)
    events = going.ended()
    assert len(advances) <= made + 2
    assert {each["event"] for each in events} == {"progress"}
    # What it had learned is not kept: the recipe is trained anew.
    assert Recipe.of(LONG).key not in page._trials


def test_a_page_that_is_gone_before_it_begins(advances: list[None]) -> None:
    events: list[Event] = []
    Playground().answer({"do": "train", "recipe": LONG}, events.append, lambda: True)
    assert events == []
    assert len(advances) == 1


def test_seeds_end_when_the_page_is_gone(advances: list[None]) -> None:
    events: list[Event] = []
    page = Playground()
    asked = {"do": "seeds", "recipe": recipe(), "count": 50}
    page.answer(asked, events.append, lambda: len(events) >= 3)
    assert [each["seed"] for each in events] == [0, 1, 2]
    events.clear()
    page.answer({**asked, "recipe": LONG}, events.append, lambda: len(advances) > 5)
    assert events == []  # in the middle of a seed


def test_seeds_that_take_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", -1.0)
    assert ask(Playground(), "seeds", recipe=recipe(), count=3) == []


@pytest.mark.usefixtures("many_pictures")
@pytest.mark.parametrize(
    ("rate", "activation", "words"),
    [
        (1e10, "relu", r"the training diverged in epoch \d+: .* Try a lower learning_rate"),
        (100.0, "elu", r"the training ended with a loss of 1\.8e\+13, where guessing gives 1\.1\."),
    ],
)
def test_a_training_that_diverges_says_so(rate: float, activation: str, words: str) -> None:
    """Whatever its pictures on the way were of."""
    asked = recipe(
        "rings", epochs=1_000, optimizer="sgd", learning_rate=rate, activation=activation,
        hidden=[8, 8],
    )  # fmt: skip
    asked["data"]["samples"] = 4
    *news, end = ask(Playground(), "train", recipe=asked)
    assert all("payload" in each for each in news)
    assert end["event"] == "error"
    assert re.match(words, end["message"])
