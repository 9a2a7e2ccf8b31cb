"""How fast the exact geometry is, beside predicting the classes of a grid of points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from timing import Goal, Row, at_least, at_most, compared, interleaved, limited, seconds, timed

import classlens as cl

_STEPS = 500
_PEER = f"predict on {_STEPS} x {_STEPS} points"
_GROWTH = Goal("at most as N^2.3", lambda exponent: exponent <= 2.3)


@dataclass(frozen=True)
class Case:
    """A network in float64, and the window that it is looked at in."""

    network: cl.Network
    window: tuple[tuple[float, float], tuple[float, float]]

    def exact(self) -> object:
        """Ours: regions, classes, areas and boundaries."""
        found = cl.regions(self.network, self.window)
        return found.class_areas, found.boundary_length

    def on_grid(self) -> object:
        """What gives only a picture of them."""
        sides = (np.linspace(low, high, _STEPS) for low, high in self.window)
        return self.network.predict(np.stack(np.meshgrid(*sides), axis=-1).reshape(-1, 2))


def geometry(quick: bool) -> Iterator[Row]:
    """``regions`` beside a forward pass of the same float64 network on a grid of the same window.

    Random networks have He's initial kernels and biases of the kernels' size; the trained ones are
    the lab's and some that were fitted to the toy pinwheel of 600 points.
    """
    small, large = (4, 8) if quick else (64, 256)
    rounds = 1 if quick else 5
    lab = _trained(cl.blobs(), [2], epochs=5 if quick else 200)
    times = _measured({"lab": lab}, 10 * rounds)
    yield compared("lab, 2-2-4", *times["lab"], _PEER)
    yield limited("lab, 2-2-4", times["lab"][0], at_most(2e-3, seconds))
    pinwheel = cl.pinwheel(600)
    makers: Mapping[str, Callable[[int], Case]] = {
        "random": lambda width: _random([width] * 3),
        "trained": lambda width: _trained(pinwheel, [width] * 3, epochs=2 if quick else 60),
    }
    for kind, make in makers.items():
        cases = {width: make(width) for width in (small, large)}
        times = _measured({str(width): case for width, case in cases.items()}, rounds)
        for width in cases:
            what = f"{kind}, [{width}]x3"
            yield compared(what, *times[str(width)], _PEER, goal=at_least(1))
        pairs = zip(times[str(small)][0], times[str(large)][0], strict=True)
        exponents = [math.log(most / least, large / small) for least, most in pairs]
        what = f"{kind}, growth from N = {small} to {large}"
        yield limited(what, exponents, _GROWTH, show=lambda exponent: f"N^{exponent:.2f}")
        yield _margins(f"10,000 margins, {kind}, [{small}]x3", cases[small], rounds)


def _margins(what: str, case: Case, rounds: int) -> Row:
    found = cl.regions(case.network, case.window)
    low, high = found.cells.corners.min(axis=0), found.cells.corners.max(axis=0)
    points = np.random.default_rng(0).uniform(low, high, size=(10_000, 2))
    times = interleaved({"ours": timed(lambda: found.margins(points))}, rounds)
    return limited(what, times["ours"], at_most(1, seconds))


def _measured(cases: Mapping[str, Case], rounds: int) -> dict[str, tuple[list[float], list[float]]]:
    """For each case our seconds and the grid's, all in the same rounds."""
    works = {(name, ours): case for name, case in cases.items() for ours in (True, False)}
    contestants = {
        f"{name} {ours}": timed(case.exact if ours else case.on_grid)
        for (name, ours), case in works.items()
    }
    times = interleaved(contestants, rounds)
    return {name: (times[f"{name} True"], times[f"{name} False"]) for name in cases}


def _random(hidden: list[int]) -> Case:
    random = np.random.default_rng(0)
    layers: list[tuple[NDArray[np.float64], NDArray[np.float64]]] = []
    for inputs, units in itertools.pairwise([2, *hidden, 4]):
        size = math.sqrt(2 / inputs)
        layers.append(
            (size * random.normal(size=(inputs, units)), size * random.normal(size=units))
        )
    network = cl.Network.from_arrays([kernel for kernel, _ in layers], [bias for _, bias in layers])
    return Case(network, ((-1.0, 1.0), (-1.0, 1.0)))


def _trained(data: cl.Dataset, hidden: list[int], *, epochs: int) -> Case:
    network = cl.fit(data, hidden=hidden, epochs=epochs, learning_rate=0.01, seed=1234).network
    layers = [layer.get_weights() for layer in network.layers]
    wide = cl.Network.from_arrays(
        [kernel.astype(np.float64) for kernel, _ in layers],
        [bias.astype(np.float64) for _, bias in layers],
    )
    window = cl.regions(wide, data=data).window
    return Case(wide, (window.x0, window.x1))
