"""One sweep by several, here threads: what one alone makes, whoever has trained what before."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

import classlens as cl
from classlens.survey import sharing
from classlens.survey.plan import Plan
from classlens.survey.running import Progress
from classlens.survey.sharing import take_part
from classlens.survey.sweeping import sweep_into
from classlens.training.processes import Share

DATA = cl.blobs()
PLAN = Plan.of(300, {"epochs": 5}, {"hidden": [2, 3]})


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("classlens.survey.plan._MOST_ROWS", 64)


def by_several(path: Path, count: int, **options: Any) -> tuple[cl.Survey, list[int]]:
    """A sweep by so many; its survey, and how many networks each of the others has trained."""
    shares = [Share(index, count, "word") for index in range(count)]
    with ThreadPoolExecutor(count) as pool:
        others = [pool.submit(take_part, path, PLAN, DATA, share=each) for each in shares[1:]]
        survey = sweep_into(path, PLAN, DATA, share=shares[0], **options)
        return survey, [each.result() for each in others]


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("classlens.survey.plan._MOST_ROWS", 64)
        path = tmp_path_factory.mktemp("alone")
        sweep_into(path, PLAN, DATA)
    return (path / "networks.parquet").read_bytes()


def test_the_parts_are_counted() -> None:
    assert PLAN.part_count(DATA) == len([*PLAN.parts(DATA)]) == 10


@pytest.mark.parametrize("count", [1, 2, 3, 12])
def test_several_make_the_table_of_one(tmp_path: Path, alone: bytes, count: int) -> None:
    told: list[Progress] = []
    survey, networks = by_several(tmp_path, count, progress=told.append, csv=True)
    assert (tmp_path / "networks.parquet").read_bytes() == alone
    assert survey.verify() == 600
    shares = [0] * count
    for part in PLAN.parts(DATA):
        shares[part.number % count] += len(part.group)
    assert networks == shares[1:]
    assert told[-1].done == told[-1].networks == 600  # of all, not of process 0 alone
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        *("networks.csv", "networks.parquet", "sweep.json"),
    ]


@pytest.mark.parametrize(("before", "count"), [(2, 3), (3, 1)])
def test_another_number_of_processes_goes_on(
    tmp_path: Path, alone: bytes, monkeypatch: pytest.MonkeyPatch, before: int, count: int
) -> None:
    kept = sharing.Folder.keep

    def keep(self: sharing.Folder, part: Any, table: Any) -> None:
        if part.number == 6:  # one of process 0's; the others are ready by then
            while len([*tmp_path.glob(".together-word-*")]) < before - 1:
                threading.Event().wait(0.01)
            raise KeyboardInterrupt
        kept(self, part, table)

    with monkeypatch.context() as patch:
        patch.setattr(sharing.Folder, "keep", keep)
        with pytest.raises(KeyboardInterrupt):
            by_several(tmp_path, before)
    there = {int(each.stem) for each in tmp_path.glob("parts/*.parquet")}
    assert there >= {number for number in range(10) if number % before or number < 6}
    assert 6 not in there
    (tmp_path / ".together-killed").touch()  # as one leaves it that is killed
    by_several(tmp_path, count, resume=True)
    assert (tmp_path / "networks.parquet").read_bytes() == alone
    assert not [*tmp_path.glob(".together*")]
    _, networks = by_several(tmp_path, 2, resume=True)  # it is finished
    assert networks == [0]


def test_a_folder_that_process_0_does_not_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "PATIENCE", 0)
    with pytest.raises(cl.ProcessesError) as caught:
        take_part(tmp_path / "s", PLAN, DATA, share=Share(1, 2, "word"))
    assert str(caught.value) == (
        f"process 0 has not begun a sweep in the folder {tmp_path / 's'} for 0 s, or process 1 of "
        "2 does not see that folder. Give all processes the same --out, in a file system that all "
        "machines share."
    )


def nothing() -> None:
    pass


def test_a_process_with_another_plan(tmp_path: Path) -> None:
    other = Plan.of(300, {"epochs": 6}, {"hidden": [2, 3]})
    sharing.Folder(tmp_path, PLAN, DATA, weights=False, resume=False)
    with (
        pytest.raises(cl.ArgumentError, match=r"another one: epochs differs: 5 there, 6 now"),
        sharing.led(tmp_path, Share(0, 2, "word"), nothing),
    ):
        take_part(tmp_path, other, DATA, share=Share(1, 2, "word"))
    assert not [*tmp_path.glob(".together*")]


def test_process_0_that_ends_before_the_table(tmp_path: Path) -> None:
    sharing.Folder(tmp_path, PLAN, DATA, weights=False, resume=False)
    with ThreadPoolExecutor(1) as pool:
        with sharing.led(tmp_path, Share(0, 2, "word"), nothing):
            other = pool.submit(take_part, tmp_path, PLAN, DATA, share=Share(1, 2, "word"))
        with pytest.raises(cl.ProcessesError, match=r"process 0 has ended before the table") as e:
            other.result()
    assert "What process 1 of 2 has trained is kept: start all processes again" in str(e.value)


def test_while_process_0_waits_it_can_be_stopped(tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with (
        pytest.raises(KeyboardInterrupt),
        sharing.led(tmp_path, Share(0, 2, "word"), stop),
    ):
        pass
    assert not [*tmp_path.glob(".together*")]


def test_a_folder_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "touch", full)
    with (
        pytest.raises(cl.OutputError, match=r"together-word: No space left on device\."),
        sharing.led(tmp_path, Share(0, 2, "word"), nothing),
    ):
        pass
