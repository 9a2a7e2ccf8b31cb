"""What a column of texts is: number, boolean, category, date, identifier, text or constant."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from classlens.data.tables.bridge import flags, mask, strings
from classlens.data.tables.column import MOST_TEXTS_OF_NUMBERS, Column
from classlens.data.tables.dates import date_form
from classlens.data.tables.numerals import (
    FLOAT32_MAX,
    LARGEST_EXACT,
    Numerals,
    has_leading_zeros,
    is_whole_text,
    read_numerals,
)
from classlens.data.tables.options import BOOLEANS, ReadOptions
from classlens.data.tables.places import Places
from classlens.data.tables.texts import Texts, texts_of
from classlens.errors import TableError, counted, short

# Words that other programs write for a missing cell. Among numbers they are refused until they are
# declared; as classes they are names like any other.
MISSING_WORDS = frozenset(
    {"na", "n/a", "#n/a", "nan", "null", "none", "nil", "missing", "unknown", "?", "-", "--", "."}
    | {"inf", "-inf", "+inf", "infinity", "-infinity"}
)
MOSTLY = 0.9  # with a greater share of numbers, a word is a slip and not a category
MOST_CATEGORIES = 1_000
_MOST_FLAG = 60  # signs of a word that is repeated in a remedy
_MOST_DIGITS = 400  # float64's largest number has 309
FEW_ROWS = 20  # of fewer rows, that no two cells are alike says nothing
_IDENTIFYING = re.compile(r"(?:.*[_ .-])?(?:id|uuid|guid|index|key|nr|no)|.*[a-z]I[dD]")


@dataclass(frozen=True)
class Context:
    """What is known around a column when it is judged.

    Attributes:
        options: the missing words and the decimal sign.
        places: where each row stands, for the messages.
        position: the column's place in the table, counted from 0.
        columns: how many columns the table has.
    """

    options: ReadOptions
    places: Places
    position: int = 0
    columns: int = 1


def text_column(name: str, cells: Any, context: Context) -> Column:
    """The column that texts make, with its kind and the reason for it.

    What forbids its use as a feature is kept with it as its trouble: as a column of classes it may
    be as good as any.

    Args:
        name: the column's name.
        cells: a pyarrow chunked array of strings, plain or dictionary-encoded.
        context: what is known around it.
    """
    texts = texts_of(cells, context.options.missing_words)
    asked = (context.options.kinds or {}).get(name)
    if asked is not None:
        return _as_asked(name, texts, asked, context)
    if len(texts.distinct) < 2:
        why = "every cell is the same" if len(texts.distinct) else "every cell is missing"
        return _words(name, texts, "constant", why)
    words = _boolean_words(texts)
    if words:
        return _words(name, texts, "boolean", f"every cell is {words}")
    return _numbers_or_words(name, texts, context)


def _numbers_or_words(name: str, texts: Texts, context: Context) -> Column:
    numerals = read_numerals(texts.distinct, context.options.decimal)
    zeros = has_leading_zeros(texts.distinct)
    if zeros.any() and is_whole_text(texts.distinct)[numerals.is_number].all():
        example = texts.text(texts.first_row(zeros))
        kind, why = _by_repetition(name, texts)
        reason = f"{short(example)} begins with 0, as codes do and numbers do not; {why}"
        return _words(name, texts, kind, reason)
    if _is_mostly_numbers(texts, numerals):
        return _number(name, texts, numerals, context)
    form = date_form(texts.distinct)
    if form is not None:
        trouble = _date_trouble(name, texts, context)
        return _words(name, texts, "date", f"every cell has the form {form}", trouble)
    kind, why = _by_repetition(name, texts)
    return _words(name, texts, kind, why)


def _as_asked(name: str, texts: Texts, kind: str, context: Context) -> Column:
    if kind == "number":
        numerals = read_numerals(texts.distinct, context.options.decimal)
        return _number(name, texts, numerals, context)
    trouble = _date_trouble(name, texts, context) if kind == "date" else None
    return _words(name, texts, kind, "as was asked for", trouble)


def _words(
    name: str, texts: Texts, kind: str, why: str, trouble: TableError | None = None
) -> Column:
    missing = int((texts.codes < 0).sum())
    return Column(
        name,
        kind,
        why,
        rows=len(texts.codes),
        missing=missing,
        distinct=len(texts.distinct),
        codes=texts.codes,
        texts=texts.distinct,
        trouble=trouble,
    )


def _boolean_words(texts: Texts) -> str:
    """The pair of words that the column is made of, in words; empty when it is none."""
    if len(texts.distinct) > 6:  # true, True, TRUE and their opposites
        return ""
    found = {word.strip().lower() for word in texts.distinct.to_pylist()}
    return " or ".join(sorted(found, reverse=True)) if found in BOOLEANS else ""


def _is_mostly_numbers(texts: Texts, numerals: Numerals) -> bool:
    """Whether the cells are numbers but for a few, those left out that stand for missing ones."""
    if not numerals.is_number.any():
        return False
    if numerals.is_number.all():
        return True
    counts = texts.counts
    trimmed = pc.utf8_lower(pc.utf8_trim_whitespace(texts.distinct))
    known = flags(pc.is_in(trimmed, strings(sorted(MISSING_WORDS))))
    judged = counts[~known].sum()
    return bool(judged and counts[numerals.is_number].sum() > MOSTLY * judged)


def _number(name: str, texts: Texts, numerals: Numerals, context: Context) -> Column:
    values = np.append(numerals.values, np.nan)[texts.codes]  # the code -1 is the last one
    trouble = _number_trouble(name, texts, numerals, context)
    counted = "" if trouble else _counted(name, values, len(texts.distinct), context)
    drop = len(texts.distinct) > MOST_TEXTS_OF_NUMBERS and bool(numerals.is_number.all())
    why = "every cell is a number"
    if numerals.decimal == ",":
        why += ", with a comma before the fraction"
    return Column(
        name,
        "identifier" if counted else "number",
        counted or why,
        rows=len(values),
        missing=int((texts.codes < 0).sum()),
        distinct=len(texts.distinct),
        numbers=values,
        codes=None if drop else texts.codes,
        texts=None if drop else texts.distinct,
        trouble=trouble,
        decimal=numerals.decimal,
        said=_inexact(texts, numerals),
    )


def _inexact(texts: Texts, numerals: Numerals) -> str:
    """What is to be said of whole numbers that a float64 rounds; empty when there are none."""
    with np.errstate(invalid="ignore"):
        size = np.abs(numerals.values)
        long = (size >= LARGEST_EXACT) & (size <= FLOAT32_MAX)
    if long.any():
        words = texts.distinct.filter(mask(long & is_whole_text(texts.distinct)))
        word = next(
            (
                word
                for word in words.to_pylist()
                if len(word) > _MOST_DIGITS or int(word) != int(float(word))
            ),
            None,
        )
        if word is not None:
            return f"{word.strip()} has more digits than a number keeps exactly"
    return ""


def number_column(name: str, values: NDArray[np.floating[Any]], context: Context) -> Column:
    """The column that numbers make whose text was not kept.

    Args:
        name: the column's name.
        values: shape (rows,), NaN where missing, the others finite in float32.
        context: what is known around it.
    """
    counted = _counted(name, values, None, context)
    sample = values[:1_000]
    distinct = len(np.unique(sample[~np.isnan(sample)]))
    return Column(
        name,
        "identifier" if counted else "number",
        counted or "every cell is a number",
        rows=len(values),
        missing=int(np.isnan(values).sum()),
        distinct=len(values) if counted else distinct,
        distinct_exact=bool(counted) or len(sample) == len(values),
        numbers=values,
    )


def _counted(
    name: str, values: NDArray[np.floating[Any]], distinct: int | None, context: Context
) -> str:
    """Why whole numbers, no two alike, only count the rows; empty when they do not.

    ``distinct`` is None where it is not known yet.
    """
    if context.options.kinds and name in context.options.kinds:
        return ""
    rows = len(values)
    if distinct not in (None, rows) or rows < 3 or not (values[:100] % 1 == 0).all():
        return ""
    counts_up = rows >= FEW_ROWS and context.position == 0 and context.columns > 2
    if counts_up and bool((np.diff(values) == 1).all()):
        return "the whole numbers count the rows"
    if _is_identifying(name) and bool((values % 1 == 0).all()) and len(np.unique(values)) == rows:
        return "whole numbers under such a name, no two alike, name the rows"
    return ""


def _is_identifying(name: str) -> bool:
    return bool(_IDENTIFYING.fullmatch(name) or _IDENTIFYING.fullmatch(name.lower()))


def _number_trouble(
    name: str, texts: Texts, numerals: Numerals, context: Context
) -> TableError | None:
    """What forbids a column of numbers as a feature: its first cell that is no usable number."""
    words = ~numerals.is_number
    if words.any():
        row = texts.first_row(words)
        word, count = texts.text(row), int(texts.counts[words].sum())
        return context.places.at(row).error(
            f"column {short(name)} holds numbers, but {short(word)} there is none"
            + (f", as in {counted(count - 1, 'other cell')}" if count > 1 else "")
            + f". If it stands for a missing cell, say so (missing_words={short(word.strip())} in "
            f"Python, --missing-words {_flag(word)} on the command line; to train all the same "
            "add --missing impute); else mend the cell.",
            name,
        )
    with np.errstate(invalid="ignore"):
        large = np.abs(numerals.values) > FLOAT32_MAX
    if large.any():
        row = texts.first_row(large)
        return context.places.at(row).error(
            f"column {short(name)} must be finite in float32, at most {FLOAT32_MAX:.2g}. "
            f"Got {short(texts.text(row))} instead. Mend the cell, or leave the column out.",
            name,
        )
    if numerals.unclear:
        row = int(np.argmax(texts.codes >= 0))
        return context.places.at(row).error(
            f"column {short(name)} has commas that could stand before a fraction or between "
            f"thousands, as in {short(texts.text(row))}. Say which sign stands before a fraction: "
            "decimal='.' or decimal=',' (--decimal on the command line).",
            name,
        )
    return None


def _flag(word: str) -> str:
    """A word as a shell takes it, and not much of a long one."""
    return shlex.quote(word.strip()) if len(word) <= _MOST_FLAG else "..."


def _date_trouble(name: str, texts: Texts, context: Context) -> TableError:
    row = int(np.argmax(texts.codes >= 0))
    where = context.places.at(row)
    return where.error(
        f"column {short(name)} holds dates, such as {short(texts.text(row))}, which a network "
        "cannot learn from. "
        f"Leave it out (--leave-out {short(name)}, leave_out=[{short(name)}] in Python), "
        "or put in its place what matters of it: a month, an hour, a number of days.",
        name,
    )


def _by_repetition(name: str, texts: Texts) -> tuple[str, str]:
    """Category, identifier or text, by how often words come again; and the reason."""
    count, present = len(texts.distinct), int((texts.codes >= 0).sum())
    often = f"{count} different words in {present} cells"
    if count == present and (_is_identifying(name) or present >= FEW_ROWS):
        longest = int(pc.max(pc.utf8_length(texts.distinct)).as_py())
        if longest > 40:
            return "text", "no two cells are alike, and some are long"
        return "identifier", "no two cells are alike"
    if count > MOST_CATEGORIES or (present >= FEW_ROWS and 2 * count > present):
        return "text", often
    return "category", often
