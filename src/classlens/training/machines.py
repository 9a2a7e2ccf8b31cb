"""The devices of all processes that work together, as JAX's distributed runtime joins them."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import re
import secrets
import socket
import sys
import time
import warnings
from collections.abc import Iterator
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from numpy.typing import NDArray

from classlens.errors import ArgumentError, ClasslensError, ProcessesError
from classlens.training.processes import AUTO, HEARTBEAT, PATIENCE, Machines, Share

AXIS = "data"
# Seconds that one that is ready to end waits for the others.
_SHUTDOWN = 120
_KNOCK = 0.3
# What adds over machines says so where a connection breaks.
_PEERS = re.compile("gloo|nccl", re.IGNORECASE)


@contextlib.contextmanager
def joined(machines: Machines, patience: int = PATIENCE) -> Iterator[Share]:
    """Join the processes; inside, JAX has the devices of all. The first to come out waits for all.

    To be entered before anything is computed with JAX. From then on JAX aborts this process when
    another one has died; one that comes out by an exception ends without waiting for the others.

    Args:
        machines: where they meet.
        patience: seconds to wait for the others.

    Raises:
        ArgumentError: if what the processes were told does not fit together.
        ProcessesError: if process 0 cannot be reached.
    """
    try:
        yield _join(machines, patience)
    except BaseException as error:
        if isinstance(error, jax.errors.JaxRuntimeError) and _PEERS.search(str(error)):
            # One is gone in the middle of a sum. JAX is about to abort, and to say which.
            time.sleep(2 * HEARTBEAT)
        if jax.distributed.is_initialized():
            # JAX's own handler would wait for the others, and then abort. The last one runs first.
            atexit.register(_end, 130 if isinstance(error, KeyboardInterrupt) else 2)
        raise
    jax.distributed.shutdown()


def _join(machines: Machines, patience: int) -> Share:
    if machines.process_id:
        _reach(machines, patience)
    # It would take SIGTERM for news about preemption, and go on.
    jax.config.update("jax_enable_preemption_service", False)
    words: dict[str, Any] = {}
    if machines.coordinator != AUTO:
        words = {
            "coordinator_address": machines.coordinator,
            "num_processes": machines.processes,
            "process_id": machines.process_id,
            "cluster_detection_method": "deactivate",
        }
    try:
        with _to_stderr(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it finds nothing, we say so
            jax.distributed.initialize(
                **words,
                initialization_timeout=patience,
                heartbeat_timeout_seconds=HEARTBEAT,
                shutdown_timeout_seconds=_SHUTDOWN,
            )
            return _meet(machines)
    except (ValueError, RuntimeError) as error:  # JAX's own are RuntimeErrors
        if isinstance(error, ClasslensError):
            raise
        raise ProcessesError(_reason(machines, error)) from error


def _meet(machines: Machines) -> Share:
    """Compare what the processes were told, with a first sum over all devices."""
    count, index = process_count(), process_index()
    own = [machines.processes or count, secrets.randbits(32), secrets.randbits(32)]
    all_told = multihost_utils.process_allgather(np.array(own, np.uint32)).reshape(count, len(own))
    told = all_told[:, 0].tolist()
    if set(told) != {count}:
        jax.distributed.shutdown()  # they are all here
        other = next(k for k, each in enumerate(told) if each != told[0])
        raise ArgumentError(
            f"process 0 was told of {told[0]} processes, process {other} of {told[other]}. Give "
            "all of them the same --processes."
        )
    return Share(index, count, "".join(f"{word:08x}" for word in all_told[0, 1:].tolist()))


def _reach(machines: Machines, patience: int) -> None:
    """Wait until process 0 answers: JAX itself would abort, and not say why."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with socket.create_connection(machines.address, timeout=5):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                reason = error.strerror or str(error)
                raise ProcessesError(
                    f"process 0 cannot be reached at {machines.coordinator}: {reason}. This is "
                    f"process {machines.process_id}, which has tried for {patience} s. Start "
                    "process 0, too, give all the address of its machine, and see that no firewall "
                    "is in between."
                ) from None
            time.sleep(_KNOCK)


def _reason(machines: Machines, error: Exception) -> str:
    text = " ".join(str(error).split())[:300]
    if "start RPC server" in text:
        return (
            f"process 0 cannot listen at port {machines.coordinator.rpartition(':')[2]}: another "
            "program does already. Give all processes another port in --coordinator."
        )
    if machines.coordinator == AUTO:
        remedy = "Give --coordinator HOST:PORT, --processes and --process-id."
        kubernetes = "KUBERNETES_SERVICE_HOST" in os.environ
        if kubernetes and importlib.util.find_spec("kubernetes") is None:
            remedy = f"On Kubernetes JAX needs the Python package kubernetes for it. {remedy}"
        return f"JAX does not find the other processes by itself: {text} {remedy}"
    return f"JAX cannot join the processes: {text}"


@contextlib.contextmanager
def _to_stderr() -> Iterator[None]:
    """Inside, what native libraries print to standard output goes to standard error."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):  # there may be none
            kept = os.dup(1)
            stack.callback(os.close, kept)
            stack.callback(os.dup2, kept, 1)
            os.dup2(2, 1)
        yield


def _end(status: int) -> None:
    with contextlib.suppress(Exception):
        sys.stdout.flush()
    with contextlib.suppress(Exception):
        sys.stderr.flush()
    os._exit(status)


def process_count() -> int:
    """How many processes work together: 1 where none has been joined."""
    count: int = jax.process_count()
    return count


def process_index() -> int:
    """Which of them this one is, counted from 0."""
    index: int = jax.process_index()
    return index


def mesh() -> Mesh:
    """All devices of all processes in one row, whose axis is ``AXIS``.

    Example:
        >>> mesh().axis_names
        ('data',)
    """
    return Mesh(np.array(jax.devices()), (AXIS,))


def from_local(array: NDArray[Any], place: Mesh, spec: PartitionSpec) -> jax.Array:
    """One array over all devices, of which each process has a part.

    Args:
        array: this process's part: along a split axis its own rows, along the others everything.
        place: the devices.
        spec: which axis of the array is split over ``AXIS``.

    Example:
        >>> from_local(np.zeros((2, 3)), mesh(), PartitionSpec(None, AXIS)).shape
        (2, 3)
    """
    sharding = NamedSharding(place, spec)
    whole: jax.Array = jax.make_array_from_process_local_data(sharding, array)
    return whole
