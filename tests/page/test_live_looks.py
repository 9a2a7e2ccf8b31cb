"""What can be looked at on the live page: units, weights, examples, slices, pictures, seeds."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from test_live import place, settled, shown

import classlens as cl

pytestmark = pytest.mark.slow

RUN, DATA = cl.fit(cl.blobs()), cl.blobs()


def edited(layer: int, row: int, column: int, value: float) -> cl.Network:
    weights = [each.get_weights() for each in RUN.network.layers]
    weights[layer][0][row, column] = value
    kernels, biases = zip(*weights, strict=True)
    activations = [each.activation for each in RUN.network.layers]
    return cl.Network.from_arrays(kernels, biases, activations=activations)


def uncovered(page: Any, link: str) -> tuple[float, float]:
    """A place on the screen where a line is not under another one."""
    x, y = page.locator(link).evaluate(
        """path => {
          const matrix = path.getScreenCTM();
          for (let share = 0.1; share < 0.9; share += 0.02) {
            const at = path.getPointAtLength(share * path.getTotalLength()).matrixTransform(matrix);
            if (document.elementFromPoint(at.x, at.y) === path) return [at.x, at.y];
          }
        }"""
    )
    return x, y


def test_a_weight_is_changed_by_its_link(live: Any) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    page.mouse.click(*uncovered(page, '[data-link="1.0.2"]'))
    field = page.locator('.weights input[data-input="0"]')
    assert field.evaluate("each => each === document.activeElement")
    assert page.inner_text(".unit h3") == "Output c2"
    assert float(field.input_value()) == pytest.approx(RUN.network.layers[1].kernel[0, 2], rel=1e-3)
    page.keyboard.press("Control+A")
    page.keyboard.type("-3")
    score = edited(1, 0, 2, -3.0).evaluate(DATA.X, DATA.y)
    settled(page, f"{score.correct} of 100 examples are right")
    settled(page, f"Loss {score.loss:.4f}")
    page.locator(".words", has_text=f"Loss {score.loss:.4f} on them").wait_for()
    assert "lines exact" in page.inner_text(".decision")
    assert "edits=1.0.2%3D-3" in page.url
    page.get_by_text("Take it back").click()
    settled(page, shown(RUN, DATA))


def test_a_unit_is_switched_off(live: Any) -> None:
    page = live()
    page.click('button[data-unit="L1.1"]')
    page.get_by_label("switch it off").check()
    (fact,) = [each for each in cl.units(RUN, DATA) if each.unit == 1]
    assert fact.on_data is not None
    right = fact.on_data.without.correct
    page.locator(".unit", has_text=f"With L1.1 off {right} of 100 examples are right").wait_for()
    settled(page, f"{right} of 100 examples are right")


def test_an_example_on_its_way(live: Any) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    page.locator(".words", has_text="Verdict").wait_for()
    page.focus(".decision .plane")
    for _ in range(24):
        page.keyboard.press("ArrowRight")
    text = page.inner_text(".probe")
    assert f"Example 23, of c{DATA.y[23]}, is predicted as c2" in text
    away = re.search(r"nearest boundary is ([\d.]+) away, at \(([-\d.]+), ([-\d.]+)\)", text)
    assert away is not None
    margins = cl.regions(RUN, data=DATA).margins(DATA.X)
    assert float(away[1]) == pytest.approx(margins.distance[23], abs=0.006)
    for value in RUN.network.logits(DATA.X[23:24])[0]:
        assert f"{value:.2f}" in text
    page.keyboard.press("Escape")
    assert "Point at an example" in page.inner_text(".probe")


def test_examples_that_coincide(live: Any) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    first = int(np.flatnonzero(DATA.y == 0)[0])
    page.mouse.click(*place(page, *DATA.X[first].tolist()))
    page.locator(".probe", has_text=f"Example {first}, of c0").wait_for()
    page.mouse.move(5, 5)  # what was clicked stays
    assert "In L1 it lies on one point with 24 others: 24 of c0." in page.inner_text(".probe")
    assert page.locator(".hiddenspace .ring.picked").is_visible()


def test_two_of_many_hidden_units(live: Any) -> None:
    page = live("#hidden=4+3&activation=relu+relu")
    panel = page.locator(".hiddenspace")
    panel.get_by_label("layer", exact=True).select_option("L2")
    panel.get_by_label("across").select_option("unit 2")
    assert "Two of 3 units." in panel.inner_text()
    panel.get_by_label("layer", exact=True).select_option("L1")
    assert "Two of 4 units." in panel.inner_text()
    assert panel.locator(".point").count() == 100


def test_many_seeds(live: Any) -> None:
    page = live("#samples=40&epochs=60")
    page.get_by_text("Try 100 seeds").click()
    page.locator(".seeds", has_text="Seeds 0 to 99. Open a bar").wait_for(timeout=30_000)
    rows = page.locator(".seeds .row").all_inner_texts()
    counts = [int(re.search(r"(\d+) of 100", row)[1]) for row in rows]  # type: ignore[index]
    assert sum(counts) == 100
    data = cl.blobs(40)
    word = rows[-1].split(":")[0]
    page.locator(".seeds .row").last.click()
    page.wait_for_timeout(800)
    seed = int(page.get_by_label("seed", exact=True).input_value())
    run = cl.fit(data, epochs=60, seed=seed)
    settled(page, shown(run, data))
    told = cl.explain(run, data)
    assert next(each.numbers["word"] for each in told.findings if each.kind == "verdict") == word


def test_pixels_are_pictures(live: Any) -> None:
    pytest.importorskip("sklearn")
    page = live("#data=digits&hidden=8&epochs=20")
    assert "64 pixels" in page.inner_text(".diagram")
    page.click('button[data-unit="L1.3"]')
    kernel = page.locator(".kernel canvas")
    assert kernel.evaluate("each => [each.width, each.height]") == [8, 8]
    page.focus(".decision .plane")
    page.keyboard.press("ArrowRight")
    drawn = page.locator(".probe canvas").evaluate(
        "each => Array.from(each.getContext('2d').getImageData(0, 0, 8, 8).data)"
    )
    shades = np.array(drawn).reshape(64, 4)[:, 0]
    x = cl.load("digits").X[0]
    np.testing.assert_allclose(shades, 255 * (x - x.min()) / (x.max() - x.min()), atol=1)


def test_a_plane_through_many_features(live: Any) -> None:
    pytest.importorskip("sklearn")
    page = live("#data=wine&standardise=1&epochs=30")
    panel = page.locator(".slice")
    panel.get_by_label("feature across").select_option("alcohol")
    panel.get_by_label("feature upwards").select_option("proline")
    page.locator(".decision", has_text="a slice at").wait_for()
    page.locator(".decision", has_text="lines exact").wait_for()
    assert page.locator(".axis.across .name").inner_text() == "alcohol"
    page.focus(".decision .plane")
    page.keyboard.press("ArrowRight")
    page.get_by_text("All 13 features").click()
    data = cl.load("wine")
    row = page.locator(".features tr", has_text="malic_acid").inner_text().split("\t")
    assert row[1:3] == [f"{data.X[0, 1]:.2f}", f"{data.X[:, 1].mean():.2f}"]


def test_a_long_training_is_watched_and_stopped(live: Any) -> None:
    page = live("#data=spirals&samples=1000&hidden=32+32&activation=relu+relu&epochs=10")
    page.get_by_label("epochs", exact=True).fill("20000")
    page.keyboard.press("Enter")
    page.locator(".news", has_text=re.compile(r"epoch \d+ of 20000")).wait_for(timeout=20_000)
    page.wait_for_timeout(1000)
    page.get_by_text("Stop", exact=True).click()
    page.locator(".news", has_text="Stopped after epoch").wait_for(timeout=20_000)
    stopped = int(re.search(r"Stopped after epoch (\d+)", page.inner_text(".news"))[1])  # type: ignore[index]
    assert 0 < stopped < 20_000
    page.get_by_text(f"epoch {stopped}", exact=True).wait_for()
    # Another change gives a training up that is no longer wanted.
    page.get_by_label("learning rate").fill("0.02")
    page.keyboard.press("Enter")
    page.locator(".news", has_text=re.compile(r"epoch \d+ of 20000")).wait_for(timeout=20_000)
    page.get_by_label("epochs", exact=True).fill("5")
    page.keyboard.press("Enter")
    page.get_by_text("epoch 5", exact=True).wait_for(timeout=10_000)
