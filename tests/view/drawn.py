"""What the drawing tests share: the lab's network and data, and how to read what was drawn."""

from __future__ import annotations

import itertools
import pathlib
from types import SimpleNamespace
from typing import Any
from unittest import mock

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.transforms import Bbox
from numpy.typing import NDArray
from sklearn.datasets import make_blobs

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.network import Network
from classlens.view.displays import frame
from classlens.view.displays.rulers import Ruler

TRACE = np.load(pathlib.Path(__file__).parents[1] / "data" / "lab_trace.npz")
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
    """What the lines of a panel are called, without the keys of its legend."""
    drawn = [*ax.patches, *ax.lines]
    return [label for each in drawn if (label := str(each.get_label())) != "key"]


def places(ax: Axes, label: str) -> NDArray[Any]:
    return np.asarray(line(ax, label).get_xydata())


def strokes(ax: Axes, label: str) -> Path:
    """The lines that are one artist."""
    (found,) = [each for each in ax.patches if each.get_label() == label]
    return found.get_path()


def segments(ax: Axes, label: str) -> NDArray[Any]:
    """The segments that lines are made of, in their order, shape (segments, 2, 2)."""
    path = strokes(ax, label)
    assert path.codes is not None
    pairs = np.stack((path.vertices[:-1], path.vertices[1:]), axis=1)
    return pairs[path.codes[1:] != Path.MOVETO]


def in_order(found: NDArray[Any]) -> NDArray[Any]:
    """Segments, shape (segments, 2, 2), ordered by their places alone, each and together."""
    return np.array(sorted(sorted(ends) for ends in found.tolist()))


def legend_texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_label() == "legend"]


def texts(ax: Axes) -> list[str]:
    return [text.get_text() for text in ax.texts if text.get_label() != "legend"]


def rulers(ax: Axes) -> dict[str, Ruler]:
    return frame.rulers(ax)


def content(figure: Figure) -> list[Any]:
    """All that a figure shows, as values that can be compared."""
    return [
        (
            ax.get_position().bounds,
            [
                (str(each.get_label()), np.nan_to_num(each.get_xydata(), nan=9e99).tolist())
                for each in ax.lines
            ],
            [(str(each.get_label()), each.get_path().vertices.tolist()) for each in ax.patches],
            [np.asarray(image.get_array()).tolist() for image in ax.images],
            [
                [path.vertices.tolist() for path in each.get_paths()]
                for each in ax.collections
                if isinstance(each, PathCollection)
            ],
            texts(ax),
            legend_texts(ax),
            [ruler.marks() for ruler in rulers(ax).values()],
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
    """No two texts of a figure overlap, and none is cut by its edges."""
    said, found = zip(*drawn_texts(figure), strict=True)
    boxes = np.array([box.extents for box in found])  # (texts, 4)
    low, high = boxes[:, :2], boxes[:, 2:]
    size = figure.get_size_inches() * figure.dpi
    cut = (low < 0).any(axis=1) | (high > size).any(axis=1)
    assert not cut.any(), said[int(cut.argmax())]
    shared = np.minimum(high[:, None], high) - np.maximum(low[:, None], low)
    meet = np.triu((shared >= 1).all(axis=2), 1)
    assert not meet.any(), [said[each] for each in np.argwhere(meet)[0]]


def drawn_texts(figure: Figure) -> list[tuple[str, Bbox]]:
    """Every text as it is drawn, the rulers' numbers too, and its box in pixels from the top."""
    found: list[tuple[str, Bbox]] = []

    def note(
        renderer: RendererAgg, _gc: Any, x: float, y: float, said: str, *rest: Any, **_: Any
    ) -> None:
        font, angle = rest[0], rest[1] if len(rest) > 1 else 0
        width, height, descent = renderer.get_text_width_height_descent(said, font, False)
        if angle:
            box = Bbox.from_extents(x - height + descent, y - width, x + descent, y)
        else:
            box = Bbox.from_extents(x, y - height + descent, x + width, y + descent)
        found.append((said, box))

    canvas = FigureCanvasAgg(figure)
    with mock.patch.object(RendererAgg, "draw_text", note):
        canvas.draw()
    return found
