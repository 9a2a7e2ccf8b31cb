"""The units of the first layer over the plane of the inputs, and any function over it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from classlens.analysis import planes
from classlens.analysis.lines import unit_creases
from classlens.analysis.planes import Window
from classlens.arrays import real_array
from classlens.errors import ArgumentError, counted, short
from classlens.lab_utils import arguments, showing
from classlens.lab_utils.arguments import Range
from classlens.lab_utils.tracing import traced
from classlens.network import Network
from classlens.view.displays import frame, strokes
from classlens.view.displays.scales import heat, scale_of
from classlens.view.displays.unit_grid import UnitsDisplay

# Points along each side of a function's grid.
_POINTS = 121


def plt_layer_relu(
    X: ArrayLike, Y: ArrayLike, W1: ArrayLike, b1: ArrayLike, classes: int
) -> Figure:
    """Draw what each unit of a first layer with ReLU computes, and where it turns on.

    All units have one colour scale. A unit that is off for all examples is called dead.

    Args:
        X: the examples, shape (examples, 2).
        Y: class indices, shape (examples,).
        W1: the layer's kernel, shape (2, units), with any number of units.
        b1: its bias, shape (units,).
        classes: how many classes there are.

    Returns:
        The figure, which a notebook or a window shows.

    Raises:
        ArgumentError: if W1 or b1 does not fit, or classes is no such number.
        DataError: if the examples cannot be used.

    Example:
        >>> figure = plt_layer_relu([[0.0, 1.0], [2.0, 3.0]], [0, 1], [[1.0], [0.0]], [-1.0], 2)
        >>> figure.axes[0].texts[0].get_text()
        'Layer 1 Unit 0'
    """
    data = arguments.samples(X, Y, classes)
    kernel, bias = arguments.weights(W1, b1, name="1", inputs=2)
    network = Network.from_arrays([kernel], [bias], activations=["relu"])
    window = Window.around(data.X)
    units = len(bias)
    highest = planes.values_at(network, data.X).activation.max(axis=0)  # (units,)
    titles = [
        f"Layer 1 Unit {unit}{'' if highest[unit] else ': dead, off for all examples'}"
        for unit in range(units)
    ]
    resolution = planes.fitting_resolution(units)
    picture = UnitsDisplay(
        window=window,
        values=planes.layer_values(network, window, resolution=resolution),
        creases=unit_creases(network, "L1", window),
        layer="1",
        activation="relu",
        outputs=None,
        X=data.X,
        y=data.y,
        class_names=data.class_names,
        axis_names=("x0", "x1"),
        titles=tuple(titles),
    )
    figure = showing.new_figure()
    picture.plot(figure)
    return showing.show(figure)


def plt_prob_z(
    ax: Axes,
    fwb: Callable[[NDArray[Any]], Any],
    x0_rng: Range = (-8, 8),
    x1_rng: Range = (-5, 4),
) -> Axes:
    """Draw a function's values over the plane, with a colour bar, and where it exceeds 0.

    Args:
        ax: where to draw.
        fwb: from examples, shape (examples, 2), to a number each; one that takes a single example,
            shape (2,), is called for each.
        x0_rng: what is shown of x0, the lower end first.
        x1_rng: what is shown of x1.

    Returns:
        The axes.

    Raises:
        ArgumentError: if ax is no Axes, fwb is no function or does not give a number for an
            example, or a range is none.
    """
    ax = frame.check_axes(ax)
    if not callable(fwb):
        raise ArgumentError(f"fwb must be a function. Got {short(fwb)} instead.")
    x0, x1 = arguments.interval("x0_rng", x0_rng), arguments.interval("x1_rng", x1_rng)
    window = Window(x0, x1)
    across, up = np.meshgrid(np.linspace(*x0, _POINTS), np.linspace(*x1, _POINTS))
    grid = np.stack((across.ravel(), up.ravel()), axis=1)
    value = _each(fwb, grid[:3])
    values = value(grid).reshape(_POINTS, _POINTS)
    scale = scale_of(values)
    heat(ax, values, window, scale)
    found = traced(lambda P: (value(P) > 0).astype(np.intp), window, resolution=_POINTS)
    strokes.draw(ax, found.lines, label="crease", linewidth=1.2)
    frame.show(ax, x0, x1)
    ax.figure.colorbar(ScalarMappable(scale.norm, scale.colours), ax=ax)
    return ax


def _each(
    fwb: Callable[[NDArray[Any]], Any], some: NDArray[Any]
) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """The function for many examples at once, made of one for a single example if it must be."""
    try:
        together = np.size(fwb(some)) == len(some)
    except Exception:  # whatever a function of one example raises for several
        together = False

    def values(P: NDArray[Any]) -> NDArray[Any]:
        given = fwb(P) if together else [np.squeeze(fwb(each)) for each in P]
        numbers = real_array(given, "what fwb gives", ArgumentError)
        if numbers.size != len(P):
            raise ArgumentError(
                f"fwb must give one number for each of {counted(len(P), 'example')}. "
                f"Got the shape {numbers.shape} instead."
            )
        if not np.isfinite(numbers).all():
            raise ArgumentError(
                "fwb must give finite numbers. "
                f"Got {numbers.ravel()[~np.isfinite(numbers.ravel())][0]}."
            )
        return numbers.reshape(-1)

    return values
