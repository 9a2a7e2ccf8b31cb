"""Partition: a polygon cut into convex faces by lines, as flat arrays that neighbours share.

A vertex or an edge stands once, whoever borders on it, so two faces can never disagree about the
line between them. Nothing here knows of networks: the caller says on which side of a line each
vertex lies, and all the faces that the line crosses are cut at once. The work is in proportion to
the corners of the crossed faces, whatever the size of the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Flags = NDArray[np.bool_]


class TangledError(Exception):
    """Faces whose corners change sides more than twice, so that no line cuts them in two.

    It never leaves the package: whoever cuts mends the sides and tries again.

    Attributes:
        faces: those faces.
    """

    def __init__(self, faces: Ints) -> None:
        super().__init__(f"{len(faces)} faces")
        self.faces = faces


@dataclass(frozen=True, eq=False)
class Cut:
    """What one line did to the faces that it crossed.

    Attributes:
        tails, heads: the ends that each cut edge had, shape (m,).
        tail_share, head_share: how much of each end the new vertex on it is made of, shape (m,).
        vertices: the first and one past the last of the m new vertices.
        kept: the crossed faces, each now what lies on the line's positive side, shape (k,).
        added: the new faces, each what lies on the negative side of the same face, shape (k,).
        corners: the vertices of added[0], kept[0], added[1], kept[1], ... in one row.
        starts: where each of these 2 k faces begins in ``corners``.
    """

    tails: Ints
    heads: Ints
    tail_share: Floats
    head_share: Floats
    vertices: tuple[int, int]
    kept: Ints
    added: Ints
    corners: Ints
    starts: Ints

    def between(self, values: Floats, out: Floats | None = None) -> Floats:
        """What an affine quantity is at the new vertices, given what it is at the older ones.

        Args:
            values: one row, or one number, a vertex.
            out: where to write the answer; by default a new array.
        """
        shape = (-1,) + (1,) * (values.ndim - 1)
        new = np.multiply(
            values.take(self.tails, axis=0), self.tail_share.reshape(shape), out=out
        )
        other = values.take(self.heads, axis=0)
        other *= self.head_share.reshape(shape)
        new += other
        return new


@dataclass(frozen=True, eq=False)
class _Walk:
    """The corners of the crossed faces, going round one face after the other.

    Attributes:
        begin, size: where each face's corners begin in the next three, and how many, shape (k,).
        corner, side, after: the vertex, the edge to the next one, and where that stands.
        down, up: the last corner before each face's negative ones, and the last of these.
    """

    begin: Ints
    size: Ints
    corner: Ints
    side: Ints
    after: Ints
    down: Ints
    up: Ints


@dataclass(frozen=True, eq=False)
class _Gate:
    """Where the line enters each crossed face's negative part, or where it leaves it.

    Attributes:
        corner: the vertex there, shape (k,).
        inner: the edge at that vertex on the negative side, shape (k,).
        fresh: the faces, of the k, for which the vertex is a new one on an edge that was cut.
        outer: the other half of that edge, one for each of ``fresh``.
    """

    corner: Ints
    inner: Ints
    fresh: Ints
    outer: Ints


class Partition:
    """A conforming subdivision of a convex polygon, which grows by cutting.

    The faces' corners stand in one pool, counter-clockwise, each with the edge to the next corner.
    A face that is cut is written anew at the end of the pool.

    Attributes:
        vertices, edges, faces: how many there are.
        face_bytes: the memory that a face takes here, with its share of the vertices and edges.
    """

    # A face adds 1 vertex, 2 edges and some 4 corners, twice over in the pool.
    face_bytes = 8 * (2 + 2 * 3 + 2 + 2 * 2 * 9)

    def __init__(self, corners: Floats) -> None:
        """Begin with one face.

        Args:
            corners: a convex polygon, counter-clockwise, shape (n, 2).
        """
        count = len(corners)
        self.vertices, self.edges, self.faces = count, count, 1
        self._place = np.array(corners, dtype=np.float64)
        self._tail = np.arange(count)
        self._head = np.roll(self._tail, -1)
        self._mark = np.zeros(count, dtype=np.intp)
        self._start, self._size = np.zeros(1, dtype=np.intp), np.array([count])
        self._used = count
        self.diagonal = float(np.hypot(*np.ptp(self._place, axis=0)))
        self._corner, self._side = np.arange(count), np.arange(count)

    @property
    def places(self) -> Floats:
        """Where the vertices lie, shape (vertices, 2)."""
        return self._place[: self.vertices]

    def rings(self) -> tuple[Ints, Ints, Ints]:
        """Every face's corners, face by face, and the edge from each to the next.

        Returns:
            Where each face begins, shape (faces + 1,), the last entry being the length of the other
            two; the corners; the edges.
        """
        sizes = self._size[: self.faces]
        starts, pick = self._gather(np.arange(self.faces))
        # What is gathered is the pool without abandoned rings, so it becomes the pool.
        self._corner, self._side = self._corner.take(pick), self._side.take(pick)
        self._start, self._size, self._used = starts, sizes.copy(), len(pick)
        return np.append(starts, len(pick)), self._corner.copy(), self._side.copy()

    def borders(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Every edge's tail and head, and the faces on its left and right, -1 for the outside."""
        starts, corners, sides = self.rings()
        tail, head = self._tail[: self.edges].copy(), self._head[: self.edges].copy()
        left, right = np.full((2, self.edges), -1, dtype=np.intp)
        faces = np.arange(self.faces).repeat(np.diff(starts))
        along = tail.take(sides) == corners
        left[sides[along]] = faces[along]
        right[sides[~along]] = faces[~along]
        return tail, head, left, right

    def crossed(
        self, faces: Ints, positive: Callable[[Ints], Flags], negative: Callable[[Ints], Flags]
    ) -> Ints:
        """Which of the faces have a corner on either side."""
        if not len(faces):
            return faces
        starts, pick = self._gather(faces)
        corners = self._corner.take(pick)
        both = np.logical_or.reduceat(positive(corners), starts)
        both &= np.logical_or.reduceat(negative(corners), starts)
        return faces[both]

    def corners_of(self, face: int) -> Ints:
        """The vertices of one face, counter-clockwise."""
        start = self._start[face]
        return self._corner[start : start + self._size[face]]

    def cut(
        self,
        faces: Ints,
        positive: Callable[[Ints], Flags],
        negative: Callable[[Ints], Flags],
        height: Callable[[Ints], Floats],
    ) -> Cut:
        """Cut faces in two along a line.

        Args:
            faces: all that have a corner on either side of the line, shape (k,), at least one.
            positive: which of the given vertices lie on the line's positive side.
            negative: which lie on its negative side; a vertex on neither side is on the line.
            height: how far from the line each of the given vertices lies, in any unit.

        Raises:
            TangledError: if the corners of a face change sides more than twice. Nothing is changed.
        """
        walk = self._walk(faces, positive, negative)
        count, first = len(faces), self.vertices
        self._make_room(2 * count, 3 * count, count, len(walk.corner) + 4 * count)
        inward, outward, tails, heads = self._halve(walk, positive)
        chords = np.arange(self.edges, self.edges + count)
        self._tail[chords], self._head[chords] = inward.corner, outward.corner
        added = np.arange(self.faces, self.faces + count)
        corners, starts = self._divide(faces, added, walk, inward, outward, chords)
        self.edges += count
        self.faces += count
        depth, rise = np.abs(height(tails)), np.abs(height(heads))
        total = depth + rise
        result = Cut(
            tails=tails,
            heads=heads,
            tail_share=rise / total,
            head_share=depth / total,
            vertices=(first, self.vertices),
            kept=faces,
            added=added,
            corners=corners,
            starts=starts,
        )
        self._place[first : self.vertices] = result.between(self._place)
        return result

    def _gather(self, faces: Ints) -> tuple[Ints, Ints]:
        """Where each face begins in a row of all their corners, and that row's places in the pool."""
        sizes = self._size.take(faces)
        ends = sizes.cumsum()
        starts = ends - sizes
        pick = np.arange(ends[-1])
        pick += (self._start.take(faces) - starts).repeat(sizes)
        return starts, pick

    def _walk(
        self, faces: Ints, positive: Callable[[Ints], Flags], negative: Callable[[Ints], Flags]
    ) -> _Walk:
        begin, pick = self._gather(faces)
        size = self._size.take(faces)
        corner, side = self._corner.take(pick), self._side.take(pick)
        after = np.arange(1, len(pick) + 1)
        after[begin + size - 1] = begin
        below = negative(corner)
        below_next = below.take(after)
        down, up = np.flatnonzero(below_next & ~below), np.flatnonzero(below & ~below_next)
        if len(down) != len(faces):  # every face has at least one of them
            down, up = _turns(faces, begin, size, below, positive(corner))
        return _Walk(begin, size, corner, side, after, down, up)

    def _halve(
        self, walk: _Walk, positive: Callable[[Ints], Flags]
    ) -> tuple[_Gate, _Gate, Ints, Ints]:
        """Put a vertex on each edge that the line cuts.

        Returns:
            The gates in and out of the negative parts, and the ends that each cut edge had.
        """
        before = walk.corner.take(walk.down)
        beyond = walk.corner.take(walk.after.take(walk.up))
        fresh_in, fresh_out = np.flatnonzero(positive(before)), np.flatnonzero(positive(beyond))
        along = np.concatenate((walk.down.take(fresh_in), walk.up.take(fresh_out)))
        met = walk.side.take(along)  # each inner edge twice, once from either face
        forward = self._tail.take(met) == walk.corner.take(along)
        order = np.arange(len(met))
        self._mark[met] = order
        chosen = self._mark.take(met)
        distinct = chosen == order
        rank = (distinct.cumsum() - 1).take(chosen)

        # The half at the tail keeps the edge's number, the half at the head gets a new one.
        cut = met[distinct]
        tails, heads = self._tail.take(cut), self._head.take(cut)
        added = len(cut)
        halves = slice(self.edges, self.edges + added)
        vertex, half = rank + self.vertices, rank + self.edges
        self._head[cut] = self._tail[halves] = np.arange(self.vertices, self.vertices + added)
        self._head[halves] = heads
        self.vertices += added
        self.edges += added

        near, far = np.where(forward, met, half), np.where(forward, half, met)
        entered = len(fresh_in)
        inner_in, inner_out = walk.side.take(walk.down), walk.side.take(walk.up)
        before[fresh_in], beyond[fresh_out] = vertex[:entered], vertex[entered:]
        inner_in[fresh_in], inner_out[fresh_out] = far[:entered], near[entered:]
        inward = _Gate(before, inner_in, fresh_in, near[:entered])
        return inward, _Gate(beyond, inner_out, fresh_out, far[entered:]), tails, heads

    def _divide(
        self, faces: Ints, added: Ints, walk: _Walk, inward: _Gate, outward: _Gate, chords: Ints
    ) -> tuple[Ints, Ints]:
        """Write the two rings of each cut face: its negative part, then what is left of it.

        They read (inward, negative corners, outward) and (outward, other corners, inward), where a
        gate that is no new vertex is already among the other corners.

        Returns:
            All the new rings' corners, and where each begins.
        """
        size, count = walk.size, len(faces)
        below = walk.up - walk.down
        below += size * (below < 0)
        new_in, new_out = np.zeros((2, count), dtype=np.intp)
        new_in[inward.fresh] = new_out[outward.fresh] = 1
        ends = (size + 2 + new_in + new_out).cumsum()
        base = np.append(0, ends[:-1])
        rest = base + below + 2

        number = np.arange(len(walk.corner)) - walk.begin.repeat(size)
        source = number + (walk.down + 1).repeat(size)
        source -= size.repeat(size) * (source >= (walk.begin + size).repeat(size))
        target = number + (base + 1).repeat(size)
        target += (new_out + 1).repeat(size) * (number >= below.repeat(size))
        row = slice(self._used, self._used + int(ends[-1]))
        corner, side = self._corner[row], self._side[row]
        corner[target], side[target] = walk.corner.take(source), walk.side.take(source)
        corner[base], side[base] = inward.corner, inward.inner
        side[rest - 2] = outward.inner
        corner[rest - 1], side[rest - 1] = outward.corner, chords
        first = rest.take(outward.fresh)
        corner[first], side[first] = outward.corner.take(outward.fresh), outward.outer
        side[ends.take(inward.fresh) - 2] = inward.outer
        corner[ends - 1], side[ends - 1] = inward.corner, chords

        self._start[faces], self._size[faces] = self._used + rest, ends - rest
        self._start[added], self._size[added] = self._used + base, rest - base
        self._used += int(ends[-1])
        starts = np.empty(2 * count, dtype=np.intp)
        starts[::2], starts[1::2] = base, rest
        return corner, starts

    def _make_room(self, vertices: int, edges: int, faces: int, corners: int) -> None:
        self._place = with_room(self._place, self.vertices + vertices)
        self._tail = with_room(self._tail, self.edges + edges)
        self._head = with_room(self._head, self.edges + edges)
        self._mark = with_room(self._mark, self.edges + edges)
        self._start = with_room(self._start, self.faces + faces)
        self._size = with_room(self._size, self.faces + faces)
        self._corner = with_room(self._corner, self._used + corners)
        self._side = with_room(self._side, self._used + corners)


def with_room(array: NDArray[Any], length: int) -> NDArray[Any]:
    """The array, or a longer one that begins with it, so that appending costs little."""
    if len(array) >= length:
        return array
    longer = np.empty((max(length, 3 * len(array) // 2), *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer


def _turns(
    faces: Ints, begin: Ints, size: Ints, below: Flags, above: Flags
) -> tuple[Ints, Ints]:
    """As ``down`` and ``up`` of a walk, where corners on the line count for neither side.

    A corner that rounding put on the line although its neighbours lie on one side of it goes with
    them.
    """
    off_line = np.flatnonzero(below | above)
    face = np.arange(len(faces)).repeat(size).take(off_line)
    last = np.append(face[1:] != face[:-1], True)
    first = np.append(True, last[:-1])
    after = np.arange(1, len(off_line) + 1)
    after[last] = np.flatnonzero(first)
    low = below.take(off_line)
    low_next = low.take(after)
    enter, leave = np.flatnonzero(low_next & ~low), np.flatnonzero(low & ~low_next)
    turns = np.bincount(face.take(enter), minlength=len(faces))
    if (turns != 1).any():
        raise TangledError(faces[turns != 1])
    down = off_line.take(after.take(enter)) - 1
    down += size * (down < begin)
    return down, off_line.take(leave)
