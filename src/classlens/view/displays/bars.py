"""Horizontal bars, one a row, as one artist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection


class Bar(NamedTuple):
    """A bar in a row, from one number to another.

    Attributes:
        row: its row, from the top.
        start: where it begins.
        end: where it ends.
        colour: what it is filled with.
    """

    row: int
    start: float
    end: float
    colour: str


def draw(ax: Axes, bars: Sequence[Bar], thickness: float, *, label: str, zorder: int) -> None:
    """Draw bars on an axes whose rows begin at 0, 1, ... from the top.

    Args:
        ax: where to draw.
        bars: none draws nothing.
        thickness: in parts of a row.
        label: what the artist is called.
        zorder: what lies above what.
    """
    if not bars:
        return
    across = np.array([(bar.start, bar.end, bar.end, bar.start) for bar in bars])
    middles = np.array([bar.row + 0.5 for bar in bars])
    up = middles[:, None] + thickness / 2 * np.array([-1, -1, 1, 1])
    colours = [bar.colour for bar in bars]
    corners = list(np.stack((across, up), axis=2))
    ax.add_artist(
        PolyCollection(corners, facecolors=colours, linewidths=0, label=label, zorder=zorder)
    )
