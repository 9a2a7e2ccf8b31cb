"""Chain: the steps of another library's model, in their order, and the network that they make.

Every importer walks through its model and says what it meets: a dense layer, a scaling of each
unit by itself, an activation, a softmax. What is no layer of its own is folded into its neighbours,
in float64; the folding is exact in real numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from classlens.activations import Activation
from classlens.arrays import real_array
from classlens.errors import ArgumentError, listed, short
from classlens.layer import Layer
from classlens.model import Model
from classlens.names import class_names, feature_names, layer_names
from classlens.network import Network

Floats = NDArray[np.floating[Any]]

LOGITS = "The output is a logit for each class."
SOFTMAX = (
    "The output is a probability for each class: a softmax stands at the end. The network here "
    "ends before it, in logits."
)
LOG_SOFTMAX = (
    "The output is the logarithm of a probability for each class: a log-softmax stands at the end. "
    "The network here ends before it, in logits."
)
SIGMOID = (
    "The output is one probability: a sigmoid of one unit. The network here has a logit for each "
    "of two classes, of which the first one's is always 0."
)
ONE_LOGIT = (
    "The output is one number. It is taken for the logit of the second of two classes; the first "
    "one's is always 0."
)
SIGMOIDS = (
    "The output is a sigmoid for each class, each for itself. The largest one decides as before; "
    "they are no shares that sum to 1, and the network here takes them for logits."
)


@dataclass(frozen=True)
class Imported:
    """A model that another library made, as a model of ours.

    Attributes:
        model: the model; its network ends in logits.
        source: what it was, such as ``"a Keras model"``.
        notes: sentences: what the output was, and what became of parts that have no layer here.
    """

    model: Model
    source: str
    notes: tuple[str, ...]


@dataclass
class _Step:
    """A dense layer that may still change: its activation is None as long as it has none."""

    kernel: Floats
    bias: Floats
    name: str | None
    activation: Activation | None = None


@dataclass
class Chain:
    """The steps of a model so far.

    Attributes:
        inputs: how many numbers a sample has, where that is known before the first dense layer.

    Example:
        >>> chain = Chain()
        >>> chain.scale([0.5], [0.0], "the scaling")
        >>> chain.dense([[1.0, -1.0]], [0.0, 1.0])
        >>> chain.softmax()
        >>> chain.network().logits([[4.0]])
        array([[ 2., -1.]])
    """

    inputs: int | None = None
    _steps: list[_Step] = field(default_factory=list)
    _pending: tuple[Floats, Floats] | None = None
    _ended: str | None = None
    _folded: list[str] = field(default_factory=list)
    _left_out: list[str] = field(default_factory=list)
    _dtypes: set[np.dtype[Any]] = field(default_factory=set)
    _output: str = LOGITS

    @property
    def width(self) -> int | None:
        """How many numbers come out of the last step; None where that is not known yet."""
        if self._steps:
            return int(self._steps[-1].kernel.shape[1])
        return self.inputs

    @property
    def folded(self) -> tuple[str, ...]:
        """What was no layer of its own."""
        return tuple(self._folded)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is to be said of the network that ``network`` made."""
        notes = [self._output]
        if self._folded:
            notes.append(f"Folded into the layers: {listed(self._folded)}.")
        if self._left_out:
            notes.append(f"Left out, as it does nothing after training: {listed(self._left_out)}.")
        return tuple(notes)

    def dense(self, kernel: ArrayLike, bias: ArrayLike | None, name: str | None = None) -> None:
        """A dense layer, without its activation.

        Args:
            kernel: shape (inputs, units).
            bias: shape (units,); None for no bias.
            name: what the layer is called, if it has a name.

        Raises:
            ArgumentError: if the arrays do not fit, or something ended the network before.
        """
        who = "a dense layer" if name is None else f"layer {listed([name])}"
        self._go_on(who)
        weights = self._numbers(kernel, f"{who}'s kernel")
        if weights.ndim != 2 or 0 in weights.shape:
            raise ArgumentError(
                f"{who}'s kernel must have the shape (inputs, units). Got {weights.shape} instead."
            )
        if self.width is not None and self.width != len(weights):
            raise ArgumentError(
                f"{who}'s kernel must have {self.width} rows, one for each number that it is "
                f"given. Got {len(weights)} instead."
            )
        shape = weights.shape[1:]
        shifts = np.zeros(shape, weights.dtype)
        if bias is not None:
            shifts = self._numbers(bias, f"{who}'s bias")
        if shifts.shape != shape:
            raise ArgumentError(
                f"{who}'s bias must have the shape {shape}. Got {shifts.shape} instead."
            )
        if self._pending is not None:
            factor, shift = (np.broadcast_to(each, (len(weights),)) for each in self._pending)
            weights, shifts, self._pending = (
                factor[:, None] * weights,
                shifts + shift @ weights,
                None,
            )
        self._steps.append(_Step(weights, shifts, name))

    def scale(self, factor: ArrayLike, shift: ArrayLike, who: str) -> None:
        """Every number by itself: x * factor + shift.

        Args:
            factor: a number, or one a unit.
            shift: likewise.
            who: what does it, for the notes and messages.

        Raises:
            ArgumentError: if they do not fit, or something ended the network before.
        """
        self._go_on(who)
        width = self.width
        pair = []
        for each in (factor, shift):
            values = real_array(each, f"{who}'s numbers", ArgumentError).astype(np.float64)
            if values.size == 1:
                values = values.reshape(())
            elif values.ndim != 1 or (width is not None and len(values) != width):
                wanted = "one number a unit" if width is None else f"{width} numbers, one a unit"
                raise ArgumentError(f"{who} must have {wanted}. Got {values.shape} instead.")
            if not np.isfinite(values).all():
                raise ArgumentError(f"{who}'s numbers must be finite. Got {short(values)} instead.")
            pair.append(values)
            if width is None and values.ndim:
                self.inputs = width = len(values)
        factors, shifts = pair
        if who not in self._folded:
            self._folded.append(who)
        last = self._steps[-1] if self._steps else None
        if last is not None and last.activation is None:
            last.kernel = last.kernel * factors
            last.bias = last.bias * factors + shifts
        elif self._pending is not None:
            before, already = self._pending
            self._pending = (before * factors, already * factors + shifts)
        else:
            self._pending = (factors, shifts)

    def activate(self, activation: Activation) -> None:
        """An activation function of every number.

        Raises:
            ArgumentError: if something ended the network before.
        """
        if activation.name == "linear":
            return
        self._go_on(f"the activation {activation}")
        if not self._steps or self._steps[-1].activation is not None:
            self._identity(f"the activation {activation}")
        self._steps[-1].activation = activation

    def softmax(self, *, log: bool = False) -> None:
        """A softmax over all numbers, or its logarithm, which must be the last step.

        Raises:
            ArgumentError: if something ended the network before, or there is one number only.
        """
        self._go_on("a softmax")
        if self.width == 1:
            raise ArgumentError("a softmax over one unit is always 1: that tells no classes apart.")
        self._ended, self._output = "a softmax", LOG_SOFTMAX if log else SOFTMAX

    def identity(self, who: str) -> None:
        """Something that does nothing once the training is over, such as dropout."""
        self._left_out.append(who)

    def network(self, classes: ArrayLike | None = None) -> Network:
        """The network, which ends in a logit for each class.

        Args:
            classes: their names; by default c0, c1, ...

        Raises:
            ArgumentError: if there is no dense layer, what comes out are no classes, a number is
                not finite, or the classes do not fit.
        """
        if self._pending is not None and self._steps:
            self._identity("the last scaling")
        if not self._steps:
            raise ArgumentError("there must be a dense layer, one at least. Got none.")
        self._decide_output()
        names = _names([step.name for step in self._steps])
        dtype = self._dtype()
        layers = tuple(
            Layer(
                name,
                step.kernel.astype(dtype),
                step.bias.astype(dtype),
                step.activation or Activation("linear"),
            )
            for name, step in zip(names, self._steps, strict=True)
        )
        found = class_names(layers[-1].units) if classes is None else classes
        return Network(layers, found)  # type: ignore[arg-type]

    def _decide_output(self) -> None:
        last = self._steps[-1]
        name = "linear" if last.activation is None else last.activation.name
        if last.kernel.shape[1] > 1:
            if name == "sigmoid" and self._ended is None:
                self._output = SIGMOIDS
            return
        if name not in ("linear", "sigmoid"):
            raise ArgumentError(
                f"one unit at the end must be linear, or a sigmoid, to tell two classes apart. "
                f"Got {name} instead."
            )
        self._output = SIGMOID if name == "sigmoid" else ONE_LOGIT
        last.kernel = np.hstack([np.zeros_like(last.kernel), last.kernel])
        last.bias = np.concatenate([np.zeros_like(last.bias), last.bias])
        last.activation = None

    def _identity(self, who: str) -> None:
        """A layer that hands on what it is given, so that something may come after it."""
        width = self.width
        if width is None:
            raise ArgumentError(f"{who} stands first, where the number of inputs is not known.")
        self.dense(np.eye(width, dtype=np.float32), None)

    def _go_on(self, who: str) -> None:
        if self._ended is not None:
            raise ArgumentError(f"{self._ended} must be the last step. Got {who} after it.")

    def _numbers(self, values: ArrayLike, who: str) -> Floats:
        array = real_array(values, who, ArgumentError)
        if array.dtype not in (np.float32, np.float64):
            array = array.astype(np.float64 if array.dtype.kind in "iub" else np.float32)
        self._dtypes.add(array.dtype)
        return array

    def _dtype(self) -> type[np.floating[Any]]:
        """float64 where something was folded: what cancels in the sum would be lost in float32."""
        plain = not self._folded and np.dtype(np.float64) not in self._dtypes
        return np.float32 if plain else np.float64


def imported(chain: Chain, source: str, **names: Any) -> Imported:
    """The model that a chain has become.

    Args:
        chain: all steps of it.
        source: what it was.
        **names: ``classes`` and ``features``, where they are known.
    """
    network = chain.network(names.get("classes"))
    features = names.get("features") or feature_names(network.inputs)
    return Imported(Model(network, features), source, chain.notes)


def _names(given: list[str | None]) -> list[str]:
    """A name for each layer: its own, or L and its number, each once."""
    found: list[str] = []
    for own, number in zip(given, layer_names(len(given)), strict=True):
        name = own or number
        while name in found or (own is None and name in given):
            name += "_"
        found.append(name)
    return found
