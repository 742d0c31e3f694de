"""Claims of a report about those before it: how many recommendations were done, and which numbers it gives otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import value_and_reference
from analyst_agent.claims.records import Kind, Request


def recommendations_followed(request: Request) -> str:
    """ "Of 6 recommendations for September 2026, 2 are done, 1 is not done and of 3 it is unknown"."""
    whole = next((fact for fact in request.facts if not fact.dimensions), None)
    if whole is None or not formats.is_number(whole.value):
        return ""
    total = float(whole.value or 0)
    parts = []
    for fact in request.facts:
        if not fact.dimensions:
            continue
        became, number = str(fact.dimensions.get("became")), float(fact.value or 0)
        verb = formats.plural(number, "is", "are")
        parts.append(
            f"{formats.count(number)} {verb} {became}"
            if became != "unknown"
            else f"of {formats.count(number)} it is unknown"
        )
    when = f" for {formats.period_name(whole.period)}" if whole.period else ""
    return f"Of {formats.count(total)} {formats.plural(total, 'recommendation')}{when}, {formats.listed(parts)}"


def report_changed(request: Request) -> str:
    """ "Since the last report on October 2026 that gave other numbers, 7 numbers moved, 2 are new and 1 is no longer there"."""
    moved, added, gone = (request.of(f"numbers_{name}") for name in ("moved", "added", "gone"))
    counts = [float(one.value or 0) if one is not None else 0.0 for one in (moved, added, gone)]
    if moved is None or not any(counts):
        return ""
    told = [
        f"{formats.count(number)} {words}"
        for number, words in zip(
            counts,
            (
                f"{formats.plural(counts[0], 'number')} moved",
                f"{formats.plural(counts[1], 'number is', 'numbers are')} new",
                f"{formats.plural(counts[2], 'number is', 'numbers are')} no longer there",
            ),
            strict=True,
        )
        if number
    ]
    when = f" on {formats.period_name(moved.period)}" if moved.period else ""
    return f"Since the last report{when} that gave other numbers, {formats.listed(told)}"


def number_moved(request: Request) -> str:
    """ "Escalation rate in October 2026: 10.6 %, was 10.4 % in the earlier report"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or not formats.is_number(fact.reference_value):
        return ""
    where = f" with {request.wording.named(fact.dimensions)}" if fact.dimensions else ""
    only = f" (only {request.wording.filtered(fact.filters)})" if fact.filters else ""
    when = f" {formats.during(fact.period)}" if fact.period else ""
    now, before = value_and_reference(fact, request.wording)
    name = formats.sentence(request.wording.metric(fact.metric))
    return f"{name}{where}{only}{when}: {now}, was {before} in the earlier report"


KINDS: Mapping[str, Kind] = {
    "recommendations_followed": recommendations_followed,
    "report_changed": report_changed,
    "number_moved": number_moved,
}
OPENING = frozenset({"recommendations_followed", "report_changed"})
