"""What each layer of Keras does to the numbers that it is given: one table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classlens.activations import Activation
from classlens.errors import ArgumentError, short
from classlens.io.chain import Chain

Array = NDArray[Any]
# A size that the configuration does not tell is None, and then any.
Shape = tuple[int | None, ...]
Config = Mapping[str, Any]

_EPSILON = 1e-7  # Keras's own: no deviation below it is divided by


@dataclass
class State:
    """How far a walk through a model is.

    Attributes:
        chain: what was met.
        shape: of one sample there, as far as it is known.
    """

    chain: Chain
    shape: Shape | None = None

    def activate(self, value: Any, who: str) -> None:
        """An activation as Keras writes it down: a word, or a layer of its own."""
        if isinstance(value, Mapping):
            name, settings = value.get("class_name"), value.get("config")
            if (
                isinstance(name, str)
                and name in _ACTIVATION_LAYERS
                and isinstance(settings, Mapping)
            ):
                _ACTIVATION_LAYERS[name](self, settings, who)
                return
            if value.get("module") in {"keras.activations", "builtins"}:
                value = settings  # a function of Keras's own, written at length
        word = "linear" if value is None else value
        if word in ("softmax", "log_softmax"):
            self.chain.softmax(log=word == "log_softmax")
        elif isinstance(word, str) and word in _FUNCTIONS:
            _FUNCTIONS[word](self.chain)
        else:
            raise ArgumentError(
                f"layer {who}'s activation {short(word)} is none that a network here can have. "
                f"Supported: {', '.join([*_FUNCTIONS, 'softmax', 'log_softmax'])}."
            )

    def flat(self, who: str) -> None:
        """See that a sample is one row of numbers, as dense layers need it here."""
        if self.shape is not None and len(self.shape) != 1:
            raise ArgumentError(
                f"layer {who} must be given one row of numbers a sample. It is given the shape "
                f"{self.shape}: put a Flatten before it."
            )

    def spread(self, values: Any, axis: Any, who: str) -> Array:
        """Numbers for the last axis of a sample, as numbers for all of a sample, flattened."""
        numbers = np.asarray(values, np.float64).reshape(-1)
        axes = axis if isinstance(axis, list | tuple) else [axis]
        rank = 1 if self.shape is None else len(self.shape)
        if axis is not None and [each % (rank + 1) for each in axes] != [rank]:
            raise ArgumentError(f"layer {who} must work along the last axis. Got {axis} instead.")
        if self.shape is None or None in self.shape or rank == 1 or numbers.size == 1:
            return numbers
        if numbers.size != self.shape[-1]:
            raise ArgumentError(
                f"layer {who} must have {self.shape[-1]} numbers. Got {numbers.size} instead."
            )
        sizes: Any = self.shape
        return np.broadcast_to(numbers, sizes).reshape(-1)


Reading = Callable[..., list[Array]]


def _input(state: State, _config: Config, _: Reading) -> None:
    state.chain.inputs = _size(state.shape) or state.chain.inputs


def _dense(state: State, config: Config, read: Reading) -> None:
    who, units = config["name"], config["units"]
    state.flat(who)
    inputs = _size(state.shape)
    shapes = [(inputs, units), (units,)] if config.get("use_bias", True) else [(inputs, units)]
    if config.get("quantization_config") or config.get("lora_rank"):
        raise ArgumentError(f"layer {who} is quantized or has LoRA's weights; merge them first.")
    kernel, *bias = read(*shapes)
    state.chain.dense(kernel, bias[0] if bias else None, who)
    state.shape = (kernel.shape[1],)
    state.activate(config.get("activation"), who)


def _batch_normalization(state: State, config: Config, read: Reading) -> None:
    who = config["name"]
    if config.get("renorm"):
        raise ArgumentError(f"layer {who} renormalizes (renorm=True), which is not supported.")
    size = (None if state.shape is None else state.shape[-1],)
    named = [name for name in ("scale", "center") if config.get(name, True)]
    arrays = read(*[size] * (len(named) + 2))
    *given, mean, variance = (np.asarray(each, np.float64) for each in arrays)
    of = dict(zip(named, given, strict=True))
    factor = of.get("scale", 1.0) / np.sqrt(variance + config.get("epsilon", 1e-3))
    shift = of.get("center", 0.0) - mean * factor
    axis = config.get("axis", -1)
    state.chain.scale(state.spread(factor, axis, who), state.spread(shift, axis, who), who)


def _normalization(state: State, config: Config, read: Reading) -> None:
    who, axis = config["name"], config.get("axis", -1)
    mean, variance = config.get("mean"), config.get("variance")
    if mean is None or variance is None:
        last = None if state.shape is None else state.shape[-1]
        size: Shape = () if axis in (None, [], ()) else (last,)
        mean, variance, _ = read(size, size, ())
    spread = [
        state.spread(each, None if axis in ((), []) else axis, who) for each in (mean, variance)
    ]
    deviation = np.maximum(np.sqrt(spread[1]), _EPSILON)
    if config.get("invert"):
        state.chain.scale(deviation, spread[0], who)
    else:
        state.chain.scale(1 / deviation, -spread[0] / deviation, who)


def _rescaling(state: State, config: Config, _: Reading) -> None:
    who = config["name"]
    scale, offset = (
        state.spread(_plain(config.get(name, default)), -1, who)
        for name, default in (("scale", 1.0), ("offset", 0.0))
    )
    state.chain.scale(scale, offset, who)


def _flatten(state: State, config: Config, _: Reading) -> None:
    if config.get("data_format") == "channels_first" and state.shape and len(state.shape) > 1:
        raise ArgumentError(f"layer {config['name']} must have channels_last as its data_format.")
    size = _size(state.shape)
    state.shape = None if size is None else (size,)


def _activation(state: State, config: Config, _: Reading) -> None:
    state.activate(config.get("activation"), config["name"])


def _nothing(state: State, config: Config, _: Reading) -> None:
    state.chain.identity(config["name"])


def _relu_layer(state: State, config: Config, who: str) -> None:
    if config.get("max_value") is not None or config.get("threshold", 0):
        raise ArgumentError(f"layer {who} is a ReLU with max_value or threshold: not supported.")
    slope = _plain(config.get("negative_slope", 0))
    word = Activation("leaky_relu", slope) if slope else Activation("relu")
    state.chain.activate(word)


def _leaky_relu_layer(state: State, config: Config, _: str) -> None:
    slope = _plain(config.get("negative_slope", config.get("alpha", 0.3)))
    state.chain.activate(Activation("leaky_relu", slope))


def _elu_layer(state: State, config: Config, _: str) -> None:
    state.chain.activate(Activation("elu", _plain(config.get("alpha", 1.0))))


def _softmax_layer(state: State, config: Config, who: str) -> None:
    axis = config.get("axis", -1)
    if axis not in (-1, 1, [-1], [1]):
        raise ArgumentError(f"layer {who} must be a softmax along the last axis. Got {axis}.")
    state.chain.softmax()


def _selu(chain: Chain) -> None:
    """Klambauer et al. (2017): 1.0507 times an ELU of alpha 1.67326."""
    chain.activate(Activation("elu", 1.6732632423543772))
    chain.scale(1.0507009873554805, 0.0, "selu's factor")


def _word(name: str) -> Callable[[Chain], None]:
    return lambda chain: chain.activate(Activation(name))


_FUNCTIONS: Mapping[str, Callable[[Chain], None]] = MappingProxyType(
    {
        **{
            name: _word(name)
            for name in ("linear", "relu", "leaky_relu", "tanh", "sigmoid", "elu", "gelu", "silu")
        },
        "swish": _word("silu"),
        "selu": _selu,
    }
)
_ACTIVATION_LAYERS: Mapping[str, Callable[[State, Config, str], None]] = MappingProxyType(
    {
        "ReLU": _relu_layer,
        "LeakyReLU": _leaky_relu_layer,
        "ELU": _elu_layer,
        "Softmax": _softmax_layer,
    }
)


def _standing_alone(
    step: Callable[[State, Config, str], None],
) -> Callable[[State, Config, Reading], None]:
    return lambda state, config, _: step(state, config, config["name"])


_AFTER_TRAINING_NOTHING = (
    *("Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise"),
    *("ActivityRegularization", "Identity"),
)
LAYERS: Mapping[str, Callable[[State, Config, Reading], None]] = MappingProxyType(
    {
        "InputLayer": _input,
        "Dense": _dense,
        "Activation": _activation,
        "BatchNormalization": _batch_normalization,
        "Normalization": _normalization,
        "Rescaling": _rescaling,
        "Flatten": _flatten,
        **dict.fromkeys(_AFTER_TRAINING_NOTHING, _nothing),
        **{name: _standing_alone(step) for name, step in _ACTIVATION_LAYERS.items()},
    }
)


def name_of(layer: Config) -> str:
    """The layer's own name.

    Raises:
        ArgumentError: if it has none.
    """
    name = layer["config"].get("name")
    if not isinstance(name, str) or not name:
        raise ArgumentError(f"a Keras layer must have a name. Got {short(name)} instead.")
    return name


def _plain(value: Any) -> Any:
    """A value, or the one inside an array as Keras writes it down."""
    if isinstance(value, Mapping) and isinstance(value.get("config"), Mapping):
        return value["config"].get("value")
    return value


def _size(shape: Shape | None) -> int | None:
    if shape is None or None in shape:
        return None
    return int(np.prod([size for size in shape if size is not None], dtype=np.int64))


def input_shape(settings: Config) -> Shape | None:
    """Of one sample, where a configuration tells it."""
    for name in ("batch_shape", "batch_input_shape", "input_shape"):
        found = settings.get(name)
        if isinstance(found, list | tuple) and all(
            size is None or (type(size) is int and size > 0) for size in found
        ):
            return tuple(found[1:])
    return None
