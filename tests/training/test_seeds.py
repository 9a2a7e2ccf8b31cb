"""The random numbers against recorded TensorFlow 2.8.4 runs, published vectors and a plain loop."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens.training import seeds

DATA = Path(__file__).parents[1] / "data"
LAB = np.load(DATA / "lab_trace.npz")
RUNS = np.load(DATA / "tensorflow_runs.npz")
CASES = json.loads(str(RUNS["cases"]))


def test_the_lab_s_kernels_and_all_200_orders():
    first, second = seeds.kernels(1234, [(2, 2), (2, 4)])
    assert np.array_equal(first, LAB["W1"])
    assert np.array_equal(second, LAB["W2"])
    assert first.dtype == np.float32
    assert np.array_equal(seeds.orders(1234, 100, 200), LAB["perm"])


@pytest.mark.parametrize("case", range(len(CASES)))
def test_recorded_runs_of_other_seeds_shapes_and_sizes(case):
    spec = CASES[case]
    shapes = list(zip(spec["sizes"], spec["sizes"][1:], strict=False))
    for number, kernel in enumerate(seeds.kernels(spec["seed"], shapes)):
        assert np.array_equal(kernel, RUNS[f"{case}_kernel{number}"])
    orders = seeds.orders(spec["seed"], spec["n"], spec["epochs"])
    assert np.array_equal(orders, RUNS[f"{case}_orders"])


def philox(pair, first, count):
    """Blocks of one stream, shape (count, 4)."""
    return seeds._philox(np.array(pair, np.uint64)[:, None], first, count)[:, 0]


def test_philox_known_answers():
    # Random123's published vectors: (counter, key) -> words; a pair is (key, second counter half).
    ones = 2**64 - 1
    assert [f"{w:08x}" for w in philox((0, 0), 0, 1)[0]] == [
        "6627e8d5",
        "e169c58d",
        "bc57ac4c",
        "9b00dbd8",
    ]
    assert [f"{w:08x}" for w in philox((ones, ones), ones, 1)[0]] == [
        "408f276d",
        "41c83b0e",
        "a20bc7c6",
        "6d5451fd",
    ]


@pytest.mark.parametrize(
    ("seed", "words", "first", "second"),
    [
        (
            1234,
            [546353992, 3665621163, 1140953199, 3419031310],
            [2, 4, 9, 5, 0, 6, 1, 7, 8, 3],
            [6, 3, 9, 0, 2, 1, 7, 8, 4, 5],
        ),
        (
            0,
            [92440422, 3674269378, 538463675, 207846770],
            [2, 0, 5, 8, 7, 1, 9, 6, 3, 4],
            [2, 9, 4, 7, 1, 8, 5, 6, 0, 3],
        ),
    ],
)
def test_order_streams(seed, words, first, second):
    assert philox(seeds._pair(seed, 0), 0, 1)[0].tolist() == words
    assert seeds.orders(seed, 10, 2).tolist() == [first, second]


@settings(max_examples=60, deadline=None)
@given(
    of=st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=5),
    shapes=st.lists(st.tuples(st.integers(1, 6), st.integers(1, 6)), min_size=1, max_size=3),
)
def test_kernels_of_many_networks_are_those_of_each(of, shapes):
    together = seeds.kernels_of(of, shapes)
    for network, seed in enumerate(of):
        alone = seeds.kernels(seed, shapes)
        assert all(np.array_equal(a[..., network], b) for a, b in zip(together, alone, strict=True))


@settings(max_examples=60, deadline=None)
@given(n=st.integers(1, 300), rows=st.integers(1, 5), data=st.data())
def test_swaps_all_at_once_equal_swaps_one_by_one(n, rows, data):
    random = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    partners = np.array([[random.integers(i, n) for i in range(n)] for _ in range(rows)])
    expected = np.tile(np.arange(n), (rows, 1))
    for row, targets in zip(expected, partners, strict=True):
        for i, j in enumerate(targets):
            row[[i, j]] = row[[j, i]]
    assert np.array_equal(seeds._apply_swaps(partners), expected)
    assert np.array_equal(seeds._swap_in_turn(partners), expected)


@pytest.mark.parametrize("n", [46_340, 46_341, 100_000])
def test_large_orders_are_permutations_and_equal_the_plain_loop(n):
    # 46,341 squared is the first to pass 2**31, where the sorting keys become 64-bit.
    blocks = (n + 2) // 4
    words = philox(seeds._pair(5, 0), 0, blocks).ravel().tolist()
    expected = list(range(n))
    for i in range(n - 1):
        j = i + words[i] % (n - i)
        expected[i], expected[j] = expected[j], expected[i]
    assert seeds.orders(5, n, 1)[0].tolist() == expected


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(-(2**70), 2**70),
    n=st.integers(1, 50),
    start=st.integers(0, 40),
    count=st.integers(1, 5),
)
def test_later_epochs_can_be_drawn_alone(seed, n, start, count):
    whole = seeds.orders(seed, n, start + count)
    assert np.array_equal(seeds.orders(seed, n, count, start=start), whole[start:])
    assert (np.sort(whole, axis=1) == np.arange(n)).all()


def test_blocks_of_epochs_join_seamlessly(monkeypatch):
    whole = seeds.orders(3, 20, 10)
    monkeypatch.setattr(seeds, "_POSITIONS_AT_ONCE", 70)
    assert np.array_equal(seeds.orders(3, 20, 10), whole)


def test_kernels_stay_within_glorot_s_limit_and_fill_it():
    (kernel,) = seeds.kernels(7, [(300, 200)])
    limit = np.sqrt(6 / 500)
    assert kernel.min() >= -limit
    assert kernel.max() <= limit
    assert abs(kernel.mean()) < limit / 50
    assert kernel.std() == pytest.approx(limit / np.sqrt(3), rel=0.01)


def test_fresh_seeds_differ():
    assert len({seeds.fresh() for _ in range(20)}) > 15
