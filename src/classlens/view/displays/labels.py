"""Notes beside points, placed so that they cover neither each other nor more points than needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from classlens.view.displays.frame import SMALL, length
from classlens.view.palette import INK, QUIET


class Note(NamedTuple):
    """A text for a point.

    Attributes:
        place: the point, shape (2,).
        text: what is written, one or more lines.
    """

    place: NDArray[Any]
    text: str


class _Box(NamedTuple):
    """A rectangle, in points (1/72 inch) from the axes' lower left corner."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: _Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )

    def holds(self, places: NDArray[Any]) -> int:
        x, y = places[:, 0], places[:, 1]
        within = (x > self.left) & (x < self.right) & (y > self.bottom) & (y < self.top)
        return int(within.sum())


def annotate(ax: Axes, notes: Sequence[Note], X: NDArray[Any]) -> int:
    """Write notes beside their points, the first ones first, with a line to each point.

    A note for which there is no free room inside the axes is left out.

    Args:
        ax: where to; its size and limits are final.
        notes: what to write.
        X: the points that the notes should rather not cover, shape (samples, 2).

    Returns:
        How many notes were written.
    """
    scale = 72 / ax.figure.dpi
    origin = np.array([ax.bbox.x0, ax.bbox.y0])
    room = _Box(0.0, 0.0, ax.bbox.width * scale, ax.bbox.height * scale)
    dots = (ax.transData.transform(X) - origin) * scale
    taken: list[_Box] = []
    for note in notes:
        dot = (ax.transData.transform(note.place) - origin) * scale
        box = _best(_candidates(dot, _size(note.text)), room, taken, dots)
        if box is None:
            continue
        taken.append(box)
        _write(ax, note, (box.left + _MARGIN - dot[0], box.bottom + _MARGIN - dot[1]))
    return len(taken)


# Room around a text, in points.
_MARGIN = 3.0

# How far from its point a note may stand, in points, and in how many directions.
_DISTANCES = (14.0, 26.0, 42.0, 64.0, 92.0)
_DIRECTIONS = 16


def _size(text: str) -> tuple[float, float]:
    lines = text.split("\n")
    width = max(length(line, SMALL) for line in lines)
    return width + 2 * _MARGIN, len(lines) * SMALL * 1.22 + 2 * _MARGIN


def _candidates(dot: NDArray[Any], size: tuple[float, float]) -> list[_Box]:
    """Boxes around a point, the nearest first."""
    width, height = size
    boxes = []
    for distance in _DISTANCES:
        for step in range(_DIRECTIONS):
            turn = math.pi / 4 + 2 * math.pi * step / _DIRECTIONS  # up to the right comes first
            across, up = math.cos(turn), math.sin(turn)
            # The box's nearest corner or side stands at the distance, whatever the direction.
            x = dot[0] + distance * across + width / 2 * (np.clip(2 * across, -1, 1) - 1)
            y = dot[1] + distance * up + height / 2 * (np.clip(2 * up, -1, 1) - 1)
            boxes.append(_Box(x, y, x + width, y + height))
    return boxes


def _best(
    boxes: Sequence[_Box], room: _Box, taken: Sequence[_Box], dots: NDArray[Any]
) -> _Box | None:
    """The first of the free boxes that cover the fewest points."""
    free = [
        box
        for box in boxes
        if box.left >= room.left
        and box.bottom >= room.bottom
        and box.right <= room.right
        and box.top <= room.top
        and not any(box.meets(other) for other in taken)
    ]
    return min(free, key=lambda box: box.holds(dots), default=None)


def _write(ax: Axes, note: Note, offset: tuple[float, float]) -> None:
    text = ax.annotate(
        note.text,
        (float(note.place[0]), float(note.place[1])),
        xytext=offset,
        textcoords="offset points",
        ha="left",
        va="bottom",
        size=SMALL,
        color=INK,
        linespacing=1.2,
        bbox={"boxstyle": "square,pad=0.25", "fc": "white", "ec": "none", "alpha": 0.85},
        arrowprops={"arrowstyle": "-", "color": QUIET, "lw": 0.8, "shrinkB": 4, "shrinkA": 0},
        zorder=6,
    )
    text.set_parse_math(False)
