"""The units of a layer, read from their artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DATA, LAB, labels, places, random_network, segments, texts
from matplotlib.transforms import Bbox

from classlens import plot
from classlens.analysis.slices import Slice
from classlens.network import Network
from classlens.view.displays import panels

CLASSES = list(DATA.class_names)
UNITS = plot.units(LAB, DATA)
TWO = (DATA.X, DATA.y % 2)


def shade(ax, x0, x1):
    """The colour of the picture at a place, from 0 to 1."""
    (image,) = ax.images
    colours = np.asarray(image.get_array())
    left, right, bottom, top = image.get_extent()
    row = int((x1 - bottom) / (top - bottom) * len(colours))
    column = int((x0 - left) / (right - left) * colours.shape[1])
    return colours[row, column, :3] / 255


@pytest.mark.parametrize("units", [1, 2, 3, 13])
def test_a_panel_for_each_unit_on_one_scale(units: int) -> None:
    network = random_network([2, units, 3], units)
    display = plot.units(network, window=((-2, 2), (-2, 2)))
    *unit_axes, bar = display.figure().axes
    assert len(unit_axes) == units
    titles = [f"Layer L1 unit {unit}" for unit in range(units)]
    drawn = [texts(ax)[0].replace("\n", " ").partition(" (")[0] for ax in unit_axes]
    assert drawn == titles
    assert bar.get_ylim() == (display.values.min(), display.values.max())
    # Equal values have equal colours in all panels, and larger ones deeper ones.
    shades = np.concatenate(
        [np.asarray(ax.images[0].get_array()).reshape(-1, 4) for ax in unit_axes]
    )
    values = np.moveaxis(display.values, 2, 0).ravel()
    depth = 765 - shades[np.argsort(values), :3].sum(axis=1, dtype=int)
    assert (np.diff(depth) >= 0).all()


def test_creases_lie_where_the_units_turn_on() -> None:
    for unit, ax in enumerate(UNITS.figure().axes[:2]):
        crease = segments(ax, "crease").reshape(-1, 2)
        z = LAB.forward(crease)[0].pre_activation[:, unit]
        assert np.abs(z).max() < 1e-4


def test_smooth_units_have_none() -> None:
    network = random_network([2, 3, 2], 1, activations=["tanh", "linear"])
    figure = plot.units(network, window=((-1, 1), (-1, 1))).figure()
    assert not any(labels(ax) for ax in figure.axes[:3])


def test_the_points_are_in_every_panel() -> None:
    for ax in UNITS.figure().axes[:2]:
        np.testing.assert_array_equal(places(ax, "c1"), DATA.X[DATA.y == 1])


def test_a_unit_that_is_off_everywhere_says_so_in_its_title() -> None:
    network = Network.from_arrays(
        [[[1.0, -1.0], [0.0, 0.0]], np.eye(2)], [[0.0, -99.0], [0.0, 0.0]]
    )
    alive, dead, _ = plot.units(network, TWO).figure().axes
    assert texts(alive)[0] == "Layer L1 unit 0"
    assert texts(dead)[0] == "Layer L1 unit 1 (0 all over, off)"
    assert "crease" not in labels(dead)


def test_a_constant_output_says_so_in_its_title() -> None:
    network = Network.from_arrays([np.zeros((2, 2))], [[0.5, -0.25]], classes=["yes", "no"])
    data = (DATA.X, [("no", "yes")[each] for each in DATA.y % 2])
    yes, no, _ = plot.units(network, data, layer="L1").figure().axes
    assert texts(yes)[0] == "yes (0.5 all over)"
    assert texts(no)[0] == "no (-0.25 all over)"


def test_a_faint_unit_has_its_range_written() -> None:
    network = Network.from_arrays([[[1.0, 0.01], [0.0, 0.0]], np.eye(2)], [[0, 0], [0, 0]])
    strong, faint, _ = plot.units(network, window=((-1, 1), (-1, 1))).figure().axes
    assert "0 to 0.01" in texts(faint)
    assert not any(" to " in text for text in texts(strong))


def test_all_units_dead() -> None:
    network = Network.from_arrays([np.zeros((2, 2)), np.eye(2)], [[-1.0, -1.0], [0.0, 0.0]])
    *_, bar = plot.units(network, TWO).figure().axes
    assert bar.get_ylim() == (0, 1)


def test_the_words_beside_a_crease_tell_its_sides() -> None:
    network = Network.from_arrays([[[1.0], [0.0]], [[1.0]]], [[0.0], [0.0]])
    ax = plot.units(network, window=((-1, 1), (-1, 1))).figure().axes[0]
    found = {text.get_text(): text.get_window_extent() for text in ax.texts}
    middle = (ax.bbox.x0 + ax.bbox.x1) / 2
    assert found["off"].x1 <= middle <= found["on"].x0


def test_the_axes_names_stand_in_the_middle_of_the_grid() -> None:
    figure = plot.units(random_network([2, 8, 4], 1), DATA).figure()
    *panels_drawn, _ = figure.axes
    named = [ax for ax in panels_drawn if ax.get_xlabel()]
    assert len(named) == 1
    whole = Bbox.union([ax.bbox for ax in panels_drawn])
    label = named[0].xaxis.label.get_window_extent()
    assert (label.x0 + label.x1) / 2 == pytest.approx((whole.x0 + whole.x1) / 2, abs=2)
    upright = named[0].yaxis.label.get_window_extent()
    assert (upright.y0 + upright.y1) / 2 == pytest.approx((whole.y0 + whole.y1) / 2, abs=2)


def test_the_output_layer_is_titled_by_class() -> None:
    figure = plot.units(LAB, DATA, layer="L2").figure()
    assert [texts(ax)[0] for ax in figure.axes[:4]] == CLASSES
    assert "Layer L2: 4 output units" in texts(figure.axes[0])


def test_both_signs_meet_in_white_at_0() -> None:
    network = Network.from_arrays([[[1.0, 1.0], [0.0, 0.0]]], [[0.0, 0.0]])
    ax = plot.units(network, layer="L1", window=((-1, 3), (-1, 1))).figure().axes[0]
    assert shade(ax, 0.0, 0.0).min() > 0.9
    below, above = shade(ax, -0.9, 0.0), shade(ax, 2.9, 0.0)
    assert below[0] > below[2]  # brown
    assert above[2] > above[0]  # blue


@pytest.mark.parametrize(("bias", "white"), [(1000.0, -0.98), (-1000.0, 0.98)])
def test_one_sign_has_one_colour_that_is_white_nearest_to_0(bias: float, white: float) -> None:
    network = Network.from_arrays([[[1.0, 1.0], [0.0, 0.0]]], [[bias, bias]])
    ax = plot.units(network, layer="L1", window=((-1, 1), (-1, 1))).figure().axes[0]
    assert shade(ax, white, 0.0).min() > 0.9
    assert shade(ax, -white, 0.0).min() < 0.4


def test_more_units_than_a_picture_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "MOST", 3)
    figure = plot.units(random_network([2, 7, 2], 1), window=((-1, 1), (-1, 1))).figure()
    assert len(figure.axes) == 3 + 1
    assert "Layer L1: 7 relu units, the first 3" in texts(figure.axes[0])


def test_on_a_slice() -> None:
    network = random_network([3, 4, 2], 1)
    X = np.random.default_rng(0).normal(size=(20, 3))
    plane = Slice.through_features(0, 2, [0, 0.5, 0])
    display = plot.units(network, (X, np.arange(20) % 2), slice=plane)
    assert display.axis_names == ("x0", "x2")
    for unit, crease in enumerate(display.creases):
        z = network.forward(plane.lift(crease.reshape(-1, 2)))[0].pre_activation[:, unit]
        np.testing.assert_allclose(z, 0, atol=1e-9)
    first = display.figure().axes[0]
    assert any(text.startswith("a slice at x1 = 0.5; examples") for text in texts(first))
