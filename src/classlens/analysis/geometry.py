"""The exact geometry of a classifier on a window: linear regions, classes, boundaries, margins.

A network whose activations have linear pieces is affine on each of finitely many convex polygons,
its linear regions. They are found by cutting the window along the crease of one unit after another;
then each region is cut where the winning class changes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from classlens.analysis.boundary import Classified, classify
from classlens.analysis.cells import divide
from classlens.analysis.chain import Chain, unroll
from classlens.analysis.creasing import Budget, Creased, crease
from classlens.analysis.patterns import Patterns
from classlens.analysis.planes import Window
from classlens.analysis.result import LinearRegions, Regions
from classlens.analysis.sampled import sample
from classlens.analysis.slices import Slice
from classlens.analysis.tolerance import DoubtError
from classlens.analysis.walk import Floats
from classlens.data.dataset import Dataset
from classlens.errors import ArgumentError, short
from classlens.kinds import Number
from classlens.model import HasModel, Model, as_model
from classlens.network import Network

Rectangle = Window | Sequence[Sequence[float]]

# The product of two such sides, and that of four, can be told from 0.
_SMALLEST = 1e-75

# Megabytes that the regions of one window may take.
MEMORY_LIMIT = 2048.0


def regions(
    model: Network | Model | HasModel,
    window: Rectangle | None = None,
    slice: Slice | None = None,  # noqa: A002 - the word that everyone uses for it
    *,
    data: Dataset | tuple[ArrayLike, ArrayLike] | None = None,
    memory_limit: float = MEMORY_LIMIT,
) -> Regions:
    """Find the linear regions, the classes and the boundaries of a network on a window.

    With activations that have linear pieces (relu, leaky_relu, linear) everything is exact, but for
    the rounding of float64, whatever the network's dtype. Structures narrower than about 1e-12 of
    the window may be merged, and classes whose logits differ by no more than their rounding all
    over an area count as equal there. With curved activations the classes are sampled, finely where
    they change, with a bound on the error: see ``Regions.exact``.

    Args:
        model: a Network, a Model or a Run; with two inputs, or any number with a slice.
        window: ((x0_min, x0_max), (x1_min, x1_max)), in the slice's coordinates if there is one;
            by default the range of the data and a tenth on each side.
        slice: the plane on which the window lies, for networks with other than two inputs.
        data: samples that the default window is to show.
        memory_limit: how much memory the regions may take, in megabytes, beside a few for what is
            computed at a time.

    Raises:
        ArgumentError: if network, window and slice do not fit each other, the window is empty or
            missing, or the regions do not fit into the memory.
        DataError: if the data cannot be used.

    Example:
        >>> network = Network.from_arrays([[[1, 0], [0, 1]], [[1, 0], [0, 1]]], [[0, 0], [0, 0]])
        >>> found = regions(network, ((-1, 1), (-1, 1)))
        >>> found.count, found.class_areas.tolist()
        (4, [2.5, 1.5])
        >>> [(tie.classes, tie.area) for tie in found.ties]
        [((0, 1), 1.0)]
        >>> found.locate([[0.5, 0.75]]).label
        array([1])
    """
    network = model if isinstance(model, Network) else as_model(model).network
    _check_inputs(network, slice)
    limit = Number(0.0, low_allowed=False).check("memory_limit", memory_limit)
    place = _window(network, window, slice, data)
    _check_size(place)
    (left, right), (low, high) = place.x0, place.x1
    corners = np.array([(left, low), (right, low), (right, high), (left, high)])
    if any(layer.activation.slopes is None for layer in network.layers):
        return sample(network, place, slice)
    chain = unroll(network, slice)
    try:
        creased, classified = _cut(chain, corners, careful=False, budget=Budget(limit))
    except DoubtError:
        creased, classified = _cut(chain, corners, careful=True, budget=Budget(limit))
    cells, borders, ties = divide(creased.partition, classified)
    patterns = Patterns(creased.patterns, tuple(layer.units for layer in network.layers))
    return Regions(
        network=network,
        window=place,
        slice=slice,
        cells=cells,
        boundaries=borders.boundaries(cells.label),
        ties=ties,
        exact=True,
        error=0.0,
        linear=LinearRegions(chain, patterns, borders),
    )


def _cut(
    chain: Chain, corners: Floats, *, careful: bool, budget: Budget
) -> tuple[Creased, Classified]:
    creased = crease(chain, corners, careful=careful, budget=budget)
    return creased, classify(creased)


def _check_inputs(network: Network, slice: Slice | None) -> None:  # noqa: A002
    if not isinstance(slice, Slice | None):
        raise ArgumentError(f"slice must be a Slice. Got {short(slice)} instead.")
    if slice is None and network.inputs != 2:
        raise ArgumentError(
            "the network must have 2 inputs, or a slice through them must be given. "
            f"Got {network.inputs} inputs and no slice."
        )
    if slice is not None and slice.inputs != network.inputs:
        raise ArgumentError(
            f"the slice must go through the {network.inputs} inputs of the network. "
            f"Got a slice through {slice.inputs} inputs."
        )


def _check_size(window: Window) -> None:
    sides = window.x0, window.x1
    if (
        min(high - low for low, high in sides) < _SMALLEST
        or max(map(abs, window.x0 + window.x1)) > 1 / _SMALLEST
    ):
        raise ArgumentError(
            f"the window's sides must be at least {_SMALLEST:g} long and lie within "
            f"{-1 / _SMALLEST:g} to {1 / _SMALLEST:g}, so that areas can be computed. Got {sides} "
            "instead. Scale the features."
        )


def _window(
    network: Network,
    window: Rectangle | None,
    slice: Slice | None,  # noqa: A002
    data: Dataset | tuple[ArrayLike, ArrayLike] | None,
) -> Window:
    if window is not None:
        return Window.of(window)
    if data is None:
        raise ArgumentError(
            "a window is missing: give window=((x0_min, x0_max), (x1_min, x1_max)), or data that "
            "it is to show."
        )
    samples = Dataset.of(data).X
    if samples.shape[1] != network.inputs:
        raise ArgumentError(
            f"data must have {network.inputs} features, one for each input of the network. "
            f"Got {samples.shape[1]} instead."
        )
    return Window.around(samples if slice is None else slice.project(samples))
