"""Notes beside points: inside, apart, and left out where there is no room."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from classlens.view.displays import frame
from classlens.view.displays.labels import Note, annotate

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
    assert not ax.texts
