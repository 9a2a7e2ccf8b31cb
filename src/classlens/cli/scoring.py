"""How good a model is, on the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from rich.table import Table

from classlens.cli.terminal import OUT
from classlens.measures import Measures
from classlens.names import printable

_MOST_CLASSES = 20
_MOST_COLUMNS = 8  # of a matrix that a terminal shows
_MOST_MISTAKES = 5


def print_measures(measures: Measures, place_of: Callable[[int], str], where: str) -> None:
    """Print accuracy, baseline, loss, each class, the confusion matrix and the worst mistakes.

    Args:
        measures: how good the predictions are.
        place_of: where the sample of an index stands in its file.
        where: on which rows, after the word "on".
    """
    low, high = measures.interval
    OUT.print(
        f"Accuracy on {where}: {measures.accuracy:.1%} ({measures.correct} of {measures.samples}; "
        f"95 % confidence {low:.1%} to {high:.1%}). Always saying the most frequent class: "
        f"{measures.baseline:.1%}.\nLog loss {measures.log_loss:.4f} nats. Calibration: confidence "
        f"and accuracy are {measures.calibration_error:.1%} apart on average.\n",
        markup=False,
    )
    _print_classes(measures)
    _print_confusion(measures)
    if measures.mistakes:
        OUT.print("Most confident mistakes:")
    for mistake in measures.mistakes[:_MOST_MISTAKES]:
        names = measures.class_names
        OUT.print(
            f"  {place_of(mistake.row)}: {names[mistake.true]} predicted as "
            f"{names[mistake.predicted]} with {mistake.probability:.1%}",
            markup=False,
        )


def _print_classes(measures: Measures) -> None:
    table = Table("class", "precision", "recall", "F1", "rows", box=None, pad_edge=False)
    for each in measures.classes[:_MOST_CLASSES]:
        numbers = (each.precision, each.recall, each.f1)
        shown = ["-" if math.isnan(number) else f"{number:.3f}" for number in numbers]
        table.add_row(_plain(each.name), *shown, str(each.samples))
    OUT.print(table)
    _say_more(len(measures.class_names))


def _print_confusion(measures: Measures) -> None:
    OUT.print()
    names = measures.class_names
    if len(names) <= _MOST_COLUMNS:
        table = Table("class \\ predicted", *map(_plain, names), box=None, pad_edge=False)
        for name, row in zip(names, measures.confusion.tolist(), strict=True):
            table.add_row(_plain(name), *map(str, row))
        OUT.print(table)
    else:
        OUT.print("Most frequent mistakes:")
        off = measures.confusion * (1 - np.eye(len(names), dtype=np.int64))
        for place in np.argsort(-off, axis=None, kind="stable")[:_MOST_COLUMNS].tolist():
            true, predicted = divmod(place, len(names))
            if count := int(off[true, predicted]):
                OUT.print(f"  {names[true]} as {names[predicted]}: {count}", markup=False)
    OUT.print()


def _say_more(count: int) -> None:
    if count > _MOST_CLASSES:
        OUT.print(f"({count - _MOST_CLASSES} more classes are left out here.)")


def _plain(name: str) -> str:
    """A name that Rich prints as it is."""
    return printable(name).replace("[", "\\[")
