"""Lists of names: which are taken, and what is said of the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from classlens.errors import ArgumentError
from classlens.names import names_from


def refusal(values: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        names_from("classes", values)
    return str(caught.value)


@pytest.mark.parametrize(
    ("values", "names"),
    [
        (("a", "b"), ("a", "b")),
        (np.array(["a", "b"]), ("a", "b")),
        (np.array([3, 1]), ("3", "1")),
        ([False, np.True_, 0.5], ("False", "True", "0.5")),
        ([], ()),
        (["", " ", "\n", "\ud800", "x" * 10**6], ("", " ", "\n", "\ud800", "x" * 10**6)),
    ],
)
def test_names_become_words(values: Any, names: tuple[str, ...]) -> None:
    assert names_from("classes", values) == names
    assert all(type(name) is str for name in names_from("classes", values))


@pytest.mark.parametrize(
    "values",
    [None, 5, "ab", b"ab", {"a"}, {"a": 1}, iter(["a"]), np.array("a"), np.array([["a"]])],
)
def test_what_is_no_list_of_names(values: Any) -> None:
    assert refusal(values) == f"classes must be a list of names. Got {values!r} instead."


@pytest.mark.parametrize("value", [None, b"a", ["a"], object, 1j], ids=repr)
def test_what_is_no_name(value: Any) -> None:
    assert refusal(["a", value]) == f"classes must hold words. Got {value!r} at place 1 instead."


def test_a_name_without_text() -> None:
    assert refusal([10**5000]) == (
        "classes must hold words. Got a value of type int at place 0 instead."
    )


@given(st.lists(st.text(max_size=2)))
def test_names_that_come_twice_are_refused(names: list[str]) -> None:
    if len(set(names)) == len(names):
        assert names_from("classes", names) == tuple(names)
    else:
        words = refusal(names)
        twice = next(name for name in names if names.count(name) > 1)
        assert words == f"classes must differ from each other. Got {twice!r} twice."
