"""The nearest of many segments, against all of them."""

from __future__ import annotations

import numpy as np
import pytest

from classlens.analysis.margins import nearest


@pytest.mark.parametrize("count", [1, 2, 17, 400])
def test_the_nearest_of_many_segments(count):
    random = np.random.default_rng(count)
    start = random.uniform(-1, 1, size=(count, 2))
    end = start + random.normal(size=(count, 2)) * random.choice([0, 0.01, 1], size=(count, 1))
    points = random.uniform(-2, 2, size=(300, 2))
    found = nearest(points, start, end)
    way = end - start
    share = ((points[:, None] - start) * way).sum(axis=2)
    share /= np.maximum((way * way).sum(axis=1), 1e-300)
    places = start + share.clip(0, 1)[..., None] * way
    distances = np.linalg.norm(points[:, None] - places, axis=2)
    np.testing.assert_allclose(found.distance, distances.min(axis=1), rtol=1e-12)
    one = np.arange(300)
    np.testing.assert_allclose(distances[one, found.segment], found.distance, rtol=1e-12)
    np.testing.assert_allclose(places[one, found.segment], found.place, rtol=0, atol=1e-14)


def test_a_point_on_a_segment_is_at_distance_0():
    start, end = np.array([[0.0, 0.0], [2.0, 0.0]]), np.array([[1.0, 0.0], [2.0, 3.0]])
    found = nearest(np.array([[0.5, 0.0], [2.0, 1.0], [1.5, -4.0]]), start, end)
    np.testing.assert_allclose(found.distance, [0, 0, np.hypot(0.5, 4)])
    np.testing.assert_allclose(found.place, [[0.5, 0], [2, 1], [1, 0]])
    assert found.segment[:2].tolist() == [0, 1]


def test_a_segment_without_a_length_is_a_point():
    found = nearest(np.array([[3.0, 4.0]]), np.zeros((1, 2)), np.zeros((1, 2)))
    assert found.distance.tolist() == [5]
    assert found.place.tolist() == [[0, 0]]


@pytest.mark.parametrize("scale", [1e-70, 1e70])
def test_lengths_of_any_size(scale):
    random = np.random.default_rng(0)
    start, end = random.normal(size=(2, 50, 2))
    points = random.normal(size=(20, 2))
    one, other = nearest(points, start, end), nearest(points * scale, start * scale, end * scale)
    np.testing.assert_array_equal(one.segment, other.segment)
    np.testing.assert_allclose(other.distance, one.distance * scale, rtol=1e-12)
