"""The activation functions: one table, each function written once for NumPy and for JAX.

An entry takes the array module to compute with (``numpy`` or ``jax.numpy``), so the training
engine and the analysis evaluate the same lines. The module itself loads neither: the command line
reads its words from this table, and answers ``--help`` before either would be there.
"""

from __future__ import annotations

import importlib
import math
import numbers
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from classlens.errors import ArgumentError, one_of, short

# (array module, pre-activations of any shape, the parameter) -> an array of that shape
Formula = Callable[[Any, Any, float], Any]


@dataclass(frozen=True)
class Kind:
    """A row of the table: everything that is known of one activation function.

    Attributes:
        value: the function.
        derivative: its derivative; at a kink, the value on the left, as TensorFlow takes it.
        formula: how it is written for a reader, with ``z`` the pre-activation and ``p`` the
            parameter.
        parameter: the name of its parameter, if it has one.
        default: the parameter's default.
        lowest: the smallest parameter allowed.
        highest: the largest one; float32, in which networks are trained, must hold it.
        slopes: for a function made of two half-lines that meet at 0, their slopes (left, right)
            as a function of the parameter; None for a curved function.
    """

    value: Formula
    derivative: Formula
    formula: str
    parameter: str | None = None
    default: float = 0.0
    lowest: float = 0.0
    highest: float = 1e30
    slopes: Callable[[float], tuple[float, float]] | None = None


def _special(xp: Any) -> Any:
    """The special functions that belong to the array module; loaded only by those who need them."""
    name = "scipy.special" if xp.__name__ == "numpy" else "jax.scipy.special"
    return importlib.import_module(name)


def _sigmoid(xp: Any, z: Any, _: float) -> Any:
    return _special(xp).expit(z)


def _sigmoid_derivative(xp: Any, z: Any, _: float) -> Any:
    s = _special(xp).expit(z)
    return s * (1 - s)


def _elu(xp: Any, z: Any, alpha: float) -> Any:
    # The inner `where` keeps expm1 from overflowing on the side that the outer one throws away.
    return xp.where(z > 0, z, alpha * xp.expm1(xp.where(z > 0, 0, z)))


def _elu_derivative(xp: Any, z: Any, alpha: float) -> Any:
    return xp.where(z > 0, 1, alpha * xp.exp(xp.where(z > 0, 0, z)))


def _normal_cdf(xp: Any, z: Any) -> Any:
    return 0.5 * (1 + _special(xp).erf(z * math.sqrt(0.5)))


def _gelu(xp: Any, z: Any, _: float) -> Any:
    return z * _normal_cdf(xp, z)


def _gelu_derivative(xp: Any, z: Any, _: float) -> Any:
    density = xp.exp(-0.5 * z * z) * (1 / math.sqrt(2 * math.pi))
    return _normal_cdf(xp, z) + z * density


def _silu(xp: Any, z: Any, _: float) -> Any:
    return z * _special(xp).expit(z)


def _silu_derivative(xp: Any, z: Any, _: float) -> Any:
    s = _special(xp).expit(z)
    return s * (1 + z * (1 - s))


# `where` and not `maximum` or `minimum`: at a tie JAX gives those half of the derivative, where
# TensorFlow gives the left one, and the lab's numbers are TensorFlow's.
ACTIVATIONS: Mapping[str, Kind] = MappingProxyType(
    {
        "linear": Kind(
            value=lambda _xp, z, _p: z,
            derivative=lambda xp, z, _p: xp.ones_like(z),
            formula="z",
            slopes=lambda _p: (1.0, 1.0),
        ),
        "relu": Kind(
            value=lambda xp, z, _p: xp.where(z > 0, z, 0),
            derivative=lambda xp, z, _p: xp.where(z > 0, xp.ones_like(z), 0),
            formula="max(0, z)",
            slopes=lambda _p: (0.0, 1.0),
        ),
        "leaky_relu": Kind(
            value=lambda xp, z, p: xp.where(z > 0, z, p * z),
            derivative=lambda xp, z, p: xp.where(z > 0, xp.ones_like(z), p),
            formula="z if z > 0 else p z",
            parameter="slope",
            default=0.2,
            slopes=lambda p: (p, 1.0),
        ),
        "tanh": Kind(
            value=lambda xp, z, _p: xp.tanh(z),
            derivative=lambda xp, z, _p: 1 - xp.tanh(z) ** 2,
            formula="tanh(z)",
        ),
        "sigmoid": Kind(
            value=_sigmoid,
            derivative=_sigmoid_derivative,
            formula="1 / (1 + exp(-z))",
        ),
        "elu": Kind(
            value=_elu,
            derivative=_elu_derivative,
            formula="z if z > 0 else p (exp(z) - 1)",
            parameter="alpha",
            default=1.0,
        ),
        "gelu": Kind(value=_gelu, derivative=_gelu_derivative, formula="z Phi(z)"),
        "silu": Kind(value=_silu, derivative=_silu_derivative, formula="z / (1 + exp(-z))"),
    }
)

_CALL = re.compile(r"(?P<name>[a-z_]+)(?:\((?P<parameter>[^()]+)\))?", re.ASCII)


def _number(value: object) -> float:
    """The number as a float, or not-a-number for what is none or has no float."""
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


@dataclass(frozen=True)
class Activation:
    """One activation function with its parameter: what a layer holds.

    Written as a word, ``"relu"``, or with its parameter, ``"leaky_relu(0.1)"``.

    Attributes:
        name: a key of ``ACTIVATIONS``.
        parameter: leaky_relu's slope or elu's alpha; the default where none is given. 0.0 for the
            functions that have none.

    Example:
        >>> import numpy as np
        >>> Activation.parse("leaky_relu(0.1)")(np.array([-2.0, 3.0]), np)
        array([-0.2,  3. ])
        >>> str(Activation("elu"))
        'elu(1.0)'
    """

    name: str
    parameter: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or self.name not in ACTIVATIONS:
            raise ArgumentError(one_of("activation", self.name, list(ACTIVATIONS)))
        kind = self.kind
        number = kind.default if self.parameter is None else _number(self.parameter)
        if kind.parameter is None:
            if number != kind.default:
                raise ArgumentError(
                    f"activation {self.name} takes no parameter. Got {short(self.parameter)} "
                    "instead."
                )
        elif not kind.lowest <= number <= kind.highest:
            raise ArgumentError(
                f"activation {self.name}'s {kind.parameter} must be a number from "
                f"{kind.lowest:g} to {kind.highest:g}. Got {short(self.parameter)} instead."
            )
        # A plain float: a NumPy scalar would make float64 of every float32 that it meets.
        object.__setattr__(self, "parameter", number)

    @classmethod
    def parse(cls, word: str | Activation) -> Activation:
        """Read ``"relu"`` or ``"leaky_relu(0.1)"``.

        Raises:
            ArgumentError: if the word names no activation or its parameter is no number.
        """
        if isinstance(word, Activation):
            return word
        match = _CALL.fullmatch(word.strip()) if isinstance(word, str) else None
        if match is None:
            raise ArgumentError(one_of("activation", word, list(ACTIVATIONS)))
        given = match["parameter"]
        try:
            return cls(match["name"], None if given is None else float(given))
        except ValueError as error:
            if isinstance(error, ArgumentError):
                raise
            raise ArgumentError(
                f"activation {match['name']}'s parameter must be a number. Got {short(given)} "
                "instead."
            ) from None

    @property
    def kind(self) -> Kind:
        """The table's row for this function."""
        return ACTIVATIONS[self.name]

    @property
    def slopes(self) -> tuple[float, float] | None:
        """The slopes left and right of 0 of a piecewise-linear function; None for a curved one."""
        slopes = self.kind.slopes
        return None if slopes is None else slopes(self._p)

    @property
    def _p(self) -> float:
        return self.kind.default if self.parameter is None else self.parameter

    def __call__(self, z: Any, xp: Any) -> Any:
        """The function's values.

        Args:
            z: pre-activations, of any shape.
            xp: the array module that ``z`` belongs to, ``numpy`` or ``jax.numpy``.

        Returns:
            An array of z's shape and dtype.
        """
        return self.kind.value(xp, z, self._p)

    def derivative(self, z: Any, xp: Any) -> Any:
        """The derivative at z, elementwise; at a kink the value on its left."""
        return self.kind.derivative(xp, z, self._p)

    def __str__(self) -> str:
        return self.name if self.kind.parameter is None else f"{self.name}({self._p})"
