"""A browser and a live page, each started once for all tests here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hosts import browser, served


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    with browser() as started:
        yield started


@pytest.fixture(scope="session")
def server(chromium: Any) -> Iterator[str]:
    with served() as address:
        yield address


@pytest.fixture
def live(chromium: Any, server: str) -> Iterator[Any]:
    """Opens the live page; at the end there must have been no complaint in its console."""
    complaints: list[str] = []
    contexts = []

    def load(hash: str = "", *, address: str = server, **options: Any) -> Any:  # noqa: A002
        context = chromium.new_context(viewport={"width": 1500, "height": 1000}, **options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{address}{hash}")
        page.locator(".decision .boundary").wait_for(state="attached")
        return page

    yield load
    for context in contexts:
        context.close()
    assert not complaints
