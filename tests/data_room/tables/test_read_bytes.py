"""A file's bytes are the table that the file is, and refused in the same words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from corpus import Case, cells
from corpus_bad import BAD
from corpus_good import GOOD
from corpus_typed import TYPED_GOOD
from corpus_typed_bad import TYPED_BAD

from classlens.data.tables.reading import read_bytes, read_table
from classlens.data.tables.table import Table
from classlens.errors import TableError

CASES = [each for each in (*GOOD, *TYPED_GOOD, *BAD, *TYPED_BAD) if not each.options]


def given(read: Callable[..., Table], *arguments: object) -> Table | TableError:
    try:
        return read(*arguments)
    except TableError as error:
        return error


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_bytes_are_the_file(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    if not path.is_file():  # a folder, or nothing
        return
    content, name = path.read_bytes(), f"my {path.name}"
    table = given(read_table, path)
    if isinstance(table, TableError):
        error = given(read_bytes, name, content)
        assert isinstance(error, TableError)
        assert str(error) == str(table).replace(str(path), name)
        assert (error.line, error.column) == (table.line, table.column)
        return
    path.unlink()
    found = read_bytes(name, content)
    assert (found.sources, found.names, found.notes) == ((name,), table.names, table.notes)
    assert found.describe() == table.describe()
    for each in table.columns:
        if each.numbers is not None:
            np.testing.assert_array_equal(found[each.name].numbers, each.numbers)
        if each.codes is not None:
            assert cells(found, each.name) == cells(table, each.name)
    for row in {0, len(table) // 2, len(table) - 1}:
        assert str(found.places.at(row)) == str(table.places.at(row)).replace(str(path), name)


@pytest.mark.parametrize("name", ["-", "", "../../a.csv", "a\0b", "*.csv", "n" * 5000])
def test_a_name_is_only_a_name(name: str) -> None:
    table = read_bytes(name, b"a,y\n1,u\n2,v\n")
    assert (table.names, str(table.places.at(1))) == (("a", "y"), f"{name}, line 3")
