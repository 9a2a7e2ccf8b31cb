"""Cutting polygons: what is shared stays shared, and every face keeps its own closed ring."""

from __future__ import annotations

import numpy as np
import pytest

from classlens.analysis.ancestry import Ancestry
from classlens.analysis.cells import polygon_areas
from classlens.analysis.merging import join
from classlens.analysis.partition import Partition
from classlens.analysis.tolerance import DoubtError, cut_along, sides
from classlens.analysis.walk import TangledError

SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


class Straight:
    """The line a x + b y = c, given at a partition's vertices."""

    def __init__(self, partition, a, b, c, *, sums=None):
        heights = partition.places @ [a, b] - c
        self.heights = np.where(np.abs(heights) < 1e-12, 0, heights)
        self.sums = sums

    def positive(self, vertices):
        return self.heights[vertices] > 0

    def negative(self, vertices):
        return self.heights[vertices] < 0

    def height(self, vertices):
        return self.heights[vertices]

    def doubt(self, vertices):
        return None if self.sums is None else self.sums[vertices]

    def settle(self, vertices):
        self.heights[vertices] = 0


def cut(partition, a, b, c):
    line = Straight(partition, a, b, c)
    above, below = partition.reach(np.arange(partition.faces), line)
    return partition.cut(np.flatnonzero(above & below), line)


def areas(partition):
    starts, sizes, corners = partition.rings()
    return polygon_areas(partition.places[corners], starts, sizes)


def check(partition):
    """Euler's formula, closed rings, and edges that know the faces on their sides."""
    assert partition.vertices - partition.edges + partition.faces == 1
    starts, sizes, corners = partition.rings()
    assert len(corners) == sizes.sum()
    assert (areas(partition) > 0).all()
    assert areas(partition).sum() == pytest.approx(1)
    tail, head, left, right = partition.borders()
    for face in range(partition.faces):
        ring = corners[starts[face] : starts[face] + sizes[face]]
        np.testing.assert_array_equal(ring, partition.corners_of(face))
        around = {*zip(ring.tolist(), np.roll(ring, -1).tolist(), strict=True)}
        mine = {*zip(tail[left == face].tolist(), head[left == face].tolist(), strict=True)}
        theirs = {*zip(head[right == face].tolist(), tail[right == face].tolist(), strict=True)}
        assert around == mine | theirs
    rim = (left < 0) | (right < 0)
    on_rim = ((partition.places == 0) | (partition.places == 1)).any(axis=1)
    assert (on_rim[tail[rim]] & on_rim[head[rim]]).all()


def test_one_cut():
    partition = Partition(SQUARE)
    done = cut(partition, 1, 0, 0.25)
    check(partition)
    assert (done.kept.tolist(), done.added.tolist()) == ([0], [1])
    assert areas(partition).tolist() == [0.75, 0.25]
    assert sorted(done.between(partition.places).tolist()) == [[0.25, 0.0], [0.25, 1.0]]


def test_a_cut_through_corners_adds_no_vertex():
    partition = Partition(SQUARE)
    cut(partition, 1, -1, 0)
    check(partition)
    assert (partition.vertices, partition.edges, partition.faces) == (4, 5, 2)


def test_many_cuts():
    partition, random = Partition(SQUARE), np.random.default_rng(0)
    for _ in range(30):
        angle = random.uniform(0, np.pi)
        a, b = np.cos(angle), np.sin(angle)
        cut(partition, a, b, np.dot(random.uniform(0, 1, size=2), (a, b)))
    check(partition)
    assert partition.faces > 100


def test_cuts_through_one_point_and_along_each_other():
    partition = Partition(SQUARE)
    for a, b, c in [(1, 0, 0.5), (0, 1, 0.5), (1, 1, 1), (1, -1, 0)]:
        cut(partition, a, b, c)
    check(partition)
    assert (partition.vertices, partition.faces) == (9, 8)
    line = Straight(partition, 1, 0, 0.5)
    above, below = partition.reach(np.arange(8), line)
    assert not (above & below).any()


def test_neighbours_are_cut_at_one_vertex():
    partition = Partition(SQUARE)
    cut(partition, 1, 0, 0.5)
    done = cut(partition, 0.3, 1, 0.5)
    check(partition)
    assert len(done.tails) == 3
    assert partition.vertices == 9


def test_a_face_that_is_not_cut_keeps_its_ring_though_a_neighbour_ends_at_it():
    partition = Partition(SQUARE)
    cut(partition, 1, 0, 0.5)
    line = Straight(partition, 0, 1, 0.5)
    line.heights[partition.places[:, 0] == 0.5] = 0  # only the far corners lie aside
    line.heights[partition.places[:, 0] == 1] = 0
    above, below = partition.reach(np.arange(2), line)
    done = partition.cut(np.flatnonzero(above & below), line)
    assert len(done.kept) == 1
    assert partition.vertices - partition.edges + partition.faces == 1


def octagon():
    angle = np.arange(8) * np.pi / 4
    return Partition(np.stack((np.cos(angle), np.sin(angle)), axis=1))


@pytest.mark.parametrize("turn", range(8))
@pytest.mark.parametrize("flip", [1, -1])
@pytest.mark.parametrize(
    "heights",
    [
        [1, 1, 1, 1, -1, -1, -1, -1],
        [1, 1, 1, 0, -1, -1, -1, 0],
        [1, 1, 1, 0, 0, -1, -1, -1],
        [1, 0, 1, 1, -1, 0, -1, -1],  # corners on the line go with their neighbours
        [1, 0, 0, 0, -1, -1, 0, -1],
        [0, 0, 1, 0, 0, 0, -1, 0],
    ],
)
def test_wherever_the_line_enters_the_face_is_cut_in_two(heights, flip, turn):
    partition = octagon()
    line = Straight(partition, 0, 0, 0)
    line.heights = np.roll(np.array(heights, dtype=float), turn) * flip
    done = partition.cut(np.array([0]), line)
    assert partition.vertices - partition.edges + partition.faces == 1
    kept, added = partition.corners_of(0), partition.corners_of(1)
    old = np.arange(8)
    assert {*old[line.heights > 0]} <= {*kept}
    assert {*old[line.heights < 0]} <= {*added}
    assert len({*kept} & {*added}) == 2
    corners, starts = done.corners, done.starts
    np.testing.assert_array_equal(corners[starts[0] : starts[1]], added)
    np.testing.assert_array_equal(corners[starts[1] :], kept)


TANGLED = [1.0, -1e-15, 1.0, 1.0, -1.0, -1.0, -1.0, -1.0]


def test_a_face_whose_corners_change_sides_four_times_is_refused():
    partition = octagon()
    line = Straight(partition, 0, 0, 0)
    line.heights = np.array(TANGLED)
    with pytest.raises(TangledError, match=r"^1 faces$"):
        partition.cut(np.array([0]), line)
    assert (partition.vertices, partition.edges, partition.faces) == (8, 8, 1)


def test_a_tangled_face_is_mended_by_what_is_known_least():
    partition = octagon()
    line = Straight(partition, 0, 0, 0, sums=np.ones(8))
    line.heights = np.array(TANGLED)
    assert cut_along(partition, np.array([0]), line) is not None
    assert line.heights[1] == 0
    assert partition.faces == 2
    assert partition.vertices - partition.edges + partition.faces == 1


def test_mending_may_leave_nothing_to_cut():
    partition = octagon()
    line = Straight(partition, 0, 0, 0, sums=np.ones(8))
    line.heights = np.array([1, -1, 1, -1, 1, -1, 1, -1]) * 1e-15
    assert cut_along(partition, np.array([0]), line) is None
    assert partition.faces == 1


def test_without_sums_a_tangled_face_is_a_doubt():
    partition = octagon()
    line = Straight(partition, 0, 0, 0)
    line.heights = np.array(TANGLED)
    with pytest.raises(DoubtError):
        cut_along(partition, np.array([0]), line)


def test_sides_by_the_quick_tolerance():
    heights = np.array([2.0, -2.0, 0.0])
    above, below = sides(heights, None, np.array(1.0))
    assert above.tolist() == [True, False, False]
    assert below.tolist() == [False, True, False]
    with pytest.raises(DoubtError):
        sides(np.array([2.0, 0.5]), None, np.array(1.0))


def test_sides_by_the_sums():
    """What is within 64 roundings of the sum of its parts is 0."""
    heights = np.array([1e-13, 1e-13, -1e-13, -1e-15])
    above, below = sides(heights, np.array([1.0, 1e3, 1.0, 1.0]), np.array(1.0))
    assert above.tolist() == [True, False, False, False]
    assert below.tolist() == [False, False, True, False]


def test_a_mesh_of_triangles():
    middle = np.array([[0.5, 0.5]])
    triangles = np.array([[0, 1, 4], [1, 2, 4], [2, 3, 4], [3, 0, 4]])
    partition = Partition.mesh(np.concatenate((SQUARE, middle)), triangles)
    check(partition)
    cut(partition, 1, 0.2, 0.4)
    check(partition)


def test_ancestors_make_up_every_new_vertex():
    partition, random = Partition(SQUARE), np.random.default_rng(0)
    cut(partition, 1, 0.5, 0.6)
    cut(partition, -0.3, 1, 0.4)
    ancestry, old = Ancestry(partition), partition.vertices
    old_areas = areas(partition)
    for _ in range(12):
        angle = random.uniform(0, np.pi)
        a, b = np.cos(angle), np.sin(angle)
        done = cut(partition, a, b, np.dot(random.uniform(0, 1, size=2), (a, b)))
        ancestry.add(done, partition, np.full(len(done.tails), 1e-3))
    assert ancestry.vertices == partition.vertices
    corners, shares = ancestry.corners[: partition.vertices], ancestry.shares[: partition.vertices]
    assert corners.max() < old
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert np.abs(shares).max() < 4
    mixed = np.einsum("vc,vcx->vx", shares, partition.places[corners])
    np.testing.assert_allclose(mixed, partition.places, rtol=0, atol=1e-15)
    wobbles = ancestry.wobbles[: partition.vertices]
    np.testing.assert_allclose(wobbles.sum(axis=1), 0, atol=1e-15)
    moved = np.einsum("vc,vcx->vx", wobbles, partition.places[corners])
    assert 0 < np.hypot(*moved[old:].T).max() < 1e-3 * np.sqrt(2)
    summed = np.bincount(ancestry.faces[: partition.faces], areas(partition))
    np.testing.assert_allclose(summed, old_areas, rtol=0, atol=1e-15)


def test_faces_of_one_key_are_joined():
    partition = Partition(SQUARE)
    for a, b, c in [(1, 0, 0.5), (0, 1, 0.5), (1, 1, 1)]:
        cut(partition, a, b, c)
    middles = np.array(
        [partition.places[partition.corners_of(f)].mean(axis=0) for f in range(partition.faces)]
    )
    keys = (middles[:, 0] > 0.5).astype(int)
    joined = join(partition, keys)
    found = polygon_areas(partition.places[joined.corners], joined.starts, joined.sizes)
    assert found.tolist() == [0.5, 0.5]
    np.testing.assert_array_equal(keys[joined.first][joined.of_face], keys)


def test_faces_that_do_not_touch_stay_apart():
    partition = Partition(SQUARE)
    cut(partition, 1, 0, 0.25)
    cut(partition, 1, 0, 0.75)
    middles = np.array([partition.places[partition.corners_of(f)].mean(axis=0) for f in range(3)])
    joined = join(partition, (np.abs(middles[:, 0] - 0.5) > 0.25).astype(int))
    assert len(joined.starts) == 3
