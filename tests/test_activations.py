"""The activation functions: NumPy against JAX, against the textbook, against themselves."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from classlens.activations import ACTIVATIONS, Activation
from classlens.errors import ArgumentError, short

ALL = [Activation(name) for name in ACTIVATIONS] + [
    Activation("leaky_relu", 0.0),
    Activation("leaky_relu", 1.5),
    Activation("elu", 0.3),
]
each = pytest.mark.parametrize("activation", ALL, ids=str)
POINTS = np.concatenate([np.linspace(-9, 9, 181), [-1e-6, 1e-6, -1e4, 1e4]])  # 0 is one of them

# Written for one number, from the textbook and not from the table.
TEXTBOOK: dict[str, Callable[[float, float], float]] = {
    "linear": lambda z, _: z,
    "relu": lambda z, _: max(0.0, z),
    "leaky_relu": lambda z, p: max(0.0, z) + p * min(0.0, z),
    "tanh": lambda z, _: math.tanh(z),
    "sigmoid": lambda z, _: float(special.expit(z)),
    "elu": lambda z, p: z if z > 0 else p * math.expm1(z),
    "gelu": lambda z, _: z * float(stats.norm.cdf(z)),
    "silu": lambda z, _: z * float(special.expit(z)),
}


@each
def test_values_are_the_textbooks(activation: Activation) -> None:
    assert activation.parameter is not None
    wanted = [TEXTBOOK[activation.name](z, activation.parameter) for z in POINTS.tolist()]
    np.testing.assert_allclose(activation(POINTS, np), wanted, rtol=1e-13, atol=1e-15)


@pytest.fixture(scope="module")
def in_jax() -> dict[Activation, Any]:
    """Values, derivatives and JAX's own gradients of all, in one compiled program."""

    @jax.jit
    def evaluate(z: jax.Array) -> list[Any]:
        return [
            (
                activation(z, jnp),
                activation.derivative(z, jnp),
                jax.grad(lambda z, each=activation: each(z, jnp).sum())(z),
            )
            for activation in ALL
        ]

    with jax.numpy_dtype_promotion("strict"):
        return dict(zip(ALL, evaluate(jnp.asarray(POINTS, jnp.float32)), strict=True))


@each
def test_numpy_and_jax_agree(activation: Activation, in_jax: dict[Activation, Any]) -> None:
    z = POINTS.astype(np.float32)
    value, derivative, gradient = in_jax[activation]
    assert {value.dtype, derivative.dtype, gradient.dtype} == {np.dtype(np.float32)}
    np.testing.assert_allclose(activation(z, np), value, rtol=3e-6, atol=1e-6)
    np.testing.assert_allclose(activation.derivative(z, np), derivative, rtol=1e-5, atol=1e-6)


@each
def test_the_derivative_is_that_which_jax_trains_with(
    activation: Activation, in_jax: dict[Activation, Any]
) -> None:
    z = POINTS.astype(np.float32)
    _, _, gradient = in_jax[activation]
    np.testing.assert_allclose(activation.derivative(z, np), gradient, rtol=1e-5, atol=1e-6)


@each
def test_the_derivative_is_a_central_difference(activation: Activation) -> None:
    z, h = POINTS[np.abs(POINTS) > 1e-4], 1e-5
    difference = (activation(z + h, np) - activation(z - h, np)) / (2 * h)
    np.testing.assert_allclose(activation.derivative(z, np), difference, atol=1e-6)


@each
def test_at_a_kink_the_derivative_is_that_on_the_left(activation: Activation) -> None:
    just_left = activation.derivative(np.array([-1e-12]), np)
    np.testing.assert_allclose(activation.derivative(np.zeros(1), np), just_left, atol=1e-11)


@each
def test_slopes_are_those_of_the_values(activation: Activation) -> None:
    z = np.array([-8.0, -4.0, -1.0, 0.0, 1.0, 4.0, 8.0])
    steps = np.diff(activation(z, np)) / np.diff(z)
    if activation.slopes is None:
        assert len(set(np.round(steps, 6))) > 2
    else:
        left, right = activation.slopes
        np.testing.assert_allclose(steps, [left] * 3 + [right] * 3, rtol=1e-12)
        assert activation(np.zeros(1), np) == 0


def test_which_functions_are_made_of_two_half_lines() -> None:
    assert [name for name, kind in ACTIVATIONS.items() if kind.slopes] == [
        "linear",
        "relu",
        "leaky_relu",
    ]
    assert Activation("leaky_relu", 0.25).slopes == (0.25, 1.0)
    assert Activation("tanh").slopes is None


@each
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_shape_and_dtype_are_kept_and_nothing_overflows(
    activation: Activation, dtype: type
) -> None:
    z: Any = np.array([[-1e4, -87.0, -0.0], [0.0, 87.0, 1e4]], dtype)
    with warnings.catch_warnings(), np.errstate(over="raise", invalid="raise", divide="raise"):
        warnings.simplefilter("error")
        for values in (activation(z, np), activation.derivative(z, np)):
            assert values.dtype == dtype
            assert values.shape == z.shape
            assert np.isfinite(values).all()


@each
def test_a_numpy_parameter_does_not_widen_float32(activation: Activation) -> None:
    same = Activation(activation.name, np.float64(activation.parameter or 0.0))
    assert same == activation
    assert type(same.parameter) is float
    assert same(np.ones(2, np.float32), np).dtype == np.float32


@each
def test_the_written_formula_is_the_function(activation: Activation) -> None:
    names: dict[str, Any] = {"max": max, "exp": math.exp, "tanh": math.tanh}
    names |= {"Phi": stats.norm.cdf, "p": activation.parameter}
    formula = activation.kind.formula
    for written, meant in (("z Phi", "z * Phi"), ("p (", "p * ("), ("p z", "p * z")):
        formula = formula.replace(written, meant)
    if " if " in formula:
        formula = formula.replace("z if", "(z) if")
    for z in (-3.0, -0.5, 0.0, 0.5, 3.0):
        value = eval(formula, {**names, "z": z})  # noqa: S307 - our own table's words
        assert activation(np.array([z]), np)[0] == pytest.approx(value, abs=1e-12)


# Their words


@pytest.mark.parametrize(
    ("word", "name", "parameter"),
    [
        ("relu", "relu", 0.0),
        (" tanh ", "tanh", 0.0),
        ("leaky_relu", "leaky_relu", 0.2),
        ("elu", "elu", 1.0),
        ("elu(2)", "elu", 2.0),
        ("leaky_relu( 1e-2 )", "leaky_relu", 0.01),
        ("relu(0)", "relu", 0.0),
    ],
)
def test_a_word_is_parsed(word: str, name: str, parameter: float) -> None:
    activation = Activation.parse(word)
    assert (activation.name, activation.parameter) == (name, parameter)
    assert Activation.parse(activation) is activation


@given(
    activation=st.builds(Activation, st.sampled_from(["leaky_relu", "elu"]), st.floats(0, 1e30))
    | st.builds(Activation, st.sampled_from(sorted(ACTIVATIONS)))
)
def test_what_is_written_is_parsed_to_the_same(activation: Activation) -> None:
    assert Activation.parse(str(activation)) == activation


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(ArgumentError) as caught:
        make()
    return str(caught.value)


NAMES = "activation must be one of linear, relu, leaky_relu, tanh, sigmoid, elu, gelu, silu. "


@pytest.mark.parametrize("word", ["", "Relu", "relu(", "relu()", "elu(1)(2)", "elu(1", 3, None, []])
def test_what_is_no_activation(word: Any) -> None:
    assert refusal(lambda: Activation.parse(word)).startswith(NAMES + f"Got {word!r} instead.")


@pytest.mark.parametrize("name", ["swish", None, ["relu"], 3])
def test_a_name_that_is_not_in_the_table(name: Any) -> None:
    assert refusal(lambda: Activation(name)) == NAMES + f"Got {name!r} instead."


def test_a_name_that_is_nearly_in_the_table() -> None:
    assert refusal(lambda: Activation("leaky-relu")) == (
        NAMES + "Got 'leaky-relu' instead. Did you mean 'leaky_relu'?"
    )


def test_a_parameter_that_is_no_number() -> None:
    assert refusal(lambda: Activation.parse("elu(one)")) == (
        "activation elu's parameter must be a number. Got 'one' instead."
    )


@pytest.mark.parametrize(
    "parameter", [-0.1, math.nan, math.inf, "1", True, 1j, [1.0], np.array([1, 2]), 10**400, 1.1e30]
)
def test_a_parameter_that_is_not_allowed(parameter: Any) -> None:
    assert refusal(lambda: Activation("elu", parameter)) == (
        f"activation elu's alpha must be a number from 0 to 1e+30. Got {short(parameter)} instead."
    )


@pytest.mark.parametrize("parameter", [1.0, "0", math.nan, np.array([1, 2])])
def test_a_parameter_where_there_is_none(parameter: Any) -> None:
    assert refusal(lambda: Activation("relu", parameter)) == (
        f"activation relu takes no parameter. Got {parameter!r} instead."
    )


def test_the_table_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        ACTIVATIONS["relu"] = ACTIVATIONS["elu"]  # type: ignore[index]
