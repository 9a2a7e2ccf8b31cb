"""Figures that hold what is in them, panels in a grid, files."""

from __future__ import annotations

import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import assert_all_inside, assert_texts_apart, legend_texts, texts
from matplotlib.lines import Line2D
from PIL import Image

from classlens.view.displays import frame, legends, panels


def test_settling_keeps_the_panels_size_and_holds_all_text() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 3.0, 2.0)
    frame.entitle(ax, "A heading that is much longer than the panel itself is wide", "note")
    frame.show(ax, (0, 1), (1e6, 1e6 + 1))
    frame.name_axes(ax, "across", "up")
    legends.legend(ax, [Line2D([], [])], ["x" * 39])
    frame.settle(figure, [ax])
    np.testing.assert_allclose(ax.bbox.size / figure.dpi, [3.0, 2.0])
    assert_all_inside(figure)
    assert_texts_apart(figure)


def test_names_are_no_formulas_and_may_begin_with_an_underscore() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 3.0, 2.0)
    names = ["_hidden", "$5 or \\frac", "$x$"]
    legends.legend(ax, [Line2D([], []) for _ in names], names)
    frame.name_axes(ax, "cost in $", "$")
    frame.write(ax, "$$", above=3, size=8)
    frame.settle(figure, [ax])
    assert legend_texts(ax) == names
    for text in [*ax.texts, ax.xaxis.label, ax.yaxis.label]:
        assert not text.get_parse_math()
    assert texts(ax) == ["$$"]


def test_a_legend_of_many_has_columns() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 3.0, 4.0)
    names = [f"name {number}" for number in range(50)]
    legends.legend(ax, [Line2D([], []) for _ in names], names)
    frame.settle(figure, [ax])
    assert legend_texts(ax) == names
    assert len({round(text.get_window_extent().x0) for text in ax.texts}) == 3
    assert_texts_apart(figure)


def test_a_png_holds_the_picture_without_transparency() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 1.0, 1.0)
    ax.imshow(np.random.default_rng(0).random((9, 9, 3)))
    given = frame.png(figure)
    with Image.open(io.BytesIO(given)) as picture:
        picture.load()
        assert picture.mode == "RGB"
        assert picture.info["dpi"] == pytest.approx((frame.DPI, frame.DPI), rel=1e-3)
        read = np.asarray(picture)
    expected = np.asarray(figure.canvas.buffer_rgba())[:, :, :3]  # type: ignore[attr-defined]
    np.testing.assert_array_equal(read, expected)


def test_a_bare_figure_is_unknown_to_pyplot() -> None:
    before = plt.get_fignums()
    frame.bare_figure()
    assert plt.get_fignums() == before


@pytest.mark.parametrize(
    ("count", "columns"),
    [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (6, 3), (7, 4), (8, 4), (12, 4), (20, 5), (32, 8)],
)
def test_columns_of_a_grid(count: int, columns: int) -> None:
    assert panels._columns(count) == columns
