"""What a run may take: refused before it starts, rather than by a system that ends the process."""

from __future__ import annotations

import itertools
import math
import os

from classlens.errors import ArgumentError, listed

# Numbers of 4 bytes held at once for each parameter: the gradient, what the optimizer remembers,
# the records of past epochs, each before and after an update (measured: 14). For each activation of
# a batch: its pre-activation and both derivatives (measured: 3). For each entry of the samples: the
# padded copy on the host and that on the device (2). Somewhat more is reckoned with.
_FOR_A_PARAMETER = 20
_FOR_AN_ACTIVATION = 6
_FOR_AN_ENTRY = 3
# A network with such a mean loss gives the true class a share of exp(-100,000). Whether a loss that
# is large in the beginning comes down, only the run can tell: with Adam it often does.
MOST_NATS = 1e5
# The device counts updates in 32 bits.
_MOST_UPDATES = 2**31 - 1


def check_memory(sizes: tuple[int, ...], samples: int, batch_size: int) -> None:
    """Refuse a network that does not fit into the machine.

    Args:
        sizes: inputs, then units of each layer.
        samples: how many there are in all.
        batch_size: samples in one update.

    Raises:
        ArgumentError: if training it would take more than the machine's memory.
    """
    parameters = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    batch = min(batch_size, samples)
    need = 4 * (
        _FOR_A_PARAMETER * parameters
        + _FOR_AN_ACTIVATION * batch * sum(sizes)
        + _FOR_AN_ENTRY * samples * sizes[0]
    )
    if need > (have := memory()):
        raise ArgumentError(
            f"hidden and batch_size must fit into the memory of {have / 1e9:.1f} GB. Got layers of "
            f"{listed([str(size) for size in sizes[1:]])} units for {sizes[0]} features, "
            f"{parameters:,} parameters, and batches of {batch}, which take about "
            f"{need / 1e9:.0f} GB, instead."
        )


def memory() -> float:
    """The machine's memory in bytes; infinite where the system does not say."""
    try:
        return float(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    except (AttributeError, OSError, ValueError):
        return math.inf


def check_updates(epochs: int, samples: int, batch_size: int) -> None:
    """Refuse a run of more updates than can be counted.

    Args:
        epochs: in this run and the ones before it that it resumes.
        samples: those to learn from.
        batch_size: samples in one update.

    Raises:
        ArgumentError: if there are more.
    """
    batches = -(-samples // batch_size)
    if epochs * batches > _MOST_UPDATES:
        raise ArgumentError(
            f"epochs must make at most {_MOST_UPDATES:,} updates. Got {epochs:,} epochs of "
            f"{batches:,} batches instead."
        )
