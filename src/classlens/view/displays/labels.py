"""Notes beside points and names on lines, covering neither each other nor more than needed."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from classlens.view.displays.legends import corner
from classlens.view.displays.lettering import SMALL, length, plain, readable
from classlens.view.palette import INK, QUIET


class Note(NamedTuple):
    """A text for a point.

    Attributes:
        place: the point, shape (2,).
        text: what is written, one or more lines.
    """

    place: NDArray[Any]
    text: str


class Tag(NamedTuple):
    """A name for a line.

    Attributes:
        text: the name, one line.
        places: where on the line it may stand, the best first, shape (places, 2).
    """

    text: str
    places: NDArray[Any]


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
        X: places that the notes should rather not cover, shape (places, 2).

    Returns:
        How many notes were written.
    """
    room, dots = _room(ax), _dots(ax, X)
    taken: list[_Box] = []
    for note in notes:
        dot = _dots(ax, note.place)
        box = _best(_candidates(dot, _size(note.text)), room, taken, dots)
        if box is None:
            continue
        taken.append(box)
        _write(ax, note, (box.left + _MARGIN - dot[0], box.bottom + _MARGIN - dot[1]))
    return len(taken)


def tag(ax: Axes, tags: Sequence[Tag], X: NDArray[Any]) -> int:
    """Write names on lines, the first ones first; one without free room is left out.

    Args:
        ax: where to; its size and limits are final.
        tags: what to write.
        X: places that the names should rather not cover, shape (places, 2).

    Returns:
        How many names were written.
    """
    room, dots = _room(ax), _dots(ax, X)
    taken: list[_Box] = []
    for each in tags:
        width, height = _size(each.text)
        boxes = [
            _Box(x, y, x + width, y + height)
            for dot in _dots(ax, each.places)
            for x, y in _around(dot, width, height, room)
        ]
        box = _best(boxes, room, taken, dots)
        if box is None:
            continue
        taken.append(box)
        _put(ax, each.text, (box.left + _MARGIN, box.bottom + _MARGIN))
    return len(taken)


def sides(ax: Axes, line: NDArray[Any], left: str, right: str, X: NDArray[Any]) -> None:
    """Write a word on either side of a line, where it covers nothing.

    Args:
        ax: where to; its size and limits are final.
        line: its start and its end, shape (2, 2).
        left: the word for what is on the left, going from start to end.
        right: the word for the other side.
        X: places that the words must not cover, shape (places, 2).
    """
    room, dots = _room(ax), _dots(ax, X)
    start, end = _dots(ax, line)
    way = end - start
    far = float(np.hypot(*way))
    if far < _SHORT:
        return
    across = np.array([-way[1], way[0]]) / far
    for word, turn in ((left, across), (right, -across)):
        width, height = _size(word)
        reach = (abs(turn[0]) * width + abs(turn[1]) * height) / 2 - 0.5 * _MARGIN
        centres = start + np.array(_SHARES)[:, None] * way + turn * reach
        boxes = [
            _Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
            for x, y in centres.tolist()
        ]
        box = _best(boxes, room, [], dots)
        if box is not None and not box.holds(dots):
            _put(ax, word, (box.left + _MARGIN, box.bottom + _MARGIN), paper=False)


# A line shorter than so many points gets no words, and along a line they stand at these shares.
_SHORT = 24.0
_SHARES = (0.12, 0.88, 0.22, 0.78, 0.34, 0.66, 0.5)


def measure(ax: Axes, lines: NDArray[Any], texts: Sequence[str], X: NDArray[Any]) -> int:
    """Write a text beside the middle of each short line, where it covers neither line nor text.

    Args:
        ax: where to; its size and limits are final.
        lines: shape (lines, 2 ends, 2 coordinates).
        texts: one a line, the first ones first; one without free room is left out.
        X: places that the texts should rather not cover, shape (places, 2).

    Returns:
        How many texts were written.
    """
    room = _room(ax)
    dots = _dots(ax, np.concatenate((X, along(lines, 9))))
    taken: list[_Box] = []
    for line, text in zip(lines, texts, strict=True):
        middle = _dots(ax, line).mean(axis=0)
        half = float(np.ptp(_dots(ax, line), axis=0).max()) / 2
        boxes = _candidates(middle, _size(text), (half + 2, half + 7, *_DISTANCES))
        box = _best(boxes, room, taken, dots)
        if box is None:
            continue
        taken.append(box)
        _put(ax, text, (box.left + _MARGIN, box.bottom + _MARGIN))
    return len(taken)


def along(segments: NDArray[Any], count: int = 40) -> NDArray[Any]:
    """Places along segments, shape (segments * count, 2), for names to keep off lines."""
    share = np.linspace(0, 1, count)[:, None, None]
    return np.asarray((segments[:, 0] + share * (segments[:, 1] - segments[:, 0])).reshape(-1, 2))


def _room(ax: Axes) -> _Box:
    scale = 72 / ax.figure.dpi
    return _Box(0.0, 0.0, ax.bbox.width * scale, ax.bbox.height * scale)


def _dots(ax: Axes, places: NDArray[Any]) -> NDArray[Any]:
    """Places in points from the axes' lower left corner."""
    corner = np.array([ax.bbox.x0, ax.bbox.y0])
    return np.asarray((ax.transData.transform(places) - corner) * 72 / ax.figure.dpi)


def _around(
    dot: NDArray[Any], width: float, height: float, room: _Box
) -> list[tuple[float, float]]:
    """Lower left corners of boxes on a place, drawn inside where it lies on the rim."""
    x = min(max(dot[0] - width / 2, room.left), room.right - width)
    y = min(max(dot[1] - height / 2, room.bottom), room.top - height)
    steps = (0.0, 1.0, -1.0, 2.0, -2.0)
    return [(x + step * width, y) for step in steps] + [(x, y + step * height) for step in steps]


# Room around a text, in points.
_MARGIN = 3.0

# How far from its point a note may stand, in points, and in how many directions.
_DISTANCES = (14.0, 26.0, 42.0, 64.0, 92.0)
_DIRECTIONS = 16


def _size(text: str) -> tuple[float, float]:
    lines = text.split("\n")
    width = max(length(line, SMALL) for line in lines)
    return width + 2 * _MARGIN, len(lines) * SMALL * 1.22 + 2 * _MARGIN


def _candidates(
    dot: NDArray[Any], size: tuple[float, float], distances: Sequence[float] = _DISTANCES
) -> list[_Box]:
    """Boxes around a point, the nearest first."""
    width, height = size
    boxes = []
    for distance in distances:
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
        readable(note.text),
        (float(note.place[0]), float(note.place[1])),
        xytext=offset,
        textcoords="offset points",
        ha="left",
        va="bottom",
        size=SMALL,
        color=INK,
        linespacing=1.2,
        bbox=_PAPER,
        arrowprops={"arrowstyle": "-", "color": QUIET, "lw": 0.8, "shrinkB": 4, "shrinkA": 0},
        zorder=6,
    )
    plain(text)


def _put(ax: Axes, text: str, place: tuple[float, float], *, paper: bool = True) -> None:
    written = ax.text(
        *place,
        readable(text),
        transform=corner(ax, 0.0, 0.0),
        ha="left",
        va="bottom",
        size=SMALL,
        color=INK,
        bbox=_PAPER if paper else None,
        zorder=5,
    )
    plain(written)


_PAPER = {"boxstyle": "square,pad=0.2", "fc": "white", "ec": "none", "alpha": 0.85}
