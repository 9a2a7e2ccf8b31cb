"""Windows, and values on a grid against direct evaluation."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from classlens.analysis import planes
from classlens.analysis.geometry import regions
from classlens.analysis.planes import (
    Window,
    after,
    fitting_resolution,
    layer_values,
    odds,
    probe,
    up_to,
    values_at,
)
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError, DataError
from classlens.network import Network
from classlens.scores import softmax

UNIT = Window((-1, 1), (-1, 1))
LOGITS = st.floats(-12, 12)


def random_network(seed: int, sizes: tuple[int, ...] = (2, 6, 4), dtype: Any = float) -> Network:
    rng = np.random.default_rng(seed)
    kernels = [rng.normal(size=shape).astype(dtype) for shape in itertools.pairwise(sizes)]
    return Network.from_arrays(kernels, [rng.normal(size=n).astype(dtype) for n in sizes[1:]])


class TestWindow:
    @pytest.mark.parametrize(
        ("x0", "said"),
        [
            ((1, 1), "window x0 must be two finite numbers, the lower one first. Got (1.0, 1.0)"),
            ((2, 1), "window x0 must be two finite numbers, the lower one first. Got (2.0, 1.0)"),
            ((0, np.nan), "window x0 must be two finite numbers, the lower one first. Got (0.0, "),
            ((-np.inf, 0), "window x0 must be two finite numbers"),
            ((-1e308, 1e308), "window x0 must be two finite numbers"),
            ((0, 1, 2), "window x0 must be two numbers, the lower one first. Got (0, 1, 2) inst"),
            (("a", "b"), "window x0 must be two numbers, the lower one first. Got ('a', 'b') ins"),
            (3, "window x0 must be two numbers, the lower one first. Got 3 instead."),
            ((0, 10**400), "window x0 must be two numbers, the lower one first. Got (0, 1000000"),
        ],
    )
    def test_a_side_that_is_none(self, x0: Any, said: str) -> None:
        with pytest.raises(ArgumentError, match=re.escape(said)):
            Window(x0, (0, 1))

    def test_the_other_side_is_named(self) -> None:
        with pytest.raises(ArgumentError, match="window x1 must be two finite"):
            Window((0, 1), (1, 0))

    @pytest.mark.parametrize("given", [5, ((0, 1),), ((0, 1), (0, 1), (0, 1))])
    def test_what_is_no_window(self, given: Any) -> None:
        with pytest.raises(ArgumentError, match=r"window must be \(\(x0_min, x0_max\), .* Got"):
            Window.of(given)

    def test_of(self) -> None:
        assert Window.of([[0, 1], [2, 3]]) == Window((0.0, 1.0), (2.0, 3.0))
        assert Window.of(np.array([[0, 1], [2, 3]])) == Window((0, 1), (2, 3))  # type: ignore[arg-type]
        assert Window.of(UNIT) is UNIT

    def test_around_adds_a_tenth_on_each_side(self) -> None:
        window = Window.around([[0.0, -1.0], [10.0, 1.0]])
        assert window == Window((-1.0, 11.0), (-1.2, 1.2))

    @pytest.mark.parametrize("at", [0.0, 3.25, -1e6, 1e30, 1e-30])
    @pytest.mark.parametrize("apart", [0.0, 1e-45])
    def test_around_one_place_there_is_a_width_that_float32_can_divide(
        self, at: float, apart: float
    ) -> None:
        window = Window.around([[at, at], [at + apart, at]])
        assert window.x0[0] < at < window.x0[1]
        assert len(np.unique(np.linspace(*window.x0, 100).astype(np.float32))) == 100

    @given(
        arrays(
            np.float32,
            st.tuples(st.integers(1, 20), st.just(2)),
            elements=st.floats(-(2.0**100), 2.0**100, width=32),
        )
    )
    def test_around_holds_all_points(self, points: Any) -> None:
        window = Window.around(points)
        ranges = (window.x0, window.x1)
        for column, (low, high) in zip(points.T.astype(np.float64), ranges, strict=True):
            assert low < column.min()
            assert column.max() < high


class TestLayerValues:
    def test_they_are_the_forward_pass_s(self) -> None:
        network = random_network(4)
        values = layer_values(up_to(network, "L1"), UNIT, resolution=7)
        assert values.shape == (7, 7, 6)
        corner = network.forward([[-1.0, 1.0]])[0].activation[0]  # the last row, the first column
        np.testing.assert_allclose(values[-1, 0], corner)

    def test_on_a_slice(self) -> None:
        network = random_network(2, (3, 5, 4))
        plane = Slice([1.0, 0.0, 2.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])
        values = layer_values(network, UNIT, resolution=3, lift=plane.lift)
        np.testing.assert_allclose(values[0, 2], network.logits([[1.0, 1.0, 1.0]])[0])

    def test_float32_is_computed_in_float64(self) -> None:
        single = random_network(1, dtype=np.float32)
        values = layer_values(single, UNIT, resolution=9)
        assert values.dtype == np.float64
        np.testing.assert_allclose(values[0, 0], single.logits([[-1.0, -1.0]])[0], rtol=1e-5)

    @pytest.mark.parametrize("resolution", [1, 2.5, "many"])
    def test_the_resolution(self, resolution: Any) -> None:
        said = f"resolution must be a whole number of at least 2. Got {resolution!r} instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            layer_values(random_network(0), UNIT, resolution=resolution)

    def test_overflow_is_named(self) -> None:
        network = Network.from_arrays([np.full((2, 1), 1e200), np.full((1, 1), 1e200)], [[0], [0]])
        said = (
            "Got an overflow of float64 in the window ((-1.0, 1.0), (-1.0, 1.0)); choose one nearer"
        )
        with pytest.raises(DataError, match=re.escape(said)):
            layer_values(network, UNIT, resolution=3)

    def test_an_unknown_layer(self) -> None:
        with pytest.raises(ArgumentError, match=r"layers are L1, L2. Got 'L9' instead"):
            up_to(random_network(0), "L9")

    @pytest.mark.parametrize(("panels", "points"), [(1, 160), (3, 110), (13, 80), (33, 64)])
    def test_more_panels_have_fewer_points(self, panels: int, points: int) -> None:
        assert fitting_resolution(panels) == points


class TestOdds:
    @given(arrays(np.float64, st.tuples(st.integers(1, 4), st.integers(2, 6)), elements=LOGITS))
    def test_they_are_those_of_the_softmax(self, logits: Any) -> None:
        share = softmax(logits)
        others = np.stack(
            [np.delete(share, each, axis=1).sum(axis=1) for each in range(logits.shape[1])], axis=1
        )
        np.testing.assert_allclose(odds(logits), np.log(share / others), rtol=1e-9, atol=1e-9)

    def test_far_apart_they_are_the_lead_and_finite(self) -> None:
        assert odds(np.array([[1e4, -1e4, 0.0]])).tolist() == [[1e4, -2e4, -1e4]]

    def test_a_single_class_is_certain(self) -> None:
        assert odds(np.zeros((2, 1))).tolist() == [[np.inf], [np.inf]]


class TestParts:
    def test_up_to_and_after_make_the_whole(self) -> None:
        network = random_network(5, (3, 4, 2, 4))
        X = np.random.default_rng(0).normal(size=(10, 3))
        hidden = values_at(up_to(network, "L2"), X).activation
        rest = after(network, "L2")
        np.testing.assert_allclose(rest.logits(hidden), network.logits(X), rtol=1e-12)
        assert rest.classes == network.classes
        assert up_to(network, "L3") is network

    def test_a_probe_has_the_layer_s_creases_and_no_boundaries(self) -> None:
        network = random_network(5, (2, 4, 3, 4))
        found = regions(probe(network, "L2"), UNIT)
        assert len(found.boundaries) == 0
        for depth, unit in np.unique(
            np.stack((found.creases.layer, found.creases.unit), 1), axis=0
        ):
            z = network.forward(found.creases.of(depth, unit).reshape(-1, 2))[depth].pre_activation
            np.testing.assert_allclose(z[:, unit], 0, atol=1e-9)
        assert set(found.creases.layer.tolist()) == {0, 1}

    def test_values_at_no_samples(self) -> None:
        assert values_at(random_network(0), np.empty((0, 2))).activation.shape == (0, 4)

    def test_an_overflow_names_the_row_whatever_the_chunks(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(planes, "_BUDGET", 60)
        network = Network.from_arrays([np.full((6, 1), 1e300)], [[0.0]])
        X = np.zeros((40, 6))
        X[33] = 1e10
        with pytest.raises(DataError, match="unit 0 of layer L1 overflows float64 for row 33 of X"):
            values_at(network, X)
