"""A gallery of networks, read from the artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import labels, legend_texts, places
from matplotlib.figure import Figure

import classlens as cl
from classlens.analysis.geometry import regions
from classlens.analysis.planes import Window
from classlens.analysis.territories import territories
from classlens.view.displays.gallery import Exhibit, GalleryDisplay

X, Y = np.array([[-1.0, 0.0], [1.0, 0.0], [0.5, 1.0]]), np.array([0, 1, 0])
WINDOW = Window.around(X)
NETWORK = cl.Network.from_arrays([[[-1.0, 1.0], [0.0, 0.0]]], [[0.0, 0.0]])
FOUND = territories(regions(NETWORK, WINDOW), resolution=11)
EXHIBITS = [
    Exhibit("good", ("3 of 4 networks", "network 0: 66.7% right"), FOUND, np.array([0, 1, 1])),
    Exhibit("diverged " * 9, ("1 of 4 networks",), None, np.full(3, -1)),
    *[Exhibit("fair", (), FOUND, Y)] * 4,
]
DISPLAY = GalleryDisplay(EXHIBITS, X, Y, WINDOW, ("a", "b"), "a note")


def test_a_panel_for_each_network() -> None:
    figure = DISPLAY.figure()
    first, second, *_ = figure.axes
    assert len(figure.axes) == 6
    assert "boundary" in labels(first)
    assert places(first, "misclassified").tolist() == [[0.5, 1.0]]
    assert places(first, "b").tolist() == [[1.0, 0.0]]
    assert "boundary" not in labels(second)
    assert len(places(second, "misclassified")) == 3
    assert "misclassified" not in labels(figure.axes[2])
    texts = [text.get_text() for text in first.texts]
    assert {"How networks end", "a note", "good", "3 of 4 networks"} <= set(texts)
    assert all(len(text.get_text()) <= 40 for text in second.texts)
    assert legend_texts(figure.axes[3]) == ["a", "b", "misclassified"]
    for ax in figure.axes:
        assert ax.get_xlim() == pytest.approx(WINDOW.x0)


def test_the_panels_stand_in_rows() -> None:
    boxes = [ax.get_position() for ax in DISPLAY.figure().axes]
    assert len({round(box.y0, 6) for box in boxes[:4]}) == 1
    assert boxes[4].x0 == pytest.approx(boxes[0].x0)
    assert boxes[4].y1 < boxes[0].y0


def test_on_a_figure_of_one_s_own() -> None:
    figure = Figure()
    assert DISPLAY.plot(figure, title="Mine") is DISPLAY
    assert "Mine" in [text.get_text() for text in figure.axes[0].texts]
    assert repr(DISPLAY) == "GalleryDisplay(6 networks)"
    assert DISPLAY.png() == DISPLAY._repr_png_()
    with pytest.raises(cl.ArgumentError, match="ax must be a matplotlib Figure"):
        DISPLAY.plot(3)  # type: ignore[arg-type]
