"""Every snippet and command of the pages and of the README runs, and prints what the page says."""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
sys.path.insert(0, str(DOCS / "_ext"))  # the build and the tests run a page in one way

from snippets import Page, WrongPageError  # noqa: E402

import classlens as cl  # noqa: E402
from classlens import lab_utils  # noqa: E402
from classlens.cli import program  # noqa: E402

MADE = {DOCS / "_build", DOCS / "gallery", DOCS / "reference" / "api"}
PAGES = [
    ROOT / "README.md",
    *sorted(path for path in DOCS.rglob("*.md") if MADE.isdisjoint(path.parents)),
]
# The tables that pages speak of are made by a page, too.
TABLES = DOCS / "howto" / "index.md"
slow = pytest.mark.slow

# Pages whose code takes seconds: it trains larger networks, or loads other libraries.
LONG = {
    "README.md",
    "docs/models-in-and-out.md",
    *(f"docs/howto/{name}.md" for name in ("long-trainings", "play", "sweep", "train")),
}


def having(*kinds):
    names = [str(path.relative_to(ROOT)) for path in PAGES if Page(path).blocks(*kinds)]
    cases = [pytest.param(ROOT / name, id=name, marks=[slow] * (name in LONG)) for name in names]
    return pytest.mark.parametrize("path", cases)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with the tables that pages speak of, where the code runs."""
    monkeypatch.setenv("KERAS_BACKEND", "numpy")
    monkeypatch.chdir(tmp_path)
    Page(TABLES).run()
    return tmp_path


def begin_and_end(command):
    """A command that goes on until Ctrl-C: how it ends, and what it says."""
    pipe = subprocess.PIPE
    words = [sys.executable, "-m", "classlens", *command, "--no-browser"]
    with subprocess.Popen(words, stdout=pipe, stderr=subprocess.STDOUT, text=True) as it:
        first = it.stdout.readline()
        it.send_signal(signal.SIGINT)
        rest = it.communicate(timeout=60)[0]
    return it.returncode, first + rest


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")  # Keras's
@having("python", "{picture}")
def test_the_snippets_of(path, folder):
    Page(path).run()


@slow
@having("console")
def test_the_commands_of(path, folder, capsys, monkeypatch):
    """In their order, in one folder, in this process: some use what others have written."""
    page = Page(path)
    for block in page.blocks("console"):
        printed = ""
        for line in re.sub(r"\\\n\s*", "", block.code).splitlines():
            name, *arguments = shlex.split(line, comments=True)
            if name != "classlens":
                continue
            if arguments[0] == "play":
                status, said = begin_and_end(arguments)
                assert (status, said[:21]) == (0, "The playground is at "), said
                continue
            monkeypatch.setattr(sys, "argv", [name, *arguments])
            with pytest.raises(SystemExit) as ending:
                program.main()
            out, err = capsys.readouterr()
            expected = 2 if "Error:" in (block.printed or "") else 0
            assert (ending.value.code or 0) == expected, f"{path.name}: {line}: {err}"
            printed += out + err * expected
        page.check(block, printed)


@slow
def test_the_documentation_is_built_without_a_warning(tmp_path):
    """In a copy, so that nothing is left behind; with no address but its own in any page."""
    pytest.importorskip("sphinx")
    made = shutil.ignore_patterns("_build", "gallery", "api", "__pycache__")
    for name in ("docs", "examples", "benchmarks"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=made)
    for name in ("CHANGELOG.md", "CONTRIBUTING.md", "README.md"):
        shutil.copy(ROOT / name, tmp_path)
    site = tmp_path / "site"
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        "docs",
        site,
    ]
    # Keras adds arrays of different ranks, which our own code must not.
    mild = {**os.environ, "JAX_NUMPY_RANK_PROMOTION": "allow"}
    built = subprocess.run(
        command, cwd=tmp_path, env=mild, capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    pages = [*site.rglob("*.html")]
    assert len(pages) > 100
    for page in pages:
        fetched = re.findall(
            r"<(?:script|img|link|iframe)[^>]*(?:src|href)=\"(?:https?:)?//[^\"]*", page.read_text()
        )
        assert not fetched, (page, fetched)
    scripts = sorted(each.stem for each in (ROOT / "examples").glob("*.py"))
    assert scripts
    for name in scripts:
        assert (site / "gallery" / f"{name}.html").exists()


def page_of(folder, text):
    path = folder / "page.md"
    path.write_text(text)
    return Page(path)


def test_a_page_s_blocks_share_their_names_and_their_output_is_compared(tmp_path):
    page = page_of(
        tmp_path,
        "# A\n\n```python\na = 1\n```\n\n```python\nprint(a, 2.5)\n```\n\n```text\n1 ...\n```\n",
    )
    assert page.run() == []
    assert [(block.line, block.printed) for block in page.blocks("python")] == [
        (4, None),
        (8, "1 ...\n"),
    ]


def test_a_wrong_output_is_told_with_its_place(tmp_path):
    page = page_of(tmp_path, "```python\nprint(1)\n```\n\n```text\n2\n```\n")
    with pytest.raises(WrongPageError, match=r"page.md:2: the page says\n2\n\nthe code\n1\n"):
        page.run()


def test_a_picture_is_one(tmp_path):
    page = page_of(tmp_path, "```{picture} Nothing\n3\n```\n")
    with pytest.raises(WrongPageError, match=r"page.md:2: the last line gives no picture\."):
        page.run()
    page = page_of(
        tmp_path, "```{picture} Points\nimport classlens as cl\n\ncl.plot.data(cl.blobs())\n```\n"
    )
    (picture,) = page.run()
    assert picture.startswith(b"\x89PNG")


def test_text_that_stands_apart_is_no_output(tmp_path):
    page = page_of(tmp_path, "```python\nprint(1)\n```\n\nWords.\n\n```text\n2\n```\n")
    assert page.run() == []


def test_the_reference_has_every_public_name():
    text = "".join((DOCS / "reference" / name).read_text() for name in ("python.md", "errors.md"))
    tables = re.findall(r"currentmodule:: (\S+)\n\n.*\n.*\n.*\n\n((?:   \w+\n)+)", text)
    listed = {(module, name) for module, names in tables for name in names.split()}
    public = {("classlens", name) for name in cl.__all__ if name not in ("__version__", "plot")}
    public |= {("classlens.plot", name) for name in cl.plot.__all__}
    public |= {("classlens.lab_utils", name) for name in lab_utils.__all__ if name[0] == "p"}
    assert listed == public | {("classlens.keras", "fit")}


def test_each_link_within_the_repository_leads_somewhere():
    for path in PAGES:
        for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#\s]+)[^)]*\)", path.read_text()):
            assert ":" in link or (path.parent / link).exists(), (path, link)
