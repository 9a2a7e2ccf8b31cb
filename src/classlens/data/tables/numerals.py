"""Texts as numbers: what is one, which number it is, and whether comma and point can be told."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from classlens.data.tables.bridge import flags, mask, numbers

FLOAT32_MAX = float(np.finfo(np.float32).max)
LARGEST_EXACT = 2**53  # beyond it a float64 no longer tells neighbouring whole numbers apart

# Between thousands a space (plain, no-break or narrow) or an apostrophe may stand as well.
_SPACES = " \u00a0\u202f'\u2019"
# A number's form with its point and what stands between its thousands. Digits are those of ASCII:
# pyarrow's regular expressions are RE2's. A group of thousands never follows a zero, so "0,125"
# can only be a fraction.
_FORM = (
    r"^[+-]?(?:(?:\d+|[1-9]\d{{0,2}}(?:[{group}]\d{{3}})+)(?:{point}\d*)?|{point}\d+)"
    r"(?:[eE][+-]?\d{{1,9}})?$"
)
_PLAIN = r"^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,9})?$"
_FORMS = {
    ".": _FORM.format(group=_SPACES + ",", point=r"\."),
    ",": _FORM.format(group=_SPACES + ".", point=","),
}
# One comma with three digits after it: a thousand to some, a fraction to others.
_EITHER = r"^[+-]?[1-9]\d{0,2},\d{3}$"


_WRITTEN = tuple(re.compile(form, re.ASCII) for form in _FORMS.values())


def is_numeral(cell: str) -> bool:
    """Whether a cell is a number under one decimal sign or the other."""
    return any(form.fullmatch(cell.strip()) for form in _WRITTEN)


class Numerals(NamedTuple):
    """Texts read as numbers.

    Attributes:
        values: shape (texts,), float64; NaN where the text is no number. May be infinite.
        is_number: shape (texts,), bool.
        decimal: the decimal sign that was found or asked for.
        unclear: True when each of ``1.234`` and ``1234`` could be meant by a comma.
    """

    values: NDArray[np.float64]
    is_number: NDArray[np.bool_]
    decimal: str = "."
    unclear: bool = False


def read_numerals(texts: Any, decimal: str | None = None) -> Numerals:
    """Read texts as numbers, all with one decimal sign.

    A number is digits with an optional sign, fraction and exponent; spaces around it do not count.
    Words such as nan and inf, hexadecimal and underscored numbers are none.

    Args:
        texts: a pyarrow array of strings without nulls.
        decimal: ``"."`` or ``","``; None for the one under which more texts are numbers.

    Example:
        >>> read_numerals(pa.array(["1.234,5", "-7"])).values.tolist()
        [1234.5, -7.0]
        >>> read_numerals(pa.array(["nan", "0x10", "1e3"])).is_number.tolist()
        [False, False, True]
    """
    if decimal != ",":
        quick = _quick(texts)
        if quick is not None:
            return quick
    trimmed = pc.utf8_trim_whitespace(texts)
    if decimal is not None:
        return _in_form(trimmed, _FORMS[decimal], decimal)
    plain = _in_form(trimmed, _PLAIN, ".")
    if plain.is_number.all():
        return plain
    with_point, with_comma = (_in_form(trimmed, _FORMS[sign], sign) for sign in ".,")
    counts = [int(each.is_number.sum()) for each in (plain, with_point, with_comma)]
    if counts[0] == max(counts):
        return plain
    if counts[1] == counts[2]:
        either = _matches(trimmed, _EITHER)
        return with_point._replace(unclear=bool(either.any()))
    return with_point if counts[1] > counts[2] else with_comma


def _quick(texts: Any) -> Numerals | None:
    """What pyarrow reads as numbers at once; None when it is not all of them, finite."""
    try:
        values = numbers(pc.cast(texts, pa.float64()))
    except pa.ArrowInvalid:
        return None
    if not np.isfinite(values).all():  # it also takes nan and inf, and makes inf of 1e400
        return None
    return Numerals(values, np.ones(len(values), bool))


def _matches(texts: Any, form: str) -> NDArray[np.bool_]:
    return flags(pc.match_substring_regex(texts, form))


def _in_form(trimmed: Any, form: str, decimal: str) -> Numerals:
    is_number = _matches(trimmed, form)
    values = np.full(len(trimmed), np.nan)
    if is_number.any():
        chosen = trimmed.filter(mask(is_number))
        group = "." if decimal == "," else ","
        chosen = pc.replace_substring_regex(chosen, f"[{_SPACES}{group}]", "")
        if decimal == ",":
            chosen = pc.replace_substring(chosen, ",", ".")
        values[is_number] = numbers(pc.cast(chosen, pa.float64()))
    return Numerals(values, is_number, decimal)


def has_leading_zeros(texts: Any) -> NDArray[np.bool_]:
    """Which texts are digits only with a 0 before others, as postal codes are; shape (texts,)."""
    return _matches(pc.utf8_trim_whitespace(texts), r"^0\d+$")


def is_whole_text(texts: Any) -> NDArray[np.bool_]:
    """Which texts are digits only, with or without a sign; shape (texts,)."""
    return _matches(pc.utf8_trim_whitespace(texts), r"^[+-]?\d+$")
