"""Sentences about windows of the plane, boundaries, and single examples on their way."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from classlens.explanation.findings import Finding
from classlens.explanation.phrases import (
    Names,
    are,
    at,
    change,
    counted,
    fixed,
    listed,
    number,
    place_of,
    plural,
    point,
    sum_of,
    units,
)

# A boundary's bends are told one by one up to so many.
_MOST_BENDS = 3


def _areas(f: Finding, names: Names) -> str:
    (low0, high0), (low1, high1) = f.numbers["window"]
    axis0, axis1 = f.numbers["axes"]
    shares = [
        f"{name} {share:.1%}"
        for name, share in zip(names.classes, f.numbers["shares"], strict=True)
    ]
    how = "" if f.scope == "window" else " (sampled)"
    on_slice = "slice" in f.numbers
    text = (
        f"{'On the slice' if on_slice else 'In the window'} {axis0} {number(low0)} to "
        f"{number(high0)}, {axis1} {number(low1)} to {number(high1)} "
    )
    if 1.0 in f.numbers["shares"]:
        text += f"every point is {names.classes[f.numbers['shares'].index(1.0)]}'s{how}."
    else:
        text += f"the classes own{how}: {listed(shares, 12)}."
    if on_slice and {axis0, axis1} <= set(names.features):
        text += " The other features are held at the slice's values."
    elif on_slice:
        text += " There s and t are the steps along the slice's two directions."
    if f.numbers["regions"]:
        text += f" The network is made of {counted(f.numbers['regions'], 'linear piece')} there."
    return text


def _boundary(f: Finding, names: Names) -> str:
    n = f.numbers
    how = "" if f.scope == "window" else "about "
    text = (
        f"{names.classes[f.subject['class']]} and {names.classes[f.subject['other']]} touch along "
        f"{how}{number(n['length'])}"
    )
    if n["bends"]:
        if len(n["bends"]) <= _MOST_BENDS:
            creases = plural("crease", n["bends"])
            text += f", in a line that bends at the {creases} of {units(n['bends'])}"
        else:
            text += f", in a line that bends at the creases of {len(n['bends'])} units"
    if "example" in n:
        text += f"; the closest example, {n['example']}, is {how}{number(n['margin'])} away"
    return text + "."


def _apart(f: Finding, names: Names) -> str:
    pairs = [f"{names.classes[a]} with {names.classes[b]}" for a, b in f.numbers["pairs"]]
    shown = ", ".join(pairs[:6]) + (f" and {len(pairs) - 6} more" if len(pairs) > 6 else "")
    if f.scope == "window":
        return f"Nowhere in the window do these touch: {shown}."
    return f"No contact was found between these: {shown}."


def _closest(f: Finding, names: Names) -> str:
    n, s = f.numbers, f.subject
    # What is said to be the closest call is it, though its distance is rounded.
    which, how = (
        ("The closest call", "") if n["exact"] else ("The closest call found", "at most about ")
    )
    if len(n["x"]) > _MOST_FEATURES or n["steps"]:
        return (
            f"{which} is example {s['example']}, predicted as {names.classes[s['class']]}: "
            f"{how}{_length(n)} from {names.classes[s['other']]}'s side, which it reaches with "
            f"{change(n, n['x'], names)}."
        )
    return (
        f"{which} is example {s['example']}, predicted as {names.classes[s['class']]}, at "
        f"{point(n['x'])}: {how}{number(n['distance'])} from {names.classes[s['other']]}'s side, "
        f"which it reaches at {point(n['point'])}."
    )


# Of so many features a point is told by all its values; of more, by those that change most.
_MOST_FEATURES = 4


def _length(said: Mapping[str, Any]) -> str:
    """How large a change is."""
    if said["steps"]:
        return f"{100 * said['distance']:.3g} % of the columns' ranges together"
    return number(said["distance"])


def _path(f: Finding, names: Names) -> str:
    n, s = f.numbers, f.subject
    who = "The example" if s["example"] is None else f"Example {s['example']}"
    text = [f"{who}{at(n['x'])} is predicted as {names.classes[s['class']]}."]
    for layer in n["layers"]:
        if len(layer["a"]) <= _MOST_VALUES:
            text.append(f"{layer['name']} gives {listed([number(a) for a in layer['a']])}.")
        else:
            on = layer["on"]
            text.append(f"In {layer['name']} {on} of {len(layer['a'])} units {are(on)} on.")
    told = list(range(len(n["logits"])))
    if len(told) > _MOST_VALUES:
        told = [s["class"], s["other"]]
    logits = [f"{names.classes[k]} {fixed(n['logits'][k], 2)}" for k in told]
    shares = [f"{n['probabilities'][k]:.2f}" for k in told]
    text.append(f"Logits: {', '.join(logits)}; softmax {', '.join(shares)}.")
    lead = number(n["lead"])
    opening = f"{names.classes[s['class']]} leads {names.classes[s['other']]} by {lead}"
    for each in _ends(n["contributions"])[::-1]:
        if each is not n["contributions"][-1]:
            opening = f"Seen from {place_of(each)}, {lead}"
        text.append(f"{opening}{sum_of(each, names)}.")
    if n["flip"] is not None:
        flip, into = n["flip"], names.classes[n["flip"]["into"]]
        length, end = number(flip["distance"]), point(flip["point"])
        if flip["into"] != s["other"]:
            text.append(f"In the features {into} is nearer than {names.classes[s['other']]}.")
        if len(n["x"]) > _MOST_FEATURES or flip["steps"]:
            what = change(flip, n["x"], names)
            which = "The smallest change" if flip["exact"] else "A change"
            text.append(f"{which} of {_length(flip)} reaches {into}: {what}.")
        elif flip["exact"]:
            text.append(f"The smallest change that reaches {into} is {length} long, to {end}.")
        else:
            text.append(f"A change of length {length} reaches {into}, at {end}.")
    return " ".join(text)


def _ends(places: Sequence[Any]) -> list[Any]:
    """The first place and the last one; those between say the same again."""
    return [places[0], places[-1]] if len(places) > 1 else list(places)


# An example's path names so many values of a layer, or of the logits, one by one.
_MOST_VALUES = 6


def _mistake(f: Finding, names: Names) -> str:
    n, s = f.numbers, f.subject
    true, wrong = names.classes[s["class"]], names.classes[s["other"]]
    of_layer = s["layer"] is not None
    text = (
        f"Example {s['example']}{at(n['x'])} is {true} and predicted as {wrong}, by "
        f"{number(n['lead'])}."
    )
    if s["unit"] is None:
        what = f"unit of {s['layer']}" if of_layer else "feature"
        return f"{text} No {what} adds less to the lead of {true} than on average for {true}."
    what = f"Unit {s['unit']} of {s['layer']}" if of_layer else names.features[s["unit"]]
    return (
        f"{text} {what} failed it: it adds {number(n['contribution'])} to the lead "
        f"of {true} over {wrong}, and {number(n['usual'])} on average for {true}."
    )


SENTENCES: Mapping[str, Callable[[Finding, Names], str]] = MappingProxyType(
    {
        "areas": _areas,
        "boundary": _boundary,
        "apart": _apart,
        "closest call": _closest,
        "path": _path,
        "mistake": _mistake,
    }
)
