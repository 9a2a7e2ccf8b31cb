"""What is refused before it starts, and what a run takes in truth."""

import os
import subprocess
import sys

import pytest

from classlens.errors import ArgumentError
from classlens.training import limits
from classlens.training.limits import check_memory, check_updates


def test_what_does_not_fit_into_the_memory(monkeypatch):
    monkeypatch.setattr(limits, "memory", lambda: 1e9)
    check_memory((10, 5000, 2), 100, 32)
    with pytest.raises(ArgumentError) as caught:
        check_memory((10, 5000, 5000, 2), 100, 10**9)
    assert str(caught.value) == (
        "hidden and batch_size must fit into the memory of 1.0 GB. Got layers of 5000, 5000, 2 "
        "units for 10 features, 25,070,002 parameters, and batches of 100, which take about 2 GB, "
        "instead."
    )
    for sizes, samples, batch in [((10, 9, 2), 10**8, 32), ((10, 10_000, 2), 10**5, 10**5)]:
        with pytest.raises(ArgumentError, match="must fit into the memory"):
            check_memory(sizes, samples, batch)


def test_a_system_that_does_not_say(monkeypatch):
    def fail(_):
        raise ValueError

    assert 1e8 < limits.memory() < 1e15
    monkeypatch.setattr(os, "sysconf", fail)
    assert limits.memory() == float("inf")
    check_memory((10**6, 10**6, 10**6), 10**9, 10**9)


def test_what_cannot_be_counted():
    check_updates(2**31 - 1, 32, 32)
    for arguments in [(2**31, 32, 32), (2**30, 33, 32), (10**9, 3, 1)]:
        with pytest.raises(ArgumentError, match=r"^epochs must make at most 2,147,483,647 updates"):
            check_updates(*arguments)


@pytest.mark.slow
def test_a_run_takes_what_was_reckoned():
    """Between a fourth of it and all of it, over what the libraries take by themselves."""
    script = """
import sys
from pathlib import Path
import numpy as np
import classlens as cl
from classlens.training import limits
width, samples, batch = map(int, sys.argv[1:])
data = cl.Dataset(np.random.default_rng(0).normal(size=(samples, 10)), np.arange(samples) % 3)
status = Path("/proc/self/status")
# Not ru_maxrss, which a process inherits from the one that starts it.
peak = lambda: int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024
cl.fit(cl.blobs(), epochs=1)
before = peak()
cl.fit(data, hidden=(width, width), batch_size=batch, epochs=2, history_megabytes=0)
print(peak() - before)
"""
    for width, samples, batch in [(3000, 100, 32), (300, 60_000, 60_000)]:
        out = subprocess.check_output(
            [sys.executable, "-c", script, *map(str, (width, samples, batch))], text=True
        )
        need = 4 * (
            20 * (11 * width + (width + 1) * (width + 3))
            + 6 * batch * (2 * width + 13)
            + 3 * samples * 10
        )
        assert need / 4 < int(out) < need
