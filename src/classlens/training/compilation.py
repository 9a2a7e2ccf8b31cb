"""JAX's persistent compilation cache: a program compiled once is loaded the next time."""

from __future__ import annotations

import contextlib
import os

import jax
import platformdirs


def keep_compiled_programs() -> None:
    """Turn JAX's cache on, in the user's cache folder, unless the user has set JAX's own.

    JAX has one cache for the whole process, so this is a setting of the process: a user who sets
    ``JAX_COMPILATION_CACHE_DIR`` or ``jax_compilation_cache_dir``, or turns the cache off with
    ``JAX_ENABLE_COMPILATION_CACHE=false``, is left alone. A folder that cannot be written to is no
    error: programs are then compiled again.
    """
    if _setting("jax_compilation_cache_dir") or not _setting("jax_enable_compilation_cache"):
        return
    folder = platformdirs.user_cache_path("classlens") / "jax"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK | os.X_OK):
        return
    jax.config.update("jax_compilation_cache_dir", str(folder))
    # Ours are small and many: keep every one, however quickly it was compiled.
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


def _setting(name: str) -> object:
    return getattr(jax.config, name)
