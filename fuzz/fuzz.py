"""Feed readers with files that a coverage-guided fuzzer makes up, and see that nothing breaks.

python fuzz/fuzz.py tables 600      the readers of tables, for 600 seconds
python fuzz/fuzz.py models 600      the loader of model files

Whatever the bytes, a file must be read or refused in our own words, within 30 seconds and a
gigabyte. What is not is kept in ``fuzz/found/``, and the exit status says so.
"""

from __future__ import annotations

import gzip
import io
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import atheris

with atheris.instrument_imports(include=["classlens"]):
    import classlens as cl
    from classlens.data.encode import Encoding, Feature
    from classlens.data.tables import reading
    from classlens.io import native
    from classlens.tabular import judging, preparing

import numpy as np
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet

_FOUND = Path(__file__).parent / "found"
_SECONDS, _MEGABYTES, _BYTES = 30, 1000, 4096

# Between the header and the numbers of a model file whose length is yet to be written before it:
# else hardly a file that the fuzzer changes would get past its length.
_MARK = b"\xff\xfe\xfd"

# The first byte of what the fuzzer makes says which of these the rest is.
_ENDINGS = ("csv", "csv.gz", "jsonl", "parquet", "arrow", "npy", "npz")


def _table(path: Path, data: bytes) -> None:
    """Read a table as training and then as prediction does."""
    file = path.with_suffix("." + _ENDINGS[data[0] % len(_ENDINGS)])
    file.write_bytes(data[1:])
    try:
        table = cl.read_table(file)
        table.describe()
        prepared = preparing.prepare(file, table.columns[-1].name, missing="impute")
        kinds = prepared.encoding.kinds
        rows = [len(batch) for batch in reading.read_batches(file, kinds=kinds)]
        if abs(sum(rows) - len(table)) > 1:  # the first line may be a row, where kinds are known
            raise AssertionError(f"{len(table)} rows at once, {sum(rows)} in batches")
    except cl.ClasslensError as error:
        _check_words(str(error))
    finally:
        file.unlink()


def _model(path: Path, data: bytes) -> None:
    """Load a model; what loads must save, and predict finite numbers."""
    header, mark, numbers = data.partition(_MARK)
    path.write_bytes(len(header).to_bytes(8, "little") + header + numbers if mark else data)
    try:
        model = cl.Model.load(path)
    except cl.ModelFileError as error:
        _check_words(str(error))
        return
    native.save(model, path)
    shares = model.predict_proba(np.zeros((1, model.network.inputs)))
    if not np.isfinite(shares).all():
        raise AssertionError("a share is not finite")
    repr(model)
    judging.columns_of(model)


def _check_words(message: str) -> None:
    if not message.strip() or len(message) > 2_000:
        raise AssertionError(f"a message of {len(message)} characters")


def _tables() -> list[bytes]:
    """A small file of each kind."""
    text = b"x,colour,y\n" + b"1.5,red,a\n-2,blue,b\n,red,a\n3e4,blue,b\n" * 5
    columns = pa.table({"x": [1.5, 2.0, None], "w": ["a", "b", "a"], "y": ["u", "v", "u"]})
    files = {
        "csv": text,
        "csv.gz": gzip.compress(text, mtime=0),
        "jsonl": b'{"x": 1.5, "y": "a"}\n{"x": null, "y": "b"}\n' * 5,
        "parquet": _written(lambda sink: pa.parquet.write_table(columns, sink)),
        "arrow": _written(lambda sink: pa.feather.write_feather(columns, sink)),
        "npy": _written(lambda sink: np.save(sink, np.arange(12.0).reshape(4, 3))),
        "npz": _written(lambda sink: np.savez(sink, X=np.eye(4), y=np.array([0, 1, 0, 1]))),
    }
    return [bytes([_ENDINGS.index(ending)]) + content for ending, content in files.items()]


def _models() -> list[bytes]:
    """A model of arrays, and one of a table with every kind of column."""
    encoding = Encoding(
        (
            Feature("x", "number", low=-1.0, high=2.5, fill=0.5, missing=True),
            Feature("on", "boolean", ("no", "yes")),
            Feature("colour", "category", ("blue", "red"), missing=True),
        ),
        "y",
        ("NA",),
    )
    rng = np.random.default_rng(0)
    network = cl.Network.from_arrays(
        [rng.normal(size=(6, 3)), rng.normal(size=(3, 2))], [np.zeros(3), np.zeros(2)]
    )
    models = (
        cl.Model(network, encoding.names, cl.Settings(), encoding),
        cl.fit(cl.blobs(), epochs=1).model,
    )
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        seeds = []
        for model in models:
            model.save(path)
            whole = path.read_bytes()
            size = 8 + int.from_bytes(whole[:8], "little")
            seeds += [whole, whole[8:size] + _MARK + whole[size:]]
    return seeds


def _written(write: Callable[[io.BytesIO], object]) -> bytes:
    sink = io.BytesIO()
    write(sink)
    return sink.getvalue()


# name -> (what is done with a file, the files that the fuzzer starts from)
_TARGETS: Mapping[str, tuple[Callable[[Path, bytes], None], Callable[[], list[bytes]]]] = (
    MappingProxyType({"tables": (_table, _tables), "models": (_model, _models)})
)


def main(name: str, seconds: str) -> None:
    """Fuzz a target for so many seconds."""
    check, seeds = _TARGETS[name]
    _FOUND.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="classlens-fuzz-"))
    corpus = folder / "corpus"
    corpus.mkdir()
    for number, seed in enumerate(seeds()):
        (corpus / str(number)).write_bytes(seed)

    def one(data: bytes) -> None:
        if data:
            check(folder / "file", data)

    options = {
        "max_total_time": seconds,
        "timeout": _SECONDS,
        "rss_limit_mb": _MEGABYTES,
        "max_len": _BYTES,
        "artifact_prefix": f"{_FOUND}/{name}-",
        "print_final_stats": 1,
        "verbosity": 1,
    }
    words = [f"-{key}={value}" for key, value in options.items()]
    atheris.Setup([sys.argv[0], *words, str(corpus)], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
