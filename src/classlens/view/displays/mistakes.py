"""The worst mistakes as pictures: what was shown, what it was taken for, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.measures import Mistake
from classlens.view.displays import frame
from classlens.view.displays.lettering import LABEL, SMALL, counted, percent, shorten
from classlens.view.palette import INK, QUIET

# In a row; a panel's longer side, and what lies between panels and over one, in inches.
_COLUMNS = 6
_SIDE, _GAP, _OVER = 1.35, 0.3, 0.62

# No panel is slimmer or flatter than this, its shorter side in inches.
_LEAST = 0.5

# So many letters of a name fit over a panel.
_LETTERS = 12


@dataclass(frozen=True, eq=False, repr=False)
class MistakesDisplay:
    """The most confident wrong predictions, with the pictures that were shown.

    Attributes:
        mistakes: those that are drawn, the most confident one first.
        images: their pictures, shape (mistakes, height, width) or (mistakes, height, width, 3).
        own: the probability of each one's true class.
        range: what is drawn black and what white.
        wrong: how many mistakes there are.
        samples: among so many examples.
        class_names: the classes' names.
    """

    mistakes: Sequence[Mistake]
    images: NDArray[Any]
    own: NDArray[Any]
    range: tuple[float, float]
    wrong: int
    samples: int
    class_names: tuple[str, ...]

    def plot(self, ax: Figure | None = None, *, title: str | None = None) -> MistakesDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        height, width = self._size()
        panels = []
        for number in range(max(1, len(self.mistakes))):
            row, column = divmod(number, _COLUMNS)
            left, bottom = column * (_SIDE + _GAP), -row * (height + _OVER) - height
            panel = frame.add_panel(figure, left, bottom, width, height, ruled=(None, None))
            panels.append(panel)
            if self.mistakes:
                self._draw(panel, number)
        if not self.mistakes:
            panels[0].set_axis_off()
        heading = title or "The most confident mistakes"
        frame.entitle(panels[0], heading, self._note(), clear=72 * _OVER - 3)
        frame.settle(figure, panels)
        return self

    def figure(self) -> Figure:
        """A figure of its own, drawn without pyplot."""
        figure = frame.bare_figure()
        self.plot(figure)
        return figure

    def png(self) -> bytes:
        """The picture as a PNG file's bytes."""
        return frame.png(self.figure())

    def _repr_png_(self) -> bytes:
        """The picture, where a notebook shows the value of a cell."""
        return self.png()

    def __repr__(self) -> str:
        return f"MistakesDisplay({self.wrong:,} among {counted(self.samples, 'example')})"

    def _size(self) -> tuple[float, float]:
        """A panel's height and width in inches: in the pictures' proportion, as far as it goes."""
        height, width = self.images.shape[1:3]
        longer = max(height, width)
        return (max(_SIDE * height / longer, _LEAST), max(_SIDE * width / longer, _LEAST))

    def _draw(self, ax: Axes, number: int) -> None:
        mistake = self.mistakes[number]
        low, high = self.range
        shades = np.clip((self.images[number] - low) / ((high - low) or 1.0), 0.0, 1.0)
        ax.imshow(shades, cmap="gray", vmin=0.0, vmax=1.0, interpolation="nearest", aspect="auto")
        predicted, true = (
            shorten(self.class_names[index], _LETTERS)
            for index in (mistake.predicted, mistake.true)
        )
        lines = (
            (f"example {mistake.row}", "normal", QUIET, SMALL),
            (f"is {true}, {percent(float(self.own[number]))}", "normal", INK, SMALL),
            (f"as {predicted}, {percent(mistake.probability)}", "bold", INK, LABEL),
        )
        above = 3.0
        for said, weight, colour, size in lines:
            frame.write(ax, said, above=above, size=size, weight=weight, colour=colour)
            above += 1.35 * size

    def _note(self) -> str:
        if not self.mistakes:
            return f"none: all of {counted(self.samples, 'example')} are right"
        some = "" if len(self.mistakes) == self.wrong else f"{len(self.mistakes)} of "
        return (
            f"{some}{counted(self.wrong, 'mistake')} among {counted(self.samples, 'example')}; "
            "as what each was taken, what it is, and the model's shares of both"
        )
