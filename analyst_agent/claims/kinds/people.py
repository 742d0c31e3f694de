"""Claims about teams and agents: outside their limits or no difference shown, hand-offs, tickets that came back, load and backlog."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference, judged
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

MOST_TEAMS = 5


def outside_limits(request: Request) -> str:
    """ "Coral (team) has more escalated tickets than its mix of tickets would lead one to expect: 84 against 51.3; ..." """
    adjusted, escalated, expected = (
        request.of("adjusted_escalation_rate"),
        request.of("held_escalated_count"),
        request.of("expected_escalated_count"),
    )
    if adjusted is None or escalated is None or expected is None:
        return ""
    gap = _number(escalated) - _number(expected)
    cause = adjusted.dimensions.get("root_cause")
    what = f"escalated tickets with root cause {request.wording.value('root_cause', cause)}" if cause else "escalated tickets"  # fmt: skip
    word = "more" if gap > 0 else "fewer"
    text = f"{_who(request, adjusted)} has {word} {what} than the mix of its tickets would lead one to expect: "
    text += f"{request.wording.number(escalated)} against {request.wording.number(expected)}"
    return f"{text}; {_rates(request, adjusted)}"


def outside_beside_table(request: Request) -> str:
    """The same without the counts that the table shows."""
    adjusted, escalated, expected = (
        request.of("adjusted_escalation_rate"),
        request.of("held_escalated_count"),
        request.of("expected_escalated_count"),
    )
    if adjusted is None or escalated is None or expected is None or request.of("shrunken_escalation_rate") is None:
        return outside_limits(request)
    word = "more" if _number(escalated) > _number(expected) else "fewer"
    head = (
        f"{_who(request, adjusted)} has {word} escalated tickets than the mix of its tickets would lead one to expect"
    )
    return f"{head}: {_shrunken(request)}"


def within_limits(request: Request) -> str:
    """ "For Blue, Amber and Green (team) no difference beyond chance and mix is shown"."""
    if not request.facts:
        return ""
    dimension = str(request.arguments.get("dimension") or next(iter(request.facts[0].dimensions), ""))
    names = [request.name_of(fact, dimension) for fact in request.facts]
    label = request.wording.dimension(dimension)
    return f"For {formats.listed(names)} ({label}) no difference beyond chance and mix is shown"


def judged_count(request: Request) -> str:
    """ "Of 24 agents 21 have enough tickets to be judged; for 20 of them no difference beyond chance is shown"."""
    compared, enough, within = (
        request.of("compared_count"),
        request.of("judged_count"),
        request.of("within_limits_count"),
    )
    if compared is None or enough is None or within is None:
        return ""
    every, able, inside = (request.wording.number(fact) for fact in (compared, enough, within))
    if not _number(enough):
        return f"Of {every} agents none can be judged"
    have = "has" if _number(enough) == 1 else "have"
    text = f"Of {every} agents {able} {have} enough tickets to be judged"
    return f"{text}; for {inside} of them no difference beyond chance and mix is shown"


def spread(request: Request) -> str:
    """ "Beyond chance and mix, rates typically differ between agents by 8.0 % of the overall rate (1.0 to 25.0 %)"."""
    fact = request.of("between_units_spread")
    if fact is None or not formats.is_number(fact.value):
        return ""
    span = formats.span(fact.interval, fact.unit, request.wording.currency)
    shown = f"{request.wording.number(fact)} of the overall rate" + (f" (95 % interval {span})" if span else "")
    return f"Beyond chance and mix, rates typically differ between agents by {shown}"


def handed_over(request: Request) -> str:
    """ "276 of 327 escalated tickets are with another team than they were escalated from; they count for that one"."""
    moved, whole = request.of("handed_over_count"), request.of("cohort_escalated_count")
    if moved is None or whole is None or not _number(moved):
        return ""
    counts = f"{request.wording.number(moved)} of {request.wording.number(whole)} escalated tickets"
    are = "is" if _number(moved) == 1 else "are"
    if request.arguments.get("dimension") != "agent":
        return (
            f"{counts} {are} now with another team than the one that escalated them; they count for the team that did"
        )
    text = f"{counts} {are} now with an agent of another team than the one that escalated them; they count for no agent"
    if request.arguments.get("is_judged"):
        return text
    return f"{text}, and agents are not judged: who held them is not recorded"


def hand_off_path(request: Request) -> str:
    """ "The most common hand-off is from Amber to Product Support: 72 tickets, acknowledged after 135 min on average"."""
    count = request.of("escalated_ticket_count")
    if count is None:
        return ""
    total = _number(count)
    text = (
        f"The most common hand-off is {_path(request, count)}: {formats.count(total)} {formats.plural(total, 'ticket')}"
    )
    wait = request.of("mean_minutes_to_acknowledge", "mean_resolution_minutes")
    if wait is None or not formats.is_number(wait.value):
        return text
    left_out = f", {formats.count(wait.missing)} {request.wording.without(wait.metric)}" if wait.missing else ""
    return f"{text}, {_done(wait)} after {request.wording.number(wait)} on average (n = {formats.count(wait.n or 0)}{left_out})"


def path_wait(request: Request) -> str:
    """ "From Amber to Desk tickets wait longer than their priorities would lead one to expect: 310 min against 130 min ..." """
    wait = request.facts[0] if request.facts else None
    gap = difference(wait) if wait else None
    if wait is None or gap is None or not formats.is_number(wait.reference_value) or not formats.is_number(wait.value):
        return ""
    longer = "longer" if gap > 0 else "less long"
    now, then = formats.two_numbers(float(wait.value or 0), float(wait.reference_value or 0), "minutes")
    size = formats.size(gap, "minutes")
    return (
        f"{formats.sentence(_path(request, wait))} tickets wait {longer} than their priorities would lead one to expect: {_done(wait)} "
        f"after {now} against {then}, {size} {'more' if gap > 0 else 'less'}: {judged(wait, request.wording)}"
    )


def ping_pong(request: Request) -> str:
    """ "14 of 321 escalated tickets (4.4 %) came back to a team that had had them before, most often from Desk to Amber (6)"."""
    count, share = request.of("ping_pong_count"), request.of("ping_pong_share")
    if count is None or share is None or not share.n:
        return ""
    total = _number(count)
    them = "it" if total == 1 else "them"
    text = f"{formats.count(total)} of {formats.count(share.n)} escalated tickets ({request.wording.number(share)}) came back to a team that had had {them} before"  # fmt: skip
    pair = next((f for f in request.facts if "from_team" in f.dimensions), None)
    if pair is None or _number(pair) < 2:
        return text
    return f"{text}, most often {_path(request, pair)} ({request.wording.number(pair)})"


def backlog(request: Request) -> str:
    """ "3,091 tickets were created and 3,150 resolved, 59 fewer open: within noise"."""
    created, resolved, change = (
        request.of("ticket_count"),
        request.of("resolved_ticket_count"),
        request.of("backlog_change"),
    )
    if created is None or resolved is None or change is None:
        return ""
    text = f"{request.wording.number(created)} tickets were created and {request.wording.number(resolved)} resolved"
    gap = _number(change)
    if gap == 0:
        return f"{text}: the backlog is unchanged"
    return f"{text}: {formats.count(abs(gap))} {'more' if gap > 0 else 'fewer'} are open, {judged(change, request.wording)}"


def load_now(request: Request) -> str:
    """ "Escalated and open at the data's end: 75 tickets; Product Support 33, Engineering Liaison 16 and 2 more"."""
    if not request.facts:
        return ""
    whole, *teams = request.facts
    total = _number(whole)
    if not total:
        return "No escalated ticket is open at the end of the data"
    text = f"Escalated and open at the end of the data: {formats.count(total)} {formats.plural(total, 'ticket')}"
    parts = [f"{request.name_of(fact, 'team')} {request.wording.number(fact)}" for fact in teams]
    return f"{text}; {formats.listed(parts, MOST_TEAMS)}" if parts else text


def _who(request: Request, fact: Fact) -> str:
    dimension = str(request.arguments.get("dimension") or next(iter(fact.dimensions), ""))
    return f"{request.name_of(fact, dimension)} ({request.wording.dimension(dimension)})"


def _rates(request: Request, adjusted: Fact) -> str:
    overall = f" against {request.wording.number(_of_overall(adjusted))} overall" if adjusted.reference_value else ""
    limits = request.of("control_limits")
    span = formats.span(limits.interval, "ratio") if limits else ""
    text = f"adjusted rate {request.wording.number(adjusted)}{overall}"
    text += f", limits {span}" if span else ""
    more = _shrunken(request)
    return f"{text}; {more}" if more else text


def _shrunken(request: Request) -> str:
    fact = request.of("shrunken_escalation_rate")
    if fact is None:
        return ""
    span = formats.span(fact.interval, "ratio")
    return f"shrunken rate {request.wording.number(fact)} (95 % interval {span})"


def _of_overall(fact: Fact) -> Fact:
    return Fact(fact.id, fact.metric, fact.reference_value, fact.unit, fact.period)


def _path(request: Request, fact: Fact) -> str:
    origin, target = (request.wording.value(d, fact.dimensions.get(d)) for d in ("from_team", "to_team"))
    return f"from {origin} to {target}"


def _done(fact: Fact) -> str:
    return "resolved" if fact.metric == "mean_resolution_minutes" else "acknowledged"


def _number(fact: Fact) -> float:
    return float(fact.value or 0) if formats.is_number(fact.value) else 0.0


KINDS: Mapping[str, Kind] = {
    "outside_limits": outside_limits,
    "within_limits": within_limits,
    "judged_count": judged_count,
    "spread": spread,
    "handed_over": handed_over,
    "hand_off_path": hand_off_path,
    "path_wait": path_wait,
    "ping_pong": ping_pong,
    "backlog": backlog,
    "load_now": load_now,
}
BESIDE_TABLE: Mapping[str, Kind] = {"outside_limits": outside_beside_table}
