"""What JAX prints before it aborts, as it was recorded, and what is made of it."""

from __future__ import annotations

import pytest

from classlens.cli.aborts import reason
from classlens.training.processes import Machines

FATAL = (
    "F1123 16:01:19.572493   22520 client.h:80] Terminating process because the JAX distributed "
    "service detected fatal errors. This most likely indicates that another task died; see the "
    "other task logs for more details. Disable Python buffering, i.e. `python -u`, to be sure to "
    "see all the previous output. absl::Status: "
)
END = (
    "*** Check failure stack trace: ***\n    @     0x7f20d7020634  absl::LogMessage::SendToLog()\n"
)
AGAIN = " What is finished is kept: start all processes again with --resume."


def unhealthy(tasks: str) -> str:
    return (
        "UNAVAILABLE: The following tasks are unhealthy (stopped sending heartbeats):\n"
        f"{tasks}The tasks have crashed. Check the task logs for an earlier error.\n\n"
        "RPC: /xla.coordination.CoordinationService/PollForError\n"
    )


HERE = "What was said there tells why." + AGAIN
REGISTERING = "\nRPC: /xla.coordination.CoordinationService/RegisterTask\n"
# For each case what JAX says, and what we say.
RECORDED = {
    "one died": (unhealthy("1\n"), f"process 1 is gone: no sign of life for 10 s. {HERE}"),
    "three died": (
        unhealthy("2\n3\n17\n"),
        f"processes 2, 3 and 17 are gone: no sign of life for 10 s. {HERE}",
    ),
    "the coordinator died": (
        (
            "UNAVAILABLE: Failed to send RPC to coordination service. Either the leader task was "
            "preempted/died/restarted unexpectedly or this task is experiencing network issues.\n"
        ),
        f"process 0, the coordinator, is gone: it does not answer any more. {HERE}",
    ),
    "too few": (
        f"DEADLINE_EXCEEDED: Deadline Exceeded\n{REGISTERING}",
        (
            "all 3 processes were to meet at h:1, and not all have come within 60 s. This is "
            "process 1. Start all with --process-id 0 to 2, each once, and give all the same "
            "--coordinator and --processes."
        ),
    ),
    "one number twice": (
        (
            "ALREADY_EXISTS: Aborted connect attempt as there is a request from a newer "
            f"incarnation.\n{REGISTERING}"
        ),
        "two processes came with --process-id 1. Give each its own, counted from 0.",
    ),
    "one number again": (
        "ABORTED: 1 unexpectedly tried to connect with a different incarnation. It has likely\n",
        (
            "a second process came as number 1 while the first was at work: it was started twice, "
            f"or anew after it had died.{AGAIN}"
        ),
    ),
    "a number too many": (
        f"INVALID_ARGUMENT: Unexpected task registered with task=2\n{REGISTERING}",
        (
            "process 0 knows of no process 2: it was told of fewer than the 3 of which this one "
            "was. Give all of them the same --processes."
        ),
    ),
    "one that does not come to the end": (
        (
            "INTERNAL: Shutdown barrier has failed.\nBarrier result: 'DEADLINE_EXCEEDED: Barrier "
            "timed out. Id: Shutdown::11::0.\n# of tasks that reached the barrier: 1/3.\nThe "
            "first task at the barrier: 1. Some timed out task names:\n0\n2\n [type.google]\n"
        ),
        f"processes 0 and 2 had not come to the end long after others.{AGAIN}",
    ),
    "something else": (
        "INTERNAL: it is the moon.\nmore\n",
        f"process 1 was ended by JAX: INTERNAL: it is the moon.{AGAIN}",
    ),
}


@pytest.mark.parametrize("case", RECORDED)
def test_what_jax_says(case: str) -> None:
    text, message = RECORDED[case]
    assert reason(FATAL + text + END, -6, Machines("h:1", 3, 1)) == message


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (-9, "was ended by SIGKILL. Its machine may have run out of memory."),
        (-11, "was ended by SIGSEGV."),
        (-99, "was ended by signal 99."),
        (3, "ended with status 3."),
    ],
)
def test_a_process_that_jax_has_said_nothing_of(status: int, how: str) -> None:
    assert reason("", status, Machines("h:1", 3, 1)) == f"process 1 {how}{AGAIN}"


def test_where_jax_has_found_the_processes_their_number_is_not_known() -> None:
    found = Machines("auto")
    assert reason("", -11, found).startswith("this process was ended by SIGSEGV.")
    text = FATAL + RECORDED["too few"][0]
    assert reason(text, -6, found).startswith("all processes were to meet, and not all have come")
    text = FATAL + RECORDED["one number twice"][0]
    assert reason(text, -6, found).startswith("two processes came with this one's number.")
    text = FATAL + RECORDED["a number too many"][0]
    assert "it was told of fewer than this one." in reason(text, -6, found)
