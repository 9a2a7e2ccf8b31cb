"""``classlens train`` by two processes on this machine: one model, told deaths, going on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from pairs import Two

import classlens as cl

slow = pytest.mark.slow


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("together") / "t.csv"
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(3000, 3))
    kinds = np.array(["a", "b", "c"])[(rows[:, 0] > 0).astype(int) + (rows[:, 1] > 1)]
    lines = (f"{x:.3f},{y:.3f},{z:.3f},{k}" for (x, y, z), k in zip(rows, kinds, strict=True))
    path.write_text("\n".join(["x,y,z,class", *lines]) + "\n")
    return path


def words(table: Path, output: Path, epochs: int, *more: object) -> list[object]:
    sizes = ("--hidden", "8,6", "--batch-size", 50, "--epochs", epochs)
    return ["train", table, "-o", output, *sizes, "--patience", "none", *more]


def alone(*command: object) -> subprocess.CompletedProcess[str]:
    whole = [sys.executable, "-m", "classlens", *map(str, command)]
    return subprocess.run(whole, capture_output=True, text=True, check=False)


def same(own: Path, other: Path) -> None:
    """Sums are added up in another order: float32 rounding, over some hundred updates."""
    pair = zip(cl.Model.load(own).network.layers, cl.Model.load(other).network.layers, strict=True)
    for one, two in pair:
        np.testing.assert_allclose(one.kernel, two.kernel, rtol=2e-4, atol=2e-4)
        np.testing.assert_allclose(one.bias, two.bias, rtol=2e-4, atol=2e-4)


@slow
def test_two_learn_what_one_does(table: Path, tmp_path: Path) -> None:
    two = Two(*words(table, tmp_path / "two", 5))
    (status, first, errors), second = two.ended(0), two.ended(1)
    assert (status, errors) == (0, "")
    assert f"wrote {tmp_path / 'two'}\n" in first
    said = "process 1 of 2 has done its part of every batch; process 0 keeps the model.\n"
    assert second == (0, said, "")
    done = alone(*words(table, tmp_path / "one", 5, "--memory", "1GB"))
    assert done.stdout.replace("/one", "/two") == first
    same(tmp_path / "two", tmp_path / "one")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["one", "two"]


@slow
@pytest.mark.parametrize("index", [0, 1])
def test_one_is_killed_and_all_goes_on(table: Path, tmp_path: Path, index: int) -> None:
    command = words(table, tmp_path / "m", 60, "--checkpoint-minutes", 1e-9, "--resume")
    two = Two(*command)
    deadline = time.monotonic() + 120
    while not (tmp_path / "m.checkpoint").exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    two.processes[index].kill()
    status, _, errors = two.ended(1 - index, seconds=30)
    assert (status, two.ended(index)[0]) == (2, -9)
    gone = "process 0, the coordinator, is gone: " if index == 0 else "process 1 is gone: "
    assert errors.startswith(f"Error: {gone}")
    assert errors.endswith("start all processes again with --resume.\n")
    again = Two(*command)
    assert [again.ended(k)[0] for k in (0, 1)] == [0, 0]
    whole = alone(*words(table, tmp_path / "whole", 60, "--memory", "1GB"))
    assert whole.returncode == 0
    same(tmp_path / "m", tmp_path / "whole")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["m", "whole"]


@slow
@pytest.mark.parametrize(
    ("index", "more", "words_"),
    [
        (1, ["--learning-rate", "0.02"], "process 1 has other settings than process 0."),
        (1, ["--leave-out", "z"], "process 1 has other rows than process 0."),
    ],
)
def test_what_they_do_not_agree_on(
    table: Path, tmp_path: Path, index: int, more: list[str], words_: str
) -> None:
    plain = words(table, tmp_path / "m", 5)
    two = Two(*plain, only={index: more})
    for k in (0, 1):
        status, _, errors = two.ended(k)
        assert status == 2
        assert errors.startswith(f"Error: {words_} Give all processes the same: ")
    assert list(tmp_path.iterdir()) == []
