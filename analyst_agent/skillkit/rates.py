"""Differences of rates tested on the accounts behind them: tickets of one account are not independent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analyst_agent.records import Period, QueryResult, Value
from analyst_agent.rows import column_of, has_column
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.parts import Cell, Part, Parts, numbers_of
from analyst_agent.statistics import benjamini_hochberg, compare_periods, compare_with_rest, poisson_counts_differ

ACCOUNT = "account"
SIGNIFICANT_AT = 0.05
TOO_FEW_TICKETS = "too few tickets"
READS_AS = {True: "more than noise", False: "within noise", None: "too few to say"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One rate minus another; interval and p_value are None where `reason` says why nothing can be said.

    reference: the other rate. own_interval: 95 % interval of the first rate, None with too few accounts. design_effect: by how
    much accounts inflate the variance, with the degrees of freedom that carry it (None: independent tickets).
    """

    difference: float | None
    interval: tuple[float, float] | None = None
    p_value: float | None = None
    reason: str = ""
    reference: float | None = None
    own_interval: tuple[float, float] | None = None
    design_effect: float = 1.0
    degrees_of_freedom: float | None = None

    def significant(self, adjusted: float | None) -> bool | None:
        """Whether it is more than noise after the correction for scanning; None where it was not tested."""
        if adjusted is None or self.interval is None:
            return None
        return adjusted <= SIGNIFICANT_AT and not self.interval[0] <= 0 <= self.interval[1]


def by_account(context: SkillContext) -> tuple[str, ...]:
    """The extra dimension that tells accounts apart, none where they are not granted or not loaded."""
    return (ACCOUNT,) if context.has(ACCOUNT) else ()


def cells_of(rows: Sequence[Mapping[str, Value]], by: Sequence[str]) -> list[Cell]:
    """The cell of each row."""
    return list(zip(*(column_of(rows, name) for name in by), strict=True)) if by else [()] * len(rows)


def parts_of(rows: Iterable[Mapping[str, Value]], metric: str) -> list[Part]:
    """Numerator and denominator of a rate, a row each; rows may be accounts or, without accounts, whole cells."""
    return [
        Part(row.get(ACCOUNT), number(row.get(f"{metric}__numerator")), number(row.get(f"{metric}__n"))) for row in rows
    ]


def parts_by_cell(
    inquiry: Inquiry, metric: str, by: Sequence[str], period: Period, wanted: Iterable[Cell] = ()
) -> dict[Cell, list[Part]]:
    """The accounts behind a rate in every cell. Where accounts are the cells, each ticket stands for itself.

    A rate split by what only an escalated ticket has (root cause) is per all tickets: then every cell has the totals of
    every account, and the cells `wanted` are there even where nothing of that kind happened.
    """
    known, dimensions = inquiry.context.model.metric(metric), inquiry.context.model.dimensions()
    late = [d for d in by if known.is_ratio and d in dimensions and dimensions[d].role == "escalation"]
    cells = _cells(inquiry.run((metric,), _with_account(inquiry, by), period), metric, by)
    if not late:
        return cells
    early = [d for d in by if d not in late]
    totals = parts_by_cell(inquiry, metric, early, period)
    return {cell: _kind(by, early, cell, cells, totals) for cell in {*cells, *wanted}}


def _with_account(inquiry: Inquiry, by: Sequence[str]) -> tuple[str, ...]:
    return (*by, *(() if ACCOUNT in by else by_account(inquiry.context)))


def _cells(result: QueryResult, metric: str, by: Sequence[str]) -> dict[Cell, list[Part]]:
    """Where accounts are the cells, none is known; nor where the result does not tell them apart."""
    accounts = column_of(result.rows, ACCOUNT) if ACCOUNT not in by and has_column(result.rows, ACCOUNT) else None
    values = (numbers_of(result.rows, f"{metric}__{part}") for part in ("numerator", "n"))
    return Parts.coded(cells_of(result.rows, by), accounts, *values).records()


def _kind(
    by: Sequence[str],
    early: Sequence[str],
    cell: Cell,
    cells: Mapping[Cell, Sequence[Part]],
    totals: Mapping[Cell, Sequence[Part]],
) -> list[Part]:
    """One kind of escalation over all tickets of each account."""
    successes: dict[Value, float] = {}
    for part in cells.get(cell, ()):
        successes[part.account] = successes.get(part.account, 0.0) + part.successes
    whole: dict[Value, float] = {}
    for part in totals.get(tuple(value for name, value in zip(by, cell, strict=True) if name in early), ()):
        whole[part.account] = whole.get(part.account, 0.0) + part.total
    return [Part(one, successes.get(one, 0.0), whole.get(one, 0.0)) for one in {**whole, **successes}]


def parts_of_count(inquiry: Inquiry, metric: str, period: Period) -> list[Part]:
    """The accounts behind a count: `successes` is what each contributes."""
    rows = inquiry.run((metric,), by_account(inquiry.context), period).rows
    return [Part(row.get(ACCOUNT), number(row[metric]), 0.0) for row in rows]


def parts_of_rate(inquiry: Inquiry, metric: str, period: Period) -> list[Part]:
    """The accounts behind a rate in one period."""
    return parts_of_rates(inquiry, metric, [period])[0]


def parts_of_rates(inquiry: Inquiry, metric: str, periods: Sequence[Period]) -> list[list[Part]]:
    """The accounts behind a rate in each of several periods, read together."""
    queries = [inquiry.query((metric,), by_account(inquiry.context), period) for period in periods]
    return [_cells(result, metric, ()).get((), []) for result in inquiry.run_all(queries)]


class Sides:
    """Tickets by account on two sides, encoded once, so that many rates over them can be compared.

    totals and successes have shape (2, accounts); extra: accounts that only a kind compared later has.
    """

    def __init__(self, first: Parts, second: Parts, extra: Iterable[Value] = ()) -> None:
        labels = dict.fromkeys([*first.accounts, *second.accounts, *extra])
        self._index = {label: place for place, label in enumerate(labels)}
        self._codes = np.array([-1 if label is None else place for label, place in self._index.items()], dtype=np.int64)
        self._totals = self._by_account((first, second), "totals")
        self._successes = self._by_account((first, second), "successes")

    def difference(self, minimum: int) -> Difference:
        """The first rate minus the second."""
        return self._compared(self._successes, minimum)

    def difference_of(self, first: Parts, second: Parts, minimum: int) -> Difference:
        """The same for one kind of success over all tickets of each side."""
        return self._compared(self._by_account((first, second), "successes"), minimum)

    def _by_account(self, sides: tuple[Parts, Parts], measure: str) -> NDArray[np.float64]:
        """One measure of both sides added up by account, shape (2, accounts)."""
        count = len(self._index)
        sums = [np.bincount(side.among(self._index), getattr(side, measure), count) for side in sides]
        return np.array(sums, dtype=float).reshape(2, count)

    def _compared(self, successes: NDArray[np.float64], minimum: int) -> Difference:
        totals, sums = self._totals.sum(axis=1), successes.sum(axis=1)
        if totals.min() <= 0:
            return Difference(None, reason="no tickets")
        other = float(sums[1] / totals[1])
        difference = float(sums[0] / totals[0]) - other
        if totals.min() < minimum:
            return Difference(difference, reason=TOO_FEW_TICKETS, reference=other)
        if (sums > totals).any():
            return Difference(difference, reason="more tickets were escalated than created", reference=other)
        needed = np.maximum(self._totals, successes)
        filled = needed > 0
        sides, places = np.nonzero(filled)
        compared = compare_periods(successes[filled], needed[filled], sides == 0, self._codes[places])
        if compared.interval is None or compared.difference is None:
            return Difference(difference, None, None, compared.reason, other, compared.segment.interval)
        moved = difference - compared.difference
        interval = (compared.interval[0] + moved, compared.interval[1] + moved)
        return Difference(difference, interval, compared.p_value, "", other, compared.segment.interval)


def rate_difference(first: Sequence[Part], second: Sequence[Part], minimum: int) -> Difference:
    """The rate of the first parts minus that of the second, with interval and p-value by account.

    A period's escalation rate counts tickets by escalation above and by creation below the line, so that an account
    may have more escalated than created tickets; for the test alone its total is raised to what it needs, and the
    interval is moved by the little that this changes. minimum: fewest tickets on either side for a test.
    """
    return Sides(Parts.of({(): first}), Parts.of({(): second})).difference(minimum)


def rest_differences(cells: Parts | Mapping[Any, Sequence[Part]], minimum: int) -> dict[Any, Difference]:
    """The rate of each cell against that of all others together; of what is not recorded nothing is said.

    A cell is a value or a combination of values; None, or a None among them, is not recorded, and part of the rest.
    """
    parts = cells if isinstance(cells, Parts) else Parts.of(cells)
    raised = replace(parts, totals=np.maximum(parts.totals, parts.successes))
    sums, known = raised.sums(), raised.known
    return {
        value: _against_rest((raised.successes, raised.totals, raised.cell == place, known), sums, place, minimum)
        for place, value in enumerate(parts.cells)
        if value is not None and not (isinstance(value, tuple) and None in value)
    }


def _against_rest(
    rows: tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], NDArray[np.int64]],
    sums: tuple[NDArray[np.float64], NDArray[np.float64]],
    place: int,
    minimum: int,
) -> Difference:
    successes, totals = sums
    own, rest = float(totals[place]), float(totals.sum() - totals[place])
    if min(own, rest) <= 0:
        return Difference(None, reason="no tickets")
    other = float(successes.sum() - successes[place]) / rest
    difference = float(successes[place]) / own - other
    if min(own, rest) < minimum:
        return Difference(difference, reason=TOO_FEW_TICKETS, reference=other)
    compared = compare_with_rest(*rows)
    return Difference(
        difference,
        compared.interval,
        compared.p_value,
        compared.reason,
        other,
        compared.segment.interval,
        compared.design_effect,
        compared.degrees_of_freedom,
    )


def count_difference(
    first: Sequence[Part], second: Sequence[Part], exposures: tuple[float, float]
) -> tuple[float | None, float | None]:
    """Ratio of two counts per unit of exposure (days), and its p-value.

    The exact conditional test of two Poisson counts, both divided by the design effect of the accounts (Rao and Scott
    1992, Biometrics 48, 577: the variance by account of the first count given both, over the binomial one, at least 1),
    since tickets of an account come in bursts.
    """
    counts: dict[Value, list[float]] = {}
    alone = [0.0, 0.0]
    for side, parts in enumerate((first, second)):
        for part in parts:
            if part.account is None:
                alone[side] += part.successes
            else:
                counts.setdefault(part.account, [0.0, 0.0])[side] += part.successes
    totals = [alone[side] + sum(c[side] for c in counts.values()) for side in (0, 1)]
    if sum(totals) <= 0:
        return None, None
    share = totals[0] / sum(totals)
    effect = 1.0
    if len(counts) > 1 and 0 < share < 1:
        spread = sum((a - (a + b) * share) ** 2 for a, b in counts.values()) * len(counts) / (len(counts) - 1)
        spread += alone[0] * (1 - share) ** 2 + alone[1] * share**2
        effect = max(1.0, spread / (sum(totals) * share * (1 - share)))
    tested = poisson_counts_differ(round(totals[0] / effect), exposures[0], round(totals[1] / effect), exposures[1])
    ratio = (totals[0] / exposures[0]) / (totals[1] / exposures[1]) if totals[1] else None
    return ratio, tested.p_value


def adjusted(differences: Sequence[Difference]) -> list[float | None]:
    """Benjamini-Hochberg over everything that was tested, shown or not."""
    return benjamini_hochberg([d.p_value for d in differences])


def corrected_p_values(p_values: Sequence[float | None]) -> list[float | None]:
    """The same of plain p-values; None where nothing was tested."""
    return benjamini_hochberg(list(p_values))


def corrected_together(*families: tuple[Sequence[float | None], float]) -> list[list[float | None]]:
    """Benjamini-Hochberg over all kinds of claims of one answer, each family with its share of the whole, however many
    tests it has: p-values and share of each in, p-values after the correction out.
    """
    weights = []
    for p_values, share in families:
        tested = sum(p is not None for p in p_values)
        weights += [share / max(tested, 1)] * len(p_values)
    corrected = benjamini_hochberg([p for p_values, _ in families for p in p_values], weights)
    found = []
    for p_values, _ in families:
        found.append(corrected[: len(p_values)])
        corrected = corrected[len(p_values) :]
    return found
