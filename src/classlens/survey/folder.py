"""The folder of a sweep: parts as they are done, then one table; nothing that is done is lost."""

from __future__ import annotations

import contextlib
import errno
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, OutputError
from classlens.files import whole_file, write_whole
from classlens.survey.plan import Part, Plan
from classlens.survey.rows import schema
from classlens.training.processes import Share

_KEY = b"classlens sweep"
_NUMBERED = re.compile(r"[0-9]{8}\.parquet")
VERSION, PLAN, TABLE, CSV = 1, "sweep.json", "networks.parquet", "networks.csv"

# A disk that is full, a quota that is used up, a file as large as the system lets one be.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Folder:
    """Where a sweep is written, part by part.

    Args:
        path: the folder, which is there.
        plan: what is trained.
        data: what is learned.
        weights: whether the rows hold weights.
        resume: whether to go on with the sweep that is there.
        own: whether it is this process's own; another one's is neither begun nor tidied.
        source: what the data is called, to be read when one of the networks is opened.

    Raises:
        ArgumentError: if a sweep is there and is not to go on, or is another one.
        OutputError: if the folder cannot be written to, or what is there is damaged or of another
            sweep.
    """

    def __init__(
        self,
        path: Path,
        plan: Plan,
        data: Dataset,
        *,
        weights: bool,
        resume: bool,
        own: bool = True,
        source: str = "",
    ) -> None:
        self.path = path
        self._plan = plan
        self._parts = path / "parts"
        wanted = {**plan.fingerprint(data), "weights": weights}
        # Each file says what sweep it is of.
        self._schema = schema(weights=weights).with_metadata({_KEY: json.dumps(wanted).encode()})
        there = path / PLAN
        self._begun = False
        if not own or there.exists() or (path / TABLE).exists():
            if not resume:
                raise ArgumentError(
                    f"{path} holds a sweep already. Go on with it with --resume, or choose another "
                    "folder."
                )
            _compare(there, wanted)
        else:
            if self._parts.exists():
                raise ArgumentError(
                    f"{self._parts} is there, but not {PLAN}, which says what sweep it is of. "
                    "Delete it, or choose another folder."
                )
            text = json.dumps({"version": VERSION, "source": source, **wanted}, indent=1)
            with remedied():
                write_whole(there, text.encode() + b"\n")
            self._begun = True
        self.finished = (path / TABLE).exists()
        if not own:
            return
        if self.finished:
            self._check_table()
            self._tidy()
        else:
            try:
                with _writing(self._parts):
                    self._parts.mkdir(exist_ok=True)
            except OutputError:
                self.give_up()
                raise

    @property
    def table(self) -> Path:
        """The table of all networks, once it is there."""
        return self.path / TABLE

    def numbers(self) -> Iterator[int]:
        """The numbers of the parts that are there."""
        for each in self._parts.glob("*.parquet"):
            if _NUMBERED.fullmatch(each.name):
                yield int(each.stem)

    def done(self, data: Dataset, share: Share) -> dict[int, int]:
        """The numbers of a process's parts that are there, and how many networks each has.

        Args:
            data: what is learned.
            share: which process.

        Raises:
            OutputError: if one of them cannot be read, or has not its rows.
        """
        there = {n for n in self.numbers() if n % share.count == share.index}
        done = dict[int, int]()
        for part in self._plan.parts(data) if there else ():
            if part.number not in there:
                continue
            file = self._file(part.number)
            try:
                whole = self._read(file)
                whole.validate(full=True)
                found = whole.column("network").to_pylist()
            except (pa.ArrowException, OSError, ValueError) as error:
                raise OutputError(
                    f"{file} is damaged ({str(error).splitlines()[0][:200]}). Delete it: its "
                    f"{len(part.group):,} networks are then trained again."
                ) from None
            if found != list(range(part.first, part.first + len(part.group))):
                raise OutputError(
                    f"{file} holds other networks than this sweep's part {part.number}. Delete it: "
                    f"its {len(part.group):,} networks are then trained again."
                )
            there.remove(part.number)
            done[part.number] = len(part.group)
        for number in there:
            raise OutputError(f"{self._file(number)} is none of this sweep's parts. Delete it.")
        return done

    def give_up(self) -> None:
        """Leave nothing behind of a sweep that was begun here, and of which no part is there."""
        if not self._begun or self.finished or next(self.numbers(), None) is not None:
            return
        with contextlib.suppress(OSError):  # something else is in it
            if self._parts.exists():
                self._tidy()
            if not self._parts.exists():
                (self.path / PLAN).unlink()

    def keep(self, part: Part, table: pa.Table) -> None:
        """Write the rows of a part.

        Raises:
            OutputError: if they cannot be written; those of other parts are untouched.
        """
        own = table.replace_schema_metadata(self._schema.metadata)
        with remedied(), whole_file(self._file(part.number)) as file:
            pq.write_table(own, file, **self._written())

    def join(self) -> None:
        """Make one table of the parts, which then go.

        Raises:
            OutputError: if it cannot be written; the parts are then still there.
        """
        with (
            remedied(),
            whole_file(self.table) as file,
            pq.ParquetWriter(file, self._schema, **self._written()) as writer,
        ):
            for number in sorted(self.numbers()):
                writer.write_table(self._read(self._file(number)))
        self._tidy()
        self.finished = True

    def write_csv(self) -> None:
        """Write the joined table as text, without the weights.

        Raises:
            OutputError: if it cannot be written.
        """
        names = [name for name in self._schema.names if name != "weights"]
        kept = pa.schema([self._schema.field(name) for name in names])
        with (
            remedied(),
            whole_file(self.path / CSV) as file,
            pq.ParquetFile(self.table) as rows,
            pyarrow.csv.CSVWriter(file, kept) as writer,
        ):
            for batch in rows.iter_batches(columns=names):
                writer.write_batch(batch.replace_schema_metadata(None))

    def _written(self) -> dict[str, Any]:
        """How the files are written: of numbers, few of which are alike, there is no dictionary."""
        texts = [field.name for field in self._schema if pa.types.is_string(field.type)]
        return {"write_page_checksum": True, "use_dictionary": texts}

    def _tidy(self) -> None:
        """Take away the parts, and what a sweep that was killed had begun to write."""
        for part in [*map(self._file, self.numbers()), *self._parts.glob(".*.classlens-part")]:
            part.unlink()
        with contextlib.suppress(OSError):  # something else is in it
            self._parts.rmdir()

    def _read(self, file: Path) -> pa.Table:
        """A file's rows.

        Raises:
            ValueError: if they are of another sweep, or damaged.
        """
        with pq.ParquetFile(file, page_checksum_verification=True) as own:
            if not own.schema_arrow.equals(self._schema, check_metadata=True):
                raise ValueError("it is of another sweep")
            return own.read()

    def _check_table(self) -> None:
        """Refuse a joined table that is not this sweep's."""
        try:
            with pq.ParquetFile(self.table) as own:
                right = own.schema_arrow.equals(self._schema, check_metadata=True)
                right = right and own.metadata.num_rows == len(self._plan)
        except (pa.ArrowException, OSError, ValueError):
            right = False
        if not right:
            raise OutputError(
                f"{self.table} is damaged, or of another sweep. Choose another folder, or delete "
                f"the file: the {len(self._plan):,} networks are then trained again."
            )

    def _file(self, number: int) -> Path:
        return self._parts / f"{number:08}.parquet"


def _compare(file: Path, wanted: dict[str, Any]) -> None:
    """Refuse to go on with another sweep."""
    try:
        found = json.loads(file.read_text("utf-8"))
        version = found.pop("version")
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        raise ArgumentError(
            f"{file} does not say which sweep this folder is of. Choose another folder."
        ) from None
    if version != VERSION:
        raise ArgumentError(
            f"{file} is of version {version!r}; this Classlens goes on with version {VERSION}. "
            "Choose another folder."
        )
    different = [name for name in wanted if found.get(name) != wanted[name]]
    if different:
        name = different[0]
        there, now = json.dumps(found.get(name)), json.dumps(wanted[name])
        met = "" if name == "the data" else f": {there} there, {now} now"
        raise ArgumentError(
            f"the sweep in {file.parent} is another one: {', '.join(different)} "
            f"differ{'s' if len(different) == 1 else ''}{met}. Give what it was begun with, or "
            "choose another folder."
        )


@contextlib.contextmanager
def remedied() -> Iterator[None]:
    """Inside, an error of a full disk also says how the sweep goes on.

    Raises:
        OutputError: as what is inside.
    """
    try:
        yield
    except OutputError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno in _FULL:
            raise OutputError(f"{error} Make room, then go on with --resume.") from error
        raise


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError as error:
        raise OutputError(f"cannot write {path}: it is a file, not a folder. Delete it.") from error
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}.") from error
