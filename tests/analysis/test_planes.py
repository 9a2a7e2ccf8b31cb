"""Windows, and the sampled planes against direct evaluation and known geometry."""

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
from classlens.analysis.planes import Window, after, sample_layer, sample_regions, up_to, values_at
from classlens.errors import ArgumentError, DataError
from classlens.network import Network
from classlens.scores import softmax

UNIT = Window((-1, 1), (-1, 1))

# Three logits whose regions meet in (0, 0): x0 - x1, -x0 - x1, 2 x1.
STAR = Network.from_arrays([[[1.0, -1.0, 0.0], [-1.0, -1.0, 2.0]]], [[0.0, 0.0, 0.0]])


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
    def test_around_one_place_there_is_a_width_that_float32_can_divide(self, at: float) -> None:
        window = Window.around([[at, at], [at, at]])
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
        for column, (low, high) in zip(points.T, (window.x0, window.x1), strict=True):
            assert low < column.min()
            assert column.max() < high


class TestRegions:
    def test_winners_and_confidences_are_the_network_s(self) -> None:
        network = random_network(1)
        sampled = sample_regions(network, UNIT, resolution=23)
        x0, x1 = np.meshgrid(np.linspace(-1, 1, 23), np.linspace(-1, 1, 23))
        points = np.stack([x0, x1], axis=2).reshape(-1, 2)
        np.testing.assert_array_equal(sampled.winner.ravel(), network.predict(points))
        best = softmax(network.logits(points)).max(axis=1)
        np.testing.assert_allclose(sampled.confidence.ravel(), best, rtol=1e-12)

    def test_three_rays_that_meet_without_spurs(self) -> None:
        sampled = sample_regions(STAR, UNIT, resolution=40)  # (0, 0) is inside a cell
        assert {tuple(pair) for pair in sampled.pairs.tolist()} == {(0, 1), (0, 2), (1, 2)}
        lengths = {
            pair: np.linalg.norm(
                np.diff(sampled.boundary[(sampled.pairs == pair).all(axis=1)], axis=1), axis=2
            ).sum()
            for pair in [(0, 1), (0, 2), (1, 2)]
        }
        # x0 = 0 downwards; 3 x1 = x0 and 3 x1 = -x0 upwards
        assert lengths[0, 1] == pytest.approx(1)
        assert lengths[0, 2] == pytest.approx(np.hypot(1, 1 / 3))
        assert lengths[1, 2] == pytest.approx(np.hypot(1, 1 / 3))
        met = np.abs(sampled.boundary).max(axis=2) < 1e-9
        assert met.sum() == 3  # each ray ends in the corner, and nothing else is there

    @pytest.mark.parametrize("seed", range(6))
    def test_lines_are_closed(self, seed: int) -> None:
        sampled = sample_regions(random_network(seed, (2, 12, 5)), UNIT, resolution=50)
        ends = np.round(sampled.boundary.reshape(-1, 2), 9)
        places, counts = np.unique(ends, axis=0, return_counts=True)
        loose = places[counts == 1]
        assert (np.abs(loose).max(axis=1) > 1 - 1e-8).all()  # only on the window's rim

    @pytest.mark.parametrize("seed", range(6))
    def test_two_classes_tie_on_the_lines_of_a_linear_network(self, seed: int) -> None:
        network = random_network(seed, (2, 5))
        sampled = sample_regions(network, UNIT, resolution=60)
        middle = sampled.boundary.mean(axis=1)
        logits = network.logits(middle)
        rows = np.arange(len(middle))
        one, other = logits[rows, sampled.pairs[:, 0]], logits[rows, sampled.pairs[:, 1]]
        np.testing.assert_allclose(one, other, atol=1e-9)
        assert (logits.max(axis=1) - one < 0.2).all()  # up to a cell, the two are the largest

    def test_a_finer_grid_comes_nearer_to_the_tie(self) -> None:
        network = random_network(3, (2, 8, 4))

        def worst(resolution: int) -> float:
            sampled = sample_regions(network, UNIT, resolution=resolution)
            logits = np.sort(network.logits(sampled.boundary.reshape(-1, 2)), axis=1)
            return float((logits[:, -1] - logits[:, -2]).mean())

        assert worst(240) < worst(60) / 3

    def test_one_class_has_no_boundary(self) -> None:
        sampled = sample_regions(Network.from_arrays([[[1.0], [1.0]]], [[0.0]]), UNIT, resolution=5)
        assert sampled.boundary.shape == (0, 2, 2)
        assert sampled.pairs.shape == (0, 2)
        assert (sampled.confidence == 1).all()

    def test_equal_logits_everywhere_go_to_the_lowest_class(self) -> None:
        network = Network.from_arrays([np.zeros((2, 3))], [np.zeros(3)])
        sampled = sample_regions(network, UNIT, resolution=5)
        assert (sampled.winner == 0).all()
        assert len(sampled.boundary) == 0

    def test_chunks_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        network = random_network(2)
        whole = sample_regions(network, UNIT, resolution=30)
        monkeypatch.setattr(planes, "_BUDGET", 100)
        parts = sample_regions(network, UNIT, resolution=30)
        np.testing.assert_array_equal(whole.winner, parts.winner)
        np.testing.assert_allclose(whole.boundary, parts.boundary, atol=1e-12)

    def test_float32_stays_float32(self) -> None:
        network = random_network(1, dtype=np.float32)
        assert sample_regions(network, UNIT, resolution=9).confidence.dtype == np.float32
        layer = sample_layer(network, UNIT, layer="L1", resolution=9)
        assert layer.activation.dtype == np.float32

    def test_far_from_the_origin(self) -> None:
        moved = Network.from_arrays(
            [STAR.layers[0].kernel], [-np.array([1e6, -2e6]) @ STAR.layers[0].kernel]
        )
        # One side is longer than the other, or grid points would lie on the ties.
        window = Window((1e6 - 1.03, 1e6 + 1), (-2e6 - 1, -2e6 + 1))
        near = sample_regions(STAR, Window((-1.03, 1), (-1, 1)), resolution=30)
        far = sample_regions(moved, window, resolution=30)
        np.testing.assert_array_equal(near.winner, far.winner)
        np.testing.assert_allclose(far.boundary - [1e6, -2e6], near.boundary, atol=1e-6)


class TestLayers:
    def test_values_are_the_forward_pass_s(self) -> None:
        network = random_network(4)
        sampled = sample_layer(network, UNIT, layer="L1", resolution=7)
        assert sampled.activation.shape == (7, 7, 6)
        corner = network.forward([[-1.0, 1.0]])[0].activation[0]  # the last row, the first column
        np.testing.assert_allclose(sampled.activation[-1, 0], corner)

    def test_a_crease_is_where_the_unit_turns_on(self) -> None:
        network = random_network(4)
        sampled = sample_layer(network, UNIT, layer="L1", resolution=31)
        for unit, crease in enumerate(sampled.creases):
            z = network.forward(crease.reshape(-1, 2))[0].pre_activation[:, unit]
            np.testing.assert_allclose(z, 0, atol=1e-9)

    @pytest.mark.parametrize(
        ("activation", "creased"), [("relu", 1), ("leaky_relu", 1), ("tanh", 0), ("linear", 0)]
    )
    def test_only_kinks_have_creases(self, activation: str, creased: int) -> None:
        network = Network.from_arrays([[[1.0], [0.0]]], [[0.0]], activations=[activation])
        (crease,) = sample_layer(network, UNIT, layer="L1", resolution=10).creases
        assert (len(crease) > 0) == creased

    def test_a_unit_that_is_off_over_an_area_has_no_crease_there(self) -> None:
        # The second layer's pre-activation is the first one's activation: 0 for all x0 <= 0.
        network = Network.from_arrays(
            [[[1.0], [0.0]], [[1.0]], [[1.0]]], [[0.0], [0.0], [0.0]], names=["a", "b", "c"]
        )
        (crease,) = sample_layer(network, UNIT, layer="b", resolution=10).creases
        assert len(crease) > 0
        assert (np.abs(crease[:, :, 0]) < 0.2).all()  # within the cells at x0 = 0

    def test_an_unknown_layer(self) -> None:
        with pytest.raises(ArgumentError, match=r"layers are L1, L2. Got 'L9' instead"):
            sample_layer(random_network(0), UNIT, layer="L9", resolution=5)


class TestParts:
    def test_up_to_and_after_make_the_whole(self) -> None:
        network = random_network(5, (3, 4, 2, 5))
        X = np.random.default_rng(0).normal(size=(10, 3))
        hidden = values_at(up_to(network, "L2"), X).activation
        rest = after(network, "L2")
        np.testing.assert_allclose(rest.logits(hidden), network.logits(X), rtol=1e-12)
        assert rest.classes == network.classes
        assert up_to(network, "L3") is network

    def test_values_at_no_samples(self) -> None:
        assert values_at(random_network(0), np.empty((0, 2))).activation.shape == (0, 4)


class TestErrors:
    def test_more_inputs(self) -> None:
        with pytest.raises(
            ArgumentError, match=r"must have 2 inputs to be drawn over the plane.* Got 3 instead"
        ):
            sample_regions(random_network(0, (3, 2)), UNIT, resolution=5)

    @pytest.mark.parametrize("resolution", [1, 2.5, "many"])
    def test_the_resolution(self, resolution: Any) -> None:
        said = f"resolution must be a whole number of at least 2. Got {resolution!r} instead."
        with pytest.raises(ArgumentError, match=re.escape(said)):
            sample_regions(STAR, UNIT, resolution=resolution)

    def test_overflow_is_named(self) -> None:
        network = Network.from_arrays(
            [np.full((2, 1), 1e30, np.float32), np.full((1, 1), 1e30, np.float32)],
            [np.zeros(1, np.float32)] * 2,
        )
        said = (
            "Got an overflow of float32 in the window ((-1.0, 1.0), (-1.0, 1.0)); choose one nearer"
        )
        with pytest.raises(DataError, match=re.escape(said)):
            sample_regions(network, UNIT, resolution=3)

    def test_a_window_beyond_float32(self) -> None:
        network = random_network(0, dtype=np.float32)
        with pytest.raises(ArgumentError, match=r"window must lie within -3.4e\+38 to 3.4e\+38"):
            sample_regions(network, Window((0, 1e39), (0, 1)), resolution=3)

    def test_an_overflow_names_the_row_whatever_the_chunks(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(planes, "_BUDGET", 60)
        network = Network.from_arrays([np.full((6, 1), 1e300)], [[0.0]])
        X = np.zeros((40, 6))
        X[33] = 1e10
        with pytest.raises(DataError, match="unit 0 of layer L1 overflows float64 for row 33 of X"):
            values_at(network, X)
