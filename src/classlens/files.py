"""Whole files: after a crash or on a full disk there is the old file or the new one."""

from __future__ import annotations

import contextlib
import errno
import glob
import math
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from classlens.errors import ArgumentError, OutputError, short

_SUFFIX = ".classlens-part"
_LEFTOVER_SECONDS = 3600
_MOST_CHARACTERS = 4096  # no system that we know of takes longer paths


def checked_path(path: object) -> Path:
    """The path, if it is one that a file system can hold.

    Raises:
        ArgumentError: if it is neither text nor a path, is empty, or holds what no name can.
    """
    if not isinstance(path, str | os.PathLike) or not isinstance(os.fspath(path), str):
        raise ArgumentError(f"path must be text or a Path. Got {short(path)} instead.")
    text = os.fspath(path)
    if not 0 < len(text) <= _MOST_CHARACTERS:
        raise ArgumentError(
            f"path must have from 1 to {_MOST_CHARACTERS} characters. Got {len(text)} instead."
        )
    try:
        possible = b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        possible = False
    if not possible:
        raise ArgumentError(
            "path must not hold a NUL character, nor another that no file's name can have. "
            f"Got {short(text)} instead."
        )
    return Path(text)


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file by way of a temporary one in the same folder, flushed to the disk, then renamed.

    An existing file keeps its permissions. A temporary file left behind by an earlier run that was
    killed is removed.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if the file cannot be written; the old one is then untouched.
    """
    with whole_file(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole_file(path: str | Path) -> Iterator[BinaryIO]:
    """A file to be written piece by piece inside the ``with``, as ``write_whole`` writes one.

    It takes its place at the end of the ``with``; if that is left by an exception, nothing has
    happened.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if the file cannot be written.
    """
    path = checked_path(path)
    try:
        path = _target(path)
        _remove_leftovers(path)
        handle, name = tempfile.mkstemp(_SUFFIX, f".{path.name}.", path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(_mode(path))
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
        _sync_folder(path.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error


def remove(path: str | Path) -> None:
    """Remove a file, if it is there, and what writes of it that were killed have left behind.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if it cannot be removed.
    """
    path = checked_path(path)
    try:
        path = _target(path)
        path.unlink(missing_ok=True)
        _remove_leftovers(path, seconds=-math.inf)  # a clock may be ahead
    except OSError as error:
        raise OutputError(f"cannot remove {path}: {error.strerror or error}.") from error


def check_target(path: str | Path) -> Path:
    """The path of a file that ``write_whole`` will be able to write.

    Called before long work whose result the file is to hold. Nothing is left behind.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if no file can be written there.
    """
    target = given = checked_path(path)
    try:
        target = _target(given)
        prefix = f".{target.name}."  # as long as the name that write_whole needs
        with tempfile.NamedTemporaryFile(dir=target.parent, prefix=prefix, suffix=_SUFFIX):
            pass
    except OSError as error:
        raise _cannot_write(target, error) from error
    return given


@contextlib.contextmanager
def folder_for(path: str | Path) -> Iterator[Path]:
    """A folder for the results of the work inside the ``with``, writable before it starts.

    If the work fails, the folder and the ones above it that were made for it are removed again, as
    far as they are empty.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if it cannot be created or written to.
    """
    folder = checked_path(path)
    new = [each for each in (folder, *folder.parents) if not os.path.lexists(each)]
    try:
        _make_folder(folder)
        yield folder
    except BaseException:
        for each in new:
            with contextlib.suppress(OSError):  # one that is not empty stays
                each.rmdir()
        raise


def _make_folder(path: Path) -> None:
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path, suffix=_SUFFIX):
            pass
    except OSError as error:
        reason = f"{error.strerror or error}."
        if isinstance(error, FileExistsError):
            reason = f"it is a {'broken link' if path.is_symlink() else 'file'}, not a folder."
        elif isinstance(error, NotADirectoryError):
            reason = "a part of its path is a file, not a folder."
        raise OutputError(
            f"cannot write into the folder {path}: {reason} Choose another one."
        ) from error


def _cannot_write(path: Path, error: OSError) -> OutputError:
    reason = f"{error.strerror or error}."
    if isinstance(error, FileNotFoundError):
        reason = f"there is no folder {path.parent}. Make it first, or choose another one."
    elif isinstance(error, IsADirectoryError):
        reason = "it is a folder. Name a file, for example one in it."
    elif isinstance(error, NotADirectoryError):
        reason = f"{path.parent} is not a folder. Choose another one."
    return OutputError(f"cannot write {path}: {reason}")


def _target(path: Path) -> Path:
    """The file itself, so that a link stays a link, and what it leads to is replaced."""
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "it is a folder")
    target = Path(os.path.realpath(path))
    if target.is_symlink():
        raise OSError(errno.ELOOP, "it is a link that leads back to itself")
    if target.exists() and not target.is_file():
        # Renaming a file over a device or a pipe would destroy it, for the whole machine.
        raise OSError(errno.EINVAL, "it is not a regular file")
    return target


def _mode(path: Path) -> int:
    """The permissions of the file to be replaced, or those that a new file gets."""
    if path.exists():
        return path.stat().st_mode & 0o777
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _remove_leftovers(path: Path, seconds: float = _LEFTOVER_SECONDS) -> None:
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            # A younger one may belong to another process that is writing at this moment.
            if time.time() - leftover.stat().st_mtime > seconds:
                leftover.unlink()


def _sync_folder(folder: Path) -> None:
    """Flush the rename itself; not every system lets a folder be opened for that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
