"""Run the benchmarks and print their tables; ``make bench`` keeps them in RESULTS.md.

python benchmarks/run.py                 all of them, kept in RESULTS.md
python benchmarks/run.py --only lab      one of them
python benchmarks/run.py --quick         tiny sizes, only to see that everything runs
python benchmarks/run.py ... -o FILE     keep the tables in FILE
"""

from __future__ import annotations

import argparse
import datetime as dt
import importlib
import os
import platform
import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib import metadata
from pathlib import Path
from types import MappingProxyType

from timing import HEADINGS, Row

# name -> "module:function" of this folder. The function takes ``quick`` and gives rows; its
# docstring says what it measures.
BENCHMARKS: Mapping[str, str] = MappingProxyType(
    {
        "lab": "training:lab",
        "startup": "startup:commands",
        "rates": "training:rates",
        "keras": "keras_fit:keras_fit",
        "progress": "progress:progress",
        "geometry": "geometry:geometry",
        "accuracy": "accuracy:accuracy",
        "tables": "tables:tables",
        "page": "page:page",
        "sweeps": "sweeps:sweeps",
        "streaming": "streaming:streaming",
    }
)

RESULTS = Path(__file__).parent / "RESULTS.md"
LIBRARIES = (
    "classlens",
    "numpy",
    "jax",
    "optax",
    "matplotlib",
    "scikit-learn",
    "torch",
    "keras",
    "tensorflow",
)

_READING = (
    "All contestants of a table were measured in turn in one process, or one process each, after a "
    "warm-up. The ratio says how many times faster ours was: the median of the rounds, and their "
    "range."
)


def main(arguments: list[str]) -> None:
    """Measure what the arguments ask for."""
    given = _parser().parse_args(arguments)
    # A part of the tables, or tables of tiny sizes, must not take the place of the whole.
    file = given.file or (None if given.only or given.quick else RESULTS)
    whole = not (given.only or given.quick)
    command = "make bench" if whole else shlex.join(["python", "benchmarks/run.py", *arguments])
    warning = "Tiny sizes: the numbers mean nothing. " if given.quick else ""
    parts = [f"# Benchmarks\n\nReproduce with `{command}`. {warning}{_READING}\n", machine()]
    print(*parts, sep="\n", flush=True)
    for name in [given.only] if given.only else BENCHMARKS:
        parts.append(section(name, quick=given.quick))
        print(parts[-1], flush=True)
    if file is not None:
        file.write_text("\n".join(parts))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="tiny sizes")
    parser.add_argument("--only", choices=BENCHMARKS, help="one of the benchmarks")
    parser.add_argument("-o", type=Path, dest="file", metavar="FILE", help="where to keep them")
    return parser


def machine() -> str:
    """The machine, the versions and the day, as a list."""
    lines = {
        "Processor": f"{_processor()}, {os.cpu_count()} cores",
        "JAX's devices": _devices(),
        "System": platform.platform(),
        "Python": platform.python_version(),
        "Libraries": ", ".join(f"{name} {_version(name)}" for name in LIBRARIES),
        "Date": dt.datetime.now(dt.UTC).date().isoformat(),
        # Of the minute before: what else the machine was doing.
        "Load before": f"{os.getloadavg()[0]:.1f}",
    }
    return "".join(f"- {name}: {words}\n" for name, words in lines.items())


def section(name: str, *, quick: bool) -> str:
    """A benchmark's heading, what it measures, and its table."""
    module, _, function = BENCHMARKS[name].partition(":")
    benchmark: Callable[[bool], Iterable[Row]] = getattr(importlib.import_module(module), function)
    words = " ".join((benchmark.__doc__ or "").split())
    return f"## {name}\n\n{words}\n\n{table(benchmark(quick))}"


def table(rows: Iterable[Row]) -> str:
    """Rows as a Markdown table."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(row.cells() for row in rows)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _devices() -> str:
    import jax

    kinds = [device.device_kind for device in jax.devices()]
    return ", ".join(f"{kinds.count(kind)} x {kind}" for kind in dict.fromkeys(kinds))


def _version(library: str) -> str:
    try:
        return metadata.version(library)
    except metadata.PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    """The processor's name, which Python itself does not know on Linux."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


if __name__ == "__main__":
    main(sys.argv[1:])
