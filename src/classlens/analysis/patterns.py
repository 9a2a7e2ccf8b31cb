"""Which units are on in each linear region, and the affine map that the network is there."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from classlens.analysis.bits import Words, pack, unpack
from classlens.analysis.chain import Chain, activate, slopes_of
from classlens.analysis.walk import Flags, Floats, Ints
from classlens.network import Network


@dataclass(frozen=True, eq=False)
class Patterns:
    """The on/off patterns of all regions.

    Attributes:
        words: for each layer, which units are on in each region, as ``pack`` makes them, shape
            (words, regions); None for a layer without creases.
        units: how many units each layer has.
    """

    words: tuple[Words | None, ...]
    units: tuple[int, ...]

    def flags(self, regions: Ints) -> tuple[Flags, ...]:
        """Which units are on in the given regions: one array (regions, units) a layer.

        All units of a layer without creases count as on.
        """
        return tuple(
            np.ones((len(regions), units), dtype=np.bool_)
            if words is None
            else unpack(words[:, regions], units)
            for words, units in zip(self.words, self.units, strict=True)
        )

    def find(self, chain: Chain, points: Floats) -> tuple[Ints, Floats]:
        """The region that each point lies in by the signs of its pre-activations.

        Args:
            chain: the network.
            points: window coordinates, shape (points, 2).

        Returns:
            The regions, -1 where rounding has given a point a pattern that no region has, and the
            logits at the points.
        """
        values, signs = points, []
        for step, words in zip(chain.steps, self.words, strict=True):
            values, _ = step.take(values, None)
            if words is not None:
                signs.append(pack(values > 0))
        logits, _ = activate(values, None, chain.last)
        if not signs:
            return np.zeros(len(points), dtype=np.intp), logits
        wanted = np.concatenate(signs)
        order, keys = self._sorted_keys
        place = np.searchsorted(keys, _key(wanted)).clip(max=len(keys) - 1)
        region = order[place]
        same = (self._stacked[:, region] == wanted).all(axis=0)
        return np.where(same, region, -1), logits

    @cached_property
    def _stacked(self) -> Words:
        return np.concatenate([words for words in self.words if words is not None])

    @cached_property
    def _sorted_keys(self) -> tuple[Ints, Words]:
        keys = _key(self._stacked)
        order = np.argsort(keys)
        return order, keys[order]


def _key(words: Words) -> Words:
    """One number for each column of words, which other columns do not have but by great chance."""
    random = np.random.default_rng(0).integers(0, 2**63, size=(len(words), 1), dtype=np.uint64)
    return np.asarray((words * (2 * random + 1)).sum(axis=0, dtype=np.uint64))


def affine_maps(network: Network, on: tuple[Flags, ...]) -> tuple[Floats, Floats]:
    """The map from inputs to logits that a network is while its units are on or off.

    Args:
        network: with linear pieces.
        on: for each layer which units are on, shape (regions, units).

    Returns:
        Kernels (regions, inputs, classes) and biases (regions, classes), so that
        logits = x @ kernel + bias.
    """
    count, inputs = len(on[0]), network.inputs
    kernels = np.broadcast_to(np.eye(inputs), (count, inputs, inputs))
    biases = np.zeros((count, inputs))
    for layer, flags in zip(network.layers, on, strict=True):
        weights = layer.kernel.astype(np.float64)
        off, on_slope = slopes_of(layer.activation)
        gain = np.where(flags, on_slope, off)
        kernels = kernels @ weights * gain[:, None]
        biases = (biases @ weights + layer.bias) * gain
    return kernels, biases
