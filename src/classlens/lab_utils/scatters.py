"""The examples in the plane, a colour and a marker for each class."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, ListedColormap
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.lab_utils import arguments, showing
from classlens.view.displays import frame, points
from classlens.view.palette import COLOURS, INK

# The classes' colours as matplotlib's table: ``dkcolors_map(0)`` is the first class's.
dkcolors_map = ListedColormap(COLOURS, "dkcolors")

# A map of so many colours is not a list of them, though matplotlib may keep it as one.
_CONTINUOUS = 256


def plt_mc(
    X_train: ArrayLike,
    y_train: ArrayLike,
    classes: int,
    centers: Any = None,  # noqa: ARG001 - part of the lab's call, which does not draw them either
    std: Any = None,  # noqa: ARG001
) -> Figure:
    """Draw the examples, with a legend.

    Args:
        X_train: shape (examples, 2).
        y_train: class indices, shape (examples,).
        classes: how many classes there are.
        centers: not drawn.
        std: not drawn.

    Returns:
        The figure, which a notebook or a window shows.

    Raises:
        ArgumentError: if classes is no such number.
        DataError: if the examples cannot be used.

    Example:
        >>> figure = plt_mc([[0.0, 1.0], [2.0, 3.0]], [0, 1], 2)
        >>> figure.axes[0].get_xlabel()
        'x0'
    """
    data = arguments.samples(X_train, y_train, classes)
    figure = showing.new_figure()
    frame.alone(figure, lambda ax: plot.data(data).plot(ax, title="Multiclass Data"))
    return showing.show(figure)


def plt_mc_data(  # noqa: PLR0913, PLR0917 - the lab's call
    ax: Axes,
    X: ArrayLike,
    y: ArrayLike,
    classes: int,
    class_labels: Sequence[str] | None = None,
    map: Colormap = dkcolors_map,  # noqa: A002 - the lab's name for it
    legend: bool = False,
    size: float = 50,
    m: str | None = None,
    equal_xy: bool = False,
) -> Axes:
    """Draw the examples on an axes.

    Args:
        ax: where to draw.
        X: shape (examples, 2).
        y: class indices, shape (examples,).
        classes: how many classes there are.
        class_labels: their names; by default c0, c1, ...
        map: their colours; one that is not a list of colours is taken at equal steps.
        legend: whether to explain them, in the axes.
        size: a marker's area in square points.
        m: one of matplotlib's markers for all classes; by default each class has its own.
        equal_xy: whether a step is equally long in both directions.

    Returns:
        The axes.

    Raises:
        ArgumentError: if ax is no Axes, map no colour map, or classes and class_labels do not fit.
        DataError: if the examples cannot be used.
    """
    ax = frame.check_axes(ax)
    if not isinstance(map, Colormap):
        raise ArgumentError(f"map must be a matplotlib Colormap. Got {type(map).__name__} instead.")
    data = arguments.samples(X, y, classes, names=class_labels)
    if map is dkcolors_map and m is None:
        points.scatter(ax, data.X, data.y, data.class_names, size=size)
        ax.update_datalim(data.X)
        ax.autoscale_view()
    else:
        _scatter(ax, data, map, size=size, marker=m or "o")
    if equal_xy:
        ax.set_aspect("equal", adjustable="datalim")
    if legend:
        ax.legend()
    return ax


def _scatter(ax: Axes, data: Dataset, colours: Colormap, *, size: float, marker: str) -> None:
    """Draw samples in colours that somebody chose."""
    count = data.classes
    listed = colours.N < _CONTINUOUS
    for index in np.unique(data.y).tolist():
        place = index % colours.N if listed else index / max(count - 1, 1)
        x0, x1 = data.X[data.y == index].T
        ax.scatter(
            x0,
            x1,
            s=size,
            marker=marker,
            color=colours(place),
            edgecolors=INK,
            linewidths=0.6,
            label=data.class_names[index],
            zorder=3,
        )
