"""Expectations with their values: the SQL of a case run over the reference data, never over our own tables or compiler."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from analyst_agent.errors import InvalidDefinition
from analyst_agent.evaluation.expectations import Days, Expect, Mention, Number

Rows = Callable[[str], list[tuple[Any, ...]]]
"""Runs one SQL statement over the reference data. Raises InvalidDefinition for SQL that cannot run."""


@dataclass(frozen=True, slots=True)
class ExpectedNumber:
    """One number with the conditions, the days and the way in which it must be found among the facts."""

    metric: str
    conditions: dict[str, Any]
    period: Days | None
    value: float | None
    tolerance: float = 1e-6
    shown: bool = True
    significant: bool | Literal["any"] | None = "any"


@dataclass(frozen=True, slots=True)
class Expected:
    """What an answer is graded against: the expectation, its numbers, rankings (dimension and values) and words, computed."""

    expect: Expect
    numbers: tuple[ExpectedNumber, ...] = ()
    rankings: tuple[tuple[str, tuple[str, ...]], ...] = ()
    mentions: tuple[str, ...] = ()


def resolve(expect: Expect, rows: Rows, place: str) -> Expected:
    """Runs the SQL of an expectation. Raises InvalidDefinition naming `place` where it gives another shape than is needed."""
    numbers = [n for number in expect.numbers for n in _numbers(number, rows, place)]
    rankings = []
    for ranked in expect.ranked:
        found = tuple(plain(row[0]) for row in rows(ranked.sql))
        if len(found) < 2:
            raise InvalidDefinition(
                f"{place}: the ranking by {ranked.by} has {len(found)} rows.", "Give SQL with two or more."
            )
        rankings.append((ranked.by, found))
    words = [word for mention in (*expect.mentions, *expect.refuse_reason) for word in _words(mention, rows, place)]
    return Expected(expect, tuple(numbers), tuple(rankings), tuple(words))


def plain(value: Any) -> str:
    """A dimension's value as text: days as ISO 8601, midnights as days, missing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _numbers(number: Number, rows: Rows, place: str) -> list[ExpectedNumber]:
    found = rows(number.sql)
    width = len(number.by) + 1
    if not found or any(len(row) != width for row in found) or (not number.by and len(found) != 1):
        wanted = "one value" if not number.by else f"rows of {width} columns"
        raise InvalidDefinition(
            f"{place}: the SQL of {number.metric} gives {len(found)} rows, not {wanted}.", "Correct the case's SQL."
        )
    return [
        ExpectedNumber(
            number.metric,
            {**number.dimensions, **{key: plain(value) for key, value in zip(number.by, row[:-1], strict=True)}},
            number.period,
            None if row[-1] is None else float(row[-1]),
            number.tolerance,
            number.shown,
            number.significant,
        )
        for row in found
    ]


def _words(mention: Mention, rows: Rows, place: str) -> list[str]:
    if not mention.sql:
        return [mention.words]
    found = [str(row[0]) for row in rows(mention.sql) if row[0] is not None]
    if not found:
        raise InvalidDefinition(f"{place}: the SQL of a mention gives no row.", "Correct the case's SQL.")
    return found
