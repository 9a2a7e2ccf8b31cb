"""Every threshold behind a verdict or a word, in one table for explanations and sweeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Threshold:
    """A number that decides between two words.

    Attributes:
        value: the number.
        meaning: what it decides, one sentence.
    """

    value: float
    meaning: str


THRESHOLDS: Mapping[str, Threshold] = MappingProxyType(
    {
        "code bit": Threshold(
            0.75,
            "A unit's bit in a class's code is on (off) if it is on (off) for at least this share "
            "of the class's examples; otherwise it is mixed.",
        ),
        "good": Threshold(0.95, "The verdict is good from this accuracy on, unless classes merge."),
        "merged": Threshold(
            0.5,
            "A class is merged into another one if at least this share of its examples is "
            "predicted as that one.",
        ),
        "mixed": Threshold(
            0.25,
            "A class is mixed up with another one if at least this share of its examples, and less "
            "than the share that merges them, is predicted as that one.",
        ),
        "too early": Threshold(
            0.1,
            "Training was stopped too early if its last tenth still lowered the loss by more than "
            "this share, clearly more than its ups and downs, and the verdict is not good.",
        ),
        "diverged": Threshold(
            2.0,
            "A network has diverged if its loss is this many times that of giving every class the "
            "same probability, the logarithm of the number of classes.",
        ),
        "constant": Threshold(
            1e-6,
            "A unit is dead if its activations differ by less than this share of the layer's "
            "largest activation.",
        ),
        "dead share": Threshold(
            0.25,
            "Dead units are what went wrong if at least this share of a hidden layer's units are "
            "dead, and the verdict is not good: of many units the others do without a few.",
        ),
        "same direction": Threshold(
            1e-6,
            "Two units are duplicates, or opposites, if their weights with the bias, scaled to "
            "length 1, differ by less than this.",
        ),
        "same point": Threshold(
            1e-6,
            "Examples land on one point if their activations differ by less than this share of the "
            "layer's largest activation.",
        ),
    }
)


def threshold(name: str) -> float:
    """The value of a row of the table."""
    return THRESHOLDS[name].value
