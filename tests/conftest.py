"""What all tests share: a strict JAX, a compilation cache of their own, and no window system.

All of it is set in the environment, so that it costs nothing where JAX is not used and holds in the
processes that tests start.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import hypothesis
import pytest

# Arrays of unlike rank are a mistake until someone says that they are not. Strict dtypes would be
# as good, but Optax's own adamw does not hold them.
os.environ["JAX_NUMPY_RANK_PROMOTION"] = "raise"
os.environ["MPLBACKEND"] = "agg"
# Keras computes at once there, and without JAX, whose strictness it does not stand.
os.environ["KERAS_BACKEND"] = "numpy"

# The user's own cache is left alone. A worker of pytest-xdist inherits the folder.
_made = None
if "PYTEST_XDIST_WORKER" not in os.environ:
    _made = Path(tempfile.mkdtemp(prefix="classlens-tests-"))
    os.environ["JAX_COMPILATION_CACHE_DIR"] = str(_made)
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("classlens", deadline=None)
hypothesis.settings.load_profile("classlens")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _made is not None:
        shutil.rmtree(_made, ignore_errors=True)


class Compilations:
    """Counts what JAX compiles, through its public monitoring events."""

    def __init__(self) -> None:
        self.count = 0

    def listen(self, event: str, _seconds: float, **_: object) -> None:
        self.count += event.endswith("backend_compile_duration")


@pytest.fixture
def compilations() -> Compilations:
    import jax

    counter = Compilations()
    jax.monitoring.register_event_duration_secs_listener(counter.listen)
    return counter
