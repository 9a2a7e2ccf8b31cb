"""Kernels as pictures, read from their artists."""

from __future__ import annotations

import numpy as np
import pytest
from drawn import assert_all_inside, assert_texts_apart, texts

from classlens import plot
from classlens.data.dataset import Dataset
from classlens.data.encode import Encoding, Feature
from classlens.errors import ArgumentError
from classlens.model import Model
from classlens.network import Network

RNG = np.random.default_rng(0)


def network(inputs: int, units: int, *, hidden: bool = True) -> Network:
    sizes = [(inputs, units), (units, 3)] if hidden else [(inputs, units)]
    kernels = [RNG.normal(size=size) for size in sizes]
    return Network.from_arrays(kernels, [np.zeros(size[1]) for size in sizes])


def pictures(*shape: int) -> Dataset:
    pixels = RNG.random((6, int(np.prod(shape))))
    return Dataset(pixels, np.arange(6) % 3, image_shape=shape)


def test_each_pixel_has_the_colour_of_its_weight() -> None:
    net = network(12, 5)
    display = plot.kernels(net, pictures(3, 4))
    np.testing.assert_array_equal(display.images[2], net.layers[0].kernel[:, 2].reshape(3, 4))
    *panels, bar = display.figure().axes
    assert [texts(ax)[0] for ax in panels] == [f"unit {unit}" for unit in range(5)]
    weights = net.layers[0].kernel
    assert bar.get_ylim() == (weights.min(), weights.max())
    for unit, ax in enumerate(panels):
        (image,) = ax.images
        colours = np.asarray(image.get_array()).astype(int)
        assert colours.shape == (3, 4, 4)
        assert image.origin == "upper"
        # One side of zero is redder than blue, the other bluer than red.
        redder = colours[..., 0] - colours[..., 2]
        signs = np.sign(weights[:, unit].reshape(3, 4))
        assert len({*(np.sign(redder) * signs).ravel().tolist()} - {0.0}) == 1


def test_colours_stand_side_by_side() -> None:
    net = network(2 * 3 * 3, 2)
    (first, *_) = plot.kernels(net, pictures(2, 3, 3)).figure().axes
    (image,) = first.images
    assert np.asarray(image.get_array()).shape[:2] == (2, 9)
    assert [list(line.get_xdata()) for line in first.lines] == [[3, 3], [6, 6]]
    assert "red, green, blue from the left" in " ".join(texts(first))


def test_the_model_knows_the_shape_and_the_classes() -> None:
    features = tuple(Feature(f"pixel {i}", "number") for i in range(4))
    encoding = Encoding(features, "class", image_shape=(2, 2))
    model = Model(network(4, 3, hidden=False), encoding.names, encoding=encoding)
    display = plot.kernels(model)
    assert display.images.shape == (3, 2, 2)
    assert display.outputs == ("c0", "c1", "c2")
    assert texts(display.figure().axes[0])[0] == "c0"


@pytest.mark.parametrize("units", [1, 7, 70])
def test_nothing_is_cut(units: int) -> None:
    figure = plot.kernels(network(64, units), pictures(8, 8)).figure()
    assert_all_inside(figure)
    assert_texts_apart(figure)
    assert len(figure.axes) == min(units, 64) + 1


@pytest.mark.parametrize(
    ("shape", "ratio"),
    [((8, 8), 1), ((8, 8, 3), 3), ((12, 8), 2 / 3), ((5, 25), 5), ((1, 40), 6), ((40, 1), 0.5)],
)
def test_panels_have_the_pictures_shape(shape: tuple[int, ...], ratio: float) -> None:
    figure = plot.kernels(network(int(np.prod(shape)), 5), pictures(*shape)).figure()
    figure.canvas.draw()
    assert_all_inside(figure)
    assert_texts_apart(figure)
    *panels, bar = figure.axes
    for ax in panels:
        assert ax.bbox.width / ax.bbox.height == pytest.approx(ratio)
    assert bar.bbox.y1 == pytest.approx(panels[0].bbox.y1)


def test_features_that_are_no_pixels() -> None:
    with pytest.raises(ArgumentError, match="inputs must be a picture's pixels"):
        plot.kernels(network(4, 2))
