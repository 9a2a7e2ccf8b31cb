"""The command line end to end: what it prints, what it writes, and how it refuses."""

import os
import pty
import re
import subprocess
import sys

import numpy as np
import pytest
from typer.testing import CliRunner

from classlens import Model
from classlens.cli import program as cli
from classlens.settings import SETTINGS

PICTURES = ["data.png", "regions.png", "layer-L1.png", "layer-L2.png", "history.png"]
RESULTS = ["explanation.md", "history.csv", "model.safetensors"]


def classlens(*arguments, cwd=None, **options):
    return subprocess.run(
        [sys.executable, "-m", "classlens", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=cwd,
        **options,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab")
    return folder, classlens("lab", cwd=folder)


def test_the_lab_prints_its_story(done):
    _, result = done
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    text = result.stdout
    assert "unique classes [0 1 2 3]\nclass representation [3 3 3 0 3 3 3 3 2 0]\n" in text
    assert "shape of X_train: (100, 2), shape of y_train: (100,)" in text
    assert re.search(r"L1 +2 +relu +4 \+ 2", text)
    assert re.search(r"L2 +4 +linear +8 \+ 4", text)
    assert "Loss in the last epoch: 0.0300." in text
    assert "100 of 100 samples right (100.0%)" in text
    assert "W1 =\n[[ 1.22  0.6 ]\n [ 0.92 -1.7 ]]\nb1 =\n[1.59 1.5 ]\n" in text
    for name in [*PICTURES, *RESULTS, "lab.html"]:
        assert f"wrote classlens-lab/{name}" in text


def test_output_to_a_pipe_is_plain_text(done):
    _, result = done
    assert "\x1b" not in result.stdout
    assert "\r" not in result.stdout


def test_the_lab_s_files(done):
    folder = done[0] / "classlens-lab"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [*PICTURES, *RESULTS, "lab.html"]
    )
    for name in PICTURES:
        content = (folder / name).read_bytes()
        assert content.startswith(b"\x89PNG")
        assert len(content) > 10_000
    page = (folder / "lab.html").read_text()
    assert "<title>The lab</title>" in page
    assert len(page) < 250_000
    header, *lines = (folder / "history.csv").read_text().splitlines()
    assert header == "epoch,loss,accuracy"
    assert len(lines) == 200
    assert lines[-1].startswith("200,0.02999")
    model = Model.load(folder / "model.safetensors")
    assert model.settings is not None
    assert model.settings.seed == 1234
    assert model.predict([[-5, 2], [-2, -2], [1, 2], [5, -2]]).tolist() == [0, 1, 2, 3]


def test_log_prints_a_line_for_each_epoch(tmp_path):
    result = classlens("lab", "--log", "--no-plots", "--out", tmp_path / "out")
    lines = [line for line in result.stdout.splitlines() if line.startswith("Epoch ")]
    assert lines[0] == "Epoch 1/200  loss: 1.8158"
    assert lines[-1] == "Epoch 200/200  loss: 0.0300"
    assert len(lines) == 200
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == RESULTS


@pytest.mark.slow
def test_every_option_reaches_the_training(tmp_path):
    result = classlens(
        *("lab", "--seed", -7, "--epochs", 3, "--hidden", "3,4", "--activation", "tanh,elu(0.5)"),
        *("--optimizer", "sgd", "--learning-rate", 0.1, "--batch-size", 7, "--samples", 41),
        *("--no-plots", "--out", tmp_path),
    )
    assert result.returncode == 0, result.stderr
    model = Model.load(tmp_path / "model.safetensors")
    assert model.network.sizes == (2, 3, 4, 4)
    assert [str(layer.activation) for layer in model.network.layers] == [
        "tanh",
        "elu(0.5)",
        "linear",
    ]
    given = model.settings
    assert given is not None
    assert (given.seed, given.epochs, given.optimizer) == (-7, 3, "sgd")
    assert (given.learning_rate, given.batch_size) == (0.1, 7)
    assert "shape of X_train: (41, 2)" in result.stdout


@pytest.mark.parametrize("hidden", ["none", "1", "5,2", "2,3"])
@pytest.mark.slow
def test_other_networks_get_their_pictures(tmp_path, hidden):
    result = classlens("lab", "--hidden", hidden, "--epochs", 20, "--out", tmp_path)
    assert result.returncode == 0, result.stderr
    layers = 1 if hidden == "none" else 2 + hidden.count(",")
    for number in range(1, layers + 1):
        assert (tmp_path / f"layer-L{number}.png").stat().st_size > 5000


def test_a_fresh_seed_is_recorded(tmp_path):
    result = classlens("lab", "--seed", "none", "--epochs", 1, "--no-plots", "--out", tmp_path)
    assert result.returncode == 0
    settings = Model.load(tmp_path / "model.safetensors").settings
    assert settings is not None
    assert settings.seed is not None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--epochs", "0"],
            "epochs must be a whole number from 1 to 1,000,000,000. Got 0 instead.",
        ),
        (
            ["--epochs", "ten"],
            "epochs must be a whole number from 1 to 1,000,000,000. Got 'ten' instead.",
        ),
        (
            ["--learning-rate", "nan"],
            "a finite number of at least 1e-30 and below 1e+30. Got nan",
        ),
        (
            ["--learning-rate", "0"],
            "a finite number of at least 1e-30 and below 1e+30. Got 0.0",
        ),
        (["--activation", "rel"], "Got 'rel' instead. Did you mean 'relu'?"),
        (["--optimizer", "adm"], "Got 'adm' instead. Did you mean 'adam'?"),
        (["--hidden", "2,0"], "hidden layers, such as 8,8 (or none). Got (2, 0)"),
        (["--hidden", "2,x"], "Got '2,x' instead."),
        (["--samples", "3"], "--samples must be a whole number"),
        (
            ["--batch-size", "-1"],
            "--batch-size must be a whole number from 1 to 1,000,000,000. Got -1",
        ),
        (["--seed", "1.5"], "--seed must be a whole number"),
    ],
)
def test_bad_arguments(tmp_path, arguments, message, capsys, monkeypatch):
    out = tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["classlens", "lab", "--out", str(out), *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error
    assert not out.exists()


def test_all_bad_arguments_are_named_at_once():
    result = classlens("lab", "--epochs", "0", "--learning-rate", "nan", "--hidden", "x")
    assert result.returncode == 2
    assert result.stdout == ""
    for name in ("--epochs must be", "--learning-rate must be", "--hidden must be"):
        assert name in result.stderr


def test_an_unknown_option_or_command():
    result = classlens("lab", "--hiden", "2")
    assert result.returncode == 2
    assert "No such option: --hiden" in result.stderr
    assert "--hidden" in result.stderr
    assert classlens("labb").returncode == 2


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("in the way")
    result = classlens("lab", "--out", tmp_path / "file" / "lab")
    assert result.returncode == 2
    assert result.stdout == ""
    assert "cannot write into the folder" in result.stderr
    assert "Choose another one" in result.stderr


def test_divergence_leaves_nothing_behind(tmp_path):
    result = classlens(
        "lab", "--optimizer", "sgd", "--learning-rate", "1e29", "--out", tmp_path / "out"
    )
    assert result.returncode == 2
    assert "the training diverged in epoch 1" in result.stderr
    assert "Traceback" not in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_full_disk_is_a_message(tmp_path):
    with open("/dev/full", "w") as full:  # noqa: PTH123
        result = subprocess.run(
            [sys.executable, "-m", "classlens", "lab", "--no-plots", "--out", str(tmp_path)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert result.returncode == 2
    assert "No space left on device" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_reader_that_leaves_is_no_error(tmp_path):
    command = [sys.executable, "-m", "classlens", "lab", "--log", "--no-plots"]
    process = subprocess.Popen(
        [*command, "--epochs", "20000", "--out", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.stdout.close()
    assert process.stderr is not None
    errors = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert errors == ""
    assert process.returncode == 141


def test_a_terminal_sees_a_progress_bar(tmp_path):
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "classlens", "lab", "--no-plots", "--epochs", "60000"),
            *("--out", str(tmp_path)),
        ],
        stdout=child,
        stderr=child,
        stdin=child,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": "100"},
    )
    os.close(child)
    seen = b""
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    process.wait()
    assert process.returncode == 0
    text = seen.decode()
    assert re.search(r"training.*\d+/60000.*epochs  loss 0\.\d{4}", text)


def test_ctrl_c_writes_what_was_learned(tmp_path):
    script = (
        "import sys, threading, time, os, signal\n"
        # It is ignored in what a shell starts in the background.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from classlens import cli\n"
        "from classlens.training import loop\n"
        "real, calls = loop.Trainer.advance, []\n"
        "def advance(self):\n"
        "    calls.append(0)\n"
        "    if len(calls) == 4: os.kill(os.getpid(), signal.SIGINT)\n"
        "    return real(self)\n"
        "loop.Trainer.advance = advance\n"
        "arguments = '--no-plots --epochs 9999999 --out'.split()\n"
        "sys.argv = ['classlens', 'lab', *arguments, *sys.argv[1:]]\n"
        "cli.main()\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert result.returncode == 0, result.stderr
    assert re.search(r"Interrupted after \d+ of 9999999 epochs", result.stdout)
    epochs = len((tmp_path / "history.csv").read_text().splitlines()) - 1
    assert f"Interrupted after {epochs} of" in result.stdout
    assert np.isfinite(Model.load(tmp_path / "model.safetensors").predict_proba([[0, 1]])).all()


def test_help_and_version():
    runner = CliRunner()
    text = runner.invoke(cli.app, ["lab", "--help"]).output
    for name in ("seed", "epochs", "hidden", "activation", "optimizer", "learning_rate"):
        assert "--" + name.replace("_", "-") in text
        assert SETTINGS[name].help.split()[0] in text
    assert "[default: 1234]" in text
    assert runner.invoke(cli.app, ["--version"]).output.startswith("classlens 0.")
