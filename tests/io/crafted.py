"""Model files made by hand, from a recorded one: what a test changes in it is all that is wrong."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from classlens.errors import ModelFileError
from classlens.io import native

RECORDED = (Path(__file__).parents[1] / "data" / "model_format_1.safetensors").read_bytes()
SIZE = int.from_bytes(RECORDED[:8], "little")
HEADER = json.loads(RECORDED[8 : 8 + SIZE])
DESCRIPTION = json.loads(HEADER["__metadata__"]["classlens"])
NUMBERS = RECORDED[8 + SIZE :]


def refusal(path: Path, content: bytes) -> str:
    """What is said of a file with this content."""
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        native.load(path)
    said = str(caught.value)
    start = f"{path} is not a model file that can be used: "
    assert said.startswith(start)
    assert said[-1] in ".?"
    assert len(said) < len(start) + 500
    return said.removeprefix(start)


def file(header: Any, numbers: bytes = NUMBERS) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + numbers


def described(description: Any, **tensors: Any) -> bytes:
    text = description if isinstance(description, str) else json.dumps(description)
    return file({**HEADER, "__metadata__": {"classlens": text}, **tensors})


def changed(where: str, value: Any) -> bytes:
    """The recorded file with one place of its description changed, such as ``layers.0.units``."""
    description = copy.deepcopy(DESCRIPTION)
    *parents, last = [int(word) if word.isdigit() else word for word in where.split(".")]
    place = description
    for parent in parents:
        place = place[parent]
    place[last] = value
    return described(description)


def retensored(name: str, **values: Any) -> bytes:
    return file({**HEADER, name: {**HEADER[name], **values}})
