"""Lines that the page samples: as far as the edges, and creases as few straight parts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from test_modules import distances, run

import classlens as cl
from classlens.analysis.lines import crease_lines

WINDOW = ((-9.0, 9.0), (-6.0, 5.0))
SIDE = 50


@pytest.fixture(scope="module")
def trained() -> cl.Run:
    return cl.fit(cl.blobs(), hidden=[4, 3], epochs=60)


def grid() -> Any:
    (left, right), (low, high) = WINDOW
    s = left + (np.arange(SIDE) + 0.5) * (right - left) / SIDE
    t = high - (np.arange(SIDE) + 0.5) * (high - low) / SIDE
    return np.stack(np.meshgrid(s, t), axis=-1).reshape(-1, 2)


def in_window(squares: list[float]) -> Any:
    """Segments in squares as ends in the window, shape (segments, 2 ends, 2)."""
    (left, right), (low, high) = WINDOW
    ends = np.array(squares).reshape(-1, 2, 2) / SIDE
    return np.stack((left + ends[..., 0] * (right - left), high - ends[..., 1] * (high - low)), -1)


def test_sampled_boundaries_reach_the_edges(trained: cl.Run, tmp_path: Path) -> None:
    logits = trained.network.logits(grid()).ravel().tolist()
    found = in_window(run(tmp_path, "lines", f"return m.sampledLines(given, {SIDE}, 4)", logits))
    exact = cl.regions(trained, WINDOW).boundaries
    ends = np.concatenate((exact.start, exact.end))
    low, high = np.array(WINDOW).T
    at_edge = ends[(np.isclose(ends, low) | np.isclose(ends, high)).any(1)]
    assert len(at_edge) >= 3
    for end in at_edge:
        assert np.hypot(*(found.reshape(-1, 2) - end).T).min() < 0.05


def test_sampled_creases_are_the_exact_ones(trained: cl.Run, tmp_path: Path) -> None:
    layers, samples = trained.network.layers, grid()
    network = {
        "layers": [
            {"name": f"L{depth + 1}", "units": layer.units, "activation": layer.activation.name}
            for depth, layer in enumerate(layers)
        ]
    }
    # In twice the precision, as the page computes.
    values, given = [], samples
    for layer in layers:
        kernel, bias = (each.astype(float) for each in layer.get_weights())
        values.append((given @ kernel + bias).ravel().tolist())
        given = np.maximum(given @ kernel + bias, 0)
    script = f"""const values = given.values.map((z) => ({{ z }}));
      return m.sampledCreases(given.network, values, {SIDE}, new Set(["L1.3"]))"""
    found = run(tmp_path, "lines", script, {"network": network, "values": values})
    assert set(found) == {"L1.0", "L1.1", "L1.2", "L2.0", "L2.1", "L2.2"}  # one is held at 0
    exact = {line.name: line.segments for line in crease_lines(cl.regions(trained, WINDOW))}
    for name, squares in found.items():
        lines = exact.get(name, np.zeros((0, 2, 2)))
        assert len(squares) // 4 <= 12 * max(len(lines), 1)
        for middle in lines.mean(1):
            ends = in_window(squares)
            assert distances(middle, ends[:, 0], ends[:, 1]).min() < 0.4
    # In the first layer a crease is straight: one segment from edge to edge, and exact.
    for name in ("L1.0", "L1.1", "L1.2"):
        ours, whole = in_window(found[name]), exact[name].reshape(-1, 2)
        assert len(ours) == (1 if len(whole) else 0)
        for end in ours.reshape(-1, 2):
            assert np.hypot(*(whole - end).T).min() < 1e-3


def test_curved_units_have_no_creases(tmp_path: Path) -> None:
    network = {"layers": [{"name": "L1", "units": 1, "activation": "tanh"}, {}]}
    script = "return m.sampledCreases(given, [{ z: [-1, 1, -1, 1] }], 2, new Set())"
    assert run(tmp_path, "lines", script, network) == {}
