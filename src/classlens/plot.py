"""The pictures: each function takes a model and data, computes once, and gives a Display.

A Display holds arrays and names. Its ``plot(...)`` only draws, its ``figure()`` gives a figure
without pyplot, its ``png()`` the bytes of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.analysis import planes
from classlens.analysis.planes import Window
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError
from classlens.network import Network, class_names
from classlens.view.displays.data import DataDisplay
from classlens.view.displays.decisions import RegionsDisplay, Samples
from classlens.view.displays.hidden import Coincidence, HiddenDisplay
from classlens.view.displays.history import HistoryDisplay
from classlens.view.displays.unit_grid import UnitsDisplay

if TYPE_CHECKING:
    from classlens.training.history import History

Data = Dataset | tuple[ArrayLike, ArrayLike]
WindowLike = Window | Sequence[Sequence[float]]

# Grid points along each side of a window, where the whole picture shows it.
RESOLUTION = 240

# The same for a panel among others: for so many panels at most, so many points.
_PANEL_RESOLUTIONS = ((2, 160), (12, 110), (32, 80))
_SMALLEST_RESOLUTION = 64


def as_network(model: object) -> Network:
    """The network of a Network, a Model, a Run, or anything else with a ``network``.

    Raises:
        ArgumentError: if there is none.
    """
    network = model if isinstance(model, Network) else getattr(model, "network", None)
    if not isinstance(network, Network):
        raise ArgumentError(
            "model must be a Network, or have one as its .network, as a Model and a Run do. "
            f"Got {type(model).__name__} instead."
        )
    return network


def data(data: Data) -> DataDisplay:
    """The samples in the plane, with a colour and a marker for each class.

    Args:
        data: a Dataset or a pair (X, y), with two features.

    Raises:
        DataError: if the samples cannot be used, or do not have two features.

    Example:
        >>> display = data(([[0.0, 1.0], [2.0, 3.0]], [0, 1]))
        >>> display.X.shape
        (2, 2)
        >>> figure = display.figure()
    """
    samples = _in_the_plane(Dataset.of(data))
    window = Window.around(samples.X)
    return DataDisplay(samples.X, samples.y, window, samples.class_names, samples.feature_names)


def regions(
    model: object,
    data: Data | None = None,
    *,
    window: WindowLike | None = None,
    resolution: int = RESOLUTION,
) -> RegionsDisplay:
    """The decision regions: which class wins where, how surely, and where two classes tie.

    Args:
        model: a Network, Model or Run with two inputs.
        data: a Dataset or a pair (X, y), drawn over the regions; misclassified ones get a ring.
        window: ((x0_min, x0_max), (x1_min, x1_max)); by default the data's range and a tenth of it
            on each side.
        resolution: grid points along each side at which the network is evaluated.

    Raises:
        ArgumentError: if the network does not have two inputs, the window is none, or its and the
            data's classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
        >>> display = regions(network, window=((-1, 1), (-1, 1)))
        >>> display.regions.pairs[0]
        array([0, 1])
        >>> figure = display.figure()
    """
    network = as_network(model)
    samples = None if data is None else _for(network, data)
    place = _window(window, samples)
    sampled = planes.sample_regions(network, place, resolution=resolution)
    drawn = None
    if samples is not None:
        predicted = planes.values_at(network, samples.X).activation.argmax(axis=1)
        drawn = Samples(samples.X, samples.y, predicted)
    return RegionsDisplay(sampled, drawn, *_names(network, samples))


def units(
    model: object,
    data: Data | None = None,
    *,
    layer: str = "L1",
    window: WindowLike | None = None,
) -> UnitsDisplay:
    """What each unit of a layer computes over the input plane, on one colour scale.

    Args:
        model: a Network, Model or Run with two inputs.
        data: a Dataset or a pair (X, y), drawn small over the values.
        layer: the layer's name; in the last layer each unit stands for a class.
        window: ((x0_min, x0_max), (x1_min, x1_max)); by default the data's range and a tenth of it
            on each side.

    Raises:
        ArgumentError: if the network does not have two inputs or no such layer, the window is none,
            or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
        >>> display = units(network, layer="L1", window=((-1, 1), (-1, 1)))
        >>> display.outputs
        ('c0', 'c1')
        >>> figure = display.figure()
    """
    network = as_network(model)
    chosen = network.get_layer(layer)
    samples = None if data is None else _for(network, data)
    place = _window(window, samples)
    plane = planes.sample_layer(
        network, place, layer=layer, resolution=_panel_resolution(chosen.units)
    )
    names, features = _names(network, samples)
    return UnitsDisplay(
        plane,
        layer,
        str(chosen.activation),
        names if chosen is network.layers[-1] else None,
        None if samples is None else samples.X,
        None if samples is None else samples.y,
        names,
        features,
    )


def hidden(model: object, data: Data, *, layer: str | None = None) -> HiddenDisplay:
    """The examples as a hidden layer of two units re-maps them, and the outputs over that space.

    Args:
        model: a Network, Model or Run, with any number of inputs.
        data: a Dataset or a pair (X, y).
        layer: the name of a hidden layer with two units; by default the last of them.

    Raises:
        ArgumentError: if there is no such layer, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays(
        ...     [[[1.0, -1.0]], [[1.0, 0.0], [0.0, 1.0]]], [[0.0, 0.0], [0.0, 0.0]]
        ... )
        >>> display = hidden(network, ([[-1.0], [1.0], [2.0]], [1, 0, 0]))
        >>> display.A.tolist()
        [[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]]
        >>> figure = display.figure()
    """
    network = as_network(model)
    name = _plane_layer(network, layer)
    samples = _for(network, data)
    number = [layer.name for layer in network.layers].index(name) + 1
    places = planes.values_at(planes.up_to(network, name), samples.X).activation
    rest = planes.after(network, name)
    window = Window.around(places)
    count = _panel_resolution(len(network.classes))
    outputs = planes.sample_layer(rest, window, layer=rest.layers[-1].name, resolution=count)
    return HiddenDisplay(
        planes.sample_regions(rest, window, resolution=RESOLUTION),
        outputs.activation,
        places,
        samples.y,
        _coincidences(places, samples.y, len(network.classes)),
        name,
        (f"a[{number}]0", f"a[{number}]1"),
        _names(network, samples)[0],
    )


def history(history: History) -> HistoryDisplay:
    """The loss and the accuracy, epoch by epoch.

    Args:
        history: a History, such as ``run.history``.

    Raises:
        ArgumentError: if it is none, or no epoch was finished.
    """
    if getattr(history, "loss", None) is None:
        raise ArgumentError(
            f"history must be a History, such as run.history. Got {type(history).__name__} instead."
        )
    if not len(history.epoch):
        raise ArgumentError("history must have at least one finished epoch. Got none.")
    return HistoryDisplay(
        history.epoch,
        history.loss,
        history.accuracy,
        history.val_loss,
        history.val_accuracy,
        None if history.val_loss is None else history.best,
    )


def _in_the_plane(samples: Dataset) -> Dataset:
    if samples.features != 2:
        raise DataError(
            "data must have 2 features to be drawn in the plane (more are not drawn yet). "
            f"Got {samples.features} instead."
        )
    return samples


def _window(window: WindowLike | None, samples: Dataset | None) -> Window:
    if window is not None:
        return Window.of(window)
    if samples is None:
        raise ArgumentError(
            "window must be ((x0_min, x0_max), (x1_min, x1_max)) when there is no data to take it "
            "from. Got None instead."
        )
    return Window.around(_in_the_plane(samples).X)


def _for(network: Network, data: Data) -> Dataset:
    """The data with its classes in the order of the network's outputs.

    Names that the data made up itself (c0, c1, ...) are taken as the outputs' indices.

    Raises:
        ArgumentError: if the data has a class that the network does not know.
        DataError: if it has another number of features than the network has inputs.
    """
    samples = Dataset.of(data)
    if samples.features != network.inputs:
        raise DataError(
            f"data must have {network.inputs} features, one for each input of the network. "
            f"Got {samples.features} instead."
        )
    if set(samples.class_names) <= set(network.classes):
        order = np.array([network.classes.index(name) for name in samples.class_names])
        return Dataset(samples.X, order[samples.y], network.classes, samples.feature_names)
    unnamed = _unnamed(samples.class_names) or _unnamed(network.classes)
    if unnamed and samples.classes <= len(network.classes):
        return samples
    strange = [name for name in samples.class_names if name not in network.classes]
    raise ArgumentError(
        f"data must have the network's classes, {_listed(network.classes)}. "
        f"Got {_listed(strange or samples.class_names)} instead."
    )


def _unnamed(names: Sequence[str]) -> bool:
    return list(names) == class_names(len(names))


def _listed(names: Sequence[str], most: int = 8) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def _names(network: Network, samples: Dataset | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The names of the classes and of the features, the data's where the network has none."""
    if samples is None:
        return network.classes, tuple(f"x{column}" for column in range(network.inputs))
    classes = network.classes
    if _unnamed(classes):
        classes = samples.class_names + classes[samples.classes :]
    return classes, samples.feature_names


def _panel_resolution(panels: int) -> int:
    fitting = (points for most, points in _PANEL_RESOLUTIONS if panels <= most)
    return next(fitting, _SMALLEST_RESOLUTION)


def _plane_layer(network: Network, layer: str | None) -> str:
    """The name of a hidden layer that is a plane."""
    *before, _ = network.layers
    if layer is not None:
        chosen = network.get_layer(layer)
        if chosen is network.layers[-1] or chosen.units != 2:
            kind = "the last layer" if chosen is network.layers[-1] else "a hidden layer"
            raise ArgumentError(
                f"layer must name a hidden layer with 2 units. Got {layer!r} instead, {kind} with "
                f"{chosen.units}."
            )
        return layer
    for candidate in reversed(before):
        if candidate.units == 2:
            return candidate.name
    sizes = ", ".join(f"{each.name} with {each.units}" for each in before) or "none"
    raise ArgumentError(
        "the network must have a hidden layer with 2 units, whose activations make a plane. "
        f"Its hidden layers are: {sizes}."
    )


def _coincidences(
    places: NDArray[Any], y: NDArray[np.int64], classes: int
) -> tuple[Coincidence, ...]:
    """The places that at least 3 samples and a hundredth of all share, the fullest first.

    Two coordinates count as equal when they round to the same multiple of a millionth of the
    samples' range.
    """
    given = places.astype(np.float64)
    span = np.ptp(given, axis=0)
    keys = np.round((given - given.min(axis=0)) / np.where(span > 0, 1e-6 * span, 1.0))
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    counts = np.zeros((len(first), classes), dtype=np.int64)
    np.add.at(counts, (group.reshape(-1), y), 1)
    totals = counts.sum(axis=1)
    order = np.argsort(-totals, kind="stable")
    at_least = max(3, 0.01 * len(given))
    return tuple(Coincidence(given[first[i]], counts[i]) for i in order if totals[i] >= at_least)
