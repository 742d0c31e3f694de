"""Escalated tickets as known issues need them: read once, with texts, notes and handle time; of very many a fair part."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from analyst_agent.masking import Masking
from analyst_agent.records import Filter, Period, Value
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import FactBook
from analyst_agent.skillkit.news.letters import covered, local_day

LONGEST_SHOWN = 120
MOST_READ = 5_000
MOST_NAMED = 400
TEXTS = ("subject", "description", "reason")
FIELDS = ("ticket_id", "counted_at", "account_id", "product_area", "reason_code", "handle_minutes", *TEXTS)


@dataclass(frozen=True, slots=True)
class Case:
    """An escalated ticket as far as known issues need it. source: its account, else itself. minutes: handle time."""

    ticket_id: str
    day: date
    source: str
    area: str
    subject: str
    words: str
    notes: tuple[str, ...] = ()
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """The tickets examined, and the days they were taken from: each, or where there are very many, every `step`-th. query: the id
    of the query that read them.
    """

    cases: tuple[Case, ...]
    period: Period
    step: int = 1
    masking: Masking = Masking()
    query: str = ""

    def shown(self, case: Case) -> str:
        """The subject as it may be quoted: one line, personal data replaced, cut at a word."""
        return self.masking.cut(case.subject, LONGEST_SHOWN)

    def days(self, start: date, end: date) -> int:
        """How many examined days lie in [start, end)."""
        first, last = max(start, self.period.start), min(end, self.period.end)
        if last <= first:
            return 0
        return len(
            range(
                -(-(first - self.period.start).days // self.step) * self.step,
                (last - self.period.start).days,
                self.step,
            )
        )


def ids_of(cases: Sequence[Case]) -> tuple[str, ...]:
    """The tickets' ids."""
    return tuple(case.ticket_id for case in cases)


def read_cases(context: SkillContext, book: FactBook, where: Sequence[Filter], period: Period, total: int) -> Cases:
    """Every escalated ticket of the period with texts and notes; of more than 5,000 those of every so many-th day."""
    window = covered(context, period)
    if total <= MOST_READ:
        return _cases(context, book, where, window, 1)
    step = math.ceil(total / MOST_READ)
    step += step % 7 == 0  # every seventh day would always be the same weekday
    return _cases(context, book, where, window, step)


def _cases(context: SkillContext, book: FactBook, where: Sequence[Filter], window: Period, step: int) -> Cases:
    known = context.model.filterable()
    fields = [name for name in FIELDS if name in known or name == "ticket_id"]
    days = tuple(window.start + timedelta(days=d) for d in range(0, window.days, step))
    # Of very many days it costs less to read all than to name them.
    named = (Filter("counted_at", "in", days),) if step > 1 and len(days) <= MOST_NAMED else ()
    notes = _notes(context, book, window, named)
    read = book.note(context.queries.rows("escalated_ticket", fields, where=(*where, *named), period=window))
    dated = [(row, _day(context, row)) for row in read.rows]
    found = [_case(row, day, notes) for row, day in dated if (day - window.start).days % step == 0]
    masking = context.queries.masking([case.ticket_id for case in found])
    return Cases(tuple(sorted(found, key=lambda c: c.ticket_id)), window, step, masking, book.query_of(read))


def _notes(context: SkillContext, book: FactBook, window: Period, named: tuple[Filter, ...]) -> dict[str, list[str]]:
    """Notes of resolutions at or after the escalation, by ticket; nothing where resolutions are not granted. named: on days."""
    found: dict[str, list[str]] = {}
    if "resolution" not in context.model.datasets:
        return found
    conditions = [
        Filter("notes", "present"), Filter("counted_at", ">=", window.start), Filter("counted_at", "<", window.end), *named,
    ]  # fmt: skip
    fields = ("ticket_id", "resolved_at", "counted_at", "notes")
    for row in book.note(context.queries.rows("resolution", fields, where=conditions)).rows:
        is_after = row["resolved_at"] is None or row["resolved_at"] >= row["counted_at"]  # type: ignore[operator]
        if is_after and str(row["notes"]).strip():
            found.setdefault(str(row["ticket_id"]), []).append(str(row["notes"]))
    return found


def _day(context: SkillContext, row: Mapping[str, Value]) -> date:
    day = local_day(context, row["counted_at"])
    if day is None:
        raise ValueError("an escalated ticket counts on a day")
    return day


def _case(row: Mapping[str, Value], day: date, notes: Mapping[str, Sequence[str]]) -> Case:
    ticket, minutes = str(row["ticket_id"]), row.get("handle_minutes")
    written = [str(row[name]) for name in (*TEXTS, "reason_code") if row.get(name)]
    return Case(
        ticket,
        day,
        str(row.get("account_id") or ticket),
        str(row.get("product_area") or ""),
        str(row.get("subject") or ""),
        "\n".join(written),
        tuple(notes.get(ticket, ())),
        float(minutes) if isinstance(minutes, (int, float)) else None,
    )
