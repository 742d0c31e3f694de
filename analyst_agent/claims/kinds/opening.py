"""The claims an answer opens with: headline, a value, a change, a comparison of two values."""

from __future__ import annotations

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import (
    FEW,
    TOO_FEW_TO_COMPARE,
    clause,
    difference,
    difference_of,
    is_few,
    judged,
    moved,
    value_and_reference,
)
from analyst_agent.claims.records import Request
from analyst_agent.records import Fact, Finding, Period


def headline(request: Request) -> str:
    """ "**October 2026** (1 to 31 October 2026, against September 2026). 412 tickets were escalated, ..." """
    count, rate, tickets = (
        request.of("escalated_ticket_count"),
        request.of("escalation_rate", "cohort_escalation_rate"),
        request.of("ticket_count"),
    )
    if count is None and rate is None:
        return ""
    parts = [_counted(request, count)] if count else []
    if rate:
        parts.append(_rate(request, rate, tickets, bare=count is not None))
    only = request.wording.filtered((count or rate or request.facts[0]).filters)
    opening = period_opening(request.finding, only)
    text = formats.sentence(", ".join(parts))
    if is_too_few(request, rate):
        text = f"T{TOO_FEW_TO_COMPARE}: {', '.join(parts)}"
    return f"{opening} {text}" if opening else text


def is_too_few(request: Request, rate: Fact | None) -> bool:
    """Whether the finding says itself that its total is too small, or the rate rests on too little to be compared."""
    ids = {f.id for f in request.facts}
    says_so = any(s.kind == "too_few" and ids & set(s.facts) for s in request.finding.statements)
    is_small = rate is not None and rate.reference == "comparison_period" and is_few(rate) and (rate.n or 0) < FEW
    return request.finding.comparison is not None and (says_so or is_small)


def period_opening(finding: Finding, only: str = "") -> str:
    """The period in absolute days, what it was compared with, and the conditions all numbers were counted under."""
    if finding.period is None:
        return f"**Only {only}**." if only else ""
    name = _opening_name(finding.period)
    against = ""
    if finding.comparison:
        other = finding.comparison
        known_by_days = _opening_name(other) == formats.days_of(other) or other.kind in ("rolling", "custom", "to_date")
        then = formats.days_of(other) if known_by_days else _opening_name(other)
        joint = "from" if known_by_days and " to " in then else "in"
        against = f"against the same selection {joint} {then}" if only else f"against {then}"
    days = formats.days_of(finding.period)
    days = "" if days in name else days
    if formats.is_whole_month(finding.period) and str(finding.period.start.year) in name:
        days = days.removesuffix(f" {finding.period.start.year}")
    inside = ", ".join(part for part in (days, against) if part)
    title = f"**{formats.sentence(name)}{f', only {only}' if only else ''}**"
    if inside and title.endswith(")**"):
        return f"{title}, {inside}."
    return f"{title} ({inside})." if inside else f"{title}."


def value(request: Request) -> str:
    """ "Mean CSAT of escalated tickets was 3.4 (n = 210, 202 without a rating)"."""
    return "; ".join(clause(fact, request.wording) for fact in request.facts)


def change(request: Request) -> str:
    """ "The reopen rate rose from 4.1 % to 5.0 %, up 0.9 points (within noise)"."""
    fact = request.facts[0] if request.facts else None
    gap = difference(fact) if fact else None
    if fact is None or gap is None or fact.reference_period is None:
        return ""
    now, before = value_and_reference(fact, request.wording)
    where = f" with {request.wording.named(fact.dimensions)}" if fact.dimensions else ""
    name = f"{formats.sentence(request.wording.metric(fact.metric))}{where}"
    then = formats.during(fact.reference_period)
    when = f" {formats.during(fact.period)}" if fact.period else ""
    if gap == 0:
        return f"{name}: {now}{when}, unchanged from {formats.period_name(fact.reference_period)}"
    verb = "rose" if gap > 0 else "fell"
    return f"{name} {verb} from {before} {then} to {now}{when}, {moved(fact, request.wording)}: {judged(fact, request.wording)}"


def comparison(request: Request) -> str:
    """ "Escalation rate: Enterprise 12.1 %, Pro 7.0 %; 5.1 points more than ...: more than noise"."""
    if len(request.facts) != 2:
        return ""
    first, second = request.facts
    one, two = _what_differs(request, first, second)
    label = formats.sentence(request.wording.metric(first.metric))
    a, b = request.wording.number(first), request.wording.number(second)
    if first.unit == second.unit and formats.is_number(first.value) and formats.is_number(second.value):
        a, b = formats.two_numbers(
            float(first.value or 0), float(second.value or 0), first.unit, request.wording.currency
        )
    text = f"{label}: {one} {a} against {two} {b}"
    gap = difference(first)
    if gap is None:
        return text
    shown = formats.size(gap, first.unit, request.wording.currency)
    way = "no difference" if gap == 0 else f"{shown} {'more' if gap > 0 else 'less'}"
    return f"{text}, {way}: {judged(first, request.wording)}"


def _what_differs(request: Request, first: Fact, second: Fact) -> tuple[str, str]:
    keys = [k for k in (*first.dimensions, *second.dimensions) if first.dimensions.get(k) != second.dimensions.get(k)]
    if keys:
        key = keys[0]
        return tuple(  # type: ignore[return-value]
            request.wording.value(key, f.dimensions[key]) if key in f.dimensions else "overall" for f in (first, second)
        )
    if first.period and second.period and first.period != second.period:
        return formats.period_name(first.period), formats.period_name(second.period)
    if first.filters != second.filters:
        return tuple(request.wording.filtered(f.filters) or "overall" for f in (first, second))  # type: ignore[return-value]
    return "first", "second"


def _counted(request: Request, fact: Fact) -> str:
    if not formats.is_number(fact.value):
        return clause(fact, request.wording, period=False)
    total = float(fact.value or 0)
    shown = "no" if total == 0 else formats.count(total)
    text = f"{shown} {formats.plural(total, 'ticket was', 'tickets were')} escalated"
    gap = difference_of(fact, request.wording)
    if is_too_few(request, None) or request.of("escalation_rate", "cohort_escalation_rate") is not None:
        return text
    return f"{text}, {gap}" if gap else text


def _rate(request: Request, fact: Fact, tickets: Fact | None, bare: bool) -> str:
    total = tickets.value if tickets and formats.is_number(tickets.value) else fact.n
    of = f" of {formats.count(float(total))}" if formats.is_number(total) and total else ""
    if not formats.is_number(fact.value):
        return "with no rate, since no tickets were created" if not total else f"rate {formats.NOT_KNOWN}"
    now = value_and_reference(fact, request.wording)[0]
    text = f"{now}{of}" if bare else f"{request.wording.metric(fact.metric)} {now}{of}"
    if float(fact.value or 0) > 1:
        text += " (above 100 %, so unreliable: some were created earlier)"
    if difference(fact) is None or is_too_few(request, fact):
        return text
    if fact.reference != "comparison_period":
        return f"{text}, {difference_of(fact, request.wording)}"
    return f"{text}, {moved(fact, request.wording)}: {judged(fact, request.wording)}"


def _opening_name(period: Period) -> str:
    return period.label or formats.period_name(period)
