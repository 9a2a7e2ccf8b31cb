"""A table becomes a model, predictions and a score, by commands alone."""

import csv
import json
import re

import numpy as np
import pytest

import classlens as cl
from classlens import Model

ROWS = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Penguins that never lived: two numbers and a word tell three kinds apart."""
    random = np.random.default_rng(0)
    folder = tmp_path_factory.mktemp("tables")
    kinds = ["Adelie", "Chin[strap]", "=Gentoo"]
    with (folder / "penguins.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow(["bill", "mass", "island", "species"])
        for i in range(ROWS):
            k = i % 3
            writer.writerow(
                [
                    f"{random.normal(38 + 5 * k, 1):.2f}",
                    f"{random.normal(3500 + 900 * (k == 2), 150):.0f}",
                    ["Torgersen", "Dream", "Biscoe"][(k + (random.random() < 0.2)) % 3],
                    kinds[k],
                ]
            )
    return folder


@pytest.fixture
def classlens(folder, run_program, monkeypatch):
    monkeypatch.chdir(folder)
    return run_program


@pytest.fixture
def trained(classlens, folder):
    if not (folder / "m.safetensors").exists():
        classlens("train", "penguins.csv", "--target", "species", "-o", "m.safetensors")
    return folder / "m.safetensors"


def test_training_says_what_it_read_and_how_good_it_is(classlens, folder):
    text = classlens("train", "penguins.csv", "--target", "species", "-o", "told.safetensors")
    assert "120 rows, 4 columns." in text
    assert "the classes (3)" in text
    assert "Accuracy on 24 held-out rows:" in text
    assert "95 % confidence" in text
    assert "Always saying the most frequent class: 33.3%." in text
    assert "Chin[strap]" in text
    assert text.endswith("wrote told.safetensors\n")
    model = Model.load(folder / "told.safetensors")
    assert model.class_names == ("=Gentoo", "Adelie", "Chin[strap]")
    assert model.encoding is not None
    assert model.encoding.target == "species"


def test_options_reach_the_training(classlens, folder):
    classlens(
        *("train", "penguins.csv", "--target", "species", "-o", "o.safetensors", "--hidden", "5"),
        *("--epochs", 7, "--seed", 3, "--optimizer", "adam", "--leave-out", "island"),
    )
    model = Model.load(folder / "o.safetensors")
    assert model.network.sizes == (2, 5, 3)
    assert model.feature_names == ("bill", "mass")
    assert model.settings is not None
    assert (model.settings.epochs, model.settings.seed) == (7, 3)
    assert model.settings.optimizer == "adam"


def test_parts_are_as_large_as_asked_for(classlens, folder):
    given = ("train", "penguins.csv", "--target", "species", "-o", "p.safetensors", "--epochs", 3)
    text = classlens(*given, "--test-fraction", 0.5, "--validation-fraction", 0.1)
    assert "Learned from 48 rows, watched 12." in text
    assert "Accuracy on 60 held-out rows:" in text
    settings = Model.load(folder / "p.safetensors").settings
    assert settings is not None
    assert (settings.test_fraction, settings.validation_fraction) == (0.5, 0.1)
    text = classlens(*given, "--test-fraction", 0, "--validation-fraction", 0)
    assert "Learned from 120 rows, watched 0." in text
    assert "There is no score: nothing was held out." in text
    error = classlens(*given, "--validation-fraction", 0, "--patience", 3, status=2)
    assert "patience needs samples to watch." in error


def test_predictions_are_the_model_s(classlens, folder, trained):
    assert classlens("predict", trained, "penguins.csv", "-o", "out.csv") == "wrote out.csv\n"
    with (folder / "out.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["row"] for row in rows] == [str(i) for i in range(1, ROWS + 1)]
    model = Model.load(trained)
    with (folder / "penguins.csv").open() as file:
        given = list(csv.DictReader(file))
    X = [
        [float(row["bill"]), float(row["mass"])]
        + [float(row["island"] == word) for word in ("Biscoe", "Dream", "Torgersen")]
        for row in given
    ]
    shares = model.predict_proba(X)
    written = np.array([[float(row[f"p({name})"]) for name in model.class_names] for row in rows])
    np.testing.assert_allclose(written, shares, atol=1e-5)
    right = sum(
        row["prediction"].removeprefix("'") == true["species"]
        for row, true in zip(rows, given, strict=True)
    )
    assert right > 0.9 * ROWS
    # A cell that a spreadsheet would run is kept text.
    assert {row["prediction"] for row in rows} == {"'=Gentoo", "Adelie", "Chin[strap]"}
    printed = classlens("predict", trained, "penguins.csv")
    assert printed == (folder / "out.csv").read_text()


def test_one_example(classlens, trained):
    text = classlens("predict", trained, "--at", "bill=38,mass=3500,island=Torgersen")
    assert text.startswith("Adelie (")


def test_evaluation(classlens, trained):
    told = json.loads(classlens("evaluate", trained, "penguins.csv", "--json"))
    assert told["samples"] == ROWS
    assert np.trace(told["confusion"]) == round(told["accuracy"] * ROWS)
    assert f"of {ROWS};" in classlens("evaluate", trained, "penguins.csv")


def test_inspection(classlens, trained):
    text = classlens("inspect", trained)
    for part in ("L1", "Chin[strap]", "island=Dream", "Biscoe, Dream, Torgersen", "refused"):
        assert part in text
    told = json.loads(classlens("inspect", trained, "--json"))
    model = Model.load(trained)
    np.testing.assert_array_equal(told["layers"][0]["kernel"], model.network.layers[0].kernel)
    assert told["encoding"]["target"] == "species"


@pytest.mark.parametrize(
    ("content", "target", "message"),
    [
        ("x,y\n1,a\n2,a\n", "y", "must name at least two classes"),
        ("x,y\n1,a\n2,b\n", "z", "has no column 'z'"),
        ("x,y\n1,a\n,b\n3,a\n4,b\n", "y", "cells are missing in 'x' (1 cell)"),
        ("", "y", "is empty"),
        ("x,x\n1,2\n", "x", "'x'"),
    ],
)
def test_tables_that_are_refused(classlens, folder, content, target, message):
    (folder / "bad.csv").write_text(content)
    (folder / "bad.safetensors").unlink(missing_ok=True)
    error = classlens("train", "bad.csv", "--target", target, "-o", "bad.safetensors", status=2)
    assert message in error
    assert "Traceback" not in error
    assert not (folder / "bad.safetensors").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["train", "penguins.csv"], "has no column 'class'"),
        (["train", "nothing.csv"], "cannot read nothing.csv"),
        (
            ["train", "penguins.csv", "--target", "species", "-o", "no/m"],
            "Make it first, or choose another one.",
        ),
        (
            ["train", "penguins.csv", "--target", "species", "--missing", "guess"],
            "--missing must be one of refuse, impute. Got 'guess' instead.",
        ),
        (["train", "penguins.csv", "--header", "perhaps"], "must be yes or no. Got 'perhaps'"),
        (["train", "penguins.csv", "--image-size", "ax"], "--image-size must be a size"),
        (
            ["train", "penguins.csv", "--header", "x", "--image-size", "1x2x3"],
            "Got 'x' instead.\n--image-size must be a size such as 28 or 28x20. Got '1x2x3'",
        ),
        (["train", "penguins.csv", "--repeat", "0"], "--repeat must be a whole number from 1"),
        (
            ["train", "penguins.csv", "--target", "species", "-o", "penguins.csv"],
            "--output must not be another file of the command, nor in",
        ),
        (["predict", "MODEL", "penguins.csv", "-o", "penguins.csv"], "must not be another file"),
        (["train", "penguins.csv", "--target", "species", "--epochs", "0"], "--epochs must be"),
        (["predict", "MODEL"], "predict needs a table, or one example"),
        (["predict", "MODEL", "--at", "bill=1"], "Missing: mass, island."),
        (
            ["predict", "MODEL", "--at", "bill=1,mass=2,island=Mars"],
            "column 'island' holds 'Mars', which it never did",
        ),
        (["predict", "MODEL", "nothing.csv"], "cannot read nothing.csv"),
        (["predict", "MODEL", "penguins.csv", "--unseen", "x"], "--unseen must be one of"),
        (["evaluate", "MODEL", "other.csv"], "has no column 'bill'"),
        (["inspect", "penguins.csv"], "it is not a safetensors file"),
    ],
)
def test_refusals(classlens, folder, trained, arguments, message):
    (folder / "other.csv").write_text("a,species\n1,Adelie\n2,Adelie\n")
    given = [trained if each == "MODEL" else each for each in arguments]
    error = classlens(*given, status=2)
    assert message in error
    assert "Traceback" not in error


def test_labels_that_the_model_does_not_know(classlens, folder, trained):
    (folder / "new.csv").write_text("bill,mass,island,species\n38,3500,Dream,Emperor\n")
    error = classlens("evaluate", trained, "new.csv", status=2)
    assert "new.csv, line 2: column 'species' holds 'Emperor', which is none of the" in error


def test_a_model_of_arrays_judges_columns_with_its_features_names(classlens, folder):
    classlens("lab", "--no-plots", "--out", folder / "lab")
    model = folder / "lab" / "model.safetensors"
    error = classlens("evaluate", model, "penguins.csv", status=2)
    assert "penguins.csv has no column 'x0'" in error
    assert classlens("predict", model, "--at", "x0=1,x1=2").startswith("c")
    data = cl.blobs()
    with (folder / "points.csv").open("w") as file:
        writer = csv.writer(file)
        writer.writerow(["x1", "x0", "kind"])
        writer.writerows(
            [x1, x0, data.class_names[k]] for (x0, x1), k in zip(data.X, data.y, strict=True)
        )
    told = json.loads(classlens("evaluate", model, "points.csv", "--target", "kind", "--json"))
    assert told["accuracy"] == Model.load(model).network.evaluate(data.X, data.y).accuracy
    explained = classlens("explain", model, "points.csv", "--target", "kind")
    same, _, count = explained.rpartition("\n\n")
    assert same == classlens("explain", model, "blobs").rstrip()
    assert count == "Examples count from 0: example 0 is row 1 of points.csv.\n"
    assert "has no column 'class'" in classlens("evaluate", model, "points.csv", status=2)
    error = classlens("evaluate", model, "points.csv", "--target", "x0", status=2)
    assert "target must not be one of the model's features" in error


def test_an_explanation_speaks_of_the_table_s_columns(classlens, trained):
    text = classlens("explain", trained, "penguins.csv")
    assert "=Gentoo" in text
    assert "bill" in text
    row = classlens("explain", trained, "--at", "bill=38,mass=3500,island=Torgersen")
    assert "is predicted as Adelie." in row
    error = classlens("explain", trained, "--at", "bill=38,mass=3500,island=Mars", status=2)
    assert "column 'island' holds 'Mars', which it never did" in error
    error = classlens("explain", trained, "gone.csv", status=2)
    assert "cannot read gone.csv" in error


def test_repeated_training_tells_the_spread(classlens, folder):
    text = classlens(
        *("train", "penguins.csv", "--target", "species", "-o", "r.safetensors", "--repeat", 3),
        *("--hidden", 4, "--epochs", 20, "--seed", 5),
    )
    scores = [float(word) for word in re.findall(r"seed \d: accuracy ([\d.]+)%", text)]
    assert len(scores) == 3
    mean = re.search(r"Accuracy over 3 seeds: mean ([\d.]+)%, standard deviation ([\d.]+)", text)
    assert mean is not None
    assert float(mean[1]) == pytest.approx(np.mean(scores), abs=0.06)
    assert float(mean[2]) == pytest.approx(np.std(scores, ddof=1), abs=0.06)
    # The first seed's model is kept.
    alone = cl.train(folder / "penguins.csv", "species", hidden=4, epochs=20, seed=5)
    kept = Model.load(folder / "r.safetensors")
    np.testing.assert_array_equal(
        kept.network.layers[0].kernel, alone.model.network.layers[0].kernel
    )
    assert f"seed 5: accuracy {alone.measures.accuracy:.1%}" in text


def test_training_without_a_score_is_not_repeated(classlens, folder):
    text = classlens(
        *("train", "penguins.csv", "--target", "species", "-o", "s.safetensors", "--repeat", 3),
        *("--hidden", 4, "--epochs", 2, "--test-fraction", 0),
    )
    assert text.endswith("wrote s.safetensors\nThere is nothing to repeat without a score.\n")


def test_signs_that_command_the_terminal_are_spelt_out(classlens, folder):
    rows = "".join(f"{i % 2}.{i},\x1b[3{i % 2}mred\n" for i in range(60))
    (folder / "colours.csv").write_text(f"x,c\x1b[2Jlass\n{rows}")
    text = classlens("train", "colours.csv", "--target", "c\x1b[2Jlass", "-o", "c.safetensors")
    assert "\x1b" not in text
    assert "\\x1b[31mred" in text
    assert "\x1b" not in classlens("inspect", "c.safetensors")


def test_class_names_with_line_ends_stay_in_their_cells(classlens, folder):
    data = cl.Dataset(cl.blobs().X, cl.blobs().y, ("u\n=1+1", "v\r", 'w,"x', "z"))
    cl.fit(data, epochs=2).model.save(folder / "n.safetensors")
    (folder / "points.csv").write_text("x0,x1\n" + "-5,2\n5,-2\n-2,-2\n1,2\n" * 5)
    classlens("predict", "n.safetensors", "points.csv", "-o", "named.csv")
    with (folder / "named.csv").open(newline="") as file:
        header, *rows = list(csv.reader(file))
    assert header == ["row", "prediction", *(f"p({name})" for name in data.class_names)]
    assert len(rows) == 20
    assert {len(row) for row in rows} == {6}
    assert {row[1] for row in rows} <= set(data.class_names)


def test_what_is_read_is_not_written_over(classlens, folder):
    (folder / "deep" / "er").mkdir(parents=True, exist_ok=True)
    content = (folder / "penguins.csv").read_bytes()
    (folder / "deep" / "er" / "t.csv").write_bytes(content)
    given = ("train", "deep/**/*.csv", "--target", "species", "-o", "deep/er/t.csv")
    assert "must not be another file" in classlens(*given, status=2)
    assert (folder / "deep" / "er" / "t.csv").read_bytes() == content
    assert "in a folder that is read" in classlens("train", "deep", "-o", "deep/x", status=2)
