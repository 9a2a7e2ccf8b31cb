"""Line segments: boundaries, creases and margins."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from classlens.view.palette import INK


def draw(ax: Axes, segments: NDArray[Any], *, label: str, **style: Any) -> None:
    """Draw segments, shape (segments, 2 ends, 2 coordinates), as one artist.

    Args:
        ax: where to draw.
        segments: the ends of each.
        label: what the artist is called.
        **style: a width in points and whatever else matplotlib's Line2D takes.
    """
    gaps = np.full((len(segments), 1, 2), np.nan)  # a line breaks at a place that is not a number
    x, y = np.concatenate([segments, gaps], axis=1).reshape(-1, 2).T
    given = {"color": INK, "solid_capstyle": "round", "zorder": 2, **style}
    ax.add_artist(Line2D(x, y, label=label, **given))
