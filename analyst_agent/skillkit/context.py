"""What a skill is given: the engine, the documents, the clock and the settings of one analyst, already reduced to its grants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from analyst_agent.errors import BadPeriod, OutsideData
from analyst_agent.masking import Masking
from analyst_agent.records import Caveat, Citation, Filter, Order, Period, QueryResult, SemanticQuery
from analyst_agent.semantic.model import GRAINS, Model
from analyst_agent.semantic.period_labels import label
from analyst_agent.semantic.periods import Clock, comparison, last_days
from analyst_agent.settings import Settings

DEFAULT_DAYS = 30
MISSING_SHARE_OF_COMPARISON = 0.1


class Queries(Protocol):
    """The engine as skills see it. Every call holds the analyst's grants and restrictions."""

    @property
    def model(self) -> Model:
        """The granted semantic model."""
        ...

    @property
    def first_day(self) -> date | None:
        """The local day of the earliest ticket."""
        ...

    @property
    def last_day(self) -> date | None:
        """The local day of the data's end."""
        ...

    @property
    def data_end(self) -> datetime | None:
        """The instant of the data's end, UTC without an offset; None with no data."""
        ...

    def run(self, query: SemanticQuery) -> QueryResult:
        """Rows of a semantic query; raises an AnalystError with the reason where it makes no sense."""
        ...

    def run_all(self, queries: Sequence[SemanticQuery], through: Sequence[str] = ()) -> list[QueryResult]:
        """The same of several queries; those split alike, or by a part of what another is split by, are answered by one statement.

        through: dimensions that hold those of every query, of which there are few combinations: all ask of the same objects,
        which are split by these once, and are sums of that.
        """
        ...

    def rows(
        self,
        dataset: str,
        fields: Sequence[str],
        *,
        where: Sequence[Filter] = (),
        period: Period | None = None,
        limit: int | None = None,
        share: float | None = None,
        order: Sequence[Order] = (),
    ) -> QueryResult:
        """Single objects with the named fields, oldest first. share: only those of about that part of the tickets, which their
        ids choose: the same ones of every dataset and every time. order: by fields of theirs instead, those without a value last
        and those alike by their id; it needs a limit.
        """
        ...

    def resolution_times(
        self, by: Sequence[str], *, where: Sequence[Filter] = (), period: Period | None = None
    ) -> QueryResult:
        """Escalated tickets by dimension, `is_over` (1 resolved, 0 open) and whole minutes since the escalation: `tickets` and
        their mean `minutes`, of open ones until the data's end. Those whose time of escalation is unknown are left out.
        """
        ...

    def values(self, dimension: str) -> tuple[str, ...]:
        """Stored values of a category, most frequent first; empty where the column is."""
        ...

    def masking(self, tickets: Sequence[str]) -> Masking:
        """How what was written about these tickets may be quoted: with the names of people and of the tickets' accounts hidden,
        granted or not."""
        ...

    def check_period(self, period: Period | None) -> None:
        """Raises OutsideData where the period has no day in common with the data."""
        ...

    def escalation_lag_days(self, quantile: float = 0.95) -> float | None:
        """Days within which that share of escalations came after creation; None where no time is known."""
        ...


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number of tickets carried over from a sample. low, high: its 95 % interval; compared: how many were looked at."""

    value: int
    low: int
    high: int
    compared: int


@dataclass(frozen=True, slots=True)
class IssueMatch:
    """A known issue and the tickets with evidence of it in their text or code. examples: ids of at most two of them.

    workaround_heading and fix_heading name the document's sections that hold them, "" where it has none. estimate: how many
    match in all, where only a sample was compared and `tickets` are those found in it; None where they are all.
    """

    document: str
    title: str
    status: str
    tickets: tuple[str, ...]
    examples: tuple[str, ...] = ()
    workaround: str = ""
    workaround_heading: str = ""
    planned_fix: str = ""
    fix_heading: str = ""
    fixed_on: str = ""
    citations: tuple[Citation, ...] = ()
    estimate: Estimate | None = None

    @property
    def count(self) -> int:
        """How many tickets match: counted, or estimated where only a sample was compared."""
        return len(self.tickets) if self.estimate is None else self.estimate.value


@dataclass(frozen=True, slots=True)
class DocumentedIssue:
    """A known issue as its document tells it, whether tickets show it or not; "" where the document does not say.

    workaround_heading and fix_heading name the document's sections that hold them. fixed_on: a day as written.
    """

    document: str
    title: str
    status: str = ""
    product_area: str = ""
    workaround: str = ""
    workaround_heading: str = ""
    planned_fix: str = ""
    fix_heading: str = ""
    fixed_on: str = ""


@dataclass(frozen=True, slots=True)
class PolicyMatch:
    """The policy passage nearest to a pattern. covers: whether it settles the pattern, or is merely the closest."""

    citation: Citation
    covers: bool


class Knowledge(Protocol):
    """The granted documents as skills see them; what is not granted does not exist here."""

    def has_known_issues(self) -> bool:
        """Whether any known issue may be used."""
        ...

    def issues(self) -> Sequence[DocumentedIssue]:
        """Every known issue that may be used, by id, also those that no ticket shows."""
        ...

    def match(
        self,
        texts: Sequence[tuple[str, str]],
        product_areas: Collection[str] = (),
        areas: Mapping[str, str] | None = None,
        *,
        each: bool = False,
        population: int = 0,
        most_compared: int | None = None,
    ) -> Sequence[IssueMatch]:
        """Known issues with evidence in these tickets, most tickets first.

        texts: ticket id and its words. product_areas: all areas of these tickets. areas: the area of each ticket by id.
        each: every ticket for itself is asked about, not what the group shows: also an issue of few of them is given.
        population: how many tickets these are a random sample of, 0 where they are all. most_compared: different texts
        compared by meaning, where the library's own bound is too many.
        """
        ...

    def policy_for(self, about: str, product_area: str | None = None) -> PolicyMatch | None:
        """The policy passage nearest to the words, None where no policy speaks of anything like it."""
        ...

    def search(self, query: str, spaces: Sequence[str] = (), limit: int = 4) -> Sequence[Citation]:
        """Passages that bear on the query, best first."""
        ...


class GivenLabel(Protocol):
    """A root cause that somebody gave a ticket. source: `human:NAME` or `model:NAME`."""

    @property
    def cause(self) -> str: ...

    @property
    def source(self) -> str: ...

    @property
    def is_human(self) -> bool: ...


class GivenLabels(Protocol):
    """The labels of tickets as skills see them: to be read only."""

    def holding(self, tickets: Sequence[str]) -> Mapping[str, GivenLabel]:
        """The label that holds for each of these tickets: the latest of a person, else the latest of a model."""
        ...

    def by_people(self, most: int) -> Mapping[str, GivenLabel]:
        """The latest label a person gave, of so many tickets, the last labelled first."""
        ...

    def revision(self) -> int:
        """Grows with every label."""
        ...


@dataclass(frozen=True, slots=True)
class CauseReading:
    """What root causes are inferred with. embed: n texts to n unit rows; labels: what people and models said before.

    ask_model: ticket ids with their masked texts, and the causes to choose from, to the cause of each ticket it named, and the
    source of these; None where no model is asked, and no_model then says why it is not although the settings ask for it.
    audited: the tickets of random samples of the unclassified, in the order they were drawn. kept: readers made before.
    """

    embed: Callable[[Sequence[str]], NDArray[np.float32]]
    labels: GivenLabels | None = None
    ask_model: Callable[[Sequence[tuple[str, str]], Sequence[str]], tuple[Mapping[str, str], str]] | None = None
    no_model: str = ""
    audited: Callable[[], Sequence[str]] = tuple
    kept: dict[object, object] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class SkillContext:
    """All that a skill may use: `queries` for numbers, `knowledge` for documents, the clock and the settings.

    embed: n sentences as n unit rows, None where there is no embedder.
    reading: what root causes are inferred with, None where none is to be inferred.
    """

    queries: Queries
    clock: Clock
    settings: Settings
    knowledge: Knowledge
    embed: Callable[[Sequence[str]], NDArray[np.float32]] | None = None
    reading: CauseReading | None = None

    @property
    def model(self) -> Model:
        """The granted semantic model."""
        return self.queries.model

    def has(self, dimension: str) -> bool:
        """Whether a dimension is granted and has at least one value in the data."""
        if dimension in GRAINS:
            return True
        return dimension in self.model.dimensions() and bool(self.queries.values(dimension))

    def local(self, at: datetime) -> str:
        """A stored instant in the workspace's zone, to the minute: 2026-10-05 14:30."""
        return f"{at.replace(tzinfo=UTC).astimezone(self.settings.zone):%Y-%m-%d %H:%M}"

    def period(self, asked: Period | None) -> Period:
        """The period asked about, or the last 30 complete days. Raises OutsideData where the data have none of it."""
        period = asked or last_days(self.clock, DEFAULT_DAYS)
        self.queries.check_period(period)
        return period

    def comparison(self, period: Period, asked: Period | None = None) -> tuple[Period | None, tuple[Caveat, ...]]:
        """What the period is compared with, or None and the caveat that says why there is no comparison.

        The period asked for must lie in the data (else OutsideData); the usual one is left out where it does not, or
        where more than a tenth of it lies before the data's first day.
        """
        if asked is not None:
            self.queries.check_period(asked)
            return asked, ()
        try:
            usual = comparison(period)
            self.queries.check_period(usual)
        except OutsideData:
            return None, (Caveat("The data do not reach back far enough for a comparison.", "no_comparison"),)
        except BadPeriod:
            return None, ()
        first = self.queries.first_day
        if first is not None and (first - usual.start) > timedelta(days=usual.days * MISSING_SHARE_OF_COMPARISON):
            name = usual.label or label(usual)
            text = f"The data begin within {name}, which the period would be compared with; no change is given."
            return None, (Caveat(text, "comparison_incomplete"),)
        return usual, ()
