"""The report in a real browser, without a network: what is drawn, and what touching it does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import classlens as cl
from classlens.report import report_html, write_report

RUN = cl.fit(cl.blobs(), hidden=[2], epochs=60, learning_rate=0.01, seed=1234)
NAMES = ("</script><b>bad", "plain", "日本", "a&b")
DATA = cl.Dataset(cl.blobs().X, cl.blobs().y, NAMES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


@pytest.fixture
def open_page(chromium: Any, folder: Path) -> Iterator[Any]:
    complaints: list[str] = []
    contexts = []

    def load(text: str, *, hash: str = "", **options: Any) -> Any:  # noqa: A002
        (folder / "report.html").write_text(text)
        context = chromium.new_context(offline=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"file://{folder / 'report.html'}{hash}")
        page.wait_for_selector(".decision")
        return page

    yield load
    for context in contexts:
        context.close()
    assert not complaints


def test_the_lab_s_report(open_page: Any) -> None:
    page = open_page(report_html(RUN, cl.blobs(), title="The lab"))
    assert page.inner_text("h1") == "The lab"
    right = RUN.network.evaluate(cl.blobs().X, cl.blobs().y).correct
    assert f"{right} of 100 examples are right" in page.inner_text(".confusion")
    assert page.locator(".dots .point").count() == 100
    assert page.locator(".dots .wrong").count() == 100 - right
    assert page.locator(".decision .boundary").get_attribute("d").startswith("M")
    assert "lines exact" in page.inner_text(".decision")
    assert "Unit 0 of L1 = max(0," in page.inner_text(".words")
    assert page.inner_text(".epoch") == "epoch 60"


def test_the_epochs_can_be_played_and_scrubbed(open_page: Any) -> None:
    page = open_page(report_html(RUN, cl.blobs()))
    page.locator(".player input").fill("0")
    assert page.inner_text(".epoch") == "epoch 0"
    start = RUN.network_at(0).evaluate(cl.blobs().X, cl.blobs().y)
    assert f"{start.correct} of 100 examples are right" in page.inner_text(".confusion")
    assert f"Loss {start.loss:.4f}" in page.inner_text(".confusion")
    page.get_by_label("one step on").click()
    assert page.inner_text(".epoch") == "epoch 1"
    assert "#epoch=1" in page.url
    page.get_by_text("Play", exact=True).click()
    page.get_by_text("epoch 60", exact=True).wait_for()
    page.get_by_text("Play", exact=True).wait_for()  # a frame after the last epoch
    assert page.url.endswith("report.html")


def test_a_unit_can_be_looked_at_and_switched_off(open_page: Any) -> None:
    page = open_page(report_html(RUN, cl.blobs()))
    page.click('button[data-unit="L1.1"]')
    panel = page.locator(".unit.panel")
    kernel, _ = RUN.network.layers[0].get_weights()
    assert f"{abs(kernel[0, 1]):.2f} x0" in panel.inner_text()
    panel.get_by_role("checkbox").check()
    (fact,) = [each for each in cl.units(RUN, cl.blobs()) if each.unit == 1]
    assert fact.on_data is not None
    assert f"{fact.on_data.without.correct} of 100 examples are right" in panel.inner_text()
    assert "off=L1.1" in page.url
    page.reload()
    page.wait_for_selector(".decision")
    assert page.get_by_label("switch it off").is_checked()


def test_an_example_can_be_followed(open_page: Any) -> None:
    page = open_page(report_html(RUN, DATA))
    page.focus(".decision .plane")
    page.keyboard.press("ArrowRight")
    text = page.inner_text(".probe")
    x = DATA.X[0]
    shares = RUN.model.predict_proba(x[None, :])[0]
    assert f"Example 0, of {DATA.class_names[DATA.y[0]]}," in text
    assert f"{100 * shares.max():.1f} %" in text
    z = RUN.network.forward(x[None, :])[0].pre_activation[0]
    assert re.search(rf"z0 {z[0]:.2f}, z1 {z[1]:.2f}", text)


def test_names_are_only_text(open_page: Any) -> None:
    page = open_page(report_html(RUN, DATA, title="<i>t</i>"))
    assert page.inner_text("h1") == "<i>t</i>"
    assert "</script><b>bad" in page.inner_text(".legend")
    assert page.locator("b").count() == 0


@pytest.mark.parametrize("hash", ["#epoch=999999&unit=L9.9&off=%00&x=1", "#unit=..&epoch=-1", "#%"])
def test_an_address_that_is_wrong(open_page: Any, hash: str) -> None:  # noqa: A002
    page = open_page(report_html(RUN, cl.blobs()), hash=hash)
    assert page.inner_text(".epoch") == "epoch 60"


@pytest.mark.parametrize("width", [390, 820, 1600])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(open_page: Any, width: int, scheme: str) -> None:
    page = open_page(
        report_html(RUN, DATA), viewport={"width": width, "height": 800}, color_scheme=scheme
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.slow
def test_many_features_and_many_units(open_page: Any) -> None:
    X = np.random.default_rng(0).normal(size=(60, 12))
    data = cl.Dataset(X, np.arange(60) % 15)
    run = cl.fit(data, hidden=(20, 2), activation="tanh", epochs=3)
    page = open_page(report_html(run, data))
    assert page.locator(".diagram button").count() == 8 + 2 + 8
    assert "and 12 more" in page.inner_text(".diagram")
    assert "a slice through 12 inputs" in page.inner_text(".decision")
    assert page.locator(".hiddenspace .point").count() == 60


def test_a_bare_network_has_no_examples(open_page: Any) -> None:
    page = open_page(report_html(RUN.network, window=((-5, 5), (-5, 5))))
    assert page.locator(".dots .point").count() == 0
    assert page.locator(".player").is_hidden()


def test_the_file_is_small_and_whole(tmp_path: Path) -> None:
    write_report(tmp_path / "lab.html", RUN, cl.blobs())
    assert (tmp_path / "lab.html").stat().st_size < 250_000
    assert [each.name for each in tmp_path.iterdir()] == ["lab.html"]


def test_a_notebook_s_cell(open_page: Any) -> None:
    view = RUN.view(cl.blobs())
    assert len(repr(view)) < 100
    page = open_page(f"<!doctype html><p class='decision'>a cell</p>{view._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.get_by_text("epoch 60", exact=True).wait_for()
    frame.get_by_label("one step back").click()
    assert frame.locator(".epoch").inner_text() == "epoch 59"
    assert frame.locator(".dots .point").count() == 100
