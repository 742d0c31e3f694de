"""What stands on a report's first screen: the leading patterns of a finding, each with its size, its change and what to do."""

from __future__ import annotations

from analyst_agent.claims import Wording, formats
from analyst_agent.claims.clauses import PERIOD_REFERENCE, difference, difference_of
from analyst_agent.claims.escape import escaped
from analyst_agent.playbook.records import Highlight
from analyst_agent.records import Fact, Finding, Recommendation
from analyst_agent.report.cells import action_text, pattern_label

MOST = 3
SHARES = {"share_of_escalations": "of all escalations", "share_of_cost": "of the cost"}


def highlights_of(finding: Finding, wording: Wording) -> tuple[Highlight, ...]:
    """The finding's first recommendations, each pattern once, with what the facts say of its pattern."""
    first: dict[str, Recommendation] = {}
    for one in finding.recommendations:
        first.setdefault(one.pattern, one)
    return tuple(
        Highlight(
            escaped(pattern_label(pattern, finding, wording)),
            _size(pattern, finding, wording),
            action_text(one, finding, wording),
        )
        for pattern, one in list(first.items())[:MOST]
    )


def _size(pattern: str, finding: Finding, wording: Wording) -> str:
    """ "157 escalated tickets, 47.9 % of all escalations, up 105 from 52 in September 2026: more than noise"."""
    facts = [f for f in finding.facts if list(f.dimensions.values()) == [pattern] and not f.filters]
    counted = next((f for f in facts if f.unit == "count" and formats.is_number(f.value)), None)
    if counted is None:
        return ""
    parts = [_counted(counted, wording)]
    parts += [f"{wording.number(f)} {SHARES[f.metric]}" for f in facts if f.metric in SHARES][:1]
    moved = [f for f in facts if f.metric == counted.metric and _is_against_before(f)]
    return ", ".join([*parts, *(difference_of(f, wording) for f in moved[:1])])


def _counted(fact: Fact, wording: Wording) -> str:
    name = wording.metric(fact.metric)
    return f"{wording.number(fact)} {name.removesuffix('s') if fact.value == 1 else name}"


def _is_against_before(fact: Fact) -> bool:
    return fact.reference == PERIOD_REFERENCE and difference(fact) is not None
