"""A run in a notebook's cell: live where anywidget is, and a report in any case."""

from __future__ import annotations

import html
import importlib.util
import json
import re
import subprocess
import sys
import threading
from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens import notebook
from classlens.notebook import View, view
from classlens.playground import playground as module
from classlens.playground.recipe import Recipe
from classlens.report import report_html
from classlens.view.bundle import bundle, page_file
from classlens.view.payload import payload

RUN = cl.fit(cl.blobs(), epochs=20, seed=7)
WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """anywidget is not installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "anywidget" else find(name)
    )


class Page:
    """A page that asks a widget, and hears what it sends."""

    def __init__(self, widget: Any) -> None:
        self.sent: list[dict[str, Any]] = []
        self._widget = widget
        self._heard = threading.Condition()
        widget.send = self._hear

    def _hear(self, content: dict[str, Any]) -> None:
        json.dumps(content, allow_nan=False)
        with self._heard:
            self.sent.append(content)
            self._heard.notify_all()

    def tell(self, content: Any) -> None:
        """A message as the widget's own machinery passes it on."""
        self._widget._handle_custom_msg(content, [])

    def ask(self, name: str, **request: Any) -> list[dict[str, Any]]:
        """All events of a request."""
        self.tell({"id": name, "request": request})
        return self.events(name)

    def events(self, name: str) -> list[dict[str, Any]]:
        end = {"id": name, "end": True}
        with self._heard:
            assert self._heard.wait_for(lambda: end in self.sent, 60), self.sent
        assert self.sent[-1] == end
        return [each["event"] for each in self.sent if each["id"] == name and "event" in each]

    def wait(self, count: int) -> None:
        """Until so many messages have come."""
        with self._heard:
            assert self._heard.wait_for(lambda: len(self.sent) >= count, 60), self.sent


@pytest.fixture
def page() -> Page:
    widget = view(RUN, cl.blobs()).widget
    assert widget is not None
    return Page(widget)


def test_it_is_a_report_in_a_frame() -> None:
    shown = RUN.view(cl.blobs())
    assert isinstance(shown, View)
    assert shown.page == report_html(RUN, cl.blobs(), title="Classlens")
    frame = shown._repr_html_()
    # Its script runs, without what would let it reach the notebook around it.
    (tag,) = re.findall(r"<iframe ([^>]*)>", frame)
    assert re.search(r'sandbox="([^"]*)"', tag)[1].split() == ["allow-scripts", "allow-downloads"]
    assert "allow-same-origin" not in tag
    assert html.unescape(re.search(r'srcdoc="([^"]*)"', tag)[1]) == shown.page
    assert "height: 900px" in tag


def test_names_do_not_break_out_of_the_frame() -> None:
    names = ('"></iframe><script>x', "'b", "c", "d")
    data = cl.Dataset(cl.blobs().X, cl.blobs().y, names)
    frame = RUN.view(data)._repr_html_()
    assert frame.count("<iframe") == frame.count("</iframe>") == 1
    assert frame.count("<") == 2


def test_a_live_page_has_both() -> None:
    shown = view(RUN, cl.blobs())
    made = shown._repr_mimebundle_(include=None, exclude=None)
    assert made[WIDGET]["model_id"] == shown.widget.model_id
    assert made["text/html"] == shown._repr_html_()
    assert made["text/plain"] == repr(shown)
    assert re.fullmatch(
        r"View\(a live page of [\d,]+ characters, for a notebook's cell\)", repr(shown)
    )


@pytest.mark.usefixtures("bare")
def test_without_anywidget_there_is_the_report() -> None:
    shown = view(RUN, cl.blobs())
    assert shown.widget is None
    assert set(shown._repr_mimebundle_()) == {"text/plain", "text/html"}
    assert re.fullmatch(r"View\(a page of [\d,]+ characters, for a notebook's cell\)", repr(shown))


def test_a_widget_that_gives_a_pair(page: Page) -> None:
    """A mimebundle may come with metadata, or not at all."""

    class Pair:
        def _repr_mimebundle_(self) -> Any:
            return {WIDGET: 1}, {"meta": 2}

    class Nothing:
        def _repr_mimebundle_(self) -> Any:
            return None

    assert View("p", Pair())._repr_mimebundle_()[WIDGET] == 1
    assert set(View("p", Nothing())._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_the_widget_is_the_page_s_module() -> None:
    widget = view(RUN, cl.blobs()).widget
    assert str(widget._esm).startswith(bundle("widget"))
    assert str(widget._esm).rstrip().endswith("export default { render };")
    assert page_file("style.css") in str(widget._css)


def test_it_opens_with_what_was_trained() -> None:
    """No training is asked for: the page shows the run that it was made of."""
    opened = view(RUN, cl.blobs()).widget.welcome
    json.dumps(opened, allow_nan=False)
    own = payload(RUN, cl.blobs(), told=False)
    assert {name: opened["payload"][name] for name in own} == own
    assert Recipe.of(opened["recipe"]).settings == RUN.model.settings
    first = opened["datasets"][0]
    assert (first["source"], first["label"]) == ("given", "your data")
    assert opened["recipe"]["standardise"] is False


def test_samples_of_a_plane_can_be_played_with() -> None:
    """Points are drawn, and features made, as in the page of its own; the names stay."""
    data = cl.Dataset(cl.blobs().X, cl.blobs().y, ("n", "e", "s", "w"), ("wide", "high"))
    widget = view(cl.fit(data, epochs=5), data).widget
    page, opened = Page(widget), widget.welcome
    first = opened["datasets"][0]
    assert (first["kind"], first["features"]) == ("plane", ["wide", "high"])
    lifted = {**opened["recipe"], "inputs": ["x0", "x1", "x0**2"]}
    *_, end = page.ask("a", do="train", recipe=lifted)
    assert end["payload"]["classes"] == ["n", "e", "s", "w"]
    assert end["payload"]["plane"]["inputs"] == lifted["inputs"]
    shown = opened["payload"]
    own = {
        "source": "own",
        "X": shown["data"]["X"],
        "y": shown["data"]["y"],
        "classes": 4,
        "names": shown["classes"],
        "features": first["features"],
    }
    *_, end = page.ask("b", do="train", recipe={**opened["recipe"], "data": own})
    for name in ("classes", "features", "parameters"):
        assert end["payload"][name] == shown[name]  # it is the same training


def test_it_answers(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = page._widget.welcome["recipe"]
    calls: list[None] = []
    carried_out = module.carried_out
    monkeypatch.setattr(
        module, "carried_out", lambda *given: calls.append(None) or carried_out(*given)
    )
    (seen,) = page.ask("a", do="look", recipe=recipe, epoch=20)
    assert seen["words"] == payload(RUN, cl.blobs())["words"]["20"]
    assert not calls  # the run itself is looked at
    other = {**recipe, "settings": {**recipe["settings"], "seed": 8}}
    *_, end = page.ask("b", do="train", recipe=other)
    assert (
        end["payload"]["history"]["loss"]
        == cl.fit(cl.blobs(), epochs=20, seed=8).history.loss.tolist()
    )
    assert len(calls) == 1
    assert page._widget._gone == {}


def test_requests_that_are_none(page: Page) -> None:
    (event,) = page.ask("a", do="trian")
    assert "Did you mean 'train'?" in event["message"]
    page.tell({"id": "b"})
    (event,) = page.events("b")
    assert event == {"event": "error", "message": "request must be an object. Got None instead."}


def test_a_page_that_is_gone(page: Page) -> None:
    """What it had asked for ends; a word of what was not asked for is no mistake."""
    recipe = {
        "data": {"source": "spirals", "samples": 5_000},
        "settings": {"epochs": 20_000, "hidden": [64, 64]},
    }
    page.tell({"id": "long", "request": {"do": "train", "recipe": recipe}})
    page.wait(1)
    page.tell({"id": "other", "gone": True})
    page.tell({"id": "long", "gone": True})
    assert {each["event"] for each in page.events("long")} == {"progress"}
    assert page._widget._gone == {}


def test_a_training_is_stopped(page: Page) -> None:
    recipe = {
        "data": {"source": "spirals", "samples": 5_000},
        "settings": {"epochs": 20_000, "hidden": [64, 64]},
    }
    page.tell({"id": "long", "request": {"do": "train", "recipe": recipe}})
    with page._heard:
        heard = page._heard.wait_for(lambda: any(each["event"]["epoch"] for each in page.sent), 60)
    assert heard
    page.tell({"id": "stop", "request": {"do": "stop"}})
    with page._heard:
        assert page._heard.wait_for(lambda: {"id": "long", "end": True} in page.sent, 60)
    ends = [each["event"] for each in page.sent if "event" in each]
    (end,) = (each for each in ends if each["event"] == "trained")
    assert end["payload"]["ending"] == "interrupted"


@pytest.mark.parametrize(
    "run",
    [
        cl.fit(cl.blobs(), epochs=1, hidden=[257]),
        cl.fit(cl.blobs(), epochs=1, hidden=[2] * 9),
    ],
    ids=["wide", "deep"],
)
def test_a_network_beyond_a_page_s_limits_has_a_report(run: cl.Run) -> None:
    shown = run.view(cl.blobs())
    assert shown.widget is None
    assert "text/html" in shown._repr_mimebundle_()


def test_a_table_s_run_has_a_report() -> None:
    """Its rows were held out and its features scaled by ``train``, which a page does not repeat."""
    import pandas as pd

    X = np.random.default_rng(0).normal(size=(40, 2))
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1], "y": ["u", "v"] * 20})
    trained = cl.train(frame, "y", epochs=2)
    assert trained.run.view(trained.data).widget is None


def test_pairs_and_their_words() -> None:
    words = [f"c{k}" for k in cl.blobs().y]
    made = RUN.view((cl.blobs().X, words))
    assert made.widget.welcome["payload"]["data"]["y"] == cl.blobs().y.tolist()
    with pytest.raises(
        cl.DataError, match=r"y must hold names of classes, c0, c1, c2, c3\. Got 'x'"
    ):
        RUN.view((cl.blobs().X, ["x", *words[1:]]))


def test_what_is_shown_later_is_another_page() -> None:
    one, two = (view(RUN, cl.blobs()).widget for _ in range(2))
    assert one._playground is not two._playground
    assert one.model_id != two.model_id
    assert isinstance(one, notebook._widget_class())
    assert isinstance(two, notebook._widget_class())  # made once


def test_a_run_without_a_notebook_does_not_load_its_library() -> None:
    code = (
        "import sys, classlens as cl, classlens.notebook\n"
        "print([name for name in ('anywidget', 'traitlets', 'IPython') if name in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"
