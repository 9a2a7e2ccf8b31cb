"""The public names: which they are, that each is there, and that they cost nothing until used."""

from __future__ import annotations

import ast
import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import classlens

HEAVY = {"jax", "matplotlib", "numpy", "optax", "scipy", "sklearn"}


def test_the_names() -> None:
    assert classlens.__all__ == [
        "Activation",
        "ArgumentError",
        "Checkpoint",
        "ClasslensError",
        "DataError",
        "Dataset",
        "DivergedError",
        "Explanation",
        "FalseFindingError",
        "History",
        "Layer",
        "Measures",
        "MissingLibraryError",
        "Model",
        "ModelFileError",
        "Network",
        "NeuralClassifier",
        "NotFittedError",
        "OutputError",
        "ProcessesError",
        "Run",
        "Settings",
        "Slice",
        "Streamed",
        "Survey",
        "Table",
        "TableError",
        "Trained",
        "__version__",
        "as_model",
        "blobs",
        "checkerboard",
        "evaluate",
        "explain",
        "explain_example",
        "fit",
        "load",
        "path",
        "pinwheel",
        "plot",
        "predict",
        "read_table",
        "regions",
        "rings",
        "samples_of",
        "spirals",
        "sweep",
        "train",
        "train_from_disk",
        "units",
        "verify",
        "write_report",
    ]
    assert dir(classlens) == classlens.__all__


@pytest.mark.parametrize("name", classlens.__all__)
def test_each_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(classlens, name)
    assert value is getattr(classlens, name)
    if name != "__version__":
        assert inspect.getdoc(value)


def test_where_the_names_live_is_what_a_type_checker_is_told() -> None:
    tree = ast.parse(Path(classlens.__file__).read_text())
    (block,) = (
        node
        for node in tree.body
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    )
    told = {
        alias.name: (each.module or "").removeprefix("classlens").removeprefix(".")
        for each in block.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    assert told == classlens._HOMES
    assert sorted([*told, "__version__"]) == classlens.__all__


def test_a_name_is_its_homes() -> None:
    for name, home in classlens._HOMES.items():
        module = importlib.import_module(f"classlens.{home or name}")
        assert getattr(classlens, name) is (getattr(module, name) if home else module)


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'classlens' has no attribute 'fits'$"):
        classlens.fits  # noqa: B018


def loaded(*arguments: str) -> set[str]:
    """The top-level packages that Python loads when it is called like this."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *arguments], capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


def test_importing_the_package_loads_none_of_its_libraries() -> None:
    packages = loaded("-c", "import classlens")
    assert "classlens" in packages
    assert packages & (HEAVY | {"typer", "rich"}) == set()


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["lab", "--help"]])
def test_the_help_waits_for_no_library(arguments: list[str]) -> None:
    packages = loaded("-m", "classlens", *arguments)
    assert "typer" in packages
    assert packages & HEAVY == set()
