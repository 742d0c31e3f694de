"""Which segments truly differ: every customer and ticket dimension compared, and all that was looked at corrected together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyst_agent.agent.desk import Desk
from analyst_agent.claims import formats
from analyst_agent.errors import NotPermitted
from analyst_agent.records import Caveat, Column, Drawing, Fact, Finding, Intent, Plan, Table
from analyst_agent.skillkit import COHORT, TICKETS, benjamini_hochberg
from analyst_agent.skillkit.dimensions import OF_ACCOUNTS
from analyst_agent.skillkit.inquiry import COUNT, RATE
from analyst_agent.skillkit.rates import SIGNIFICANT_AT
from analyst_agent.workspace.overview.selection import Selection

COMPARED = (*OF_ACCOUNTS, "channel", "category")
"""Not the priority, which escalating raises, and not the product area, which has a panel of its own."""
TITLE = "Segments that differ from the rest"
DRAWN = {"label": "segment", "value": "difference", "low": "low", "high": "high"}


@dataclass(frozen=True, slots=True)
class _Segment:
    dimension: str
    tickets: Fact
    escalated: Fact
    rate: Fact
    tested: Fact


def segments_of(desk: Desk, selection: Selection) -> Finding:
    """A finding with a row for each segment that differs by more than noise, and the others counted in its first caveat.

    Raises NotPermitted where there is no dimension left to compare by.
    """
    fixed = {one.field for one in selection.where}
    names = [name for name in COMPARED if name not in fixed and desk.context.has(name)]
    if not names:
        raise NotPermitted("No dimension is left to compare by.", "Take a condition away, or load accounts.")
    found = [_compared(desk, name, selection) for name in names]
    segments = [one for finding, listed in found for one in listed]
    corrected = benjamini_hochberg([one.tested.p_value for one in segments])
    judged = [_judged(one, p) for one, p in zip(segments, corrected, strict=True)]
    clear = sorted((one for one in judged if one.tested.significant), key=lambda one: -(one.tested.difference or 0))
    first = found[0][0]
    facts = tuple(fact for one in judged for fact in (one.tickets, one.escalated, one.rate, one.tested))
    caveats = dict.fromkeys(caveat for finding, _ in found for caveat in finding.caveats if not caveat.facts)
    return replace(
        first,
        title=TITLE,
        facts=facts,
        statements=(),
        tables=(_table(desk, clear),) if clear else (),
        drawings=(Drawing("bars_with_intervals", TITLE, DRAWN, f"{TITLE}: difference"),),
        recommendations=(),
        caveats=(Caveat(_others(desk, judged, names), "compared"), *caveats),
    )


def _compared(desk: Desk, name: str, selection: Selection) -> tuple[Finding, list[_Segment]]:
    plan = Plan(Intent.SKILL, skill="segment_comparison", by=(name,), where=selection.where, period=selection.period)
    finding = desk.execute(plan)
    named = {fact.id: replace(fact, id=f"{name}.{fact.id}") for fact in finding.facts}
    finding = replace(finding, facts=tuple(named.values()))
    by_value: dict[object, dict[str, Fact]] = {}
    for fact in finding.facts:
        if set(fact.dimensions) == {name}:
            by_value.setdefault(fact.dimensions[name], {}).setdefault(fact.metric, fact)
    wanted = (TICKETS, COUNT, RATE, COHORT)
    segments = [
        _Segment(name, *(facts[metric] for metric in wanted))
        for value, facts in by_value.items()
        if value is not None and all(metric in facts for metric in wanted)
    ]
    return finding, segments


def _judged(one: _Segment, p_adjusted: float | None) -> _Segment:
    span = one.tested.difference_interval
    verdict = None
    if p_adjusted is not None and span is not None:
        verdict = p_adjusted <= SIGNIFICANT_AT and not span[0] <= 0 <= span[1]
    return replace(one, tested=replace(one.tested, p_adjusted=p_adjusted, significant=verdict))


def _table(desk: Desk, clear: Sequence[_Segment]) -> Table:
    columns = (
        Column("segment"),
        Column("tickets", "count", TICKETS),
        Column("escalated", "count", COUNT),
        Column("escalation rate", "ratio", RATE),
        Column("from the rest", "points", "difference"),
        Column("from", "points", "low"),
        Column("to", "points", "high"),
    )
    rows, ids = [], []
    for one in clear:
        value = desk.wording.plain_value(one.dimension, one.tested.dimensions[one.dimension])
        low, high = one.tested.difference_interval or (None, None)
        named = f"{desk.wording.dimension(one.dimension)}: {value}"
        rows.append((named, one.tickets.value, one.escalated.value, one.rate.value, one.tested.difference, low, high))
        tested = one.tested.id
        ids.append((None, one.tickets.id, one.escalated.id, one.rate.id, tested, tested, tested))
    return Table(TITLE, columns, tuple(rows), tuple(ids))


def _others(desk: Desk, judged: Sequence[_Segment], names: Sequence[str]) -> str:
    """How many were looked at, and how many of them say nothing."""
    few = sum(one.tested.significant is None for one in judged)
    within = sum(one.tested.significant is False for one in judged)
    said = [f"Compared: {len(judged)} segments by {formats.listed([desk.wording.dimension(n) for n in names])}."]
    if within:
        said.append(f"{within} {formats.plural(within, 'is', 'are')} within noise.")
    if few:
        said.append(f"{few} {formats.plural(few, 'has', 'have')} too few tickets or accounts to say.")
    return " ".join(said)
