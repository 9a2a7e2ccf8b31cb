"""``classlens train`` killed, ended by Ctrl-C and gone on with; a changed table and a full disk."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import classlens as cl
from classlens.training import pacing
from classlens.training.loop import Trainer

slow = pytest.mark.slow

Program = Callable[..., str]
OFTEN = ("--checkpoint-minutes", 1e-9)
GIVEN = ("train", "t.csv", "-o", "m", "--hidden", 4, "--epochs", 10_000, "--patience", "none")


@pytest.fixture
def classlens(tmp_path: Path, run_program: Program, monkeypatch: pytest.MonkeyPatch) -> Program:
    monkeypatch.chdir(tmp_path)
    data = cl.blobs(200, spread=1.5)
    rows = (f"{x},{y},c{k}\n" for (x, y), k in zip(data.X, data.y, strict=True))
    Path("t.csv").write_text("x,y,class\n" + "".join(rows))
    return run_program


def wait_for(path: Path) -> None:
    for _ in range(12_000):
        if path.exists():
            return
        time.sleep(0.005)
    raise AssertionError(f"{path} does not come")


def killed() -> None:
    """A command that was killed as soon as it had a checkpoint."""
    words = [str(word) for word in (*GIVEN, *OFTEN)]
    child = subprocess.Popen([sys.executable, "-m", "classlens", *words], stdout=subprocess.DEVNULL)
    while not Path("m.checkpoint").exists():
        assert child.poll() is None
        time.sleep(0.005)
    child.kill()
    assert child.wait() == -signal.SIGKILL
    assert not Path("m").exists()


@slow
def test_a_killed_command_goes_on_to_the_same_model(classlens: Program) -> None:
    killed()
    said = classlens(*GIVEN, status=2)
    assert "m.checkpoint holds a checkpoint of an unfinished training. Go on with it" in said
    said = classlens(*GIVEN, "--learning-rate", 0.5, "--resume", status=2)
    assert "m.checkpoint is a checkpoint of another training: learning_rate: 0.0" in said
    table = Path("t.csv").read_text()
    for row in (1, 77, 200):  # whatever part the row is in
        lines = table.splitlines(keepends=True)
        lines[row] = "0.5" + lines[row][lines[row].index(",") :]
        Path("t.csv").write_text("".join(lines))
        said = classlens(*GIVEN, "--resume", status=2)
        assert "m.checkpoint is a checkpoint of another training: the data differ." in said
    Path("t.csv").write_text(table)
    said = classlens(*GIVEN, "--resume")
    assert re.search(r"\nGoing on from m\.checkpoint: epoch \d+ of 10000\.\n", said)
    assert sorted(each.name for each in Path().iterdir()) == ["m", "t.csv"]
    model = Path("m").read_bytes()
    classlens(*GIVEN)
    assert Path("m").read_bytes() == model


def test_ctrl_c_leaves_a_model_and_the_checkpoint(
    classlens: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    advance = Trainer.advance
    monkeypatch.setattr(pacing.Pace, "assumed", lambda numbers, rows: pacing.Pace(256))
    monkeypatch.setattr(pacing.Pace, "after", lambda pace, steps, seconds: pace)

    def interrupted(self: Trainer) -> object:
        if self.log.epochs > 1000:
            wait_for(Path("m.checkpoint"))
            raise KeyboardInterrupt
        return advance(self)

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "advance", interrupted)
        said = classlens(*GIVEN, *OFTEN)
    assert said.endswith(
        "wrote m\nm.checkpoint keeps how far it is: the same command with --resume goes on.\n"
    )
    early = Path("m").read_bytes()
    Path("whole.csv").write_text(Path("t.csv").read_text())
    Path("t.csv").write_text("cut")  # what is refused, is so before the table is read
    began = "Error: m.checkpoint is a checkpoint of"
    for words, message in (
        (("--epochs", 5), "another training: epochs: 10000 there, 5 now. Give what it was begun"),
        (("--hidden", "4,4"), "another training: hidden: [4] there, [4, 4] now. Give what it"),
        (
            ("--memory", "700MB"),
            "a training that was begun without --memory. Got --memory 700MB instead: leave it out;",
        ),
    ):
        said = classlens(*GIVEN, *words, "--resume", status=2)
        assert said.startswith(f"{began} {message}")
    Path("whole.csv").replace("t.csv")
    said = classlens(*GIVEN, "--resume")
    assert re.search(r"\nGoing on from m\.checkpoint: epoch 1\d\d\d of 10000\.\n", said)
    assert "trained after 10000 epochs" in said
    later = Path("m").read_bytes()
    assert later != early
    assert not Path("m.checkpoint").exists()
    assert classlens(*GIVEN, "--resume", status=2) == (
        "Error: m is there, and no m.checkpoint to go on from: the training has ended. To train "
        "anew, leave --resume out, or delete m.\n"
    )
    assert Path("m").read_bytes() == later


@pytest.mark.filterwarnings("default::RuntimeWarning")
def test_a_full_disk_is_told_and_harms_nothing(
    classlens: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def fsync(handle: int) -> None:
        if "checkpoint" in str(Path(f"/proc/self/fd/{handle}").readlink()):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    said = classlens(*GIVEN, *OFTEN)
    assert "Take care: the checkpoint was not written" in said
    assert f"cannot write {Path('m.checkpoint').resolve()}: No space left on device." in said
    assert said.endswith("wrote m\n")
    assert not Path("m.checkpoint").exists()


def test_only_the_first_of_repeated_trainings_has_one(classlens: Program) -> None:
    given = (*GIVEN[:6], "--epochs", 20, "--repeat", 2)
    assert "Accuracy over 2 seeds" in classlens(*given, "--resume")
    assert sorted(each.name for each in Path().iterdir()) == ["m", "t.csv"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--checkpoint-minutes", 0], "--checkpoint-minutes must be a finite number above 0. Got"),
        (["--checkpoint-minutes", "x"], "a finite number above 0. Got 'x' instead."),
    ],
)
def test_minutes_that_are_not_allowed(
    classlens: Program, arguments: list[object], words: str
) -> None:
    assert words in classlens(*GIVEN, *arguments, status=2)


def test_a_file_that_is_no_checkpoint(classlens: Program) -> None:
    Path("m.checkpoint").write_text("Remember the milk.")
    said = classlens(*GIVEN, "--resume", status=2)
    assert "m.checkpoint is not a checkpoint that can be used: it is not a safetensors" in said
    assert Path("m.checkpoint").read_text() == "Remember the milk."
