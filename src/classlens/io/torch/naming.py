"""What the modules of a network are called, whether PyTorch is there to make them or not."""

from __future__ import annotations

from classlens.network import Network

# A module cannot have the name of an attribute of nn.Sequential. Those are of lower-case letters
# and end in no digit, but for these two.
_TAKEN = frozenset({"T_destination", "bfloat16"})


def module_names(network: Network) -> tuple[str, ...]:
    """A name for the Linear of each layer: the layer's own, where a module may have it.

    Example:
        >>> kernels, biases = [[[1.0]], [[1.0]], [[1.0, 2.0]]], [[0.0], [0.0], [0.0, 0.0]]
        >>> module_names(Network.from_arrays(kernels, biases, names=["L1", "type", "out.1"]))
        ('L1', 'type_layer', 'out_1')
    """
    names: list[str] = []
    for layer in network.layers:
        name = layer.name.replace(".", "_")
        if name in _TAKEN or (name.islower() and not name[-1].isdigit()):
            name += "_layer"
        while name in names:
            name += "_"
        names.append(name)
    return tuple(names)
