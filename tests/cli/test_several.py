"""The parent of a process among several: what it passes on, holds back, and makes a message of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from classlens.cli import several
from classlens.cli.several import in_a_child, machines_of, together, watched
from classlens.errors import ArgumentError, ProcessesError
from classlens.training.processes import ALONE, Machines

Run = Callable[..., str]
LOG = r"""
import os, sys
say = lambda text: (sys.stderr.write(text), sys.stderr.flush())
say("[Gloo] Rank 0 is connected to 1 peer ranks.\n")
say("W1123 16:02:16.309741   22716 service.cc:388] a warning\n")
say("of the command\n")
say("F1123 16:01:19.572493   22520 client.h:80] fatal\nmore of it\n    @  0x7f\n")
"""


def child(code: str) -> list[str]:
    return [sys.executable, "-c", LOG + code]


def test_what_libraries_log_is_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    ended = watched(child("say('Error: ours.\\nand more\\n'); sys.exit(2)"))
    assert capsys.readouterr().err == "of the command\nError: ours.\nand more\n"
    assert (ended.status, ended.refused) == (2, True)
    assert ended.held.startswith("[Gloo] Rank 0 is connected")
    assert ended.held.endswith("client.h:80] fatal\nmore of it\n    @  0x7f\n")


def test_with_debug_nothing_is_held_back(capsys: pytest.CaptureFixture[str]) -> None:
    ended = watched(child("os.abort()"), everything=True)
    said = capsys.readouterr().err
    assert (ended.status, ended.refused) == (-signal.SIGABRT, False)
    assert said.startswith("[Gloo]")
    assert said.endswith("    @  0x7f\n")


def test_a_child_knows_that_it_is_one() -> None:
    ended = watched(
        child("sys.exit(130 if os.environ['CLASSLENS_CHILD'] == str(os.getppid()) else 0)")
    )
    assert ended.status == 130


def test_signals_are_passed_on() -> None:
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    ended = watched(child(f"os.kill({os.getpid()}, {signal.SIGTERM}); import time; time.sleep(60)"))
    assert ended.status == -signal.SIGTERM
    assert ended.forwarded == {signal.SIGTERM}
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == before


def test_the_options(monkeypatch: pytest.MonkeyPatch) -> None:
    options = {"coordinator": "h:1", "processes": "2", "process_id": "1", "epochs": "3"}
    assert machines_of(options) == Machines("h:1", 2, 1)
    assert options == {"epochs": "3"}
    assert machines_of({}) is None
    monkeypatch.setenv("SLURM_STEP_NUM_TASKS", "2")
    assert machines_of({}) == Machines("auto")
    assert machines_of({"coordinator": "none"}) is None
    with pytest.raises(ArgumentError, match=r"--coordinator none works alone. Leave --processes"):
        machines_of({"coordinator": "none", "processes": "2"})


def test_one_alone_makes_no_child_and_joins_nobody() -> None:
    in_a_child(None)
    with together(None) as share:
        assert share == ALONE


@pytest.fixture
def with_child(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, bool], None]:
    """Carries out a command whose child ends so."""

    def carry_out(status: int, refused: bool) -> None:
        ended = several.Ended(status, "", refused, frozenset())
        monkeypatch.setattr(several, "watched", lambda *_, **__: ended)
        in_a_child(Machines("h:1", 2, 1))

    return carry_out


@pytest.mark.parametrize(
    ("status", "refused", "own"),
    [(0, False, 0), (2, True, 2), (130, False, 130), (141, False, 141), (-6, True, 2)],
)
def test_the_child_s_status_is_passed_on(
    with_child: Callable[[int, bool], None], status: int, refused: bool, own: int
) -> None:
    with pytest.raises(SystemExit) as ending:
        with_child(status, refused)
    assert ending.value.code == own


def test_an_abort_is_a_message(with_child: Callable[[int, bool], None]) -> None:
    with pytest.raises(ProcessesError, match=r"^process 1 was ended by SIGSEGV. What is finished"):
        with_child(-signal.SIGSEGV, False)


CHILD = """
import time
from classlens.cli.several import in_a_child
from classlens.training.processes import Machines

in_a_child(Machines("h:1", 2, 1))
time.sleep(60)
"""
PARENT = f"""
import os, subprocess, sys, time
own = {{**os.environ, "CLASSLENS_CHILD": str(os.getpid())}}
print(subprocess.Popen([sys.executable, "-c", {CHILD!r}], env=own).pid, flush=True)
time.sleep(60)
"""


def test_a_child_ends_with_its_parent() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        parent.kill()
    for _ in range(600):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().split()[2]
        except FileNotFoundError:
            return
        if state == "Z":  # nobody asks how it has ended
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the child goes on")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--coordinator h:1", "Missing: --processes, --process-id."),
        ("--processes 2", "Missing: --coordinator, --process-id."),
        ("--coordinator auto --processes 2", "Leave --processes out"),
        ("--coordinator h:1 --processes 2 --process-id 2", "from 0 to 1. Got 2 instead."),
    ],
)
def test_refusals(run_program: Run, words: str, message: str) -> None:
    assert message in run_program("sweep", *words.split(), status=2)
