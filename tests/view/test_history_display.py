"""The course of a training, read from the artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import (
    VALIDATED,
    history,
    labels,
    legend_texts,
    line,
    places,
    rulers,
    segments,
    texts,
)


def test_curves() -> None:
    display = history(**VALIDATED)
    loss, accuracy = display.figure().axes
    np.testing.assert_array_equal(places(loss, "training")[:, 0], display.epoch)
    np.testing.assert_array_equal(places(loss, "training")[:, 1], display.loss)
    np.testing.assert_array_equal(places(loss, "validation")[:, 1], display.val_loss)
    np.testing.assert_array_equal(places(accuracy, "training")[:, 1], display.accuracy)
    np.testing.assert_array_equal(places(accuracy, "validation")[:, 1], display.val_accuracy)
    assert [ax.get_ylabel() for ax in (loss, accuracy)] == ["loss", "accuracy"]
    assert [ax.get_xlabel() for ax in (loss, accuracy)] == ["epoch", "epoch"]


def test_the_best_epoch_is_marked() -> None:
    loss, accuracy = history(**VALIDATED).figure().axes
    for ax in (loss, accuracy):
        assert set(np.asarray(line(ax, "best").get_xdata())) == {61}
    assert legend_texts(accuracy) == ["training", "validation", "best epoch (61)"]


def test_without_validation_there_is_one_curve() -> None:
    loss, accuracy = history().figure().axes
    assert labels(loss) == ["grid", "training"]
    assert legend_texts(accuracy) == ["training"]


@pytest.mark.parametrize(
    ("last", "scale"), [(0.03, "linear"), (0.0201, "linear"), (0.0199, "log"), (0.0, "linear")]
)
def test_the_loss_is_logarithmic_only_over_two_decades(last: float, scale: str) -> None:
    loss, accuracy = history(loss=np.linspace(2.0, last, 100)).figure().axes
    if last == 0:  # what comes before 0 decides
        scale = "log" if 2 / np.linspace(2.0, 0, 100)[-2] > 100 else "linear"
    assert loss.get_yscale() == scale
    assert accuracy.get_yscale() == "linear"


def test_a_single_epoch_is_a_point() -> None:
    one = {"epoch": np.array([1]), "loss": np.array([0.5]), "accuracy": np.array([0.25])}
    loss, _ = history(**one).figure().axes
    assert line(loss, "training").get_marker() == "o"


def test_losses_of_zero() -> None:
    loss, _ = history(loss=np.zeros(100)).figure().axes
    assert loss.get_yscale() == "linear"


def test_the_note_tells_the_end() -> None:
    loss, _ = history().figure().axes
    assert "100 epochs; at the end: loss 0.02, accuracy 99 %" in texts(loss)


def test_grid_lines_lie_at_the_rulers_marks() -> None:
    for ax in history().figure().axes:
        heights = segments(ax, "grid")[:, 0, 1]
        np.testing.assert_allclose(heights, rulers(ax)["left"].marks().places)
