"""Line segments: boundaries and creases."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.view.palette import INK


def draw(ax: Axes, segments: NDArray[np.float64], *, width: float, label: str) -> None:
    """Draw segments, shape (segments, 2 ends, 2 coordinates), as one artist.

    Args:
        ax: where to draw.
        segments: the ends of each.
        width: in points.
        label: what the artist is called.
    """
    gaps = np.full((len(segments), 1, 2), np.nan)  # a line breaks at a place that is not a number
    x, y = np.concatenate([segments, gaps], axis=1).reshape(-1, 2).T
    ax.add_line(
        Line2D(x, y, color=INK, linewidth=width, solid_capstyle="round", label=label, zorder=2)
    )
