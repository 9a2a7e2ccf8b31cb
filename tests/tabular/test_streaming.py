"""Training from the disk: as honest as in memory, and bounded."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.data.hashing import parts_by_hash
from classlens.tabular import scanning, streaming
from classlens.tabular.parting import FEW, Parted
from classlens.tabular.scanning import Scan, scan
from classlens.tabular.streaming import learn_from_disk, train_from_disk

slow = pytest.mark.slow

ROWS = 1500
QUICK = {"epochs": 4, "hidden": (6,), "batch_size": 64}


def table(rows: int = ROWS) -> pd.DataFrame:
    rng = np.random.default_rng(2)
    x, y = rng.normal(1000, 2, rows), rng.normal(0, 1e-3, rows)
    town = rng.choice(["Rome", "Oslo"], rows)
    kind = np.where(
        x > 1000, np.where(y > 0, "one", "two"), np.where(town == "Oslo", "three", "one")
    )
    return pd.DataFrame({"x": x, "y": y, "town": town, "kind": kind})


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("disk") / "t.parquet"
    table().to_parquet(path, row_group_size=400)
    return path


@pytest.fixture(scope="module")
def found(source: Path) -> Scan:
    return scan(source, "kind")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Buckets of some hundred rows, as if the table were thousands of times as large."""
    monkeypatch.setattr(streaming, "_BUCKET", 5e-6)


def arrays(run: cl.Run) -> list[Any]:
    return [array for layer in run.network.layers for array in (layer.kernel, layer.bias)]


@slow
def test_it_is_as_good_as_in_memory(found: Scan, source: Path) -> None:
    own = learn_from_disk(found, epochs=40, seed=3)
    other = cl.train(source, "kind", epochs=40, seed=3)
    assert own.measures is not None
    assert other.measures is not None
    assert own.measures.accuracy == pytest.approx(other.measures.accuracy, abs=0.03)
    assert own.measures.accuracy > 0.95
    assert own.model.class_names == other.model.class_names
    assert own.model.feature_names == other.model.feature_names
    settings, others = own.model.settings, other.model.settings
    assert settings is not None
    assert others is not None
    assert settings.hidden == others.hidden
    assert (own.learned + own.watched + own.measures.samples) == ROWS
    assert repr(own).startswith("Streamed(Model(")
    assert own.test is not None
    assert own.test.correct == own.measures.correct
    assert own.unscored == ()


@pytest.mark.usefixtures("small")
def test_the_parts_are_those_of_the_hash(found: Scan, source: Path) -> None:
    done = learn_from_disk(found, **QUICK, seed=8)
    settings = done.model.settings
    assert settings is not None
    hashes = np.concatenate([each for _, each in found.batches()])
    parts = parts_by_hash(hashes, 8, [settings.test_fraction, settings.validation_fraction])
    assert np.bincount(parts).tolist() == [done.learned, done.measures.samples, done.watched]
    assert np.array_equal(done.rows, np.flatnonzero(parts == 1))
    frame = pd.read_parquet(source)
    assert done.data is not None
    np.testing.assert_array_equal(done.data.X[:, 0], frame.x.to_numpy(np.float32)[done.rows])
    names = np.array(done.model.class_names)
    assert np.array_equal(names[done.data.y], frame.kind.to_numpy()[done.rows])
    row = int(done.rows[5])
    assert done.where(5) == f"row {row + 1}, {source}, row {row + 1}"
    # The score is that of the model on those rows, in their own units.
    own = cl.evaluate(done.model, frame.iloc[done.rows])
    assert own.confusion.tolist() == done.measures.confusion.tolist()


def test_the_same_rows_elsewhere_are_held_out_too(found: Scan, tmp_path: Path) -> None:
    turned = tmp_path / "turned.csv"
    table()[["kind", "town", "y", "x"]].iloc[::-1].to_csv(turned, index=False)
    one = learn_from_disk(found, **QUICK)
    other = train_from_disk(turned, "kind", **QUICK)
    assert np.array_equal(np.sort(ROWS - 1 - other.rows), one.rows)


@pytest.mark.usefixtures("small")
def test_what_is_learned_does_not_depend_on_how_it_is_read(found: Scan, source: Path) -> None:
    """Nor on how many buckets there are room for, if the rows are not shuffled."""
    whole = pd.read_parquet(source)
    one = learn_from_disk(found, **QUICK, shuffle=False)
    other = train_from_disk(whole, "kind", **QUICK, shuffle=False, memory=2e9)
    for own, theirs in zip(arrays(one.run), arrays(other.run), strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-6)


def test_of_a_rare_class_all_rows_are_learned_from(tmp_path: Path) -> None:
    frame = table()
    frame.loc[:4, "kind"] = "rare"
    frame.to_csv(tmp_path / "t.csv", index=False)
    done = train_from_disk(tmp_path / "t.csv", "kind", **QUICK)
    assert done.unscored == ("rare",)
    assert done.measures is not None
    assert done.measures.confusion[done.model.class_names.index("rare")].sum() == 0
    assert len(frame[frame.kind == "rare"]) < FEW


@pytest.mark.parametrize("counted", [pytest.param(500_000, marks=slow), 150])
def test_of_few_different_rows_each_class_is_learned_and_scored(
    counted: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By their hashes alone, all copies of a class's only row would go one way."""
    monkeypatch.setattr(scanning, "_COUNTED", counted)
    frame = pd.DataFrame({"x": ["p", "q", "p", "r"] * 100, "kind": ["a", "b", "a", "c"] * 100})
    for seed in range(3):
        done = train_from_disk(frame, "kind", seed=seed, epochs=60, learning_rate=0.1, hidden=(6,))
        assert done.unscored == ()
        assert done.measures is not None
        assert done.measures.accuracy == 1.0
        assert done.measures.samples == pytest.approx(80, abs=30)
        assert done.learned + done.watched + done.measures.samples == 400


def test_copies_of_a_row_that_is_not_frequent_go_one_way() -> None:
    frame = table(500)
    twice = train_from_disk(pd.concat([frame, frame]), "kind", **QUICK)
    assert np.array_equal(
        twice.rows[: len(twice.rows) // 2] + 500, twice.rows[-len(twice.rows) // 2 :]
    )


def test_of_a_large_table_few_rows_are_held_out(
    found: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streaming, "_MOST_TESTED", 100)
    monkeypatch.setattr(streaming, "_MOST_WATCHED", 50)
    done = learn_from_disk(found, **QUICK)
    assert done.measures is not None
    assert done.measures.samples == pytest.approx(100, abs=30)
    assert done.watched == pytest.approx(50, abs=20)
    asked = learn_from_disk(found, **QUICK, test_fraction=0.3, validation_fraction=0, patience=None)
    assert asked.measures is not None
    assert asked.measures.samples == pytest.approx(450, abs=60)
    assert asked.watched == 0


def test_nothing_held_out(found: Scan) -> None:
    done = learn_from_disk(found, **QUICK, test_fraction=0, validation_fraction=0)
    assert done.measures is done.data is done.test is None
    assert done.learned == ROWS
    assert "not scored" in repr(done)
    assert done.unscored == done.model.class_names


def test_weights_of_classes(found: Scan) -> None:
    balanced = learn_from_disk(found, **QUICK, class_weight="balanced", seed=1)
    counts = dict(zip(found.class_names, found.counts.tolist(), strict=True))
    said = {name: ROWS / (3 * count) for name, count in counts.items()}
    other = learn_from_disk(found, **QUICK, class_weight=said, seed=1)
    for own, theirs in zip(arrays(balanced.run), arrays(other.run), strict=True):
        np.testing.assert_allclose(own, theirs, rtol=1e-5)
    with pytest.raises(cl.ArgumentError, match=r"class_weight must name classes, one, three, two"):
        learn_from_disk(found, **QUICK, class_weight={"four": 2})
    with pytest.raises(cl.DataError, match=r"must be from 0.0001 to 1,000,000 on average"):
        learn_from_disk(found, **QUICK, class_weight=dict.fromkeys(counts, 1e9))


@pytest.mark.usefixtures("small")
def test_it_goes_on_from_a_checkpoint(found: Scan, tmp_path: Path) -> None:
    whole = learn_from_disk(found, **QUICK, seed=4)
    path = tmp_path / "c"

    def stop(news: Any) -> None:
        if news.epoch == 2:
            raise OSError("the power is gone")

    often = cl.Checkpoint(path, minutes=1e-9)
    with pytest.raises(OSError, match="the power is gone"):
        learn_from_disk(found, **QUICK, seed=4, checkpoint=often, progress=stop)
    again = cl.Checkpoint(path, resume=True)
    with pytest.raises(cl.ArgumentError, match=r"begun with --memory 1GB. Got 2GB instead"):
        learn_from_disk(found, **QUICK, seed=4, checkpoint=again, memory="2GB")
    other = scan(table(ROWS - 1), "kind")
    with pytest.raises(cl.ArgumentError, match=r"the data differ"):
        learn_from_disk(other, **QUICK, seed=4, checkpoint=again, test_fraction=0.2)
    done = learn_from_disk(found, **QUICK, seed=4, checkpoint=again)
    for own, theirs in zip(arrays(done.run), arrays(whole.run), strict=True):
        np.testing.assert_array_equal(own, theirs)
    assert done.history.loss.tolist() == whole.history.loss.tolist()
    assert not path.exists()


def test_the_rows_are_taken_away(found: Scan, tmp_path: Path) -> None:
    seen: list[int] = []

    def look(_: object) -> None:
        seen.append(len(list(tmp_path.rglob("*.rows"))))

    learn_from_disk(found, **QUICK, scratch=tmp_path, progress=look)
    assert min(seen) >= 1
    assert list(tmp_path.iterdir()) == []

    def stop(_: object) -> None:
        raise OSError("stop")

    with pytest.raises(OSError, match="stop"):
        learn_from_disk(found, **QUICK, scratch=tmp_path, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_how_many_rows_are_shuffled_is_told(found: Scan) -> None:
    told: list[int] = []
    learn_from_disk(found, **QUICK, reading=told.append)
    assert told == [400, 800, 1200, 1500]


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"memory": "lots"}, cl.ArgumentError, "memory must be an amount of memory such as 1GB"),
        ({"memory": 1e6}, cl.ArgumentError, "of at least 600MB. Got 1000000.0 instead."),
        ({"memory": "599MB"}, cl.ArgumentError, "of at least 600MB. Got '599MB' instead."),
        ({"test_fraction": "x"}, cl.ArgumentError, "test_fraction must be a finite number"),
        (
            {"validation_fraction": [0]},
            cl.ArgumentError,
            "validation_fraction must be a finite number",
        ),
        ({"scratch": "/nowhere/at all"}, cl.OutputError, "there is none. Make it first, or choose"),
        ({"epochs": 0}, cl.ArgumentError, "epochs must be"),
        ({"hidden": (10**6, 10**6)}, cl.ArgumentError, "must fit into the memory"),
        ({"epochs": 10**9}, cl.ArgumentError, "epochs must make at most 2,147,483,647 updates."),
        (
            {"test_fraction": 0.6, "validation_fraction": 0.5},
            cl.ArgumentError,
            "together must leave something to train on.",
        ),
    ],
)
def test_refusals(found: Scan, options: dict[str, Any], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=re.escape(words)):
        learn_from_disk(found, **{**QUICK, **options})


def test_held_out_rows_must_fit(found: Scan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streaming, "_HELD_OUT", 1e-5)
    with pytest.raises(cl.ArgumentError, match=r"must fit into a quarter of the memory. Got about"):
        learn_from_disk(found, **QUICK, test_fraction=0.5)


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1.5,a", "t.csv holds other rows than before."),
        ("oops,a", "t.csv, line 50: column 'x' holds numbers, but 'oops' there is none."),
        (
            "1,c",
            "t.csv, line 50: column 'y' holds 'c', which is none of the model's classes, a, b.",
        ),
        (None, "cannot read t.csv: No such file or directory."),
    ],
)
def test_a_table_that_is_changed_between_the_readings(
    cell: str | None, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "t.csv"
    lines = ["x,y", *(f"{n % 9},{'ab'[n % 2]}" for n in range(60))]
    path.write_text("\n".join(lines))
    found = scan("t.csv", "y")
    path.unlink()
    if cell is not None:
        path.write_text("\n".join([*lines[:49], cell, *lines[50:]]))
    said = re.escape(words) + ".* The table was changed after it was first read: train again.$"
    with pytest.raises(cl.TableError, match=said):
        learn_from_disk(found, **QUICK, scratch=tmp_path)
    assert list(tmp_path.glob("classlens*")) == []


def test_all_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "classlens.tabular.parting.parts_by_hash", lambda hashes, *_: np.ones(len(hashes), int)
    )
    with pytest.raises(cl.DataError, match=r"there must be rows to learn from. All were held out."):
        train_from_disk(table(), "kind", **QUICK)


def test_unknown_options(source: Path) -> None:
    with pytest.raises(
        cl.ArgumentError, match=r"there is no option 'epoch'. Did you mean 'epochs'"
    ):
        train_from_disk(source, "kind", epoch=3)


def test_the_spool_is_what_the_training_reads(found: Scan, tmp_path: Path) -> None:
    settings = cl.Settings(test_fraction=0.2, validation_fraction=0.1)
    parts = Parted(found, settings, tmp_path / "rows", 1e9, lambda _: None)
    X = np.concatenate([x for x, _ in parts.spool.epoch(0)])
    assert len(X) == len(parts.spool)
    # On the scale of training: of all rows the mean is 0 and the deviation 1.
    assert np.abs(X[:, :2].mean(axis=0)).max() < 0.1
    assert np.abs(X[:, :2].std(axis=0) - 1).max() < 0.1
