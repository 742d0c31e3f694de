"""Claims over the parts of a whole: the extreme one, and all in order."""

from __future__ import annotations

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import FEW, is_few, judged
from analyst_agent.claims.records import Request
from analyst_agent.records import Fact

MOST_PARTS = 8


def extreme(request: Request) -> str:
    """ "Worst month: October 2026, escalation rate 9.5 % (n = 5,120), not clearly above September 2026 (9.3 %)"."""
    if not request.facts:
        return ""
    first = request.facts[0]
    dimension = str(request.arguments.get("dimension") or next(iter(first.dimensions), "period"))
    metric = request.wording.metric(first.metric)
    judgement, direction = request.arguments.get("judgement"), str(request.arguments.get("direction", "highest"))
    label = request.wording.dimension(dimension)
    if first.unit == "count":
        direction = {"highest": "most", "lowest": "fewest"}.get(direction, direction)
    name = f"{str(judgement).capitalize()} {label}" if judgement else f"{direction.capitalize()} {metric} by {label}"
    basis = (
        f" (n = {formats.count(first.n)})" if first.n is not None and first.unit not in ("count", "currency") else ""
    )
    number = request.wording.number(first)
    value = f", {metric} {number}" if judgement else f" with {number}"
    text = f"{name}: {_part(request, first, dimension)}{value}{basis}"
    return text + (_runner_up(request, first, request.facts[1], dimension) if len(request.facts) > 1 else "")


def split(request: Request) -> str:
    """ "Escalation rate by region: EMEA 8.1 %, AMER 7.9 % and 3 more in the table"."""
    if not request.facts:
        return ""
    first = request.facts[0]
    dimension = str(request.arguments.get("dimension") or next(iter(first.dimensions), "period"))
    parts = [f"{_part(request, f, dimension)} {request.wording.number(f)}" for f in request.facts]
    more = " in the table" if len(parts) > MOST_PARTS else ""
    label = formats.sentence(request.wording.metric(first.metric))
    return f"{label} by {request.wording.dimension(dimension)}: {formats.listed(parts, MOST_PARTS)}{more}"


def _part(request: Request, fact: Fact, dimension: str) -> str:
    if fact.dimensions:
        return request.name_of(fact, dimension)
    return formats.period_name(fact.period) if fact.period else "all"


def _runner_up(request: Request, first: Fact, second: Fact, dimension: str) -> str:
    other = _part(request, second, dimension)
    if not (formats.is_number(first.value) and formats.is_number(second.value)):
        return f"; next {other}"
    a, b = float(first.value or 0), float(second.value or 0)
    shown = formats.two_numbers(a, b, first.unit, request.wording.currency)[1]
    if a == b:
        return f", the same as {other}"
    way = "above" if a > b else "below"
    if first.significant is False:
        return f", not clearly {way} {other} ({shown})"
    if first.significant is True:
        return f", {way} {other} ({shown}): {judged(first, request.wording)}"
    is_small = is_few(first) and min(f.n or 0 for f in (first, second)) < FEW
    return f"; next {other} ({shown}), {'too few to compare' if is_small else 'the difference not tested'}"
