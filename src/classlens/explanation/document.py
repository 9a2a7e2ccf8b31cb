"""An explanation as a document: sections of sentences and tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classlens.explanation.findings import Finding
from classlens.explanation.phrases import (
    Names,
    are,
    cell,
    counted,
    listed,
    number,
    plural,
    short_cell,
)
from classlens.explanation.words import sentence

# A code table of more units has short cells.
_MOST_IN_WORDS = 2
# With more units, outputs and columns together only the most telling ones are told of.
_SMALL = 10
# So many units are told of in all the layers of a larger network.
_UNITS_OF_LARGE = 3


@dataclass(frozen=True)
class Room:
    """How much a document tells of one thing before it says how much it leaves out.

    Attributes:
        sentences: of one kind.
        columns: sentences about columns.
        outputs: sentences about the outputs.
        codes: sentences about classes of one code, or about examples at one point.
        units: of one layer.
        rows: of the table of leads.
    """

    sentences: int
    columns: int
    outputs: int
    codes: int
    units: int
    rows: int


_PLENTY = Room(sentences=10, columns=10, outputs=12, codes=10, units=_SMALL, rows=1_000)
_LITTLE = Room(sentences=2, columns=4, outputs=3, codes=1, units=2, rows=6)
_ALL = Room(*[1_000_000] * 6)


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


def document(findings: Sequence[Finding], names: Names, *, whole: bool = False) -> list[Section]:
    """The findings' sentences in the order in which they are told.

    Args:
        findings: the facts.
        names: what classes and features are called.
        whole: tell everything; else of a large network only what matters most.
    """
    large = sum(f.kind in ("unit", "output", "column") for f in findings) > _SMALL and not whole
    room = _ALL if whole else _LITTLE if large else _PLENTY
    sections = [Section("", _sentences(kinds(findings, "verdict"), names, room.sentences))]
    columns = sorted(
        kinds(findings, "column"), key=lambda f: (f.numbers["correct"], -(f.holds or 0))
    )
    sections.append(Section("What each column is worth", tuple(_columns(columns, names, room))))
    sections += _layers(findings, names, room, large=large)
    outputs = kinds(findings, "output")
    if outputs:
        title = f"Layer {outputs[0].subject['layer']}, the outputs"
        sections.append(Section(title, _sentences(outputs, names, room.outputs)))
    varied = not outputs or not all(f.numbers.get("constant") for f in outputs)
    if varied:
        leads = tuple(_leads(kinds(findings, "lead"), names, room))
        sections.append(Section("The lead of the right class", leads))
    sections.append(Section("Boundaries", tuple(_boundaries(findings, names, room))))
    for f in kinds(findings, "path"):
        row = f.subject["example"]
        title = "The example" if row is None else f"Example {row}"
        sections.append(Section(f"{title}, from input to class", (sentence(f, names),)))
    if varied:
        mistakes = sorted(kinds(findings, "mistake"), key=lambda f: -f.numbers["lead"])
        sections.append(Section("Mistakes", _sentences(mistakes, names, room.sentences)))
    spare = _sentences(kinds(findings, "spare units"), names, room.sentences)
    sections.append(Section("Units that could go", spare))
    if large:
        sections.append(Section("What is left out", (_LEFT_OUT,)))
    return [section for section in sections if section.parts]


_LEFT_OUT = (
    "Of so large a network only what matters most is told here. For all of it, give whole=True to "
    "explain, or --whole to classlens explain."
)


def _columns(columns: Sequence[Finding], names: Names, room: Room) -> Iterator[str]:
    """The columns without which the most breaks, and in one sentence those that change nothing."""
    if columns:
        yield "Each is held at its mean over the examples, and the network predicts again."
    yield from few([sentence(f, names) for f in columns if f.holds], room.columns)
    idle = [str(f.subject["column"]) for f in columns if not f.holds]
    if idle:
        yield f"No prediction changes without {listed(idle)}, one at a time."


def _layers(
    findings: Sequence[Finding], names: Names, room: Room, *, large: bool
) -> Iterator[Section]:
    layers = dict.fromkeys(
        f.subject["layer"] for f in findings if f.kind in ("code", "unit") and "layer" in f.subject
    )
    most = min(room.units, _UNITS_OF_LARGE // max(1, len(layers))) if large else None
    for layer in layers:
        own = [f for f in findings if f.subject.get("layer") == layer and f.kind != "output"]
        meeting = [f for f in kinds(own, "one point") if f.subject["class"] is None]
        parts: tuple[str | Table, ...]
        if most is not None:
            parts = tuple(_large_layer(own, names, room, most))
        elif meeting:
            parts = _sentences([*meeting, *kinds(own, "unit")], names, room.units)
        else:
            parts = tuple(_layer(own, names, room))
        yield Section(f"Layer {layer}", parts)


def _layer(own: Sequence[Finding], names: Names, room: Room) -> Iterator[str | Table]:
    """All that is known of a layer."""
    codes, units = kinds(own, "code"), kinds(own, "unit")
    if codes:
        yield _code_table(codes, names)
    yield from _sentences(kinds(own, "shared code"), names, room.codes)
    if any(f.numbers.get("side") and f.numbers["activation"] == "relu" for f in units):
        yield "Each unit has a crease, the line where it turns on: there its sum is 0."
    yield from (_about(f.subject["unit"], own, names) for f in units)
    yield from _sentences(kinds(own, "one point"), names, room.codes)


def _large_layer(own: Sequence[Finding], names: Names, room: Room, most: int) -> Iterator[str]:
    """A layer of a large network: its units in groups, and those without which most changes."""
    units = kinds(own, "unit")
    changes = {f.subject["unit"]: f.holds or 0 for f in kinds(own, "without")}
    dead = [f.subject["unit"] for f in kinds(own, "dead unit")]
    always = [f.subject["unit"] for f in kinds(own, "always on")]
    idle = [unit for unit, count in changes.items() if not count and unit not in dead]
    said = [f"{counted(len(units), 'unit')}."]
    if dead:
        said.append(f"{_units(dead).capitalize()} {are(len(dead))} dead.")
    if always:
        said.append(f"{_units(always).capitalize()} {are(len(always))} on for all examples.")
    if idle:
        each = _units(idle) if len(idle) == 1 else f"any one of {_units(idle)}"
        said.append(f"Without {each} no prediction changes.")
    telling = [f.subject["unit"] for f in units]
    if len(units) > most:
        telling = [unit for unit in telling if changes.get(unit, 1)]
    telling.sort(key=lambda u: -changes.get(u, 0))
    shown = sorted(telling[:most])
    if telling and changes and len(units) > most:
        said.append(f"The most predictions change without {_units(shown or telling[:1])}.")
    yield " ".join(said)
    yield from _sentences(kinds(own, "shared code"), names, room.codes)
    yield from (_about(unit, own, names) for unit in shown)
    meeting = [f for f in kinds(own, "one point") if f.subject["class"] is None]
    yield from _sentences(meeting, names, room.codes)


def _units(units: Sequence[int]) -> str:
    return f"{plural('unit', units)} {listed([str(unit) for unit in units])}"


def _about(unit: int, own: Sequence[Finding], names: Names) -> str:
    """All sentences about one unit."""
    about = [f for f in own if f.subject.get("unit") == unit and f.kind != "mistake"]
    if any(f.kind == "dead unit" for f in about):
        about = [f for f in about if f.kind in ("unit", "dead unit")]
    order = ("unit", "dead unit", "always on", "split", "without")
    about.sort(key=lambda f: order.index(f.kind))
    return " ".join(sentence(f, names) for f in about)


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


def _leads(leads: Sequence[Finding], names: Names, room: Room) -> Iterator[str | Table]:
    """The leads; of many classes the smallest ones."""
    if not leads:
        return
    yield "What counts is not an output by itself but its lead over the others:"
    smallest = sorted(leads, key=lambda f: f.numbers["lowest"])[: room.rows]
    shown = [f for f in leads if f in smallest]
    yield Table(
        ("class", "leads for", "at worst by", "on average by"),
        tuple(
            (
                names.classes[f.subject["class"]],
                f"{f.holds} of {f.of}",
                number(f.numbers["lowest"]),
                number(f.numbers["mean"]),
            )
            for f in shown
        ),
    )
    left = len(leads) - len(shown)
    if left:
        yield f"({left} more, whose leads are larger at worst, {are(left)} left out here.)"


def _boundaries(findings: Sequence[Finding], names: Names, room: Room) -> Iterator[str]:
    longest = sorted(kinds(findings, "boundary"), key=lambda f: -f.numbers["length"])
    for told in (
        kinds(findings, "areas"),
        longest,
        kinds(findings, "apart"),
        kinds(findings, "closest call"),
    ):
        yield from _sentences(told, names, room.sentences)


def kinds(findings: Sequence[Finding], kind: str) -> list[Finding]:
    """The findings of one kind."""
    return [f for f in findings if f.kind == kind]


def _sentences(findings: Sequence[Finding], names: Names, most: int) -> tuple[str, ...]:
    return tuple(few([sentence(f, names) for f in findings], most))


def few(lines: Sequence[str], most: int) -> list[str]:
    """The first lines, and how many more there are."""
    if len(lines) <= most:
        return list(lines)
    left = len(lines) - most
    return [*lines[:most], f"({left} more {are(left)} left out here.)"]
