"""Models written as ONNX, for runtimes of 2022 and later."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from classlens._version import __version__
from classlens.errors import ArgumentError
from classlens.files import checked_path, write_whole
from classlens.io.onnx.library import CLASSES, FEATURES, onnx
from classlens.io.onnx.wire import MOST_BYTES
from classlens.layer import Layer
from classlens.model import ModelLike, as_model

OPSET = 17
_IR_VERSION = 8  # the one that came with the opset
# What an activation of one operator is called, and its parameter there.
_OPERATORS = {
    "relu": ("Relu", None),
    "leaky_relu": ("LeakyRelu", "alpha"),
    "tanh": ("Tanh", None),
    "sigmoid": ("Sigmoid", None),
    "elu": ("Elu", "alpha"),
}
# onnxruntime has these for float32 only.
_SINGLE = frozenset({"Elu", "Erf"})
_ROOM = 16_000_000  # for all but the weights; more than any names take


def to_object(model: ModelLike) -> Any:
    """A ``ModelProto`` of opset 17, the operators of ONNX 1.12 of 2022.

    Its input ``x`` has the shape (batch, inputs), its output ``logits`` (batch, classes), for any
    batch; both have the network's dtype. The names of the classes and of the features stand in
    its metadata as JSON, under ``classlens.classes`` and ``classlens.features``. In a float64
    network elu, and gelu's error function, are computed in float32, as onnxruntime has them.

    Raises:
        ArgumentError: if it is no model, or too large for one ONNX file, which holds 2 GB.
        MissingLibraryError: if onnx is not installed.
    """
    model = as_model(model)
    network = model.network
    size = network.parameters * network.dtype.itemsize
    if size > MOST_BYTES - _ROOM:
        raise ArgumentError(
            f"an ONNX file holds at most {MOST_BYTES - _ROOM} bytes of weights. Got {size}."
        )
    library = onnx()
    graph = _Graph(library, network.dtype)
    values = "x"
    for number, layer in enumerate(network.layers, start=1):
        values = graph.layer(layer, values, last=number == len(network.layers))
    made = library.helper.make_model(
        graph.made(network.inputs, len(network.classes)),
        producer_name="classlens",
        producer_version=__version__,
        ir_version=_IR_VERSION,
        opset_imports=[library.helper.make_opsetid("", OPSET)],
    )
    library.helper.set_model_props(
        made, {CLASSES: json.dumps(model.class_names), FEATURES: json.dumps(model.feature_names)}
    )
    return made


def to_file(model: ModelLike, path: str | Path) -> None:
    """Write what ``to_object`` makes, whole or not at all.

    Raises:
        ArgumentError: if it is no model, or too large for one ONNX file, or the path is none.
        MissingLibraryError: if onnx is not installed.
        OutputError: if it cannot be written; an older file is then untouched.
    """
    path = checked_path(path)
    write_whole(path, to_object(model).SerializeToString())


class _Graph:
    """The nodes and tensors so far, each called after its layer."""

    def __init__(self, library: Any, dtype: np.dtype[Any]) -> None:
        self.helper, self.tensors = library.helper, library.numpy_helper
        self.dtype = dtype
        types = library.TensorProto
        self.own, self.single = (types.DOUBLE if dtype == np.float64 else types.FLOAT), types.FLOAT
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def layer(self, layer: Layer, given: str, *, last: bool) -> str:
        """Add a layer.

        Args:
            layer: which.
            given: the name of the values that it is given.
            last: whether its values are the logits.

        Returns:
            The name of its values.
        """
        # Protocol buffers hold whole characters only.
        who = layer.name.encode("utf-8", "backslashreplace").decode()
        weights = [
            self.constant(f"{who}.kernel", layer.kernel),
            self.constant(f"{who}.bias", layer.bias),
        ]
        z = self.node(who, "Gemm", given, *weights)
        made = self.activated(who, layer, z)
        if last:  # the logits are called so, whatever made them
            node = next(each for each in self.nodes if each.output[0] == made)
            node.output[0] = made = "logits"
        return made

    def activated(self, who: str, layer: Layer, z: str) -> str:
        """Add a layer's activation."""
        name = layer.activation.name
        if name in _OPERATORS:
            operator, parameter = _OPERATORS[name]
            takes = {} if parameter is None else {parameter: layer.activation.parameter}
            return self.node(who, operator, z, **takes)
        if name == "silu":
            return self.node(who, "Mul", z, self.node(who, "Sigmoid", z))
        if name == "gelu":  # z / 2 * (1 + erf(z / sqrt(2))); opset 20 has an operator for it
            root, one, half = (
                self.constant(f"{who}.{word}", np.array(value, self.dtype))
                for word, value in (("root", math.sqrt(0.5)), ("one", 1.0), ("half", 0.5))
            )
            erf = self.node(who, "Erf", self.node(f"{who}/scaled", "Mul", z, root))
            gate = self.node(who, "Add", erf, one)
            return self.node(who, "Mul", self.node(f"{who}/half", "Mul", z, half), gate)
        return z

    def node(self, who: str, operator: str, *given: str, **attributes: Any) -> str:
        """Add a node.

        Returns:
            The name of what it makes, which is the node's own.
        """
        name = f"{who}/{operator}"
        if operator in _SINGLE and self.own != self.single:
            narrow = self._add(f"{who}/single/Cast", "Cast", given, {"to": self.single})
            made = self._add(name, operator, (narrow,), attributes)
            return self._add(f"{who}/Cast", "Cast", (made,), {"to": self.own})
        return self._add(name, operator, given, attributes)

    def constant(self, name: str, values: Any) -> str:
        """Add a tensor of known numbers; its name."""
        self.constants.append(self.tensors.from_array(np.ascontiguousarray(values), name))
        return name

    def made(self, inputs: int, classes: int) -> Any:
        """The graph of it all."""
        x, logits = (
            self.helper.make_tensor_value_info(name, self.own, ["batch", size])
            for name, size in (("x", inputs), ("logits", classes))
        )
        return self.helper.make_graph(self.nodes, "network", [x], [logits], self.constants)

    def _add(
        self, name: str, operator: str, given: tuple[str, ...], attributes: dict[str, Any]
    ) -> str:
        self.nodes.append(
            self.helper.make_node(operator, list(given), [name], name=name, **attributes)
        )
        return name
