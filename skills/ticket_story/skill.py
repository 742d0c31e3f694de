"""One ticket: its events in order, who held it how long, what bears on it, and what ended tickets like it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from analyst_agent.skillkit import (
    Citation,
    Column,
    Drawing,
    Fact,
    FactBook,
    Filter,
    Finding,
    Grid,
    Masking,
    NotPermitted,
    Period,
    Recommendation,
    SkillContext,
    Statement,
    Table,
    Value,
)
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.stories.lives import LONGEST_QUOTE, Held, Life, Likely, life_of, similar_resolved

NAME = "ticket_story"
TITLE = "Story of a ticket"


def ticket_story(
    context: SkillContext,
    ticket: str | None = None,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
) -> Finding:
    """One ticket: its events in order, which team held it how long, its SLA, what bears on it, and similar resolved ones.

    ticket: its id; upper and lower case and a missing prefix are forgiven where only one ticket fits. The other arguments
    are not used: a ticket is told whole. Times are in the workspace's zone, durations in minutes. Raises NotPermitted
    without an id, UnknownName for one that does not exist for this analyst.
    """
    if not ticket:
        raise NotPermitted("No ticket was named.", "Give its id, for example: What happened with ticket T-10234?")
    book = FactBook(context.model)
    life = life_of(context, book, ticket)
    quoted = context.queries.masking((life.ticket_id,))
    stretches = _held(book, life)
    whole = _whole(book, life, stretches)
    alike = similar_resolved(context, book, life)
    similar, ends = _similar(context, book, life, alike)
    match, citations = _bearing(context, life)
    said = [Statement("ticket_opening", tuple(f.id for f in whole), _named(life))]
    if len(stretches) > 1:
        said.append(Statement("held", tuple(f.id for f, _ in stretches)))
    if late := _sla(book, life):
        said.append(Statement("sla_of_ticket", (late.id,), {"is_open": life.resolved_at is None}))
    said += match
    if life.resolved_at is None and life.escalations and not life.escalations[-1].get("acknowledged_at"):
        book.caveat(
            "No acknowledgement of its last escalation is recorded: as far as the data say, nobody has picked it up.",
            "not_acknowledged",
        )
    if ends:
        said.append(Statement("similar_tickets", tuple(fact.id for fact in ends)))
    elif life.subject:
        book.caveat("No resolved escalated ticket reads like it.", "none_similar")
    tables = [_events(context, book, life), _stretches(context, stretches), similar]
    return book.finding(
        f"{TITLE} {life.ticket_id}",
        NAME,
        None,
        statements=said,
        tables=[_text(life, quoted), *tables],
        citations=citations,
        recommendations=_advice(life, ends, alike),
        drawings=[
            Drawing(
                "timeline", "Who held it", {"label": "team", "start": "from", "end": "to"}, f"Ticket {life.ticket_id}"
            )
        ],
    )


def _named(life: Life) -> dict[str, object]:
    return {"ticket": life.ticket_id, "is_open": life.resolved_at is None, "was_escalated": bool(life.escalations)}


def _whole(book: FactBook, life: Life, stretches: Sequence[tuple[Fact, Held]]) -> list[Fact]:
    """How often it was escalated and how long it took in all, or has taken so far."""
    about: dict[str, Value] = {"ticket": life.ticket_id}
    times = book.add("ticket_escalation_count", len(life.escalations), "count", None, about, source=life.events)
    end = life.resolved_at or life.data_end
    age = _minutes(life.created_at, end)
    total = book.add("ticket_age_minutes", age, "minutes", None, about, source=life.source)
    return [times, total]


def _held(book: FactBook, life: Life) -> list[tuple[Fact, Held]]:
    found = []
    for stretch in life.held():
        about: dict[str, Value] = {"ticket": life.ticket_id, "team": stretch.team}
        minutes = _minutes(stretch.start, stretch.end)
        found.append((book.add("held_minutes", minutes, "minutes", None, about, source=life.events), stretch))
    return found


def _sla(book: FactBook, life: Life) -> Fact | None:
    if life.sla_due_at is None:
        return None
    over = _minutes(life.sla_due_at, life.resolved_at or life.data_end)
    return book.add("minutes_over_sla", over, "minutes", None, {"ticket": life.ticket_id}, source=life.source)


def _events(context: SkillContext, book: FactBook, life: Life) -> Table:
    grid = Grid(
        "Events",
        (
            Column("when", "text", "at"),
            Column("what", "text", "what"),
            Column("from", "text", "from_team"),
            Column("to", "text", "to_team"),
            Column("code", "text", "reason_code"),
            Column("after", "minutes", "after"),
        ),
    )
    for one in life.timeline():
        about: dict[str, Value] = {"ticket": life.ticket_id, "event": one.what}
        since = _minutes(life.created_at, one.at)
        after = book.add("minutes_since_creation", since, "minutes", None, about, source=life.events)
        grid.row((context.local(one.at), one.what, one.from_team, one.to_team, one.code, after))
    return grid.table()


def _stretches(context: SkillContext, stretches: Sequence[tuple[Fact, Held]]) -> Table:
    grid = Grid(
        "Who held it",
        (Column("team", "text", "team"), Column("from", "date", "from"), Column("to", "date", "to"), Column("for", "minutes", "held")),
    )  # fmt: skip
    for fact, stretch in stretches:
        grid.row((stretch.team, context.local(stretch.start), context.local(stretch.end), fact))
    return grid.table()


def _text(life: Life, quoted: Masking) -> Table:
    grid = Grid("What it is about", (Column("what"), Column(quoted.titled("as recorded"))))
    subject = (("subject", quoted.cut(life.subject, LONGEST_QUOTE)),) if life.subject else ()
    for name, value in (*subject, *life.attributes):
        grid.row((name, value))
    return grid.table()


def _similar(
    context: SkillContext, book: FactBook, life: Life, alike: Sequence[Likely]
) -> tuple[Table, list[Fact]]:  # fmt: skip
    quoted = context.queries.masking(tuple(one.ticket_id for one in alike))
    grid = Grid(
        "Similar resolved tickets",
        (
            Column("ticket"),
            Column(quoted.titled("subject")),
            Column("ended by", "text", "resolution_type"),
            Column("after", "minutes", "resolution"),
            Column(quoted.titled("note")),
        ),
    )
    for one in alike:
        about: dict[str, Value] = {"ticket": one.ticket_id}
        minutes = _minutes(one.escalated_at, one.resolved_at) if one.escalated_at else None
        took = book.add("resolution_minutes_of_ticket", minutes, "minutes", None, about, source=one.source)
        grid.row(
            (
                one.ticket_id,
                quoted.cut(one.subject, LONGEST_QUOTE),
                one.resolution_type,
                took,
                quoted.cut(one.note, LONGEST_QUOTE),
            )
        )
    ends: dict[str, int] = {}
    for one in alike:
        if one.resolution_type:
            ends[one.resolution_type] = ends.get(one.resolution_type, 0) + 1
    facts = [
        book.add("similar_ticket_count", n, "count", None, {"resolution_type": kind}, source=alike[0].source, n=len(alike))
        for kind, n in sorted(ends.items(), key=lambda item: (-item[1], item[0]))
    ]  # fmt: skip
    return grid.table(), facts


def _bearing(context: SkillContext, life: Life) -> tuple[list[Statement], list[Citation]]:
    """The known issue with evidence in its text, and the policy passage that covers it or is nearest."""
    said: list[Statement] = []
    citations: list[Citation] = []
    area = [life.area] if life.area else []
    if context.knowledge.has_known_issues() and life.words:
        for one in list(context.knowledge.match([(life.ticket_id, life.words)], area))[:1]:
            named = {"ticket": life.ticket_id, "document": one.document, "title": one.title, "status": one.status}
            said.append(Statement("known_issue_of_ticket", (), named))
            citations += one.citations[:1]
    words = " ".join(part for part in (life.subject, life.area) if part)
    policy = context.knowledge.policy_for(words, life.area or None) if words else None
    if policy is not None:
        where = {"document": policy.citation.title or policy.citation.document, "heading": policy.citation.heading}
        said.append(Statement("policy_of_ticket", (), {**where, "covers": policy.covers}))
        citations.append(policy.citation)
    return said, [replace(one) for one in dict.fromkeys(citations)]


def _advice(life: Life, ends: Sequence[Fact], alike: Sequence[Likely]) -> list[Recommendation]:
    if life.resolved_at is not None or not ends:
        return []
    best = ends[0]
    kind = stored(best.dimensions["resolution_type"])
    action = f"Try what ended most similar tickets: {kind}, as in {stored(alike[0].ticket_id)}."
    return [Recommendation(life.ticket_id, action, best.id, "fact", fact=best.id)]


def _minutes(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds() / 60, 1)
