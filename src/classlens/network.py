"""Layer and Network: frozen NumPy arrays with names, and the one forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.activations import Activation
from classlens.arrays import finite_weights, real_array, refuse_non_finite
from classlens.errors import ArgumentError, DataError, did_you_mean, listed, short
from classlens.names import class_names, layer_names, names_from
from classlens.scores import Evaluation, evaluate, softmax

Array = NDArray[np.floating[Any]]


class LayerValues(NamedTuple):
    """What one layer computes for a batch of samples.

    Attributes:
        pre_activation: z = a_previous @ kernel + bias, shape (samples, units).
        activation: the activation function of z, shape (samples, units).
    """

    pre_activation: Array
    activation: Array


# So many samples go through the layers at once where only the end is wanted: their values then stay
# in the processor's cache, which is several times faster than all at once.
_ROWS = 4096


@dataclass(frozen=True, eq=False, repr=False)
class Layer:
    """A dense layer.

    Attributes:
        name: how it is called in pictures and words, such as ``"L1"``.
        kernel: weights, shape (inputs, units).
        bias: shape (units,).
        activation: the function applied to every unit.

    The arrays are copied and cannot be written to. A kernel of float32 or float64 is kept, other
    real numbers become float64; the bias takes the kernel's dtype.

    Raises:
        ArgumentError: if the shapes do not fit, or a number is not finite.
    """

    name: str
    kernel: Array
    bias: Array
    activation: Activation

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name:
            raise ArgumentError(f"a layer's name must be a word. Got {short(self.name)} instead.")
        who = f"layer {listed([self.name])}"
        kernel = finite_weights(self.kernel, f"{who}'s kernel")
        bias = finite_weights(self.bias, f"{who}'s bias", kernel.dtype)
        if kernel.ndim != 2 or 0 in kernel.shape:
            raise ArgumentError(
                f"{who}'s kernel must have the shape (inputs, units), neither of them 0. "
                f"Got {kernel.shape} instead."
            )
        if bias.shape != kernel.shape[1:]:
            raise ArgumentError(
                f"{who}'s bias must have the shape {kernel.shape[1:]}, one number for each of its "
                f"kernel's columns. Got {bias.shape} instead."
            )
        for array in (kernel, bias):
            array.setflags(write=False)
        object.__setattr__(self, "kernel", kernel)
        object.__setattr__(self, "bias", bias)
        object.__setattr__(self, "activation", Activation.parse(self.activation))

    def __repr__(self) -> str:
        return f"Layer({self.name}: {self.inputs} inputs, {self.units} {self.activation} units)"

    @property
    def inputs(self) -> int:
        """How many numbers it takes."""
        return int(self.kernel.shape[0])

    @property
    def units(self) -> int:
        """How many numbers it gives."""
        return int(self.kernel.shape[1])

    def get_weights(self) -> list[Array]:
        """The kernel and the bias, as Keras hands them out: ``W, b = layer.get_weights()``."""
        return [self.kernel.copy(), self.bias.copy()]


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """Dense layers in a row; the last one gives a logit for each class.

    Attributes:
        layers: the layers, first to last.
        classes: the classes' names, one for each unit of the last layer.

    Example:
        >>> network = Network.from_arrays([[[1.0, -1.0]]], [[0.0, 0.5]], classes=["right", "left"])
        >>> network.predict([[2.0], [-2.0]])
        array([0, 1])
        >>> network.logits([[2.0]])
        array([[ 2. , -1.5]])

    Raises:
        ArgumentError: if the layers do not fit each other, or the classes the last one.
    """

    layers: tuple[Layer, ...]
    classes: tuple[str, ...]

    def __post_init__(self) -> None:
        if not isinstance(self.layers, list | tuple) or not all(
            isinstance(layer, Layer) for layer in self.layers
        ):
            raise ArgumentError(
                f"layers must be a list of Layers. Got {short(self.layers)} instead."
            )
        if not self.layers:
            raise ArgumentError("a network needs at least one layer. Got none.")
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "classes", names_from("classes", self.classes))
        names_from("layers", [layer.name for layer in self.layers])
        for before, after in zip(self.layers, self.layers[1:], strict=False):
            if before.units != after.inputs:
                raise ArgumentError(
                    f"layer {after.name}'s kernel must have {before.units} rows, one for each unit "
                    f"of layer {before.name}. Got {after.inputs} instead."
                )
        if len({layer.kernel.dtype for layer in self.layers}) > 1:
            raise ArgumentError(
                "all layers must have one dtype. Got "
                + listed([f"{layer.name} {layer.kernel.dtype}" for layer in self.layers])
                + ". Convert the arrays to float32 or to float64 first."
            )
        if len(self.classes) != self.layers[-1].units:
            raise ArgumentError(
                f"there must be a class name for each of the {self.layers[-1].units} units of the "
                f"last layer, {self.layers[-1].name}. Got {len(self.classes)} instead."
            )

    @classmethod
    def from_arrays(
        cls,
        kernels: Sequence[ArrayLike],
        biases: Sequence[ArrayLike],
        *,
        activations: Sequence[str | Activation] | None = None,
        names: Sequence[str] | None = None,
        classes: Sequence[str] | None = None,
    ) -> Network:
        """Build a network from plain arrays.

        Args:
            kernels: one array (inputs, units) a layer.
            biases: one array (units,) a layer.
            activations: one word a layer; by default relu for the hidden layers, linear for the
                last.
            names: one name a layer; by default L1, L2, ...
            classes: one name a unit of the last layer; by default c0, c1, ...

        Raises:
            ArgumentError: if the counts or the shapes do not fit, or a number is not finite.
        """
        if not _is_list(kernels):
            raise ArgumentError(f"kernels must be a list of arrays. Got {short(kernels)} instead.")
        depth = len(kernels)
        if activations is None:
            activations = [*["relu"] * (depth - 1), "linear"][:depth]
        if names is None:
            names = layer_names(depth)
        for what, values in {"biases": biases, "activations": activations, "names": names}.items():
            if not _is_list(values) or len(values) != depth:
                raise ArgumentError(
                    f"{what} must have one entry for each of the {depth} kernels. "
                    f"Got {len(values) if _is_list(values) else short(values)} instead."
                )
        layers = tuple(
            Layer(name, kernel, bias, Activation.parse(activation))  # type: ignore[arg-type]
            for name, kernel, bias, activation in zip(
                names, kernels, biases, activations, strict=True
            )
        )
        if classes is None:
            classes = class_names(layers[-1].units if layers else 0)
        return cls(layers, classes)  # type: ignore[arg-type]

    def __repr__(self) -> str:
        sizes = "-".join(str(size) for size in self.sizes)
        words = ", ".join(str(layer.activation) for layer in self.layers)
        return f"Network({sizes}: {words}; {self.dtype}; classes {listed(self.classes)})"

    @property
    def inputs(self) -> int:
        """How many features a sample has."""
        return self.layers[0].inputs

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then each layer's number of units."""
        return (self.inputs, *(layer.units for layer in self.layers))

    @property
    def parameters(self) -> int:
        """How many numbers training may change."""
        return sum(layer.kernel.size + layer.bias.size for layer in self.layers)

    @property
    def dtype(self) -> np.dtype[Any]:
        """The type of its numbers, in which the forward pass computes."""
        return self.layers[0].kernel.dtype

    def astype(self, dtype: type[np.floating[Any]]) -> Network:
        """The network with its numbers, and so its forward pass, in float32 or float64."""
        return Network(
            tuple(
                replace(each, kernel=each.kernel.astype(dtype), bias=each.bias.astype(dtype))
                for each in self.layers
            ),
            self.classes,
        )

    def with_weights(self, kernels: Sequence[ArrayLike], biases: Sequence[ArrayLike]) -> Network:
        """The network with other numbers: the same names, activations and classes.

        Args:
            kernels: one array (inputs, units) a layer.
            biases: one array (units,) a layer.

        Raises:
            ArgumentError: if the shapes do not fit each other or the classes, or a number is not
                finite.
        """
        return Network.from_arrays(
            kernels,
            biases,
            activations=[layer.activation for layer in self.layers],
            names=[layer.name for layer in self.layers],
            classes=self.classes,
        )

    def get_layer(self, name: str) -> Layer:
        """The layer of that name.

        Raises:
            ArgumentError: if no layer has it.
        """
        names = [layer.name for layer in self.layers]
        if isinstance(name, str) and name in names:
            return self.layers[names.index(name)]
        raise ArgumentError(
            f"the network's layers are {listed(names)}. Got {short(name)} instead."
            + did_you_mean(name, names)
        )

    def forward(self, X: ArrayLike) -> tuple[LayerValues, ...]:
        """Every layer's pre-activations and activations.

        Args:
            X: samples, shape (samples, inputs).

        Returns:
            One ``LayerValues`` a layer, first to last.

        Raises:
            DataError: if X has another shape or a number that is not finite, or is so large that a
                layer overflows.
        """
        return self._values(self._samples(X))

    def _values(self, a: Array, first: int = 0) -> tuple[LayerValues, ...]:
        """The same for checked samples, of which the first stands in row ``first`` of X."""
        values = []
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is reported just below
            for layer in self.layers:
                z = a @ layer.kernel + layer.bias  # (samples, units)
                a = layer.activation(z, np)
                values.append(LayerValues(z, a))
        # A number that is not finite stays so, or is dropped by a unit that is off for it.
        if not np.isfinite(a).all():
            self._refuse_overflow(values, first)
        return tuple(values)

    def _refuse_overflow(self, values: Sequence[LayerValues], first: int) -> NoReturn:
        for layer, value in zip(self.layers, values, strict=True):
            wrong = ~np.isfinite(value.activation)
            if wrong.any():
                row, unit = (int(i) for i in np.argwhere(wrong)[0])
                raise DataError(
                    f"unit {unit} of layer {layer.name} overflows {self.dtype} for row "
                    f"{first + row} of X. Scale the features down, as they were in training."
                )
        raise AssertionError("called without an overflow")

    def logits(self, X: ArrayLike) -> Array:
        """The last layer's activations, shape (samples, classes); softmax makes them shares."""
        samples = self._samples(X)
        parts = [
            self._values(samples[first : first + _ROWS], first)[-1].activation
            for first in range(0, max(len(samples), 1), _ROWS)
        ]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def predict_proba(self, X: ArrayLike) -> Array:
        """The softmax of the logits, shape (samples, classes); each row sums to 1."""
        return softmax(self.logits(X))

    def predict(self, X: ArrayLike) -> NDArray[np.intp]:
        """The index of the largest logit, shape (samples,); the lowest index wins a tie."""
        return np.asarray(np.argmax(self.logits(X), axis=1))

    def evaluate(self, X: ArrayLike, y: ArrayLike) -> Evaluation:
        """Loss and accuracy on samples of known class.

        Args:
            X: samples, shape (samples, inputs).
            y: class indices, shape (samples,).

        Raises:
            DataError: if X does not fit the network, or y does not fit X and the classes.
        """
        return evaluate(self.logits(X), y)

    def _samples(self, X: ArrayLike) -> Array:
        given = real_array(X, "X")
        if given.ndim != 2 or given.shape[1] != self.inputs:
            raise DataError(
                f"X must have the shape (samples, {self.inputs}), a column for each input of the "
                f"network. Got {given.shape} instead."
            )
        with np.errstate(over="ignore"):  # what overflows is reported just below
            samples = given.astype(self.dtype, copy=False)
        refuse_non_finite(samples, given, "X")
        return samples


def _is_list(values: object) -> bool:
    return isinstance(values, list | tuple) or (isinstance(values, np.ndarray) and values.ndim > 0)
