"""Sampled geometry: the error is bounded, said, and larger than the true one."""

from __future__ import annotations

import nets
import numpy as np
import pytest

from classlens.activations import ACTIVATIONS
from classlens.analysis import sampled
from classlens.analysis.geometry import regions
from classlens.analysis.slices import Slice
from classlens.errors import ArgumentError
from classlens.network import Network

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
CURVED = [name for name, kind in ACTIVATIONS.items() if kind.slopes is None]
WORDS = [*CURVED, "elu(0.3)", "elu(2.0)"]


def grid(steps: int):
    side = (np.arange(steps) + 0.5) / steps * 2 - 1
    return np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)


@pytest.mark.parametrize("activation", WORDS)
def test_class_areas_are_within_the_error(activation):
    network = nets.bent(activation, [6, 5])
    found = regions(network, SQUARE)
    assert not found.exact
    assert found.count is None
    assert 0 < found.error < 0.5
    assert found.class_areas.sum() == pytest.approx(4)
    counted = np.bincount(network.predict(grid(300)), minlength=4) * 4 / 300**2
    np.testing.assert_allclose(found.class_areas, counted, atol=min(found.error, 2e-3))


def test_more_work_gives_a_smaller_error(monkeypatch):
    network = nets.bent("tanh", [6, 5])
    fine = regions(network, SQUARE)
    monkeypatch.setattr(sampled, "_MOST", 1500)
    coarse = regions(network, SQUARE)
    assert fine.error < 0.7 * coarse.error
    assert fine.boundary_length == pytest.approx(coarse.boundary_length, rel=1e-3)


def test_boundaries_are_near_the_true_ones():
    network = nets.bent("silu", [6, 5])
    found = regions(network, SQUARE)
    logits = network.logits((found.boundaries.start + found.boundaries.end) / 2)
    pair = np.take_along_axis(logits, found.boundaries.classes, axis=1)
    np.testing.assert_allclose(pair[:, 0], pair[:, 1], atol=2e-3)
    np.testing.assert_allclose(pair[:, 0], logits.max(axis=1), atol=2e-3)


def test_cells_cover_the_window_and_each_has_its_class():
    network = nets.bent("gelu", [6, 5])
    cells = regions(network, SQUARE).cells
    middles = np.array([cells.polygon(cell).mean(axis=0) for cell in range(len(cells))])
    wrong = network.predict(middles) != cells.label
    assert cells.areas[wrong].sum() < 1e-3
    assert (cells.region == -1).all()
    assert (cells.areas >= 0).all()


def test_what_is_asked_of_a_sampled_result():
    network = nets.bent("tanh", [6, 5])
    found = regions(network, SQUARE)
    points = np.random.default_rng(0).uniform(-1, 1, size=(100, 2))
    located = found.locate(np.concatenate((points, [[2.0, 0.0]])))
    np.testing.assert_array_equal(located.label, [*network.predict(points), -1])
    assert (located.region == -1).all()
    assert not found.margins(points).certified.any()
    assert len(found.creases) == 0
    assert found.ties == ()
    assert len(found.region_areas) == 0
    assert repr(found).startswith("Regions(sampled, count=None, cells=")
    for ask in (found.patterns, found.affine_maps):
        with pytest.raises(ArgumentError, match=r"^linear regions are known only where"):
            ask()


def test_one_class_all_over_the_window():
    network = Network.from_arrays([[[1.0, 0.0], [0.0, 1.0]]], [[0.0, 9.0]], activations=["tanh"])
    found = regions(network, SQUARE)
    assert found.class_areas.tolist() == [0, 4]
    assert found.error == 0
    assert not found.exact
    assert len(found.boundaries) == 0


def test_a_slice_of_a_curved_network():
    network = nets.bent("tanh", [6], inputs=4)
    slice_ = Slice(*np.random.default_rng(0).normal(size=(3, 4)))
    found = regions(network, SQUARE, slice_)
    points = np.random.default_rng(1).uniform(-1, 1, size=(200, 2))
    predicted = network.predict(slice_.lift(points))
    np.testing.assert_array_equal(found.locate(points).label, predicted)
    counted = np.bincount(network.predict(slice_.lift(grid(200))), minlength=4) * 4 / 200**2
    np.testing.assert_allclose(found.class_areas, counted, atol=5e-3)


def test_logits_that_overflow():
    network = Network.from_arrays(
        [[[1e200], [0.0]], [[1e200, 0.0]]], [[0.0], [0.0, 0.0]], activations=["elu", "linear"]
    )
    with pytest.raises(
        ArgumentError, match=r"^the logits must stay below 1e\+300 all over the window\."
    ):
        regions(network, SQUARE)
