"""Months, days, quarters and relative periods in a text, as the known spans of days they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from analyst_agent.claims import cues, formats
from analyst_agent.claims.figures import Span, month_span
from analyst_agent.claims.lexicon import Lexicon
from analyst_agent.claims.mentions import Mention

_MONTH = "|".join([*formats.MONTHS, *(m[:3] + r"\.?" for m in formats.MONTHS if m != "May"), r"Sept\.?"])


def time_readers(lexicon: Lexicon) -> list[tuple[re.Pattern[str], Callable[[re.Match[str]], Mention | None]]]:
    day = rf"(\d{{1,2}})(?:st|nd|rd|th)?\s+({_MONTH})\s*(\d{{4}})?"
    return [
        (re.compile(rf"\b(\d{{1,2}})(?:\s+({_MONTH})(?:\s+(\d{{4}}))?)?\s*(?:to|–|—|-|until)\s*{day}\b"), _days_reader(lexicon)),
        (re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b"), _iso_reader(lexicon)),
        (re.compile(rf"\b{day}\b|\b({_MONTH})\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})\b"), _day_reader(lexicon)),
        (re.compile(rf"\b({_MONTH})(?!\w)(?:\s+(?:of\s+)?(\d{{4}}))?"), _month_reader(lexicon)),
        (re.compile(r"\bQ([1-4])(?:\s+(\d{4}))?\b"), _quarter_reader(lexicon)),
        (re.compile(r"\bweeks?\s+(\d{1,2})(?:\s+to\s+(\d{1,2}))?\b(?:,?\s+(\d{4})\b)?", re.I), _week_reader(lexicon)),
        (re.compile(r"\b(?:last|past|previous|preceding)\s+(\d+)\s+days\b", re.I), _rolling_reader(lexicon)),
        (re.compile(r"\b(?:last|this|next)\s+(?:month|week|quarter|year)\b", re.I), _relative_reader(lexicon)),
        (cues.BEFORE, lambda m: _span(m[0], lexicon.comparison)),
        (re.compile(r"\b(?:in|of|since|during|for)\s+((?:19|20)\d{2})\b"), lambda m: _known(m[0], month_span(int(m[1]), 1, 12), lexicon)),
    ]  # fmt: skip


def _span(text: str, span: Span | None) -> Mention:
    return Mention("time", text, span) if span else Mention("badtime", text)


def _known(text: str, span: Span | None, lexicon: Lexicon) -> Mention:
    return _span(text, span if span in lexicon.spans else None)


def _month_number(name: str) -> int:
    return next(i for i, m in enumerate(formats.MONTHS, start=1) if m[:3].lower() == name[:3].lower())


def _date(year: str | int, month: int, day_of_month: str) -> date | None:
    try:
        return date(int(year), month, int(day_of_month))
    except ValueError:
        return None


def _days_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "1 to 31 October 2026", with or without the first month and the years."""

    def make(m: re.Match[str]) -> Mention:
        last_month = _month_number(m[5])
        for start, end in lexicon.spans:
            final = end - timedelta(days=1)
            year = int(m[6] or final.year)
            first_month = _month_number(m[2]) if m[2] else last_month
            first = _date(m[3] or (year if first_month <= last_month else year - 1), first_month, m[1])
            if first == start and _date(year, last_month, m[4]) == final:
                return Mention("time", m[0], (start, end))
        return Mention("badtime", m[0])

    return make


def _iso_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "2026-10-31"."""
    return lambda m: _one_day(m[0], _date(m[1], int(m[2]), m[3]) if 1 <= int(m[2]) <= 12 else None, lexicon)


def _day_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "31 October 2026" or "October 31, 2026"."""

    def make(m: re.Match[str]) -> Mention:
        if m[4]:
            return _one_day(m[0], _date(m[6], _month_number(m[4]), m[5]), lexicon)
        years = [m[3]] if m[3] else sorted({str(d.year) for s in lexicon.spans for d in s}, reverse=True)
        days = [_date(y, _month_number(m[2]), m[1]) for y in years]
        known = [d for d in days if d and _edge(d, lexicon)]
        return _one_day(m[0], known[0] if known else None, lexicon)

    return make


def _edge(day: date, lexicon: Lexicon) -> Span | None:
    for start, end in lexicon.spans:
        if day in (start, end - timedelta(days=1)):
            return start, end
    return None


def _one_day(text: str, day: date | None, lexicon: Lexicon) -> Mention:
    if day is not None and (day, day + timedelta(days=1)) in lexicon.spans:
        return Mention("time", text, (day, day + timedelta(days=1)))
    return Mention("badtime", text)


def _month_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention | None]:
    """ "October 2026", or "October" where only one year's is known. The verb "may" is no month."""

    def make(m: re.Match[str]) -> Mention | None:
        if m[1].lower() == "may" and not m[1][0].isupper():
            return None
        number = _month_number(m[1])
        if m[2]:
            return _known(m[0], month_span(int(m[2]), number), lexicon)
        found = [s for s in lexicon.spans if s == month_span(s[0].year, number)]
        return _span(m[0], max(found) if found else None)

    return make


def _quarter_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "Q3 2026" or "Q3"."""

    def make(m: re.Match[str]) -> Mention:
        first = int(m[1]) * 3 - 2
        years = [int(m[2])] if m[2] else sorted({s[0].year for s in lexicon.spans}, reverse=True)
        found = [month_span(y, first, 3) for y in years if month_span(y, first, 3) in lexicon.spans]
        return _span(m[0], found[0] if found else None)

    return make


def _week_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "week 43", "weeks 43 to 45", with or without the year; the number is that of ISO 8601."""

    def make(m: re.Match[str]) -> Mention:
        for start, end in lexicon.spans:
            first, last = start.isocalendar(), (end - timedelta(days=7)).isocalendar()
            is_named = first.week == int(m[1]) and last.week == int(m[2] or m[1])
            is_whole = (end - start).days % 7 == 0 and (m[2] is not None) == (end - start > timedelta(days=7))
            if is_named and is_whole and (m[3] is None or int(m[3]) == last.year):
                return Mention("time", m[0], (start, end))
        return Mention("badtime", m[0])

    return make


def _rolling_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "the last 30 days" is the finding's period where that has 30 days, "the previous 30 days" the comparison's."""

    def make(m: re.Match[str]) -> Mention:
        span = lexicon.comparison if m[0].lower().startswith(("prev", "prec")) else lexicon.period
        return _span(m[0], span if span and (span[1] - span[0]).days == int(m[1]) else None)

    return make


def _relative_reader(lexicon: Lexicon) -> Callable[[re.Match[str]], Mention]:
    """ "last month" by the clock, where there is one; otherwise it is not known which is meant."""

    def make(m: re.Match[str]) -> Mention:
        word, unit = m[0].lower().split()
        today = lexicon.today
        if today is None or word == "next" or unit == "week":
            return Mention("badtime", m[0])
        length = {"month": 1, "quarter": 3, "year": 12}[unit]
        months = (today.year * 12 + today.month - 1) // length * length - (length if word == "last" else 0)
        span = month_span(months // 12, months % 12 + 1, length)
        to_date = next((s for s in lexicon.spans if word == "this" and s[0] == span[0] and s[1] <= span[1]), span)
        return _known(m[0], to_date, lexicon)

    return make
