"""The records of a scan: the table as dimensions, measures and a clock, and what was found in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]

Kind = Literal[
    "share", "difference", "association", "trend", "group_trend", "change", "correlation", "interaction", "missing"
]
Sort = Literal["values", "missing", "word", "weekday", "hours", "period"]


@dataclass(slots=True)
class Dimension:
    """A way of sorting the rows. codes: place in `levels`, len(levels) for values too rare to test, -1 missing.

    sizes: rows of each level. all_sizes: rows of every value, the rare ones too. column: the file's column it comes from;
    sort: how; starts: of a period, when each begins (seconds).
    """

    name: str
    column: str
    sort: Sort
    codes: Codes
    levels: tuple[str, ...]
    all_sizes: tuple[int, ...] = ()
    weight: float = 1.0
    starts: tuple[float, ...] = ()

    @property
    def sizes(self) -> Floats:
        """Rows of each level."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.levels) + 1)[: len(self.levels)].astype(
            float
        )

    def indicator(self, level: int) -> Floats:
        """1 for rows of the level, 0 for others, NaN where the value is missing."""
        return np.where(self.codes < 0, np.nan, (self.codes == level).astype(float))


@dataclass(slots=True)
class Measure:
    """A number a row, NaN where missing. columns: those of the file it is made of; unit: minutes or score; scores: its ranks.

    is_censored: a duration whose end is missing for rows that are not over.
    """

    name: str
    columns: tuple[str, ...]
    values: Floats
    scores: Floats
    unit: str = "score"
    is_censored: bool = False
    weight: float = 1.0


@dataclass(slots=True)
class Clock:
    """The time column that trends are told by. bins: of equal length, at least eight, for bursts and counts; fine: shorter ones."""

    column: str
    seconds: Floats
    scores: Floats
    bins: Codes
    bin_count: int
    fine: Codes
    period: Dimension | None = None
    grain: str = "month"


@dataclass(slots=True)
class Prepared:
    """A table ready to be scanned. aliases: columns that only repeat another, by name; entities: codes that may cluster rows;
    same: pairs of dimensions of which one follows from the other."""

    file: str
    rows: int
    dimensions: list[Dimension]
    measures: list[Measure]
    clock: Clock | None
    entities: dict[str, Codes]
    aliases: Mapping[str, str] = field(default_factory=dict)
    same: set[frozenset[str]] = field(default_factory=set)
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a relation: a level of a dimension, a measure, or the clock."""

    dimension: int = -1
    level: int = -1
    measure: int = -1
    is_clock: bool = False


@dataclass(slots=True)
class Candidate:
    """One pattern. x, y: its sides; within: the level it is told within, if any. effect: -1 to 1; coverage: 0 to 1.

    p: as tested, or the largest under clusters of rows (clustered_by); p_adjusted: over everything scanned. key: what it is about;
    also: columns that say nearly the same.
    """

    kind: Kind
    x: Side
    y: Side
    p: float
    effect: float
    coverage: float
    n: int
    key: frozenset[str]
    weight: float = 1.0
    within: Side | None = None
    p_adjusted: float = 1.0
    interest: float = 0.0
    clustered_by: str = ""
    also: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scanned:
    """Everything a scan tried: the candidates worth a second look, and the p-values of all the rest by number."""

    candidates: list[Candidate] = field(default_factory=list)
    tests: int = 0
    shares: int = 0
