"""Claims about where a difference comes from: what remains of it among like tickets, and a combination that holds it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from analyst_agent.claims import formats
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.kinds.segments import RATES, named
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

MOST_NAMED = 4
MOSTLY = 0.5


def standardised(request: Request) -> str:
    """ "Among tickets of the same category and channel, 1.2 of the 6.7 points of Enterprise (account tier) remain: ..."

    The facts are those of one or several segments, each the standardised and the plain difference.
    """
    pairs = list(zip(request.facts[::2], request.facts[1::2], strict=False))
    if not pairs or not all(formats.is_number(a.value) and formats.is_number(b.difference) for a, b in pairs):
        return ""
    return f"{_opening(request)}, {'; '.join(_remains(request, fact, plain) for fact, plain in pairs)}"


def _remains(request: Request, fact: Fact, plain: Fact) -> str:
    left, whole = float(fact.value or 0), float(plain.difference or 0)
    size, of = formats.two_numbers(abs(left), abs(whole), "points", request.wording.currency)
    name, judged = named(request, plain), _judged(request, fact)
    mix = not fact.significant and abs(left) < MOSTLY * abs(whole)
    reading = ", so most of the difference is what these tickets are about" if mix else ""
    if left * whole > 0 and abs(left) <= abs(whole):
        return f"{size.removesuffix(' points')} of the {of} of {name} remain: {judged}{reading}"
    way, was = ("more" if gap > 0 else "less" for gap in (left, whole))
    if mix:
        return f"none of the {of} of {name} remain ({size} {way}): {judged}{reading}"
    return f"the difference of {name} is {size} {way}, plainly {of} {was}: {judged}"


def hidden_by_mix(request: Request) -> str:
    """ "Among tickets of the same category, Enterprise (account tier) is 3.1 points above the rest: more than noise, ..." """
    fact, plain = _two(request)
    if fact is None or plain is None:
        return ""
    left = float(fact.value or 0)
    size = formats.size(left, "points", request.wording.currency)
    way = "above" if left > 0 else "below"
    return (
        f"{_opening(request)}, {named(request, plain)} is {size} {way} the rest: {_judged(request, fact)}, "
        "which the mix of tickets hides"
    )


def combination(request: Request) -> str:
    """ "L1 (support level) with API or Payments (category): 208 of 368 tickets escalate (56.5 %), against 5.9 % ..." """
    rates = [f for f in request.facts if f.unit == "ratio" and formats.is_number(f.value)]
    excess, count = request.of("excess_of_combination"), request.of("cohort_escalated_count")
    if len(rates) != 4 or excess is None or not formats.is_number(excess.value):
        return ""
    single, several = (str(request.arguments.get(key, "")) for key in ("single", "several"))
    value = request.wording.value(single, request.arguments.get("value"))
    values = [request.wording.value(several, one) for one in request.arguments.get("values") or ()]
    union = formats.listed(values, MOST_NAMED, word="or")
    rate, of_row, of_column, elsewhere = rates
    words = RATES.get(rate.metric)
    what = f" {words.verb}" if words else f" ({request.wording.metric(rate.metric)})"
    noun = "tickets" if rate.metric == "cohort_escalation_rate" else "escalated tickets"
    shown = request.wording.number(rate)
    amount = f"{formats.count(float(count.value or 0))} of {formats.count(float(rate.n or 0))} {noun}{what} ({shown})" if count else (
        f"{shown} of {formats.count(float(rate.n or 0))} {noun}{what}"
    )  # fmt: skip
    numbers = [request.wording.number(one) for one in (of_row, of_column, elsewhere)]
    against = (
        f"{numbers[0]} of the others with {value}, {numbers[1]} of the others with {union} and {numbers[2]} elsewhere"
    )
    gap = float(excess.value or 0)
    span = formats.span(excess.interval, "points", request.wording.currency)
    size = formats.size(gap, "points", request.wording.currency)
    beyond = f"{size} {'more' if gap > 0 else 'less'} than both add up to" + (f" ({span})" if span else "")
    where = f"{value} ({request.wording.dimension(single)}) with {union} ({request.wording.dimension(several)})"
    return f"{where}: {amount}, against {against}; {beyond}, so the effect is in the combination, not in either part"


def open_tickets(request: Request) -> str:
    """ "250 of 1,750 tickets are still open, most of them created from 2 June 2026 on, and may still escalate"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or not formats.is_number(fact.value) or not fact.n:
        return ""
    amount = float(fact.value or 0)
    stated = str(request.arguments.get("from_day", ""))
    try:
        day = formats.day(date.fromisoformat(stated[:10]))
    except ValueError:
        day = escaped(stated)
    verb = formats.plural(amount, "ticket is", "tickets are")
    since = f", most of them created from {day} on," if day else ""
    return f"{formats.count(amount)} of {formats.count(fact.n)} {verb} still open{since} and may still escalate; rates of these days will rise"


def _two(request: Request) -> tuple[Fact | None, Fact | None]:
    fact = request.of("standardised_difference")
    plain = next((f for f in request.facts if f is not fact and formats.is_number(f.difference)), None)
    return (fact if fact is not None and formats.is_number(fact.value) else None), plain


def _opening(request: Request) -> str:
    strata = [request.wording.dimension(str(name)) for name in request.arguments.get("strata") or ()]
    return f"Among tickets of the same {formats.listed(strata)}" if strata else "Among like tickets"


def _judged(request: Request, fact: Fact) -> str:
    word = {True: "more than noise", False: "within noise", None: "too few to say"}[fact.significant]
    span = formats.span(fact.interval, "points", request.wording.currency)
    return f"{word} ({span})" if span else word


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "standardised": standardised,
        "hidden_by_mix": hidden_by_mix,
        "combination": combination,
        "open_tickets": open_tickets,
    }
)
