"""Many small panels over one plane: a grid, one colour scale, one colour bar, one legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classlens.analysis.planes import Window
from classlens.view.displays import frame, legends, points
from classlens.view.displays.lettering import LABEL, SMALL, TITLE, wrapped
from classlens.view.displays.rulers import Marker, decimals
from classlens.view.displays.scales import Scale, bar_room, colour_bar

# Up to so many panels: their width and height in inches, the size of their titles in points.
_SIZES = (
    (1, 4.4, 3.7, TITLE),
    (2, 3.4, 2.9, TITLE),
    (4, 2.7, 2.3, TITLE),
    (12, 2.1, 1.8, LABEL),
    (32, 1.6, 1.35, SMALL),
    (math.inf, 1.35, 1.15, 7.5),
)

# Inches between panels, and between the grid, the colour bar and the legend.
_GAP, _TO_BAR, _TO_LEGEND = 0.15, 0.2, 0.25

# No panel is flatter or slimmer than this, its width over its height.
_FLATTEST, _SLIMMEST = 6.0, 0.5

# A picture holds so many panels; its heading says when there are more units.
MOST = 64

# Up to so many panels, each has room for several numbers on its rulers.
_LARGE = 6


@dataclass(frozen=True, eq=False)
class Grid:
    """Panels in rows and columns.

    Attributes:
        axes: one for each title, row by row from the top left.
        corner: the lowest of the panels on the left, which carries the axes' names.
        right: the right edge in inches.
        top: the upper edge in inches.
        bottom: the lower edge in inches.
        clear: how many points over the panels their titles reach.
        marker: a fitting area for a marker, in square points.
        stroke: a fitting width for a line, in points.
    """

    axes: tuple[Axes, ...]
    corner: Axes
    right: float
    top: float
    bottom: float
    clear: float
    marker: float
    stroke: float


def add_grid(
    figure: Figure,
    titles: Sequence[str],
    *,
    names: tuple[str, str] | None,
    window: Window,
    left: float = 0.0,
    shrink: float = 1.0,
    shape: float | None = None,
) -> Grid:
    """Add a panel for each title, as large as their number allows.

    Args:
        figure: where to.
        titles: one a panel, wrapped to two lines where they are long.
        names: the axes' names, or None for panels without rulers.
        window: what each panel shows.
        left: the left edge in inches.
        shrink: a factor for the panels' usual size.
        shape: a panel's width over its height, as far as there is room; by default the usual one.
    """
    count = len(titles)
    _, width, height, size = next(row for row in _SIZES if count <= row[0])
    width, height = shrink * width, shrink * height
    if shape is not None:
        shape = min(max(shape, _SLIMMEST), _FLATTEST)
        width, height = min(width, height * shape), min(height, width / shape)
    columns = _columns(count)
    rows = math.ceil(count / columns)
    texts = [wrapped(title, width, size) for title in titles]
    lines = max(text.count("\n") + 1 for text in texts)
    marker = decimals(3 if count > _LARGE else 5, inside=True)
    # Only rulers on the rim are drawn, so only the upper left panel may have a number above it.
    lift = 4.0 if names is None else 4.0 + _multiplier_room(marker, window)
    across, down = width + _GAP, height + _GAP + (lift - 4 + lines * size * 1.25) / 72
    axes = []
    for index, text in enumerate(texts):
        row, column = divmod(index, columns)
        lowest = index + columns >= count
        ruled = (marker if names and lowest else None, marker if names and not column else None)
        place = (left + column * across, -row * down - height)
        ax = frame.add_panel(figure, *place, width, height, ruled=ruled)
        frame.write(ax, text, above=lift, size=size, align="center")
        frame.show(ax, window.x0, window.x1)
        axes.append(ax)
    corner = axes[(rows - 1) * columns]
    whole = (columns * across - _GAP, rows * down - (down - height))
    if names is not None:
        _name(corner, names, whole)
    return Grid(
        tuple(axes),
        corner,
        left + whole[0],
        0.0,
        -whole[1],
        lift + 2 + lines * size * 1.25,
        max(2.5, min(11.0, 6 * width - 4)),
        min(1.5, 0.6 + 0.25 * width),
    )


def _columns(count: int) -> int:
    """As many as leave the fewest places empty, and the grid wider than high."""
    wide = math.sqrt(1.5 * count)
    candidates = range(math.ceil(math.sqrt(count)), math.ceil(math.sqrt(2.2 * count)) + 1)
    return min(candidates, key=lambda columns: (-count % columns, abs(columns - wide)))


def _multiplier_room(marker: Marker, window: Window) -> float:
    return 1.4 * SMALL if marker(*window.x1).offset else 0.0


def _name(corner: Axes, names: tuple[str, str], whole: tuple[float, float]) -> None:
    """Write the axes' names once, in the middle of the whole grid's sides."""
    frame.name_axes(corner, *names)
    width, height = whole
    ruled = frame.rulers(corner)
    across = legends.corner(corner, 0.0, 0.0)
    corner.xaxis.set_label_coords(36 * width, -ruled["bottom"].room() - 5, transform=across)
    corner.yaxis.set_label_coords(-ruled["left"].room() - 5, 36 * height, transform=across)


def explain(figure: Figure, grid: Grid, scale: Scale, value: str, names: Sequence[str]) -> Axes:
    """Put the colour bar, and the classes' legend where there are names, to the right of a grid.

    Returns:
        The colour bar's axes, to which the legend belongs, for ``settle``.
    """
    height = min(grid.top - grid.bottom, 3.6)
    place = (grid.right + _TO_BAR, grid.top - height)
    bar = frame.add_panel(figure, *place, 0.13, height, ruled=(None, None))
    colour_bar(bar, scale, value)
    if names:
        keys = points.keys(names, marked=True)
        legends.legend(bar, *keys, gap=bar_room(scale) + _TO_LEGEND)
    return bar
