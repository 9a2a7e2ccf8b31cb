"""What the commands' tests share: the program, run in this process as a person would run it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from classlens.cli import program


@pytest.fixture
def run_program(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., str]:
    """Runs a command line; gives what it printed, or its errors where a status was expected."""

    def run(*arguments: object, status: int = 0) -> str:
        monkeypatch.setattr(sys, "argv", ["classlens", *map(str, arguments)])
        with pytest.raises(SystemExit) as ending:
            program.main()
        printed = capsys.readouterr()
        assert (ending.value.code or 0) == status, printed.err
        return printed.err if status else printed.out

    return run
