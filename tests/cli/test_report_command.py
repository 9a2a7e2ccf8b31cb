"""``classlens report`` and ``train --report``: a page of a model and its data, as a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import classlens as cl


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reports")
    run = cl.fit(cl.blobs(), epochs=20)
    run.model.save(folder / "blobs.safetensors")
    rows = "".join(f"{i % 7}.5,{i % 3}.25,{'yes' if i % 7 > 3 else 'no'}\n" for i in range(70))
    (folder / "t.csv").write_text(f"wide,high,kind\n{rows}")
    return folder


@pytest.fixture
def classlens(folder, run_program, monkeypatch):
    monkeypatch.chdir(folder)
    return run_program


def part_of(path: Path, name: str) -> Any:
    text = re.search(f'id="{name}">(.*?)</script>', path.read_text(), re.DOTALL)
    assert text is not None
    return json.loads(text[1])


def payload_of(path: Path) -> dict:
    return part_of(path, "payload")


def test_a_model_and_a_data_set(classlens, folder):
    assert classlens("report", "blobs.safetensors", "blobs") == "wrote report.html\n"
    made = payload_of(folder / "report.html")
    assert len(made["data"]["y"]) == made["data"]["of"] == 100
    assert made["epochs"] == [0]


def test_the_lab_without_a_model(classlens, folder):
    classlens("report", "-o", "lab.html", "--title", "Mine & yours")
    assert len(payload_of(folder / "lab.html")["epochs"]) == 201
    assert "<title>Mine &amp; yours</title>" in (folder / "lab.html").read_text()


def test_a_table(classlens, folder):
    given = ("train", "t.csv", "--target", "kind", "-o", "t.safetensors", "--hidden", 3)
    text = classlens(*given, "--epochs", 5, "--report", "t.html")
    assert text.endswith("wrote t.safetensors\nwrote t.html\n")
    assert payload_of(folder / "t.html")["features"] == ["wide", "high"]
    classlens("report", "t.safetensors", "t.csv", "-o", "again.html")
    facts = dict(part_of(folder / "t.html", "facts"))
    assert facts["Data"] == "t.csv: 70 rows, 2 features"
    assert facts["Predicts"] == "kind, 2 classes: no, yes"
    assert " of 14 rows that the training did not see are right" in facts["Held-out score"]
    of_file = dict(part_of(folder / "again.html", "facts"))
    assert of_file["Data"] == "t.csv: 70 rows, 2 features"
    assert "a model file does not keep it" in of_file["Held-out score"]
    assert "no model file keeps it" in of_file["Epochs"]
    again = payload_of(folder / "again.html")
    assert again["data"] == payload_of(folder / "t.html")["data"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["report", "blobs.safetensors"],
            "report needs DATA, the examples that the page is to show.",
        ),
        (["report", "none.safetensors", "blobs"], "cannot read none.safetensors"),
        (["report", "blobs.safetensors", "blobs", "-o", "no/r.html"], "Make it first"),
        (
            ["report", "blobs.safetensors", "blobs", "-o", "blobs.safetensors"],
            "must not be another",
        ),
        (
            ["train", "t.csv", "--target", "kind", "-o", "x.html", "--report", "x.html"],
            "--report must not be another file of the command, nor in",
        ),
    ],
)
def test_refusals(classlens, folder, arguments, message):
    assert message in classlens(*arguments, status=2)
    assert not (folder / "x.html").exists()
