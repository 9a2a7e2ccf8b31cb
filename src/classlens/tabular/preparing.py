"""From a table's columns to features: what is read, how it will be used, what to beware of."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.data.dataset import Dataset
from classlens.data.encode import Encoding
from classlens.data.planning import LeftOut, plan
from classlens.data.tables.cautions import Caution, cautions
from classlens.data.tables.reading import read_table
from classlens.data.tables.table import Labels, Table
from classlens.errors import ArgumentError, one_of

# What may be done about missing cells.
MISSING = ("refuse", "impute")


@dataclass(frozen=True, eq=False)
class Prepared:
    """A table that has been read, and how it will be used.

    Attributes:
        table: what was read.
        encoding: how its columns become features.
        left_out: the columns that are not used, and why.
        cautions: what is worth a second look.
        X: the features of all rows, shape (rows, features), float64, in the columns' own units.
        labels: the rows' classes.
    """

    table: Table
    encoding: Encoding
    left_out: tuple[LeftOut, ...]
    cautions: tuple[Caution, ...]
    X: NDArray[np.float64]
    labels: Labels

    def scaled(self) -> Dataset:
        """The rows as samples on the scale of training, which is taken of all rows."""
        return self.dataset(self.encoding.scaling(self.X).scaled(self.X))

    def dataset(self, X: NDArray[np.float64]) -> Dataset:
        """The rows as samples with these features, such as scaled ones."""
        labels, encoding = self.labels, self.encoding
        return Dataset(
            X.astype(np.float32), labels.codes, labels.names, encoding.names, encoding.image_shape
        )


def prepare(
    source: Any,
    target: str,
    *,
    leave_out: Collection[str] = (),
    missing: str = "refuse",
    **reading: Any,
) -> Prepared:
    r"""Read a table and decide how it will be used, without training yet.

    Args:
        source: a file, files, or a frame, as for ``read_table``; or a Table that it has read.
        target: the column of the classes.
        leave_out: columns that are not to be used, or a single one.
        missing: ``refuse`` missing cells, or ``impute`` them: see ``Feature``.
        **reading: more of ``read_table``'s arguments.

    Raises:
        ArgumentError: if an argument is not allowed, or there is no such column.
        TableError: if the table cannot be read or used.

    Example:
        >>> with open("shapes.csv", "w") as file:
        ...     _ = file.write("sides,round,kind\n" + "3,no,hat\n4,no,box\n0,yes,disc\n" * 5)
        >>> prepare("shapes.csv", "kind").encoding.names
        ('sides', 'round=yes')
    """
    if missing not in MISSING:
        raise ArgumentError(one_of("missing", missing, MISSING))
    leave_out = (leave_out,) if isinstance(leave_out, str) else tuple(leave_out)
    table = source if isinstance(source, Table) else read_table(source, **reading)
    words = reading.get("missing_words", ())
    encoding, left = plan(
        table,
        target,
        leave_out=leave_out,
        missing=missing,
        missing_words=(words,) if isinstance(words, str) else tuple(words),
    )
    labels = table.labels(target)
    noticed = cautions(table, target, [feature.column for feature in encoding.features])
    return Prepared(table, encoding, left, noticed, encoding.encode(table), labels)
