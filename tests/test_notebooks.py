"""The notebook runs from top to bottom, and a second method finds what it prints and says."""

import base64
import html
import io
import json
import re
from pathlib import Path

import nbformat
import numpy as np
import pytest
import safetensors.numpy
import scipy.special
from PIL import Image

from notebook_kernel import execute, pictures

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "lab.ipynb"

LAB = np.load(ROOT / "tests" / "data" / "lab_trace.npz")
PRINTED = np.loadtxt(ROOT / "tests" / "data" / "printed_losses.csv", delimiter=",", skiprows=1)
X, y = LAB["X"], LAB["y"]


def recorded(x):
    """The hidden activations and the logits of the network that TensorFlow trained."""
    hidden = np.maximum(0, np.asarray(x) @ LAB["fW1"] + LAB["fb1"])
    return hidden, hidden @ LAB["fW2"] + LAB["fb2"]


A, LOGITS = recorded(X)


def with_answers(notebook):
    """The notebook of a reader who runs each answer, and to whom warnings are errors."""
    strict, mild = (
        nbformat.v4.new_code_cell(f"import warnings\n\nwarnings.simplefilter('{action}')")
        for action in ("error", "ignore")
    )
    cells = [strict]
    for cell in notebook.cells:
        cells.append(cell)
        if cell.cell_type == "markdown":
            answers = re.findall(r"```python\n(.*?)```", cell.source, re.DOTALL)
            cells += [nbformat.v4.new_code_cell(each, id=f"{cell.id}-run") for each in answers]
    notebook.cells = [*cells, mild]  # how the kernel ends is its own affair
    return notebook


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("reader")


@pytest.fixture(scope="module")
def done(folder):
    """The executed code cells by their names."""
    notebook = with_answers(nbformat.read(NOTEBOOK, as_version=4))
    execute(notebook, folder)
    return {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}


@pytest.fixture
def lines(done):
    """The lines that a cell printed."""

    def lines(name):
        (output,) = done[name].outputs
        assert output.name == "stdout"
        return output.text.splitlines()

    return lines


def numbers(line):
    """The numbers in what stands after the first colon of a line, or in all of it."""
    return [float(each) for each in re.findall(r"-?\d+\.?\d*", line.partition(":")[2] or line)]


def test_the_file_is_bare():
    text, notebook = NOTEBOOK.read_text(), nbformat.read(NOTEBOOK, as_version=4)
    assert text == nbformat.writes(notebook) + "\n"
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)
    for cell in notebook.cells:
        assert cell.metadata == {}
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)
            assert len(cell.source.splitlines()) <= 12


def test_each_cell_runs_without_a_warning(done):
    counts = [cell.execution_count for cell in done.values()]
    assert counts == [*range(1, len(done) + 1)]
    for output in [output for cell in done.values() for output in cell.outputs]:
        assert output.output_type != "error"
        if output.get("name") == "stderr":
            assert not re.search("Warning|Traceback", output.text), output.text


def test_each_picture_is_there(done):
    drawing = [cell for cell in done.values() if "cl.plot." in cell.source]
    assert len(drawing) >= 12
    for cell in drawing:
        (picture,) = pictures(cell)
        image = Image.open(io.BytesIO(picture))
        assert min(image.size) > 200
        assert len(image.getcolors(maxcolors=image.width * image.height)) > 100
    assert sum(len(pictures(cell)) for cell in done.values()) == len(drawing)


def test_the_data_and_the_training(lines):
    counts, first = lines("data-counts")
    assert numbers(counts) == np.bincount(y).tolist()
    assert numbers(first) == y[:10].tolist()
    *_, learned, loss = lines("training")
    assert numbers(learned) == [sum(LAB[name].size for name in ("fW1", "fb1", "fW2", "fb2"))]
    assert loss.endswith(" 0.0300")
    sizes, steps = lines("steps")
    assert sum(numbers(sizes)) == len(y)
    assert numbers(steps) == [len(numbers(sizes)) * len(LAB["perm"])]


def test_a_share_that_is_too_small_to_hold(lines):
    share, loss = lines("softmax")
    assert numbers(share) == [0.0]
    assert numbers(loss) == [-scipy.special.log_softmax([0.0, -120.0])[1]]


def test_the_losses_are_those_that_the_lab_prints(lines):
    printed = lines("losses")
    assert len(printed) == 6
    for line in printed:
        assert numbers(line) == [PRINTED[int(line.split()[1].rstrip(":")) - 1, 1]]
    (guessing,) = numbers(*lines("guess"))
    assert guessing == round(scipy.special.entr(np.full(4, 0.25)).sum(), 4)
    assert PRINTED[0, 1] > guessing  # the network begins worse, the text says


def test_the_scores_are_those_of_the_recorded_network(done, lines):
    (output,) = done["score"].outputs
    loss, accuracy, *_ = numbers(output.data["text/plain"])
    own = scipy.special.log_softmax(LOGITS, axis=1)[np.arange(len(y)), y]
    assert (loss, accuracy) == (pytest.approx(-own.mean(), abs=1e-4), 1.0)
    assert loss < PRINTED[-1, 1]  # the finished network is better than its last epoch
    scores = [numbers(line) for line in lines("epochs")]
    start = np.maximum(0, X @ LAB["W1"]) @ LAB["W2"]
    assert scores[0][1:] == [(start.argmax(axis=1) == y).sum(), len(y)]
    whole = [loss for loss, correct, _ in scores if correct == len(y)]
    assert whole[-1] < whole[0]  # it goes on falling when all are right


def test_the_shares_at_a_new_place(lines):
    shares = [numbers(line)[0] for line in lines("shares")]
    assert shares == pytest.approx(scipy.special.softmax(recorded([0.0, 1.0])[1]), abs=1e-3)


def test_the_hidden_units_and_the_dot(lines):
    counted = [numbers(re.sub("unit . is|unit . for", "", line)) for line in lines("counts")]
    assert counted == [(A[y == index] > 0).sum(axis=0).tolist() for index in range(4)]
    examples, places = lines("dot")
    assert numbers(examples) == [(y == 0).sum()] == [25]
    assert numbers(places) == np.unique(A[y == 0], axis=0).ravel().tolist() == [0.0, 0.0]
    *_, biases, corner = lines("outputs")
    assert numbers(biases) == numbers(corner) == pytest.approx(LAB["fb2"], abs=0.01)
    assert LAB["fb2"].argmax() == 0


def test_the_leads(lines):
    smallest, largest = lines("lead")
    lead = np.diff(np.partition(LOGITS, (2, 3), axis=1)[:, 2:], axis=1)[:, 0]
    assert numbers(smallest) == [round(float(lead.min()), 2), lead.argmin()]
    assert numbers(largest) == [pytest.approx(lead.max(), abs=0.01)]


def test_the_words_and_their_findings(lines):
    story = "\n".join(lines("story"))
    assert story.startswith("All 100 examples are classified correctly. Loss 0.0298 on them")
    assert "All 25 examples of c0 land on one point" in story
    tested, *_ = numbers(*lines("verify"))
    false, of, *_ = numbers(*lines("lie"))
    assert of == tested > 20
    assert 0 < false <= of


def test_the_way_to_the_border(lines):
    walk, *shares = lines("flip")
    assert [numbers(share)[0] for share in shares] == [0.0, 0.0, 0.5, 0.5]
    distance = float(re.findall(r"go (\d\.\d+) far", walk)[0])
    around = np.linspace(0, 2 * np.pi, 2000)
    ring = np.stack((np.cos(around), np.sin(around)), axis=1)
    assert set(recorded(X[23] + (distance - 0.01) * ring)[1].argmax(axis=1)) == {2}
    assert set(recorded(X[23] + (distance + 0.01) * ring)[1].argmax(axis=1)) == {2, 3}
    assert lines("path-words")[0] == "Example 23, from input to class"


def test_other_seeds(lines):
    seeds = lines("seeds")
    lab, *others = (numbers(line) for line in seeds)
    assert lab == [0.03, 100, 100]
    assert min(loss for loss, *_ in others) < 0.03  # some do better than the lab's
    assert seeds[-1].endswith("verdict: dead units")
    assert "Verdict: dead units" in "\n".join(lines("unlucky"))
    turned_on = [numbers(line)[-1] for line in lines("dying")]
    assert turned_on[0] > 0 == turned_on[-1]


def test_three_units(lines):
    (two,), (three,) = (numbers(line) for line in lines("wider"))
    assert two == 0.03 > three
    assert all(line.endswith(" 100 of 100 right, good") for line in lines("wider-seeds"))


def test_the_answers(done, lines):
    hidden, logits, winners = lines("answer-1-run")
    units, outputs = recorded([5.0, -2.0])
    assert numbers(hidden) == pytest.approx(units, abs=0.01)
    assert (units > 0).all()
    assert numbers(logits) == pytest.approx(outputs, abs=0.01)
    assert numbers(winners) == [3, 3]
    score, _ = done["answer-2-run"].outputs
    loss, accuracy, *_ = numbers(score.text)
    assert (accuracy, loss < 0.02) == (1.0, True)
    printed, _ = done["answer-3-run"].outputs
    (flat, *_), *folded = (numbers(line) for line in printed.text.splitlines())
    assert flat < 40  # of 100 in three classes: no better than guessing
    assert [right for right, _ in folded] == sorted(right for right, _ in folded)
    assert folded[-1] == [100, 100]


def test_the_model_that_it_saves(lines, folder):
    assert lines("save") == ["the same answers: True"]
    assert [each.name for each in folder.iterdir()] == ["lab.safetensors"]
    arrays = safetensors.numpy.load_file(folder / "lab.safetensors")
    assert sorted(each.shape for each in arrays.values()) == [(2,), (2, 2), (2, 4), (4,)]
    for name in ("fW1", "fb1", "fW2", "fb2"):
        assert any(
            each.shape == LAB[name].shape and np.allclose(each, LAB[name], atol=1e-3)
            for each in arrays.values()
        )


def test_the_page(done):
    (output,) = done["view"].outputs
    (page,) = re.findall(r'<iframe[^>]* srcdoc="([^"]*)"', output.data["text/html"])
    (payload,) = re.findall(r'id="payload">(.*?)</script>', html.unescape(page), re.DOTALL)
    shown = json.loads(payload)
    assert shown["classes"] == ["c0", "c1", "c2", "c3"]
    assert shown["shown"] == 200
    places = np.frombuffer(base64.b64decode(shown["data"]["X"]), "<f4")
    assert places.tolist() == X.astype("<f4").ravel().tolist()
    assert np.round(shown["history"]["loss"], 4).tolist() == PRINTED[:, 1].tolist()
