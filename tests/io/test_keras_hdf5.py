"""The process that reads HDF5, whatever becomes of it."""

from __future__ import annotations

import contextlib
import io
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import classlens as cl
from classlens.io.keras import from_file, hdf5

slow = pytest.mark.slow


def file(**arrays: Any) -> bytes:
    content = io.BytesIO()
    with h5py.File(content, "w") as made:
        for name, array in arrays.items():
            made[f"group/{name}"] = array
        made["group"].attrs["name"] = "mine"
        made["group"].attrs["other"] = 3
    return content.getvalue()


def test_what_it_hands_over() -> None:
    a, b = np.arange(6, dtype="f4").reshape(2, 3), np.float64([1, np.nan])
    content = file(a=a, b=b)
    for found in (hdf5.contents(content), hdf5.opened(content)):
        assert sorted(found.within("group")) == ["group/a", "group/b"]
        np.testing.assert_array_equal(found.array("group/a"), a)
        np.testing.assert_array_equal(found.array("group/b"), b)
        assert found.array("group/a").dtype == np.float32
        assert found.words["group"] == {"name": "mine"}
    with pytest.raises(cl.ArgumentError, match="must have a group 'group/a', and have an array"):
        found.within("group/a")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("while True: pass", "its arrays are damaged: reading them has not ended after 1 s"),
        ("import os, signal; os.kill(os.getpid(), 11)", r"HDF5 fails on them \(status -11\)"),
    ],
)
def test_a_process_that_gives_no_answer(
    monkeypatch: pytest.MonkeyPatch, code: str, words: str
) -> None:
    real = subprocess.run
    monkeypatch.setattr(hdf5, "_PATIENCE", 1.0)
    monkeypatch.setattr(
        subprocess, "run", lambda _, **options: real([sys.executable, "-c", code], **options)
    )
    with pytest.raises(cl.ArgumentError, match=words):
        hdf5.contents(b"")


def test_a_file_that_is_refused() -> None:
    with pytest.raises(cl.ArgumentError, match=r"its arrays cannot be read .'Unable to"):
        hdf5.contents(b"hello")


def test_a_circle_of_groups() -> None:
    content = io.BytesIO()
    with h5py.File(content, "w") as made:
        made["a/b"] = made["/"]
    with pytest.raises(cl.ArgumentError, match="more objects in it than a model has"):
        hdf5.opened(content.getvalue())


def test_memory_is_bounded() -> None:
    """A gigabyte of zeros that nobody wrote takes no room in the file, nor here."""
    content = io.BytesIO()
    with h5py.File(content, "w") as made:
        made.create_dataset("zeros", shape=(1 << 28,), dtype="f4")
    found = hdf5.opened(content.getvalue())
    assert found.unread == {"zeros": "must be there whole and uncompressed"}


@slow
@pytest.mark.parametrize("name", ["whole.keras", "whole.h5"])
def test_damage(saved: Path, tmp_path: Path, name: str) -> None:
    """Whatever bytes do: a model, or a refusal in words, and never another error."""
    whole, drawn = (saved / name).read_bytes(), random.Random(name)  # noqa: S311 - the same damage every time
    for _ in range(60):
        content = bytearray(whole)
        for _ in range(drawn.choice([1, 2, 8])):
            content[drawn.randrange(len(content))] = drawn.choice([0, 255, drawn.randrange(256)])
        if drawn.random() < 0.2:
            content = content[: drawn.randrange(len(content))]
        path = tmp_path / name
        path.write_bytes(content)
        with contextlib.suppress(cl.ModelFileError):
            from_file(path)
