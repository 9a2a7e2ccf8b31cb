"""What is no table is refused, and told why and where; nothing hangs, and little memory is used."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from corpus import Case, prepared
from corpus_bad import BAD
from corpus_typed_bad import TYPED_BAD

from classlens.errors import ArgumentError, TableError

CASES = [*BAD, *TYPED_BAD]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_it_is_refused(case: Case, tmp_path: Path) -> None:
    path = case.write(tmp_path)
    assert case.error is not None
    with pytest.raises((TableError, ArgumentError)) as caught:
        prepared(path, case.target, **case.options)
    words = str(caught.value)
    assert re.fullmatch(case.error.replace("{}", re.escape(str(path))), words, re.DOTALL), words
    if isinstance(caught.value, TableError) and f"{path}, line " in words:
        assert caught.value.file == str(path)
        assert f"{path}, line {caught.value.line}: " in words


def test_the_names_of_cases_differ() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.slow
def test_all_of_it_takes_less_than_a_gigabyte(tmp_path: Path) -> None:
    words = (
        "import sys, tempfile, time\n"
        "from pathlib import Path\n"
        f"sys.path.insert(0, {str(Path(__file__).parent)!r})\n"
        "from corpus import prepared\n"
        "from corpus_bad import BAD\n"
        "from corpus_typed_bad import TYPED_BAD\n"
        # Not ru_maxrss, which a process inherits from the one that starts it.
        "peak = lambda: int(Path('/proc/self/status').read_text().split('VmHWM:')[1].split()[0])\n"
        "slowest = 0.0\n"
        "for number, case in enumerate([*BAD, *TYPED_BAD]):\n"
        f"    folder = Path({str(tmp_path)!r}) / str(number)\n"
        "    folder.mkdir()\n"
        "    path, start = case.write(folder), time.monotonic()\n"
        "    try:\n"
        "        prepared(path, case.target, **case.options)\n"
        "    except ValueError:\n"
        "        pass\n"
        "    slowest = max(slowest, time.monotonic() - start)\n"
        "print(slowest, peak())\n"
    )
    output = subprocess.check_output([sys.executable, "-c", words], text=True, timeout=300)
    seconds, kilobytes = (float(word) for word in output.split())
    assert seconds < 30
    assert kilobytes < 1_000_000
