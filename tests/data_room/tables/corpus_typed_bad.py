"""Damaged and hostile files that have types of their own: Parquet, Arrow, NumPy."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from corpus import Case
from corpus_typed import DAYS, FLOATS, ROWS, X, Y, flipped, npy, npz, parquet_of, zipped

DAMAGED = r"{} is a damaged .* file: .*"

TYPED_BAD = [
    Case("Parquet: cut short", FLOATS[: len(FLOATS) // 2], DAMAGED, file="a.parquet"),
    Case("Parquet: no foot", FLOATS[:-8] + b"\0\0\0\0PAR1", DAMAGED, file="a.parquet"),
    Case("Parquet: a bit turned over", flipped(FLOATS, 9000), DAMAGED, file="a.parquet"),
    Case(
        "Parquet: a foot of rubbish",
        FLOATS[:-200] + b"\xff" * 192 + FLOATS[-8:],
        DAMAGED,
        file="a.parquet",
    ),
    Case(
        "Parquet: no rows",
        parquet_of({"x": pa.array([], pa.float64()), "y": pa.array([], pa.string())}),
        r"{} has no rows\.",
        file="a.parquet",
    ),
    Case(
        "Parquet: a list in each cell",
        parquet_of({"x": [[1, 2]] * ROWS, "y": Y}),
        r"{}: column 'x' must hold words or numbers\. Got list<.*> instead\. Take it apart .*",
        file="a.parquet",
        options={"kinds": None},
    ),
    Case(
        "Parquet: bytes",
        parquet_of({"x": [b"a"] * ROWS, "y": Y}),
        r"{}: column 'x' must hold words or numbers\. Got binary instead\. .*",
        file="a.parquet",
    ),
    Case(
        "Parquet: dates",
        parquet_of({"x": DAYS, "y": Y}),
        r"{}, row 1: column 'x' holds dates, such as '2024-01-01', which .*",
        file="a.parquet",
    ),
    Case(
        "Parquet: times",
        parquet_of({"x": pa.array(DAYS).cast(pa.timestamp("us", "UTC")), "y": Y}),
        r"{}, row 1: column 'x' holds dates, such as '2024-01-01 .*', which .*",
        file="a.parquet",
    ),
    Case(
        "Parquet: infinity",
        parquet_of({"x": [np.inf if i == 7 else x for i, x in enumerate(X)], "y": Y}),
        r"{}, row 8: column 'x' .*'inf'.*",
        file="a.parquet",
    ),
    Case(
        "Parquet: beyond float32",
        parquet_of({"x": [1e300 if i == 7 else x for i, x in enumerate(X)], "y": Y}),
        r"{}, row 8: column 'x' must be finite in float32, .* Got '1e\+300' instead\. .*",
        file="a.parquet",
    ),
    Case(
        "Parquet: a missing label",
        parquet_of({"x": X, "y": [None, *Y[1:]]}),
        r"{}, row 1: column 'y' has no label there\. .*",
        file="a.parquet",
    ),
    Case(
        "Parquet: many rows in few bytes",
        parquet_of({f"x{i}": pa.array(np.zeros(2_000_000, bool)) for i in range(30)}),
        r"{} claims 2000000 rows of 30 columns in \d+ bytes, as a file .*",
        file="a.parquet",
    ),
    Case(
        "called Parquet",
        "x,y\n1,a\n",
        r"{} is called a parquet file, but does not begin as one\. .*",
        file="a.parquet",
    ),
    Case(
        "Arrow: cut short",
        b"ARROW1\0\0" + b"\xff\xff\xff\xff\0\1\0\0rubbish" * 9,
        DAMAGED,
        file="a.arrow",
    ),
    Case(
        "Arrow: a stream of rubbish",
        b"\xff\xff\xff\xff\xff\xff\xff\x7frubbish",
        DAMAGED,
        file="a.arrow",
    ),
    Case(
        "npy: objects",
        npy(np.array([1, "a"], object)),
        r"{} holds Python objects, which only pickle reads, and pickle can run code\. .*",
        file="a.npy",
    ),
    Case(
        "npy: cut short",
        npy(np.zeros((100, 3)))[:-9],
        r"{} is a damaged NumPy file: an array \(100, 3\) .*",
        file="a.npy",
    ),
    Case(
        "npy: a giant claimed",
        npy(np.zeros((3, 3))).replace(b"(3, 3), }      ", b"(99999999, 9)} "),
        r"{} is a damaged NumPy file: an array \(99999999, 9\) of float64 does not fill it\.",
        file="a.npy",
    ),
    Case(
        "npy: a head of rubbish",
        npy(np.zeros((3, 3))).replace(b"descr", b"\xff\xff\xff\xff\xff"),
        r"{} is a damaged NumPy file: .*",
        file="a.npy",
    ),
    Case(
        "npy: complex",
        npy(np.zeros((3, 3), complex)),
        r"{}: column 'x0' must hold words or numbers\. .*",
        file="a.npy",
    ),
    Case(
        "npy: a single number",
        npy(np.float64(3)),
        r"{} must hold arrays with one entry a row, .*",
        file="a.npy",
    ),
    Case(
        "npy: five dimensions",
        npy(np.zeros((3, 2, 2, 2, 2))),
        r"{}: an array must have the shape .*",
        file="a.npy",
    ),
    Case(
        "npz: several lengths",
        npz(x_train=np.zeros((6, 2)), x_test=np.zeros((2, 2))),
        r"{} must hold arrays .*all of one length\. Got x_train \(6, 2\), x_test \(2, 2\) .*",
        file="a.npz",
    ),
    Case(
        "npz: objects",
        npz(X=np.array([1, "a"], object)),
        r"{} holds Python objects, .*",
        file="a.npz",
    ),
    Case(
        "npz: an Excel file",
        zipped(**{"xl/workbook.xml": b"<x/>"}),
        r"{} is an archive of other files than arrays, as Excel's .*",
        file="a.npz",
    ),
    Case(
        "Excel",
        zipped(**{"xl/workbook.xml": b"<x/>"}),
        r"{} is an archive of other files .*",
        file="a.xlsx",
    ),
    Case(
        "npz: a bomb",
        zipped(**{"X.npy": npy(np.zeros(12_000_000))}),
        r"{} inflates more than 300 times, .*",
        file="a.npz",
    ),
    Case(
        "npz: a damaged name in its list",
        npz(é=np.arange(9.0)).replace("é".encode(), b"\xdd\x41"),
        r"{} is a damaged NumPy file: .*",
        file="a.npz",
    ),
    Case(
        "npz: damaged",
        flipped(npz(X=np.arange(999.0)), 600),
        r"{} is a damaged NumPy file: .*",
        file="a.npz",
    ),
    Case(
        "npz: two arrays of pictures",
        npz(a=np.zeros((3, 4, 4)), b=np.zeros((3, 4, 4))),
        r"{} holds 2 arrays of pictures\. Save one of them alone\.",
        file="a.npz",
    ),
    Case(
        "Parquet: no columns",
        parquet_of({}),
        r"{}: there are no columns\.",
        file="a.parquet",
    ),
    Case(
        "npy: no columns",
        npy(np.zeros((5, 0))),
        r"{}: there are no columns\.",
        file="a.npy",
    ),
    Case(
        "npy: entries of no size",
        npy(np.zeros(3, [("x", "S0")])["x"]),  # np.zeros(3, "S0") alone would make it S1
        r"{} is a damaged NumPy file: its entries have no size\.",
        file="a.npy",
    ),
    Case(
        "npy: signs that no text has",
        npy(np.array(["ab", "cd"])).replace("a".encode("utf-32-le"), b"\0\0\x11\0"),
        r"{} is a damaged NumPy file: column 'x0' holds signs that no text has\.",
        file="a.npy",
    ),
]
