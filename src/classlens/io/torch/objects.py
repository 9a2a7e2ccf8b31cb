"""PyTorch modules in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from classlens.activations import Activation
from classlens.errors import ArgumentError, MissingLibraryError, listed, short
from classlens.io.chain import Chain, Imported, imported
from classlens.io.torch.naming import module_names
from classlens.model import ModelLike, as_model

SOURCE = "a PyTorch module"

_MOST_DEPTH = 100
# Klambauer et al. (2017): selu is 1.0507 times an elu of alpha 1.6733; the digits are PyTorch's.
_SELU_ALPHA, _SELU_SCALE = 1.6732632423543772, 1.0507009873554805


def torch() -> Any:
    """The library.

    Raises:
        MissingLibraryError: if it is not installed.
    """
    try:
        import torch as library  # noqa: PLC0415 - optional
    except ImportError as error:
        raise MissingLibraryError(
            f"PyTorch's modules need torch, which cannot be imported ({error}). Install it with: "
            "pip install 'classlens[torch]'"
        ) from error
    return library


def from_object(module: Any) -> Imported:
    """An ``nn.Sequential``, nested ones too, or one ``nn.Linear``, as it is after training.

    Args:
        module: of Linear layers, activations, and what does nothing after training. Its weights may
            lie on any device and have any real dtype; float64 stays, all others become float32.
            Dropout and BatchNorm1d are read as in ``eval()``, whatever the module's mode.

    Raises:
        ArgumentError: if it has a part that no network here can have; the message names it.
        MissingLibraryError: if torch is not installed.
    """
    chain = Chain()
    for name, part in _parts(module, "", _MOST_DEPTH):
        who = f"module {listed([name])} ({type(part).__name__})" if name else type(part).__name__
        step = _READERS.get(_kind(part))
        if step is None:
            raise ArgumentError(
                f"{who} cannot be read: no network here has such a part. Supported, with their "
                f"exact types: Sequential, {', '.join(sorted(_READERS))}."
            )
        _check_plain(part, who)
        try:
            step(chain, part, who, name)
        except ArgumentError as error:
            raise ArgumentError(f"{who}: {error}") from None
    return imported(chain, SOURCE)


def to_object(model: ModelLike) -> Any:
    """An ``nn.Sequential`` of Linear layers and activations, which gives logits.

    A Linear has its layer's name, where a module may be called so; an activation's module has the
    layer's and its own, as in ``L1_relu``. The generator of random numbers is left as it is.

    Raises:
        ArgumentError: if it is no model.
        MissingLibraryError: if torch is not installed.
    """
    network = as_model(model).network
    library = torch()
    nn = library.nn
    made = {
        "relu": nn.ReLU,
        "leaky_relu": nn.LeakyReLU,
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
        "elu": nn.ELU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
    }
    dtype = library.float64 if network.dtype == np.float64 else library.float32
    modules = nn.Sequential()
    names = module_names(network)
    for name, layer in zip(names, network.layers, strict=True):
        # Without the random weights that a Linear begins with: they are a draw of the user's.
        linear = nn.utils.skip_init(nn.Linear, layer.inputs, layer.units, dtype=dtype)
        with library.no_grad():
            linear.weight.copy_(library.from_numpy(layer.kernel.T.copy()))
            linear.bias.copy_(library.from_numpy(layer.bias.copy()))
        modules.add_module(name, linear)
        activation = layer.activation
        if activation.name != "linear":
            own = f"{name}_{activation.name}"
            while own in names or hasattr(modules, own):
                own += "_"
            takes = [] if activation.kind.parameter is None else [activation.parameter]
            modules.add_module(own, made[activation.name](*takes))
    return modules


def _parts(module: Any, name: str, depth: int) -> Iterator[tuple[str, Any]]:
    """The modules that compute, with their names, in the order in which they do."""
    if _kind(module) != "Sequential":
        yield name, module
        return
    if depth == 0:
        raise ArgumentError(
            f"the modules are nested more than {_MOST_DEPTH} deep. Does one hold itself?"
        )
    _check_plain(module, f"module {listed([name])} (Sequential)" if name else "Sequential")
    # Not named_children(), which leaves out a module that stands there a second time.
    for own, part in module._modules.items():
        yield from _parts(part, f"{name}.{own}" if name else own, depth - 1)


def _kind(module: Any) -> str:
    """The name of PyTorch's own class; what a class of the user's own computes is not known."""
    kind = type(module)
    own = getattr(torch().nn, kind.__name__, None) is kind
    return kind.__name__ if own else ""


def _check_plain(module: Any, who: str) -> None:
    """See that the module computes what its class says."""
    hooks = [
        name
        for name in ("_forward_hooks", "_forward_pre_hooks", "forward")
        if vars(module).get(name)
    ]
    if hooks:
        raise ArgumentError(
            f"{who} has a hook, or a forward of its own, that may change what it computes. Remove "
            "it first; weight_norm and spectral_norm have functions that remove theirs."
        )


def _array(tensor: Any, what: str) -> Any:
    """The numbers of a tensor; None stays None."""
    if tensor is None:
        return None
    library = torch()
    plain = tensor.detach()
    if type(plain) is not library.Tensor or plain.is_meta or not plain.is_floating_point():
        raise ArgumentError(
            f"its {what} must be a plain tensor of real numbers, in memory. Got {short(tensor)} "
            "instead."
        )
    if plain.dtype != library.float64:
        plain = plain.float()
    return plain.cpu().numpy()


Reader = Callable[[Chain, Any, str, str], None]


def _linear(chain: Chain, module: Any, _: str, name: str) -> None:
    kernel, bias = _array(module.weight, "weight"), _array(module.bias, "bias")
    own = name.rpartition(".")[2]
    # The places 0, 2, 4, ... tell nothing: the layers are then called L1, L2, ...
    chain.dense(kernel.T, bias, own if own and not own.isdigit() else None)


def _batch_norm(chain: Chain, module: Any, who: str, _: str) -> None:
    mean = _array(module.running_mean, "running_mean")
    variance = _array(module.running_var, "running_var")
    if mean is None or variance is None:
        raise ArgumentError(
            "it has no running statistics, so that what it computes hangs on the batch. Train it "
            "with track_running_stats=True."
        )
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # refused by the chain
        factor = 1 / np.sqrt(variance.astype(np.float64) + module.eps)
        if module.weight is not None:
            factor = factor * _array(module.weight, "weight")
        shift = -mean * factor
    if module.bias is not None:
        shift = shift + _array(module.bias, "bias")
    chain.scale(factor, shift, who)


def _selu(chain: Chain, *_: Any) -> None:
    chain.activate(Activation("elu", _SELU_ALPHA))
    chain.scale(_SELU_SCALE, 0.0, "selu's factor")


def _gelu(chain: Chain, module: Any, *_: Any) -> None:
    if module.approximate != "none":
        raise ArgumentError(f"approximate must be 'none'. Got {short(module.approximate)} instead.")
    chain.activate(Activation("gelu"))


def _softmax(chain: Chain, module: Any, *_: Any) -> None:
    if module.dim not in (1, -1):
        raise ArgumentError(f"dim must be 1 or -1, the classes. Got {module.dim} instead.")
    chain.softmax(log=_kind(module) == "LogSoftmax")


def _flatten(chain: Chain, module: Any, who: str, _: str) -> None:
    if (module.start_dim, module.end_dim) != (1, -1):
        raise ArgumentError(
            "it must flatten all but the samples: start_dim=1, end_dim=-1. Got "
            f"{module.start_dim} and {module.end_dim} instead."
        )
    if chain.width is not None:  # the numbers are in a row already
        chain.identity(who)


def _nothing(chain: Chain, _module: Any, who: str, _: str) -> None:
    chain.identity(who)


def _activation(name: str, parameter: str | None = None) -> Reader:
    def read(chain: Chain, module: Any, *_: Any) -> None:
        chain.activate(Activation(name, getattr(module, parameter) if parameter else None))

    return read


_READERS: Mapping[str, Reader] = MappingProxyType(
    {
        "Linear": _linear,
        "ReLU": _activation("relu"),
        "LeakyReLU": _activation("leaky_relu", "negative_slope"),
        "Tanh": _activation("tanh"),
        "Sigmoid": _activation("sigmoid"),
        "ELU": _activation("elu", "alpha"),
        "GELU": _gelu,
        "SiLU": _activation("silu"),
        "SELU": _selu,
        "BatchNorm1d": _batch_norm,
        "Softmax": _softmax,
        "LogSoftmax": _softmax,
        "Flatten": _flatten,
        **dict.fromkeys(
            ("Identity", "Dropout", "Dropout1d", "AlphaDropout", "FeatureAlphaDropout"), _nothing
        ),
    }
)
