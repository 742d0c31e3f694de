"""The rate that segments are compared by, and what each segment contributes to it, account by account."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analyst_agent.errors import NotPermitted
from analyst_agent.records import Filter, QueryResult, SemanticQuery, Value
from analyst_agent.rows import column_of
from analyst_agent.semantic.model import Model
from analyst_agent.skillkit.inquiry import COUNT, RATE, Inquiry
from analyst_agent.skillkit.parts import Cell, Parts, encoded, numbers_of
from analyst_agent.skillkit.rates import ACCOUNT, by_account, cells_of

COHORT = "cohort_escalation_rate"
REOPENED = "reopen_rate"
ESCALATED_TICKETS = "escalated_ticket"


@dataclass(frozen=True, slots=True)
class Sums:
    """What one cell holds: successes and objects of the rate, and objects left out of it for want of a value."""

    successes: int
    total: int
    missing: int = 0


@dataclass(frozen=True, slots=True)
class Contributions:
    """A rate by cell and account, from one query; the cells are its sums."""

    metric: str
    result: QueryResult
    parts: Parts
    sums: Mapping[Cell, Sums]

    @property
    def whole(self) -> Sums:
        """All cells together."""
        return _added(self.sums.values())


def rate_to_compare(model: Model, metric: str | None) -> str:
    """The metric that is tested: the cohort's for escalation, else the rate over escalated tickets that was asked for.

    Raises UnknownName or NotGranted for a name, NotPermitted for a metric that is no share of tickets.
    """
    if metric in (None, "", RATE, COHORT, COUNT):
        return COHORT
    known = model.metric(str(metric))
    if known.unit == "ratio" and known.dataset == ESCALATED_TICKETS and not known.is_ratio:
        return known.name
    shares = [m.name for m in model.metrics.values() if m.unit == "ratio" and m.dataset == ESCALATED_TICKETS]
    raise NotPermitted(
        f"Segments are compared by a rate; {known.label} is none.",
        f"Compare by one of {', '.join((RATE, *shares))}, or ask for {known.label} by the segment.",
    )


def contributions(
    inquiry: Inquiry,
    metric: str,
    by: Sequence[str],
    where: Sequence[Filter] = (),
    *,
    is_said: bool = True,
    accounts: bool = True,
) -> Contributions:
    """One query by cell and account (by cell where accounts are not granted, not wanted or the cells themselves).

    where: conditions besides those asked for. is_said: as in `FactBook.note`.
    """
    extra = by_account(inquiry.context) if accounts and ACCOUNT not in by else ()
    asked = SemanticQuery((metric,), (*by, *extra), (*inquiry.where, *where), inquiry.period)
    result = inquiry.book.note(inquiry.context.queries.run(asked), is_said=is_said)
    # A row for every account of every cell: column by column, for a large desk has hundreds of thousands.
    measures = [numbers_of(result.rows, f"{metric}__{part}") for part in ("numerator", "n", "missing")]
    cells = cells_of(result.rows, by)
    accounts_of_rows = column_of(result.rows, ACCOUNT) if extra else None
    parts = Parts.coded(cells, accounts_of_rows, measures[0], measures[1])
    place, found = encoded(cells)
    sums = np.stack([np.bincount(place, values, len(found)) for values in measures], axis=1).astype(np.int64)
    return Contributions(
        metric, result, parts, {cell: Sums(*own) for cell, own in zip(found, sums.tolist(), strict=True)}
    )


def columns_of(rows: Sequence[Mapping[str, Value]], metric: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Successes and objects of every row."""
    return numbers_of(rows, f"{metric}__numerator"), numbers_of(rows, f"{metric}__n")


def as_row(sums: Sums, metric: str) -> dict[str, Value]:
    """Sums in the form of a query's row, so that they make a fact as such a row does."""
    return {
        metric: sums.successes / sums.total if sums.total else None,
        f"{metric}__n": sums.total,
        f"{metric}__numerator": sums.successes,
        f"{metric}__missing": sums.missing,
    }


def _added(each: Iterable[Sums]) -> Sums:
    listed = list(each)
    return Sums(
        sum(one.successes for one in listed), sum(one.total for one in listed), sum(one.missing for one in listed)
    )
