"""The benchmarks run, on tiny sizes, and write tables that can be read."""

import importlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[1] / "benchmarks"
PEERS = {"scikit-learn": "sklearn", "PyTorch": "torch", "Keras": "keras"}


@pytest.fixture
def load(monkeypatch):
    """Imports a file of the benchmarks' folder, for this test only."""
    monkeypatch.syspath_prepend(FOLDER)
    before = set(sys.modules)
    yield importlib.import_module
    for name in {path.stem for path in FOLDER.glob("*.py")} - before:
        sys.modules.pop(name, None)


@pytest.fixture
def absent(load, monkeypatch):
    """Makes libraries look as if they were not installed."""

    def hide(*modules):
        monkeypatch.setattr(load("training"), "installed", lambda module: module not in modules)

    return hide


def rows_of(text):
    """The cells of every table line below a heading line."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if row[0] not in ("what", "---")]


def check_file(text, command):
    assert f"`{command}`" in text
    for name in (
        "Processor",
        "JAX's devices",
        "System",
        "Python",
        "Libraries",
        "Date",
        "Load before",
    ):
        assert f"\n- {name}: " in text
    headings = "| what | ours (median) | theirs (median) | ratio (range) | goal | reached |\n"
    assert text.count(headings) == text.count("\n## ")
    for row in rows_of(text):
        assert len(row) == 6
        assert all(row)
        assert row[5] in ("yes", "no", "-")
        assert (row[4] == "-") == (row[5] == "-")


def test_a_quick_run_without_the_peers(load, absent, tmp_path):
    absent("torch", "keras")
    file = tmp_path / "table.md"
    load("run").main(["--quick", "--only", "lab", "-o", str(file)])
    text = file.read_text()
    check_file(text, f"python benchmarks/run.py --quick --only lab -o {file}")
    assert "Tiny sizes" in text
    scikit, torch, keras = rows_of(text)
    assert scikit[2].startswith("scikit-learn ")
    assert scikit[4] == "at least 20 times faster"
    assert torch[2:] == ["PyTorch not installed", "-", "-", "-"]
    assert keras[2:] == ["Keras not installed", "-", "-", "-"]


def test_ours_is_measured_without_any_peer(load, absent):
    absent(*PEERS.values())
    rows = list(load("training").lab(quick=True))
    assert [row.theirs for row in rows] == [f"{peer} not installed" for peer in PEERS]
    assert all(row.ours.endswith("s") and row.reached is None for row in rows)


def test_what_is_installed(load):
    installed = load("timing").installed
    assert installed("sklearn")
    assert not installed("no_such_library")


def test_a_part_or_tiny_sizes_do_not_replace_the_results(load, monkeypatch, tmp_path, capsys):
    run = load("run")
    monkeypatch.setattr(run, "RESULTS", tmp_path / "RESULTS.md")
    monkeypatch.setattr(run, "BENCHMARKS", {"none": "test_benchmarks:no_rows"})
    monkeypatch.setitem(sys.modules, "test_benchmarks", sys.modules[__name__])
    run.main(["--quick"])
    run.main(["--only", "none"])
    assert not run.RESULTS.exists()
    run.main([])
    check_file(run.RESULTS.read_text(), "make bench")
    assert run.RESULTS.read_text() + "\n" in capsys.readouterr().out


def no_rows(quick):
    """Measures nothing."""
    return []


def test_an_unknown_name_is_answered_with_the_known_ones(load, capsys):
    with pytest.raises(SystemExit):
        load("run").main(["--only", "nothing"])
    assert "choose from" in capsys.readouterr().err


def test_contestants_take_turns_after_a_warm_up(load, monkeypatch):
    timing = load("timing")
    monkeypatch.setattr(timing, "_PAUSE_SECONDS", 0)
    calls = []

    def contestant(name):
        return lambda: calls.append(name) or len(calls)

    results = timing.interleaved({"a": contestant("a"), "b": contestant("b")}, 2)
    assert calls == ["a", "b"] * 3
    assert results == {"a": [3, 5], "b": [4, 6]}


def test_the_ratio_is_the_median_of_the_rounds(load):
    timing = load("timing")
    row = timing.compared("x", [1, 2, 0.01], [3, 4, 2], "peer", goal=timing.at_least(3))
    assert row.cells() == (
        "x",
        "1 s",
        "peer 3 s",
        "3.00 (2.00 to 200.00)",
        "at least 3 times faster",
        "yes",
    )
    slow = timing.compared("x", [1, 2], [2.9, 5.8], "peer", goal=timing.at_least(3))
    assert slow.cells()[-1] == "no"


def test_a_limit_is_for_the_median(load):
    timing = load("timing")
    goal = timing.at_most(0.05, timing.seconds)
    assert timing.limited("x", [0.9, 0.05, 0.01], goal).cells() == (
        "x",
        "50 ms",
        "-",
        "-",
        "at most 50 ms",
        "yes",
    )
    assert timing.limited("x", [0.9, 0.06, 0.01], goal).reached is False


def test_a_process_is_measured_by_itself(load):
    launch = load("startup").launch
    held = bytearray(400_000_000)  # must not count for the processes that are started
    script = "import time; x = bytearray({}); time.sleep(0.2)"
    little = launch(sys.executable, "-c", script.format(1))
    much = launch(sys.executable, "-c", script.format(200_000_000))
    assert len(held) > little.peak
    assert little.peak < 100e6
    assert 150e6 < much.peak - little.peak < 250e6
    assert 0.2 < little.seconds < 20


def test_a_process_that_fails_is_an_error(load):
    with pytest.raises(subprocess.CalledProcessError):
        load("startup").launch(sys.executable, "-c", "raise SystemExit(3)")


@pytest.mark.slow
def test_every_benchmark_runs(tmp_path):
    file = tmp_path / "RESULTS.md"
    command = [sys.executable, str(FOLDER / "run.py"), "--quick", "-o", str(file)]
    # Our own code is held to strict ranks while it is tested; Keras was not written for that.
    env = os.environ | {"JAX_NUMPY_RANK_PROMOTION": "allow"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    text = file.read_text()
    check_file(text, f"python benchmarks/run.py --quick -o {file}")
    assert {row[0] for row in rows_of(text)} >= {
        "lab fit",
        "classlens lab",
        "classlens lab, peak memory",
        "classlens --help",
        "784-128-10, batch 32",
        "784-128-10, batch 256",
        "fit with progress",
        "between progress calls",
        "lab, 2-2-4",
        "random, [4]x3",
        "trained, [8]x3",
    }
