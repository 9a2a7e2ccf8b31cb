"""Two processes on this machine that carry out one command together."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping
from types import MappingProxyType


class Two:
    """Both of them, started.

    Args:
        *words: the command, without what joins them.
        only: more words for one of them.
    """

    def __init__(
        self, *words: object, only: Mapping[int, list[str]] = MappingProxyType({})
    ) -> None:
        with socket.socket() as own:
            own.bind(("127.0.0.1", 0))
            port = own.getsockname()[1]
        command = [sys.executable, "-m", "classlens", *map(str, words)]
        command += ["--coordinator", f"127.0.0.1:{port}", "--processes", "2", "--process-id"]
        self.processes = [
            subprocess.Popen(
                [*command, str(index), *only.get(index, [])],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for index in (0, 1)
        ]

    def ended(self, index: int, seconds: float = 300) -> tuple[int, str, str]:
        """Status, output and errors of one."""
        out, errors = self.processes[index].communicate(timeout=seconds)
        return self.processes[index].returncode, out, errors
