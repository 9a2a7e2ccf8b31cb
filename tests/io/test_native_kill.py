"""Saving over a model while the process is killed: the old model or the new one, always whole."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("kill_savers.py")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the script makes processes with fork")
@pytest.mark.parametrize("kills", [20, pytest.param(100, marks=pytest.mark.slow)])
def test_a_killed_save_leaves_a_whole_model(tmp_path: Path, kills: int) -> None:
    # One thread, since a process with several must not be forked.
    done = subprocess.run(
        [sys.executable, SCRIPT, tmp_path / "model", str(kills)],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    one, other, left = map(int, done.stdout.split())
    assert one + other == kills
    assert left or kills < 100  # some of so many must have struck in the middle of a write
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
