"""Chunks against the csv module on the whole text, for any text and any way of cutting it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from classlens.data.tables.chunks import LONGEST_RECORD, cut, whole_lines
from classlens.data.tables.delimited import _fast, _Form
from classlens.errors import TableError

# What matters to a reader of separated text, often; and anything else.
SIGNS = st.text(
    st.sampled_from('ab1é,"\n\r') | st.characters(codec="utf-8", exclude_characters="\0")
)
CELLS = st.text(st.sampled_from('ab1é,"\n\r'), max_size=5)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=2), max_size=8)


def blocks(text: str, size: int) -> Iterator[bytes]:
    data = text.encode()
    return (data[at : at + size] for at in range(0, len(data), size))


def records(text: str) -> list[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    found, line = [], 1
    for row in reader:
        if row:
            found.append((line, row))
        line = reader.line_num + 1
    return found


def is_closed(text: str) -> bool:
    """Whether the last record ends: one more line then makes a record of its own."""
    before = len(list(csv.reader(io.StringIO(text, newline=""))))
    return len(list(csv.reader(io.StringIO(text + "\nx,y\n", newline="")))) > before


@given(text=SIGNS, size=st.integers(1, 40))
@example(text='"a\n', size=3)
@example(text="a\r\nb\r", size=2)
@example(text='"\ufeff"\n\ufeffa', size=3)
@example(text='a,"b"c"\n"d', size=4)
@settings(max_examples=400)
def test_chunks_hold_the_records_of_the_whole_text(text: str, size: int) -> None:
    if not is_closed(text):
        with pytest.raises(TableError, match=r"a quote .* that opens there is not closed"):
            list(cut("f", blocks(text, size), ",", size=size))
        return
    chunks = list(cut("f", blocks(text, size), ",", size=size))
    assert b"".join(chunk.data for chunk in chunks).decode() == text
    assert [row for chunk in chunks for row in chunk.rows()] == records(text)


@given(rows=TABLES, size=st.integers(1, 40), end=st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=400)
def test_pyarrow_reads_regular_chunks_as_the_module_does(
    rows: list[list[str]], size: int, end: str
) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, lineterminator=end).writerows(rows)
    form = _Form(2, (0, 1), ())
    for chunk in cut("f", blocks(buffer.getvalue(), size), ",", size=size):
        expected = list(chunk.rows())
        # The writer does not quote a return, which ends a record when it is read.
        if chunk.regular and all(len(row) == 2 for _, row in expected):
            columns = [array.to_pylist() for array in _fast(chunk, form, ["text", "codes"])]
            assert [list(row) for row in zip(*columns, strict=True)] == [row for _, row in expected]
            lines = chunk.lines(len(expected))
            found = range(chunk.line, chunk.line + len(expected)) if lines is None else lines
            assert list(found) == [line for line, _ in expected]


@given(text=st.text(st.sampled_from("ab\n\ré")), size=st.integers(1, 9))
def test_whole_lines_are_the_lines(text: str, size: int) -> None:
    bundles = list(whole_lines("f", blocks(text, size)))
    assert b"".join(data for _, data in bundles).decode() == text
    line = 1
    for first, data in bundles:
        assert first == line
        line += data.count(b"\n")
    assert all(data.endswith(b"\n") for _, data in bundles[:-1])


@pytest.mark.parametrize(
    "reader", [lambda text: cut("f", text, ","), lambda text: whole_lines("f", text)]
)
def test_a_record_without_an_end_is_refused(reader) -> None:  # type: ignore[no-untyped-def]
    endless = (b"1234567," * (1 << 17) for _ in range((LONGEST_RECORD >> 20) * 3))
    with pytest.raises(TableError) as caught:
        list(reader(endless))
    assert str(caught.value) == (
        "f, line 1: the record that begins there is longer than 64 megabytes. Is it a table, with "
        "a line for each row?"
    )
    assert caught.value.line == 1
