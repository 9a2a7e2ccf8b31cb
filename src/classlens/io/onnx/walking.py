"""Walk: how far the reading of a graph is, and what a node finds when it is read."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from classlens.errors import ArgumentError, short
from classlens.io.chain import Chain
from classlens.io.onnx.constants import Array, Attributes, array_of
from classlens.io.onnx.forms import Form

Shape = tuple[int | None, ...]


@dataclass
class Walk:
    """The state of a walk through a graph.

    Attributes:
        opset: the version of the operators.
        chain: what was met.
        batch: how many samples the graph is for; None for any number.
        sample: the shape of one there, as far as it is known.
        constants: the tensors whose numbers are known, by name.
        uses: by how many nodes each tensor is used.
    """

    opset: int
    chain: Chain
    batch: int | None
    sample: Shape | None
    constants: dict[str, Array] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)
    _forms: dict[str, Form] = field(default_factory=dict)
    _same: dict[str, str] = field(default_factory=dict)
    _base: int = 0
    # A dense layer whose bias may follow, with the name of its weights.
    _open: tuple[Array, str | None] | None = None

    def begin(self, name: str) -> None:
        """The tensor that is given to the graph."""
        self._forms[name] = Form.of(self._base)

    def known(self, name: str) -> bool:
        """Whether the tensor is there."""
        return self._own(name) in self._forms or name in self.constants

    def keep(self, node: Node, values: Array) -> None:
        """Numbers that a node makes of known ones."""
        self.constants[node.output] = values

    def put(self, node: Node, form: Form) -> None:
        """What a node makes of the numbers that flow through the graph."""
        self._forms[node.output] = form

    def same(self, name: str, other: str) -> None:
        """A second name of a tensor."""
        if other in self.constants:
            self.constants[name] = self.constants[other]
        else:
            self._same[name] = self._own(other)

    def operand(self, node: Node, place: int) -> Form:
        """A tensor that a node combines with another one: a form, or numbers in its place."""
        name = node.input(place)
        if name in self.constants:
            return Form.constant(self._base, node.vector(place))
        # What several nodes use must become a step of the chain before one of them goes on.
        if self.uses.get(name, 0) > 1:
            return self.settle(name)
        return self._forms[self._own(name)]

    def settle(self, name: str) -> Form:
        """Make steps of the chain of what leads to a tensor.

        Raises:
            ArgumentError: if it is nothing that the chain can have, or the chain has left it.
        """
        name = self._own(name)
        if name not in self._forms:
            raise ArgumentError("it must work on what flows through the graph, not on constants.")
        form = self._forms[name]
        if form.base != self._base:
            raise ArgumentError(
                "it uses a result that another part has used already: only chains of layers can "
                "be read."
            )
        meaning = form.meaning()
        changed = not meaning.plain
        if self._open is not None:
            kernel, own = self._open
            self._open, bias = None, None
            if meaning.activation is None and (meaning.factor == 1).all():
                bias = meaning.shift.astype(kernel.dtype)
                if (bias != meaning.shift).any():
                    bias = meaning.shift
                bias = np.broadcast_to(bias, kernel.shape[1:]) if bias.size == 1 else bias
                meaning = meaning._replace(shift=np.array(0.0))
            self.chain.dense(kernel, bias, own)
        if meaning.activation is not None:
            self.chain.activate(meaning.activation)
        if not meaning.unscaled:
            if self.sample is not None and len(self.sample) > 1 and meaning.shift.size > 1:
                raise ArgumentError("it must be given one row of numbers a sample, flattened.")
            self.chain.scale(meaning.factor, meaning.shift, f"the scaling in {short(name)}")
        if changed:
            self._base += 1
        self._forms[name] = Form.of(self._base)
        return self._forms[name]

    def dense(self, kernel: Array, bias: Array | None, node: Node) -> None:
        """A dense layer, after its input was settled; without a bias, one may follow."""
        if self.sample is not None and len(self.sample) != 1:
            raise ArgumentError(
                f"it must be given one row of numbers a sample. It is given the shape "
                f"{short(self.sample)}: put a Flatten before it."
            )
        own = _layer_name(node.input(1))
        if bias is None:
            if self.chain.width not in (None, len(kernel)):
                # Told by the chain, now and not when the bias was looked for.
                self.chain.dense(kernel, None, own)
            self._open = (kernel, own)
        else:
            shifts = np.broadcast_to(bias, kernel.shape[1:]) if bias.size == 1 else bias
            self.chain.dense(kernel, shifts, own)
        self._base += 1
        self.sample = kernel.shape[1:]
        self.put(node, Form.of(self._base))

    def flatten(self, node: Node) -> None:
        """One row of each sample."""
        if self.sample is not None:
            self.sample = (size_of(self.sample),)
        node.same()

    def _own(self, name: str) -> str:
        return self._same.get(name, name)


@dataclass(frozen=True)
class Node:
    """A node of the graph, as its operator reads it.

    Attributes:
        proto: its NodeProto.
        attributes: its attributes, with the defaults of those that it does not have.
        walk: the walk that it is read in.
    """

    proto: Any
    attributes: Attributes
    walk: Walk

    @property
    def operator(self) -> str:
        """What it does."""
        return str(self.proto.op_type)

    @property
    def who(self) -> str:
        """How it is called in notes and messages."""
        return called(self.proto)

    @property
    def output(self) -> str:
        """The name of the tensor that it makes."""
        return str(self.proto.output[0])

    @property
    def outputs(self) -> int:
        """How many tensors it makes."""
        return sum(1 for name in self.proto.output if name)

    def has(self, place: int) -> bool:
        """Whether it is given something there."""
        return place < len(self.proto.input) and bool(self.proto.input[place])

    def input(self, place: int) -> str:
        """The name of what it is given there."""
        return str(self.proto.input[place])

    def same(self) -> None:
        """It makes what it is given."""
        self.walk.same(self.output, self.input(0))

    def constant(self, place: int) -> Array:
        """The numbers that it is given there.

        Raises:
            ArgumentError: if they are not known.
        """
        name = self.input(place)
        if name not in self.walk.constants:
            raise ArgumentError(
                f"its input {short(name)} must be numbers that stand in the model. Got a result of "
                "the graph instead."
            )
        return self.walk.constants[name]

    def matrix(self, place: int) -> Array:
        """The same, of two axes."""
        values = self.constant(place)
        if values.ndim != 2:
            raise ArgumentError(
                f"its input {short(self.input(place))} must have two axes. Got the shape "
                f"{values.shape} instead."
            )
        return values

    def vector(self, place: int) -> Array:
        """The same, as a number or as one for each unit."""
        values = self.constant(place)
        if values.ndim > 2 or (values.ndim == 2 and len(values) != 1):
            raise ArgumentError(
                f"its input {short(self.input(place))} must be a number, or one a unit. Got the "
                f"shape {values.shape} instead."
            )
        return values.reshape(()) if values.size == 1 else values.reshape(-1)

    def value(self) -> Array:
        """Of a node Constant."""
        given = {name: each for name, each in self.attributes.items() if each is not None}
        if len(given) != 1:
            raise ArgumentError("it must have one value.")
        ((name, value),) = given.items()
        if name == "value":
            return array_of(value, "its value")
        dtype = np.float32 if name.startswith("value_float") else np.int64
        return np.array(value, dtype)


def size_of(sample: Shape | None) -> int | None:
    """How many numbers a sample has; None where that is not told."""
    known = [size for size in sample or () if size is not None]
    return math.prod(known) if sample and len(known) == len(sample) else None


def called(proto: Any) -> str:
    """How a node is called in notes and messages."""
    domain = f"{proto.domain}." if proto.domain not in ("", "ai.onnx") else ""
    name = proto.name or (proto.output[0] if proto.output else "")
    return f"node {short(name)} ({short(domain + proto.op_type)[1:-1]})"


def _layer_name(weights: str) -> str | None:
    """A layer's own name, where its weights are called after it."""
    if weights.endswith(".kernel"):
        return weights.removesuffix(".kernel") or None
    if weights.endswith(".weight"):
        # PyTorch's: the places 0, 2, 4, ... tell nothing, and the layers are called L1, L2, ...
        name = weights.removesuffix(".weight").rpartition(".")[2]
        return None if name.isdigit() or not name else name
    return None
