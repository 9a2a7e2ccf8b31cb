"""Ctrl-C while a command shows how far it is."""

from __future__ import annotations

import signal

import pytest

from classlens.cli.terminal import with_rows


def test_ctrl_c_while_a_table_is_read_is_heard_at_the_next_rows() -> None:
    told: list[int] = []

    def work(tell: object) -> None:
        assert callable(tell)
        tell(1)
        told.append(1)
        signal.raise_signal(signal.SIGINT)
        told.append(2)
        tell(2)
        told.append(3)

    with pytest.raises(KeyboardInterrupt):
        with_rows(work)
    assert told == [1, 2]


def test_ctrl_c_after_the_last_rows_is_heard_too() -> None:
    with pytest.raises(KeyboardInterrupt):
        with_rows(lambda _: signal.raise_signal(signal.SIGINT))
