"""Sentences for findings. Every number in one is a field of its finding: nothing is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from classlens.activations import Activation
from classlens.explanation.findings import Finding


@dataclass(frozen=True)
class Names:
    """What things are called.

    Attributes:
        classes: the classes' names.
        features: the features' names.
    """

    classes: tuple[str, ...]
    features: tuple[str, ...]

    def listed(self, classes: Sequence[int]) -> str:
        """``c0, c1 and c2``."""
        return listed([self.classes[k] for k in classes])


def listed(words: Sequence[str], most: int = 8) -> str:
    """``a``, ``a and b``, ``a, b and c``; a long list says how many it leaves out."""
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def number(value: float) -> str:
    """A number as a reader wants it: two decimals, or three digits where that would say nothing."""
    if value == 0 or 0.01 <= abs(value) < 1000:
        return f"{value:.2f}"
    return f"{value:.3g}"


def point(values: Sequence[float], most: int = 4) -> str:
    """``(1.93, 0.61)``."""
    shown = [number(value) for value in values[:most]]
    return f"({', '.join(shown)}{', ...' if len(values) > most else ''})"


def counted(count: int, thing: str) -> str:
    """``1 example``, ``2 examples``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def _of(holds: int | None, of: int | None) -> str:
    return f"all {of}" if holds == of else f"{holds} of {of}"


_VERDICTS = {
    "good": "each class is told from the others.",
    "diverged": "the loss is far above that of giving every class the same probability.",
    "too early": "the loss was still falling fast when the training stopped.",
    "dead units": "hidden units are off for every example, and the rest do not suffice.",
    "poor split": "the hidden units do not tell all classes apart.",
    "fair": "no class is lost, but too many examples are on the wrong side.",
}


def _verdict(f: Finding, names: Names) -> str:
    n = f.numbers
    all_right = f.holds == f.of
    text = (
        f"All {f.of} examples are classified correctly."
        if all_right
        else f"{f.holds} of {f.of} examples are classified correctly ({n['accuracy']:.1%})."
    )
    text += f" Loss {n['loss']:.4f} on them"
    text += "." if n["epochs"] is None else f", after {counted(n['epochs'], 'epoch')}."
    text += f" Verdict: {n['word']}: {_VERDICTS[n['word']]}"
    for lost, into, examples, of in n["mergers"]:
        text += (
            f" {names.classes[lost]} is merged into {names.classes[into]}: {_of(examples, of)} of "
            f"its examples are predicted as {names.classes[into]}."
        )
    if n["dead_units"]:
        verb = "is" if n["dead_units"] == 1 else "are"
        text += f" {counted(n['dead_units'], 'hidden unit')} {verb} dead."
    if n["word"] == "too early":
        text += f" Its last tenth still lowered the loss by {n['last_drop']:.0%}."
    return text


def _code(f: Finding, names: Names) -> str:
    cells = []
    for unit, (bit, on, reach) in enumerate(
        zip(f.numbers["bits"], f.numbers["on"], f.numbers["reach"], strict=True)
    ):
        cells.append(f"unit {unit} {cell(bit, on, f.of or 0, reach)}")
    return f"{names.classes[f.subject['class']]} in layer {f.subject['layer']}: {'; '.join(cells)}."


def cell(bit: str, on: int, of: int, reach: float) -> str:
    """A cell of the code table: the bit with its exact count."""
    if bit == "off":
        rest = f" (the others reach at most {number(reach)})" if on else ""
        return f"off for {of - on} of {of}{rest}"
    return f"{'on' if bit == 'on' else 'mixed, on'} for {on} of {of}"


def _shared(f: Finding, names: Names) -> str:
    return (
        f"{names.listed(f.numbers['classes'])} have the same code in layer {f.subject['layer']}, "
        f"{' '.join(f.numbers['bits'])}: it tells them apart by how strongly its units are on, if "
        "at all."
    )


def _unit(f: Finding, _: Names) -> str:
    n = f.numbers
    text = f"Unit {f.subject['unit']} of {f.subject['layer']} = {formula(n)}."
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


def formula(n: Mapping[str, Any], most: int = 6) -> str:
    """``max(0, 1.22 x0 + 0.92 x1 + 1.59)``; of many inputs, those of the largest weights."""
    pairs = list(zip(n["weights"], n["inputs"], strict=True))
    shown = pairs
    if len(pairs) > most:
        largest = sorted(range(len(pairs)), key=lambda i: -abs(pairs[i][0]))[: most // 2]
        shown = [pairs[i] for i in sorted(largest)]
    text = ""
    for weight, name in shown:
        sign = (" - " if weight < 0 else " + ") if text else ("-" if weight < 0 else "")
        text += f"{sign}{number(abs(weight))} {name}"
    if len(shown) < len(pairs):
        text += f" + ... ({len(pairs) - len(shown)} more)"
    text += f"{' - ' if n['bias'] < 0 else ' + '}{number(abs(n['bias']))}"
    activation = Activation.parse(n["activation"])
    if activation.name == "linear":
        return text
    if activation.name == "relu":
        return f"max(0, {text})"
    return f"{activation}({text})"


def _split(f: Finding, names: Names) -> str:
    n = f.numbers
    text = (
        f"Unit {f.subject['unit']} tells {names.listed(n['on'])} (on) from "
        f"{names.listed(n['off'])} (off)"
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
    text = f"Without {unit} (held at 0) {f.numbers['correct']} of {f.of} examples are still right"
    moved = [
        f"{_of(count, of)} of {names.classes[a]} become {names.classes[b]}"
        for a, b, count, of in sorted(f.numbers["moves"], key=lambda m: -m[2])
    ]
    return text + (f": {listed(moved, 4)}." if moved else ".")


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
    if "peak" in n and n["peak"] != f.subject["class"]:
        text += (
            f" On average it is highest for examples of {names.classes[n['peak']]}, not of its own "
            "class."
        )
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
        f"{names.classes[f.subject['class']]}: its logit leads for {_of(f.holds, f.of)} examples, "
        f"by {number(n['lowest'])} at worst and {number(n['mean'])} on average."
    )


def _areas(f: Finding, names: Names) -> str:
    (low0, high0), (low1, high1) = f.numbers["window"]
    shares = [
        f"{name} {share:.1%}"
        for name, share in zip(names.classes, f.numbers["shares"], strict=True)
    ]
    how = "" if f.scope == "window" else " (sampled)"
    text = (
        f"In the window {names.features[0]} {number(low0)} to {number(high0)}, {names.features[1]} "
        f"{number(low1)} to {number(high1)} the classes own{how}: {listed(shares, 12)}."
    )
    if f.numbers["regions"]:
        text += f" The network is made of {counted(f.numbers['regions'], 'linear piece')} there."
    return text


def _boundary(f: Finding, names: Names) -> str:
    n = f.numbers
    text = (
        f"{names.classes[f.subject['class']]} and {names.classes[f.subject['other']]} touch along "
        f"{number(n['length'])}"
    )
    if "example" in n:
        text += f"; the closest example, {n['example']}, is {number(n['margin'])} away"
    return text + "."


def _apart(f: Finding, names: Names) -> str:
    pairs = [f"{names.classes[a]} and {names.classes[b]}" for a, b in f.numbers["pairs"]]
    how = "Nowhere in the window do" if f.scope == "window" else "At no point of the sample do"
    return f"{how} these touch: {listed(pairs, 6)}."


def _closest(f: Finding, names: Names) -> str:
    n, s = f.numbers, f.subject
    how = "exactly" if n["exact"] else "at most"
    return (
        f"The closest call is example {s['example']}, predicted as {names.classes[s['class']]}, at "
        f"{point(n['x'])}: {how} {number(n['distance'])} from {names.classes[s['other']]}'s side, "
        f"which it reaches at {point(n['point'])}."
    )


def _mistake(f: Finding, names: Names) -> str:
    n, s = f.numbers, f.subject
    true, wrong = names.classes[s["class"]], names.classes[s["other"]]
    of_layer = s["layer"] is not None
    what = f"Unit {s['unit']} of {s['layer']}" if of_layer else names.features[s["unit"]]
    return (
        f"Example {s['example']} at {point(n['x'])} is {true} and predicted as {wrong}, by "
        f"{number(n['lead'])}. {what} failed it: it adds {number(n['contribution'])} to the lead "
        f"of {true} over {wrong}, and {number(n['usual'])} on average for {true}."
    )


def _spare(f: Finding, _: Names) -> str:
    units = [f"unit {unit} of {layer}" for layer, unit in f.numbers["units"]]
    return f"Held at 0, {listed(units, 10)} {_changes(units)} none of the {f.of} predictions."


def _changes(units: Sequence[str]) -> str:
    return "changes" if len(units) == 1 else "together change"


SENTENCES: Mapping[str, Callable[[Finding, Names], str]] = MappingProxyType(
    {
        "verdict": _verdict,
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
        "areas": _areas,
        "boundary": _boundary,
        "apart": _apart,
        "closest call": _closest,
        "mistake": _mistake,
        "spare units": _spare,
    }
)


def sentence(finding: Finding, names: Names) -> str:
    """The sentence, or the few, that say one finding."""
    return SENTENCES[finding.kind](finding, names)
