"""Every odd table that is one is learned from, and predicted as it was read for training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from corpus import Case
from corpus_good import GOOD
from corpus_typed import TYPED_GOOD

import classlens as cl
from classlens.data.tables.options import ReadOptions
from classlens.tabular.preparing import prepare

CASES = [*GOOD, *(replace(case, text=None) for case in TYPED_GOOD)]
# What can be read and not be learned from: nothing is left, or cells are missing.
REFUSALS = ("no column is left to learn from", "cells are missing", "must have no date")


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_learned_from(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    options = {"missing": "impute", **case.options}
    try:
        prepared = prepare(path, case.target, **options)
    except cl.TableError as error:
        refused = str(error)
        assert any(words in refused for words in REFUSALS)
        return
    trained = cl.train(path, case.target, hidden=(), epochs=2, **options)
    model = trained.model
    model.save(tmp_path / "m.safetensors")
    loaded = cl.Model.load(tmp_path / "m.safetensors")
    reading = {
        name: value
        for name, value in case.options.items()
        if name in vars(ReadOptions()) and name not in ("kinds", "colour", "image_size")
    }
    shares = np.concatenate(list(cl.predict(loaded, path, **reading)))
    expected = model.predict_proba(prepared.X)
    np.testing.assert_allclose(shares, expected, rtol=1e-9, atol=1e-12)
    assert cl.evaluate(loaded, path, **reading).samples == len(prepared.X)
