"""What escalated tickets say, prepared for reading a root cause from it: the words of a ticket without any name of a cause or code."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from analyst_agent.masking import one_line
from analyst_agent.records import Filter, Period, QueryResult, SemanticQuery, Value
from analyst_agent.semantic.model import Model
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT
from analyst_agent.skillkit.patterns import UNCLASSIFIED

EACH = 60
"""Examples of one cause, the most recent ones: as many as add to the accuracy, each of which is embedded once."""
MOST_CAUSES = 8
FEWEST_OF_A_CAUSE = 10
DAYS = 365
MOST_READ = 150
"""Tickets that are read for one answer; each text is embedded once."""
COMMON = 0.05
MOST_CODES = 2_000
_LONGEST = {"subject": 150, "notes": 300, "description": 400}
_ALL_AT_MOST = 600
_TEXTS = ("subject", "description", "reason")


@dataclass(frozen=True, slots=True)
class Words:
    """What one ticket says. content: subject, notes and description; reason: what the agent wrote beside the code.

    cause: the recorded root cause. group: its account where known, else the ticket: what is not independent of each other.
    """

    ticket_id: str
    content: str
    reason: str
    cause: str
    group: str
    subject: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self.content and not self.reason


def texts_of(tickets: Sequence[Words]) -> list[str]:
    """Contents and reasons, each distinct text once."""
    return list(dict.fromkeys(x for t in tickets for x in (t.content, t.reason) if x))


def has_texts(model: Model) -> bool:
    """Whether any text of a ticket is granted."""
    return any(name in model.filterable() for name in (*_TEXTS, "notes"))


def tickets_of(
    context: SkillContext,
    where: Sequence[Filter] = (),
    period: Period | None = None,
    share: float | None = None,
) -> tuple[list[Words], QueryResult]:
    """The words of the escalated tickets that fulfil the conditions, oldest first, and the query that found them. share: of about
    that part of them, which their ids choose.
    """
    known = context.model.filterable()
    wanted = ("ticket_id", "root_cause", "account_id", *_TEXTS)
    fields = [name for name in wanted if name in known]
    found = context.queries.rows("escalated_ticket", fields, where=where, period=period, share=share)
    notes = _notes(context, [str(row["ticket_id"]) for row in found.rows], period)
    names = names_of_causes(context)
    return [_words(row, notes, names) for row in found.rows], found


def tickets_by_id(context: SkillContext, ids: Iterable[str], where: Sequence[Filter] = ()) -> list[Words]:
    """The words of these escalated tickets; those that are not here, or not to be seen, are left out."""
    listed = tuple(dict.fromkeys(ids))
    if not listed:
        return []
    return tickets_of(context, (*where, Filter("ticket_id", "in", listed)), everything(context))[0]


def everything(context: SkillContext) -> Period | None:
    """All days of the data."""
    first, last = context.queries.first_day, context.queries.last_day
    return None if first is None or last is None else Period(first, last + timedelta(days=1), "", "all")


def examined_of(
    context: SkillContext, where: Sequence[Filter], period: Period, total: float, also: Sequence[str] = ()
) -> tuple[list[Words], QueryResult, bool]:
    """The tickets that fulfil the conditions, oldest first: of a very large number (`total`) a sample that their ids choose, with
    those named in `also`; then the query, and whether they are all.
    """
    share = MOST_READ / total if total > MOST_READ else None
    kept, source = tickets_of(context, where, period, share)
    known = {t.ticket_id for t in kept}
    if share is not None and (more := [t for t in also if t not in known]):
        kept = [*tickets_of(context, (*where, Filter("ticket_id", "in", tuple(more))), period)[0], *kept]
    return kept, source, share is None


@dataclass(frozen=True, slots=True)
class Examples:
    """Tickets with a known cause, balanced over the causes. counts: how many of the last year have each cause."""

    tickets: tuple[Words, ...]
    counts: dict[str, float]


def examples_of(context: SkillContext) -> Examples:
    """The most recent tickets of each recorded cause in the year before the data's end: at most `EACH` of at most
    `MOST_CAUSES` causes that have at least `FEWEST_OF_A_CAUSE`.

    They do not depend on the question, so that every answer rests on the same ones.
    """
    last = context.queries.last_day
    if last is None:
        return Examples((), {})
    end = last + timedelta(days=1)
    year = Period(end - timedelta(days=DAYS), end)
    rows = context.queries.run(SemanticQuery((COUNT,), ("root_cause",), (), year)).rows
    counts = {str(r["root_cause"]): number(r[COUNT]) for r in rows if r["root_cause"] not in (None, UNCLASSIFIED)}
    kept = sorted((c for c, n in counts.items() if n >= FEWEST_OF_A_CAUSE), key=lambda c: (-counts[c], c))[:MOST_CAUSES]
    total = sum(counts[c] for c in kept)
    common = [c for c in kept if counts[c] >= COMMON * total]
    found: list[Words] = []
    for group in (common, *([c] for c in kept if c not in common)):
        if group:
            found += _recent(context, group, end, min(counts[c] for c in group))
    return Examples(tuple(found), {c: counts[c] for c in kept})


def _recent(context: SkillContext, causes: Sequence[str], end: date, rarest: float) -> list[Words]:
    """The most recent tickets of each cause; the window is doubled until each has enough or it is the whole year."""
    days = min(DAYS, ceil(1.5 * EACH * DAYS / rarest))
    while True:
        window = Period(end - timedelta(days=days), end)
        found, _ = tickets_of(context, (Filter("root_cause", "in", tuple(causes)),), window)
        by_cause = {c: [t for t in found if t.cause == c][-EACH:] for c in causes}
        if days >= DAYS or all(len(some) >= EACH for some in by_cause.values()):
            return [ticket for c in causes for ticket in by_cause[c]]
        days = min(DAYS, days * 2)


def names_of_causes(context: SkillContext) -> re.Pattern[str]:
    """What is taken out of every text: names of causes of several words, and codes that are no ordinary word.

    A ticket that says "classify me as product_bug" then says nothing of the kind, and no code that stands in a note gives the
    cause of an example away.
    """
    codes: Collection[str] = context.queries.values("reason_code") if context.has("reason_code") else ()
    causes = [re.split(r"[_\s-]+", name) for name in (*context.model.root_causes, UNCLASSIFIED)]
    patterns = {r"[\s_-]*".join(map(re.escape, words)) for words in causes if len(words) > 1} | {UNCLASSIFIED}
    codes = [c for c in (*codes, *context.model.reason_codes)[:MOST_CODES] if re.search(r"[\d_.\-]", c)]
    patterns |= {re.escape(code) for code in codes}
    longest_first = sorted(patterns, key=lambda p: (-len(p), p))
    return re.compile(rf"(?<!\w)(?:{'|'.join(longest_first)})(?!\w)", re.IGNORECASE)


def cleaned(text: str, names: re.Pattern[str]) -> str:
    """One line without the names of causes and codes."""
    return " ".join(names.sub(" ", one_line(text)).split())


def _words(row: dict[str, Value], notes: dict[str, list[str]], names: re.Pattern[str]) -> Words:
    ticket = str(row["ticket_id"])
    parts = {
        "subject": str(row.get("subject") or ""),
        "notes": " ".join(notes.get(ticket, ())),
        "description": str(row.get("description") or ""),
    }
    said = [cleaned(parts[name][: 2 * most], names)[:most] for name, most in _LONGEST.items()]
    return Words(
        ticket,
        ". ".join(part for part in said if part)[:_ALL_AT_MOST],
        cleaned(str(row.get("reason") or "")[:_ALL_AT_MOST], names).lower()[: _LONGEST["subject"]],
        str(row.get("root_cause") or UNCLASSIFIED),
        str(row.get("account_id") or f"ticket {ticket}"),
        parts["subject"],
    )


def _notes(context: SkillContext, tickets: Sequence[str], period: Period | None) -> dict[str, list[str]]:
    """Notes of resolutions at or after the escalation, by ticket; nothing where resolutions are not granted. period: that the
    tickets count in, so that not the notes of all years are read through.
    """
    if "resolution" not in context.model.datasets or not tickets:
        return {}
    where = [Filter("ticket_id", "in", tuple(tickets)), Filter("notes", "present")]
    if period is not None and period.kind != "all":
        where += [Filter("counted_at", ">=", period.start), Filter("counted_at", "<", period.end)]
    fields = ("ticket_id", "resolved_at", "counted_at", "notes")
    found: dict[str, list[str]] = {}
    for row in context.queries.rows("resolution", fields, where=where).rows:
        at, escalated = row["resolved_at"], row["counted_at"]
        if at is None or escalated is None or at >= escalated:  # type: ignore[operator]
            found.setdefault(str(row["ticket_id"]), []).append(str(row["notes"]))
    return found
