"""The bridge between pyarrow and NumPy against pyarrow's own conversions, and what it saves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
from corpus import lines
from hypothesis import given
from hypothesis import strategies as st

from classlens.data.tables.bridge import flags, mask, numbers, strings


@given(words=st.lists(st.none() | st.text()))
def test_words(words: list[str | None]) -> None:
    array = strings(words)
    array.validate(full=True)
    assert array.equals(pa.array(words, pa.string()))


@given(given_flags=st.lists(st.booleans()))
def test_flags_there_and_back(given_flags: list[bool]) -> None:
    array = mask(np.asarray(given_flags, bool))
    assert array.to_pylist() == given_flags
    assert flags(array).tolist() == given_flags


@given(values=st.lists(st.none() | st.floats(allow_nan=False)), start=st.integers(0, 3))
def test_numbers(values: list[float | None], start: int) -> None:
    array = pa.array(values, pa.float64())[start:]
    expected = [np.nan if value is None else value for value in values[start:]]
    np.testing.assert_array_equal(numbers(array), expected)
    np.testing.assert_array_equal(numbers(pa.chunked_array([array])), expected)


def test_whole_numbers_that_are_missing_are_minus_one() -> None:
    assert numbers(pa.array([3, None], pa.int32())).tolist() == [3, -1]


def test_a_text_is_read_without_pandas(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(lines().replace("w1", '5" wide') + "NA,w,a\n")
    words = (
        "import sys\n"
        "from classlens.data.tables.reading import read_table\n"
        f"table = read_table({str(path)!r}, missing_words='NA')\n"
        "table.labels('y')\n"
        "print(table['x'].missing, 'pandas' in sys.modules)\n"
    )
    assert subprocess.check_output([sys.executable, "-c", words], text=True) == "1 False\n"
