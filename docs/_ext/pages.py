"""What the pages show of the program: pictures, settings, errors, the help of a command."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Any, ClassVar

from docutils import nodes
from snippets import Page
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective
from typer.testing import CliRunner

from classlens import errors
from classlens.cli.program import app as program
from classlens.settings import SETTINGS

# Where the pictures of the pages are kept, from the folder of the documentation.
PICTURES = Path("_build") / "pictures"

# The page that makes the tables of the others.
TABLES = Path("howto") / "index.md"


class Picture(SphinxDirective):
    """``{picture} What it shows``: code whose last line gives a picture, and that picture."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """The code and the picture."""
        name = self.env.docname
        if "pictures" not in self.env.temp_data:  # which lives as long as the page is read
            drawn = _draw(self.env.doc2path(name), name, Path(self.env.srcdir))
            self.env.temp_data["pictures"] = drawn
        files: list[str] = self.env.temp_data["pictures"]
        code = "\n".join(self.content)
        alternative = " ".join(self.arguments[0].split())
        picture = nodes.image(uri="/" + files.pop(0), alt=alternative)
        self.set_source_info(picture)
        return [nodes.literal_block(code, code, language="python"), picture]


def _draw(page: str | os.PathLike[str], name: str, folder: Path) -> list[str]:
    """Run a page; the names of its pictures' files, from the folder on."""
    target = folder / PICTURES
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
        Page(folder / TABLES).run()
        pictures = Page(Path(page)).run()
    files = [f"{name.replace('/', '-')}-{number}.png" for number in range(len(pictures))]
    for file, picture in zip(files, pictures, strict=True):
        (target / file).write_bytes(picture)
    return [(PICTURES / file).as_posix() for file in files]


class SettingsTable(SphinxDirective):
    """``{settings}``: a row for each setting of a training."""

    def run(self) -> list[nodes.Node]:
        """The table."""
        rows = [
            (row.name, _default(row.default), f"{row.help} {row.range[:1].upper()}{row.range[1:]}.")
            for row in SETTINGS.values()
        ]
        lines = ["| setting | default | |", "|---|---|---|"]
        lines += [f"| `{name}` | `{default}` | {words} |" for name, default, words in rows]
        return self.parse_text_to_nodes("\n".join(lines))


def _default(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(str, value))
    return str(value)


class CommandHelp(SphinxDirective):
    """``{help} train``: what ``classlens train --help`` prints."""

    required_arguments: ClassVar[int] = 1

    def run(self) -> list[nodes.Node]:
        """The text."""
        (command,) = self.arguments
        environment = {"COLUMNS": "90", "NO_COLOR": "1"}
        result = CliRunner(env=environment).invoke(
            program, [command, "--help"], prog_name="classlens", terminal_width=90
        )
        if result.exit_code:
            raise ExtensionError(f"classlens {command} --help: {result.output}")
        return [nodes.literal_block(result.output, result.output, language="text")]


class ErrorTree(SphinxDirective):
    """``{errors}``: the tree of the exceptions, as their module draws it."""

    def run(self) -> list[nodes.Node]:
        """The text."""
        _, tree, *_ = (errors.__doc__ or "").split("\n\n")
        return [nodes.literal_block(tree, tree, language="text")]


class LabFirst:
    """The order of the examples: the lab, then the others by their names."""

    def __init__(self, _folder: str) -> None:
        pass

    def __call__(self, file: str) -> tuple[bool, str]:
        """What they are sorted by."""
        return file != "plot_lab.py", file


def setup(app: Sphinx) -> dict[str, Any]:
    """Add the directives."""
    app.add_directive("picture", Picture)
    app.add_directive("settings", SettingsTable)
    app.add_directive("help", CommandHelp)
    app.add_directive("errors", ErrorTree)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
