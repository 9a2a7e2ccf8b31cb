"""Trial: a recipe that was carried out, and every model that came by on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.data.inputs import Inputs
from classlens.data.scaling import Scaling
from classlens.data.shipped import SHIPPED, load
from classlens.data.toys import TOYS, toy
from classlens.errors import ArgumentError, short
from classlens.kinds import Whole
from classlens.model import Model
from classlens.network import Network
from classlens.playground.recipe import FILE, Recipe
from classlens.settings import Settings
from classlens.tabular.learning import learn
from classlens.tabular.preparing import Prepared
from classlens.training.prepare import parts_of
from classlens.training.rescaled import in_own_units
from classlens.training.run import Run, fit
from classlens.training.standing import Progress
from classlens.view.payload import payload, picture, words
from classlens.view.subject import Subject, WindowLike

Rows = NDArray[np.intp]
Given = Dataset | Prepared

# Called with the news of a training, and with what gives the network as it is then; with None where
# that is not to be had.
Watch = Callable[[Progress, Callable[[], Network] | None], None]

# (layer, input or -1 for the bias, unit, value): a weight that somebody has changed.
Edit = tuple[int, int, int, float]


@dataclass(frozen=True, eq=False)
class Trial:
    """A recipe that was carried out.

    Attributes:
        recipe: what decided the model.
        data: the samples, of the plane where the recipe's inputs are made of it.
        run: the training; its model takes features in their own units.
        watched: rows that were not learned from but watched.
        test: rows that only scored.
    """

    recipe: Recipe
    data: Dataset
    run: Run
    watched: Rows
    test: Rows

    @property
    def samples(self) -> Dataset:
        """The samples as the network is given them."""
        return self.data if self._inputs is None else self._inputs.dataset(self.data)

    @property
    def _inputs(self) -> Inputs | None:
        return None if self.recipe.inputs.plain else self.recipe.inputs

    def payload(self, window: WindowLike | None) -> dict[str, Any]:
        """What the page is given, words and other epochs' lines left out."""
        made = payload(self.run, self.data, window=window, inputs=self._inputs, told=False)
        return {
            **made,
            "parts": {"watched": self.watched.tolist(), "test": self.test.tolist()},
            "ending": self.run.ending,
            "seconds": self.run.seconds,
        }

    def model(self, epoch: int | None = None, edits: tuple[Edit, ...] = ()) -> Model:
        """The model after an epoch, by default the one that was kept, with weights changed.

        Raises:
            ArgumentError: if there is no such epoch or weight.
        """
        run = self.run
        network = run.network
        if epoch is not None and epoch != run.epoch:
            network = run.network_at(epoch)
        model = replace(run.model, network=_edited(network, edits))
        # What was changed by hand is not what these settings give.
        return replace(model, settings=None) if edits else model

    def look(
        self,
        epoch: int,
        edits: tuple[Edit, ...],
        window: WindowLike | None,
        slice: Slice | None,  # noqa: A002
    ) -> dict[str, Any]:
        """The lines and the words of an epoch's network."""
        model = self.model(epoch, edits)
        subject = Subject.of(model, self.samples)
        named = model if model.encoding is not None else _named(model, subject)
        history = None if edits else self.run.history.until(epoch)
        told = words(named, subject.samples, history if epoch else None, slice)
        if self._inputs is not None:
            return {"picture": None, "words": told}
        place = subject.window(window, slice)
        return {"picture": picture(model.network, place, slice), "words": told}


def _named(model: Model, subject: Subject) -> Model:
    return Model(model.network, subject.feature_names, model.settings)


def carried_out(recipe: Recipe, given: Given | None, watch: Watch) -> Trial:
    """Train as a recipe says.

    Args:
        recipe: what to do.
        given: the samples or the table that the recipe's ``file`` or ``given`` stands for.
        watch: called with the news of the training; what it raises ends it, as for ``fit``.

    Raises:
        ArgumentError: if the settings do not fit the data.
        DataError: if the samples cannot be used.
        DivergedError: as ``fit``.
    """
    settings = recipe.settings
    if isinstance(given, Prepared):
        trained = learn(given, progress=lambda news: watch(news, None), **vars(settings))
        rows = trained.parts
        return Trial(recipe, trained.data, trained.run, rows.watched, rows.test)
    data = samples_of(recipe, given)
    features = data if recipe.inputs.plain else recipe.inputs.dataset(data)
    scaling = Scaling.none(features.features)
    if recipe.standardise:
        scaling = _scaling(features.X)
        features = replace(features, X=scaling.scaled(features.X).astype(np.float32))

    def news(progress: Progress) -> None:
        watch(progress, lambda: _network(progress, scaling, settings, data.class_names))

    run = fit(features, progress=news, **vars(settings))
    if recipe.standardise:
        run = in_own_units(run, scaling)
    seed = settings.order_seed
    assert seed is not None  # noqa: S101 - a recipe has a seed
    parts, none = parts_of(data.y, settings, seed), np.zeros(0, np.intp)
    watched = none if parts.validation is None else parts.validation
    return Trial(recipe, data, run, watched, none if parts.test is None else parts.test)


def _network(
    progress: Progress, scaling: Scaling, settings: Settings, classes: tuple[str, ...]
) -> Network:
    """The network in the middle of its training, for features in their own units."""
    arrays = [array.astype(np.float64) for array in progress.parameters]
    arrays[:2] = scaling.folded(arrays[0], arrays[1])
    activations = (*settings.hidden_activations, Activation("linear"))
    return Network.from_arrays(arrays[::2], arrays[1::2], activations=activations, classes=classes)


def samples_of(recipe: Recipe, given: Given | None) -> Dataset:
    """The samples of a recipe that is not of a table.

    Raises:
        ArgumentError: if it is of something that the page was not given.
        MissingLibraryError: if a shipped table's library is not installed.
    """
    if recipe.points is not None:
        return recipe.points
    if recipe.source in TOYS:
        return toy(recipe.source, **recipe.arguments)
    if recipe.source in SHIPPED:
        return load(recipe.source)
    if isinstance(given, Dataset) and recipe.source != FILE:
        return given
    raise ArgumentError(f"there is no data called {short(recipe.source)} here. Choose another one.")


def _scaling(X: NDArray[np.float32]) -> Scaling:
    """As the Python code on the page computes it."""
    mean, spread = X.mean(axis=0, dtype=np.float64), X.std(axis=0, dtype=np.float64)
    return Scaling(mean, np.where(spread > 0, spread, 1.0))


def _edited(network: Network, edits: tuple[Edit, ...]) -> Network:
    if not edits:
        return network
    weights = [layer.get_weights() for layer in network.layers]
    for layer, source, unit, value in edits:
        at = Whole(0, len(weights) - 1).check("an edit's layer", layer)
        kernel, bias = weights[at]
        column = Whole(0, len(bias) - 1).check("an edit's unit", unit)
        row = Whole(-1, len(kernel) - 1).check("an edit's input", source)
        if row < 0:
            bias[column] = value
        else:
            kernel[row, column] = value
    kernels, biases = zip(*weights, strict=True)
    return network.with_weights(kernels, biases)
