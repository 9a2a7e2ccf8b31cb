"""What goes into a page: its files, its modules joined to one, and data."""

from __future__ import annotations

import functools
import graphlib
import json
import re
from importlib import resources
from typing import Any

_IMPORT = re.compile(
    r"^import (?:\{ (?P<names>[\w, ]+) \}|\* as (?P<all>\w+)) "
    r'from "\./(?P<file>\w+)\.js";\n',
    re.MULTILINE,
)
# Lines that are nothing but a comment: they are for who reads the files.
_COMMENT = re.compile(r"^[ \t]*(?:/\*\*.*?\*/|//[^\n]*)\n", re.MULTILINE | re.DOTALL)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_EXPORT = re.compile(r"^export (?P<kind>(?:async )?function|const) (?P<name>\w+)", re.MULTILINE)


def page_file(name: str) -> str:
    """The text of one of the page's files.

    Raises:
        FileNotFoundError: if there is none.
    """
    return resources.files("classlens.view").joinpath("page", name).read_text("utf-8")


def embedded(value: Any) -> str:
    """JSON that may stand in a page's script element: no name in it can end that."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


@functools.cache
def modules(entry: str) -> dict[str, str]:
    """A module of the page and all that it needs, by name, each after those that it imports.

    Args:
        entry: the module's name without the ending, such as ``report``.
    """
    texts: dict[str, str] = {}
    wanted = [entry]
    while wanted:
        name = wanted.pop()
        if name not in texts:
            texts[name] = page_file(f"{name}.js")
            wanted += [each["file"] for each in _IMPORT.finditer(texts[name])]
    known = {
        name: {each["file"] for each in _IMPORT.finditer(text)} for name, text in texts.items()
    }
    return {name: texts[name] for name in graphlib.TopologicalSorter(known).static_order()}


@functools.cache
def bundle(entry: str) -> str:
    """A module of the page and all that it needs as one, which exports what it does.

    Each becomes a function that runs once and gives what it exports, so that their names do not
    meet.

    Args:
        entry: the module's name: ``report``, or a live host's.

    Example:
        >>> bundle("report").splitlines()[-1]
        'export const { mount } = _report;'
    """
    given = modules(entry)
    parts = [_scoped(name, text) for name, text in given.items()]
    names = ", ".join(each["name"] for each in _EXPORT.finditer(given[entry]))
    return "\n".join([*parts, f"export const {{ {names} }} = _{entry};"])


def _scoped(name: str, text: str) -> str:
    text = _INDENT.sub("", _COMMENT.sub("", text))
    exported = ", ".join(each["name"] for each in _EXPORT.finditer(text))
    body = _EXPORT.sub(r"\g<kind> \g<name>", _IMPORT.sub(_bound, text))
    rest = re.search(r"^(?:import|export)\b.*", body, re.MULTILINE)
    if rest:
        raise ValueError(f"{name}.js: this cannot be joined with the others: {rest[0]}")
    return f"const _{name} = (() => {{\n{body}return {{ {exported} }};\n}})();"


def _bound(match: re.Match[str]) -> str:
    names = match["all"] or f"{{ {match['names']} }}"
    return f"const {names} = _{match['file']};\n"
