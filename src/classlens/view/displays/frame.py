"""Figures, panels and their surroundings: sizes in inches, quiet axes, text that fits.

Panels have a fixed size and the figure grows around what is written beside them, so no name is too
long and nothing is cut. This costs one measuring of the text; matplotlib's own layout engines cost
several drawings.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator
from matplotlib.transforms import Bbox

from classlens.errors import ArgumentError
from classlens.view.displays.legends import corner
from classlens.view.displays.lettering import (
    HEADING,
    LABEL,
    SMALL,
    plain,
    readable,
    shorten,
)
from classlens.view.displays.rulers import Marker, Ruler, decimals
from classlens.view.palette import FAINT, INK, QUIET

# Dots an inch of a picture that is written to a file.
DPI = 120

# A panel that stands alone, in inches.
PANEL = (5.0, 4.1)

# Inches of white around the picture.
PAD = 0.12


def bare_figure() -> Figure:
    """A figure that no window and no pyplot knows, ready to be written to a file."""
    figure = Figure(dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)  # measures text faster than a figure without a canvas of its own
    return figure


def shown_figure() -> Figure:
    """A figure that pyplot knows, so that ``plt.show()`` and notebooks show it."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - costs time that files need not pay

    return plt.figure(facecolor="white")


def check_axes(ax: Any) -> Axes:
    """The axes to draw on.

    Raises:
        ArgumentError: if it is none.
    """
    if isinstance(ax, Axes):
        return ax
    raise ArgumentError(
        "ax must be a matplotlib Axes, as of figure.subplots(), or None for a new figure. "
        f"Got {type(ax).__name__} instead."
    )


def check_figure(ax: Any) -> Figure:
    """The figure for a picture of several panels.

    Raises:
        ArgumentError: if it is none.
    """
    if isinstance(ax, Figure):
        return ax
    raise ArgumentError(
        "ax must be a matplotlib Figure, because this picture has several panels, or None for a "
        f"new one. Got {type(ax).__name__} instead"
        + ("; give a figure of its own." if isinstance(ax, Axes) else ".")
    )


def png(figure: Figure) -> bytes:
    """The picture as a PNG file's bytes, without transparency."""
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib leaves its methods without types
    canvas.draw()
    colours = np.asarray(canvas.buffer_rgba())[:, :, :3]  # (height, width, 3)
    height, width, _ = colours.shape
    # Each row begins with a 2: it holds the differences from the row above, which pack best here.
    rows = np.empty((height, 1 + 3 * width), np.uint8)
    rows[:, 0] = 2
    flat = colours.reshape(height, -1)
    rows[0, 1:] = flat[0]
    np.subtract(flat[1:], flat[:-1], out=rows[1:, 1:])
    metre = round(figure.dpi / 0.0254)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
            _chunk(b"pHYs", struct.pack(">IIB", metre, metre, 1)),
            _chunk(b"IDAT", zlib.compress(rows.tobytes(), 1)),
            _chunk(b"IEND", b""),
        ]
    )


def _chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(content, zlib.crc32(kind))
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)


def alone(
    figure: Figure,
    draw: Callable[[Axes], Any],
    size: tuple[float, float] = PANEL,
    ruler: Marker | None = decimals(),  # noqa: B008 - it has no state
) -> Figure:
    """The figure, filled with one panel of a size in inches that ``draw`` draws on."""
    panel = add_panel(figure, 0, 0, *size, ruled=(ruler, ruler))
    draw(panel)
    settle(figure, [panel])
    return figure


def add_panel(
    figure: Figure,
    left: float,
    bottom: float,
    width: float,
    height: float,
    *,
    ruled: tuple[Marker | None, Marker | None] = (decimals(), decimals()),
    painted: bool = True,
) -> Axes:
    """An axes at a place in inches. ``settle`` later moves all panels together.

    Args:
        figure: where to.
        left: its left edge.
        bottom: its lower edge.
        width: in inches.
        height: in inches.
        ruled: where the rulers below it and on its left have marks; None for no ruler.
        painted: whether all of it will be painted over, to its rim.
    """
    across, up = figure.get_size_inches()
    ax = figure.add_axes((left / across, bottom / up, width / across, height / up))
    for axis in (ax.xaxis, ax.yaxis):
        axis.set_major_locator(NullLocator())
    # One line around the panel in place of four; its inner half may be painted over.
    ax.spines[:].set_visible(False)
    ax.patch.set(edgecolor=FAINT, linewidth=1.6 if painted else 0.8)
    below, beside = ruled
    if below is not None:
        ax.add_artist(Ruler("bottom", below))
    if beside is not None:
        ax.add_artist(Ruler("left", beside))
    return ax


def rulers(ax: Axes) -> dict[str, Ruler]:
    """The rulers of a panel by their sides; none for an axes that came from outside."""
    return {each.side: each for each in ax.artists if isinstance(each, Ruler)}


def settle(figure: Figure, panels: Sequence[Axes]) -> None:
    """Give the figure the size that holds the panels and what is written around them.

    Args:
        figure: every axes in it keeps its size in inches.
        panels: those of its axes that have something written on the picture's outer side. Only
            these are measured, because measuring takes time.
    """
    boxes = [panel.bbox for panel in figure.axes]
    for panel in dict.fromkeys(panels):
        texts = [*panel.texts, panel.xaxis.label, panel.yaxis.label]
        boxes += [text.get_window_extent() for text in texts if text.get_text()]
        boxes += [ruler.get_window_extent() for ruler in rulers(panel).values()]
    box = Bbox.union(boxes)
    left, bottom, right, top = (float(edge) / figure.dpi for edge in box.extents)
    across, up = figure.get_size_inches()
    width, height = right - left + 2 * PAD, top - bottom + 2 * PAD
    for panel in figure.axes:
        place = panel.get_position(original=True)
        panel.set_position(
            (
                (place.x0 * across - left + PAD) / width,
                (place.y0 * up - bottom + PAD) / height,
                place.width * across / width,
                place.height * up / height,
            )
        )
    figure.set_size_inches(width, height)


def show(ax: Axes, across: tuple[float, float], up: tuple[float, float]) -> None:
    """Set what a panel shows, its lowest and its highest values."""
    ax.set_xlim(across)
    ax.set_ylim(up)


def name_axes(ax: Axes, across: str | None, up: str | None) -> None:
    """Write the axes' names, clear of the rulers; None writes nothing.

    The panel's limits must be final.
    """
    ruled = rulers(ax)
    if across is not None:
        plain(ax.set_xlabel(shorten(across), color=INK, size=LABEL))
        if "bottom" in ruled:
            below = -ruled["bottom"].room() - 5
            ax.xaxis.set_label_coords(0, below, transform=corner(ax, 0.5, 0.0))
    if up is not None:
        plain(ax.set_ylabel(shorten(up), color=INK, size=LABEL))
        if "left" in ruled:
            beside = -ruled["left"].room() - 5
            ax.yaxis.set_label_coords(beside, 0, transform=corner(ax, 0.0, 0.5))


def clearance(ax: Axes) -> float:
    """How many points over a panel's upper edge there is room again."""
    left = rulers(ax).get("left")
    return 6 + (left.above() if left else 0.0)


def entitle(ax: Axes, title: str, note: str = "", *, clear: float | None = None) -> float:
    """A heading at the panel's left edge, and a quiet explanation below it.

    Args:
        ax: the panel.
        title: the heading, one line.
        note: the explanation, one or more lines.
        clear: how many points over the panel's upper edge the lowest line stands; by default just
            over what the ruler writes there.

    Returns:
        How many points over the panel's upper edge the heading stands.
    """
    if clear is None:
        clear = clearance(ax)
    lines = note.count("\n") + 1 if note else 0
    above = clear + 1 + lines * SMALL * 1.35
    write(ax, title, above=above, size=HEADING, weight="bold")
    if note:
        write(ax, note, above=clear, size=SMALL, colour=QUIET)
    return above


def write(
    ax: Axes,
    text: str,
    *,
    above: float,
    size: float,
    weight: str = "normal",
    colour: str = INK,
    align: Literal["left", "center"] = "left",
) -> None:
    """Write above a panel, so many points over its upper edge."""
    plain(
        ax.text(
            0,
            above,
            readable(text),
            transform=corner(ax, 0.0 if align == "left" else 0.5, 1.0),
            ha=align,
            va="bottom",
            size=size,
            weight=weight,
            color=colour,
        )
    )
