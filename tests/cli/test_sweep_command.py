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

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import classlens as cl
from classlens.survey.folder import Folder
from classlens.survey.plan import Part
from classlens.training.processes import Machines

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
    first = survey.findings[0].such_as[0]
    assert said == [
        *str(survey).splitlines(),
        *(f"wrote s/{name}" for name in ("networks.parquet", "endings.png", "gallery.png")),
        f"One of them alone: classlens sweep --out s --open {first}",
        "The table as text: the same command with --resume --csv",
    ]
    assert (tmp_path / "s" / "endings.png").read_bytes() == survey.endings().png()
    assert (tmp_path / "s" / "gallery.png").read_bytes() == survey.gallery().png()
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
    table = ("t.csv", "--target", "y")
    said = classlens(*table, "--seeds", "3", "--epochs", "100")
    assert re.match(r"\d of 3 seeds reach(es)? 99%", said)
    assert "classlens sweep t.csv --target y --out classlens-sweep --open " in said
    said = classlens(*table, "--open", "2", "-o", "m.safetensors", "--report", "r.html")
    row = pq.read_table("classlens-sweep/networks.parquet").to_pylist()[2]
    found = re.fullmatch(
        r"Network 2 of 3, seed 2: (\S+)% of 60 samples right, loss (\S+); verdict ([^,]+).*\.\n"
        r"wrote m.safetensors\nwrote r.html\n",
        said,
    )
    assert found
    assert float(found[1]) == round(100 * row["accuracy"], 1)
    assert float(found[2]) == pytest.approx(row["loss"], abs=1e-4)
    assert found[3].rstrip(".") == row["verdict"]
    # The model takes the table's own columns.
    score = cl.evaluate(cl.Model.load("m.safetensors"), "t.csv")
    assert score.accuracy == row["accuracy"]
    said = classlens("--open", "2", status=2)
    assert (
        "the sweep in classlens-sweep has learned t.csv. Give that again, read in the same" in said
    )
    said = classlens("rings", "--open", "2", status=2)
    assert "the sweep in classlens-sweep is another one: the data differs." in said


def test_a_column_is_left_out(classlens: Run) -> None:
    table = ("t.csv", "--target", "y", "--leave-out", "b", "--out", "one column")
    said = classlens(*table, "--seeds", "2", "--epochs", "2", "--hidden", "3", "--weights", "--csv")
    row = pq.read_table("one column/networks.parquet").to_pylist()[0]
    assert len(row["weights"]) == 1 * 3 + 3 + 3 * 2 + 2
    assert "wrote one column/networks.parquet\nwrote one column/networks.csv\n" in said
    told = "One of them alone: classlens sweep t.csv --target y --leave-out b --out 'one column' --"
    assert told in said
    classlens(*table, "--open", "1")
    assert cl.Model.load("model.safetensors").feature_names == ("a",)
    said = classlens("t.csv", "--target", "y", "--out", "one column", "--open", "1", status=2)
    assert "the sweep in one column is another one: the data differs." in said


def test_how_a_table_is_read_is_told(classlens: Run) -> None:
    Path("u.csv").write_text(Path("t.csv").read_text().replace(",", ";"))
    how = ("--delimiter", ";", "--missing", "impute")
    said = classlens("u.csv", "--target", "y", "--seeds", "1", "--epochs", "1", *how)
    assert "sweep u.csv --target y --missing impute --delimiter ';' --out classlens-sweep" in said


def test_one_that_ends_otherwise(classlens: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rounding may be magnified: a network that differs from its row is told of."""
    classlens("rings", "--seeds", "2", "--epochs", "3")
    row = cl.Survey.row

    def other(self: cl.Survey, network: int) -> dict[str, object]:
        return {**row(self, network), "loss": 7.5}

    monkeypatch.setattr(cl.Survey, "row", other)
    said = classlens("--open", "1")
    assert "Take care: in the table its loss is 7.5000, and" in said
    assert Path("model.safetensors").exists()


def test_a_sample(classlens: Run, tmp_path: Path) -> None:
    words = "--epochs 3 --learning-rate 0.001:0.1 --hidden 2 --hidden 3 --sample 4 --sample-seed 5"
    said = classlens("--seeds", "2", *words.split())
    rows = pq.read_table(tmp_path / "classlens-sweep" / "networks.parquet").to_pylist()
    rates = {row["learning_rate"] for row in rows}
    assert (len(rows), len(rates)) == (8, 4)
    assert all(0.001 <= rate <= 0.1 for rate in rates)
    assert said.count("With hidden layers of ") == 4
    survey = cl.sweep(
        seeds=2,
        epochs=3,
        grid={"hidden": [2, 3], "learning_rate": "0.001:0.1"},
        sample=4,
        sample_seed=5,
    )
    assert survey.table is not None
    assert survey.table.to_pylist() == rows


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
        (
            ["--l1", "0.1:0.2"],
            "l1 is a range, 0.1:0.2: say with sample how many choices of setting",
        ),
        (["--epochs", "1:9", "--sample", "2"], "--epochs must be a whole number from 1 to"),
        (
            ["--sample", "none"],
            "--sample must be a whole number of at least 1. Got 'none' instead.",
        ),
        (
            ["--sample-seed", "-1"],
            "--sample-seed must be a whole number of at least 0. Got -1 inst",
        ),
        (
            ["--report", "r.html"],
            "--output and --report are for one network: say which with --open",
        ),
        (["--open", "x"], "--open must be a whole number of at least 0. Got 'x' instead."),
        (["--open", "0"], "there is no sweep in classlens-sweep: it has no sweep.json."),
        (["--open", "0", "--epochs", "3", "--csv"], "was given: leave --csv, --epochs out."),
        (["--open", "0", "--sample", "3"], "was given: leave --sample out."),
        (["--open", "0", "--seeds", "5"], "was given: leave --seeds out."),
        (["--open", "0", "--sample-seed", "0"], "was given: leave --sample-seed out."),
        (
            [
                "--open",
                "0",
                "--coordinator",
                "localhost:1",
                "--processes",
                "2",
                "--process-id",
                "0",
            ],
            "was given: leave --coordinator, --processes, --process-id out.",
        ),
        (
            ["rings", "--leave-out", "x0"],
            "--leave-out is for the columns of a table. Got the data set rings instead: leave the",
        ),
        (["--open", "0", "-o", "no/m"], "no/m: there is no folder "),
    ],
)
def test_refusals(classlens: Run, words: list[str], message: str) -> None:
    said = classlens(*words, status=2)
    assert message in said
    assert "Traceback" not in said


def test_one_of_several_processes_opens_none(
    classlens: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "classlens.cli.sweep_command.machines_of", lambda options: Machines.of("h:1", "2", "0")
    )
    said = classlens("--open", "0", status=2)
    assert "Found several here: start one, or give --coordinator none." in said


def test_what_is_there_is_told_of(classlens: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classlens.survey.plan._MOST_ROWS", 8)
    command = ("--seeds", "20", "--epochs", "2")
    keep = Folder.keep

    def two(self: Folder, part: Part, table: pa.Table) -> None:
        if part.number == 2:
            raise KeyboardInterrupt
        keep(self, part, table)

    with monkeypatch.context() as patch:
        patch.setattr(Folder, "keep", two)
        assert classlens(*command, status=130).endswith("Interrupted.\n")
    assert "Going on" not in classlens(*command, "--seeds", "21", "--resume", status=2)
    said = classlens(*command, "--resume")
    assert said.startswith("Going on: 16 of 20 networks are there.\n0 of 20 seeds reach 99%")
    assert "Going on" not in classlens(*command, "--resume")


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
