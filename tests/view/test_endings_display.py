"""How a sweep's networks have ended, read from the artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import labels, legend_texts, places
from matplotlib.figure import Figure

import classlens as cl
from classlens.view.displays.endings import EndingsDisplay

ACCURACIES = [np.array([0.2, 0.61, 1.0]), np.array([1.0])]
COUNTS = [np.array([1, 2, 7]), np.array([4])]


def test_a_line_says_how_many_are_lower() -> None:
    (ax,) = EndingsDisplay(["2 units", "3 units"], ACCURACIES, COUNTS).figure().axes
    assert labels(ax) == ["grid", "2 units", "3 units"]
    assert legend_texts(ax) == ["2 units", "3 units"]
    corners = [(0, 0), (0.2, 0), (0.2, 0.1), (0.61, 0.1), (0.61, 0.3), (1, 0.3)]
    assert places(ax, "2 units") == pytest.approx(np.array(corners))
    # It ends at 100 %, where those are that have it.
    assert places(ax, "3 units").tolist() == [[0, 0], [1, 0]]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("accuracy", "share of networks below it")
    # Where nothing has ended is not shown.
    assert ax.get_xlim() == pytest.approx((0.18, 1.0))


@pytest.mark.parametrize("accuracy", [0.0, 0.5, 1.0])
def test_all_end_alike(accuracy: float) -> None:
    display = EndingsDisplay(["all"], [np.array([accuracy])], [np.array([3])])
    (ax,) = display.figure().axes
    assert legend_texts(ax) == []
    assert places(ax, "all")[-1].tolist() == [1.0, float(accuracy < 1)]
    assert repr(display) == "EndingsDisplay(3 networks)"


def test_long_names_and_choices_that_are_left_out() -> None:
    names = ["hidden layers of 8,8, learning rate 0.003, momentum 0.9", "another"]
    (ax,) = EndingsDisplay(names, ACCURACIES, COUNTS, "The best of 12").figure().axes
    assert legend_texts(ax) == names
    assert "The best of 12\n14 networks" in [text.get_text() for text in ax.texts]


def test_on_an_axes_of_one_s_own() -> None:
    display = EndingsDisplay(["a", "b"], ACCURACIES, COUNTS)
    ax = Figure().subplots()
    assert display.plot(ax) is display
    assert len(ax.lines) >= 2
    with pytest.raises(cl.ArgumentError, match="ax must be a matplotlib Axes"):
        display.plot(3)  # type: ignore[arg-type]


def test_of_a_sweep() -> None:
    survey = cl.sweep(seeds=20, grid={"hidden": [2, 3]})
    display = survey.endings()
    assert display.names == ["hidden layers of 2", "hidden layers of 3"]
    assert [each.sum() for each in display.counts] == [20, 20]
    assert survey.table is not None
    accuracy = survey.table.column("accuracy").to_numpy().reshape(2, 20)
    (ax,) = display.figure().axes
    for name, own, finding in zip(display.names, accuracy, survey.findings, strict=True):
        line = places(ax, name)
        for x in (0.5, 0.8, 0.99, 0.999):
            height = line[line[:, 0] < x][-1, 1]
            assert height == pytest.approx((own < x).mean())
            if x == 0.99:
                assert height == pytest.approx(1 - finding.high / finding.networks)
    assert display.png().startswith(b"\x89PNG")


def test_of_many_choices_it_says_which_are_shown() -> None:
    survey = cl.sweep(seeds=2, epochs=2, grid={"learning_rate": [k / 100 for k in range(1, 12)]})
    display = survey.endings()
    assert (len(display.names), display.networks) == (8, 16)
    words = "The 4 choices of settings that do best and the 4 that do worst, of 11"
    assert display.which == words
