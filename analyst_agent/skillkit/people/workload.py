"""What teams have on their desks: open escalated tickets, tickets created and resolved, and times against the SLA by priority."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyst_agent.records import Column, Fact, Filter, Period, QueryResult, SemanticQuery, Table, Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, TICKETS, Inquiry
from analyst_agent.skillkit.parts import Part
from analyst_agent.skillkit.people.holding import TEAM
from analyst_agent.skillkit.rates import ACCOUNT, SIGNIFICANT_AT, by_account, count_difference
from analyst_agent.skillkit.tables import Grid

OPEN = "open_escalated_count"
RESOLVED = "resolved_ticket_count"
CHANGE = "backlog_change"
SLA = "sla_breach_rate"
ACKNOWLEDGED = "mean_minutes_to_acknowledge"
MEDIAN = "median_resolution_minutes"


@dataclass(frozen=True, slots=True)
class Load:
    """One team's open escalated tickets at the data's end, and its tickets created and resolved in the period."""

    team: Value
    still_open: Fact
    created: Fact
    resolved: Fact | None = None
    change: Fact | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """All tickets created and resolved in the period; p_value of their difference, None where not tested."""

    created: Fact
    resolved: Fact
    change: Fact
    p_value: float | None


def read_ahead(inquiry: Inquiry) -> None:
    """Tickets created and tickets resolved by team and account, of which those by team and those by account are sums: one reading."""
    accounts = by_account(inquiry.context)
    splits = list(dict.fromkeys(((TEAM, *accounts), accounts, (TEAM,))))
    created = [inquiry.query((TICKETS,), by) for by in splits]
    inquiry.ahead([*created, *(_over_all_days(inquiry, TICKETS, by, _resolved_in(inquiry.period)) for by in splits)])


def loads_of(inquiry: Inquiry, has_resolutions: bool) -> list[Load]:
    """Every team, most open escalated tickets first."""
    now = _asked(inquiry, OPEN, (TEAM,), ())
    created = inquiry.run((TICKETS,), (TEAM,))
    resolved = _asked(inquiry, TICKETS, (TEAM,), _resolved_in(inquiry.period)) if has_resolutions else None
    amounts = [{row[TEAM]: number(row[m]) for row in r.rows} if r else {} for m, r in ((OPEN, now), (TICKETS, created), (TICKETS, resolved))]  # fmt: skip
    teams = {team for one in amounts for team, amount in one.items() if amount}
    found = []
    for team in sorted(teams, key=lambda t: (t is None, -amounts[0].get(t, 0), -amounts[1].get(t, 0), str(t))):
        who: dict[str, Value] = {TEAM: team}
        n = [int(one.get(team, 0)) for one in amounts]
        still_open = inquiry.book.add(OPEN, n[0], "count", None, who, source=now, n=n[0])
        arrived = inquiry.book.add(TICKETS, n[1], "count", inquiry.period, who, source=created, n=n[1])
        if resolved is None:
            found.append(Load(team, still_open, arrived))
            continue
        done = inquiry.book.add(RESOLVED, n[2], "count", inquiry.period, who, source=resolved, n=n[2])
        change = inquiry.book.add(CHANGE, n[1] - n[2], "count", inquiry.period, who, source=resolved)
        found.append(Load(team, still_open, arrived, done, change))
    return found


def backlog(inquiry: Inquiry) -> Flow | None:
    """Tickets created against tickets resolved, by account; None where no ticket was resolved in the period."""
    accounts = by_account(inquiry.context)
    created = inquiry.run((TICKETS,), accounts)
    resolved = _asked(inquiry, TICKETS, accounts, _resolved_in(inquiry.period))
    arrived, done = (sum(int(number(row[TICKETS])) for row in result.rows) for result in (created, resolved))
    if not done:
        return None
    parts = [[Part(row.get(ACCOUNT), number(row[TICKETS]), 0.0) for row in r.rows] for r in (created, resolved)]
    p_value = count_difference(parts[0], parts[1], (1.0, 1.0))[1] if arrived + done >= inquiry.minimum else None
    book, period = inquiry.book, inquiry.period
    return Flow(
        book.add(TICKETS, arrived, "count", period, source=created, n=arrived),
        book.add(RESOLVED, done, "count", period, source=resolved, n=done),
        book.add(CHANGE, arrived - done, "count", period, source=resolved, p_value=p_value),
        p_value,
    )


def judged_flow(inquiry: Inquiry, flow: Flow, corrected: float | None) -> Flow:
    """The flow with its verdict."""
    verdict = None if corrected is None else corrected <= SIGNIFICANT_AT
    change = inquiry.book.revise(flow.change, p_adjusted=corrected, significant=verdict)
    return Flow(flow.created, flow.resolved, change, flow.p_value)


def load_table(loads: Sequence[Load]) -> Table:
    """A row a team: open escalated tickets now, tickets created and resolved, and the difference."""
    grid = Grid(
        "Load of the teams",
        (
            Column("team", "text", TEAM),
            Column("escalated and open now", "count", OPEN),
            Column("tickets created", "count", TICKETS),
            Column("tickets resolved", "count", RESOLVED),
            Column("created minus resolved", "count", CHANGE),
        ),
    )
    for one in loads:
        grid.row((one.team, one.still_open, one.created, one.resolved, one.change))
    return grid.table()


def sla_table(inquiry: Inquiry, has_times: bool) -> Table | None:
    """Escalated tickets by priority: breaches of the SLA, time to acknowledge, median time to resolve, with what is left out."""
    if not inquiry.context.has("priority"):
        return None
    metrics = (COUNT, SLA, OPEN, *((ACKNOWLEDGED, MEDIAN) if has_times else ()))
    result = inquiry.run(metrics, ("priority",))
    grid = Grid(
        "Escalated tickets against the SLA by priority",
        (
            Column("priority", "text", "priority"),
            Column("escalated", "count", COUNT),
            Column("SLA breached", "ratio", SLA),
            Column("without due time", "count", "without_due_time"),
            Column("to acknowledge, mean", "minutes", ACKNOWLEDGED),
            Column("not acknowledged", "count", "not_acknowledged"),
            Column("to resolve, median", "minutes", MEDIAN),
            Column("still open", "count", OPEN),
        ),
    )
    for row in sorted(result.rows, key=lambda r: (r["priority"] is None, str(r["priority"]))):
        if not number(row[COUNT]):
            continue
        facts = {m: inquiry.book.cell(result, row, m, {"priority": row["priority"]}) for m in metrics}
        breached, taken, solved = (_known(facts.get(m)) for m in (SLA, ACKNOWLEDGED, MEDIAN))
        grid.row((row["priority"], facts[COUNT], breached, _left_out(breached), taken, _left_out(taken), solved, facts[OPEN]))  # fmt: skip
    return grid.table()


def _known(fact: Fact | None) -> Fact | None:
    return fact if fact is not None and fact.value is not None else None


def _left_out(fact: Fact | None) -> tuple[Value, Fact] | None:
    return (fact.missing or 0, fact) if fact is not None else None


def _asked(inquiry: Inquiry, metric: str, by: Sequence[str], more: tuple[Filter, ...]) -> QueryResult:
    """What `_over_all_days` gives."""
    return inquiry.run_all([_over_all_days(inquiry, metric, by, more)])[0]


def _over_all_days(inquiry: Inquiry, metric: str, by: Sequence[str], more: tuple[Filter, ...]) -> SemanticQuery:
    """A query over all days, under the filters asked for and more."""
    return SemanticQuery((metric,), tuple(by), (*inquiry.where, *more))


def _resolved_in(period: Period) -> tuple[Filter, ...]:
    return (
        Filter("ticket_resolved_at", ">=", period.start.isoformat()),
        Filter("ticket_resolved_at", "<", period.end.isoformat()),
    )
