"""The brief of the day: what came, beside what is usual, and which open escalated tickets need a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analyst_agent.skillkit import (
    COUNT,
    TICKETS,
    Column,
    Fact,
    Filter,
    Finding,
    Grid,
    Inquiry,
    NotPermitted,
    Period,
    QueryResult,
    Recommendation,
    SkillContext,
    Statement,
    Table,
    Usual,
    Value,
    against_usual,
    begin,
    number,
)
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.rates import corrected_p_values
from analyst_agent.skillkit.stories.lives import LONGEST_QUOTE

NAME = "daily_brief"
TITLE = "Brief of the day"
RESOLVED = "resolution_count"
WEEKS = 8
SOON = timedelta(days=1)
MOST_READ = 5_000
MOST_LISTED = 15
DUE, JUST_OVER, LONG_OVER = "SLA due within a day", "over its SLA since yesterday", "over its SLA for longer"
UNSEEN, AGAIN = "not acknowledged", "escalated again"
_FIELDS = (
    "escalated_at",
    "acknowledged_at",
    "sla_due_at",
    "priority",
    "to_team",
    "tier",
    "subject",
    "escalation_count",
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open escalated ticket that needs somebody, and why."""

    row: dict[str, Value]
    reasons: tuple[str, ...]
    waiting: float
    over_sla: float | None


def daily_brief(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
) -> Finding:
    """The last day's tickets beside what is usual for that weekday, and the open escalated tickets that need a person.

    period: one day, default yesterday or the last day of the data; of a longer period its last day. where: filters.
    comparison is not used: a day is set beside the same weekday of eight weeks. Durations are minutes up to the data's end.
    Raises an AnalystError where the day lies outside the data or a name is unknown or not granted.
    """
    day = _day(context, period)
    inquiry = begin(context, day, where, always_compared=False)
    counts = _counts(inquiry)
    waiting, source, is_whole = _waiting(inquiry)
    said = [Statement("brief_opening", tuple(fact.id for fact in counts))]
    said += [Statement("unusual_day", (fact.id,)) for fact in counts if fact.significant]
    facts = _needs(inquiry, waiting, source)
    if source is not None:
        said.append(Statement("needs_person", tuple(fact.id for fact in facts)))
    if not is_whole:
        inquiry.book.caveat(f"Only the {MOST_READ:,} oldest open escalated tickets were read.", "sampled")
    _say_how_complete(inquiry)
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        statements=said,
        tables=[_list(inquiry, waiting, source), _counts_table(counts)],
        recommendations=_advice(waiting, facts),
    )


def _day(context: SkillContext, asked: Period | None) -> Period:
    """Yesterday or the last day of the data, whichever is earlier; the last day of a period that was asked for."""
    last = context.queries.last_day
    if last is None:
        raise NotPermitted("No ticket is loaded.", "An export is loaded on the page Data or with `analyst load`.")
    end = asked.end - timedelta(days=1) if asked is not None else context.clock.today - timedelta(days=1)
    if asked is None and end > last:
        end = last
    if asked is not None and asked.days > 1:
        end = min(end, last)
    return Period(end, end + timedelta(days=1), "", "calendar", "day")


def _counts(inquiry: Inquiry) -> list[Fact]:
    """Created, escalated, resolved on the day, each with what is usual for that weekday."""
    day = inquiry.period.start
    first = day - timedelta(weeks=WEEKS)
    days = Period(first, day + timedelta(days=1))
    found: list[tuple[Fact, Usual]] = []
    is_cut = _ends_within(inquiry)
    for metric in (TICKETS, COUNT, RESOLVED):
        if metric not in inquiry.context.model.metrics:
            continue
        result = inquiry.run((metric,), ("day",), days)
        by_day = {str(row["day"])[:10]: number(row[metric]) for row in result.rows}
        start = inquiry.context.queries.first_day
        same = [day - timedelta(weeks=n) for n in range(1, WEEKS + 1)]
        earlier = [by_day.get(d.isoformat(), 0.0) for d in same if start is not None and d >= start]
        value = by_day.get(day.isoformat(), 0.0)
        fact = inquiry.book.add(metric, int(value), "count", inquiry.period, source=result, n=int(value))
        usual = against_usual(value, earlier)
        if is_cut and usual.mean is not None and value < usual.mean:
            usual = Usual(usual.mean, reason="the data end within the day")
        found.append((fact, usual))
    tested = corrected_p_values([usual.p_value for _, usual in found])
    return [_beside(inquiry, fact, usual, p) for (fact, usual), p in zip(found, tested, strict=True)]


def _beside(inquiry: Inquiry, fact: Fact, usual: Usual, p_adjusted: float | None) -> Fact:
    if usual.mean is None:
        return fact
    return inquiry.book.revise(
        fact,
        reference="usual",
        reference_value=usual.mean,
        difference=number(fact.value) - usual.mean,
        p_value=usual.p_value,
        p_adjusted=p_adjusted,
        significant=None if p_adjusted is None else p_adjusted <= 0.05,
    )


def _ends_within(inquiry: Inquiry) -> bool:
    end = inquiry.context.queries.data_end
    return end is not None and inquiry.context.queries.last_day == inquiry.period.start


def _say_how_complete(inquiry: Inquiry) -> None:
    context = inquiry.context
    end, last = context.queries.data_end, context.queries.last_day
    if end is None or last is None:
        return
    if _ends_within(inquiry):
        text = f"The data end at {context.local(end)[-5:]} on that day; what came later is not in it."
        inquiry.book.caveat(text, "day_incomplete")
    if last < context.clock.today - timedelta(days=1):
        inquiry.book.caveat(f"The data end on {last.isoformat()}; nothing is known of the days after it.", "data_end")


def _waiting(inquiry: Inquiry) -> tuple[list[Waiting], QueryResult | None, bool]:
    """Open escalated tickets that need somebody, the most urgent first; whether all open ones were read."""
    context = inquiry.context
    if "escalated_ticket" not in context.model.datasets or context.queries.data_end is None:
        return [], None, True
    known = context.model.filterable()
    fields = ["ticket_id", "counted_at", *(name for name in _FIELDS if name in known)]
    conditions = [Filter("is_open", "=", "open"), *inquiry.where]
    result = inquiry.book.note(context.queries.rows("escalated_ticket", fields, where=conditions, limit=MOST_READ))
    acknowledges = any(isinstance(row.get("acknowledged_at"), datetime) for row in result.rows)
    if result.rows and not acknowledges:
        inquiry.book.caveat("No open escalated ticket has a time of acknowledgement; it seems not to be recorded.", "no_acknowledgements")  # fmt: skip
    found = [one for row in result.rows if (one := _needing(row, context.queries.data_end, acknowledges))]
    found.sort(key=_urgency)
    return found, result, len(result.rows) < MOST_READ


def _needing(row: dict[str, Value], end: datetime, acknowledges: bool) -> Waiting | None:
    at: object = row.get("escalated_at") or row.get("counted_at")
    due: object = row.get("sla_due_at")
    over = _minutes(due, end) if isinstance(due, datetime) else None
    day = SOON.total_seconds() / 60
    reasons = []
    if over is not None and over > -day:
        reasons.append(LONG_OVER if over > day else JUST_OVER if over >= 0 else DUE)
    if acknowledges and row.get("acknowledged_at") is None and isinstance(row.get("escalated_at"), datetime):
        reasons.append(UNSEEN)
    if number(row.get("escalation_count")) > 1:
        reasons.append(AGAIN)
    if not reasons or not isinstance(at, datetime):
        return None
    return Waiting(row, tuple(reasons), _minutes(at, end), over)


def _urgency(one: Waiting) -> tuple[bool, str, float]:
    """What can still be saved or was missed just now before what has been over for long; then by priority, the latest first."""
    is_old = one.reasons == (LONG_OVER,)
    return is_old, str(one.row.get("priority") or "~"), abs(one.over_sla) if one.over_sla is not None else one.waiting


def _needs(inquiry: Inquiry, waiting: Sequence[Waiting], source: QueryResult | None) -> list[Fact]:
    """How many need a person, in all and by reason."""
    if source is None:
        return []
    add, n = inquiry.book.add, len(source.rows)
    found = [add("needs_person_count", len(waiting), "count", inquiry.period, source=source, n=n)]
    for reason in (DUE, JUST_OVER, UNSEEN, AGAIN, LONG_OVER):
        amount = sum(reason in one.reasons for one in waiting)
        if amount:
            found.append(add("needs_person_count", amount, "count", inquiry.period, {"reason": reason}, source=source, n=n))  # fmt: skip
    return found


def _list(inquiry: Inquiry, waiting: Sequence[Waiting], source: QueryResult | None) -> Table:
    shown = list(waiting[:MOST_LISTED])
    quoted = inquiry.context.queries.masking(tuple(str(one.row["ticket_id"]) for one in shown))
    grid = Grid(
        "Open escalated tickets that need a person",
        (
            Column("ticket"),
            Column("priority", "text", "priority"),
            Column("account tier", "text", "tier"),
            Column("with", "text", "to_team"),
            Column(quoted.titled("subject")),
            Column("waiting", "minutes", "waiting_minutes"),
            Column("why"),
        ),
    )
    for one in shown:
        ticket = str(one.row["ticket_id"])
        about: dict[str, Value] = {"ticket": ticket}
        fact = inquiry.book.add("waiting_minutes", one.waiting, "minutes", inquiry.period, about, source=source)
        subject = quoted.cut(str(one.row.get("subject") or ""), LONGEST_QUOTE)
        sides = [one.row.get(name) for name in ("priority", "tier", "to_team")]
        grid.row((ticket, *sides, subject, fact, ", ".join(one.reasons)))
    if len(waiting) > MOST_LISTED:
        inquiry.book.caveat(f"The {MOST_LISTED} most urgent of these tickets are listed.", "cut")
    return grid.table()


def _counts_table(counts: Sequence[Fact]) -> Table:
    grid = Grid(
        "The day beside what is usual",
        (Column("what", "text", "metric"), Column("that day", "count", "value"), Column("usual", "score", "usual_count"), Column("reads as")),
    )  # fmt: skip
    words = {True: "unusual", False: "as usual", None: "not tested"}
    for fact in counts:
        usual = (fact.reference_value, fact) if fact.reference_value is not None else None
        grid.row((fact.metric.replace("_count", "").replace("_", " "), fact, usual, words[fact.significant]))
    return grid.table()


def _advice(waiting: Sequence[Waiting], facts: Sequence[Fact]) -> list[Recommendation]:
    if not waiting:
        return []
    first = waiting[0]
    where = f" ({stored(first.row.get('to_team'))})" if first.row.get("to_team") else ""
    action = f"Begin with {stored(first.row['ticket_id'])}{where}: {', '.join(first.reasons)}."
    return [Recommendation("today", action, facts[0].id, "fact", fact=facts[0].id)]


def _minutes(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 60, 1)
