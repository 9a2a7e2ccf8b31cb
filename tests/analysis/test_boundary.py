"""Which class wins where: classes that join one by one, their ties, and what is in doubt."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from classlens.analysis.boundary import classify
from classlens.analysis.cells import divide
from classlens.analysis.chain import unroll
from classlens.analysis.creasing import Budget, crease
from classlens.analysis.geometry import regions
from classlens.analysis.tolerance import DoubtError
from classlens.network import Network

SQUARE = ((-1.0, 1.0), (-1.0, 1.0))
CORNERS = np.array([[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]])


def classified(network, *, careful):
    creased = crease(unroll(network, None), CORNERS, careful=careful, budget=Budget(100.0))
    return creased.partition, classify(creased)


def linear(columns, bias):
    return Network.from_arrays([np.transpose(columns)], [bias])


@pytest.mark.parametrize("careful", [False, True])
@pytest.mark.parametrize("order", [*itertools.permutations(range(4))][::5])
def test_the_order_of_the_classes_changes_only_their_names(order, careful):
    """Four classes, one for each quarter of the window."""
    columns = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])[list(order)]
    partition, found = classified(linear(columns, np.zeros(4)), careful=careful)
    cells, borders, ties = divide(partition, found)
    assert sorted(cells.label.tolist()) == [0, 1, 2, 3]
    np.testing.assert_allclose(cells.areas, 1)
    assert borders.boundaries(cells.label).lengths.sum() == pytest.approx(4 * np.sqrt(2))
    assert ties == ()


def test_a_class_that_only_touches_wins_nowhere():
    """|x| and 0: the third class is as large as the others on a line only."""
    network = linear([[1.0, 0.0], [-1.0, 0.0], [0.0, 0.0]], [0.0, 0.0, 0.0])
    partition, found = classified(network, careful=True)
    cells, _, ties = divide(partition, found)
    assert sorted(cells.label.tolist()) == [0, 1]
    assert ties == ()


@pytest.mark.parametrize("careful", [False, True])
def test_each_set_of_classes_that_tie_is_named_once(careful):
    network = linear([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [-1.0, 0.0], [1.0, 0.0]], np.zeros(5))
    partition, found = classified(network, careful=careful)
    cells, _, ties = divide(partition, found)
    assert [(tie.classes, tie.area) for tie in ties] == [((0, 2, 4), 2.0), ((1, 3), 2.0)]
    assert [cells.label[list(tie.cells)].tolist() for tie in ties] == [[0], [1]]


def test_a_tie_below_the_winner_is_none():
    network = linear([[1.0, 0.0], [1.0, 0.0], [0.0, 0.0]], [-9.0, -9.0, 0.0])
    found = regions(network, SQUARE)
    assert found.class_areas.tolist() == [0, 0, 4]
    assert found.ties == ()


def test_logits_of_very_different_sizes_are_compared_with_care():
    """Where a small logit wins, the rounding of a large one must not decide."""
    network = linear([[1e9, 0.0], [0.0, 1e-3], [0.0, -1e-3]], [-2e9, 0.0, 0.0])
    with pytest.raises(DoubtError):
        classified(network, careful=False)
    assert regions(network, SQUARE).class_areas.tolist() == [0, 2, 2]


def test_a_lead_within_the_quick_tolerance_is_a_doubt():
    network = linear([[1.0, 0.0], [1.0, 1e-13]], [1.0, 1.0])
    with pytest.raises(DoubtError):
        classified(network, careful=False)
    assert regions(network, SQUARE).class_areas.tolist() == [2, 2]
