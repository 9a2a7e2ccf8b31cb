"""``classlens sweep`` end to end: its words, its files, its refusals, and kills at any moment."""

from __future__ import annotations

import functools
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import classlens as cl

Run = Callable[..., str]


@pytest.fixture
def classlens(tmp_path: Path, run_program: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    rows = "".join(f"{k * k % 97},{k * 7 % 83},{'uv'[k * k % 97 > 40]}\n" for k in range(60))
    (tmp_path / "t.csv").write_text(f"a,b,y\n{rows}")
    monkeypatch.chdir(tmp_path)
    return functools.partial(run_program, "sweep")


def test_the_lab_with_two_and_three_units(classlens: Run, tmp_path: Path) -> None:
    said = classlens("--seeds", "40", "--hidden", "2", "--hidden", "3", "--out", "s").splitlines()
    survey = cl.sweep(seeds=40, grid={"hidden": [2, 3]})
    assert said == [
        *str(survey).splitlines(), "wrote s/networks.parquet", "wrote s/endings.png",
    ]  # fmt: skip
    assert (tmp_path / "s" / "endings.png").read_bytes() == survey.endings().png()
    assert survey.table is not None
    assert pq.read_table(tmp_path / "s" / "networks.parquet").equals(survey.table)
    again = classlens("--seeds", "40", "--hidden", "2", "--hidden", "3", "--out", "s", "--resume")
    assert again.splitlines() == said


def test_all_that_may_be_said(classlens: Run, tmp_path: Path) -> None:
    words = "--epochs 3 --optimizer sgd --momentum 0.5 --activation tanh --hidden 4,3 --csv"
    classlens("rings", "--seeds", "2", "--own-order", "--weights", *words.split())
    table = pq.read_table(tmp_path / "classlens-sweep" / "networks.parquet")
    first, second = table.to_pylist()
    assert (first["hidden"], first["activation"], first["momentum"]) == ("4,3", "tanh", 0.5)
    assert (first["shuffle_seed"], second["shuffle_seed"]) == (0, 1)
    assert len(first["weights"]) == 2 * 4 + 4 + 4 * 3 + 3 + 3 * cl.rings().classes + 3
    assert (tmp_path / "classlens-sweep" / "networks.csv").exists()


def test_a_table(classlens: Run) -> None:
    said = classlens("t.csv", "--target", "y", "--seeds", "3", "--epochs", "100")
    assert re.match(r"\d of 3 seeds reach(es)? 99%", said)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--seeds", "0"], "--seeds must be a whole number of at least 1. Got 0 instead."),
        (["--seeds", "many"], "--seeds must be a whole number of at least 1. Got 'many' instead."),
        (["--hidden", "x"], "--hidden must be"),
        (["--epochs", "3", "--epochs", "3"], "the grid's epochs has 3 twice. Leave one out."),
        (["--out", "."], "--out must name a folder of its own. Got the current one instead."),
        (["--out", "t.csv"], "cannot write into the folder t.csv: it is a file, not a folder."),
        (["ringz"], "Did you mean 'rings'?"),
        (["t.csv"], "--target is missing: name the column of the classes. t.csv has a, b, y."),
        (["--missing", "drop"], "--missing must be one of refuse, impute. Got 'drop' instead."),
        (["--own-order", "--shuffle-seed", "3"], "Got own_order too: leave one out."),
    ],
)
def test_refusals(classlens: Run, words: list[str], message: str) -> None:
    said = classlens(*words, status=2)
    assert message in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_killed_at_any_moment_it_goes_on(tmp_path: Path) -> None:
    words = ["sweep", "--seeds", "9000", "--epochs", "60"]
    command = [sys.executable, "-m", "classlens", *words]
    whole = tmp_path / "whole"
    subprocess.run([*command, "--out", whole], check=True, capture_output=True)
    wanted = pq.read_table(whole / "networks.parquet")
    draw = random.Random(1)  # noqa: S311
    for moment in range(20):
        out = tmp_path / str(moment)
        resume: list[str] = []
        for _ in range(2):
            with subprocess.Popen(
                [*command, "--out", out, *resume], stdout=subprocess.PIPE, stderr=subprocess.PIPE
            ) as process:
                time.sleep(draw.uniform(0.2, 3.0))
                process.kill()
            resume = ["--resume"] if (out / "sweep.json").exists() else []
        done = subprocess.run(
            [*command, "--out", out, *resume], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert pq.read_table(out / "networks.parquet").equals(wanted)
        assert not (out / "parts").exists()
