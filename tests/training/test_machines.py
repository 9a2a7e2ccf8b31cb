"""The devices of all processes: those of one here, and of two that meet on the loopback address."""

from __future__ import annotations

import socket
import subprocess
import sys
import warnings

import jax
import numpy as np
import pytest
from jax.sharding import PartitionSpec

from classlens.errors import ProcessesError
from classlens.training import machines
from classlens.training.processes import Machines

slow = pytest.mark.slow


def test_one_process_has_all_devices() -> None:
    assert (machines.process_count(), machines.process_index()) == (1, 0)
    assert machines.mesh().devices.tolist() == jax.devices()


def test_an_array_over_all_devices() -> None:
    rows = np.arange(12.0, dtype=np.float32).reshape(2, 2, 3)
    there = machines.from_local(rows, machines.mesh(), PartitionSpec(None, machines.AXIS, None))
    assert np.array_equal(np.asarray(there), rows)
    assert there.sharding.spec == PartitionSpec(None, "data", None)


def free_port() -> int:
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        return int(own.getsockname()[1])


SUM = """
import sys
import numpy as np, jax
from jax.sharding import PartitionSpec
from classlens.training import machines
from classlens.training.processes import Machines

with machines.joined(Machines.of(*sys.argv[1:]), 20) as share:
    mesh = machines.mesh()
    own = np.full((2, 3), 1.0 + share.index, np.float32)
    whole = machines.from_local(own, mesh, PartitionSpec("data", None))
    total = jax.jit(lambda x: x.sum())(whole)
    print(share, share.token, whole.shape, len(mesh.devices), float(total))
print("apart")
"""


def of_two(*processes: str) -> list[tuple[int, str, str]]:
    """Status, output and errors of two processes that were told of so many."""
    address = f"127.0.0.1:{free_port()}"
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SUM, address, count, str(index)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for index, count in enumerate(processes)
    ]  # fmt: skip
    ended = [(each.communicate(timeout=120), each.returncode) for each in running]
    return [(status, out, err) for (out, err), status in ended]


def test_two_processes_add_over_their_devices() -> None:
    (one, first, errors), (other, second, _) = of_two("2", "2")
    assert (one, other) == (0, 0), errors
    token = first.split()[4]
    assert first == f"process 0 of 2 {token} (4, 3) 2 18.0\napart\n"
    assert second == f"process 1 of 2 {token} (4, 3) 2 18.0\napart\n"
    assert len(token) == 16


@slow
def test_two_processes_that_were_told_otherwise() -> None:
    for status, said, errors in of_two("2", "3"):
        assert (status, said) == (1, "")
        assert errors.endswith(
            "process 0 was told of 2 processes, process 1 of 3. Give all of them the same "
            "--processes.\n"
        )


def test_a_coordinator_that_is_not_there() -> None:
    port = free_port()
    with (
        pytest.raises(ProcessesError) as caught,
        machines.joined(Machines(f"127.0.0.1:{port}", 3, 2), patience=0),
    ):
        pass
    assert str(caught.value) == (
        f"process 0 cannot be reached at 127.0.0.1:{port}: Connection refused. This is process 2, "
        "which has tried for 0 s. Start process 0, too, give all the address of its machine, and "
        "see that no firewall is in between."
    )


@pytest.fixture
def refusing(monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """What JAX raises instead of joining."""
    raised: list[BaseException] = []

    def initialize(**_: object) -> None:
        warnings.warn("Kubernetes environment detected", stacklevel=1)
        raise raised[0]

    monkeypatch.setattr(jax.distributed, "initialize", initialize)
    return raised


TAKEN = RuntimeError("UNKNOWN: Failed to start RPC server")
UNKNOWN = ValueError("coordinator_address should be defined.")
REMEDY = "Give --coordinator HOST:PORT, --processes and --process-id."
BY_ITSELF = f"JAX does not find the other processes by itself: {UNKNOWN}"


@pytest.mark.parametrize(
    ("coordinator", "error", "variable", "message"),
    [
        ("h:12", TAKEN, "X", "process 0 cannot listen at port 12: another program does already."),
        ("h:12", RuntimeError("a\nb"), "X", "JAX cannot join the processes: a b"),
        ("auto", UNKNOWN, "X", f"{BY_ITSELF} {REMEDY}"),
        (
            *("auto", UNKNOWN, "KUBERNETES_SERVICE_HOST"),
            f"{BY_ITSELF} On Kubernetes JAX needs the Python package kubernetes for it. {REMEDY}",
        ),
    ],
)
def test_what_jax_refuses(
    refusing: list[BaseException],
    monkeypatch: pytest.MonkeyPatch,
    coordinator: str,
    error: Exception,
    variable: str,
    message: str,
) -> None:
    refusing.append(error)
    monkeypatch.setenv(variable, "1")
    with pytest.raises(ProcessesError) as caught, machines.joined(Machines(coordinator, 1, 0)):
        pass
    assert str(caught.value).startswith(message)
