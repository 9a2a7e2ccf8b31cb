"""Going through a Keras model, layer by layer, as its configuration lists them.

The configuration is JSON, and tells the same of an object and of a file: both are read by these
lines, and neither needs Keras itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from classlens.errors import ArgumentError, ClasslensError, listed, short
from classlens.io.chain import Chain
from classlens.io.keras.layers import LAYERS, Array, Config, Shape, State, input_shape, name_of

SOURCE = "a Keras model"
_MODELS = {"Sequential", "Functional", "Model"}
# Where Keras's own classes say that they live; those of Keras 2 do not say it.
_MODULES = {
    *(None, "keras", "keras.layers", "keras.models", "keras.src.models.functional"),
    *("keras.src.models.sequential", "keras.src.engine.functional"),
    "keras.src.activations.activations",
}


class Weights(Protocol):
    """The weights of a model's layers, which are counted as its configuration lists them."""

    def of(self, place: int, shapes: Sequence[Shape]) -> list[Array]:
        """The layer's weights, which must have these shapes."""

    def inside(self, place: int, layers: Sequence[Config]) -> Weights:
        """Those of a model within the model."""


def check_own(entry: Config) -> str:
    """The class that an entry of a configuration names, one of Keras's own.

    Raises:
        ArgumentError: if it is somebody else's: what that computes is not known.
    """
    kind, module = entry.get("class_name"), entry.get("module", "keras")
    if not isinstance(kind, str) or module not in _MODULES:
        raise ArgumentError(
            f"{short(kind)} of {short(module)} is not one of Keras's own classes: what it computes "
            "is not known."
        )
    if entry.get("registered_name") not in (None, kind):
        raise ArgumentError(
            f"{short(entry['registered_name'])} is a class of somebody's own: what it computes is "
            "not known."
        )
    return kind


def layers_of(config: Any) -> Sequence[Config]:
    """The entries of a model's layers.

    Raises:
        ArgumentError: if it is no Sequential or functional model.
    """
    layers = config.get("layers") if isinstance(config, Mapping) else None
    if (
        not isinstance(layers, Sequence)
        or not layers
        or not all(isinstance(each, Mapping) for each in layers)
        or not all(isinstance(each.get("config"), Mapping) for each in layers)
    ):
        raise ArgumentError(
            "a Keras model must be a Sequential or functional one with layers, to be read."
        )
    return layers


def walked(layers: Sequence[Config], weights: Weights, config: Config) -> Chain:
    """Go through all layers in the order in which they compute.

    Args:
        layers: the entries of the layers.
        weights: theirs.
        config: the model's configuration, in which they stand.

    Raises:
        ArgumentError: if there is a layer that cannot be read, or they are no chain.
    """
    state = State(Chain())
    _through(state, layers, weights, config)
    return state.chain


def check_shape(shape: tuple[int, ...], wanted: Shape, who: str) -> None:
    """See that an array has the shape that the configuration says.

    Raises:
        ArgumentError: if it has not.
    """
    fits = len(shape) == len(wanted) and all(
        size is None or size == own for own, size in zip(shape, wanted, strict=True)
    )
    if not fits:
        text = ", ".join("any" if size is None else str(size) for size in wanted)
        raise ArgumentError(f"layer {who}'s weights must have the shape ({text}). Got {shape}.")


def _through(state: State, layers: Sequence[Config], weights: Weights, config: Config) -> None:
    _check_order(layers, config)
    for place, layer in enumerate(layers):
        kind, settings, who = check_own(layer), layer["config"], name_of(layer)
        if state.shape is None:
            state.shape = input_shape(settings) or input_shape(layer.get("build_config") or {})
        if kind in _MODELS:
            inner = layers_of(settings)
            _through(state, inner, weights.inside(place, inner), settings)
        elif kind in LAYERS:
            try:
                LAYERS[kind](state, settings, lambda *shapes, at=place: weights.of(at, shapes))
            except ClasslensError:
                raise
            except (ArithmeticError, LookupError, TypeError, ValueError) as error:
                raise ArgumentError(
                    f"layer {who} ({kind}) has a configuration that does not fit: "
                    f"{short(str(error))}."
                ) from None
        else:
            raise ArgumentError(
                f"layer {who} ({short(kind)}) cannot be read: no network here has such a layer. "
                f"Supported: {', '.join(sorted({*LAYERS, *_MODELS}))}."
            )


def check_model(entry: Config) -> None:
    """See that a model is a Sequential or a functional one of Keras's own.

    Raises:
        ArgumentError: if it is not.
    """
    kind = check_own(entry)
    if kind not in _MODELS:
        raise ArgumentError(
            f"a Keras model must be a Sequential or functional one, to be read. Got {short(kind)} "
            "instead."
        )


def _check_order(layers: Sequence[Config], config: Config) -> None:
    """See that each layer is given what the one before it makes, and nothing else."""
    before: str | None = None
    for layer in layers:
        nodes = layer.get("inbound_nodes")
        if nodes is None:  # of a Sequential
            continue
        given = list(_histories(nodes))
        wanted = [] if before is None else [before]
        if given != wanted or (len(nodes) if isinstance(nodes, Sequence) else 0) > 1:
            raise ArgumentError(
                f"layer {name_of(layer)} must be given what the layer before it makes, and only "
                f"that. Got what {listed(given) or 'nothing'} makes instead: only chains of layers "
                "can be read."
            )
        before = name_of(layer)
    for name, end in (("input_layers", 0), ("output_layers", -1)):
        ends = config.get(name)
        if ends is not None and list(_histories([ends])) != [name_of(layers[end])]:
            raise ArgumentError(
                f"the model must have one {name.split('_')[0]}, at its "
                f"{'beginning' if end == 0 else 'end'}. Got {short(ends)} instead."
            )


def _histories(found: Any) -> list[str]:
    """The names of the layers from which tensors come, in what Keras writes down of a call."""
    if isinstance(found, Mapping):
        if found.get("class_name") == "__keras_tensor__":
            history = found.get("config", {}).get("keras_history")
            return [str(history[0])] if isinstance(history, Sequence) and history else []
        return [name for each in found.values() for name in _histories(each)]
    if isinstance(found, list | tuple):
        if len(found) >= 3 and isinstance(found[0], str) and type(found[1]) is int:
            return [found[0]]
        return [name for each in found for name in _histories(each)]
    return []
