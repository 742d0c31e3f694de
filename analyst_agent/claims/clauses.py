"""Any single fact as a clause: its names, period, value, direction and significance, in plain words."""

from __future__ import annotations

from analyst_agent.claims import formats
from analyst_agent.claims.formats import is_number
from analyst_agent.claims.wording import Wording
from analyst_agent.records import Fact

PERIOD_REFERENCE = "comparison_period"
TIMES = ("day", "week", "month", "quarter", "year")
TOO_FEW_TO_COMPARE = "oo few tickets to compare"
FEW = 30
"""A rate or mean over fewer objects is not ranked or compared."""


def clause(fact: Fact, wording: Wording, period: bool = True) -> str:
    """The fact on its own, as a sentence without its full stop: what no statement mentions can still be told.

    period: whether to name the fact's period.
    """
    times = [wording.value(k, v) for k, v in fact.dimensions.items() if k in TIMES and v is not None]
    others = {k: v for k, v in fact.dimensions.items() if k not in TIMES or v is None}
    where = f" with {wording.named(others)}" if others else ""
    only = f" (only {wording.filtered(fact.filters)})" if fact.filters else ""
    when = f" {formats.during(fact.period)}" if period and fact.period else ""
    when = f" in {formats.listed(times)}" if times else when
    basis = basis_of(fact, wording)
    head = f"{formats.sentence(wording.metric(fact.metric))}{where}{only}{when}: {wording.number(fact)}"
    head += f" ({basis})" if basis else ""
    change = difference_of(fact, wording)
    return f"{head}, {change}" if change else head


def brief(fact: Fact, wording: Wording) -> str:
    """The fact where its names are already said: "escalated tickets: 61, down 29"."""
    text = f"{wording.metric(fact.metric)}: {wording.number(fact)}"
    if fact.reference == PERIOD_REFERENCE and difference(fact) is not None:
        return f"{text}, {moved(fact, wording)}"
    return text


def basis_of(fact: Fact, wording: Wording) -> str:
    """What the value rests on: "n = 210, 95 % interval 3.1 to 3.7, 202 without a rating"."""
    parts = []
    if fact.n is not None and fact.unit not in ("count", "currency"):
        parts.append(f"n = {formats.count(fact.n)}")
    if interval := formats.span(fact.interval, fact.unit, wording.currency):
        parts.append(f"95 % interval {interval}")
    if fact.missing:
        parts.append(f"{formats.count(fact.missing)} {wording.without(fact.metric)}")
    if fact.unit == "ratio" and is_number(fact.value) and float(fact.value or 0) > 1:
        parts.append("above 100 %, so unreliable: some were created earlier")
    return ", ".join(parts)


def difference(fact: Fact) -> float | None:
    """The fact's difference from its reference: as stated, else value less reference value."""
    if is_number(fact.difference):
        return fact.difference
    if is_number(fact.value) and is_number(fact.reference_value):
        return float(fact.value or 0) - float(fact.reference_value or 0)
    return None


def difference_of(fact: Fact, wording: Wording) -> str:
    """The difference from its reference with direction and significance; "" where it has none."""
    gap = difference(fact)
    if gap is None:
        return ""
    if fact.reference == PERIOD_REFERENCE:
        return f"{moved(fact, wording)}{_from(fact, wording)}: {judged(fact, wording)}"
    other = reference_name(fact, wording)
    shown = formats.size(gap, fact.unit, wording.currency)
    way = "the same as" if gap == 0 else f"{shown} {'more' if gap > 0 else 'less'} than"
    value = f" ({value_and_reference(fact, wording)[1]})" if is_number(fact.reference_value) else ""
    return f"{way} {other}{value}: {judged(fact, wording)}"


def moved(fact: Fact, wording: Wording) -> str:
    """ "up 0.9 points", "down 12", "unchanged"."""
    gap = difference(fact) or 0.0
    if gap == 0:
        return "unchanged"
    return f"{'up' if gap > 0 else 'down'} {formats.size(gap, fact.unit, wording.currency)}"


def judged(fact: Fact, wording: Wording) -> str:
    """ "more than noise (0.2 to 1.6)", "within noise (-0.3 to 2.1)", "too few to say" or, of what no test is made, "not tested"."""
    unit = "points" if fact.unit == "ratio" else fact.unit
    span = formats.span(fact.difference_interval, unit, wording.currency)
    untested = "too few to say" if is_few(fact) else "not tested"
    word = {True: "more than noise", False: "within noise", None: untested}[fact.significant]
    return f"{word} ({span})" if span else word


def is_few(fact: Fact) -> bool:
    """Whether the fact rests on too little for a comparison: a test was wanted and could not be made."""
    if fact.significant is not None:
        return False
    if fact.unit == "count":
        sizes = [float(v) for v in (fact.value, fact.reference_value) if is_number(v) and v is not None]
        return sum(sizes) < FEW
    # A rate that does not say what it rests on was not tried: nothing is known of how many there were.
    return fact.n is not None and (fact.unit == "ratio" or fact.n < FEW)


def value_and_reference(fact: Fact, wording: Wording) -> tuple[str, str]:
    """Value and reference value, with the decimals that show whether they differ."""
    if is_number(fact.value) and is_number(fact.reference_value):
        return formats.two_numbers(
            float(fact.value or 0), float(fact.reference_value or 0), fact.unit, wording.currency
        )
    return wording.number(fact), formats.number(fact.reference_value, fact.unit, wording.currency)


def reference_name(fact: Fact, wording: Wording) -> str:
    """What the fact is compared with, in words."""
    if fact.reference == PERIOD_REFERENCE:
        return formats.period_name(fact.reference_period) if fact.reference_period else "the comparison period"
    if fact.reference in (None, "rest", "overall"):
        return {"overall": "overall"}.get(fact.reference or "", "the rest")
    return wording.value("", fact.reference)


def _from(fact: Fact, wording: Wording) -> str:
    if not is_number(fact.reference_value):
        return f" against {reference_name(fact, wording)}"
    then = formats.during(fact.reference_period) if fact.reference_period else "in the comparison period"
    if then.startswith("from "):
        then = f"({then.removeprefix('from ')})"
    return f" from {value_and_reference(fact, wording)[1]} {then}"
