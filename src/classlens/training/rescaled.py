"""A run on scaled features, told in the features' own units."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from classlens.data.encode import Encoding
from classlens.data.scaling import Scaling
from classlens.model import Model
from classlens.training.run import Run


def in_own_units(run: Run, scaling: Scaling, encoding: Encoding | None = None) -> Run:
    """The run of the network that takes samples as they were before they were scaled.

    Its parameters, those of past epochs included, are float64. What the optimizer remembers
    belongs to the scaled features and is left out.

    Args:
        run: the training.
        scaling: of its features.
        encoding: how a table's columns became them, for the model to keep.
    """
    layers = run.network.layers
    kernels = [layer.kernel.astype(np.float64) for layer in layers]
    biases = [layer.bias.astype(np.float64) for layer in layers]
    kernels[0], biases[0] = scaling.folded(kernels[0], biases[0])
    network = run.network.with_weights(kernels, biases)
    past = [array.astype(np.float64) for array in run.history.parameters]
    past[:2] = scaling.folded(past[0], past[1])
    return replace(
        run,
        model=Model(network, run.model.feature_names, run.model.settings, encoding),
        history=replace(run.history, parameters=tuple(past)),
        memory=None,
    )
