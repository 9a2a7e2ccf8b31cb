"""``classlens play``: what it hands to the server, and what it refuses before there is one."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from classlens.server import serve as server
from classlens.tabular.preparing import Prepared

Run = Callable[..., str]


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the server was given each time; none is started."""
    calls: list[dict[str, Any]] = []

    def serve(given: Any, **options: Any) -> None:
        calls.append({"given": given, **options})
        options["ready"]("http://127.0.0.1:1/?token=x")

    monkeypatch.setattr(server, "serve", serve)
    return calls


@pytest.fixture
def classlens(tmp_path: Path, run_program: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    rows = "".join(f"{k * k % 97};{k * 7 % 83},5;{'uv'[k % 2]}\n" for k in range(60))
    (tmp_path / "t.csv").write_text(f"a;b;y\n{rows}")
    (tmp_path / "gaps.csv").write_text("a,b,y\n1.5,,u\n" + "2.5,3.25,v\n4.5,1.25,u\n" * 9)
    monkeypatch.chdir(tmp_path)

    return functools.partial(run_program, "play")


def test_where_nothing_is_said(classlens: Run, served: list[dict[str, Any]]) -> None:
    assert classlens() == (
        "The playground is at http://127.0.0.1:1/?token=x\nCtrl-C ends it.\nEnded.\n"
    )
    (given,) = served
    del given["ready"]
    nothing = {"given": None, "name": "", "reading": {}, "port": 0, "state": "", "browse": True}
    assert given == nothing


def test_all_that_may_be_said(classlens: Run, served: list[dict[str, Any]]) -> None:
    link = "http://127.0.0.1:9/?token=y#r=1&s=#2"
    classlens("rings", "--port", "8123", "--no-browser", "--link", link)
    (given,) = served
    assert (given["given"], given["name"], given["port"]) == (None, "rings", 8123)
    assert (given["browse"], given["state"]) == (False, "r=1&s=#2")


@pytest.mark.parametrize("name", ["blobs", "checkerboard", "iris", "digits"])
def test_a_data_set(classlens: Run, served: list[dict[str, Any]], name: str) -> None:
    classlens(name)
    assert (served[0]["given"], served[0]["name"]) == (None, name)


def test_a_table(classlens: Run, served: list[dict[str, Any]]) -> None:
    words = ("--target", "y", "--delimiter", ";", "--decimal", ",", "--missing-words", "NA,?")
    classlens("t.csv", *words)
    (given,) = served
    assert isinstance(given["given"], Prepared)
    assert given["given"].encoding.names == ("a", "b")
    assert given["given"].encoding.target == "y"
    assert given["name"] == "t.csv"
    assert given["reading"] == {"delimiter": ";", "decimal": ",", "missing_words": ("NA", "?")}
    classlens("gaps.csv", "--target", "y", "--missing", "impute")
    assert served[1]["given"].encoding.names == ("a", "b", "b missing")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--port", "x"], "--port must be a whole number from 0 to 65,535. Got 'x' instead."),
        (["--port", "-1"], "--port must be a whole number from 0 to 65,535. Got -1 instead."),
        (["--port", "65536"], "--port must be a whole number from 0 to 65,535. Got 65536 instead."),
        (["--port", "80.0"], "--port must be a whole number from 0 to 65,535. Got '80.0' instead."),
        (
            ["--link", "http://127.0.0.1:9/?token=y"],
            "--link must hold what the page shows, after a #. Got 'http://127.0.0.1:9/?token=y' in",
        ),
        (["--link", "http://127.0.0.1:9/#"], "--link must hold what the page shows, after a #."),
        (["t.csv"], "--target is missing: name the column of the classes. t.csv has a, b, y."),
        (["t.csv", "--target", "z"], "t.csv has no column 'z'. Its columns are a, b, y."),
        (["none.csv"], "cannot read none.csv: No such file or directory."),
        (["none.csv", "--target", "y"], "cannot read none.csv: No such file or directory."),
        (["ringz"], "Got 'ringz', of which there is neither. Did you mean 'rings'?"),
        (["gaps.csv", "--target", "y"], "cells are missing in 'b'"),
        (
            ["gaps.csv", "--target", "y", "--missing", "drop"],
            "--missing must be one of refuse, impute. Got 'drop' instead.",
        ),
        (
            ["t.csv", "--target", "y", "--header", "maybe"],
            "--header must be yes or no. Got 'maybe'",
        ),
        (["a", "b"], "Got unexpected extra argument(s) (b)"),
        (["--prot", "1"], "No such option: --prot"),
    ],
)
def test_refusals(
    classlens: Run, served: list[dict[str, Any]], arguments: list[str], words: str
) -> None:
    message = classlens(*arguments, status=2)
    assert words in message
    assert "Traceback" not in message
    assert served == []


def test_the_help_says_what_there_is(classlens: Run) -> None:
    text = " ".join(classlens("--help").split())
    for word in ("DATA", "--target", "--missing", "--link", "--port", "--no-browser", "--decimal"):
        assert re.search(rf"{word}\b", text)
    assert "The table's column of the classes." in text
