"""Days as documents write them, brought to ISO 8601."""

from __future__ import annotations

import re
from datetime import date

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAME = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})(?!\d)")
_DAY_FIRST = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_NAME},?\s+(\d{{4}})\b", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"\b{_NAME}\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b", re.IGNORECASE)
# "01/02/2025" is January in one country and February in another, so it is no day.
_LABEL = re.compile(
    r"^\W*(?:(?:effective|valid|in force|in effect|applies)(?:\s+(?:date|from|since|as of|as from|on))?|date of effect)\s*[:|]?\s*(.{4,60})$",
    re.IGNORECASE,
)


def iso_day(text: str) -> str | None:
    """The first day a text names, in ISO 8601; None where it names none without doubt.

    >>> iso_day("from 1 March 2031"), iso_day("March 1st, 2031"), iso_day("01/03/2031")
    ('2031-03-01', '2031-03-01', None)
    """
    if match := _ISO.search(text):
        year, month, day = int(match[1]), int(match[2]), int(match[3])
    elif match := _DAY_FIRST.search(text):
        year, month, day = int(match[3]), _MONTHS.index(match[2][:3].lower()) + 1, int(match[1])
    elif match := _MONTH_FIRST.search(text):
        year, month, day = int(match[3]), _MONTHS.index(match[1][:3].lower()) + 1, int(match[2])
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def effective_day(line: str) -> str | None:
    """The day of a line that says nothing but from when a document holds.

    >>> effective_day("Effective from: 1 March 2031"), effective_day("Credits are valid 30 days.")
    ('2031-03-01', None)
    """
    match = _LABEL.match(line.replace("|", " ").strip())
    return iso_day(match[1]) if match else None
