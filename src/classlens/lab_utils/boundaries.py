"""The classes' regions and the boundaries between them, of any model that predicts."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba_array
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from classlens import plot
from classlens.analysis.planes import Window
from classlens.arrays import real_array
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, short
from classlens.lab_utils import arguments, showing
from classlens.lab_utils.tracing import Traced, traced
from classlens.model import Model, as_model
from classlens.names import class_names, names_from
from classlens.view.displays import frame, legends, points, strokes, territory
from classlens.view.displays.lettering import counted
from classlens.view.palette import look, tint

Predict = Callable[[NDArray[Any]], Any]

# Points along each side of the grid on which a function is asked; fewer, one at a time.
_POINTS, _POINTS_ALONE = 121, 41

# Under any scatter of matplotlib's, which has 1.
_UNDER = 0.5


def plt_cat_mc(X_train: ArrayLike, y_train: ArrayLike, model: Any, classes: int) -> Figure:
    """Draw the examples and the model's decision boundaries.

    They are exact where the model is a network that Classlens knows; of any other one ``predict``
    is asked on a grid, and the picture says so.

    Args:
        X_train: shape (examples, 2).
        y_train: class indices, shape (examples,).
        model: a Keras model, a Run, Model or Network, or anything whose ``predict(X)`` gives
            logits, probabilities or class indices.
        classes: how many classes there are.

    Returns:
        The figure, which a notebook or a window shows.

    Raises:
        ArgumentError: if classes is no such number, or the model is none or knows fewer classes.
        DataError: if the examples cannot be used.

    Example:
        >>> from sklearn.neighbors import KNeighborsClassifier
        >>> X, y = [[0.0, 1.0], [2.0, 3.0]], [0, 1]
        >>> figure = plt_cat_mc(X, y, KNeighborsClassifier(1).fit(X, y), 2)
        >>> figure.axes[0].get_ylabel()
        'x1'
    """
    data = arguments.samples(X_train, y_train, classes)
    known = _known(model)
    title = "model decision boundary"
    draw: Callable[[Axes], Any]
    if known is not None:
        outputs = len(known.class_names)
        if outputs < data.classes:
            raise _too_few(data.classes, outputs)
        named = Dataset(data.X, data.y, known.class_names)
        picture = plot.regions(known, named)
        draw = lambda ax: picture.plot(ax, title=title)  # noqa: E731 - one word for both ways
    else:
        asked = _Asked(_predict_of(model))
        found = traced(asked.labels, Window.around(data.X), resolution=_POINTS)
        predicted = asked.labels(data.X)
        if asked.outputs and asked.outputs < data.classes:
            raise _too_few(data.classes, asked.outputs)
        draw = lambda ax: _draw_traced(ax, found, data, predicted, title)  # noqa: E731
    figure = showing.new_figure()
    frame.alone(figure, draw)
    return showing.show(figure)


def plot_cat_decision_boundary_mc(
    ax: Axes,
    X: ArrayLike,
    predict: Predict,
    class_labels: Sequence[str] | None = None,
    legend: bool = False,
    vector: bool = True,
) -> Axes:
    """Draw the classes' regions and the boundaries between them on an axes, without the examples.

    Args:
        ax: where to draw; it then shows the range of X and a tenth of it on each side.
        X: the examples that the picture is for, shape (examples, 2).
        predict: gives logits, probabilities or class indices, such as ``model.predict``. Where it
            is the method of a network that Classlens knows, the boundaries are exact.
        class_labels: the classes' names; by default c0, c1, ...
        legend: whether to explain the colours, in the axes.
        vector: whether predict takes many examples; else it is called with one, shape (2,), at a
            time.

    Returns:
        The axes.

    Raises:
        ArgumentError: if ax is no Axes, predict is no function, or gives something else.
        DataError: if X cannot be used.
    """
    ax = frame.check_axes(ax)
    window = Window.around(arguments.places(X))
    if not callable(predict):
        raise ArgumentError(
            f"predict must be a function, such as model.predict. Got {short(predict)} instead."
        )
    names = None if class_labels is None else names_from("class_labels", class_labels)
    known = _known(_owner(predict))
    drawn = set(ax.get_children())
    if known is not None:
        picture = plot.regions(known, window=window)
        territory.fill(ax, picture.territories)
        count = len(known.class_names)
        names = names or known.class_names
    else:
        asked = _Asked(_quiet(predict) if vector else _one_by_one(_quiet(predict)))
        found = traced(asked.labels, window, resolution=_POINTS if vector else _POINTS_ALONE)
        _fill(ax, found)
        count = max(asked.classes, len(names or ()))
        names = names or tuple(class_names(count))
    if len(names) < count:
        raise ArgumentError(
            f"class_labels must have a name for each of the {count} classes. "
            f"Got {len(names)} instead."
        )
    for each in set(ax.get_children()) - drawn:
        _lower(each)
    if legend:
        ax.legend(*points.keys(names, marked=False))
    return ax


@dataclass(eq=False)
class _Asked:
    """A function that predicts, asked for classes.

    Attributes:
        predict: the function.
        classes: how many its answers so far show.
        outputs: how many scores it gives; 0 if it gives class indices.
    """

    predict: Predict
    classes: int = 0
    outputs: int = 0

    def labels(self, places: NDArray[Any]) -> NDArray[np.intp]:
        """The class of each place, shape (places,).

        Raises:
            ArgumentError: if the answer is neither scores nor class indices.
        """
        answer = real_array(self.predict(places), "what predict gives", ArgumentError)
        if answer.ndim == 2 and answer.shape[1] > 1 and len(answer) == len(places):
            self.classes = self.outputs = answer.shape[1]
            return np.asarray(answer.argmax(axis=1))
        if answer.shape not in {(len(places),), (len(places), 1)}:
            raise ArgumentError(
                f"predict must give scores of the classes, shape ({len(places)}, classes), or "
                f"class indices, shape ({len(places)},). Got {answer.shape} instead."
            )
        answer = answer.reshape(-1)
        wrong = ~(np.isfinite(answer) & (answer >= 0) & (answer == np.floor(answer)))
        if wrong.any():
            raise ArgumentError(
                "predict must give a score for each class, or class indices 0, 1, ... "
                f"Got {answer[wrong][0]} as the only number for an example instead."
            )
        self.classes = max(self.classes, int(answer.max(initial=0)) + 1)
        return answer.astype(np.intp)


def _known(model: Any) -> Model | None:
    """The model, if Classlens knows what is in it."""
    try:
        return as_model(model)
    except ArgumentError:
        return None


def _owner(predict: Any) -> Any:
    """The object whose method this is, if the method gives what a model's geometry shows."""
    methods = {"predict", "predict_proba", "logits"}
    own = inspect.ismethod(predict) and predict.__name__ in methods
    return predict.__self__ if own else None


def _predict_of(model: Any) -> Predict:
    predict = getattr(model, "predict", None)
    if callable(predict):
        return _quiet(predict)
    as_model(model)  # says what a model may be
    raise AssertionError("called with a model that is known")


def _quiet(predict: Callable[..., Any]) -> Predict:
    """The function without the progress bar that Keras would print at each call."""
    try:
        parameters = inspect.signature(predict).parameters
    except (TypeError, ValueError):  # a compiled function need not tell
        return predict
    return functools.partial(predict, verbose=0) if "verbose" in parameters else predict


def _one_by_one(predict: Predict) -> Predict:
    return lambda places: np.stack([np.ravel(predict(place)) for place in places])


def _too_few(classes: int, outputs: int) -> ArgumentError:
    return ArgumentError(
        f"model must have an output for each of the {classes} classes. Got {outputs} instead."
    )


def _draw_traced(
    ax: Axes, found: Traced, data: Dataset, predicted: NDArray[np.intp], title: str
) -> None:
    """Draw what ``RegionsDisplay`` draws, of a function that says classes only."""
    _fill(ax, found)
    count = max(data.classes, int(found.cells.max()) + 1)
    names = tuple(class_names(count))
    size = points.fitting_size(len(data))
    points.scatter(ax, data.X, data.y, names, size=size)
    wrong = data.y != predicted
    keys, said = points.keys(names, marked=True)
    if wrong.any():
        points.ring(ax, data.X[wrong], size=size)
        keys.append(points.ring_key())
        said.append(f"misclassified ({int(wrong.sum()):,})")
    frame.name_axes(ax, *data.feature_names)
    right = f"{len(data) - int(wrong.sum()):,} of {counted(len(data), 'example')} right"
    frame.entitle(ax, title, f"{right}\nlines: boundaries, sampled on a grid")
    legends.legend(ax, keys, said)


def _fill(ax: Axes, found: Traced) -> None:
    """Fill an axes with tints and lines; its limits become the window's."""
    labels = [label for label, _ in found.parts]
    shades = to_rgba_array([tint(look(index).colour) for index in range(_most(found) + 1)])
    ax.imshow(
        shades[found.cells],
        interpolation="nearest",
        extent=(*found.window.x0, *found.window.x1),
        origin="lower",
        aspect="auto",
        zorder=1,
    )
    ax.add_collection(
        PolyCollection(
            [corners for _, corners in found.parts],
            facecolors=shades[labels],
            linewidths=0,
            antialiaseds=False,
            label="territory",
            zorder=1,
        ),
        autolim=False,
    )
    strokes.draw(ax, found.lines, label="boundary", linewidth=1.2)
    frame.show(ax, found.window.x0, found.window.x1)


def _most(found: Traced) -> int:
    return max(int(found.cells.max()), *(label for label, _ in found.parts), 0)


def _lower(artist: Artist) -> None:
    """Put a region or a line under what others draw, the lines above the regions."""
    artist.set_zorder(_UNDER + artist.get_zorder() / 100)
