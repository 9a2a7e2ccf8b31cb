"""Samples: a colour and a marker per class, and the legend that explains them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.view.palette import INK, look, tint

# What matplotlib calls the palette's markers, and the size that makes them look equally large.
_MARKERS = {
    "circle": ("o", 1.0),
    "square": ("s", 0.85),
    "triangle": ("^", 1.1),
    "diamond": ("D", 0.75),
    "plus": ("P", 1.15),
    "cross": ("X", 1.15),
    "triangle down": ("v", 1.1),
    "star": ("*", 1.75),
    "triangle left": ("<", 1.1),
    "pentagon": ("p", 1.2),
    "triangle right": (">", 1.1),
}

# From which area of a marker on its rim has which width: tiny ones would be all rim.
_RIMS = ((20.0, 0.6), (5.5, 0.4), (3.0, 0.25), (0.0, 0.0))

# With more samples than this, vector files carry the samples as one picture.
_DENSE = 2_000

# A legend lists so many classes and counts the others.
_LISTED = 60


def scatter(
    ax: Axes,
    X: NDArray[Any],
    y: NDArray[Any],
    names: Sequence[str],
    *,
    size: float,
) -> None:
    """Draw samples, one line for each class that has some, in the order of the classes.

    Args:
        ax: where to draw.
        X: places, shape (samples, 2).
        y: class indices, shape (samples,).
        names: the classes' names.
        size: a marker's area in square points.
    """
    for index in np.unique(y).tolist():
        style = look(index)
        shape, scale = _MARKERS[style.marker]
        mine = X[y == index]
        # A line without strokes: its markers are drawn three times as fast as a collection's.
        ax.add_artist(
            Line2D(
                mine[:, 0],
                mine[:, 1],
                linestyle="none",
                marker=shape,
                markersize=math.sqrt(size * scale),
                markerfacecolor=style.colour,
                markeredgecolor=INK,
                markeredgewidth=next(width for least, width in _RIMS if size >= least),
                label=names[index],
                zorder=3,
                rasterized=len(X) > _DENSE,
            )
        )


def ring(ax: Axes, X: NDArray[Any], *, size: float) -> None:
    """Mark samples, shape (marked, 2), with a ring around each."""
    mark = _ring(math.sqrt(3.5 * size) + 0.1 * size**0.5)
    mark.set_markeredgewidth(min(1.3, 0.035 * size))
    mark.set(data=(X[:, 0], X[:, 1]), zorder=4, rasterized=len(X) > _DENSE)
    ax.add_artist(mark)


def fitting_size(count: int, largest: float = 38.0) -> float:
    """A marker's area in square points: the more samples, the smaller."""
    return max(1.5, largest * min(1.0, math.sqrt(150 / count)))


def keys(names: Sequence[str], *, marked: bool) -> tuple[list[Line2D], list[str]]:
    """What a legend shows for the classes, and the names it shows them with.

    Args:
        names: the classes' names.
        marked: whether to show the samples' markers rather than the classes' tints.
    """
    listed = list(names[:_LISTED])
    handles = [marker_key(index) if marked else _tint_key(index) for index in range(len(listed))]
    if len(names) > len(listed):
        handles.append(Line2D([], [], linestyle="none"))
        listed.append(f"and {len(names) - _LISTED} more classes")
    return handles, listed


def ring_key() -> Line2D:
    """What a legend shows for ``ring``."""
    return _ring(10.0)


def _ring(diameter: float) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker="o",
        markersize=diameter,
        markerfacecolor="none",
        markeredgecolor=INK,
        markeredgewidth=1.3,
        label="misclassified",
    )


def marker_key(index: int) -> Line2D:
    """What stands for the class of that index in a legend or beside its name."""
    style = look(index)
    shape, scale = _MARKERS[style.marker]
    return _key(shape, 6.2 * scale**0.5, style.colour, INK, 0.5)


def _tint_key(index: int) -> Line2D:
    colour = look(index).colour
    return _key("s", 9.0, tint(colour), colour, 0.8)


def _key(marker: str, size: float, colour: str, rim: str, width: float) -> Line2D:
    return Line2D(
        [],
        [],
        linestyle="none",
        marker=marker,
        markersize=size,
        markerfacecolor=colour,
        markeredgecolor=rim,
        markeredgewidth=width,
    )
