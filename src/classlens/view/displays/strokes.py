"""Line segments: boundaries, creases and margins."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from classlens.view.palette import INK


def draw(ax: Axes, segments: NDArray[Any], *, label: str, color: str = INK, **style: Any) -> None:
    """Draw segments, shape (segments, 2 ends, 2 coordinates), as one artist.

    Where just two segments meet, one stroke runs on: two would overlap there, and where nothing
    bends their soft edges would add up to a dot.

    Args:
        ax: where to draw.
        segments: the ends of each.
        label: what the artist is called.
        color: of the strokes.
        **style: a width in points and whatever else matplotlib's PathPatch takes.
    """
    lines = list(_joined(segments))
    given = {"capstyle": "butt" if "linestyle" in style else "round", "zorder": 2, **style}
    corners = np.concatenate([np.empty((0, 2)), *lines])
    path = Path(corners, [code for line in lines for code in _codes(line)])
    ax.add_artist(
        PathPatch(path, fill=False, edgecolor=color, joinstyle="round", label=label, **given)
    )


def _codes(line: NDArray[Any]) -> list[int]:
    codes = [Path.MOVETO, *[Path.LINETO] * (len(line) - 1)]
    if (line[0] == line[-1]).all():
        codes[-1] = Path.CLOSEPOLY
    return list(map(int, codes))


def _joined(segments: NDArray[Any]) -> Iterator[NDArray[Any]]:
    """The segments as lines, shape (corners, 2); one that closes ends where it begins."""
    proper = segments[(segments[:, 0] != segments[:, 1]).any(axis=1)]
    found, inverse = np.unique(proper[..., 0] + 1j * proper[..., 1], return_inverse=True)
    places = np.stack((found.real, found.imag), axis=1)
    ends = inverse.reshape(-1, 2).tolist()
    meeting: list[list[int]] = [[] for _ in places]
    for segment, (tail, head) in enumerate(ends):
        meeting[tail].append(segment)
        meeting[head].append(segment)
    waiting = set(range(len(ends)))

    def follow(at: int) -> list[int]:
        line = [at]
        while len(meeting[at]) == 2 and (more := waiting.intersection(meeting[at])):
            segment = more.pop()
            waiting.remove(segment)
            tail, head = ends[segment]
            at = head if at == tail else tail
            line.append(at)
        return line

    for segment, (tail, head) in enumerate(ends):
        if segment in waiting:
            waiting.remove(segment)
            onward = follow(head)
            yield places[[*reversed(follow(tail)), *onward]]
