"""An explanation as a document: sections of sentences and tables, as text, Markdown or HTML."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classlens.errors import printable
from classlens.explanation.findings import Finding
from classlens.explanation.phrases import Names, cell, listed, number, short_cell
from classlens.explanation.words import sentence

_WIDTH = 92
# What a section shows before it says how much it leaves out.
_MOST_UNITS = 8
_MOST_SENTENCES = 10
_MOST_SHORT = 4
# With more units the cells of the code table are short.
_MOST_IN_WORDS = 2


@dataclass(frozen=True)
class Table:
    """Rows of words under a header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """A titled part; the first one, the verdict, has no title."""

    title: str
    parts: tuple[str | Table, ...]


def document(findings: Sequence[Finding], names: Names) -> list[Section]:
    """The findings' sentences in the order in which they are told; many are summarised."""
    sections = [Section("", _sentences(_kinds(findings, "verdict"), names))]
    columns = sorted(
        _kinds(findings, "column"), key=lambda f: (f.numbers["correct"], -(f.holds or 0))
    )
    sections.append(Section("What each column is worth", tuple(_columns(columns, names))))
    layers = dict.fromkeys(
        f.subject["layer"] for f in findings if f.kind in ("code", "unit") and "layer" in f.subject
    )
    for layer in layers:
        own = [f for f in findings if f.subject.get("layer") == layer and f.kind != "output"]
        sections.append(Section(f"Layer {layer}", tuple(_layer(own, names))))
    outputs = _kinds(findings, "output")
    if outputs:
        title = f"Layer {outputs[0].subject['layer']}, the outputs"
        sections.append(Section(title, _sentences(outputs, names, 12)))
    leads = _kinds(findings, "lead")
    if leads:
        opening = "What counts is not an output by itself but its lead over the others:"
        sections.append(
            Section("The lead of the right class", (opening, _lead_table(leads, names)))
        )
    sections.append(Section("Boundaries", tuple(_boundaries(findings, names))))
    for f in _kinds(findings, "path"):
        row = f.subject["example"]
        title = "The example" if row is None else f"Example {row}"
        sections.append(Section(f"{title}, from input to class", (sentence(f, names),)))
    mistakes = sorted(_kinds(findings, "mistake"), key=lambda f: -f.numbers["lead"])
    sections.append(Section("Mistakes", _sentences(mistakes, names)))
    sections.append(
        Section("Units that could go", _sentences(_kinds(findings, "spare units"), names))
    )
    return [section for section in sections if section.parts]


def _columns(columns: Sequence[Finding], names: Names) -> Iterator[str]:
    """The columns without which the most breaks, and in one sentence those that change nothing."""
    if columns:
        yield "Each is held at its mean over the examples, and the network predicts again."
    yield from _few([sentence(f, names) for f in columns if f.holds], _MOST_SENTENCES)
    idle = [str(f.subject["column"]) for f in columns if not f.holds]
    if idle:
        yield f"No prediction changes without {listed(idle)}, one at a time."


def _layer(own: Sequence[Finding], names: Names) -> Iterator[str | Table]:
    codes = _kinds(own, "code")
    units = _kinds(own, "unit")
    if codes and len(units) <= _MOST_UNITS:
        yield _code_table(codes, names)
    elif codes:
        yield (
            f"{len(units)} units: their codes are left out here (they are among the findings), and "
            f"so are all units but those, at most {_MOST_UNITS}, without which the most "
            "predictions change."
        )
    yield from _sentences(_kinds(own, "shared code"), names, 6)
    changes = {f.subject["unit"]: f.holds or 0 for f in _kinds(own, "without")}
    shown = [f.subject["unit"] for f in units]
    if len(units) > _MOST_UNITS:
        telling = sorted((u for u in shown if changes.get(u, 1)), key=lambda u: -changes.get(u, 0))
        shown = sorted(telling[:_MOST_UNITS])
    if any(f.numbers.get("side") and f.numbers["activation"] == "relu" for f in units):
        yield "Each unit has a crease, the line where it turns on: there its sum is 0."
    for unit in shown:
        about = [f for f in own if f.subject.get("unit") == unit and f.kind != "mistake"]
        if any(f.kind == "dead unit" for f in about):
            about = [f for f in about if f.kind in ("unit", "dead unit")]
        order = ("unit", "dead unit", "always on", "split", "without")
        about.sort(key=lambda f: order.index(f.kind))
        yield " ".join(sentence(f, names) for f in about)
    yield from _sentences(_kinds(own, "one point"), names)


def _code_table(codes: Sequence[Finding], names: Names) -> Table:
    units = range(len(codes[0].numbers["bits"]))
    spelt_out = len(units) <= _MOST_IN_WORDS
    in_words = cell if spelt_out else short_cell
    return Table(
        ("class", *(f"unit {unit}" for unit in units), *(["code"] if spelt_out else [])),
        tuple(
            (
                names.classes[f.subject["class"]],
                *(
                    in_words(*values)
                    for values in zip(
                        f.numbers["bits"],
                        f.numbers["on"],
                        [f.of or 0] * len(units),
                        f.numbers["reach"],
                        strict=True,
                    )
                ),
                *([" ".join(f.numbers["bits"])] if spelt_out else []),
            )
            for f in codes
        ),
    )


def _lead_table(leads: Sequence[Finding], names: Names) -> Table:
    return Table(
        ("class", "leads for", "at worst by", "on average by"),
        tuple(
            (
                names.classes[f.subject["class"]],
                f"{f.holds} of {f.of}",
                number(f.numbers["lowest"]),
                number(f.numbers["mean"]),
            )
            for f in leads
        ),
    )


def _boundaries(findings: Sequence[Finding], names: Names) -> Iterator[str | Table]:
    yield from _sentences(_kinds(findings, "areas"), names)
    longest = sorted(_kinds(findings, "boundary"), key=lambda f: -f.numbers["length"])
    yield from _sentences(longest, names)
    yield from _sentences(_kinds(findings, "apart"), names)
    yield from _sentences(_kinds(findings, "closest call"), names)


def as_short_text(findings: Sequence[Finding], names: Names) -> str:
    """The verdict, what the units tell apart, which examples coincide, the closest call."""
    kinds = ("verdict", "split", "one point", "closest call", "spare units")
    lines = [
        line for kind in kinds for line in _sentences(_kinds(findings, kind), names, _MOST_SHORT)
    ]
    return printable("\n".join(textwrap.fill(line, _WIDTH) for line in lines))


def as_text(findings: Sequence[Finding], names: Names) -> str:
    """The document as plain text."""
    blocks = []
    for section in document(findings, names):
        if section.title:
            blocks.append(f"{section.title}\n{'-' * len(section.title)}")
        blocks += [
            _text_table(part) if isinstance(part, Table) else textwrap.fill(part, _WIDTH)
            for part in section.parts
        ]
    return printable("\n\n".join(blocks))


def as_markdown(findings: Sequence[Finding], names: Names) -> str:
    """The document as Markdown."""
    blocks = []
    for section in document(findings, names):
        if section.title:
            blocks.append(f"## {_escaped(section.title)}")
        for part in section.parts:
            if isinstance(part, Table):
                rows = [part.header, tuple("---" for _ in part.header), *part.rows]
                blocks.append("\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in rows))
            else:
                blocks.append(_escaped(part))
    return printable("\n\n".join(blocks) + "\n")


def as_html(findings: Sequence[Finding], names: Names) -> str:
    """The document as an HTML fragment."""
    blocks = []
    for section in document(findings, names):
        if section.title:
            blocks.append(f"<h3>{html.escape(section.title)}</h3>")
        for part in section.parts:
            if isinstance(part, Table):
                head = "".join(f"<th>{html.escape(word)}</th>" for word in part.header)
                body = "".join(
                    "<tr>" + "".join(f"<td>{html.escape(word)}</td>" for word in row) + "</tr>"
                    for row in part.rows
                )
                blocks.append(f"<table><tr>{head}</tr>{body}</table>")
            else:
                blocks.append(f"<p>{html.escape(part)}</p>")
    return "\n".join(blocks)


def _kinds(findings: Sequence[Finding], kind: str) -> list[Finding]:
    return [f for f in findings if f.kind == kind]


def _sentences(
    findings: Sequence[Finding], names: Names, most: int = _MOST_SENTENCES
) -> tuple[str, ...]:
    return tuple(_few([sentence(f, names) for f in findings], most))


def _few(lines: Sequence[str], most: int) -> list[str]:
    if len(lines) <= most:
        return list(lines)
    return [*lines[:most], f"({len(lines) - most} more are left out here.)"]


def _text_table(table: Table) -> str:
    rows = [table.header, *table.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.header))]
    lines = [
        "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


# A class or a feature may be called anything, so what Markdown or HTML would read as marks is not.
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|~"})


def _escaped(text: str) -> str:
    return text.translate(_MARKS).replace("\n", " ")
