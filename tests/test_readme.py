"""Every command and snippet of the README runs."""

import os
import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", README, re.DOTALL)
    for line in block.split("\n")
    if line
]


def run(*command, cwd, **environment):
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def begin_and_end(*command, cwd):
    """A command that goes on until Ctrl-C: what it says first, and how it ends."""
    pipe = subprocess.PIPE
    with subprocess.Popen(command, cwd=cwd, stdout=pipe, stderr=subprocess.STDOUT, text=True) as it:
        first = it.stdout.readline()
        it.send_signal(signal.SIGINT)
        rest = it.communicate(timeout=60)[0]
    return it.returncode, first + rest


@pytest.fixture
def folder(tmp_path):
    """A place with the table that the README speaks of."""
    rows = [f"{38 + 5 * (i % 3) + i % 7 / 10},{i % 5}.5,{'ABC'[i % 3]}" for i in range(60)]
    (tmp_path / "penguins.csv").write_text("bill,mass,species\n" + "\n".join(rows))
    return tmp_path


def test_snippets(folder):
    lab, table = SNIPPETS
    result = run(sys.executable, "-c", lab, cwd=folder, MPLBACKEND="agg")
    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("0.0299")
    assert (folder / "lab.safetensors").exists()
    result = run(sys.executable, "-c", table, cwd=folder)
    assert result.returncode == 0, result.stderr
    assert "(60, 3)" in result.stdout
    assert (folder / "penguins.html").exists()


@pytest.mark.slow
def test_commands(folder):
    """In their order, in one folder: some use what others have written."""
    commands = [each for each in COMMANDS if each.startswith("classlens")]
    assert len(commands) >= 9
    for command in commands:
        _, *arguments = shlex.split(command)
        if arguments[0] == "play":
            words = (sys.executable, "-m", "classlens", *arguments, "--no-browser")
            status, said = begin_and_end(*words, cwd=folder)
            assert (status, said[:21]) == (0, "The playground is at "), said
            continue
        result = run(sys.executable, "-m", "classlens", *arguments, cwd=folder)
        assert result.returncode == 0, result.stderr


def test_the_two_make_targets_are_the_readme_s():
    targets = [each for each in COMMANDS if each.startswith("make")]
    assert targets == ["make lab", "make test"]
    for target in targets:
        assert run(*target.split(), "-n", cwd=ROOT).returncode == 0


@pytest.mark.slow
def test_make_lab_in_a_fresh_clone(tmp_path):
    """``make test`` itself is what runs this suite, so a clone need only do the lab."""
    clone = tmp_path / "clone"
    assert run("git", "clone", "--quiet", str(ROOT), str(clone), cwd=tmp_path).returncode == 0
    result = run("make", "lab", cwd=clone, PYTHONPATH="")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "100 of 100 samples right" in result.stdout
    assert len(list((clone / "classlens-lab").iterdir())) == 9


def test_an_old_python_gets_one_line(tmp_path):
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\n[ "$1" = -V ] && echo Python 3.8.1\nexit 1\n')
    python.chmod(0o755)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    result = run("make", "lab", f"PYTHON={python}", cwd=tmp_path)
    assert result.returncode != 0
    assert "Classlens needs Python 3.11 or newer" in result.stderr
    missing = run("make", "lab", "PYTHON=no-such-python", cwd=tmp_path)
    assert "no-such-python was not found" in missing.stderr


def test_a_missing_venv_module_gets_one_line(tmp_path):
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    python.chmod(0o755)
    (tmp_path / "Makefile").write_text((ROOT / "Makefile").read_text())
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).touch()
    result = run("make", "lab", f"PYTHON={python}", cwd=tmp_path)
    assert result.returncode != 0
    assert "has no venv module" in result.stderr
    assert "apt install python3-venv" in result.stderr


def test_the_picture_is_there():
    (name,) = re.findall(r"!\[.*?\]\((.*?)\)", README)
    assert (ROOT / name).read_bytes().startswith(b"\x89PNG")
    for link in re.findall(r"[^!]\[.*?\]\((.*?)\)", README):
        assert (ROOT / link).exists(), link
