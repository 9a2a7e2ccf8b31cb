"""Join faces that belong together: those that the search for the winning classes cut in vain."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from classlens.analysis.partition import Partition
from classlens.analysis.walk import Flags, Ints, indices


class Polygons(NamedTuple):
    """Polygons made of the faces of a partition.

    Attributes:
        first: a face of each polygon, shape (polygons,).
        of_face: the polygon that each face is a part of, shape (faces,).
        starts: where each polygon's corners begin, shape (polygons,).
        sizes: how many corners each has, shape (polygons,).
        corners: the vertices, counter-clockwise, one polygon after the other.
    """

    first: Ints
    of_face: Ints
    starts: Ints
    sizes: Ints
    corners: Ints


def join(partition: Partition, keys: Ints) -> Polygons:
    """Join the faces that have one key, where together they make one polygon.

    Args:
        partition: the faces.
        keys: shape (faces,).
    """
    starts, sizes, corners = partition.rings()
    faces = np.arange(partition.faces)
    order = keys.argsort(kind="stable")
    in_order = keys.take(order)
    begins = np.concatenate(((True,), in_order[1:] != in_order[:-1]))
    first = order[begins]
    if len(first) == len(faces):
        return Polygons(faces, faces, starts, sizes, corners)
    group = np.empty_like(order)
    group[order] = begins.cumsum() - 1
    several = np.bincount(group) > 1
    face = faces.repeat(sizes)
    place = np.arange(len(corners)) - starts.repeat(sizes)
    after = np.where(place + 1 == sizes[face], starts[face], np.arange(1, len(corners) + 1))
    other = partition.across()
    outer = indices(several[group[face]] & ((other < 0) | (group[other] != group[face])))
    in_group = group[face[outer]]
    place[outer], whole = _around(in_group, corners[outer], corners[after[outer]], len(first))
    alone = ~(several & whole)[group]
    leader = np.where(alone, faces, first[group])
    leads = leader == faces
    of_face = (leads.cumsum() - 1)[leader]
    kept = np.concatenate((indices(alone[face]), outer[whole[in_group]]))
    new_sizes = np.bincount(of_face[face[kept]])
    new_starts = new_sizes.cumsum() - new_sizes
    ring = np.empty(len(kept), dtype=np.intp)
    ring[new_starts[of_face[face[kept]]] + place[kept]] = corners[kept]
    return Polygons(indices(leads), of_face, new_starts, new_sizes, ring)


def _around(group: Ints, tail: Ints, head: Ints, groups: int) -> tuple[Ints, Flags]:
    """The order in which the outer sides of each group follow each other.

    Args:
        group: of each side, shape (sides,).
        tail: the vertex at which it begins.
        head: the vertex at which it ends.
        groups: how many groups there are.

    Returns:
        Each side's place in its group; and which groups are one closed ring.
    """
    keys = group * (int(tail.max()) + 1) + tail
    wanted = keys - tail + head
    order = keys.argsort()
    following = order[np.searchsorted(keys[order], wanted).clip(max=len(keys) - 1)]
    closed = keys[following] == wanted
    place = np.full(len(group), -1)
    in_order = group[order]
    current = order[np.concatenate(((True,), in_order[1:] != in_order[:-1]))]
    step = 0
    while len(current):
        place[current] = step
        current = following[current[closed[current]]]
        current = current[place[current] < 0]
        step += 1
    whole = np.ones(groups, dtype=np.bool_)
    whole[group[~closed | (place < 0)]] = False
    return place, whole
