"""The code table, read from its artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import DATA, LAB, blobs, legend_texts, line, random_network, texts
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex

from classlens import plot
from classlens.analysis.thresholds import threshold
from classlens.data.dataset import Dataset
from classlens.network import Network
from classlens.view.displays import code_table


def marked(ax, bit):
    """The (column, row) of the cells with a mark, and of those with its colour."""
    marks = np.floor(np.asarray(line(ax, f"{bit} marks").get_xydata())).astype(int)
    (cells,) = [each for each in ax.collections if each.get_label() == bit]
    assert isinstance(cells, PolyCollection)
    corners = [path.vertices.min(axis=0).astype(int).tolist() for path in cells.get_paths()]
    return marks.tolist(), corners, to_hex(cells.get_facecolor()[0])


def test_the_lab_s_codes() -> None:
    (ax,) = plot.codes(LAB, DATA).figure().axes
    on, cells, _ = marked(ax, "on")
    assert on == cells == [[1, 1], [0, 2], [0, 3], [1, 3]]
    off, cells, _ = marked(ax, "off")
    assert off == cells == [[0, 0], [1, 0], [0, 1], [1, 2]]
    assert {"L1.0", "L1.1", "c0", "c3", "25 of 25", "0 of 25"} <= set(texts(ax))
    assert "2 relu units; 4 classes with 4 different codes" in texts(ax)


def test_bits_are_those_of_a_plain_count() -> None:
    data = blobs(5, 100)
    network = random_network([2, 7, 6, 5], 3)
    for layer in ("L1", "L2"):
        display = plot.codes(network, data, layer=layer)
        z = network.forward(data.X)[int(layer[1]) - 1].pre_activation
        for label, row in enumerate(display.bits):
            for unit, bit in enumerate(row):
                share = float(np.mean([value > 0 for value in z[data.y == label, unit]]))
                least = threshold("code bit")
                assert bit == ("on" if share >= least else "off" if 1 - share >= least else "mixed")
    assert plot.codes(network, data).layer == "L2"


def test_each_bit_has_its_colour_and_its_mark() -> None:
    rng = np.random.default_rng(0)
    data = Dataset(rng.normal(size=(60, 2)), np.arange(60) % 3)
    (ax,) = plot.codes(random_network([2, 8, 3], 4), data).figure().axes
    found = {bit: marked(ax, bit)[2] for bit in ("on", "off", "mixed")}
    assert len(set(found.values())) == 3
    fills = {bit: line(ax, f"{bit} marks").get_fillstyle() for bit in found}
    assert fills == {"on": "full", "mixed": "left", "off": "none"}
    assert legend_texts(ax) == ["on for the class", "mixed", "off for the class"]


def test_classes_with_one_code_are_told() -> None:
    network = Network.from_arrays(
        [np.zeros((2, 2)), np.eye(2)], [[1, 1], [0, 0]], classes=["a", "b"]
    )
    (ax,) = plot.codes(network, Dataset(DATA.X, DATA.y % 2, ("a", "b"))).figure().axes
    assert "as a" in texts(ax)
    assert "2 relu units; 2 classes with 1 different code" in texts(ax)


def test_a_class_without_examples() -> None:
    y = np.where(DATA.y == 1, 0, DATA.y)
    display = plot.codes(LAB, Dataset(DATA.X, y, tuple("abcd")))
    (ax,) = display.figure().axes
    assert display.bits[1] == ()
    assert texts(ax).count("no examples") == 1
    assert any("3 classes" in text for text in texts(ax))


def test_counts_are_written_where_they_fit() -> None:
    (ax,) = plot.codes(random_network([2, 12, 4], 1), DATA).figure().axes
    assert any(" of 25" in text for text in texts(ax))
    (ax,) = plot.codes(random_network([2, 30, 4], 1), DATA).figure().axes
    assert not any("25" in text for text in texts(ax) if text not in map(str, range(30)))


def test_many_units_are_grouped_by_their_bits() -> None:
    display = plot.codes(random_network([2, 64, 4], 1), DATA)
    (ax,) = display.figure().axes
    columns, left_out = display._columns()
    assert len(columns) <= code_table._COLUMNS
    assert left_out + sum(len(column.units) for column in columns) == 64
    patterns = set()
    for column in columns:
        (pattern,) = {tuple(row[unit] for row in display.bits) for unit in column.units}
        assert pattern not in patterns
        patterns.add(pattern)
    assert ax.get_xlim() == (0, len(columns))
    assert any("where n units have the same bits" in text for text in texts(ax))


def test_very_many_classes_are_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_table, "_ROWS", 3)
    (ax,) = plot.codes(LAB, DATA).figure().axes
    assert "c2" in texts(ax)
    assert "c3" not in texts(ax)
    assert any("the first 3 classes" in text for text in texts(ax))
