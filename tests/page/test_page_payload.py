"""The page and its payload's version."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from test_forward import node

from classlens.data.inputs import INPUTS
from classlens.view import payload

MODULE = resources.files("classlens.view") / "page" / "payload.js"


def opened(version: object, *inputs: str) -> str:
    """What the page's module makes of a payload of this version, without numbers or examples."""
    given = {"version": version, "parameters": "", "classes": ["a", "b"]}
    given["network"] = {"inputs": 2, "layers": [{"units": 2}]}
    given["plane"] = {"inputs": list(inputs) or None}
    script = (
        f"import({json.dumps(str(MODULE))}).then(({{ open }}) => "
        f"process.stdout.write(JSON.stringify(open({json.dumps(given)}).classes)))"
    )
    return node("-e", script)


def test_the_version_that_is_written_is_read() -> None:
    assert opened(payload.VERSION) == "2"


@pytest.mark.parametrize(
    ("version", "shown"), [(payload.VERSION + 1, payload.VERSION + 1), ("1", "1"), (None, "null")]
)
def test_another_version_is_refused(version: object, shown: object) -> None:
    words = f"Error: this page reads payloads of version {payload.VERSION}, and was given {shown}\n"
    with pytest.raises(AssertionError, match=words):
        opened(version)


def test_inputs_that_the_page_does_not_know() -> None:
    assert opened(payload.VERSION, *INPUTS) == "2"
    with pytest.raises(AssertionError, match="Error: the input toString is not known here\n"):
        opened(payload.VERSION, "x0", "toString")
