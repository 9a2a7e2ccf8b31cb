"""What a person waits for on the live page, in the system's Chromium without a screen."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from timing import Goal, Row, at_most, installed, limited, seconds

_OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
_FLAT = Goal("at most 1.2 times", lambda ratio: ratio <= 1.2)
_SMOOTH = Goal("at least 30 a second", lambda rate: rate >= 30)

# A click that adds a point, and the milliseconds until the retrained network has been painted.
_CLICK = """(number) => new Promise((done) => {
  const box = document.querySelector(".decision .plane").getBoundingClientRect();
  const dots = document.querySelector(".dots");
  const before = dots.querySelectorAll(".point").length;
  const watch = new MutationObserver(() => {
    if (dots.querySelectorAll(".point").length !== before + 1) return;
    watch.disconnect();
    requestAnimationFrame(() => setTimeout(() => done(performance.now() - started)));
  });
  watch.observe(dots, { childList: true });
  const started = performance.now();
  const x = box.left + box.width * (0.2 + 0.02 * number);
  const event = { clientX: x, clientY: box.top + box.height / 2, button: 0 };
  document.querySelector(".decision .plane").dispatchEvent(new PointerEvent("pointerdown", event));
})"""

# How many epochs are drawn in a second of playing.
_FRAMES = """(count) => new Promise((done) => {
  const times = [];
  const label = document.querySelector(".epoch");
  const button = document.querySelector(".play");
  const go = () => button.textContent === "Play" && button.click();
  const watch = new MutationObserver(() => {
    times.push(performance.now());
    go();
    if (times.length > count) {
      watch.disconnect();
      done((1000 * count) / (times[count] - times[0]));
    }
  });
  watch.observe(label, { childList: true });
  go();
})"""


def page(quick: bool) -> Iterator[Row]:
    """The live page on this machine, its server a process of its own, both on the same cores.

    The compilation cache is empty at first, so that a new shape is compiled. Memory is the page's
    heap after ten minutes of playing, as a multiple of that after the first minute.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None or not installed("playwright"):
        yield Row("the live page", "-", "Chromium or Playwright not installed")
        return
    from playwright.sync_api import sync_playwright

    rounds, minutes = (1, 0.02) if quick else (7, 10.0)
    with _served() as address, sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=program, args=_OPTIONS)
        first = [_opened(chromium, address)[1] for _ in range(rounds)]
        yield limited("first picture after opening", first, at_most(0.7, seconds))
        view = _opened(chromium, address)[0]
        view.get_by_label("add points").check()
        clicks = [view.evaluate(_CLICK, number) / 1e3 for number in range(rounds + 2)][2:]
        yield limited("click to retrained and redrawn", clicks, at_most(0.12, seconds))
        yield limited("a layer more, compiled", _shapes(view, rounds), at_most(1.2, seconds))
        wide = f"{address}#hidden=8+8&activation=relu+relu&data=spirals&epochs=2000"
        view, _ = _opened(chromium, wide)
        view.wait_for_timeout(1000)
        rates = [view.evaluate(_FRAMES, 10 if quick else 90) for _ in range(rounds)]
        yield limited("frames while playing at 8-8 units", rates, _SMOOTH, show=_rate)
        growth = _growth(view, minutes)
        yield limited(f"memory after {minutes:g} minutes of playing", [growth], _FLAT, show=_times)
        chromium.close()
        waits = _visitors(address, 20)
        yield limited("20 visitors at once, the last", [max(waits)], at_most(2, seconds))


def _rate(value: float) -> str:
    return f"{value:.1f} a second"


def _times(value: float) -> str:
    return f"{value:.2f} times"


@contextlib.contextmanager
def _served() -> Iterator[str]:
    """The address of a live page whose compilation cache is empty."""
    command = [sys.executable, "-m", "classlens", "play", "--no-browser"]
    with (
        tempfile.TemporaryDirectory() as cache,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "JAX_COMPILATION_CACHE_DIR": cache},
        ) as server,
    ):
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        time.sleep(3)  # it has loaded JAX and trained once, as while a browser is started
        try:
            yield found[0]
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)


def _opened(chromium: Any, address: str) -> tuple[Any, float]:
    """A new page, and the seconds until its picture with its lines was there."""
    view = chromium.new_page(viewport={"width": 1500, "height": 1000})
    started = time.perf_counter()
    view.goto(address)
    view.locator(".decision .boundary").wait_for(state="attached")
    return view, time.perf_counter() - started


def _shapes(view: Any, rounds: int) -> list[float]:
    """Seconds for shapes that have not been met: a unit more, then a layer, and so on."""
    taken = []
    for number in range(rounds):
        boxes = view.locator(".diagram button.box")
        layer = number % 2 == 1
        label = "add a layer after L1" if layer else "one unit more in L1"
        before = boxes.count()
        started = time.perf_counter()
        view.get_by_label(label).click()
        boxes.nth(before + (3 if layer else 0)).wait_for()
        taken.append(time.perf_counter() - started)
    return taken


def _growth(view: Any, minutes: float) -> float:
    """The page's heap after so long a play, as a multiple of that after a tenth of it."""
    protocol = view.context.new_cdp_session(view)

    def heap() -> float:
        protocol.send("HeapProfiler.collectGarbage")
        return float(protocol.send("Runtime.getHeapUsage")["usedSize"])

    def play(until: float) -> None:
        while time.perf_counter() < until:
            if view.inner_text(".play") == "Play":
                view.click(".play")
            view.wait_for_timeout(200)

    started = time.perf_counter()
    play(started + 6 * minutes)
    early = heap()
    play(started + 60 * minutes)
    return heap() / early


def _visitors(address: str, count: int) -> list[float]:
    """Seconds that each of so many visitors waits who train at the same moment."""
    import httpx

    base, _, token = address.partition("/?token=")

    def train(seed: int) -> float:
        request = {
            "visitor": f"visitor-{seed:08d}-benchmark",
            "do": "train",
            "recipe": {"data": {"source": "blobs"}, "settings": {"seed": seed}},
        }
        headers = {"Authorization": f"Bearer {token}", "Origin": base}
        started = time.perf_counter()
        answer = httpx.post(f"{base}/ask", json=request, headers=headers, timeout=60)
        assert '"trained"' in answer.text
        return time.perf_counter() - started

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(train, range(count)))
