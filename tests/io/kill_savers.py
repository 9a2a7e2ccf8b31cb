"""Kills processes that save two models over each other, and looks at what each leaves behind.

Called as ``python kill_savers.py FILE KILLS``. Prints how often the one and the other model was
found, and how many temporary files were left.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from itertools import cycle
from pathlib import Path

import numpy as np

from classlens.io import native
from classlens.model import Model
from classlens.network import Network

INPUTS, UNITS = 300, 400  # half a megabyte, so that a write takes its time


def model(number: float) -> Model:
    """A model of which every weight is the same number."""
    kernel = np.full((INPUTS, UNITS), number, np.float32)
    network = Network.from_arrays([kernel], [np.full(UNITS, number, np.float32)])
    return Model(network, tuple(f"x{column}" for column in range(INPUTS)))


def save_for_ever(path: Path, models: list[Model], ready: int) -> None:
    for each in cycle(models):
        native.save(each, path)
        if ready:
            os.write(ready, b"!")
            os.close(ready)
            ready = 0


def found(path: Path) -> int:
    """Which of the models is in the file, whole: 0 or 1."""
    (layer,) = native.load(path).network.layers
    numbers = {*layer.kernel.flat, *layer.bias.flat}
    assert numbers in ({0.0}, {1.0}), numbers
    return int(numbers.pop())


def main(path: Path, kills: int) -> None:
    models = [model(0.0), model(1.0)]
    start = time.perf_counter()
    native.save(models[1], path)
    seconds = time.perf_counter() - start
    moments = np.random.default_rng(0)
    counts, left = [0, 0], 0
    for _ in range(kills):
        heard, ready = os.pipe()
        child = os.fork()
        if not child:
            save_for_ever(path, models, ready)
        os.close(ready)
        os.read(heard, 1)  # the first save is done: the child is in its loop
        os.close(heard)
        time.sleep(moments.uniform(0, 4 * seconds))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        counts[found(path)] += 1
        for part in path.parent.glob("*.classlens-part"):
            part.unlink()
            left += 1
    print(*counts, left)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
