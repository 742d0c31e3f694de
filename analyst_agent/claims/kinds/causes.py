"""Claims of the trend of root causes: what a change is made of, and how long half of the tickets take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference, judged
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

LENGTH = "change_from_length"
NAMES = {"change_from_volume": "volume", "change_from_mix": "mix", "change_from_rate": "the rate"}
MOST_PLACES = 2


def change_split(request: Request) -> str:
    """ "Split over product area, the increase of 94 escalated tickets comes from the rate (+92: more than noise, 50 to 134),
    above all in Reports (+88), not from volume (-3) or mix (+5), both within noise".
    """
    main = request.of("escalated_ticket_count")
    parts = [f for f in request.facts if f.metric in NAMES and not f.dimensions]
    gap = difference(main) if main else None
    if gap is None or not parts or not all(formats.is_number(f.value) for f in parts):
        return ""
    length = request.of(LENGTH)
    rest = gap - _value(length) if length else gap
    shown = _written([*parts, *([length] if length else [])], gap)
    cells = [f for f in request.facts if f.metric == "change_from_rate" and f.dimensions]
    dimension = str(request.arguments.get("dimension") or "")
    over = f"split over {request.wording.dimension(dimension)}, " if dimension else ""
    made = _made_of(request, parts, cells, rest, shown)
    whole = formats.sentence(f"{over}{_change(gap)} {made}")
    if length is None:
        return whole
    longer = _longer(length, float(main.reference_value or 0) if main else 0.0)
    if abs(_value(length)) <= abs(rest):
        return f"{whole}; {shown[length.id]} is for the {longer}"
    return f"{formats.sentence(_change(gap))} is {shown[length.id]} for the {longer}; {over}the rest {made}"


def half_resolved(request: Request) -> str:
    """ "Half of the 328 escalated tickets were resolved within 12.1 h (95 % interval 10.9 to 13.4 h), open ones counted ..." """
    median, longer = request.of("time_to_resolution_median"), request.of("time_to_resolution_longer_than")
    if median is None or not median.n:
        return ""
    waiting = ", open ones counted as waiting until the data's end" if median.missing else ""
    counted = request.of("escalated_ticket_count")
    known = " whose time of escalation is known" if counted and _value(counted) > median.n else ""
    tickets = f"{formats.count(median.n)} escalated {formats.plural(median.n, 'ticket')}{known}"
    if formats.is_number(median.value):
        span = formats.span(median.interval, "minutes")
        within = request.wording.number(median) + (f" (95 % interval {span})" if span else "")
        return f"Half of the {tickets} were resolved within {within}{waiting}"
    if longer is None or not formats.is_number(longer.value):
        return ""
    return (
        f"Fewer than half of the {tickets} are resolved as far as the data reach, so the median time is more than "
        f"{request.wording.number(longer)}"
    )


def _made_of(
    request: Request, parts: Sequence[Fact], cells: Sequence[Fact], rest: float, shown: Mapping[str, str]
) -> str:
    clear = [f for f in parts if f.significant]
    noise = [f for f in parts if f.significant is False]
    if not clear and not noise:
        return f"is made of {_listed(parts, shown)}: too few to say which is more than noise"
    if len(noise) == len(parts):
        return f"is made of {_listed(parts, shown)}, {_each(len(parts))} within noise"
    if len(clear) == 1 and len(noise) == len(parts) - 1 and _value(clear[0]) * rest > 0:
        only = clear[0]
        named = f"{NAMES[only.metric]} ({shown[only.id]}: {_judged(request, only)})"
        if only.metric == "change_from_rate" and cells:
            named += f", above all in {_places(request, cells)}"
        others = " or ".join(f"{NAMES[f.metric]} ({shown[f.id]})" for f in noise)
        return f"comes from {named}" + (f", not from {others}, {_each(len(noise))} within noise" if noise else "")
    told = [
        f"{NAMES[f.metric]} {shown[f.id]} ({_judged(request, f)})" for f in sorted(parts, key=lambda f: -abs(_value(f)))
    ]
    where = f"; by the rate above all in {_places(request, cells)}" if cells else ""
    return f"is made of {formats.listed(told)}{where}"


def _judged(request: Request, fact: Fact) -> str:
    """The judgement; of what is more than noise with its interval in whole tickets."""
    word = judged(fact, request.wording).split(" (")[0]
    if not fact.significant or fact.difference_interval is None:
        return word
    low, high = (formats.count(float(round(bound))) for bound in fact.difference_interval)
    return f"{word}, {low} to {high}"


def _places(request: Request, cells: Sequence[Fact]) -> str:
    named = [f"{request.name_of(f, next(iter(f.dimensions)))} ({_signed(_value(f), 0)})" for f in cells]
    return formats.listed(named, 3)


def _listed(parts: Sequence[Fact], shown: Mapping[str, str]) -> str:
    return formats.listed([f"{NAMES[f.metric]} {shown[f.id]}" for f in parts])


def _each(amount: int) -> str:
    return {1: "which is", 2: "both"}.get(amount, "each")


def _change(gap: float) -> str:
    if gap == 0:
        return "the unchanged number of escalated tickets"
    amount = abs(gap)
    return f"the {'increase' if gap > 0 else 'decrease'} of {formats.count(amount)} escalated {formats.plural(amount, 'ticket')}"


def _longer(length: Fact, before: float) -> str:
    """ "longer period (31 days against 30)"; the days only where the data hold all of them."""
    word = "longer" if _value(length) > 0 else "shorter"
    if not length.period or not length.reference_period:
        return f"{word} period"
    now, then = length.period.days, length.reference_period.days
    are_whole = abs(before * (now / then - 1) - _value(length)) < 0.01
    return f"{word} period ({now} days against {then})" if are_whole else f"{word} period"


def _written(parts: Sequence[Fact], whole: float) -> dict[str, str]:
    """The parts in as few decimals as let what is shown add up to the whole, at most two."""
    places = 0
    for places in range(MOST_PLACES + 1):
        if abs(sum(round(_value(f), places) for f in parts) - whole) < 10**-MOST_PLACES / 2:
            break
    return {f.id: _signed(_value(f), places) for f in parts}


def _signed(value: float, places: int) -> str:
    number = round(value, places) + 0.0
    return f"{number:+,.{places}f}" if number else "0"


def _value(fact: Fact | None) -> float:
    return float(fact.value) if fact is not None and isinstance(fact.value, (int, float)) else 0.0


KINDS: Mapping[str, Kind] = MappingProxyType({"change_split": change_split, "half_resolved": half_resolved})
