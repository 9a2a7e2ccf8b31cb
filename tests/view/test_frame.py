"""Names that fit, figures that hold what is in them."""

from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import assert_all_inside, legend_texts, texts
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.lines import Line2D

from classlens.view.displays import frame, panels


def test_counted() -> None:
    said = [frame.counted(1, "class"), frame.counted(2, "class"), frame.counted(1200, "example")]
    assert said == ["1 class", "2 classes", "1,200 examples"]


def test_shorten() -> None:
    assert frame.shorten("short name") == "short name"
    assert frame.shorten("two\n lines\tin a name") == "two lines in a name"
    assert frame.shorten("a" * 50) == "a" * 39 + "…"


@given(st.text(st.characters(codec="ascii", categories=("L", "N", "Zs")), max_size=80))
def test_a_wrapped_name_has_at_most_two_lines(name: str) -> None:
    text = frame.wrapped(name, 1.5, 8.0)
    assert text.count("\n") <= 1
    if "\n" not in text:
        assert text == " ".join(name.split())


def test_a_wrapped_name_fits_and_loses_nothing_if_it_can() -> None:
    name = "chronic kidney disease stage 1"
    text = frame.wrapped(name, 1.5, 8.0)
    assert text.replace("\n", " ") == name
    assert all(frame.length(line, 8.0) <= 1.5 * 72 for line in text.split("\n"))


def test_a_name_too_long_for_two_lines_says_so() -> None:
    assert frame.wrapped("one two three four five six seven eight nine", 0.8, 8.0).endswith("…")


@pytest.mark.parametrize(
    ("limits", "there"),
    [
        ((0, 1), False),
        ((-8, 7), False),
        ((0, 3e6), True),
        ((1e6, 1e6 + 1), True),
        ((0, 1e-9), True),
    ],
)
def test_room_for_what_matplotlib_writes_over_an_axis(
    limits: tuple[float, float], there: bool
) -> None:
    assert (frame.offset_room(limits) > 0) == there
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 4, 4)
    ax.set_ylim(limits)
    figure.draw_without_rendering()
    assert (ax.yaxis.get_offset_text().get_text() != "") == there


def test_settling_keeps_the_panels_size_and_holds_all_text() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 3.0, 2.0)
    frame.entitle(ax, "A heading that is much longer than the panel itself is wide", "note")
    frame.name_axes(ax, "across", "up")
    frame.legend(ax, [Line2D([], [])], ["x" * 39])
    frame.settle(figure, [ax])
    np.testing.assert_allclose(ax.bbox.size / figure.dpi, [3.0, 2.0])
    assert_all_inside(figure)


def test_names_are_no_formulas_and_may_begin_with_an_underscore() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 3.0, 2.0)
    names = ["_hidden", "$5 or \\frac", "$x$"]
    frame.legend(ax, [Line2D([], [])] * 3, names)
    frame.name_axes(ax, "cost in $", "$")
    frame.write(ax, "$$", above=3, size=8)
    frame.settle(figure, [ax])
    assert legend_texts(ax) == names
    legend = ax.get_legend()
    assert legend is not None
    for text in [*legend.get_texts(), *ax.texts, ax.xaxis.label, ax.yaxis.label]:
        assert not text.get_parse_math()
    assert texts(ax) == ["$$"]


def test_a_png_is_a_png_without_transparency() -> None:
    figure = frame.bare_figure()
    frame.add_panel(figure, 0, 0, 1.0, 1.0)
    data = frame.png(figure)
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert data[25] == 2  # the header's colour type: red, green, blue


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
