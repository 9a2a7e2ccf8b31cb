"""The lab's story, read top to bottom: the data, the network, the training, the weights, pictures.

Four blobs in the plane, two ReLU units that fold it, four outputs that choose: everything that the
teaching lab does, with its numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from classlens.data.dataset import Dataset
from classlens.data.toy_arguments import MOST_SAMPLES
from classlens.data.toys import blobs
from classlens.explanation.account import Explanation, explain
from classlens.files import write_whole
from classlens.kinds import Whole
from classlens.network import Network
from classlens.report import write_report
from classlens.scores import Evaluation
from classlens.settings import Settings
from classlens.training.run import Run, fit
from classlens.training.standing import Progress

# As many samples as make sense: one of each blob, and what ``blobs`` allows.
SAMPLES = Whole(4, MOST_SAMPLES)

# The seed of the lab's samples; the settings' seed is the network's.
DATA_SEED = 30


@dataclass(frozen=True, eq=False)
class Lab:
    """The lab, done.

    Attributes:
        data: the four blobs.
        run: the training.
        score: the trained network's loss and accuracy on the data.
    """

    data: Dataset
    run: Run
    score: Evaluation

    @cached_property
    def explanation(self) -> Explanation:
        """What the trained network does, in words."""
        return explain(self.run, self.data)


def lab_data(samples: int = 100) -> Dataset:
    """The lab's samples: four blobs around fixed centres."""
    return blobs(samples, seed=DATA_SEED)


def train(
    data: Dataset, settings: Settings, progress: Callable[[Progress], None] | None = None
) -> Lab:
    """Train the lab's network, or another one, on the lab's data.

    Raises:
        DivergedError: if the loss or a parameter stops being finite.
    """
    run = fit(data, progress=progress, **vars(settings))
    return Lab(data, run, run.network.evaluate(data.X, data.y))


def describe_data(data: Dataset) -> str:
    """The classes, the first labels and the shapes, as the lab prints them."""
    return "\n".join(
        [
            f"unique classes {np.unique(data.y)}",
            f"class representation {data.y[:10]}",
            f"shape of X_train: {data.X.shape}, shape of y_train: {data.y.shape}",
        ]
    )


def describe_network(network: Network) -> list[tuple[str, str, str, str]]:
    """A row for each layer: its name, its units, its activation, its number of parameters."""
    return [
        (
            layer.name,
            str(layer.units),
            str(layer.activation),
            f"{layer.kernel.size} + {layer.bias.size}",
        )
        for layer in network.layers
    ]


def describe_weights(network: Network) -> str:
    """Every layer's kernel and bias, as NumPy prints them to two digits."""
    with np.printoptions(precision=2, suppress=True):
        return "\n".join(
            f"{name}{number} =\n{array}"
            for number, layer in enumerate(network.layers, start=1)
            for name, array in zip("Wb", layer.get_weights(), strict=True)
        )


def write(lab: Lab, folder: Path, *, pictures: bool = True) -> Iterator[Path]:
    """Write what the lab leaves behind, giving each file's path once it is there.

    The history as a table, the model, the explanation, and with ``pictures`` the data, the decision
    regions, a picture for each layer, the course of the training, and a page to look at it all.

    Raises:
        OutputError: if a file cannot be written.
    """
    lab.run.history.to_csv(folder / "history.csv")
    yield folder / "history.csv"
    lab.run.model.save(folder / "model.safetensors")
    yield folder / "model.safetensors"
    write_whole(folder / "explanation.md", lab.explanation.to_markdown().encode())
    yield folder / "explanation.md"
    if pictures:
        for name, display in _pictures(lab):
            write_whole(folder / name, display.png())
            yield folder / name
        write_report(folder / "lab.html", lab.run, lab.data, title="The lab")
        yield folder / "lab.html"


def _pictures(lab: Lab) -> Iterator[tuple[str, Any]]:
    # matplotlib takes half a second to load; a run without pictures does not wait for it.
    from classlens import plot  # noqa: PLC0415

    data, network = lab.data, lab.run.network
    yield "data.png", plot.data(data)
    yield "regions.png", plot.regions(lab.run, data)
    *hidden, output = network.layers
    for layer in hidden:
        yield f"layer-{layer.name}.png", plot.units(lab.run, data, layer=layer.name)
    # The outputs are seen best in the space that they see, where that is a plane.
    if hidden and hidden[-1].units == 2:
        yield f"layer-{output.name}.png", plot.hidden(lab.run, data)
    else:
        yield f"layer-{output.name}.png", plot.units(lab.run, data, layer=output.name)
    yield "history.png", plot.history(lab.run.history)
