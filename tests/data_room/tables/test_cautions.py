"""What is said of a table before it is trained on, and what is not said of a good one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from corpus import lines

from classlens.data.tables.cautions import Caution, cautions
from classlens.data.tables.reading import read_table


def said(folder: Path, text: str, features: list[str]) -> dict[str, Caution]:
    path = folder / "a.csv"
    path.write_text(text)
    found = cautions(read_table(path), "y", features)
    assert len({caution.kind for caution in found}) == len(found)
    return {caution.kind: caution for caution in found}


def test_nothing_is_said_of_a_good_table(tmp_path: Path) -> None:
    assert said(tmp_path, lines(40), ["x", "word"]) == {}


def test_a_class_of_few_samples(tmp_path: Path) -> None:
    caution = said(tmp_path, lines(40) + "1.3,w0,c\n1.4,w0,c\n1.6,w1,c\n1.7,w2,d\n", ["x"])["rare"]
    assert caution.columns == ("y",)
    assert caution.message == (
        "class 'd' has 1 sample, too few to learn it from and to test it on. 1 more classes have "
        "fewer than 5."
    )
    alone = said(tmp_path, lines(40) + "1.3,w0,c\n1.4,w0,c\n1.6,w1,c\n", ["x"])["rare"]
    assert alone.message == ("class 'c' has 3 samples, too few to learn it from and to test it on.")


@pytest.mark.parametrize("other", ["a ", "A"])
def test_classes_that_look_alike(tmp_path: Path, other: str) -> None:
    more = "".join(f"{i}.7,w0,{other}\n" for i in range(9))
    caution = said(tmp_path, lines(40) + more, ["x"])["lookalike"]
    first, second = sorted(["a", other])
    assert caution.message == (
        f"classes {first!r} and {second!r} differ in spaces or capitals only. If they are one "
        "class, write them alike."
    )


def test_whole_numbers_that_hardly_repeat(tmp_path: Path) -> None:
    text = "x,n,y\n" + "".join(f"{i}.5,{i * 37 % 101},{'ab'[i % 2]}\n" for i in range(40))
    caution = said(tmp_path, text, ["x", "n"])["identifier"]
    assert caution.columns == ("n",)
    assert caution.message == (
        "column 'n' has 40 different whole numbers in 40 rows. If it numbers the rows, leave it "
        "out."
    )


def test_a_feature_far_larger_than_another(tmp_path: Path) -> None:
    text = "x,n,y\n" + "".join(f"{i}.5,{i % 3}e9,{'ab'[i % 2]}\n" for i in range(40))
    caution = said(tmp_path, text, ["x", "n"])["scale"]
    assert caution.columns == ("n", "x")
    assert caution.message == (
        "column 'n' reaches 2e+09, 5e+07 times as far as 'x'. Is a unit wrong? The training brings "
        "both to the same scale."
    )


def test_a_column_that_gives_the_class_away(tmp_path: Path) -> None:
    text = "x,told,y\n" + "".join(f"{i}.5,{'pqrs'[i % 4]},{'ab'[i % 2]}\n" for i in range(40))
    caution = said(tmp_path, text, ["x", "told"])["giveaway"]
    assert caution.columns == ("told", "y")
    assert caution.message == (
        "column 'told' alone tells the class of every row. Is it known before 'y' is, or made "
        "from it?"
    )
    # One row that says otherwise, and it no longer does.
    assert "giveaway" not in said(tmp_path, text + "1.25,p,b\n", ["x", "told"])


def test_rows_that_are_alike_in_all_but_class(tmp_path: Path) -> None:
    text = lines(40) + "0.25,w0,b\n-0.0,w1,a\n0,w1,b\n"
    caution = said(tmp_path, text, ["x", "word"])["conflict"]
    path = tmp_path / "a.csv"
    assert "are alike in every feature and not in class, 2 times. First " in caution.message
    pairs = {
        f"{path}, line 2, 'a', and {path}, line 42, 'b'",
        f"{path}, line 43, 'a', and {path}, line 44, 'b'",
    }
    assert any(pair in caution.message for pair in pairs)
    assert "conflict" not in said(tmp_path, lines(40) + "0.25,w0,a\n", ["x", "word"])


def test_conflicts_are_those_that_a_dictionary_finds(tmp_path: Path) -> None:
    random = np.random.default_rng(1)
    rows = [(f"{a}.5", f"w{b}", "ab"[c]) for a, b, c in random.integers(0, [9, 9, 2], (60, 3))]
    text = "x,word,y\n" + "".join(",".join(row) + "\n" for row in rows)
    classes: dict[tuple[str, str], set[str]] = {}
    for x, word, y in rows:
        classes.setdefault((x, word), set()).add(y)
    there = any(len(found) > 1 for found in classes.values())
    assert ("conflict" in said(tmp_path, text, ["x", "word"])) == there
    assert there
