"""What a command's arguments name: data, one example, the file to write."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

from classlens.cli.options import cells_of, example_of
from classlens.cli.terminal import ERR, with_progress
from classlens.errors import ArgumentError, did_you_mean, listed
from classlens.files import check_target

if TYPE_CHECKING:
    from classlens.data.dataset import Dataset
    from classlens.lab import Lab
    from classlens.model import Model
    from classlens.tabular.preparing import Prepared


def is_table(word: str) -> bool:
    """Whether DATA stands for a file, and not for a data set of that name."""
    from classlens.data import shipped, toys  # noqa: PLC0415 - load NumPy

    return word not in toys.TOYS and word not in shipped.SHIPPED


def refuse_neither(word: str) -> None:
    """Refuse a word that is no data set's name, and does not look like a file's.

    Raises:
        ArgumentError: if it is neither.
    """
    from classlens.data import shipped, toys  # noqa: PLC0415 - load NumPy

    if not (Path(word).suffix or Path(word).name != word or Path(word).exists()):
        names = [*toys.TOYS, *shipped.SHIPPED]
        raise ArgumentError(
            f"DATA must be a file, or one of {', '.join(names)}. Got {word!r}, of which there is "
            f"neither.{did_you_mean(word, names)}"
        )


def named_data(word: str) -> Dataset:
    """The data set of a name.

    Raises:
        MissingLibraryError: if its library is not installed.
    """
    from classlens.data import shipped, toys  # noqa: PLC0415 - load NumPy

    return toys.toy(word) if word in toys.TOYS else shipped.load(word)


def prepared_table(
    word: str,
    target: str | None,
    missing: str,
    reading: dict[str, Any],
    leave_out: Collection[str] = (),
) -> Prepared:
    """The table in a file, ready to be learned from.

    Raises:
        ArgumentError: if it is neither a file nor a data set, or no target is named; the message
            then names the columns.
        TableError: if it cannot be used.
    """
    if target is None:
        refuse_neither(word)
        from classlens.data.tables.reading import read_table  # noqa: PLC0415 - loads pyarrow

        names = [column.name for column in read_table(word, **reading).columns]
        raise ArgumentError(
            f"--target is missing: name the column of the classes. {word} has {listed(names)}."
        )
    from classlens.tabular.preparing import prepare  # noqa: PLC0415 - loads pyarrow

    return prepare(word, target, leave_out=leave_out, missing=missing, **reading)


def model_in(path: Path) -> Model:
    """The model in a file of any library; of another one's it is said what its output was.

    Raises:
        ArgumentError: if the path is none, or the file does not tell its activations.
        MissingLibraryError: if the library is not installed that reads it.
        ModelFileError: if it cannot be used.
    """
    from classlens.io import foreign  # noqa: PLC0415 - loads NumPy

    found = foreign.read(path)
    for note in found.notes:  # not among what a program may read
        ERR.say(f"{path}: {note}")
    return found.model


def examples_for(
    model: Model, word: str, *, target: str | None = None, reading: dict[str, Any]
) -> Dataset:
    """The data set of that name, or the samples in the file of that name.

    Args:
        model: what the samples are for.
        word: a toy problem, a shipped table, or a path as for ``read_table``.
        target: a file's column of the classes; that of the training by default.
        reading: more of ``read_table``'s arguments.

    Raises:
        ArgumentError: if there is none, or its classes are not the model's.
        TableError: if the file cannot be used.
    """
    if is_table(word):
        refuse_neither(word)
        from classlens.tabular.judging import samples_of  # noqa: PLC0415 - loads pyarrow

        return samples_of(model, word, target=target, **reading).data
    data = named_data(word)
    # Numbers of other classes would be taken for the model's.
    if data.features == model.network.inputs and data.class_names != model.class_names:
        raise ArgumentError(
            f"DATA must be of the model's classes, {listed(model.class_names)}. "
            f"Got {listed(data.class_names)} instead."
        )
    return data


def example_for(model: Model, text: str, *, unseen: str = "refuse") -> list[float]:
    """The features of the example that ``--at`` gives: by the columns of the model's table.

    Raises:
        ArgumentError: if a column is not there, or is not the model's.
        TableError: if a cell cannot be used.
    """
    if model.encoding is None:
        return example_of("--at", text, model.feature_names)
    from classlens.tabular.judging import features_of  # noqa: PLC0415 - loads pyarrow

    cells = cells_of("--at", text, [feature.column for feature in model.encoding.features])
    return [float(value) for value in features_of(model, cells, unseen=unseen)]


def the_lab() -> Lab:
    """The lab, done as its story tells it, for commands that are given no model."""
    from classlens import lab  # noqa: PLC0415 - loads JAX
    from classlens.settings import Settings  # noqa: PLC0415

    settings, samples = Settings(), lab.lab_data()
    return with_progress(lambda progress: lab.train(samples, settings, progress), settings.epochs)


def check_output(output: Path, *others: str | Path | None, option: str = "--output") -> None:
    """Refuse a file that could not be written, or is another one that the command has to do with.

    Raises:
        ArgumentError: if it is one of those.
        OutputError: if it cannot be written.
    """
    check_target(output)
    for word in others:
        named = [] if word is None else glob.glob(str(word), recursive=True) or [str(word)]  # noqa: PTH207 - may be absolute
        for path in map(Path, named):
            inside = path.is_dir() and path.resolve() in output.resolve().parents
            if inside or os.path.realpath(output) == os.path.realpath(path):
                raise ArgumentError(
                    f"{option} must not be another file of the command, nor in a folder that is "
                    f"read. Got {output} for both. Choose another one."
                )
