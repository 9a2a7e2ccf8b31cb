"""The program around the commands: closed outputs, other encodings, what nobody foresaw."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

import classlens as cl
from classlens.cli import program


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "m.safetensors"
    names = ("日本", "\x1b[31mred", "c", "d")
    data = cl.blobs()
    cl.fit(cl.Dataset(data.X, data.y, names), epochs=5).model.save(path)
    return path


def shell(command, **environment):
    words = command.replace("classlens", f"{sys.executable} -m classlens")
    return subprocess.run(
        ["sh", "-c", words],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_closed_output_is_no_traceback(model):
    result = shell(f"classlens explain {model} >&-")
    assert result.returncode == 0
    assert result.stderr == ""


def test_a_full_disk_under_the_version():
    result = shell("classlens --version >/dev/full")
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_names_that_the_terminal_cannot_show(model):
    result = shell(f"classlens explain {model}", PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result.stderr
    assert "\\u65e5\\u672c" in result.stdout
    assert "\x1b" not in result.stdout
    assert "\\x1b[31mred" in result.stdout


def test_a_notebook_s_backend_does_not_matter(tmp_path):
    backend = "module://no_such_backend"
    result = shell(f"classlens lab --epochs 2 --out {tmp_path / 'lab'}", MPLBACKEND=backend)
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "lab" / "regions.png").exists()


def test_what_nobody_foresaw_is_one_message(tmp_path):
    command = f"classlens lab --no-plots --out {tmp_path / 'lab'}"
    result = shell(command, JAX_PLATFORMS="nosuch")
    assert result.returncode == 2
    assert "Error: this should not have happened, RuntimeError:" in result.stderr
    assert "Add --debug to see where it did." in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "lab").exists()
    shown = shell(f"{command} --debug", JAX_PLATFORMS="nosuch")
    assert "Traceback" in shown.stderr


def test_debugging_shows_where_an_error_arose(tmp_path):
    command = f"classlens inspect {tmp_path / 'none'}"
    assert "Traceback" not in shell(command).stderr
    shown = shell(f"{command} --debug").stderr
    assert "Traceback" in shown
    assert "ModelFileError: cannot read" in shown


def test_every_option_that_a_message_names_is_there():
    """Options named in the package's texts, against those of its commands."""
    source = Path(cl.__file__).parent
    texts = [
        node.value
        for path in source.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    named = {option for text in texts for option in re.findall(r"--[a-z][a-z-]*[a-z]", text)}
    commands = typer.main.get_command(program.app).commands.values()
    known = {option for each in commands for row in each.params for option in row.opts}
    assert len(named) > 20
    assert named - known <= {"--version", "--help"}
