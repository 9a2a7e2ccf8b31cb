"""How fast ``classlens.keras.fit`` trains a compiled Keras model, beside ``model.fit``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from timing import Row, at_least, compared, installed, seconds

_SCRIPT = Path(__file__).with_name("keras_lab.py")
# Per backend: what it is called, and how many times faster than it we want to be.
_BACKENDS = {"jax": ("Keras on JAX", 15), "tensorflow": ("Keras on TensorFlow", 50)}


def keras_fit(quick: bool) -> Iterator[Row]:
    """The lab's Keras model, warm: 200 epochs by ``classlens.keras.fit`` and by ``model.fit``."""
    epochs, rounds = (2, 1) if quick else (200, 7)
    for backend, (name, ratio) in _BACKENDS.items():
        what = f"lab, {name.removeprefix('Keras ')}"
        if not (installed("keras") and installed(backend)):
            yield Row(what, "-", f"{name}: not installed")
            continue
        done = subprocess.run(
            [sys.executable, _SCRIPT, str(epochs), str(rounds)],
            env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
            capture_output=True,
            text=True,
            check=True,
        )
        times = json.loads(done.stdout.splitlines()[-1])
        goal = at_least(ratio)
        yield compared(what, times["ours"], times["theirs"], name, show=seconds, goal=goal)
