"""A training killed at any moment, the checkpoint's write included, ends the same after all."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from kill_trainings import OPTIONS, train

import classlens as cl

SCRIPT = Path(__file__).with_name("kill_trainings.py")
slow = pytest.mark.slow

# 20 moments: before the first checkpoint is there, between and within epochs, in the writes.
MOMENTS = [*(("call", n) for n in (1, 2, 13, 40, 77, 100)), *(("write", n) for n in range(1, 15))]


@pytest.fixture(scope="module")
def whole() -> cl.Run:
    return cl.fit(cl.blobs(600, spread=2.0), **OPTIONS)


@slow
@pytest.mark.parametrize(("moment", "number"), MOMENTS)
def test_a_killed_training_ends_the_same(
    tmp_path: Path, whole: cl.Run, moment: str, number: int
) -> None:
    path = tmp_path / "run.checkpoint"
    for _ in range(2):  # the second one goes on from where the first one was killed
        killed = subprocess.run([sys.executable, SCRIPT, path, moment, str(number)], check=False)
        assert killed.returncode == -signal.SIGKILL
    left = [each.name for each in tmp_path.iterdir()]
    assert len(left) <= 3  # the checkpoint, and what the two were writing
    run = train(path)
    assert run.history.columns() == whole.history.columns()
    pairs = zip(run.history.parameters, whole.history.parameters, strict=True)
    assert all(np.array_equal(one, other) for one, other in pairs)
    assert (run.epoch, run.ending) == (whole.epoch, whole.ending)
    for layer, other in zip(run.network.layers, whole.network.layers, strict=True):
        assert np.array_equal(layer.kernel, other.kernel)
    assert list(tmp_path.iterdir()) == []
