"""``classlens inspect``: everything that is in a model file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from classlens.cli.sources import model_in
from classlens.cli.terminal import OUT

if TYPE_CHECKING:
    from classlens.data.encode import Encoding
    from classlens.model import Model

_MOST = 40


def inspect(
    model: Annotated[Path, typer.Argument(help="A model file.")],
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print it for a program to read.")
    ] = False,
) -> None:
    """Show what a model file holds: layers, classes, features, encoding, settings."""
    loaded = model_in(model)
    if as_json:
        OUT.out(json.dumps(_described(loaded)))
        return
    _print_network(loaded)
    if loaded.encoding is not None:
        _print_encoding(loaded.encoding)
    if loaded.settings is not None:
        OUT.say("\nsettings:")
        for name, value in vars(loaded.settings).items():
            OUT.say(f"  {name}: {value}")


def _print_network(model: Model) -> None:
    network = model.network
    OUT.say(f"{network.parameters:,} parameters, {network.dtype}")
    OUT.show(
        ("layer", "inputs", "units", "activation"),
        [
            (layer.name, str(layer.inputs), str(layer.units), str(layer.activation))
            for layer in network.layers
        ],
    )
    OUT.say(f"\nclasses ({len(network.classes)}): {_few(model.class_names)}")
    OUT.say(f"features ({network.inputs}): {_few(model.feature_names)}")


def _print_encoding(encoding: Encoding) -> None:
    OUT.say(f"column of the classes: {encoding.target}")
    if encoding.missing_words:
        OUT.say(f"words for a missing cell: {', '.join(encoding.missing_words)}")
    if encoding.image_shape is not None:
        OUT.say(f"pictures of {' x '.join(map(str, encoding.image_shape))}")
    rows = []
    for feature in encoding.features[:_MOST]:
        number = feature.kind == "number"
        met = f"{feature.low:g} to {feature.high:g}" if number else _few(feature.words)
        fill = "" if feature.fill is None else f", counted as {feature.fill:.4g}"
        gaps = f"a feature of its own{fill}" if feature.missing else "refused"
        rows.append((feature.column, feature.kind, met, gaps))
    OUT.show(("column", "is", "words or range", "missing"), rows)
    if len(encoding.features) > _MOST:
        OUT.say(f"({len(encoding.features) - _MOST} more columns are left out here.)")


def _described(model: Model) -> dict[str, Any]:
    network = model.network
    return {
        "layers": [
            {
                "name": layer.name,
                "inputs": layer.inputs,
                "units": layer.units,
                "activation": str(layer.activation),
                "kernel": layer.kernel.tolist(),
                "bias": layer.bias.tolist(),
            }
            for layer in network.layers
        ],
        "dtype": str(network.dtype),
        "classes": list(model.class_names),
        "features": list(model.feature_names),
        "encoding": None if model.encoding is None else dataclasses.asdict(model.encoding),
        "settings": None if model.settings is None else dataclasses.asdict(model.settings),
    }


def _few(words: tuple[str, ...]) -> str:
    more = f" and {len(words) - _MOST} more" if len(words) > _MOST else ""
    return ", ".join(words[:_MOST]) + more
