"""One run of a skill: the period and filters asked about, the book its facts go into, and the totals every skill begins with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from analyst_agent.records import Fact, Filter, Period, QueryResult, SemanticQuery
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import FactBook, number

COUNT = "escalated_ticket_count"
RATE = "escalation_rate"
TICKETS = "ticket_count"


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was asked, with the period settled. before: the comparison period, None where there is none. known: results that were
    read ahead, by their query.
    """

    context: SkillContext
    book: FactBook
    period: Period
    before: Period | None = None
    where: tuple[Filter, ...] = ()
    cost_per_hour: float | None = None
    known: dict[str, QueryResult] = field(default_factory=dict, compare=False, repr=False)

    def query(
        self, metrics: Sequence[str], by: Sequence[str] = (), period: Period | None = None, where: Sequence[Filter] = ()
    ) -> SemanticQuery:
        """A query under the filters asked for and more, in the period asked about unless another is given."""
        asked = tuple(metrics), tuple(by), (*self.where, *where), period or self.period
        return SemanticQuery(*asked, cost_per_hour=self.cost_per_hour)

    def run(self, metrics: Sequence[str], by: Sequence[str] = (), period: Period | None = None) -> QueryResult:
        """One query under the filters asked for, in the period asked about unless another is given."""
        return self.run_all([self.query(metrics, by, period)])[0]

    def run_all(self, queries: Sequence[SemanticQuery]) -> list[QueryResult]:
        """Several queries; those of the same dimensions are read together."""
        return [self.book.note(result) for result in self.results(queries)]

    def ahead(self, queries: Sequence[SemanticQuery], through: Sequence[str] = ()) -> None:
        """Reads queries that are asked later, one by one, together, so that rows are read once; see `Queries.run_all`."""
        missing = [query for query in queries if repr(query) not in self.known]
        self.known.update(zip(map(repr, missing), self.context.queries.run_all(missing, through), strict=True))

    def results(self, queries: Sequence[SemanticQuery]) -> list[QueryResult]:
        """The results of queries, read ahead or together now; not yet remembered as a source of facts."""
        missing = [query for query in queries if repr(query) not in self.known]
        found = iter(self.context.queries.run_all(missing) if missing else ())
        return [self.known.get(repr(query)) or next(found) for query in queries]

    @property
    def minimum(self) -> int:
        """Fewest tickets before a difference is tested."""
        return self.context.settings.minimum_sample

    def label(self, dimension: str) -> str:
        """What people read for a dimension."""
        return self.context.model.dimension_label(dimension)


@dataclass(frozen=True, slots=True)
class Totals:
    """Escalated tickets, tickets created, and their quotient in one period."""

    count: Fact
    rate: Fact
    tickets: Fact
    unknown_times: int = 0

    @property
    def ids(self) -> tuple[str, str, str]:
        """The facts of a headline."""
        return self.count.id, self.rate.id, self.tickets.id

    @property
    def escalated(self) -> int:
        """Number of escalated tickets."""
        return int(number(self.count.value))


def begin(
    context: SkillContext,
    period: Period | None,
    where: Sequence[Filter],
    comparison: Period | None = None,
    cost_per_hour: float | None = None,
    *,
    always_compared: bool = True,
) -> Inquiry:
    """An inquiry with its period checked. always_compared: with the usual period where no comparison is asked for; a
    caveat then says why there is none.
    """
    chosen = context.period(period)
    before, caveats = context.comparison(chosen, comparison) if comparison or always_compared else (None, ())
    book = FactBook(context.model, where)
    for caveat in caveats:
        book.caveat(caveat.text, caveat.code)
    return Inquiry(context, book, chosen, before, tuple(where), cost_per_hour)


def created_in(period: Period) -> tuple[Filter, ...]:
    """The condition that a ticket was created in the period, for metrics that have another time of their own."""
    return (
        Filter("created_at", ">=", period.start.isoformat()),
        Filter("created_at", "<", period.end.isoformat()),
    )


def totals_of(inquiry: Inquiry, period: Period | None = None) -> Totals:
    """Everything escalated and created in the period asked about, or in another."""
    result = inquiry.run((RATE,), period=period)
    row, when = result.rows[0], period or inquiry.period
    escalated, created = (int(number(row[f"{RATE}__{part}"])) for part in ("numerator", "denominator"))
    count = inquiry.book.add(COUNT, escalated, "count", when, source=result, n=escalated)
    tickets = inquiry.book.add(TICKETS, created, "count", when, source=result, n=created)
    unknown = int(number(row.get(f"{RATE}__unknown_time")))
    return Totals(count, inquiry.book.cell(result, row, RATE), tickets, unknown)
