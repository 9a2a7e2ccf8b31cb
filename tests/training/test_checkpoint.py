"""``fit`` with a checkpoint: where it may be, what it does to a run, and what it says."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stopping import OPTIONS, call_by_call, resumed, same, stopped

import classlens as cl
from classlens.training import loop
from classlens.training.standing import Diverged, Progress


@pytest.fixture(autouse=True)
def _same_calls_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    call_by_call(monkeypatch)


@pytest.fixture(scope="module")
def whole() -> cl.Run:
    return cl.fit(cl.blobs(), **OPTIONS)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "run.checkpoint"


def test_a_run_that_was_ended_goes_on_to_the_same_end(path: Path, whole: cl.Run) -> None:
    stopped(path)
    run, told = resumed(path)
    assert told[0] > 64  # it did not begin anew
    assert same(run, whole)
    assert (run.ending, run.epoch, run.before) == ("finished", 2000, 0)
    assert list(path.parent.iterdir()) == []


def test_ctrl_c_keeps_the_very_end(path: Path, whole: cl.Run) -> None:
    told = stopped(path, reason=KeyboardInterrupt)
    run, more = resumed(path)
    assert (told[-1], more[0]) == (512, 576)
    assert same(run, whole)


def test_ctrl_c_makes_no_file_where_there_is_none(path: Path) -> None:
    def stop(_: Progress) -> None:
        raise KeyboardInterrupt

    run = cl.fit(cl.blobs(), progress=stop, checkpoint=path, **OPTIONS)
    assert run.ending == "interrupted"
    assert not path.exists()


def test_a_path_alone_is_a_checkpoint(path: Path, whole: cl.Run) -> None:
    assert same(cl.fit(cl.blobs(), checkpoint=str(path), **OPTIONS), whole)
    assert cl.Checkpoint.of(path) == cl.Checkpoint(path) == cl.Checkpoint(str(path), 10.0)


def test_a_run_begins_where_there_is_nothing_to_go_on_from(path: Path, whole: cl.Run) -> None:
    run, told = resumed(path)
    assert told[0] == 64
    assert same(run, whole)


def test_a_checkpoint_is_not_written_over(path: Path) -> None:
    stopped(path)
    content = path.read_bytes()
    with pytest.raises(cl.ArgumentError) as caught:
        cl.fit(cl.blobs(), checkpoint=path, **OPTIONS)
    assert str(caught.value) == (
        f"{path} holds a checkpoint of an unfinished training. Go on with it: --resume (in Python, "
        "resume=True of Checkpoint); or delete the file, and the training begins from the start."
    )
    path.with_name("note").write_text("Remember the milk.")
    for resume in (False, True):
        with pytest.raises(cl.ModelFileError, match=r"note is not a checkpoint that can be used"):
            cl.fit(cl.blobs(), checkpoint=cl.Checkpoint(path.with_name("note"), resume=resume))
    assert path.with_name("note").read_text() == "Remember the milk."
    assert path.read_bytes() == content


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"learning_rate": 0.02}, "learning_rate: 0.01 there, 0.02 now."),
        ({"epochs": 2001}, "epochs: 2000 there, 2001 now."),
        ({"sample_weight": np.full(100, 2.0)}, "the sample weights differ."),
        ({"validation_data": (cl.blobs().X[:5], cl.blobs().y[:5])}, "the data differ."),
        ({"data": cl.blobs(seed=5)}, "the data differ."),
        ({"seed": 4, "shuffle": False}, "shuffle: True there, False now; seed: 3 there, 4 now."),
    ],
)
def test_another_run_is_refused(
    path: Path, change: dict[str, Any], words: str, tmp_path: Path
) -> None:
    stopped(path)
    content = path.read_bytes()
    given = {"data": cl.blobs(), **OPTIONS, **change}
    with pytest.raises(cl.ArgumentError) as caught:
        cl.fit(checkpoint=cl.Checkpoint(path, resume=True), **given)
    assert str(caught.value).startswith(f"{path} is a checkpoint of another training: {words}")
    assert path.read_bytes() == content


def test_a_run_that_resumes_another_one_goes_on_too(path: Path) -> None:
    first, second = (cl.fit(cl.blobs(), epochs=n, hidden=(5,), seed=3) for n in (4, 5))
    whole = cl.fit(cl.blobs(), resume=first, **OPTIONS)
    stopped(path, resume=first)
    with pytest.raises(cl.ArgumentError, match=r"training: the run that it resumes differs\."):
        resumed(path, resume=second)
    run, _ = resumed(path, resume=first)
    assert same(run, whole)
    assert run.before == 4


def test_a_fresh_seed_is_found_again(path: Path) -> None:
    stopped(path, seed=None)
    run, _ = resumed(path, seed=None)
    settings = run.model.settings
    assert settings is not None
    assert same(run, cl.fit(cl.blobs(), **{**OPTIONS, "seed": settings.seed}))


def test_a_file_without_a_seed(path: Path) -> None:
    stopped(path)
    found = cl.Checkpoint(path, resume=True).found()
    assert found is not None
    content = path.read_bytes().replace(b'\\"seed\\": 3', b'\\"seed\\":[]')
    path.write_bytes(content)
    with pytest.raises(cl.ModelFileError, match=r"used: seed must be .* Got \[\] instead\. Choose"):
        resumed(path, seed=None)


def test_the_file_stays_for_a_caller_who_asks(path: Path) -> None:
    stopped(path)
    kept = cl.Checkpoint(path, resume=True, stays=True)
    cl.fit(cl.blobs(), checkpoint=kept, **OPTIONS)
    assert path.exists()
    left = path.with_name(f".{path.name}.x.classlens-part")  # by a write that was killed
    left.write_bytes(b"")
    kept.remove()
    kept.remove()
    assert list(path.parent.iterdir()) == []


def test_a_file_that_cannot_be_removed(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    stopped(path)
    monkeypatch.setattr(Path, "unlink", refuse)
    with pytest.warns(RuntimeWarning) as caught:
        run, _ = resumed(path)
    assert run.ending == "finished"
    assert str(caught[0].message) == (
        f"cannot remove {path}: Read-only file system. It is of no use any more."
    )


def test_a_run_that_diverges_leaves_no_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def diverge(_: loop.Trainer) -> None:
        raise Diverged(600, "the loss", 0.01)

    stopped(path)
    monkeypatch.setattr(loop.Trainer, "advance", diverge)
    with pytest.raises(cl.DivergedError, match="the training diverged in epoch 600"):
        resumed(path)
    assert not path.exists()


# Arguments


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"path": 5}, "path must be text or a Path. Got 5 instead."),
        ({"path": ""}, "path must have from 1 to 4096 characters. Got 0 instead."),
        ({"minutes": 0}, "minutes must be a finite number above 0. Got 0 instead."),
        ({"minutes": "5"}, "minutes must be a finite number above 0. Got '5' instead."),
        ({"resume": "no"}, "resume must be True or False. Got 'no' instead."),
        ({"stays": 2}, "stays must be True or False. Got 2 instead."),
    ],
)
def test_values_that_are_not_allowed(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(cl.ArgumentError) as caught:
        cl.Checkpoint(**{"path": "file", **arguments})
    assert str(caught.value) == words


def test_what_is_no_checkpoint() -> None:
    with pytest.raises(cl.ArgumentError) as caught:
        cl.fit(cl.blobs(), checkpoint=5)  # type: ignore[arg-type]
    assert str(caught.value) == "checkpoint must be a Checkpoint or a path. Got 5 instead."


def test_where_no_file_can_be(tmp_path: Path) -> None:
    with pytest.raises(cl.OutputError, match=r"there is no folder .*gone\. Make it first"):
        cl.fit(cl.blobs(), checkpoint=tmp_path / "gone" / "file")
