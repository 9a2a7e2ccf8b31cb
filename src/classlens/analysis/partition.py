"""Partition: a polygon cut into convex faces by lines, as flat arrays that neighbours share.

A vertex or an edge stands once, whoever borders on it, so two faces can never disagree about the
line between them. Nothing here knows of networks: the caller says on which side of a line each
vertex lies, and all the faces that the line crosses are cut at once. The work is in proportion to
the corners of the crossed faces, whatever the number of the others.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.analysis.cut import Cut
from classlens.analysis.walk import Flags, Floats, Ints, Line, Walk, indices, walk

# What a face takes here, with its share of the vertices and edges: 1 vertex, 2 edges, and in the
# pool some 4 corners and twice as many abandoned ones.
FACE_BYTES = 8 * (2 + 2 * 3 + 2 + 12 * 2)

_TINY = float(np.finfo(np.float64).tiny)

# Arrays that grow have room for so many rows at least.
_LEAST_ROOM = 64


class _Gate(NamedTuple):
    """Where the line enters each crossed face's negative part, or where it leaves it.

    Attributes:
        corner: the vertex there, shape (k,).
        inner: the edge at that vertex on the negative side, shape (k,).
        new: 1 where the vertex is a new one, on an edge that was cut, else 0, shape (k,).
        fresh: the places of those in k.
        outer: the other half of the edge, one for each of ``fresh``.
    """

    corner: Ints
    inner: Ints
    new: Ints
    fresh: Ints
    outer: Ints


class Partition:
    """A conforming subdivision of a convex polygon, which grows by cutting.

    The faces' corners stand in one pool, counter-clockwise, each with the edge to the next corner.
    A face that is cut is written anew at the end of the pool.

    Attributes:
        vertices, edges, faces: how many there are.
        diagonal: the length of the polygon's bounding box from corner to corner.
    """

    def __init__(self, corners: Floats) -> None:
        """Begin with one face.

        Args:
            corners: a convex polygon, counter-clockwise, shape (n, 2).
        """
        count = len(corners)
        self.vertices, self.edges, self.faces = count, count, 1
        self.diagonal = float(np.hypot(*np.ptp(corners, axis=0)))
        self._place = np.array(corners, dtype=np.float64)
        self._tail = np.arange(count)
        self._head = np.arange(1, count + 1) % count
        self._mark = np.zeros(count, dtype=np.intp)
        self._start, self._size = np.zeros(1, dtype=np.intp), np.array([count])
        self._corner, self._side = np.arange(count), np.arange(count)
        self._used = count
        self._tidy = False

    @classmethod
    def mesh(cls, places: Floats, triangles: Ints) -> Partition:
        """Begin with triangles that share their sides.

        Args:
            places: the vertices, shape (vertices, 2).
            triangles: indices of vertices, counter-clockwise, shape (triangles, 3).
        """
        partition = cls(places)
        sides = np.sort(np.stack((triangles, np.roll(triangles, -1, axis=1)), axis=2), axis=2)
        edges, side = np.unique(sides.reshape(-1, 2), axis=0, return_inverse=True)
        partition.edges, partition.faces = len(edges), len(triangles)
        partition._tail, partition._head = edges.T.copy()
        partition._mark = np.zeros(len(edges), dtype=np.intp)
        partition._start = 3 * np.arange(len(triangles))
        partition._size = np.full(len(triangles), 3)
        partition._corner, partition._side = triangles.ravel(), side.ravel()
        partition._used = 3 * len(triangles)
        return partition

    @property
    def places(self) -> Floats:
        """Where the vertices lie, shape (vertices, 2)."""
        return self._place[: self.vertices]

    def rings(self) -> tuple[Ints, Ints, Ints]:
        """Every face's corners, counter-clockwise, face by face.

        Returns:
            Where each face begins, and how many corners it has, shape (faces,); the corners.
        """
        if not self._tidy:
            starts, pick = self._gather(np.arange(self.faces))
            # What is gathered is the pool without abandoned rings, so it becomes the pool.
            self._corner, self._side = self._corner.take(pick), self._side.take(pick)
            self._start, self._size = starts, self._size[: self.faces].copy()
            self._used, self._tidy = len(pick), True
        return self._start, self._size, self._corner

    def borders(self) -> tuple[Ints, Ints, Ints, Ints]:
        """Every edge's tail and head, and the faces on its left and right, -1 for the outside."""
        _, sizes, corners = self.rings()
        sides = self._side[: self._used]
        tail, head = self.ends()
        left, right = np.full((2, self.edges), -1, dtype=np.intp)
        faces = np.arange(self.faces).repeat(sizes)
        along = tail.take(sides) == corners
        left[sides[along]] = faces[along]
        right[sides[~along]] = faces[~along]
        return tail, head, left, right

    def across(self) -> Ints:
        """For each corner of ``rings``, the face beyond the side that begins there; -1 outside."""
        _, sizes, _ = self.rings()
        _, _, left, right = self.borders()
        sides = self._side
        return left[sides] + right[sides] - np.arange(self.faces).repeat(sizes)

    def ends(self) -> tuple[Ints, Ints]:
        """Every edge's tail and head."""
        return self._tail[: self.edges].copy(), self._head[: self.edges].copy()

    def corners_of(self, face: int) -> Ints:
        """The vertices of one face, counter-clockwise."""
        start = self._start[face]
        return self._corner[start : start + self._size[face]]

    def reach(self, faces: Ints, line: Line) -> tuple[Flags, Flags]:
        """Which of the faces have a corner on a line's positive side, and which on its negative."""
        starts, pick = self._gather(faces)
        corners = self._corner.take(pick)
        return (
            np.logical_or.reduceat(line.positive(corners), starts),
            np.logical_or.reduceat(line.negative(corners), starts),
        )

    def cut(self, faces: Ints, line: Line) -> Cut:
        """Cut faces in two along a line.

        Args:
            faces: all that have a corner on either side of the line, shape (k,), at least one.
            line: the line.

        Raises:
            TangledError: if the corners of a face change sides more than twice. Nothing is changed.
        """
        begin, pick = self._gather(faces)
        size = self._size.take(faces)
        way = walk(begin, size, self._corner.take(pick), self._side.take(pick), line)
        count, first, halves = len(faces), self.vertices, self.edges
        self._make_room(2 * count, 3 * count, count, len(pick) + 4 * count)
        if self._tidy:  # what was given out is not to change
            self._start, self._size = self._start.copy(), self._size.copy()
            self._tidy = False
        inward, outward, edges, met = self._halve(way, line)
        tails, heads = self._tail.take(edges), self._head.take(np.arange(halves, self.edges))
        chords = np.arange(self.edges, self.edges + count)
        self._tail[chords], self._head[chords] = inward.corner, outward.corner
        added = np.arange(self.faces, self.faces + count)
        corners, starts = self._divide(faces, added, way, inward, outward, chords)
        self.edges += count
        self.faces += count
        # Never both 0, even if rounding took what was left of two tiny heights.
        heights = np.maximum(np.abs(line.height(np.concatenate((tails, heads)))), _TINY)
        tail_height, head_height = heights[: len(tails)], heights[len(tails) :]
        total = tail_height + head_height
        cut = Cut(
            edges=edges,
            halves=halves,
            within=faces.take(met),
            tails=tails,
            heads=heads,
            tail_share=head_height / total,
            head_share=tail_height / total,
            vertices=(first, self.vertices),
            kept=faces,
            added=added,
            corners=corners,
            starts=starts,
        )
        cut.between(self._place, out=self._place[first : self.vertices])
        return cut

    def _gather(self, faces: Ints) -> tuple[Ints, Ints]:
        """Where each face begins in a row of all their corners, and where these are in the pool."""
        size = self._size.take(faces)
        ends = size.cumsum()
        starts = ends - size
        pick = np.arange(ends[-1])
        pick += (self._start.take(faces) - starts).repeat(size)
        return starts, pick

    def _halve(self, way: Walk, line: Line) -> tuple[_Gate, _Gate, Ints, Ints]:
        """Put a vertex on each edge that the line cuts.

        Returns:
            The gates in and out of the negative parts; the cut edges; for each of these, one of
            the k faces that it belonged to.
        """
        before, beyond = way.corner.take(way.down), way.corner.take(way.after.take(way.up))
        is_new_in, is_new_out = line.positive(before), line.positive(beyond)
        new_in, new_out = indices(is_new_in), indices(is_new_out)
        along = np.concatenate((way.down.take(new_in), way.up.take(new_out)))
        met = way.side.take(along)  # each inner edge twice, once from either face
        forward = self._tail.take(met) == way.corner.take(along)
        order = np.arange(len(met))
        self._mark[met] = order
        chosen = self._mark.take(met)
        distinct = chosen == order
        rank = (distinct.cumsum() - 1).take(chosen)

        # The half at the tail keeps the edge's number, the half at the head gets a new one.
        cut, owner = met[distinct], np.concatenate((new_in, new_out))[distinct]
        halves = slice(self.edges, self.edges + len(cut))
        vertex, half = rank + self.vertices, rank + self.edges
        self._head[halves] = self._head.take(cut)
        self._head[cut] = np.arange(self.vertices, self.vertices + len(cut))
        self._tail[halves] = self._head.take(cut)
        self.vertices += len(cut)
        self.edges += len(cut)

        near, far = np.where(forward, met, half), np.where(forward, half, met)
        entered = len(new_in)
        inner_in, inner_out = way.side.take(way.down), way.side.take(way.up)
        before[new_in], beyond[new_out] = vertex[:entered], vertex[entered:]
        inner_in[new_in], inner_out[new_out] = far[:entered], near[entered:]
        inward = _Gate(before, inner_in, is_new_in.astype(np.intp), new_in, near[:entered])
        outward = _Gate(beyond, inner_out, is_new_out.astype(np.intp), new_out, far[entered:])
        return inward, outward, cut, owner

    def _divide(
        self, faces: Ints, added: Ints, way: Walk, inward: _Gate, outward: _Gate, chords: Ints
    ) -> tuple[Ints, Ints]:
        """Write the two rings of each cut face: its negative part, then what is left of it.

        They read (inward, negative corners, outward) and (outward, other corners, inward), where a
        gate that is no new vertex is already among the other corners.

        Returns:
            All the new rings' corners, and where each begins.
        """
        size, below = way.size, way.below
        more_out = outward.new + 1
        total = size + inward.new + more_out + 1
        ends = total.cumsum()
        base = ends - total
        rest = base + below + 2

        number = np.arange(len(way.corner)) - way.begin.repeat(size)
        source = number + (way.down + 1).repeat(size)
        source -= size.repeat(size) * (source >= (way.begin + size).repeat(size))
        target = number + (base + 1).repeat(size)
        target += more_out.repeat(size) * (number >= below.repeat(size))
        row = slice(self._used, self._used + int(ends[-1]))
        corner, side = self._corner[row], self._side[row]
        corner[target], side[target] = way.corner.take(source), way.side.take(source)
        corner[base], side[base] = inward.corner, inward.inner
        side[rest - 2] = outward.inner
        corner[rest - 1], side[rest - 1] = outward.corner, chords
        first = rest.take(outward.fresh)
        corner[first], side[first] = outward.corner.take(outward.fresh), outward.outer
        side[ends.take(inward.fresh) - 2] = inward.outer
        corner[ends - 1], side[ends - 1] = inward.corner, chords

        self._start[faces], self._size[faces] = self._used + rest, ends - rest
        self._start[added], self._size[added] = self._used + base, rest - base
        self._used = row.stop
        return corner, np.array((base, rest)).T.ravel()

    def _make_room(self, vertices: int, edges: int, faces: int, corners: int) -> None:
        """See to it that so many more of each can be written."""
        self._place = with_room(self._place, self.vertices + vertices)
        if len(self._head) < self.edges + edges:
            self._tail = with_room(self._tail, self.edges + edges)
            self._mark = with_room(self._mark, self.edges + edges)
            self._head = with_room(self._head, self.edges + edges)
        if len(self._size) < self.faces + faces:
            self._start = with_room(self._start, self.faces + faces)
            self._size = with_room(self._size, self.faces + faces)
        if len(self._side) < self._used + corners:
            self._corner = with_room(self._corner, self._used + corners)
            self._side = with_room(self._side, self._used + corners)


def with_room(array: NDArray[Any], length: int) -> NDArray[Any]:
    """The array, or a longer one that begins with it, so that appending rows costs little."""
    if len(array) >= length:
        return array
    room = max(length, 3 * len(array) // 2, _LEAST_ROOM)
    longer = np.empty((room, *array.shape[1:]), dtype=array.dtype)
    longer[: len(array)] = array
    return longer
