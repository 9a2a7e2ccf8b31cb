"""What the drawing tests share: the lab's network and data, and how to read what was drawn."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from sklearn.datasets import make_blobs

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.network import Network

TRACE = np.load(Path(__file__).parents[1] / "data" / "lab_trace.npz")
LAB = Network.from_arrays([TRACE["fW1"], TRACE["fW2"]], [TRACE["fb1"], TRACE["fb2"]])
DATA = Dataset(TRACE["X"], TRACE["y"])


def random_network(sizes: list[int], seed: int = 0, **options: Any) -> Network:
    rng = np.random.default_rng(seed)
    kernels = [rng.normal(size=shape) for shape in itertools.pairwise(sizes)]
    return Network.from_arrays(kernels, [rng.normal(size=size) for size in sizes[1:]], **options)


def blobs(classes: int, samples: int, **names: Any) -> Dataset:
    X, y = make_blobs(samples, centers=classes, random_state=classes)
    return Dataset(X, y, **names)


VALIDATED = {
    "val_loss": 2.2 / np.arange(1, 101),
    "val_accuracy": np.linspace(0.2, 0.8, 100),
    "best": 61,
}


def history(**changes: Any) -> Any:
    """The picture of a run of 100 epochs, without validation unless it is given."""
    epoch = np.arange(1, 101)
    run = {
        "epoch": epoch,
        "loss": 2 / epoch,
        "accuracy": 1 - 1 / (epoch + 1),
        "val_loss": None,
        "val_accuracy": None,
        "best": 100,
    }
    return plot.history(SimpleNamespace(**{**run, **changes}))  # type: ignore[arg-type]


def line(ax: Axes, label: str) -> Line2D:
    (found,) = [each for each in ax.lines if each.get_label() == label]
    return found


def labels(ax: Axes) -> list[str]:
    return [str(each.get_label()) for each in ax.lines]


def places(ax: Axes, label: str) -> NDArray[Any]:
    return np.asarray(line(ax, label).get_xydata())


def segments(ax: Axes, label: str) -> NDArray[Any]:
    """The segments of a line that breaks between them, shape (segments, 2, 2)."""
    return places(ax, label).reshape(-1, 3, 2)[:, :2]


def legend_texts(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    return [] if legend is None else [text.get_text() for text in legend.get_texts()]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts]


def content(figure: Figure) -> list[Any]:
    """All that a figure shows, as values that can be compared."""
    return [
        (
            ax.get_position().bounds,
            [(label, np.nan_to_num(places(ax, label), nan=9e99).tolist()) for label in labels(ax)],
            [np.asarray(image.get_array()).tolist() for image in ax.images],
            texts(ax),
            legend_texts(ax),
        )
        for ax in figure.axes
    ]


def assert_all_inside(figure: Figure) -> None:
    """Nothing that was drawn reaches over the figure's edges."""
    figure.draw_without_rendering()
    box = Bbox.union([box for ax in figure.axes if (box := ax.get_tightbbox()) is not None])
    width, height = figure.get_size_inches() * figure.dpi
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height


def assert_texts_apart(figure: Figure) -> None:
    """No two texts of a figure overlap."""
    figure.draw_without_rendering()
    found = [text for ax in figure.axes for text in written(ax)]
    boxes = [(text.get_text(), text.get_window_extent()) for text in found]
    for index, (one, box) in enumerate(boxes):
        for other, another in boxes[index + 1 :]:
            met = Bbox.intersection(box, another)
            assert met is None or met.width < 1 or met.height < 1, (one, other)


def written(ax: Axes) -> list[Any]:
    found = list(ax.texts)
    if (legend := ax.get_legend()) is not None:
        found += legend.get_texts()
    for axis in (ax.xaxis, ax.yaxis):
        if axis.get_visible():
            low, high = sorted(axis.get_view_interval())
            shown = [
                tick.label1
                for tick in axis.get_major_ticks()
                if low <= tick.get_loc() <= high and tick.label1.get_visible()
            ]
            shown += [
                tick.label2
                for tick in axis.get_major_ticks()
                if low <= tick.get_loc() <= high and tick.label2.get_visible()
            ]
            found += [*shown, axis.label, axis.get_offset_text()]
    return [text for text in found if text.get_visible() and text.get_text()]
