"""What the networks of a sweep learn, as its command line says it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from classlens.cli.options import option_name
from classlens.cli.reading import reading_of
from classlens.cli.sources import is_table, named_data, prepared_table
from classlens.errors import ArgumentError

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset
    from classlens.tabular.preparing import Prepared


@dataclass(frozen=True)
class Learned:
    """A data set of a name, or a table and how it is read.

    Attributes:
        word: a file, or the name of a data set; None where none is given.
        target: of a table.
        missing: of a table.
        leave_out: columns of a table that are not used.
        reading: more of ``read_table``'s arguments.
        given: the words of the command line that say all this, after the first one.
    """

    word: str | None
    target: str | None
    missing: str
    leave_out: Sequence[str]
    reading: dict[str, Any] = field(default_factory=dict)
    given: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        word: str | None,
        target: str | None,
        missing: str,
        leave_out: Sequence[str] | None,
        options: dict[str, Any],
    ) -> Learned:
        """What a command's arguments say; those on reading are taken out of its options.

        Raises:
            ArgumentError: if a text cannot be read, or a column is left out of what is no table.
        """
        before = dict(options)
        reading = reading_of(options)
        texts = {name: text for name, text in before.items() if name in reading}
        given = [] if target is None else ["--target", target]
        for column in leave_out or ():
            given += ["--leave-out", column]
        if missing != "refuse":
            given += ["--missing", missing]
        for name, text in texts.items():
            given += [option_name(name), text]
        if leave_out and not (word is not None and is_table(word)):
            raise ArgumentError(
                f"--leave-out is for the columns of a table. Got the data set {word or 'blobs'} "
                "instead: leave the option out."
            )
        return cls(word, target, missing, tuple(leave_out or ()), reading, given)

    def __str__(self) -> str:
        """The words of a command line, each after a space."""
        if self.word is None:
            return ""
        return " " + shlex.join([self.word, *self.given])

    def prepared(self) -> Prepared | None:
        """The table, read; None where it is a data set of a name, or nothing.

        Raises:
            ArgumentError: if it is neither a file nor a data set, or no target is named.
            TableError: if it cannot be used.
        """
        if self.word is None or not is_table(self.word):
            return None
        return prepared_table(
            self.word, self.target, self.missing, self.reading, leave_out=self.leave_out
        )

    def samples(self) -> Dataset:
        """The samples on the scale of training; where nothing is given, the lab's.

        Raises:
            ArgumentError: as ``prepared``, as are the others.
            MissingLibraryError: if a data set's library is not installed.
        """
        prepared = self.prepared()
        return named_data(self.word or "blobs") if prepared is None else prepared.scaled()
