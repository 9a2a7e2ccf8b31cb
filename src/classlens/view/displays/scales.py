"""One colour scale for several panels, so that they can be compared."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize
from matplotlib.ticker import MaxNLocator, ScalarFormatter
from numpy.typing import NDArray

from classlens.analysis.planes import Window
from classlens.view.displays.frame import SMALL, calm
from classlens.view.palette import INK, NEGATIVE, POSITIVE

_STEPS = 256


class Scale(NamedTuple):
    """How a number becomes a colour.

    Attributes:
        colours: the colour map, over exactly the range of the numbers.
        norm: the range.
    """

    colours: Colormap
    norm: Normalize


def scale_of(values: NDArray[Any]) -> Scale:
    """The scale for numbers of any shape, which ends where the numbers end.

    Numbers of one sign get one colour, from white at the number nearest to 0. Numbers of both signs
    get two, which meet in white at 0. The sign that reaches less far deepens somewhat faster, to
    be seen beside the other; the colour bar shows both.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:  # one number: a scale must have a width
        low, high = min(low, 0.0), (max(high, 0.0) or low + 1.0)
    above, below = _ramp(POSITIVE), _ramp(NEGATIVE)
    steps = np.linspace(low, high, _STEPS)
    if low < 0 < high:
        reach = max(-low, high)
        colours = np.where(
            steps[:, None] > 0,
            above(steps / high * math.sqrt(high / reach)),
            below(steps / low * math.sqrt(-low / reach)),
        )
    elif high > 0:
        colours = above((steps - low) / (high - low))
    else:
        colours = below((high - steps) / (high - low))
    return Scale(ListedColormap(colours, "values"), Normalize(low, high))


def _ramp(colours: tuple[str, ...]) -> Colormap:
    return LinearSegmentedColormap.from_list("", colours)


def heat(ax: Axes, values: NDArray[Any], window: Window, scale: Scale) -> None:
    """Fill an axes with numbers, shape (rows, columns), whose outer points lie on its rim."""
    ax.imshow(
        values,
        cmap=scale.colours,
        norm=scale.norm,
        interpolation="bilinear",
        **placed(values.shape[0], window),
    )
    ax.set_xlim(window.x0)
    ax.set_ylim(window.x1)


def placed(resolution: int, window: Window) -> dict[str, Any]:
    """How to place an image whose outer pixels' centres lie on the rim of a window."""
    half0 = (window.x0[1] - window.x0[0]) / (resolution - 1) / 2
    half1 = (window.x1[1] - window.x1[0]) / (resolution - 1) / 2
    extent = (
        window.x0[0] - half0,
        window.x0[1] + half0,
        window.x1[0] - half1,
        window.x1[1] + half1,
    )
    return {"extent": extent, "origin": "lower", "aspect": "auto"}


def colour_bar(ax: Axes, scale: Scale, name: str) -> None:
    """Fill a tall axes with the scale."""
    mappable = ScalarMappable(scale.norm, scale.colours)
    bar = Colorbar(ax, mappable)
    bar.outline.set_visible(False)
    bar.set_label(name, color=INK, size=SMALL)
    # Tick labels of at most six characters, so that there is room beside them.
    ticks = ScalarFormatter()
    ticks.set_powerlimits((-2, 4))
    ax.yaxis.set_major_locator(MaxNLocator(5))
    ax.yaxis.set_major_formatter(ticks)
    ax.xaxis.set_visible(False)
    calm(ax)
