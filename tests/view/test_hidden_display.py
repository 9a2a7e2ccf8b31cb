"""The hidden space, read from its artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DATA, LAB, in_order, places, random_network, segments, texts
from matplotlib.text import Annotation

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.network import Network
from classlens.view.displays import labels, panels

CLASSES = list(DATA.class_names)
HIDDEN = plot.hidden(LAB, DATA)
TIMES = "\N{MULTIPLICATION SIGN}"


def samples(features, classes):
    rng = np.random.default_rng(0)
    return Dataset(rng.normal(size=(30, features)), np.arange(30) % classes)


def test_the_points_are_the_activations() -> None:
    activations = LAB.forward(DATA.X)[0].activation
    for ax in HIDDEN.figure().axes[:5]:
        for index, name in enumerate(CLASSES):
            np.testing.assert_allclose(places(ax, name), activations[DATA.y == index])


def test_coincident_points_are_counted() -> None:
    lead = HIDDEN.figure().axes[0]
    assert f"25 {TIMES} c0 at (0, 0)" in texts(lead)


def test_several_classes_at_one_place() -> None:
    dead = Network.from_arrays(
        [np.zeros((2, 2)), np.eye(2)], [[-1.0, -1.0], [0.0, 1.0]], classes=["yes", "no"]
    )
    lead = plot.hidden(dead, (DATA.X, DATA.y % 2)).figure().axes[0]
    assert f"50 {TIMES} yes\n50 {TIMES} no\nat (0, 0)" in texts(lead)


def test_many_classes_at_one_place() -> None:
    dead = Network.from_arrays([np.zeros((2, 2)), np.zeros((2, 4))], [[-1.0, 2.5], np.zeros(4)])
    lead = plot.hidden(dead, DATA).figure().axes[0]
    assert "100 examples of 4 classes\nat (0, 2.5)" in texts(lead)


def test_places_without_a_label_are_counted() -> None:
    X = np.repeat(np.arange(12.0), 3)[:, None]
    network = Network.from_arrays([[[1.0, -1.0]], np.eye(2)], [[0.0, 20.0], [0.0, 0.0]])
    lead = plot.hidden(network, (X, np.zeros(36, int))).figure().axes[0]
    said = [text for text in texts(lead) if text.startswith(f"3 {TIMES} c0")]
    assert 1 <= len(said) <= 8
    assert f"({12 - len(said)} more places shared by several examples)" in lead.get_xlabel()


def test_a_panel_for_each_output_with_its_edge() -> None:
    _, *outputs, _ = HIDDEN.figure().axes
    assert [texts(ax)[0] for ax in outputs] == CLASSES
    found = HIDDEN.territories
    for index, ax in enumerate(outputs):
        mine = (found.pairs == index).any(axis=1)
        drawn = segments(ax, "boundary")
        np.testing.assert_array_equal(in_order(drawn), in_order(found.boundary[mine]))


def test_notes_keep_off_the_boundaries() -> None:
    lead = HIDDEN.figure().axes[0]
    (note,) = [text for text in lead.texts if text.get_text().startswith("25 ")]
    box = super(Annotation, note).get_window_extent()
    along = labels.along(HIDDEN.territories.boundary, 200)
    assert box.count_contains(lead.transData.transform(along)) == 0


@pytest.mark.parametrize("classes", [1, 2, 3, 5])
def test_no_output_is_dropped(classes: int) -> None:
    figure = plot.hidden(random_network([3, 2, classes], 1), samples(3, classes)).figure()
    assert len(figure.axes) == classes + 2


def test_axes_are_named_by_the_layer_s_number() -> None:
    network = random_network([3, 4, 2, 3], 1)
    lead = plot.hidden(network, samples(3, 3)).figure().axes[0]
    assert (lead.get_xlabel(), lead.get_ylabel()) == ("a[2]0", "a[2]1")


def test_more_outputs_than_a_picture_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "MOST", 3)
    figure = plot.hidden(random_network([2, 2, 6], 1), samples(2, 3)).figure()
    assert len(figure.axes) == 1 + 3 + 1
    assert texts(figure.axes[1])[1].startswith("The first 3 outputs")
