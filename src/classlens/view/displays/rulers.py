"""Rulers: tick marks and numbers along a panel's sides.

matplotlib's own axes lay every number out three times to draw it once, and take most of a small
picture's time. A ruler does the same from the panel's limits whenever it is drawn, so that zooming
works as usual.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from matplotlib.transforms import Bbox, IdentityTransform

from classlens.view.displays.lettering import SMALL, length
from classlens.view.palette import FAINT, QUIET

Side = Literal["bottom", "left", "right"]

# Points: how long a mark is, and how far from the panel its number stands.
MARK, CLEAR = 3.0, 5.5

# How high a number is, in points.
NUMBER = 0.76 * SMALL


class Marks(NamedTuple):
    """Where a ruler has marks.

    Attributes:
        places: the numbers, in order.
        labels: how they are written.
        offset: what is to be added to all of them or multiplied with them, such as ``1e6``; empty
            if nothing is.
    """

    places: Sequence[float]
    labels: Sequence[str]
    offset: str = ""


# From a panel's limits, the lower one first.
Marker = Callable[[float, float], Marks]


def decimals(most: int = 5, *, inside: bool = False, powers: tuple[int, int] = (-5, 6)) -> Marker:
    """Round numbers.

    Args:
        most: into how many intervals they divide the panel at most.
        inside: whether to leave out those next to the panel's ends, which would run into the next
            panel's.
        powers: numbers beyond these powers of ten are written with one.
    """

    def marks(low: float, high: float) -> Marks:
        places = MaxNLocator(most, prune="both" if inside else None).tick_values(low, high)
        places = places[_within(places, low, high)]
        writer = ScalarFormatter(useMathText=False)
        writer.set_powerlimits(powers)
        writer.create_dummy_axis()
        axis: Any = writer.axis  # matplotlib leaves it without a type
        axis.set_view_interval(low, high)
        return Marks(places.tolist(), writer.format_ticks(places), writer.get_offset())

    return marks


def wholes(most: int) -> Marker:
    """Whole numbers, in at most so many intervals."""

    def marks(low: float, high: float) -> Marks:
        places = MaxNLocator(most, integer=True).tick_values(low, high)
        places = places[_within(places, low, high)]
        return Marks(places.tolist(), [f"{place:,.0f}" for place in places])

    return marks


def percents(low: float, high: float) -> Marks:
    """Shares of one, written as percents."""
    places = MaxNLocator(5).tick_values(low, high)
    places = places[_within(places, low, high)]
    digits = (
        max(0, -math.floor(math.log10(100 * (places[1] - places[0])))) if len(places) > 1 else 0
    )
    return Marks(places.tolist(), [f"{100 * place:.{digits}f}%" for place in places])


def powers(low: float, high: float) -> Marks:
    """Powers of ten, for a logarithmic scale."""
    first, last = math.ceil(math.log10(low)), math.floor(math.log10(high))
    places = [10.0**power for power in range(first, last + 1, 1 + (last - first) // 6)]
    return Marks(places, [f"{place:g}" for place in places])


def _within(places: Any, low: float, high: float) -> Any:
    slack = 1e-9 * (high - low)
    return (places >= low - slack) & (places <= high + slack)


class Ruler(Artist):
    """Marks and numbers along one side of a panel, as its limits are when it is drawn.

    Args:
        side: which one.
        marker: where the marks are.
        written: whether the numbers are written beside them.
    """

    def __init__(self, side: Side, marker: Marker, *, written: bool = True) -> None:
        super().__init__()
        self.side = side
        self._marker = marker
        self._written = written
        self._font = FontProperties(size=SMALL)
        self.set_zorder(2.6)
        self.set_clip_on(False)

    def marks(self) -> Marks:
        """Where the marks are now, and what they say."""
        low, high = sorted(self._limits())
        found = self._marker(low, high)
        return found if self._written else Marks(found.places, [], "")

    def room(self) -> float:
        """How far the ruler reaches from its panel, in points."""
        found = self.marks()
        if not found.labels:
            return MARK
        if self.side == "bottom":
            return CLEAR + NUMBER + (1.4 * SMALL if found.offset else 0)
        return CLEAR + max(length(label, SMALL) for label in found.labels)

    def above(self) -> float:
        """How far an upright ruler reaches over its panel's upper edge, in points."""
        return 1.4 * SMALL if self.side != "bottom" and self.marks().offset else 0.0

    def draw(self, renderer: Any) -> None:
        """Draw, on matplotlib's demand."""
        if not self.get_visible():
            return
        renderer.open_group("ruler")
        panel, points = self._panel().bbox, renderer.points_to_pixels
        found = self.marks()
        across = self._pixels(found.places)
        gc = renderer.new_gc()
        gc.set_linewidth(points(0.8))
        gc.set_foreground(to_rgba(FAINT), isRGBA=True)
        ends = np.repeat(across, 2)
        if self.side == "bottom":
            rim = np.tile([panel.y0, panel.y0 - points(MARK)], len(across))
            lines = np.stack((ends, rim), axis=1)
        else:
            edge, way = (panel.x0, -1) if self.side == "left" else (panel.x1, 1)
            rim = np.tile([edge, edge + way * points(MARK)], len(across))
            lines = np.stack((rim, ends), axis=1)
        if len(lines):
            codes = np.tile([Path.MOVETO, Path.LINETO], len(across))
            renderer.draw_path(gc, Path(lines, codes), IdentityTransform())
        gc.set_foreground(to_rgba(QUIET), isRGBA=True)
        for label, at in zip(found.labels, across.tolist(), strict=False):
            self._write(renderer, gc, label, at, panel)
        if found.offset:
            self._write_offset(renderer, gc, found.offset, panel)
        gc.restore()
        renderer.close_group("ruler")

    def get_window_extent(self, renderer: Any = None) -> Bbox:  # noqa: ARG002 - matplotlib's word
        """The pixels that it covers beside its panel."""
        panel = self._panel()
        figure = panel.figure
        room = self.room() * figure.dpi / 72
        box = panel.bbox
        if self.side == "bottom":
            half = 1.5 * SMALL * figure.dpi / 72  # half a number over the end
            return Bbox.from_extents(box.x0, box.y0 - room, box.x1 + half, box.y0)
        high = box.y1 + max(self.above(), 0.5 * NUMBER) * figure.dpi / 72
        if self.side == "left":
            return Bbox.from_extents(box.x0 - room, box.y0, box.x0, high)
        return Bbox.from_extents(box.x1, box.y0, box.x1 + room, high)

    def _panel(self) -> Axes:
        panel: Any = self.axes  # which matplotlib sets when the ruler is added to it
        return panel  # type: ignore[no-any-return]

    def _limits(self) -> tuple[float, float]:
        panel = self._panel()
        return panel.get_xlim() if self.side == "bottom" else panel.get_ylim()

    def _pixels(self, places: Sequence[float]) -> Any:
        """The marks' places along the side."""
        axis = 0 if self.side == "bottom" else 1
        points = np.zeros((len(places), 2)) + np.array(self._panel().viewLim.p0)
        points[:, axis] = places
        return self._panel().transData.transform(points)[:, axis]

    def _write(self, renderer: Any, gc: Any, label: str, at: float, panel: Bbox) -> None:
        width, height, descent = renderer.get_text_width_height_descent(label, self._font, False)
        clear = renderer.points_to_pixels(CLEAR)
        if self.side == "bottom":
            x, y = at - width / 2, panel.y0 - clear - height + descent
        elif self.side == "left":
            x, y = panel.x0 - clear - width, at - height / 2 + descent
        else:
            x, y = panel.x1 + clear, at - height / 2 + descent
        self._put(renderer, gc, label, x, y)

    def _write_offset(self, renderer: Any, gc: Any, label: str, panel: Bbox) -> None:
        width = renderer.get_text_width_height_descent(label, self._font, False)[0]
        points = renderer.points_to_pixels
        if self.side == "bottom":
            x, y = panel.x1 - width, panel.y0 - points(CLEAR + 1.1 * NUMBER + 1.1 * SMALL)
        else:
            x, y = panel.x0, panel.y1 + points(3.0)
        self._put(renderer, gc, label, x, y)

    def _put(self, renderer: Any, gc: Any, label: str, x: float, y: float) -> None:
        if renderer.flipy():
            y = renderer.get_canvas_width_height()[1] - y
        renderer.draw_text(gc, x, y, label, self._font, 0)
