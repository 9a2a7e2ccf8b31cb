"""Legends: what colours, marks and lines stand for, in columns beside a panel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.transforms import Affine2D, ScaledTranslation, Transform

from classlens.view.displays.lettering import LABEL, length, plain, shorten
from classlens.view.palette import INK

# Points: from one row to the next, the width that a key takes, and between two columns.
_ROW, _KEY, _BETWEEN = 16.0, 17.0, 14.0

# A column has so many rows at most.
_ROWS = 22


def legend(
    ax: Axes,
    keys: Sequence[Line2D],
    names: Sequence[str],
    *,
    gap: float = 0.1,
    drop: float = 0.0,
    most: int = 40,
) -> None:
    """Explain keys to the right of an axes, from its upper edge down.

    Args:
        ax: the axes it belongs to.
        keys: a line or a mark for each row, without a place.
        names: what they stand for.
        gap: how far from the axes, in inches.
        drop: how far below its upper edge, in inches.
        most: of a longer name so many characters are shown.
    """
    place = corner(ax, 1.0, 1.0)
    columns = max(1, -(-len(names) // _ROWS))
    rows = -(-len(names) // columns)
    left = 72 * gap
    for first in range(0, len(names), rows):
        shown = [shorten(name, most) for name in names[first : first + rows]]
        for row, (key, name) in enumerate(zip(keys[first : first + rows], shown, strict=True)):
            y = -72 * drop - _ROW * (row + 0.5)
            middle = left + (_KEY - 5) / 2
            # A line is seen from end to end, a mark in the middle.
            ends = [left, left + _KEY - 5] if key.get_linestyle() != "None" else [middle]
            key.set_data(ends, [y] * len(ends))
            key.set(transform=place, clip_on=False, label="key")
            ax.add_artist(key)
            text = ax.text(
                left + _KEY,
                y,
                name,
                transform=place,
                size=LABEL,
                color=INK,
                va="center_baseline",
                label="legend",
            )
            plain(text)
        left += _KEY + max(length(name, LABEL) for name in shown) + _BETWEEN


def width(names: Sequence[str]) -> float:
    """Inches that a legend of one column takes."""
    return (_KEY + max(length(shorten(name), LABEL) for name in names)) / 72


def corner(ax: Axes, across: float, up: float) -> Transform:
    """Points (1/72 inch) from a place in an axes, given in parts of its width and height."""
    inches = Affine2D().scale(1 / 72) + ax.figure.dpi_scale_trans
    place: Any = ax.transAxes  # matplotlib calls it a transform of any kind
    return inches + ScaledTranslation(across, up, place)
