"""Pictures over the plane of two features, or over a slice through more of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.analysis import geometry, planes
from classlens.analysis.lines import MarginLines, crease_lines, margin_lines, unit_creases
from classlens.analysis.planes import Window
from classlens.analysis.result import Regions
from classlens.analysis.slices import Slice
from classlens.analysis.territories import territories
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, DataError, short
from classlens.model import ModelLike
from classlens.view.displays.data import DataDisplay
from classlens.view.displays.decisions import RegionsDisplay, Samples
from classlens.view.displays.unit_grid import UnitsDisplay
from classlens.view.subject import Data, Subject, WindowLike

# Grid points along each side of a window for the shades of the regions.
SHADES = 121


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
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
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
        territories=territories(found, resolution=SHADES),
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
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([[[1.0, -1.0], [0.0, 0.0]]], [[0.0, 0.0]])
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
