"""The pictures: each function takes a model and data, computes once, and gives a Display.

A Display holds arrays and names. Its ``plot(...)`` only draws, its ``figure()`` gives a figure
without pyplot, its ``png()`` the bytes of a file.
"""

from classlens.plot.of_courses import history, path
from classlens.plot.of_layers import codes, hidden, kernels
from classlens.plot.over_inputs import data, regions, units

__all__ = ["codes", "data", "hidden", "history", "kernels", "path", "regions", "units"]
