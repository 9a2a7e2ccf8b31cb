"""The output units over the hidden space: the plane of the first layer's activations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from classlens.analysis import geometry, planes
from classlens.analysis.coincidences import Coincidence, coincidences
from classlens.analysis.planes import Window
from classlens.analysis.slices import Slice
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError
from classlens.lab_utils import arguments, showing
from classlens.lab_utils.arguments import Range, Weights
from classlens.network import Network
from classlens.view.displays import frame, labels, panels, points, strokes
from classlens.view.displays.hidden import describe
from classlens.view.displays.lettering import counted
from classlens.view.displays.scales import heat, scale_of


@dataclass(frozen=True, eq=False)
class _Space:
    """The plane that the outputs are drawn over.

    Attributes:
        network: the output layer, with the inputs that the plane has, or as many as the slice.
        slice: the plane through more than two activations, or None.
        places: the examples' places on it, shape (examples, 2).
        names: what its coordinates are called.
        note: what else there is to say of it, a line or nothing.
    """

    network: Network
    slice: Slice | None
    places: NDArray[Any]
    names: tuple[str, str]
    note: str = ""


def plt_output_layer_linear(
    X: ArrayLike,
    Y: ArrayLike,
    W: ArrayLike,
    b: ArrayLike,
    classes: int,
    x0_rng: Range | None = None,
    x1_rng: Range | None = None,
) -> Figure:
    """Draw each linear output unit over the hidden space, with the examples as they lie there.

    All units have one colour scale, and a line shows where a unit ties for the lead. Places that
    several examples share are counted, each in the panel of the class that has most of them. A
    single hidden unit is drawn along x0, and the classes apart along x1; of more than two, the
    first two are drawn, and the others are held at the examples' mean.

    Args:
        X: the hidden activations, shape (examples, hidden units).
        Y: class indices, shape (examples,).
        W: the output layer's kernel, shape (hidden units, outputs).
        b: its bias, shape (outputs,).
        classes: how many classes there are.
        x0_rng: what is shown of the first activation; by default the examples' range and a tenth
            of it on each side.
        x1_rng: what is shown of the second one.

    Returns:
        The figure, which a notebook or a window shows.

    Raises:
        ArgumentError: if W or b does not fit, or classes or a range is none.
        DataError: if the examples cannot be used.

    Example:
        >>> A = [[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 2.0]]
        >>> figure = plt_output_layer_linear(A, [0, 0, 0, 1], np.eye(2), [0.5, 0.0], 2)
        >>> print(*[text.get_text()[4:] for text in figure.axes[0].texts if "at (" in str(text)])
        c0 at (0, 0)
    """
    data = arguments.samples(X, Y, classes, plane=False)
    layer = arguments.weights(W, b, name="", inputs=data.features)
    outputs = len(layer.bias)
    if outputs < data.classes:
        raise ArgumentError(
            f"W must have a column for each of the {data.classes} classes. Got {outputs} instead."
        )
    space = _space(data, layer)
    window = arguments.window(space.places, x0_rng, x1_rng)
    figure = showing.new_figure()
    _draw(figure, space, window, data)
    return showing.show(figure)


def _space(data: Dataset, layer: Weights) -> _Space:
    names = [_name(data.X[:, unit], unit) for unit in range(min(data.features, 2))]
    if data.features == 1:
        # The second coordinate does nothing but hold the classes apart.
        kernel = np.concatenate((layer.kernel, np.zeros_like(layer.kernel)))
        places = np.stack((data.X[:, 0], data.y), axis=1)
        return _Space(_network(kernel, layer), None, places, (names[0], "class"))
    plane = (names[0], names[1])
    if data.features == 2:
        return _Space(_network(layer.kernel, layer), None, data.X, plane)
    held = data.X.mean(axis=0)
    through = Slice.through_features(0, 1, held)
    rest = counted(data.features - 2, "other unit")
    return _Space(
        _network(layer.kernel, layer),
        through,
        through.project(data.X),
        plane,
        f"{rest} held at the examples' mean; examples projected onto this plane",
    )


def _network(kernel: NDArray[Any], layer: Weights) -> Network:
    return Network.from_arrays([kernel], [layer.bias])


def _name(activations: NDArray[Any], unit: int) -> str:
    dead = not activations.any()
    return f"a[1]{unit}" + (" (dead: 0 for all examples)" if dead else "")


def _draw(figure: Figure, space: _Space, window: Window, data: Dataset) -> None:
    count = len(space.network.classes)
    shown = min(count, panels.MOST)
    lift = None if space.slice is None else space.slice.lift
    resolution = planes.fitting_resolution(shown)
    values = planes.layer_values(space.network, window, resolution=resolution, lift=lift)
    scale = scale_of(values[:, :, :shown])
    ties = geometry.regions(space.network, window, space.slice).boundaries
    segments = np.stack((ties.start, ties.end), axis=1)
    titles = [f"Linear Output Unit {unit}" for unit in range(shown)]
    grid = panels.add_grid(figure, titles, names=space.names, window=window)
    size = points.fitting_size(len(data), largest=grid.marker)
    for unit, ax in enumerate(grid.axes):
        heat(ax, values[:, :, unit], window, scale)
        edge = segments[(ties.classes == unit).any(axis=1)]
        strokes.draw(ax, edge, label="boundary", linewidth=grid.stroke)
        points.scatter(ax, space.places, data.y, data.class_names, size=size)
    unsaid = _count_shared(grid.axes, space.places, data, segments)
    note = ["the examples at their hidden activations; line: where the unit ties for the lead"]
    note += [space.note] if space.note else []
    note += [f"{counted(unsaid, 'more place')} shared by several examples"] if unsaid else []
    first = grid.axes[0]
    some = f", the first {shown}" if shown < count else ""
    heading = f"Output layer: {counted(count, 'linear unit')}{some}"
    frame.entitle(first, heading, "\n".join(note), clear=grid.clear + 4)
    last = panels.explain(figure, grid, scale, "output (logit)", data.class_names)
    frame.settle(figure, [first, grid.corner, last])


def _count_shared(
    axes: Sequence[Axes], places: NDArray[Any], data: Dataset, lines: NDArray[Any]
) -> int:
    """Count the examples of shared places, in the panels of their classes; how many were not."""
    found = coincidences(places, data.y, data.classes)
    line = data.features == 1
    crowd = np.concatenate((places, labels.along(lines)))
    of_panel: list[list[Coincidence]] = [[] for _ in axes]
    for shared in found:
        winner = int(shared.counts.argmax())
        if winner < len(axes):
            of_panel[winner].append(shared)
    written = 0
    for ax, here in zip(axes, of_panel, strict=True):
        notes = [labels.Note(each.place, describe(each, data.class_names, line)) for each in here]
        written += labels.annotate(ax, notes, crowd)
    return len(found) - written
