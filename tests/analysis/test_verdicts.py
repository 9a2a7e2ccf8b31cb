"""Verdicts on confusion tables made for each of them."""

import math

import numpy as np
import pytest

from classlens.analysis.thresholds import THRESHOLDS
from classlens.analysis.verdicts import Merger, judge, last_drop

GOOD = np.diag([25, 25, 25, 25])
MERGED = np.array([[25, 0, 0, 0], [1, 0, 0, 24], [0, 0, 25, 0], [0, 0, 0, 25]])
MIXED = np.array([[18, 7, 0, 0], [0, 25, 0, 0], [0, 0, 22, 3], [0, 0, 0, 25]])
FAIR = np.array([[22, 3, 0, 0], [0, 25, 0, 0], [0, 0, 22, 3], [0, 0, 0, 25]])


@pytest.mark.parametrize(
    ("table", "loss", "dead", "drop", "word"),
    [
        (GOOD, 0.03, 0, 0.01, "good"),
        (GOOD, 0.03, 1.0, 0.5, "good"),
        (GOOD, math.nan, 0, None, "diverged"),
        (FAIR, 2.1 * math.log(4), 0, None, "diverged"),
        (FAIR, 0.4, 0, 0.2, "too early"),
        (MERGED, 0.5, 0.25, 0.01, "dead units"),
        (MERGED, 0.5, 0.24, 0.01, "poor split"),
        (MERGED, 0.5, 0, 0.01, "poor split"),
        (MERGED, 0.5, 0, None, "poor split"),
        (FAIR, 0.4, 0, 0.01, "fair"),
        (MIXED, 0.4, 0, 0.01, "poor split"),
    ],
)
def test_words(table, loss, dead, drop, word):
    assert judge(table, loss, dead_share=dead, last_drop=drop).word == word


def test_mergers_name_the_class_and_the_counts():
    verdict = judge(MERGED, 0.5, dead_share=0, last_drop=None)
    assert verdict.mergers == (Merger(1, 3, 24, 25, "merged"),)
    # Nine classes of ten may be right and the tenth lost: no accuracy makes that good.
    table = np.diag([100] * 9 + [0])
    table[9, 0] = 10
    assert judge(table, 0.1, dead_share=0, last_drop=None).word == "poor split"


def test_classes_that_are_mixed_up_are_not_called_merged():
    verdict = judge(MIXED, 0.4, dead_share=0, last_drop=None)
    assert verdict.mergers == (Merger(0, 1, 7, 25, "mixed"),)


def test_a_class_without_examples_is_no_merger():
    assert judge(np.diag([5, 5, 0]), 0.1, dead_share=0, last_drop=None).mergers == ()


def test_last_drop():
    assert last_drop(np.linspace(2, 1, 101)) == pytest.approx(1 - 1 / 1.1)
    assert last_drop(np.ones(5)) is None
    assert last_drop(np.zeros(20)) == 0


def test_every_threshold_says_what_it_decides():
    for row in THRESHOLDS.values():
        assert row.meaning.endswith(".")
        assert row.value > 0
