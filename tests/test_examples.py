"""Every example runs as it stands, without a warning, and prints what is so."""

from __future__ import annotations

import ast
import csv
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image
from scipy.stats import binomtest
from sklearn.datasets import load_digits, load_wine
from sklearn.linear_model import LogisticRegression

import classlens as cl

slow = pytest.mark.slow

EXAMPLES = Path(__file__).parents[1] / "examples"
SCRIPTS = {path.stem: path for path in sorted(EXAMPLES.glob("*.py"))}

# Shows pictures by writing them to the working folder; Keras reads its variables in a way that
# NumPy calls old.
RUN = """
import runpy, sys, warnings
import matplotlib.pyplot as plt

shown = []
def show():
    for number in plt.get_fignums():
        shown.append(number)
        plt.figure(number).savefig(f"{len(shown)}.png")
    plt.close("all")

plt.show = show
if sys.argv[2:]:
    sys.modules[sys.argv[2]] = None
warnings.simplefilter("error")
warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
runpy.run_path(sys.argv[1], run_name="__main__")
"""


class Said(NamedTuple):
    """What an example has printed, and how many pictures it has shown."""

    text: str
    pictures: int

    def numbers(self, pattern: str) -> list[int]:
        (found,) = re.findall(pattern, self.text)
        return [int(each) for each in found]


def run(name: str, folder: Path, *without: str, **environment: str) -> Said:
    """Run an example headless in a folder, with no library of that name."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(SCRIPTS[name]), *without],
        cwd=folder,
        env={**os.environ, "MPLBACKEND": "agg", "DISPLAY": "", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    assert not re.search("Warning|Traceback", done.stderr), done.stderr
    files = sorted(folder.iterdir())
    assert all(each.suffix == ".png" for each in files)
    for each in files:
        picture = Image.open(each)
        assert min(picture.size) > 200
        assert len(picture.convert("RGB").getcolors(picture.width * picture.height) or ()) > 20
    return Said(done.stdout, len(files))


def statements(name: str) -> Sequence[ast.AST]:
    return list(ast.walk(ast.parse(SCRIPTS[name].read_text())))


@pytest.mark.parametrize("name", SCRIPTS)
def test_each_has_a_title_and_uses_what_is_public(name: str) -> None:
    assert name.startswith("plot_")
    title, line = (ast.get_docstring(ast.parse(SCRIPTS[name].read_text())) or "").split("\n")[:2]
    assert line == "=" * len(title)
    imported = [
        ast.unparse(each)
        for each in statements(name)
        if isinstance(each, ast.Import | ast.ImportFrom) and "classlens" in ast.unparse(each)
    ]
    assert imported == ["import classlens as cl"]
    public = {
        each.attr
        for each in statements(name)
        if isinstance(each, ast.Attribute) and ast.unparse(each.value) == "cl"
    }
    assert public <= set(cl.__all__)
    assert len(SCRIPTS[name].read_text().splitlines()) <= 150


def test_the_own_words() -> None:
    rows = list(csv.DictReader((EXAMPLES / "words.csv").read_text(encoding="utf-8").splitlines()))
    parts = Counter(row["part"] for row in rows)
    assert set(parts) == {"", "noun", "verb", "adjective", "adverb"}
    assert min(parts.values()) > 50
    known: dict[str, set[str]] = {}
    for row in rows:
        known.setdefault(row["word"].lower(), set()).add(row["part"])
    # One part of speech each, but for few; and the same words are always left out.
    assert sum(len(each) > 1 for each in known.values()) < 10
    assert not any("" in each and len(each) > 1 for each in known.values())


@slow
def test_lab(tmp_path: Path) -> None:
    said = run("plot_lab", tmp_path)
    assert said.pictures >= 4
    printed = np.loadtxt(
        Path(__file__).parent / "data" / "printed_losses.csv", delimiter=",", skiprows=1
    )
    for epoch, loss in re.findall(r"epoch +(\d+): loss (\d\.\d+)", said.text):
        assert float(loss) == dict(printed)[int(epoch)]


@slow
def test_photos_without_the_package(tmp_path: Path) -> None:
    said = run("plot_photos", tmp_path, FASHION_MNIST=str(tmp_path / "missing"))
    assert said.pictures == 3
    assert said.text.startswith("1300 photos to learn from, 497 others; 64 pixels each\n")
    right, unseen = said.numbers(r"(\d+) of (\d+) unseen photos right")
    X, y = load_digits(return_X_y=True)
    other = LogisticRegression(max_iter=500).fit(X[:1300] / 16, y[:1300])
    assert unseen == len(y) - 1300
    assert right / unseen == pytest.approx(other.score(X[1300:] / 16, y[1300:]), abs=0.05)


@slow
def test_photos(tmp_path: Path) -> None:
    if not Path("/usr/share/datasets/fashion-mnist").exists():
        pytest.skip("Debian's package dataset-fashion-mnist is not installed")
    said = run("plot_photos", tmp_path, FASHION_MNIST="/usr/share/datasets/fashion-mnist")
    assert said.pictures == 3
    right, unseen = said.numbers(r"(\d+) of (\d+) unseen photos right")
    assert unseen == 1000
    assert 0.8 < right / unseen < 0.9


@slow
def test_words_without_the_package(tmp_path: Path) -> None:
    said = run("plot_words", tmp_path, WNSEARCHDIR=str(tmp_path / "missing"))
    assert said.pictures == 2
    rows = csv.DictReader((EXAMPLES / "words.csv").read_text(encoding="utf-8").splitlines())
    parts = Counter(row["part"] for row in rows if row["part"])
    assert said.text.startswith(f"{parts.total()} words, such as:\n")
    right, unseen = said.numbers(r"(\d+) of (\d+) unseen words right")
    assert right / unseen > 0.7 > max(parts.values()) / parts.total()
    assert re.findall(r"^slowly +(\w+)", said.text, re.MULTILINE) == ["adverb"]


@slow
def test_words(tmp_path: Path) -> None:
    if not Path("/usr/share/wordnet/data.noun").exists():
        pytest.skip("Debian's package wordnet-base is not installed")
    said = run("plot_words", tmp_path, WNSEARCHDIR="/usr/share/wordnet")
    assert said.pictures == 2
    assert said.text.startswith("10000 words, such as:\n")
    right, unseen = said.numbers(r"(\d+) of (\d+) unseen words right")
    assert right / unseen > 0.8
    assert re.findall(r"^slowly +(\w+)", said.text, re.MULTILINE) == ["adverb"]


@slow
def test_wine(tmp_path: Path) -> None:
    said = run("plot_wine", tmp_path)
    assert said.pictures == 1
    wine = load_wine()
    counts = {f"grower {letter}": int((wine.target == k).sum()) for k, letter in enumerate("ABC")}
    assert str(counts) in said.text
    right, of, low, high = said.numbers(
        r"(\d+) of (\d+) held-out wines right; of all such wines between (\d+)% and (\d+)%"
    )
    interval = binomtest(right, of).proportion_ci(method="wilson")
    assert (low, high) == (round(100 * interval.low), round(100 * interval.high))
    assert of == 36
    assert right >= 30
    assert "Verdict: good" in said.text


@slow
@pytest.mark.skipif(find_spec("keras") is None, reason="Keras is not installed")
def test_keras(tmp_path: Path) -> None:
    # Keras adds arrays of different ranks, which our own code must not.
    said = run("plot_keras", tmp_path, JAX_NUMPY_RANK_PROMOTION="allow")
    assert said.pictures == 1
    assert "the same logits: True\n" in said.text
    (loss,) = re.findall(r"the loss of the last epoch: (\d\.\d{4})\n", said.text)
    # The finished network is a little better than its last epoch was.
    (told,) = re.findall(r"Loss (\d\.\d+) on them", said.text)
    assert 0.9 < float(told) / float(loss) <= 1


@slow
def test_without_keras(tmp_path: Path) -> None:
    said = run("plot_keras", tmp_path, "keras")
    assert said == ("Keras is not installed: pip install keras\n", 0)


@slow
def test_seeds(tmp_path: Path) -> None:
    said = run("plot_seeds", tmp_path)
    assert said.pictures == 3
    assert "rows counted again: 400\n" in said.text
    assert re.findall(r"With hidden layers of (\d), \d+ of (\d+) seeds", said.text) == [
        ("2", "200"),
        ("3", "200"),
    ]
    _, units, seed, share = said.numbers(r"network (\d+): hidden (\d), seed (\d+), (\d+)% right")
    # The same orders for all, as the sweep has it.
    found = cl.fit(cl.blobs(), hidden=[units], seed=seed, shuffle_seed=1234)
    data = cl.blobs()
    assert share == int((found.network.predict(data.X) == data.y).sum())
