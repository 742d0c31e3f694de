"""Teams and agents against what the mix of their tickets would lead one to expect, judged by account."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Value
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.people.holding import AGENT, Cell, Held, plus
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, TOO_FEW_TICKETS
from analyst_agent.statistics import (
    Clustering,
    Mix,
    Shrunken,
    benjamini_hochberg,
    between_variance,
    clusterings,
    control_limits,
    deviation_p_value,
    expected_by_mix,
    explained_variance,
    merged_strata,
    shrunken_ratios,
)

MOSTLY_HANDED_OVER = 0.5
FEW_COUNTERPARTS = "others handle too few tickets of its kind"
NOT_RECORDED = "not recorded"
HANDED_OVER = "most escalated tickets were given to another agent"
Limits = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Unit:
    """One team or agent. Rates and limits are adjusted for the mix: ratio of observed to expected times the overall rate.

    limits: 95 % and 99.8 % control limits; shrunken with its 95 % interval. reason: why it is not judged, else "".
    """

    value: Value
    observed: float
    tickets: float
    expected: float
    adjusted_rate: float | None
    limits: tuple[Limits, Limits] | None = None
    shrunken: tuple[float, Limits] | None = None
    p_value: float | None = None
    reason: str = ""
    p_adjusted: float | None = None

    @property
    def verdict(self) -> bool | None:
        """Whether it lies outside the limits after the correction for scanning; None where it is not judged."""
        return None if self.p_adjusted is None else self.p_adjusted <= SIGNIFICANT_AT

    @property
    def is_above(self) -> bool:
        """Whether it has more escalated tickets than expected."""
        return self.observed > self.expected


@dataclass(frozen=True, slots=True)
class Profile:
    """All teams or agents, most tickets first. mix: the dimensions adjusted for. spread: of true ratios, with its interval.

    is_overdispersed: whether units differ so much in general that the limits were widened for it.
    """

    dimension: str
    units: tuple[Unit, ...]
    rate: float | None
    mix: tuple[str, ...]
    held: Held
    spread: tuple[float, Limits] | None = None
    is_overdispersed: bool = False

    @property
    def judged(self) -> list[Unit]:
        """The units that were tested."""
        return [unit for unit in self.units if unit.p_value is not None]

    def judged_by(self, corrected: Sequence[float | None]) -> Profile:
        """The profile with these corrected p-values, one a unit."""
        units = tuple(replace(unit, p_adjusted=p) for unit, p in zip(self.units, corrected, strict=True))
        return replace(self, units=units)


def profile_of(inquiry: Inquiry, dimension: str, held: Held) -> Profile:
    """Every unit against its expectation, with control limits and shrunken rate; verdicts need `with_verdicts`.

    Strata with fewer tickets than `minimum_sample` are merged with their neighbours, the dimension that explains least
    given up first.
    """
    measured = _measured(inquiry.minimum, dimension, held, frozenset())
    if measured is None:
        return Profile(dimension, (), None, held.dimensions, held)
    mixed, able = measured.mixed, measured.able
    rate = float(mixed.observed.sum() / mixed.tickets.sum())
    drawn = _shrunken(mixed.observed[able], mixed.expected[able], measured.chance[able])
    places = {int(i): place for place, i in enumerate(np.flatnonzero(able))}
    p_values = _without_each_other(inquiry.minimum, dimension, held, measured)
    found = []
    for i, value in enumerate(measured.values):
        observed, expected, tickets = (float(a[i]) for a in (mixed.observed, mixed.expected, mixed.tickets))
        unit = Unit(value, observed, tickets, expected, observed / expected * rate if expected > 0 else None)
        if i in places and drawn is not None:
            low, high = drawn.intervals[places[i]]
            unit = replace(
                unit,
                limits=_limits(expected, float(measured.variance[i]), measured.freedom[i], rate),
                shrunken=(drawn.ratios[places[i]] * rate, (low * rate, high * rate)),
                p_value=p_values[value],
            )
        else:
            unit = replace(unit, reason=measured.reasons[i] or "nothing varies among its tickets")
        found.append(unit)
    found.sort(key=lambda unit: (unit.value is None, -unit.tickets, str(unit.value)))
    spread = (drawn.spread, drawn.spread_interval) if drawn is not None and len(places) > 1 else None
    return Profile(dimension, tuple(found), rate, measured.mix, held, spread, measured.is_overdispersed)


@dataclass(frozen=True, slots=True)
class _Measured:
    """Units in the order of `values`. chance: variance of observed minus expected; variance: widened for overdispersion."""

    values: tuple[Value, ...]
    mixed: Mix
    mix: tuple[str, ...]
    reasons: tuple[str, ...]
    able: NDArray[np.bool_]
    chance: NDArray[np.float64]
    variance: NDArray[np.float64]
    freedom: tuple[float, ...]
    is_overdispersed: bool

    def p_values(self) -> dict[Value, float]:
        """Of the units that can be judged."""
        observed, expected = self.mixed.observed, self.mixed.expected
        return {
            value: deviation_p_value(float(observed[i]), float(expected[i]), float(self.variance[i]), self.freedom[i])
            for i, value in enumerate(self.values)
            if self.able[i]
        }


def _measured(minimum: int, dimension: str, held: Held, aside: Collection[Value]) -> _Measured | None:
    """Every unit but those set aside, against the others; None without a ticket."""
    cells = {cell: pair for cell, pair in held.cells.items() if pair[1] > 0 and cell[0] not in aside}
    if not cells:
        return None
    values = sorted({cell[0] for cell in cells}, key=str)
    places = {value: place for place, value in enumerate(values)}
    y, n = np.array(list(cells.values())).T
    units = np.array([places[cell[0]] for cell in cells], dtype=np.int64)
    keys, mix = _ordered(held, list(cells), y, n)
    mixed = expected_by_mix(units, merged_strata(keys, n, minimum, held.fixed), y, n, len(values))
    clustered = _clustered(held, places)
    reasons = [
        _reason(minimum, value, mixed.tickets[i], mixed.comparable[i], clustered[i].reason)
        for i, value in enumerate(values)
    ]
    if dimension == AGENT and held.escalated and held.moved > MOSTLY_HANDED_OVER * held.escalated:
        reasons = [HANDED_OVER] * len(values)
    chance = mixed.variance * np.array([c.effect for c in clustered])
    able = np.array([not reason for reason in reasons]) & (chance > 0) & (mixed.expected > 0)
    between = between_variance(mixed.observed[able], mixed.expected[able], chance[able]) if able.any() else 0.0
    freedom = tuple(c.degrees_of_freedom for c in clustered)
    widened = chance + between * mixed.expected**2
    return _Measured(tuple(values), mixed, mix, tuple(reasons), able, chance, widened, freedom, between > 0)


def _without_each_other(minimum: int, dimension: str, held: Held, whole: _Measured) -> dict[Value, float]:
    """The p-values of all units, each at least as large as without the units that are more extreme.

    One unit with very many escalations raises what is expected of its peers, who would then seem to have few. So the
    most extreme one is set aside and the others are measured again without it, as long as one of them is extreme.
    """
    p_values, aside = whole.p_values(), set[Value]()
    while True:
        left = [value for value in p_values if value not in aside]
        if not left:
            return p_values
        extreme = min(left, key=lambda value: (p_values[value], str(value)))
        if p_values[extreme] > SIGNIFICANT_AT:
            return p_values
        aside.add(extreme)
        again = _measured(minimum, dimension, held, aside)
        alone = again.p_values() if again is not None else {}
        for value in left:
            if value not in aside:
                p_values[value] = max(p_values[value], alone.get(value, 1.0))


def with_verdicts(profile: Profile, others: Sequence[float | None] = ()) -> tuple[Profile, list[float | None]]:
    """The profile with p-values corrected for every unit tested and for the `others` of the same answer, and theirs."""
    corrected = benjamini_hochberg([*(unit.p_value for unit in profile.units), *others])
    count = len(profile.units)
    return profile.judged_by(corrected[:count]), corrected[count:]


def _ordered(
    held: Held, cells: Sequence[Cell], y: NDArray[np.float64], n: NDArray[np.float64]
) -> tuple[list[Cell], tuple[str, ...]]:
    """The strata's keys, what explains most first, and the dimensions in that order."""
    explained = [explained_variance([cell[1 + i] for cell in cells], y, n) for i in range(len(held.dimensions))]
    free = sorted(range(held.fixed, len(held.dimensions)), key=lambda i: (-explained[i], i))
    order = [*range(held.fixed), *free]
    return [tuple(cell[1 + i] for i in order) for cell in cells], tuple(held.dimensions[i] for i in order)


def _clustered(held: Held, places: Mapping[Value, int]) -> list[Clustering]:
    """By account where accounts are known; else each ticket stands for itself. Peers are those of one support level."""
    peers: list[Value] = [None] * len(places)
    for cell in held.cells:
        if held.fixed and cell[0] in places:
            peers[places[cell[0]]] = cell[1]
    pairs = held.parts or {(unit, None): pair for unit, pair in _by_unit(held).items()}
    kept = {key: pair for key, pair in pairs.items() if pair[1] > 0 and key[0] in places}
    successes, totals = np.array(list(kept.values())).T
    units = np.array([places[unit] for unit, _ in kept], dtype=np.int64)
    numbers: dict[Value, int] = {}
    accounts = [-1 if account is None else numbers.setdefault(account, len(numbers)) for _, account in kept]
    return clusterings(units, np.array(accounts, dtype=np.int64), successes, totals, peers)


def _by_unit(held: Held) -> dict[Value, list[float]]:
    sums: dict[Value, list[float]] = {}
    for cell, pair in held.cells.items():
        plus(sums.setdefault(cell[0], [0.0, 0.0]), (pair[0], pair[1]))
    return sums


def _reason(minimum: int, value: Value, tickets: float, comparable: float, clustering: str) -> str:
    if value is None:
        return NOT_RECORDED
    if tickets < minimum:
        return TOO_FEW_TICKETS
    return FEW_COUNTERPARTS if comparable < minimum else clustering


def _limits(expected: float, variance: float, freedom: float, rate: float) -> tuple[Limits, Limits] | None:
    both = [control_limits(expected, variance, freedom, confidence) for confidence in (0.95, 0.998)]
    if both[0] is None or both[1] is None:
        return None
    scale = rate / expected
    return (both[0][0] * scale, both[0][1] * scale), (both[1][0] * scale, both[1][1] * scale)


def _shrunken(
    observed: NDArray[np.float64], expected: NDArray[np.float64], variance: NDArray[np.float64]
) -> Shrunken | None:
    if not observed.size:
        return None
    return shrunken_ratios(observed, expected, variance / expected)
