"""How agents' escalations compare with what the mix of their tickets explains: judged against limits, never ranked."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.skillkit import (
    Filter,
    Finding,
    Inquiry,
    NotPermitted,
    Period,
    Recommendation,
    SkillContext,
    Statement,
    UnknownName,
    begin,
    totals_of,
)
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.causes.changes import changes_of
from analyst_agent.skillkit.dimensions import own_filter_as_focus
from analyst_agent.skillkit.people.casemix import HANDED_OVER, Profile, Unit, profile_of, with_verdicts
from analyst_agent.skillkit.people.funnels import (
    Placed,
    funnel_drawing,
    funnel_table,
    judged_statements,
    placed,
    say_how,
    shrunken_table,
)
from analyst_agent.skillkit.people.holding import held_by_agents

NAME = "agent_comparison"
TITLE = "Escalations of agents against the mix of their tickets"
FUNNEL = "Escalated tickets by agent against their mix"
TEAM_FIELDS = ("agent_team", "team")


def agent_comparison(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    focus: str | None = None,
) -> Finding:
    """Whether some agents have more escalations than the mix of their tickets explains; no ranking of persons.

    Compares agents, as last assigned, with others of the same support level: tickets, escalated tickets, those
    expected of the mix of their tickets, adjusted and shrunken rates, control limits that allow for chance and for
    accounts that escalate much. Only agents outside the limits after correction, with enough tickets, are named, and
    an agent asked about. Use it for questions about agents, reps, individuals and training needs.

    period: whole days, default the last 30 complete days. where: filters. focus: the agent asked about, or a team,
    whose agents are then compared with each other. comparison: a second period, where asked how the total changed.
    Raises an AnalystError where agents are not granted or not recorded, the period lies outside the data, or a name
    is unknown.
    """
    _check(context)
    conditions, focus = own_filter_as_focus("agent", tuple(where), focus)
    agent, of_team = _meant(context, focus)
    inquiry = begin(context, period, (*conditions, *of_team), comparison, always_compared=False)
    totals = totals_of(inquiry)
    if inquiry.before is not None:
        changes_of(inquiry, totals, ())
    said = [Statement("headline", totals.ids)]
    profile, _ = with_verdicts(profile_of(inquiry, "agent", held_by_agents(inquiry)))
    if not profile.units:
        inquiry.book.caveat("No ticket was created there in this period.", "no_tickets", (totals.tickets.id,))
        return inquiry.book.finding(TITLE, NAME, inquiry.period, inquiry.before, statements=said)
    units = placed(inquiry, profile, lambda unit: bool(unit.verdict) or unit.value == agent)
    said += _moved(inquiry, profile)
    said += _statements(inquiry, profile, units, agent)
    if profile.judged:
        say_how(inquiry, profile)
    _say_what_is_missing(inquiry, profile)
    drawings = funnel_drawing(profile, units, FUNNEL)
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        inquiry.before,
        statements=said,
        tables=(
            funnel_table(inquiry, profile, [one for one in units if _is_shown(one, agent)], FUNNEL),
            shrunken_table(inquiry, profile, units),
        ),
        recommendations=_advice(units),
        drawings=drawings,
    )


def _check(context: SkillContext) -> None:
    """Raises where agents are not granted (naming a person needs it, and so does any number by person) or not recorded."""
    context.model.check_dimension("agent")
    if not context.has("agent"):
        raise NotPermitted(
            "The loaded data name no agent of any ticket.", "Load agents and agent_id of tickets, or ask about teams."
        )


def _meant(context: SkillContext, focus: str | None) -> tuple[str | None, tuple[Filter, ...]]:
    """The agent asked about, or the condition that holds the agents of the team asked about."""
    if focus is None:
        return None, ()
    known: list[str] = []
    for field in ("agent", *TEAM_FIELDS):
        if not context.has(field):
            continue
        values = context.queries.values(field)
        found = next((value for value in values if value.lower() == focus.lower()), None)
        if found is not None:
            return (found, ()) if field == "agent" else (None, (Filter(field, "=", found),))
        known += values
    raise UnknownName("agent or team", focus, known)


def _is_shown(one: Placed, agent: str | None) -> bool:
    """Units that are judged, and the one asked about: who has a handful of tickets is no point of the funnel."""
    return one.limits is not None or (agent is not None and one.unit.value == agent)


def _moved(inquiry: Inquiry, profile: Profile) -> list[Statement]:
    held = profile.held
    if not held.moved:
        return []
    add, period = inquiry.book.add, inquiry.period
    moved = add("handed_over_count", held.moved, "count", period, source=held.escalated_source, n=held.escalated)
    whole = add(
        "cohort_escalated_count", held.escalated, "count", period, source=held.escalated_source, n=held.escalated
    )
    return [Statement("handed_over", (moved.id, whole.id), {"dimension": "agent", "is_judged": bool(profile.judged)})]


def _statements(inquiry: Inquiry, profile: Profile, units: Sequence[Placed], agent: str | None) -> list[Statement]:
    """How many can be judged, who is outside, and how much agents differ in general."""
    add, period, source = inquiry.book.add, inquiry.period, profile.held.source
    recorded = [unit for unit in profile.units if unit.value is not None]
    within = [unit for unit in profile.judged if not unit.verdict]
    counts = [
        add(metric, len(group), "count", period, source=source, n=len(recorded))
        for metric, group in (
            ("compared_count", recorded),
            ("judged_count", profile.judged),
            ("within_limits_count", within),
        )
    ]
    said = []
    if any(_reason(unit) for unit in recorded) or profile.judged:
        said.append(Statement("judged_count", tuple(fact.id for fact in counts)))
    if agent is not None and all(unit.value != agent for unit in profile.units):
        none = add("ticket_count", 0, "count", period, {"agent": agent}, n=0)
        said.append(Statement("too_few", (none.id,), {"dimension": "agent", "reason": "no tickets"}))
    said += judged_statements(profile, units, agent, names_all=False)
    if profile.spread is not None and len(profile.judged) > 2:
        value, interval = profile.spread
        fact = add(
            "between_units_spread", value, "ratio", period, source=source, n=len(profile.judged), interval=interval
        )
        said.append(Statement("spread", (fact.id,)))
    return said


def _reason(unit: Unit) -> str:
    return unit.reason if unit.reason != HANDED_OVER else ""


def _say_what_is_missing(inquiry: Inquiry, profile: Profile) -> None:
    if not profile.judged:
        return
    if not profile.held.fixed:
        text = "No support level is recorded; agents of all lines are compared with each other."
        inquiry.book.caveat(text, "no_support_level")
    if len(profile.judged) < len(profile.units):
        text = f"Agents with fewer than {inquiry.minimum} tickets, or of too few accounts, are not judged."
        inquiry.book.caveat(text, "too_few_tickets")


def _advice(units: Sequence[Placed]) -> list[Recommendation]:
    """Cases to look at together; never a judgement of a person."""
    return [
        Recommendation(
            str(one.unit.value),
            f"Look at a sample of these tickets together with {stored(one.unit.value)}: what kinds they are and what would have helped.",
            one.adjusted.id,
            "fact",
            fact=one.adjusted.id,
        )
        for one in units
        if one.unit.verdict and one.unit.is_above
    ]
