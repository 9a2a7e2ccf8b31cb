"""The lab's notebook in Keras: it runs, on each backend that is installed, and shows its pictures.

A backend that is not installed is skipped.
"""

from __future__ import annotations

import importlib.util
import io
import re
from pathlib import Path

import nbformat
import pytest
from PIL import Image

from notebook_kernel import execute, pictures

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "lab_keras.ipynb"

slow = pytest.mark.slow

# Boundaries are exact, as the notebook says, of a model that Classlens reads.
ASKED = """
from classlens.model import as_model

print(as_model(model).network.sizes)
"""


def test_the_file_is_bare():
    text, notebook = NOTEBOOK.read_text(), nbformat.read(NOTEBOOK, as_version=4)
    assert text == nbformat.writes(notebook) + "\n"
    nbformat.validate(notebook)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in notebook.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert len(cell.source.splitlines()) <= 12


@slow
@pytest.mark.parametrize("backend", ["jax", "tensorflow", "torch"])
def test_it_runs(backend, tmp_path):
    for library in ("keras", backend):
        if importlib.util.find_spec(library) is None:
            pytest.skip(f"{library} is not installed")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(ASKED))
    # Keras itself adds a bias to a matrix, which our own tests forbid JAX to do.
    environment = {"KERAS_BACKEND": backend, "JAX_NUMPY_RANK_PROMOTION": "allow"}
    execute(notebook, tmp_path, **environment)
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    drawing = [cell for cell in cells.values() if re.search(r"^plt_", cell.source, re.MULTILINE)]
    assert [cell.id for cell in drawing] == ["data", "regions", "units", "outputs"]
    for cell in drawing:
        (picture,) = pictures(cell)
        assert min(Image.open(io.BytesIO(picture)).size) > 200
    assert sum(len(pictures(cell)) for cell in cells.values()) == 4
    said = [output for cell in cells.values() for output in cell.outputs]
    assert not [each for each in said if each.get("name") == "stderr" and "Warning" in each.text]
    (loss,) = [each.text for each in cells["training"].outputs if each.get("name") == "stdout"]
    assert float(loss.split()[-1]) < 1.0  # four classes are guessed with 1.39
    *_, last = cells.values()
    assert last.outputs[-1].text == "(2, 2, 4)\n"
