"""The life of one ticket: its events in order, who held it when, and resolved tickets whose words are like its own."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import numpy as np

from analyst_agent.errors import NotGranted, NotPermitted, UnknownName
from analyst_agent.records import Filter, Period, QueryResult, SemanticQuery, Value
from analyst_agent.skillkit.cells import first_day
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import FactBook, number

MOST_COMPARED = 1_500
MOST_EMBEDDED = 150
MOST_SIMILAR = 5
LEAST_ALIKE = 0.45
LONGEST_QUOTE = 200
_WORD = re.compile(r"[^\W\d_]{3,}|[A-Z]{2,}-?\d+")
_SHOWN = ("status", "priority", "product_area", "category", "channel", "tier", "account", "agent", "reason_code", "trigger")  # fmt: skip
_FIELDS = ("created_at", "first_response_at", "sla_due_at", "ticket_resolved_at", "subject", "description", "team", *_SHOWN[:8])  # fmt: skip


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a ticket. at: UTC."""

    at: datetime
    what: str
    from_team: str | None = None
    to_team: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A stretch in which one team held it, UTC; of an open ticket the last one ends at the data's end."""

    team: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """One ticket with its escalations and resolutions in order. attributes: what is recorded of it, name and value."""

    ticket_id: str
    created_at: datetime
    resolved_at: datetime | None
    data_end: datetime
    first_response_at: datetime | None
    sla_due_at: datetime | None
    subject: str
    words: str
    area: str
    team: str
    attributes: tuple[tuple[str, str], ...]
    escalations: tuple[dict[str, Value], ...]
    resolutions: tuple[dict[str, Value], ...]
    source: QueryResult
    events: QueryResult

    def timeline(self) -> list[Event]:
        """Everything that happened, in order."""
        found = [Event(self.created_at, "created", to_team=self.team or None)]
        if self.first_response_at:
            found.append(Event(self.first_response_at, "first response"))
        for one in self.escalations:
            sides = [str(one[name]) if one.get(name) else None for name in ("from_team", "to_team", "reason_code")]
            if isinstance(one.get("escalated_at"), datetime):
                found.append(Event(one["escalated_at"], "escalated", *sides))  # type: ignore[arg-type]
            if isinstance(one.get("acknowledged_at"), datetime):
                found.append(Event(one["acknowledged_at"], "acknowledged", None, sides[1]))  # type: ignore[arg-type]
        for one in self.resolutions:
            if isinstance(one.get("resolved_at"), datetime):
                kind = str(one.get("resolution_type") or "")
                found.append(Event(one["resolved_at"], "resolved", code=kind or None))  # type: ignore[arg-type]
        if self.resolved_at and not any(e.what == "resolved" and e.at == self.resolved_at for e in found):
            found.append(Event(self.resolved_at, "resolved"))
        return sorted(found, key=lambda event: event.at)

    def held(self) -> list[Held]:
        """Which team held it from when to when: each escalation hands it on."""
        end = self.resolved_at or self.data_end
        timed = [one for one in self.escalations if isinstance(one.get("escalated_at"), datetime)]
        before = str(timed[0].get("from_team") or self.team or "") if timed else self.team
        starts = [(self.created_at, before or "not recorded")]
        starts += [(one["escalated_at"], str(one.get("to_team") or "not recorded")) for one in timed]  # type: ignore[misc]
        found = []
        for i, (start, team) in enumerate(starts):
            stop = starts[i + 1][0] if i + 1 < len(starts) else max(end, start)
            found.append(Held(team, start, stop))
        return found


@dataclass(frozen=True, slots=True)
class Likely:
    """A resolved escalated ticket whose words are like another's. likeness: 0 to 1."""

    ticket_id: str
    subject: str
    likeness: float
    resolution_type: str
    note: str
    escalated_at: datetime | None
    resolved_at: datetime
    source: QueryResult


def life_of(context: SkillContext, book: FactBook, asked: str) -> Life:
    """The ticket of an id. Raises UnknownName or NotPermitted where none or several fit, NotGranted without tickets."""
    if "ticket" not in context.model.datasets:
        raise NotGranted("Tickets are not granted to this analyst.", "Ask for what is granted.")
    ticket_id = _found(context, asked.strip())
    known = context.model.filterable()
    own = [Filter("ticket_id", "=", ticket_id)]
    source = book.note(context.queries.rows("ticket", ["ticket_id", *(f for f in _FIELDS if f in known)], where=own))
    row = dict(source.rows[0])
    events = source
    escalations: tuple[dict[str, Value], ...] = ()
    if "escalation_event" in context.model.datasets:
        fields = [f for f in ("escalated_at", "acknowledged_at", "from_team", "to_team", "level", "reason_code", "trigger", "reason") if f in known]  # fmt: skip
        events = book.note(context.queries.rows("escalation_event", fields, where=own))
        escalations = tuple(sorted(events.rows, key=lambda one: str(one.get("escalated_at") or "")))
    resolutions: Sequence[dict[str, Value]] = ()
    if "resolution" in context.model.datasets:
        found = context.queries.rows("resolution", ["resolved_at", "resolution_type", "notes"], where=own)
        resolutions = book.note(found).rows
    for name in ("reason_code", "trigger"):
        row[name] = escalations[0].get(name) if escalations else None
    written = [row.get("subject"), row.get("description"), *(one.get("reason") for one in escalations)]
    written += [one.get("reason_code") for one in escalations]
    end = context.queries.data_end
    if end is None or not isinstance(row["created_at"], datetime):
        raise NotPermitted(f"Ticket {ticket_id} has no time of creation.", "Load it again with created_at.")
    return Life(
        ticket_id,
        row["created_at"],
        _resolved_at(row, escalations, resolutions),
        end,
        _time(row, "first_response_at"),
        _time(row, "sla_due_at"),
        str(row.get("subject") or ""),
        "\n".join(str(part) for part in written if part),
        str(row.get("product_area") or ""),
        str(row.get("team") or ""),
        tuple((context.model.dimension_label(name), str(row[name])) for name in _SHOWN if row.get(name)),
        escalations,
        resolutions,
        source,
        events,
    )


def _found(context: SkillContext, asked: str) -> str:
    """The stored id: as it is given, in other case, or with the prefix that was left out."""
    for form in dict.fromkeys((asked, asked.upper(), asked.lower())):
        rows = context.queries.rows("ticket", ["ticket_id"], where=[Filter("ticket_id", "=", form)], limit=1).rows
        if rows:
            return str(rows[0]["ticket_id"])
    said = asked.strip("#")
    near = context.queries.rows("ticket", ["ticket_id"], where=[Filter("ticket_id", "contains", said)], limit=200).rows
    ids = [str(row["ticket_id"]) for row in near] if len(said) >= 2 else []
    whole = [one for one in ids if re.fullmatch(rf"\D*0*{re.escape(said.lstrip('0'))}", one, re.IGNORECASE)]
    if len(whole) == 1:
        return whole[0]
    if whole:
        raise NotPermitted(f"{asked!r} fits {len(whole)} tickets: {', '.join(whole[:4])}.", "Name one of them.")
    if ids:
        raise UnknownName("ticket", asked, ids[:12], "Ids are as the helpdesk has them.")
    raise NotPermitted(
        f"There is no ticket {asked!r} here, or none that this analyst may see.", "Ids are as the helpdesk has them."
    )


def _resolved_at(
    row: dict[str, Value], escalations: Sequence[dict[str, Value]], resolutions: Sequence[dict[str, Value]]
) -> datetime | None:  # fmt: skip
    """The ticket's own time where it is at or after the first escalation, else the first resolution at or after it."""
    times = [t for one in escalations if (t := _time(one, "escalated_at"))]
    first = min(times, default=None)
    own = _time(row, "ticket_resolved_at")
    if own is not None and (first is None or own >= first):
        return own
    later = [t for one in resolutions if (t := _time(one, "resolved_at")) and (first is None or t >= first)]
    return min(later, default=None)


def _time(row: dict[str, Value], name: str) -> datetime | None:
    value: object = row.get(name)
    return value if isinstance(value, datetime) else None


@dataclass(frozen=True, slots=True)
class _Candidate:
    ticket_id: str
    subject: str
    text: str
    escalated_at: datetime | None
    resolved_at: datetime
    words: frozenset[str] = field(default_factory=frozenset)


def similar_resolved(context: SkillContext, book: FactBook, life: Life) -> list[Likely]:
    """Up to five resolved escalated tickets whose words are most like the ticket's, most alike first.

    Of the same product area, the most recent 1,500; by the cosine of their embeddings, or, without an embedder, by the
    words they share weighted by rarity. None below a likeness of 0.45.
    """
    if "escalated_ticket" not in context.model.datasets or not life.subject:
        return []
    where = [Filter("is_open", "=", "resolved")]
    if life.area:
        where.append(Filter("product_area", "=", life.area))
    known = context.model.filterable()
    fields = [f for f in ("ticket_id", "subject", "description", "escalated_at", "resolved_at") if f in known]
    result = book.note(context.queries.rows("escalated_ticket", fields, where=where, period=_recent(context, where)))
    found = [_candidate(row) for row in result.rows if str(row["ticket_id"]) != life.ticket_id and row.get("subject")]
    ranked = _ranked(context, life, [one for one in found if one is not None][-MOST_COMPARED:])
    if not ranked:
        return []
    ends = _ends(context, book, [one.ticket_id for one, _ in ranked])
    return [
        Likely(one.ticket_id, one.subject, likeness, *ends.get(one.ticket_id, ("", "")), one.escalated_at, one.resolved_at, result)
        for one, likeness in ranked
    ]  # fmt: skip


def _candidate(row: dict[str, Value]) -> _Candidate | None:
    done = _time(row, "resolved_at")
    if done is None:
        return None
    subject = str(row["subject"])
    text = f"{subject}\n{row.get('description') or ''}"
    return _Candidate(str(row["ticket_id"]), subject, text, _time(row, "escalated_at"), done, frozenset(_words(text)))


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _ranked(context: SkillContext, life: Life, found: Sequence[_Candidate]) -> list[tuple[_Candidate, float]]:
    own = frozenset(_words(f"{life.subject}\n{life.words}"))
    common = Counter(word for one in found for word in one.words)
    weight = {word: math.log(1 + len(found) / common[word]) for word in own if common[word]}
    most = sum(weight.values()) or 1.0
    shared = [(one, sum(weight[w] for w in own & one.words if w in weight) / most) for one in found]
    shared.sort(key=lambda pair: (-pair[1], pair[0].ticket_id))
    if context.embed is None:
        return [(one, round(score, 3)) for one, score in shared[:MOST_SIMILAR] if score >= LEAST_ALIKE]
    near = [one for one, _ in shared[:MOST_EMBEDDED]]
    if not near:
        return []
    vectors = context.embed([f"{life.subject}\n{life.words}"[:600], *(one.text[:600] for one in near)])
    likeness = np.asarray(vectors[1:] @ vectors[0], dtype=float)
    order = sorted(range(len(near)), key=lambda i: (-likeness[i], near[i].ticket_id))
    return [(near[i], round(float(likeness[i]), 3)) for i in order[:MOST_SIMILAR] if likeness[i] >= LEAST_ALIKE]


def _recent(context: SkillContext, where: Sequence[Filter]) -> Period | None:
    """So many of the last months as hold about as many tickets as are compared; None for all."""
    query = SemanticQuery(("escalated_ticket_count",), ("month",), tuple(where))
    rows = [row for row in context.queries.run(query).rows if row.get("month")]
    total, last = 0.0, context.queries.last_day
    for row in sorted(rows, key=lambda one: str(one["month"]), reverse=True):
        total += number(row["escalated_ticket_count"])
        if total >= MOST_COMPARED and last is not None:
            return Period(first_day("month", str(row["month"])), last + timedelta(days=1))
    return None


def _ends(context: SkillContext, book: FactBook, tickets: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Type and note of the last resolution of each ticket; nothing where resolutions are not granted."""
    if "resolution" not in context.model.datasets:
        book.caveat("Resolutions are not granted to this analyst; what ended similar tickets is not told.", "no_resolutions")  # fmt: skip
        return {}
    fields = ["ticket_id", "resolved_at", "resolution_type", "notes"]
    rows = book.note(context.queries.rows("resolution", fields, where=[Filter("ticket_id", "in", tuple(tickets))])).rows
    ordered = sorted(rows, key=lambda row: str(row.get("resolved_at") or ""))
    return {str(row["ticket_id"]): (str(row.get("resolution_type") or ""), str(row.get("notes") or "")) for row in ordered}  # fmt: skip
