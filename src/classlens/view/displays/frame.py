"""Figures, panels and their surroundings: sizes in inches, quiet axes, text that fits.

Panels have a fixed size and the figure grows around what is written beside them, so no name is too
long and nothing is cut. This costs one measuring of the text; matplotlib's own layout engines cost
several drawings.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Callable, Sequence
from typing import Any, Literal

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from matplotlib.transforms import Bbox, ScaledTranslation
from PIL import Image

from classlens.view.palette import FAINT, INK, QUIET

# Points of text: the heading, a panel's title, axis labels and legends, tick labels and notes.
HEADING, TITLE, LABEL, SMALL = 12.0, 10.0, 9.0, 8.0

# Dots an inch of a picture that is written to a file.
DPI = 120

# A panel that stands alone, in inches.
_PANEL = (5.0, 4.1)

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


def png(figure: Figure) -> bytes:
    """The picture as a PNG file's bytes."""
    canvas: Any = FigureCanvasAgg(figure)  # matplotlib leaves its methods without types
    canvas.draw()
    size = canvas.get_width_height()
    # Without transparency, and packed no harder than this: the rest takes as long as drawing.
    picture = Image.frombuffer("RGBA", size, canvas.buffer_rgba()).convert("RGB")
    target = io.BytesIO()
    picture.save(target, format="png", compress_level=1, dpi=(figure.dpi, figure.dpi))
    return target.getvalue()


def alone(figure: Figure, draw: Callable[[Axes], Any]) -> Figure:
    """The figure, filled with one panel of the usual size that ``draw`` draws on."""
    panel = add_panel(figure, 0, 0, *_PANEL)
    draw(panel)
    settle(figure, [panel])
    return figure


def add_panel(figure: Figure, left: float, bottom: float, width: float, height: float) -> Axes:
    """An axes at a place in inches. ``settle`` later moves all panels together."""
    across, up = figure.get_size_inches()
    return figure.add_axes((left / across, bottom / up, width / across, height / up))


def settle(figure: Figure, panels: Sequence[Axes]) -> None:
    """Give the figure the size that holds the panels and what is written around them.

    Args:
        figure: every axes in it keeps its size in inches.
        panels: those of its axes that have something written on the picture's outer side. Only
            these are measured, because measuring takes as long as drawing.
    """
    boxes = [panel.bbox for panel in figure.axes]
    written = [panel.get_tightbbox() for panel in dict.fromkeys(panels)]
    box = Bbox.union([*boxes, *(box for box in written if box is not None)])
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


def calm(ax: Axes, *, ticks: bool = True) -> None:
    """Quiet frame and ticks: the eye belongs to the data."""
    for spine in ax.spines.values():
        spine.set_color(FAINT)
        spine.set_linewidth(0.8)
    if not ticks:
        ax.xaxis.set_visible(False)
        ax.yaxis.set_visible(False)
        return
    ax.tick_params(color=FAINT, labelcolor=QUIET, labelsize=SMALL, length=3, width=0.8)
    for axis in (ax.xaxis, ax.yaxis):
        axis.get_offset_text().set(color=QUIET, size=SMALL)


def few_ticks(ax: Axes, intervals: int) -> None:
    """At most so many intervals between the ticks of either axis, and none at the rim.

    A label at the rim would run into the one of the next panel.
    """
    ax.xaxis.set_major_locator(MaxNLocator(intervals, prune="both"))
    ax.yaxis.set_major_locator(MaxNLocator(intervals))


def offset_room(limits: tuple[float, float]) -> float:
    """The height, in points, of what matplotlib writes over an upright axis of large numbers.

    Such as 1e6, when the tick labels are to be multiplied by it; 0 where there is nothing.
    """
    ticks = ScalarFormatter()
    ticks.create_dummy_axis()
    axis: Any = ticks.axis
    axis.set_view_interval(*limits)
    ticks.set_locs([at for at in MaxNLocator(5).tick_values(*limits) if _within(at, limits)])
    return SMALL * 1.4 if ticks.get_offset() else 0.0


def _within(number: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= number <= limits[1]


def name_axes(ax: Axes, across: str | None, up: str | None) -> None:
    """Write the axes' names; None writes nothing."""
    if across is not None:
        _plain(ax.set_xlabel(shorten(across), color=INK, size=LABEL))
    if up is not None:
        _plain(ax.set_ylabel(shorten(up), color=INK, size=LABEL))


def entitle(ax: Axes, title: str, note: str = "", *, clear: float | None = None) -> float:
    """A heading at the panel's left edge, and a quiet explanation below it.

    Args:
        ax: the panel.
        title: the heading, one line.
        note: the explanation, one or more lines.
        clear: how many points over the panel's upper edge the lowest line stands; by default just
            over what the axis writes there.

    Returns:
        How many points over the panel's upper edge the heading stands.
    """
    if clear is None:
        clear = 6 + offset_room(ax.get_ylim())
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
    _plain(
        ax.annotate(
            text,
            (0.0 if align == "left" else 0.5, 1.0),
            xycoords="axes fraction",
            xytext=(0, above),
            textcoords="offset points",
            ha=align,
            va="bottom",
            size=size,
            weight=weight,
            color=colour,
            annotation_clip=False,
        )
    )


def legend(ax: Axes, handles: Sequence[Any], names: Sequence[str], *, gap: float = 0.1) -> None:
    """A legend outside the axes, to the right.

    Args:
        ax: the axes it belongs to.
        handles: what is explained.
        names: what it is called, one a handle.
        gap: how far from the axes, in inches.
    """
    legend = ax.legend(
        handles,
        # Names that begin with an underscore would be left out, so they are put in afterwards.
        [str(place) for place in range(len(names))],
        loc="upper left",
        bbox_to_anchor=(1.0, 1.0),
        bbox_transform=ax.transAxes + ScaledTranslation(gap, 0, ax.figure.dpi_scale_trans),
        borderaxespad=0.0,
        borderpad=0.0,
        labelspacing=0.55,
        handletextpad=0.5,
        columnspacing=1.2,
        handlelength=1.4,
        frameon=False,
        fontsize=LABEL,
        ncols=-(-len(names) // _LEGEND_ROWS),
    )
    for text, name in zip(legend.get_texts(), names, strict=True):
        text.set_text(shorten(name))
        text.set_color(INK)
        _plain(text)


_LEGEND_ROWS = 22


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 class, 1,200 examples."""
    plural = "" if number == 1 else "es" if noun.endswith("s") else "s"
    return f"{number:,} {noun}{plural}"


def shorten(text: str, most: int = 40) -> str:
    """A name on one line, of at most so many characters."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def wrapped(text: str, width: float, size: float) -> str:
    """A name on at most two lines that fit a width.

    Args:
        text: the name.
        width: in inches.
        size: of the text, in points.
    """
    line = " ".join(text.split())
    room = width * 72
    if length(line, size) <= room:
        return line
    letters = max(3, int(len(line) * room / length(line, size)))
    lines = textwrap.wrap(line, letters)
    if len(lines) > 2:
        lines = [lines[0], shorten(" ".join(lines[1:]), letters)]
    return "\n".join(lines)


def length(text: str, size: float) -> float:
    """How long a line of text is, in points."""
    measure = TextToPath().get_text_width_height_descent
    return float(measure(text, FontProperties(size=size), ismath=False)[0])


def _plain(text: Any) -> None:
    """Take a name as it is: a dollar in it is a dollar, not the start of a formula."""
    text.set_parse_math(False)
