"""Claims about known issues: what one costs, whether its fix holds, how fast it fell, and which ones no ticket shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import judged
from analyst_agent.claims.escape import cited, delimited, escaped, identified
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact


def issues_total(request: Request) -> str:
    """ "Of 2,628 escalated tickets examined, 301 show a known issue"."""
    fact = request.of("matched_by_any")
    if fact is None or not formats.is_number(fact.value) or not fact.n:
        return ""
    amount = float(fact.value or 0)
    shown = "none shows" if not amount else f"{formats.count(amount)} {formats.plural(amount, 'shows', 'show')}"
    return f"Of {formats.count(fact.n)} escalated {formats.plural(fact.n, 'ticket')} examined, {shown} a known issue"


def issue_impact(request: Request) -> str:
    """ "KI-12: "Exports time out" (in progress), 98 escalated tickets, 3.7 % of those examined, cost 4,120 USD; 50.0 % of ..." """
    matches = request.of("known_issue_matches")
    if matches is None or not formats.is_number(matches.value):
        return ""
    amount = float(matches.value or 0)
    text = f"{_issue(request)}, {formats.count(amount)} escalated {formats.plural(amount, 'ticket')}"
    share, cost = request.of("share_of_escalations"), request.of("estimated_cost")
    if share is not None and formats.is_number(share.value):
        text += f", {request.wording.number(share)} of those examined"
    if cost is not None and formats.is_number(cost.value):
        text += f", cost {request.wording.number(cost)}"
    used = _uptake(request)
    return f"{text}; {used}" if used else text


def issue_beside_table(request: Request) -> str:
    """What the row of an issue does not show: its title, and how sure the workaround's share is."""
    used = _uptake(request)
    return f"{_issue(request)}; {used}" if used else _issue(request)


def issue_reopen(request: Request) -> str:
    """ "KI-9: marked as fixed on 14 April 2026, still comes: 12 tickets from ... against 21 from ..., 85.7 % of the pace before: ..." """
    return _since(request, "still comes")


def issue_fix_holds(request: Request) -> str:
    """ "KI-9: marked as fixed on 14 April 2026, the fix holds, 1 ticket from ... against 21 from ..., 6.9 % of the pace before"."""
    return _since(request, "the fix holds")


def issue_fix_unclear(request: Request) -> str:
    """ "KI-9: marked as fixed on 14 April 2026, whether the fix holds cannot be said (too few tickets before the fix ...)"."""
    reason = str(request.arguments.get("reason") or "too few tickets to say")
    return f"{_fixed(request)}, whether the fix holds cannot be said, {escaped(reason)}" + _counts(request, "; ")


def issue_half_life(request: Request) -> str:
    """ "KI-9: the weekly number halves every 23.0 days after the fix (95 % interval 17.0 to 36.0 days)"."""
    half, below = request.of("half_life_since_fix"), request.of("time_to_half")
    if half is not None and formats.is_number(half.value):
        span = formats.span(half.interval, half.unit)
        sure = f" (95 % interval {span})" if span else ""
        return (
            f"{_document(request)}: the weekly number halves every {request.wording.number(half)} after the fix{sure}"
        )
    if below is not None and formats.is_number(below.value):
        within = request.wording.number(below)
        return f"{_document(request)}: the weekly number stayed below half of that before within {within} of the fix"
    return ""


def issues_unmatched(request: Request) -> str:
    """ "No escalated ticket of those examined shows KI-14 and KI-16"."""
    names = [request.name_of(fact, "known_issue") for fact in request.facts]
    return f"No escalated ticket of those examined shows {formats.listed(names, word='or')}" if names else ""


def _since(request: Request, verdict: str) -> str:
    counts = _counts(request, "")
    pace = request.of("pace_since_fix")
    if not counts or pace is None:
        return ""
    shown = f", {request.wording.number(pace)} of the pace before" if formats.is_number(pace.value) else ""
    sure = f": {judged(pace, request.wording)}" if verdict == "still comes" else ""
    return f"{_fixed(request)}, {verdict}: {counts}{shown}{sure}"


def _counts(request: Request, joint: str) -> str:
    since, before = request.of("matches_since_fix"), request.of("matches_before_fix")
    if since is None or not formats.is_number(since.value):
        return ""
    text = _tickets(since)
    return f"{joint}{text} against {_tickets(before, bare=True)}" if before is not None else f"{joint}{text}"


def _tickets(fact: Fact, bare: bool = False) -> str:
    amount = float(fact.value or 0)
    shown = formats.count(amount) if amount else ("none" if bare else "no")
    noun = "" if bare else f" {formats.plural(amount, 'ticket')}"
    return f"{shown}{noun} {formats.during(fact.period)}" if fact.period else f"{shown}{noun}"


def _uptake(request: Request) -> str:
    fact = request.of("workaround_uptake")
    if fact is None or not formats.is_number(fact.value) or not fact.n:
        return ""
    span = formats.span(fact.interval, fact.unit)
    sure = f", 95 % interval {span}" if span else ""
    return f"{request.wording.number(fact)} of notes mention the workaround (n = {formats.count(fact.n)}{sure})"


def _document(request: Request) -> str:
    named = request.arguments.get("document") or request.facts[0].dimensions.get("known_issue")
    return identified(named) if named else "A known issue"


def _issue(request: Request) -> str:
    title, status = (request.arguments.get(key) for key in ("title", "status"))
    return (
        f"{_document(request)}: {cited(title) if title else 'known issue'}{f' ({delimited(status)})' if status else ''}"
    )


def _fixed(request: Request) -> str:
    stated = str(request.arguments.get("fixed_on", ""))
    try:
        return f"{_document(request)}: marked as fixed on {formats.day(date.fromisoformat(stated[:10]))}"
    except ValueError:
        return f"{_document(request)}: marked as fixed"


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "issues_total": issues_total,
        "issue_impact": issue_impact,
        "issue_reopen": issue_reopen,
        "issue_fix_holds": issue_fix_holds,
        "issue_fix_unclear": issue_fix_unclear,
        "issue_half_life": issue_half_life,
        "issues_unmatched": issues_unmatched,
    }
)
BESIDE_TABLE: Mapping[str, Kind] = MappingProxyType({"issue_impact": issue_beside_table})
OF_PATTERNS = frozenset({"issue_impact", "issue_reopen", "issue_fix_holds", "issue_fix_unclear", "issue_half_life"})
