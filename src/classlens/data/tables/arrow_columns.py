"""Columns that have a type already: those of Parquet and Arrow files, of arrays and of frames."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from classlens.data.tables.bridge import numbers, strings
from classlens.data.tables.column import MOST_TEXTS_OF_NUMBERS, Column
from classlens.data.tables.judging import Context, number_column, text_column
from classlens.data.tables.numerals import FLOAT32_MAX, LARGEST_EXACT, read_numerals
from classlens.errors import TableError, short

# So many of the first cells tell whether a column of numbers may be one of classes.
_SAMPLE = 50_000


def arrow_column(name: str, cells: Any, context: Context) -> Column:
    """The column that typed cells make; its words are the values' usual text.

    Args:
        name: the column's name.
        cells: a pyarrow chunked array of any type.
        context: what is known around it.
    """
    kind, is_ = cells.type, pa.types
    if is_.is_dictionary(kind):
        return arrow_column(name, cells.cast(kind.value_type), context)
    if is_.is_duration(kind):
        return arrow_column(name, cells.cast(pa.int64()), context)
    if is_.is_integer(kind) or is_.is_floating(kind) or is_.is_decimal(kind):
        return _numbers(name, cells, context)
    words = is_.is_string(kind) or is_.is_large_string(kind) or is_.is_string_view(kind)
    dates = is_.is_date(kind) or is_.is_timestamp(kind) or is_.is_time(kind)
    if words or dates or is_.is_null(kind) or is_.is_boolean(kind):
        return text_column(name, cells.cast(pa.string()), context)
    return _refused(name, cells, context)


def _numbers(name: str, cells: Any, context: Context) -> Column:
    """Numbers; with their text if they may be classes, or if there is something to say of one."""
    if pa.types.is_floating(cells.type):
        if cells.type == pa.float16():
            cells = cells.cast(pa.float32())
        cells = pc.if_else(pc.is_nan(cells), pa.scalar(None, cells.type), cells)
    values = np.array(numbers(cells.cast(pa.float64(), safe=False)))
    largest = FLOAT32_MAX if pa.types.is_floating(cells.type) else LARGEST_EXACT - 1
    plain = bool((np.isnan(values) | (np.abs(values) <= largest)).all())
    absent = context.options.missing_words
    declared = bool(absent) and bool(read_numerals(strings(absent)).is_number.any())
    if plain and not declared and _is_quantity(name, cells, context):
        return number_column(name, values, context)
    # Whatever sign the words of this table have before a fraction, a number's own text has a point.
    context = replace(context, options=replace(context.options, decimal="."))
    encoded = cells.dictionary_encode().unify_dictionaries().combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):
        return text_column(name, cells.cast(pa.string()), context)
    texts = encoded.dictionary.cast(pa.string())
    array = pa.DictionaryArray.from_arrays(encoded.indices, texts)
    return text_column(name, pa.chunked_array([array]), context)


def _is_quantity(name: str, cells: Any, context: Context) -> bool:
    """Whether the numbers cannot be classes, and need no text."""
    asked = (context.options.kinds or {}).get(name)
    if asked is not None:
        return asked == "number"
    different = pc.count_distinct(cells[:_SAMPLE], mode="only_valid").as_py()
    return bool(different > MOST_TEXTS_OF_NUMBERS)


def _refused(name: str, cells: Any, context: Context) -> Column:
    where = context.places.at(0)
    error = TableError(
        f"{where.file}: column {short(name)} must hold words or numbers. Got {cells.type} instead. "
        "Take it apart into columns of its own, or leave it out.",
        file=where.file,
        column=name,
    )
    return Column(
        name,
        "text",
        f"cells of the type {cells.type}, which is neither words nor numbers",
        rows=len(cells),
        missing=cells.null_count,
        distinct=0,
        distinct_exact=False,
        trouble=error,
    )
