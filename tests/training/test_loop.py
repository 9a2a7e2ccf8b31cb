"""Progress, Ctrl-C and divergence: what a run tells, and leaves behind."""

import math
import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import classlens as cl
from classlens.training.prepare import prepare

NOTHING = {"validation_data": None, "sample_weight": None}


def arrays(network):
    return [array for layer in network.layers for array in layer.get_weights()]


def test_divergence_names_the_epoch_and_keeps_the_last_good_run():
    data = cl.blobs()
    with pytest.raises(cl.DivergedError) as caught:
        cl.fit(data, optimizer="sgd", learning_rate=1e5, hidden=(8, 8), epochs=500)
    error = caught.value
    assert f"diverged in epoch {error.epoch}: " in str(error)
    assert "Try a lower learning_rate (it was 100000)" in str(error)
    run = error.run
    assert run.ending == "diverged"
    assert len(run.history) == error.epoch - 1
    assert np.isfinite(run.history.loss).all()
    assert all(np.isfinite(a).all() for a in arrays(run.network))


@pytest.mark.parametrize("optimizer", ["adam", "adamw", "sgd", "rmsprop"])
def test_a_rate_of_a_million_diverges(optimizer):
    with pytest.raises(cl.DivergedError) as caught:
        cl.fit(cl.blobs(), optimizer=optimizer, learning_rate=1e6, hidden=(8, 8), epochs=50)
    error = caught.value
    assert "Try a lower learning_rate (it was 1e+06), or scale the features" in str(error)
    assert error.run.ending == "diverged"
    assert error.epoch - len(error.run.history) in (0, 1)
    assert all(np.isfinite(a).all() for a in arrays(error.run.network))
    assert np.isfinite(error.run.network.predict_proba(cl.blobs().X)).all()


def test_a_network_that_is_far_worse_than_guessing_is_refused_in_the_end():
    data = cl.blobs()
    late = (np.column_stack([data.X, 1.6e9 + np.arange(100)]), data.y)  # seconds since 1970
    with pytest.raises(cl.DivergedError) as caught:
        cl.fit(late, epochs=20)
    error = caught.value
    assert str(error).startswith("the training ended with a loss of ")
    assert "where guessing gives 1.4. Try a lower learning_rate (it was 0.01), or " in str(error)
    assert error.epoch == len(error.run.history) == error.run.epoch == 20
    assert error.run.history.loss[-1] > 1e5
    with pytest.raises(cl.DivergedError, match=r"where guessing gives 1\.4e\+04\."):
        cl.fit(late, epochs=20, sample_weight=np.full(100, 1e4))


def test_large_features_of_one_scale_are_no_divergence():
    data = cl.blobs()
    run = cl.fit((data.X * np.float32(1e12), data.y), hidden=(8, 8), epochs=200)
    assert run.history.loss[0] > 1e11
    assert run.history.accuracy[-1] == 1


def test_features_beyond_all_measure():
    data = cl.blobs()
    with pytest.raises(cl.DivergedError, match=r"in epoch 1: the loss is not a finite number\."):
        cl.fit((data.X * np.float32(1e37), data.y), epochs=5)


@pytest.mark.parametrize("part", ["validation_data", "test"])
def test_a_held_out_sample_that_overflows(part):
    data = cl.blobs()
    large = cl.Dataset(np.full((4, 2), 3e38), [0, 1, 2, 3])
    if part == "validation_data":
        with pytest.raises(cl.DivergedError, match="in epoch 1: val_loss is not a finite number"):
            cl.fit(data, validation_data=large, hidden=(32, 32), epochs=3)
        return
    # Rows that the test takes are known from a run on the data as they are.
    held = prepare(data, cl.Settings(test_fraction=0.1), **NOTHING).test
    X = data.X.copy()
    X[(data.X[:, None] == held.X).all(axis=2).any(axis=1)] = 3e38
    with pytest.raises(cl.DivergedError, match=r"the test part cannot be scored: unit .* overfl"):
        cl.fit((X, data.y), test_fraction=0.1, hidden=(32, 32), epochs=3)


@pytest.mark.parametrize(
    ("data", "options"),
    [
        (([[0.0], [1.0]], [0, 1]), {}),
        (([[0.0], [1.0]], ["a", "b"]), {"batch_size": 10**9}),
        ((np.ones((40, 3)), np.arange(40) % 2), {}),
        ((np.zeros((5, 200)), [0, 1, 2, 0, 1]), {"validation_fraction": 0.0}),
        (cl.blobs(100, centers=50), {"validation_fraction": 0.99}),
        (cl.blobs(7), {"batch_size": 1, "hidden": ()}),
        (cl.blobs(8), {"class_weight": {"c0": 0, "c1": 0}}),
        (cl.blobs(8).take(range(5)), {"class_weight": "balanced"}),
    ],
    ids=[
        "two",
        "words",
        "constant",
        "wide",
        "many classes",
        "batch of 1",
        "weight 0",
        "a class less",
    ],
)
def test_odd_data_are_trained_on(data, options):
    run = cl.fit(data, epochs=3, **options)
    assert run.ending == "finished"
    assert np.isfinite(run.history.loss).all()
    assert np.isfinite(run.network.predict_proba(cl.Dataset.of(data).X)).all()


def test_validation_samples_of_some_classes():
    data = cl.blobs()
    words = np.array(["red", "green", "blue", "black"])[data.y]
    rows = np.flatnonzero(data.y > 1)[:4]
    run = cl.fit((data.X, words), validation_data=(data.X[rows], words[rows]), epochs=2)
    y = [run.network.classes.index(word) for word in words[rows]]
    score = run.network.evaluate(data.X[rows], y)
    assert run.history.val_loss[-1] == pytest.approx(score.loss, rel=1e-5)


@pytest.mark.parametrize(
    ("watched", "words"),
    [
        (5, "in validation_data, data must be a Dataset or a pair (X, y). Got int instead."),
        (([[0.0, math.nan]], [0]), "in validation_data, X must be finite in float32. Got nan"),
        (
            ([[0.0, 1.0]], ["c9"]),
            "in validation_data, y must hold names of classes, c0, c1, c2, c3.",
        ),
        (([[0.0, 1.0]], [4]), "in validation_data, y must be below 4, the number of class names."),
    ],
)
def test_what_is_wrong_with_validation_data_is_said_of_it(watched, words):
    with pytest.raises(cl.DataError) as caught:
        cl.fit(cl.blobs(), validation_data=watched)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("epoch", "got"),
    [
        ("a", "'a'"),
        (None, "None"),
        (True, "True"),
        (-1, "-1"),
        (3, "3"),
        (1.0, "1.0"),
        ([1], "[1]"),
    ],
)
def test_epochs_that_there_were_not(epoch, got):
    run = cl.fit(cl.blobs(8), epochs=2)
    for ask in (run.network_at, run.history.parameters_at):
        with pytest.raises(cl.ArgumentError) as caught:
            ask(epoch)
        assert str(caught.value) == f"epoch must be a whole number from 0 to 2. Got {got} instead."


def test_losses_grow_with_the_weights():
    data = cl.blobs()
    plain = cl.fit(data, epochs=1, validation_fraction=0.2)
    heavy = cl.fit(data, epochs=1, validation_fraction=0.2, sample_weight=np.full(100, 10.0))
    # Adam's steps hardly feel the weight, so that the losses stay in that proportion.
    assert heavy.history.loss[0] == pytest.approx(10 * plain.history.loss[0], rel=1e-3)
    assert heavy.history.val_loss[0] == pytest.approx(plain.history.val_loss[0], rel=1e-3)
    assert heavy.history.accuracy[0] == plain.history.accuracy[0]


def test_progress_is_told():
    news = []
    cl.fit(cl.blobs(), epochs=300, progress=news.append)
    assert sum(len(each.news) for each in news) == 300
    assert news[-1].epoch == news[-1].epochs == 300
    assert news[-1].done == 1


def test_progress_may_end_the_run_with_an_error():
    class Enough(Exception):
        pass

    def stop(_):
        raise Enough

    with pytest.raises(Enough):
        cl.fit(cl.blobs(), epochs=3, progress=stop)


def slow_run():
    random = np.random.default_rng(0)
    X = random.normal(size=(20_000, 200)).astype(np.float32)
    return cl.Dataset(X, random.integers(0, 5, 20_000)), {"hidden": (256,), "epochs": 1000}


@pytest.mark.parametrize("calls", [1, 2, 3, 7])
def test_an_interruption_returns_the_last_whole_epoch(calls):
    seen = []

    def stop(news):
        seen.append(news)
        if len(seen) == calls:
            raise KeyboardInterrupt

    run = cl.fit(cl.blobs(2000), epochs=5000, progress=stop)
    assert run.ending == "interrupted"
    assert run.epoch == len(run.history) == seen[-1].epoch
    same = cl.fit(cl.blobs(2000), epochs=run.epoch)
    for a, b in zip(arrays(run.network), arrays(same.network), strict=True):
        assert np.array_equal(a, b)


def test_an_interruption_before_the_first_epoch_returns_the_start():
    def stop(_):
        raise KeyboardInterrupt

    data, options = slow_run()
    run = cl.fit(data, progress=stop, **options)
    assert run.epoch == len(run.history) == 0
    assert run.network.predict(data.X[:3]).shape == (3,)


@pytest.mark.parametrize(
    ("options", "delays"),
    [
        ({"history_megabytes": 1}, (0.05, 0.31, 0.62)),
        ({"validation_fraction": 0.3, "patience": 10**8, "learning_rate": 1e-6}, (0.2,)),
        pytest.param({}, np.random.default_rng(0).uniform(0.02, 0.5, 20), marks=pytest.mark.slow),
    ],
    ids=["history", "early stopping", "random moments"],
)
@pytest.mark.slow
def test_ctrl_c_at_any_moment_returns_a_usable_run(tmp_path, options, delays):
    script = tmp_path / "long.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import numpy as np
            import classlens as cl
            options = {options}
            cl.fit(cl.blobs(300), epochs=1, **options)

            def say_once(_, said=[]):
                if not said:
                    said.append(print("ready", flush=True))

            run = cl.fit(cl.blobs(300), epochs=10_000_000, progress=say_once, **options)
            assert run.ending == "interrupted"
            assert run.epoch == (run.history.best if "patience" in options else len(run.history))
            assert np.isfinite(run.network.predict_proba([[0.0, 1.0]])).all()
            print("usable")
            """
        )
    )
    for delay in delays:
        child = subprocess.Popen(
            [sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=os.environ
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        time.sleep(delay)
        sent = time.perf_counter()
        child.send_signal(signal.SIGINT)
        output, _ = child.communicate(timeout=60)
        assert output == "usable\n"
        assert child.returncode == 0
        assert time.perf_counter() - sent < 10
