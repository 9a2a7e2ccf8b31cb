"""Separated texts and JSON lines that must be refused, with the words of the refusal.

In the words {} stands for the path. They are regular expressions, for the whole message.
"""

from __future__ import annotations

import shlex

from corpus import Case, exact, lines, with_cell
from corpus_files import NO_TEXT, NUL
from corpus_good import column, many

PLAIN = lines()
NUMBERS = [f"{i}.5" for i in range(30)]


def bad_number(name: str, cell: str, said: str | None = None) -> Case:
    """A word on line 5 of a column of numbers, under its name in the message."""
    word = cell.strip()
    option = f"--missing-words {shlex.quote(word)}"
    remedy = f"missing_words='{word}' in Python, {option} on the command line"
    said = said or (
        f"column 'x' holds numbers, but {cell!r} there is none. If it stands for a missing cell, "
        f"say so ({remedy}; to train all the same add --missing impute); else mend the cell."
    )
    return Case(name, with_cell(PLAIN, 5, "1.75", cell), "{}, line 5: " + exact(said))


LARGE = (
    "column 'x' must be finite in float32, at most 3.4e+38. Got '{}' instead. Mend the cell, or "
    "leave the column out."
)
UNCLOSED = exact(
    'a quote (") that opens there is not closed within 131072 characters or by the end of the '
    "file. Close it, or write two of them for one that belongs to the text."
)
RAGGED = exact(
    "a row must have 3 cells, as the first line has. Got {} instead. Is a cell with the delimiter "
    "in it not quoted, or the delimiter another?"
).replace(r"\{\}", "{}")

SHAPES = [
    Case(
        "a row too short",
        with_cell(PLAIN, 9, "3.75,", ""),
        "{}, line 9: " + RAGGED.replace("{}", "2"),
    ),
    Case(
        "a row too long",
        with_cell(PLAIN, 9, "3.75,", "3.75,1,"),
        "{}, line 9: " + RAGGED.replace("{}", "4"),
    ),
    Case(
        "a row too long after line breaks in quotes",
        with_cell(PLAIN.replace("w1", '"w\n1"'), 41, "b", "b,9"),
        "{}, line 41: " + RAGGED.replace("{}", "4"),
    ),
    Case(
        "a row too long after empty lines",
        "\n\n\n" + with_cell(PLAIN, 9, "3.75,", "3.75,1,"),
        "{}, line 12: " + RAGGED.replace("{}", "4"),
    ),
    Case(
        "a comma at the end of rows only",
        PLAIN.replace("a\n", "a,\n").replace("b\n", "b,\n"),
        "{}, line 2: " + RAGGED.replace("{}", "4"),
    ),
    Case(
        "a decimal comma among commas",
        with_cell(PLAIN, 9, "3.75", "3,75"),
        "{}, line 9: " + RAGGED.replace("{}", "4"),
    ),
    Case(
        "a line of spaces",
        with_cell(PLAIN, 9, "3.75,w1,b", "   "),
        "{}, line 9: " + RAGGED.replace("{}", "1"),
    ),
    Case(
        "a comment in the middle",
        PLAIN + "# the end\n",
        "{}, line 32: " + RAGGED.replace("{}", "1"),
    ),
    Case("a quote never closed", with_cell(PLAIN, 9, "w1", '"w1'), "{}, line 9: " + UNCLOSED),
    Case("a quote never closed at the end", PLAIN + '1.5,"w', "{}, line 32: " + UNCLOSED),
    Case(
        "a quote never closed among odd quotes",
        PLAIN.replace("w1", '5"') + '1.5,"w\n',
        "{}, line 32: " + UNCLOSED,
    ),
    Case(
        "a quote never closed in a large file",
        with_cell(PLAIN, 9, "w1", '"w1') + "9.5,w,a\n" * 200_000,
        "{}, line 9: " + UNCLOSED,
    ),
    Case(
        "spaces between numbers",
        "x y\n" + "1.5 2\n2.5 3\n" * 9,
        r"{}: the numbers are separated by spaces\. Got '1\.5 2' as one cell\. .*",
    ),
    Case(
        "two columns of one name",
        "x,x,y\n1,2,a\n3,4,b\n",
        r"{}, line 1: columns 1 and 2 have the same name, 'x' and 'x'\. Rename one of them\.",
    ),
    Case(
        "names that look the same",
        "é,e\u0301,y\n1,2,a\n3,4,b\n",
        r"{}, line 1: columns 1 and 2 have names that look the same, 'é' and 'e\u0301'\. .*",
    ),
    Case(
        "names that differ in what is unseen",
        "x,x\u200b,y\n1,2,a\n3,4,b\n",
        r"{}, line 1: columns 1 and 2 have names that look the same, .*",
    ),
    Case(
        "a first line of two megabytes",
        "x" * 2_000_000 + "\n1\n",
        r"{}: the first line is too long for .*",
    ),
]

CELLS = [
    bad_number("NA among numbers", "NA"),
    bad_number("None among numbers", "None"),
    bad_number("null among numbers", "null"),
    bad_number("nan among numbers", "nan"),
    bad_number("inf among numbers", "inf"),
    bad_number("a question mark among numbers", "?"),
    bad_number("a word among numbers", "abc"),
    bad_number("a number with a letter", "1.7S"),
    bad_number("hexadecimal among numbers", "0x1F"),
    bad_number("an underscore in a number", "1_000"),
    bad_number("two points in a number", "1.7.5"),
    bad_number("a dash that is no minus", "\u22121.75"),
    bad_number("1e400", "1e400", LARGE.format("1e400")),
    bad_number("-1e39", "-1e39", LARGE.format("-1e39")),
    bad_number("40 digits", "1" * 40, LARGE.format("1" * 40)),
    Case(
        "a formula among numbers",
        with_cell(PLAIN, 5, "1.75", "=1+1"),
        r"{}, line 5: column 'x' holds numbers, but '=1\+1' there is none\. .*",
    ),
    Case(
        "half of the numbers NA",
        column(["NA", "1.5"] * 15),
        r"{}, line 2: column 'v' holds numbers, but 'NA' there is none, as in 14 other cells\. .*",
    ),
    Case(
        "a word far on",
        PLAIN + "9.5,w,a\n" * 300_000 + "oops,w,a\n",
        r"{}, line 300032: column 'x' holds numbers, but 'oops' there is none\. .*",
    ),
    Case(
        "a word far on among different numbers",
        "x,y\n" + "".join(f"{i}.5,{'ab'[i % 2]}\n" for i in range(600_000)) + "oops,a\n",
        r"{}, line 600002: column 'x' holds numbers, but 'oops' there is none\. .*",
    ),
    Case(
        "a word after lines in quotes",
        with_cell(PLAIN.replace("w1", '"w\n1"'), 41, "14.75", "oops"),
        r"{}, line 41: column 'x' holds numbers, but 'oops' there is none\. .*",
    ),
    Case(
        "commas that may be either",
        "v,y\n" + '"1,234",a\n"2,345",b\n' * 15,
        r"{}, line 2: column 'v' has commas that could stand before a fraction or between "
        r"thousands, as in '1,234'\. Say which .*",
    ),
    *(
        Case(
            f"dates: {one}",
            column(many([f'"{one}"', f'"{other}"'])),
            r"{}, line 2: column 'v' holds dates, such as '" + exact(one) + r"', which .*",
        )
        for one, other in [
            ("2024-01-31", "2024-2-1"),
            ("2024-01-01T10:00:00Z", "2024-01-01T10:00:00.123+01:00"),
            ("2024-01-01 10:00", "2024-01-01"),
            ("2024/01/21", "2024/12/1"),
            ("21.01.2024", "1.1.24"),
            ("21/02/2024", "01/02/2024"),
            ("01/31/2024", "01/02/2024"),
            ("21-01-2024", "22-01-2024"),
            ("21 Jan 2024", "3 August 2024"),
            ("Jan 21, 2024", "May 3 2024"),
            ("11:30", "9:05 pm"),
        ]
    ),
]

TARGETS = [
    Case(
        "no such target",
        PLAIN,
        r"{} has no column 'Y'\. Its columns are x, word, y\. Did you mean 'y'\?",
        target="Y",
    ),
    Case(
        "a label missing",
        with_cell(PLAIN, 5, ",b", ","),
        r"{}, line 5: column 'y' has no label there\. Every row needs its class: .*",
    ),
    Case(
        "labels missing, as declared",
        with_cell(PLAIN, 5, ",b", ",NA"),
        r"{}, line 5: column 'y' has no label there\. .*",
        options={"missing_words": "NA"},
    ),
    Case(
        "two blank labels",
        with_cell(with_cell(PLAIN, 5, ",b", ", "), 7, ",b", ",\t"),
        r"{}, line 5: column 'y' has no label there \(and 1 more\)\. .*",
    ),
    Case(
        "one class",
        PLAIN.replace(",b", ",a"),
        r"{}: column 'y' must name at least two classes\. Got only 'a' in all 30 rows\.",
    ),
    Case(
        "a quantity as the target",
        PLAIN,
        r"{}: column 'x' must name classes\. Got 30 different "
        r"numbers in 30 rows instead\. That is regression, not classification: .*",
        target="x",
    ),
    Case(
        "a large quantity as the target",
        "x,y\n" + "".join(f"{i}.25,a\n" for i in range(900_000)),
        r"{}: column 'x' must name classes\. Got at least 1000 different numbers in 900000 .*",
        target="x",
    ),
    Case(
        "a name for each row as the target",
        column([f"n{i}" for i in range(40)]),
        r"{}: column 'v' must name classes\. Got 40 different values in 40 rows instead\. "
        r"Words may be of at most 2,500 classes, and most rows must share theirs with others: .*",
        target="v",
    ),
]

PLACES = [
    Case(
        "a quote in the header that is not closed",
        '"' + PLAIN,
        r"{}, line 1: a quote \(\"\) that opens there is not closed .*",
    ),
    Case(
        "a column's name of a hundred thousand signs",
        lines().replace("x,", "x" * 100_000 + ",", 1),
        r"{} has no column 'z'\. Its columns are .{1,400}",
        target="z",
    ),
    Case(
        "a JSON list over several lines",
        "[\n" + '{"x": 1, "y": "a"},\n' * 9 + "]",
        r"{} is a JSON list; .*",
    ),
    Case(
        "more classes than there may be",
        column([f"n{i % 3000}" for i in range(9000)]),
        r"{}: column 'v' must name classes\. Got 3000 different values in 9000 rows .*",
        target="v",
    ),
]

JSON = [
    Case(f"JSON: {name}", content, error, file="a.jsonl")
    for name, content, error in [
        (
            "not closed",
            '{"x": 1, "y": "a"\n',
            r"{}, line 1: this is not JSON: .* at character \d+\. .*",
        ),
        ("a list", '{"x": 1, "y": "a"}\n[1, 2]\n', r"{}, line 2: a line must be one object, .*"),
        (
            "nested",
            '{"x": {"z": 1}, "y": "a"}\n',
            r"{}, line 1: column 'x' must hold words, .* or null\. Got a nested .*",
        ),
        (
            "a list in a cell",
            '{"x": [1], "y": "a"}\n',
            r"{}, line 1: column 'x' must .* Got a list .*",
        ),
        ("nested too deep", '{"x": ' + "[" * 100_000 + "\n", r"{}, line 1: this is not JSON: .*"),
        (
            "a key twice",
            '{"x": 1, "x": 2}\n',
            r"{}, line 1: the key 'x' stands twice in one object\.",
        ),
        ("no keys", "{}\n{}\n", "{} has no rows with a key\\."),
        (
            "a key of its own in each line",
            "".join(f'{{"x{i}": 1}}\n' for i in range(1_100)),
            (
                r"{}: the lines must have the same keys, but for some\. Got 1100 keys in 1100 "
                r"lines with 1 each on average instead\. Keep the keys that most lines have\."
            ),
        ),
        (
            "NaN",
            '{"x": NaN, "y": "a"}\n' + '{"x": 1.5, "y": "b"}\n{"x": 2, "y": "a"}\n' * 9,
            r"{}, line 1: column 'x' holds numbers, but 'NaN' there is none\. .*",
        ),
        (
            "1e400",
            '{"x": 1, "y": "b"}\n{"x": 2, "y": "a"}\n' * 9 + '{"x": 1e400, "y": "a"}\n',
            r"{}, line 19: column 'x' must be finite in float32, .* Got '1e400' instead\. .*",
        ),
        ("a NUL", '{"x": 1, "y": "b"}\n\0\n', "{}, line 2: " + NUL),
    ]
]

BAD = [*NO_TEXT, *SHAPES, *CELLS, *TARGETS, *PLACES, *JSON]
