"""Scratch folders go with the work, and those of killed programs with the next one's."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from classlens.errors import OutputError
from classlens.scratch import check_folder, scratch_folder

CHILD = """
import sys, time
from pathlib import Path
from classlens.scratch import scratch_folder
with scratch_folder(Path(sys.argv[1])) as folder:
    (folder / "rows").write_bytes(b"1" * 1000)
    print("here", flush=True)
    time.sleep(60)
"""


def test_it_goes_with_the_work(tmp_path: Path) -> None:
    with scratch_folder(tmp_path) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "file").write_text("x")
        with scratch_folder(tmp_path) as other:
            assert other != folder
            assert (folder / "deep" / "file").exists()  # its program is alive: this one
    with pytest.raises(KeyError), scratch_folder(tmp_path):
        raise KeyError
    assert list(tmp_path.iterdir()) == []


def test_that_of_a_killed_program_goes_with_the_next(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, tmp_path], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "here\n"
        with scratch_folder(tmp_path):
            assert len(list(tmp_path.glob("*/rows"))) == 1  # it is alive
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert len(list(tmp_path.glob("*/rows"))) == 1
        with scratch_folder(tmp_path):
            assert len(list(tmp_path.glob("*/rows"))) == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path: Path) -> None:
    (tmp_path / "classlens-scratch-of-a-friend").mkdir()
    (tmp_path / "classlens-scratch-file").write_text("")
    with scratch_folder(tmp_path):
        pass
    assert len(list(tmp_path.iterdir())) == 2


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    with (
        pytest.raises(OutputError, match=r"cannot write into the folder .*nowhere: No such file"),
        scratch_folder(tmp_path / "nowhere"),
    ):
        pass


def test_a_folder_is_tried_beforehand(tmp_path: Path) -> None:
    assert check_folder(str(tmp_path)) == tmp_path
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    for name, words in (("file", "it is a file"), ("none", "there is none")):
        with pytest.raises(
            OutputError, match=rf"{name}: {words}. Make it first, or choose another"
        ):
            check_folder(tmp_path / name)
