"""Who held which tickets: by team when first escalated, by agent as last assigned, with the mix of tickets and the accounts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from analyst_agent.records import QueryResult, SemanticQuery, Value
from analyst_agent.semantic.expressions import Scope
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, TICKETS, Inquiry, created_in
from analyst_agent.skillkit.rates import by_account

COHORT = "cohort_escalation_rate"
TEAM, AGENT = "team", "agent"
# Known when a ticket is created. Never the priority, which escalating raises, nor who has the ticket; of customers the first that is filled.
_OF_THE_TICKET = ("product_area", "category", "channel")
_OF_THE_CUSTOMER = ("tier", "segment", "plan", "region")
MOST_VALUES = 200
Cell = tuple[Value, ...]


@dataclass(slots=True)
class Held:
    """Tickets of the period and those escalated at any time, by who held them. cells: by unit and mix; parts: by unit and
    account; each value is [escalated, tickets].

    escalated: tickets escalated at all; moved: those that somebody else than the last assigned held when they escalated.
    source: of the tickets; escalated_source: of the escalated ones.
    """

    dimensions: tuple[str, ...]
    cells: dict[Cell, list[float]] = field(default_factory=dict)
    parts: dict[tuple[Value, Value], list[float]] = field(default_factory=dict)
    fixed: int = 0
    escalated: int = 0
    moved: int = 0
    source: QueryResult | None = None
    escalated_source: QueryResult | None = None


def mix_dimensions(context: SkillContext) -> tuple[str, ...]:
    """What tickets are told apart by: filled, granted, and with few enough values to be kinds."""
    customer = next((name for name in _OF_THE_CUSTOMER if context.has(name)), None)
    wanted = (*_OF_THE_TICKET, *([customer] if customer else []))
    return tuple(d for d in wanted if context.has(d) and len(context.queries.values(d)) <= MOST_VALUES)


def held_by_teams(inquiry: Inquiry) -> tuple[Held, dict[Value, Held]]:
    """Tickets by the team that held them when they were first escalated, else by the team they are assigned to; and the
    same with the escalated tickets of each root cause only.

    A ticket that escalating moved to another team counts for the one it came from, escalated and as a ticket:
    otherwise the team that receives escalations would seem to cause them.
    """
    context = inquiry.context
    others = tuple(name for name in ("from_team", "root_cause") if context.has(name))
    held = _last_assigned(inquiry, TEAM, ())
    rows = _escalated(inquiry, TEAM, others, held)
    for row, cell, account, count in rows:
        origin = row.get("from_team")
        if origin is not None and origin != row[TEAM]:
            held.moved += int(count)
            _add(held, (row[TEAM], *cell), account, (-count, -count))
            _add(held, (origin, *cell), account, (count, count))
    if "root_cause" not in others:
        return held, {}
    causes: dict[Value, Held] = {}
    for row, cell, account, count in rows:
        cause = row["root_cause"]
        if cause not in causes:
            causes[cause] = _without_escalations(held)
        causes[cause].escalated += int(count)
        origin = row.get("from_team")
        _add(causes[cause], (row[TEAM] if origin is None else origin, *cell), account, (count, 0.0))
    return held, causes


def _without_escalations(held: Held) -> Held:
    cells = {key: [0.0, pair[1]] for key, pair in held.cells.items()}
    parts = {key: [0.0, pair[1]] for key, pair in held.parts.items()}
    return replace(held, cells=cells, parts=parts, escalated=0)


def held_by_agents(inquiry: Inquiry) -> Held:
    """Tickets by the agent they are assigned to, without the escalated ones that came to the agent by being escalated.

    Such are those whose agent is of another team than the one they were escalated from: they say nothing about the
    agent. Agents are compared with those of their own support level, where it is known.
    """
    context = inquiry.context
    level = ("support_level",) if context.has("support_level") else ()
    held = _last_assigned(inquiry, AGENT, level)
    others = ("from_team", "agent_team")
    has_teams = all(context.has(name) for name in others)
    rows = _escalated(inquiry, AGENT, others if has_teams else (), held)
    if not has_teams:
        return held
    teams = set(context.queries.values("agent_team"))
    for row, cell, account, count in rows:
        origin, own = row["from_team"], row["agent_team"]
        # Other words for teams in escalations than in the list of agents would look like tickets handed over.
        if own is None or origin not in teams or origin == own:
            continue
        held.moved += int(count)
        _add(held, (row[AGENT], *cell), account, (-count, -count))
    return held


def _last_assigned(inquiry: Inquiry, unit: str, level: tuple[str, ...]) -> Held:
    """Tickets alone, whatever is asked of escalations; which of them were escalated is added by `_escalated`."""
    dimensions = (*level, *mix_dimensions(inquiry.context))
    tickets_of = Scope(inquiry.context.model, "ticket")
    inquiry = replace(inquiry, where=tuple(one for one in inquiry.where if not tickets_of.is_of_some(one.field)))
    result = inquiry.run((TICKETS,), (unit, *dimensions))
    held = Held(dimensions, fixed=len(level), source=result)
    for row in result.rows:
        if tickets := number(row[TICKETS]):
            held.cells[(row[unit], *(row[d] for d in dimensions))] = [0.0, tickets]
    accounts = by_account(inquiry.context)
    if accounts:
        for row in inquiry.run((TICKETS,), (unit, *accounts)).rows:
            if tickets := number(row[TICKETS]):
                held.parts[row[unit], row[accounts[0]]] = [0.0, tickets]
    return held


def _escalated(
    inquiry: Inquiry, unit: str, others: tuple[str, ...], held: Held
) -> list[tuple[dict[str, Value], Cell, Value, float]]:
    """Escalated tickets of the cohort by unit, the other dimensions, account and mix; what is held is told of them."""
    accounts = by_account(inquiry.context)
    by = tuple(dict.fromkeys((unit, *others, *accounts, *held.dimensions)))
    where = (*inquiry.where, *created_in(inquiry.period))
    result = inquiry.book.note(inquiry.context.queries.run(SemanticQuery((COUNT,), by, where)))
    held.escalated_source = result
    found = []
    for row in result.rows:
        cell, account = tuple([row[d] for d in held.dimensions]), row[accounts[0]] if accounts else None
        count = number(row[COUNT])
        held.escalated += int(count)
        _add(held, (row[unit], *cell), account, (count, 0.0))
        found.append((row, cell, account, count))
    return found


def _add(held: Held, cell: Cell, account: Value, pair: tuple[float, float]) -> None:
    """Adds escalated tickets and tickets to the cell and, where accounts are known, to the unit's account."""
    plus(held.cells.setdefault(cell, [0.0, 0.0]), pair)
    if held.parts:
        plus(held.parts.setdefault((cell[0], account), [0.0, 0.0]), pair)


def plus(into: list[float], pair: tuple[float, float]) -> None:
    """Adds escalated tickets and tickets to a pair of sums."""
    into[0] += pair[0]
    into[1] += pair[1]
