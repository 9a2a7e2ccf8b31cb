"""The text of a file as blocks of UTF-8: inflated, decoded, and never more than promised."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from classlens.data.tables.sources import HEAD, Source
from classlens.errors import TableError

BLOCK = 4 << 20
# A gzip file that inflates to more than this may do so by this factor at most. Tables inflate 3 to
# 30 times; what was made to fill a memory inflates 1,000 times.
INFLATES_FREELY = 16 << 20
MOST_INFLATION = 150

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16's, with which it begins
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class Text:
    """A file of text, and the encoding in which it is read.

    Attributes:
        source: the file.
        encoding: a codec's name.
        said: how the encoding was recognised, a sentence; empty for plain UTF-8 or one asked for.
        head: its first characters, at most about a million.
    """

    source: Source
    encoding: str
    said: str
    head: str

    def blocks(self) -> Iterator[bytes]:
        """The text as UTF-8, in blocks of about ``BLOCK`` bytes, without a byte order mark.

        Raises:
            TableError: if the file is damaged, or is not in its encoding.
        """
        raw = _raw_blocks(self.source)
        if self.encoding == "utf-8":
            yield from raw  # what is no UTF-8 is named where it is parsed
            return
        decoder = codecs.getincrementaldecoder(self.encoding)()
        lines = 1
        for block in raw:
            text = _decode(self, decoder, block, lines, final=False)
            lines += text.count(b"\n")
            yield text
        yield _decode(self, decoder, b"", lines, final=True)


def open_text(source: Source, encoding: str | None) -> Text:
    """Recognise a file's encoding: by its mark, by its NULs, or by not being UTF-8.

    Args:
        source: a file of text.
        encoding: the codec that was asked for; None to recognise it.

    Raises:
        TableError: if the file is damaged, or is not in its encoding.
    """
    head = _first_bytes(source)
    if encoding is not None:
        said = ""
        if encoding == "utf-8" and head.startswith(codecs.BOM_UTF8):
            encoding = "utf-8-sig"
        codec = encoding
    else:
        codec, said = _recognise(head)
    text = Text(source, codec, said, "")
    errors = "replace" if codec == "utf-8" else "strict"  # parsing names UTF-8's bad bytes
    decoder = codecs.getincrementaldecoder(codec)(errors)
    return Text(source, codec, said, _decode(text, decoder, head, 1, final=False).decode())


def _first_bytes(source: Source) -> bytes:
    head = b""
    for block in _raw_blocks(source):
        head += block
        if len(head) >= HEAD:
            break
    return head[:HEAD]


def _recognise(head: bytes) -> tuple[str, str]:
    for mark, codec in _MARKS:
        if head.startswith(mark):
            said = (
                "" if codec == "utf-8-sig" else f"The text is {codec.upper()}, by its first bytes."
            )
            return codec, said
    nuls = [head[offset:4096:2].count(0) for offset in (0, 1)]
    if max(nuls) > min(len(head), 4096) // 8 and min(nuls) * 8 < max(nuls):
        codec = "utf-16-be" if nuls[0] > nuls[1] else "utf-16-le"
        return codec, f"The text is {codec.upper()}, by where its NUL bytes stand."
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        # Damaged UTF-8 still has characters of several bytes that are whole; Latin-1 hardly ever.
        whole = sum(ord(letter) > 127 for letter in head.decode("utf-8", "ignore"))
        high = sum(byte > 127 for byte in head)
        low = sum(128 <= byte < 160 for byte in head)
        if not whole and not low and 2 * high < len(head):
            said = "The text is no UTF-8 and was read as Latin-1; encoding= names another one."
            return "latin-1", said
        if not whole and 2 * high < len(head) and _is_windows(head):
            said = "The text is no UTF-8 and was read as Windows-1252; encoding= names another one."
            return "cp1252", said
    return "utf-8", ""


def _is_windows(head: bytes) -> bool:
    try:
        head.decode("cp1252")
    except UnicodeDecodeError:
        return False
    return True


def _decode(
    text: Text, decoder: codecs.IncrementalDecoder, block: bytes, line: int, *, final: bool
) -> bytes:
    """A block as UTF-8; ``line`` is the one on which it begins."""
    try:
        return decoder.decode(block, final).encode()
    except UnicodeError as error:
        name, what = text.source.name, ""
        if isinstance(error, UnicodeDecodeError):
            before = error.object[: error.start].decode(text.encoding, "replace")
            line += before.count("\n")
            what = f" Got the byte {error.object[error.start : error.start + 1]!r}."
        raise TableError(
            f"{name}, line {line}: this is not {text.encoding}.{what} Name the encoding "
            "(encoding=, --encoding on the command line), or mend the file.",
            file=name,
            line=line,
        ) from None


def _raw_blocks(source: Source) -> Iterator[bytes]:
    """The file's bytes, inflated where it is a gzip file."""
    try:
        with source.open() as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            yield from _inflated_blocks(source, file) if packed else _plain_blocks(file)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise TableError(
            f"{source.name} is a damaged gzip file: {str(error).rstrip('.')}. Fetch or make it "
            "again.",
            file=source.name,
        ) from None
    except OSError as error:
        raise TableError(
            f"cannot read {source.name}: {error.strerror or error}.", file=source.name
        ) from None


def _plain_blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(BLOCK):
        yield block


def _inflated_blocks(source: Source, file: BinaryIO) -> Iterator[bytes]:
    given = 0
    with gzip.GzipFile(fileobj=file) as inflated:
        reader = io.BufferedReader(inflated, BLOCK)
        while block := reader.read(BLOCK):
            given += len(block)
            # The file is read a little ahead, which for what is small is most of it.
            if given > INFLATES_FREELY and given > MOST_INFLATION * file.tell():
                raise TableError(
                    f"{source.name} inflates more than {MOST_INFLATION} times, as a file that was "
                    f"made to fill the memory would: {file.tell()} bytes to {given} so far. If it "
                    f"is a table after all, decompress it first: gunzip {source.name}",
                    file=source.name,
                )
            yield block
