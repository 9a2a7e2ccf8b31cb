"""The page's files: small, without addresses, and one module when joined."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from test_forward import node

from classlens.view.bundle import _COMMENT, _scoped, bundle, modules, page_file

FILES = sorted(
    file.name for file in (resources.files("classlens.view") / "page").iterdir() if file.is_file()
)
# A host's module, and the function that it gives.
ENTRIES = {"report": "mount", "http": "start", "widget": "render"}


@pytest.mark.parametrize("host", ["report", "http", "widget"])
def test_the_page_weighs_little(host: str) -> None:
    assert len(bundle(host).encode()) + len(page_file("style.css").encode()) < 150_000


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", page_file(name), flags=re.DOTALL)  # types name modules
    text = text.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?://|\bimport\(|url\(|@import", text)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".js")])
def test_no_text_goes_over_several_lines(name: str) -> None:
    """The joined module's lines are not indented."""
    text = _COMMENT.sub("", page_file(name))
    code = re.sub(r"/\*.*?\*/|//.*", "", text)
    assert [line for line in code.splitlines() if line.count("`") % 2] == []


@pytest.mark.parametrize("entry", ENTRIES)
def test_modules_come_after_what_they_import(entry: str) -> None:
    given = modules(entry)
    assert list(given)[-1] == entry
    seen: set[str] = set()
    for name, text in given.items():
        assert set(re.findall(r'^import .* from "\./(\w+)\.js";$', text, re.MULTILINE)) <= seen
        seen.add(name)
    # The forward pass imports nothing.
    assert "import " not in given["network"].replace("imports nothing", "")


def test_a_page_brings_only_what_it_needs() -> None:
    """A report is mailed: it has none of the live page's controls."""
    live = {f"{name}.js" for entry in ("http", "widget") for name in modules(entry)}
    assert live | {"report.js", "style.css"} == set(FILES)
    assert not {"live", "recipe", "controls", "ask", "session"} & set(modules("report"))


@pytest.mark.parametrize(("entry", "name"), ENTRIES.items())
def test_the_joined_module_is_one(entry: str, name: str, tmp_path: Path) -> None:
    file = tmp_path / "page.mjs"
    file.write_text(bundle(entry))
    script = (
        f"import({str(file)!r}).then((page) => "
        "process.stdout.write(Object.entries(page).map(([k, v]) => k + ' ' + typeof v).join()))"
    )
    assert node("-e", script) == f"{name} function"


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError, match=r"none\.js"):
        bundle("none")


@pytest.mark.parametrize(
    "line", ['import x from "./y.js";\n', "export default 1;\n", 'export { a } from "./b.js";\n']
)
def test_what_cannot_be_joined(line: str) -> None:
    with pytest.raises(ValueError, match=r"report\.js: this cannot be joined with the others"):
        _scoped("report", line)
