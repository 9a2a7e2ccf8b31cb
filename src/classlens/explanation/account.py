"""``explain``: gathers the findings about a network, in the order in which they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis.example import path
from classlens.analysis.geometry import Rectangle, regions
from classlens.analysis.result import Regions
from classlens.analysis.slices import Slice
from classlens.analysis.unit_facts import check_fit, units
from classlens.analysis.verdicts import Word, last_drop
from classlens.data.dataset import Dataset
from classlens.data.inputs import made_of_a_plane
from classlens.errors import ArgumentError
from classlens.explanation import rendering, words
from classlens.explanation.about_boundaries import closest_in_many_dimensions, plane_findings
from classlens.explanation.about_columns import column_findings
from classlens.explanation.about_examples import path_finding
from classlens.explanation.about_outputs import (
    lead_findings,
    mistake_findings,
    output_findings,
    spare_finding,
    verdict_finding,
)
from classlens.explanation.about_units import equation, layer_findings
from classlens.explanation.document import Section, document
from classlens.explanation.findings import Finding
from classlens.explanation.phrases import Names
from classlens.kinds import Flag, Whole
from classlens.model import Model, ModelLike, as_model, names_of_features, samples_for
from classlens.network import Network
from classlens.training.history import History, history_of


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a network does, as findings and as words.

    ``print`` gives text and a notebook shows a page; both are made from the findings alone.

    Attributes:
        findings: the facts, in the order in which they are told.
        names: what classes and features are called.
        whole: whether the words tell everything; if not, of a large network only what matters most.
    """

    findings: tuple[Finding, ...]
    names: Names
    whole: bool = False

    def __str__(self) -> str:
        return rendering.as_text(self.sections)

    def _repr_html_(self) -> str:
        return rendering.as_html(self.sections)

    @property
    def sections(self) -> list[Section]:
        """The words, in titled sections of sentences and tables."""
        return document(self.findings, self.names, whole=self.whole)

    @property
    def verdict(self) -> Word | None:
        """How good the network is on the examples, in a word such as ``good`` or ``poor split``.

        ``cl.explain`` gives one, if it has data; None of a single example's explanation.
        """
        return next((f.numbers["word"] for f in self.findings if f.kind == "verdict"), None)

    def short(self) -> str:
        """The verdict and one line for each layer."""
        return rendering.as_short_text(self.findings, self.names)

    def to_markdown(self) -> str:
        """The words as Markdown."""
        return rendering.as_markdown(self.sections)

    def to_json(self) -> str:
        """The findings, each with its sentence, as a JSON text."""
        return json.dumps(
            {
                "version": 1,
                "classes": list(self.names.classes),
                "features": list(self.names.features),
                "findings": [
                    {**finding.as_json(), "text": words.sentence(finding, self.names)}
                    for finding in self.findings
                ],
            }
        )


def explain(
    model: ModelLike,
    data: Dataset | tuple[ArrayLike, ArrayLike] | ArrayLike | None = None,
    y: ArrayLike | None = None,
    *,
    history: History | None = None,
    window: Rectangle | None = None,
    slice: Slice | None = None,  # noqa: A002 - the word that everyone uses for it
    whole: bool = False,
) -> Explanation:
    """Say what a network does, unit by unit and class by class.

    Features that are made of a plane's two coordinates, as ``Inputs`` makes x0**2 of x0, do not
    change one without the other. Of what would happen if they did nothing is said.

    Args:
        model: a network, a model, or a run, which brings its history; or a model of Keras, PyTorch,
            ONNX or scikit-learn.
        data: samples with their classes; without them only what the weights alone tell is said.
        y: the classes, where data is the samples alone: ``explain(model, X, y)``.
        history: how the network was trained, where it is known.
        window: ((x0_min, x0_max), (x1_min, x1_max)) of the input plane, or of the slice; by default
            the data's range and a tenth.
        slice: a plane through the inputs whose boundaries are to be told, for networks with other
            than two inputs.
        whole: let the words tell everything that was found. By default they tell of a large network
            (more than 10 units, outputs and columns) only what matters most.

    Raises:
        DataError: if the data does not fit the network.
        ArgumentError: if the window is empty, inverted or not finite, or was given for a network
            with other than two inputs without a slice.
    """
    given = as_model(model)
    samples = samples_for(given, data, y)
    if samples is not None:
        check_fit(given.network, samples)
    features = names_of_features(given, None if samples is None else samples.feature_names)
    history = history or history_of(model)
    # A model of a table keeps its encoding, and has its features' names from there.
    named = given if given.encoding is not None else Model(given.network, features)
    made = made_of_a_plane(features)
    plane = None
    if not made or window is not None or slice is not None:
        plane = _plane(given.network, samples, window, slice)
    found = tuple(_gather(named, samples, history, plane, made=made))
    return Explanation(found, Names(given.network.classes, features), Flag().check("whole", whole))


def explain_example(
    model: ModelLike,
    example: int | ArrayLike,
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    *,
    slice: Slice | None = None,  # noqa: A002
) -> Explanation:
    """Say how one example comes to its class, and what would change it.

    What would change it is not said of features that are made of a plane's two coordinates: they do
    not change one without the other.

    Args:
        model: a network, a model, or a run.
        example: a row of the data, or the features of any example, shape (features,).
        data: samples with their classes.
        slice: consider only changes along the two directions of this plane.

    Raises:
        ArgumentError: if there is no such row, or no data that has rows.
        DataError: if the example or the data does not fit the network.
    """
    given = as_model(model)
    samples = samples_for(given, data)
    if samples is not None:
        check_fit(given.network, samples)
    features = names_of_features(given, None if samples is None else samples.feature_names)
    row = None
    if isinstance(example, (int, np.integer)):
        if samples is None:
            raise ArgumentError(
                f"data must be given to find example {example} in it, or the example's features."
            )
        row = Whole(0, len(samples) - 1).check("example", int(example))
        example = samples.X[row]
    seen = path(given, example, slice=slice)
    if made_of_a_plane(features):
        seen = replace(seen, flip=None)
    found = [path_finding(given.network, seen, row, slice)]
    if samples is not None and row is not None:
        found += [
            f for f in mistake_findings(given.network, samples) if f.subject["example"] == row
        ]
    return Explanation(tuple(found), Names(given.network.classes, features))


def _plane(
    network: Network,
    data: Dataset | None,
    window: Rectangle | None,
    slice: Slice | None,  # noqa: A002
) -> Regions | None:
    """What there is to be seen in a plane, if there is one and a window on it."""
    if window is None and data is None and slice is None:
        return None
    if network.inputs != 2 and slice is None and window is None:
        return None
    return regions(network, window, slice, data=data)


def _gather(
    model: Model,
    data: Dataset | None,
    history: History | None,
    plane: Regions | None,
    *,
    made: bool,
) -> Iterator[Finding]:
    network = model.network
    facts = units(model, data)
    if data is None:
        yield from (equation(fact, made=made) for fact in facts)
        yield from output_findings(network, None)
        if plane is not None:
            yield from plane_findings(plane, None, model.feature_names)
        return
    states = [(fact.layer, fact.on_data.state) for fact in facts if fact.on_data is not None]
    dead = [states.count((layer.name, "dead")) for layer in network.layers[:-1]]
    drop = None if history is None else last_drop(history.loss)
    yield verdict_finding(
        network,
        data,
        dead=dead,
        drop=drop,
        epochs=None if history is None else len(history),
    )
    if not made:
        yield from column_findings(network, data, model.feature_names, model.encoding)
    for depth in range(len(network.layers) - 1):
        yield from layer_findings(network, data, facts, depth, made=made)
    yield from output_findings(network, data)
    yield from lead_findings(network, data)
    calls = []
    if plane is not None:
        calls = list(plane_findings(plane, data, model.feature_names))
    if network.inputs != 2 and not made:
        calls += closest_in_many_dimensions(network, data, model.steps)
    yield from calls
    for call in calls:
        if call.kind == "closest call":
            row = call.subject["example"]
            yield path_finding(network, path(model, data.X[row]), row)
    yield from mistake_findings(network, data)
    spare = spare_finding(network, data)
    if spare is not None:
        yield spare
