"""Files that have types of their own, good and bad: Parquet, Arrow, NumPy."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from corpus import Case
from pyarrow import feather, ipc, parquet

ROWS = 30
X = [i * 0.5 + 0.25 for i in range(ROWS)]
Y = ["ab"[i % 2] for i in range(ROWS)]


def parquet_of(columns: dict[str, Any], **options: Any) -> Callable[[Path], None]:
    return lambda path: parquet.write_table(pa.table(columns), path, **options)


def parquet_bytes(columns: dict[str, Any], **options: Any) -> bytes:
    buffer = io.BytesIO()
    parquet.write_table(pa.table(columns), buffer, **options)
    return buffer.getvalue()


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :]


def arrow_of(columns: dict[str, Any]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        table = pa.table(columns)
        with ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)

    return write


def arrow_stream_of(columns: dict[str, Any]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        table = pa.table(columns)
        with ipc.new_stream(path, table.schema) as writer:
            writer.write_table(table)

    return write


def npy(array: Any) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


def npz(**arrays: Any) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def typed(name: str, values: Any, kind: str) -> Case:
    return Case(
        f"Parquet: {name}",
        parquet_of({"v": values, "y": Y}),
        file="a.parquet",
        kinds={"v": kind},
        rows=ROWS,
    )


FLOATS = parquet_bytes(
    {"x": np.arange(5000.0), "y": ["a", "b"] * 2500},
    write_page_checksum=True,
    compression="none",
    use_dictionary=False,
)
DAYS = [dt.date(2024, 1, 1 + i % 28) for i in range(ROWS)]
MISSING = [None if i == 3 else value for i, value in enumerate(X)]

TYPED_GOOD = [
    typed("floats", X, "number"),
    typed("floats of 16 bits", pa.array(np.asarray(X, np.float16)), "number"),
    typed("floats with nulls", MISSING, "number"),
    typed("floats with NaN", [np.nan if i == 3 else x for i, x in enumerate(X)], "number"),
    typed("integers", [i % 7 for i in range(ROWS)], "number"),
    typed("unsigned integers", pa.array(range(ROWS), pa.uint64()), "number"),
    typed("decimals", pa.array(X).cast(pa.decimal128(10, 2)), "number"),
    typed("booleans", [i % 3 == 0 for i in range(ROWS)], "boolean"),
    typed("words", [f"w{i % 3}" for i in range(ROWS)], "category"),
    typed(
        "large words", pa.array([f"w{i % 3}" for i in range(ROWS)], pa.large_string()), "category"
    ),
    typed(
        "categories", pa.array([f"w{i % 3}" for i in range(ROWS)]).dictionary_encode(), "category"
    ),
    typed("numbers as words", [str(x) for x in X], "number"),
    typed("codes as words", [f"00{i % 5}" for i in range(ROWS)], "category"),
    typed("nulls", pa.nulls(ROWS), "constant"),
    typed("durations", pa.array([dt.timedelta(seconds=i % 9) for i in range(ROWS)]), "number"),
    Case(
        "Parquet: labels of integers",
        parquet_of({"x": X, "y": [1, 10, 9] * 10}),
        file="a.parquet",
        classes=["1", "9", "10"],
    ),
    Case(
        "Parquet: labels of booleans",
        parquet_of({"x": X, "y": [True, False] * 15}),
        file="a.parquet",
        classes=["false", "true"],
    ),
    Case(
        "Parquet: several row groups",
        parquet_of({"x": X, "y": Y}, row_group_size=7),
        file="a.parquet",
        rows=ROWS,
    ),
    Case("Parquet: another name", parquet_of({"x": X, "y": Y}), file="table", rows=ROWS),
    Case(
        "JSON: numbers, words and nothing",
        '{"x": 1.50, "w": "a,b", "y": 1}\n\n{"y": "1.0", "x": null}\r\n{"w": "é", "y": "01"}\n',
        file="a.jsonl",
        classes=["01", "1", "1.0"],
        rows=3,
    ),
    Case(
        "JSON: by its first sign",
        '{"x": true, "y": "a"}\n{"x": false, "y": "b"}',
        file="table",
        kinds={"x": "boolean"},
    ),
    Case(
        "JSON: half a pair of surrogates",
        '{"x": "\\ud800", "y": "a"}\n{"x": "b", "y": "b"}',
        file="a.ndjson",
        kinds={"x": "category"},
    ),
    Case(
        "JSON: UTF-16",
        '{"x": 1.5, "y": "é"}\n{"x": 2, "y": "b"}\n'.encode("utf-16"),
        file="a.jsonl",
        classes=["b", "é"],
    ),
    Case("Arrow", arrow_of({"x": X, "y": Y}), file="a.arrow", rows=ROWS),
    Case("Arrow stream", arrow_stream_of({"x": X, "y": Y}), file="a.arrow", rows=ROWS),
    Case(
        "Feather",
        lambda path: feather.write_feather(pa.table({"x": X, "y": Y}), str(path)),
        file="a.feather",
        rows=ROWS,
    ),
    Case(
        "npy: a matrix",
        npy(np.column_stack([X, np.arange(ROWS) % 2])),
        file="a.npy",
        target="x1",
        classes=["0", "1"],
        rows=ROWS,
    ),
    Case(
        "npy: big end first",
        npy(np.column_stack([X, np.arange(ROWS) % 2]).astype(">f4")),
        file="a.npy",
        target="x1",
        rows=ROWS,
    ),
    Case(
        "npy: words",
        npy(np.column_stack([np.asarray(X).astype(str), Y])),
        file="a.npy",
        target="x1",
        kinds={"x0": "number"},
    ),
    Case(
        "npy: records",
        npy(np.array(list(zip(X, Y, strict=True)), [("x", "f8"), ("y", "U1")])),
        file="a.npy",
        kinds={"x": "number"},
    ),
    Case(
        "npz: X and y",
        npz(X=np.column_stack([X, X]), y=np.asarray(Y)),
        file="a.npz",
        kinds={"x0": "number", "x1": "number"},
    ),
    Case(
        "npz: pictures",
        npz(y=np.asarray(Y), images=np.arange(ROWS * 12).reshape(ROWS, 4, 3) % 256),
        file="a.npz",
        kinds={"pixel_0_0": "number", "pixel_3_2": "number"},
    ),
]
