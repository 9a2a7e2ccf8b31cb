"""Where no terminal shows a bar: a line now and then says how far a long command is."""

from __future__ import annotations

import io
from types import SimpleNamespace

import numpy as np
import pytest
from rich.console import Console

from classlens.cli import lines
from classlens.cli.lines import Lines
from classlens.cli.terminal import News, quietly, with_networks, with_progress, with_rows
from classlens.survey import running
from classlens.training import standing

NOWHERE = Console(file=io.StringIO())


class Clock:
    """Seconds that pass when told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(lines, "time", SimpleNamespace(monotonic=lambda: self.now))


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_a_line_about_every_minute(clock: Clock) -> None:
    said: list[str] = []
    tell = Lines(NOWHERE, said.append)
    for second in range(0, 200, 7):
        clock.now = 1000.0 + second
        # 500 were there before: they are no part of the rate.
        tell(500 + 2 * second, 1000, lambda rate: f"{rate:g} a second")
    assert said == [
        "2 a second, about 0:03:07 left",
        "2 a second, about 0:02:04 left",
        "2 a second, about 0:01:01 left",
    ]


def test_no_time_is_said_that_nobody_knows(clock: Clock) -> None:
    said: list[str] = []
    for total in (None, 9):
        tell = Lines(NOWHERE, said.append)
        tell(0, total, lambda rate: "nothing yet")
        clock.now += 61
        tell(0 if total else 3, total, lambda rate: f"{rate:.2f} a second")
    assert said == ["0.05 a second", "0.00 a second"]


def test_a_terminal_and_quiet_have_none(clock: Clock) -> None:
    for console in (
        Console(file=io.StringIO(), force_terminal=True),
        Console(file=io.StringIO(), quiet=True),
    ):
        tell = Lines(console, lambda _: pytest.fail("it has a bar"))
        clock.now += 61
        tell(1, 2, lambda _: "words")


def test_a_line_that_cannot_be_written_harms_nothing(clock: Clock) -> None:
    def full(_: str) -> None:
        raise OSError(28, "No space left on device")

    tell = Lines(NOWHERE, full)
    clock.now += 61
    tell(1, 2, lambda _: "words")


def test_what_the_commands_say(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    def sweep(tell: object) -> None:
        assert callable(tell)
        for done in (0, 12_000.4):
            tell(running.Progress(done, 60_000))
            clock.now += 61

    def train(news: News) -> None:
        for rows in (0, 6_100):
            news.rows(rows)
            clock.now += 61
        for done in (0.0, 0.25):
            metrics = np.array([[0.5, 0.9]] if done else np.empty((0, 2)))
            news(standing.Progress(int(40 * done), 40, done, metrics, ()))
            clock.now += 61

    def read(tell: object) -> None:
        assert callable(tell)
        for rows in (0, 6_100):
            tell(rows)
            clock.now += 61

    with_networks(sweep, lambda: None)
    with_progress(train, 40)
    with_rows(read)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.splitlines() == [
        "12,000 of 60,000 networks, 197 a second, about 0:04:04 left",
        "6,100 rows shuffled, 100 a second",
        "epoch 0.0 of 40",
        "epoch 10.0 of 40, loss 0.5000, 9.84 a minute, about 0:03:03 left",
        "6,100 rows read, 100 a second",
    ]
    with quietly(True):
        with_networks(sweep, lambda: None)
    assert capsys.readouterr().err == ""
