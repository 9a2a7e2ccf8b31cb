"""Files of named arrays: what was written comes back; the refusals are tested with model files."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from classlens import tensors
from classlens.errors import ModelFileError
from classlens.reader import Reader

DTYPES = {"F32": np.float32, "F64": np.float64, "I32": np.int32, "I64": np.int64}
ARRAYS = st.dictionaries(
    st.text(min_size=1, max_size=5).filter(lambda name: name != "__metadata__"),
    st.sampled_from(sorted(DTYPES)).flatmap(
        lambda word: hnp.arrays(DTYPES[word], hnp.array_shapes(min_dims=0, min_side=0, max_side=3))
    ),
    min_size=1,
    max_size=4,
)


def wanted(arrays: dict[str, Any]) -> dict[str, tensors.Wanted]:
    words = {np.dtype(dtype): word for word, dtype in DTYPES.items()}
    return {
        name: tensors.Wanted(array.shape, (words[array.dtype],)) for name, array in arrays.items()
    }


@settings(max_examples=25)
@given(ARRAYS, st.dictionaries(st.text(), st.integers()))
def test_what_was_written_comes_back(arrays: dict[str, Any], said: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        tensors.save(path, "key", said, arrays)
        head = tensors.read_head(Reader(path), "key")
        back = tensors.read(Reader(path), head, wanted(arrays))
    assert head.description == said
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


@settings(max_examples=25)
@given(ARRAYS, st.text())
def test_any_file_is_read(arrays: dict[str, Any], word: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        tensors.save(path, "key", {"word": word}, arrays)
        metadata, back = tensors.read_any(Reader(path))
    assert json.loads(metadata["key"]) == {"word": word}
    assert back.keys() == arrays.keys()
    for name, array in arrays.items():
        assert back[name].dtype == array.dtype
        np.testing.assert_array_equal(back[name], array)


def test_another_key_is_another_kind_of_file(tmp_path: Path) -> None:
    tensors.save(tmp_path / "file", "key", {}, {"a": np.zeros(1)})
    reader = Reader(tmp_path / "file", "checkpoint", "Delete it.")
    with pytest.raises(ModelFileError) as caught:
        tensors.read_head(reader, "other")
    assert str(caught.value) == (
        f"{tmp_path / 'file'} is not a checkpoint that can be used: it is a safetensors file "
        "without a Classlens description. Delete it."
    )
