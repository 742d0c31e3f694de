"""Whether a number, where it stands, is a figure of a fact, a range is its interval, or both can be recomputed from facts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from analyst_agent.claims import cues
from analyst_agent.claims.clauses import difference
from analyst_agent.claims.context import Place
from analyst_agent.claims.figures import (
    ADDITIVE_UNITS,
    Figure,
    figures_of,
    groups,
    intervals_of,
    matches,
    names_of,
    span_of,
)
from analyst_agent.claims.fitting import GAP, fits, metric_fits
from analyst_agent.claims.formats import DURATIONS
from analyst_agent.claims.lexicon import Lexicon
from analyst_agent.claims.mentions import Number
from analyst_agent.records import Fact

_SCALES = {"ratio": 0.01, "points": 0.01}
# Said unit -> units of figures it may stand for.
_UNITS_OF = {
    "ratio": ("ratio",), "points": ("points",), "currency": ("currency",), "times": ("times",), "fraction": ("ratio",),
    "min": ("minutes",), "h": ("minutes",), "days": ("minutes",), "": ("count", "score", "p"),
}  # fmt: skip
_OTHER_NOUN = re.compile(
    r"^\s*(?:[a-z-]+\s+)?(?:accounts?|customers?|agents?|users?|people|teams?|companies|companies|merchants?|documents?|employees|"
    r"segments?|regions?|areas?|codes?|causes?|weeks?|months?|years?|quarters?|seconds?|calls?|comments?|emails?)\b", re.I
)  # fmt: skip


def facts_of_number(number: Number, place: Place, lexicon: Lexicon) -> list[Figure]:
    """The figures that the number can be, in its place; empty where it is none of them."""
    if _is_of_another_currency(number, lexicon):
        return []
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
    if _is_of_another_currency(low, lexicon) or _is_of_another_currency(high, lexicon):
        return []
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
    return found or _each(low, high, place, lexicon)


def _is_of_another_currency(number: Number, lexicon: Lexicon) -> bool:
    return bool(number.currencies) and lexicon.currency not in number.currencies


def _each(first: Number, second: Number, place: Place, lexicon: Lexicon) -> list[Figure]:
    """Both ends of "by 69 to 171" as numbers of their own; nothing unless both are."""
    later = replace(place, before=f"{place.before} to ")
    one, two = facts_of_number(first, place, lexicon), facts_of_number(second, later, lexicon)
    return [*one, *two] if one and two else []


def recomputed(place: Place, lexicon: Lexicon) -> Iterator[Figure]:
    """Sums, differences and quotients of facts of one metric that are named in the sentence."""
    said = frozenset().union(*place.earlier, *place.names)
    sentence = place.sentence
    times = {m.payload for m in sentence.of("time")}
    together = bool(cues.TOGETHER.search(sentence.own_words))
    for members in groups(lexicon.facts).values():
        if any(not metric_fits(Figure(0.0, f.unit, "value", f), place) for f in members):
            continue
        named = [f for f in members if _is_named(f, said, times)]
        all_named = _covers(named, said, (*place.earlier, *place.names), lexicon)
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


def _covers(
    named: Sequence[Fact], said: frozenset[object], mentions: Sequence[frozenset[object]], lexicon: Lexicon
) -> bool:
    """Whether everything named is of these facts. A mention may be of several dimensions (Enterprise of tier and plan): one will do."""
    held = frozenset().union(*(names_of(f) for f in named)) | lexicon.common
    return all(m & held for m in mentions if m) or bool(held & said and len(held) >= len(said))


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
    if figure.role == "gap" and not place.signs and not GAP.search(place.clause.masked) and figure.unit != "times":
        return False
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


def _value(fact: Fact) -> float:
    return float(fact.value) if isinstance(fact.value, (int, float)) else 0.0
