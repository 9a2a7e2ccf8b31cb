"""Network: dense layers in a row, and the one forward pass."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.activations import Activation
from classlens.arrays import real_array, refuse_non_finite
from classlens.errors import ArgumentError, DataError, did_you_mean, listed, short
from classlens.layer import Array, Layer, LayerValues, check_fit
from classlens.names import class_names, layer_names, names_from
from classlens.scores import Evaluation, evaluate, softmax

# So many samples go through the layers at once where only the end is wanted: their values then stay
# in the processor's cache, which is several times faster than all at once.
_ROWS = 4096


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
        check_fit(self.layers)
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

    @classmethod
    def from_keras(cls, model: Any) -> Network:
        """Take a Keras model, or read a ``.keras`` or ``.h5`` file, as data.

        Args:
            model: a Sequential or functional model of any backend, or a path.

        Raises:
            ArgumentError: if the model has a part that no network here can have; it is named.
            MissingLibraryError: if the file needs h5py, and it is not installed.
            ModelFileError: if the file cannot be used.
        """
        return _imported("keras", model)

    @classmethod
    def from_torch(cls, model: Any, *, activations: str | Sequence[str] | None = None) -> Network:
        """Take a PyTorch ``nn.Sequential``, or read a safetensors file of its ``state_dict``.

        Args:
            model: the module, of Linear layers and activations, or a path.
            activations: for a file, which does not tell them: one word for all hidden layers, or
                one for each layer.

        Raises:
            ArgumentError: as ``from_keras``; or if a file needs activations.
            ModelFileError: likewise.
        """
        return _imported("torch", model, activations=activations)

    @classmethod
    def from_onnx(cls, model: Any) -> Network:
        """Take an ``onnx.ModelProto``, or read the file at a path.

        Raises:
            ArgumentError: as ``from_keras``.
            MissingLibraryError: if onnx is not installed.
            ModelFileError: if the file cannot be used.
        """
        return _imported("onnx", model)

    @classmethod
    def from_sklearn(cls, model: Any) -> Network:
        """Take a fitted MLPClassifier, LogisticRegression, or a Pipeline that ends in one.

        The network of a Pipeline that tells words apart takes a 0 or 1 for each word;
        ``classlens.as_model`` gives the model that takes the words.

        Raises:
            ArgumentError: as ``from_keras``.
        """
        return _imported("sklearn", model)

    def to_keras(self) -> Any:
        """A Keras Sequential model with the same logits.

        Raises:
            MissingLibraryError: if Keras is not installed.
        """
        return _exported("keras", self)

    def to_torch(self) -> Any:
        """A PyTorch ``nn.Sequential`` with the same logits.

        Raises:
            MissingLibraryError: if PyTorch is not installed.
        """
        return _exported("torch", self)

    def to_onnx(self) -> Any:
        """An ``onnx.ModelProto`` with the same logits.

        Raises:
            MissingLibraryError: if onnx is not installed.
        """
        return _exported("onnx", self)

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


def _imported(library: str, model: Any, **options: Any) -> Network:
    from classlens.io import foreign  # noqa: PLC0415 - points up, for the user's convenience

    return foreign.imported(library, model, **options).model.network


def _exported(library: str, network: Network) -> Any:
    from classlens.io import foreign  # noqa: PLC0415 - points up, for the user's convenience

    return foreign.exported(library, network)


def _is_list(values: object) -> bool:
    return isinstance(values, list | tuple) or (isinstance(values, np.ndarray) and values.ndim > 0)
