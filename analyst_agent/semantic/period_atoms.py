"""Phrases of the calendar that stand alone: dates, months, quarters, halves, years and numbered weeks."""

from __future__ import annotations

import re
from datetime import date

from analyst_agent.errors import AmbiguousDate, BadPeriod
from analyst_agent.records import Period
from analyst_agent.semantic.period_draft import Draft, Node, Rule, X, rule
from analyst_agent.semantic.period_labels import MONTH_NAMES
from analyst_agent.semantic.period_words import AMBIGUOUS_MONTHS, MONTH, ORDINAL, ORDINALS, PERSON_NAMES, month
from analyst_agent.semantic.periods import DAY, add_months, build, calendar_period, unit_start, whole_units

_ORD = r"(?:st|nd|rd|th)?"
_D = rf"\d{{1,2}}{_ORD}"
_COUNTED = (
    r"(?:tickets?|escalations?|escalated|customers?|accounts?|agents?|cases?|incidents?|rows?|times|users?|minutes?|hours?|days?|weeks?|months?"
    r"|years?|dollars?|usd|eur|euros?|percent|points?|of)\b|%"
)
_BEFORE_CODE = r"(?:ticket|case|incident|error|code|id|version|release|number|no\.?|#|office|windows|server|sql|exchange|outlook|excel|sharepoint|room|port)\s*#?$"  # fmt: skip
_BEFORE_COUNT = r"(?:over|under|above|below|least|most|exactly|about|around|nearly|almost|more|fewer|less|top|than)\s+$"
_BEFORE_YEAR = r"(?:in|of|for|during|since|from|until|till|through|to|vs\.?|versus|against|with|and|before|after|year|around|about)\s+(?:the\s+)?$"
# "First half of October" is a part of a month, not of a year.
_OF_OTHER = r"\s+(?:of|in)\s+(?!(?:the\s+)?(?:(?:last|this|previous|current|next|past|prior|fiscal|financial|calendar)\s+)*(?:year|\d{4}|fy))"
_PARTS = ORDINALS


def _date(year: int, month_number: int, day: int) -> date:
    if not 1 <= month_number <= 12:
        raise BadPeriod(
            f"There is no month {month_number}.", f"Months run from 1 to 12, for example {year}-10 for October {year}."
        )
    last = (add_months(date(year, month_number, 1), 1) - DAY).day
    if not 1 <= day <= last:
        name = MONTH_NAMES[month_number - 1]
        most = 29 if month_number == 2 else last
        if not 1 <= day <= most:
            raise BadPeriod(
                f"There is no {day} {name}.", f"{name} has at most {most} days, for example {min(last, most)} {name}."
            )
        raise BadPeriod(
            f"There is no {day} {name} {year}.", f"{name} {year} has {last} days, for example {last} {name} {year}."
        )
    return date(year, month_number, day)


def one_day(year: int, month_number: int, day: int) -> Period:
    return calendar_period("day", _date(year, month_number, day))


def _in_range(year: int) -> bool:
    return 1900 <= year <= 2199


def _full_year(digits: str) -> int:
    return int(digits) + (2000 if len(digits) == 2 else 0)


# --- dates in figures


def _iso_day(m: re.Match[str], draft: Draft) -> Node | None:
    if not _in_range(int(m[1])):
        return None
    return Node(period=one_day(int(m[1]), int(m[2]), int(m[3])))


def _iso_month(m: re.Match[str], draft: Draft) -> Node | None:
    if not _in_range(int(m[1])):
        return None
    return Node(period=calendar_period("month", _date(int(m[1]), int(m[2]), 1)))


def _month_year(m: re.Match[str], draft: Draft) -> Node | None:
    return Node(period=calendar_period("month", _date(int(m[2]), int(m[1]), 1))) if _in_range(int(m[2])) else None


def _figures(m: re.Match[str], draft: Draft) -> Node | None:
    first, second, year, dotted = int(m[1]), int(m[3]), _full_year(m[4]), m[2] == "."
    coded = re.search(rf"(?<![a-z]){_BEFORE_CODE}", draft.chars[: m.start()]) is not None
    if coded or not _in_range(year) or (len(m[4]) == 2 and m[2] != "/"):
        return None
    if dotted or first > 12 or first == second:
        return Node(period=one_day(year, second, first))
    if second > 12:
        return Node(period=one_day(year, first, second))
    either = f"{year}-{second:02d}-{first:02d} ({first} {MONTH_NAMES[second - 1]}) or {year}-{first:02d}-{second:02d} ({MONTH_NAMES[first - 1]} {second})"
    raise AmbiguousDate(f"{m[0]!r} can be read with the day or the month first.", f"Write {either}.")


# --- names of months


def is_month(m: re.Match[str], draft: Draft, group: str = "month") -> bool:
    """Whether a word that spells a month means one here: "may I", "march on" and agent April do not."""
    word = m[group].rstrip(".")
    before, after = draft.chars[: m.start(group)], draft.chars[m.end(group) :]
    if word in PERSON_NAMES and re.search(r"\b(?:agent|csm|named|called|by)\s+$", before):
        return False
    if word not in AMBIGUOUS_MONTHS or m.start(group) != m.start() or m.end(group) < m.end():
        return True
    if re.match(r"\s*(?:,|of)?\s*'?(?:19|20)?\d\d(?!\d)|\s*'s\b", after):
        return True
    dated = rf"(?:{X}|\d|{MONTH})"
    if re.match(rf"\s*(?:to|and|or|vs\.?|versus|through|until|-|,|over)\s*{dated}", after):
        return True
    if re.search(r"\b(?:in|during|for|of|since|from|until|till|through|before|after|between|last|this|next|early|late|mid|vs\.?|versus|against|about|than|month|with)[\s-]+(?:the\s+month\s+of\s+)?$", before):  # fmt: skip
        return True
    if re.search(rf"{dated}\S*\s*(?:to|and|or|vs\.?|versus|through|until|-|,|over)\s*$", before):
        return True
    if re.search(r"(?:^|\b(?:and|or|then|vs\.?)\s+)\W*$", before) and re.match(r"\W*$", after):
        return True
    capital = draft.original[draft.spans[m.start(group)][0]].isupper()
    if not capital:
        return False
    named = re.match(r"\s+(?:was|were|had|escalat|ticket|rate|volume|number|data|report|figure|result)", after)
    return bool(named) or (
        not re.search(r"(?:^|[.?!:]\s*)$", before) and not re.match(r"\s+(?:i|we|be|have|not)\b", after)
    )


def _not_counted(text: str) -> bool:
    return re.match(rf"\s*{_COUNTED}|[:.,]\d", text) is None


def _day_month(m: re.Match[str], draft: Draft) -> Node | None:
    day, mon = int(re.sub(r"\D", "", m["day"])), month(m["month"])
    if "-" in m[0] and re.search(rf"(?<![a-z]){MONTH}\s*$", draft.chars[: m.start()]):
        # "Aug 26 - Aug 30" is a range.
        return None
    if re.search(r"\b(?:top|bottom|worst|best|priority|level|tier|p|first|last)\s*$", draft.chars[: m.start()]) or (
        day > 31 and m["day"].isdigit()
    ):
        return None
    return Node(in_year=lambda year, _: one_day(year, mon, day)) if is_month(m, draft) else None


def _month_day(m: re.Match[str], draft: Draft) -> Node | None:
    day, mon = int(re.sub(r"\D", "", m["day"])), month(m["month"])
    if m["day"].isdigit() and (not _not_counted(draft.chars[m.end() :]) or day > 39):
        return None
    return Node(in_year=lambda year, _: one_day(year, mon, day)) if is_month(m, draft) else None


def _days_of_month(m: re.Match[str], draft: Draft) -> Node | None:
    first, last = (int(re.sub(r"\D", "", m[g])) for g in ("a", "b"))
    mon = month(m["month"])
    if "between" not in m[0] and " and " in m[0]:
        return None
    return Node(in_year=lambda year, _: whole_units(_date(year, mon, first), _date(year, mon, last) + DAY))


def _month_of_short_year(m: re.Match[str], draft: Draft) -> Node | None:
    year, mon = _full_year(m["year"]), month(m["month"])
    return Node(period=calendar_period("month", _date(year, mon, 1))) if _in_range(year) else None


def _month(m: re.Match[str], draft: Draft) -> Node | None:
    mon = month(m["month"])
    return Node(in_year=lambda year, _: calendar_period("month", date(year, mon, 1))) if is_month(m, draft) else None


# --- parts of a year


def fiscal_year(year: int, first_month: int) -> Period:
    """The fiscal year of that name: the twelve months that end in it, as most finance departments count (January: the calendar year)."""
    start = date(year - (first_month > 1), first_month, 1)
    return build(start, add_months(start, 12), "calendar", "year" if first_month == 1 else "month")


def part_of_year(year: int, part: int, months: int, first_month: int = 1) -> Period:
    """The part-th block of so many months in the calendar or fiscal year."""
    start = add_months(fiscal_year(year, first_month).start, (part - 1) * months)
    on_grid = months == 3 and unit_start("quarter", start) == start
    return build(start, add_months(start, months), "calendar", "quarter" if on_grid else "month")


def _part(m: re.Match[str], draft: Draft) -> Node | None:
    text = m["part"]
    if m["kind"] == "half" and re.match(_OF_OTHER, draft.chars[m.end() :]):
        return None
    part, months = (_PARTS[text] if text in _PARTS else int(re.sub(r"\D", "", text))), (3 if m["kind"][0] == "q" else 6)
    if part > 12 // months or part < 1:
        raise BadPeriod(
            f"{m[0].strip()!r} does not exist: a year has {12 // months} of them.", "For example Q3 2026 or H1 2026."
        )
    always = "f" in m.groupdict() and m["f"] is not None
    first = draft.clock.fiscal_year_start
    year = m.groupdict().get("year")
    if year is not None:
        return Node(period=part_of_year(_full_year(year), part, months, first if always else 1))
    return Node(in_year=lambda y, fiscal: part_of_year(y, part, months, first if fiscal or always else 1))


def _year(m: re.Match[str], draft: Draft) -> Node | None:
    year, before, after = int(m["year"]), draft.chars[: m.start()], draft.chars[m.end() :]
    named = m["named"] is not None or re.search(rf"(?<![a-z]){_BEFORE_YEAR}", before) is not None
    if (
        not _in_range(year)
        or re.search(rf"(?<![a-z]){_BEFORE_CODE}", before)
        or re.search(r"[a-z]-$|[.,$#€£/]$", before)
    ):
        return None
    near = draft.clock.today.year - 10 <= year <= draft.clock.today.year + 1
    counted = re.match(rf"\s*{_COUNTED}", after) is not None and not re.match(r"\s*of\b", after)
    if not named and not draft.whole_text and (not 1990 <= year <= 2099 or (counted and not (near and year % 100))):
        return None
    if m["named"] is None and counted and re.search(rf"(?<![a-z]){_BEFORE_COUNT}", before):
        return None
    return Node(period=calendar_period("year", date(year, 1, 1)), year=year)


def _fiscal(m: re.Match[str], draft: Draft) -> Node | None:
    year = _full_year(m["year"])
    if m["second"]:
        year = year // 100 * 100 + int(m["second"]) if len(m["second"]) == 2 else int(m["second"])
    return (
        Node(period=fiscal_year(year, draft.clock.fiscal_year_start), year=year, fiscal=True)
        if _in_range(year)
        else None
    )


# --- weeks


def numbered_week(year: int, week: int, week_start: str = "monday") -> Period:
    """The week of the workspace that holds the Thursday of that ISO 8601 week. Raises BadPeriod where the year has no such week."""
    if not 1 <= week <= 53:
        raise BadPeriod(f"There is no week {week}.", "Weeks run from 1 to 52 or 53, for example week 40 or 2026-W40.")
    try:
        thursday = date.fromisocalendar(year, week, 4)
    except ValueError as error:
        weeks = date(year, 12, 28).isocalendar().week
        raise BadPeriod(
            f"There is no week {week} in {year}.", f"{year} has {weeks} weeks, for example {year}-W{weeks}."
        ) from error
    return calendar_period("week", thursday, week_start)


def _week(m: re.Match[str], draft: Draft) -> Node | None:
    week, start = int(m["week"]), draft.clock.week_start
    if m.groupdict().get("year") is not None:
        # Written in the ISO form it is the ISO week, Monday to Sunday, wherever weeks begin here.
        return Node(period=numbered_week(int(m["year"]), week)) if _in_range(int(m["year"])) else None
    return Node(in_year=lambda year, _: numbered_week(year, week, start))


def _weeks(m: re.Match[str], draft: Draft) -> Node | None:
    start = draft.clock.week_start
    first, last = int(m["a"]), int(m["b"])

    def in_year(year: int, fiscal: bool) -> Period:
        begin = numbered_week(year, first, start).start
        return build(begin, numbered_week(year, last, start).end, "calendar", "week")

    return Node(in_year=in_year)


def _weeks_mark(m: re.Match[str], draft: Draft) -> Node | None:
    return Node(mark="weeks")


_Y4 = r"\d{4}"
_TO = r"\s*(?:-|to|through|thru|until|till|and)\s*"
_EDGE, _END = r"(?<![\d/-])(?<!\d\.)", r"(?![./-]?\d)"

CALENDAR: tuple[Rule, ...] = (
    rule(r"(?<![\d-])(?<!\d\.)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)(?:t\d\d:\d\d\S*)?", _iso_day),
    rule(rf"{_EDGE}(\d{{4}})[-/](\d{{2}}){_END}", _iso_month),
    rule(rf"{_EDGE}(\d{{1,2}})/(\d{{4}}){_END}", _month_year),
    rule(rf"{_EDGE}(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}}|\d\d){_END}", _figures),
    rule(rf"(?:the\s+)?(?P<day>{_D})(?:\s+(?:day\s+)?of\s+|\s*-\s*|\s*)(?P<month>{MONTH})", _day_month),
    rule(rf"(?P<month>{MONTH})\s*(?:the\s+)?(?P<day>{_D})(?!\d)", _month_day),
    rule(
        rf"(?:from\s+|between\s+)?(?:the\s+)?(?P<a>{_D}){_TO}(?:the\s+)?(?P<b>{_D})\s*(?:of\s+)?(?P<month>{MONTH})",
        _days_of_month,
    ),
    rule(
        rf"(?:from\s+|between\s+)?(?P<month>{MONTH})\s+(?:the\s+)?(?P<a>{_D}){_TO}(?:the\s+)?(?P<b>{_D})(?!\d)(?![-/]\d)",
        _days_of_month,
    ),
    rule(rf"(?P<month>{MONTH})(?:\s*'|-)(?P<year>\d\d)(?!\d)", _month_of_short_year),
    rule(rf"(?P<month>{MONTH})-(?P<year>{_Y4})", _month_of_short_year),
    rule(rf"(?P<month>{MONTH})", _month),
    rule(r"(?P<f>f(?:iscal|inancial)?\s*)?(?P<kind>q)\s?(?P<part>\d)", _part),
    rule(rf"(?P<f>f)?(?P<kind>q)(?P<part>\d)\s*(?:'|/|-)\s*(?P<year>{_Y4}|\d\d)", _part),
    rule(rf"(?P<year>{_Y4})[-\s/]?(?P<kind>[qh])(?P<part>\d)", _part),
    rule(r"(?P<part>[1-4])(?P<kind>q)(?P<year>\d\d)?", _part),
    rule(rf"(?:the\s+)?(?P<part>{ORDINAL})\s+(?P<f>(?:fiscal|financial)\s+)?(?P<kind>quarter|half)", _part),
    rule(rf"(?P<f>(?:fiscal|financial)\s+)?(?P<part>{ORDINAL})\s+(?P<kind>half)(?=\s+year)", _part),
    rule(r"(?P<f>(?:fiscal|financial)\s+)?(?P<kind>quarter)\s+(?P<part>\d)", _part),
    rule(r"(?P<f>f(?:iscal|inancial)?\s*)?(?P<kind>h)(?P<part>[12])", _part),
    rule(
        r"(?P<named>(?:the\s+)?(?:calendar\s+)?year\s+|calendar\s+|cy\s*)?(?P<year>\d{4})(?![/.,]\d|-\d\d?(?!\d))",
        _year,
    ),
    rule(
        r"(?:the\s+)?(?:fiscal(?:\s+year)?|financial\s+year|fy)\s*'?(?P<year>\d{4}|\d\d)(?:\s*[/-]\s*(?P<second>\d{4}|\d\d))?",
        _fiscal,
    ),
    rule(rf"(?P<year>{_Y4})-?w(?P<week>\d{{1,2}})", _week),
    rule(r"(?:the\s+)?(?:calendar\s+|iso\s+)?(?:week|wk|cw)\s*(?:no\.?|number|#)?\s*(?P<week>\d{1,2})(?!\s*%)", _week),
    rule(rf"(?:from\s+|between\s+)?(?:calendar\s+)?weeks\s+(?P<a>\d{{1,2}}){_TO}(?P<b>\d{{1,2}})", _weeks),
    rule(r"w(?P<week>\d\d)", _week),
    (re.compile(r"\(weeks?\s+\d{1,2}(?:\s+to\s+\d{1,2})?\)"), _weeks_mark),
)
