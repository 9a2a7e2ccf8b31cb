"""Notes beside points: inside, apart, and left out where there is no room."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from classlens.view.displays import frame
from classlens.view.displays.labels import Note, Tag, along, annotate, measure, sides, tag

NOBODY = np.empty((0, 2))


@settings(max_examples=15)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=12))
def test_notes_lie_inside_and_apart(places: list[tuple[float, float]]) -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 4.0, 3.0)
    notes = [
        Note(np.array(place), f"{index} things\nat a place") for index, place in enumerate(places)
    ]
    written = annotate(ax, notes, np.array(places))
    assert 1 <= written <= len(notes)
    assert len(ax.texts) == written
    figure.draw_without_rendering()
    boxes = [Bbox.from_extents(*text_box(text)) for text in ax.texts]
    for box in boxes:
        assert ax.bbox.x0 <= box.x0
        assert box.x1 <= ax.bbox.x1
        assert ax.bbox.y0 <= box.y0
        assert box.y1 <= ax.bbox.y1
    for one, other in itertools.combinations(boxes, 2):
        assert Bbox.intersection(one, other) is None


def text_box(text: Annotation) -> tuple[float, ...]:
    """The text without its line."""
    return super(Annotation, text).get_window_extent().extents


def test_a_note_keeps_off_the_points_if_it_can() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 4.0, 3.0)
    crowd = np.stack(np.meshgrid(np.linspace(0.5, 1, 30), np.linspace(0, 1, 30)), axis=2)
    crowd = crowd.reshape(-1, 2)
    annotate(ax, [Note(np.array([0.5, 0.5]), "25 things")], crowd)
    figure.draw_without_rendering()
    box = Bbox.from_extents(*text_box(ax.texts[0]))
    assert box.count_contains(ax.transData.transform(crowd)) == 0


def test_no_room_no_note() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 0.5, 0.5)
    note = Note(np.array([0.5, 0.5]), "a text that is wider than the panel")
    assert annotate(ax, [note], NOBODY) == 0
    assert tag(ax, [Tag("a text that is wider than the panel", np.zeros((1, 2)))], NOBODY) == 0
    assert measure(ax, np.array([[[0, 0], [1, 1.0]]]), ["one that is wider still"], NOBODY) == 0
    assert not ax.texts


def test_tags_stand_on_their_lines_inside_and_apart() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 4.0, 3.0)
    rim = np.array([[0.0, 0.5], [1.0, 0.5]])
    assert tag(ax, [Tag(f"L1.{unit}", rim) for unit in range(6)], NOBODY) == 6
    boxes = [text.get_window_extent() for text in ax.texts]
    for box in boxes:
        assert ax.bbox.x0 <= box.x0 < box.x1 <= ax.bbox.x1
    for one, other in itertools.combinations(boxes, 2):
        assert Bbox.intersection(one, other) is None


def test_a_measure_covers_no_line() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 4.0, 3.0)
    lines = np.array([[[0.2, 0.2], [0.5, 0.4]], [[0.6, 0.6], [0.6, 0.61]]])
    assert measure(ax, lines, ["1.25", "0.01"], NOBODY) == 2
    dots = ax.transData.transform(along(lines))
    for text in ax.texts:
        assert text.get_window_extent().count_contains(dots) == 0


def test_words_beside_a_line_stand_on_their_sides() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 4.0, 3.0)
    line = np.array([[0.1, 0.2], [0.9, 0.7]])
    sides(ax, line, "left", "right", NOBODY)
    start, end = ax.transData.transform(line)
    found = {}
    for text in ax.texts:
        box = text.get_window_extent()
        middle = np.array([(box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2]) - start
        found[text.get_text()] = np.sign(middle @ [-(end - start)[1], (end - start)[0]])
    assert found == {"left": 1, "right": -1}


def test_words_that_would_cover_something_are_left_out() -> None:
    figure = frame.bare_figure()
    ax = frame.add_panel(figure, 0, 0, 2.0, 2.0)
    crowd = np.stack(np.meshgrid(np.linspace(0, 1, 60), np.linspace(0, 1, 60)), axis=2)
    sides(ax, np.array([[0.1, 0.2], [0.9, 0.7]]), "left", "right", crowd.reshape(-1, 2))
    sides(ax, np.array([[0.1, 0.2], [0.15, 0.2]]), "short", "line", NOBODY)
    assert not ax.texts
