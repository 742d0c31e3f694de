"""Claims about segments against the rest: above, below, no difference shown, too few to say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference, judged, value_and_reference
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.records import Request
from analyst_agent.records import Fact


@dataclass(frozen=True, slots=True)
class RateWords:
    """How a rate is said of the tickets it is about. noun: what it is a share of; more, less: of a share that is larger or
    smaller than another.
    """

    noun: str
    verb: str
    more: str = "more often"
    less: str = "less often"


# To word another rate: one line here; without one it is told as higher or lower.
RATES: Mapping[str, RateWords] = MappingProxyType(
    {
        "cohort_escalation_rate": RateWords("tickets", "escalate", "more", "less"),
        "escalation_rate": RateWords("tickets", "escalate", "more", "less"),
        "reopen_rate": RateWords("escalated tickets", "are reopened"),
        "re_escalation_rate": RateWords("escalated tickets", "are escalated again"),
        "sla_breach_rate": RateWords("escalated tickets", "miss their SLA"),
        "unnecessary_share": RateWords("escalated tickets", "are marked unnecessary"),
        "resolved_share": RateWords("escalated tickets", "are resolved"),
    }
)


def against_rest(request: Request) -> str:
    """ "Enterprise tickets (account tier) escalate more than the rest: 12.1 % against 7.0 %, 5.1 points more: ..."

    The direction is the fact's own, whatever kind the statement asked for.
    """
    fact = request.facts[0] if request.facts else None
    gap = difference(fact) if fact else None
    if fact is None or gap is None or not formats.is_number(fact.value) or not fact.dimensions:
        return ""
    now, rest = value_and_reference(fact, request.wording)
    against = f" against {rest}" if formats.is_number(fact.reference_value) else ""
    words = RATES.get(fact.metric)
    way = "more" if gap > 0 else "less"
    if words is None:
        subject = f"{_tickets_of(request, fact, 'escalated tickets')} have"
        compared = f"a {'higher' if gap > 0 else 'lower'} {request.wording.metric(fact.metric)} than"
    else:
        subject = f"{_tickets_of(request, fact, words.noun)} {words.verb}"
        compared = f"{words.more if gap > 0 else words.less} than"
    if gap == 0:
        compared = "as often as" if words else f"the same {request.wording.metric(fact.metric)} as"
        return f"{subject} {compared} the rest: {now}{against}, {judged(fact, request.wording)}"
    shown = formats.size(gap, fact.unit, request.wording.currency)
    return f"{subject} {compared} the rest: {now}{against}, {shown} {way}: {judged(fact, request.wording)}"


def no_difference_shown(request: Request) -> str:
    """ "For EMEA and APAC (region) no difference from the rest is shown; the data exclude more than 1.9 and 2.5 points"."""
    if not request.facts:
        return ""
    dimension = _dimension(request)
    names = formats.listed([request.name_of(f, dimension) for f in request.facts])
    head = f"For {names} ({request.wording.dimension(dimension)}) no difference from the rest is shown"
    bounds = [_excluded(f) for f in request.facts]
    known = [b for b in bounds if b is not None]
    if len(known) != len(bounds):
        return head
    sizes = [formats.points(b).removesuffix(" points") for b in known]
    if len(set(sizes)) == 1:
        return f"{head}; the data exclude more than {sizes[0]} points"
    return f"{head}; the data exclude more than {formats.listed(sizes)} points, in that order"


def too_few(request: Request) -> str:
    """ "Public sector has too few tickets (12) to say"; the statement's reason says of what there are too few, and for what."""
    if not request.facts:
        return ""
    dimension = _dimension(request)
    reason = str(request.arguments.get("reason") or "too few tickets")
    names = [request.name_of(f, dimension) for f in request.facts]
    if len(names) == 1 and not names[0]:
        amount = _tickets(request.facts[0])
        rest = reason.removeprefix("too few tickets").strip() or "to say"
        return (
            f"There are too few tickets ({amount}) {rest}"
            if reason.startswith("too few")
            else f"Too few to say: {reason}"
        )
    one = len(names) == 1
    shown = formats.listed([n if one else f"{n} ({_tickets(f)})" for n, f in zip(names, request.facts, strict=True)])
    amount = f" ({_tickets(request.facts[0])})" if one else ""
    if reason == "no tickets":
        return f"{formats.listed(names)} {'has' if one else 'have'} no tickets in this period"
    if reason == "not tested":
        return f"{shown}{amount} {'was' if one else 'were'} not tested"
    if "account" in reason:
        return f"{shown} {'has' if one else 'have'} too few accounts to say{_in_tickets(amount, one)}"
    if reason.startswith("too few tickets"):
        return f"{shown} {'has' if one else 'have'} too few tickets{amount} {reason.removeprefix('too few tickets').strip() or 'to say'}"
    return f"{shown}{amount} {'is' if one else 'are'} not judged: {escaped(reason)}"


def _in_tickets(amount: str, one: bool) -> str:
    return f" ({amount.strip(' ()')} tickets)" if one else " (tickets in brackets)"


def _tickets_of(request: Request, fact: Fact, noun: str = "tickets") -> str:
    if second := str(request.arguments.get("second") or ""):
        names = [request.wording.value(one, fact.dimensions.get(one)) for one in (_dimension(request), second)]
        labels = [request.wording.dimension(one) for one in (_dimension(request), second)]
        return f"{' with '.join(names)} {noun} ({' and '.join(labels)})"
    dimension = _dimension(request)
    chosen = dimension if dimension in fact.dimensions else next(iter(fact.dimensions))
    stored = fact.dimensions[chosen]
    label = request.wording.dimension(chosen)
    if stored is None or stored == "":
        return f"{formats.sentence(noun)} without a recorded {label}"
    return f"{request.wording.value(chosen, stored)} {noun} ({label})"


def named(request: Request, fact: Fact) -> str:
    """ "Enterprise (account tier)", of a combination "Enterprise with chat (account tier and channel)"."""
    chosen = [
        one for one in (_dimension(request), str(request.arguments.get("second") or "")) if one in fact.dimensions
    ]
    names = [request.wording.value(one, fact.dimensions[one]) for one in chosen]
    return f"{' with '.join(names)} ({' and '.join(request.wording.dimension(one) for one in chosen)})"


def _dimension(request: Request) -> str:
    named = request.arguments.get("dimension")
    return str(named) if named else next(iter(request.facts[0].dimensions), "")


def _excluded(fact: Fact) -> float | None:
    if fact.metric == "excludable_difference" and formats.is_number(fact.value):
        return float(fact.value or 0)
    if fact.difference_interval and all(formats.is_number(v) for v in fact.difference_interval):
        return max(abs(v) for v in fact.difference_interval)
    return None


def _tickets(fact: Fact) -> str:
    amount = fact.value if fact.unit == "count" and formats.is_number(fact.value) else fact.n
    return formats.count(float(amount)) if formats.is_number(amount) and amount else "none"
