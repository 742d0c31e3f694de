"""Claims about a pattern: its size, its change, the known issue that fits it or that none does."""

from __future__ import annotations

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference, difference_of, judged, moved, value_and_reference
from analyst_agent.claims.escape import cited, delimited, identified
from analyst_agent.claims.records import Request
from analyst_agent.records import Fact

WEAK_EVIDENCE = 0.2
"""Below this share of a pattern's tickets a known issue does not explain it."""
DURATIONS = ("mean_resolution_minutes", "median_resolution_minutes", "p90_resolution_minutes")


def pattern(request: Request) -> str:
    """ "Product bug: 171 tickets, 41.5 % of all escalations, mostly Reports (96); resolved in 21.4 h on average ..." """
    dimension = str(request.arguments.get("dimension", "root_cause"))
    main = request.of("escalated_ticket_count")
    if main is None or not formats.is_number(main.value):
        return ""
    total = float(main.value or 0)
    text = f"{request.name_of(main, dimension) or 'All'}: {formats.count(total)} {formats.plural(total, 'ticket')}"
    if (share := request.of("share_of_escalations")) and formats.is_number(share.value):
        text += f", {request.wording.number(share)} of all escalations"
    text += _area(request, main, dimension, total) + _codes(request, main)
    tail = [part for part in (_resolved(request), _cost(request)) if part]
    return f"{text}; {', '.join(tail)}" if tail else text


def pattern_change(request: Request) -> str:
    """ "Product bug: 171 after 102 in September 2026, up 69: more than noise"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or difference(fact) is None or not formats.is_number(fact.reference_value):
        return ""
    now, before = value_and_reference(fact, request.wording)
    name = request.name_of(fact, str(request.arguments.get("dimension", "root_cause"))) or "All"
    label = "" if fact.metric == "escalated_ticket_count" else f", {request.wording.metric(fact.metric)}"
    then = f" {formats.during(fact.reference_period)}" if fact.reference_period else " before"
    return (
        f"{name}{label}: {now} after {before}{then}{_lengths(fact)}, {moved(fact, request.wording)}: "
        f"{judged(fact, request.wording)}"
    )


def pattern_beside_table(request: Request) -> str:
    """What the row of a pattern does not show: "Product bug: mostly Reports (96), top codes crash and regression"."""
    dimension = str(request.arguments.get("dimension", "root_cause"))
    main = request.of("escalated_ticket_count")
    if main is None or not formats.is_number(main.value):
        return pattern(request)
    codes = [f for f in request.facts if f is not main and "reason_code" in f.dimensions]
    named = [request.name_of(f, "reason_code") for f in codes]
    tail = f", top {formats.plural(len(named), 'code')} {formats.listed(named, 3)}" if named else ""
    text = (_area(request, main, dimension, float(main.value or 0)) + tail).removeprefix(", ")
    return f"{request.name_of(main, dimension) or 'All'}: {text}" if text else ""


def change_beside_table(request: Request) -> str:
    """The change alone: "Product bug: up 69 from 102 in September 2026: more than noise"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or difference(fact) is None:
        return pattern_change(request)
    name = request.name_of(fact, str(request.arguments.get("dimension", "root_cause"))) or "All"
    return f"{name}: {difference_of(fact, request.wording)}"


def known_issue(request: Request) -> str:
    """ "Product bug: 96 of 171 tickets match KI-12 ("Exports time out"; in progress)"; of a sample "about 960 of 1,710 tickets match
    KI-12 ("Exports time out"; in progress), estimated from a sample (95 % interval 890 to 1,030)".
    """
    fact = request.of("known_issue_matches")
    if fact is None or not formats.is_number(fact.value):
        return ""
    title, status = (request.arguments.get(key) for key in ("title", "status"))
    document = _document(request, fact)
    words = [*([cited(title)] if title else []), *([delimited(status)] if status else [])]
    about = f" ({'; '.join(words)})" if words else ""
    pattern_name = _pattern_name(request, fact)
    matched = float(fact.value or 0)
    examined = f" of {formats.count(fact.n)} {formats.plural(fact.n, 'ticket')} examined" if fact.n is not None else ""
    shown = "none" if matched == 0 else formats.count(matched)
    verb = "matches" if matched == 1 else "match"
    span = formats.span(fact.interval, fact.unit)
    if span:
        shown, examined = f"about {shown}", examined.removesuffix(" examined")
        about += f", estimated from a sample (95 % interval {span})"
    if _is_weak(fact, matched):
        return _opened(
            pattern_name, f"only {shown}{examined} {verb} {document}{about}, which does not explain the others"
        )
    return _opened(pattern_name, f"{shown}{examined} {verb} {document}{about}")


def known_issue_beside_table(request: Request) -> str:
    """What a table with the evidence does not show: "Product bug: KI-12 is "Exports time out" (in progress)"."""
    fact = request.of("known_issue_matches")
    title = request.arguments.get("title")
    if fact is None or not title or not formats.is_number(fact.value) or _is_weak(fact, float(fact.value or 0)):
        return known_issue(request)
    status = f" ({delimited(request.arguments['status'])})" if request.arguments.get("status") else ""
    return _opened(_pattern_name(request, fact), f"known issue {_document(request, fact)}: {cited(title)}{status}")


def _document(request: Request, fact: Fact) -> str:
    named = request.arguments.get("document") or fact.dimensions.get("known_issue")
    return identified(named) if named else "a known issue"


def not_documented(request: Request) -> str:
    """ "Training gap: no known issue matches the evidence in these tickets, so it is not documented"."""
    fact = request.facts[0] if request.facts else None
    name = _pattern_name(request, fact) if fact else ""
    these = f" {formats.count(float(fact.value or 0))}" if fact and formats.is_number(fact.value) else ""
    if fact and fact.value == 1:
        return _opened(name, "no known issue matches the evidence in this ticket: not documented")
    return _opened(name, f"no known issue matches the evidence in these{these} tickets: not documented")


def _is_weak(fact: Fact, matched: float) -> bool:
    """Whether the known issue fits so few of the tickets examined that it is not what the pattern is about."""
    return bool(fact.n) and 0 < matched / float(fact.n or 1) < WEAK_EVIDENCE


def _opened(name: str, text: str) -> str:
    return f"{name}{text}" if name else formats.sentence(text)


def _pattern_name(request: Request, fact: Fact) -> str:
    dimensions = {k: v for k, v in fact.dimensions.items() if k != "known_issue"}
    first = next(iter(dimensions), None)
    return f"{request.wording.value(first, dimensions[first])}: " if first else ""


def _area(request: Request, main: Fact, dimension: str, total: float) -> str:
    area = request.arguments.get("area")
    counted = next(
        (f for f in request.facts if f is not main and f.metric == main.metric and "product_area" in f.dimensions), None
    )
    if counted is not None and formats.is_number(counted.value):
        amount = float(counted.value or 0)
        often = "mostly" if amount * 2 > total else "most often"
        return f", {often} {request.name_of(counted, 'product_area')} ({formats.count(amount)})"
    return f", most often {request.wording.value('product_area', area)}" if area and dimension != "product_area" else ""


def _codes(request: Request, main: Fact) -> str:
    counted = [f for f in request.facts if f is not main and f.metric == main.metric and "reason_code" in f.dimensions]
    shown = [f"{request.name_of(f, 'reason_code')} ({request.wording.number(f)})" for f in counted]
    if not shown:
        shown = [request.wording.value("reason_code", code) for code in request.arguments.get("codes") or ()]
    return f", top {formats.plural(len(shown), 'code')} {formats.listed(shown, 3)}" if shown else ""


def _resolved(request: Request) -> str:
    time, still_open = request.of(*DURATIONS), request.of("open_escalated_count")
    waiting = f"{request.wording.number(still_open)} open" if still_open and still_open.value else ""
    if time is None:
        return waiting
    if not formats.is_number(time.value):
        return f"none resolved yet ({waiting})" if waiting else "none resolved yet"
    typical = {"median_resolution_minutes": " at the median", "p90_resolution_minutes": " at the 90th percentile"}
    text = f"resolved in {request.wording.number(time)}{typical.get(time.metric, ' on average')}"
    return f"{text} ({waiting})" if waiting else text


def _cost(request: Request) -> str:
    cost = request.of("estimated_cost")
    return f"cost {request.wording.number(cost)}" if cost and formats.is_number(cost.value) else ""


def _lengths(fact: Fact) -> str:
    if fact.unit != "count" or not fact.period or not fact.reference_period:
        return ""
    now, then = fact.period.days, fact.reference_period.days
    return f" ({now} days against {then})" if now != then else ""
