"""One update against arithmetic written out in NumPy, and against Keras's and Optax's own rules."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest

from classlens.activations import ACTIVATIONS, Activation
from classlens.network import Network
from classlens.training.adam import keras_adam
from classlens.training.optimizers import DIRECTIONS, SCHEDULES
from classlens.training.step import Batch, Knobs, Program, initial, logits, score, update

LINEAR = Activation("linear")


def program(activation="relu", **changes):
    options = {"optimizer": "adam", "schedule": "constant", "penalised": False, "batch_size": 6}
    return Program(activations=(Activation(activation), LINEAR), **{**options, **changes})


def knobs(**changes):
    values = {"learning_rate": 0.1, "momentum": 0.0, "weight_decay": 0.0, "l1": 0.0, "updates": 10}
    return Knobs(**{name: np.float32(value) for name, value in {**values, **changes}.items()})


def params(seed=0, sizes=(3, 4, 2)):
    random = np.random.default_rng(seed)
    return tuple(
        (random.normal(size=(a, b)).astype(np.float32), random.normal(size=b).astype(np.float32))
        for a, b in itertools.pairwise(sizes)
    )


def batch(real=6, rows=6, seed=1, weight=None):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 3)).astype(np.float32)
    y = random.integers(0, 2, rows).astype(np.int32)
    w = np.ones(rows, np.float32) if weight is None else np.asarray(weight, np.float32)
    w = np.where(np.arange(rows) < real, w, 0).astype(np.float32)
    return Batch(jnp.asarray(x), jnp.asarray(y), jnp.asarray(w), jnp.int32(real))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_logits_equal_the_network_s(name):
    p = params()
    x = np.asarray(batch().x)
    network = Network.from_arrays(
        [k for k, _ in p], [b for _, b in p], activations=[name, "linear"]
    )
    assert np.allclose(logits(program(name), p, x), network.logits(x), atol=1e-5)


def test_score_is_the_cross_entropy_and_ignores_rows_that_fill_up():
    p, b = params(), batch(real=4, weight=[1, 2, 0.5, 1, 9, 9])
    sums = score(program(), p, b)
    z = np.asarray(logits(program(), p, b.x), np.float64)[:4]
    y = np.asarray(b.y)[:4]
    losses = np.log(np.exp(z).sum(1)) - z[np.arange(4), y]
    assert float(sums.loss) == pytest.approx(float(losses @ [1, 2, 0.5, 1]), rel=1e-5)
    assert int(sums.correct) == (z.argmax(1) == y).sum()


def test_score_does_not_overflow():
    p = ((np.full((3, 2), 1e20, np.float32), np.zeros(2, np.float32)),)
    only = Program((LINEAR,), "adam", "constant", penalised=False, batch_size=6)
    assert np.isfinite(float(score(only, p, batch()).loss))


def numerical_gradient(p, b, real):
    """Of the batch's mean loss, by central differences in float64."""
    flat = [array.astype(np.float64) for layer in p for array in layer]
    x, y, w = (np.asarray(v)[:real].astype(np.float64) for v in (b.x, b.y, b.weight))

    def loss():
        z = np.maximum(x @ flat[0] + flat[1], 0) @ flat[2] + flat[3]
        own = z[np.arange(real), y.astype(int)]
        return (w * (np.log(np.exp(z).sum(1)) - own)).sum() / real

    gradients = []
    for array in flat:
        g = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            kept = array[place]
            array[place] = kept + 1e-6
            up = loss()
            array[place] = kept - 1e-6
            g[place] = (up - loss()) / 2e-6
            array[place] = kept
        gradients.append(g)
    return gradients


def adam_by_hand(arrays, gradients, memory, t, rate):
    """Keras 2.8's Adam, from its formulas."""
    size = rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
    for w, g, (m, v) in zip(arrays, gradients, memory, strict=True):
        m += (g - m) * 0.1
        v += (g * g - v) * 0.001
        w -= size * m / (np.sqrt(v) + 1e-7)


def test_three_updates_equal_keras_s_adam_by_hand():
    state = initial(program(), params())
    arrays = [array.astype(np.float64) for layer in params() for array in layer]
    memory = [(np.zeros_like(a), np.zeros_like(a)) for a in arrays]
    for t in (1, 2, 3):
        b = batch(real=5, seed=t)
        layers = tuple(zip(arrays[::2], arrays[1::2], strict=True))
        adam_by_hand(arrays, numerical_gradient(layers, b, 5), memory, t, 0.1)
        state, _ = update(program(), knobs(), state, b)
    for ours, theirs in zip(jax.tree.leaves(state.params), arrays, strict=True):
        assert np.allclose(ours, theirs, atol=2e-4)
    assert int(state.step) == 3


@pytest.mark.parametrize(
    ("name", "optax_rule", "changes"),
    [
        ("adamw", optax.adamw(0.1, eps=1e-7, weight_decay=0.0), {}),
        ("sgd", optax.sgd(0.1), {}),
        ("sgd", optax.sgd(0.1, momentum=0.9), {"momentum": 0.9}),
        ("rmsprop", optax.rmsprop(0.1, decay=0.9, eps=1e-7), {}),
        ("rmsprop", optax.rmsprop(0.1, decay=0.9, eps=1e-7, momentum=0.5), {"momentum": 0.5}),
    ],
)
def test_optimizers_equal_optax_s(name, optax_rule, changes):
    spec = program(optimizer=name)
    state = initial(spec, params())
    theirs = jax.tree.map(jnp.asarray, params())
    memory = optax_rule.init(theirs)

    def mean_loss(p, b):
        return score(spec, p, b).loss / 6

    for seed in range(4):
        b = batch(seed=seed)
        state, _ = update(spec, knobs(**changes), state, b)
        step, memory = optax_rule.update(jax.grad(mean_loss)(theirs, b), memory, theirs)
        theirs = optax.apply_updates(theirs, step)
    for a, b in zip(jax.tree.leaves(state.params), jax.tree.leaves(theirs), strict=True):
        assert np.allclose(a, b, rtol=1e-5, atol=1e-6)


def test_penalties_pull_kernels_and_leave_biases():
    spec, plain = program(optimizer="sgd", penalised=True), program(optimizer="sgd")
    with_them, _ = update(spec, knobs(weight_decay=0.5, l1=0.25), initial(spec, params()), batch())
    without, _ = update(plain, knobs(), initial(plain, params()), batch())
    for (k1, b1), (k0, b0), (kernel, _) in zip(
        with_them.params, without.params, params(), strict=True
    ):
        pull = 0.1 * (0.5 * kernel + 0.25 * np.sign(kernel))
        assert np.allclose(k0 - k1, pull, atol=1e-6)
        assert np.allclose(b0, b1)


def test_adamw_decays_beside_the_adapted_step():
    spec, plain = program(optimizer="adamw", penalised=True), program(optimizer="adamw")
    with_it, _ = update(spec, knobs(weight_decay=0.5), initial(spec, params()), batch())
    without, _ = update(plain, knobs(), initial(plain, params()), batch())
    for (k1, _), (k0, _), (kernel, _) in zip(with_it.params, without.params, params(), strict=True):
        assert np.allclose(k0 - k1, 0.1 * 0.5 * kernel, atol=1e-6)


def test_schedules_start_or_peak_at_1_and_end_low():
    at = {
        name: [float(make()(jnp.float32(t))) for t in (0.0, 0.1, 0.5, 1.0)]
        for name, make in SCHEDULES.items()
    }
    assert at["constant"] == [1, 1, 1, 1]
    assert at["linear"] == pytest.approx([1, 0.9, 0.5, 0])
    assert at["cosine"] == pytest.approx([1, 0.5 + 0.5 * np.cos(0.1 * np.pi), 0.5, 0], abs=1e-6)
    assert at["exponential"] == pytest.approx([1, 0.01**0.1, 0.1, 0.01])
    assert at["warmup_cosine"] == pytest.approx(
        [0, 1, 0.5 + 0.5 * np.cos(np.pi * 0.4 / 0.9), 0], abs=1e-6
    )


def test_the_schedule_scales_the_update():
    spec = program(optimizer="sgd", schedule="linear")
    state = initial(spec, params())._replace(step=jnp.int32(5))
    half, _ = update(spec, knobs(updates=10), state, batch())
    plain = program(optimizer="sgd")
    full, _ = update(plain, knobs(), initial(plain, params()), batch())
    for a, b, p in zip(
        jax.tree.leaves(half.params),
        jax.tree.leaves(full.params),
        jax.tree.leaves(params()),
        strict=True,
    ):
        assert np.allclose(a - p, (b - p) / 2, atol=1e-6)


def test_the_tables_name_what_the_settings_offer():
    from classlens import settings

    assert tuple(DIRECTIONS) == settings.OPTIMIZERS
    assert tuple(SCHEDULES) == settings.SCHEDULES


def test_keras_adam_is_not_optax_s_adam():
    gradient = jnp.asarray([1e-8])
    ours, theirs = keras_adam(), optax.scale_by_adam(eps=1e-7)
    mine, _ = ours.update(gradient, ours.init(gradient), None)
    other, _ = theirs.update(gradient, theirs.init(gradient))
    assert float(mine[0]) == pytest.approx(1e-8 / (1e-8 + 1e-7 / np.sqrt(0.001)), rel=1e-3)
    assert float(other[0]) == pytest.approx(1e-8 / (1e-8 + 1e-7), rel=1e-3)
