"""How a picture comes to be seen: once, whatever shows it, and without a word where nothing can."""

from __future__ import annotations

from typing import Any

from matplotlib import get_backend
from matplotlib.backends import registry
from matplotlib.figure import Figure

from classlens.view.displays import frame


class ShownFigure(Figure):
    """A figure that a notebook shows once, whether or not it is the value of a cell.

    A notebook's inline backend shows at the end of a cell what pyplot holds, and the notebook shows
    the cell's value: a figure that is both would be there twice.
    """

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """The picture, which pyplot then need not show any more; nothing on other backends."""
        if not _inline():
            return {}
        import matplotlib.pyplot as plt  # noqa: PLC0415 - costs time, and sets a backend

        plt.close(self)
        return {"image/png": frame.png(self), "text/plain": repr(self)}


def new_figure() -> Figure:
    """An empty figure that pyplot knows, as it would be after ``plt.figure()``."""
    import matplotlib.pyplot as plt  # noqa: PLC0415 - costs time, and sets a backend

    return plt.figure(FigureClass=ShownFigure, facecolor="white")


def show(figure: Figure) -> Figure:
    """Show the figure where there is a window to show it in, and give it back.

    A notebook's inline backend shows it at the end of the cell.
    """
    import matplotlib.pyplot as plt  # noqa: PLC0415 - costs time, and sets a backend

    known: Any = registry  # matplotlib leaves its methods without types
    files_only = known.backend_registry.list_builtin(known.BackendFilter.NON_INTERACTIVE)
    if not _inline() and get_backend().lower() not in files_only:
        plt.show()
    return figure


def _inline() -> bool:
    return "inline" in get_backend().lower()
