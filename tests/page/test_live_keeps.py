"""What the live page keeps: links, files, undo; and how it looks at any width."""

from __future__ import annotations

import csv
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hosts import running, served
from PIL import Image
from test_live import place, points, settled, shown, until_points

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


def test_what_of_a_link_was_not_understood_is_said(live: Any) -> None:
    page = live("#hidden=x&seed=7&foo=1&off=L1.0+zz&noise=loud")
    settled(page, "of 100 examples are right")
    words = "noise=loud, hidden=x, off=L1.0 zz were not understood; the default is used."
    page.locator(".message", has_text=f"Of the link foo=1, {words}").wait_for()
    assert page.get_by_label("seed", exact=True).input_value() == "7"
    assert page.inner_text(".byhand").startswith("L1.0 switched off")
    page.get_by_role("button", name="close this message").click()  # the one that is seen
    assert page.locator(".message:visible").count() == 0


def test_a_link_that_is_refused_is_said(live: Any) -> None:
    page = live("#epochs=99999999&seed=7")
    settled(page, shown(RUN, DATA))
    page.get_by_role("alert").filter(has_text="epochs may be at most 20,000 here.").wait_for()


def test_changes_by_hand_are_said_saved_and_taken_back(live: Any, tmp_path: Path) -> None:
    page = live("#hidden=3")
    run = cl.fit(DATA, hidden=[3])
    settled(page, shown(run, DATA))
    page.locator('button[data-unit="L1.2"]').click()
    page.get_by_label("weight of x0").fill("1.5")
    page.get_by_label("switch it off").check()
    sign = page.locator(".byhand")
    sign.filter(has_text="1 weight changed by hand; L1.2 switched off").wait_for()
    weights = [[each.astype(float) for each in layer.get_weights()] for layer in run.network.layers]
    weights[0][0][0, 2] = 1.5
    weights[1][0][2] = 0.0
    kernels, biases = zip(*weights, strict=True)
    score = run.network.with_weights(kernels, biases).evaluate(DATA.X, DATA.y)
    settled(page, f"Loss {score.loss:.4f}")
    # Everything is of that network: the words, the lines, the file, the code.
    page.locator(".words", has_text=f"Loss {score.loss:.4f} on them").wait_for()
    assert "lines exact" in page.inner_text(".decision")
    assert page.locator('[data-crease="L1.2"]').count() == 0
    model = cl.Model.load(saved(page, "Model file", tmp_path))
    np.testing.assert_array_equal(model.network.layers[1].kernel[2], np.zeros(4))
    assert model.network.layers[0].kernel[0, 2] == np.float32(1.5)
    page.get_by_text("Python code", exact=True).click()
    page.get_by_label("Python code").wait_for()
    names: dict[str, Any] = {}
    exec(page.get_by_label("Python code").input_value(), names)  # noqa: S102 - that it runs is the point
    np.testing.assert_array_equal(names["model"].network.layers[1].kernel[2], np.zeros(4))
    page.locator(".save summary").click()
    # Another training begins without them.
    page.get_by_label("another seed").click()
    sign.wait_for(state="hidden")
    page.get_by_text("Undo", exact=True).click()
    settled(page, f"Loss {score.loss:.4f}")
    page.get_by_text("Take it back").click()
    settled(page, shown(run, DATA))
    page.get_by_text("Undo", exact=True).click()
    settled(page, f"Loss {score.loss:.4f}")
    for _ in range(2):
        page.get_by_text("Undo", exact=True).click()
    settled(page, shown(run, DATA))
    sign.wait_for(state="hidden")
    assert page.get_by_text("Undo", exact=True).is_disabled()


def test_an_output_cannot_be_switched_off(live: Any) -> None:
    page = live("#off=L2.0")
    settled(page, shown(RUN, DATA))
    page.click('button[data-unit="L2.0"]')
    assert page.get_by_label("switch it off").is_hidden()
    assert page.locator(".byhand").is_hidden()


def test_undo_in_a_field_is_the_field_s_own(live: Any) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    page.click('button[data-unit="L1.0"]')
    field = page.get_by_label("weight of x1")
    before = field.input_value()
    page.get_by_label("switch it off").check()
    page.keyboard.press("Control+z")  # a box has no undo of its own
    page.get_by_label("switch it off").and_(page.locator(":not(:checked)")).wait_for()
    field.focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("7")
    page.locator(".byhand", has_text="1 weight changed").wait_for()
    page.keyboard.press("Control+z")
    assert field.input_value() == before
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Control+z")  # wherever the focus is
    page.locator(".byhand").wait_for(state="hidden")
    settled(page, shown(RUN, DATA))


SERVE = """
import contextlib
import classlens as cl
from classlens.server.serve import serve
rings = cl.rings(60, classes=2, noise=0.1)
data = cl.Dataset(rings.X, rings.y, ("inner", "outer"), ("wide", "high"))
with contextlib.suppress(KeyboardInterrupt):
    serve(data, name="mine", browse=False)
print("Ended.")
"""


def test_samples_of_a_plane_are_played_with(live: Any) -> None:
    """As one's own points are; the names of classes and features stay."""
    with running("-c", SERVE) as address:
        page = live(address=address)
        assert page.get_by_label("data set", exact=True).input_value() == "given"
        page.locator(".share summary").click()
        page.locator(".share", has_text="The data is not in the link").wait_for()
        page.locator(".share summary").click()
        page.get_by_label("x0**2").check()
        page.get_by_label("x1**2").check()
        settled(page, "60 of 60 examples are right")
        page.get_by_label("add points").check()
        page.mouse.click(*place(page, 0.0, 0.0))
        until_points(page, 61)
        page.locator(".news", has_text="trained in").wait_for()
        assert page.locator(".legend li").all_inner_texts() == ["inner", "outer"]
        assert page.get_by_label("data set", exact=True).input_value() == "own"
        page.get_by_label("x0**2").uncheck()
        page.get_by_label("x1**2").uncheck()
        page.locator(".axis.across .name", has_text="wide").wait_for()
        page.locator(".axis.up .name", has_text="high").wait_for()
        page.get_by_role("button", name=re.compile("^class .*new")).click()
        page.mouse.click(*place(page, 0.1, 0.1))
        until_points(page, 62)
        page.wait_for_function("document.querySelectorAll('.legend li').length === 3")
        assert page.locator(".legend li").all_inner_texts() == ["inner", "outer", "c2"]
        hash_ = page.evaluate("location.hash")
        for _ in range(5):
            page.get_by_text("Undo", exact=True).click()
            page.wait_for_timeout(300)
        until_points(page, 60)
        assert page.get_by_label("data set", exact=True).input_value() == "given"
    other = live(hash_)
    assert points(other) == 62
    assert other.locator(".legend li").all_inner_texts() == ["inner", "outer", "c2"]
    assert other.locator(".message:visible").count() == 0


def test_what_was_stopped_can_be_trained_again(live: Any) -> None:
    page = live("#data=spirals&epochs=3000&hidden=24&samples=1000&batch_size=16")
    page.get_by_text("Stop", exact=True).click()
    page.locator(".news", has_text="Stopped after epoch").wait_for()
    again = page.get_by_text("Train again")
    again.click()
    again.wait_for(state="hidden")
    page.get_by_text("Stop", exact=True).click()
    page.locator(".news", has_text="Stopped after epoch").wait_for()


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


def test_a_table_that_is_refused_leaves_what_is_shown(live: Any, tmp_path: Path) -> None:
    page = live()
    settled(page, shown(RUN, DATA))
    rows = "".join(f"{k}.5,{k % 7},{'xy'[k % 2]}\n" for k in range(40))
    (tmp_path / "gaps.csv").write_text("a,b,kind\n,1,x\n" + rows)
    page.get_by_label("your own file").set_input_files(tmp_path / "gaps.csv")
    page.get_by_text("Train on it").click()
    page.get_by_role("alert").filter(has_text="tick 'fill missing cells in'").wait_for()
    assert page.get_by_label("data set", exact=True).input_value() == "blobs"
    assert page.get_by_label("your own file").input_value() == ""
    assert page.locator(".legend li").count() == 4
    page.get_by_label("fill missing cells in").check()
    page.get_by_text("Train on it").click()
    page.locator(".legend", has_text="y").wait_for(timeout=20_000)
    chosen = "document.querySelector('[aria-label=\"data set\"]').selectedOptions[0].textContent"
    page.wait_for_function(f"{chosen} === 'gaps.csv'")
    assert page.get_by_role("alert").is_hidden()


def test_a_link_of_the_untouched_page(live: Any) -> None:
    """Also what the page was opened with, which another one need not be."""
    with served("rings") as address:
        page = live(address=address)
        page.locator(".share summary").click()
        field = page.get_by_label("link")
        page.wait_for_function("field => field.value", arg=field.element_handle())
        link = field.input_value()
        words = page.inner_text(".confusion p >> nth=0")
        page.close()  # it would go on to ask a server that is gone
    with served("--link", link) as address:
        other = live(address=address)
        settled(other, words)
        assert other.get_by_label("data set").input_value() == "rings"


def test_nothing_is_drawn_on_the_picture_of_other_data(live: Any) -> None:
    page = live("#data=wine")
    page.locator(".confusion p", has_text="of 178 examples").first.wait_for()
    # The moment after another data set was chosen, whose training has not ended.
    script = """() => new Promise((done) => {
      const hidden = () => done(document.querySelector(".drawing").hidden);
      addEventListener("hashchange", hidden, { once: true });
      location.hash = "data=pinwheel";
    })"""
    assert page.evaluate(script) is True
    page.locator(".drawing").wait_for()


def test_opening_a_seed_can_be_undone(live: Any) -> None:
    page = live()
    page.get_by_text("Try 100 seeds").click()
    page.locator(".seeds", has_text="Seeds 0 to 99. Open a bar").wait_for(timeout=30_000)
    page.locator(".seeds .row").last.click()
    page.wait_for_function("() => !location.hash.includes('seed=1234') && location.hash !== ''")
    undo = page.get_by_role("button", name="Undo")
    assert undo.is_enabled()
    undo.click()
    settled(page, shown(RUN, DATA))
