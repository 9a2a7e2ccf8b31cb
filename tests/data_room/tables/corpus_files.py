"""Files that hold no text, or not the text that they should, with the words of the refusal."""

from __future__ import annotations

import gzip

from corpus import Case, exact, lines, with_cell

PLAIN = lines()
NUL = exact("there is a NUL byte, which no text holds. Is the file of another kind, ") + ".*"

FILES = [
    Case("an empty file", b"", "{} is empty\\."),
    Case("a header only", "x,y\n", r"{} has a header, x, y, and no rows below it\. If it is .*"),
    Case("empty lines only", "\n\n\r\n", "{} has no rows: it holds empty lines only\\."),
    Case("a mark only", b"\xef\xbb\xbf", "{} has no rows: it holds empty lines only\\."),
    Case("a NUL", with_cell(PLAIN, 7, "2.75", "2\0"), "{}, line 7: " + NUL),
    Case("a NUL far on", PLAIN + "9.5,w,a\n" * 700_000 + "1\0,w,a\n", "{}, line 700032: " + NUL),
    Case("zeros", b"\0" * 4096, "{}, line 1: " + NUL),
    Case("noise", bytes(range(1, 256)) * 40, "{}.*"),
    Case(
        "damaged UTF-8",
        PLAIN.replace("w1", "é").encode() + b"1.5,\xc3,a\n",
        r"{}, line 32: this is not UTF-8\. Got the byte b'\\xc3'\. Name the encoding, .*",
    ),
    Case(
        "a bad byte far on",
        PLAIN.encode() + b"9.5,w,a\n" * 400_000 + b"1.5,\xff,a\n",
        r"{}, line 400032: this is not UTF-8\. Got the byte b'\\xff'\. .*",
    ),
    Case(
        "damaged UTF-8 in the header",
        b"\xff\xffx,w\xc3\xa9,y\n" + PLAIN.encode(),
        r"{}: the first lines are not UTF-8\. Got the byte b'\\xff'\. .*",
    ),
    Case("UTF-16 cut in two", PLAIN.encode("utf-16")[:-1], r"{}, line 31: this is not utf-16\. .*"),
    Case(
        "not the encoding asked for",
        PLAIN.replace("w1", "é"),
        r"{}, line 3: this is not ascii\. Got the byte b'\\xc3'\. .*",
        options={"encoding": "ascii"},
    ),
    Case(
        "a gzip file cut short",
        gzip.compress(PLAIN.encode())[:-20],
        "{} is a damaged gzip file: .* Fetch or make it again\\.",
        file="a.csv.gz",
    ),
    Case(
        "a gzip file with a wrong sum",
        gzip.compress(PLAIN.encode())[:-8] + b"\1\2\3\4\5\6\7\0",
        "{} is a damaged gzip file: .* Fetch or make it again\\.",
        file="a.csv.gz",
    ),
    Case(
        "a gzip file with rubbish after it",
        gzip.compress(PLAIN.encode()) + b"rubbish",
        "{} is a damaged gzip file: .* Fetch or make it again\\.",
        file="a.csv.gz",
    ),
    Case("a gzip head only", b"\x1f\x8b\x08rubbish", "{} is a damaged gzip file: .*"),
    Case(
        "called gzip",
        PLAIN,
        r"{} is called a gzip file, but does not begin as one\. .*",
        file="a.csv.gz",
    ),
    Case(
        "a gzip bomb of rows",
        gzip.compress(b"x,y\n" + b"1,a\n2,b\n" * 8_000_000),
        r"{} inflates more than 150 times, as a file that was made to fill the memory would: "
        r"\d+ bytes to \d+ so far\. If it is a table after all, .*",
    ),
    Case("a gzip bomb of zeros", gzip.compress(b"\0" * 40_000_000), "{}, line 1: " + NUL),
    Case(
        "gzip in gzip",
        gzip.compress(gzip.compress(PLAIN.encode())),
        "{} is a gzip file of a gzip file\\. Decompress it first: gunzip {}",
    ),
]

FOREIGN = [
    Case(name, start + b"rubbish\n" * 20, "{} is " + exact(what) + r"\. A table must be CSV .*")
    for name, start, what in [
        ("bzip2", b"BZh91AY&SY\x94", "compressed with bzip2"),
        ("xz", b"\xfd7zXZ\0", "compressed with xz"),
        ("zstd", b"\x28\xb5\x2f\xfd", "compressed with zstd"),
        ("a PDF", b"%PDF-1.7", "a PDF"),
        ("a picture", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("HDF5", b"\x89HDF\r\n", "an HDF5 file"),
        ("SQLite", b"SQLite format 3\0", "an SQLite database"),
        ("an old Excel file", b"\xd0\xcf\x11\xe0", "an old Excel or Word file"),
        ("a pickle", b"\x80\x04\x95", "a pickle, which can run code when it is read"),
        ("a web page", b"<!DOCTYPE html><html>", "a web page"),
        ("XML", b"<?xml version='1.0'?>", "an XML file"),
        (
            "a JSON list",
            b'[{"x": 1, "y": "a"}]',
            "a JSON list; write it as JSON lines, one object a line, without the brackets",
        ),
    ]
]

NO_TEXT = [*FILES, *FOREIGN]
