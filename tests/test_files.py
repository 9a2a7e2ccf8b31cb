"""Whole files: the old one or the new one, its permissions, and nothing left lying about."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from classlens import files
from classlens.errors import ArgumentError, OutputError
from classlens.files import check_target, folder_for, remove, write_whole


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def refusal(path: str | Path, content: bytes = b"new") -> str:
    with pytest.raises(OutputError) as caught:
        write_whole(path, content)
    return str(caught.value)


@pytest.mark.parametrize("name", ["model.bin", "no suffix", "[a]*?.x", ".hidden", "über.txt"])
def test_a_file_is_written_and_then_replaced(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    write_whole(path, b"first")
    write_whole(str(path), b"")
    write_whole(path, b"second\r\n\0")
    assert path.read_bytes() == b"second\r\n\0"
    assert names(tmp_path) == [name]


def test_a_relative_path_is_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_whole("new.txt", b"new")
    assert (tmp_path / "new.txt").read_bytes() == b"new"


def test_a_new_file_has_the_permissions_that_any_new_file_gets(tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    write_whole(tmp_path / "ours", b"new")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "usual").stat().st_mode


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o666, 0o755])
def test_an_old_files_permissions_are_kept(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    path.chmod(mode)
    write_whole(path, b"new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    target, link = tmp_path / "real" / "file", tmp_path / "link"
    link.symlink_to(target)
    for content in (b"made", b"replaced"):  # the link leads nowhere at first
        write_whole(link, content)
        assert link.is_symlink()
        assert target.read_bytes() == content
    assert names(tmp_path) == ["link", "real"]
    assert names(tmp_path / "real") == ["file"]


def test_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    reasons = {
        tmp_path: "it is a folder. Name a file, for example one in it.",
        tmp_path / "none" / "x": f"there is no folder {tmp_path / 'none'}. Make it first, or "
        "choose another one.",
        tmp_path / "file" / "x": f"{tmp_path / 'file'} is not a folder. Choose another one.",
        tmp_path / "loop": "it is a link that leads back to itself.",
        tmp_path / ("x" * 300): "File name too long.",
        tmp_path / ("x" * 250): "File name too long.",  # with the temporary file's ending
    }
    for path, reason in reasons.items():
        assert refusal(path) == f"cannot write {path}: {reason}"
        with pytest.raises(OutputError) as caught:
            check_target(path)
        assert str(caught.value) == f"cannot write {path}: {reason}"
    assert names(tmp_path) == ["file", "loop"]


def test_a_target_that_will_do_is_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "old").write_bytes(b"old")
    assert check_target(str(tmp_path / "new")) == tmp_path / "new"
    assert check_target(tmp_path / "old") == tmp_path / "old"
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"old"


def test_a_link_into_a_folder_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "none" / "file")
    words = f"cannot write {tmp_path / 'none' / 'file'}: there is no folder {tmp_path / 'none'}."
    assert refusal(tmp_path / "link").startswith(words)
    with pytest.raises(OutputError) as caught:
        check_target(tmp_path / "link")
    assert str(caught.value).startswith(words)


class Bytes:
    def __fspath__(self) -> bytes:
        return b"x"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (None, "path must be text or a Path. Got None instead."),
        (5, "path must be text or a Path. Got 5 instead."),
        (b"x", "path must be text or a Path. Got b'x' instead."),
        (["x"], "path must be text or a Path. Got ['x'] instead."),
        (Bytes(), "path must be text or a Path. Got <"),
        ("", "path must have from 1 to 4096 characters. Got 0 instead."),
        ("x" * 4097, "path must have from 1 to 4096 characters. Got 4097 instead."),
        ("a\0b", "nor another that no file's name can have. Got 'a\\x00b' instead."),
        ("a\ud800", "nor another that no file's name can have. Got 'a\\ud800' instead."),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_is_no_path(path: Any, words: str) -> None:
    for use in (lambda: write_whole(path, b""), lambda: check_target(path), lambda: entered(path)):
        with pytest.raises(ArgumentError) as caught:
            use()
        assert words in str(caught.value)


def entered(path: Any) -> None:
    with folder_for(path):
        pass


def test_a_disk_without_room_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    # The system itself refuses every byte after the tenth.
    code = (
        "import resource, sys; from classlens.files import write_whole; "
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10)); write_whole(sys.argv[1], b'x' * 99)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path], capture_output=True, text=True, check=False
    )
    assert done.stderr.endswith(f"OutputError: cannot write {path}: File too large.\n")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


@pytest.mark.parametrize("step", ["fsync", "chmod", "replace"])
@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), OSError("odd")]
)
def test_a_step_that_fails_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: OSError
) -> None:
    def fail(*_: Any) -> None:
        raise error

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os if step == "fsync" else Path, step, fail)
    assert refusal(path) == f"cannot write {path}: {error.strerror or error}."
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_ctrl_c_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    path = tmp_path / "file"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_the_bytes_are_on_the_disk_before_the_name_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    fsync, replace = os.fsync, Path.replace

    def noted_fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def noted_replace(self: Path, target: Path) -> Path:
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(Path, "replace", noted_replace)
    write_whole(tmp_path / "file", b"new")
    assert steps == ["file", "rename", "folder"]


def test_a_folder_that_cannot_be_flushed_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> int:
        raise PermissionError

    monkeypatch.setattr(os, "open", fail)
    files._sync_folder(tmp_path)


def test_what_a_killed_process_left_behind_is_removed_in_time(tmp_path: Path) -> None:
    stale, fresh, foreign = (
        tmp_path / name
        for name in (".[m].x1.classlens-part", ".[m].x2.classlens-part", ".m.x3.classlens-part")
    )
    for path in (stale, fresh, foreign):
        path.write_bytes(b"half")
    hours_ago = time.time() - 7200
    os.utime(stale, (hours_ago, hours_ago))
    os.utime(foreign, (hours_ago, hours_ago))
    write_whole(tmp_path / "[m]", b"new")
    assert not stale.exists()
    assert fresh.exists()  # its writer may still be at work
    assert foreign.exists()


# Folders


def test_a_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    with folder_for(str(tmp_path / "a" / "b")) as folder:
        assert folder == tmp_path / "a" / "b"
        assert names(folder) == []
        write_whole(folder / "file", b"new")
    with folder_for(folder) as again:
        assert names(again) == ["file"]


def test_a_folder_for_work_that_fails_is_removed_if_it_is_new_and_empty(tmp_path: Path) -> None:
    def fail(path: Path, name: str = "") -> None:
        with folder_for(path) as folder:
            if name:
                write_whole(folder / name, b"new")
            raise KeyboardInterrupt

    (tmp_path / "old").mkdir()
    for name, file in (("old", ""), ("new", ""), ("filled", "file"), ("a/b/c", ""), ("d/e", "f")):
        with pytest.raises(KeyboardInterrupt):
            fail(tmp_path / name, file)
    assert names(tmp_path) == ["d", "filled", "old"]
    assert names(tmp_path / "d" / "e") == ["f"]
    with pytest.raises(KeyboardInterrupt):  # what was there before stays, empty as it may be
        fail(tmp_path / "old" / "x" / "y")
    assert names(tmp_path / "old") == []


def test_where_no_folder_can_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "none")
    reasons = {
        tmp_path / "file": "it is a file, not a folder",
        tmp_path / "link": "it is a broken link, not a folder",
        tmp_path / "file" / "x": "a part of its path is a file, not a folder",
        tmp_path / ("x" * 300): "File name too long",
        tmp_path / "new" / ("x" * 300): "File name too long",
    }
    for path, reason in reasons.items():
        with pytest.raises(OutputError) as caught, folder_for(path):
            pass
        assert str(caught.value) == (
            f"cannot write into the folder {path}: {reason}. Choose another one."
        )

    assert names(tmp_path) == ["file", "link"]  # the folder "new" has gone again

    def fail(**_: Any) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", fail)
    with pytest.raises(OutputError, match="Permission denied"), folder_for(tmp_path):
        pass


def test_a_pipe_or_a_device_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="it is not a regular file"):
        write_whole(tmp_path / "pipe", b"x")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


def test_what_killed_writes_left_goes_with_the_file(tmp_path: Path) -> None:
    for name in ("kept", ".kept.x.classlens-part", ".other.x.classlens-part"):
        (tmp_path / name).write_bytes(b"")
    os.utime(tmp_path / ".kept.x.classlens-part", times=(2**32, 2**32))  # of a clock far ahead
    remove(tmp_path / "kept")
    assert names(tmp_path) == [".other.x.classlens-part"]
    remove(tmp_path / "kept")
    with pytest.raises(OutputError) as caught:
        remove(tmp_path)
    assert str(caught.value) == f"cannot remove {tmp_path}: it is a folder."
