"""Claims about a table that nobody has described: what was scanned, and each pattern with its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from analyst_agent.claims import formats
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

_LONGEST_NAME = 60


def scanned(request: Request) -> str:
    """ "500 rows and 14 columns of incidents.csv were scanned: 3,320 comparisons, of which 41 show more than chance ..."."""
    rows, columns, tests, found, told = (
        formats.count(float(f.value or 0)) if f is not None else "no"
        for f in (
            request.of(m) for m in ("row_count", "column_count", "comparison_count", "significant_count", "told_count")
        )
    )
    file = escaped(request.arguments.get("file", "the file"), _LONGEST_NAME)
    head = f"{rows} rows and {columns} columns of **{file}** were scanned"
    reason = str(request.arguments.get("reason") or "")
    if reason:
        return f"{head}: {escaped(reason)}"
    tried = f"{tests} comparisons were made"
    if told == "0":
        return f"{head}: {tried}, none shows more than chance after correction for all of them"
    if found == "0":
        return f"{head}: {tried}, none shows more than chance after correction; what stands out by itself follows"
    lead = "the one that says most follows" if told == "1" else f"the {told} that say most, without repetitions, follow"
    return f"{head}: {tried}, {found} show more than chance after correction for all of them; {lead}"


def discovered(request: Request) -> str:
    """One pattern: "category and location: of the 273 rows with location Australia 88.3 % have category Hardware ..."."""
    make = _PATTERNS.get(str(request.arguments.get("pattern")))
    if make is None or not request.facts:
        return ""
    columns = " and ".join(_name(c) for c in request.arguments.get("columns", ()))
    return f"**{columns}**: {make(request)}{_tail(request)}"


def _share(request: Request) -> str:
    share, rows, values, *second = request.facts
    text = (
        f"{_only_value(request, share)} has {_n(rows)} of {formats.count(share.n or 0)} rows, {request.wording.number(share)} "
        f"({formats.span(share.interval, 'ratio')}), where an even spread over its {_n(values)} values would give "
        f"{formats.ratio(share.reference_value or 0)}"
    )
    return (
        f"{text}; next is {_only_value(request, second[0])} with {request.wording.number(second[0])}"
        if second
        else text
    )


def _difference(request: Request) -> str:
    first = request.facts[0]
    if first.metric == "share_of_rows":
        return f"of the {formats.count(first.n or 0)} rows with {_group(request, first)}, {_shares(request)}"
    higher, base = request.facts[1:3]
    return (
        f"for rows with {_names(request, first)} the median {_name(first.metric)} is {_value(first)} "
        f"(n = {formats.count(first.n or 0)}), against {_reference(first)} in the rest (n = {_n(base)}); {_pairs(higher)}"
    )


def _shares(request: Request, rest: str = "of the rest") -> str:
    share, rows, base = request.facts[:3]
    gap = share.difference or 0.0
    return (
        f"{request.wording.number(share)} {_has(request)} ({_n(rows)}), against {formats.ratio(share.reference_value or 0)} "
        f"{rest} ({_n(base)} rows): {formats.points(gap)} {'more' if gap > 0 else 'less'} "
        f"({formats.span(share.difference_interval, 'points')})"
    )


def _in_time(request: Request) -> str:
    """What a share or a median was at first and what it is at last."""
    said, first = request.arguments, request.facts[0]
    within = said.get("within") or {}
    where = f"within {', '.join(f'{_name(k)} {escaped(v)}' for k, v in within.items())} " if within else ""
    later, earlier = (_between(d) for d in said["days"])
    if said.get("is_step"):
        when, then = f"from {_day(said['days'][0][0])} on", "before"
    else:
        when, then = f"in the last quarter of the rows ({later})", f"in the first quarter ({earlier})"
    if first.metric == "share_of_rows":
        way = _way(first.difference, said, "rows with")
        text = f"{way}: {when} {_shares(request, then)}"
    else:
        base, way = request.facts[2], "rises" if (first.difference or 0) > 0 else "falls"
        text = (
            f"{where}{_name(first.metric)} {way} over {_name(said['clock'])}: {when} its median is {_value(first)} "
            f"(n = {formats.count(first.n or 0)}), {then} {_reference(first)} (n = {_n(base)})"
        )
    correlations = [f for f in request.facts if f.metric == "rank_correlation"]
    text += f"; rank correlation with time {_two(correlations[0])}" if correlations else ""
    text += f", {_two(correlations[1])} in the rest" if len(correlations) > 1 else ""
    left = next((f for f in request.facts if "without" in f.dimensions), None)
    if left is not None and left.value:
        text += f"; {_n(left)} rows without {_name(left.dimensions['without'])} are left out, so the latest look quicker than they are"
    return text


def _way(gap: float | None, said: Mapping[str, Any], head: str) -> str:
    grows = "grow" if (gap or 0) > 0 else "shrink"
    if said.get("sort") == "missing":
        return f"empty fields {grows} over {_name(said['clock'])}"
    return f"{head} {_name(said['outcome'])} {escaped(said['value'])} {grows} over {_name(said['clock'])}".replace(
        '" yes ', '" '
    )


def _volume(request: Request) -> str:
    count = request.facts[0]
    later, earlier = (_between(d) for d in request.arguments["days"])
    way = "rises" if (count.difference or 0) > 0 else "falls"
    return (
        f"the number of rows {way} over {_name(request.arguments['clock'])}: {_n(count)} in the second half of the time "
        f"({later}), {formats.count(count.reference_value or 0)} in the first ({earlier})"
    )


def _period_volume(request: Request) -> str:
    count = request.facts[0]
    return (
        f"{_group(request, count)} has {_n(count)} rows, against a median of {formats.count(count.reference_value or 0)} "
        f"in the other {escaped(request.arguments['grain'])}s"
    )


def _correlation(request: Request) -> str:
    found, part = request.facts
    x, y = (_name(c) for c in request.arguments["columns"])
    way = "rise together" if float(found.value or 0) > 0 else "move against each other"
    low, high = found.interval or (0.0, 0.0)
    return (
        f"both {way}: rank correlation {_two(found)} ({low:.2f} to {high:.2f}, n = {formats.count(found.n or 0)}); the median "
        f"{y} is {_value(part)} in the highest quarter of {x} and {_reference(part)} in the lowest"
    )


def _interaction(request: Request) -> str:
    first = request.facts[0]
    alone = request.facts[3:5]
    parts = " and ".join(f"{request.wording.number(f)} for {_names(request, f)} otherwise" for f in alone)
    if first.metric == "share_of_rows":
        text = f"of the {formats.count(first.n or 0)} rows with {_group(request, first)}, {_shares(request)}"
        own = {**first.dimensions}
        own.pop(str(request.arguments.get("outcome")), None)
        names = [{k: v for k, v in f.dimensions.items() if k in own} for f in alone]
        parts = " and ".join(
            f"{request.wording.number(f)} for {request.wording.named(n)} otherwise"
            for f, n in zip(alone, names, strict=True)
        )
    else:
        text = _difference(request)
    return f"{text}; {parts}, so it lies in the combination"


def _tail(request: Request) -> str:
    p = next((f.p_adjusted for f in request.facts if f.p_adjusted is not None), None)
    shown = [] if p is None else [f"p {'under 0.001' if p < 0.001 else f'{p:.3f}'} after correction"]
    if request.arguments.get("clustered"):
        shown.append(f"likeness within {_name(request.arguments['clustered'])} allowed for")
    also = [_name(a) for a in request.arguments.get("also", ())]
    text = f" ({', '.join(shown)})" if shown else ""
    return f"{text}; {formats.listed(also)} {'says' if len(also) == 1 else 'say'} nearly the same" if also else text


def _has(request: Request) -> str:
    said = request.arguments
    if said.get("sort") == "missing":
        return f"have no {_name(str(said['outcome']).removesuffix(' is empty'))}"
    if said.get("sort") == "word":
        return f"are such that {_name(said['outcome'])}"
    return f"have {_name(said['outcome'])} {escaped(said['value'])}"


def _group(request: Request, fact: Fact) -> str:
    """The names of a fact without the outcome's."""
    names = {k: v for k, v in fact.dimensions.items() if k != request.arguments.get("outcome")}
    return _named(request, names)


def _names(request: Request, fact: Fact) -> str:
    return _named(request, fact.dimensions)


def _only_value(request: Request, fact: Fact) -> str:
    return formats.listed([request.wording.value("", v) for v in fact.dimensions.values()])


def _named(request: Request, names: Mapping[str, Any]) -> str:
    shown = []
    for key, value in names.items():
        if value == "yes" and key.endswith(("is empty", '"')):
            shown.append(_name(key))
        elif key.split(" of ")[0] in ("month", "week", "day", "quarter", "year"):
            shown.append(f"{_name(key)} {request.wording.value(key.split(' of ')[0], value)}")
        else:
            shown.append(f"{_name(key)} {request.wording.value('', value)}")
    return ", ".join(shown)


def _name(text: object) -> str:
    return escaped(text, _LONGEST_NAME)


def _n(fact: Fact) -> str:
    return formats.count(float(fact.value or 0))


def _value(fact: Fact) -> str:
    return formats.two_numbers(float(fact.value or 0), float(fact.reference_value or 0), fact.unit)[0]


def _reference(fact: Fact) -> str:
    return formats.two_numbers(float(fact.value or 0), float(fact.reference_value or 0), fact.unit)[1]


def _two(fact: Fact) -> str:
    return f"{float(fact.value or 0) + 0.0:.2f}"


def _pairs(fact: Fact) -> str:
    share = float(fact.value or 0)
    return f"it is {'higher' if share >= 0.5 else 'lower'} in {formats.ratio(max(share, 1 - share), 0)} of pairs"


def _between(days: tuple[str, str]) -> str:
    first, last = (date.fromisoformat(d) for d in days)
    return f"{formats.day(first)} to {formats.day(last)}"


def _day(text: str) -> str:
    return formats.day(date.fromisoformat(text))


_PATTERNS: Mapping[str, Callable[[Request], str]] = {
    "share": _share,
    "difference": _difference,
    "association": _difference,
    "missing": lambda request: _in_time(request) if "days" in request.arguments else _difference(request),
    "change": lambda request: _in_time(request) if "days" in request.arguments else _difference(request),
    "trend": _in_time,
    "group_trend": _in_time,
    "volume": _volume,
    "period_volume": _period_volume,
    "correlation": _correlation,
    "interaction": _interaction,
}

KINDS: Mapping[str, Kind] = {"scanned": scanned, "discovered": discovered}
BESIDE_TABLE: Mapping[str, Kind] = {"discovered": discovered, "scanned": scanned}

OPENING = frozenset({"scanned"})
OF_PATTERNS = frozenset({"discovered"})
