"""The pictures: each function takes a model and data, computes once, and gives a Display.

A Display holds arrays and names. Its ``plot(...)`` only draws, its ``figure()`` gives a figure
without pyplot, its ``png()`` the bytes of a file.
"""

from classlens.plot.of_courses import history, path
from classlens.plot.of_layers import codes, hidden, kernels
from classlens.plot.of_predictions import confusion, mistakes
from classlens.plot.over_inputs import data, regions, units

__all__ = [
    "codes",
    "confusion",
    "data",
    "hidden",
    "history",
    "kernels",
    "mistakes",
    "path",
    "regions",
    "units",
]
