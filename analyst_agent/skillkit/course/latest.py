"""The latest unit of time that the data carry, against the one before and the same unit a year before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from analyst_agent.records import Fact, Period
from analyst_agent.semantic.periods import build, year_before
from analyst_agent.skillkit.course.artefacts import Carried, touched
from analyst_agent.skillkit.course.timeline import Daily, Unit
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import RATE, Inquiry
from analyst_agent.skillkit.rates import Difference, parts_of_rates, rate_difference

MISLEADING = ("cut_off", "extract_begins", "gap", "recording_begins", "recording_ends", "recording_gap", "unfinished")


@dataclass(frozen=True, slots=True)
class Against:
    """The latest unit's rate against one other period: name of the test, that period, and the difference by account."""

    name: str
    period: Period
    difference: Difference


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest complete unit without an artefact that misleads, and what it is compared with."""

    unit: Unit
    against: tuple[Against, ...]


def latest_of(inquiry: Inquiry, units: Sequence[Unit], carried: Carried, daily: Daily) -> Latest | None:
    """None where no complete unit has a rate. A unit before, or a year before, that an artefact touches or that the data do not
    hold is not compared.
    """
    sound = [one for one in units if one.is_complete and number(one.tickets.value) and is_sound(one.period, carried)]
    if not sound:
        return None
    unit = sound[-1]
    others = {
        "before": next((one.period for one in units if one.period.end == unit.period.start and one in sound), None)
    }
    others["year"] = year_before(unit.period)
    held = {
        name: other
        for name, other in others.items()
        if other is not None
        and _is_held(inquiry, other, carried)
        and is_sound(other, carried)
        and not (name == "year" and other == others["before"])
    }
    parts, *rest = parts_of_rates(inquiry, RATE, [unit.period, *held.values()])
    found = []
    for (name, other), then in zip(held.items(), rest, strict=True):
        difference = rate_difference(parts, then, inquiry.minimum)
        if difference.difference is not None:
            found.append(Against(name, other, difference))
    return Latest(unit, tuple(found))


def is_sound(period: Period, carried: Carried) -> bool:
    """Whether no artefact that would mislead a comparison touches the period."""
    return touched(carried.artefacts, period, MISLEADING) is None


def latest_facts(inquiry: Inquiry, latest: Latest, adjusted: dict[str, float | None]) -> tuple[Fact, ...]:
    """Count and tickets of the latest unit, and its rate once for each period it is compared with."""
    unit, book = latest.unit, inquiry.book
    rates = []
    for one in latest.against:
        difference = one.difference
        bare = book.again(unit.rate)
        rates.append(
            book.revise(
                bare,
                dimensions={},
                reference="comparison_period",
                # By its days: a week's label would name it twice.
                reference_period=build(one.period.start, one.period.end) if one.period.grain == "week" else one.period,
                reference_value=difference.reference,
                difference=difference.difference,
                difference_interval=difference.interval,
                p_value=difference.p_value,
                p_adjusted=adjusted.get(one.name),
                significant=difference.significant(adjusted.get(one.name)),
            )
        )
    return unit.count, unit.tickets, *(rates or [unit.rate])


def _is_held(inquiry: Inquiry, period: Period, carried: Carried) -> bool:
    """Whether the data reach back to it, and far enough that the escalations of earlier tickets are in them."""
    first, lag = inquiry.context.queries.first_day, carried.lag_days or 0.0
    return first is not None and first + timedelta(days=math.ceil(lag)) <= period.start
