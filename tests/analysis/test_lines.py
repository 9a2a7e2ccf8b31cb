"""Creases and margins as lines, against the forward pass."""

from __future__ import annotations

import re

import numpy as np
import pytest
from nets import wide

from classlens.analysis.geometry import regions
from classlens.analysis.lines import crease_lines, margin_lines, unit_creases
from classlens.analysis.planes import Window
from classlens.errors import ArgumentError
from classlens.network import Network

SQUARE = Window((-1, 1), (-1, 1))
NETWORK = wide([5, 4], seed=2)
FOUND = regions(NETWORK, SQUARE)
POINTS = np.random.default_rng(0).uniform(-1, 1, size=(40, 2))


def test_creases_bear_their_unit_s_name() -> None:
    names = [line.name for line in crease_lines(FOUND)]
    assert names == sorted(names)
    assert len(set(names)) == len(names)
    for line in crease_lines(FOUND):
        depth, unit = int(line.name[1]) - 1, int(line.name[3])
        z = NETWORK.forward(line.segments.reshape(-1, 2))[depth].pre_activation[:, unit]
        np.testing.assert_allclose(z, 0, atol=1e-9)


@pytest.mark.parametrize("layer", ["L1", "L2"])
def test_a_layer_s_creases_are_those_of_the_whole_network(layer: str) -> None:
    known = {line.name: line.segments for line in crease_lines(FOUND)}
    for unit, segments in enumerate(unit_creases(NETWORK, layer, SQUARE)):
        lengths = np.linalg.norm(np.diff(segments, axis=1), axis=2).sum()
        expected = known.get(f"{layer}.{unit}", np.zeros((0, 2, 2)))
        assert lengths == pytest.approx(np.linalg.norm(np.diff(expected, axis=1), axis=2).sum())


def test_the_unit_is_on_at_the_left() -> None:
    for unit, segments in enumerate(unit_creases(NETWORK, "L1", SQUARE)):
        way = segments[:, 1] - segments[:, 0]
        left = segments.mean(axis=1) + 1e-6 * np.stack((-way[:, 1], way[:, 0]), axis=1)
        assert (NETWORK.forward(left)[0].pre_activation[:, unit] > 0).all()


@pytest.mark.parametrize(
    ("activations", "creased"),
    [
        (["relu", "linear"], [True, False]),
        (["leaky_relu", "linear"], [True, False]),
        (["linear", "relu"], [False, True]),
        (["tanh", "relu"], [False, False]),  # exact after linear pieces only
    ],
)
def test_only_kinks_have_creases(activations: list[str], creased: list[bool]) -> None:
    kernels = [[[1.0], [0.0]], [[1.0]]]
    network = Network.from_arrays(kernels, [[0.0], [0.0]], activations=activations)
    found = [len(unit_creases(network, layer, SQUARE)[0]) > 0 for layer in ("L1", "L2")]
    assert found == creased


def test_margins_of_chosen_rows() -> None:
    lines = margin_lines(FOUND, POINTS, [3, 1])
    np.testing.assert_array_equal(lines.start, POINTS[[3, 1]])
    np.testing.assert_allclose(np.linalg.norm(lines.end - lines.start, axis=1), lines.distance)
    logits = np.sort(NETWORK.logits(lines.end), axis=1)
    np.testing.assert_allclose(logits[:, -1], logits[:, -2], atol=1e-9)
    for start, distance in zip(lines.start, lines.distance, strict=True):
        turn = np.linspace(0, 2 * np.pi, 90)
        around = start + 0.999 * distance * np.stack((np.cos(turn), np.sin(turn)), axis=1)
        inside = (np.abs(around) <= 1).all(axis=1)
        assert len(set(NETWORK.predict([start, *around[inside]]).tolist())) == 1


def test_the_closest_of_each_pair_of_classes() -> None:
    lines = margin_lines(FOUND, POINTS, None)
    margins = FOUND.margins(POINTS)
    pairs = {tuple(pair) for pair in margins.classes.tolist()}
    assert len(lines.distance) == len(pairs)
    for pair in pairs:
        mine = (margins.classes == pair).all(axis=1)
        assert margins.distance[mine].min() in lines.distance


def test_a_window_without_a_boundary_has_no_margins() -> None:
    one = regions(Network.from_arrays([np.zeros((2, 2))], [[0, 1]]), SQUARE)
    assert len(margin_lines(one, POINTS, [1, 2]).distance) == 0
    assert len(margin_lines(one, POINTS, None).distance) == 0


@pytest.mark.parametrize("row", [40, -1, 1.5, "first", True])
def test_what_is_no_row(row: object) -> None:
    said = f"margins must be True, False, or rows of the data, from 0 to 39. Got {row!r} instead."
    with pytest.raises(ArgumentError, match=re.escape(said)):
        margin_lines(FOUND, POINTS, [row])  # type: ignore[list-item]
