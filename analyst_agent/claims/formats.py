"""How numbers, periods and lists are written; rounding never makes a number say something else."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, timedelta

from analyst_agent.records import Period, Value

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
DURATIONS = {"min": 1.0, "h": 60.0, "days": 1440.0}
NOT_KNOWN = "not known"


def is_number(value: object) -> bool:
    """Whether `value` is a finite number (a Boolean is not)."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def count(value: float) -> str:
    """Thousands separated; a whole number without decimals.

    >>> count(5120)
    '5,120'
    """
    if float(value).is_integer():
        return f"{int(value):,}"
    return _bounded(value, 1)


def ratio(value: float, decimals: int = 1) -> str:
    """A rate or share of 0 to 1 as a percentage; a little is never shown as nothing, nor nearly all as all.

    >>> [ratio(v) for v in (0.0804, 0.0004, 0.00004, 0.9998, 0.0)]
    ['8.0 %', '0.04 %', 'under 0.01 %', '99.98 %', '0.0 %']
    """
    percent = value * 100
    for places in (decimals, max(decimals, 2)):
        shown = round(percent, places)
        if (shown == 0) == (percent == 0) and (shown == 100) == (percent == 100):
            return f"{_zero(shown):,.{places}f} %"
    if abs(percent) < 1:
        return "under 0.01 %" if percent > 0 else "above -0.01 %"
    return "over 99.99 %" if percent < 100 else "just over 100 %"


def points(value: float, decimals: int = 1) -> str:
    """The size of a difference of two rates, in percentage points, without its sign.

    >>> points(-0.009), points(0.0001), points(0.01)
    ('0.9 points', 'under 0.1 points', '1.0 points')
    """
    size = abs(value) * 100
    if size and round(size, decimals) == 0:
        return f"under {10**-decimals:g} points"
    return f"{_zero(round(size, decimals)):.{decimals}f} points"


def duration_unit(minutes: float) -> str:
    """Minutes under 2 hours, hours up to 72, then days."""
    size = abs(minutes)
    return "min" if size < 120 else "h" if size < 72 * 60 else "days"


def duration(minutes: float, unit: str | None = None) -> str:
    """Minutes in the unit a reader can picture, or in the one given.

    >>> duration(95), duration(1284), duration(7200), duration(0.02)
    ('95 min', '21.4 h', '5.0 days', 'under 0.1 min')
    """
    unit = unit or duration_unit(minutes)
    amount = minutes / DURATIONS[unit]
    places = 0 if unit == "min" and (abs(amount) >= 10 or amount.is_integer()) else 1
    return f"{_bounded(amount, places)} {unit}"


def money(value: float, currency: str) -> str:
    """Whole units of the currency; cents only under 10.

    >>> money(8912.4, "USD"), money(3.5, "EUR")
    ('8,912 USD', '3.50 EUR')
    """
    return f"{_bounded(value, 0 if abs(value) >= 10 or value == 0 else 2)} {currency}"


def score(value: float, decimals: int = 1) -> str:
    """A mean of ratings."""
    return _bounded(value, decimals)


def number(value: Value, unit: str, currency: str = "USD") -> str:
    """Any value in its unit, as words for a sentence. None, NaN and infinity are "not known"."""
    if not is_number(value):
        return NOT_KNOWN if value is None or isinstance(value, float) else str(value)
    amount = float(value)  # type: ignore[arg-type]
    match unit:
        case "ratio":
            return ratio(amount)
        case "points":
            return points(amount)
        case "minutes":
            return duration(amount)
        case "currency":
            return money(amount, currency)
        case "count":
            return count(amount)
    return score(amount)


def two_numbers(first: float, second: float, unit: str, currency: str = "USD") -> tuple[str, str]:
    """Both values, with as many decimals as it takes to show that they differ (at most three)."""
    a, b = number(first, unit, currency), number(second, unit, currency)
    if unit == "minutes":
        larger = duration_unit(max(abs(first), abs(second)))
        a, b = duration(first, larger), duration(second, larger)
    if first == second or a != b or unit not in ("ratio", "score"):
        return a, b
    write = ratio if unit == "ratio" else score
    for places in (2, 3):
        a, b = write(first, places), write(second, places)
        if a != b:
            return a, b
    return a, b


def size(difference: float, unit: str, currency: str = "USD") -> str:
    """How large a difference is, without its sign; of rates in points."""
    return number(abs(difference), "points" if unit in ("ratio", "points") else unit, currency)


def span(interval: tuple[float, float] | None, unit: str, currency: str = "USD") -> str:
    """An interval as "0.2 to 1.6" in its unit (rates as percentages, points bare); "" where there is none."""
    if interval is None or not all(is_number(v) for v in interval):
        return ""
    low, high = interval
    if unit in ("ratio", "points"):
        places = 2 if any(bound and round(bound * 100, 1) == 0 for bound in interval) else 1
        shown = f"{_zero(round(low * 100, places)):.{places}f} to {_zero(round(high * 100, places)):.{places}f}"
        return f"{shown} %" if unit == "ratio" else shown
    if unit == "minutes":
        wide = duration_unit(max(abs(low), abs(high)))
        return f"{duration(low, wide).removesuffix(' ' + wide)} to {duration(high, wide)}"
    if unit == "currency":
        return f"{money(low, currency).removesuffix(' ' + currency)} to {money(high, currency)}"
    return f"{number(low, unit, currency)} to {number(high, unit, currency)}"


def day(value: date) -> str:
    """31 October 2026."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def month(value: date) -> str:
    """October 2026."""
    return f"{MONTHS[value.month - 1]} {value.year}"


def days_of(period: Period) -> str:
    """The first and last day, saying month and year only once: "1 to 31 October 2026"."""
    first, last = period.start, period.end - timedelta(days=1)
    if last <= first:
        return day(first)
    if first.year != last.year:
        return f"{day(first)} to {day(last)}"
    if first.month != last.month:
        return f"{first.day} {MONTHS[first.month - 1]} to {day(last)}"
    return f"{first.day} to {day(last)}"


def is_whole_month(period: Period) -> bool:
    """Whether the period is exactly one calendar month."""
    following = date(period.start.year + period.start.month // 12, period.start.month % 12 + 1, 1)
    return period.start.day == 1 and period.end == following


def period_name(period: Period) -> str:
    """The period in a sentence: its month, its label, or its days."""
    if is_whole_month(period):
        return month(period.start)
    if period.label and period.kind != "rolling":
        return period.label
    return days_of(period)


def during(period: Period) -> str:
    """The period with its preposition: "in October 2026", "from 4 October to 2 November 2026", "on 5 October 2026"."""
    name = period_name(period)
    if " to " in name and " to date" not in name:
        return f"from {name}"
    return f"in {name}" if name != days_of(period) else f"on {name}"


def listed(items: Sequence[str], most: int = 8, word: str = "and") -> str:
    """All as "A, B and C"; of more than `most`, the first and how many more there are.

    >>> listed(["A", "B", "C"]), listed(["A", "B", "C"], most=2)
    ('A, B and C', 'A, B and 1 more')
    """
    shown = list(items[:most])
    if len(items) > most:
        shown.append(f"{len(items) - most} more")
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} {word} {shown[-1]}" if shown else ""


def plural(amount: float, one: str, many: str = "") -> str:
    """The noun for that many."""
    return one if amount == 1 else many or one + "s"


def sentence(text: str) -> str:
    """With a capital first letter, behind an opening emphasis too."""
    head = len(text) - len(text.lstrip("*"))
    return text[:head] + text[head : head + 1].upper() + text[head + 1 :]


def _bounded(value: float, places: int) -> str:
    if value and round(value, places) == 0:
        least = f"{10**-places:.{places}f}"
        return f"under {least}" if value > 0 else f"above -{least}"
    return f"{_zero(round(value, places)):,.{places}f}"


def _zero(value: float) -> float:
    return value + 0.0
