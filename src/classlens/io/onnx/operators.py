"""What each operator of ONNX does to the numbers that it is given: one table.

The operators and their defaults: https://onnx.ai/onnx/operators
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from classlens.activations import Activation
from classlens.errors import ArgumentError, short
from classlens.io.onnx.constants import FLOATS
from classlens.io.onnx.forms import Erf, Form
from classlens.io.onnx.walking import Node, Walk, size_of

# Since this version of the operators, softmax works along one axis, the last one by default.
_SOFTMAX_ALONG_ONE_AXIS = 13


class Operator(NamedTuple):
    """A row of the table.

    Attributes:
        read: says to the walk what the operator does.
        attributes: the ones that it may have, with their defaults; None for one without.
        inputs: the least and the most of them.
    """

    read: Callable[[Walk, Node], None]
    attributes: Mapping[str, Any] = MappingProxyType({})
    inputs: tuple[int, int] = (1, 1)


def _gemm(walk: Walk, node: Node) -> None:
    of = node.attributes
    if of["transA"]:
        raise ArgumentError("transA must be 0: a sample is a row. Got 1 instead.")
    kernel = node.matrix(1)
    kernel = kernel.T if of["transB"] else kernel
    if of["alpha"] != 1:
        kernel = kernel * np.float64(of["alpha"])
    bias = None
    if node.has(2):
        given = node.vector(2)
        bias = given if of["beta"] == 1 else given * np.float64(of["beta"])
    walk.settle(node.input(0))
    walk.dense(kernel, bias, node)


def _mat_mul(walk: Walk, node: Node) -> None:
    kernel = node.matrix(1)
    walk.settle(node.input(0))
    walk.dense(kernel, None, node)


def _combined(sign: float, *, product: bool) -> Callable[[Walk, Node], None]:
    def read(walk: Walk, node: Node) -> None:
        # What flows comes first: it may become a step of the chain, and constants go along.
        order = sorted((0, 1), key=lambda place: node.input(place) in walk.constants)
        forms = {place: walk.operand(node, place) for place in order}
        one, other = forms[0], forms[1]
        if product:
            walk.put(node, one.times(other))
        else:
            walk.put(node, one.plus(other.times(Form.constant(other.base, sign))))

    return read


def _divided(walk: Walk, node: Node) -> None:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # refused by the chain
        by = 1 / node.vector(1).astype(np.float64)
    form = walk.operand(node, 0)
    walk.put(node, form.times(Form.constant(form.base, by)))


def _negated(walk: Walk, node: Node) -> None:
    form = walk.operand(node, 0)
    walk.put(node, form.times(Form.constant(form.base, -1.0)))


def _activation(name: str, parameter: str | None = None) -> Callable[[Walk, Node], None]:
    def read(walk: Walk, node: Node) -> None:
        word = Activation(name, node.attributes[parameter] if parameter else None)
        walk.put(node, walk.settle(node.input(0)).apply(word))

    return read


def _selu(walk: Walk, node: Node) -> None:
    word = Activation("elu", node.attributes["alpha"])
    form = walk.settle(node.input(0)).apply(word)
    walk.put(node, form.times(Form.constant(form.base, node.attributes["gamma"])))


def _gelu(walk: Walk, node: Node) -> None:
    if node.attributes["approximate"] != "none":
        found = short(node.attributes["approximate"])
        raise ArgumentError(f"approximate must be 'none'. Got {found} instead.")
    walk.put(node, walk.settle(node.input(0)).apply(Activation("gelu")))


def _erf(walk: Walk, node: Node) -> None:
    form = walk.operand(node, 0)
    multiple = form.multiple()
    if multiple is None:
        form, multiple = walk.settle(node.input(0)), 1.0
    walk.put(node, form.apply(Erf(multiple)))


def _batch_normalization(walk: Walk, node: Node) -> None:
    if node.attributes["training_mode"] or node.outputs > 1:
        raise ArgumentError("it is there for training. Export the model for inference.")
    scale, shift, mean, variance = (node.vector(place).astype(np.float64) for place in range(1, 5))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # refused by the chain
        factor = scale / np.sqrt(variance + node.attributes["epsilon"])
    form = walk.operand(node, 0)
    factors = form.times(Form.constant(form.base, factor))
    walk.put(node, factors.plus(Form.constant(form.base, shift - mean * factor)))


def _softmax(walk: Walk, node: Node) -> None:
    axis = node.attributes["axis"]
    if axis is None:
        axis = 1 if walk.opset < _SOFTMAX_ALONG_ONE_AXIS else -1
    if axis not in (1, -1):
        raise ArgumentError(f"axis must be 1 or -1, the classes. Got {axis} instead.")
    form = walk.settle(node.input(0))
    walk.chain.softmax(log=node.operator == "LogSoftmax")
    walk.put(node, form)


def _identity(_: Walk, node: Node) -> None:
    node.same()


def _dropout(walk: Walk, node: Node) -> None:
    if node.has(2) and node.constant(2).any():
        raise ArgumentError("it is there for training. Export the model for inference.")
    walk.chain.identity(node.who)
    node.same()


def _cast(_: Walk, node: Node) -> None:
    if node.attributes["to"] not in FLOATS:
        raise ArgumentError(
            "it must turn floats into floats, which changes nothing here. Got type "
            f"{node.attributes['to']} instead."
        )
    node.same()


def _transpose(walk: Walk, node: Node) -> None:
    matrix = node.matrix(0)
    if node.attributes["perm"] not in (None, [1, 0]):
        raise ArgumentError(f"perm must be 1, 0. Got {short(node.attributes['perm'])} instead.")
    walk.keep(node, matrix.T)


def _constant(walk: Walk, node: Node) -> None:
    walk.keep(node, node.value())


def _flatten(walk: Walk, node: Node) -> None:
    rank = None if walk.sample is None else len(walk.sample) + 1
    axis = node.attributes["axis"]
    if axis != 1 and (rank is None or axis != 1 - rank):
        raise ArgumentError(f"axis must be 1, all but the samples. Got {axis} instead.")
    walk.flatten(node)


def _reshape(walk: Walk, node: Node) -> None:
    shape = [int(each) for each in node.constant(1).reshape(-1)]
    size = size_of(walk.sample)
    fits = len(shape) == 2 and (
        # The number of samples is kept (0), counted (-1) or known, and the rest is one row.
        (size is not None and shape[1] == size and shape[0] in (0, -1, walk.batch))
        or (shape == [0, -1] and not node.attributes["allowzero"])
        or (shape[1] == -1 and shape[0] == walk.batch)
    )
    if not fits:
        raise ArgumentError(
            f"it must make one row of each sample, such as with the shape [0, -1]. Got "
            f"{short(shape)} instead."
        )
    walk.flatten(node)


OPERATORS: Mapping[str, Operator] = MappingProxyType(
    {
        "Gemm": Operator(_gemm, {"alpha": 1.0, "beta": 1.0, "transA": 0, "transB": 0}, (2, 3)),
        "MatMul": Operator(_mat_mul, inputs=(2, 2)),
        "Add": Operator(_combined(1.0, product=False), inputs=(2, 2)),
        "Sub": Operator(_combined(-1.0, product=False), inputs=(2, 2)),
        "Mul": Operator(_combined(1.0, product=True), inputs=(2, 2)),
        "Div": Operator(_divided, inputs=(2, 2)),
        "Neg": Operator(_negated),
        "Relu": Operator(_activation("relu")),
        "LeakyRelu": Operator(_activation("leaky_relu", "alpha"), {"alpha": 0.01}),
        "Tanh": Operator(_activation("tanh")),
        "Sigmoid": Operator(_activation("sigmoid")),
        "Elu": Operator(_activation("elu", "alpha"), {"alpha": 1.0}),
        "Selu": Operator(_selu, {"alpha": 1.6732632, "gamma": 1.0507010}),
        "Gelu": Operator(_gelu, {"approximate": "none"}),
        "Erf": Operator(_erf),
        "BatchNormalization": Operator(
            _batch_normalization,
            {"epsilon": 1e-5, "momentum": 0.9, "training_mode": 0, "spatial": 1},
            (5, 5),
        ),
        "Softmax": Operator(_softmax, {"axis": None}),
        "LogSoftmax": Operator(_softmax, {"axis": None}),
        "Identity": Operator(_identity),
        "Dropout": Operator(_dropout, {"ratio": 0.5, "seed": None}, (1, 3)),
        "Cast": Operator(_cast, {"to": None, "saturate": 1, "round_mode": "up"}),
        "CastLike": Operator(_identity, {"saturate": 1, "round_mode": "up"}, (2, 2)),
        "Transpose": Operator(_transpose, {"perm": None}),
        "Constant": Operator(
            _constant,
            dict.fromkeys(("value", "value_float", "value_floats", "value_int", "value_ints")),
            (0, 0),
        ),
        "Flatten": Operator(_flatten, {"axis": 1}),
        "Reshape": Operator(_reshape, {"allowzero": 0}, (2, 2)),
    }
)
