"""Several devices, and several processes, learn what one learns."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

slow = pytest.mark.slow

SCRIPT = """
    import contextlib, sys
    import numpy as np
    source, out, port, count, number, batch = sys.argv[1:]
    from classlens.training.machines import joined
    from classlens.training.processes import Machines
    several = Machines.of(f"127.0.0.1:{port}", count, number)
    with joined(several) if int(count) > 1 else contextlib.nullcontext():
        import jax
        from classlens.tabular.streaming import train_from_disk
        done = train_from_disk(
            source, "kind", hidden=(8, 6), epochs=3, batch_size=int(batch), schedule="cosine",
        )
        layers = done.run.network.layers
        arrays = [array for layer in layers for array in (layer.kernel, layer.bias)]
        history = done.history
        np.savez(out, *arrays, loss=history.loss, val=history.val_loss, accuracy=history.accuracy,
                 devices=jax.device_count())
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("devices") / "t.parquet"
    rng = np.random.default_rng(0)
    table = pd.DataFrame(rng.normal(size=(1501, 3)), columns=["x", "y", "z"])
    table["kind"] = np.array(["a", "b", "c"])[(table.x > 0).to_numpy(int) + (table.y > 1)]
    table.to_parquet(path)
    return path


def trained(
    source: Path, out: Path, *, devices: int = 1, processes: int = 1, batch: int = 30
) -> list[dict[str, np.ndarray]]:
    flags = f"--xla_force_host_platform_device_count={devices}"
    port = free_port()
    running = [
        subprocess.Popen(
            [
                *(sys.executable, "-c", textwrap.dedent(SCRIPT)),
                *map(str, (source, out / f"{number}.npz", port, processes, number, batch)),
            ],
            env={**os.environ, "XLA_FLAGS": flags},
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(processes)
    ]
    for each in running:
        _, said = each.communicate(timeout=120)
        assert each.returncode == 0, said
    return [dict(np.load(out / f"{number}.npz")) for number in range(processes)]


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def same(own: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> None:
    """The sums are added up in another order: float32 rounding, over a hundred updates."""
    for name, value in other.items():
        if name != "devices":
            np.testing.assert_allclose(own[name], value, rtol=2e-5, atol=2e-5)


@slow
def test_four_devices_learn_what_one_does(source: Path, tmp_path: Path) -> None:
    """Also where a batch of 30 is no multiple of four."""
    (one,) = trained(source, tmp_path)
    (four,) = trained(source, tmp_path, devices=4)
    assert int(four["devices"]) == 4
    same(four, one)


@slow
def test_two_processes_learn_what_one_does(source: Path, tmp_path: Path) -> None:
    (one,) = trained(source, tmp_path, batch=64)
    two = trained(source, tmp_path, devices=2, processes=2, batch=64)
    for each in two:
        assert int(each["devices"]) == 4
        same(each, one)
    for name in two[0]:
        np.testing.assert_array_equal(two[0][name], two[1][name])
