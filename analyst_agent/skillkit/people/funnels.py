"""The facts, tables, drawing and statements of teams or agents judged against their mix of tickets; shown, never ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from analyst_agent.records import Column, Drawing, Fact, Statement, Table, Value
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.people.casemix import Profile, Unit
from analyst_agent.skillkit.tables import Grid

HELD = "held_ticket_count"
ESCALATED = "held_escalated_count"
RATE_OF_ALL = "held_escalation_rate"
EXPECTED = "expected_escalated_count"
ADJUSTED = "adjusted_escalation_rate"
SHRUNKEN = "shrunken_escalation_rate"
LIMITS = "control_limits"
WIDER = "wider_control_limits"
UNNAMED = "unnamed"
_READS_AS = {True: "above its limits", False: "below its limits"}


@dataclass(frozen=True, slots=True)
class Placed:
    """A unit with its facts; limits, wider and shrunken are None where it is not judged."""

    unit: Unit
    tickets: Fact
    escalated: Fact
    expected: Fact
    adjusted: Fact
    limits: Fact | None = None
    wider: Fact | None = None
    shrunken: Fact | None = None

    @property
    def reads_as(self) -> str:
        """How the unit reads, in words."""
        if self.unit.verdict is None:
            return self.unit.reason or "not judged"
        if self.unit.verdict:
            return _READS_AS[self.unit.is_above]
        rate, limits = self.unit.adjusted_rate, self.unit.limits
        if rate is None or limits is None or limits[0][0] <= rate <= limits[0][1]:
            return "within chance"
        return "outside, but not clearly"


def placed(
    inquiry: Inquiry,
    profile: Profile,
    is_named: Callable[[Unit], bool] = lambda _: True,
    also: Mapping[str, Value] = MappingProxyType({}),
) -> list[Placed]:
    """Facts of every unit, most tickets first. One that is not to be named goes by its place in this order.

    also: further dimensions of the facts, such as the root cause whose escalations were counted.
    """
    overall = rate_fact(inquiry, profile, also)
    found = []
    for place, unit in enumerate(profile.units, start=1):
        who: dict[str, Value] = {profile.dimension: unit.value}
        if unit.value is not None and not is_named(unit):
            who = {UNNAMED: f"no. {place}"}
        found.append(_placed(inquiry, profile, unit, {**who, **also}, overall))
    return found


def rate_fact(inquiry: Inquiry, profile: Profile, also: Mapping[str, Value]) -> Fact:
    """The rate of all units together, which every adjusted rate is put on the scale of."""
    tickets = int(sum(unit.tickets for unit in profile.units))
    source = profile.held.source
    return inquiry.book.add(RATE_OF_ALL, profile.rate, "ratio", inquiry.period, dict(also), source=source, n=tickets)


def _placed(inquiry: Inquiry, profile: Profile, unit: Unit, who: dict[str, Value], overall: Fact) -> Placed:
    book, period, source, n = inquiry.book, inquiry.period, profile.held.source, int(unit.tickets)
    tickets = book.add(HELD, n, "count", period, who, source=source, n=n)
    escalated = book.add(ESCALATED, int(unit.observed), "count", period, who, source=profile.held.escalated_source, n=n)
    expected = book.add(EXPECTED, unit.expected, "count", period, who, source=source, n=n)
    adjusted = book.add(ADJUSTED, unit.adjusted_rate, "ratio", period, who, source=source, n=n)
    if unit.limits is None or unit.shrunken is None or profile.rate is None:
        return Placed(unit, tickets, escalated, expected, adjusted)
    rate, interval = unit.shrunken
    adjusted = book.revise(
        adjusted,
        reference="overall",
        reference_value=overall.value,
        difference=None if unit.adjusted_rate is None else unit.adjusted_rate - profile.rate,
        p_value=unit.p_value,
        p_adjusted=unit.p_adjusted,
        significant=unit.verdict,
    )
    shrunken = book.add(SHRUNKEN, rate, "ratio", period, who, source=source, n=n, interval=interval)
    limits, wider = (
        book.add(name, profile.rate, "ratio", period, who, source=source, n=n, interval=span)
        for name, span in zip((LIMITS, WIDER), unit.limits, strict=True)
    )
    return Placed(unit, tickets, escalated, expected, adjusted, limits, wider, shrunken)


def funnel_table(inquiry: Inquiry, profile: Profile, units: Sequence[Placed], title: str) -> Table:
    """A row a unit, most tickets first: counts, expectation, adjusted rate and its 95 % control limits."""
    grid = Grid(
        title,
        (
            Column(inquiry.label(profile.dimension), "text", profile.dimension),
            Column("tickets", "count", HELD),
            Column("escalated", "count", ESCALATED),
            Column("expected of its mix", "count", EXPECTED),
            Column("adjusted rate", "ratio", ADJUSTED),
            Column("limits from", "ratio", "limit_low"),
            Column("limits to", "ratio", "limit_high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in units:
        grid.row((_name(one, profile), one.tickets, one.escalated, one.expected, one.adjusted, *_span(one.limits), one.reads_as))  # fmt: skip
    return grid.table()


def shrunken_table(inquiry: Inquiry, profile: Profile, units: Sequence[Placed]) -> Table:
    """What each unit's rate most likely is, drawn towards the others by as much as it is uncertain, and the 99.8 % limits."""
    grid = Grid(
        f"Shrunken escalation rates by {inquiry.label(profile.dimension)}",
        (
            Column(inquiry.label(profile.dimension), "text", profile.dimension),
            Column("shrunken rate", "ratio", SHRUNKEN),
            Column("at least", "ratio", "low"),
            Column("at most", "ratio", "high"),
            Column("99.8 % limits from", "ratio", "wider_low"),
            Column("to", "ratio", "wider_high"),
        ),
    )
    for one in units:
        if one.shrunken is not None:
            grid.row((_name(one, profile), one.shrunken, *_span(one.shrunken), *_span(one.wider)))
    return grid.table()


def funnel_drawing(profile: Profile, units: Sequence[Placed], title: str) -> tuple[Drawing, ...]:
    """Points against their control limits; none where not one unit is judged."""
    if not any(one.limits is not None for one in units):
        return ()
    columns = {"label": profile.dimension, "n": HELD, "value": ADJUSTED, "low": "limit_low", "high": "limit_high"}
    reference = next(one.limits.id for one in units if one.limits is not None)
    return (Drawing("funnel", title, columns, title, {"reference": reference}),)


def judged_statements(
    profile: Profile, units: Sequence[Placed], focus: Value = None, *, names_all: bool = True
) -> list[Statement]:
    """Who is outside the limits, that the others are within, and who is not judged, with the reason. The focus comes first.

    names_all: whether units within the limits and not judged may be named.
    """
    words = {"dimension": profile.dimension}
    asked = [one for one in units if focus is not None and one.unit.value == focus]
    said = []
    for group in (asked, [one for one in units if one not in asked]):
        outside = [one for one in group if one.unit.verdict]
        for one in sorted(outside, key=lambda o: (not o.unit.is_above, -o.unit.tickets, str(o.unit.value))):
            said.append(Statement("outside_limits", _facts(one), words))
        may_name = names_all or group is asked
        within = [one for one in group if one.unit.verdict is False]
        if within and may_name:
            said.append(Statement("within_limits", tuple(one.adjusted.id for one in within), words))
        unjudged: dict[str, list[str]] = {}
        for one in group:
            if one.unit.verdict is None and one.unit.value is not None and may_name:
                unjudged.setdefault(one.unit.reason, []).append(one.tickets.id)
        said += [Statement("too_few", tuple(ids), {**words, "reason": why}) for why, ids in unjudged.items()]
    return said


def say_how(inquiry: Inquiry, profile: Profile) -> None:
    """The caveats of every such comparison: what was adjusted for, what was not known, and that it is no cause."""
    book, label = inquiry.book, inquiry.label(profile.dimension)
    kinds = [inquiry.label(name) for name in profile.mix if name != "support_level"]
    if kinds:
        text = (
            f"Adjusted for what tickets have when created: {', '.join(sorted(kinds))}. Differences within a kind remain"
        )
        book.caveat(f"{text}; who is outside the limits is a reason to look at tickets, not a cause.", "adjusted_for")
    else:
        text = f"No product area, category, channel or customer type is recorded; rates by {label} are not adjusted."
        book.caveat(text, "not_adjusted")
    if not profile.held.parts:
        text = "Accounts are not granted or not loaded; tickets count as independent, so limits may be too narrow."
        book.caveat(text, "no_accounts")
    if profile.is_overdispersed:
        text = f"Rates by {label} differ more in general than chance allows; the limits are widened for it."
        book.caveat(text, "overdispersed")


def _facts(one: Placed) -> tuple[str, ...]:
    facts = (one.adjusted, one.escalated, one.expected, one.shrunken, one.limits)
    return tuple(fact.id for fact in facts if fact is not None)


def _name(one: Placed, profile: Profile) -> Value:
    return one.tickets.dimensions.get(profile.dimension, one.tickets.dimensions.get(UNNAMED))


def _span(fact: Fact | None) -> tuple[tuple[Value, Fact] | None, tuple[Value, Fact] | None]:
    if fact is None or fact.interval is None:
        return None, None
    return (fact.interval[0], fact), (fact.interval[1], fact)
