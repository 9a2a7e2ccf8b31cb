"""Flags packed into words and back."""

from __future__ import annotations

import numpy as np
import pytest

from classlens.analysis.bits import pack, unpack


@pytest.mark.parametrize("units", [1, 63, 64, 65, 130])
def test_bits_survive_packing(units):
    flags = np.random.default_rng(units).random((17, units)) < 0.5
    words = pack(flags)
    assert words.shape == (-(-units // 64), 17)
    np.testing.assert_array_equal(unpack(words, units), flags)
    last = units - 1
    np.testing.assert_array_equal((words[last // 64] >> np.uint64(last % 64)) & 1, flags[:, last])
