"""Kernels as pictures: what each unit of the first layer adds for a bright pixel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from classlens.analysis.planes import Window
from classlens.view.displays import frame, panels
from classlens.view.displays.lettering import counted, shorten
from classlens.view.displays.scales import pixels, scale_of
from classlens.view.palette import QUIET


@dataclass(frozen=True, eq=False, repr=False)
class KernelsDisplay:
    """A picture for each unit, all on one colour scale.

    Attributes:
        images: the kernels, shape (units, height, width) or (units, height, width, 3).
        layer: the layer's name.
        outputs: the classes that the units stand for, if it is the last layer; else None.
    """

    images: NDArray[Any]
    layer: str
    outputs: tuple[str, ...] | None

    def plot(self, ax: Figure | None = None, *, title: str | None = None) -> KernelsDisplay:
        """Draw; nothing is computed, so drawing again costs nothing more.

        It returns the display, as scikit-learn's do. In a notebook the display itself, without
        ``plot``, is the picture; after ``plot()`` at the end of a cell put a semicolon, or it is
        there twice.

        Args:
            ax: a matplotlib Figure to draw on; it is cleared and takes the size that the picture
                needs. By default a new one of pyplot's.
            title: the heading; by default it names the layer and counts its units.

        Raises:
            ArgumentError: if ax is no Figure.
        """
        figure = frame.shown_figure() if ax is None else frame.check_figure(ax)
        figure.clear()
        images = self._flat()
        scale = scale_of(images)
        height, width = images.shape[1:]
        grid = panels.add_grid(
            figure,
            self._titles(),
            names=None,
            window=Window((0, width), (0, height)),
            shape=width / height,
        )
        for panel, image in zip(grid.axes, images, strict=True):
            pixels(panel, image, scale)
            if self.images.ndim == 4:  # a line between the three colours
                for place in (width / 3, 2 * width / 3):
                    panel.axvline(place, color=QUIET, linewidth=1.2)
        first = grid.axes[0]
        frame.entitle(first, title or self._heading(), self._note(), clear=grid.clear + 4)
        last = panels.explain(figure, grid, scale, "weight", ())
        frame.settle(figure, [first, grid.corner, last])
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
        return f"KernelsDisplay({shorten(self.layer)}, {counted(len(self.images), 'unit')})"

    def _flat(self) -> NDArray[Any]:
        """As many kernels as are drawn, with the three colours side by side."""
        images = self.images[: panels.MOST]
        return images if images.ndim == 3 else np.concatenate(np.moveaxis(images, 3, 0), axis=2)

    def _titles(self) -> list[str]:
        shown = min(len(self.images), panels.MOST)
        if self.outputs is not None:
            return list(self.outputs[:shown])
        return [f"unit {unit}" for unit in range(shown)]

    def _heading(self) -> str:
        count = len(self.images)
        first = f", the first {panels.MOST}" if count > panels.MOST else ""
        return f"Layer {self.layer}: the kernels of {counted(count, 'unit')}{first}"

    def _note(self) -> str:
        said = "what a brighter pixel adds to each unit's sum"
        return said + ("; red, green, blue from the left" if self.images.ndim == 4 else "")
