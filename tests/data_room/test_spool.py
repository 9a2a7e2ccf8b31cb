"""Rows on the disk: every epoch has each of them once, in an order of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classlens.data.spool import Spool
from classlens.errors import OutputError

FEATURES = 3


def spool(folder: Path, rows: int, *, memory: float = 4096, piece: int = 100, **more: int) -> Spool:
    made = Spool(folder, features=FEATURES, rows=rows, memory=memory, **{"seed": 1, **more})
    for first in range(0, rows, piece):
        made.add(*numbered(first, min(first + piece, rows)))
    made.close()
    return made


def numbered(first: int, last: int) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Rows that say their numbers, twice."""
    numbers = np.arange(first, last)
    X = np.stack([numbers, -numbers, numbers % 5], axis=1).astype(np.float32)
    return X, numbers.astype(np.int32)


def order(made: Spool, epoch: int, first: int = 0) -> NDArray[np.int32]:
    """The rows' numbers in an epoch, after a look at their features."""
    pieces = list(made.epoch(epoch, first))
    if not pieces:
        return np.empty(0, np.int32)
    X, y = (np.concatenate(each) for each in zip(*pieces, strict=True))
    np.testing.assert_array_equal(X, np.stack([y, -y, y % 5], axis=1))
    return y


@pytest.mark.parametrize("memory", [1e9, 4096, 200])
def test_each_row_once_in_every_epoch(tmp_path: Path, memory: float) -> None:
    made = spool(tmp_path / "rows", 1000, memory=memory)
    assert len(made) == 1000
    orders = [order(made, epoch) for epoch in range(3)]
    for each in orders:
        assert np.array_equal(np.sort(each), np.arange(1000))
    assert np.array_equal(orders[0], order(made, 0))
    assert (orders[0] == orders[1]).mean() < 0.05
    assert (orders[0] == np.arange(1000)).mean() < 0.05


def test_where_a_row_comes_in_an_epoch_is_by_chance(tmp_path: Path) -> None:
    """Neither neighbours nor thirds stay together: the rank correlation is near 0."""
    drawn = order(spool(tmp_path / "rows", 3000), 0)
    ranks = np.argsort(drawn)
    assert abs(np.corrcoef(ranks, np.arange(3000))[0, 1]) < 0.06
    assert abs(np.corrcoef(ranks[1:], ranks[:-1])[0, 1]) < 0.06
    thirds = [
        np.bincount(drawn[part] // 1000, minlength=3) for part in (slice(1000), slice(2000, 3000))
    ]
    assert all(abs(count - 333) < 60 for each in thirds for count in each)


@given(first=st.integers(0, 1100), memory=st.sampled_from([1e9, 4096.0]))
def test_an_epoch_from_its_middle(
    tmp_path_factory: pytest.TempPathFactory, first: int, memory: float
) -> None:
    made = spool(tmp_path_factory.mktemp("spool") / "rows", 1000, memory=memory)
    assert np.array_equal(order(made, 2, first), order(made, 2)[first:])


def test_how_the_rows_came_does_not_matter(tmp_path: Path) -> None:
    one = spool(tmp_path / "a", 1000, piece=1000)
    other = spool(tmp_path / "b", 1000, piece=17)
    assert np.array_equal(order(one, 1), order(other, 1))
    assert not np.array_equal(order(one, 1), order(spool(tmp_path / "c", 1000, seed=-1), 1))


@pytest.mark.parametrize("memory", [1e9, 4096])
def test_without_shuffling_they_stay_in_order(tmp_path: Path, memory: float) -> None:
    made = spool(tmp_path / "rows", 1000, memory=memory, shuffle=False)
    assert np.array_equal(order(made, 3), np.arange(1000))
    assert np.array_equal(order(made, 3, 700), np.arange(700, 1000))


def test_more_rows_than_were_expected(tmp_path: Path) -> None:
    made = Spool(tmp_path / "rows", features=FEATURES, rows=10, memory=400, seed=1, shuffle=False)
    made.add(*numbered(0, 100))
    made.close()
    assert np.array_equal(order(made, 0), np.arange(100))


def test_a_bucket_is_as_large_as_was_allowed(tmp_path: Path) -> None:
    spool(tmp_path / "rows", 10_000, memory=16_000)
    sizes = [file.stat().st_size for file in (tmp_path / "rows").iterdir()]
    assert sum(sizes) == 10_000 * 4 * (FEATURES + 1)
    assert max(sizes) < 1.3 * 16_000


def test_trouble_with_the_disk(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match=r"cannot write the rows into .*file.rows: .* Choose a "):
        spool(tmp_path / "file" / "rows", 10)
    made = spool(tmp_path / "rows", 100, memory=1e9)
    part = tmp_path / "rows" / "000.rows"
    part.write_bytes(part.read_bytes()[:-4])
    with pytest.raises(OutputError, match=r"000.rows was changed while the training read it."):
        order(made, 0)
    part.unlink()
    with pytest.raises(OutputError, match=r"cannot read .*000.rows again: No such file"):
        order(made, 0)


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Spool(tmp_path / "rows", features=FEATURES, rows=10, memory=1e9, seed=1)
    made.add(*numbered(0, 10))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(OutputError, match=r"No space left on device. Choose a folder on a disk"):
        made.close()
