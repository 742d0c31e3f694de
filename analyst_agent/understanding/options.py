"""What a skill is given by name: the field and value it is about, a ticket or known issue, a unit of time, numbers ahead or to be avoided."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from analyst_agent.records import Filter, Intent, Period, Plan, Value
from analyst_agent.semantic.model import GRAINS
from analyst_agent.semantic.stored import shape_of
from analyst_agent.understanding.context import Context, SkillCard
from analyst_agent.understanding.periods_asked import Asked
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.shaping import with_period

SHORT_DAYS = 45
ABOUT = ("agent", "account", "team", "from_team")
"""Fields of which one value is what a question is about and not a condition, for a skill that takes a focus."""
_ID = re.compile(r"(?<![\w-])#?(?=[\w-]*\d)[A-Za-z]{0,12}[-_]?\d[\w-]*")
_BEHIND = re.compile(r"\b(?:ticket|case|incident|request)(?: (?:number|no\.?|id))?\W{0,3}$", re.IGNORECASE)
_OTHER_ID = re.compile(r"\b(?:account|customer|client|company|agent|team)s? #?[A-Z]{0,10}[-_]?\d", re.IGNORECASE)
_OTHER_NUMBER = re.compile(
    r"\b(?:order|invoice|error|code|version|release|build|room|line|page|option|choice|account|customer|agent|priority|level|tier|group|top|number) ?$",
    re.IGNORECASE,
)
_ASKS_STORY = re.compile(
    r"\b(?:what (?:about|happened|went|became|is (?:up |going on |it )?with|s (?:up |going on )?with|was (?:up|wrong) with)|story|history|timeline|tell me (?:more )?about|status of|"
    r"why (?:was|is|did|has)|where (?:is|did|was)|look (?:at|into|up)|check|show(?: me)?|open|explain|summari[sz]e|how (?:did|was) .* (?:end|go|solved|resolved|handled))\b",
    re.IGNORECASE,
)
_LEAST_DIGITS = 4
"""Shorter numbers are rather counts than the number of a ticket."""
_PREFIXED = re.compile(r"(?:INC|REQ|CS|TICKET|SR)[-_]?\d{3,}", re.IGNORECASE)
_AHEAD = re.compile(r"\bnext\s+(?P<n>\d{1,3}|one|two|three|four|five|six|eight|ten|twelve)?\s*(?P<unit>day|week|month|quarter)s?\b", re.I)  # fmt: skip
_PART = re.compile(r"(?P<n>\d{1,3}(?:[.,]\d+)?)\s*(?:%|per\s?cent\b|percent\b)|\bby (?:a |one )?(?P<word>half|third|quarter|fifth|tenth)\b|\b(?P<half>halv(?:e|ed|ing))\b", re.I)  # fmt: skip
_PARTS = {"half": 0.5, "third": 1 / 3, "quarter": 0.25, "fifth": 0.2, "tenth": 0.1}
_NUMBERS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
}  # fmt: skip


def skill_plan(name: str, confidence: float, reading: Reading, asked: Asked, context: Context) -> Plan:
    """The plan of a skill with what the clause gives it; a refusal that asks which ticket where the skill is about one and none is named."""
    card = next(skill for skill in context.skills if skill.name == name)
    where, focus = _focus(card, reading)
    by, second = _splits(card, reading)
    options = _options(card, reading)
    if second:
        options["second"] = second
    cost = reading.cost_per_hour if "cost_per_hour" in card.parameters else None
    plan = Plan(
        Intent.SKILL, confidence, skill=name, by=by, where=where, focus=focus, options=options, cost_per_hour=cost
    )
    if "ticket" in card.parameters and "ticket" not in options:
        text = "Which ticket? Name its id, for example: What happened with ticket T-10234?"
        return Plan(Intent.REFUSE, confidence, reason=text)
    if "horizon" in card.parameters and "predict" in reading.cues and asked.period is not None:
        plan = replace(plan, options={**_until(asked.period, context), **options})
        asked = replace(asked, period=None)
    if asked.period is not None and _is_own_day(asked.period, card, context):
        asked = replace(asked, period=None)
    return with_period(plan, asked, context)


def _until(period: Period, context: Context) -> dict[str, Value]:
    """Months from now to the end of the period that is to be foretold: "December" is the next one."""
    last, today = period.end - timedelta(days=1), context.clock.today
    months = (last.year - today.year) * 12 + last.month - today.month
    if period.end <= today:
        months %= 12
    return {"grain": "month", "horizon": max(1, months)}


def is_of_the_day(card: SkillCard) -> bool:
    """Whether a skill is about today and yesterday by its own phrases."""
    said = " ".join((*card.triggers, *card.examples)).lower()
    return "today" in said and "yesterday" in said


def _is_own_day(period: Period, card: SkillCard, context: Context) -> bool:
    """Whether the days named are what the skill is about anyway: today or yesterday for a brief of the day, what is ahead."""
    if period.start > context.clock.today:
        return True
    return is_of_the_day(card) and period.end >= context.clock.today and period.days <= 2


def is_too_short_for(name: str, period: Period | None, context: Context) -> bool:
    """Whether a course over time is asked of days that are set against the days before instead, such as one month."""
    card = next((skill for skill in context.skills if skill.name == name), None)
    return card is not None and "grain" in card.parameters and period is not None and period.days <= SHORT_DAYS


def _focus(card: SkillCard, reading: Reading) -> tuple[tuple[Filter, ...], str | None]:
    where = reading.filters()
    if "focus" not in card.parameters:
        return where, None
    named = [one for one in where if one.field in ABOUT and one.op == "="]
    if len(named) != 1:
        return where, None
    return tuple(one for one in where if one is not named[0]), str(named[0].value)


def _splits(card: SkillCard, reading: Reading) -> tuple[tuple[str, ...], str]:
    named = [d for d in dict.fromkeys((*reading.by, *reading.bare)) if d not in GRAINS and not d.startswith("is_")]
    if "by" not in card.parameters or not named:
        return (), ""
    return (named[0],), named[1] if "second" in card.parameters and len(named) > 1 else ""


def _options(card: SkillCard, reading: Reading) -> dict[str, Value]:
    found: dict[str, Value] = {}
    if "grain" in card.parameters and reading.grain in ("day", "week", "month", "quarter"):
        found["grain"] = reading.grain
    if "issue" in card.parameters and reading.issue_spans:
        start, end = reading.issue_spans[0]
        found["issue"] = reading.text[reading.tokens[start].start : reading.tokens[end - 1].end]
    if "ticket" in card.parameters and (ticket := _ticket(reading)):
        found["ticket"] = ticket
    if "horizon" in card.parameters and (match := _AHEAD.search(reading.text)):
        said, unit = (match["n"] or "1").lower(), match["unit"].lower()
        n = _NUMBERS.get(said) or int(said)
        # Days ahead are told in weeks.
        found["grain"], found["horizon"] = ("week", -(-n // 7)) if unit == "day" else (unit, n)
    if "reduction" in card.parameters and (match := _PART.search(reading.text)):
        part = float(match["n"].replace(",", ".")) / 100 if match["n"] else _PARTS[(match["word"] or "half").lower()]
        if 0 < part <= 1:
            found["reduction"] = round(part, 4)
    return found


def names_part(reading: Reading) -> bool:
    """Whether a part to be avoided is named: "30 %", "by a third"."""
    return _PART.search(reading.text) is not None


def names_ticket(reading: Reading) -> bool:
    """Whether a single ticket is named as one: "ticket T-10234", "case 88231", "INC0012345", or an id and nothing else."""
    if _ID.fullmatch(reading.text.strip(" ?.!")) and _ids(reading):
        return True
    if _OTHER_ID.search(reading.text):
        return False
    return any(
        _BEHIND.search(reading.text[: one.start()])
        or _PREFIXED.match(one.group())
        or _is_written_as_here(one.group(), reading)
        or _is_number_of_one(one, reading)
        for one in _ids(reading)
    )


def _is_written_as_here(said: str, reading: Reading) -> bool:
    """Whether a text with letters and digits has the shape of this desk's ticket ids: T-000877, but not RPT-504."""
    return any(c.isalpha() for c in said) and shape_of(said.lstrip("#")) in reading.ticket_shapes


def _is_number_of_one(one: re.Match[str], reading: Reading) -> bool:
    """ "#56560", "what about 56560": the bare number of a ticket, where ids are written with letters before it (T-056560)."""
    said = one.group()
    digits = said.lstrip("#")
    lettered = any(re.fullmatch(r"[A-Z]+\W?9", shape) for shape in reading.ticket_shapes)
    inside = [i for i, t in enumerate(reading.tokens) if t.start < one.end() and one.start() < t.end]
    if not (lettered and digits.isdigit() and len(digits) >= _LEAST_DIGITS and inside) or reading.used & set(inside):
        return False
    behind = inside[-1] + 1
    is_amount = reading.mention_at(behind) is not None and not reading.word(behind).endswith("ed")
    if is_amount or _OTHER_NUMBER.search(reading.text[: one.start()].rstrip(" #")):
        return False
    asks = _ASKS_STORY.search(reading.text) is not None and "count" not in reading.cues
    return said.startswith("#") or asks


def may_name_ticket(reading: Reading) -> bool:
    """Whether one ticket may be meant: an id, or the word in the singular."""
    return bool(_ids(reading)) or bool({"ticket", "case", "incident"} & {token.word for token in reading.tokens})


def id_spans(reading: Reading) -> list[tuple[int, int]]:
    """Token spans of what looks like a ticket's id."""
    found = []
    for one in _ids(reading):
        inside = [i for i, t in enumerate(reading.tokens) if t.start < one.end() and one.start() < t.end]
        if inside and names_ticket(reading):
            found.append((inside[0], inside[-1] + 1))
    return found


def _ticket(reading: Reading) -> str:
    """The id in the clause; behind "ticket" first."""
    ids = _ids(reading)
    after = [one for one in ids if _BEHIND.search(reading.text[: one.start()])]
    chosen = (after or ids)[:1]
    return chosen[0].group().lstrip("#") if chosen else ""


def _ids(reading: Reading) -> list[re.Match[str]]:
    """What looks like an id and is part of no period, value, known issue or condition."""
    taken = [*reading.period_spans(), *reading.issue_spans, *((g.start, g.end) for g in reading.groups)]
    spans = [(reading.tokens[a].start, reading.tokens[b - 1].end) for a, b in taken]
    return [one for one in _ID.finditer(reading.text) if not any(a < one.end() and one.start() < b for a, b in spans)]
