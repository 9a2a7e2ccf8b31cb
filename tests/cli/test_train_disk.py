"""``classlens train --memory``: a table of any size, by command alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import classlens as cl

Run = Callable[..., str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files, of which the first holds one class only."""
    made = tmp_path_factory.mktemp("large")
    rng = np.random.default_rng(0)
    kinds = np.sort(rng.choice(["a", "b"], 1200))
    for number, rows in enumerate(np.array_split(np.arange(1200), 3)):
        lines = (
            f"{rng.normal(3 * (kinds[row] == 'b')):.3f},{row % 7},{kinds[row]}" for row in rows
        )
        (made / f"part{number}.csv").write_text("\n".join(["x,day,kind", *lines]) + "\n")
    return made


@pytest.fixture
def train(folder: Path, run_program: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    monkeypatch.chdir(tmp_path)

    def run(*options: object, status: int = 0) -> str:
        table = ("train", folder / "part*.csv", "--target", "kind", "--epochs", 8)
        return run_program(*table, *options, status=status)

    return run


def test_from_files_to_a_model(train: Run, tmp_path: Path) -> None:
    said = train("--memory", "800MB", "--report", "r.html")
    assert "1,200 rows, 3 columns. Of the first 1,200 rows it is told what the columns are." in said
    assert re.search(r"kind\s+the classes \(2\)", said)
    assert re.search(r"Learned from \d{3} rows, watched \d{3}\.", said)
    assert re.search(r"Accuracy on \d{3} held-out rows: 9\d\.\d%", said)
    assert re.search(r"row \d+, .*part\d.csv, line \d+: [ab] predicted as [ab] with", said)
    assert cl.Model.load("model.safetensors").class_names == ("a", "b")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.safetensors", "r.html"]


def test_repeated(train: Run) -> None:
    said = train("--memory", "800MB", "--repeat", 2, "--hidden", 4)
    assert re.search(r"seed 1234: accuracy.*\n\s+seed 1235: accuracy", said)


def test_without_rows_to_score(train: Run, tmp_path: Path) -> None:
    nothing = ("--test-fraction", 0, "--validation-fraction", 0, "--report", "r.html")
    said = train("--memory", "1GB", *nothing)
    assert "There is no score: nothing was held out." in said
    assert "There is no report: it shows held-out rows, and there are none. r.html is not" in said
    assert not (tmp_path / "r.html").exists()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (
            ("--memory", "1MB"),
            "--memory must be an amount of memory such as 1GB, of at least 600MB",
        ),
        (("--scratch", "."), "--scratch is for --memory only. Give both, or leave it out."),
        (
            ("--memory", "1GB", "--scratch", "no/such"),
            "cannot write into the folder no/such: there",
        ),
        (("--memory", "1GB", "--missing", "skip"), "--missing must be one of refuse, impute"),
    ],
)
def test_refusals(train: Run, tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    assert words in train(*options, status=2)
    assert list(tmp_path.iterdir()) == []
