"""Every odd table that is one is read, and cell for cell as Python's csv module reads it."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from corpus import Case, as_csv_reads, cells, prepared
from corpus_good import GOOD
from corpus_typed import TYPED_GOOD, X, Y

from classlens.data.tables.table import Table

CASES = [*GOOD, *(replace(case, text=None) for case in TYPED_GOOD)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_read(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    table, labels = prepared(path, case.target, **case.options)
    assert {name: table[name].kind for name in case.kinds} == case.kinds
    if case.classes is not None:
        assert list(labels.names) == case.classes
    if case.rows is not None:
        assert len(table) == case.rows
    if case.text is not None:
        records = as_csv_reads(path.read_bytes(), case.text, case.delimiter)
        check_against_csv(table, records[case.skip :])
        column = [row[table.names.index(case.target)] for row in records[case.skip :]]
        assert [labels.names[code] for code in labels.codes] == column


def check_against_csv(table: Table, rows: list[list[str]]) -> None:
    assert len(table) == len(rows)
    for at, name in enumerate(table.names):
        written = [row[at] for row in rows]
        ours = cells(table, name)
        expected = [None if not text.strip() else text for text in written]
        if table[name].codes is not None:
            assert ours == expected
        if table[name].numbers is not None and table[name].trouble is None:
            sign = table[name].decimal
            group = {".": ",", ",": "."}[sign]
            floats = [
                None if text is None else float(text.replace(group, "").replace(sign, "."))
                for text in expected
            ]
            numbers = [None if math.isnan(x) else x for x in table[name].numbers.tolist()]
            assert numbers == floats


@pytest.mark.parametrize(
    "name", ["Parquet: floats", "Parquet: several row groups", "Arrow", "Arrow stream", "Feather"]
)
def test_typed_files_hold_what_was_written(name: str, tmp_path: Path) -> None:
    (case,) = (case for case in TYPED_GOOD if case.name == name)
    table, _ = prepared(case.write(tmp_path), "y")
    numbers = table.columns[0].numbers
    assert numbers is not None
    assert numbers.tolist() == X
    assert cells(table, "y") == Y


def test_the_names_of_cases_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
