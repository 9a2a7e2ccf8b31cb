"""Sentences for findings. Every number in one is a field of its finding: nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from classlens.activations import Activation
from classlens.explanation import words_of_places
from classlens.explanation.findings import Finding
from classlens.explanation.phrases import (
    Names,
    cell,
    counted,
    formula,
    listed,
    number,
    point,
    some,
    units,
)

_VERDICTS = {
    "good": "each class is told from the others.",
    "good, but for mistakes": "no class is mixed up with another, but {wrong} on the wrong side.",
    "diverged": "the loss is far above that of giving every class the same probability.",
    "too early": "the loss was still falling fast when the training stopped.",
    "dead units": "{dead}, and the rest does not suffice.",
    "poor split": "the network does not tell all classes apart.",
    "fair": "no class is mixed up with another, but too many examples are on the wrong side.",
}


def _verdict(f: Finding, names: Names) -> str:
    n = f.numbers
    wrong, dead = (f.of or 0) - (f.holds or 0), n["dead_units"]
    text = (
        f"{f.holds} of {f.of} examples are classified correctly ({n['accuracy']:.1%})."
        if wrong
        else f"All {f.of} examples are classified correctly."
    )
    text += f" Loss {n['loss']:.4f} on them"
    text += "." if n["epochs"] is None else f", after {counted(n['epochs'], 'epoch')}."
    why = _VERDICTS["good, but for mistakes" if wrong and n["word"] == "good" else n["word"]]
    why = why.format(
        wrong=f"{counted(wrong, 'example')} {_are(wrong)}",
        dead=f"{counted(dead, 'hidden unit')} {'gives' if dead == 1 else 'give'} every example "
        "the same value",
    )
    text += f" Verdict: {n['word']}: {why}"
    for lost, into, examples, of, word in n["mergers"]:
        how = {"merged": "is merged into", "mixed": "is mixed up with"}[word]
        text += (
            f" {names.classes[lost]} {how} {names.classes[into]}: {some(examples, of)} of "
            f"its examples are predicted as {names.classes[into]}."
        )
    if dead and n["word"] != "dead units":
        text += f" {counted(dead, 'hidden unit')} {_are(dead)} dead."
    if n["word"] == "too early":
        text += f" Its last tenth still lowered the loss by {n['last_drop']:.0%}."
    return text


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _code(f: Finding, names: Names) -> str:
    cells = []
    for unit, (bit, on, reach) in enumerate(
        zip(f.numbers["bits"], f.numbers["on"], f.numbers["reach"], strict=True)
    ):
        cells.append(f"unit {unit} {cell(bit, on, f.of or 0, reach)}")
    return f"{names.classes[f.subject['class']]} in layer {f.subject['layer']}: {'; '.join(cells)}."


# Of so many units a code is spelt out in a sentence.
_MOST_BITS = 4


def _shared(f: Finding, names: Names) -> str:
    bits = f.numbers["bits"]
    code = f", {' '.join(bits)}" if len(bits) <= _MOST_BITS else ""
    return (
        f"{names.listed(f.numbers['classes'])} have the same code in layer {f.subject['layer']}"
        f"{code}: it tells them apart by how strongly its units are on, if at all."
    )


def _unit(f: Finding, _: Names) -> str:
    n = f.numbers
    text = f"Unit {f.subject['unit']} of {f.subject['layer']} = {formula(n)}."
    if n.get("side") and Activation.parse(n["activation"]).name == "relu":
        text += f" It turns on {_SIDES[n['side']]} its crease."
    if "twin" in n:
        kind = {
            "duplicate": f"It repeats unit {n['twin']}.",
            "scaled duplicate": f"It is {number(n['factor'])} times unit {n['twin']} before its "
            "activation.",
            "opposite": f"It is the opposite of unit {n['twin']}: {number(n['factor'])} times it "
            "before its activation.",
        }
        text += " " + kind[n["twin_kind"]]
    return text


_SIDES = {"right": "to the right of", "left": "to the left of", "above": "above", "below": "below"}


def _split(f: Finding, names: Names) -> str:
    n = f.numbers
    on, off = (f"{some(*n[counts])}" for counts in ("on_counts", "off_counts"))
    text = (
        f"Unit {f.subject['unit']} of {f.subject['layer']} tells {names.listed(n['on'])} (on for "
        f"{on}) from {names.listed(n['off'])} (off for {off})"
    )
    return text + (f"; for {names.listed(n['mixed'])} it is mixed." if n["mixed"] else ".")


def _dead(f: Finding, _: Names) -> str:
    unit = f"Unit {f.subject['unit']} of {f.subject['layer']} is dead: "
    if not f.numbers["on"] and f.numbers["value"] == 0:
        return unit + f"off for all {f.of} examples, it adds nothing."
    return unit + f"it gives {number(f.numbers['value'])} for all {f.of} examples."


def _always_on(f: Finding, _: Names) -> str:
    return (
        f"Unit {f.subject['unit']} of {f.subject['layer']} is on for all {f.of} examples: for them "
        "its crease plays no part."
    )


def _without(f: Finding, names: Names) -> str:
    unit = f"unit {f.subject['unit']} of {f.subject['layer']}"
    if not f.holds:
        return f"Without {unit} (held at 0) no prediction changes."
    text = f"Without {unit} (held at 0) {f.numbers['correct']} of {f.of} examples are right"
    return f"{text}{_moves(f, names)}."


def _one_point(f: Finding, names: Names) -> str:
    some = f"All {f.of}" if f.holds == f.of else f"{f.holds} of {f.of}"
    text = (
        f"{some} examples of {names.classes[f.subject['class']]} land on one point of layer "
        f"{f.subject['layer']}, {point(f.numbers['point'])}"
    )
    if f.numbers["all_off"]:
        return text + ", because every unit is off there: in its space they look like one dot."
    return text + "."


def _output(f: Finding, names: Names) -> str:
    n = f.numbers
    order = sorted(range(len(n["weights"])), key=lambda i: -abs(n["weights"][i]))
    up = [f"unit {i} ({n['weights'][i]:+.2f})" for i in order if n["weights"][i] > 0]
    down = [f"unit {i} ({n['weights'][i]:+.2f})" for i in order if n["weights"][i] < 0]
    text = f"Output {names.classes[f.subject['class']]}: bias {number(n['bias'])}"
    text += f", {_rank(n['rank'], len(names.classes))}"
    if up:
        text += f"; raised by {listed(up, 4)}"
    if down:
        text += f"; lowered by {listed(down, 4)}"
    text += "."
    if "peak" in n:
        own = n["peak"] == f.subject["class"]
        text += f" On average it is highest for examples of {names.classes[n['peak']]}"
        text += ", its own class." if own else ", not of its own class."
    return text


def _rank(rank: int, of: int) -> str:
    if rank == 1:
        return f"the largest of {of}"
    if rank == of:
        return f"the smallest of {of}"
    return f"number {rank} of {of} by size"


def _lead(f: Finding, names: Names) -> str:
    n = f.numbers
    return (
        f"{names.classes[f.subject['class']]}: its logit leads for {some(f.holds, f.of)} examples, "
        f"by {number(n['lowest'])} at worst and {number(n['mean'])} on average."
    )


def _column(f: Finding, names: Names) -> str:
    text = f"Without {f.subject['column']} (held at its mean)"
    if not f.holds:
        return f"{text} no prediction changes."
    return f"{text} {f.numbers['correct']} of {f.of} examples are right{_moves(f, names)}."


def _moves(f: Finding, names: Names) -> str:
    """``: 3 of 25 of c0 become c1``, the most frequent first; nothing where none does."""
    moved = [
        f"{some(count, of)} of {names.classes[a]} become {names.classes[b]}"
        for a, b, count, of in sorted(f.numbers["moves"], key=lambda m: -m[2])
    ]
    return f": {listed(moved, 4)}" if moved else ""


def _spare(f: Finding, _: Names) -> str:
    spare = f.numbers["units"]
    change = "changes" if len(spare) == 1 else "together change"
    return f"Held at 0, {units(spare)} {change} none of the {f.of} predictions."


SENTENCES: Mapping[str, Callable[[Finding, Names], str]] = MappingProxyType(
    {
        "verdict": _verdict,
        "column": _column,
        "code": _code,
        "shared code": _shared,
        "unit": _unit,
        "split": _split,
        "dead unit": _dead,
        "always on": _always_on,
        "without": _without,
        "one point": _one_point,
        "output": _output,
        "lead": _lead,
        "spare units": _spare,
        **words_of_places.SENTENCES,
    }
)


def sentence(finding: Finding, names: Names) -> str:
    """The sentence, or the few, that say one finding."""
    return SENTENCES[finding.kind](finding, names)
