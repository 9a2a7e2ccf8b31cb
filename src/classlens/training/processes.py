"""Processes that work together: how many there are, which one this is, and where they meet.

Nothing here loads JAX; ``machines`` joins them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from classlens.errors import ArgumentError, short
from classlens.kinds import Whole

AUTO = "auto"
# A process that has given no sign of life for so many seconds is dead to the others.
HEARTBEAT = 10
# So many seconds the processes wait for one another at the start.
PATIENCE = 60
_MOST_PROCESSES = 100_000
# A task that a launcher has started says so: how many there are, for each kind of launcher.
_COUNTS = ("SLURM_STEP_NUM_TASKS", "OMPI_COMM_WORLD_SIZE")


@dataclass(frozen=True)
class Share:
    """Which of several processes this one is.

    Attributes:
        index: counted from 0.
        count: how many there are.
        token: a word that those that have been joined know, and no others.
    """

    index: int = 0
    count: int = 1
    token: str = ""

    def __str__(self) -> str:
        return f"process {self.index} of {self.count}"


ALONE = Share()


@dataclass(frozen=True)
class Machines:
    """Where processes meet, and which of them this one is.

    Attributes:
        coordinator: ``HOST:PORT`` at which process 0 is reached, or ``auto``: JAX finds all three.
        processes: how many there are; None where JAX finds it.
        process_id: which one this is, counted from 0; None where JAX finds it.

    Example:
        >>> Machines.of("10.0.0.1:1234", "2", "1").address
        ('10.0.0.1', 1234)
    """

    coordinator: str
    processes: int | None = None
    process_id: int | None = None

    @classmethod
    def of(cls, coordinator: str | None, processes: str | None, process_id: str | None) -> Machines:
        """The machines that the command line's words stand for; a word is None if not given.

        Raises:
            ArgumentError: if they do not go together, or one is not allowed.
        """
        given = {
            "--coordinator": coordinator,
            "--processes": processes,
            "--process-id": process_id,
        }
        if coordinator == AUTO:
            also = [name for name in ("--processes", "--process-id") if given[name] is not None]
            if also:
                raise ArgumentError(
                    f"--coordinator auto finds the processes by itself. Leave {', '.join(also)} "
                    "out, or name the coordinator's HOST:PORT."
                )
            return cls(AUTO)
        missing = [name for name, value in given.items() if value is None]
        if coordinator is None or missing:
            raise ArgumentError(
                "--coordinator, --processes and --process-id go together. Missing: "
                f"{', '.join(missing)}."
            )
        _split(coordinator)
        count = Whole(1, _MOST_PROCESSES).check("--processes", Whole().read(str(processes)))
        index = Whole(0, count - 1).check("--process-id", Whole().read(str(process_id)))
        return cls(coordinator, count, index)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port of the coordinator.

        Raises:
            ArgumentError: if it is no ``HOST:PORT``.
        """
        return _split(self.coordinator)


def found(environment: Mapping[str, str]) -> Machines | None:
    """Machines for JAX to find, where a launcher has plainly started several tasks.

    Args:
        environment: the process's variables.

    Example:
        >>> found({"SLURM_PROCID": "1", "SLURM_STEP_NUM_TASKS": "4"})
        Machines(coordinator='auto', processes=None, process_id=None)
        >>> found({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "1"}) is None
        True
    """
    for name in _COUNTS:
        count = environment.get(name, "")
        if count.isascii() and count.isdigit() and int(count[:9]) > 1:
            return Machines(AUTO)
    return None


def _split(coordinator: str) -> tuple[str, int]:
    host, _, port = coordinator.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    bare = host[1:-1] if bracketed else host
    known = bare and not set(bare) & set(" /@[]") and (bracketed or ":" not in bare)
    if not known or not (port.isascii() and port.isdigit() and 0 < int(port[:9]) < 65536):
        raise ArgumentError(
            "--coordinator must be HOST:PORT, where process 0 is reached, such as 10.0.0.1:1234 or "
            f"[::1]:1234, or auto, or none. Got {short(coordinator)} instead."
        )
    return bare, int(port)
