"""Sentences for findings. Every number in one is a field of its finding: nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from classlens.activations import Activation
from classlens.explanation import words_of_places
from classlens.explanation.findings import Finding
from classlens.explanation.phrases import (
    Names,
    are,
    cell,
    counted,
    fixed,
    formula,
    listed,
    number,
    point,
    signed,
    some,
    some_examples,
    some_of,
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
    text = _first_up(f"{some_examples(f.holds, f.of)} {are(f.of)} classified correctly")
    text += f" ({n['accuracy']:.1%})." if wrong else "."
    text += f" Loss {fixed(n['loss'], 4)} on {'it' if f.of == 1 else 'them'}"
    text += "." if n["epochs"] is None else f", after {counted(n['epochs'], 'epoch')}."
    why = _VERDICTS["good, but for mistakes" if wrong and n["word"] == "good" else n["word"]]
    why = why.format(
        wrong=f"{counted(wrong, 'example')} {are(wrong)}",
        dead=f"{counted(dead, 'hidden unit')} {'gives' if dead == 1 else 'give'} every example "
        "the same value",
    )
    text += f" Verdict: {n['word']}: {why}"
    if n["only"] is not None and wrong:
        every_one = _first_up(some_examples(f.of, f.of))
        text += f" {every_one} {are(f.of)} predicted as {names.classes[n['only']]}."
    else:
        text += "".join(_merger(merger, names) for merger in n["mergers"])
    if n["tied"]:
        text += (
            f" For {some_examples(n['tied'], f.of)} the largest logits are equal, and the first "
            "of them counts."
        )
    if dead and n["word"] != "dead units":
        text += f" {counted(dead, 'hidden unit')} {are(dead)} dead."
    if n["word"] == "too early":
        text += f" Its last tenth still lowered the loss by {n['last_drop']:.0%}."
    return text


def _merger(merger: Sequence[Any], names: Names) -> str:
    lost, into, examples, of, word = merger
    how = {"merged": "is merged into", "mixed": "is mixed up with"}[word]
    its = (
        f"{some(examples, of)} of its examples {are(examples)}" if of > 1 else "its one example is"
    )
    other = names.classes[into]
    return f" {names.classes[lost]} {how} {other}: {its} predicted as {other}."


def _first_up(text: str) -> str:
    return text[0].upper() + text[1:]


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
    on, off = (
        "its one example" if n[counts][1] == 1 else some(*n[counts])
        for counts in ("on_counts", "off_counts")
    )
    text = (
        f"Unit {f.subject['unit']} of {f.subject['layer']} tells {names.listed(n['on'])} (on for "
        f"{on}) from {names.listed(n['off'])} (off for {off})"
    )
    return text + (f"; for {names.listed(n['mixed'])} it is mixed." if n["mixed"] else ".")


def _dead(f: Finding, _: Names) -> str:
    unit = f"Unit {f.subject['unit']} of {f.subject['layer']} is dead: "
    if not f.numbers["on"] and f.numbers["value"] == 0:
        return unit + f"off for {some_examples(f.of, f.of)}, it adds nothing."
    return unit + f"it gives {number(f.numbers['value'])} for {some_examples(f.of, f.of)}."


def _always_on(f: Finding, _: Names) -> str:
    return (
        f"Unit {f.subject['unit']} of {f.subject['layer']} is on for {some_examples(f.of, f.of)}: "
        f"for {'it' if f.of == 1 else 'them'} its crease plays no part."
    )


def _without(f: Finding, names: Names) -> str:
    unit = f"unit {f.subject['unit']} of {f.subject['layer']}"
    if not f.holds:
        return f"Without {unit} (held at 0) no prediction changes."
    return f"Without {unit} (held at 0) {_right(f)}{_moves(f, names)}."


def _right(f: Finding) -> str:
    """``50 of 100 examples are right``."""
    correct = f.numbers["correct"]
    if f.of == 1:
        return f"the one example is {'right' if correct else 'wrong'}"
    return f"{correct} of {f.of} examples {are(correct)} right"


def _one_point(f: Finding, names: Names) -> str:
    whose = f.subject["class"]
    text = (
        f"{_first_up(some_examples(f.holds, f.of))}"
        f"{'' if whose is None else f' of {names.classes[whose]}'} land on one point of layer "
        f"{f.subject['layer']}, {point(f.numbers['point'])}"
    )
    if f.numbers["all_off"]:
        return text + ", because every unit is off there: in its space they look like one dot."
    return text + "."


# Of so many inputs an output's sentence names four that raise it and four that lower it.
_MOST_INPUTS = 6


def _output(f: Finding, names: Names) -> str:
    n = f.numbers
    order = sorted(range(len(n["weights"])), key=lambda i: -abs(n["weights"][i]))
    inputs = [
        names.features[i] if n["place"] == "inputs" else f"unit {i}"
        for i in range(len(n["weights"]))
    ]
    up = [f"{inputs[i]} ({signed(n['weights'][i])})" for i in order if n["weights"][i] > 0]
    down = [f"{inputs[i]} ({signed(n['weights'][i])})" for i in order if n["weights"][i] < 0]
    text = f"Output {names.classes[f.subject['class']]}: bias {number(n['bias'])}"
    text += _rank(n["rank"], n["alike"], len(names.classes))
    most = 4 if len(inputs) <= _MOST_INPUTS else 2
    if up:
        text += f"; raised by {listed(up, most)}"
    if down:
        text += f"; lowered by {listed(down, most)}"
    text += "."
    if n.get("constant"):
        text += f" It is {number(n['means'][n['peak']])} for every example."
    elif "peak" in n:
        own = n["peak"] == f.subject["class"]
        text += f" On average it is highest for examples of {names.classes[n['peak']]}"
        text += ", its own class." if own else ", not of its own class."
    return text


def _rank(rank: int, alike: int, of: int) -> str:
    """A bias's place among all; ``alike`` of them have its value, itself among them."""
    if alike == of:
        return ", like that of every output" if of > 1 else ""
    with_others = f", with {counted(alike - 1, 'other')}" if alike > 1 else ""
    if rank == 1:
        return f", the largest of {of}{with_others}"
    if rank + alike - 1 == of:
        return f", the smallest of {of}{with_others}"
    return f", number {rank} of {of} by size{with_others}"


def _lead(f: Finding, names: Names) -> str:
    n = f.numbers
    return (
        f"{names.classes[f.subject['class']]}: its logit leads for {some_examples(f.holds, f.of)}, "
        f"by {number(n['lowest'])} at worst and {number(n['mean'])} on average."
    )


def _column(f: Finding, names: Names) -> str:
    text = f"Without {f.subject['column']} (held at its mean)"
    if not f.holds:
        return f"{text} no prediction changes."
    return f"{text} {_right(f)}{_moves(f, names)}."


def _moves(f: Finding, names: Names) -> str:
    """``: 3 of 25 of c0 become c1``, the most frequent first; nothing where none does."""
    moved = [
        f"{some_of(count, of, names.classes[a])} {'becomes' if count == 1 else 'become'} "
        f"{names.classes[b]}"
        for a, b, count, of in sorted(f.numbers["moves"], key=lambda m: -m[2])
    ]
    return f": {listed(moved, 4)}" if moved else ""


def _spare(f: Finding, _: Names) -> str:
    spare = f.numbers["units"]
    change = "changes" if len(spare) == 1 else "together change"
    which = "not the one prediction" if f.of == 1 else f"none of the {f.of} predictions"
    return f"Held at 0, {units(spare)} {change} {which}."


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
