"""What holds for every picture: it computes nothing, goes where it is told to, and is legible."""

from __future__ import annotations

import io
import subprocess
import sys
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pytest
from drawn import (
    DATA,
    LAB,
    VALIDATED,
    assert_all_inside,
    assert_texts_apart,
    blobs,
    content,
    history,
    random_network,
    texts,
)
from matplotlib.figure import Figure

import classlens.network
from classlens import plot
from classlens.network import Network

LONG = tuple(f"chronic kidney disease stage {number}" for number in range(20))


DISPLAYS: dict[str, Any] = {
    "data": plot.data(DATA),
    "regions": plot.regions(LAB, DATA),
    "units": plot.units(LAB, DATA),
    "hidden": plot.hidden(LAB, DATA),
    "history": history(**VALIDATED),
}


class TestEvery:
    @pytest.mark.parametrize("name", DISPLAYS)
    def test_drawing_twice_computes_nothing_and_draws_the_same(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def computed(*_: Any) -> None:
            raise AssertionError("a display evaluated the network")

        monkeypatch.setattr(classlens.network.Network, "forward", computed)
        display = DISPLAYS[name]
        assert content(display.figure()) == content(display.figure())

    @pytest.mark.parametrize("name", DISPLAYS)
    def test_the_default_is_a_new_figure_of_pyplot(self, name: str) -> None:
        plt.close("all")
        assert DISPLAYS[name].plot() is DISPLAYS[name]
        assert len(plt.get_fignums()) == 1
        shown, own = plt.gcf(), DISPLAYS[name].figure()
        np.testing.assert_allclose(shown.get_size_inches(), own.get_size_inches(), atol=0.05)
        plt.close("all")

    @pytest.mark.parametrize("name", ["data", "regions"])
    def test_one_panel_goes_where_it_is_told_to(self, name: str) -> None:
        figure = Figure()
        left, right = figure.subplots(1, 2)
        DISPLAYS[name].plot(right, title="Mine", legend=False)
        assert not left.lines
        assert "Mine" in texts(right)
        assert right.get_legend() is None

    @pytest.mark.parametrize("name", ["units", "hidden", "history"])
    def test_several_panels_take_over_the_figure(self, name: str) -> None:
        figure = Figure()
        figure.add_subplot()
        DISPLAYS[name].plot(figure, title="Mine")
        first = len(figure.axes)
        DISPLAYS[name].plot(figure, title="Mine")
        assert len(figure.axes) == first
        assert "Mine" in texts(figure.axes[0])

    @pytest.mark.parametrize("name", DISPLAYS)
    def test_files(self, name: str) -> None:
        assert DISPLAYS[name].png().startswith(b"\x89PNG")
        target = io.BytesIO()
        DISPLAYS[name].figure().savefig(target, format="svg")
        assert target.getvalue().startswith(b"<?xml")
        assert len(target.getvalue()) < 600_000

    def test_a_document(self) -> None:
        target = io.BytesIO()
        DISPLAYS["regions"].figure().savefig(target, format="pdf")
        assert target.getvalue().startswith(b"%PDF")

    def test_writing_a_file_does_not_load_pyplot(self) -> None:
        program = (
            "import sys; from classlens import plot\n"
            "plot.data(([[0, 1], [2, 3]], [0, 1])).png()\n"
            "print('matplotlib.pyplot' in sys.modules, 'jax' in sys.modules)"
        )
        said = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=False
        )
        assert said.stdout.split() == ["False", "False"], said.stderr

    def test_a_network_must_not_be_needed_to_draw(self) -> None:
        assert not any(
            isinstance(value, Network)
            for display in DISPLAYS.values()
            for value in vars(display).values()
        )


PICTURES: dict[str, Any] = {
    "2 classes": lambda: plot.regions(random_network([2, 8, 2], 1), blobs(2, 40)),
    "7 classes": lambda: plot.regions(random_network([2, 8, 7], 1), blobs(7, 70)),
    "20 long names": lambda: plot.regions(
        random_network([2, 8, 20], 1, classes=LONG), blobs(20, 200, class_names=LONG)
    ),
    "20 long names, data": lambda: plot.data(blobs(20, 200, class_names=LONG)),
    "7 long names, hidden": lambda: plot.hidden(
        random_network([2, 2, 7], 1, classes=LONG[:7]), blobs(7, 70, class_names=LONG[:7])
    ),
    "12 outputs, long names": lambda: plot.units(
        random_network([2, 4, 12], 1, classes=LONG[:12]),
        blobs(12, 24, class_names=LONG[:12], feature_names=("systolic blood pressure", "y" * 30)),
        layer="L2",
    ),
    "1 unit": lambda: plot.units(random_network([2, 1, 4], 1), DATA),
    "8 units": lambda: plot.units(random_network([2, 8, 4], 1), DATA),
    "32 units": lambda: plot.units(random_network([2, 32, 4], 1), (DATA.X[::30], DATA.y[::30])),
    "far away": lambda: plot.units(
        random_network([2, 2, 4], 1), (DATA.X * [1e-3, 5e4] + [7, 2e6], DATA.y)
    ),
    "far away, regions": lambda: plot.regions(LAB, (DATA.X + np.array([1e6, -4e5]), DATA.y)),
    "one each": lambda: plot.hidden(LAB, ([[0, 0], [1, 3], [2, -1], [4, 2]], [0, 1, 2, 3])),
    "one place": lambda: plot.units(LAB, (np.full((40, 2), 3.25), DATA.y[:40])),
    "one epoch": lambda: history(epoch=np.array([1]), loss=np.ones(1), accuracy=np.ones(1)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_nothing_is_cut_and_no_texts_overlap(name: str) -> None:
    figure = PICTURES[name]().figure()
    assert_all_inside(figure)
    assert_texts_apart(figure)
