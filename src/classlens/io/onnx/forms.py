"""Form: a tensor of the graph in terms of an earlier one, until it is clear what it is.

Exporters write some activations as several operators: silu as x * sigmoid(x), gelu as
x / 2 * (1 + erf(x / sqrt(2))), the factors in any order. All of these are sums of 1, x, f(x) and
x f(x), each with a factor, of one function f; the factors are numbers, or one a unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.errors import ArgumentError

Array = NDArray[np.float64]

# The constants stand in the graph in float32.
_TOLERANCE = 1e-6
_PRODUCTS = {("1", "1"): "1", ("1", "x"): "x", ("1", "f"): "f", ("1", "xf"): "xf", ("f", "x"): "xf"}


class Erf(NamedTuple):
    """The error function of a multiple of x, of which gelu is made."""

    factor: float


class Meaning(NamedTuple):
    """What a form does: an activation, then a factor and a shift of every number."""

    activation: Activation | None
    factor: Array
    shift: Array

    @property
    def plain(self) -> bool:
        """Whether it does nothing at all."""
        return self.activation is None and self.unscaled

    @property
    def unscaled(self) -> bool:
        """Whether factor and shift do nothing."""
        return bool((self.factor == 1).all() and (self.shift == 0).all())


@dataclass(frozen=True, eq=False)
class Form:
    """A sum of terms of one tensor.

    Attributes:
        base: the number of the tensor x; a form of another one cannot be combined with it.
        terms: the factors of "1", "x", "f" and "xf"; those that are not there are 0.
        function: f, if there is one.

    Example:
        >>> x, half = Form.of(0), np.array(0.5)
        >>> gate = x.apply(Activation("sigmoid"))
        >>> str(x.times(gate).meaning().activation)
        'silu'
    """

    base: int
    terms: Mapping[str, Array]
    function: Activation | Erf | None = None

    @classmethod
    def of(cls, base: int) -> Form:
        """The tensor itself."""
        return cls(base, {"x": np.array(1.0)})

    @classmethod
    def constant(cls, base: int, values: Any) -> Form:
        """Numbers that do not hang on x."""
        return cls(base, {"1": np.asarray(values, np.float64)})

    def apply(self, function: Activation | Erf) -> Form:
        """A function of the tensor itself."""
        return Form(self.base, {"f": np.array(1.0)}, function)

    def plus(self, other: Form) -> Form:
        """The sum.

        Raises:
            ArgumentError: if it is no such form.
        """
        terms = dict(self.terms)
        for key, factor in other.terms.items():
            terms[key] = terms[key] + factor if key in terms else factor
        return Form(self.base, terms, self._with(other))

    def times(self, other: Form) -> Form:
        """The product.

        Raises:
            ArgumentError: if it is no such form.
        """
        function = self._with(other)
        terms: dict[str, Array] = {}
        for one, factor in self.terms.items():
            for two, by in other.terms.items():
                key = _PRODUCTS.get((min(one, two), max(one, two)))
                if key is None:
                    raise ArgumentError("it multiplies what is no factor of a known activation.")
                terms[key] = terms.get(key, np.array(0.0)) + factor * by
        return Form(self.base, terms, function)

    def _with(self, other: Form) -> Activation | Erf | None:
        """The function of both."""
        if self.base != other.base or (
            self.function and other.function and self.function != other.function
        ):
            raise ArgumentError(
                "it combines two results that do not come from the same numbers in a known way: "
                "only chains of layers can be read."
            )
        return self.function or other.function

    def multiple(self) -> float | None:
        """The factor of x, if the form is x times one number."""
        factor = self.terms.get("x")
        if factor is None or factor.size != 1 or any(self._has(key) for key in ("1", "f", "xf")):
            return None
        return float(factor.reshape(()))

    def meaning(self) -> Meaning:
        """What the form does.

        Raises:
            ArgumentError: if it is no activation of ours with a factor and a shift.
        """
        shift = self.terms.get("1", np.array(0.0))
        function = self.function
        has = {key for key in ("x", "f", "xf") if self._has(key)}
        if function is None and has == {"x"}:
            return Meaning(None, self.terms["x"], shift)
        if isinstance(function, Activation):
            if has == {"f"}:
                return Meaning(function, self.terms["f"], shift)
            if has == {"xf"} and function.name == "sigmoid":
                return Meaning(Activation("silu"), self.terms["xf"], shift)
        elif function is not None and has == {"x", "xf"}:
            both, gated = self.terms["x"], self.terms["xf"]
            if _close(function.factor, math.sqrt(0.5)) and _close(both, gated):
                factor = 2 * both
                return Meaning(
                    Activation("gelu"), np.array(1.0) if _close(factor, 1.0) else factor, shift
                )
        raise ArgumentError(
            "what is computed up to here is no activation that a network here can have."
        )

    def _has(self, key: str) -> bool:
        return key in self.terms and bool((self.terms[key] != 0).any())


def _close(one: Any, other: Any) -> bool:
    return np.allclose(one, other, rtol=_TOLERANCE, atol=0)
