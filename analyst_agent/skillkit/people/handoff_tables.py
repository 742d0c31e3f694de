"""The tables and the statement of hand-offs: paths with their waits, tickets handed on again, tickets that came back."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.records import Column, Statement, Table, Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.people.handoffs import HandOff, Rehandled, most_common_return
from analyst_agent.skillkit.tables import Grid

PATHS = "Hand-offs between teams"
MOST_PATHS = 12
MOST_EXAMPLES = 5


def paths_table(paths: Sequence[HandOff]) -> Table:
    """The most common paths: escalated tickets, mean wait, what their priorities let expect, and how it reads."""
    grid = Grid(
        PATHS,
        (
            Column("from and to", "text", "path"),
            Column("escalated", "count", COUNT),
            Column("waits, mean", "minutes", "wait"),
            Column("expected", "minutes", "expected_wait_minutes"),
            Column("waits in all", "minutes", "waited_minutes"),
            Column("without", "count", "without"),
            Column("difference", "minutes", "difference"),
            Column("from", "minutes", "low"),
            Column("to", "minutes", "high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in paths[:MOST_PATHS]:
        wait = one.wait
        low, high = (wait.difference_interval if wait else None) or (None, None)
        cells = [(value, wait) if wait else None for value in (wait.missing if wait else None, wait.difference if wait else None, low, high)]  # fmt: skip
        grid.row((" to ".join(one.path), one.count, wait, one.expected, one.total, *cells, _reads_as(one)))
    return grid.table()


def _reads_as(one: HandOff) -> str:
    if one.wait is None or one.wait.significant is None:
        return one.excess.reason if one.excess and one.excess.reason else "not tested"
    if not one.wait.significant:
        return "within noise"
    return "waits longer" if number(one.wait.difference) > 0 else "waits less long"


def handed_on_table(inquiry: Inquiry, again: Rehandled) -> Table:
    """How long tickets stayed until they were handed on again, by path."""
    grid = Grid(
        "Tickets handed on again",
        (
            Column("from and to", "text", "path"),
            Column("handed on", "count", "n"),
            Column("until handed on, mean", "minutes", "handed_on_minutes"),
        ),
    )
    for path, minutes in sorted(again.handed_on.items(), key=lambda item: (-len(item[1]), item[0]))[:MOST_PATHS]:
        named: dict[str, Value] = {"from_team": path[0], "to_team": path[1]}
        mean = sum(minutes) / len(minutes)
        fact = inquiry.book.add("handed_on_minutes", mean, "minutes", again.period, named, source=again.source, n=len(minutes))  # fmt: skip
        grid.row((" to ".join(path), (fact.n, fact), fact))
    return grid.table()


def came_back_table(again: Rehandled) -> Table:
    """Some tickets that came back, with the teams they went through."""
    grid = Grid("Tickets that came back, for example", (Column("ticket"), Column("teams in order")))
    for one in again.ping_pong[-MOST_EXAMPLES:]:
        grid.row((one.ticket, " > ".join(one.teams)))
    return grid.table()


def ping_pong(inquiry: Inquiry, again: Rehandled) -> list[Statement]:
    """How many tickets came back, what part of all, and the most common way back."""
    book, period, back = inquiry.book, again.period, again.ping_pong
    if again.incomplete:
        text = f"Of {again.incomplete} tickets escalated more than once not every escalation has a known time; they are left out of those that came back."
        book.caveat(text, "unknown_order")
    if not again.is_whole:
        book.caveat("Tickets that came back were counted in the most recent days only.", "sampled")
    n = again.escalated
    count = book.add("ping_pong_count", len(back), "count", period, source=again.source, n=n)
    share = book.add("ping_pong_share", len(back) / n if n else None, "ratio", period, source=again.source, n=n)
    common = most_common_return(back)
    facts = [count.id, share.id]
    if common is not None:
        named: dict[str, Value] = {"from_team": common[0][0], "to_team": common[0][1]}
        facts.append(book.add("ping_pong_count", common[1], "count", period, named, source=again.source, n=n).id)
    return [Statement("ping_pong", tuple(facts))]
