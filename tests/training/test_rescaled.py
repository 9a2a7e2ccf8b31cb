"""A run in the features' own units gives, for them, what it gave for the scaled ones."""

from __future__ import annotations

import numpy as np

import classlens as cl
from classlens.data.scaling import Scaling
from classlens.training.rescaled import in_own_units


def test_every_epoch_s_network_gives_the_same_logits() -> None:
    data = cl.blobs(80)
    X = data.X.astype(np.float64) * [1e-3, 1e5] + [1e4, -7.0]
    scaling = Scaling.of(X, np.ones(80))
    scaled = scaling.scaled(X)
    run = cl.fit(cl.Dataset(scaled, data.y), hidden=(3, 2), epochs=6)
    own = in_own_units(run, scaling)
    for epoch in (0, 3, 6):
        logits = run.network_at(epoch).logits(scaled)
        assert np.allclose(own.network_at(epoch).logits(X), logits, atol=1e-5)
    assert np.allclose(own.network.logits(X), run.network.logits(scaled), atol=1e-5)
    assert own.network.dtype == np.float64
    assert own.model.class_names == run.model.class_names
    assert own.memory is None
    assert np.array_equal(own.history.loss, run.history.loss)


def test_a_network_without_hidden_layers() -> None:
    data = cl.blobs(80)
    scaling = Scaling(np.array([5.0, -1.0]), np.array([2.0, 4.0]))
    run = cl.fit(cl.Dataset(scaling.scaled(data.X), data.y), hidden=(), epochs=2)
    own = in_own_units(run, scaling)
    assert np.allclose(
        own.network.logits(data.X), run.network.logits(scaling.scaled(data.X)), atol=1e-5
    )
