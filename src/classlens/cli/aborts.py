"""What JAX says before it aborts a process that has lost the others, in words for people."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Mapping
from types import MappingProxyType

from classlens.training.processes import HEARTBEAT, PATIENCE, Machines

_REMEDY = "What is finished is kept: start all processes again with --resume."
_TASKS = re.compile(r"\d+")


def reason(text: str, status: int, machines: Machines) -> str:
    """The message for a process that did not end by itself.

    Args:
        text: what was printed on its standard error.
        status: its exit status, as ``subprocess`` has it: below 0, a signal's number.
        machines: what it had been told.

    Example:
        >>> reason("...Failed to send RPC to coordination service...", -6, Machines("h:1", 2, 1))
        'process 0, the coordinator, is gone: it does not answer any more. What was said there \
tells why. What is finished is kept: start all processes again with --resume.'
    """
    for sign, say in _SIGNS.items():
        found = re.search(sign, text, re.DOTALL)
        if found:
            return say(found, machines)
    fatal = re.search(r"^F\d{4} .*?\] (.*)$", text, re.MULTILINE)
    if fatal:
        said = fatal[1].partition("absl::Status: ")[2] or fatal[1]
        return f"{_this(machines)} was ended by JAX: {said.strip()[:300]} {_REMEDY}"
    return f"{_this(machines)} {_ending(status)} {_REMEDY}"


def _lost(found: re.Match[str], _: Machines) -> str:
    numbers = _TASKS.findall(found[1])
    who = f"process {numbers[0]} is" if len(numbers) == 1 else f"processes {_joined(numbers)} are"
    return (
        f"{who} gone: no sign of life for {HEARTBEAT} s. What was said there tells why. {_REMEDY}"
    )


def _leaderless(_: re.Match[str], __: Machines) -> str:
    return (
        "process 0, the coordinator, is gone: it does not answer any more. What was said there "
        f"tells why. {_REMEDY}"
    )


def _too_few(_: re.Match[str], machines: Machines) -> str:
    count = machines.processes
    who, last = "all processes were to meet", ""
    if count:
        who = f"all {count} processes were to meet at {machines.coordinator}"
        last = f" with --process-id 0 to {count - 1}"
    return (
        f"{who}, and not all have come within {PATIENCE} s. This is {_this(machines)}. Start "
        f"all{last}, each once, and give all the same --coordinator and --processes."
    )


def _twice(_: re.Match[str], machines: Machines) -> str:
    index = machines.process_id
    own = "with this one's number" if index is None else f"with --process-id {index}"
    return f"two processes came {own}. Give each its own, counted from 0."


def _again(found: re.Match[str], _: Machines) -> str:
    return (
        f"a second process came as number {found[1]} while the first was at work: it was started "
        f"twice, or anew after it had died. {_REMEDY}"
    )


def _unexpected(found: re.Match[str], machines: Machines) -> str:
    count = machines.processes
    told = f"the {count} of which this one was" if count else "this one"
    return (
        f"process 0 knows of no process {found[1]}: it was told of fewer than {told}. Give all of "
        "them the same --processes."
    )


def _late(found: re.Match[str], _: Machines) -> str:
    numbers = _TASKS.findall(found[1])
    who = f"process {numbers[0]}" if len(numbers) == 1 else f"processes {_joined(numbers)}"
    return f"{who} had not come to the end long after others. {_REMEDY}"


# In the order in which they are looked for: a message may quote another.
_SIGNS: Mapping[str, Callable[[re.Match[str], Machines], str]] = MappingProxyType(
    {
        r"stopped sending heartbeats\):\n((?:\d+\n)+)": _lost,
        r"Shutdown barrier has failed.*?timed out task names:\n((?:\d+\n)+)": _late,
        r"Unexpected task registered with task=(\d+)": _unexpected,
        r"(\d+) unexpectedly tried to connect with a different incarnation": _again,
        r"ALREADY_EXISTS|newer incarnation": _twice,
        r"DEADLINE_EXCEEDED.*RegisterTask": _too_few,
        r"Failed to send RPC to coordination service|leader task was": _leaderless,
    }
)


def _this(machines: Machines) -> str:
    return "this process" if machines.process_id is None else f"process {machines.process_id}"


def _ending(status: int) -> str:
    if status >= 0:
        return f"ended with status {status}."
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    memory = " Its machine may have run out of memory." if name == "SIGKILL" else ""
    return f"was ended by {name}.{memory}"


def _joined(numbers: list[str]) -> str:
    return f"{', '.join(numbers[:-1])} and {numbers[-1]}"
