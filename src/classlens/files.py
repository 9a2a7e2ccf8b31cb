"""Whole files: after a crash or on a full disk there is the old file or the new one."""

from __future__ import annotations

import contextlib
import errno
import glob
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from classlens.errors import OutputError

_SUFFIX = ".classlens-part"
_LEFTOVER_SECONDS = 3600


def write_whole(path: str | Path, content: bytes) -> None:
    """Write a file by way of a temporary one in the same folder, flushed to the disk, then renamed.

    An existing file keeps its permissions. A temporary file left behind by an earlier run that was
    killed is removed.

    Raises:
        OutputError: if the file cannot be written; the old one is then untouched.
    """
    path = Path(path)
    try:
        path = _target(path)
        _remove_leftovers(path)
        handle, name = tempfile.mkstemp(_SUFFIX, f".{path.name}.", path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
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
        raise OutputError(f"cannot write {path}: {error.strerror or error}.") from error


@contextlib.contextmanager
def folder_for(path: str | Path) -> Iterator[Path]:
    """A folder for the results of the work inside the ``with``, writable before it starts.

    If the work fails, a folder that was made for it and is still empty is removed again.

    Raises:
        OutputError: if it cannot be created or written to.
    """
    existed = os.path.lexists(path)
    folder = _make_folder(path)
    try:
        yield folder
    except BaseException:
        if not existed:
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise


def _make_folder(path: str | Path) -> Path:
    path = Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path, suffix=_SUFFIX):
            pass
    except OSError as error:
        raise OutputError(
            f"cannot write into the folder {path}: {error.strerror or error}. Choose another one."
        ) from error
    return path


def _target(path: Path) -> Path:
    """The file itself, so that a link stays a link, and what it leads to is replaced."""
    if "\0" in str(path):
        raise OSError(errno.EINVAL, "a file's name cannot hold a NUL character")
    if path.is_dir():
        raise OSError(errno.EISDIR, "it is a folder")
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


def _remove_leftovers(path: Path) -> None:
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*{_SUFFIX}"):
        with contextlib.suppress(OSError):
            # A younger one may belong to another process that is writing at this moment.
            if time.time() - leftover.stat().st_mtime > _LEFTOVER_SECONDS:
                leftover.unlink()


def _sync_folder(folder: Path) -> None:
    """Flush the rename itself; not every system lets a folder be opened for that."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
