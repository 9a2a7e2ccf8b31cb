"""HDF5 files read by a process of its own, which may be ended.

The HDF5 library is written in C, and a damaged file can make it run in circles, or worse. So it
works in a child process with a limit on its time and memory, which hands over plain arrays; what
lies outside the file, or is not there as it is, is left unread and named.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.errors import ArgumentError, MissingLibraryError, short

# Seconds, and as many more for each so many bytes.
_PATIENCE, _BYTES_A_SECOND = 20.0, 20e6
_ROOM = 4 << 30
_MOST_OBJECTS, _MOST_DEPTH = 50_000, 32
_DESCRIPTION = "description"


@dataclass(frozen=True, eq=False)
class Contents:
    """What a file holds.

    Attributes:
        arrays: by path, such as ``layers/dense/vars/0``.
        unread: why an object was not read, by path.
        words: the attributes that are texts or lists of texts, by path and name; the file's own
            are those of the path ``""``.
        groups: the paths of all groups.
    """

    arrays: dict[str, NDArray[Any]]
    unread: dict[str, str]
    words: dict[str, dict[str, Any]]
    groups: frozenset[str]

    def within(self, group: str) -> list[str]:
        """The paths of what lies directly in a group.

        Raises:
            ArgumentError: if it is not there, or lies elsewhere.
        """
        self.check(group)
        if group not in self.groups:
            raise ArgumentError(f"its weights must have a group {short(group)}, and have an array.")
        known = (*self.arrays, *self.unread, *self.groups)
        return [path for path in known if path and path.rpartition("/")[0] == group]

    def check(self, path: str) -> None:
        """See that there is something at a path, and that it was read.

        Raises:
            ArgumentError: if not.
        """
        parts = path.split("/")
        for count in range(1, len(parts) + 1):
            start = "/".join(parts[:count])
            if start in self.unread:
                raise ArgumentError(f"its weights at {short(start)} {self.unread[start]}.")
            if start not in self.groups and start not in self.arrays:
                raise ArgumentError(f"its weights lack {short(path)}; was it cut?")

    def array(self, path: str) -> NDArray[Any]:
        """The array at a path.

        Raises:
            ArgumentError: if there is none, or it was not read.
        """
        self.check(path)
        if path not in self.arrays:
            raise ArgumentError(f"its weights at {short(path)} must be an array, and are a group.")
        return self.arrays[path]


def h5py() -> Any:
    """The library that reads and writes HDF5.

    Raises:
        MissingLibraryError: if it is not installed.
    """
    try:
        import h5py as library  # noqa: PLC0415 - optional
    except ImportError:
        raise MissingLibraryError(
            "Keras's files need h5py, which is not installed: pip install 'classlens[keras]'"
        ) from None
    return library


def contents(file: bytes) -> Contents:
    """What an HDF5 file holds, read by another process.

    Raises:
        ArgumentError: if it cannot be read.
        MissingLibraryError: if h5py is not installed.
    """
    h5py()
    # No filter of anybody's is looked for on the disk.
    environment = {**os.environ, "HDF5_PLUGIN_PRELOAD": "::"}
    patience = _PATIENCE + len(file) / _BYTES_A_SECOND
    try:
        done = subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-c", f"from {__name__} import child; child()"],
            input=file,
            capture_output=True,
            timeout=patience,
            env=environment,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ArgumentError(
            f"its arrays are damaged: reading them has not ended after {patience:.0f} s"
        ) from None
    if done.returncode == _REFUSED:
        raise ArgumentError(done.stderr.decode("utf-8", "replace").strip())
    if done.returncode:
        raise ArgumentError(
            f"its arrays are damaged: HDF5 fails on them (status {done.returncode})"
        )
    with np.load(io.BytesIO(done.stdout), allow_pickle=False) as found:
        said = json.loads(found[_DESCRIPTION].tobytes())
        arrays = {path: found[f"a{number}"] for number, path in enumerate(said["arrays"])}
    return Contents(arrays, said["unread"], said["words"], frozenset(said["groups"]))


_REFUSED = 3


def child() -> None:
    """The other process: a file comes on standard input, what it holds goes to standard output."""
    given = sys.stdin.buffer.read()
    _limit(3 * len(given) + _ROOM)
    try:
        found = opened(given)
    except ArgumentError as error:
        print(error, file=sys.stderr)
        sys.exit(_REFUSED)
    said = {
        "arrays": list(found.arrays),
        "unread": found.unread,
        "words": found.words,
        "groups": list(found.groups),
    }
    text = np.frombuffer(json.dumps(said).encode(), np.uint8)
    numbered: Any = {f"a{number}": array for number, array in enumerate(found.arrays.values())}
    content = io.BytesIO()
    np.savez(content, allow_pickle=False, **numbered, **{_DESCRIPTION: text})
    sys.stdout.buffer.write(content.getvalue())


def opened(file: bytes) -> Contents:
    """What an HDF5 file holds, read by this process, which may not come back from it.

    Raises:
        ArgumentError: if it cannot be read.
    """
    library = h5py()
    arrays: dict[str, NDArray[Any]] = {}
    unread: dict[str, str] = {}
    words: dict[str, dict[str, Any]] = {}
    groups: set[str] = set()
    try:
        with library.File(io.BytesIO(file), "r") as root:
            for path, thing in _walk(library, root):
                if isinstance(thing, str):
                    unread[path] = thing
                    continue
                if isinstance(thing, library.Dataset):
                    arrays[path] = np.asarray(thing[()])
                else:
                    groups.add(path)
                words[path] = _words(thing)
    except Exception as error:  # whatever h5py raises
        raise ArgumentError(f"its arrays cannot be read ({short(str(error))})") from None
    return Contents(arrays, unread, words, frozenset(groups))


def _limit(room: int) -> None:
    try:
        import resource  # noqa: PLC0415 - not everywhere
    except ImportError:
        return
    _, most = resource.getrlimit(resource.RLIMIT_AS)
    if most == resource.RLIM_INFINITY or room < most:
        resource.setrlimit(resource.RLIMIT_AS, (room, most))


def _walk(library: Any, file: Any) -> Iterator[tuple[str, Any]]:
    """Everything in a file by its path; in place of what is not to be read, why."""
    waiting: list[tuple[str, Any]] = [("", file)]
    met = 0
    while waiting:
        path, group = waiting.pop()
        yield path, group
        for name in group:
            met += 1
            if met > _MOST_OBJECTS or path.count("/") > _MOST_DEPTH:
                raise ValueError("more objects in it than a model has")
            place = f"{path}/{name}" if path else name
            if place.startswith("optimizer"):
                continue
            if not isinstance(group.get(name, getlink=True), library.HardLink):
                yield place, "must lie in the file itself, and are a link"
                continue
            found = group[name]
            if isinstance(found, library.Group):
                waiting.append((place, found))
            else:
                yield place, _trouble(library, found) or found


def _trouble(library: Any, found: Any) -> str | None:
    """Why an array is not to be read."""
    if not isinstance(found, library.Dataset):
        return "must be an array"
    if found.dtype.kind not in "fiu":
        return f"must be numbers, and are {found.dtype}"
    if found.external or found.is_virtual:
        return "must lie in the file itself"
    stored = found.id.get_storage_size()
    if found.id.get_create_plist().get_nfilters() or stored != found.size * found.dtype.itemsize:
        return "must be there whole and uncompressed"
    return None


def _words(thing: Any) -> dict[str, Any]:
    """The attributes that Keras writes, as texts and lists of texts."""
    found = {}
    for name in ("model_config", "weight_names", "name"):
        if name in thing.attrs:
            value = thing.attrs[name]
            one = isinstance(value, str | bytes)
            found[name] = _text(value) if one else [_text(each) for each in np.ravel(value)]
    return found


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
