"""The report: the page with all that it shows in one file, to be mailed and opened offline."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

from classlens.analysis.slices import Slice
from classlens.data.inputs import Inputs
from classlens.files import write_whole
from classlens.model import ModelLike
from classlens.view.bundle import bundle, embedded, page_file
from classlens.view.facts import facts
from classlens.view.payload import payload
from classlens.view.subject import Data, WindowLike

if TYPE_CHECKING:
    from classlens.training.history import History

# Nothing is fetched, whatever the names in the data hold.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>html, body {{ margin: 0; height: 100%; }}
{style}</style>
</head>
<body>
<div id="page" class="classlens">
<noscript>This report draws its pictures with JavaScript.</noscript>
</div>
<script type="application/json" id="payload">{payload}</script>
<script type="application/json" id="facts">{facts}</script>
<script type="module">
{bundle}
const [payload, facts] = ["payload", "facts"].map((id) =>
  JSON.parse(document.getElementById(id).textContent));
// In a notebook's frame there is no address to remember anything in.
const remember = location.protocol !== "about:";
mount(document.getElementById("page"), {{ payload, facts, title: document.title, remember }});
</script>
</body>
</html>
"""


def report_html(
    model: ModelLike,
    data: Data | None = None,
    *,
    title: str = "Classlens report",
    history: History | None = None,
    window: WindowLike | None = None,
    slice: Slice | None = None,  # noqa: A002 - the word that everyone uses for it
    inputs: Inputs | None = None,
    source: str = "",
) -> str:
    """A page that shows a model, whole in one text: no network, no other file.

    Args:
        model: a Network, Model or Run; a run brings its history, and its epochs can be played.
        data: a Dataset or a pair (X, y).
        title: the page's heading.
        history: the training, where the model does not bring it.
        window: as for ``classlens.plot.regions``.
        slice: the plane to show, for networks with other than two inputs.
        inputs: what the network is given of a point of the plane, if not its coordinates.
        source: what the data is called, such as its file's name.

    Raises:
        ArgumentError: if network, slice and window do not fit each other, or there is neither a
            window nor data.
        DataError: if the samples cannot be used.
    """
    shown = payload(model, data, history=history, window=window, slice=slice, inputs=inputs)
    return _PAGE.format(
        policy=html.escape(_POLICY),
        title=html.escape(title),
        style=page_file("style.css"),
        payload=embedded(shown),
        facts=embedded(facts(model, data, history=history, source=source)),
        bundle=bundle("report"),
    )


def write_report(
    path: str | Path,
    model: ModelLike,
    data: Data | None = None,
    *,
    title: str = "Classlens report",
    history: History | None = None,
    window: WindowLike | None = None,
    slice: Slice | None = None,  # noqa: A002
    source: str = "",
) -> None:
    """Write a page that shows a model to one file, which a browser opens offline.

    Args:
        path: the file, such as ``report.html``.
        model: as for ``report_html``, like what follows.
        data: a Dataset or a pair (X, y).
        title: the page's heading.
        history: the training.
        window: what the picture shows.
        slice: the plane to show.
        source: what the data is called.

    Raises:
        ArgumentError: as ``report_html``, or if the path is none.
        DataError: as ``report_html``.
        OutputError: if the file cannot be written.
    """
    text = report_html(
        model, data, title=title, history=history, window=window, slice=slice, source=source
    )
    write_whole(path, text.encode())
