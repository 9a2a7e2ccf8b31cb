"""What the live page keeps: links, files, undo; and how it looks at any width."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hosts import served
from PIL import Image
from test_live import place, settled, shown, until_points

import classlens as cl

pytestmark = pytest.mark.slow

RUN, DATA = cl.fit(cl.blobs()), cl.blobs()


def saved(page: Any, name: str, folder: Path) -> Path:
    if page.locator(".save").get_attribute("open") is None:
        page.locator(".save summary").click()
    with page.expect_download() as download:
        page.get_by_text(name, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def test_a_link_says_everything(live: Any) -> None:
    page = live()
    page.get_by_label("add points").check()
    page.mouse.click(*place(page, 0.0, 0.0))
    until_points(page, 101)
    page.get_by_label("one unit more in L1").click()
    page.locator('button[data-unit="L1.2"]').click()
    page.get_by_label("switch it off").check()
    page.get_by_label("epoch", exact=True).fill("120")
    page.wait_for_timeout(500)
    words = page.inner_text(".confusion p >> nth=0")
    page.locator(".share summary").click()
    field = page.get_by_label("link")
    page.wait_for_function("field => field.value", arg=field.element_handle())
    link = field.input_value()
    assert "token" not in link
    with served("--link", link) as address:
        other = live(address=address)
        other.get_by_text("epoch 120", exact=True).wait_for()
        settled(other, words)
        assert other.locator(".dots .point").count() == 101
        assert other.get_by_label("switch it off").is_checked()


def test_an_address_that_is_changed_by_hand(live: Any) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    page.evaluate("location.hash = 'seed=7&hidden=3'")
    settled(page, shown(cl.fit(DATA, hidden=[3], seed=7), DATA))


@pytest.mark.parametrize(
    "hash",
    [
        "#data=nothing&hidden=x&activation=&inputs=y&edits=9.9.9%3D1&seed=1.5&points=%00",
        "#data=own&points=AAAA&classes=3",
        "#data=own&points=!!!&classes=99999",
    ],
)
def test_an_address_that_is_wrong(live: Any, hash: str) -> None:  # noqa: A002
    page = live(hash)
    page.locator(".confusion p", has_text="of 100 examples").first.wait_for()


def test_undo_by_the_keyboard(live: Any) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    page.get_by_label("another seed").click()
    page.wait_for_timeout(600)
    page.keyboard.press("Control+z")
    settled(page, shown(RUN, DATA))
    assert page.get_by_label("seed", exact=True).input_value() == "1234"


def test_pictures_and_history_are_saved(live: Any, tmp_path: Path) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    page.locator(".words", has_text="Verdict").wait_for()
    with Image.open(saved(page, "Picture (PNG)", tmp_path)) as picture:
        assert min(picture.size) > 1000
        assert len(set(picture.convert("RGB").resize((60, 60)).get_flattened_data())) > 20
    root = ET.parse(saved(page, "Picture (SVG)", tmp_path)).getroot()  # noqa: S314 - our own
    tag = "{http://www.w3.org/2000/svg}"
    shapes = [*root.iter(f"{tag}circle"), *root.iter(f"{tag}polygon")]
    assert len(shapes) == 100 + 4
    assert {"x0", "x1", "c0", "c3"} <= {each.text for each in root.iter(f"{tag}text")}
    rows = list(csv.DictReader(io.StringIO(saved(page, "History (CSV)", tmp_path).read_text())))
    np.testing.assert_allclose([float(row["loss"]) for row in rows], RUN.history.loss, rtol=1e-12)


def test_the_model_its_code_and_a_report_are_saved(live: Any, tmp_path: Path) -> None:
    page = live("#data=rings&hidden=6&epoch=150")
    page.get_by_text("epoch 150", exact=True).wait_for()
    model = cl.Model.load(saved(page, "Model file", tmp_path))
    expected = cl.fit(cl.rings(), hidden=[6]).network_at(150)
    for layer, own in zip(model.network.layers, expected.layers, strict=True):
        np.testing.assert_array_equal(layer.kernel, own.kernel)
    page.get_by_text("Python code", exact=True).click()
    page.get_by_label("Python code").wait_for()
    names: dict[str, Any] = {}
    exec(page.get_by_label("Python code").input_value(), names)  # noqa: S102 - that it runs is the point
    again = names["model"].network.layers[0].kernel
    np.testing.assert_array_equal(again, expected.layers[0].kernel)
    text = saved(page, "Report", tmp_path).read_text()
    assert text.startswith("<!doctype html>")
    assert len(text) < 250_000


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 820, 1600])
def test_nothing_is_wider_than_the_window(live: Any, width: int, scheme: str) -> None:
    page = live("#hidden=8+8&activation=relu+relu&classes=12", color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.locator(".legend li").nth(11).wait_for()
    page.click('button[data-unit="L2.3"]')
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_control_has_a_name(live: Any) -> None:
    page = live("#validation_fraction=0.2&optimizer=sgd")
    page.click('button[data-unit="L1.0"]')
    nameless = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, textarea, [tabindex]")]
          .filter((each) => !(each.getAttribute("aria-label") || each.textContent.trim()
            || each.title || [...(each.labels ?? [])].some((label) => label.textContent.trim())))
          .map((each) => each.outerHTML.slice(0, 100))"""
    )
    assert nameless == []


def test_a_finger_taps_an_example(live: Any) -> None:
    page = live(has_touch=True, is_mobile=True)
    settled(page, shown(RUN, DATA))
    page.touchscreen.tap(*place(page, *DATA.X[0].tolist()))
    page.locator(".probe", has_text="Example 0, of c3").wait_for()


def test_a_table_from_the_command_line(live: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    rows = [f"{a:.3f},{b:.3f},{'yes' if a > 0 else 'no'}" for a, b in rng.normal(size=(60, 2))]
    (tmp_path / "two.csv").write_text("height,weight,tall\n" + "\n".join(rows) + "\n")
    with served(str(tmp_path / "two.csv"), "--target", "tall") as address:
        page = live(address=address)
        assert page.locator(".legend", has_text="yes").count() == 1
        assert page.locator(".drawing").is_hidden()
