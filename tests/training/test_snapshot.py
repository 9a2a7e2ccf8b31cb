"""Where a run stands, as a file: it comes back whole, and a damaged one is refused."""

from __future__ import annotations

import itertools
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import classlens as cl
from classlens import tensors
from classlens.errors import ArgumentError, ClasslensError, ModelFileError
from classlens.training import pacing, snapshot
from classlens.training.checkpoint import KEY, opened
from classlens.training.fingerprint import digests, fingerprint
from classlens.training.loop import Trainer
from classlens.training.prepare import Job, prepare
from classlens.training.standing import Standing, beginning

MODEL = Path(__file__).parents[1] / "data" / "model_format_1.safetensors"
slow = pytest.mark.slow

RULES = [
    pytest.param(
        {"validation_fraction": 0.25, "patience": 50, "history_megabytes": 0.0005}, id="adam"
    ),
    pytest.param(
        {"optimizer": "adamw", "weight_decay": 0.1, "schedule": "cosine", "shuffle": False},
        id="adamw",
    ),
    pytest.param(
        {"optimizer": "sgd", "momentum": 0.9, "l1": 1e-4, "schedule": "linear", "hidden": (4, 3)},
        id="sgd",
        marks=slow,
    ),
    pytest.param(
        {"optimizer": "rmsprop", "momentum": 0.5, "class_weight": "balanced"},
        id="rmsprop",
        marks=slow,
    ),
]


def job_of(options: dict[str, Any]) -> Job:
    settings = cl.Settings(epochs=9, batch_size=16, **options)
    return prepare(cl.blobs(90), settings, validation_data=None, sample_weight=None)


def run_of(job: Job) -> dict[str, Any]:
    return fingerprint(job, digests(job))


def kept(path: Path, standing: Standing, job: Job) -> Standing:
    """The standing, once written and read."""
    snapshot.write(path, standing, run_of(job))
    return snapshot.read(opened(path), beginning(job), run_of(job))


def assert_same(one: Standing, other: Standing) -> None:
    pairs = [
        (a, b)
        for x, y in ((one.state, other.state), (one.sums, other.sums))
        for a, b in zip(jax.tree.leaves(x), jax.tree.leaves(y), strict=True)
    ]
    assert jax.tree.structure(one.state) == jax.tree.structure(other.state)
    first, second = one.log.history(), other.log.history()
    assert first.columns() == second.columns()
    assert (first.best, one.log.stride) == (second.best, other.log.stride)
    pairs += [(first.kept, second.kept), *zip(first.parameters, second.parameters, strict=True)]
    for a, b in pairs:
        assert np.asarray(a).dtype == np.asarray(b).dtype
        np.testing.assert_array_equal(a, b)
    assert (one.watch, one.batch, one.ended) == (other.watch, other.batch, other.ended)


@pytest.mark.parametrize("options", RULES)
def test_it_comes_back_and_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    # Four of an epoch's six steps a call, so that every other call ends within an epoch.
    monkeypatch.setattr(pacing.Pace, "assumed", lambda numbers, rows: pacing.Pace(4))
    monkeypatch.setattr(pacing.Pace, "after", lambda pace, steps, seconds: pace)
    job = job_of(options)
    trainer = Trainer(job)
    others: list[Trainer] = []
    for call in itertools.count():
        if trainer.ended:
            break
        if call in (0, 1, 2, 5, 12):
            back = kept(tmp_path / "file", trainer.standing, job)
            assert_same(back, trainer.standing)
            others.append(Trainer(job, back))
        trainer.advance()
    assert len({bool(each.standing.batch) for each in others}) == 2
    for other in others:
        while not other.ended:
            other.advance()
        assert_same(other.standing, trainer.standing)


def test_sums_of_64_bits_stay_so(tmp_path: Path) -> None:
    job = job_of({})
    start = beginning(job)
    sums = jax.tree.map(
        lambda each: np.float64(0.1) if each.dtype.kind == "f" else np.int64(2**40), start.sums
    )
    back = kept(tmp_path / "file", replace(start, sums=sums, batch=1), job)
    assert jax.tree.leaves(back.sums) == [0.1, 2**40] * 2


# What is refused

JOB = job_of({"validation_fraction": 0.25})


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkpoint of ``JOB``."""
    trainer = Trainer(JOB)
    path = tmp_path_factory.mktemp("kept") / "file"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pacing.Pace, "after", lambda pace, steps, seconds: pacing.Pace(4))
        trainer._pace = pacing.Pace(4)
        for _ in range(5):
            trainer.advance()
    assert trainer.log.epochs
    assert trainer.standing.batch
    snapshot.write(path, trainer.standing, run_of(JOB))
    return path


def refusal(path: Path, kind: type[ClasslensError] = ModelFileError) -> str:
    with pytest.raises(kind) as caught:
        snapshot.read(opened(path), beginning(JOB), run_of(JOB))
    return str(caught.value)


def damaged(path: Path, content: bytes) -> str:
    path.write_bytes(content)
    said = refusal(path)
    start = f"{path} is not a checkpoint that can be used: "
    end = " Choose another path; or delete the file, and the training begins from the start."
    assert said.startswith(start)
    assert said.endswith(end)
    return said.removeprefix(start).removesuffix(end)


def test_a_file_that_was_cut(tmp_path: Path, path: Path) -> None:
    whole = path.read_bytes()
    assert damaged(tmp_path / "cut", b"") == "it is not a safetensors file."
    for length in (*range(1, len(whole), 97), len(whole) - 1):
        assert damaged(tmp_path / "cut", whole[:length])
    assert damaged(tmp_path / "cut", whole + b"\0").endswith("without gaps; was it cut?")


def test_a_flipped_bit_in_the_numbers(tmp_path: Path, path: Path) -> None:
    whole = path.read_bytes()
    start = 8 + int.from_bytes(whole[:8], "little")
    for place in (*range(start, len(whole), 131), len(whole) - 1):
        content = bytearray(whole)
        content[place] ^= 1
        said = damaged(tmp_path / "flipped", bytes(content))
        assert said == "its numbers are not those that were written."


@given(data=st.data())
def test_any_other_byte_is_refused_or_means_nothing(path: Path, data: st.DataObject) -> None:
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] = data.draw(st.integers(0, 255))
    other = path.with_name("other")
    other.write_bytes(bytes(content))
    try:
        back = snapshot.read(opened(other), beginning(JOB), run_of(JOB))
    except (ModelFileError, ArgumentError):  # the latter where another run's name is read
        return
    assert_same(back, snapshot.read(opened(path), beginning(JOB), run_of(JOB)))


def rewritten(path: Path, **entries: Any) -> bytes:
    """The file with other entries in its description, and the right sum."""
    found = opened(path)
    dtypes = {"F32": "<f4", "F64": "<f8", "I32": "<i4", "I64": "<i8"}
    start = path.stat().st_size - found.head.bytes
    arrays = {
        name: np.frombuffer(
            path.read_bytes()[slice(*(start + end for end in entry["data_offsets"]))],
            dtypes[entry["dtype"]],
        ).reshape(entry["shape"])
        for name, entry in found.head.tensors.items()
    }
    said = {**found.head.description, **entries}
    said.pop("sha256")
    other = path.with_name("rewritten")
    sha256 = entries.get("sha256", snapshot._sum(said, arrays))
    tensors.save(other, KEY, {**said, "sha256": sha256}, arrays)
    return other.read_bytes()


def test_the_helper_makes_whole_files(path: Path) -> None:
    assert rewritten(path) == path.read_bytes()


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"version": 2}, "it is of version 2, and this Classlens ("),
        ({"version": "1"}, "version must be a whole number of at least 1, and is '1'."),
        ({"written_by": 5}, "written_by must be a word, and is 5."),
        ({"extra": 1}, "its description has the unknown entry 'extra'."),
        ({"run": [1]}, "run must be an object, and is [1]."),
        ({"epochs": -1}, "epochs must be a whole number of at least 0, and is -1."),
        ({"epochs": 9}, "a run of 9 epochs that goes on cannot have had 9, the best of them"),
        ({"best": 8}, "a run of 9 epochs that goes on cannot have had"),
        ({"watched": 8}, "a run of 9 epochs that goes on cannot have had"),
        ({"batch": True}, "batch must be a whole number of at least 0, and is True."),
        ({"batch": 2**31}, "batch must be a whole number of at least 0, and is 2147483648."),
        ({"stride": 0}, "stride must be a whole number of at least 1, and is 0."),
        ({"stride": 64}, "tensor kept.0's shape must be [0, 2, 2], and is "),
        ({"columns": 3}, "columns must be 2 or 4, and is 3."),
        ({"columns": 2}, "tensor metrics.0's shape must be "),
        ({"sha256": None}, "its numbers are not those that were written."),
    ],
    ids=str,
)
def test_descriptions_that_do_not_fit(
    tmp_path: Path, path: Path, entries: dict[str, Any], words: str
) -> None:
    assert damaged(tmp_path / "other", rewritten(path, **entries)).startswith(words)


def test_other_files(tmp_path: Path, path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(MODEL.read_bytes())
    words = "it is a safetensors file without a Classlens description."
    assert damaged(other, other.read_bytes()) == words
    deep = json.dumps({"__metadata__": {KEY: "[" * 100_000}}).encode()
    content = len(deep).to_bytes(8, "little") + deep
    assert damaged(other, content) == "its description is nested too deeply."
    assert refusal(tmp_path) == f"cannot read {tmp_path}: it is a folder."
    assert refusal(tmp_path / "gone") == (
        f"cannot read {tmp_path / 'gone'}: No such file or directory."
    )


def test_a_file_that_goes_while_it_is_read(tmp_path: Path, path: Path) -> None:
    other = tmp_path / "other"
    other.write_bytes(path.read_bytes())
    found = opened(other)
    other.unlink()
    with pytest.raises(ModelFileError) as caught:
        snapshot.read(found, beginning(JOB), run_of(JOB))
    assert str(caught.value) == f"cannot read {other}: No such file or directory."


def test_another_run_is_refused_and_told_apart(path: Path) -> None:
    other = job_of({"validation_fraction": 0.25, "learning_rate": 0.02, "hidden": (3,)})
    with pytest.raises(ArgumentError) as caught:
        snapshot.read(opened(path), beginning(other), run_of(other))
    assert str(caught.value) == (
        f"{path} is a checkpoint of another training: hidden: [2] there, [3] now; learning_rate: "
        "0.01 there, 0.02 now; sizes: [2, 2, 4] there, [2, 3, 4] now. Give what it was begun with; "
        "or delete the file, and the training begins from the start."
    )
