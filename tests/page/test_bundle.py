"""The page's files: small, without addresses, and one module when joined."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import pytest
from test_forward import node

from classlens.view import bundle
from classlens.view.bundle import modules, page_file

FILES = sorted(
    file.name for file in (resources.files("classlens.view") / "page").iterdir() if file.is_file()
)


def test_the_page_weighs_little() -> None:
    assert sum(len(page_file(name).encode()) for name in FILES) < 150_000


@pytest.mark.parametrize("name", FILES)
def test_nothing_is_fetched_from_elsewhere(name: str) -> None:
    text = re.sub(r"/\*.*?\*/", "", page_file(name), flags=re.DOTALL)  # types name modules
    text = text.replace("http://www.w3.org/2000/svg", "")  # a name, not an address
    assert not re.search(r"https?://|\bimport\(|url\(|@import", text)


def test_modules_come_after_what_they_import() -> None:
    names = list(modules())
    assert names[-1] == "main"
    assert names.index("network") < names.index("payload") < names.index("main")
    # The forward pass imports nothing.
    assert "import " not in modules()["network"].replace("imports nothing", "")


def test_the_joined_module_is_one(tmp_path: Path) -> None:
    file = tmp_path / "page.mjs"
    file.write_text(bundle.bundle())
    script = f"import({str(file)!r}).then((page) => process.stdout.write(typeof page.mount))"
    assert node("-e", script) == "function"


@pytest.mark.parametrize(
    "line", ['import x from "./y.js";\n', "export default 1;\n", 'export { a } from "./b.js";\n']
)
def test_what_cannot_be_joined(line: str) -> None:
    with pytest.raises(ValueError, match=r"main\.js: this cannot be joined with the others"):
        bundle._scoped("main", line)
