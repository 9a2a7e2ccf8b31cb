"""Model files with damage at any place: there is a whole model, or a refusal, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from crafted import (
    DESCRIPTION,
    HEADER,
    RECORDED,
    changed,
    described,
    file,
    refusal,
    retensored,
)
from hypothesis import given
from hypothesis import strategies as st

from classlens.errors import ModelFileError
from classlens.io import native


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("damage") / "model"


def loads_or_is_refused(path: Path, content: bytes) -> bool:
    """Whether a file of this content loads; anything but a whole model or our own error fails."""
    path.write_bytes(content)
    try:
        model = native.load(path)
    except ModelFileError:
        return False
    for layer in model.network.layers:
        assert all(np.isfinite(array).all() for array in layer.get_weights())
    return True


@pytest.mark.parametrize("depth", [50, 150, 240, 400, 900, 5_000, 100_000])
@pytest.mark.parametrize("place", ["header", "description", "settings", "layers"])
def test_nesting_of_any_depth(path: Path, depth: int, place: str) -> None:
    nest = "[" * depth + "]" * depth
    whole = json.dumps(DESCRIPTION)
    contents = {
        "header": file(b'{"__metadata__": ' + nest.encode() + b"}"),
        "description": described(nest),
        "settings": described(whole.replace('"epochs": 12', f'"epochs": {nest}')),
        "layers": described(whole.replace('"units": 2', f'"units": {nest}')),
    }
    path.write_bytes(contents[place])
    with pytest.raises(ModelFileError):
        native.load(path)


def test_a_file_that_is_cut_anywhere(path: Path) -> None:
    for length in range(len(RECORDED)):
        refusal(path, RECORDED[:length])


@pytest.mark.parametrize("mask", [0x01, 0x80, 0xFF])
def test_a_byte_that_is_flipped_anywhere(path: Path, mask: int) -> None:
    loaded = 0
    for place in range(len(RECORDED)):
        content = bytearray(RECORDED)
        content[place] ^= mask
        loaded += loads_or_is_refused(path, bytes(content))
    assert loaded < len(RECORDED) * 3 // 4  # those have another letter in a name, another weight


def places(value: Any, here: str = "") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    found = []
    for key, each in inner:
        found.append(f"{here}{key}")
        if isinstance(each, dict | list):
            found += places(each, f"{here}{key}.")
    return found


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


@given(where=st.sampled_from(places(DESCRIPTION)), value=ANY_JSON)
def test_any_value_at_any_place_of_the_description(path: Path, where: str, value: Any) -> None:
    loads_or_is_refused(path, changed(where, value))


@given(
    name=st.sampled_from(sorted(HEADER)),
    key=st.sampled_from(["dtype", "shape", "data_offsets", "classlens"]),
    value=ANY_JSON,
)
def test_any_value_at_any_place_of_the_header(path: Path, name: str, key: str, value: Any) -> None:
    loads_or_is_refused(path, retensored(name, **{key: value}))
