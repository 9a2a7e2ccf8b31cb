"""Odd tables that must be read, and read as Python's csv module reads them."""

from __future__ import annotations

import codecs
import gzip

from corpus import Case, lines, with_cell

PLAIN = lines()


def column(cells: list[str], name: str = "v") -> str:
    """A table of a column under test and a class."""
    rows = [f"{cell},{'ab'[i % 2]}" for i, cell in enumerate(cells)]
    return f"{name},y\n" + "\n".join(rows) + "\n"


def many(cells: list[str], rows: int = 40) -> list[str]:
    return [cells[i % len(cells)] for i in range(rows)]


def kind(name: str, cells: list[str], expected: str, **more: object) -> Case:
    return Case(name, column(cells), kinds={"v": expected}, **more)  # type: ignore[arg-type]


NUMBERS = [f"{i}.5" for i in range(30)]

ENCODINGS = [
    Case("plain", PLAIN, kinds={"x": "number", "word": "category", "y": "category"}, rows=30),
    Case("UTF-8 with a mark", codecs.BOM_UTF8 + PLAIN.encode(), text="utf-8-sig"),
    Case("UTF-16 with a mark", PLAIN.encode("utf-16"), text="utf-16"),
    Case("UTF-16 big end first", codecs.BOM_UTF16_BE + PLAIN.encode("utf-16-be"), text="utf-16"),
    Case("UTF-16 without a mark", PLAIN.encode("utf-16-le"), text="utf-16-le"),
    Case("UTF-16 big end without a mark", PLAIN.encode("utf-16-be"), text="utf-16-be"),
    Case("UTF-32 with a mark", PLAIN.encode("utf-32"), text="utf-32"),
    Case("Latin-1", PLAIN.replace("w1", "größe").encode("latin-1"), text="latin-1"),
    Case("Windows-1252", PLAIN.replace("w1", "„so“").encode("cp1252"), text="cp1252"),
    Case(
        "Latin-1 asked for",
        PLAIN.replace("w1", "é").encode("latin-1"),
        options={"encoding": "latin-1"},
        text="latin-1",
    ),
    Case(
        "Japanese asked for",
        PLAIN.replace("w1", "日本").encode("shift_jis"),
        options={"encoding": "shift_jis"},
        text="shift_jis",
    ),
    Case("emoji and right-to-left", PLAIN.replace("w1", "🙂").replace("w2", "שלום")),
    Case("gzip", gzip.compress(PLAIN.encode()), file="a.csv.gz", text=None, rows=30),
    Case("gzip by another name", gzip.compress(PLAIN.encode()), text=None, rows=30),
    Case(
        "two gzip members",
        gzip.compress(PLAIN.encode()) + gzip.compress(lines(10, head=False).encode()),
        file="a.csv.gz",
        text=None,
        rows=40,
    ),
    Case("no extension", PLAIN, file="table", rows=30),
    Case("another extension", PLAIN, file="table.dat", rows=30),
    Case("a name like a glob", PLAIN, file="a[1].csv", rows=30),
]

SHAPES = [
    Case("semicolons", lines(sep=";"), delimiter=";"),
    Case("tabs", lines(sep="\t"), delimiter="\t", file="a.tsv"),
    Case("bars", lines(sep="|"), delimiter="|"),
    Case("colons asked for", lines(sep=":"), delimiter=":", options={"delimiter": ":"}),
    Case("tab by its word", lines(sep="\t"), delimiter="\t", options={"delimiter": "tab"}),
    Case("spaces asked for", lines(sep=" "), delimiter=" ", options={"delimiter": " "}),
    Case("CRLF", lines(end="\r\n")),
    Case("returns only", lines(end="\r")),
    Case("mixed line ends", lines(9, end="\r\n") + lines(9, head=False, end="\r") + "9,w,a\n"),
    Case("no newline at the end", PLAIN.rstrip("\n")),
    Case("empty lines between", PLAIN.replace("\n", "\n\n", 7)),
    Case("empty lines at the start", "\n\n" + PLAIN),
    Case("empty lines at the end", PLAIN + "\n\n\r\n"),
    Case(
        "all cells quoted",
        "\n".join(",".join(f'"{cell}"' for cell in row.split(",")) for row in PLAIN.splitlines())
        + "\n",
    ),
    Case("a delimiter in quotes", PLAIN.replace("w1", '"w,1"')),
    Case("a newline in quotes", PLAIN.replace("w1", '"w\n1"')),
    Case("CRLF in quotes", lines(end="\r\n").replace("w1", '"w\r\n1"')),
    Case("a return in quotes", PLAIN.replace("w1", '"w\r1"')),
    Case("doubled quotes", PLAIN.replace("w1", '"say ""w1"""')),
    Case("only quotes", PLAIN.replace("w1", '""""')),
    Case("a quote inside a word", PLAIN.replace("w1", '5" pipe')),
    Case("words after a quote", PLAIN.replace("w1", '"w"1')),
    Case("a quote after a space", PLAIN.replace(",w1", ', "w1"')),
    Case("an apostrophe", PLAIN.replace("w1", "w'1")),
    Case("backslashes", PLAIN.replace("w1", "w\\1\\")),
    Case("quoted empty cells", PLAIN.replace("w1", '""')),
    Case("a header of quotes over two lines", PLAIN.replace("word", '"wo\nrd"')),
    Case("sep= above the header", "sep=;\n" + lines(sep=";"), delimiter=";", skip=2),
    Case("no header", lines(head=False), target="x2", skip=0, kinds={"x0": "number"}),
    Case(
        "no header asked for",
        "c,y\n" + "red,a\nblue,b\n" * 9,
        target="x1",
        skip=0,
        options={"header": False},
    ),
    Case("a header asked for", "1,2\n" + "3,a\n4,b\n" * 9, target="2", options={"header": True}),
    Case("a header with numbers", "id2,2019,y\n" + "0.5,1,a\n0.7,2,b\n" * 9),
    Case("words only, with a header", "c,y\n" + "red,a\nblue,b\n" * 9),
    Case("words only, without", "red,a\n" + "blue,b\nred,a\n" * 9, target="x1", skip=0),
    Case("spaces around the names", PLAIN.replace("x,word,y", "x , word, y")),
    Case(
        "an index without a name",
        "," + "\n".join(f"{i - 1},{row}" if i else row for i, row in enumerate(PLAIN.splitlines())),
        kinds={"x0": "identifier"},
        text=None,
        rows=30,
    ),
    Case("names with line breaks and tags", PLAIN.replace("word", "<script>alert(1)</script>")),
    Case("names that differ in capitals", PLAIN.replace("word", "X")),
    Case(
        "a comma at every line's end",
        "\n".join(row + "," for row in PLAIN.splitlines()),
        kinds={"x3": "constant"},
    ),
    Case(
        "1,000 columns",
        "\n".join(
            ",".join(
                [
                    *(f"c{j}" if i == 0 else f"{i}.{j}" for j in range(1000)),
                    "y" if i == 0 else "ab"[i % 2],
                ]
            )
            for i in range(12)
        )
        + "\n",
        rows=11,
    ),
    Case(
        "1,000 classes", "x,y\n" + "".join(f"{i}.5,c{i % 1000}\n" for i in range(3000)), rows=3000
    ),
    Case("a long cell", PLAIN.replace("w1", "w" * 100_000, 1)),
]

WORDS = [
    Case("labels with zeros", "x,y\n" + "0.5,01\n1.5,1\n2.5,001\n" * 9, classes=["001", "01", "1"]),
    Case(
        "labels NA, None and null",
        "x,y\n" + "0.5,NA\n1.5,None\n2.5,null\n3.5,nan\n" * 9,
        classes=["NA", "None", "nan", "null"],
    ),
    Case("labels 1 and 1.0", "x,y\n" + "0.5,1\n1.5,1.0\n" * 9, classes=["1", "1.0"]),
    Case(
        "labels of numbers in their order",
        "x,y\n" + "0.5,10\n1.5,9\n1,2\n" * 9,
        classes=["2", "9", "10"],
    ),
    Case("labels with spaces", "x,y\n" + "0.5, a\n1.5,a\n" * 9, classes=[" a", "a"]),
    Case("labels true and false", "x,y\n" + "0.5,True\n1.5,False\n" * 9, classes=["False", "True"]),
    Case(
        "labels that are formulas",
        "x,y\n" + "0.5,=1+1\n1.5,@SUM(A1)\n2.5,-a\n" * 9,
        classes=["-a", "=1+1", "@SUM(A1)"],
    ),
    Case(
        "labels that are tags",
        "x,y\n" + "0.5,<script>alert(1)</script>\n1.5,<b>\n" * 9,
        classes=["<b>", "<script>alert(1)</script>"],
    ),
    Case(
        "labels that are dates",
        "x,y\n" + "0.5,2024-01-01\n1.5,2024-01-02\n" * 9,
        classes=["2024-01-01", "2024-01-02"],
    ),
    Case(
        "labels that are 1e400 and inf",
        "x,y\n" + "0.5,1e400\n1.5,inf\n" * 9,
        classes=["1e400", "inf"],
    ),
    Case(
        "labels of 40 digits",
        "x,y\n" + f"0.5,{'1' * 40}\n1.5,{'1' * 39}2\n" * 9,
        classes=["1" * 40, "1" * 39 + "2"],
    ),
    Case(
        "labels of several scripts",
        "x,y\n" + "0.5,é\n1.5,e\u0301\n2.5,日本\n" * 9,
        classes=["e\u0301", "é", "日本"],
    ),
    Case(
        "missing words declared",
        with_cell(PLAIN, 5, "1.75", "NA"),
        options={"missing_words": ["NA"]},
        kinds={"x": "number"},
        text=None,
        rows=30,
    ),
    Case(
        "empty and blank cells",
        with_cell(with_cell(PLAIN, 5, "1.75", ""), 6, "2.25", "  "),
        kinds={"x": "number"},
        text=None,
        rows=30,
    ),
]

KINDS = [
    kind("numbers", NUMBERS, "number"),
    kind("numbers with signs", [f"{'+-'[i % 2]}{i}.5" for i in range(30)], "number"),
    kind("numbers with exponents", [f"{i}e-3" for i in range(30)], "number"),
    kind("numbers without a whole", [f".{i + 1}" for i in range(30)], "number"),
    kind("numbers with spaces around", [f" {i}.5 " for i in range(30)], "number"),
    kind("negative zeros", many(["-0", "0", "1"]), "number"),
    kind("tiny numbers", many(["1e-400", "1", "2"]), "number"),
    kind("zeros and ones", many(["0", "1"]), "number"),
    kind("floats that are whole", many(["1.0", "2.0", "3.0"]), "number"),
    kind("thousands in quotes", [f'"{i + 1},234,567.5"' for i in range(30)], "number"),
    kind("whole numbers past 2**53", [str(2**53 + i) for i in range(30)], "number"),
    kind("true and false", many(["true", "FALSE", "True"]), "boolean"),
    kind("yes and no", many(["yes", "No"]), "boolean"),
    kind("t and f", many(["t", "f"]), "boolean"),
    kind("y and n", many(["Y", "N"]), "boolean"),
    kind("words", many(["red", "green", "blue"]), "category"),
    kind("codes with zeros", many(["007", "012", "113"]), "category"),
    kind("postal codes, all different", [f"{i:05d}" for i in range(30)], "identifier"),
    kind("hexadecimal", many(["0x1F", "0x2A", "0xFF"]), "category"),
    kind("underscored numbers", many(["1_000", "2_000", "3_000"]), "category"),
    kind("numbers in other digits", many(["\u0661\u0662", "\u0663\u0664"]), "category"),
    kind("numbers with units", many(["5 kg", "6 kg", "7 kg"]), "category"),
    kind("shares in per cent", many(["5%", "6%", "7%"]), "category"),
    kind("sizes, half of them numbers", many(["38", "40", "S", "M"]), "category"),
    kind("versions", many(["1.2.3", "1.2.4", "2.0.0"]), "category"),
    kind("addresses", many(["10.0.0.1", "10.0.0.2"]), "category"),
    kind("hashes, all different", [f"{i:x}f{i:031x}" for i in range(30)], "identifier"),
    kind(
        "sentences", [f"{i} is a number which he said aloud and often" for i in range(30)], "text"
    ),
    kind("one word", many(["red"]), "constant"),
    kind("one number", many(["1.5"]), "constant"),
    kind("nothing", many([""]), "constant"),
]

# A header may begin with the letters that a binary file begins with.
LETTERS = [
    Case(f"a header that begins with {word}", lines().replace("x,", f"{word},", 1), kinds={})
    for word in ("PAR1", "PARENT", "ARROW1", "FEA1", "ORCA", "GIF89", "BZh9", "Rar!")
]

NAMED = [
    *LETTERS,
    Case("an index of rows before x0 and x1", ",x0,x1,y\n" + "7,1.5,2,a\n9,2.5,3,b\n" * 15),
    Case(
        "an id",
        column([str(7 * i) for i in range(30)], "customer_id"),
        kinds={"customer_id": "identifier"},
    ),
    Case(
        "an id, capital",
        column([str(7 * i) for i in range(30)], "userId"),
        kinds={"userId": "identifier"},
    ),
    Case("an id that comes again", column(many(["1", "2", "3"]), "id"), kinds={"id": "number"}),
    Case("decimal commas", lines(sep=";").replace(".", ","), delimiter=";", kinds={"x": "number"}),
    Case(
        "decimal commas asked for",
        "v,y\n" + '"1,234",a\n"2,345",b\n' * 15,
        options={"decimal": ","},
        kinds={"v": "number"},
    ),
    Case(
        "thousands asked for",
        "v,y\n" + '"1,234",a\n"2,345",b\n' * 15,
        options={"decimal": "."},
        kinds={"v": "number"},
    ),
    Case(
        "a kind asked for",
        column(many(["1", "2", "3+"])),
        options={"kinds": {"v": "category"}},
        kinds={"v": "category"},
    ),
]

GOOD = [*ENCODINGS, *SHAPES, *WORDS, *KINDS, *NAMED]
