"""The pictures: each function takes a model and data, computes once, and gives a Display.

A Display holds arrays and names. Its ``plot(...)`` only draws, its ``figure()`` gives a figure
without pyplot, its ``png()`` the bytes of a file.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.analysis import example, geometry, planes
from classlens.analysis.coincidences import coincidences
from classlens.analysis.lines import MarginLines, crease_lines, margin_lines, unit_creases
from classlens.analysis.planes import Window
from classlens.analysis.result import Regions
from classlens.analysis.slices import Slice
from classlens.analysis.territories import territories
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, short
from classlens.explanation.about_units import bit
from classlens.model import HasModel, Model
from classlens.network import Network
from classlens.view.displays.code_table import CodesDisplay
from classlens.view.displays.data import DataDisplay
from classlens.view.displays.decisions import RegionsDisplay, Samples
from classlens.view.displays.example_path import PathDisplay
from classlens.view.displays.hidden import HiddenDisplay
from classlens.view.displays.history import HistoryDisplay
from classlens.view.displays.unit_grid import UnitsDisplay
from classlens.view.subject import Data, Subject, WindowLike

if TYPE_CHECKING:
    from classlens.training.history import History

ModelLike = Network | Model | HasModel

# Grid points along each side of a window for the shades of the regions.
_SHADES = 121


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
    samples = Dataset.of(data)
    if samples.features != 2:
        raise DataError(
            "data must have 2 features to be drawn in the plane. "
            f"Got {samples.features} instead; give two columns of it."
        )
    window = Window.around(samples.X)
    return DataDisplay(samples.X, samples.y, window, samples.class_names, samples.feature_names)


def regions(
    model: ModelLike,
    data: Data | None = None,
    *,
    window: WindowLike | None = None,
    slice: Slice | None = None,  # noqa: A002 - the word that everyone uses for it
    creases: bool = False,
    margins: bool | Sequence[int] = False,
) -> RegionsDisplay:
    """The decision regions: which class wins where, how surely, and where two classes tie.

    Outlines, boundaries, creases and margins are exact, but for rounding, where all activations
    have linear pieces; else they are sampled, and the picture says so. How sure the network is, is
    sampled at 121 x 121 points (of the logarithm of the odds, which is nearly linear between them)
    and drawn in a few steps.

    Args:
        model: a Network, Model or Run; with two inputs, or with a slice.
        data: a Dataset or a pair (X, y), drawn over the regions; misclassified ones get a ring. On
            a slice they are projected onto it.
        window: ((x0_min, x0_max), (x1_min, x1_max)), in the slice's coordinates if there is one;
            by default the data's range and a tenth of it on each side.
        slice: the plane to draw, for networks with other than two inputs.
        creases: whether to draw where units turn on.
        margins: rows of the data whose distance to the nearest boundary is to be drawn; True for
            the closest example of each pair of neighbouring classes.

    Raises:
        ArgumentError: if network, slice and window do not fit each other, there is neither a window
            nor data, its and the data's classes do not match, or margins are not rows of the data.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
        >>> display = regions(network, window=((-1, 1), (-1, 1)))
        >>> display.regions.class_areas.tolist()
        [2.0, 2.0]
        >>> figure = display.figure()
    """
    subject = Subject.of(model, data)
    place = subject.window(window, slice)
    _check_margins(margins, subject, slice)
    found = geometry.regions(subject.network, place, slice)
    drawn = None
    if subject.samples is not None:
        predicted = planes.values_at(subject.network, subject.samples.X).activation.argmax(axis=1)
        drawn = Samples(subject.places(slice), subject.samples.y, predicted)
    return RegionsDisplay(
        regions=found,
        territories=territories(found, resolution=_SHADES),
        samples=drawn,
        creases=crease_lines(found) if creases else (),
        margins=None if drawn is None else _margins(found, drawn.X, margins),
        class_names=subject.class_names,
        axis_names=subject.axis_names(slice),
        place=subject.caption(slice),
    )


def units(
    model: ModelLike,
    data: Data | None = None,
    *,
    layer: str = "L1",
    window: WindowLike | None = None,
    slice: Slice | None = None,  # noqa: A002
) -> UnitsDisplay:
    """What each unit of a layer computes over the input plane, on one colour scale.

    Creases are exact; where an activation up to the layer is curved, none are drawn. The values are
    sampled on a grid.

    Args:
        model: a Network, Model or Run; with two inputs, or with a slice.
        data: a Dataset or a pair (X, y), drawn small over the values.
        layer: the layer's name; in the last layer each unit stands for a class.
        window: ((x0_min, x0_max), (x1_min, x1_max)), in the slice's coordinates if there is one;
            by default the data's range and a tenth of it on each side.
        slice: the plane to draw, for networks with other than two inputs.

    Raises:
        ArgumentError: if network, slice and window do not fit each other, there is no such layer or
            neither a window nor data, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
        >>> display = units(network, layer="L1", window=((-1, 1), (-1, 1)))
        >>> display.outputs
        ('c0', 'c1')
        >>> figure = display.figure()
    """
    subject = Subject.of(model, data)
    network = subject.network
    chosen = network.get_layer(layer)
    place = subject.window(window, slice)
    points = planes.fitting_resolution(chosen.units)
    lift = None if slice is None else slice.lift
    samples = subject.samples
    upper = planes.up_to(network, layer)
    return UnitsDisplay(
        window=place,
        values=planes.layer_values(upper, place, resolution=points, lift=lift),
        creases=unit_creases(network, layer, place, slice),
        layer=layer,
        activation=str(chosen.activation),
        outputs=subject.class_names if chosen is network.layers[-1] else None,
        X=None if samples is None else subject.places(slice),
        y=None if samples is None else samples.y,
        class_names=subject.class_names,
        axis_names=subject.axis_names(slice),
        place=subject.caption(slice),
    )


def hidden(model: ModelLike, data: Data, *, layer: str | None = None) -> HiddenDisplay:
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
    subject = Subject.of(model, data)
    network, samples = subject.network, subject.given
    name = subject.plane_layer(layer).name
    number = [layer.name for layer in network.layers].index(name) + 1
    places = planes.values_at(planes.up_to(network, name), samples.X).activation
    rest = planes.after(network, name)
    window = Window.around(places)
    points = planes.fitting_resolution(len(network.classes))
    return HiddenDisplay(
        territories=territories(geometry.regions(rest, window), resolution=_SHADES),
        logits=planes.layer_values(rest, window, resolution=points),
        A=places,
        y=samples.y,
        coincidences=coincidences(places, samples.y, len(network.classes)),
        layer=name,
        unit_names=(f"a[{number}]0", f"a[{number}]1"),
        class_names=subject.class_names,
    )


def codes(model: ModelLike, data: Data, *, layer: str | None = None) -> CodesDisplay:
    """The code table: which units of a hidden layer are on for which class.

    A unit's bit is on (off) where it is on (off) for at least three quarters of the class's
    examples, else mixed, as in the explanation.

    Args:
        model: a Network, Model or Run, with any number of inputs.
        data: a Dataset or a pair (X, y).
        layer: the name of a hidden layer; by default the last one.

    Raises:
        ArgumentError: if there is no such layer, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0]], np.eye(2)], [[0.0, 0.0], [0.0, 0.0]])
        >>> codes(network, ([[-1.0], [1.0], [2.0]], [1, 0, 0])).bits
        (('on', 'off'), ('off', 'on'))
    """
    subject = Subject.of(model, data)
    network, samples = subject.network, subject.given
    chosen = subject.hidden_layer(layer)
    z = planes.values_at(planes.up_to(network, chosen.name), samples.X).pre_activation
    counts = np.zeros((len(network.classes), chosen.units), np.int64)
    np.add.at(counts, samples.y, z > 0)
    totals = np.bincount(samples.y, minlength=len(network.classes))
    return CodesDisplay(
        on=counts,
        of=totals,
        bits=tuple(
            tuple(bit(on, total) for on in row) if total else ()
            for row, total in zip(counts.tolist(), totals.tolist(), strict=True)
        ),
        layer=chosen.name,
        activation=str(chosen.activation),
        class_names=subject.class_names,
    )


def path(model: ModelLike, x: ArrayLike, data: Data | None = None) -> PathDisplay:
    """One example's way through the network, and what each unit adds to the winner's lead.

    Args:
        model: a Network, Model or Run, with any number of inputs.
        x: the example, shape (features,).
        data: a Dataset or a pair (X, y), whose range is drawn behind each of the example's values.

    Raises:
        ArgumentError: if there is no network, or the data's classes do not match.
        DataError: if the example does not fit the network, or the samples cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0]], np.eye(2)], [[0.0, 0.0], [0.0, 0.0]])
        >>> path(network, [2.0]).path.lead
        2.0
    """
    subject = Subject.of(model, data)
    network = subject.network
    given = np.asarray(x)
    if given.shape != (network.inputs,):
        raise DataError(
            f"x must be one example, a row of {network.inputs} numbers. "
            f"Got the shape {given.shape} instead."
        )
    ranges = None
    if subject.samples is not None:
        X = subject.samples.X
        values = [X, *(each.activation for each in network.forward(X))]
        ranges = tuple(np.stack((each.min(axis=0), each.max(axis=0)), axis=1) for each in values)
    return PathDisplay(
        path=example.path(network, given),
        layers=tuple((layer.name, str(layer.activation)) for layer in network.layers),
        ranges=ranges,
        class_names=subject.class_names,
        feature_names=subject.feature_names,
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


def _check_margins(
    margins: bool | Sequence[int],
    subject: Subject,
    slice: Slice | None,  # noqa: A002
) -> None:
    """Refuse margins that are no rows, or where there are no examples in the plane."""
    if margins is False:
        return
    if slice is not None or subject.samples is None:
        where = "without data" if slice is None else "on a slice, which examples lie off"
        raise ArgumentError(f"margins must be False {where}. Got {short(margins)} instead.")
    if not isinstance(margins, bool | Sequence | np.ndarray):
        raise ArgumentError(
            f"margins must be True, False, or rows of the data. Got {short(margins)} instead."
        )


def _margins(
    found: Regions, places: NDArray[Any], rows: bool | Sequence[int]
) -> MarginLines | None:
    return None if rows is False else margin_lines(found, places, None if rows is True else rows)
