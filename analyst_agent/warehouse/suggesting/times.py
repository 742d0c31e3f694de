"""How a column writes its times: the format that reads most of its values, and whether day and month can be told apart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analyst_agent.warehouse.checks import value_sql
from analyst_agent.warehouse.tables import Column

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

AMBIGUOUS = "day and month could be the other way round"
_TIME = Column("time", "timestamp")
_MOST_SHAPES, _MOST_TRIED = 60, 8
_CLOCK = re.compile(
    r"(?P<gap>,? at |, |[ T])(?P<hour>\d{1,2}):\d{2}(?P<sec>:\d{2}(?P<frac>[.]\d+)?)?(?P<half> ?[AaPp][Mm])?"
    r"(?P<zone> ?(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$"
)
_DAY_FORMS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = (
    (re.compile(r"\d{4}([-/.])\d{1,2}\1\d{1,2}"), ("%Y{0}%m{0}%d",)),
    (re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{4}"), ("%d{0}%m{0}%Y", "%m{0}%d{0}%Y")),
    (re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}(?!\d)"), ("%d{0}%m{0}%y", "%m{0}%d{0}%y")),
    (re.compile(r"\d{1,2}([-/ .])[A-Za-z]{3}\1\d{4}"), ("%d{0}%b{0}%Y",)),
    (re.compile(r"\d{1,2}([-/ .])[A-Za-z]{3}\1\d{2}(?!\d)"), ("%d{0}%b{0}%y",)),
    (re.compile(r"\d{1,2}([-/ .])[A-Za-z]{4,9}\1\d{4}"), ("%d{0}%B{0}%Y",)),
    (re.compile(r"[A-Za-z]{3}( )\d{1,2}, \d{4}"), ("%b %d, %Y",)),
    (re.compile(r"[A-Za-z]{4,9}( )\d{1,2}, \d{4}"), ("%B %d, %Y",)),
    (re.compile(r"(?:19|20)\d{6}(?=$|[ T])()"), ("%Y%m%d",)),
)
_WEEKDAY = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), ")
_EPOCH = re.compile(r"(?:1[0-9]{9}|1[0-9]{12})(?:\.0*)?")


@dataclass(frozen=True, slots=True)
class TimeForm:
    """How a column's times are written. date_format: "" for ISO 8601; share: of its values that read so; other: the format that swaps
    day and month where it reads as many; evidence: why day and month are as they are; zone: where the values name their zone ("UTC").
    """

    date_format: str
    share: float
    other: str = ""
    evidence: str = ""
    zone: str = ""
    is_epoch: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether day and month could be the other way round."""
        return bool(self.other)


def time_form(con: DuckDBPyConnection, values: Sequence[str]) -> TimeForm | None:
    """The form of the non-missing values of a column; None where fewer than half are times."""
    if not values:
        return None
    shares = {"": _share(con, values, "")}
    if shares[""] < 1:
        tried = Counter(form for value in values[:_MOST_SHAPES] for form in _formats(value.strip()))
        for form, _ in tried.most_common(_MOST_TRIED):
            shares[form] = _share(con, values, form)
    best = max(shares, key=lambda form: (shares[form], form == "", -len(form)))
    if shares[best] < 0.5:
        epoch = sum(1 for v in values if _EPOCH.fullmatch(v)) / len(values)
        return TimeForm("", epoch, is_epoch=True) if epoch > 0.95 else None
    zone = "UTC" if best.endswith((" UTC", " GMT")) else ""
    swapped = swap_day_and_month(best)
    if not swapped or swapped not in shares:
        return TimeForm(best, shares[best], zone=zone)
    if shares[swapped] < shares[best]:
        parts = "first part, the day," if best.startswith("%d") else "second part, the day,"
        count = round((shares[best] - shares[swapped]) * len(values))
        return TimeForm(best, shares[best], evidence=f"in {count:,} values the {parts} is above 12", zone=zone)
    return _by_custom(TimeForm(best, shares[best], swapped, zone=zone))


def settle(form: TimeForm, known: Sequence[TimeForm]) -> TimeForm:
    """An ambiguous form decided by another column of the same file that is written alike and is not ambiguous."""
    if not form.is_ambiguous:
        return form
    for one in known:
        for choice in (form.date_format, form.other):
            if not one.is_ambiguous and choice[:8] == one.date_format[:8] and one.evidence:
                return replace(form, date_format=choice, other="", evidence="as another time column of the file shows")
    return form


def swap_day_and_month(date_format: str) -> str:
    """The format with day and month exchanged; the same where they are not numbers side by side."""
    found = re.match(r"%([dm])([-/.])%([dm])(?=\2)", date_format)
    if not found or found[1] == found[3]:
        return ""
    return f"%{found[3]}{found[2]}%{found[1]}{date_format[found.end() :]}"


def _by_custom(form: TimeForm) -> TimeForm:
    """Day first is taken where nothing decides, month first with AM and PM; it stays ambiguous, except with full stops, which are day first."""
    choices = (form.date_format, form.other)
    day_first = next(c for c in choices if c.startswith("%d"))
    month_first = next(c for c in choices if c.startswith("%m"))
    if day_first.startswith("%d."):
        return replace(form, date_format=day_first, other="", evidence="dates with full stops put the day first")
    if "%p" in form.date_format:
        return replace(form, date_format=month_first, other=day_first)
    return replace(form, date_format=day_first, other=month_first)


def _share(con: DuckDBPyConnection, values: Sequence[str], date_format: str) -> float:
    """The share of values that the load would read as times between 1970 and 2100 with this format."""
    import duckdb

    sql = value_sql(_TIME, "x", date_format, "UTC")
    try:
        row = con.execute(
            f"SELECT count(*) FILTER (WHERE t BETWEEN TIMESTAMP '1970-01-01' AND TIMESTAMP '2100-01-01' OR t > TIMESTAMP '9990-01-01') "
            f"FROM (SELECT {sql} AS t FROM (SELECT unnest(?) AS x))",
            [list(values)],
        ).fetchone()
    except duckdb.Error:
        return 0.0
    return int(row[0]) / len(values) if row else 0.0


def _formats(value: str) -> Iterator[str]:
    """The formats that a value's shape allows."""
    start = ""
    weekday = _WEEKDAY.match(value)
    if weekday:
        start, value = "%a, ", value[weekday.end() :]
    for pattern, days in _DAY_FORMS:
        found = pattern.match(value)
        if not found:
            continue
        clock = _clock(value[found.end() :])
        if clock is not None:
            for day in days:
                yield start + day.format(found[1]) + clock


def _clock(rest: str) -> str | None:
    """The format of what follows the date; None where it is no time of day."""
    if not rest:
        return ""
    found = _CLOCK.fullmatch(rest)
    if not found:
        return None
    text = f"{found['gap']}{'%I' if found['half'] else '%H'}:%M"
    text += ":%S" if found["sec"] else ""
    text += ".%f" if found["frac"] else ""
    if found["half"]:
        text += " %p" if found["half"].startswith(" ") else "%p"
    zone = found["zone"] or ""
    if zone.strip() in ("UTC", "GMT"):
        return text + zone
    if zone:
        return text + (" %z" if zone.startswith(" ") else "%z")
    return text
