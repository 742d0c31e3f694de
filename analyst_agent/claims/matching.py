"""Whether a number, where it stands, is a figure of a fact, a range is its interval, or both can be recomputed from facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from analyst_agent.claims import cues
from analyst_agent.claims.clauses import difference
from analyst_agent.claims.context import Names, Place
from analyst_agent.claims.figures import (
    ADDITIVE_UNITS,
    Figure,
    Span,
    figures_of,
    groups,
    intervals_of,
    matches,
    names_of,
    span_of,
)
from analyst_agent.claims.formats import DURATIONS
from analyst_agent.claims.lexicon import Lexicon
from analyst_agent.claims.reading import Number
from analyst_agent.records import Fact

_SCALES = {"ratio": 0.01, "points": 0.01}
# Said unit -> units of figures it may stand for.
_UNITS_OF = {
    "ratio": ("ratio",), "points": ("points",), "currency": ("currency",), "times": ("times",), "fraction": ("ratio",),
    "min": ("minutes",), "h": ("minutes",), "days": ("minutes",), "": ("count", "score", "p"),
}  # fmt: skip
_STEMS = {
    "resol": ("resol",), "acknowledg": ("acknowledge",), "handl": ("handle",), "reopen": ("reopen",), "breach": ("breach",),
    "satisf": ("csat",), "csat": ("csat",), "cost": ("cost",), "unnecess": ("unnecessary",), "share": ("share",),
    "deviat": ("deviation",), "re-escalat": ("re_escalation",),
}  # fmt: skip
GENERAL_METRICS = frozenset({"escalated_ticket_count", "ticket_count", "cohort_escalated_count"})
_OTHER_NOUN = re.compile(
    r"^\s*(?:[a-z-]+\s+)?(?:accounts?|customers?|agents?|users?|people|teams?|companies|companies|merchants?|documents?|employees|"
    r"segments?|regions?|areas?|codes?|causes?|weeks?|months?|years?|quarters?|seconds?|calls?|comments?|emails?)\b", re.I
)  # fmt: skip
_P = re.compile(r"\bp(?:-value)?\s*(?:=|<|of|is)?\s*$", re.I)
_GAP = re.compile(r"\b(?:differences?|changes?|changed|gap|moved|swing|apart|additional|extra)\b|points", re.I)
_MOVE = re.compile(r"\b(?:by|additional|extra|another)\s*$", re.I)


def facts_of_number(number: Number, place: Place, lexicon: Lexicon) -> list[Figure]:
    """The figures that the number can be, in its place; empty where it is none of them."""
    direct = [
        f for fact in lexicon.facts for f in figures_of(fact) if _is_value(number, f, place) and fits(f, place, lexicon)
    ]
    found = [f for f in direct if _direction_fits(f, number, place)]
    return found or [
        f for f in recomputed(place, lexicon) if _is_value(number, f, place) and _direction_fits(f, number, place)
    ]


def facts_of_range(pair: tuple[Number, Number], place: Place, lexicon: Lexicon) -> list[Figure]:
    """The facts whose interval it is, or whose value moved "from 4.1 to 5.0 %"."""
    low, high = pair
    found = []
    for fact in lexicon.facts:
        for bounds, unit in intervals_of(fact):
            if all(_equal(n, b, unit) for n, b in zip((low, high), bounds, strict=True)):
                figure = Figure(bounds[0], unit, "interval", fact, span_of(fact))
                found += [figure] if fits(figure, place, lexicon) else []
        before, now = fact.reference_value, fact.value
        if place.before.rstrip().lower().endswith("from") and isinstance(now, (int, float)) and before is not None:
            figure = Figure(now, fact.unit, "moved", fact, span_of(fact))
            if _equal(low, before, fact.unit) and _equal(high, now, fact.unit) and fits(figure, place, lexicon):
                found += [figure] if _direction_fits(figure, high, place) else []
    return found


def fits(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    """Whether names, times, metric and role around a number are those of the figure's fact."""
    fact = figure.fact
    return (
        names_fit(fact, place.names, place.earlier, lexicon, place.is_whole)
        and _times_fit(figure, place, lexicon)
        and _metric_fits(figure, place)
        and _role_fits(figure, place, lexicon)
    )


def names_fit(fact: Fact, own: Names, earlier: Names, lexicon: Lexicon, is_whole: bool = False) -> bool:
    """Whether the names next to a number are the fact's, and all of the fact's names have been said."""
    held = names_of(fact)
    known = held | lexicon.common | {(f.field, f.value) for f in fact.filters if isinstance(f.value, str)}
    if not is_whole and any(not (meanings & known) for meanings in own):
        return False
    said = frozenset().union(*own, *earlier)
    lacking = {pair for pair in held if pair not in said}
    if any(key == "known_issue" and (key, value) in said for key, value in held):
        lacking = {pair for pair in lacking if pair[0] != "root_cause"}
    return not lacking


def recomputed(place: Place, lexicon: Lexicon) -> Iterator[Figure]:
    """Sums, differences and quotients of facts of one metric that are named in the sentence."""
    said = frozenset().union(*place.earlier, *place.names)
    sentence = place.sentence
    times = {m.payload for m in sentence.of("time")}
    together = bool(cues.TOGETHER.search(sentence.own_words))
    for members in groups(lexicon.facts).values():
        if any(not _metric_fits(Figure(0.0, f.unit, "value", f), place) for f in members):
            continue
        named = [f for f in members if _is_named(f, said, times)]
        all_named = _covers(named, said, lexicon)
        if len(named) < 2 or not all_named:
            continue
        first = named[0]
        shareable = first.unit in ADDITIVE_UNITS or first.metric == "share_of_escalations"
        if together and shareable:
            yield Figure(sum(_value(f) for f in named), first.unit, "sum", first)
        elif len(named) == 2:
            yield from _of_two(named, place)


def _of_two(named: Sequence[Fact], place: Place) -> Iterator[Figure]:
    order = {m: i for i, m in reversed(list(enumerate(place.earlier)))}
    first, second = sorted(named, key=lambda f: min((i for m, i in order.items() if m & names_of(f)), default=0))
    gap = _value(first) - _value(second)
    yield Figure(gap, "points" if first.unit == "ratio" else first.unit, "gap", first)
    if _value(second) > 0:
        yield Figure(_value(first) / _value(second), "times", "gap", first)


def _is_named(fact: Fact, said: frozenset[object], times: set[object]) -> bool:
    held = names_of(fact)
    if held:
        return held <= said
    return any(span in times for span in span_of(fact)) and len(times) > 1


def _covers(named: Sequence[Fact], said: frozenset[object], lexicon: Lexicon) -> bool:
    held = frozenset().union(*(names_of(f) for f in named)) | lexicon.common
    return not said or all(pair in held for pair in said) or bool(held & said and len(held) >= len(said))


def _is_value(number: Number, figure: Figure, place: Place) -> bool:
    if figure.unit not in _UNITS_OF.get(number.unit, ()):
        return (
            figure.unit == "currency"
            and number.unit == ""
            and "cost" in place.clause.masked.lower()
            and _exact(number, figure)
        )
    if figure.unit == "count" and _OTHER_NOUN.match(place.after):
        return False
    actual = abs(figure.value) if figure.role in ("difference", "gap", "relative") else figure.value
    if number.unit == "fraction":
        return _fraction_fits(number, actual, place)
    said, about = number.value, number.about or _about(place)
    scale = DURATIONS.get(number.unit, _SCALES.get(figure.unit, 1.0))
    if number.tolerance:
        return abs(said - actual) <= number.tolerance
    if about == 0:
        return matches(said, number.decimals, actual, scale)
    actual /= scale
    if about == 1:
        return matches(said, number.decimals, actual) or abs(said - actual) <= 0.05 * abs(actual)
    if about == 2:
        return said < actual <= said * 1.1 + 1e-9 if said else actual > 0
    smallest = 10.0**-number.decimals
    return said * 0.9 - 1e-9 <= actual < said or (
        number.decimals > 0 and abs(said - smallest) < 1e-9 and 0 < actual < said
    )


def _exact(number: Number, figure: Figure) -> bool:
    return matches(number.value, number.decimals, figure.value)


def _fraction_fits(number: Number, actual: float, place: Place) -> bool:
    about = _about(place)
    if about == 2:
        return number.value < actual <= number.value + 0.15
    if about == -2:
        return number.value - 0.15 <= actual < number.value
    return abs(number.value - actual) <= number.tolerance * (2 if about else 1)


def _about(place: Place) -> int:
    tail = place.before.rstrip()[-24:]
    for code, pattern in ((2, cues.AT_LEAST), (-2, cues.AT_MOST), (1, cues.APPROXIMATE)):
        if any(m.end() == len(tail) for m in pattern.finditer(tail)):
            return code
    return 0


def _equal(number: Number, bound: object, unit: str) -> bool:
    if not isinstance(bound, (int, float)):
        return False
    allowed = (
        *_UNITS_OF.get(number.unit, ()),
        *(("points", "minutes", "currency", "count") if number.unit == "" else ()),
    )
    if unit not in allowed:
        return False
    said = number.value * (-1 if number.sign < 0 else 1)
    scale = DURATIONS.get(number.unit, _SCALES.get(unit, 1.0))
    return abs(said - bound / scale) <= 0.5 * 10.0**-number.decimals + 1e-9


def _direction_fits(figure: Figure, number: Number, place: Place) -> bool:
    gap = figure.value if figure.role == "gap" else difference(figure.fact)
    if figure.unit == "times" and figure.role == "gap":
        gap = figure.value - 1
    if figure.unit == "times" and figure.role == "difference" and number.unit == "times" and number.tolerance == 0:
        return True
    if figure.role in ("difference", "gap", "relative") and number.sign and gap is not None and number.sign * gap < 0:
        return False
    signs = place.signs
    if not signs or figure.role in ("n", "missing", "part", "p", "sum", "interval"):
        return True
    if place.others and figure.role in ("value", "reference"):
        return True
    if figure.role == "value" and place.is_whole:
        return True
    return len(signs) == 1 and gap is not None and gap * next(iter(signs)) > 0


def _times_fit(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    if place.times:
        allowed: set[Span | None] = set(figure.spans) or {lexicon.period}
        return all(t in allowed for t in place.times)
    if figure.role in ("reference", "p"):
        return True
    own = span_of(figure.fact)
    return not own or lexicon.period is None or lexicon.period in own


def _metric_fits(figure: Figure, place: Place) -> bool:
    metric, unit = figure.fact.metric, figure.fact.unit
    words = place.segment.masked if figure.unit != "count" else place.clause.masked
    if place.metrics:
        if figure.role not in ("n", "missing") and metric not in place.metrics:
            return _is_general(place, metric) and figure.unit == "count"
    elif _is_of_another_metric(figure, place):
        return False
    if unit in ("minutes", "ratio", "score", "currency", "points") and figure.role not in ("n", "missing", "part"):
        lowered = words.lower()
        for stem, keys in _STEMS.items():
            if stem in lowered and not any(k in metric for k in keys):
                return False
        if re.match(r"\s*of (?:all )?(?:the )?escalat", place.after) and "share" not in metric:
            return False
        if not _average_fits(metric, words):
            return False
    return figure.unit != "count" or _count_fits(figure, metric, words, place)


def _is_of_another_metric(figure: Figure, place: Place) -> bool:
    """Whether an earlier clause named other metrics, so that a number without a name of its own is taken for theirs."""
    if figure.role in ("n", "missing") or figure.fact.unit == "count" or not place.carried_metrics:
        return False
    return figure.fact.metric not in place.carried_metrics and not place.carried_metrics <= GENERAL_METRICS


def _is_general(place: Place, metric: str) -> bool:
    """Whether the metrics named are only the general "escalated tickets", which any count of them may be called."""
    return (
        place.metrics <= {"escalated_ticket_count", "ticket_count", "cohort_escalated_count"}
        and metric != "ticket_count"
    )


def _average_fits(metric: str, words: str) -> bool:
    if cues.MEDIAN.search(words):
        return metric.startswith("median")
    if cues.PERCENTILE.search(words):
        return metric.startswith("p90")
    if cues.MEAN.search(words):
        return not metric.startswith(("median", "p90"))
    return True


def _count_fits(figure: Figure, metric: str, words: str, place: Place) -> bool:
    if figure.role == "missing":
        return bool(cues.MISSING.search(place.segment.masked))
    lowered = words.lower()
    if re.search(r"\bopen\b|unresolved", lowered) and "open" not in metric and not place.is_whole:
        return False
    if re.search(r"\bmatch", lowered) and metric != "known_issue_matches" and not place.is_whole:
        return False
    if (
        re.search(r"\b(?:unclassified|unknown|imputed|reopened)\b", lowered)
        and figure.role == "value"
        and not place.is_whole
    ):
        key = ("unknown", "imputed", "reopen")
        return any(k in metric and k in lowered for k in key) or "unclassified" in str(figure.fact.dimensions.values())
    all_tickets = metric == "ticket_count" or (figure.role == "n" and not metric.startswith("known"))
    escalated, created = "escalat" in metric or metric.startswith("known"), metric == "ticket_count"
    if cues.CREATED.search(words) and not cues.ESCALATED.search(words):
        return created or figure.role == "n"
    if (
        (cues.ESCALATED.search(words) or place.metrics & {"escalated_ticket_count"})
        and all_tickets
        and not place.is_whole
    ):
        return False
    return escalated or created or figure.role != "value" or metric in place.metrics or "count" in metric


def _role_fits(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    fact, role = figure.fact, figure.role
    rest = bool(cues.REST.search(place.segment.masked))
    match role:
        case "value" | "interval":
            if rest:
                return role == "interval"
            return role == "interval" or not place.is_reference or _has_own(place)
        case "reference":
            if rest or fact.reference != "comparison_period":
                return (
                    (rest or place.is_reference)
                    and fact.reference != "comparison_period"
                    and not place.segment.of("name")
                )
            return place.is_reference or any(m.payload in figure.spans for m in place.segment.of("time"))
        case "n":
            return place.is_whole
        case "part":
            return any(isinstance(m.payload, Number) and m.payload.value == fact.n for m in place.sentence.of("number"))
        case "p":
            return bool(_P.search(place.before))
        case "relative":
            return bool(cues.RELATIVE.search(place.sentence.own_words))
        case "difference":
            return _difference_fits(figure, place, lexicon)
    return True


def _has_own(place: Place) -> bool:
    return place.is_compared or bool(place.segment.of("name") or place.segment.of("time"))


def _difference_fits(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    fact = figure.fact
    held = names_of(fact) | lexicon.common
    if any(not (meanings & held) for meanings in place.others):
        return False
    against_rest = bool(cues.REST.search(place.clause.masked))
    if against_rest and fact.reference == "comparison_period":
        return False
    if cues.BEFORE.search(place.clause.masked) and fact.reference != "comparison_period":
        return False
    if figure.unit in ("points", "times") or figure.unit == "ratio":
        return figure.unit != "ratio" or bool(place.signs)
    head = place.before.rstrip().lower()
    stated = head.endswith(("up", "down", "by", "of", "rose", "fell")) or _MOVE.search(place.before)
    following = re.match(r"\s*(?:[a-z]+\s+)?(?:more|fewer|less|higher|lower|longer|shorter|above|below)\b", place.after)
    return bool(stated and (place.signs or _GAP.search(place.clause.masked))) or bool(following)


def pairs(facts: Sequence[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Every two facts of one group."""
    for members in groups(facts).values():
        yield from combinations(members, 2)


def _value(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, (int, float)) else 0.0
