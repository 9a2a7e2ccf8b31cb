"""The README's two targets, its picture and its links; tests/test_docs.py runs its code."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
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
