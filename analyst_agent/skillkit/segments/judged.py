"""Segments tested against the rest, among like tickets and in combination, all corrected together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analyst_agent.records import Column, Fact, QueryResult, Table
from analyst_agent.skillkit.inquiry import Inquiry, Totals
from analyst_agent.skillkit.parts import Cell
from analyst_agent.skillkit.rates import SIGNIFICANT_AT, Difference, corrected_together, rest_differences
from analyst_agent.skillkit.segments.combining import Found, combination_found
from analyst_agent.skillkit.segments.compared import Contributions
from analyst_agent.skillkit.segments.scanning import Scan, scan, scanned_pairs
from analyst_agent.skillkit.segments.segments import Segment, segments_of
from analyst_agent.skillkit.segments.standardising import LikeTickets, among_like_tickets
from analyst_agent.skillkit.tables import Grid

MOST_COMBINATIONS = 2
# One correction over everything said; half of it for the question asked, so that looking further costs it little.
SHARE_OF_SEGMENTS, SHARE_OF_LIKE, SHARE_OF_COMBINATIONS = 0.5, 0.25, 0.25


@dataclass(frozen=True, slots=True)
class Judged:
    """Everything that was tested, corrected together. standardised: p-value after the correction, by segment."""

    segments: Sequence[Segment]
    like: LikeTickets | None
    standardised: Mapping[Cell, Fact]
    found: Sequence[Found]
    scan: Scan
    scan_corrected: Sequence[float | None]


def judged_segments(
    inquiry: Inquiry,
    dimensions: tuple[str, ...],
    rates: tuple[QueryResult | None, Totals | None],
    tested: Contributions,
    is_open: bool,
    against_rest: Mapping[Cell, Difference] | None = None,
) -> Judged:
    """Segments against the rest, the same among like tickets, and combinations, corrected for having looked at all of it.

    against_rest: the differences where they are known already.
    """
    differences = dict(against_rest or rest_differences(tested.parts, inquiry.minimum))
    like = among_like_tickets(inquiry, tested.metric, dimensions, differences)
    pairs = scanned_pairs(inquiry.context, dimensions, is_open)
    scanned = scan(inquiry, tested.metric, pairs, [like.result] if like else [])
    for name in set(dimensions) & set(scanned.destinations):
        text = (
            f"Most tickets of a {inquiry.label(name)} were escalated: it tells where escalated tickets went, not where they "
            "came from, and is not searched for combinations."
        )
        inquiry.book.caveat(text, "assigned_by_escalating")
    standard = dict(like.segments) if like else {}
    corrected = corrected_together(
        ([one.p_value for one in differences.values()], SHARE_OF_SEGMENTS),
        ([one.p_value for one in standard.values()], SHARE_OF_LIKE),
        (scanned.p_values, SHARE_OF_COMBINATIONS),
    )
    of_segments, of_standard, of_pairs = corrected
    judged = {cell: (one, p) for (cell, one), p in zip(differences.items(), of_segments, strict=True)}
    result, totals = rates
    shown = (result, totals.rate) if result is not None and totals is not None else None
    segments = segments_of(inquiry, dimensions, shown, tested, judged)
    facts = _standardised(inquiry, dimensions, like, dict(zip(standard, of_standard, strict=True)))
    return Judged(segments, like, facts, _found(inquiry, tested.metric, scanned, of_pairs), scanned, of_pairs)


def _standardised(
    inquiry: Inquiry, dimensions: Sequence[str], like: LikeTickets | None, corrected: Mapping[Cell, float | None]
) -> dict[Cell, Fact]:
    facts = {}
    for cell, one in (like.segments if like else {}).items():
        p = corrected[cell]
        facts[cell] = inquiry.book.add(
            "standardised_difference",
            one.difference,
            "points",
            inquiry.period,
            dict(zip(dimensions, cell, strict=True)),
            source=like.result if like else None,
            n=one.compared[0],
            missing=one.left_out[0],
            interval=one.interval,
            p_value=one.p_value,
            p_adjusted=p,
            significant=None if p is None else p <= SIGNIFICANT_AT,
        )
    return facts


def _found(inquiry: Inquiry, metric: str, scanned: Scan, corrected: Sequence[float | None]) -> list[Found]:
    """The clear combinations, the clearest first; of those that share a dimension, which may be the same tickets, one."""
    clear = []
    for place, (pair, p) in enumerate(zip(scanned.pairs, corrected, strict=True)):
        one = scanned.found.get(pair)
        if one is not None and one.is_examined and p is not None and p <= SIGNIFICANT_AT:
            clear.append((p, place, one))
    told: list[Found] = []
    used: set[str] = set()
    for p, _, one in sorted(clear, key=lambda item: item[:2]):
        if not used & {one.single, one.several} and len(told) < MOST_COMBINATIONS:
            told.append(combination_found(inquiry, metric, one, p))
            used |= {one.single, one.several}
    return told


def like_tickets_table(inquiry: Inquiry, dimensions: Sequence[str], found: Judged) -> Table:
    """A row a segment: its difference from the rest plainly and among like tickets, with the interval of the latter."""
    strata = [inquiry.label(name) for name in found.like.strata] if found.like else []
    grid = Grid(
        f"Among tickets of the same {_listed(strata)}",
        (
            *(Column(inquiry.label(name), "text", name) for name in dimensions),
            Column("from the rest", "points", "difference"),
            Column("among like tickets", "points", "standardised_difference"),
            Column("at least", "points", "low"),
            Column("at most", "points", "high"),
            Column("tickets compared", "count", "n"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in found.segments:
        fact = found.standardised.get(one.cell)
        if fact is not None and fact.value is not None:
            ends = fact.interval or (None, None)
            reads = {True: "more than noise", False: "within noise", None: "too few to say"}[fact.significant]
            crude = (one.tested.difference, one.tested)
            grid.row((*one.cell, crude, fact, *((end, fact) for end in ends), (fact.n, fact), reads))
    return grid.table()


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)
