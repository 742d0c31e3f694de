"""Satisfaction scores of groups of tickets: mean and share of low scores, each against others by account, and who answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from analyst_agent.records import Fact, Filter, Period, QueryResult, SemanticQuery, Value
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry, created_in
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, TOO_FEW_TICKETS, by_account
from analyst_agent.statistics import benjamini_hochberg
from analyst_agent.statistics.means import MeanComparison, clustered_mean, compare_means, stratified_difference

MEAN, OF_ESCALATED = "mean_ticket_csat", "mean_csat"
SCORE = "csat_score"
LOW = ("score 1", "score 2")
LOW_SHARE = "low_csat_share"
ANSWERED = "csat_response_rate"


class Cell(NamedTuple):
    """Ratings of one account and kind of ticket: how many, their sum, sum of squares, and how many are low (1 or 2)."""

    account: Value
    kind: tuple[Value, ...]
    ratings: float
    total: float
    squares: float
    low: float


Band = tuple[Value, tuple[Value, ...], Value]
"""A band of scores, a kind of ticket and an account."""


@dataclass(slots=True)
class Scores:
    """Ratings of one group of tickets by account and kind; `unrated` are its tickets without a rating, by account.

    bands: how many ratings there are and their sum, by band of scores, kind and account, which the rows are made of.
    """

    rows: list[Cell] = field(default_factory=list)
    unrated: dict[Value, float] = field(default_factory=dict)
    source: QueryResult | None = None
    bands: dict[Band, tuple[float, float]] = field(default_factory=dict)

    def add(self, band: Band, count: float, total: float) -> None:
        """So many more ratings of a band, kind and account. Squares are those of the mean within the band."""
        score, kind, account = band
        self.bands[band] = (count, total)
        self.rows.append(Cell(account, kind, count, total, total * total / count, count if score in LOW else 0.0))

    def without(self, part: Scores) -> Scores:
        """The tickets that are not in a part of them, which is split into the same kinds and accounts."""
        rest = Scores(source=self.source)
        for band, (count, total) in self.bands.items():
            less, sum_less = part.bands.get(band, (0.0, 0.0))
            if count > less:
                rest.add(band, count - less, total - sum_less)
        for account, count in self.unrated.items():
            if count > part.unrated.get(account, 0.0):
                rest.unrated[account] = count - part.unrated.get(account, 0.0)
        return rest

    def by_account(self) -> Scores:
        """The same with one row an account, whatever the kinds: all that a comparison by account needs."""
        sums: dict[Value, list[float]] = {}
        for row in self.rows:
            own = sums.setdefault(row.account, [0.0, 0.0, 0.0, 0.0])
            own[0] += row.ratings
            own[1] += row.total
            own[2] += row.squares
            own[3] += row.low
        rows = [Cell(account, (), own[0], own[1], own[2], own[3]) for account, own in sums.items()]
        return Scores(rows, self.unrated, self.source)

    @property
    def rated(self) -> float:
        """Tickets with a rating."""
        return sum(row.ratings for row in self.rows)

    @property
    def tickets(self) -> float:
        """Tickets with or without one."""
        return self.rated + sum(self.unrated.values())

    @property
    def mean(self) -> float | None:
        """Mean of the ratings."""
        return sum(row.total for row in self.rows) / self.rated if self.rated else None

    @property
    def low(self) -> float | None:
        """Share of ratings of 1 or 2."""
        return sum(row.low for row in self.rows) / self.rated if self.rated else None


@dataclass(frozen=True, slots=True)
class Rated:
    """A group's facts: tickets, mean and low share against others. reason says why nothing is tested, "" where it is."""

    dimension: str
    value: Value
    tickets: Fact
    rated: Fact
    mean: Fact
    low: Fact
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One way of splitting the tickets. against: name of what each group is compared with, "rest" for all others."""

    title: str
    dimension: str
    groups: Mapping[Value, Scores]
    against: str = "rest"
    reference: Value = None


def scores_by(
    inquiry: Inquiry,
    by: Sequence[str] = (),
    metric: str = MEAN,
    where: Sequence[Filter] = (),
    kinds: Sequence[str] = (),
    period: Period | None = None,
    *,
    overlapping: bool = False,
) -> dict[Value, Scores]:
    """Ratings of every group (of two dimensions "A to B"; without any, of all as None), by account and kind of ticket.

    Means are exact; of scores that are no whole numbers, squares are those of the mean within each band of scores.
    overlapping: a ticket may be in several groups.
    """
    query = inquiry.query((metric,), _split(inquiry, by, kinds), period, where)
    [result] = _quietly(inquiry, [replace(query, overlapping=overlapping)])
    return _groups(inquiry, result, by, metric, kinds)


def escalated_scores(inquiry: Inquiry, by: Sequence[str] = (), kinds: Sequence[str] = (), *more: Filter) -> list[dict[Value, Scores]]:  # fmt: skip
    """Ratings of the tickets of the period that were escalated at any time, as `scores_by` has them, and of those of them that
    fulfil each of the further conditions.
    """
    split, created = _split(inquiry, by, kinds), created_in(inquiry.period)
    queries = [
        replace(inquiry.query((OF_ESCALATED,), split, where=(*created, *own)), period=None)
        for own in ((), *((one,) for one in more))
    ]
    return [_groups(inquiry, result, by, OF_ESCALATED, kinds) for result in _quietly(inquiry, queries)]


def _split(inquiry: Inquiry, by: Sequence[str], kinds: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*by, SCORE, *kinds, *by_account(inquiry.context))))


def _quietly(inquiry: Inquiry, queries: Sequence[SemanticQuery]) -> list[QueryResult]:
    """Queries that are read together; their records are kept and their remarks are not."""
    return [inquiry.book.note(replace(one, caveats=())) for one in inquiry.context.queries.run_all(queries)]


def _groups(inquiry: Inquiry, result: QueryResult, by: Sequence[str], metric: str, kinds: Sequence[str]) -> dict[Value, Scores]:  # fmt: skip
    accounts = tuple(name for name in by_account(inquiry.context) if name not in by)
    found: dict[Value, Scores] = {}
    count_of, missing_of = f"{metric}__n", f"{metric}__missing"
    for row in result.rows:
        parts = [row[name] for name in by]
        value = None if None in parts or not parts else parts[0] if len(parts) == 1 else " to ".join(map(str, parts))
        scores = found.get(value)
        if scores is None:
            scores = found[value] = Scores(source=result)
        account, score = row[accounts[0]] if accounts else None, row[SCORE]
        if score is None:
            scores.unrated[account] = scores.unrated.get(account, 0.0) + number(row.get(missing_of))
        elif count := number(row.get(count_of)):
            place = (score, tuple([row[name] for name in kinds]), account)
            scores.add(place, count, number(row[metric]) * count)
    return {value: scores for value, scores in found.items() if scores.tickets}


def merged_scores(groups: Sequence[Scores]) -> Scores:
    """Several groups as one."""
    whole = Scores(source=groups[0].source if groups else None)
    for one in groups:
        whole.rows += one.rows
        for account, count in one.unrated.items():
            whole.unrated[account] = whole.unrated.get(account, 0.0) + count
    return whole


def compare_scores(inquiry: Inquiry, views: Sequence[ScoreView]) -> dict[str, list[Rated]]:
    """Every group of every view against what the view says, corrected over all tests of all views, by title of the view."""
    planned: list[tuple[ScoreView, Value, Scores, Scores]] = []
    known = {id(scores): scores.by_account() for view in views for scores in view.groups.values()}
    for full in views:
        view = replace(full, groups={value: known[id(scores)] for value, scores in full.groups.items()})
        for value, scores in view.groups.items():
            if value is None or (view.against != "rest" and value == view.reference):
                other = Scores()
            elif view.against == "rest":
                other = merged_scores([s for v, s in view.groups.items() if v != value and v is not None])
            else:
                other = view.groups.get(view.reference, Scores())
            planned.append((view, value, scores, other))
    tests = [(_means(inquiry, own, other), _means(inquiry, own, other, of_low=True)) for _, _, own, other in planned]
    corrected = benjamini_hochberg([one.p_value for pair in tests for one in pair])
    found: dict[str, list[Rated]] = {view.title: [] for view in views}
    for place, (view, value, scores, other) in enumerate(planned):
        mean, low = tests[place]
        adjusted = corrected[2 * place], corrected[2 * place + 1]
        found[view.title].append(_facts(inquiry, view, (value, scores, other), (mean, low), adjusted))
    return found


def adjusted_difference(inquiry: Inquiry, first: Scores, second: Scores) -> MeanComparison | None:
    """The difference of two groups' means within kinds of tickets; None with too few ratings."""
    if min(first.rated, second.rated) < inquiry.minimum:
        return None
    rows = [(row, True) for row in first.rows] + [(row, False) for row in second.rows]
    return stratified_difference(
        [row.total for row, _ in rows],
        [row.ratings for row, _ in rows],
        [row.squares for row, _ in rows],
        [side for _, side in rows],
        [row.kind for row, _ in rows],
        [row.account for row, _ in rows],
    )


def score_change(inquiry: Inquiry, fact: Fact, now: Scores) -> None:
    """Puts the change against the comparison period on the fact of the mean of all tickets, tested by account."""
    before = merged_scores(list(scores_by(inquiry, period=inquiry.before).values()))
    found = _means(inquiry, now, before)
    mean, own = before.mean, now.mean
    verdict = None
    if found.p_value is not None and found.interval is not None:
        verdict = found.p_value <= SIGNIFICANT_AT
    inquiry.book.revise(
        fact,
        reference="comparison_period",
        reference_period=inquiry.before,
        reference_value=mean,
        difference=None if mean is None or own is None else own - mean,
        difference_interval=found.interval,
        p_value=found.p_value,
        significant=verdict,
    )


def response_rate(
    inquiry: Inquiry, scores: Scores, group: dict[str, Value], other: Scores | None = None, against: str = "rest"
) -> Fact:
    """The share of tickets with a rating, with its interval by account; less that of other tickets, where these are given."""
    rated, tickets = scores.rated, scores.tickets
    difference, span, reference = None, None, None
    interval = None
    if tickets >= inquiry.minimum:
        rows = _responses(scores)
        found = clustered_mean([r[1] for r in rows], [r[2] for r in rows], [r[0] for r in rows], [r[1] for r in rows])
        interval = None if found.interval is None else (max(0.0, found.interval[0]), min(1.0, found.interval[1]))
    if other is not None and min(tickets, other.tickets) >= inquiry.minimum:
        reference = other.rated / other.tickets
        difference = rated / tickets - reference
        own, others = _responses(scores), _responses(other)
        rows = [*own, *others]
        sides = [True] * len(own) + [False] * len(others)
        ones = [r[1] for r in rows]
        span = compare_means(ones, [r[2] for r in rows], sides, [r[0] for r in rows], ones).interval
    return inquiry.book.add(
        ANSWERED,
        rated / tickets if tickets else None,
        "ratio",
        inquiry.period,
        group,
        source=scores.source,
        n=int(tickets),
        interval=interval,
        reference=against if reference is not None else None,
        reference_value=reference,
        difference=difference,
        difference_interval=span,
    )


def _responses(scores: Scores) -> list[tuple[Value, float, float]]:
    """Account, rated tickets and tickets."""
    rated: dict[Value, float] = {}
    for row in scores.rows:
        rated[row.account] = rated.get(row.account, 0.0) + row.ratings
    accounts = dict.fromkeys([*rated, *scores.unrated])
    return [(a, rated.get(a, 0.0), rated.get(a, 0.0) + scores.unrated.get(a, 0.0)) for a in accounts]


def _means(inquiry: Inquiry, own: Scores, other: Scores, of_low: bool = False) -> MeanComparison:
    """Mean score, or share of low ones, of one group minus another. Of a share, squares are what it counts."""
    rows = [*own.rows, *other.rows]
    found = compare_means(
        [row.low if of_low else row.total for row in rows],
        [row.ratings for row in rows],
        [True] * len(own.rows) + [False] * len(other.rows),
        [row.account for row in rows],
        [row.low if of_low else row.squares for row in rows],
    )
    if min(own.rated, other.rated) < inquiry.minimum:
        return replace(found, interval=None, p_value=None, reason=TOO_FEW_TICKETS if other.rated else "")
    return found


def _facts(
    inquiry: Inquiry,
    view: ScoreView,
    group: tuple[Value, Scores, Scores],
    tested: tuple[MeanComparison, MeanComparison],
    adjusted: tuple[float | None, float | None],
) -> Rated:
    value, scores, other = group
    period: Period = inquiry.period
    by: dict[str, Value] = {view.dimension: value}
    rated, missing = int(scores.rated), int(scores.tickets - scores.rated)
    tickets = inquiry.book.add("ticket_count", int(scores.tickets), "count", period, by, source=scores.source, n=int(scores.tickets))  # fmt: skip
    count = inquiry.book.add("rated_count", rated, "count", period, by, source=scores.source, n=int(scores.tickets))
    facts = []
    for name, unit, own, reference, found, corrected in (
        (MEAN, "score", scores.mean, other.mean, tested[0], adjusted[0]),
        (LOW_SHARE, "ratio", scores.low, other.low, tested[1], adjusted[1]),
    ):
        verdict = None
        if corrected is not None and found.interval is not None:
            verdict = corrected <= SIGNIFICANT_AT and not found.interval[0] <= 0 <= found.interval[1]
        bounds = (1.0, 5.0) if unit == "score" else (0.0, 1.0)
        span = found.first.interval if rated >= inquiry.minimum else None
        facts.append(
            inquiry.book.add(
                name,
                own,
                unit,
                period,
                by,
                source=scores.source,
                n=rated,
                missing=missing,
                interval=None if span is None else (max(bounds[0], span[0]), min(bounds[1], span[1])),
                reference=view.against if other.rated else None,
                reference_value=reference,
                difference=None if own is None or reference is None else own - reference,
                difference_interval=found.interval,
                p_value=found.p_value,
                p_adjusted=corrected,
                significant=verdict,
            )
        )
    return Rated(view.dimension, value, tickets, count, facts[0], facts[1], tested[0].reason)
