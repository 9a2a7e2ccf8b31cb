"""A model meets other tables: reordered, renamed, unseen, without an encoding."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.tabular.judging import columns_of, features_of

RNG = np.random.default_rng(2)
Y = np.arange(90) % 2
FRAME = pd.DataFrame(
    {
        "dose": 5.0 * Y + RNG.normal(size=90),
        "ward": np.array(["A", "B", "C"])[RNG.integers(0, 3, 90)],
        "cured": np.array(["no", "yes"])[Y],
    }
)


@pytest.fixture(scope="module")
def trained() -> cl.Trained:
    return cl.train(FRAME, "cured", hidden=(6,), epochs=60)


def shares(model: object, source: object, **options: object) -> np.ndarray:
    return np.concatenate(list(cl.predict(model, source, **options)))


def test_the_order_of_columns_and_others_besides_do_not_matter(trained: cl.Trained) -> None:
    usual = shares(trained, FRAME)
    assert usual.shape == (90, 2)
    np.testing.assert_allclose(usual.sum(axis=1), 1)
    changed = FRAME[["cured", "ward", "dose"]].assign(note="x")
    np.testing.assert_array_equal(shares(trained, changed), usual)
    # Against the network itself, on an encoding by hand.
    X = np.stack([FRAME["dose"], *(FRAME["ward"] == word for word in "ABC")], axis=1)
    np.testing.assert_allclose(usual, trained.model.predict_proba(X.astype(float)), rtol=1e-12)


def test_the_measures_are_those_of_the_predictions(trained: cl.Trained) -> None:
    measures = cl.evaluate(trained, FRAME)
    best = shares(trained, FRAME).argmax(axis=1)
    assert measures.accuracy == (best == Y).mean()
    renamed = FRAME.rename(columns={"cured": "well"})
    assert cl.evaluate(trained, renamed, target="well").accuracy == measures.accuracy


def test_samples_to_explain(trained: cl.Trained) -> None:
    samples = cl.samples_of(trained, FRAME)
    assert samples.data.feature_names == ("dose", "ward=A", "ward=B", "ward=C")
    assert samples.data.y.tolist() == Y.tolist()
    cl.verify(cl.explain(trained, samples.data), trained, samples.data)


def test_one_row(trained: cl.Trained) -> None:
    assert columns_of(trained) == ("dose", "ward")
    assert features_of(trained, {"ward": "B", "dose": "1.5"}).tolist() == [1.5, 0, 1, 0]
    with pytest.raises(cl.ArgumentError, match=r"must have every column\. Missing: ward\."):
        features_of(trained, {"dose": "1"})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"ward": "D"}, "column 'ward' holds 'D', which it never did"),
        ({"dose": np.nan}, "column 'dose' must not be missing there"),
        ({"dose": "much"}, "much"),
        ({"dose": np.inf}, "inf"),
    ],
)
def test_cells_that_cannot_be_used(
    trained: cl.Trained, changes: dict[str, object], message: str
) -> None:
    with pytest.raises(cl.TableError, match=re.escape(message)):
        shares(trained, FRAME.assign(**changes))


def test_words_that_were_not_there_can_be_ignored(trained: cl.Trained) -> None:
    strange = shares(trained, FRAME.assign(ward="D"), unseen="ignore")
    X = np.stack([FRAME["dose"], *[np.zeros(90)] * 3], axis=1)
    np.testing.assert_allclose(strange, trained.model.predict_proba(X), rtol=1e-12)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (FRAME.drop(columns="dose"), "has no column 'dose'"),
        (FRAME.drop(columns="cured"), "has no column 'cured'"),
        (FRAME.assign(cured="perhaps"), "holds 'perhaps', which is none of the model's classes"),
        (FRAME.assign(cured=[None, *FRAME["cured"][1:]]), "column 'cured' has no label there"),
        (FRAME.iloc[:0], "has no rows"),
    ],
)
def test_tables_that_do_not_fit(trained: cl.Trained, frame: pd.DataFrame, message: str) -> None:
    with pytest.raises(cl.TableError, match=re.escape(message)):
        cl.evaluate(trained, frame)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"unseen": "guess"}, "unseen must be one of refuse, ignore. Got 'guess' instead."),
        ({"target": "dose"}, "target must not be one of the model's features. Got 'dose'"),
    ],
)
def test_arguments(trained: cl.Trained, options: dict[str, str], message: str) -> None:
    with pytest.raises(cl.ArgumentError, match=re.escape(message)):
        cl.evaluate(trained, FRAME, **options)


def test_missing_words_are_added_to_those_of_the_training(tmp_path: Path) -> None:
    frame = FRAME.assign(dose=["NA", *FRAME["dose"][1:].map(str)])
    frame.to_csv(tmp_path / "a.csv", index=False)
    trained = cl.train(
        tmp_path / "a.csv", "cured", missing="impute", missing_words="NA", hidden=4, epochs=5
    )
    frame.assign(dose=["NA", "?", *frame["dose"][2:]]).to_csv(tmp_path / "b.csv", index=False)
    with pytest.raises(cl.TableError, match=re.escape("'?'")):
        shares(trained, tmp_path / "b.csv")
    found = shares(trained, tmp_path / "b.csv", missing_words=("?",))
    assert len(found) == 90


def test_a_model_of_arrays_takes_columns_of_its_names() -> None:
    data = cl.blobs()
    run = cl.fit(data, epochs=20)
    frame = pd.DataFrame(
        {"x1": data.X[:, 1], "x0": data.X[:, 0], "class": [data.class_names[k] for k in data.y]}
    )
    np.testing.assert_allclose(shares(run, frame), run.model.predict_proba(data.X), atol=1e-6)
    assert cl.evaluate(run, frame).samples == 100
