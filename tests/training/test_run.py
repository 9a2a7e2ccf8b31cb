"""``fit`` against the lab's numbers, TensorFlow's, and itself cut into other pieces."""

import json
from pathlib import Path

import numpy as np
import pytest

import classlens as cl
from classlens.training import loop, pacing
from classlens.training.orders import Orders

DATA = Path(__file__).parents[1] / "data"
LAB = np.load(DATA / "lab_trace.npz")
RUNS = np.load(DATA / "tensorflow_runs.npz")
CASES = json.loads(str(RUNS["cases"]))
PRINTED = np.loadtxt(DATA / "printed_losses.csv", delimiter=",", skiprows=1)[:, 1]


@pytest.fixture(scope="module")
def lab():
    return cl.fit(cl.blobs())


def arrays(network):
    return [array for layer in network.layers for array in layer.get_weights()]


def test_all_200_printed_losses(lab):
    assert len(lab.history) == 200
    assert np.abs(lab.history.loss - PRINTED).max() < 6e-5
    assert np.abs(lab.history.loss - LAB["loss"]).max() < 2e-6
    assert lab.history.accuracy[-1] == 1
    assert lab.ending == "finished"
    assert lab.epoch == 200


def test_the_lab_s_final_weights(lab):
    for ours, recorded in zip(
        arrays(lab.network), (LAB[k] for k in ("fW1", "fb1", "fW2", "fb2")), strict=True
    ):
        assert np.abs(ours - recorded).max() < 1e-5


def test_the_history_holds_every_epoch_s_parameters(lab):
    assert lab.history.kept.tolist() == list(range(201))
    start, end = lab.network_at(0), lab.network_at(200)
    assert np.array_equal(start.layers[0].kernel, LAB["W1"])
    assert not start.layers[0].bias.any()
    for a, b in zip(arrays(end), arrays(lab.network), strict=True):
        assert np.array_equal(a, b)
    assert lab.history.best == int(np.argmin(lab.history.loss)) + 1


# We refuse to train on one class; the recorded runs on 1 and 2 samples serve the orders only.
@pytest.mark.parametrize("case", [i for i, spec in enumerate(CASES) if spec["n"] > 2])
def test_recorded_tensorflow_runs(case):
    spec = CASES[case]
    n = spec["n"]
    data = cl.Dataset(LAB["X"][:n], LAB["y"][:n], ("c0", "c1", "c2", "c3"))
    run = cl.fit(
        data,
        hidden=spec["sizes"][1:-1],
        activation=spec["activation"],
        batch_size=spec["batch_size"],
        epochs=spec["epochs"],
        seed=spec["seed"],
    )
    assert np.allclose(run.history.loss, RUNS[f"{case}_loss"], rtol=1e-6)
    assert np.allclose(run.history.accuracy, RUNS[f"{case}_accuracy"])
    for number, layer in enumerate(run.network.layers):
        assert np.allclose(layer.kernel, RUNS[f"{case}_final_kernel{number}"], atol=1e-6)
        assert np.allclose(layer.bias, RUNS[f"{case}_final_bias{number}"], atol=1e-6)


OPTIONS = {"hidden": (5,), "epochs": 7, "seed": 5, "validation_fraction": 0.25, "batch_size": 16}


@pytest.mark.parametrize("steps", [1, 2, 5, 6, 7, 13])
def test_the_pieces_of_a_run_do_not_matter(monkeypatch, steps):
    whole = cl.fit(cl.blobs(90), **OPTIONS)
    calls = []

    def paced(self, made, seconds):
        calls.append(made)
        return pacing.Pace(steps)

    monkeypatch.setattr(pacing.Pace, "assumed", lambda numbers, rows: pacing.Pace(steps))
    monkeypatch.setattr(pacing.Pace, "after", paced)
    pieces = cl.fit(cl.blobs(90), **OPTIONS)
    assert len(calls) > 3
    assert np.array_equal(pieces.history.loss, whole.history.loss)
    assert np.array_equal(pieces.history.val_loss, whole.history.val_loss)
    assert np.array_equal(pieces.history.val_accuracy, whole.history.val_accuracy)
    for a, b in zip(pieces.history.parameters, whole.history.parameters, strict=True):
        assert np.array_equal(a, b)


def test_several_blocks_of_orders_join(monkeypatch):
    whole = cl.fit(cl.blobs(), epochs=30)
    monkeypatch.setattr(loop, "_MOST_ROWS", 8)
    pieces = cl.fit(cl.blobs(), epochs=30)
    assert np.array_equal(pieces.history.loss, whole.history.loss)
    assert np.array_equal(pieces.history.parameters[0], whole.history.parameters[0])


def test_orders_without_shuffling():
    orders = Orders(None, samples=5, epochs=3, rows=2, columns=8)
    assert np.asarray(orders.block(0).indices).tolist() == [[0, 1, 2, 3, 4, 0, 0, 0]] * 2
    assert orders.block(2).epochs == 1


def test_padding_changes_no_number(monkeypatch):
    plain = cl.fit(cl.blobs(), **OPTIONS)
    real = loop.on_device
    monkeypatch.setattr(
        loop, "on_device", lambda data, weight, lowest: real(data, weight, lowest=2048)
    )
    padded = cl.fit(cl.blobs(), **OPTIONS)
    assert np.array_equal(padded.history.loss, plain.history.loss)
    assert np.allclose(padded.history.val_loss, plain.history.val_loss, rtol=1e-6)
    for a, b in zip(padded.history.parameters, plain.history.parameters, strict=True):
        assert np.array_equal(a, b)


def test_one_more_sample_compiles_nothing(compilations):
    cl.fit(cl.blobs(101), hidden=(11, 3), epochs=3)
    assert compilations.count > 0
    for samples, changes in [
        (102, {}),
        (256, {}),
        (103, {"epochs": 40, "seed": 9}),
        (104, {"learning_rate": 0.3, "shuffle": False}),
        (105, {"class_weight": "balanced"}),
    ]:
        before = compilations.count
        cl.fit(cl.blobs(samples), **{"hidden": (11, 3), "epochs": 3, **changes})
        assert compilations.count == before, (samples, changes)


def test_validation_figures_are_the_network_s():
    run = cl.fit(cl.blobs(200), **OPTIONS)
    watched = cl.blobs(64, seed=1)
    other = cl.fit(cl.blobs(200), validation_data=watched, epochs=4)
    for epoch in (1, 4):
        score = other.network_at(epoch).evaluate(watched.X, watched.y)
        assert other.history.val_loss[epoch - 1] == pytest.approx(score.loss, rel=1e-5)
        assert other.history.val_accuracy[epoch - 1] == score.accuracy
    assert len(run.history.val_loss) == 7


def test_a_large_validation_set_takes_several_batches():
    watched = cl.blobs(1300, seed=1)
    run = cl.fit(cl.blobs(), validation_data=watched, epochs=2)
    score = run.network.evaluate(watched.X, watched.y)
    assert run.history.val_loss[-1] == pytest.approx(score.loss, rel=1e-5)
    assert run.history.val_accuracy[-1] == score.accuracy


def test_early_stopping_restores_the_best_and_tests_on_unseen_samples():
    data = cl.spirals(120, classes=3, noise=0.6)
    run = cl.fit(
        data,
        hidden=(32, 32),
        epochs=400,
        learning_rate=0.02,
        validation_fraction=0.25,
        test_fraction=0.2,
        patience=10,
    )
    assert run.ending == "early"
    assert len(run.history) < 400
    assert run.epoch == run.history.best == int(np.argmin(run.history.val_loss)) + 1
    assert len(run.history) == run.epoch + 10
    for a, b in zip(arrays(run.network), arrays(run.network_at(run.epoch)), strict=True):
        assert np.array_equal(a, b)
    assert run.test is not None
    assert run.test.samples == 24


def test_class_weights_change_what_is_learned():
    data = cl.blobs(80, centers=[[-1, 0], [1, 0]], spread=1.5)
    shares = [
        (
            cl.fit(data, hidden=(), epochs=60, class_weight=weight).network.predict(data.X) == 1
        ).mean()
        for weight in ({"c0": 5, "c1": 1}, None, {"c0": 1, "c1": 5})
    ]
    assert shares[0] < shares[1] < shares[2]


def test_sample_weight_0_leaves_a_sample_out():
    data = cl.blobs(64)
    weight = np.ones(64)
    weight[data.y == 3] = 0
    run = cl.fit(data, sample_weight=weight, epochs=60)
    assert not (run.network.predict(data.X) == 3).any()


def test_options_are_checked_first():
    with pytest.raises(cl.ArgumentError) as caught:
        cl.fit(cl.blobs(), epochs=0, learning_rate=float("nan"), optimizer="adm")
    message = str(caught.value)
    assert "epochs must be a whole number from 1 to 1,000,000,000. Got 0 instead." in message
    assert (
        "learning_rate must be a finite number of at least 1e-30 and below 1e+30. Got nan"
        in message
    )
    assert "Did you mean 'adam'?" in message
    with pytest.raises(
        cl.ArgumentError, match=r"there is no setting 'hiden'\. Did you mean 'hidden'"
    ):
        cl.fit(cl.blobs(), hiden=(2,))


def test_without_hidden_layers_it_is_softmax_regression():
    from sklearn.linear_model import LogisticRegression

    data = cl.blobs(200, spread=2.0)
    run = cl.fit(data, hidden=(), epochs=1500, learning_rate=0.05, batch_size=256)
    exact = LogisticRegression(C=np.inf, max_iter=2000).fit(data.X, data.y)
    probabilities = run.model.predict_proba(data.X)
    assert np.abs(probabilities - exact.predict_proba(data.X)).max() < 0.02


def test_the_same_seed_gives_the_same_run(lab):
    again = cl.fit(cl.blobs())
    assert np.array_equal(again.history.loss, lab.history.loss)
    other = cl.fit(cl.blobs(), seed=1)
    assert not np.array_equal(other.history.loss, lab.history.loss)


def test_progress_must_be_a_function():
    with pytest.raises(cl.ArgumentError, match=r"progress must be a function\. Got 5 instead"):
        cl.fit(cl.blobs(), progress=5)


def test_what_a_prompt_shows_is_short():
    run = cl.fit(cl.blobs(), epochs=3)
    shown = repr(run)
    assert shown.startswith("Run(Model(Network(2-2-4: relu, linear; float32; classes c0, c1, c2,")
    assert shown.endswith(
        f"finished after History(3 epochs, last loss {run.history.loss[-1]:.4f}))"
    )
    assert repr(cl.blobs()) == "Dataset(100 samples, features x0, x1, classes c0, c1, c2, c3)"
    assert repr(run.network.layers[0]) == "Layer(L1: 2 inputs, 2 relu units)"
