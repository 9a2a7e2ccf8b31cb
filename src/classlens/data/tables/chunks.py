"""A text cut into chunks of whole records, and the lines on which the records begin.

Python's csv module says what a record is. A chunk in which every quote stands at a cell's edge and
every line ends in the usual way is *regular*: pyarrow reads it as the csv module does, and faster.
The others are left to the csv module itself.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classlens.data.tables.places import Place
from classlens.errors import TableError

# What the csv module takes at most for one cell; a quote that is never closed soon reaches it.
LONGEST_CELL = 131_072
LONGEST_RECORD = 64 << 20  # bytes
_QUOTE, _NEWLINE, _RETURN = (ord(sign) for sign in '"\n\r')


@dataclass(frozen=True, eq=False)
class Chunk:
    """Whole records, one after the other.

    Attributes:
        file: whose they are, for messages.
        data: their text, UTF-8.
        line: the line of the file on which they begin, counted from 1.
        delimiter: the character between two cells.
        regular: whether pyarrow reads them as the csv module does.
        quoted: whether there is a quote.
    """

    file: str
    data: bytes
    line: int
    delimiter: str
    regular: bool
    quoted: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Each record's line and cells, as the csv module reads them; empty lines left out.

        Raises:
            TableError: if the text is no UTF-8, or a cell is too long.
        """
        records = _Records(self.file, _decoded(self), self.line, self.delimiter)
        for line, row in records:
            if row:
                yield line, row

    def lines(self, rows: int) -> NDArray[np.int64] | None:
        """The line on which each of a regular chunk's records begins, shape (rows,).

        None when record after record is one line each, from the chunk's first line on.
        """
        data = np.frombuffer(self.data, np.uint8)
        newlines = int(np.count_nonzero(data == _NEWLINE)) + (not self.data.endswith(b"\n"))
        if newlines == rows:
            return None
        ends = np.flatnonzero(data == _NEWLINE)
        starts = np.concatenate([[0], ends + 1])
        starts = starts[starts < len(data)]
        outside = np.searchsorted(np.flatnonzero(data == _QUOTE), starts) % 2 == 0
        after = data[np.minimum(starts + (data[starts] == _RETURN), len(data) - 1)]
        begins = outside & (after != _NEWLINE)
        return self.line + np.flatnonzero(begins)


def cut(
    file: str, blocks: Iterator[bytes], delimiter: str, line: int = 1, size: int = 4 << 20
) -> Iterator[Chunk]:
    """Cut a text into chunks of about ``size`` bytes that end where a record ends.

    Args:
        file: whose text it is, for messages.
        blocks: the text as UTF-8.
        delimiter: the character between two cells.
        line: the line on which the text begins, counted from 1.
        size: bytes.

    Raises:
        TableError: naming the line, if there is a NUL, a quote is never closed, or a record is too
            long.
    """
    data, final = b"", False
    while not final:
        wanted = max(size // 2, 2 * len(data), 1)  # twice as much when it held no whole record
        parts = [data]
        length = len(data)
        while length < wanted and not final:
            block = next(blocks, None)
            final = block is None
            _refuse_nul(file, parts, block or b"", line)
            parts.append(block or b"")
            length += len(parts[-1])
        data = b"".join(parts)
        chunk, rest = _first_chunk(file, data, line, delimiter, final=final)
        if chunk.data:
            yield chunk
            line += _line_ends(chunk.data)
        elif len(rest) > LONGEST_RECORD:
            raise _too_long(file, line)
        data = rest


def whole_lines(file: str, blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """A text's lines in bundles, each with the number of its first line; no line is cut in two.

    Args:
        file: whose text it is, for messages.
        blocks: the text as UTF-8.

    Raises:
        TableError: naming the line, if there is a NUL or a line is too long.
    """
    line, parts, length = 1, list[bytes](), 0
    for block in blocks:
        _refuse_nul(file, parts, block, line)
        end = block.rfind(b"\n") + 1
        if end:
            data = b"".join([*parts, block[:end]])
            yield line, data
            line += data.count(b"\n")
            parts, length = [], 0
        parts.append(block[end:])
        length += len(parts[-1])
        if length > LONGEST_RECORD:
            raise _too_long(file, line)
    yield line, b"".join(parts)


def _first_chunk(
    file: str, data: bytes, line: int, delimiter: str, *, final: bool
) -> tuple[Chunk, bytes]:
    """The whole records at the start of the data, and what is left for later."""
    quoted = b'"' in data
    # The csv module also ends a line at a return that no newline follows. Such a pair may be cut.
    lone = _lone_returns(data) > (not final and data.endswith(b"\r"))
    end: int | None = None
    if not lone and not data.startswith(b"\xef\xbb\xbf"):
        if quoted:
            end = _regular_end(file, data, line, delimiter, final=final)
        else:
            end = len(data) if final else data.rfind(b"\n") + 1
    regular = end is not None
    if end is None:
        end = _irregular_end(file, data, line, delimiter, final=final)
    return Chunk(file, data[:end], line, delimiter, regular, quoted), data[end:]


def _regular_end(file: str, data: bytes, line: int, delimiter: str, *, final: bool) -> int | None:
    """Where the last whole record ends; None when a quote stands where no cell begins or ends."""
    text = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(text == _QUOTE)
    edge = np.zeros(256, bool)
    edge[[_NEWLINE, ord(delimiter)]] = True
    opening, closing = quotes[::2], quotes[1::2]
    begins = edge[text[opening - 1]] | (opening == 0)
    begins[1:] |= opening[1:] == closing[: len(opening) - 1] + 1  # the second of a doubled quote
    edge[[_QUOTE, _RETURN]] = True
    ends = edge[text[np.minimum(closing + 1, len(text) - 1)]] | (closing == len(text) - 1)
    if not (begins.all() and ends.all()):
        return None
    open_ = len(quotes) % 2 == 1
    if open_ and (final or len(data) - quotes[-1] > 4 * LONGEST_CELL):
        raise _unclosed(file, line + data.count(b"\n", 0, int(quotes[-1])))
    if final:
        return len(data)
    # With the last quote open, a record ends before it; else anywhere after it as well.
    last = data.rfind(b"\n", 0, int(quotes[-1]) if open_ else len(data))
    while last >= 0 and np.searchsorted(quotes, last) % 2:
        # This newline stands in quotes: go on before the quote that opened them.
        last = data.rfind(b"\n", 0, int(quotes[np.searchsorted(quotes, last) - 1]))
    return last + 1


def _irregular_end(file: str, data: bytes, line: int, delimiter: str, *, final: bool) -> int:
    """Where the last whole record ends by the csv module's own reading."""
    chunk = Chunk(file, data, line, delimiter, regular=False, quoted=True)
    if final:
        last, begin = line, 0
        text = _decoded(chunk)
        records = _Records(file, text, line, delimiter)
        for last, _ in records:  # noqa: B007 - the last one is looked at below
            begin = records.begun
        _refuse_unclosed(file, text[begin:], last, delimiter)
        return len(data)
    # The bytes of a character, or a return and its newline, may be cut: the last line is left out.
    whole = data[: max(data.rfind(b"\n"), data[:-1].rfind(b"\r")) + 1]
    text = _decoded(Chunk(file, whole, line, delimiter, regular=False, quoted=True))
    records = _Records(file, text, line, delimiter)
    for _ in records:
        pass
    # The last record may go on after the cut, so it is left for the next chunk.
    return len(text[: records.begun].encode())


class _Records:
    """The csv module's records of a text, with where each begins.

    Attributes:
        begun: the character at which the latest record begins.
    """

    def __init__(self, file: str, text: str, line: int, delimiter: str) -> None:
        self._file, self._text, self._line, self._delimiter = file, text, line, delimiter
        self._read = 0
        self.begun = 0

    def _lines(self) -> Iterator[str]:
        for line in io.StringIO(self._text, newline=""):
            self._read += len(line)
            yield line

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(self._lines(), delimiter=self._delimiter)
        while True:
            line, begun = self._line + reader.line_num, self._read
            try:
                row = next(reader, None)
            except csv.Error:
                raise _unclosed(self._file, line) from None
            if row is None:
                return
            self.begun = begun
            yield line, row


def _line_ends(data: bytes) -> int:
    """How many lines end in it, by newline, return or both."""
    # NumPy counts single bytes several times as fast as bytes.count does.
    newlines = np.count_nonzero(np.frombuffer(data, np.uint8) == _NEWLINE)
    return int(newlines) + _lone_returns(data)


def _lone_returns(data: bytes) -> int:
    """How many returns have no newline after them."""
    return data.count(b"\r") - data.count(b"\r\n") if b"\r" in data else 0


def _decoded(chunk: Chunk) -> str:
    try:
        return chunk.data.decode()
    except UnicodeDecodeError as error:
        line = chunk.line + _line_ends(chunk.data[: error.start])
        raise Place(chunk.file, line).error(
            f"this is not UTF-8. Got the byte {chunk.data[error.start : error.start + 1]!r}. Name "
            "the encoding, such as latin-1 (encoding=, --encoding on the command line), or mend "
            "the file."
        ) from None


def _refuse_nul(file: str, before: list[bytes], block: bytes, line: int) -> None:
    at = block.find(b"\0")
    if at >= 0:
        line += sum(_line_ends(part) for part in before) + _line_ends(block[:at])
        raise nul_error(file, line)


def nul_error(file: str, line: int) -> TableError:
    """The refusal of a NUL on a line of a text."""
    return Place(file, line).error(
        "there is a NUL byte, which no text holds. Is the file of another kind, or damaged, or in "
        "UTF-16 (encoding='utf-16', --encoding utf-16 on the command line)?"
    )


def _refuse_unclosed(file: str, record: str, line: int, delimiter: str) -> None:
    try:
        list(csv.reader(io.StringIO(record, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        # In its strict form the module also dislikes what it reads well enough otherwise.
        if "end of data" in str(error):
            raise _unclosed(file, line) from None


def _unclosed(file: str, line: int) -> TableError:
    return Place(file, line).error(
        f'a quote (") that opens there is not closed within {LONGEST_CELL} characters or by the '
        "end of the file. Close it, or write two of them for one that belongs to the text."
    )


def _too_long(file: str, line: int) -> TableError:
    return Place(file, line).error(
        f"the record that begins there is longer than {LONGEST_RECORD >> 20} megabytes. Is it a "
        "table, with a line for each row?"
    )
