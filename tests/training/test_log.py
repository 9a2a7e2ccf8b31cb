"""The growing history: blocks, thinning, early stopping."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.errors import ArgumentError, OutputError
from classlens.training.log import Log, Watch

START = (np.zeros((2, 3), np.float32), np.zeros(3, np.float32))
BYTES = 9 * 4


def block(first, count):
    """Epochs whose metrics and parameters are their own numbers."""
    numbers = np.arange(first, first + count, dtype=np.float64)
    metrics = np.stack([numbers, numbers / 1000], axis=1)
    kernels = np.broadcast_to(numbers[:, None, None], (count, 2, 3)).astype(np.float32)
    return metrics, (kernels, kernels[:, 0])


def grown(counts, *, megabytes=64.0, best=1):
    log, done = Log.start(START, megabytes), 0
    for count in counts:
        log = log.extended(*block(done + 1, count), min(best, done + count))
        done += count
    return log


def test_all_epochs_are_kept_under_the_limit():
    history = grown([3, 1, 4]).history()
    assert history.epoch.tolist() == list(range(1, 9))
    assert history.loss.tolist() == list(range(1, 9))
    assert history.kept.tolist() == list(range(9))
    assert history.parameters[0][:, 0, 0].tolist() == list(range(9))
    assert history.val_loss is None
    assert len(history) == 8


@given(
    counts=st.lists(st.integers(1, 40), min_size=1, max_size=8),
    room=st.integers(0, 60),
    data=st.data(),
)
def test_thinning_keeps_first_best_last_and_the_limit(counts, room, data):
    best = data.draw(st.integers(1, sum(counts)))
    history = grown(counts, megabytes=room * BYTES / 1e6, best=best).history()
    total = sum(counts)
    assert {0, best, total} <= set(history.kept.tolist())
    assert len(history.kept) <= room + 3
    assert (np.diff(history.kept) > 0).all()
    assert (history.parameters[0][:, 0, 0] == history.kept).all()
    others = [e for e in history.kept.tolist() if e not in (0, best, total)]
    if others:
        stride = np.gcd.reduce(others)
        assert (stride & (stride - 1)) == 0 or len(others) == 1  # evenly: multiples of 2^k


def test_parameters_at():
    history = grown([40], megabytes=10 * BYTES / 1e6).history()
    (kernel, bias), *_ = history.parameters_at(8)
    assert kernel.shape == (2, 3)
    assert (bias == 8).all()
    with pytest.raises(ArgumentError, match=r"Got 7 instead; the nearest one is 8\."):
        history.parameters_at(7)
    with pytest.raises(ArgumentError, match="epoch must be a whole number from 0 to 40"):
        history.parameters_at(41)


def test_an_empty_history():
    history = Log.start(START, 1.0).history()
    assert len(history) == 0
    assert history.kept.tolist() == [0]
    assert history.best == 0
    assert history.columns() == {"epoch": [], "loss": [], "accuracy": []}


def test_files(tmp_path):
    log = Log.start(START, 1.0).extended(
        np.array([[0.1, 0.5, 1 / 3, 1.0]]), tuple(a[None] for a in START), 1
    )
    history = log.history()
    history.to_csv(tmp_path / "h.csv")
    assert (tmp_path / "h.csv").read_text() == (
        "epoch,loss,accuracy,val_loss,val_accuracy\n1,0.1,0.5,0.3333333333333333,1.0\n"
    )
    history.to_json(tmp_path / "h.json")
    assert json.loads((tmp_path / "h.json").read_text()) == history.columns()
    with pytest.raises(OutputError, match="cannot write"):
        history.to_csv(tmp_path / "none" / "h.csv")


def watched(losses, patience, blocks, **options):
    """The epochs used and the best one, however the losses are cut into blocks."""
    watch, done, cut = Watch(patience, **options), 0, list(losses)
    for size in blocks:
        part, cut = cut[:size], cut[size:]
        watch, used, stop = watch.read(done, np.array(part))
        done += used
        if stop:
            break
    return done, watch.best


def plain_early_stopping(losses, patience, min_delta):
    best, best_loss = 1, losses[0]
    for epoch, loss in enumerate(losses[1:], start=2):
        if loss < best_loss - min_delta:
            best, best_loss = epoch, loss
        elif epoch - best >= patience:
            return epoch, best
    return len(losses), best


@given(
    losses=st.lists(st.integers(0, 9), min_size=1, max_size=30),
    patience=st.integers(1, 6),
    min_delta=st.sampled_from([0.0, 1.0]),
    size=st.integers(1, 7),
)
def test_early_stopping_does_not_depend_on_the_blocks(losses, patience, min_delta, size):
    blocks = [size] * 30
    result = watched(losses, patience, blocks, min_delta=min_delta)
    assert result == plain_early_stopping(losses, patience, min_delta)


def test_without_patience_nothing_stops():
    assert watched([3, 1, 2, 2, 2, 2], None, [6]) == (6, 2)
