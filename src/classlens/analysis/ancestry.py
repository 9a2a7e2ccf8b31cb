"""Ancestry: what the vertices, edges and faces of a partition were when a layer began.

Within a face of that time everything that the layer computes is affine. So what it is at a vertex
that was added since is a mixture of what it is at three vertices of that time, and no more than
these need ever be kept.
"""

from __future__ import annotations

import numpy as np

from classlens.analysis.partition import Cut, Partition, with_room
from classlens.analysis.walk import Floats, Ints


class Ancestry:
    """Follows a partition through its cuts.

    Attributes:
        first: how many vertices there were in the beginning.
        vertices: how many there are now.
        corners: three vertices of the beginning for each vertex, shape (vertices or more, 3).
        shares: how much of each it is made of, shape (vertices or more, 3). They sum to 1; some may
            be negative, but none is large.
        wobbles: how much the shares change over the distance by which the vertex may be misplaced,
            in units of the tolerance, shape (vertices or more, 3).
        faces: the face of the beginning that each face is a part of, shape (faces or more,).
    """

    def __init__(self, partition: Partition, starts: Ints, corners: Ints) -> None:
        """Begin.

        Args:
            partition: what is followed.
            starts, corners: where each face begins, and the vertices of the faces.
        """
        self.first = self.vertices = partition.vertices
        self.faces = np.arange(partition.faces)
        self._edges = np.arange(partition.edges)
        self._tail, self._head = partition.ends()
        self._rings = starts, corners
        self._triangles: Ints | None = None
        self.corners = np.repeat(np.arange(self.first)[:, None], 3, axis=1)
        self.shares = np.zeros((self.first, 3))
        self.shares[:, 0] = 1
        self.wobbles = np.zeros((self.first, 3))

    def add(self, cut: Cut, partition: Partition, slack: Floats | None) -> None:
        """Take what a cut added.

        Args:
            cut: the cut.
            partition: the partition after it.
            slack: how far along its edge each new vertex may be misplaced, in units of the
                tolerance, as a share of the edge; None if that is not followed.
        """
        self.vertices = partition.vertices
        self.faces = with_room(self.faces, partition.faces)
        self.faces[cut.added] = self.faces.take(cut.kept)
        old = self._edges.take(cut.edges)
        self._edges = with_room(self._edges, partition.edges)
        self._edges[cut.halves : cut.halves + len(old)] = old
        self._edges[cut.halves + len(old) : partition.edges] = -1
        self.corners = with_room(self.corners, partition.vertices)
        self.shares = with_room(self.shares, partition.vertices)
        self.wobbles = with_room(self.wobbles, partition.vertices)
        if slack is None:
            slack = np.zeros(len(old))
        on_edge, inside = np.flatnonzero(old >= 0), np.flatnonzero(old < 0)
        if len(on_edge):
            self._add_on_edges(cut, on_edge, old.take(on_edge), slack)
        if len(inside):
            self._add_inside(cut, inside, slack, partition.places)

    def _add_on_edges(self, cut: Cut, which: Ints, edges: Ints, slack: Floats) -> None:
        """New vertices on parts of old edges are mixtures of these edges' ends."""
        tails, heads = cut.tails.take(which), cut.heads.take(which)
        tail, head = self.shares[tails, :2], self.shares[heads, :2]
        tail[tails < self.first] = 1, 0
        head[heads < self.first] = 0, 1
        new = which + cut.vertices[0]
        self.corners[new] = np.stack((self._tail, self._head, self._tail), axis=1)[edges]
        self.shares[new, :2] = (
            cut.tail_share[which, None] * tail + cut.head_share[which, None] * head
        )
        self.shares[new, 2] = 0
        self.wobbles[new, :2] = slack[which, None] * (head - tail)
        self.wobbles[new, 2] = 0

    def _add_inside(self, cut: Cut, which: Ints, slack: Floats, places: Floats) -> None:
        """New vertices inside old faces are mixtures of three corners that span the face."""
        if self._triangles is None:
            self._triangles = _triangles(*self._rings, places)
        new = which + cut.vertices[0]
        triangle = self._triangles.take(self.faces.take(cut.within.take(which)), axis=0)
        origin = places.take(triangle[:, 0], axis=0)
        one, two = (places.take(triangle[:, k], axis=0) - origin for k in (1, 2))
        edge = places.take(cut.heads.take(which), axis=0) - places.take(
            cut.tails.take(which), axis=0
        )
        self.corners[new] = triangle
        self.shares[new] = _mixture(one, two, places.take(new, axis=0) - origin)
        self.shares[new, 0] += 1
        self.wobbles[new] = _mixture(one, two, slack[which, None] * edge)


def _mixture(one: Floats, two: Floats, step: Floats) -> Floats:
    """What a step changes in the shares of a triangle's corners.

    Args:
        one, two: from the first corner to the others; the second is at the greatest distance from
            the first, the third at the greatest distance from the line through both.
        step: a displacement.

    Returns:
        Shape (points, 3), with the sum 0.
    """
    width = np.maximum((one * one).sum(axis=1), np.finfo(np.float64).tiny)
    area = _cross(one, two)
    third = _cross(one, step) / np.where(area == 0, np.inf, area)
    second = ((step - third[:, None] * two) * one).sum(axis=1) / width
    return np.stack((-second - third, second, third), axis=1)


def _triangles(starts: Ints, corners: Ints, places: Floats) -> Ints:
    """Three corners of each face that span it: none of the others is far outside of them."""
    sizes = np.diff(starts, append=len(corners))
    place = places.take(corners, axis=0)
    from_first = place - place.take(starts, axis=0).repeat(sizes, axis=0)
    second = _farthest((from_first * from_first).sum(axis=1), starts, sizes)
    axis = from_first.take(second, axis=0).repeat(sizes, axis=0)
    third = _farthest(np.abs(_cross(axis, from_first)), starts, sizes)
    return corners.take(np.stack((starts, second, third), axis=1))


def _farthest(distances: Floats, starts: Ints, sizes: Ints) -> Ints:
    """Where the largest of each face's numbers stands."""
    largest = np.maximum.reduceat(distances, starts).repeat(sizes)
    reached = np.flatnonzero(distances == largest)
    return reached.take(np.searchsorted(reached, starts))


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
