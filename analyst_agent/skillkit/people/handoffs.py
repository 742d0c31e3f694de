"""Hand-offs of escalated tickets between teams: how often each path is taken, how long it waits, and which tickets come back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Fact, Filter, Period, QueryResult, Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, by_account
from analyst_agent.statistics.waiting import Excess, excess_of_groups

ACKNOWLEDGED = "mean_minutes_to_acknowledge"
RESOLVED = "mean_resolution_minutes"
MOST_REREAD = 20_000
Path = tuple[str, str]
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class HandOff:
    """One path from a team to another over first escalations. wait: mean minutes of `measure`, with its test on the fact.

    total: all minutes waited on the path; expected: what tickets of the same priorities wait on average.
    """

    path: Path
    count: Fact
    wait: Fact | None = None
    total: Fact | None = None
    expected: Fact | None = None
    excess: Excess | None = None


@dataclass(frozen=True, slots=True)
class Journey:
    """The teams a ticket went through, in order, and whether it came back to one that had had it before."""

    ticket: str
    teams: tuple[str, ...]
    came_back: Path | None


@dataclass(slots=True)
class Rehandled:
    """Tickets escalated more than once: all of them read (or the most recent, `is_whole` false).

    handed_on: minutes from a hand-off until the next one of the same ticket, by path. incomplete: tickets left out
    because not all their escalations have a known time. escalated: escalated tickets of the same days.
    """

    journeys: list[Journey] = field(default_factory=list)
    handed_on: dict[Path, list[float]] = field(default_factory=dict)
    incomplete: int = 0
    escalated: int = 0
    period: Period | None = None
    is_whole: bool = True
    source: QueryResult | None = None

    @property
    def ping_pong(self) -> list[Journey]:
        """The tickets that came back."""
        return [one for one in self.journeys if one.came_back]


def hand_offs(inquiry: Inquiry, has_times: bool) -> list[HandOff]:
    """Every path of first escalations, most taken first, with its waiting time tested against tickets of the same priorities.

    The wait is from the escalation to its acknowledgement; where no acknowledgement is recorded, to the resolution.
    """
    book, by = inquiry.book, ("from_team", "to_team")
    metrics = (COUNT, *((ACKNOWLEDGED, RESOLVED) if has_times else ()))
    result = inquiry.run(metrics, by)
    rows = [row for row in result.rows if row["from_team"] is not None and row["to_team"] is not None and row[COUNT]]
    rows.sort(key=lambda row: (-number(row[COUNT]), str(row["from_team"]), str(row["to_team"])))
    measure = next((m for m in metrics[1:] if any(number(row[f"{m}__n"]) for row in rows)), None)
    tested = _tested(inquiry, measure) if measure else {}
    found = []
    for row in rows:
        path = (str(row["from_team"]), str(row["to_team"]))
        named: dict[str, Value] = {"from_team": row["from_team"], "to_team": row["to_team"]}
        count = book.cell(result, row, COUNT, named)
        if measure is None or not number(row[f"{measure}__n"]):
            found.append(HandOff(path, count))
            continue
        wait, n = book.cell(result, row, measure, named), int(number(row[f"{measure}__n"]))
        total = book.add(
            "waited_minutes", number(row[measure]) * n, "minutes", inquiry.period, named, source=result, n=n
        )
        excess = tested.get(path)
        expected = None
        if excess is not None:
            expected = book.add(
                "expected_wait_minutes", excess.expected, "minutes", inquiry.period, named, source=result, n=n
            )
            wait = book.revise(
                wait,
                reference="expected",
                reference_value=excess.expected,
                difference=excess.mean - excess.expected,
                difference_interval=excess.interval,
                p_value=excess.p_value,
            )
        found.append(HandOff(path, count, wait, total, expected, excess))
    return found


def judge(inquiry: Inquiry, paths: Sequence[HandOff], corrected: Sequence[float | None]) -> list[HandOff]:
    """The paths with their verdicts; `corrected` has one p-value a path, None where it was not tested."""
    found = []
    for one, p_value in zip(paths, corrected, strict=True):
        wait = one.wait
        if wait is not None:
            verdict = None if p_value is None else p_value <= SIGNIFICANT_AT
            wait = inquiry.book.revise(wait, p_adjusted=p_value, significant=verdict)
        found.append(HandOff(one.path, one.count, wait, one.total, one.expected, one.excess))
    return found


def _tested(inquiry: Inquiry, measure: str) -> dict[Path, Excess]:
    """Each path's mean against that of all tickets of its priorities, by account, or by day where accounts are not known."""
    priority = ("priority",) if inquiry.context.has("priority") else ()
    clusters = by_account(inquiry.context) or ("day",)
    rows = [
        row
        for row in inquiry.run((measure,), ("from_team", "to_team", *priority, *clusters)).rows
        if number(row[f"{measure}__n"]) and row["from_team"] is not None and row["to_team"] is not None
    ]
    if not rows:
        return {}
    paths = _numbered((str(row["from_team"]), str(row["to_team"])) for row in rows)
    kinds = _numbered(row[priority[0]] if priority else None for row in rows)
    # A ticket of no known account is a cluster of its own.
    owners = _numbered((i if row[clusters[0]] is None else -1, row[clusters[0]]) for i, row in enumerate(rows))
    means = np.array([number(row[measure]) for row in rows])
    counts = np.array([number(row[f"{measure}__n"]) for row in rows])
    found = excess_of_groups(paths[0], kinds[0], owners[0], means, counts, inquiry.minimum)
    return dict(zip(paths[1], found, strict=True))


def _numbered(values: Iterable[Key]) -> tuple[NDArray[np.int64], list[Key]]:
    places: dict[Key, int] = {}
    codes = np.array([places.setdefault(value, len(places)) for value in values], dtype=np.int64)
    return codes, list(places)


def rehandled(inquiry: Inquiry, again: int, escalated: int) -> Rehandled:
    """The tickets of the period escalated more than once, from their single escalations in order.

    again: how many there are. Of more than 20,000 the most recent are read.
    """
    context, last = inquiry.context, inquiry.context.queries.last_day
    if not again or last is None:
        return Rehandled(escalated=escalated, period=inquiry.period)
    period = _recent(inquiry.period, last + timedelta(days=1), again)
    found = Rehandled(escalated=escalated, period=period, is_whole=period is inquiry.period)
    if not found.is_whole:
        found.escalated = int(number(inquiry.run((COUNT,), period=period).rows[0][COUNT]))
    several = Filter("escalation_count", ">", 1)
    ask, note = context.queries.rows, inquiry.book.note
    tickets = note(ask("escalated_ticket", ["ticket_id", "escalation_count"], where=(*inquiry.where, several), period=period))  # fmt: skip
    wanted = {str(row["ticket_id"]): int(number(row["escalation_count"])) for row in tickets.rows}
    until = Period(period.start, last + timedelta(days=1))
    fields = ["ticket_id", "escalated_at", "from_team", "to_team", "level"]
    events: dict[str, list[dict[str, Value]]] = {}
    found.source = note(ask("escalation_event", fields, where=(several,), period=until))
    for row in found.source.rows:
        if str(row["ticket_id"]) in wanted:
            events.setdefault(str(row["ticket_id"]), []).append(row)
    for ticket, count in sorted(wanted.items()):
        steps = sorted(events.get(ticket, []), key=lambda row: (row["escalated_at"], str(row["level"] or "")))
        if len(steps) != count:
            found.incomplete += 1
            continue
        found.journeys.append(journey_of(ticket, [(row["from_team"], row["to_team"]) for row in steps]))
        _time_until_next(steps, found)
    return found


def journey_of(ticket: str, steps: Iterable[tuple[Value, Value]]) -> Journey:
    """The way of a ticket from its escalations in order, each from a team to a team.

    It came back where a later escalation sends it to a team, other than the one it comes from, that had had it before.
    An escalation without a from_team comes from where the last one went.

    >>> journey_of("T1", [("A", "B"), ("B", "A")]).came_back, journey_of("T2", [("A", "B"), ("B", "B")]).came_back
    (('B', 'A'), None)
    """
    had: list[str] = []
    way: list[str] = []
    came_back: Path | None = None
    for origin, target in steps:
        holder = str(origin) if origin is not None else (way[-1] if way else None)
        for team in (holder, None if target is None else str(target)):
            if team is not None and (not way or way[-1] != team):
                way.append(team)
        if holder is not None:
            had.append(holder)
        if target is not None:
            if holder is not None and str(target) != holder and str(target) in had and came_back is None:
                came_back = (holder, str(target))
            had.append(str(target))
    return Journey(ticket, tuple(way), came_back)


def most_common_return(journeys: Sequence[Journey]) -> tuple[Path, int] | None:
    """The way back that most tickets took, and how many; of equals the first by name."""
    counts = Counter(one.came_back for one in journeys if one.came_back)
    return min(counts.items(), key=lambda item: (-item[1], item[0])) if counts else None


def _time_until_next(steps: Sequence[dict[str, Value]], found: Rehandled) -> None:
    for now, after in pairwise(steps):
        begun, ended = now["escalated_at"], after["escalated_at"]
        if now["from_team"] is None or now["to_team"] is None:
            continue
        if isinstance(begun, datetime) and isinstance(ended, datetime):
            path = (str(now["from_team"]), str(now["to_team"]))
            found.handed_on.setdefault(path, []).append((ended - begun).total_seconds() / 60)


def _recent(period: Period, end: date, again: int) -> Period:
    """The period, or the most recent days of it that hold about 20,000 of such tickets."""
    if again <= MOST_REREAD:
        return period
    last = min(period.end, end)
    days = max(1, (last - period.start).days * MOST_REREAD // again)
    return Period(last - timedelta(days=days), last, "", "custom")
