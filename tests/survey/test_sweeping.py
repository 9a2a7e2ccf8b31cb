"""A sweep's rows against single trainings, its words against its rows, its folder against harm."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import classlens as cl
from classlens.analysis.unit_facts import dead_units
from classlens.analysis.verdicts import judge
from classlens.data.dataset import Dataset
from classlens.errors import FalseFindingError
from classlens.measures import confusion
from classlens.settings import Settings
from classlens.survey import folder as folders
from classlens.survey.mergers import names_in, pairs_in
from classlens.survey.plan import Plan
from classlens.survey.sweeping import sweep_into
from classlens.survey.words import words
from classlens.training.prepare import prepare

DATA = cl.blobs()


def settings_in(row: dict[str, Any]) -> Settings:
    """The settings that a row names: nothing else is needed to train its network again."""
    own = ("network", "loss", "accuracy", "last_loss", "best_epoch", "verdict", "merged")
    named = {name: value for name, value in row.items() if name not in (*own, "dead_units")}
    named["hidden"] = tuple(int(units) for units in row["hidden"].split(",") if units)
    named["activation"] = tuple(row["activation"].split(","))
    if row["class_weight"] not in (None, "balanced"):
        named["class_weight"] = json.loads(row["class_weight"])
    return Settings(**named)


def same_as_alone(survey: cl.Survey, row: dict[str, Any]) -> None:
    settings = settings_in(row)
    run = cl.fit(survey.data, **vars(settings))
    score = run.network.evaluate(survey.data.X, survey.data.y)
    assert row["loss"] == pytest.approx(score.loss, rel=1e-4)
    assert row["accuracy"] == score.accuracy
    assert row["last_loss"] == pytest.approx(run.history.loss[-1], rel=1e-4)
    assert row["best_epoch"] == run.epoch
    told = cl.explain(run, survey.data)
    assert row["verdict"] == told.verdict
    assert row["dead_units"] == sum(dead_units(run.network, survey.data.X))


def test_rows_are_single_trainings() -> None:
    grid = {"hidden": [2, (3, 3)], "learning_rate": [0.005, 0.02]}
    survey = cl.sweep(DATA, seeds=6, grid=grid, epochs=60)
    assert survey.table is not None
    rows = survey.table.to_pylist()
    assert [row["network"] for row in rows] == list(range(24))
    for row in rows:
        same_as_alone(survey, row)
    again = survey.run(17)
    assert again.model.settings == survey.plan.settings_of(17)
    assert again.history.loss[-1] == pytest.approx(rows[17]["last_loss"], rel=1e-4)


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({"activation": "tanh"}, marks=pytest.mark.slow),
        {"hidden": (), "class_weight": {"c0": 3.0}},
        {"validation_fraction": 0.2, "patience": 2, "min_delta": 0.01},
        {"class_weight": "balanced", "optimizer": "sgd", "momentum": 0.3, "shuffle": False},
    ],
)
def test_rows_of_other_settings(options: Any) -> None:
    survey = cl.sweep(DATA, seeds=2, epochs=30, own_order=True, **options)
    assert survey.table is not None
    for row in survey.table.to_pylist():
        same_as_alone(survey, row)


def test_words_count_what_the_table_has() -> None:
    survey = cl.sweep(seeds=300, grid={"hidden": [2, 3]})
    assert survey.verify() == 600
    accuracy = survey.table.column("accuracy").to_numpy()
    high = int((accuracy[:300] >= 0.99).sum())
    low = np.flatnonzero(accuracy[:300] < 0.8)
    first = f"{low[0]}, {low[1]} and {low[2]}"
    assert str(survey).startswith(
        f"With hidden layers of 2, {high} of 300 seeds reach 99%; {len(low)} stay under 80% "
        f"(such as networks {first}), in "
    )
    assert str(survey).endswith(
        "\nMerged: of one class at least 25% of the examples are taken for the other. Dead: the "
        "unit gives the same for all samples."
    )
    first = survey.findings[0]
    wrong = {
        name: getattr(first, name) + 1
        for name in ("networks", "high", "low", "merged", "dead", "diverged")
    }
    for name, value in {**wrong, "such_as": first.such_as[1:]}.items():
        false = dataclasses.replace(survey)
        findings = (dataclasses.replace(first, **{name: value}), *survey.findings[1:])
        object.__setattr__(false, "findings", findings)
        told = re.escape(str(value))
        with pytest.raises(FalseFindingError, match=f"says (low c0 )?.*: {told}; the table has"):
            false.verify()
    object.__setattr__(false, "findings", survey.findings[1:])
    with pytest.raises(FalseFindingError, match=r"no finding is of network 0\."):
        false.verify()


def test_words_of_one_and_of_many() -> None:
    assert str(cl.sweep(seeds=1, epochs=200)).startswith("1 of 1 seed reaches 99%")
    survey = cl.sweep(seeds=2, epochs=2, grid={"learning_rate": [k / 100 for k in range(1, 12)]})
    *choices, meaning = str(survey).splitlines()
    assert len(choices) == 9
    assert choices[4] == "(3 choices of settings lie between.)"
    assert "2 stay under 80% (networks 0 and 1), and there c0 and c3 are merged" in str(survey)
    assert meaning.startswith("Merged: of one class")
    assert words(survey.findings) == str(survey)


def test_held_out_samples_are_told_of() -> None:
    given: Any = {"epochs": 1, "test_fraction": 0.2}
    data = cl.blobs()
    for own_order in (False, True):
        survey = cl.sweep(data, seeds=2, own_order=own_order, validation_fraction=0.1, **given)
        job = prepare(data, survey.plan.settings_of(1), validation_data=None, sample_weight=None)
        learned = len(job.training)
        assert str(survey).endswith(
            f"\nRight and wrong are counted over all {len(data)} samples, of which each network "
            f"held out {len(data) - learned} and learned from {learned}."
        )
    survey = cl.sweep(data, seeds=1, grid={"validation_fraction": [0.0, 0.1]}, **given)
    assert str(survey).endswith(
        f"\nRight and wrong are counted over all {len(data)} samples, those included that a "
        "network held out."
    )
    assert "Right and wrong" not in str(cl.sweep(data, seeds=1, epochs=1))


def test_names_of_classes_that_look_like_pairs() -> None:
    names = ["a + b", "a", "b + c; d", "c", '"q"', ""]
    data = Dataset(np.arange(12.0).reshape(6, 2), range(6), class_names=names)
    survey = cl.sweep(data, seeds=8, epochs=1)
    assert survey.table is not None
    for number, row in enumerate(survey.table.to_pylist()):
        run = survey.run(number)
        table = confusion(data.y, run.network.predict(data.X), 6)
        verdict = judge(table, row["loss"], dead_share=0.0, last_drop=None)
        pairs = {frozenset({each.lost, each.into}) for each in verdict.mergers}
        told = [names_in(pair) for pair in pairs_in(row["merged"])] if row["merged"] else []
        assert {frozenset(map(names.index, pair)) for pair in told} == pairs
        assert len(told) == len(pairs)
    survey.verify()
    which = survey.findings[0].which
    assert " and ".join(names_in(which)) + " are merged" in str(survey)


def test_weights_are_those_of_the_networks() -> None:
    survey = cl.sweep(seeds=3, epochs=5, weights=True)
    assert survey.table is not None
    for number, row in enumerate(survey.table.to_pylist()):
        network = survey.run(number).network
        flat = np.concatenate([w.ravel() for layer in network.layers for w in layer.get_weights()])
        np.testing.assert_allclose(row["weights"], flat, atol=1e-5)


def test_what_has_diverged_is_a_row() -> None:
    survey = cl.sweep(seeds=4, epochs=20, learning_rate=1e20)
    assert survey.table is not None
    assert survey.table.column("verdict").to_pylist() == ["diverged"] * 4
    assert "4 diverged" in str(survey)
    survey.verify()


def test_the_verdict_is_fit_s_where_fit_refuses() -> None:
    """The best network of a run that early stopping ended may be good, and the run of no use."""
    survey = cl.sweep(
        seeds=4,
        epochs=25,
        grid={"learning_rate": [0.01, 300.0]},
        validation_fraction=0.2,
        patience=4,
        optimizer="sgd",
    )
    assert survey.table is not None
    verdicts = survey.table.column("verdict").to_pylist()
    assert "diverged" not in verdicts[:4]
    assert verdicts[4:] == ["diverged"] * 4


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"grid": None}, "grid must be a mapping from settings to lists of values, .*Got None"),
        (
            {"grid": [("hidden", [2])]},
            r"grid must be a mapping .*Got \[\('hidden', \[2\]\)\] instead.",
        ),
        ({"own_order": "no"}, "own_order must be True or False. Got 'no' instead."),
        ({"weights": "x"}, "weights must be True or False. Got 'x' instead."),
        ({"progress": 3}, "progress must be a function. Got 3 instead."),
    ],
)
def test_what_is_no_sweep(arguments: Any, words: str) -> None:
    with pytest.raises(cl.ArgumentError, match=words):
        cl.sweep(**arguments)


PLAN = Plan.of(300, {"epochs": 5}, {"hidden": [2, 3]})


def table_in(path: Path) -> pa.Table:
    return pq.read_table(path / "networks.parquet")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> pa.Table:
    path = tmp_path_factory.mktemp("sweep")
    sweep_into(path, PLAN, DATA)
    return table_in(path)


def test_a_folder_has_the_same_table(tmp_path: Path, whole: pa.Table) -> None:
    survey = cl.sweep(DATA, seeds=300, epochs=5, grid={"hidden": [2, 3]})
    assert survey.table is not None
    assert survey.table.equals(whole)
    written = sweep_into(tmp_path / "new" / "s", PLAN, DATA, csv=True, weights=True)
    assert written.verify() == 600
    assert str(written) == str(survey)
    assert table_in(tmp_path / "new" / "s").select(whole.column_names).equals(whole)
    lines = (tmp_path / "new" / "s" / "networks.csv").read_text().splitlines()
    assert len(lines) == 601
    assert lines[0].replace('"', "").split(",") == whole.column_names
    assert sorted(each.name for each in (tmp_path / "new" / "s").iterdir()) == [
        "networks.csv", "networks.parquet", "sweep.json",
    ]  # fmt: skip


def begun(path: Path, parts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sweep that was interrupted after some parts."""
    kept = folders.Folder.keep
    left = parts

    def keep(self: folders.Folder, *given: Any) -> None:
        nonlocal left
        if not left:
            raise KeyboardInterrupt
        left -= 1
        kept(self, *given)

    with monkeypatch.context() as patch:
        patch.setattr(folders.Folder, "keep", keep)
        with pytest.raises(KeyboardInterrupt):
            sweep_into(path, PLAN, DATA)
    assert len([*path.glob("parts/*.parquet")]) == parts


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classlens.survey.plan._MOST_ROWS", 64)


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("parts", [0, 1, 7])
def test_what_was_interrupted_goes_on(
    tmp_path: Path, whole: pa.Table, monkeypatch: pytest.MonkeyPatch, parts: int
) -> None:
    begun(tmp_path, parts, monkeypatch)
    trained: list[int] = []
    from classlens.survey import running

    rows = running.rows

    def counted(data: Any, part: Any, *others: Any, **options: Any) -> Any:
        trained.append(part.number)
        return rows(data, part, *others, **options)

    monkeypatch.setattr(running, "rows", counted)
    sweep_into(tmp_path, PLAN, DATA, resume=True)
    assert table_in(tmp_path).equals(whole)
    assert sorted(trained) == list(range(parts, 10))
    trained.clear()
    sweep_into(tmp_path, PLAN, DATA, resume=True)  # it is finished
    assert trained == []


@pytest.mark.usefixtures("small_parts")
def test_harm_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun(tmp_path, 3, monkeypatch)
    with pytest.raises(
        cl.ArgumentError, match=r"holds a sweep already. Go on with it with --resume"
    ):
        sweep_into(tmp_path, PLAN, DATA)
    other = Plan.of(300, {"epochs": 6}, {"hidden": [2, 3]})
    with pytest.raises(cl.ArgumentError, match=r"is another one: epochs differs: 5 there, 6 now."):
        sweep_into(tmp_path, other, DATA, resume=True)
    with pytest.raises(cl.ArgumentError, match=r"is another one: the data differs. Give what"):
        sweep_into(tmp_path, PLAN, cl.blobs(seed=5), resume=True)
    part = tmp_path / "parts" / "00000001.parquet"
    content = part.read_bytes()
    part.write_bytes(content[: len(content) // 2])
    words = r"00000001.parquet is damaged \(.*\). Delete it: its 64 networks are then trained again"
    with pytest.raises(cl.OutputError, match=words):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    part.write_bytes((tmp_path / "parts" / "00000000.parquet").read_bytes())
    with pytest.raises(cl.OutputError, match=r"holds other networks than this sweep's part 1."):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    flipped = bytearray(content)
    flipped[len(content) // 3] ^= 255
    part.write_bytes(flipped)
    with pytest.raises(cl.OutputError, match=r"00000001.parquet is damaged"):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    sweep_into(tmp_path / "other", Plan.of(300, {"epochs": 6}, {"hidden": [2, 3]}), DATA)
    pq.write_table(table_in(tmp_path / "other").slice(64, 64), part)
    with pytest.raises(cl.OutputError, match=r"is damaged \(it is of another sweep\). Delete it"):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    part.write_bytes(content)
    surplus = tmp_path / "parts" / "00000099.parquet"
    surplus.write_bytes(content)
    with pytest.raises(cl.OutputError, match=r"99.parquet is none of this sweep's parts. Delete"):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    surplus.unlink()
    plan = tmp_path / "sweep.json"
    said = json.loads(plan.read_text())
    plan.write_text(json.dumps({**said, "version": 2}))
    with pytest.raises(cl.ArgumentError, match=r"is of version 2; this Classlens goes on with"):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    plan.write_text("[]")
    with pytest.raises(cl.ArgumentError, match=r"does not say which sweep this folder is of."):
        sweep_into(tmp_path, PLAN, DATA, resume=True)
    plan.unlink()
    with pytest.raises(cl.ArgumentError, match=r"parts is there, but not sweep.json, which says"):
        sweep_into(tmp_path, PLAN, DATA)


def test_a_file_where_the_parts_are_to_be(tmp_path: Path) -> None:
    sweep_into(tmp_path, PLAN, DATA)
    (tmp_path / "networks.parquet").unlink()
    (tmp_path / "parts").write_text("")
    with pytest.raises(cl.OutputError, match=r"parts: it is a file, not a folder. Delete it."):
        sweep_into(tmp_path, PLAN, DATA, resume=True)


def test_harm_to_a_finished_folder(tmp_path: Path) -> None:
    sweep_into(tmp_path, PLAN, DATA)
    (tmp_path / "parts").mkdir()  # as after a kill between the table and the end
    (tmp_path / "parts" / ".00000000.parquet.x.classlens-part").write_bytes(b"")
    sweep_into(tmp_path, PLAN, DATA, resume=True, csv=True)
    assert len((tmp_path / "networks.csv").read_text().splitlines()) == 601
    assert not (tmp_path / "parts").exists()
    table = tmp_path / "networks.parquet"
    content = table.read_bytes()
    words = r"networks.parquet is damaged, or of another sweep. Choose another folder, or delete"
    sweep_into(tmp_path / "other", Plan.of(300, {"epochs": 6}, {"hidden": [2, 3]}), DATA)
    for wrong in (b"junk", (tmp_path / "other" / "networks.parquet").read_bytes()):
        table.write_bytes(wrong)
        with pytest.raises(cl.OutputError, match=words):
            sweep_into(tmp_path, PLAN, DATA, resume=True)
    table.write_bytes(content)
    sweep_into(tmp_path, PLAN, DATA, resume=True)


@pytest.mark.usefixtures("small_parts")
def test_a_full_disk_loses_nothing(
    tmp_path: Path, whole: pa.Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = pq.write_table
    written: list[None] = []

    def full(*given: Any, **options: Any) -> None:
        if len(written) == 4:
            raise OSError(28, "No space left on device")
        written.append(None)
        write(*given, **options)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", full)
        words = r"04.parquet: No space left on device. Make room, then go on with --resume\."
        with pytest.raises(cl.OutputError, match=words):
            sweep_into(tmp_path, PLAN, DATA)
    assert len([*tmp_path.glob("parts/*.parquet")]) == 4
    sweep_into(tmp_path, PLAN, DATA, resume=True)
    assert table_in(tmp_path).equals(whole)


def test_what_fails_before_the_first_part_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = Dataset([[0, 0], [0, 1], [1, 0]], [0, 0, 1])
    plan = Plan.of(2, {"epochs": 1, "test_fraction": 0.2}, {})
    new = tmp_path / "new" / "own"
    with monkeypatch.context() as patch:
        patch.setattr(folders, "Folder", None)  # it is refused before a folder is made
        with pytest.raises(cl.DataError, match="each class must have at least 2 samples"):
            sweep_into(new, plan, few)
    assert not new.parent.exists()

    def fails(*_: Any, **__: Any) -> None:
        raise cl.DataError("no")

    monkeypatch.setattr("classlens.survey.running.rows", fails)
    (tmp_path / "mine.txt").write_text("kept")
    for where in (new, tmp_path):
        with pytest.raises(cl.DataError, match="no"):
            sweep_into(where, Plan.of(2, {"epochs": 1}, {}), DATA)
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
    made = Path.mkdir

    def refused(path: Path, *given: Any, **options: Any) -> None:
        if path.name == "parts":
            raise OSError(30, "Read-only file system")
        made(path, *given, **options)

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(cl.OutputError, match="parts: Read-only file system"):
        sweep_into(new, Plan.of(2, {"epochs": 1}, {}), DATA)
    assert not new.parent.exists()


def test_the_compiled_kernel_needs_no_jax() -> None:
    code = (
        "import sys, classlens as cl; cl.sweep(seeds=3, epochs=5);"
        "sys.exit(len({'jax', 'matplotlib', 'pandas'} & {*sys.modules}))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
