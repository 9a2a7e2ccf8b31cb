"""What a person waits for at the command line: whole processes, from nothing to their end."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from timing import Row, at_most, compared, installed, interleaved, limited, missing, seconds

_HERE = Path(__file__).parent
_COMMAND = str(Path(sysconfig.get_path("scripts")) / "classlens")
_PEER = "scikit-learn"


class Process(NamedTuple):
    """What a process took."""

    seconds: float
    peak: float  # bytes that it held at most


def commands(quick: bool) -> Iterator[Row]:
    """Whole processes, the compilation cache warm; the lab with its pictures.

    Beside the lab: a script that trains scikit-learn's MLPClassifier in the same way and draws one
    picture.
    """
    rounds, epochs = (1, "5") if quick else (5, "200")
    with tempfile.TemporaryDirectory() as folder:
        lab = functools.partial(launch, _COMMAND, "lab", "--epochs", epochs, "--out", folder)
        script = str(_HERE / "scikit_lab.py")
        peer = functools.partial(launch, sys.executable, script, epochs, f"{folder}/scikit.png")
        both = {"ours": lab, _PEER: peer} if installed("sklearn") else {"ours": lab}
        done = interleaved(both, rounds)
    for what, field, goal, show in (
        ("classlens lab", 0, at_most(3, seconds), seconds),
        ("classlens lab, peak memory", 1, at_most(500e6, megabytes), megabytes),
    ):
        ours = [process[field] for process in done["ours"]]
        yield limited(what, ours, goal, show=show)
        if _PEER in done:
            yield compared(
                what, ours, [process[field] for process in done[_PEER]], _PEER, show=show
            )
        else:
            yield missing(what, ours, _PEER, show)
    start = {
        "classlens --help": functools.partial(launch, _COMMAND, "--help"),
        "import classlens": functools.partial(launch, sys.executable, "-c", "import classlens"),
    }
    for what, processes in interleaved(start, rounds).items():
        yield limited(what, [process.seconds for process in processes], at_most(0.3, seconds))


def launch(*command: str) -> Process:
    """Run a command in a process of its own, to its end.

    Raises:
        subprocess.CalledProcessError: if it failed.
    """
    launcher = [sys.executable, str(_HERE / "launch.py"), *command]
    done = subprocess.run(launcher, check=True, stdout=subprocess.PIPE)
    return Process(*json.loads(done.stdout))


def megabytes(value: float) -> str:
    """A number of bytes, in words."""
    return f"{value / 1e6:.0f} MB"
