"""``classlens inspect``: everything that is in a model file."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from classlens.cli.terminal import OUT

if TYPE_CHECKING:
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
    from classlens.model import Model  # noqa: PLC0415 - loads NumPy

    loaded = Model.load(model)
    if as_json:
        OUT.out(json.dumps(_described(loaded)))
        return
    network = loaded.network
    OUT.print(f"{model}: {network.parameters:,} parameters, {network.dtype}", markup=False)
    layers = Table("layer", "inputs", "units", "activation", box=None, pad_edge=False)
    for layer in network.layers:
        name = layer.name.replace("[", "\\[")
        layers.add_row(name, str(layer.inputs), str(layer.units), str(layer.activation))
    OUT.print(layers)
    OUT.print(f"\nclasses ({len(network.classes)}): {_few(loaded.class_names)}", markup=False)
    OUT.print(f"features ({network.inputs}): {_few(loaded.feature_names)}", markup=False)
    encoding = loaded.encoding
    if encoding is not None:
        OUT.print(f"column of the classes: {encoding.target}", markup=False)
        columns = Table("column", "is", "words or range", "missing", box=None, pad_edge=False)
        for feature in encoding.features[:_MOST]:
            number = feature.kind == "number"
            range_ = f"{feature.low:g} to {feature.high:g}" if number else _few(feature.words)
            fill = "refused"
            if feature.missing:
                fill = "a feature of its own" + (
                    "" if feature.fill is None else f", counted as {feature.fill:.4g}"
                )
            cells = (feature.column, feature.kind, range_, fill)
            columns.add_row(*(cell.replace("[", "\\[") for cell in cells))
        OUT.print(columns)
    if loaded.settings is not None:
        OUT.print("\nsettings:")
        for name, value in vars(loaded.settings).items():
            OUT.print(f"  {name}: {value}", markup=False)


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
