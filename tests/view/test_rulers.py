"""Rulers: where their marks are and what they say."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from drawn import drawn_texts
from hypothesis import given
from hypothesis import strategies as st

from classlens.view.displays import frame
from classlens.view.displays.rulers import decimals, percents, powers, wholes

FINITE = st.floats(-1e9, 1e9)
MINUS = "\N{MINUS SIGN}"


@given(
    FINITE, st.floats(1e-3, 1e9), st.sampled_from([decimals(3), decimals(5), wholes(6), percents])
)
def test_marks_are_even_inside_and_labelled(low: float, span: float, marker) -> None:
    marks = marker(low, low + span)
    assert len(marks.places) == len(marks.labels)
    assert all(low - 1e-6 * span <= place <= low + span * (1 + 1e-6) for place in marks.places)
    steps = np.diff(marks.places)
    assert steps == pytest.approx(steps[:1].repeat(len(steps)), rel=1e-3)


@given(FINITE, st.floats(1.0, 1e9))
def test_decimals_say_where_they_are(low: float, span: float) -> None:
    marks = decimals(5)(low, low + span)
    shown = [float(label.replace(MINUS, "-")) for label in marks.labels]
    for one, other in itertools.pairwise(zip(shown, marks.places, strict=True)):
        ratio = (other[0] - one[0]) / (other[1] - one[1])  # 1, or a power of ten, or less an offset
        assert np.log10(ratio) == pytest.approx(round(np.log10(ratio)), abs=1e-6)


def test_examples() -> None:
    assert decimals(5)(-8.4, 7.7).labels == [f"{MINUS}8", f"{MINUS}4", "0", "4"]
    assert decimals(5)(0, 3e6).offset == "1e6"
    assert decimals(5)(1e6, 1e6 + 1).offset == "+1e6"
    assert decimals(5, inside=True)(0, 10).labels == ["2", "4", "6", "8"]
    assert wholes(4)(0, 4000).labels == ["0", "1,000", "2,000", "3,000", "4,000"]
    assert percents(0.2, 1.02).labels == ["20%", "40%", "60%", "80%", "100%"]
    assert percents(0.99, 1.0).labels[0] == "99.0%"
    assert powers(0.002, 30).labels == ["0.01", "0.1", "1", "10"]
    assert len(powers(1e-20, 1).labels) <= 8


def test_what_is_drawn_is_what_it_says() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 1, 1, 3, 3)
    frame.show(ax, (0, 8), (1e6, 1e6 + 4))
    said = [text for text, _ in drawn_texts(figure)]
    below, beside = (frame.rulers(ax)[side].marks() for side in ("bottom", "left"))
    assert said == [*below.labels, *beside.labels, "+1e6"]


def test_numbers_stand_at_their_places_beside_the_panel() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 1, 1, 3, 3)
    frame.show(ax, (0, 8), (0, 1))
    boxes = dict(drawn_texts(figure))
    at = ax.transData.transform((4, 0))
    assert (boxes["4"].x0 + boxes["4"].x1) / 2 == pytest.approx(at[0], abs=1)
    height = figure.get_size_inches()[1] * figure.dpi
    assert height - boxes["4"].y0 < at[1]
    assert boxes["0.4"].x1 < ax.bbox.x0


def test_the_room_holds_the_numbers() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 1, 1, 3, 3)
    frame.show(ax, (0, 8), (-2000, 50))
    ruler = frame.rulers(ax)["left"]
    box = ruler.get_window_extent()
    for text, each in drawn_texts(figure):
        if text in ruler.marks().labels and each.x1 < ax.bbox.x0:
            assert box.x0 - 1 <= each.x0


def test_it_can_be_hidden() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 1, 1, 3, 3)
    for ruler in frame.rulers(ax).values():
        ruler.set_visible(False)
    assert drawn_texts(figure) == []
