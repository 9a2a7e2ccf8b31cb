"""Texts as dates: which of the usual forms a column of them has."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import pyarrow.compute as pc

_CLOCK = (
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[AaPp][Mm])?"
    r"(?: ?(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
)
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_WORD = (
    r"(?:[Jj]an(?:uary)?|[Ff]eb(?:ruary)?|[Mm]ar(?:ch)?|[Aa]pr(?:il)?|[Mm]ay|[Jj]une?|[Jj]uly?|"
    r"[Aa]ug(?:ust)?|[Ss]ept?(?:ember)?|[Oo]ct(?:ober)?|[Nn]ov(?:ember)?|[Dd]ec(?:ember)?)"
)

# What a column's cells look like, and how that is said. Eight digits are a number, not a date.
FORMS: Mapping[str, str] = MappingProxyType(
    {
        "year-month-day": rf"^\d{{4}}-{_MONTH}-{_DAY}{_CLOCK}$",
        "year/month/day": rf"^\d{{4}}/{_MONTH}/{_DAY}{_CLOCK}$",
        "day.month.year": rf"^{_DAY}\.{_MONTH}\.(?:\d{{4}}|\d{{2}}){_CLOCK}$",
        "day/month/year": rf"^{_DAY}/{_MONTH}/(?:\d{{4}}|\d{{2}}){_CLOCK}$",
        "month/day/year": rf"^{_MONTH}/{_DAY}/(?:\d{{4}}|\d{{2}}){_CLOCK}$",
        "day-month-year": rf"^{_DAY}-{_MONTH}-\d{{4}}{_CLOCK}$",
        "day month year": rf"^{_DAY}[ -]{_WORD}\.?,?[ -](?:\d{{4}}|\d{{2}}){_CLOCK}$",
        "month day, year": rf"^{_WORD}\.? {_DAY},? \d{{4}}{_CLOCK}$",
        "hour:minute": r"^\d{1,2}:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?: ?[AaPp][Mm])?$",
    }
)


def date_form(texts: Any) -> str | None:
    """The form that all texts have, a key of ``FORMS``; None when they have no common one.

    Example:
        >>> import pyarrow as pa
        >>> date_form(pa.array(["2024-01-31", "2024-02-01T12:00:00Z"]))
        'year-month-day'
        >>> date_form(pa.array(["2024-13-31"])) is None
        True
    """
    trimmed = pc.utf8_trim_whitespace(texts)
    head = trimmed[:100]  # most columns are no dates, which a few cells tell
    for name, form in FORMS.items():
        if pc.all(pc.match_substring_regex(head, form)).as_py() and (
            pc.all(pc.match_substring_regex(trimmed, form)).as_py()
        ):
            return name
    return None
