"""How good a model is, on the terminal."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from classlens.cli.terminal import OUT
from classlens.measures import Measures

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
    OUT.say(
        f"Accuracy on {where}: {measures.accuracy:.1%} ({measures.correct} of {measures.samples}; "
        f"95 % confidence {low:.1%} to {high:.1%}). Always saying the most frequent class: "
        f"{measures.baseline:.1%}.\nLog loss {measures.log_loss:.4f} nats. Calibration: confidence "
        f"and accuracy are {measures.calibration_error:.1%} apart on average.\n"
    )
    _print_classes(measures)
    _print_confusion(measures)
    if measures.mistakes:
        OUT.say("Most confident mistakes:")
    for mistake in measures.mistakes[:_MOST_MISTAKES]:
        names = measures.class_names
        OUT.say(
            f"  {place_of(mistake.row)}: {names[mistake.true]} predicted as "
            f"{names[mistake.predicted]} with {mistake.probability:.1%}"
        )


def _print_classes(measures: Measures) -> None:
    rows = []
    for each in measures.classes[:_MOST_CLASSES]:
        numbers = (each.precision, each.recall, each.f1)
        shown = ["-" if math.isnan(number) else f"{number:.3f}" for number in numbers]
        rows.append((each.name, *shown, str(each.samples)))
    OUT.show(("class", "precision", "recall", "F1", "rows"), rows)
    more = len(measures.class_names) - _MOST_CLASSES
    if more > 0:
        OUT.say(f"({more} more classes are left out here.)")


def _print_confusion(measures: Measures) -> None:
    OUT.say()
    names = measures.class_names
    if len(names) <= _MOST_COLUMNS:
        table = zip(names, measures.confusion.tolist(), strict=True)
        OUT.show(
            ("class \\ predicted", *names), [(name, *map(str, counts)) for name, counts in table]
        )
    else:
        OUT.say("Most frequent mistakes:")
        off = measures.confusion * (1 - np.eye(len(names), dtype=np.int64))
        for place in np.argsort(-off, axis=None, kind="stable")[:_MOST_COLUMNS].tolist():
            true, predicted = divmod(place, len(names))
            if count := int(off[true, predicted]):
                OUT.say(f"  {names[true]} as {names[predicted]}: {count}")
    OUT.say()
