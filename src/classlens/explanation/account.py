"""``explain``: gathers the findings about a network, in the order in which they are told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from numpy.typing import ArrayLike

from classlens.analysis.geometry import Rectangle, regions
from classlens.analysis.unit_facts import check_fit, units
from classlens.analysis.verdicts import last_drop
from classlens.data.dataset import Dataset
from classlens.explanation import document, words
from classlens.explanation.about_boundaries import closest_in_many_dimensions, plane_findings
from classlens.explanation.about_outputs import (
    lead_findings,
    mistake_findings,
    output_findings,
    spare_finding,
    verdict_finding,
)
from classlens.explanation.about_units import equation, layer_findings
from classlens.explanation.findings import Finding
from classlens.model import Model
from classlens.network import Network
from classlens.training.history import History


class HasModel(Protocol):
    """A run: something that has trained a model and remembers how."""

    @property
    def model(self) -> Model:
        """The trained model."""

    @property
    def history(self) -> History:
        """The course of the training."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """What a network does, as findings and as words.

    ``print`` gives text and a notebook shows a page; both are made from the findings alone.

    Attributes:
        findings: the facts, in the order in which they are told.
        names: what classes and features are called.
    """

    findings: tuple[Finding, ...]
    names: words.Names

    def __str__(self) -> str:
        return document.as_text(self.findings, self.names)

    def _repr_html_(self) -> str:
        return document.as_html(self.findings, self.names)

    def short(self) -> str:
        """The verdict and one line for each layer."""
        return document.as_short_text(self.findings, self.names)

    def to_markdown(self) -> str:
        """The words as Markdown."""
        return document.as_markdown(self.findings, self.names)

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
    model_or_run: Network | Model | HasModel,
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    *,
    history: History | None = None,
    window: Rectangle | None = None,
) -> Explanation:
    """Say what a network does, unit by unit and class by class.

    Args:
        model_or_run: the network, or a model or a run, which brings its history.
        data: samples with their classes; without them only what the weights alone tell is said.
        history: how the network was trained, where it is known.
        window: ((x0_min, x0_max), (x1_min, x1_max)) of the input plane, for networks with two
            inputs; by default the data's range and a tenth.

    Raises:
        DataError: if the data does not fit the network.
        ArgumentError: if the window is empty, inverted or not finite, or was given for a network
            without two inputs.
    """
    network, features, known = _parts(model_or_run)
    history = history or known
    dataset = None if data is None else Dataset.of(data)
    if dataset is not None:
        check_fit(network, dataset)
        features = features or dataset.feature_names
    features = features or tuple(f"x{i}" for i in range(network.inputs))
    names = words.Names(network.classes, features)
    found = tuple(_gather(network, dataset, history, window, features))
    return Explanation(found, names)


def _parts(
    model_or_run: Network | Model | HasModel,
) -> tuple[Network, tuple[str, ...] | None, History | None]:
    if isinstance(model_or_run, Network):
        return model_or_run, None, None
    if isinstance(model_or_run, Model):
        return model_or_run.network, model_or_run.feature_names, None
    model = model_or_run.model
    return model.network, model.feature_names, model_or_run.history


def _gather(
    network: Network,
    data: Dataset | None,
    history: History | None,
    window: Rectangle | None,
    features: tuple[str, ...],
) -> Iterator[Finding]:
    facts = units(network, data, features=features)
    if data is None:
        yield from (equation(fact) for fact in facts)
        yield from output_findings(network, None)
        if window is not None:
            yield from plane_findings(regions(network, window), network, None)
        return
    dead = sum(1 for fact in facts if fact.on_data is not None and fact.on_data.state == "dead")
    drop = None if history is None else last_drop(history.loss)
    yield verdict_finding(
        network,
        data,
        dead_units=dead,
        drop=drop,
        epochs=None if history is None else len(history),
    )
    for depth in range(len(network.layers) - 1):
        yield from layer_findings(network, data, facts, depth)
    yield from output_findings(network, data)
    yield from lead_findings(network, data)
    if network.inputs == 2:
        yield from plane_findings(regions(network, window, data=data), network, data)
    else:
        yield from closest_in_many_dimensions(network, data)
    yield from mistake_findings(network, data)
    spare = spare_finding(network, data)
    if spare is not None:
        yield spare
