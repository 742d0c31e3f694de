"""Phrases that count from today: last 30 days, this month, two weeks ago, yesterday, last Monday, to date, all time."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import cast

from analyst_agent.errors import BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_atoms import fiscal_year, part_of_year
from analyst_agent.semantic.period_draft import Draft, Node, Rule, rule
from analyst_agent.semantic.period_words import DAYS_OF_WEEK, NUMBER, UNIT, WEEKDAY, number, unit
from analyst_agent.semantic.periods import (
    Clock,
    Grain,
    add_days,
    add_units,
    build,
    calendar_period,
    complete_before,
    everything,
    last_days,
    unit_start,
)

_LAST = r"(?:(?:the|this|these|those|our|all)\s+)?(?:very\s+)?(?P<last>last|past|previous|prior|preceding|trailing|rolling|most\s+recent|latest|recent)"
_NEXT = r"(?:the\s+|these\s+)?(?:next|coming|upcoming|following)"
_THIS = r"(?:this|the\s+current|current|the\s+present|the\s+running|the\s+ongoing)"
_FULL = (
    r"(?:(?:full|complete|completed|whole|entire|closed|finished)\s+)*(?P<fiscal>(?:fiscal|financial)\s+|calendar\s+)?"
)
_BEFORE_WEEKDAY = r"\b(?:on|since|until|till|through|before|after|from|to|than|vs\.?|versus|and|of|about)\s+$"
# "Last week of October" and "the last two months of 2025" belong to what follows; `Draft.before_of` is off in the second reading.
_PART = r"\s+(?:of|in)\s+(?:the\s+)?(?!the\b|this\s+(?:list|data|report))\S"
LONGEST = {"day": 109_500, "week": 15_600, "month": 3_600, "quarter": 1_200, "year": 300}


def whole(text: str, name: str) -> int:
    """The count in a phrase. Raises BadPeriod unless it is a whole number that makes a sensible length of time."""
    value = number(text)
    if value != int(value) or value < 1:
        raise BadPeriod(
            f"{text!r} {name}s is no length of time.", f"Use a whole number of at least 1, for example last 3 {name}s."
        )
    if value > LONGEST.get(name, 109_500):
        raise BadPeriod(
            f"{text} {name}s is longer than any record.",
            "Use a smaller count, for example last 24 months, or all time.",
        )
    return int(value)


def _fiscal_unit(name: str, clock: Clock, offset: int) -> Period:
    """The fiscal year or quarter `offset` units from the one that holds today."""
    months = 12 if name == "year" else 3
    year = fiscal_year(clock.today.year, clock.fiscal_year_start)
    passed = (clock.today.year - year.start.year) * 12 + clock.today.month - year.start.month
    part = passed // months + offset
    if months == 12:
        return fiscal_year(clock.today.year + part, clock.fiscal_year_start)
    return part_of_year(clock.today.year, part + 1, 3, clock.fiscal_year_start)


def _days(first: date, count: int) -> Period:
    return build(first, add_days(first, count), "rolling", "day")


def last_units(clock: Clock, count: int, name: str) -> Period:
    """The complete units before the current one: hours only as whole days, a fortnight is two weeks, a weekend Saturday and Sunday."""
    if name == "hour":
        if count % 24:
            raise BadPeriod(f"Periods are whole days, not {count} hours.", "Say yesterday, or last 2 days.")
        return last_days(clock, count // 24)
    if name == "fortnight":
        return complete_before(clock, 2 * count, "week")
    if name == "weekend":
        sunday = clock.today - timedelta(days=clock.today.weekday() + 1)
        if count > 1:
            raise BadPeriod("Several weekends are not one period.", "Ask for last weekend, or split by weekday.")
        return build(sunday - timedelta(days=1), sunday + timedelta(days=1))
    return complete_before(clock, count, cast(Grain, name))


def _is_part(m: re.Match[str], draft: Draft) -> bool:
    return draft.before_of and re.match(_PART, draft.chars[m.end() :]) is not None


def _previous(m: re.Match[str], period: Period, count: int, name: str) -> Node:
    # Beside another period, "the previous 30 days" are those before it, not before today; the roles decide.
    relative = m["last"] in ("previous", "prior", "preceding") and name in ("day", "week", "month", "quarter", "year")
    return Node(period=period, shift_by=-count, shift_unit=name) if relative else Node(period=period)


def _last_n(m: re.Match[str], draft: Draft) -> Node | None:
    if _is_part(m, draft):
        return None
    name = unit(m["unit"])
    if m["business"]:
        raise BadPeriod(
            "Business days are no period here.", "Count calendar days, for example last 7 days, or name two dates."
        )
    count = whole(m["n"], name)
    if (m["fiscal"] or "").strip() in ("fiscal", "financial") and name in ("quarter", "year"):
        first, last = _fiscal_unit(name, draft.clock, -count), _fiscal_unit(name, draft.clock, -1)
        return Node(period=build(first.start, last.end, "calendar", last.grain))
    return _previous(m, last_units(draft.clock, count, name), count, name)


def _last(m: re.Match[str], draft: Draft) -> Node | None:
    if _is_part(m, draft) or (m["last"] == "rolling" and m["unit"]):
        return None
    name = unit(m["unit"])
    if name == "hour":
        raise BadPeriod("Periods are whole days, not hours.", "Say today, yesterday, or last 2 days.")
    if (m["fiscal"] or "").strip() in ("fiscal", "financial") and name in ("quarter", "year"):
        return Node(period=_fiscal_unit(name, draft.clock, -1))
    if m["last"] == "recent":
        return None
    node = _previous(m, last_units(draft.clock, 1, name), 1, name)
    return replace(node, mark="last_year") if name == "year" and m["last"] in ("last", "past") else node


def _half_more(m: re.Match[str], draft: Draft) -> Node | None:
    if m["unit"].startswith("year"):
        return Node(period=complete_before(draft.clock, 18, "month"))
    raise BadPeriod(f"{m[0]!r} is no whole number of days.", "Give days, for example last 45 days.")


def _half_year(m: re.Match[str], draft: Draft) -> Node | None:
    return Node(period=complete_before(draft.clock, 6, "month"))


def _before_last(m: re.Match[str], draft: Draft) -> Node | None:
    grain = cast(Grain, unit(m["unit"]))
    start = add_units(unit_start(grain, draft.clock.today, draft.clock.week_start), -2, grain)
    return Node(period=calendar_period(grain, start, draft.clock.week_start))


def _this(m: re.Match[str], draft: Draft) -> Node | None:
    name, clock = unit(m["unit"]), draft.clock
    if name in ("hour", "fortnight", "weekend"):
        return None
    if (m["fiscal"] or "").strip() in ("fiscal", "financial") and name in ("quarter", "year"):
        return Node(period=_fiscal_unit(name, clock, 0), year=_fiscal_unit(name, clock, 0).end.year, fiscal=True)
    return Node(period=calendar_period(cast(Grain, name), clock.today, clock.week_start))


def _to_date(m: re.Match[str], draft: Draft) -> Node | None:
    clock = draft.clock
    if m["fiscal"]:
        return Node(period=_fiscal_unit("year", clock, 0))
    grain = cast(Grain, {"m": "month", "q": "quarter", "y": "year", "w": "week"}[(m["short"] or m["long"])[0]])
    return Node(period=calendar_period(grain, clock.today, clock.week_start))


def _next(m: re.Match[str], draft: Draft) -> Node | None:
    name, clock = unit(m["unit"]), draft.clock
    if name in ("hour", "weekend"):
        return None
    if (m["fiscal"] or "").strip() in ("fiscal", "financial") and name in ("quarter", "year"):
        return Node(period=_fiscal_unit(name, clock, 1))
    count = whole(m["n"], name) if m["n"] else 1
    grain = cast(Grain, "week" if name == "fortnight" else name)
    count *= 2 if name == "fortnight" else 1
    if "following" in m[0] or _is_part(m, draft):
        return None
    if grain == "day":
        return Node(period=_days(clock.tomorrow, count))
    start = add_units(unit_start(grain, clock.today, clock.week_start), 1, grain)
    return Node(period=build(start, add_units(start, count, grain), "calendar", grain))


A_LIMIT = re.compile(r"\b(?:more|less|fewer|longer|earlier|later|over|under|at\s+least|at\s+most)(?:\s+than)?\s+$")


def _ago(m: re.Match[str], draft: Draft) -> Node | None:
    """The day, week or month so long ago; "joined less than 90 days ago" is a limit and names none."""
    if A_LIMIT.search(draft.chars[: m.start()]):
        return None
    name, clock = unit(m["unit"]), draft.clock
    count = 1 if m["n"] in ("a", "an") else whole(m["n"], name)
    if name == "hour":
        raise BadPeriod("Periods are whole days, not hours.", "Say today, yesterday, or last 2 days.")
    if name == "year" and count == 1:
        return None
    if name in ("fortnight", "weekend"):
        name, count = "week", count * (2 if name == "fortnight" else 1)
    grain = cast(Grain, name)
    return Node(period=calendar_period(grain, add_units(clock.today, -count, grain), clock.week_start))


def _day_word(m: re.Match[str], draft: Draft) -> Node | None:
    text = re.sub(r"\s+", " ", m[0]).removeprefix("the ")
    offset = {"today": 0, "yesterday": -1, "day before yesterday": -2, "tomorrow": 1, "day after tomorrow": 2}[text]
    return Node(
        period=calendar_period("day", add_days(draft.clock.today, offset)), mark="now" if text == "today" else ""
    )


def _weekday(m: re.Match[str], draft: Draft) -> Node | None:
    """Last Monday is before today; on Monday and since Monday may be today; this Monday is the one of this week."""
    wanted, which, today = DAYS_OF_WEEK[m["weekday"].rstrip(".")], (m["which"] or "").split(" ")[-1], draft.clock.today
    if not which and not re.search(_BEFORE_WEEKDAY, draft.chars[: m.start()]):
        return None
    back = (today.weekday() - wanted) % 7
    if m["which"] == "this":
        day = unit_start("week", today, draft.clock.week_start)
        day = add_days(day, (wanted - day.weekday()) % 7)
    elif which in ("next", "coming"):
        day = add_days(today, 7 - back)
    else:
        day = add_days(today, -(back or (7 if which else 0)))
    return Node(period=calendar_period("day", day), mark="weekday", shift_by=wanted)


def _edge(m: re.Match[str], draft: Draft) -> Node | None:
    """ "Since the start of the year": the unit that holds today, for the open-ended rules to take its first or last day."""
    grain, clock = cast(Grain, unit(m["unit"])), draft.clock
    if not re.search(r"\b(?:since|from|until|till|to|through|before|after|starting)\s+$", draft.chars[: m.start()]):
        return None
    return Node(
        period=_fiscal_unit(grain, clock, 0) if m["fiscal"] else calendar_period(grain, clock.today, clock.week_start)
    )


def _all(m: re.Match[str], draft: Draft) -> Node | None:
    return Node(period=everything(draft.clock), mark="ever" if m[0] == "ever" else "")


def _bare_count(m: re.Match[str], draft: Draft) -> Node | None:
    """A whole text such as "30 days" or "twelve months"."""
    return _last_n(m, draft) if draft.whole_text else None


_N = rf"(?P<n>{NUMBER})"
_GAP = r"(?:\s+|\s*-\s*|)"

RELATIVE: tuple[Rule, ...] = (
    rule(r"(?:the\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|today|yesterday|tomorrow", _day_word),
    rule(
        rf"{_LAST}{_GAP}{_N}{_GAP}{_FULL}(?P<business>business\s+|working\s+)?(?P<unit>{UNIT})(?:\s+(?:window|period))?",
        _last_n,
    ),
    rule(rf"{_LAST}\s+{_FULL}(?P<business>business\s+|working\s+)?{_N}{_GAP}(?P<unit>{UNIT})", _last_n),
    rule(rf"^(?P<last>)(?P<fiscal>)(?P<business>)\s?{_N}{_GAP}(?P<unit>{UNIT})(?=\W*$)", _bare_count),
    rule(
        rf"since\s+(?P<last>)(?P<fiscal>)(?P<business>){_N}{_GAP}(?P<unit>{UNIT})(?!\s+(?:ago|back|before|after|earlier))",
        _last_n,
    ),
    rule(rf"{_LAST}[\s-]+{_FULL}(?P<unit>{UNIT})", _last),
    rule(rf"{_LAST}\s+(?P<unit>year|month|week)\s+and\s+a\s+half", _half_more),
    rule(rf"{_LAST}\s+half(?:\s+|-)year", _half_year),
    rule(r"(?:the\s+)?(?P<unit>day|week|month|quarter|year)\s+before\s+last", _before_last),
    rule(rf"{_THIS}[\s-]+{_FULL}(?P<unit>{UNIT})(?:\s+(?:so\s+far|to\s+date))?", _this),
    rule(
        r"(?P<fiscal>f(?:iscal\s+)?)?(?:(?P<short>[mqyw])td|(?P<long>month|quarter|year|week)[\s-]to[\s-]date)",
        _to_date,
    ),
    rule(rf"{_NEXT}\s+(?:{_N}{_GAP})?{_FULL}(?P<unit>{UNIT})", _next),
    rule(rf"(?P<n>an?|{NUMBER})\s+(?:full\s+)?(?P<unit>{UNIT})\s+(?:ago|back)", _ago),
    rule(rf"(?:(?P<which>last|past|previous|this\s+past|this|next|coming)\s+)?(?P<weekday>{WEEKDAY})", _weekday),
    rule(
        r"(?:the\s+)?(?:start|beginning|end)\s+of\s+(?:the|this|our)\s+(?P<fiscal>fiscal\s+|financial\s+)?(?P<unit>week|month|quarter|year)",
        _edge,
    ),
    rule(
        r"(?:(?:of|for|over|across|in)\s+)?all[\s-]time|ever(?!\s+since)|since\s+(?:the\s+)?(?:very\s+)?(?:beginning|start|inception|records\s+began)(?:\s+of\s+time)?(?!\s+of)"
        r"|(?:the\s+)?(?:whole|entire|full|complete)\s+(?:period|history|time|timeline|data\s*set|data)|(?:all|full)\s+(?:of\s+)?(?:the\s+|our\s+)?(?:data|history)",
        _all,
    ),
)
