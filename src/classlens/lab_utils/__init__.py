"""The lab's plot functions, for a notebook that changes one line of its imports.

``from classlens.lab_utils import *`` gives the calls that the lab's notebook makes, with the lab's
arguments, for any number of classes and units and for data anywhere. The ``plt_`` calls that make a
picture of their own return its matplotlib Figure; the others draw on the axes that they are given.
"""

from __future__ import annotations

from classlens.lab_utils.boundaries import plot_cat_decision_boundary_mc, plt_cat_mc
from classlens.lab_utils.first_layer import plt_layer_relu, plt_prob_z
from classlens.lab_utils.outputs import plt_output_layer_linear
from classlens.lab_utils.scatters import dkcolors_map, plt_mc, plt_mc_data

# What a star import brings. The notebook imports NumPy, pyplot and the rest itself.
__all__ = [
    "dkcolors_map",
    "plot_cat_decision_boundary_mc",
    "plt_cat_mc",
    "plt_layer_relu",
    "plt_mc",
    "plt_mc_data",
    "plt_output_layer_linear",
    "plt_prob_z",
]
