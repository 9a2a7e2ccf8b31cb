"""The payload: all that the page is given, as one object of plain values.

The page evaluates the network itself, at every epoch that was kept; what it cannot compute, exact
boundaries and words, comes along for a few epochs. docs/reference/payload.md describes its format.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis import geometry
from classlens.analysis.ablation import ablate
from classlens.analysis.lines import crease_lines
from classlens.analysis.planes import Window
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.data.inputs import PLAIN, Inputs
from classlens.errors import DataError
from classlens.explanation.account import Explanation, explain
from classlens.explanation.document import Table
from classlens.explanation.words import sentence
from classlens.model import Model, ModelLike, as_model
from classlens.network import Network
from classlens.training.history import History, history_of
from classlens.view import palette
from classlens.view.course import SMALL, Course, evenly
from classlens.view.subject import Data, Subject, WindowLike

VERSION = 1

# Limits on what a page carries: points, epochs with exact lines and the bytes of all of these.
_MOST_POINTS = 5_000
_MOST_PICTURES, _MOST_PICTURE_BYTES = 41, 60_000

# Features have different units if one varies so many times as much as the median of them.
_OTHER_UNIT = 10.0


def payload(
    model: ModelLike,
    data: Data | None = None,
    *,
    history: History | None = None,
    window: WindowLike | None = None,
    slice: Slice | None = None,  # noqa: A002 - the word that everyone uses for it
    inputs: Inputs | None = None,
    told: bool = True,
) -> dict[str, Any]:
    """All that the page needs to show a model.

    Args:
        model: a Network, Model or Run; a run brings its history.
        data: a Dataset or a pair (X, y).
        history: the training, whose epochs can then be looked at.
        window: ((x0_min, x0_max), (x1_min, x1_max)), in the slice's coordinates if there is one;
            by default the data's range and a tenth of it on each side.
        slice: the plane to show, for networks with other than two inputs; by default the one
            that ``default_slice`` chooses.
        inputs: what the network is given of a point of the plane, if not its coordinates; ``data``
            and ``window`` are then of the plane.
        told: whether there are words, and lines for more than the epoch shown. They take most of
            the time, and a page with a server asks for them when they are wanted.

    Raises:
        ArgumentError: if network, slice and window do not fit each other, or there is neither a
            window nor data.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([np.eye(2)], [np.zeros(2)])
        >>> made = payload(network, window=((-1, 1), (-1, 1)))
        >>> made["version"], made["epochs"], made["classes"]
        (1, [0], ['c0', 'c1'])
    """
    given = as_model(model)
    if inputs is not None and inputs.plain:
        inputs = None
    points = None if inputs is None or data is None else Dataset.of(data)
    if inputs is not None and points is not None:
        data = inputs.dataset(points)
    subject = Subject.of(model, data)
    samples = subject.samples
    if subject.network.inputs == 1 and inputs is None:
        inputs, points = _ALONE, None if samples is None else _beside_nothing(samples)
    if slice is None and inputs is None and subject.network.inputs != 2 and samples is not None:
        slice = default_slice(given, samples)  # noqa: A001
    if window is None and points is not None:
        place = Window.around(points.X)
    else:
        place = subject.window(window, slice) if inputs is None else Window.of(window or ())
    course = Course.of(subject.network, history or history_of(model))
    named = given if given.encoding is not None else Model(given.network, subject.feature_names)
    epochs = course.told(samples) if told else iter(())
    lines = {} if inputs is not None else dict(_pictures(course, place, slice, all_of_them=told))
    texts = {
        str(epoch): words(replace(named, network=network), samples, course.until(epoch), slice)
        for epoch, network in epochs
    }
    return {
        "version": VERSION,
        "network": spec(subject.network),
        "classes": list(subject.class_names),
        "features": list(subject.feature_names),
        "looks": [asdict(palette.look(k)) for k in range(len(subject.class_names))],
        "values": {"positive": palette.POSITIVE, "negative": palette.NEGATIVE},
        "plane": _plane(subject, slice, inputs),
        "window": [list(place.x0), list(place.x1)],
        "image": None if subject.shape is None else list(subject.shape),
        "data": None if samples is None else _points(samples, points),
        "epochs": course.epochs,
        "shown": course.shown,
        "parameters": encoded(course.parameters),
        "history": course.metrics,
        "settings": None if given.settings is None else asdict(given.settings),
        "pictures": lines,
        "words": texts,
    }


# A single feature is drawn across, and nothing upwards.
_ALONE = Inputs(("x0",))


def _beside_nothing(samples: Dataset) -> Dataset:
    nothing = np.zeros_like(samples.X)
    return Dataset(np.concatenate((samples.X, nothing), axis=1), samples.y, samples.class_names)


def spec(network: Network) -> dict[str, Any]:
    """The network without its numbers."""
    return {
        "inputs": network.inputs,
        "layers": [
            {
                "name": layer.name,
                "units": layer.units,
                "activation": layer.activation.name,
                "parameter": layer.activation.parameter,
            }
            for layer in network.layers
        ],
    }


def picture(network: Network, window: Window, slice: Slice | None) -> dict[str, Any]:  # noqa: A002
    """The exact lines over a window: where classes meet, and where units turn on.

    ``exact`` is false where activations are curved: the lines are then sampled, and no creases are
    known.
    """
    found = geometry.regions(network, window, slice)
    lines = found.boundaries
    return {
        "exact": found.exact,
        "boundaries": encoded(np.stack((lines.start, lines.end), axis=1)),
        "pairs": lines.classes.tolist(),
        "creases": {line.name: encoded(line.segments) for line in crease_lines(found)},
    }


def words(
    model: Model,
    data: Dataset | None,
    history: History | None,
    slice: Slice | None,  # noqa: A002
) -> dict[str, Any]:
    """What is said of a network: its verdict, sections of sentences and tables, units' roles."""
    plane = None if model.network.inputs == 2 else slice
    told = explain(model, data, history=history, slice=plane)
    sections: list[dict[str, Any]] = [
        {"title": section.title, "parts": [_part(part) for part in section.parts]}
        for section in told.sections
    ]
    if data is not None and history is not None:
        sections[0]["parts"].append(_TWO_LOSSES)
    return {
        "verdict": told.verdict,
        "sections": sections,
        "units": _units(told),
    }


# Beside these words there are the curves of the training.
_TWO_LOSSES = (
    "The curves of the training are means over an epoch's batches, each scored while the network "
    "still learned; the loss and accuracy here are of the network after the epoch."
)


def _part(part: str | Table) -> Any:
    return part if isinstance(part, str) else {"header": part.header, "rows": part.rows}


def _units(told: Explanation) -> dict[str, str]:
    """The sentences of each unit, such as ``L1.0``."""
    found: dict[str, list[str]] = {}
    for finding in told.findings:
        if "unit" in finding.subject and finding.kind != "mistake":
            name = f"{finding.subject['layer']}.{finding.subject['unit']}"
            found.setdefault(name, []).append(sentence(finding, told.names))
    return {name: " ".join(sentences) for name, sentences in found.items()}


def encoded(values: ArrayLike) -> str:
    """Numbers as the page wants them: float32, little-endian, in base64.

    What float32 cannot hold, such as an end of a line in a window of that size, is its largest.
    """
    largest = np.finfo(np.float32).max
    held = np.clip(np.asarray(values, np.float64), -largest, largest)
    return base64.b64encode(np.ascontiguousarray(held, "<f4").tobytes()).decode()


def _pictures(
    course: Course,
    window: Window,
    slice: Slice | None,  # noqa: A002
    *,
    all_of_them: bool,
) -> Iterator[tuple[str, Any]]:
    """Exact lines for the epoch shown, then for others, as far as they may take room."""
    room = _MOST_PICTURE_BYTES
    more = all_of_them and course.model.parameters <= SMALL
    others = evenly(course.epochs, _MOST_PICTURES)[::-1].tolist() if more else []
    for epoch in dict.fromkeys([course.shown, *others]):
        made = picture(course.network(epoch), window, slice)
        lines = [made["boundaries"], *made["creases"].values()]
        room -= sum(len(each) for each in lines) + 8 * len(made["pairs"])
        if room < 0 and epoch != course.shown:
            return
        yield str(epoch), made


def default_slice(model: Model, data: Dataset) -> Slice:
    """The plane to look at first, for other than two inputs.

    Of a table it is that of the two numbers without which the fewest examples stay right, the other
    columns at their means; and so it is of other data whose features have different units, where a
    plane of most variance would show the feature with the largest numbers and little else. Else it
    is the plane in which the data varies most.
    """
    if model.encoding is not None:
        columns = np.flatnonzero(model.encoding.steps).tolist()
    else:
        columns = list(range(data.features)) if _different_units(data) else []
    if len(columns) < 2:
        try:
            return Slice.principal(data)
        except DataError:  # it varies in fewer than two directions
            return Slice.through_features(0, 1, data.X.mean(axis=0, dtype=np.float64))
    network, means = model.network, data.X.mean(axis=0, dtype=np.float64)
    X, before = data.X.astype(network.dtype), network.predict(data.X)
    right = [
        ablate(X, column, means[column], network.layers, data, before).correct for column in columns
    ]
    first, second = sorted(np.argsort(right, kind="stable")[:2].tolist())
    names = model.feature_names
    return Slice.through_features(names[columns[first]], names[columns[second]], means, names=names)


def _different_units(data: Dataset) -> bool:
    """Whether one feature varies so much more than most that its unit must be another."""
    if data.image_shape is not None:
        return False
    spreads = data.X.std(axis=0, dtype=np.float64)
    return bool(spreads.max() > _OTHER_UNIT * np.median(spreads))


def _plane(
    subject: Subject,
    slice: Slice | None,  # noqa: A002
    inputs: Inputs | None,
) -> dict[str, Any]:
    """How the window's coordinates become inputs, and what they are called."""
    names: Sequence[str] = PLAIN
    if inputs is None:
        names = subject.axis_names(slice)
    elif inputs is _ALONE:
        names = (subject.feature_names[0], "")
    return {
        "names": list(names),
        "inputs": None if inputs is None else list(inputs.names),
        "origin": None if slice is None else slice.origin.tolist(),
        "u": None if slice is None else slice.u.tolist(),
        "v": None if slice is None else slice.v.tolist(),
        "caption": "" if slice is None else subject.caption(slice),
    }


def _points(data: Dataset, points: Dataset | None) -> dict[str, Any]:
    """The samples; of very many, evenly chosen ones."""
    rows = evenly(np.arange(len(data)), _MOST_POINTS)
    return {
        "rows": None if len(rows) == len(data) else rows.tolist(),
        "of": len(data),
        "X": encoded(data.X[rows]),
        "places": None if points is None else encoded(points.X[rows]),
        "y": data.y[rows].tolist(),
    }
