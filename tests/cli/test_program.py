"""The program around the commands: closed outputs, other encodings, what nobody foresaw."""

import os
import subprocess
import sys

import pytest

import classlens as cl


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
    assert "CLASSLENS_DEBUG=1" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "lab").exists()
    shown = shell(command, JAX_PLATFORMS="nosuch", CLASSLENS_DEBUG="1")
    assert "Traceback" in shown.stderr
