"""The pre-activations of one layer at every vertex of a partition, and their signs.

A pre-activation is a sum of rounded products, so one that should be 0 seldom is. A vertex lies on a
unit's crease, and not beside it, when the pre-activation there is within a tolerance of 0. The
tolerance is taken from the numbers that meet at that very vertex, not from the largest anywhere, so
that what is small in a network keeps its shape beside what is large.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from classlens.analysis.bits import Words, pack, unpack
from classlens.analysis.partition import Cut, Partition, with_room
from classlens.analysis.walk import Flags, Floats, Ints
