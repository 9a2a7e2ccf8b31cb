"""Where the pictures are seen: once in a notebook, in a window where there is one, else nowhere."""

from __future__ import annotations

import subprocess
import sys

import matplotlib.pyplot as plt
import nbformat
import pytest
from lab_pictures import X, Y
from matplotlib.backend_bases import FigureManagerBase

from classlens.lab_utils import plt_mc
from notebook_kernel import execute, pictures

slow = pytest.mark.slow

CALL = "plt_mc([[0, 1], [2, 3]], [0, 1], 2)"

# Cells, and how many pictures each must show.
CELLS = [
    ("from classlens.lab_utils import plt_mc", 0),
    (CALL, 1),
    (f"{CALL};", 1),
    (f"{CALL}\nprint('after it')", 1),
    (f"figure = {CALL}", 1),
    ("figure", 1),
    (f"{CALL}\n{CALL}", 2),
    (f"import matplotlib.pyplot as plt\n\nfor _ in range(3):\n    {CALL}\n    plt.show()", 3),
    (f"figure = {CALL}\nfigure", 1),
    (f"plt.close({CALL})", 0),
    ("print(plt.get_fignums())", 0),
]


def test_a_backend_that_only_writes_files_shows_nothing_and_does_not_warn():
    """Though pyplot's own ``show`` would."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: pytest.fail("shown"))
        figure = plt_mc(X, Y, 4)
    assert figure._repr_mimebundle_() == {}


def test_a_window_is_shown(monkeypatch):
    shown = []
    monkeypatch.setattr("classlens.lab_utils.showing.get_backend", lambda: "QtAgg")
    monkeypatch.setattr(plt, "show", lambda: shown.extend(plt.get_fignums()))
    figure = plt_mc(X, Y, 4)
    assert isinstance(figure.canvas.manager, FigureManagerBase)
    assert shown == [figure.number]


def test_a_program_without_a_screen():
    code = f"import sys\nfrom classlens.lab_utils import *\n{CALL}\nprint('jax' in sys.modules)"
    run = [sys.executable, "-W", "error", "-c", code]
    assert subprocess.check_output(run, text=True, stderr=subprocess.STDOUT) == "False\n"


@slow
def test_a_notebook_shows_each_picture_once(tmp_path):
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source, _ in CELLS]
    execute(notebook, tmp_path)
    found = [len(pictures(cell)) for cell in notebook.cells]
    assert found == [count for _, count in CELLS]
    assert notebook.cells[-1].outputs[0].text == "[]\n"
    assert not [each for cell in notebook.cells for each in cell.outputs if "stderr" in str(each)]
