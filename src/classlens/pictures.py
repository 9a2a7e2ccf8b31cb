"""The pictures of one fitted classifier: ``clf.plot``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from numpy.typing import ArrayLike

from classlens import plot
from classlens.training.run import Run
from classlens.view.displays.code_table import CodesDisplay
from classlens.view.displays.confusion import ConfusionDisplay
from classlens.view.displays.data import DataDisplay
from classlens.view.displays.decisions import RegionsDisplay
from classlens.view.displays.example_path import PathDisplay
from classlens.view.displays.hidden import HiddenDisplay
from classlens.view.displays.history import HistoryDisplay
from classlens.view.displays.unit_grid import UnitsDisplay


@dataclass(frozen=True, eq=False)
class Pictures:
    """The functions of ``classlens.plot``, given a run and told what its labels mean.

    They take the options and raise the errors of the functions of the same names.

    Attributes:
        run: what is drawn.
        dataset: makes a Dataset of samples and of labels as they were when the run was trained,
            and None of None and None.
    """

    run: Run
    dataset: Callable[[ArrayLike | None, ArrayLike | None], Any]

    def data(self, X: ArrayLike, y: ArrayLike) -> DataDisplay:
        """The samples in the plane."""
        return plot.data(self.dataset(X, y))

    def regions(
        self, X: ArrayLike | None = None, y: ArrayLike | None = None, **options: Any
    ) -> RegionsDisplay:
        """The decision regions; without samples the option ``window`` says where."""
        return plot.regions(self.run, self.dataset(X, y), **options)

    def units(
        self, X: ArrayLike | None = None, y: ArrayLike | None = None, **options: Any
    ) -> UnitsDisplay:
        """What each unit of a layer computes over the input plane."""
        return plot.units(self.run, self.dataset(X, y), **options)

    def hidden(self, X: ArrayLike, y: ArrayLike, **options: Any) -> HiddenDisplay:
        """The samples as a hidden layer of two units re-maps them."""
        return plot.hidden(self.run, self.dataset(X, y), **options)

    def codes(self, X: ArrayLike, y: ArrayLike, **options: Any) -> CodesDisplay:
        """Which units of a hidden layer are on for which class."""
        return plot.codes(self.run, self.dataset(X, y), **options)

    def confusion(self, X: ArrayLike, y: ArrayLike) -> ConfusionDisplay:
        """How many samples of each class are taken for which."""
        return plot.confusion(self.run, self.dataset(X, y))

    def path(
        self, x: ArrayLike, X: ArrayLike | None = None, y: ArrayLike | None = None
    ) -> PathDisplay:
        """One example's way through the network, with the samples' ranges behind it."""
        return plot.path(self.run, x, self.dataset(X, y))

    def history(self) -> HistoryDisplay:
        """The loss and the accuracy, epoch by epoch, of the last fit."""
        return plot.history(self.run.history)
