"""Single tickets as a list: the escalated ones of a period, those still open, or all created, in an order, with how many there are in all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

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
    Order,
    Period,
    QueryResult,
    SkillContext,
    Statement,
    Table,
    UnknownName,
    Value,
    begin,
    everything,
    number,
)
from analyst_agent.skillkit.stories.lives import LONGEST_QUOTE

NAME = "ticket_list"
TITLE = "List of tickets"
OPEN = "open_escalated_count"
USUAL, MOST = 20, 100
IS_OPEN, IS_RESOLVED = Filter("is_open", "=", "open"), Filter("is_open", "=", "resolved")
HANDLED = "handle_minutes"
_SHOWN = ("priority", "product_area", "tier", "root_cause", "subject")


@dataclass(frozen=True, slots=True)
class Kind:
    """Which tickets: the dataset with its time, when one was resolved and how long that took, the metric that counts them, and the
    facts of how long one is open and how long it took.
    """

    dataset: str
    time: str
    resolved: str
    duration: str
    metric: str
    waiting: str = "waiting_minutes"
    took: str = "resolution_minutes_of_ticket"


_ESCALATED = ("escalated_ticket", "counted_at", "resolved_at", "escalation_to_resolution_minutes")
_CREATED = ("ticket", "created_at", "ticket_resolved_at", "creation_to_resolution_minutes")
WHICH = {
    "escalated": Kind(*_ESCALATED, COUNT),
    "open": Kind(*_ESCALATED, OPEN),
    "resolved": Kind(*_ESCALATED, COUNT),
    "created": Kind(*_CREATED, TICKETS, "minutes_since_creation_of_ticket", "minutes_since_creation_of_ticket"),
}
ORDERS = {
    "newest": ("time", True),
    "oldest": ("time", False),
    "longest_open": ("time", False),
    "longest_to_resolve": ("duration", True),
    "fastest_to_resolve": ("duration", False),
    "most_handle_time": (HANDLED, True),
}
"""The field of each order (that of the kind's time or duration) and whether it descends."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be listed: which tickets, under which conditions, by which field and way, and at most how many."""

    which: str
    kind: Kind
    where: tuple[Filter, ...]
    order: str
    limit: int

    @property
    def by(self) -> Order:
        """The field that orders."""
        name, descending = ORDERS[self.order]
        return Order({"time": self.kind.time, "duration": self.kind.duration}.get(name, name), descending)


def ticket_list(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    which: str | None = None,
    order: str | None = None,
    limit: int | None = None,
) -> Finding:
    """Single tickets with their number in all: id, times, priority, product area, account tier, root cause and masked subject.

    which: escalated (default, by the first escalation), open or resolved of these, or created (all tickets, by creation). order:
    newest (default), oldest, longest_open, longest_to_resolve, fastest_to_resolve or most_handle_time; those alike by id. limit:
    default 20, at most 100. period: default the last 30 days, of open ones all loaded data. where: filters. comparison is not used.
    Raises UnknownName, NotPermitted or another AnalystError where a word, number or name is none, or a period lies outside the data.
    """
    asked = _asked(which, order, limit, where)
    if context.queries.data_end is None:
        raise NotPermitted("No ticket is loaded.", "An export is loaded on the page Data or with `analyst load`.")
    if period is None and (asked.which == "open" or asked.order == "longest_open"):
        # What is open is open now, whenever it was created or escalated.
        period = everything(context.clock)
    inquiry = begin(context, period, asked.where, always_compared=False)
    counted = inquiry.run((asked.kind.metric,))
    count = inquiry.book.cell(counted, counted.rows[0], asked.kind.metric)
    listed = _rows(inquiry, asked)
    shown = inquiry.book.add("listed_ticket_count", len(listed.rows), "count", inquiry.period, source=listed)
    if limit is not None and limit > MOST:
        inquiry.book.caveat(f"At most {MOST} tickets are listed at once.", "cut")
    if asked.order == "most_handle_time":
        text = "The cost of a ticket is its handle time times the cost per hour; tickets without a recorded handle time come last."
        inquiry.book.caveat(text, "order")
    named = {"which": asked.which, "order": asked.order}
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        statements=[Statement("ticket_list", (count.id, shown.id), named)],
        tables=[_table(inquiry, asked, listed)],
    )


def _asked(which: str | None, order: str | None, limit: int | None, where: Sequence[Filter]) -> Asked:
    """What the arguments ask for; a condition that says open or resolved is as good as the word."""
    chosen, by = which or "escalated", order or "newest"
    if chosen not in WHICH:
        raise UnknownName("kind of tickets", chosen, WHICH)
    if by not in ORDERS:
        raise UnknownName("order", by, ORDERS)
    if limit is not None and limit < 1:
        raise NotPermitted(f"{limit} tickets cannot be listed.", f"Give a limit from 1 to {MOST}.")
    conditions = tuple(where)
    if chosen == "escalated" and (by == "longest_open" or IS_OPEN in conditions):
        chosen = "open"
    if chosen == "escalated" and by.endswith("_to_resolve"):
        chosen = "resolved"
    if chosen == "open":
        conditions = tuple(one for one in conditions if one != IS_OPEN)
    if chosen == "resolved" and IS_RESOLVED not in conditions:
        conditions = (*conditions, IS_RESOLVED)
    if chosen == "created" and by.endswith("_to_resolve"):
        conditions = (*conditions, Filter(WHICH[chosen].duration, "present"))
    if chosen == "created" and by == "longest_open":
        conditions = (*conditions, Filter(WHICH[chosen].duration, "missing"))
    return Asked(chosen, WHICH[chosen], conditions, by, min(limit or USUAL, MOST))


def _rows(inquiry: Inquiry, asked: Asked) -> QueryResult:
    """The tickets listed, with those of the fields that are granted."""
    kind, known = asked.kind, inquiry.context.model.filterable()
    extra = ("escalated_at",) if kind.dataset == "escalated_ticket" else ()
    shown = [name for name in _SHOWN if name != "root_cause" or extra]
    wanted = [*extra, kind.resolved, kind.duration, *shown, *([HANDLED] if asked.by.column == HANDLED else [])]
    fields = ["ticket_id", kind.time, *(name for name in wanted if name in known)]
    conditions = (*inquiry.where, *([IS_OPEN] if asked.which == "open" else []))
    return inquiry.context.queries.rows(
        kind.dataset, fields, where=conditions, period=inquiry.period, order=[asked.by], limit=asked.limit
    )


def _first_escalations(inquiry: Inquiry, asked: Asked, listed: QueryResult) -> dict[str, dict[str, Value]]:
    """When and why those of the listed tickets were escalated that were; they carry it themselves where only such are listed."""
    if asked.kind.dataset == "escalated_ticket":
        return {str(row["ticket_id"]): row for row in listed.rows}
    if not listed.rows or "escalated_ticket" not in inquiry.context.model.datasets:
        return {}
    ids = Filter("ticket_id", "in", tuple(str(row["ticket_id"]) for row in listed.rows))
    found = inquiry.context.queries.rows(
        "escalated_ticket", ("ticket_id", "escalated_at", "counted_at", "root_cause"), where=[ids]
    )
    return {str(row["ticket_id"]): row for row in inquiry.book.note(found).rows}


def _table(inquiry: Inquiry, asked: Asked, listed: QueryResult) -> Table:
    context, of_created = inquiry.context, asked.which == "created"
    quoted = context.queries.masking(tuple(str(row["ticket_id"]) for row in listed.rows))
    escalations = _first_escalations(inquiry, asked, listed)
    grid = Grid(
        "Tickets" if of_created else "Escalated tickets",
        (
            Column("ticket"),
            Column("created"),
            Column("escalated"),
            Column("priority", "text", "priority"),
            Column("product area", "text", "product_area"),
            Column("account tier", "text", "tier"),
            Column("root cause", "text", "root_cause"),
            Column("open for", "minutes", asked.kind.waiting),
            Column("resolved after", "minutes", asked.kind.took),
            Column("handle time", "minutes", "handle_minutes_of_ticket"),
            Column(quoted.titled("subject")),
        ),
    )
    for row in listed.rows:
        ticket = str(row["ticket_id"])
        first = escalations.get(ticket, {})
        fields = (row.get("priority"), row.get("product_area"), row.get("tier"), first.get("root_cause"))
        created = _local(context, row.get("created_at")) if of_created else None
        times = _times(inquiry, asked, row, listed)
        subject = quoted.cut(str(row.get("subject") or ""), LONGEST_QUOTE)
        grid.row((ticket, created, _escalated(context, first), *fields, *times, subject))
    return grid.table()


def _times(inquiry: Inquiry, asked: Asked, row: dict[str, Value], source: QueryResult) -> tuple[Fact | None, ...]:
    """How long the ticket is open or took, and its handle time where that orders the list."""
    kind, end = asked.kind, inquiry.context.queries.data_end
    began: object = row[kind.time]
    waits = row.get(kind.resolved) is None and isinstance(began, datetime) and end is not None
    open_for = _minutes(began, end) if waits and isinstance(began, datetime) and end is not None else None
    found = (
        (kind.waiting, open_for),
        (kind.took, row.get(kind.duration)),
        ("handle_minutes_of_ticket", row.get(HANDLED)),
    )
    about: dict[str, Value] = {"ticket": str(row["ticket_id"])}
    return tuple(
        None
        if value is None
        else inquiry.book.add(name, round(number(value), 1), "minutes", inquiry.period, about, source=source)
        for name, value in found
    )


def _escalated(context: SkillContext, first: dict[str, Value]) -> str | None:
    """The hour of the first escalation; of one whose time is not recorded that."""
    at: object = first.get("escalated_at")
    return _local(context, at) or ("time not recorded" if first else None)


def _local(context: SkillContext, at: object) -> str | None:
    return context.local(at) if isinstance(at, datetime) else None


def _minutes(start: datetime, end: datetime) -> float:
    return (end - start).total_seconds() / 60
