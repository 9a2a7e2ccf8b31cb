"""Tables that a page sends: read by their own names, kept for a while, refused in words."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from asking import Event, answer, ask, file

import classlens as cl
from classlens.playground import tables as module
from classlens.playground.playground import Playground
from classlens.playground.tables import MOST_BYTES
from classlens.tabular.preparing import prepare

RNG = np.random.default_rng(5)
ROWS = [
    (f"{RNG.normal(k % 3, 1):.3f}", f"{RNG.normal(k % 2, 1):.3f}", "abc"[k % 3]) for k in range(60)
]
CSV = "a,b,kind\n" + "".join(f"{','.join(row)}\n" for row in ROWS)
SHORT = {"epochs": 6, "hidden": [3], "test_fraction": 0.2, "validation_fraction": 0.2}


def send(page: Playground, content: bytes | str, name: Any = "mine.csv") -> Event:
    data = content if isinstance(content, bytes) else content.encode()
    return answer(page, "table", name=name, content=base64.b64encode(data).decode())


def of(table: Event, **parts: Any) -> Event:
    data = {"source": "file", "table": table["table"], "target": "kind", **parts}
    return {"data": data, "settings": SHORT}


def error(event: Event) -> str:
    """The words of a refusal, in which no temporary file has a part."""
    assert event["event"] == "error", event
    assert not re.search(r"/tmp|tmp\w{6}", event["message"])  # noqa: S108 - what must not be said
    return str(event["message"])


def test_what_the_page_is_told_of_it() -> None:
    read = send(Playground(), CSV)
    assert read["event"] == "table"
    assert re.fullmatch(r"[\w-]{12}", read["table"])
    assert (read["name"], read["rows"]) == ("mine.csv", 60)
    kinds = [("a", "number"), ("b", "number"), ("kind", "category")]
    assert read["columns"] == [{"name": name, "kind": kind} for name, kind in kinds]
    assert read["target"] == "kind"
    own = cl.train(io_table(), "kind").model.settings
    assert own is not None
    # All that does not depend on how many rows are held out.
    for name in ("hidden", "optimizer", "learning_rate", "schedule", "patience", "batch_size"):
        assert read["settings"][name] == getattr(own, name)
    assert (read["settings"]["test_fraction"], read["settings"]["seed"]) == (0.2, own.seed)


def io_table() -> Any:
    import pandas as pd

    return pd.read_csv(io.StringIO(CSV))


def test_what_was_recognised_is_said() -> None:
    read = send(Playground(), CSV.replace(",", ";"))
    assert read["notes"] == ["The cells are separated by semicolons."]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("x,kind,y\n1.5,u,0.25\n2.5,v,0.5\n3.5,u,0.75\n", "y"),
        ("kind,x\nu,1\nv,1\nu,1\n", "kind"),  # a column that does not vary is none
        ("x\n" + "".join(f"{k}.5\n" for k in range(300)), None),
    ],
)
def test_the_column_that_is_probably_to_be_predicted(text: str, target: str | None) -> None:
    assert send(Playground(), text)["target"] == target


def test_training_on_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = Playground()
    read = send(page, CSV)
    made = answer(page, "train", recipe=of(read))["payload"]
    Path("mine.csv").write_text(CSV)
    trained = cl.train("mine.csv", "kind", **{**SHORT, "patience": None, **plain()})
    assert made["history"]["loss"] == trained.history.loss.tolist()
    assert made["parts"] == {
        "watched": trained.parts.watched.tolist(),
        "test": trained.parts.test.tolist(),
    }
    assert (made["features"], made["classes"]) == (["a", "b"], ["a", "b", "c"])
    # The code names the file as the user knows it.
    text = file(answer(page, "save", recipe=of(read), what="code"), "model.py").decode()
    assert text.startswith(
        "import classlens as cl\n\nrun = cl.train(\n    'mine.csv',\n    'kind',\n"
    )
    names: dict[str, Any] = {}
    exec(text, names)  # noqa: S102 - it is what the test is about
    assert names["run"].history.loss.tolist() == made["history"]["loss"]
    seen = answer(page, "look", recipe=of(read), epoch=3)
    assert seen["event"] == "seen"


def plain() -> Event:
    """What a page's recipe says where it says nothing: the lab's defaults, not those of tables."""
    from classlens.settings import Settings
    from classlens.suiting import SUITING_TABLES

    return {name: vars(Settings())[name] for name in SUITING_TABLES if name not in SHORT}


def test_missing_cells() -> None:
    page = Playground()
    read = send(page, CSV.replace(ROWS[4][1], ""))
    words = error(answer(page, "train", recipe=of(read)))
    start = "mine.csv, line 6: cells are missing in 'b' (1 cell); the first stands here, in 'b'."
    assert words.startswith(start)
    assert words.endswith(
        "Fill them in, leave the columns out of the file, or let the means stand for them: tick "
        "'fill missing cells in'."
    )
    made = answer(page, "train", recipe=of(read, missing="impute"))["payload"]
    assert made["features"] == ["a", "b", "b missing"]
    asked = {"recipe": of(read, missing="impute"), "what": "code"}
    assert "    missing='impute',\n" in file(answer(page, "save", **asked), "model.py").decode()
    assert "missing must be one of refuse, impute. Got 'drop' instead." in error(
        answer(page, "train", recipe=of(read, missing="drop"))
    )
    whole = send(page, CSV)
    for missing in (None, "refuse"):
        asked = {"recipe": of(whole, missing=missing), "what": "code"}
        assert "missing" not in file(answer(page, "save", **asked), "model.py").decode()


def test_missing_cells_of_a_table_that_the_page_was_opened_with(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(CSV.replace(ROWS[4][1], ""))
    page = Playground(prepare(path, "kind", missing="impute"), name="t.csv")
    asked = {"recipe": {"data": {"source": "given"}, "settings": SHORT}, "what": "code"}
    text = file(answer(page, "save", **asked), "model.py").decode()
    assert "cl.train(\n    't.csv',\n    'kind',\n    missing='impute',\n" in text


PAIRS = "".join(f"{k}.5,{'xy'[k % 2]}\n" for k in range(30))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "a,b\n" + PAIRS,
            "has no column 'kind'. Its columns are a, b. Choose a column to predict.",
        ),
        (
            "a,kind\n" + PAIRS + "n/k,x\n",
            "(--missing-words n/k; to train all the same tick 'fill missing cells in'); else mend",
        ),
        (
            "a,kind\n" + "".join(f"2024-01-{k % 28 + 1:02d},{'xy'[k % 2]}\n" for k in range(30)),
            "Leave it out of the file, or put in its place what matters of it",
        ),
        (
            "a;kind\n" + "".join(f"1,{k + 100};{'xy'[k % 2]}\n" for k in range(30)),
            "Say which sign stands before a fraction: --decimal. Such options are given where",
        ),
        (
            "a;b;kind\n" + "".join(f"{k},5;{k}.25;{'xy'[k % 2]}\n" for k in range(30)),
            "Such options are given where the page is opened: classlens play FILE",
        ),
        ("kind\nx\ny\n", "no column is left to learn from. There is none but the target."),
    ],
)
def test_refusals_propose_what_the_page_has(text: str, words: str) -> None:
    """Options of the command line are named as such, and arguments of Python not at all."""
    page = Playground()
    said = error(answer(page, "train", recipe=of(send(page, text))))
    assert words in said
    assert not re.search(r"\w=|in Python|--leave-out|--target", said)


def test_refusals_and_notes_of_reading_propose_what_there_is() -> None:
    page = Playground()
    said = error(send(page, b"a,kind\n1,x\0\n"))
    assert "UTF-16 (--encoding utf-16)? Such options are given where the page is opened" in said
    (note,) = send(page, b"a,kind\n" + PAIRS.encode() + b"1,\xe4\n")["notes"]
    assert "; --encoding names another one." in note


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (None, "target must be a column's name. Got None instead."),
        (["kind"], "target must be a column's name. Got ['kind'] instead."),
        ("knid", "mine.csv has no column 'knid'. Its columns are a, b, kind. Did you mean 'kind'?"),
    ],
)
def test_columns_that_cannot_be_predicted(target: Any, words: str) -> None:
    page = Playground()
    event = answer(page, "train", recipe=of(send(page, CSV), target=target))
    assert words in error(event)


def test_a_table_that_is_not_known() -> None:
    page = Playground()
    words = "the file is not known here any more. Open it once more."
    for key in ("no-such-table", None, 5, ["a"], ""):
        assert error(answer(page, "train", recipe=of({"table": key}))) == words
    # Another page's table is not this one's.
    read = send(Playground(), CSV)
    assert error(answer(page, "train", recipe=of(read))) == words


def test_the_latest_three_are_kept() -> None:
    page = Playground()
    first, *rest = [send(page, CSV) for _ in range(4)]
    assert len({each["table"] for each in (first, *rest)}) == 4
    assert "not known here any more" in error(answer(page, "train", recipe=of(first)))
    for each in rest:
        assert answer(page, "train", recipe=of(each))["event"] == "trained"


def test_a_table_is_prepared_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[Any, ...]] = []

    def counted(*given: Any, **options: Any) -> Any:
        calls.append((*given[1:], options))
        return prepare(*given, **options)

    monkeypatch.setattr(module, "prepare", counted)
    page = Playground()
    read = send(page, CSV)
    ask(page, "seeds", recipe=of(read), count=3)
    answer(page, "train", recipe=of(read))
    assert calls == [("kind", {"missing": "refuse"})]


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..", "a\0b.csv", "/etc/x.csv", "-", "*.csv", "C:\\a.csv", "\ud800.csv"],
)
def test_a_name_is_only_a_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    page = Playground()
    read = send(page, CSV, name)
    assert read["name"] == name
    assert [*tmp_path.rglob("*")] == [tmp_path / "here"]  # nothing was written
    assert answer(page, "train", recipe=of(read))["event"] == "trained"
    text = file(answer(page, "save", recipe=of(read), what="code"), "model.py").decode()
    compile(text, "model.py", "exec")
    assert repr(name) in text
    assert (
        f"{name} has no column 'c'" in answer(page, "train", recipe=of(read, target="c"))["message"]
    )


def test_a_very_long_name() -> None:
    read = send(Playground(), CSV, "n" * 100_000 + ".csv")
    assert read["name"] == "n" * 251 + ".csv"


def test_a_file_without_a_name() -> None:
    assert send(Playground(), CSV, None)["name"] == "table"
    assert answer(Playground(), "table", content="YSxiCjEsdQoyLHYK")["name"] == "table"


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("mine.csv", b"", "mine.csv is empty."),
        ("mine.csv", b"a,b\n", "mine.csv has a header, a, b, and no rows below it."),
        ("mine.csv", b"%PDF-1.7 ...", "mine.csv is a PDF. A table must be CSV"),
        ("mine.npy", CSV.encode(), "mine.npy is called a npy file, but does not begin as one."),
        ("mine.csv", b"a,b\n1,2\n3\n", "mine.csv, line 3: "),
        ("mine.csv", b"a,a\n1,2\n3,4\n", "mine.csv, line 1: columns 1 and 2 have the same name"),
        ("mine.parquet", b"PAR1\0\0\xff\0PAR1", "mine.parquet is a damaged parquet file"),
        ("mine.csv.gz", b"\x1f\x8b....", "mine.csv.gz is a damaged gzip file"),
        ("m.jsonl", b'{"a": 1}\n{"a": \n', "m.jsonl, line 2: "),
    ],
)
def test_files_that_are_no_tables(name: str, content: bytes, words: str) -> None:
    assert words in error(send(Playground(), content, name))


@pytest.mark.parametrize("content", [None, 5, ["YQ=="], "YQ", "Y Q =", "é", "\ud800", {"a": 1}])
def test_what_is_no_base64(content: Any) -> None:
    words = "content must be the file's bytes in base64."
    assert error(answer(Playground(), "table", name="a.csv", content=content)) == words
    assert error(answer(Playground(), "table", name="a.csv")) == words


def test_a_file_that_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_BYTES == 25_000_000
    monkeypatch.setattr(module, "MOST_BYTES", len(CSV) - 1)
    words = "a file may have at most 0 MB here. Got 0 MB instead. Open it with: classlens play FILE"
    assert error(send(Playground(), CSV)) == words
    monkeypatch.setattr(module, "MOST_BYTES", len(CSV))
    assert send(Playground(), CSV)["event"] == "table"


def test_a_file_of_too_many_columns() -> None:
    page = Playground()
    names = ",".join(f"n{k}" for k in range(1_001))
    words = (
        "a file may have at most 1,000 columns here. Got 1,001 instead. Open it with: "
        "classlens play FILE"
    )
    text = f"{names}\n" + (",".join("12"[k % 2] for k in range(1_001)) + "\n") * 3
    assert error(send(page, text)) == words
    fewer = "\n".join(line.rpartition(",")[0] for line in text.splitlines())
    assert len(send(page, fewer)["columns"]) == 1_000


@pytest.mark.parametrize("ending", ["parquet", "arrow", "npz", "jsonl", "csv.gz"])
def test_other_formats(ending: str, tmp_path: Path) -> None:
    import gzip

    import polars as pl

    path = tmp_path / f"t.{ending}"
    frame = pl.read_csv(CSV.encode())
    if ending == "npz":
        np.savez(
            path,
            a=frame["a"].to_numpy(),
            b=frame["b"].to_numpy(),
            kind=frame["kind"].to_numpy().astype(str),
        )
    elif ending == "csv.gz":
        path.write_bytes(gzip.compress(CSV.encode()))
    else:
        {"parquet": frame.write_parquet, "arrow": frame.write_ipc, "jsonl": frame.write_ndjson}[
            ending
        ](path)
    page = Playground()
    made = answer(page, "train", recipe=of(send(page, path.read_bytes(), path.name)))["payload"]
    plain_ = answer(page, "train", recipe=of(send(page, CSV)))["payload"]
    assert made["history"]["loss"] == plain_["history"]["loss"]
