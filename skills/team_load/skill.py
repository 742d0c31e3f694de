"""How teams stand: escalations against their mix of tickets, hand-offs and the hours each adds, load, and times against the SLA."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyst_agent.skillkit import (
    COUNT,
    RATE,
    Drawing,
    Fact,
    Filter,
    Finding,
    Inquiry,
    NotPermitted,
    Period,
    Recommendation,
    SkillContext,
    Statement,
    Table,
    Totals,
    UnknownName,
    Value,
    begin,
    benjamini_hochberg,
    number,
    totals_of,
)
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.causes.changes import changes_of
from analyst_agent.skillkit.dimensions import own_filter_as_focus
from analyst_agent.skillkit.people.casemix import Profile, profile_of, with_verdicts
from analyst_agent.skillkit.people.funnels import (
    Placed,
    funnel_drawing,
    funnel_table,
    judged_statements,
    placed,
    say_how,
    shrunken_table,
)
from analyst_agent.skillkit.people.handoff_tables import PATHS, came_back_table, handed_on_table, paths_table, ping_pong
from analyst_agent.skillkit.people.handoffs import HandOff, Rehandled, hand_offs, judge, rehandled
from analyst_agent.skillkit.people.holding import held_by_teams
from analyst_agent.skillkit.people.workload import (
    Flow,
    Load,
    backlog,
    judged_flow,
    load_table,
    loads_of,
    read_ahead,
    sla_table,
)

NAME = "team_load"
TITLE = "Escalations and load of the teams"
FUNNEL = "Escalated tickets by team against their mix"
TRAINING = "training_gap"
AGAIN = "re_escalation_rate"
WORDS = {"dimension": "team"}


@dataclass(slots=True)
class Teams:
    """All that is known of the teams in one answer."""

    totals: Totals
    profile: Profile | None = None
    units: list[Placed] = field(default_factory=list)
    causes: list[tuple[Value, Placed]] = field(default_factory=list)
    paths: list[HandOff] = field(default_factory=list)
    again: Rehandled | None = None
    loads: list[Load] = field(default_factory=list)
    flow: Flow | None = None


def team_load(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    focus: str | None = None,
) -> Finding:
    """How teams stand: who has more escalations than their mix of tickets explains, and what hand-offs cost.

    Gives for each team its tickets, escalated tickets, those expected of its mix of tickets, the adjusted rate with
    control limits (a funnel, not a ranking) and whether it lies outside; the hand-offs between teams with the hours
    each adds; tickets that went back and forth; open escalated tickets now, tickets created and resolved; times to
    acknowledge and resolve against the SLA by priority. Use it for questions about teams, queues, workload, backlog,
    hand-overs, ping-pong tickets and SLA by priority. Not for single agents.

    period: whole days, default the last 30 complete days. where: filters. focus: the team asked about; it is answered
    first. comparison: a second period, where asked how the total changed. Raises an AnalystError where the period lies
    outside the data, a name is unknown or not granted, or the data record no team.
    """
    conditions, focus = own_filter_as_focus("team", tuple(where), focus)
    names = _team_names(context)
    focus = _checked(focus, names)
    inquiry = begin(context, period, conditions, comparison, always_compared=False)
    teams = _gathered(inquiry)
    if inquiry.before is not None:
        changes_of(inquiry, teams.totals, ())
    tables = _tables(inquiry, teams)
    statements = _statements(inquiry, teams, focus)
    drawings = funnel_drawing(teams.profile, teams.units, FUNNEL) if teams.profile else ()
    if any(one.title == PATHS for one in tables):
        columns = {"label": "path", "value": "waited_minutes"} if _waits(teams) else {"label": "path", "value": COUNT}
        drawings += (Drawing("bars", PATHS, columns, "Waiting time by hand-off" if _waits(teams) else PATHS),)
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        inquiry.before,
        statements=statements,
        tables=tables,
        recommendations=_advice(teams),
        drawings=drawings,
    )


def _team_names(context: SkillContext) -> list[str]:
    """Every team by the most tickets. Raises where teams are not granted or not recorded."""
    context.model.check_dimension("team")
    filled = [name for name in ("team", "from_team", "to_team") if context.has(name)]
    if not filled:
        raise NotPermitted("The loaded data record no team.", "Load the column team of tickets, or from_team and to_team of escalations.")  # fmt: skip
    return list(dict.fromkeys(value for name in filled for value in context.queries.values(name)))


def _checked(focus: str | None, names: Sequence[str]) -> str | None:
    if focus is None:
        return None
    found = next((name for name in names if name.lower() == focus.lower()), None)
    if found is None:
        raise UnknownName("team", focus, names)
    return found


def _gathered(inquiry: Inquiry) -> Teams:
    """Everything measured, and all that was tested corrected together (Benjamini-Hochberg)."""
    context = inquiry.context
    if context.has("from_team") and context.has("to_team"):
        inquiry.ahead([inquiry.query((metric,)) for metric in (RATE, AGAIN)])
    teams = Teams(totals_of(inquiry))
    has_times = teams.totals.unknown_times < teams.totals.escalated
    profiles: list[tuple[Value, Profile]] = []
    if context.has("team"):
        read_ahead(inquiry)
        held, causes = held_by_teams(inquiry)
        teams.profile = profile_of(inquiry, "team", held)
        enough = [
            (cause, one) for cause, one in causes.items() if one.escalated >= inquiry.minimum and cause is not None
        ]
        profiles = [(cause, profile_of(inquiry, "team", one)) for cause, one in sorted(enough, key=lambda c: str(c[0]))]
        teams.flow = backlog(inquiry)
        teams.loads = loads_of(inquiry, teams.flow is not None)
    if context.has("from_team") and context.has("to_team"):
        teams.paths = hand_offs(inquiry, has_times)
        if has_times:
            teams.again = _again(inquiry, teams.totals)
    _correct(inquiry, teams, profiles)
    return teams


def _again(inquiry: Inquiry, totals: Totals) -> Rehandled:
    row = inquiry.run((AGAIN,)).rows[0]
    return rehandled(inquiry, int(number(row[f"{AGAIN}__numerator"])), totals.escalated)


def _correct(inquiry: Inquiry, teams: Teams, profiles: Sequence[tuple[Value, Profile]]) -> None:
    by_path = [one.excess.p_value if one.excess else None for one in teams.paths]
    by_cause = [[unit.p_value for unit in profile.units] for _, profile in profiles]
    flow = [teams.flow.p_value if teams.flow else None]
    others = [*flow, *by_path, *(p for one in by_cause for p in one)]
    if teams.profile is not None:
        teams.profile, corrected = with_verdicts(teams.profile, others)
        teams.units = placed(inquiry, teams.profile)
    else:
        corrected = benjamini_hochberg(others)
    if teams.flow is not None:
        teams.flow = judged_flow(inquiry, teams.flow, corrected[0])
    teams.paths = judge(inquiry, teams.paths, corrected[1 : 1 + len(by_path)])
    rest = corrected[1 + len(by_path) :]
    for (cause, profile), p_values in zip(profiles, by_cause, strict=True):
        mine, rest = rest[: len(p_values)], rest[len(p_values) :]
        outside = profile.judged_by(mine)
        teams.causes += [(cause, one) for one in placed(inquiry, outside, also={"root_cause": cause})]


def _waits(teams: Teams) -> bool:
    return any(one.total is not None for one in teams.paths)


def _tables(inquiry: Inquiry, teams: Teams) -> list[Table]:
    found: list[Table | None] = []
    if teams.profile is not None:
        found.append(funnel_table(inquiry, teams.profile, teams.units, FUNNEL))
    found += [paths_table(teams.paths), load_table(teams.loads), sla_table(inquiry, _has_times(teams))]
    if teams.profile is not None:
        found.append(shrunken_table(inquiry, teams.profile, teams.units))
    if teams.again is not None:
        found += [handed_on_table(inquiry, teams.again), came_back_table(teams.again)]
    return [table for table in found if table is not None and table.rows]


def _has_times(teams: Teams) -> bool:
    return teams.totals.unknown_times < teams.totals.escalated


def _statements(inquiry: Inquiry, teams: Teams, focus: str | None) -> list[Statement]:
    """The total, teams outside their limits, causes that sit in one team, hand-offs, what came back, and the load."""
    said = [Statement("headline", teams.totals.ids)]
    if not number(teams.totals.tickets.value) and not teams.totals.escalated:
        inquiry.book.caveat("No ticket was created or escalated there in this period.", "no_tickets")
        return said
    if teams.profile is None:
        inquiry.book.caveat("Tickets record no team; only hand-offs of escalations can be told.", "no_team")
    else:
        said += judged_statements(teams.profile, teams.units, focus)
        said += _of_causes(teams)
        say_how(inquiry, teams.profile)
        said += _moved(inquiry, teams)
    said += _of_paths(inquiry, teams)
    if teams.loads:
        said += _of_load(inquiry, teams)
    if teams.totals.unknown_times:
        fact = inquiry.book.add("unknown_time_count", teams.totals.unknown_times, "count", inquiry.period, n=teams.totals.escalated)  # fmt: skip
        said.append(Statement("unknown_time", (inquiry.book.revise(fact, query=teams.totals.count.query).id,)))
    return said


def _of_causes(teams: Teams) -> list[Statement]:
    outside = [one for _, one in teams.causes if one.unit.verdict and one.unit.is_above]
    return [Statement("outside_limits", (one.adjusted.id, one.escalated.id, one.expected.id), WORDS) for one in outside]


def _moved(inquiry: Inquiry, teams: Teams) -> list[Statement]:
    held = teams.profile.held if teams.profile else None
    if held is None or not held.moved:
        return []
    moved = inquiry.book.add(
        "handed_over_count", held.moved, "count", inquiry.period, source=held.escalated_source, n=held.escalated
    )
    whole = inquiry.book.add("cohort_escalated_count", held.escalated, "count", inquiry.period, source=held.escalated_source, n=held.escalated)  # fmt: skip
    return [Statement("handed_over", (moved.id, whole.id), WORDS)]


def _of_paths(inquiry: Inquiry, teams: Teams) -> list[Statement]:
    if not teams.paths:
        text = "No escalation of these tickets records the team it came from and the team it went to; hand-offs cannot be told."
        inquiry.book.caveat(text, "no_hand_offs")
        return []
    first = teams.paths[0]
    said = [Statement("hand_off_path", tuple(f.id for f in (first.count, first.wait) if f is not None))]
    said += [
        Statement("path_wait", (one.wait.id,)) for one in teams.paths if one.wait is not None and one.wait.significant
    ]
    if teams.again is not None:
        said += ping_pong(inquiry, teams.again)
    return said


def _of_load(inquiry: Inquiry, teams: Teams) -> list[Statement]:
    total = int(sum(number(one.still_open.value) for one in teams.loads))
    whole = inquiry.book.add("open_escalated_count", total, "count", None, n=total)
    whole = inquiry.book.revise(whole, query=teams.loads[0].still_open.query)
    named = [one.still_open.id for one in teams.loads if one.team is not None and one.still_open.value]
    said = [Statement("load_now", (whole.id, *named))]
    if teams.flow is None:
        inquiry.book.caveat("No ticket has a time of resolution in this period; whether the backlog grows cannot be told.", "no_resolution_times")  # fmt: skip
        return said
    return [*said, Statement("backlog", (teams.flow.created.id, teams.flow.resolved.id, teams.flow.change.id))]


def _advice(teams: Teams) -> list[Recommendation]:
    found = []
    untrained = set()
    for cause, one in teams.causes:
        if one.unit.verdict and one.unit.is_above and cause == TRAINING:
            untrained.add(one.unit.value)
            text = f"Repeat the training for the team {stored(one.unit.value)}, starting from these tickets."
            found.append(_rests_on(str(one.unit.value), text, one.adjusted))
    for one in teams.units:
        if one.unit.verdict and one.unit.is_above and one.unit.value not in untrained:
            text = f"Read a sample of the escalated tickets of {stored(one.unit.value)} together with the team: its mix does not explain them."
            found.append(_rests_on(str(one.unit.value), text, one.adjusted))
    for path in teams.paths:
        if path.wait is not None and path.wait.significant and number(path.wait.difference) > 0:
            origin, target = (stored(team) for team in path.path)
            text = f"Agree who at {target} takes what comes from {origin}, and by when: it waits longer than its priorities explain."
            found.append(_rests_on(f"{path.path[0]} to {path.path[1]}", text, path.wait))
    return found


def _rests_on(pattern: str, action: str, fact: Fact) -> Recommendation:
    return Recommendation(pattern, action, fact.id, "fact", fact=fact.id)
