"""Ancestry: what the vertices, edges and faces of a partition were when a layer began.

Within a face of that time everything that the layer computes is affine. So what it is at a vertex
that was added since is a mixture of what it is at three vertices of that time, and no more than
these need ever be kept.
"""

from __future__ import annotations

import numpy as np

from classlens.analysis.cut import Cut
from classlens.analysis.partition import Partition, with_room
from classlens.analysis.walk import Floats, Ints, indices

# What a face takes here, with its share of the vertices and edges.
ANCESTRY_BYTES = 8 * (3 * 3 + 2 + 1)

_TINY = float(np.finfo(np.float64).tiny)


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

    def __init__(self, partition: Partition) -> None:
        """Begin with a partition as it is."""
        self.first = self.vertices = partition.vertices
        self.faces = np.arange(partition.faces)
        self._edges = np.arange(partition.edges)
        tail, head = partition.ends()
        self._ends = np.array((tail, head, tail)).T
        self._rings = partition.rings()
        self._triangles: tuple[Ints, Floats] | None = None
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
        on_edge, inside = indices(old >= 0), indices(old < 0)
        if len(on_edge):
            self._add_on_edges(cut, on_edge, old.take(on_edge), slack)
        if len(inside):
            self._add_inside(cut, inside, partition.places, slack)

    def _add_on_edges(self, cut: Cut, which: Ints, edges: Ints, slack: Floats | None) -> None:
        """New vertices on parts of old edges are mixtures of these edges' ends."""
        heads = cut.heads.take(which)
        tail, head = (
            self.shares.take(cut.tails.take(which), axis=0),
            self.shares.take(heads, axis=0),
        )
        head[heads < self.first] = 0, 1, 0
        new = which + cut.vertices[0]
        self.corners[new] = self._ends.take(edges, axis=0)
        self.wobbles[new] = 0 if slack is None else slack.take(which)[:, None] * (head - tail)
        tail *= cut.tail_share.take(which)[:, None]
        head *= cut.head_share.take(which)[:, None]
        tail += head
        self.shares[new] = tail

    def _add_inside(self, cut: Cut, which: Ints, places: Floats, slack: Floats | None) -> None:
        """New vertices inside old faces are mixtures of three corners that span the face."""
        if self._triangles is None:
            self._triangles = _triangles(*self._rings, places)
        triangles, frames = self._triangles
        new = which + cut.vertices[0]
        faces = self.faces.take(cut.within.take(which))
        frame = frames.take(faces, axis=1)
        self.corners[new] = triangles.take(faces, axis=0)
        shares = _mixture(frame, places.take(new, axis=0).T - frame[:2])
        shares[0] += 1
        self.shares[new] = shares.T
        if slack is None:
            self.wobbles[new] = 0
        else:
            tails, heads = cut.tails.take(which), cut.heads.take(which)
            edge = places.take(heads, axis=0) - places.take(tails, axis=0)
            self.wobbles[new] = _mixture(frame, slack.take(which) * edge.T).T


def _triangles(starts: Ints, sizes: Ints, corners: Ints, places: Floats) -> tuple[Ints, Floats]:
    """Three corners of each face that span it, so that none of the others is far outside of them.

    The second is at the greatest distance from the first, the third at the greatest distance from
    the line through both.

    Returns:
        The vertices, shape (faces, 3); and what ``_mixture`` needs, shape (8, faces): the first
        corner, a vector that tells the third one's share, the way to the third one, a vector that
        tells the second one's share.
    """
    first = places.take(corners.take(starts), axis=0).T
    x, y = places.take(corners, axis=0).T - first.repeat(sizes, axis=1)
    second = _farthest(x * x + y * y, starts, sizes)
    one = np.array((x.take(second), y.take(second)))
    along = one.repeat(sizes, axis=1)
    third = _farthest(np.abs(along[0] * y - along[1] * x), starts, sizes)
    two = np.array((x.take(third), y.take(third)))
    width = np.maximum(one[0] * one[0] + one[1] * one[1], _TINY)
    area = one[0] * two[1] - one[1] * two[0]
    upright = np.array((-one[1], one[0])) / np.where(area == 0, np.inf, area)
    frames = np.concatenate((first, upright, two, one / width))
    return corners.take(np.array((starts, second, third)).T), frames


def _mixture(frame: Floats, step: Floats) -> Floats:
    """What a step changes in the shares of a triangle's corners.

    The third one's share is known less well in a narrow triangle; the second one's makes up for
    that, so that together they lead to the right place.

    Args:
        frame: of the triangles, shape (8, points).
        step: displacements, shape (2, points).

    Returns:
        Shape (3, points), with the sum 0.
    """
    third = frame[2] * step[0] + frame[3] * step[1]
    rest = step - third * frame[4:6]
    second = frame[6] * rest[0] + frame[7] * rest[1]
    return np.array((-second - third, second, third))


def _farthest(distances: Floats, starts: Ints, sizes: Ints) -> Ints:
    """Where the largest of each face's numbers stands."""
    largest = np.maximum.reduceat(distances, starts).repeat(sizes)
    reached = indices(distances == largest)
    return reached.take(np.searchsorted(reached, starts))
