"""``classlens train --memory``: a table of any size, by command alone."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import classlens as cl

slow = pytest.mark.slow

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
    assert said.startswith("1,200 rows, 3 columns.\n")
    assert re.search(r"kind\s+the classes \(2\)", said)
    assert re.search(r"Learned from \d{3} rows, watched \d{3}\.", said)
    assert re.search(r"Accuracy on \d{3} held-out rows: 9\d\.\d%", said)
    assert re.search(r"row \d+, .*part\d.csv, line \d+: [ab] predicted as [ab] with", said)
    assert cl.Model.load("model.safetensors").class_names == ("a", "b")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model.safetensors", "r.html"]


@slow
def test_repeated(train: Run) -> None:
    said = train("--memory", "800MB", "--repeat", 2, "--hidden", 4)
    assert re.search(r"seed 1234: accuracy.*\n\s+seed 1235: accuracy", said)


@slow
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
        (("--memory", ""), "--memory must be an amount of memory such as 1GB, of at least 600MB"),
        (("--memory", "1GB", "--missing", "skip"), "--missing must be one of refuse, impute"),
    ],
)
def test_refusals(train: Run, tmp_path: Path, options: tuple[str, ...], words: str) -> None:
    assert words in train(*options, status=2)
    assert list(tmp_path.iterdir()) == []


def test_the_folder_for_the_rows_is_tried_before_the_table_is_read(train: Run) -> None:
    said = train("--memory", "1GB", "--scratch", "/dev/null", status=2)
    words = "Error: cannot write into the folder /dev/null: it is a file. Make it first, or choose"
    assert said.startswith(words)


def test_what_the_first_rows_tell_is_said_to_be_told_by_them(
    train: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classlens.tabular.scanning.HEAD_ROWS", 500)
    said = train("--memory", "1GB", "--missing-words", "none")
    assert said.startswith("1,200 rows, 3 columns. What the columns are, the first 800 rows tell:")


def test_classes_of_few_rows(run_program: Run, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    few = ("x,kind", *(f"{n},{'abc'[n % 3]}" for n in range(57)))
    table.write_text("\n".join([*few, ""]))
    command = ("train", table, "--target", "kind", "--memory", "1GB", "--epochs", 2)
    out = (*command, "--hidden", 4, "-o", tmp_path / "m")
    said = run_program(*out)
    assert "There is no score: no class has 20 rows, and of fewer none is held out." in said
    table.write_text("\n".join([*few, *(f"{n},a" for n in range(60, 99)), ""]))
    assert "Not scored, as none of their rows is held out: b, c." in run_program(*out)
    said = run_program(*out, "--test-fraction", 1e-9)
    assert "There is no score: so small a fraction of the rows is none of them." in said


def killed(command: list[str], checkpoint: Path, writes: int) -> None:
    """Run a training, and kill it when its checkpoint was written so many times."""
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as child:
        seen: set[int] = set()
        while len(seen) < writes:
            assert child.poll() is None, "it has ended too early to be killed"
            with contextlib.suppress(FileNotFoundError):
                seen.add(checkpoint.stat().st_mtime_ns)
            time.sleep(0.001)
        child.send_signal(signal.SIGKILL)


@slow
def test_killed_and_resumed_it_ends_the_same(folder: Path, tmp_path: Path) -> None:
    command = [
        *(sys.executable, "-m", "classlens", "train", str(folder / "part*.csv")),
        *("--target", "kind", "--memory", "700MB", "--epochs", "1500", "--batch-size", "16"),
        *("--patience", "none", "--checkpoint-minutes", "1e-9", "--hidden", "6"),
    ]
    subprocess.run([*command, "-o", tmp_path / "whole"], check=True, stdout=subprocess.DEVNULL)
    going_on = [*command, "--resume", "-o", str(tmp_path / "model")]
    for writes in (1, 7, 30, 2):
        killed(going_on, tmp_path / "model.checkpoint", writes)
    subprocess.run(going_on, check=True, stdout=subprocess.DEVNULL)
    whole, model = (cl.Model.load(tmp_path / name) for name in ("whole", "model"))
    for own, other in zip(model.network.layers, whole.network.layers, strict=True):
        assert np.array_equal(own.kernel, other.kernel)
        assert np.array_equal(own.bias, other.bias)
    # Neither checkpoints nor rows are left, though four have had no time to tidy up.
    assert sorted(each.name for each in tmp_path.iterdir()) == ["model", "whole"]
