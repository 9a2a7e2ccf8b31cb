"""How a sweep's networks have ended, read from the artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import labels, legend_texts, places
from matplotlib.figure import Figure

import classlens as cl
from classlens.view.displays.endings import EndingsDisplay

COUNTS = np.zeros((2, 50), np.int64)
COUNTS[0, [10, 30, 49]] = 1, 2, 7
COUNTS[1, 49] = 4


def test_a_line_says_how_many_are_lower() -> None:
    (ax,) = EndingsDisplay(["2 units", "3 units"], COUNTS).figure().axes
    assert labels(ax) == ["grid", "2 units", "3 units"]
    assert legend_texts(ax) == ["2 units", "3 units"]
    line = places(ax, "2 units")
    below = {round(x, 2): y for x, y in line}
    assert below[0.2] == 0
    assert below[0.22] == pytest.approx(0.1)
    assert below[0.6] == pytest.approx(0.1)
    assert below[0.62] == pytest.approx(0.3)
    assert below[0.98] == pytest.approx(0.3)
    assert places(ax, "3 units")[:, 1].max() == 0
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("accuracy", "share of networks below it")
    # Where nothing has ended is not shown.
    assert ax.get_xlim() == pytest.approx((0.2, 1.0))


@pytest.mark.parametrize("place", [0, 25, 49])
def test_all_in_one_bin(place: int) -> None:
    counts = np.zeros((1, 50), np.int64)
    counts[0, place] = 3
    figure = EndingsDisplay(["all"], counts).figure()
    assert legend_texts(figure.axes[0]) == []
    assert repr(EndingsDisplay(["all"], counts)) == "EndingsDisplay(3 networks)"


def test_on_an_axes_of_one_s_own() -> None:
    display = EndingsDisplay(["a", "b"], COUNTS)
    ax = Figure().subplots()
    assert display.plot(ax) is display
    assert len(ax.lines) >= 2
    with pytest.raises(cl.ArgumentError, match="ax must be a matplotlib Axes"):
        display.plot(3)  # type: ignore[arg-type]


def test_of_a_sweep() -> None:
    survey = cl.sweep(seeds=20, grid={"hidden": [2, 3]})
    display = survey.endings()
    assert display.names == ["hidden layers of 2", "hidden layers of 3"]
    assert display.counts.sum(axis=1).tolist() == [20, 20]
    assert display.png().startswith(b"\x89PNG")
