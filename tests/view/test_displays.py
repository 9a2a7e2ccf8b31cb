"""What holds for every picture: it computes nothing, goes where it is told to, and is legible."""

from __future__ import annotations

import io
import re
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
    assert_texts_apart,
    blobs,
    content,
    history,
    labels,
    legend_texts,
    random_network,
    rulers,
    texts,
)
from IPython.core.formatters import DisplayFormatter
from matplotlib.figure import Figure
from PIL import Image

import classlens as cl
import classlens.network
from classlens import plot
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.network import Network

PIXELS = Dataset(np.eye(12), np.arange(12) % 3, image_shape=(3, 4))
LONG = tuple(f"chronic kidney disease stage {number}" for number in range(20))


DISPLAYS: dict[str, Any] = {
    "data": plot.data(DATA),
    "regions": plot.regions(LAB, DATA),
    "units": plot.units(LAB, DATA),
    "hidden": plot.hidden(LAB, DATA),
    "codes": plot.codes(LAB, DATA),
    "confusion": plot.confusion(LAB, DATA),
    "kernels": plot.kernels(random_network([12, 5, 3]), PIXELS),
    "mistakes": plot.mistakes(random_network([12, 5, 3]), PIXELS),
    "path": plot.path(LAB, DATA.X[5], DATA),
    "history": history(**VALIDATED),
}
ALONE = ["data", "regions", "codes", "confusion"]
SEVERAL = ["units", "hidden", "kernels", "mistakes", "path", "history"]
WORDS = {
    "data": "DataDisplay(100 examples, 4 classes)",
    "regions": "RegionsDisplay(100 examples, 4 classes)",
    "units": "UnitsDisplay(L1, 2 units)",
    "hidden": "HiddenDisplay(L1, 100 examples, 4 classes)",
    "codes": "CodesDisplay(L1, 2 units, 4 classes)",
    "confusion": "ConfusionDisplay(4 classes, 100 of 100 right)",
    "kernels": "KernelsDisplay(L1, 5 units)",
    "mistakes": "MistakesDisplay(8 among 12 examples)",
    "path": "PathDisplay(2 layers, to c3)",
    "history": "HistoryDisplay(100 epochs)",
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
        DISPLAYS[name].plot()
        assert len(plt.get_fignums()) == 1
        shown, own = plt.gcf(), DISPLAYS[name].figure()
        np.testing.assert_allclose(shown.get_size_inches(), own.get_size_inches(), atol=0.1)
        plt.close("all")

    @pytest.mark.parametrize("name", DISPLAYS)
    def test_a_notebook_shows_a_picture_and_a_terminal_a_line(self, name: str) -> None:
        shown, _ = DisplayFormatter().format(DISPLAYS[name])
        assert sorted(shown) == ["image/png", "text/plain"]
        assert shown["text/plain"] == WORDS[name]
        picture = Image.open(io.BytesIO(shown["image/png"]))
        picture.load()
        assert picture.format == "PNG"
        assert 300 <= picture.width <= 1400
        assert 150 <= picture.height <= 1000
        assert len(picture.getcolors(picture.width * picture.height)) > 20

    @pytest.mark.parametrize("name", DISPLAYS)
    def test_drawing_gives_the_display_back(self, name: str) -> None:
        several = name in SEVERAL
        assert (
            DISPLAYS[name].plot(Figure() if several else Figure().add_subplot()) is DISPLAYS[name]
        )
        assert DISPLAYS[name].plot() is DISPLAYS[name]
        plt.close("all")

    @pytest.mark.parametrize("name", ALONE)
    def test_one_panel_goes_where_it_is_told_to(self, name: str) -> None:
        figure = Figure()
        left, right = figure.subplots(1, 2)
        quiet = {} if name == "confusion" else {"legend": False}
        DISPLAYS[name].plot(right, title="Mine", **quiet)
        assert not labels(left)
        assert "Mine" in texts(right)
        assert not legend_texts(right)
        assert not rulers(right)  # ticks of an axes from outside are its owner's

    @pytest.mark.parametrize("name", SEVERAL)
    def test_several_panels_take_over_the_figure(self, name: str) -> None:
        figure = Figure()
        figure.add_subplot()
        DISPLAYS[name].plot(figure, title="Mine")
        first = len(figure.axes)
        DISPLAYS[name].plot(figure, title="Mine")
        assert len(figure.axes) == first
        assert "Mine" in texts(figure.axes[0])

    @pytest.mark.parametrize("wrong", [5, "ax", Figure])
    @pytest.mark.parametrize("name", DISPLAYS)
    def test_what_is_no_place_to_draw(self, name: str, wrong: Any) -> None:
        said = f"ax must be a matplotlib {'Axes, as' if name in ALONE else 'Figure, because'}"
        with pytest.raises(ArgumentError, match=said) as caught:
            DISPLAYS[name].plot(wrong)
        assert str(caught.value).endswith(f"Got {type(wrong).__name__} instead.")

    @pytest.mark.parametrize("name", SEVERAL)
    def test_one_axes_is_too_little_for_several_panels(self, name: str) -> None:
        said = "Got Axes instead; give a figure of its own."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            DISPLAYS[name].plot(Figure().add_subplot())

    @pytest.mark.parametrize("name", ALONE)
    def test_a_figure_is_no_axes(self, name: str) -> None:
        with pytest.raises(ArgumentError, match=r"or None for a new figure\. Got Figure instead\."):
            DISPLAYS[name].plot(Figure())

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

    def test_zooming_moves_the_rulers_marks(self) -> None:
        (ax,) = DISPLAYS["regions"].figure().axes
        ax.set_xlim(0.1, 0.2)
        assert all(0.1 <= place <= 0.2 for place in rulers(ax)["bottom"].marks().places)


STRANGE = (
    "\udc80 half a character",
    "$x_1$ & <b>",
    "line\nfeed",
    "שלום עולם",
    "\U0001f600 \U0001f389",
    "_hidden",
    "x" * 300,
    "\x00\x1b[31m",
    "猫",
    "   ",
    "\u202eabc",
    "\\frac{",
)


def every(network: Network, data: Dataset) -> dict[str, Any]:
    """All pictures of a network with a hidden layer and two inputs."""
    found = {
        "data": plot.data(data),
        "regions": plot.regions(network, data, creases=True, margins=True),
        "units": plot.units(network, data),
        "outputs": plot.units(network, data, layer="L2"),
        "codes": plot.codes(network, data),
        "confusion": plot.confusion(network, data),
        "path": plot.path(network, data.X[0], data),
    }
    if network.layers[0].units == 2:
        found["hidden"] = plot.hidden(network, data)
    return found


def moved(scale: float, shift: float) -> tuple[Network, Dataset]:
    """The lab's network and data in other units, from another origin."""
    first, last = LAB.layers
    kernel = first.kernel.astype(float) / scale
    bias = first.bias - np.array([shift, shift]) @ kernel
    network = Network.from_arrays([kernel, last.kernel.astype(float)], [bias, last.bias])
    return network, Dataset(DATA.X.astype(float) * scale + shift, DATA.y)


LINE = np.linspace(-3, 3, 20)
CASES: dict[str, Any] = {
    "2 classes": lambda: (random_network([2, 8, 2], 1), blobs(2, 40)),
    "20 long names": lambda: (
        random_network([2, 3, 20], 1, classes=LONG),
        blobs(20, 60, class_names=LONG),
    ),
    "12 classes, 32 units": lambda: (random_network([2, 32, 12], 1), blobs(12, 12)),
    "12 long names": lambda: (
        random_network([2, 2, 12], 1, classes=LONG[:12]),
        blobs(12, 60, class_names=LONG[:12], feature_names=("systolic blood pressure", "y" * 30)),
    ),
    "strange names": lambda: (
        random_network([2, 2, 12], 1, classes=STRANGE),
        blobs(12, 60, class_names=STRANGE, feature_names=("$a$\n_b", "\udcff" + "y" * 90)),
    ),
    "1 unit": lambda: (random_network([2, 1, 4], 1), DATA),
    "1 class": lambda: (random_network([2, 2, 1], 1), Dataset(DATA.X, np.zeros(100, int))),
    "far away": lambda: moved(1.0, 1e6),
    "tiny": lambda: moved(1e-6, 0.0),
    "huge": lambda: moved(1e20, 0.0),
    "one sample": lambda: (LAB, Dataset([[1.0, 2.0]], [2], tuple("abcd"))),
    "one place": lambda: (LAB, Dataset(np.full((40, 2), 3.25), DATA.y[:40])),
    "one line": lambda: (LAB, Dataset(np.stack((LINE, 0 * LINE), axis=1), np.arange(20) % 4)),
    "a class without examples": lambda: (
        LAB,
        Dataset(DATA.X, np.where(DATA.y == 2, 0, DATA.y), tuple("abcd")),
    ),
    "dead units": lambda: (
        Network.from_arrays([np.zeros((2, 2)), np.ones((2, 3))], [[-1, -1], [0, 0, 0]]),
        Dataset(DATA.X, DATA.y % 3),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_nothing_is_cut_and_no_texts_overlap(case: str) -> None:
    for display in every(*CASES[case]()).values():
        assert_texts_apart(display.figure())


def test_regions_without_examples_name_their_classes_alone() -> None:
    assert repr(plot.regions(LAB, window=((-1, 1), (-1, 1)))) == "RegionsDisplay(4 classes)"


def test_the_training_of_one_epoch() -> None:
    display = history(epoch=np.array([1]), loss=np.ones(1), accuracy=np.ones(1))
    assert_texts_apart(display.figure())


@pytest.mark.parametrize("kind", ["svg", "pdf"])
def test_strange_names_can_be_written_to_vector_files(kind: str) -> None:
    network, data = CASES["strange names"]()
    for display in (plot.regions(network, data, creases=True), plot.codes(network, data)):
        target = io.BytesIO()
        display.figure().savefig(target, format=kind)
        assert len(target.getvalue()) > 1000


def test_labels_of_some_of_the_classes_only():
    """A pair is of the model's classes, of which not all need be there."""
    samples = cl.blobs()
    network = cl.fit(samples, epochs=5).network
    some = samples.y > 1
    pair = (samples.X[some], samples.y[some])
    assert plot.regions(network, pair).figure() is not None
    assert plot.codes(network, pair).figure() is not None
    found = cl.explain(network, pair)
    assert cl.verify(found, network, pair) == len(found.findings)
    assert len(cl.units(network, pair)) == 2
