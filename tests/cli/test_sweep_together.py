"""``classlens sweep`` by two processes on this machine: one table, told deaths, going on."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pairs import Two

from classlens.data.toys import blobs
from classlens.survey.plan import Plan
from classlens.survey.sweeping import sweep_into

slow = pytest.mark.slow

AGAIN = "What is finished is kept: start all processes again with --resume.\n"


def alone(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "classlens", "sweep", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def parts_of(folder: Path) -> set[int]:
    return {int(each.stem) for each in (folder / "parts").glob("*.parquet")}


SMALL = ["--seeds", 5000, "--epochs", 3, "--csv"]


@slow
def test_two_make_the_table_of_one(tmp_path: Path) -> None:
    two = Two("sweep", *SMALL, "--out", tmp_path / "two")
    sweep_into(tmp_path / "one", Plan.of(5000, {"epochs": 3}, {}), blobs(), csv=True)
    status, first, errors = two.ended(0)
    assert (status, errors) == (0, "")
    assert f"wrote {tmp_path / 'two' / 'networks.parquet'}\n" in first
    said = "process 1 of 2 has trained 2,048 networks; process 0 tells of all.\n"
    assert two.ended(1) == (0, said, "")
    assert not [*(tmp_path / "two").glob("parts"), *(tmp_path / "two").glob(".*")]
    for name in ("networks.csv", "networks.parquet"):
        made = (tmp_path / "two" / name).read_bytes()
        assert made == (tmp_path / "one" / name).read_bytes()


LONG = ["--seeds", 120_000, "--epochs", 60]


def killed(folder: Path, index: int) -> tuple[int, str, str]:
    """What the other one says, within 30 seconds."""
    two = Two("sweep", *LONG, "--out", folder)
    deadline = time.monotonic() + 120
    while not ({0, 1} <= {number % 2 for number in parts_of(folder)}):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    two.processes[index].kill()
    ended = two.ended(1 - index, seconds=30)
    assert two.ended(index)[0] == -9
    return ended


@slow
@pytest.mark.parametrize("index", [0, 1])
def test_one_is_killed_and_all_goes_on(tmp_path: Path, index: int) -> None:
    status, said, errors = killed(tmp_path / "s", index)
    assert (status, said) == (2, "")
    who = {
        0: "process 0, the coordinator, is gone: it does not answer any more. ",
        1: "process 1 is gone: no sign of life for 10 s. ",
    }
    assert errors == f"Error: {who[index]}What was said there tells why. {AGAIN}"
    assert parts_of(tmp_path / "s")
    if index:
        two = Two("sweep", *LONG, "--out", tmp_path / "s", "--resume")
        assert [two.ended(k)[0] for k in (0, 1)] == [0, 0]
    else:
        assert alone(*LONG, "--out", tmp_path / "s", "--resume").returncode == 0
    alone(*LONG, "--out", tmp_path / "one")
    made = (tmp_path / "s" / "networks.parquet").read_bytes()
    assert made == (tmp_path / "one" / "networks.parquet").read_bytes()


@slow
def test_an_error_of_one_ends_both(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "sweep.json").write_text("{}")
    two = Two("sweep", *SMALL, "--out", tmp_path / "s")
    status, _, errors = two.ended(0)
    assert status == 2
    assert errors.startswith(f"Error: {tmp_path / 's'} holds a sweep already.")
    status, _, errors = two.ended(1, seconds=30)
    assert status == 2
    assert errors.startswith("Error: process 0, the coordinator, is gone")


@slow
@pytest.mark.parametrize("index", [0, 1])
def test_ctrl_c_ends_both(tmp_path: Path, index: int) -> None:
    two = Two("sweep", *LONG, "--out", tmp_path / "s")
    while not parts_of(tmp_path / "s"):
        time.sleep(0.05)
    two.processes[index].send_signal(signal.SIGINT)
    status, _, errors = two.ended(index)
    assert (status, errors) == (130, "Interrupted.\n")
    assert two.ended(1 - index, seconds=30)[0] == 2


def launched(launcher: str, index: int, port: int) -> dict[str, str]:
    """What a launcher tells its task, of two on this machine."""
    number, port_too = str(index), {"JAX_COORDINATOR_PORT": str(port)}
    if launcher == "Slurm":
        step = {"SLURM_JOB_ID": "77123", "SLURM_STEP_NODELIST": "127.0.0.1"}
        count = {"SLURM_NTASKS": "2", "SLURM_STEP_NUM_TASKS": "2"}
        return {**step, **count, **port_too, "SLURM_PROCID": number, "SLURM_LOCALID": number}
    own = {"OMPI_COMM_WORLD_RANK": number, "OMPI_COMM_WORLD_LOCAL_RANK": number}
    uri = "1531576320.0;tcp://127.0.0.1:34911"
    return {**own, **port_too, "OMPI_COMM_WORLD_SIZE": "2", "OMPI_MCA_orte_hnp_uri": uri}


@slow
@pytest.mark.parametrize("launcher", ["Slurm", "Open MPI"])
def test_a_launcher_s_tasks_find_one_another(tmp_path: Path, launcher: str) -> None:
    command = [sys.executable, "-m", "classlens", "sweep", "--seeds", "64", "--epochs", "2"]
    command += ["--out", str(tmp_path / "s")]
    with socket.socket() as own:
        own.bind(("127.0.0.1", 0))
        port = own.getsockname()[1]
    tasks = [
        subprocess.Popen(
            command,
            env={**os.environ, **launched(launcher, index, port)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for index in (0, 1)
    ]
    ended = [(*each.communicate(timeout=300), each.returncode) for each in tasks]
    said = "process 1 of 2 has trained 0 networks; process 0 tells of all.\n"
    assert ended[1] == (said, "", 0)
    assert ended[0][1:] == ("", 0)
    assert ended[0][0].startswith("0 of 64 seeds reach 99%")
