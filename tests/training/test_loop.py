"""Progress, Ctrl-C and divergence: what a run tells, and leaves behind."""

import os
import signal
import subprocess
import sys
import textwrap
import time

import numpy as np
import pytest

import classlens as cl
from classlens.training import epochs, loop
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


@pytest.mark.parametrize("seconds_a_step", [1e-7, 1e-5, 1e-3, 0.02])
def test_calls_come_to_take_a_25th_of_a_second(seconds_a_step):
    data, options = slow_run()
    trainer = loop.Trainer(prepare(data, cl.Settings(**options), **NOTHING))
    whole, seconds = 625, 0.0
    for _ in range(30):
        steps = max(1, int(trainer._steps))
        span = epochs.Span(0, 1, 0, steps, 0, 0)
        if steps >= whole:
            span = epochs.Span(0, steps // whole, 0, whole, 0, 0)
        seconds = seconds_a_step * (span.last - span.first) * span.batch_end
        trainer._pace(span, seconds)
    assert 0.02 <= seconds <= 0.05


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


def test_ctrl_c_at_any_moment_returns_a_usable_run(tmp_path):
    script = tmp_path / "long.py"
    script.write_text(
        textwrap.dedent(
            """
            import numpy as np
            import classlens as cl
            cl.fit(cl.blobs(300), epochs=1)
            print("ready", flush=True)
            run = cl.fit(cl.blobs(300), epochs=10_000_000, history_megabytes=1)
            assert run.ending == "interrupted"
            assert len(run.history) == run.epoch
            assert np.isfinite(run.network.predict_proba([[0.0, 1.0]])).all()
            print("usable")
            """
        )
    )
    for delay in (0.05, 0.31, 0.62):
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
