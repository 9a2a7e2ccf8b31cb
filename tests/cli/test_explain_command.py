"""``classlens explain`` end to end: the lab, a model file, one example, slices, and refusals."""

import functools
import json

import pytest

import classlens as cl


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    cl.fit(cl.blobs()).model.save(folder / "lab.safetensors")
    iris = cl.load("iris")
    cl.fit(iris, hidden=(4,), epochs=50).model.save(folder / "iris.safetensors")
    return folder


@pytest.fixture
def classlens(files, run_program, monkeypatch):
    monkeypatch.chdir(files)
    return functools.partial(run_program, "explain")


def test_without_a_model_the_lab_is_explained(classlens):
    text = classlens()
    assert text.startswith("All 100 examples are classified correctly.")
    assert "Unit 0 of L1 = max(0, 1.22 x0 + 0.92 x1 + 1.59)." in text


def test_a_model_file_with_and_without_data(classlens):
    alone = classlens("lab.safetensors")
    assert alone.startswith("Layer L1")
    assert "examples" not in alone
    text = classlens("lab.safetensors", "blobs")
    assert text.startswith("All 100 examples are classified correctly. Loss 0.0298 on them.")


def test_formats(classlens, files):
    told = json.loads(classlens("lab.safetensors", "blobs", "--format", "json"))
    assert told["findings"][0]["kind"] == "verdict"
    assert "## Layer L1\n" in classlens("lab.safetensors", "blobs", "--format", "markdown")
    wrote = classlens("lab.safetensors", "blobs", "--format", "markdown", "-o", "told.md")
    assert wrote == "wrote told.md\n"
    assert (files / "told.md").read_text().startswith("All 100 examples are classified correctly.")


def test_one_example(classlens):
    row = classlens("lab.safetensors", "blobs", "--example", 23)
    assert row.startswith("Example 23, from input to class\n")
    assert "to (1.95, 0.34)" in " ".join(row.split())
    at = classlens("lab.safetensors", "--at", "x1=-1,x0=0.5")
    assert "The example at (0.50, -1.00) is predicted as c3." in at
    lab = classlens("--at", "x0=0.5,x1=-1")
    assert lab == at


def test_a_window(classlens):
    text = classlens("lab.safetensors", "blobs", "--window", "-1:1,-2:2.5")
    assert "In the window x0 -1.00 to 1.00, x1 -2.00 to 2.50 the classes own" in text


def test_all_of_a_large_network(classlens, files):
    data = cl.blobs()
    cl.fit(data, hidden=(8, 8), epochs=5).model.save(files / "large.safetensors")
    short = classlens("large.safetensors", "blobs")
    whole = classlens("large.safetensors", "blobs", "--whole")
    assert "or --whole to classlens explain." in " ".join(short.split())
    assert "Unit 7 of L2 = " not in short or "Unit 6 of L2 = " not in short
    assert "Unit 7 of L2 = " in whole
    assert "Unit 6 of L2 = " in whole


def test_slices(classlens):
    names = "sepal length (cm),petal width (cm)"
    text = " ".join(classlens("iris.safetensors", "iris", "--slice", names).split())
    assert "On the slice sepal length (cm) 3.94 to 8.26, petal width (cm) -0.14 to 2.74" in text
    assert "On the slice s " in classlens("iris.safetensors", "iris", "--slice", "principal")
    held = classlens(
        *("iris.safetensors", "--slice", names, "--hold", "sepal width (cm)=3,petal length (cm)=4"),
        *("--window", "4:8,0:3"),
    )
    assert "the classes own" in held
    example = classlens("iris.safetensors", "iris", "--slice", names, "--example", 70)
    assert "The smallest change that reaches" in example


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing.safetensors"], "cannot read nothing.safetensors: No such file or directory."),
        (
            ["lab.safetensors", "blob"],
            "Got 'blob', of which there is neither. Did you mean 'blobs'?",
        ),
        (
            ["lab.safetensors", "rings"],
            "DATA must be of the model's classes, c0, c1, c2, c3. Got c0, c1, c2 instead.",
        ),
        (["lab.safetensors", "iris"], "the data must have 2 features, as the network has inputs."),
        (["--format", "pdf"], "--format must be one of text, markdown, json. Got 'pdf' instead."),
        (["--example", "1", "--at", "x0=1,x1=1"], "Give one of them."),
        (["--example", "1", "--window", "0:1,0:1"], "--window is for the whole explanation"),
        (["--example", "1", "--whole"], "--whole is for the whole explanation, not for one"),
        (
            ["lab.safetensors", "-o", "lab.safetensors"],
            "--output must not be another file of the command, nor in",
        ),
        (["--example", "100"], "--example must be a whole number from 0 to 99. Got 100 instead."),
        (["--example", "x"], "--example must be a whole number from 0 to 99. Got 'x' instead."),
        (["lab.safetensors", "--example", "1"], "--example needs DATA whose row it is."),
        (["--at", "x0=1"], "--at must give every feature. Missing: x1."),
        (["--at", "x0=1,x1=a"], "--at must give 'x1' a finite number. Got 'a' instead."),
        (["--at", "x0=1,x0=2"], "--at must give each feature once. Got 'x0' twice."),
        (["--at", "y=1"], "The features are x0, x1. Got 'y' instead."),
        (["--at", "x0=1,x1=nan"], "--at must give 'x1' a finite number. Got 'nan' instead."),
        (["--window", "1:2"], "--window must be two ranges LOW:HIGH, such as -5:5,-4:4."),
        (["--window", "1:2,a:b"], "Got '1:2,a:b' instead."),
        (["--window", "2:1,0:1"], "window"),
        (["--window", "nan:1,0:1"], "window"),
        (["--hold", "x0=1"], "--hold belongs to --slice."),
        (["iris.safetensors", "--slice", "principal"], "it needs DATA"),
        (["iris.safetensors", "iris", "--slice", "a,b"], "each feature of --slice must be one of"),
        (
            ["iris.safetensors", "--slice", "sepal length (cm),sepal width (cm)"],
            "--slice must know where the other features are held: petal length (cm), petal width",
        ),
        (["-o", "."], "cannot write .: it is a folder."),
    ],
)
def test_refusals(classlens, arguments, message):
    error = classlens(*arguments, status=2)
    assert message in error
    assert "Traceback" not in error
