"""Reading whole and in batches, from paths, globs, lists and standard input; late surprises."""

from __future__ import annotations

import errno
import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from corpus import cells, lines

from classlens.data.tables.reading import read_batches, read_table
from classlens.errors import ArgumentError, DataError, TableError

KINDS = {"x": "number", "word": "category", "y": "category"}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """A file of several chunks: numbers of both sorts, words and classes."""
    path = tmp_path / "large.csv"
    with path.open("w") as file:
        file.write("x,n,word,y\n")
        file.writelines(
            f"{i * 0.25},{i * 7 % 100_003},w{i % 5},{'ab'[i % 2]}\n" for i in range(400_000)
        )
    return path


def test_a_file_of_several_chunks(large: Path) -> None:
    table = read_table(large)
    assert {column.name: column.kind for column in table.columns} == KINDS | {"n": "number"}
    rows = np.arange(400_000)
    np.testing.assert_array_equal(table["x"].numbers, rows * 0.25)
    np.testing.assert_array_equal(table["n"].numbers, rows * 7 % 100_003)
    assert cells(table, "word")[:6] == ["w0", "w1", "w2", "w3", "w4", "w0"]
    np.testing.assert_array_equal(table["y"].codes, rows % 2)
    assert str(table.places.at(399_999)) == f"{large}, line 400001"
    # The text of so many numbers is not kept; what is known of them is a lower bound.
    assert table["x"].codes is None
    assert (table["x"].distinct, table["x"].distinct_exact) == (1000, False)
    assert table.describe()[0].distinct == "over 1000"
    assert table.describe()[0].example == "0.0"


@pytest.mark.parametrize(
    ("late", "kind"), [("00042", "text"), ("9007199254740993", "number"), ("", "number")]
)
def test_what_only_a_late_cell_tells(large: Path, late: str, kind: str) -> None:
    with large.open("a") as file:
        file.write(f"0.5,{late},w,a\n")
    table = read_table(large)
    assert table["n"].kind == kind
    assert table["n"].missing == (late == "")
    assert len(table) == 400_001
    if late.startswith("9"):
        assert table["n"].said == "9007199254740993 has more digits than a number keeps exactly"


def test_a_word_that_makes_categories_of_late_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with path.open("w") as file:
        file.write("x,y\n")
        file.writelines(f"{i}.500000000000,{'ab'[i % 2]}\n" for i in range(300_000))
        file.writelines(f"n{i},{'ab'[i % 2]}\n" for i in range(300_000))
    column = read_table(path)["x"]
    assert (column.kind, column.distinct) == ("identifier", 600_000)
    assert column.words[:2] == ("0.500000000000", "1.500000000000")


def test_batches_are_the_table_in_parts(large: Path) -> None:
    kinds = {"y": "category", "n": "number", "x": "number"}
    batches = list(read_batches(large, kinds=kinds))
    table = read_table(large)
    assert len(batches) > 1
    assert batches[0].names == ("y", "n", "x")
    for name in ("x", "n"):
        joined = np.concatenate([batch[name].numbers for batch in batches])
        np.testing.assert_array_equal(joined, table[name].numbers)
    assert [word for batch in batches for word in cells(batch, "y")] == cells(table, "y")
    assert str(batches[-1].places.at(len(batches[-1]) - 1)) == f"{large}, line 400001"


@pytest.mark.parametrize("word", ["oops", "nan", "inf", "1e400", "-1e39"])
def test_a_batch_names_the_cell_that_is_no_number(large: Path, word: str) -> None:
    with large.open("a") as file:
        file.write(f"{word},1,w,a\n")
    *good, last = read_batches(large, kinds={"x": "number"})
    for batch in good:
        batch.refuse_unusable(["x"])
    with pytest.raises(TableError, match=rf"large\.csv, line 400002: column 'x' .*{word}"):
        last.refuse_unusable(["x"])


def test_batches_of_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    block = "".join(f"{i}.25,{'ab'[i % 2]}\n" for i in range(1000))
    path.write_text("x,y\n" + block * 3_000)
    words = (
        "from pathlib import Path\n"
        # Not ru_maxrss, which a process inherits from the one that starts it.
        "peak = lambda: int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
        "from classlens.data.tables.reading import read_batches\n"
        f"batches = read_batches({str(path)!r}, kinds={{'x': 'number'}})\n"
        "rows = len(next(batches))\n"
        "before = peak()\n"
        "rows += sum(len(batch) for batch in batches)\n"
        "print(rows, peak() - before)\n"
    )
    output = subprocess.check_output([sys.executable, "-c", words], text=True, timeout=120)
    rows, kilobytes = (int(word) for word in output.split())
    assert rows == 3_000_000
    assert kilobytes < 150_000


def test_batches_left_before_their_end(large: Path) -> None:
    batches = read_batches(large, kinds={"x": "number"})
    assert len(next(batches)) > 1000
    batches.close()  # type: ignore[attr-defined]


def test_a_header_is_known_by_the_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("2019,2020\n1.5,2.5\n")
    assert len(read_table(path)) == 2
    (batch,) = read_batches(path, kinds={"2020": "number"})
    assert cells(batch, "2020") == ["2.5"] or cells(batch, "2020") == [2.5]


def test_a_glob_and_a_list(tmp_path: Path) -> None:
    for name in ("b", "a"):
        (tmp_path / f"{name}.csv").write_text(lines(10).replace("w0", name))
    (tmp_path / "c.txt").write_text("no table")
    table = read_table(str(tmp_path / "*.csv"))
    assert table.sources == (str(tmp_path / "a.csv"), str(tmp_path / "b.csv"))
    assert len(table) == 20
    assert cells(table, "word")[0] == "a"
    assert str(table.places.at(10)) == f"{tmp_path / 'b.csv'}, line 2"
    listed = read_table([tmp_path / "b.csv", str(tmp_path / "a.csv")])
    assert cells(listed, "word")[0] == "b"


def test_files_of_one_glob_must_fit(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(lines(10))
    other = tmp_path / "b.csv"
    other.write_text("y,x,word\na,1.5,w\n")  # another order is as good
    assert cells(read_table(str(tmp_path / "*.csv")), "y")[-1] == "a"
    other.write_text(lines(10).replace("word", "Word"))
    with pytest.raises(TableError) as caught:
        read_table(str(tmp_path / "*.csv"))
    assert str(caught.value) == (
        f"{other} has no column 'word'. Its columns are x, Word, y. Did you mean 'Word'?"
    )
    other.write_text("x,word,y,z\n1.5,w,a,9\n")
    with pytest.raises(TableError) as caught:
        read_table(str(tmp_path / "*.csv"))
    assert str(caught.value) == (
        f"{other} must have the columns of the first file. Got 'z', which is none of them, as "
        "well. Take it out, or read the file alone."
    )


def test_a_column_of_two_types_in_two_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1.5,a\n2.5,b\n")
    np.savez(tmp_path / "b.npz", x=np.arange(3), y=np.array(["a", "b", "a"]))
    with pytest.raises(TableError) as caught:
        read_table([tmp_path / "a.csv", tmp_path / "b.npz"])
    assert str(caught.value) == (
        f"{tmp_path / 'b.npz'}: column 'x' must have one type in all files. Got int64, after "
        "string before it. Convert one of them."
    )


def test_numbers_in_one_file_and_words_in_another(tmp_path: Path, large: Path) -> None:
    small = tmp_path / "small.csv"
    small.write_text("x,n,word,y\n0.5,00012,w,a\n0.5,7,w,b\n")
    table = read_table([large, small])
    assert table["n"].kind == "text"
    assert cells(table, "n")[-2:] == ["00012", "7"]


@pytest.mark.parametrize("content", [lines().encode(), b'{"x": 0.25, "y": "a"}\n' * 3])
def test_standard_input(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    table = read_table("-")
    assert table.sources == ("standard input",)
    assert float(str(cells(table, "x")[0])) == 0.25
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    assert sum(len(batch) for batch in read_batches("-", kinds={"x": "number"})) == len(table)


def closed() -> io.BytesIO:
    stream = io.BytesIO(b"x")
    stream.close()
    return stream


class Broken(io.RawIOBase):
    def read(self, _size: int = -1, /) -> bytes:
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.parametrize(
    ("stream", "reason"),
    [
        (None, "it is closed. Name a file."),
        (SimpleNamespace(buffer=closed()), "it is no open stream of bytes. Name a file."),
        (io.StringIO("x,y\n1,a\n"), "it is no open stream of bytes. Name a file."),
        (SimpleNamespace(buffer=Broken()), "Input/output error."),
    ],
    ids=["none", "closed", "words", "broken"],
)
def test_standard_input_that_cannot_be_read(
    stream: object, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", stream)
    with pytest.raises(TableError) as caught:
        read_table("-")
    assert str(caught.value) == f"cannot read standard input: {reason}"
    assert caught.value.file == "standard input"


def test_what_cannot_be_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    reasons = {
        str(tmp_path / "none"): "cannot read {}: No such file or directory.",
        str(
            tmp_path / "pipe"
        ): "cannot read {}: it is not a regular file. Use - for standard input.",
        str(tmp_path / "*.csv"): "no file fits {}. Check the folder and the pattern.",
        str(tmp_path / "folder"): "{} is a folder without pictures in it. For tables in a folder "
        "give a pattern: '{}/*.csv'.",
        str(tmp_path / ("x" * 300)): "cannot read {}: File name too long.",
    }
    for name, reason in reasons.items():
        with pytest.raises(TableError) as caught:
            read_table(name)
        assert str(caught.value) == reason.replace("{}", name)
        assert caught.value.file == name
        assert isinstance(caught.value, DataError)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: read_table(7), "Got int instead."),
        (lambda: read_table([]), "Got an empty list instead."),
        (lambda: read_table(None), "Got NoneType instead."),
        (lambda: read_table(np.zeros((3, 3))), "Got ndarray instead."),
    ],
)
def test_a_source_that_is_none(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        call()
    assert str(caught.value) == (
        "source must be a path, a list of paths, a glob, '-' for standard input, or a frame of "
        f"pandas, polars or pyarrow. {words}"
    )


def test_paths_and_kinds_that_are_none(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines())
    with pytest.raises(ArgumentError, match=r"^a path must be a word without NUL .* Got 'a\\x00'"):
        read_table("a\0")
    with pytest.raises(
        ArgumentError, match=r"^a path must be a word without NUL .* Got '' instead"
    ):
        read_table("")
    with pytest.raises(TableError) as caught:
        read_table(path, kinds={"words": "text"})
    assert str(caught.value) == (
        f"{path} has no column 'words'. Its columns are x, word, y. Did you mean 'word'?"
    )
    with pytest.raises(ArgumentError, match=r"^kinds must name at least one column\. Got none\.$"):
        next(read_batches(path, kinds={}))
    with pytest.raises(
        TableError, match=r"a\.csv has no column 'z'\. Its columns are x, word, y\.$"
    ):
        next(read_batches(path, kinds={"z": "number"}))
    with pytest.raises(
        ArgumentError, match=r"has no column 'Word'\. Its .* Did you mean 'word'\?$"
    ):
        read_table(path)["Word"]


def test_a_column_s_name_that_is_no_text(tmp_path: Path) -> None:
    path = tmp_path / "a.arrow"
    table = pa.table({"wxyz": [1.5, 2.5], "kind": ["a", "b"]})
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    path.write_bytes(path.read_bytes().replace(b"wxyz", b"\xdc\x41yz"))
    with pytest.raises(TableError, match="is a damaged arrow file"):
        read_table(path)
