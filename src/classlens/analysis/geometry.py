"""The exact geometry of a classifier on a window: linear regions, classes, boundaries, margins.

A network whose activations have linear pieces is affine on each of finitely many convex polygons,
its linear regions. They are found by cutting the window along the crease of one unit after another;
then each region is cut where the winning class changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis.cells import Boundaries, Cells, Creases, Tie
from classlens.analysis.chain import Chain
from classlens.analysis.margins import nearest
from classlens.analysis.outline import Outline, boundaries, creases
from classlens.analysis.patterns import Patterns, affine_maps
from classlens.analysis.planes import Window
from classlens.analysis.slices import Slice
from classlens.analysis.walk import Flags, Floats, Ints
from classlens.arrays import refuse_non_finite
from classlens.errors import ArgumentError, DataError
from classlens.network import Network


class Location(NamedTuple):
    """Where points lie.

    Attributes:
        region: the linear region's index, shape (points,); -1 outside the window, or where regions
            are not known.
        label: the class that wins there, shape (points,); -1 outside the window.
    """

    region: Ints
    label: Ints


class Margins(NamedTuple):
    """The nearest boundary to each of some points.

    Attributes:
        distance: how far it is, shape (points,); infinite if the window has no boundary.
        point: the nearest point on it, shape (points, 2); NaN if there is none.
        classes: the two classes that meet there, the lower index first, shape (points, 2); -1 if
            there is none.
        certified: whether nothing outside the window can be nearer, because the window's rim is
            further away, shape (points,). Never where the geometry is sampled.
    """

    distance: Floats
    point: Floats
    classes: Ints
    certified: Flags
