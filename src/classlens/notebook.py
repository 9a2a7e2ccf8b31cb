"""The page in a notebook's cell: live with anywidget, and a report in the saved file."""

from __future__ import annotations

import functools
import html
import importlib.util
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.playground.playground import Playground
from classlens.playground.recipe import Recipe
from classlens.playground.trial import Trial
from classlens.playground.welcome import welcome
from classlens.report import report_html
from classlens.training.run import Run
from classlens.view.bundle import bundle, page_file

_NAME = "your data"


@dataclass(frozen=True, repr=False)
class View:
    """A page that a notebook shows where this is a cell's value.

    Attributes:
        page: the page's HTML, whole: a report.
        widget: the live page, or None where anywidget is not installed, or a page cannot train
            such a network.
        height: of the report's frame, in pixels.
    """

    page: str
    widget: Any = None
    height: int = 900

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The widget for a notebook with a kernel, the report for one without."""
        live: Any = {} if self.widget is None else self.widget._repr_mimebundle_()
        shown = live[0] if isinstance(live, tuple) else live
        return {**(shown or {}), "text/plain": repr(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        # The frame may run its own script, and reach nothing of the notebook around it.
        return (
            f'<iframe sandbox="allow-scripts allow-downloads" title="Classlens" '
            f'srcdoc="{html.escape(self.page)}" '
            f'style="width: 100%; height: {self.height}px; border: 0;"></iframe>'
        )

    def __repr__(self) -> str:
        kind = "a live page" if self.widget is not None else "a page"
        return f"View({kind} of {len(self.page):,} characters, for a notebook's cell)"


def view(run: Run, data: Dataset | tuple[ArrayLike, ArrayLike]) -> View:
    """A page for a notebook's cell that shows a run.

    Args:
        run: the training.
        data: samples with their classes.

    Raises:
        ArgumentError: if the data has other classes than the network.
        DataError: if the samples cannot be used.
    """
    samples = Dataset.of(data, class_names=run.network.classes)
    return View(report_html(run, samples, title="Classlens"), _live(run, samples))


def _live(run: Run, data: Dataset) -> Any:
    """The widget, if there can be one."""
    settings = run.model.settings
    known = importlib.util.find_spec("anywidget") is not None
    if not known or settings is None or run.model.encoding is not None:
        return None
    opened = welcome(data, _NAME, settings)
    try:
        recipe = Recipe.of(opened["recipe"])
    except ArgumentError:  # a network beyond what a page trains
        return None
    none = np.zeros(0, np.intp)
    trial = Trial(recipe, data, run, none, none)
    playground = Playground(data, name=_NAME)
    playground.remember(trial)
    return _widget_class()(playground, {**opened, "payload": trial.payload(None)})


@functools.cache
def _widget_class() -> Any:
    """The widget's class, made when it is first wanted: anywidget is an extra."""
    import anywidget  # noqa: PLC0415 - an extra
    import traitlets  # noqa: PLC0415 - anywidget's

    class Live(anywidget.AnyWidget):
        """The live page; its requests are messages, answered in threads of their own."""

        _esm = bundle("widget") + "\nexport default { render };\n"
        _css = page_file("style.css")
        welcome = traitlets.Dict().tag(sync=True)

        def __init__(self, playground: Playground, opened: dict[str, Any]) -> None:
            super().__init__(welcome=opened)
            self._playground = playground
            self._gone: dict[str, threading.Event] = {}
            self.on_msg(_answer)

    return Live


def _answer(widget: Any, content: Any, _: Any) -> None:
    """Answer a message of the page: a request, or that nobody waits for one any more."""
    name = str(content.get("id"))
    if content.get("gone"):
        if name in widget._gone:
            widget._gone[name].set()
        return
    gone = widget._gone[name] = threading.Event()

    def work() -> None:
        def emit(event: dict[str, Any]) -> None:
            widget.send({"id": name, "event": event})

        try:
            widget._playground.answer(content.get("request"), emit, gone.is_set)
        finally:
            widget._gone.pop(name, None)
            widget.send({"id": name, "end": True})

    threading.Thread(target=work, daemon=True).start()
