"""``classlens convert``: a model file of one library becomes one of another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from classlens.cli.sources import check_output
from classlens.cli.terminal import OUT
from classlens.errors import ArgumentError, OutputError, listed

if TYPE_CHECKING:
    from classlens.model import Model

_SAMPLES = 1000
# Of the largest logit: more than the rounding of float32 makes of a network.
_MOST_APART = 1e-5


def convert(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="IN",
            help="A model file: Classlens's own, Keras's .keras or .h5, .onnx, or a PyTorch "
            "state_dict in .safetensors.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Argument(
            metavar="OUT",
            help="The file to write: .keras, .onnx, or any other name for Classlens's own format.",
        ),
    ],
    *,
    to: Annotated[
        str | None,
        typer.Option(
            metavar="FORMAT",
            help="classlens, keras, onnx or torch (a state_dict in safetensors), whatever OUT's "
            "name says.",
        ),
    ] = None,
    activation: Annotated[
        str | None,
        typer.Option(
            metavar="WORDS",
            help="The activations of a state_dict, which does not tell them: one word for all "
            "hidden layers, or one for each layer, such as relu,tanh,linear.",
        ),
    ] = None,
    classes: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Names for the classes, such as setosa,virginica."),
    ] = None,
    features: Annotated[
        str | None,
        typer.Option(metavar="NAMES", help="Names for the features, such as width,length."),
    ] = None,
) -> None:
    """Turn a model file into one of another library, with the same answers."""
    check_output(output, source)
    from classlens.io import foreign  # noqa: PLC0415 - loads NumPy

    chosen = foreign.format_of(output) if to is None else to
    words = None if activation is None else activation.split(",")
    found = foreign.read(source, activations=words[0] if words and len(words) == 1 else words)
    model = _named(found.model, classes, features)
    OUT.say(f"{source} is {found.source}: {_sizes(model)}.")
    for note in found.notes:
        OUT.say(note)
    foreign.write(model, output, chosen)
    check_same(model, foreign.read(output).model, output)
    OUT.say(f"wrote {output}, which keeps {foreign.FORMATS[chosen].keeps}")
    if model.encoding is not None and chosen != "classlens":
        OUT.say(
            "The columns' encoding is not kept: the model there takes numbers, "
            f"{listed(model.feature_names)}, in this order."
        )


def _named(model: Model, classes: str | None, features: str | None) -> Model:
    """The model with names that were given."""
    if classes is not None:
        model = replace(model, network=replace(model.network, classes=tuple(classes.split(","))))
    if features is not None:
        if model.encoding is not None:
            raise ArgumentError(
                "--features is for a model without columns of its own. Leave it out."
            )
        model = replace(model, feature_names=tuple(features.split(",")))
    return model


def _sizes(model: Model) -> str:
    network = model.network
    words = listed([str(layer.activation) for layer in network.layers])
    return f"{' - '.join(map(str, network.sizes))} ({words}), {network.parameters:,} parameters"


def check_same(model: Model, again: Model, output: Path) -> None:
    """See that the file that was written answers as the model does.

    Raises:
        OutputError: if it does not.
    """
    import numpy as np  # noqa: PLC0415

    X = np.random.default_rng(0).normal(size=(_SAMPLES, model.network.inputs))
    wanted, found = model.logits(X), again.logits(X)
    apart = float(np.abs(wanted - found).max())
    largest = float(np.abs(wanted).max())
    if apart > _MOST_APART * largest:
        raise OutputError(
            f"{output} was written, but read again its logits differ by {apart:.2g} of "
            f"{largest:.2g}. Do not use it."
        )
    OUT.say(
        f"Read again it gives the same logits for {_SAMPLES:,} samples drawn at random (at most "
        f"{apart:.1g} apart, where the largest is {largest:.3g})."
    )
