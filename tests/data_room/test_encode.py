"""Columns become features, and what cannot is refused in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from classlens.data.encode import Encoding, Feature
from classlens.data.planning import plan
from classlens.data.tables.reading import read_table
from classlens.errors import ArgumentError, TableError

HEADER = "id,len,kind,ok,colour,class\n"
ROWS = [
    f"{i},{i % 7 + 0.5},{'ad'[i % 2]},{'yes' if i % 3 else 'No'},{'rgb'[i % 3]},{'xy'[i % 2]}"
    for i in range(60)
]


def table(tmp_path: Path, rows: list[str] = ROWS, header: str = HEADER, **options):
    path = tmp_path / "t.csv"
    path.write_text(header + "\n".join(rows) + "\n")
    return read_table(path, **options)


def by_hand(rows: list[str]) -> np.ndarray:
    """The same features, cell by cell."""
    found = []
    for row in rows:
        _, length, kind, ok, colour, _ = row.split(",")
        words = [float(kind == w) for w in "ad"], [float(colour == w) for w in "bgr"]
        found.append([float(length), *words[0], float(ok.lower() == "yes"), *words[1]])
    return np.array(found)


def test_features_and_what_is_left_out(tmp_path: Path) -> None:
    read = table(tmp_path)
    encoding, left = plan(read, "class")
    assert encoding.names == (
        *("len", "kind=a", "kind=d", "ok=yes", "colour=b", "colour=g", "colour=r"),
    )
    assert [(each.column, each.why) for each in left] == [("id", "it names the rows")]
    np.testing.assert_array_equal(encoding.encode(read), by_hand(ROWS))
    assert encoding.ranges[:2].tolist() == [[0.5, 6.5], [0.0, 1.0]]
    again = table(tmp_path, ROWS[::-1], kinds=encoding.kinds)
    np.testing.assert_array_equal(encoding.encode(again), by_hand(ROWS[::-1]))


def test_columns_in_another_order_make_the_same_features(tmp_path: Path) -> None:
    encoding, _ = plan(table(tmp_path), "class")
    swapped = [",".join(row.split(",")[::-1]) for row in ROWS]
    header = ",".join(HEADER.strip().split(",")[::-1]) + "\n"
    again = table(tmp_path, swapped, header)
    np.testing.assert_array_equal(encoding.encode(again), by_hand(ROWS))


def test_missing_cells(tmp_path: Path) -> None:
    rows = ["0,,a,yes,r,x", "1,3.5,,,g,y", *ROWS[2:]]
    with pytest.raises(TableError) as caught:
        plan(table(tmp_path, rows), "class")
    assert "t.csv, line 2: cells are missing in 'len' (1 cell), 'kind' (1 cell)" in str(
        caught.value
    )
    assert "--missing impute" in str(caught.value)
    read = table(tmp_path, rows)
    encoding, _ = plan(read, "class", missing="impute")
    assert encoding.names == (
        *("len", "len missing", "kind=a", "kind=d", "kind missing", "ok=yes", "ok missing"),
        *("colour=b", "colour=g", "colour=r"),
    )
    lengths = [float(row.split(",")[1]) for row in rows[1:]]
    X = encoding.encode(read)
    assert X[0].tolist() == pytest.approx([np.mean(lengths), 1, 1, 0, 0, 1, 0, 0, 0, 1])
    assert X[1, 2:5].tolist() == [0, 0, 1]
    assert X[1, 5] == pytest.approx(
        np.mean([row.split(",")[3] == "yes" for row in rows if ",," not in row]), abs=0.02
    )
    assert X[1, 6] == 1
    strict, _ = plan(table(tmp_path), "class")
    with pytest.raises(TableError, match=r"line 2: column 'len' must not be missing there"):
        strict.encode(table(tmp_path, rows))


def test_unseen_words(tmp_path: Path) -> None:
    encoding, _ = plan(table(tmp_path), "class")
    other = table(tmp_path, [*ROWS[:5], "5,1.5,q,yes,r,x"], kinds=encoding.kinds)
    with pytest.raises(TableError) as caught:
        encoding.encode(other)
    assert "line 7: column 'kind' holds 'q', which it never did" in str(caught.value)
    assert "--unseen ignore" in str(caught.value)
    assert encoding.encode(other, unseen="ignore")[5].tolist() == [1.5, 0, 0, 1, 0, 0, 1]


def test_scaling_leaves_zeros_and_ones(tmp_path: Path) -> None:
    read = table(tmp_path)
    encoding, _ = plan(read, "class")
    X = encoding.encode(read)
    scaling = encoding.scaling(X)
    scaled = scaling.scaled(X)
    assert scaled[:, 0].mean() == pytest.approx(0)
    assert scaled[:, 0].std() == pytest.approx(1)
    np.testing.assert_array_equal(scaled[:, 1:], X[:, 1:])


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"target": "clas"}, ArgumentError, "has no column 'clas'"),
        ({"target": "class", "leave_out": ["colr"]}, ArgumentError, "has no column 'colr'"),
        ({"target": "class", "leave_out": ["class"]}, ArgumentError, "cannot be left out"),
        (
            {"target": "class", "leave_out": ["len", "kind", "ok", "colour"]},
            TableError,
            "no column is left to learn from",
        ),
    ],
)
def test_plans_that_are_refused(tmp_path: Path, arguments, error, message) -> None:
    with pytest.raises(error, match=message):
        plan(table(tmp_path), **arguments)


def test_dates_are_refused_with_the_remedy(tmp_path: Path) -> None:
    rows = [f"{i % 5}.5,2020-01-{i % 28 + 1:02d},{'xy'[i % 2]}" for i in range(60)]
    read = table(tmp_path, rows, "len,day,class\n")
    with pytest.raises(TableError, match=r"column 'day' holds dates, .* Leave it out"):
        plan(read, "class")
    assert plan(read, "class", leave_out=["day"])[0].names == ("len",)


def test_pixels_share_one_scale() -> None:
    features = tuple(Feature(f"p{i}", "number", high=255.0) for i in range(4))
    encoding = Encoding(features, "class", image_shape=(2, 2))
    X = np.array([[0.0, 255, 0, 0], [0, 0, 255, 0]])
    scaled = encoding.scaling(X).scaled(X)
    assert np.unique(scaled).size == 2
    assert scaled.mean() == pytest.approx(0)


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "boolean", "words": ("no",)},
        {"kind": "number", "words": ("a",)},
        {"kind": "number", "low": np.nan},
        {"kind": "category", "words": ()},
        {"kind": "category", "words": ("a", "a")},
        {"kind": "code"},
    ],
)
def test_features_that_do_not_fit(options) -> None:
    with pytest.raises(ArgumentError):
        Feature("a", **options)
