"""Samples: a colour and a marker per class, and the legend that explains them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.markers import MarkerStyle
from matplotlib.patches import Patch
from matplotlib.path import Path as Outline
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

# With more samples than this, vector files carry the samples as one picture.
_DENSE = 2_000

# A legend lists so many classes and counts the others.
_LISTED = 60


def scatter(
    ax: Axes,
    X: NDArray[Any],
    y: NDArray[Any],
    *,
    size: float,
    edge: str = "white",
) -> None:
    """Draw samples, one collection for each class that has some, in the order of the classes.

    Args:
        ax: where to draw.
        X: places, shape (samples, 2).
        y: class indices, shape (samples,).
        size: a marker's area in square points.
        edge: colour of the markers' rims.
    """
    for index in np.unique(y).tolist():
        style = look(index)
        shape, scale = _MARKERS[style.marker]
        mine = X[y == index]
        ax.scatter(
            mine[:, 0],
            mine[:, 1],
            s=size * scale,
            c=style.colour,
            marker=shape,
            edgecolors=edge,
            linewidths=min(0.7, 0.1 * size**0.5),
            label=f"class {index}",
            zorder=3,
            rasterized=len(X) > _DENSE,
        )


def ring(ax: Axes, X: NDArray[Any], *, size: float) -> None:
    """Mark samples, shape (marked, 2), with a ring around each."""
    ax.scatter(
        X[:, 0],
        X[:, 1],
        s=3.2 * size + 12,
        facecolors="none",
        edgecolors=INK,
        linewidths=1.3,
        label="misclassified",
        zorder=4,
        rasterized=len(X) > _DENSE,
    )


def fitting_size(count: int, largest: float = 38.0) -> float:
    """A marker's area in square points: the more samples, the smaller."""
    return max(4.0, largest * min(1.0, (150 / max(count, 1)) ** 0.5))
