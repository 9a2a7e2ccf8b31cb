"""Where the page is run by tests: what is missing skips them, unless the environment forbids it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, NoReturn

import pytest

# Set where a run without these tests must fail, as in continuous integration.
REQUIRED = "CLASSLENS_PAGE_TESTS"


def needed(what: str) -> NoReturn:
    """Skip the test for want of something; fail where the page's tests are required."""
    if os.environ.get(REQUIRED):
        pytest.fail(what)
    pytest.skip(what)


@contextmanager
def browser() -> Iterator[Any]:
    """The system's Chromium, driven by Playwright."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        needed("Playwright was not found: pip install playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        needed("Chromium was not found: install the system's package chromium")
    with sync_playwright() as driver:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = driver.chromium.launch(executable_path=program, args=options)
        try:
            yield started
        finally:
            started.close()


def served(*words: str) -> AbstractContextManager[str]:
    """The address of a live page, served by a process of its own."""
    return running("-m", "classlens", "play", "--no-browser", *words)


@contextmanager
def running(*words: str) -> Iterator[str]:
    """The address that a Python program prints which serves a live page."""
    with subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as p:
        assert p.stdout is not None
        found = re.search(r"http://\S+", p.stdout.readline())
        assert found is not None
        try:
            yield found[0]
        finally:
            p.send_signal(signal.SIGINT)
            assert p.communicate(timeout=30)[0].endswith("Ended.\n")
