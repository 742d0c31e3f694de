"""Local time by the offsets that hold between two changes of the clocks: the same on every engine, and many times faster than its own conversion."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlglot import exp

from analyst_agent.semantic.fragments import cast_to

MOST_CHANGES = 60
Span = tuple[datetime, datetime]


def local_time(column: exp.Expression, zone: str, bounds: Span | None, data: Span | None) -> exp.Expression:
    """A UTC time as the zone's wall time. bounds: within which all times are, where a period is given; data: first and last time there is.

    Without a period, times before the data's own (an escalation older than the first ticket) are converted by the engine.
    """
    if zone == "UTC":
        return column
    span = bounds or data
    first, changes = offsets(zone, *span) if span is not None else (timedelta(), ())
    if span is None or len(changes) > MOST_CHANGES:
        return _converted(column, zone)
    # Newest first: most rows are recent, and a CASE ends at its first match.
    arms = [(moment, offset) for moment, offset in reversed(changes)]
    last = _moved(column, first)
    if bounds is None:
        arms.append((span[0], first))
        last = _converted(column, zone)
    if not arms:
        return last
    ifs = [exp.If(this=exp.GTE(this=column.copy(), expression=_instant(m)), true=_moved(column, o)) for m, o in arms]
    return exp.Case(ifs=ifs, default=last)


@lru_cache(maxsize=256)
def offsets(zone: str, start: datetime, end: datetime) -> tuple[timedelta, tuple[tuple[datetime, timedelta], ...]]:
    """The offset from UTC at `start`, and each instant up to `end` from which another holds.

    >>> offsets("Europe/Berlin", datetime(2026, 10, 1), datetime(2026, 11, 1))
    (datetime.timedelta(seconds=7200), ((datetime.datetime(2026, 10, 25, 1, 0), datetime.timedelta(seconds=3600)),))
    """
    place = ZoneInfo(zone)

    def offset(moment: datetime) -> timedelta:
        return moment.replace(tzinfo=UTC).astimezone(place).utcoffset() or timedelta()

    before = start.replace(microsecond=0)
    known = first = offset(before)
    found = []
    while before < end:
        after = before + timedelta(days=1)
        if offset(after) != known:
            low, high = before, after
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if offset(middle) == known else (low, middle)
            known = offset(high)
            found.append((high, known))
            before = high
        else:
            before = after
    return first, tuple(change for change in found if change[0] < end)


def _moved(column: exp.Expression, offset: timedelta) -> exp.Expression:
    minutes, rest = divmod(abs(int(offset.total_seconds())), 60)
    if not offset:
        return column.copy()
    number, unit = (minutes * 60 + rest, "SECOND") if rest else (minutes, "MINUTE")
    interval = exp.Interval(this=exp.Literal.string(str(number)), unit=exp.var(unit))
    kind = exp.Add if offset > timedelta() else exp.Sub
    return kind(this=column.copy(), expression=interval)


def _converted(column: exp.Expression, zone: str) -> exp.Expression:
    """The engine's own conversion."""
    aware = exp.AtTimeZone(this=exp.paren(column.copy(), copy=False), zone=exp.Literal.string("UTC"))
    return exp.AtTimeZone(this=exp.paren(aware, copy=False), zone=exp.Literal.string(zone))


def _instant(moment: datetime) -> exp.Expression:
    return cast_to(exp.Literal.string(str(moment)), "TIMESTAMP")
