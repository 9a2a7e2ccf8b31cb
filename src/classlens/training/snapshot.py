"""Where a run stands, as a file: written whole, and read with suspicion.

It is a safetensors file, as the model file is, and holds numbers and words only. The metadata's
JSON says which run it is of, and has a SHA-256 of everything, so that a damaged file is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import jax
import numpy as np

from classlens import tensors
from classlens._version import __version__
from classlens.errors import ModelFileError
from classlens.reader import Reader
from classlens.tensors import Arrays, Wanted
from classlens.training.begun import check_same
from classlens.training.checkpoint import KEY, VERSION, Opened
from classlens.training.fingerprint import digest
from classlens.training.history import Parameters
from classlens.training.log import Log
from classlens.training.standing import Standing
from classlens.training.step import State

_DTYPES = {"float32": "F32", "float64": "F64", "int32": "I32", "int64": "I64"}
# The scores of the epoch at hand: one trainer sums them up in 32 bits, the other one in 64.
_EITHER = {"f": ("F32", "F64"), "i": ("I32", "I64")}


class _Numbers(NamedTuple):
    """The whole numbers of a description.

    Attributes:
        epochs: of the log.
        batch: of the standing.
        stride: of the log; the epochs that it keeps are its multiples.
        best: of the log.
        watched: the best one of the watch.
        columns: of the metrics.
    """

    epochs: int
    batch: int
    stride: int
    best: int
    watched: int
    columns: int


_ENTRIES = ("version", "written_by", "run", *_Numbers._fields, "sha256")


def write(path: Path, standing: Standing, run: Mapping[str, Any]) -> None:
    """Write where a run stands.

    Args:
        path: the file.
        standing: of a run that goes on.
        run: its fingerprint.

    Raises:
        OutputError: if it cannot be written; an older file is then untouched.
    """
    log = standing.log
    columns = log.metrics[0].shape[1] if log.metrics else 2
    numbers = _Numbers(
        log.epochs, standing.batch, log.stride, log.best, standing.watch.best, columns
    )
    description = {
        "version": VERSION,
        "written_by": f"classlens {__version__}",
        "run": dict(run),
        **numbers._asdict(),
    }
    arrays = _arrays(standing, columns)
    tensors.save(path, KEY, {**description, "sha256": _sum(description, arrays)}, arrays)


def read(found: Opened, like: Standing, run: Mapping[str, Any]) -> Standing:
    """Where a run stood.

    Args:
        found: the file.
        like: the run's beginning.
        run: its fingerprint.

    Raises:
        ArgumentError: if the file is of another run; the message says what differs.
        ModelFileError: if it is damaged.
    """
    reader = found.reader
    check_same(found, run)
    description = reader.keys(found.head.description, _ENTRIES, "its description")
    reader.word(description["written_by"], "written_by")
    numbers = _numbers(reader, description, run["epochs"])
    try:
        arrays = tensors.read(reader, found.head, _wanted(like, numbers))
    except OSError as error:
        raise ModelFileError(f"cannot read {reader.path}: {error.strerror or error}.") from error
    if description.pop("sha256") != _sum(description, arrays):
        reader.refuse("its numbers are not those that were written")
    return _standing(like, numbers, arrays)


def _numbers(reader: Reader, description: dict[str, Any], most: int) -> _Numbers:
    numbers = _Numbers(
        *(
            reader.count(description[name], name, low=int(name in ("stride", "columns")))
            for name in _Numbers._fields
        )
    )
    if numbers.epochs >= most or max(numbers.best, numbers.watched) > numbers.epochs:
        reader.refuse(
            f"a run of {most} epochs that goes on cannot have had {numbers.epochs}, the best of "
            f"them {numbers.best} and {numbers.watched}"
        )
    if numbers.columns not in (2, 4):
        reader.refuse(f"columns must be 2 or 4, and is {numbers.columns}")
    return numbers


def _groups(standing: Standing) -> dict[str, list[Any]]:
    """The arrays whose shapes are those of the run's beginning."""
    return {
        "params": jax.tree.leaves(standing.state.params),
        "optimizer": jax.tree.leaves(standing.state.optimizer),
        "step": [standing.state.step],
        "sums": jax.tree.leaves(standing.sums),
        "best": list(standing.log.best_parameters),
        "last": list(standing.log.last),
    }


def _arrays(standing: Standing, columns: int) -> Arrays:
    log = standing.log
    kept = [parameters for _, parameters in log.kept] or [tuple(a[None][:0] for a in log.first)]
    groups = {
        **_groups(standing),
        "kept": [np.concatenate(blocks) for blocks in zip(*kept, strict=True)],
        "metrics": [np.concatenate(log.metrics) if log.metrics else np.empty((0, columns))],
        "best_loss": [np.float64(standing.watch.best_loss)],
    }
    return {
        f"{name}.{number}": np.asarray(array, order="C")
        for name, arrays in groups.items()
        for number, array in enumerate(arrays)
    }


def _wanted(like: Standing, numbers: _Numbers) -> dict[str, Wanted]:
    """What the file's arrays must be."""
    wanted = {}
    for name, arrays in _groups(like).items():
        for number, array in enumerate(map(np.asarray, arrays)):
            own = (_DTYPES[array.dtype.name],)
            dtypes = _EITHER[array.dtype.kind] if name == "sums" else own
            wanted[f"{name}.{number}"] = Wanted(array.shape, dtypes)
    rows = numbers.epochs // numbers.stride
    for number, array in enumerate(like.log.first):
        wanted[f"kept.{number}"] = Wanted((rows, *array.shape), (_DTYPES[array.dtype.name],))
    wanted["metrics.0"] = Wanted((numbers.epochs, numbers.columns), ("F64",))
    wanted["best_loss.0"] = Wanted((), ("F64",))
    return wanted


def _standing(like: Standing, numbers: _Numbers, arrays: Arrays) -> Standing:
    def tree(name: str, pattern: Any) -> Any:
        structure: Any = jax.tree.structure(pattern)
        leaves = [arrays[f"{name}.{number}"] for number in range(structure.num_leaves)]
        return jax.tree.unflatten(structure, leaves)

    def parameters(name: str) -> Parameters:
        return tuple(arrays[f"{name}.{number}"] for number in range(len(like.log.first)))

    epochs, stride = numbers.epochs, numbers.stride
    kept = np.arange(stride, epochs + 1, stride)
    log: Log = replace(
        like.log,
        epochs=epochs,
        metrics=(arrays["metrics.0"],) if epochs else (),
        kept=((kept, parameters("kept")),) if len(kept) else (),
        stride=stride,
        best=numbers.best,
        best_parameters=parameters("best"),
        last=parameters("last"),
    )
    best_loss = float(arrays["best_loss.0"])
    return Standing(
        state=State(
            tree("params", like.state.params),
            tree("optimizer", like.state.optimizer),
            arrays["step.0"],
        ),
        sums=tree("sums", like.sums),
        log=log,
        watch=replace(like.watch, best=numbers.watched, best_loss=best_loss),
        batch=numbers.batch,
    )


def _sum(description: Mapping[str, Any], arrays: Arrays) -> str:
    """The SHA-256 of all that a file says."""
    words = json.dumps([description, sorted(arrays)], sort_keys=True).encode()
    return digest(np.frombuffer(words, np.uint8), *(arrays[name] for name in sorted(arrays)))
