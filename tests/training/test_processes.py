"""What says which processes work together, in words and in a launcher's variables."""

from __future__ import annotations

import pytest

from classlens.errors import ArgumentError
from classlens.training.processes import Machines, Share, found


def test_the_words_of_the_command_line() -> None:
    machines = Machines.of("node1:1234", "3", "2")
    assert machines == Machines("node1:1234", 3, 2)
    assert machines.address == ("node1", 1234)
    assert Machines.of("[fe80::1]:80", "1", "0").address == ("fe80::1", 80)
    assert Machines.of("auto", None, None) == Machines("auto")
    assert str(Share(1, 3)) == "process 1 of 3"


ADDRESS = "--coordinator must be HOST:PORT, where process 0 is reached, such as 10.0.0.1:1234 or "


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("h:1", None, None), "go together. Missing: --processes, --process-id."),
        ((None, "2", None), "go together. Missing: --coordinator, --process-id."),
        (("auto", "2", "0"), "finds the processes by itself. Leave --processes, --process-id out"),
        (("h:1", "0", "0"), "--processes must be a whole number from 1 to 100,000. Got 0 instead."),
        (("h:1", "two", "0"), "--processes must be a whole number from 1 to 100,000. Got 'two'"),
        (("h:1", "2", "2"), "--process-id must be a whole number from 0 to 1. Got 2 instead."),
        (("h:1", "2", "-1"), "--process-id must be a whole number from 0 to 1. Got -1 instead."),
        *(
            ((word, "2", "0"), ADDRESS + f"[::1]:1234, or auto, or none. Got {word!r} instead.")
            for word in ("h", "h:", ":1", "h:0", "h:65536", "h:x", "a b:1", "http://h:1", "::1:80")
        ),
    ],
)
def test_words_that_are_refused(words: tuple[str | None, ...], message: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        Machines.of(*words)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "several"),
    [
        ({"SLURM_PROCID": "0", "SLURM_STEP_NUM_TASKS": "8"}, True),
        ({"SLURM_PROCID": "0", "SLURM_NTASKS": "8"}, False),  # a batch script, outside srun
        ({"OMPI_COMM_WORLD_SIZE": "2"}, True),
        ({"OMPI_COMM_WORLD_SIZE": "1"}, False),
        ({"OMPI_COMM_WORLD_SIZE": "many"}, False),
        ({}, False),
    ],
)
def test_launchers(variables: dict[str, str], several: bool) -> None:
    assert found(variables) == (Machines("auto") if several else None)
