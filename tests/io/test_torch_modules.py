"""PyTorch's modules in and out, against PyTorch's own forward pass."""

from __future__ import annotations

import itertools
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classlens.activations import ACTIVATIONS
from classlens.errors import ArgumentError, MissingLibraryError
from classlens.io.chain import LOG_SOFTMAX, LOGITS, ONE_LOGIT, SIGMOID, SIGMOIDS, SOFTMAX
from classlens.io.torch import from_object, to_object
from classlens.io.torch.naming import module_names
from classlens.network import Network

torch = pytest.importorskip("torch", reason="PyTorch is not installed: make check does it")
nn = torch.nn

ACTIVATION_MODULES = [
    *(nn.Identity, nn.ReLU, nn.LeakyReLU, nn.Tanh, nn.Sigmoid, nn.ELU, nn.GELU, nn.SiLU, nn.SELU),
    lambda: nn.LeakyReLU(0.3),
    lambda: nn.ELU(0.7),
    nn.Dropout,
    nn.AlphaDropout,
]


def batch_norm(width: int, random: np.random.Generator, *, affine: bool = True) -> nn.BatchNorm1d:
    norm = nn.BatchNorm1d(width, affine=affine)
    with torch.no_grad():
        norm.running_mean.copy_(torch.from_numpy(random.normal(size=width)))
        norm.running_var.copy_(torch.from_numpy(random.uniform(0.2, 3, width)))
        if affine:
            norm.weight.copy_(torch.from_numpy(random.normal(size=width)))
    return norm


def values(module: nn.Module, X: np.ndarray) -> np.ndarray:
    with torch.no_grad():
        return module.eval()(torch.from_numpy(X)).numpy()


def assert_close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-5 * np.abs(wanted).max())


@settings(max_examples=25)
@given(st.data(), st.integers(0, 2**31), st.sampled_from([torch.float32, torch.float64]))
def test_sequentials_of_any_kind(data: st.DataObject, seed: int, dtype: torch.dtype) -> None:
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    sizes = data.draw(st.lists(st.integers(1, 8), min_size=1, max_size=4))
    sizes.append(data.draw(st.integers(2, 8)))
    flags = st.booleans()
    modules: list[nn.Module] = []
    if data.draw(flags):
        modules.append(batch_norm(sizes[0], random))
    for inputs, units in itertools.pairwise(sizes):
        part: list[nn.Module] = [nn.Linear(inputs, units, bias=data.draw(flags))]
        part += [data.draw(st.sampled_from(ACTIVATION_MODULES))()]
        if data.draw(flags):
            part += [batch_norm(units, random, affine=data.draw(flags))]
        modules += [nn.Sequential(*part)] if data.draw(flags) else part
    module = nn.Sequential(*modules, nn.Linear(sizes[-1], 3)).to(dtype)
    X = random.normal(size=(20, sizes[0])).astype(str(dtype).removeprefix("torch."))
    found = from_object(module)
    assert found.notes[0] == LOGITS
    assert_close(found.model.logits(X), values(module, X))
    assert_close(values(to_object(found.model), X.astype(found.model.network.dtype)),
                 found.model.logits(X))  # fmt: skip


def test_every_activation_goes_out_and_comes_back() -> None:
    random = np.random.default_rng(0)
    words = [*ACTIVATIONS, "leaky_relu(0.05)", "elu(0.3)"]
    sizes = [3] + [5] * len(words)
    for dtype in (np.float32, np.float64):
        kernels = [random.normal(size=pair).astype(dtype) for pair in itertools.pairwise(sizes)]
        biases = [random.normal(size=5).astype(dtype) for _ in words]
        network = Network.from_arrays(kernels, biases, activations=words)
        state = torch.get_rng_state()
        module = to_object(network)
        assert torch.equal(torch.get_rng_state(), state)
        X = random.normal(size=(9, 3)).astype(dtype)
        assert_close(values(module, X), network.logits(X))
        twin = from_object(module).model.network
        for layer, other in zip(network.layers, twin.layers, strict=True):
            assert (layer.name, layer.activation) == (other.name, other.activation)
            assert layer.kernel.dtype == other.kernel.dtype
            np.testing.assert_array_equal(layer.kernel, other.kernel)
            np.testing.assert_array_equal(layer.bias, other.bias)


@pytest.mark.parametrize(
    ("end", "said"),
    [
        ([], LOGITS),
        ([nn.Softmax(1)], SOFTMAX),
        ([nn.Softmax(-1)], SOFTMAX),
        ([nn.LogSoftmax(dim=-1)], LOG_SOFTMAX),
        ([nn.Sigmoid()], SIGMOIDS),
    ],
)
def test_what_comes_out_is_said(end: list[nn.Module], said: str) -> None:
    module = nn.Sequential(nn.Linear(2, 3), *end)
    found = from_object(module)
    assert found.source == "a PyTorch module"
    assert found.notes == (said,)
    X = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    assert (found.model.predict(X) == values(module, X).argmax(axis=1)).all()


@pytest.mark.parametrize(("end", "said"), [([], ONE_LOGIT), ([nn.Sigmoid()], SIGMOID)])
def test_one_unit_is_two_classes(end: list[nn.Module], said: str) -> None:
    module = nn.Sequential(nn.Linear(2, 4), nn.ReLU(), nn.Linear(4, 1), *end)
    found = from_object(module)
    assert found.notes == (said,)
    X = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    wanted = values(module, X)[:, 0]
    shown = found.model.predict_proba(X)[:, 1] if end else found.model.logits(X)[:, 1]
    assert_close(shown, wanted)


def test_a_bare_linear_and_names() -> None:
    assert from_object(nn.Linear(2, 3)).model.network.layers[0].name == "L1"
    module = nn.Sequential()
    module.add_module("hidden", nn.Linear(2, 3))
    module.add_module("1", nn.Linear(3, 2))
    assert [layer.name for layer in from_object(module).model.network.layers] == ["hidden", "L2"]


def test_one_module_twice_counts_twice() -> None:
    linear, relu = nn.Linear(2, 2), nn.ReLU()
    module = nn.Sequential(linear, relu, linear, relu, linear)
    X = np.random.default_rng(0).normal(size=(5, 2)).astype(np.float32)
    found = from_object(module).model
    assert len(found.network.layers) == 3
    assert_close(found.logits(X), values(module, X))


def test_pictures_are_flattened() -> None:
    module = nn.Sequential(nn.Flatten(), nn.Linear(6, 2), nn.Flatten())
    found = from_object(module)
    X = np.random.default_rng(0).normal(size=(5, 2, 3)).astype(np.float32)
    assert_close(found.model.logits(X.reshape(5, 6)), values(module, X))
    assert found.notes[1].endswith("module 2 (Flatten).")


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_narrow_weights_become_float32(dtype: torch.dtype) -> None:
    module = nn.Sequential(nn.Linear(3, 2)).to(dtype)
    (layer,) = from_object(module).model.network.layers
    assert layer.kernel.dtype == np.float32
    np.testing.assert_array_equal(layer.kernel, module[0].weight.detach().float().numpy().T)


def test_training_mode_is_left_as_it_is() -> None:
    module = nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2), nn.Dropout()).train()
    random = torch.get_rng_state()
    from_object(module)
    assert module.training
    assert torch.equal(torch.get_rng_state(), random)


def test_no_attribute_of_a_sequential_is_a_module_s_name() -> None:
    attributes = [name for name in dir(nn.Sequential()) if "." not in name]
    kernels, biases = [np.eye(2)] * len(attributes), [np.zeros(2)] * len(attributes)
    words = ["relu"] * len(attributes)
    network = Network.from_arrays(kernels, biases, names=attributes, activations=words)
    names = module_names(network)
    assert set(names).isdisjoint(attributes)
    assert len(to_object(network)) == 2 * len(names)


def test_names_that_a_module_cannot_have_are_changed() -> None:
    names = ["a.1", "a_1", "relu", "L4", "L4_relu"]
    network = Network.from_arrays([np.eye(2)] * 5, [np.zeros(2)] * 5, names=names)
    assert module_names(network) == ("a_1", "a_1_", "relu_layer", "L4", "L4_relu")
    made = [name for name, _ in to_object(network).named_children()]
    assert made == [
        *("a_1", "a_1_relu", "a_1_", "a_1__relu", "relu_layer", "relu_layer_relu"),
        *("L4", "L4_relu_", "L4_relu"),
    ]


# Refusals


def refusal(module: Any) -> str:
    with pytest.raises(ArgumentError) as caught:
        from_object(module)
    said = str(caught.value)
    assert said.endswith((".", "?"))
    return said


class Own(nn.Linear):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x) ** 2


class OwnSequential(nn.Sequential):
    pass


def test_other_parts_are_named() -> None:
    said = refusal(nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Conv1d(2, 2, 1))))
    assert said == (
        "module 1.0 (Conv1d) cannot be read: no network here has such a part. Supported, with "
        "their exact types: Sequential, AlphaDropout, BatchNorm1d, Dropout, Dropout1d, ELU, "
        "FeatureAlphaDropout, Flatten, GELU, Identity, LeakyReLU, Linear, LogSoftmax, ReLU, SELU, "
        "SiLU, Sigmoid, Softmax, Tanh."
    )
    assert refusal(nn.Sequential(Own(2, 2))).startswith("module 0 (Own) cannot be read")
    assert refusal(OwnSequential(nn.Linear(2, 2))).startswith("OwnSequential cannot be read")
    assert refusal(torch.zeros(2)).startswith("Tensor cannot be read")
    parametrized = nn.utils.parametrizations.weight_norm(nn.Linear(2, 2))
    assert refusal(parametrized).startswith("ParametrizedLinear cannot be read")


def test_what_changes_a_module_s_values_is_refused() -> None:
    hooked, before, replaced = (nn.Sequential(nn.Linear(2, 2)) for _ in range(3))
    hooked[0].register_forward_hook(lambda module, given, made: made * 2)
    before.register_forward_pre_hook(lambda module, given: given)
    replaced[0].forward = lambda x: x
    rest = (
        "has a hook, or a forward of its own, that may change what it computes. Remove it first; "
        "weight_norm and spectral_norm have functions that remove theirs."
    )
    assert refusal(hooked) == f"module 0 (Linear) {rest}"
    assert refusal(before) == f"Sequential {rest}"
    assert refusal(replaced) == f"module 0 (Linear) {rest}"


def test_settings_that_no_layer_has() -> None:
    def said(*modules: nn.Module) -> str:
        return refusal(nn.Sequential(nn.Linear(2, 2), *modules)).removeprefix("module 1 ")

    assert said(nn.GELU(approximate="tanh")) == (
        "(GELU): approximate must be 'none'. Got 'tanh' instead."
    )
    assert said(nn.Softmax(0)) == "(Softmax): dim must be 1 or -1, the classes. Got 0 instead."
    assert said(nn.Flatten(0)) == (
        "(Flatten): it must flatten all but the samples: start_dim=1, end_dim=-1. Got 0 and -1 "
        "instead."
    )
    assert said(nn.BatchNorm1d(2, track_running_stats=False)) == (
        "(BatchNorm1d): it has no running statistics, so that what it computes hangs on the batch. "
        "Train it with track_running_stats=True."
    )
    assert said(nn.ELU(-1.0)).startswith("(ELU): activation elu's alpha must be a number from 0")
    assert said(nn.BatchNorm1d(3)) == (
        "(BatchNorm1d): module 1 (BatchNorm1d) must have 2 numbers, one a unit. Got (3,) instead."
    )
    assert said(nn.Linear(3, 2)).startswith("(Linear): a dense layer's kernel must have 2 rows")
    assert said(nn.Softmax(1), nn.Linear(2, 2)).startswith("module 2 (Linear): a softmax must be ")
    assert refusal(nn.Sequential()) == "there must be a dense layer, one at least. Got none."


def test_weights_that_are_not_there() -> None:
    said = refusal(nn.Linear(2, 2, device="meta"))
    assert said.startswith("Linear: its weight must be a plain tensor of real numbers, in memory.")
    said = refusal(nn.Linear(2, 2, dtype=torch.complex64))
    assert said.startswith("Linear: its weight must be a plain tensor of real numbers, in memory.")
    broken = nn.Linear(2, 2)
    torch.nn.init.constant_(broken.bias, torch.inf)
    assert "L1's bias must be finite" in refusal(broken)


def test_a_module_that_holds_itself() -> None:
    module = nn.Sequential(nn.Linear(2, 2))
    module.add_module("again", module)
    assert refusal(module) == ("the modules are nested more than 100 deep. Does one hold itself?")


def test_without_torch_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingLibraryError) as caught:
        to_object(Network.from_arrays([np.eye(2)], [np.zeros(2)]))
    words = str(caught.value)
    assert words.startswith("PyTorch's modules need torch, which cannot be imported (")
    assert words.endswith("). Install it with: pip install 'classlens[torch]'")


def test_no_model_is_no_module() -> None:
    with pytest.raises(ArgumentError, match=r"^model must be a Network, .* Got int"):
        to_object(1)  # type: ignore[arg-type]
