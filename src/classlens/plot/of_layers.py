"""Pictures of layers: where they put the examples, which units are on, what they are tuned to."""

from __future__ import annotations

import numpy as np

from classlens.analysis import geometry, planes
from classlens.analysis.coincidences import coincidences
from classlens.analysis.planes import Window
from classlens.analysis.territories import territories
from classlens.explanation.about_units import bit
from classlens.model import ModelLike
from classlens.plot.over_inputs import SHADES
from classlens.view.displays.code_table import CodesDisplay
from classlens.view.displays.hidden import HiddenDisplay
from classlens.view.displays.kernels import KernelsDisplay
from classlens.view.subject import Data, Subject


def hidden(model: ModelLike, data: Data, *, layer: str | None = None) -> HiddenDisplay:
    """The examples as a hidden layer of two units re-maps them, and the outputs over that space.

    Args:
        model: a Network, Model or Run, with any number of inputs.
        data: a Dataset or a pair (X, y).
        layer: the name of a hidden layer with two units; by default the last of them.

    Raises:
        ArgumentError: if there is no such layer, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays(
        ...     [[[1.0, -1.0]], [[1.0, 0.0], [0.0, 1.0]]], [[0.0, 0.0], [0.0, 0.0]]
        ... )
        >>> display = hidden(network, ([[-1.0], [1.0], [2.0]], [1, 0, 0]))
        >>> display.A.tolist()
        [[0.0, 1.0], [1.0, 0.0], [2.0, 0.0]]
        >>> figure = display.figure()
    """
    subject = Subject.of(model, data)
    network, samples = subject.network, subject.given
    name = subject.plane_layer(layer).name
    number = [layer.name for layer in network.layers].index(name) + 1
    places = planes.values_at(planes.up_to(network, name), samples.X).activation
    rest = planes.after(network, name)
    window = Window.around(places)
    points = planes.fitting_resolution(len(network.classes))
    return HiddenDisplay(
        territories=territories(geometry.regions(rest, window), resolution=SHADES),
        logits=planes.layer_values(rest, window, resolution=points),
        A=places,
        y=samples.y,
        coincidences=coincidences(places, samples.y, len(network.classes)),
        layer=name,
        unit_names=(f"a[{number}]0", f"a[{number}]1"),
        class_names=subject.class_names,
    )


def codes(model: ModelLike, data: Data, *, layer: str | None = None) -> CodesDisplay:
    """The code table: which units of a hidden layer are on for which class.

    A unit's bit is on (off) where it is on (off) for at least three quarters of the class's
    examples, else mixed, as in the explanation.

    Args:
        model: a Network, Model or Run, with any number of inputs.
        data: a Dataset or a pair (X, y).
        layer: the name of a hidden layer; by default the last one.

    Raises:
        ArgumentError: if there is no such layer, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([[[1.0, -1.0]], np.eye(2)], [[0.0, 0.0], [0.0, 0.0]])
        >>> codes(network, ([[-1.0], [1.0], [2.0]], [1, 0, 0])).bits
        (('on', 'off'), ('off', 'on'))
    """
    subject = Subject.of(model, data)
    network, samples = subject.network, subject.given
    chosen = subject.hidden_layer(layer)
    z = planes.values_at(planes.up_to(network, chosen.name), samples.X).pre_activation
    counts = np.zeros((len(network.classes), chosen.units), np.int64)
    np.add.at(counts, samples.y, z > 0)
    totals = np.bincount(samples.y, minlength=len(network.classes))
    return CodesDisplay(
        on=counts,
        of=totals,
        bits=tuple(
            tuple(bit(on, total) for on in row) if total else ()
            for row, total in zip(counts.tolist(), totals.tolist(), strict=True)
        ),
        layer=chosen.name,
        activation=str(chosen.activation),
        class_names=subject.class_names,
    )


def kernels(model: ModelLike, data: Data | None = None) -> KernelsDisplay:
    """What each unit of the first layer looks for in a picture: its kernel, drawn as a picture.

    Args:
        model: a Network, Model or Run that takes pictures' pixels.
        data: a Dataset of pictures, for their shape where the model does not know it.

    Raises:
        ArgumentError: if the inputs are no pixels, as far as is known, or the classes do not match.
        DataError: if the samples cannot be used.

    Example:
        >>> import classlens as cl
        >>> network = cl.Network.from_arrays([np.eye(4)], [np.zeros(4)])
        >>> pictures = cl.Dataset(np.eye(4), [0, 1, 2, 3], image_shape=(2, 2))
        >>> kernels(network, pictures).images[3].tolist()
        [[0.0, 0.0], [0.0, 1.0]]
    """
    subject = Subject.of(model, data)
    first = subject.network.layers[0]
    return KernelsDisplay(
        images=first.kernel.T.reshape(-1, *subject.image_shape),
        layer=first.name,
        outputs=subject.class_names if len(subject.network.layers) == 1 else None,
    )
