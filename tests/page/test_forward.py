"""The page's forward pass in Node, against the Python one, for every activation."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hosts import needed

from classlens.activations import ACTIVATIONS
from classlens.network import Network
from classlens.view.payload import spec

HERE = Path(__file__).parent
MODULE = resources.files("classlens.view") / "page" / "network.js"


def node(*words: str) -> str:
    program = shutil.which("node")
    if program is None:
        needed("Node was not found: install nodejs to test the page")
    done = subprocess.run(
        [str(program), *words], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def on_the_page(given: list[dict[str, Any]], folder: Path) -> list[Any]:
    """What the page's modules make of each case."""
    file = folder / "cases.json"
    file.write_text(json.dumps(given))
    found: list[Any] = json.loads(node(str(HERE / "forward.mjs"), str(MODULE), str(file)))
    return found


def case(
    word: str, sizes: tuple[int, ...], scale: float, rng: np.random.Generator
) -> tuple[Network, dict[str, Any]]:
    kernels = [rng.normal(0, scale, size) for size in itertools.pairwise(sizes)]
    biases = [rng.normal(0, scale, units) for units in sizes[1:]]
    words = [word] * (len(sizes) - 2) + ["linear"]
    network = Network.from_arrays(kernels, biases, activations=words)
    X = np.concatenate([rng.normal(0, scale, (20, sizes[0])), np.zeros((1, sizes[0]))])
    numbers = np.concatenate(
        [each.ravel() for pair in zip(kernels, biases, strict=True) for each in pair]
    )
    y = rng.integers(0, sizes[-1], len(X))
    given = {"spec": spec(network), "numbers": numbers.tolist(), "X": X.tolist(), "y": y.tolist()}
    return network, {**given, "off": []}


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Network, dict[str, Any], Any]]:
    words = [*ACTIVATIONS, "leaky_relu(0.03)", "elu(2.5)"]
    rng = np.random.default_rng(0)
    made = [
        case(word, sizes, scale, rng)
        for word in words
        for sizes, scale in [((2, 2, 4), 1.0), ((3, 8, 5, 3), 4.0), ((1, 2), 30.0)]
    ]
    found = on_the_page([given for _, given in made], tmp_path_factory.mktemp("cases"))
    return [(network, given, each) for (network, given), each in zip(made, found, strict=True)]


def test_every_layer_of_every_activation(cases: list[Any]) -> None:
    for network, given, found in cases:
        expected = network.forward(given["X"])
        for values, each in zip(expected, found["layers"], strict=True):
            scale = max(1.0, float(np.abs(values.pre_activation).max()))
            np.testing.assert_allclose(each["z"], values.pre_activation.ravel(), atol=1e-12 * scale)
            np.testing.assert_allclose(
                each["a"], values.activation.ravel(), rtol=1e-11, atol=1e-12 * scale
            )


def test_shares_and_scores(cases: list[Any]) -> None:
    for network, given, found in cases:
        X, y = np.array(given["X"]), np.array(given["y"])
        np.testing.assert_allclose(found["shares"], network.predict_proba(X), atol=1e-12)
        expected = network.evaluate(X, y)
        assert found["score"]["loss"] == pytest.approx(expected.loss, rel=1e-9)
        assert found["score"]["right"] == expected.correct
        confusion = np.zeros((len(network.classes),) * 2, int)
        np.add.at(confusion, (y, network.predict(X)), 1)
        assert found["score"]["confusion"] == confusion.tolist()


def test_a_unit_that_is_off(tmp_path: Path) -> None:
    network, given = case("relu", (2, 3, 3), 1.0, np.random.default_rng(2))
    on, off = on_the_page([given, {**given, "off": ["L1.1"]}], tmp_path)
    kernel, bias = network.layers[0].get_weights()
    kernel[:, 1], bias[1] = 0, 0
    last = network.layers[1]
    silenced = Network.from_arrays([kernel, last.kernel], [bias, last.bias])
    expected = silenced.evaluate(given["X"], given["y"])
    assert off["score"]["right"] == expected.correct != on["score"]["right"]
    assert off["score"]["loss"] == pytest.approx(expected.loss, rel=1e-9)
    np.testing.assert_allclose(off["shares"], silenced.predict_proba(given["X"]), atol=1e-12)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"activation": "toString"}, "the activation toString is not known here"),
        ({"units": 2}, "the network has too many numbers"),
        ({"units": 4}, "the network has too few numbers"),
    ],
)
def test_a_network_that_the_page_does_not_know(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    _, given = case("relu", (2, 3, 3), 1.0, np.random.default_rng(0))
    given["spec"]["layers"][0].update(change)
    with pytest.raises(AssertionError, match=f"Error: {words}\n"):
        on_the_page([given], tmp_path)
