"""A sweep's folder read again is the survey that was written."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import classlens as cl
from classlens.survey.plan import Plan
from classlens.survey.sweeping import sweep_into

DATA = cl.rings()
OPTIONS = {"epochs": 4, "class_weight": {"c0": 2.0}, "activation": "tanh"}
GRID = {"hidden": [2, (3, 3)], "learning_rate": "0.001:0.1"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("opened")
    plan = Plan.of(5, OPTIONS, GRID, own_order=True, sample=3, sample_seed=8)
    sweep_into(path, plan, DATA, source="rings", weights=True)
    return path


def test_the_same_survey(folder: Path) -> None:
    survey = cl.Survey.load(folder)
    assert len(survey) == survey.verify() == 15
    assert survey.source == "rings"
    rows = pq.read_table(folder / "networks.parquet").to_pylist()
    assert [survey.row(k) for k in range(15)] == rows
    for row in rows:
        own = survey.plan.settings_of(row["network"])
        assert own.learning_rate == row["learning_rate"]
        assert own.shuffle_seed is None
        assert own.class_weight == {"c0": 2.0}
    assert str(cl.Survey.load(folder, (DATA.X, DATA.y))) == str(survey)
    run = survey.run(7)
    assert run.network.evaluate(DATA.X, DATA.y).loss == pytest.approx(rows[7]["loss"], rel=1e-4)


def test_the_row_of_a_survey_in_memory() -> None:
    survey = cl.sweep(seeds=3, epochs=1)
    assert survey.table is not None
    assert survey.row(2) == survey.table.to_pylist()[2]
    with pytest.raises(cl.ArgumentError, match=r"network must be a whole number from 0 to 2. Got"):
        survey.row(3)


def test_what_is_no_sweep_to_open(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(cl.ArgumentError, match=r"there is no sweep in .*: it has no sweep.json."):
        cl.Survey.load(tmp_path)
    with pytest.raises(cl.ArgumentError, match=r"is another one: the data differs. Give what it"):
        cl.Survey.load(folder, cl.rings(seed=3))
    said = json.loads((folder / "sweep.json").read_text())
    file = tmp_path / "sweep.json"
    for wrong in ("{", "[]", "{}", *({**said, k: "x"} for k in ("version", "seeds", "grid"))):
        file.write_text(wrong if isinstance(wrong, str) else json.dumps(wrong))
        with pytest.raises(cl.ArgumentError, match=r"sweep.json does not say which sweep this"):
            cl.Survey.load(tmp_path)
    file.write_text(json.dumps(said))
    words = r"has not ended: there is no networks.parquet yet. Go on with it with --resume."
    with pytest.raises(cl.ArgumentError, match=words):
        cl.Survey.load(tmp_path)
    (tmp_path / "networks.parquet").write_bytes(b"junk")
    with pytest.raises(cl.OutputError, match=r"networks.parquet is damaged, or of another sweep"):
        cl.Survey.load(tmp_path)
    for source, words in (
        ("t.csv", "has learned t.csv. Give"),
        ("", "data that has no name. Give"),
    ):
        file.write_text(json.dumps({**said, "source": source}))
        with pytest.raises(cl.ArgumentError, match=words):
            cl.Survey.load(tmp_path)
