"""ONNX models as PyTorch's own exporters write them, read and compared with the modules."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from classlens.io.onnx import from_file

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make check does it")
nn = torch.nn

slow = pytest.mark.slow


def module() -> nn.Sequential:
    torch.manual_seed(0)
    made = nn.Sequential(
        *(nn.Flatten(), nn.Linear(4, 8), nn.GELU(), nn.Linear(8, 6), nn.SiLU()),
        *(nn.BatchNorm1d(6), nn.Linear(6, 5, bias=False), nn.SELU(), nn.Linear(5, 4)),
        *(nn.LeakyReLU(0.1), nn.Linear(4, 4), nn.ELU(0.7), nn.Dropout(0.1), nn.Tanh()),
        *(nn.Linear(4, 3), nn.Sigmoid(), nn.Linear(3, 3), nn.ReLU(), nn.Linear(3, 3)),
    )
    with torch.no_grad():
        made[5].running_mean.uniform_(-1, 1)
        made[5].running_var.uniform_(0.5, 2)
    return made.eval()


@pytest.fixture
def quiet() -> Iterator[None]:
    """The exporters warn of themselves, and tell of each step."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", FutureWarning)
        yield
    logger.setLevel(level)


def assert_agrees(path: Path, made: nn.Module) -> None:
    found = from_file(path).model
    X = np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32)
    with torch.no_grad():
        wanted = made(torch.from_numpy(X)).numpy()
    np.testing.assert_allclose(found.logits(X), wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())
    words = [layer.activation.name for layer in found.network.layers]
    curved = ["gelu", "silu", "elu", "leaky_relu", "elu", "tanh"]
    assert words == [*curved, "sigmoid", "relu", "linear"]


@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize(("opset", "folding"), [(9, True), (17, True), (17, False), (20, True)])
def test_the_older_exporter(tmp_path: Path, opset: int, folding: bool) -> None:
    path, made = tmp_path / "model.onnx", module()
    torch.onnx.export(
        made, (torch.zeros(2, 4),), str(path), dynamo=False, opset_version=opset,
        input_names=["x"], dynamic_axes={"x": {0: "batch"}}, do_constant_folding=folding,
    )  # fmt: skip
    assert_agrees(path, made)


@slow
@pytest.mark.usefixtures("quiet")
@pytest.mark.parametrize("opset", [18, 20])
@pytest.mark.parametrize("optimize", [True, False])
@pytest.mark.parametrize("dynamic", [True, False])
def test_the_newer_exporter(tmp_path: Path, opset: int, optimize: bool, dynamic: bool) -> None:
    path, made = tmp_path / "model.onnx", module()
    torch.onnx.export(
        made, (torch.zeros(2, 4),), str(path), dynamo=True, opset_version=opset, verbose=False,
        optimize=optimize, external_data=False,
        dynamic_shapes=({0: torch.export.Dim("batch")},) if dynamic else None,
    )  # fmt: skip
    assert_agrees(path, made)
