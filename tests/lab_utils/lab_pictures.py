"""What the tests of the lab's calls share: the lab's network and data, and readers of pictures."""

from __future__ import annotations

import pathlib
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.path import Path
from numpy.typing import NDArray
from sklearn.datasets import make_blobs

from classlens.network import Network

TRACE = np.load(pathlib.Path(__file__).parents[1] / "data" / "lab_trace.npz")
LAB = Network.from_arrays([TRACE["fW1"], TRACE["fW2"]], [TRACE["fb1"], TRACE["fb2"]])
X, Y = TRACE["X"], TRACE["y"]
A = np.maximum(0, X @ TRACE["fW1"] + TRACE["fb1"])
FAR = 5000.0


class OnlyPredicts:
    """A model that is known by its answers alone."""

    def predict(self, X: NDArray[Any]) -> Any:
        return LAB.logits(X)


def blobs(classes: int, far: float = 0.0) -> tuple[NDArray[Any], NDArray[Any]]:
    X, y = make_blobs(20 * classes, centers=classes, random_state=classes)
    return X + far, y


def segments(ax: Axes, label: str) -> NDArray[Any]:
    """The segments of the lines that are one artist, shape (segments, 2, 2)."""
    (found,) = [each for each in ax.patches if each.get_label() == label]
    path = found.get_path()
    if not len(path.vertices):
        return np.empty((0, 2, 2))
    pairs = np.stack((path.vertices[:-1], path.vertices[1:]), axis=1)
    return np.asarray(pairs[path.codes[1:] == Path.LINETO])


def scattered(ax: Axes) -> dict[str, NDArray[Any]]:
    """The places of the examples by the names of their classes, without a legend's keys."""
    return {
        str(each.get_label()): np.asarray(each.get_xydata())
        for each in ax.lines
        if each.get_label() not in {"key", "misclassified"}
    }


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def holds(ax: Axes, places: NDArray[Any]) -> bool:
    """Whether an axes shows all these places."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    return bool(
        ((places >= (left, bottom)) & (places <= (right, top))).all()  # shape (places, 2)
    )


def assert_one_scale(axes: list[Axes], values: list[NDArray[Any]]) -> None:
    """In all panels a number has the same colour, whichever panel it stands in."""
    numbers = np.concatenate([each.ravel() for each in values])
    colours = np.concatenate(
        [np.asarray(ax.images[0].get_array()).reshape(-1, 4)[:, :3] for ax in axes]
    )
    low, high = numbers.min(), numbers.max()
    steps = np.rint((numbers - low) / (high - low) * 255)
    # Rounding may put a number on either side of a step's end; in the middles nothing may differ.
    exact = (numbers - low) / (high - low) * 255
    middle = np.abs(exact - steps) < 0.49
    for step in np.unique(steps[middle]):
        assert len(np.unique(colours[middle & (steps == step)], axis=0)) == 1


def grid_of(ax: Axes) -> NDArray[Any]:
    """The places of an image's points, the lowest row first, shape (points, 2)."""
    rows, columns = np.asarray(ax.images[0].get_array()).shape[:2]
    across, up = np.meshgrid(
        np.linspace(*ax.get_xlim(), columns), np.linspace(*ax.get_ylim(), rows)
    )
    return np.stack((across.ravel(), up.ravel()), axis=1)
