"""The live page in a real browser: every control, and what is drawn after it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import classlens as cl

pytestmark = pytest.mark.slow


def settled(page: Any, words: str) -> None:
    """Wait until the table of right and wrong says so."""
    page.locator(".confusion p", has_text=words).first.wait_for(timeout=20_000)


def right(run: cl.Run, data: cl.Dataset) -> str:
    return f"{run.network.evaluate(data.X, data.y).correct} of {len(data)} examples are right"


def shown(run: cl.Run, data: cl.Dataset) -> str:
    score = run.network.evaluate(data.X, data.y)
    share = 100 * score.accuracy
    return (
        f"{score.correct} of {len(data)} examples are right ({share:.1f} %). Loss {score.loss:.4f}."
    )


def place(page: Any, s: float, t: float) -> tuple[float, float]:
    """Where a place of the plane is on the screen."""
    page.evaluate("scrollTo(0, 0)")
    box = page.locator(".decision .plane").bounding_box()
    left, right_ = (float(page.locator(".axis.across span").nth(i).inner_text()) for i in (0, 2))
    low, high = (float(page.locator(".axis.up span").nth(i).inner_text()) for i in (0, 2))
    across = box["x"] + box["width"] * (s - left) / (right_ - left)
    return across, box["y"] + box["height"] * (high - t) / (high - low)


def points(page: Any) -> int:
    return int(page.locator(".dots .point").count())


def until_points(page: Any, count: int) -> None:
    for _ in range(100):
        if points(page) == count:
            return
        page.wait_for_timeout(50)
    assert points(page) == count


def test_the_lab_is_there_at_once(live: Any) -> None:
    page = live()
    run = cl.fit(cl.blobs())
    settled(page, shown(run, cl.blobs()))
    assert page.inner_text(".epoch") == "epoch 200"
    page.locator(".words", has_text="Unit 0 of L1 = max(0, 1.22 x0 + 0.92 x1 + 1.59)").wait_for()
    assert "lines exact" in page.inner_text(".decision")
    assert "trained in" in page.inner_text(".news")


def test_words_and_lines_follow_the_epoch(live: Any) -> None:
    page = live()
    run = cl.fit(cl.blobs())
    page.get_by_label("epoch", exact=True).fill("100")
    network = run.network_at(100)
    score = network.evaluate(cl.blobs().X, cl.blobs().y)
    page.locator(".words", has_text=f"Loss {score.loss:.4f} on them, after 100 epochs").wait_for()
    assert "lines exact" in page.inner_text(".decision")
    page.get_by_label("rewind to the start").click()
    page.locator(".words", has_text="Verdict").wait_for()
    start = run.network_at(0).evaluate(cl.blobs().X, cl.blobs().y)
    settled(page, f"Loss {start.loss:.4f}")


def test_playing(live: Any) -> None:
    page = live("#epochs=30")
    page.get_by_text("epoch 30", exact=True).wait_for()
    page.get_by_text("Play", exact=True).click()
    page.get_by_text("Pause", exact=True).wait_for()
    page.get_by_text("epoch 30", exact=True).wait_for()
    page.get_by_text("Play", exact=True).wait_for()


def test_another_data_set(live: Any) -> None:
    page = live()
    page.get_by_label("data set", exact=True).select_option("rings")
    settled(page, shown(cl.fit(cl.rings()), cl.rings()))
    page.get_by_label("classes").fill("5")
    page.keyboard.press("Enter")
    data = cl.rings(classes=5)
    settled(page, shown(cl.fit(data), data))
    assert page.locator(".legend li").count() == 5
    page.get_by_label("samples").fill("60")
    page.get_by_label("noise").fill("0.3")
    page.keyboard.press("Tab")
    data = cl.rings(60, classes=5, noise=0.3)
    settled(page, shown(cl.fit(data), data))
    assert "data=rings" in page.url
    assert "noise=0.3" in page.url


def test_points_are_added_dragged_and_erased(live: Any) -> None:
    page = live()
    page.get_by_label("add points").check()
    page.get_by_label("class c4, new").click()
    for number, (s, t) in enumerate([(0.0, 0.0), (0.2, 0.1), (0.1, -0.2)], start=1):
        page.mouse.click(*place(page, s, t))
        until_points(page, 100 + number)
    assert page.locator(".legend li").count() == 5
    assert page.get_by_label("data set", exact=True).input_value() == "own"

    page.get_by_label("move points").check()
    before = page.locator(".dots .point").last.bounding_box()
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + 5 * step, y + 3 * step)
    page.mouse.up()
    page.wait_for_timeout(800)
    after = page.locator(".dots .point").last.bounding_box()
    assert after["x"] - before["x"] == pytest.approx(50, abs=2)
    assert after["y"] - before["y"] == pytest.approx(30, abs=2)

    page.get_by_label("erase points").check()
    page.mouse.click(after["x"] + after["width"] / 2, after["y"] + after["height"] / 2)
    until_points(page, 102)

    # One step back for each change, the whole drag being one of them.
    for count in (103, 103, 102, 101, 100):
        page.get_by_text("Undo", exact=True).click()
        until_points(page, count)
        page.wait_for_timeout(200)
    settled(page, shown(cl.fit(cl.blobs()), cl.blobs()))
    page.get_by_text("Redo", exact=True).click()
    until_points(page, 101)


def test_an_empty_plane_is_filled(live: Any) -> None:
    page = live()
    settled(page, "100 of 100")
    page.get_by_text("Begin with none").click()
    until_points(page, 0)
    page.locator(".news", has_text="Add points of two classes").wait_for()
    centres = [(-6.0, 2.0), (-5.0, 1.0), (5.0, 2.0), (6.0, 1.0), (0.0, -3.0), (1.0, -4.0)]
    for number, (s, t) in enumerate(centres):
        page.get_by_label(re.compile(f"^class c{number // 2}")).click()
        page.mouse.click(*place(page, s, t))
        until_points(page, number + 1)
    settled(page, "of 6 examples are right")
    assert page.locator(".legend li").count() == 3
    page.get_by_text("Undo", exact=True).click()
    until_points(page, 5)


def test_points_by_the_keyboard(live: Any) -> None:
    page = live()
    page.get_by_label("add points").check()
    page.focus(".decision .plane")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until_points(page, 101)
    page.get_by_label("erase points").check()
    page.focus(".decision .plane")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Delete")
    until_points(page, 100)


def test_layers_units_and_activations(live: Any) -> None:
    page = live()
    page.get_by_label("one unit more in L1").click()
    data = cl.blobs()
    settled(page, shown(cl.fit(data, hidden=[3]), data))
    page.get_by_label("add a layer after L1").click()
    settled(page, shown(cl.fit(data, hidden=[3, 4]), data))
    page.get_by_label("activation of L2").select_option("tanh")
    settled(page, shown(cl.fit(data, hidden=[3, 4], activation=["relu", "tanh"]), data))
    assert "since an activation is curved" in page.inner_text(".decision")
    page.get_by_label("remove L1").click()
    settled(page, shown(cl.fit(data, hidden=[4], activation="tanh"), data))
    page.get_by_label("remove L1").click()
    settled(page, shown(cl.fit(data, hidden=[]), data))
    assert page.get_by_label("one unit less in L1").count() == 0
    page.get_by_label("add a layer after the features").click()
    settled(page, shown(cl.fit(data, hidden=[4]), data))


def test_clicks_are_not_lost_while_it_trains(live: Any) -> None:
    page = live("#hidden=5+3&activation=relu+relu")
    for _ in range(4):
        page.get_by_label("one unit more in L2").click()
        page.wait_for_timeout(150)
    assert "7 units" in page.inner_text(".diagram")
    settled(page, shown(cl.fit(cl.blobs(), hidden=[5, 7]), cl.blobs()))
    assert page.locator('[data-unit="L2.6"]').count() == 1
    page.locator(".news", has_text="trained in").wait_for()
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "one unit more in L2"


def test_how_it_is_trained(live: Any) -> None:
    page = live()
    data = cl.blobs()
    page.get_by_label("optimizer").select_option("sgd")
    page.get_by_label("momentum").fill("0.5")
    page.keyboard.press("Enter")
    settled(page, shown(cl.fit(data, optimizer="sgd", momentum=0.5), data))
    page.get_by_label("optimizer").select_option("adam")
    page.get_by_label("learning rate").fill("0.03")
    page.get_by_label("batch size").fill("16")
    page.get_by_label("weight decay (L2 penalty)").fill("0.01")
    page.get_by_label("epochs", exact=True).fill("50")
    page.keyboard.press("Enter")
    options = {"learning_rate": 0.03, "batch_size": 16, "weight_decay": 0.01, "epochs": 50}
    settled(page, shown(cl.fit(data, **options), data))
    page.get_by_label("validation share").fill("0.2")
    page.keyboard.press("Enter")
    run = cl.fit(data, **options, validation_fraction=0.2)
    settled(page, shown(run, data))
    assert page.locator(".point.out").count() == 20
    assert run.history.val_accuracy is not None
    watched = round(20 * run.history.val_accuracy[-1])
    assert f"validation: {watched} of 20 right" in page.inner_text(".parts")
    assert "validation" in page.inner_text(".curves")


def test_the_seed_and_the_dice(live: Any) -> None:
    page = live()
    page.get_by_label("seed", exact=True).fill("7")
    page.keyboard.press("Enter")
    settled(page, shown(cl.fit(cl.blobs(), seed=7), cl.blobs()))
    page.get_by_label("another seed").click()
    page.wait_for_timeout(600)
    seed = int(page.get_by_label("seed", exact=True).input_value())
    settled(page, shown(cl.fit(cl.blobs(), seed=seed), cl.blobs()))
    assert f"seed={seed}" in page.url


def test_what_is_refused_is_said(live: Any) -> None:
    page = live()
    page.get_by_label("learning rate").fill("1000000000")
    page.keyboard.press("Enter")
    page.locator(".message", has_text="Try a lower learning_rate").wait_for()
    page.locator(".message", has_text="The page is as it was before.").wait_for()
    # The controls say what is shown.
    assert page.get_by_label("learning rate").input_value() == "0.01"
    settled(page, shown(cl.fit(cl.blobs()), cl.blobs()))
    assert "learning_rate" not in page.url
    assert page.get_by_text("Undo", exact=True).is_disabled()
    page.get_by_label("learning rate").fill("0.02")
    page.keyboard.press("Enter")
    page.get_by_role("alert").wait_for(state="hidden")
    settled(page, shown(cl.fit(cl.blobs(), learning_rate=0.02), cl.blobs()))
    page.get_by_label("batch size").fill("0")
    page.keyboard.press("Enter")
    page.locator(".message", has_text="batch_size must be a whole number").wait_for()
    assert page.get_by_label("batch size").input_value() == "32"
    assert page.get_by_label("learning rate").input_value() == "0.02"
    page.get_by_role("button", name="close this message").click()
    page.get_by_role("alert").wait_for(state="hidden")


def test_features_of_the_coordinates(live: Any) -> None:
    page = live("#data=rings&classes=2")
    page.get_by_label("x0**2").check()
    page.get_by_label("x1**2").check()
    page.get_by_label("standardise features").check()
    data = cl.rings(classes=2)
    x0, x1 = data.X.T.astype(float)
    X = np.stack([x0, x1, x0**2, x1**2], axis=1).astype(np.float32)
    scaled = cl.Dataset((X - X.mean(0, dtype=float)) / X.std(0, dtype=float), data.y)
    settled(page, shown(cl.fit(scaled), scaled))
    assert page.locator(".diagram .box.input").count() == 4
    assert "lines sampled on a grid" in page.inner_text(".decision")
    page.locator(".words", has_text="x0**2").wait_for()


def test_a_table_of_one_s_own(live: Any, tmp_path: Path) -> None:
    page = live()
    rng = np.random.default_rng(0)
    rows = [f"{a:.3f},{b:.3f},{'yes' if a > b else 'no'}" for a, b in rng.normal(size=(80, 2))]
    (tmp_path / "mine.csv").write_text("height,weight,tall\n" + "\n".join(rows) + "\n")
    page.get_by_label("your own file").set_input_files(tmp_path / "mine.csv")
    page.get_by_text("Train on it").wait_for()
    assert page.get_by_label("column of the classes").input_value() == "tall"
    page.get_by_text("Train on it").click()
    page.locator(".legend", has_text="yes").wait_for(timeout=20_000)
    trained = cl.train(str(tmp_path / "mine.csv"), "tall", seed=1234)
    settled(page, right(trained.run, trained.data))
    assert "test:" in page.inner_text(".parts")
    (tmp_path / "bad.csv").write_bytes(b"\x00\x01")
    page.get_by_label("your own file").set_input_files(tmp_path / "bad.csv")
    page.locator(".message", has_text=re.compile(r"^bad\.csv")).wait_for()
