"""The inputs made of the plane: the page's table against the package's."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
from test_forward import node

from classlens.data.inputs import INPUTS

MODULE = resources.files("classlens.view") / "page" / "inputs.js"


def test_the_two_tables_are_one() -> None:
    places = np.random.default_rng(0).normal(0, 5, (50, 2))
    script = (
        f"import({json.dumps(str(MODULE))}).then(({{ INPUTS }}) => "
        "process.stdout.write(JSON.stringify(Object.entries(INPUTS).map(([name, of]) => "
        f"[name, {json.dumps(places.tolist())}.map(([s, t]) => of(s, t))]))))"
    )
    found = json.loads(node("-e", script))
    assert [name for name, _ in found] == list(INPUTS)
    for name, values in found:
        np.testing.assert_allclose(values, INPUTS[name](*places.T), rtol=1e-15)
