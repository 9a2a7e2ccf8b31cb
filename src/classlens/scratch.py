"""Folders for what only the work at hand needs, that do not stay behind for long."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from classlens.errors import OutputError
from classlens.files import checked_path

try:
    import fcntl
except ImportError:  # Windows: what a killed program leaves there stays
    fcntl = None  # type: ignore[assignment]

_PREFIX, _LOCK = "classlens-scratch-", "lock"


def check_folder(path: str | Path) -> Path:
    """The path of a folder that ``scratch_folder`` can make another one in.

    Called before long work that needs it.

    Raises:
        ArgumentError: if the path is none.
        OutputError: if there is no such folder, or nothing can be written there.
    """
    folder = checked_path(path)
    if not folder.is_dir():
        reason = "it is a file" if folder.exists() else "there is none"
        raise OutputError(
            f"cannot write into the folder {folder}: {reason}. Make it first, or choose another "
            "one."
        )
    with scratch_folder(folder):
        return folder


@contextlib.contextmanager
def scratch_folder(parent: Path | None = None) -> Iterator[Path]:
    """A new folder inside another one, removed with all that is in it at the end of the ``with``.

    A program that is killed leaves its folder behind; the next one that uses the same parent
    removes it. It can tell by a lock that the system takes from a program that ends.

    Args:
        parent: the folder around it; by default the system's for temporary files.

    Raises:
        OutputError: if nothing can be written there.

    Example:
        >>> with scratch_folder() as folder:
        ...     _ = (folder / "numbers").write_bytes(b"123")
        >>> folder.exists()
        False
    """
    around = Path(tempfile.gettempdir()) if parent is None else parent
    _remove_leftovers(around)
    try:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=around))
        held = _locked(folder)
    except OSError as error:
        raise OutputError(
            f"cannot write into the folder {around}: {error.strerror or error}. Choose another one."
        ) from error
    try:
        yield folder
    finally:
        held.close()
        shutil.rmtree(folder, ignore_errors=True)


def _locked(folder: Path) -> BinaryIO:
    """The folder's lock, held; it gets its name only then, so that none is met that is free."""
    made = folder / f"{_LOCK}.new"
    held = made.open("wb")
    if fcntl is not None:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    made.rename(folder / _LOCK)
    return held


def _remove_leftovers(parent: Path) -> None:
    if fcntl is None:
        return
    for folder in parent.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError), (folder / _LOCK).open("rb") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)  # an error while its program lives
            shutil.rmtree(folder, ignore_errors=True)
