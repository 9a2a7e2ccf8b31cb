"""Parts of sentences: names, numbers, lists, formulas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from classlens.activations import Activation


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
        return f"{value:z.2f}"
    return f"{value:.3g}"


def signed(value: float) -> str:
    """The number with its sign: ``+1.09``."""
    return f"{'-' if value < 0 else '+'}{number(abs(value))}"


def fixed(value: float, decimals: int) -> str:
    """A number with so many decimals, beside others like it; a large one has three digits."""
    return f"{value:z.{decimals}f}" if abs(value) < 1000 else f"{value:.3g}"


def point(values: Sequence[float], most: int = 4) -> str:
    """``(1.93, 0.61)``."""
    shown = [number(value) for value in values[:most]]
    return f"({', '.join(shown)}{', ...' if len(values) > most else ''})"


def at(values: Sequence[float], most: int = 4) -> str:
    """`` at (1.93, 0.61)``; nothing for so many values that a reader would not look at them."""
    return "" if len(values) > most else f" at {point(values)}"


def change(said: Mapping[str, Any], x: Sequence[float], names: Names, most: int = 3) -> str:
    """The features that a change changes most: ``width from 1.20 to 1.31 and 2 more``."""
    steps = said["steps"] or [1.0] * len(x)
    moved = [
        (abs(b - a) / step, names.features[i], a, b)
        for i, (a, b, step) in enumerate(zip(x, said["point"], steps, strict=True))
        if step and a != b
    ]
    moved.sort(key=lambda each: -each[0])
    parts = [f"{name} from {' to '.join(apart(a, b))}" for _, name, a, b in moved[:most]]
    if len(moved) > most:
        parts.append(f"{len(moved) - most} more")
    return listed(parts)


def apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers with as many digits as it takes to tell them apart."""
    shown = number(a), number(b)
    for digits in range(3, 17):
        if shown[0] != shown[1]:
            break
        shown = f"{a:.{digits}g}", f"{b:.{digits}g}"
    return shown


def counted(count: int, thing: str) -> str:
    """``1 example``, ``2 examples``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def some(holds: int | None, of: int | None) -> str:
    """``all 25``, ``23 of 25``; ``the one`` if there is but one."""
    return every(of) if holds == of else f"{holds} of {of}"


def some_examples(holds: int | None, of: int | None) -> str:
    """The same with the word: ``all 25 examples``, ``the one example``."""
    return f"{some(holds, of)} example{'' if of == 1 else 's'}"


def some_of(holds: int | None, of: int | None, whose: str) -> str:
    """``all 25 of c0``, ``23 of 25 of c0``; ``the one example of c0`` if it has but one."""
    one = " example" if holds == of == 1 else ""
    return f"{some(holds, of)}{one} of {whose}"


def every(of: int | None) -> str:
    """``all 25``; ``the one`` if there is but one."""
    return "the one" if of == 1 else f"all {of}"


def are(count: int | None) -> str:
    """``is`` of one thing, else ``are``."""
    return "is" if count == 1 else "are"


def cell(bit: str, on: int, of: int, reach: float) -> str:
    """A cell of the code table: the bit with its exact count."""
    if bit == "off":
        rest = f" (others up to {number(reach)})" if on else ""
        return f"off for {of - on} of {of}{rest}"
    return f"{'on' if bit == 'on' else 'mixed, on'} for {on} of {of}"


def short_cell(bit: str, on: int, of: int, _: float) -> str:
    """The same where there is little room: ``off 23/25``."""
    return f"{bit} {of - on if bit == 'off' else on}/{of}"


def formula(n: Mapping[str, Any], most: int = 6) -> str:
    """``max(0, 1.22 x0 + 0.92 x1 + 1.59)``; of many inputs, those that move it most.

    That is weight times spread, or the weight alone where there are no examples to tell a spread.
    """
    pairs = list(zip(n["weights"], n["inputs"], strict=True))
    shown = pairs
    if len(pairs) > most:
        spreads = n.get("spreads") or [1.0] * len(pairs)
        moving = [
            -abs(weight) * spread for weight, spread in zip(n["weights"], spreads, strict=True)
        ]
        largest = sorted(range(len(pairs)), key=moving.__getitem__)[: most // 2]
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


def units(units: Sequence[Sequence[Any]]) -> str:
    """``unit 1 of L1``, ``units 1 and 2 of L1 and unit 0 of L2``."""
    by_layer: dict[str, list[str]] = {}
    for layer, unit in units:
        by_layer.setdefault(layer, []).append(str(unit))
    return listed(
        [f"{plural('unit', own)} {listed(own)} of {layer}" for layer, own in by_layer.items()]
    )


def plural(word: str, things: Sequence[Any]) -> str:
    """The word, with an s unless there is one thing."""
    return word if len(things) == 1 else f"{word}s"


def place_of(contributions: Mapping[str, Any]) -> str:
    """Where contributions are seen from, in words."""
    place = contributions["place"]
    return "the features" if place == "inputs" else f"layer {place}"


def sum_of(contributions: Mapping[str, Any], names: Names) -> str:
    """`` = 4.36 (unit 0) - 4.21 (unit 1) + 1.29 (biases)``."""
    of_inputs = contributions["place"] == "inputs"
    terms = [
        (
            contributions["parts"][i],
            names.features[i] if of_inputs else f"unit {i} of {contributions['place']}",
        )
        for i in contributions["told"]
    ]
    if contributions["others"]:
        terms.append((contributions["sum_of_others"], counted(contributions["others"], "other")))
    terms.append((contributions["rest"], "the biases"))
    text = ""
    for value, what in terms:
        sign = (" - " if value < 0 else " + ") if text else (" = -" if value < 0 else " = ")
        text += f"{sign}{number(abs(value))} ({what})"
    return text
