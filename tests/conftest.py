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

# A worker of pytest-xdist finds the folder that the process which started it has made.
_CACHE = "JAX_COMPILATION_CACHE_DIR"
_MARK = "CLASSLENS_TESTS_CACHE"
_made = None if _MARK in os.environ else Path(tempfile.mkdtemp(prefix="classlens-tests-"))
if _made is not None:
    os.environ |= {_MARK: str(_made), _CACHE: str(_made / "jax")}
os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"
os.environ["JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES"] = "-1"

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("classlens", deadline=None)
hypothesis.settings.load_profile("classlens")


def pytest_unconfigure(config: pytest.Config) -> None:
    if _made is not None:
        shutil.rmtree(_made, ignore_errors=True)
