"""Cut: what a line did to the faces of a partition."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from classlens.analysis.walk import Floats, Ints


class Cut(NamedTuple):
    """What one line did to the faces that it crossed.

    Attributes:
        edges: the edges that were cut, each now its own half at the tail, shape (m,).
        halves: the first of the m halves at the head; the k new edges between kept and added faces
            come after them.
        within: for each cut edge, a crossed face that it belonged to, shape (m,).
        tails, heads: the ends that each cut edge had, shape (m,).
        tail_share, head_share: how much of each end the new vertex on it is made of, shape (m,).
        vertices: the first and one past the last of the m new vertices.
        kept: the crossed faces, each now what lies on the line's positive side, shape (k,).
        added: the new faces, each what lies on the negative side of the same face, shape (k,).
        corners: the vertices of added[0], kept[0], added[1], kept[1], ... in one row.
        starts: where each of these 2 k faces begins in ``corners``.
    """

    edges: Ints
    halves: int
    within: Ints
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
        column = (-1,) + (1,) * (values.ndim - 1)
        share = self.tail_share.reshape(column)
        new = np.multiply(values.take(self.tails, axis=0), share, out=out)
        other = values.take(self.heads, axis=0)
        other *= self.head_share.reshape(column)
        new += other
        return new
