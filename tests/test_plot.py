"""What the picture functions compute, what they accept, and what they refuse in which words."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import classlens as cl
from classlens import plot
from classlens.analysis.planes import Window
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError
from classlens.model import Model
from classlens.network import Network

TRACE = np.load(Path(__file__).parent / "data" / "lab_trace.npz")
LAB = Network.from_arrays([TRACE["fW1"], TRACE["fW2"]], [TRACE["fb1"], TRACE["fb2"]])
DATA = Dataset(TRACE["X"], TRACE["y"])

# Those that need no data to be drawn over a plane, and all that take a model.
PLANES = [plot.regions, plot.units]
PICTURES = [
    *PLANES,
    plot.hidden,
    plot.codes,
    lambda model, data: plot.path(model, [0.0, 1.0], data),
]

# The lengths of the lab's boundaries in the data's range and 0.5 around it, computed exactly.
LAB_WINDOW = ((-8.403, 7.685), (-5.089, 4.117))
LAB_LENGTHS = {(0, 1): 8.26, (2, 3): 8.23, (1, 3): 7.22, (0, 2): 4.86, (0, 3): 0.11}


def network(*sizes, **options):
    rng = np.random.default_rng(0)
    kernels = [rng.normal(size=shape) for shape in itertools.pairwise(sizes)]
    return Network.from_arrays(kernels, [np.zeros(size) for size in sizes[1:]], **options)


class TestModels:
    def test_a_network_or_what_has_one(self):
        model = Model(LAB, ("x0", "x1"))
        for each in (LAB, model, SimpleNamespace(model=model)):
            assert plot.regions(each, DATA).regions.network is LAB

    @pytest.mark.parametrize("model", [None, 3, SimpleNamespace(model="net")])
    @pytest.mark.parametrize("picture", PICTURES)
    def test_anything_else(self, picture, model):
        said = f"or scikit-learn. Got {type(model).__name__} instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            picture(model, DATA)

    def test_the_public_module(self):
        assert cl.plot is plot


class TestWindows:
    def test_the_data_s_range_and_a_tenth(self):
        expected = Window.around(DATA.X)
        assert plot.data(DATA).window == expected
        assert plot.regions(LAB, DATA).regions.window == expected
        assert plot.units(LAB, DATA).window == expected

    def test_a_window_of_one_s_own(self):
        expected = Window((-1, 1), (0, 2))
        assert plot.regions(LAB, DATA, window=((-1, 1), (0, 2))).regions.window == expected
        assert plot.units(LAB, window=expected).window == expected

    @pytest.mark.parametrize("picture", PLANES)
    def test_neither_window_nor_data(self, picture):
        with pytest.raises(ArgumentError, match=r"no data to take it from\. Got None"):
            picture(LAB)


class TestRegions:
    def test_the_lab_s_boundaries_have_their_exact_lengths(self):
        found = plot.regions(LAB, window=LAB_WINDOW).territories
        assert {tuple(pair) for pair in found.pairs.tolist()} == set(LAB_LENGTHS)
        for pair, length in LAB_LENGTHS.items():
            mine = found.boundary[(found.pairs == pair).all(axis=1)]
            drawn = np.linalg.norm(mine[:, 1] - mine[:, 0], axis=1).sum()
            assert drawn == pytest.approx(length, abs=0.005)

    def test_the_lab_s_areas(self):
        areas = plot.regions(LAB, window=LAB_WINDOW).regions.class_areas
        np.testing.assert_allclose(100 * areas / areas.sum(), [24.6, 29.5, 23.8, 22.2], atol=0.06)

    def test_predictions(self):
        drawn = plot.regions(LAB, DATA).samples
        np.testing.assert_array_equal(drawn.predicted, LAB.predict(DATA.X))
        assert not drawn.misclassified.any()

    def test_no_creases_and_no_margins_unless_asked_for(self):
        display = plot.regions(LAB, DATA)
        assert display.creases == ()
        assert display.margins is None

    def test_margins_without_data(self):
        said = "margins must be False without data. Got True instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            plot.regions(LAB, window=LAB_WINDOW, margins=True)

    def test_margins_on_a_slice(self):
        plane = Slice.through_features(0, 1, [0, 0, 0])
        said = "margins must be False on a slice, which examples lie off. Got [1] instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            plot.regions(
                network(3, 2), ([[0.0, 1, 2], [1, 0, 1]], [0, 1]), slice=plane, margins=[1]
            )

    @pytest.mark.parametrize(("margins", "said"), [([100], "100"), (["a"], "'a'"), ("b", "'b'")])
    def test_margins_that_are_no_rows(self, margins, said):
        said = f"or rows of the data, from 0 to 99. Got {said} instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            plot.regions(LAB, DATA, margins=margins)
        with pytest.raises(ArgumentError, match=r"or rows of the data\. Got 5 instead\."):
            plot.regions(LAB, DATA, margins=5)


class TestUnits:
    def test_the_outputs_bear_the_classes_names(self):
        assert plot.units(LAB, DATA).outputs is None
        assert plot.units(LAB, DATA, layer="L2").outputs == ("c0", "c1", "c2", "c3")

    def test_an_unknown_layer(self):
        with pytest.raises(ArgumentError, match=r"layers are L1, L2\. Got 'l1' instead\."):
            plot.units(LAB, DATA, layer="l1")


class TestHidden:
    def test_the_outputs_over_the_hidden_space(self):
        display = plot.hidden(LAB, DATA)
        size = len(display.logits)
        x0, x1 = np.meshgrid(
            np.linspace(*display.territories.window.x0, size),
            np.linspace(*display.territories.window.x1, size),
        )
        points = np.stack([x0, x1], axis=2).astype(np.float32)
        expected = points @ TRACE["fW2"] + TRACE["fb2"]
        np.testing.assert_allclose(display.logits, expected, rtol=1e-4, atol=1e-5)

    def test_coincidences(self):
        (place,) = plot.hidden(LAB, DATA).coincidences
        assert place.place.tolist() == [0, 0]
        assert place.counts.tolist() == [25, 0, 0, 0]
        assert place.total == 25

    def test_the_last_layer_with_two_units(self):
        deep = network(3, 2, 5, 2, 4, 3)
        X, y = np.random.default_rng(1).normal(size=(9, 3)), np.arange(9) % 3
        display = plot.hidden(deep, (X, y))
        assert (display.layer, display.unit_names) == ("L3", ("a[3]0", "a[3]1"))
        np.testing.assert_allclose(
            display.A, deep.forward(X.astype(np.float32))[2].activation, rtol=1e-12
        )
        assert plot.hidden(deep, (X, y), layer="L1").layer == "L1"

    @pytest.mark.parametrize(
        ("sizes", "layer", "said"),
        [
            (
                (2, 3, 4),
                None,
                "a hidden layer with 2 units, whose activations make a plane. Its hi",
            ),
            ((2, 3, 4), None, "Its hidden layers are: L1 with 3."),
            ((2, 4), None, "Its hidden layers are: none."),
            ((2, 4), "L1", "must have a hidden layer. Got one without any."),
            ((2, 3, 4), "L1", "with 2 units. Got 'L1' instead, which has 3."),
            ((2, 2, 2), "L2", "must name a hidden layer. Got 'L2' instead, the last one."),
            ((2, 2, 2), "L3", "the network's layers are L1, L2. Got 'L3' instead."),
        ],
    )
    def test_layers_that_are_no_plane(self, sizes, layer, said):
        with pytest.raises(ArgumentError, match=re.escape(said)):
            plot.hidden(network(*sizes), ([[0.0, 1.0]], [0]), layer=layer)


class TestClasses:
    def test_names_decide_whatever_their_order(self):
        swapped = Network.from_arrays([np.eye(2)], [np.zeros(2)], classes=["no", "yes"])
        display = plot.regions(swapped, Dataset([[2.0, 1.0], [1.0, 2.0]], [1, 0], ("yes", "no")))
        assert display.samples.y.tolist() == [0, 1]
        assert not display.samples.misclassified.any()
        assert display.class_names == ("no", "yes")

    def test_data_without_names_of_its_own_takes_the_network_s(self):
        named = Network.from_arrays([np.eye(2)], [np.zeros(2)], classes=["no", "yes"])
        display = plot.regions(named, ([[2.0, 1.0], [1.0, 2.0]], [0, 1]))
        assert display.class_names == ("no", "yes")
        assert not display.samples.misclassified.any()

    def test_a_network_without_names_takes_the_data_s(self):
        display = plot.units(network(2, 3), Dataset([[2.0, 1.0]], [0], ("left", "right")))
        assert display.class_names == ("left", "right", "c2")

    def test_feature_names_that_were_chosen_go_before_those_that_were_made_up(self):
        named = Dataset(DATA.X, DATA.y, feature_names=("height", "weight"))
        model = Model(LAB, ("length", "width"))
        assert plot.regions(LAB, named).axis_names == ("height", "weight")
        assert plot.regions(LAB, window=LAB_WINDOW).axis_names == ("x0", "x1")
        assert plot.regions(model, window=LAB_WINDOW).axis_names == ("length", "width")
        assert plot.units(model, DATA).axis_names == ("length", "width")
        assert plot.units(Model(LAB, ("x0", "x1")), named).axis_names == ("height", "weight")
        assert plot.path(model, [0.0, 1.0]).feature_names == ("length", "width")
        assert plot.regions(SimpleNamespace(model=model), DATA).axis_names == ("length", "width")

    def test_a_class_that_the_network_does_not_know(self):
        named = Network.from_arrays([np.eye(2)], [np.zeros(2)], classes=["no", "yes"])
        data = Dataset([[2.0, 1.0]], [0], ("maybe", "yes"))
        with pytest.raises(
            ArgumentError, match=r"the network's classes, no, yes\. Got maybe instead"
        ):
            plot.regions(named, data)

    def test_more_classes_than_outputs(self):
        said = "data must have the network's classes, c0, c1. Got c2, c3 instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            plot.regions(network(2, 2), DATA)


class TestFeatures:
    def test_data_that_is_no_plane(self):
        said = r"2 features to be drawn in the plane\. Got 3 instead; give two columns"
        with pytest.raises(DataError, match=said):
            plot.data(([[1.0, 2.0, 3.0]], [0]))

    @pytest.mark.parametrize("picture", PLANES)
    def test_a_network_with_more_inputs(self, picture):
        said = "2 inputs to be drawn over the plane. Got 3 instead; give a slice through them"
        with pytest.raises(ArgumentError, match=re.escape(said)):
            picture(network(3, 2), window=((0, 1), (0, 1)))
        with pytest.raises(ArgumentError, match=re.escape(said)):
            picture(network(3, 2), ([[1.0, 2.0, 3.0]], [0]))

    @pytest.mark.parametrize("picture", PLANES)
    def test_a_slice_that_does_not_fit(self, picture):
        plane = Slice.through_features(0, 1, [0, 0, 0])
        said = "slice must go through the 4 inputs of the network. Got one through 3 instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            picture(network(4, 2), window=((0, 1), (0, 1)), slice=plane)
        with pytest.raises(ArgumentError, match=r"slice must be a Slice, or None\. Got str inst"):
            picture(network(4, 2), window=((0, 1), (0, 1)), slice="x0,x1")

    def test_data_that_does_not_fit_the_network(self):
        with pytest.raises(DataError, match="data must have 2 features, one for each input"):
            plot.regions(LAB, ([[1.0]], [0]))

    @pytest.mark.parametrize("picture", [plot.hidden, plot.codes])
    def test_what_is_no_data(self, picture):
        with pytest.raises(DataError, match="data must be a Dataset or a pair"):
            plot.data(DATA.X)
        with pytest.raises(DataError, match="data must be a Dataset or a pair"):
            picture(LAB, None)


class TestCodes:
    def test_a_layer_that_is_not_hidden(self):
        with pytest.raises(ArgumentError, match=r"hidden layer\. Got 'L2' instead, the last one"):
            plot.codes(LAB, DATA, layer="L2")
        with pytest.raises(ArgumentError, match=r"layers are L1, L2\. Got 'L3' instead"):
            plot.codes(LAB, DATA, layer="L3")
        with pytest.raises(ArgumentError, match="must have a hidden layer"):
            plot.codes(network(2, 4), DATA)


class TestPath:
    @pytest.mark.parametrize("x", [[[0.0, 1.0]], [1.0], 3.0])
    def test_an_example_of_another_shape(self, x):
        said = f"x must be one example, a row of 2 numbers. Got the shape {np.shape(x)} instead."
        with pytest.raises(DataError, match=re.escape(said)):
            plot.path(LAB, x)


class TestHistory:
    RUN = SimpleNamespace(
        epoch=np.array([1, 2]),
        loss=np.array([1.0, 0.5]),
        accuracy=np.array([0.5, 1.0]),
        val_loss=np.array([0.9, 1.1]),
        val_accuracy=np.array([0.4, 0.6]),
        best=1,
    )

    def test_values_pass_through(self):
        display = plot.history(self.RUN)
        assert display.loss is self.RUN.loss
        assert display.val_accuracy is self.RUN.val_accuracy
        assert display.best == 1

    def test_without_validation_no_epoch_is_best(self):
        run = SimpleNamespace(**{**vars(self.RUN), "val_loss": None, "val_accuracy": None})
        assert plot.history(run).best is None

    def test_no_epoch(self):
        run = SimpleNamespace(**{**vars(self.RUN), "epoch": np.array([], int)})
        with pytest.raises(ArgumentError, match=r"one finished epoch\. Got none\."):
            plot.history(run)

    def test_no_history(self):
        with pytest.raises(ArgumentError, match=r"such as run\.history\. Got list instead"):
            plot.history([1.0, 0.5])

    def test_a_real_run(self):
        run = cl.fit(DATA, epochs=3)
        display = plot.history(run.history)
        assert display.epoch.tolist() == [1, 2, 3]
        assert plot.regions(run, DATA).regions.network is run.network
