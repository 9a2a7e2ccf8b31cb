"""Who may import whom: the arrows of the house point down, and few of its rooms know a library.

The source is read, not run, so that late imports and those for the type checker are seen too.
"""

from __future__ import annotations

import ast
import graphlib
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import classlens

SOURCE = Path(classlens.__file__).parent

# Lowest first. A room knows itself and the rooms of the levels below; rooms of one level do not
# know each other. The room "classlens" is the package's __init__, which names what is public.
LEVELS = [
    {"_version", "errors"},
    {"activations", "arrays", "files", "names", "reader"},
    {"scores", "measures", "tensors", "scratch"},
    {"kinds"},
    {"settings"},
    {"layer", "suiting"},
    {"network"},
    {"data"},
    {"model"},
    {"io", "training", "analysis"},
    {"explanation"},
    {"view"},
    {"plot", "survey", "report"},
    {"pictures"},
    {"keras", "lab_utils", "estimator", "lab", "tabular"},
    {"playground"},
    {"server", "notebook"},
    {"classlens"},
    {"cli"},
    {"__main__"},
]

# Late imports that point up, for the user's convenience. There are no others.
UPWARD = {
    ("classlens.model.Model.load", "classlens.io.foreign"),
    ("classlens.model.Model.save", "classlens.io.foreign"),
    ("classlens.model.as_model", "classlens.io.foreign"),
    ("classlens.network._exported", "classlens.io.foreign"),
    ("classlens.network._imported", "classlens.io.foreign"),
    ("classlens.training.run.Run.view", "classlens.notebook"),
}

# The only places that may import these libraries; everything else runs, and starts, without them.
HOMES = {
    "jax": {"training"},
    "optax": {"training"},
    "numba": {"training"},
    "matplotlib": {"view.displays", "lab_utils"},
    "contourpy": {"view.displays"},
    "safetensors": {"tensors"},
    "sklearn": {"data.shipped", "estimator"},
    "pyarrow": {"data.tables", "survey", "tabular.judging"},
    "narwhals": {"data.tables"},
    "PIL": {"data.tables"},
    "typer": {"cli"},
    "rich": {"cli"},
    "starlette": {"server"},
    "uvicorn": {"server"},
    "anywidget": {"notebook"},
    "traitlets": {"notebook"},
    "keras": {"io.keras"},
    "h5py": {"io.keras"},
    "torch": {"io.torch"},
    "onnx": {"io.onnx"},
}


class Import(NamedTuple):
    """One import: the function it stands in (or the module), the module it names, where it is."""

    scope: str
    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}, line {self.line}: imports {self.target}"


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


FILES = {module_name(path): path for path in sorted(SOURCE.rglob("*.py"))}
TREES = {name: ast.parse(path.read_text()) for name, path in FILES.items()}


def imports(module: str) -> Iterator[Import]:
    """Every import of a module, wherever it stands in it."""

    def visit(node: ast.AST, scope: str) -> Iterator[Import]:
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            scope = f"{scope}.{node.name}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(scope, module, resolve(alias.name), node.lineno)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}, line {node.lineno}: a relative import"
            for alias in node.names:
                yield Import(scope, module, resolve(f"{node.module}.{alias.name}"), node.lineno)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, scope)

    return visit(TREES[module], module)


def resolve(name: str) -> str:
    """The module of ours that a dotted name stands for or lies in, or the library's own name."""
    if name.partition(".")[0] == "classlens":
        while name not in FILES:
            name = name.rpartition(".")[0]
    return name


IMPORTS = [each for module in FILES for each in imports(module)]
OWN = [each for each in IMPORTS if each.target in FILES]


def room(module: str) -> str:
    """The part of the house that a module of ours lies in, which is the name after the first."""
    return module.split(".")[:2][-1]


def level(module: str) -> int:
    return next(number for number, rooms in enumerate(LEVELS) if room(module) in rooms)


def within(module: str, rooms: set[str]) -> bool:
    return any(f"{module}.".startswith(f"classlens.{room}.") for room in rooms)


def test_every_room_has_its_level() -> None:
    assert {room(module) for module in FILES} <= set().union(*LEVELS)


def test_imports_point_down() -> None:
    wrong = [
        str(each)
        for each in OWN
        if room(each.module) != room(each.target)
        and level(each.module) <= level(each.target)
        and (each.scope, each.target) not in UPWARD
    ]
    assert wrong == []


def test_the_imports_that_point_up_are_there() -> None:
    """One that has gone leaves the list too."""
    assert {(each.scope, each.target) for each in OWN} >= UPWARD


def test_there_are_no_circles() -> None:
    graph = {module: set[str]() for module in FILES}
    for each in OWN:
        if (each.scope, each.target) not in UPWARD:
            graph[each.module].add(each.target)
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, naming the modules


@pytest.mark.parametrize("library", HOMES)
def test_a_library_is_imported_at_home_only(library: str) -> None:
    wrong = [
        str(each)
        for each in IMPORTS
        if each.target.partition(".")[0] == library and not within(each.module, HOMES[library])
    ]
    assert wrong == []


def test_modules_of_ours_are_imported_by_name_in_one_place_only() -> None:
    """``importlib`` would hide an import from these tests; the package's __init__ needs it."""
    found = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and "import" in ast.unparse(node.func)
        and any("classlens" in ast.unparse(argument) for argument in node.args)
    }
    assert found == {"classlens"}


def test_what_computes_runs_without_jax_and_without_drawing() -> None:
    """What the imports say, once more by running them: no library brings another one in."""
    light = [
        module
        for module in FILES
        if level(module) <= level("classlens.view")
        and not within(module, {"training", "view.displays"})
    ]
    absent = ["jax", "optax", "matplotlib", "sklearn", "typer"]
    code = (
        "import importlib, sys\n"
        f"for module in {light}: importlib.import_module(module)\n"
        f"print([library for library in {absent} if library in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_no_module_bears_the_name_of_a_public_function() -> None:
    """``classlens.fit`` would be one or the other, after what happened to be imported before."""
    functions = {name for name in classlens.__all__ if inspect.isfunction(getattr(classlens, name))}
    assert {"fit", "blobs", "load"} <= functions
    assert functions & {part for module in FILES for part in module.split(".")} == set()


def test_a_file_has_at_most_350_lines() -> None:
    kinds = {".py", ".js", ".css", ".html"}
    lines = {
        path.relative_to(SOURCE).as_posix(): len(path.read_text().splitlines())
        for path in SOURCE.rglob("*")
        if path.suffix in kinds
    }
    assert {name: count for name, count in lines.items() if count > 350} == {}


def test_no_two_test_files_have_one_name() -> None:
    """pytest imports them by their names alone, and would refuse the second one."""
    names = [path.name for path in Path(__file__).parent.rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))
