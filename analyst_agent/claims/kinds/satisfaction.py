"""Claims about satisfaction scores: all, a group against others, within kinds of tickets, who answered. None says why."""

from __future__ import annotations

from collections.abc import Mapping

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference, judged, reference_name
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.kinds.opening import period_opening
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

MEAN, LOW = "mean_ticket_csat", "low_csat_share"


def csat_headline(request: Request) -> str:
    """ "**October 2026** (...). Mean CSAT of the 2,345 rated tickets is 3.9 (95 % interval 3.8 to 4.0); 12.1 % rated 1 or 2"."""
    mean, low = request.of(MEAN), request.of(LOW)
    if mean is None or not formats.is_number(mean.value):
        return ""
    span = formats.span(mean.interval, mean.unit)
    text = f"Mean CSAT of the {formats.count(mean.n or 0)} rated tickets is {request.wording.number(mean)}"
    text += f" (95 % interval {span})" if span else ""
    if low is not None and formats.is_number(low.value):
        text += f"; {request.wording.number(low)} of the ratings are low, 1 or 2"
    opening = period_opening(request.finding, request.wording.filtered(mean.filters))
    return f"{opening} {text}" if opening else text


def csat_against(request: Request) -> str:
    """ "Escalated tickets: mean CSAT 2.9 (n = 210) against 3.9 of tickets that were not escalated, 1.0 less: more than ..." """
    mean, low = request.of(MEAN), request.of(LOW)
    gap = difference(mean) if mean else None
    if mean is None or gap is None or not formats.is_number(mean.value) or not formats.is_number(mean.reference_value):
        return ""
    now, other = formats.two_numbers(float(mean.value or 0), float(mean.reference_value or 0), mean.unit)
    size = formats.score(abs(gap), 2)
    way = "the same" if gap == 0 else f"{size} {'more' if gap > 0 else 'less'}"
    name = _name(request, mean)
    text = (
        f"{name}: mean CSAT {now} (n = {formats.count(mean.n or 0)}) against {other} of {reference_name(mean, request.wording)}, "
        f"{way}: {_judged(mean, request)}"
    )
    if low is not None and formats.is_number(low.value) and formats.is_number(low.reference_value):
        text += f"; {request.wording.number(low)} low against {formats.ratio(float(low.reference_value or 0))}"
    return text


def csat_within(request: Request) -> str:
    """ "Compared within the same product area and category the difference is 0.9 less (-1.1 to -0.7)"."""
    fact = request.facts[0] if request.facts else None
    gap = difference(fact) if fact else None
    if fact is None or gap is None:
        return ""
    kinds = formats.listed([request.wording.dimension(str(one)) for one in request.arguments.get("kinds") or ()])
    span = _span(fact)
    way = f"{formats.score(abs(gap), 2)} {'more' if gap > 0 else 'less'}" if gap else "none"
    return f"Compared within the same {kinds} the difference is {way}{f' ({span})' if span else ''}"


def csat_not_shown(request: Request) -> str:
    """ "By time to first response and resolution type no difference in CSAT is shown"."""
    labels = _labels(request)
    return f"By {labels} no difference in CSAT is shown" if labels else ""


def csat_few(request: Request) -> str:
    """ "By path between teams there are too few ratings or accounts to say"."""
    labels = _labels(request)
    return f"By {labels} there are too few ratings or accounts to say" if labels else ""


def _labels(request: Request) -> str:
    return formats.listed([escaped(one) for one in request.arguments.get("labels") or ()])


def csat_answered(request: Request) -> str:
    """ "45.8 % of the tickets are rated, 37.0 % of the escalated and 46.2 % of the others; what the others think is not known"."""
    facts = [f for f in request.facts if f.metric == "csat_response_rate"]
    whole = next((f for f in facts if not f.dimensions), None)
    own = next((f for f in facts if f.dimensions), None)
    if whole is None or not formats.is_number(whole.value):
        return ""
    text = f"{request.wording.number(whole)} of the {formats.count(whole.n or 0)} tickets are rated"
    if own is not None and formats.is_number(own.value) and formats.is_number(own.reference_value):
        other = formats.ratio(float(own.reference_value or 0))
        text += (
            f", {request.wording.number(own)} of the escalated ones against {other} of those that were not escalated"
        )
        gap = formats.points(difference(own) or 0)
        span = formats.span(own.difference_interval, "points")
        text += f" ({gap} apart{f', {span}' if span else ''})"
    return f"{text}; all means are of those who answered, and what the others think is not known"


def _name(request: Request, fact: Fact) -> str:
    dimension = next(iter(fact.dimensions), "")
    label = request.arguments.get("label")
    shown = formats.sentence(request.name_of(fact, dimension))
    return f"{shown} ({escaped(label)})" if label else shown


def _judged(fact: Fact, request: Request) -> str:
    word = {True: "more than noise", False: "within noise"}.get(fact.significant or False)
    if fact.significant is None:
        return judged(fact, request.wording)
    span = _span(fact)
    return f"{word} ({span})" if span else str(word)


def _span(fact: Fact) -> str:
    if fact.difference_interval is None:
        return ""
    low, high = fact.difference_interval
    return f"{formats.score(low, 2)} to {formats.score(high, 2)}"


KINDS: Mapping[str, Kind] = {
    "csat_headline": csat_headline,
    "csat_against": csat_against,
    "csat_within": csat_within,
    "csat_not_shown": csat_not_shown,
    "csat_few": csat_few,
    "csat_answered": csat_answered,
}
OPENING = frozenset({"csat_headline"})
