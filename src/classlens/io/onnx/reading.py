"""ONNX models, read as data: the graph must be a chain from one input to one output."""

from __future__ import annotations

import json
import stat
from collections import Counter
from pathlib import Path
from typing import Any

from classlens.errors import ArgumentError, ClasslensError, ModelFileError, listed, short
from classlens.files import checked_path
from classlens.io.chain import Chain, Imported, imported
from classlens.io.onnx import wire
from classlens.io.onnx.constants import FLOATS, array_of, attributes_of
from classlens.io.onnx.library import CLASSES, FEATURES, onnx
from classlens.io.onnx.operators import OPERATORS
from classlens.io.onnx.walking import Node, Shape, Walk, called, size_of
from classlens.names import names_from
from classlens.reader import Reader

SOURCE = "an ONNX model"

_OLDEST_OPSET = 7  # before it, the shapes of two operands were matched in another way


def from_file(path: str | Path) -> Imported:
    """A model in a ``.onnx`` file, of at most 2 GB; no other file is opened.

    Raises:
        ArgumentError: if the path is none.
        MissingLibraryError: if onnx is not installed.
        ModelFileError: if the file cannot be read, is damaged, or holds what no network here can
            have.
    """
    path = checked_path(path)
    reader = Reader(path, "model of ONNX")
    library = onnx()
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # a pipe would block, a device might never end
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "not a regular file"
            raise ModelFileError(f"cannot read {path}: it is {kind}.")
        if status.st_size > wire.MOST_BYTES:
            reader.refuse(f"it has {status.st_size} bytes, and at most {wire.MOST_BYTES} are read")
        content = path.read_bytes()
    except OSError as error:
        raise ModelFileError(f"cannot read {path}: {error.strerror or error}.") from error
    try:
        wire.check(content)
        try:
            model = library.ModelProto.FromString(content)
        except Exception as error:  # a class of protobuf's, which is not ours to import
            raise ArgumentError(f"its bytes are no ONNX model ({short(str(error))}).") from None
        return _imported(model)
    except ModelFileError:
        raise
    except ClasslensError as error:
        reader.refuse(str(error).rstrip("."))


def from_object(model: Any) -> Imported:
    """A ``ModelProto``.

    Its graph must be a chain of dense layers (Gemm, or MatMul and Add), activations, and what can
    be folded into them. Class and feature names are read if ``to_object`` wrote them.

    Raises:
        ArgumentError: if it has a part that no network here can have; the message names it.
        MissingLibraryError: if onnx is not installed.
    """
    if not isinstance(model, onnx().ModelProto):
        raise ArgumentError(f"model must be a ModelProto. Got {type(model).__name__} instead.")
    return _imported(model)


def _imported(model: Any) -> Imported:
    graph = model.graph
    nodes = _needed(graph)
    _check_names(graph, nodes)
    _check_operators(model, nodes)
    if len(graph.output) != 1:
        names = listed([short(each.name) for each in graph.output]) or "none"
        raise ArgumentError(f"the graph must have one output. Got {names}.")
    walk = _started(model, nodes)
    for proto in nodes:
        _read(walk, proto)
    end = graph.output[0].name
    if not walk.known(end):
        raise ArgumentError(f"nothing in the graph makes its output {short(end)}.")
    try:
        walk.settle(end)
    except ArgumentError as error:
        raise ArgumentError(f"the output {short(end)}: {error}") from None
    said = {each.key: each.value for each in model.metadata_props}
    own = {key: _names(said, full) for key, full in (("classes", CLASSES), ("features", FEATURES))}
    return imported(walk.chain, SOURCE, **own)


def _needed(graph: Any) -> list[Any]:
    """The nodes that the outputs hang on, in the graph's order, which is the one of computing."""
    wanted = {each.name for each in graph.output}
    nodes = []
    for node in reversed(graph.node):
        if not wanted.isdisjoint(node.output):
            nodes.append(node)
            wanted.update(node.input)
    return nodes[::-1]


def _check_names(graph: Any, nodes: list[Any]) -> None:
    """See that they are text: protocol buffers give bytes for what is no UTF-8."""
    names = [each.name for each in (*graph.input, *graph.output, *graph.initializer)]
    for node in nodes:
        names += [node.name, node.op_type, node.domain, *node.input, *node.output]
        names += [each.name for each in node.attribute]
    wrong = next((name for name in names if not isinstance(name, str)), None)
    if wrong is not None:
        raise ArgumentError(f"its names must be text in UTF-8. Got {short(wrong)} instead.")


def _check_operators(model: Any, nodes: list[Any]) -> None:
    if model.functions:
        names = listed([short(each.name) for each in model.functions])
        raise ArgumentError(
            f"the model has functions of its own, {names}, which are not read. Inline them first: "
            "onnx.inliner.inline_local_functions(model)."
        )
    for node in nodes:
        if node.domain not in ("", "ai.onnx") or node.op_type not in OPERATORS:
            raise ArgumentError(
                f"{called(node)} cannot be read: no network here has such a part. Supported: "
                f"{', '.join(sorted(OPERATORS))}."
            )


def _started(model: Any, nodes: list[Any]) -> Walk:
    """The walk before its first node."""
    graph = model.graph
    versions = [each.version for each in model.opset_import if each.domain in ("", "ai.onnx")]
    if not versions or max(versions) < _OLDEST_OPSET:
        raise ArgumentError(
            f"the model's opset must be {_OLDEST_OPSET} or later. Got "
            f"{max(versions) if versions else 'none'}. Convert it with "
            "onnx.version_converter.convert_version(model, 17)."
        )
    if graph.sparse_initializer:
        raise ArgumentError("sparse weights cannot be read. Make them dense first.")
    used = {name for node in nodes for name in node.input}
    stored = {each.name for each in graph.initializer}
    given = [each for each in graph.input if each.name not in stored]
    if len(given) != 1:
        names = listed([short(each.name) for each in given]) or "none"
        raise ArgumentError(f"the graph must have one input. Got {names}.")
    batch, sample = _shape(given[0])
    walk = Walk(max(versions), Chain(size_of(sample)), batch, sample)
    walk.begin(given[0].name)
    for each in graph.initializer:
        if each.name in used:
            if walk.known(each.name):
                raise ArgumentError(f"the tensor {short(each.name)} stands in the model twice.")
            walk.constants[each.name] = array_of(each, f"the tensor {short(each.name)}")
    walk.uses = dict(Counter(name for node in nodes for name in node.input))
    return walk


def _shape(given: Any) -> tuple[int | None, Shape | None]:
    """How many samples the input has, and the shape of one; None for what is not told."""
    kind = given.type.tensor_type
    if kind.elem_type not in FLOATS:
        raise ArgumentError(
            f"the input {short(given.name)} must be floats. Got type {kind.elem_type} instead."
        )
    if not kind.HasField("shape"):
        return None, None
    sizes = [each.dim_value if each.HasField("dim_value") else None for each in kind.shape.dim]
    if len(sizes) < 2 or any(size is not None and size < 0 for size in sizes):
        raise ArgumentError(
            f"the input {short(given.name)} must have the shape (samples, features). Got "
            f"{short(sizes)} instead."
        )
    return sizes[0], tuple(size or None for size in sizes[1:])


def _read(walk: Walk, proto: Any) -> None:
    who, operator = called(proto), OPERATORS[proto.op_type]
    least, most = operator.inputs
    if not least <= len(proto.input) <= most or not proto.output or not all(proto.input[:least]):
        raise ArgumentError(
            f"{who} must have from {least} to {most} inputs, and an output. Got "
            f"{len(proto.input)} and {len(proto.output)} instead."
        )
    for name in filter(None, proto.input):
        if not walk.known(name):
            raise ArgumentError(
                f"{who} uses {short(name)}, which nothing before it makes: the graph has a circle, "
                "or its nodes stand in no order."
            )
    if walk.known(proto.output[0]):
        raise ArgumentError(f"{who} makes {short(proto.output[0])}, which is there already.")
    try:
        node = Node(proto, attributes_of(proto, operator.attributes), walk)
        operator.read(walk, node)
    except ArgumentError as error:
        raise ArgumentError(f"{who}: {error}") from None
    except ValueError as error:  # numbers of shapes that do not go together
        raise ArgumentError(f"{who}: its numbers do not fit ({short(str(error))}).") from None


def _names(said: dict[str, str], key: str) -> tuple[str, ...] | None:
    """A list of names in the model's metadata; None where there is none."""
    if key not in said:
        return None
    try:
        return names_from(key, json.loads(said[key]))
    except (ArgumentError, ValueError, RecursionError):
        raise ArgumentError(
            f"its metadata {key} must be a list of names, in JSON. Got {short(said[key])} instead."
        ) from None
