"""``train``: which rows do what, in which units the model speaks, and that seeds decide it all."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import classlens as cl
from classlens.tabular.learning import learn
from classlens.tabular.preparing import prepare
from classlens.training.standing import Progress

RNG = np.random.default_rng(1)
KINDS = np.array(["ash", "birch", "fir"])
Y = np.arange(150) % 3
FRAME = pd.DataFrame(
    {
        "height": 1e4 * Y + RNG.normal(0, 1e3, 150),
        "girth": 1e-3 * (Y == 1) + RNG.normal(0, 1e-4, 150),
        "kind": KINDS[Y],
    }
)
QUICK = {"hidden": (8,), "epochs": 40}
LONG: dict[str, Any] = {"hidden": (8,), "epochs": 1000, "patience": None}


def test_a_fifth_scores_and_a_fifth_of_the_rest_is_watched() -> None:
    trained = cl.train(FRAME, "kind", **QUICK)
    parts = trained.parts
    assert [len(part) for part in parts] == [96, 24, 30]
    assert sorted(np.concatenate(parts).tolist()) == list(range(150))
    for part in parts:
        assert np.ptp(np.bincount(Y[part])) == 0
    assert trained.measures is not None
    assert trained.measures.samples == 30
    # The score is the model's on the table's own cells.
    X = FRAME[["height", "girth"]].to_numpy()[parts.test]
    right = trained.model.predict(X) == Y[parts.test]
    assert trained.measures.accuracy == right.mean() > 0.9


def test_the_model_speaks_in_the_table_s_units() -> None:
    trained = cl.train(FRAME, "kind", **QUICK)
    first = trained.model.network.layers[0]
    heights, girths = np.abs(first.kernel)
    assert 1e5 < np.median(girths / heights) < 1e10  # their scales are 1e7 apart
    assert trained.model.feature_names == ("height", "girth")
    assert trained.model.class_names == tuple(KINDS)
    explained = cl.explain(trained, trained.data)
    assert "height" in str(explained)
    cl.verify(explained, trained, trained.data)
    assert repr(trained).startswith("Trained(Model(")


def test_seeds_decide_everything() -> None:
    first, again, other = (cl.train(FRAME, "kind", seed=seed, **QUICK) for seed in (7, 7, 8))
    for a, b in zip(first.model.network.layers, again.model.network.layers, strict=True):
        np.testing.assert_array_equal(a.kernel, b.kernel)
    assert first.parts.test.tolist() == again.parts.test.tolist() != other.parts.test.tolist()
    fresh = cl.train(FRAME, "kind", seed=None, **QUICK)
    settings = fresh.model.settings
    assert settings is not None
    repeated = cl.train(FRAME, "kind", seed=settings.seed, **QUICK)
    np.testing.assert_array_equal(
        fresh.model.network.layers[0].kernel, repeated.model.network.layers[0].kernel
    )


def test_other_seeds_compile_nothing(compilations: Any) -> None:
    prepared = prepare(FRAME, "kind")
    options = {"hidden": (9, 7), "epochs": 5}  # of no other test, so that it is not compiled yet
    learn(prepared, seed=0, **options)
    before = compilations.count
    assert before > 0
    for seed in range(1, 4):
        learn(prepared, seed=seed, **options)
    assert compilations.count == before


def test_fractions() -> None:
    trained = cl.train(FRAME, "kind", test_fraction=0, validation_fraction=0, **QUICK)
    assert trained.measures is None
    assert [len(part) for part in trained.parts] == [150, 0, 0]
    assert "not scored" in repr(trained)
    assert trained.history.val_loss is None
    trained = cl.train(FRAME, "kind", test_fraction=0.4, validation_fraction=0.2, **QUICK)
    assert [len(part) for part in trained.parts] == [60, 30, 60]


def test_a_class_of_one_row_is_learned_and_not_scored() -> None:
    few = pd.concat([FRAME, pd.DataFrame({"height": [5e4], "girth": [1.0], "kind": ["yew"]})])
    trained = cl.train(few, "kind", **QUICK)
    assert 150 in trained.parts.training
    assert trained.measures is not None
    assert trained.measures.classes[3].samples == 0


def test_early_stopping_keeps_the_best_epoch() -> None:
    trained = cl.train(FRAME, "kind", hidden=(8,), epochs=4000, patience=3, learning_rate=0.05)
    assert trained.run.ending == "early"
    losses = trained.history.val_loss
    assert losses is not None
    assert trained.run.epoch == int(np.argmin(losses)) + 1 < len(losses) < 4000


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"epochs": 0}, "epochs must be a whole number from 1"),
        ({"epoch": 3}, "there is no option 'epoch'. Did you mean 'epochs'?"),
        ({"missing_word": "NA"}, "Did you mean 'missing_words'?"),
        ({"patience": 3, "validation_fraction": 0}, "patience needs samples to watch"),
        ({"test_fraction": 1.0}, "test_fraction"),
    ],
)
def test_refusals(options: dict[str, object], message: str) -> None:
    with pytest.raises(cl.ArgumentError, match=re.escape(message)):
        cl.train(FRAME, "kind", **options)


class Stop(Exception):
    """The program ends here, as far as the training can tell."""


def wait_for(path: Path) -> None:
    for _ in range(12_000):
        if path.exists():
            return
        time.sleep(0.005)
    raise AssertionError(f"{path} does not come")


def stopped(prepared: Any, path: Path, **options: Any) -> None:
    """A training that ends without a word once there is a checkpoint."""

    def stop(_: Progress) -> None:
        wait_for(path)
        raise Stop

    often = cl.Checkpoint(path, minutes=1e-9)
    with pytest.raises(Stop):
        learn(prepared, progress=stop, checkpoint=often, **LONG, **options)


def test_a_training_goes_on_with_the_seed_and_the_parts_that_it_had(tmp_path: Path) -> None:
    path = tmp_path / "run.checkpoint"
    prepared = prepare(FRAME, "kind")
    stopped(prepared, path, seed=None)
    kept = cl.Checkpoint(path, resume=True)
    done = learn(prepared, checkpoint=kept, seed=None, **LONG)
    assert done.model.settings is not None
    same = learn(prepared, seed=done.model.settings.seed, **LONG)
    assert done.history.columns() == same.history.columns()
    for one, other in zip(done.parts, same.parts, strict=True):
        np.testing.assert_array_equal(one, other)
    assert not path.exists()


@pytest.mark.parametrize("part", ["training", "watched", "test"])
def test_a_row_that_has_changed_is_noticed_in_every_part(tmp_path: Path, part: str) -> None:
    path = tmp_path / "run.checkpoint"
    prepared = prepare(FRAME, "kind")
    stopped(prepared, path)
    row = getattr(cl.train(FRAME, "kind", hidden=(8,), epochs=1).parts, part)[0]
    changed = FRAME.copy()
    changed.loc[row, "height"] += 1
    kept = cl.Checkpoint(path, resume=True)
    with pytest.raises(cl.ArgumentError, match=r"another training: the data differ\."):
        learn(prepare(changed, "kind"), checkpoint=kept, **LONG)
