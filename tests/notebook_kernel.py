"""What the notebooks' tests share: a kernel of this Python that runs one, and what it showed."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path
from typing import Any


def execute(notebook: Any, folder: Path, **environment: str) -> None:
    """Run it with this Python, whatever kernels are installed, and without a port."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_client.manager import AsyncKernelManager
    from nbclient import NotebookClient

    # conftest's backend shows nothing; without it the kernel takes the one that notebooks have.
    own = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    # A socket's path must be short, so pytest's own folders will not do.
    with tempfile.TemporaryDirectory(prefix="kernel-") as sockets:
        manager = AsyncKernelManager(
            kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
            transport="ipc",
            connection_file=f"{sockets}/kernel.json",
        )
        client = NotebookClient(
            notebook,
            km=manager,
            timeout=120,
            coalesce_streams=True,
            resources={"metadata": {"path": str(folder)}},
        )
        client.execute(cleanup_kc=True, env={**own, **environment, "IPYTHONDIR": sockets})


def pictures(cell: Any) -> list[bytes]:
    """The PNG files that a cell shows."""
    shown = [each.data for each in cell.outputs if "data" in each]
    return [base64.b64decode(each["image/png"]) for each in shown if "image/png" in each]
