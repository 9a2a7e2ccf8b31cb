"""The facts of a report: the score on rows not seen, the data, and how the network was trained."""

from __future__ import annotations

import json
import re

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.report import report_html
from classlens.view.facts import facts

RNG = np.random.default_rng(2)
Y = np.arange(100) % 2
FRAME = pd.DataFrame({"wide": Y + RNG.normal(0, 0.4, 100), "kind": np.array(["no", "yes"])[Y]})


@pytest.fixture(scope="module")
def trained() -> cl.Trained:
    return cl.train(FRAME, "kind", hidden=(3,), epochs=40, patience=None)


def test_a_table_s_report_says_all_that_its_reader_needs(trained: cl.Trained) -> None:
    told = dict(facts(trained, trained.data, source="points.csv"))
    score = trained.measures
    assert score is not None
    assert told["Held-out score"] == (
        f"{score.accuracy:.1%} of 20 rows that the training did not see are right "
        f"({score.correct} of 20)."
    )
    assert told["Data"] == "points.csv: 100 rows, 1 feature"
    assert told["Predicts"] == "kind, 2 classes: no, yes"
    assert told["Network"] == "1 - 3 - 2, relu"
    assert told["Epochs"] == "that of epoch 40 is shown, of 40 epochs."
    assert told["Trained with"].startswith("adamw, learning rate ")
    assert re.search(r"batches of \d+, seed 1234, 16% of the rows watched", told["Trained with"])


def test_a_model_file_s_says_why_it_knows_no_epochs(trained: cl.Trained) -> None:
    told = dict(facts(trained.model, trained.data))
    assert told["Held-out score"].startswith("unknown: a model file does not keep it, nor which")
    assert told["Data"] == "100 rows, 1 feature"
    assert told["Epochs"] == (
        "only the last state is shown (at most 40 were asked for): the course of a training is "
        "known to the training alone, and no model file keeps it. classlens train --report shows "
        "it."
    )
    assert "seed 1234" in told["Trained with"]


def test_runs() -> None:
    data = cl.blobs()
    told = dict(facts(cl.fit(data, epochs=3), data))
    assert told["Held-out score"] == (
        "none: no rows were held out. The accuracy below is on rows that were learned from."
    )
    run = cl.fit(data, epochs=3, test_fraction=0.2)
    assert run.test is not None
    assert f"({run.test.correct} of 20)." in dict(facts(run, data))["Held-out score"]
    known = dict(facts(run.network, data, history=run.history))
    assert known["Epochs"] == "3 epochs."
    assert "Trained with" not in known


def test_a_training_that_stopped_early() -> None:
    data = cl.blobs(200)
    run = cl.fit(
        data, epochs=60, learning_rate=0.05, validation_fraction=0.3, patience=3, shuffle_seed=1
    )
    assert run.ending == "early"
    told = dict(facts(run, data))["Epochs"]
    assert told == (
        f"that of epoch {run.epoch} is shown, of {len(run.history)} epochs, which stopped early."
    )


def test_the_page_is_given_them(trained: cl.Trained) -> None:
    page = report_html(trained, trained.data, source="</script><b>.csv")
    text = re.search(r'id="facts">(.*?)</script>', page, re.DOTALL)
    assert text is not None
    assert json.loads(text[1]) == [
        list(row) for row in facts(trained, trained.data, source="</script><b>.csv")
    ]
