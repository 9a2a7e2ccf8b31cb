"""Checkpoint: where a long training keeps how far it is, to go on from there after a kill."""

from __future__ import annotations

import dataclasses
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from classlens import files, tensors
from classlens._version import __version__
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, ModelFileError, OutputError, short
from classlens.kinds import Flag, Number
from classlens.reader import Reader
from classlens.settings import SETTINGS, Settings

# Raised whenever a reader of the former version would misread the file.
VERSION = 1
KEY = "classlens checkpoint"
MINUTES = Number(0.0, low_allowed=False)


@dataclass(frozen=True)
class Checkpoint:
    """A file in which a training keeps, every some minutes, how far it is.

    It is written whole, in the background. A run that was killed goes on from it and ends with the
    same numbers, bit for bit, as if it had not been. When the run has ended, the file goes; it
    stays where Ctrl-C has ended it.

    Attributes:
        path: the file.
        minutes: from one time to the next.
        resume: whether to go on from the file; where there is none, the run begins.
        stays: leave the file when the run has ended well, for a caller who calls ``remove`` once
            the model is saved.
        unseen: samples that the training does not see; a run goes on only where they are the same.

    Raises:
        ArgumentError: if a value is not allowed.

    Example:
        >>> import classlens as cl
        >>> going_on = cl.Checkpoint("long.checkpoint", minutes=5, resume=True)
        >>> run = cl.fit(cl.blobs(), checkpoint=going_on)
        >>> run.ending, going_on.file.exists()
        ('finished', False)
    """

    path: str | Path
    minutes: float = 10.0
    resume: bool = False
    stays: bool = False
    unseen: Dataset | None = dataclasses.field(default=None, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", files.checked_path(self.path))
        object.__setattr__(self, "minutes", MINUTES.check("minutes", self.minutes))
        for name in ("resume", "stays"):
            object.__setattr__(self, name, Flag().check(name, getattr(self, name)))

    @property
    def file(self) -> Path:
        """The path, as one."""
        return Path(self.path)

    @classmethod
    def of(cls, value: Checkpoint | str | Path | None) -> Checkpoint | None:
        """The checkpoint that an argument stands for: a path is one of its own.

        Raises:
            ArgumentError: if it is neither, or no path that can be.
        """
        if value is None or isinstance(value, Checkpoint):
            return value
        if not isinstance(value, str | Path):
            raise ArgumentError(
                f"checkpoint must be a Checkpoint or a path. Got {short(value)} instead."
            )
        return cls(value)

    def found(self) -> Opened | None:
        """The file to go on from; None where there is none.

        Raises:
            ArgumentError: if there is one, and it is not to go on.
            ModelFileError: if the file is no checkpoint.
        """
        found = opened(self.file) if self.file.exists() else None
        if found is not None and not self.resume:
            raise ArgumentError(
                f"{self.file} holds a checkpoint of an unfinished training. Go on with it: "
                "--resume (in Python, resume=True of Checkpoint); or delete the file, and the "
                "training begins from the start."
            )
        return found

    def seeded(self, settings: Settings) -> Settings:
        """The settings; where they leave the seed open, with that of the run that goes on.

        Raises:
            ArgumentError: as ``found``.
            ModelFileError: as ``found``.
        """
        found = self.found()
        if found is None or settings.seed is not None:
            return settings
        try:
            seed = SETTINGS["seed"].check(found.run.get("seed"))
        except ArgumentError as error:
            found.reader.refuse(str(error).rstrip("."))
        return dataclasses.replace(settings, seed=seed)

    def remove(self) -> None:
        """Remove the file and what killed writes of it have left; a warning says if that fails."""
        try:
            files.remove(self.path)
        except OutputError as error:
            warnings.warn(f"{error} It is of no use any more.", RuntimeWarning, stacklevel=2)


class Opened(NamedTuple):
    """A checkpoint's file before its arrays.

    Attributes:
        reader: of the file.
        head: the start of the file.
        run: the training that it is of, as ``fingerprint`` says it.
    """

    reader: Reader
    head: tensors.Head
    run: dict[str, Any]

    @property
    def epoch(self) -> int:
        """The last whole epoch.

        Raises:
            ModelFileError: if the file does not say it.
        """
        return self.reader.count(self.head.description.get("epochs"), "epochs", low=0)


def opened(path: Path) -> Opened:
    """A checkpoint's file before its arrays.

    Raises:
        ModelFileError: if it is none, or of another version.
    """
    reader = Reader(
        path,
        "checkpoint",
        "Choose another path; or delete the file, and the training begins from the start.",
    )
    try:
        head = tensors.read_head(reader, KEY)
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}.") from error
    except RecursionError:
        reader.refuse("its description is nested too deeply")
    version = reader.count(head.description.get("version"), "version")
    if version != VERSION:
        reader.refuse(
            f"it is of version {version}, and this Classlens ({__version__}) goes on with version "
            f"{VERSION}"
        )
    return Opened(reader, head, reader.object(head.description.get("run"), "run"))
