"""One colour scale for several panels, so that they can be compared."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Colormap, LinearSegmentedColormap, ListedColormap, Normalize
from numpy.typing import NDArray

from classlens.analysis.planes import Window
from classlens.view.displays.legends import corner
from classlens.view.displays.lettering import SMALL, length, plain
from classlens.view.displays.rulers import CLEAR, Ruler, decimals
from classlens.view.palette import INK, NEGATIVE, POSITIVE

_STEPS = 256

# Colours deepen with this power of a number.
_FAST = 0.65


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
    get two, which meet in white at 0. The colour deepens fast at first, so that what is small
    beside the largest number is seen too; the colour bar shows how.
    """
    low, high = float(values.min()), float(values.max())
    if low == high:  # one number: a scale must have a width
        low, high = min(low, 0.0), (max(high, 0.0) or low + 1.0)
    white = min(max(low, 0.0), high)
    steps = np.linspace(low, high, _STEPS) - white
    depth = (np.abs(steps) / np.abs(steps).max()) ** _FAST
    colours = np.where(steps[:, None] > 0, _ramp(POSITIVE)(depth), _ramp(NEGATIVE)(depth))
    return Scale(ListedColormap(colours, "values"), Normalize(low, high))


def _ramp(colours: tuple[str, ...]) -> Colormap:
    return LinearSegmentedColormap.from_list("", colours)


def heat(ax: Axes, values: NDArray[Any], window: Window, scale: Scale) -> None:
    """Fill an axes with numbers, shape (rows, columns), whose outer points lie on its rim."""
    half0 = (window.x0[1] - window.x0[0]) / (values.shape[1] - 1) / 2
    half1 = (window.x1[1] - window.x1[0]) / (values.shape[0] - 1) / 2
    ax.imshow(
        _colours(values, scale),
        interpolation="bilinear",
        # The outer points' centres lie on the rim.
        extent=(
            window.x0[0] - half0,
            window.x0[1] + half0,
            window.x1[0] - half1,
            window.x1[1] + half1,
        ),
        origin="lower",
        aspect="auto",
    )


def pixels(ax: Axes, values: NDArray[Any], scale: Scale) -> None:
    """Fill an axes with numbers, shape (rows, columns), one cell each, row 0 at the top."""
    height, width = values.shape
    ax.imshow(
        _colours(values, scale),
        interpolation="nearest",
        extent=(0, width, 0, height),
        aspect="auto",
    )


def _colours(values: NDArray[Any], scale: Scale) -> NDArray[np.uint8]:
    """Bytes, with a fourth one for opacity, which are drawn faster than numbers or three bytes."""
    steps = np.clip(scale.norm(values), 0.0, 1.0) * (_STEPS - 1)
    colours = scale.colours(np.arange(_STEPS), bytes=True)
    return np.asarray(colours[np.rint(steps).astype(np.intp)])


def colour_bar(ax: Axes, scale: Scale, name: str) -> None:
    """Fill a tall axes with the scale, and write its numbers and its name on the right."""
    low, high = float(scale.norm.vmin or 0.0), float(scale.norm.vmax or 0.0)
    colours = scale.colours(np.arange(_STEPS), bytes=True)[:, None]
    ax.imshow(colours, extent=(0, 1, low, high), origin="lower", aspect="auto")
    ax.set_ylim(low, high)
    ruler = Ruler("right", decimals(powers=(-2, 4)))
    ax.add_artist(ruler)
    plain(
        ax.text(
            ruler.room() + 4,
            0,
            name,
            transform=corner(ax, 1.0, 0.5),
            rotation=90,
            ha="left",
            va="center",
            color=INK,
            size=SMALL,
        )
    )


def bar_room(scale: Scale) -> float:
    """The width in inches of a colour bar's numbers and name."""
    low, high = float(scale.norm.vmin or 0.0), float(scale.norm.vmax or 0.0)
    numbers = decimals(powers=(-2, 4))(low, high).labels
    return (CLEAR + max(length(each, SMALL) for each in numbers) + 8 + SMALL) / 72
