"""The code of a page: its blocks, in order, in one namespace. The build and the tests share it.

A page marks its blocks by the word behind the fence:

- ``python`` is run.
- ``{picture} words`` is run, too; its last line gives a picture, which the build puts beneath it.
- ``console`` holds commands; the tests run the lines that begin with ``classlens``.
- ``text`` right behind one of these is what that block prints; ``...`` stands for anything, and of
  what commands print it may be a part.

Blocks with other words, such as ``bash`` and ``yaml``, are only shown.
"""

from __future__ import annotations

import ast
import contextlib
import doctest
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_FENCE = re.compile(
    r"^(?P<fence>`{3,})(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL
)
_SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class WrongPageError(Exception):
    """A block of a page does not print what the page says, or gives no picture."""


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        kind: the first word behind the fence.
        code: what stands in it.
        line: the number of its first line in the page, counted from 1.
        printed: what the page says that it prints, or None.
    """

    kind: str
    code: str
    line: int
    printed: str | None = None


@dataclass(frozen=True)
class Page:
    """A page of the documentation, or the README."""

    path: Path

    def blocks(self, *kinds: str) -> list[Block]:
        """The blocks of these kinds, in their order."""
        return [block for block in _blocks(self.path.read_text()) if block.kind in kinds]

    def run(self) -> list[bytes]:
        """Run the Python blocks; the pictures that they give, as the bytes of PNG files.

        Raises:
            WrongPageError: if a block prints something else, or should give a picture and does not.
        """
        names: dict[str, Any] = {"__name__": "__main__"}
        pictures = []
        for block in self.blocks("python", "{picture}"):
            shown = io.StringIO()
            with contextlib.redirect_stdout(shown):
                value = _value(block, self.path, names)
            self.check(block, shown.getvalue())
            if block.kind == "{picture}":
                if not hasattr(value, "png"):
                    raise WrongPageError(
                        f"{self.path}:{block.line}: the last line gives no picture."
                    )
                pictures.append(value.png())
        return pictures

    def check(self, block: Block, printed: str) -> None:
        """See that a block has printed what the page says.

        Raises:
            WrongPageError: if it has not.
        """
        if block.printed is None:
            return
        said, found = block.printed, printed
        if block.kind == "console":  # a part will do: signs around it for what stands there
            said, found = f"... {said} ...", f"| {found} |"
        if not doctest.OutputChecker().check_output(said, found, _SAME):
            raise WrongPageError(
                f"{self.path}:{block.line}: the page says\n{block.printed}\nthe code\n{printed}"
            )


def _blocks(text: str) -> Iterator[Block]:
    before: Block | None = None
    end = 0
    for match in _FENCE.finditer(text):
        kind, _, _ = match["info"].strip().partition(" ")
        between = text[end : match.start()].strip()
        end = match.end()
        if kind in ("text", "") and before is not None and not between:
            yield Block(before.kind, before.code, before.line, match["body"])
            before = None
            continue
        if before is not None:
            yield before
        line = text.count("\n", 0, match.start("body")) + 1
        before = Block(kind, match["body"], line)
    if before is not None:
        yield before


def _value(block: Block, path: Path, names: dict[str, Any]) -> Any:
    """Run a block; the value of its last line if that is an expression, else None."""
    # Empty lines in front, so that a traceback shows the line of the page.
    tree = ast.parse("\n" * (block.line - 1) + block.code, str(path))
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        exec(compile(tree, str(path), "exec"), names)  # noqa: S102 - the page is ours
        return None
    before = ast.Module(tree.body[:-1], type_ignores=[])
    exec(compile(before, str(path), "exec"), names)  # noqa: S102
    return eval(compile(ast.Expression(last.value), str(path), "eval"), names)  # noqa: S307
