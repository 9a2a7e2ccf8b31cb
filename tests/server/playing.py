"""The server as a person starts it, in a process of its own, and pages that ask it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import httpx

# It would take minutes.
LONG = {
    "data": {"source": "spirals", "samples": 5_000},
    "settings": {"epochs": 20_000, "hidden": [64, 64]},
}


class Server:
    """A server that runs."""

    def __init__(self, process: subprocess.Popen[str], errors: IO[str]) -> None:
        self.process = process
        self._errors = errors
        assert process.stdout is not None
        self._stdout = process.stdout
        first, second = process.stdout.readline(), process.stdout.readline()
        found = re.fullmatch(
            r"The playground is at (http://127\.0\.0\.1:(\d+)/\?token=([\w-]{32})(#.*)?)\n", first
        )
        assert found is not None, first + self.errors()
        assert second == "Ctrl-C ends it.\n"
        self.address, self.port, self.token = found[1], int(found[2]), found[3]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def errors(self) -> str:
        self._errors.seek(0)
        return self._errors.read()

    def rest(self) -> str:
        """What it prints until it has ended."""
        return self._stdout.read()

    @contextmanager
    def asked(self, visitor: int, /, **request: Any) -> Iterator[Iterator[dict[str, Any]]]:
        """The events of a request, as they come; the page is closed with the block."""
        with (
            httpx.Client(trust_env=False, timeout=60) as page,
            page.stream(
                "POST",
                f"{self.base}/ask",
                headers={"Authorization": f"Bearer {self.token}", "Origin": self.base},
                content=json.dumps({"visitor": f"visitor-{visitor:016}", **request}),
            ) as answer,
        ):
            assert answer.status_code == 200, answer.read()
            yield (json.loads(line[6:]) for line in answer.iter_lines() if line)

    def ask(self, visitor: int, /, **request: Any) -> list[dict[str, Any]]:
        """All events of a request."""
        with self.asked(visitor, **request) as events:
            return [*events]


@contextmanager
def playing(*words: str, **options: Any) -> Iterator[Server]:
    """``classlens play`` without a browser, until the block ends."""
    command = [sys.executable, "-m", "classlens", "play", "--no-browser", *words]
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=errors, text=True, **options
        )
        assert process.stdout is not None
        try:
            with process.stdout:
                yield Server(process, errors)
        finally:
            process.kill()
            process.wait()
