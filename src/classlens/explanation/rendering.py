"""An explanation's document as text, Markdown or HTML."""

from __future__ import annotations

import html
import textwrap
from collections.abc import Sequence

from classlens.errors import printable
from classlens.explanation.document import Section, Table, few, kinds
from classlens.explanation.findings import Finding
from classlens.explanation.phrases import Names
from classlens.explanation.words import sentence

_WIDTH = 92
# The short text says so many things of a kind.
_MOST_SHORT = 4


def as_short_text(findings: Sequence[Finding], names: Names) -> str:
    """The verdict, what the units tell apart, which examples coincide, the closest call."""
    told = ("verdict", "split", "one point", "closest call", "spare units")
    lines = [
        line
        for kind in told
        for line in few([sentence(f, names) for f in kinds(findings, kind)], _MOST_SHORT)
    ]
    return printable("\n".join(textwrap.fill(line, _WIDTH) for line in lines))


def as_text(sections: Sequence[Section]) -> str:
    """A document as plain text."""
    blocks = []
    for section in sections:
        if section.title:
            blocks.append(f"{section.title}\n{'-' * len(section.title)}")
        blocks += [
            _text_table(part) if isinstance(part, Table) else textwrap.fill(part, _WIDTH)
            for part in section.parts
        ]
    return printable("\n\n".join(blocks))


def as_markdown(sections: Sequence[Section]) -> str:
    """A document as Markdown."""
    blocks = []
    for section in sections:
        if section.title:
            blocks.append(f"## {_escaped(section.title)}")
        for part in section.parts:
            if isinstance(part, Table):
                rows = [part.header, tuple("---" for _ in part.header), *part.rows]
                blocks.append("\n".join(f"| {' | '.join(map(_escaped, row))} |" for row in rows))
            else:
                blocks.append(_escaped(part))
    return printable("\n\n".join(blocks) + "\n")


def as_html(sections: Sequence[Section]) -> str:
    """A document as an HTML fragment."""
    blocks = []
    for section in sections:
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
