"""How the page is laid out: what is in sight together, what its signs say, light and dark."""

from __future__ import annotations

import itertools
import re
from typing import Any

import numpy as np
import pytest
from test_live import settled
from test_report import folder, open_page

import classlens as cl
from classlens.playground.welcome import welcome
from classlens.report import report_html
from classlens.view.bundle import bundle, page_file

slow = pytest.mark.slow
__all__ = ["folder", "open_page"]  # fixtures of another file

DATA = cl.blobs()


def box(page: Any, selector: str) -> dict[str, float]:
    page.locator(selector).first.wait_for(state="attached")
    # In one call: between two of them what was found may have been drawn anew.
    script = "selector => document.querySelector(selector).getBoundingClientRect().toJSON()"
    found: dict[str, float] = page.evaluate(script, selector)
    return found


def apart(one: dict[str, float], other: dict[str, float]) -> bool:
    return (
        one["x"] + one["width"] <= other["x"] + 0.5
        or other["x"] + other["width"] <= one["x"] + 0.5
        or one["y"] + one["height"] <= other["y"] + 0.5
        or other["y"] + other["height"] <= one["y"] + 0.5
    )


@slow
@pytest.mark.parametrize("width", [1000, 1280, 1600])
def test_the_picture_stays_in_sight_while_a_weight_is_changed(live: Any, width: int) -> None:
    page = live("#hidden=8+8&activation=relu+relu")
    page.set_viewport_size({"width": width, "height": 900})
    page.click('button[data-unit="L2.7"]')
    page.locator(".weights input").last.focus()
    page.mouse.wheel(0, 500)
    page.wait_for_timeout(300)
    assert page.evaluate("scrollY") > 100
    plane, field = box(page, ".decision .plane"), box(page, ".weights input")
    assert plane["y"] >= 0
    assert plane["y"] + plane["height"] <= 900
    assert apart(plane, field)


@slow
def test_the_unit_stands_beside_the_network(live: Any) -> None:
    page = live()
    page.set_viewport_size({"width": 1600, "height": 900})
    page.click('button[data-unit="L1.1"]')
    network, unit = box(page, ".net"), box(page, ".unit.panel")
    assert unit["x"] > network["x"] + network["width"]
    assert unit["y"] < network["y"] + 50


@slow
def test_tools_are_above_the_picture_and_the_picture_is_first_on_a_phone(live: Any) -> None:
    page = live()
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 844})
        tools, plane = box(page, ".drawing"), box(page, ".decision .plane")
        assert tools["y"] + tools["height"] <= plane["y"]
    page.set_viewport_size({"width": 390, "height": 844})
    plane = box(page, ".decision .plane")
    for later in (".probe.panel", ".net", ".data.panel", ".words.panel"):
        assert box(page, later)["y"] > plane["y"] + plane["height"]


@slow
@pytest.mark.parametrize("width", [390, 800, 1000, 1180])
def test_settings_come_before_words(live: Any, width: int) -> None:
    page = live()
    page.locator(".words", has_text="Verdict").wait_for()
    page.set_viewport_size({"width": width, "height": 800})
    for settings in (".data.panel", ".training.panel"):
        assert box(page, settings)["y"] < box(page, ".words.panel")["y"]
        assert apart(box(page, settings), box(page, ".words.panel"))


@slow
@pytest.mark.parametrize("width", [390, 1000, 1500])
def test_nothing_of_an_example_is_clipped(live: Any, width: int) -> None:
    page = live("#hidden=8+8&activation=leaky_relu+sigmoid&classes=12")
    page.set_viewport_size({"width": width, "height": 900})
    page.focus(".decision .plane")
    page.keyboard.press("ArrowRight")
    page.locator(".outcome").wait_for()
    assert page.locator(".probe.panel").evaluate(
        """panel => [...panel.querySelectorAll("*")].every((each) =>
          each.getBoundingClientRect().right <= panel.getBoundingClientRect().right)"""
    )
    text = page.inner_text(".probe.panel")
    places = [text.index(word) for word in ("softmax", "The nearest boundary", "L1, sums")]
    assert places == sorted(places)


@slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_heads_of_eight_layers_do_not_overlap(live: Any, scheme: str) -> None:
    page = live("#hidden=100+4+4+4+4+4+4+4&activation=leaky_relu&epochs=2", color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    heads = [each.bounding_box() for each in page.locator(".diagram .layer").all()]
    assert len(heads) == 10
    for one, other in itertools.pairwise(heads):
        assert one["x"] + one["width"] <= other["x"]


@slow
def test_every_unit_can_be_opened_by_the_keyboard(live: Any) -> None:
    page = live("#hidden=20&classes=12&samples=60&epochs=5")
    more = page.get_by_label("more of L1", exact=True)
    assert more.locator("option").all_inner_texts() == [
        "and 12 more",
        *(f"unit {unit}" for unit in range(8, 20)),
    ]
    more.focus()
    page.keyboard.press("End")
    page.locator(".unit h3", has_text="Unit 19 of L1").wait_for()
    assert "unit=L1.19" in page.url
    page.click('button[data-unit="L1.0"]')
    assert more.input_value() == ""
    page.get_by_label("more of L2", exact=True).select_option("c11")
    page.locator(".unit h3", has_text="Output c11").wait_for()


def keys(page: Any) -> set[str]:
    return {each.get_attribute("data-key") for each in page.locator("[data-key]:visible").all()}


@slow
def test_the_key_has_what_occurs(live: Any) -> None:
    page = live()
    settled(page, "100 of 100")
    always = {"boundary", "positive", "negative", "values"}
    assert keys(page) == {*always, "crease"}
    page.get_by_label("show where units turn on").uncheck()
    assert keys(page) == always
    page.get_by_label("rewind to the start").click()
    assert "wrong" in keys(page)
    page.get_by_label("validation share").fill("0.2")
    page.keyboard.press("Enter")
    page.locator(".point.out").first.wait_for(state="attached")
    assert keys(page) >= {"out", "training", "validation"}
    assert "held out" in page.inner_text(".decision .keys")
    right = page.evaluate("document.querySelector('.curves .keys').getBoundingClientRect().right")
    assert right <= page.evaluate("document.querySelector('.net').getBoundingClientRect().right")


@slow
def test_creases_are_there_while_it_is_scrubbed(live: Any) -> None:
    page = live("#hidden=4")
    page.locator(".decision", has_text="lines exact").wait_for()
    exact = page.locator(".crease").count()
    slider = page.get_by_label("epoch", exact=True)
    # In one go: as soon as the slider stands still the page asks for the exact lines.
    said, drawn = slider.evaluate(
        """(slider) => {
            slider.value = "150";
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            return new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(
                () => resolve([
                    document.querySelector(".decision").innerText,
                    [...document.querySelectorAll(".crease")].map((each) => each.getAttribute("d")),
                ]))));
        }"""
    )
    assert "lines sampled on a grid" in said
    assert len(drawn) == exact == 4
    assert any(drawn)
    # A crease of the first layer is a line from edge to edge.
    for d in filter(None, drawn):
        numbers = [float(each) for each in re.findall(r"-?[\d.]+", d)]
        assert len(numbers) == 4
        for end in (numbers[:2], numbers[2:]):
            assert min(abs(each - edge) for each in end for edge in (0, 400)) < 0.1


@slow
@pytest.mark.parametrize(("samples", "least", "most"), [(100, 4, 6), (1500, 2, 3), (4000, 1, 2)])
def test_many_points_are_small_and_pale(live: Any, samples: int, least: float, most: float) -> None:
    page = live(f"#data=rings&samples={samples}&epochs=1&classes=2")
    page.locator(f".dots .point >> nth={samples - 1}").wait_for(state="attached")
    radius = float(page.locator(".dots circle.point").first.get_attribute("r"))
    assert least < radius / 0.85 + 0.01
    assert radius < most
    for plane in (".dots", ".hiddenspace g"):
        opacity = page.evaluate(
            "selector => Number(getComputedStyle(document.querySelector(selector)).fillOpacity)",
            f"{plane} .point",
        )
        assert (opacity < 1) == (samples > 1000)


@slow
def test_hundreds_of_creases_are_pale(live: Any) -> None:
    page = live("#hidden=120&epochs=2&unit=L1.3")
    page.locator(".lines.many .crease >> nth=100").wait_for(state="attached")
    widths = page.locator(".crease").evaluate_all(
        "all => all.map((each) => parseFloat(getComputedStyle(each).strokeWidth))"
    )
    assert sorted(set(widths)) in ([0.6], [0.6, 2.6])


@slow
def test_pixels_of_kernels_are_square(live: Any) -> None:
    pytest.importorskip("sklearn")
    page = live("#data=digits&hidden=8&epochs=3")
    page.click('button[data-unit="L1.3"]')
    kernel = box(page, ".kernel canvas")
    assert kernel["width"] == pytest.approx(kernel["height"], abs=1)


def test_kernels_of_wide_pictures_keep_their_shape(open_page: Any) -> None:
    X = np.random.default_rng(0).normal(size=(40, 12)).astype(np.float32)
    data = cl.Dataset(X, np.arange(40) % 2, image_shape=(2, 6))
    page = open_page(report_html(cl.fit(data, hidden=[2], epochs=2), data))
    page.click('button[data-unit="L1.0"]')
    kernel = box(page, ".kernel canvas")
    assert kernel["width"] / kernel["height"] == pytest.approx(3, rel=0.05)


HOSTS = [
    ("", 'data-jp-theme-light="true"', "light"),
    ("", 'data-jp-theme-light="false"', "dark"),
    ("", 'class="vscode-dark"', "dark"),
    ("", 'class="vscode-light"', "light"),
    ("", 'class="vscode-high-contrast vscode-high-contrast-light"', "light"),
    ("", 'data-vscode-theme-kind="vscode-high-contrast" class="vscode-light"', "dark"),
    ("", 'class="notebook_app"', "light"),
    ('<div id="notebook"></div>', "", "light"),
    ("", "", None),
]
GROUNDS = {"light": "rgb(245, 246, 247)", "dark": "rgb(20, 24, 28)"}


@pytest.mark.parametrize("system", ["light", "dark"])
def test_a_widget_has_its_host_s_theme(chromium: Any, system: str) -> None:
    context = chromium.new_context(color_scheme=system)
    page = context.new_page()
    for inside, attributes, expected in HOSTS:
        page.set_content(
            f"<!doctype html><style>{page_file('style.css')}</style>"
            f"<body {attributes}>{inside}<div class='classlens cell'>a</div>"
        )
        page.evaluate(
            f"""() => {{ {as_script("theme")}
              window.letGo = followHost(document.querySelector(".classlens")); }}"""
        )
        assert ground(page) == GROUNDS[expected or system], attributes
    # The host's theme is changed while the widget is there.
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_timeout(50)
    assert ground(page) == GROUNDS["dark"]
    page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    page.wait_for_timeout(50)
    assert ground(page) == GROUNDS["light"]
    page.evaluate("letGo(); document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_timeout(50)
    assert ground(page) == GROUNDS["light"]
    page.evaluate("document.querySelector('.classlens').dataset.theme = 'dark'")
    page.emulate_media(media="print")
    assert page.evaluate(INK) == "rgb(31, 42, 53)"
    context.close()


INK = "getComputedStyle(document.querySelector('.classlens')).color"


def ground(page: Any) -> str:
    script = "getComputedStyle(document.querySelector('.classlens')).backgroundColor"
    return str(page.evaluate(script))


def test_the_widget_follows_its_host(chromium: Any) -> None:
    context = chromium.new_context(color_scheme="dark")
    page = context.new_page()
    page.set_content(
        f"<!doctype html><style>{page_file('style.css')}</style>"
        "<body data-jp-theme-light='true'><div id='cell'></div>"
    )
    page.evaluate(
        f"""(welcome) => {{ {as_script("widget")}
          const model = {{ get: () => welcome, on() {{}}, off() {{}}, send() {{}} }};
          window.end = render({{ model, el: document.querySelector("#cell") }}); }}""",
        welcome(),
    )
    assert ground(page) == GROUNDS["light"]
    page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    page.wait_for_timeout(50)
    assert ground(page) == GROUNDS["dark"]
    context.close()


def as_script(entry: str) -> str:
    return bundle(entry).replace("export const", "const")
