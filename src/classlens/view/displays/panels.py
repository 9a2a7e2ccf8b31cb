"""Many small panels over one plane: a grid, one colour scale, one colour bar, one legend."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from classlens.analysis.planes import Window
from classlens.view.displays import frame, points
from classlens.view.displays.scales import Scale, colour_bar

# Up to so many panels: their width and height in inches, the size of their titles in points.
_SIZES = (
    (1, 4.4, 3.7, frame.TITLE),
    (2, 3.4, 2.9, frame.TITLE),
    (4, 2.7, 2.3, frame.TITLE),
    (12, 2.1, 1.8, frame.LABEL),
    (32, 1.6, 1.35, frame.SMALL),
    (math.inf, 1.35, 1.15, 7.5),
)

# Inches between panels, and between the grid, the colour bar and the legend.
_GAP, _TO_BAR, _TO_LEGEND = 0.15, 0.2, 0.78

# A picture holds so many panels; its heading says when there are more units.
MOST = 64

# Up to so many panels, every panel on the left and on the lower rim has its tick labels; beyond,
# one panel speaks for all.
_LABELLED = 6


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
) -> Grid:
    """Add a panel for each title, as large as their number allows.

    Args:
        figure: where to.
        titles: one a panel, wrapped to two lines where they are long.
        names: the axes' names, or None for panels without ticks.
        window: what each panel shows.
        left: the left edge in inches.
        shrink: a factor for the panels' usual size.
    """
    count = len(titles)
    _, width, height, size = next(row for row in _SIZES if count <= row[0])
    width, height = shrink * width, shrink * height
    columns = _columns(count)
    rows = math.ceil(count / columns)
    texts = [frame.wrapped(title, width, size) for title in titles]
    lines = max(text.count("\n") + 1 for text in texts)
    lift = 4 + (frame.offset_room(window.x1) if names is not None else 0)
    across, down = width + _GAP, height + _GAP + (lift - 4 + lines * size * 1.25) / 72
    axes = []
    for index, text in enumerate(texts):
        row, column = divmod(index, columns)
        ax = frame.add_panel(figure, left + column * across, -row * down - height, width, height)
        frame.write(ax, text, above=lift, size=size, align="center")
        ax.set_xlim(window.x0)
        ax.set_ylim(window.x1)
        axes.append(ax)
    if names is not None:
        _name(axes, columns, names, width)
    else:
        for ax in axes:
            frame.calm(ax, ticks=False)
    return Grid(
        tuple(axes),
        axes[(rows - 1) * columns],
        left + columns * across - _GAP,
        0.0,
        -(rows - 1) * down - height,
        lift + 2 + lines * size * 1.25,
        max(2.5, min(11.0, 6 * width - 4)),
        min(1.5, 0.6 + 0.25 * width),
    )


def _columns(count: int) -> int:
    """As many as leave the fewest places empty, and the grid wider than high."""
    wide = math.sqrt(1.5 * count)
    candidates = range(math.ceil(math.sqrt(count)), math.ceil(math.sqrt(2.2 * count)) + 1)
    return min(candidates, key=lambda columns: (-count % columns, abs(columns - wide)))


def _name(axes: Sequence[Axes], columns: int, names: tuple[str, str], width: float) -> None:
    """Ticks and names for panels over one plane: on the rim, or for all of them in one corner."""
    across, up = names
    corner = axes[(len(axes) - 1) // columns * columns]
    small = len(axes) > _LABELLED
    fits = not small and frame.length(frame.shorten(across), frame.LABEL) < 72 * width
    for index, ax in enumerate(axes):
        lowest = index + columns >= len(axes)
        if small and ax is not corner:
            frame.calm(ax, ticks=False)
            continue
        frame.calm(ax)
        frame.few_ticks(ax, 3 if small else 5)
        ax.tick_params(labelleft=index % columns == 0, labelbottom=lowest)
        if lowest and fits:
            frame.name_axes(ax, across, None)
    frame.name_axes(corner, across, up)
    if not fits:  # it begins at the left and runs on below the next panels
        corner.xaxis.label.set(x=0, horizontalalignment="left")


def explain(figure: Figure, grid: Grid, scale: Scale, value: str, names: Sequence[str]) -> Axes:
    """Put the colour bar, and the classes' legend where there are names, to the right of a grid.

    Returns:
        The colour bar's axes, to which the legend belongs, for ``settle``.
    """
    height = min(grid.top - grid.bottom, 3.6)
    bar = frame.add_panel(figure, grid.right + _TO_BAR, grid.top - height, 0.13, height)
    colour_bar(bar, scale, value)
    if names:
        frame.legend(bar, *points.keys(names, marked=True), gap=_TO_LEGEND)
    return bar
