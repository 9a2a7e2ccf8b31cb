"""The units of a layer, read from their artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DATA, LAB, labels, places, random_network, segments, texts

from classlens import plot
from classlens.network import Network
from classlens.view.displays import panels

CLASSES = list(DATA.class_names)
UNITS = plot.units(LAB, DATA)
TWO = (DATA.X, DATA.y % 2)


@pytest.mark.parametrize("units", [1, 2, 3, 13])
def test_a_panel_for_each_unit_on_one_scale(units: int) -> None:
    network = random_network([2, units, 3], units)
    display = plot.units(network, window=((-2, 2), (-2, 2)))
    *unit_axes, bar = display.figure().axes
    assert len(unit_axes) == units
    titles = [f"Layer L1 unit {unit}" for unit in range(units)]
    assert [texts(ax)[0].replace("\n", " ") for ax in unit_axes] == titles
    norms = {id(ax.images[0].norm) for ax in unit_axes}
    maps = {id(ax.images[0].cmap) for ax in unit_axes}
    assert (len(norms), len(maps)) == (1, 1)
    norm = unit_axes[0].images[0].norm
    assert (norm.vmin, norm.vmax) == (display.plane.activation.min(), bar.get_ylim()[1])
    for unit, ax in enumerate(unit_axes):
        drawn = np.asarray(ax.images[0].get_array())
        np.testing.assert_array_equal(drawn, display.plane.activation[:, :, unit])


def test_creases_lie_where_the_units_turn_on() -> None:
    for unit, ax in enumerate(UNITS.figure().axes[:2]):
        crease = segments(ax, "crease").reshape(-1, 2)
        z = LAB.forward(crease)[0].pre_activation[:, unit]
        assert np.abs(z).max() < 1e-4


def test_smooth_units_have_none() -> None:
    network = random_network([2, 3, 2], 1, activations=["tanh", "linear"])
    figure = plot.units(network, window=((-1, 1), (-1, 1))).figure()
    assert not any(ax.lines for ax in figure.axes[:3])


def test_the_points_are_in_every_panel() -> None:
    for ax in UNITS.figure().axes[:2]:
        np.testing.assert_array_equal(places(ax, "c1"), DATA.X[DATA.y == 1])


def test_a_dead_unit_says_so() -> None:
    network = Network.from_arrays(
        [[[1.0, -1.0], [0.0, 0.0]], np.eye(2)], [[0.0, -99.0], [0.0, 0.0]]
    )
    alive, dead, _ = plot.units(network, TWO).figure().axes
    assert not any("dead" in text for text in texts(alive))
    assert "dead: 0\neverywhere here" in texts(dead)
    assert "crease" not in labels(dead)


def test_a_constant_unit_says_so() -> None:
    network = Network.from_arrays([np.zeros((2, 2))], [[0.5, -0.25]], classes=["yes", "no"])
    yes, no, _ = (
        plot.units(network, (DATA.X, [("no", "yes")[each] for each in DATA.y % 2]), layer="L1")
        .figure()
        .axes
    )
    assert "constant: 0.5\neverywhere here" in texts(yes)
    assert "constant: -0.25\neverywhere here" in texts(no)


def test_all_units_dead() -> None:
    network = Network.from_arrays([np.zeros((2, 2)), np.eye(2)], [[-1.0, -1.0], [0.0, 0.0]])
    norm = plot.units(network, TWO).figure().axes[0].images[0].norm
    assert (norm.vmin, norm.vmax) == (0, 1)


def test_the_output_layer_is_titled_by_class() -> None:
    figure = plot.units(LAB, DATA, layer="L2").figure()
    assert [texts(ax)[0] for ax in figure.axes[:4]] == CLASSES
    assert "Layer L2: 4 output units" in texts(figure.axes[0])


def test_both_signs_meet_in_white_at_0() -> None:
    image = plot.units(LAB, DATA, layer="L2").figure().axes[0].images[0]
    assert min(image.cmap(image.norm(0.0))[:3]) > 0.93
    below, above = image.cmap(image.norm(image.norm.vmin)), image.cmap(image.norm(5.0))
    assert below[0] > below[2]  # brown
    assert above[2] > above[0]  # blue


@pytest.mark.parametrize(("bias", "end"), [(1000.0, 0), (-1000.0, -1)])
def test_one_sign_has_one_colour_that_is_white_nearest_to_0(bias: float, end: int) -> None:
    network = Network.from_arrays([[[1.0, 0.5], [0.0, 0.0]]], [[bias, bias]])
    image = plot.units(network, layer="L1", window=((-1, 1), (-1, 1))).figure().axes[0].images[0]
    ends = [image.cmap(0.0), image.cmap(1.0)]
    assert min(ends[end][:3]) > 0.93
    assert min(ends[-1 - end][:3]) < 0.4


def test_more_units_than_a_picture_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(panels, "MOST", 3)
    figure = plot.units(random_network([2, 7, 2], 1), window=((-1, 1), (-1, 1))).figure()
    assert len(figure.axes) == 3 + 1
    assert "Layer L1: 7 relu units, the first 3" in texts(figure.axes[0])
