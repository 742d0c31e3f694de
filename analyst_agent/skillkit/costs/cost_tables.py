"""The tables and drawings of what escalations cost; every column of numbers adds up to the whole or says what it is of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analyst_agent.records import Column, Drawing, Fact, Recommendation, Table
from analyst_agent.semantic.model import GRAINS
from analyst_agent.skillkit.costs.avoidable import Avoidable, Saving
from analyst_agent.skillkit.costs.costs import CostGroup, Costs
from analyst_agent.skillkit.costs.spent import COST
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.rates import READS_AS
from analyst_agent.skillkit.tables import Grid

STEPS = "Cost per day, from the comparison period"


@dataclass(frozen=True, slots=True)
class CostSplit:
    """The escalated tickets by one dimension, now and in the comparison period, with the facts of each group."""

    now: Costs
    before: Costs | None
    groups: Sequence[CostGroup]

    @property
    def dimension(self) -> str:
        """What they are split by."""
        return self.now.dimension


def cost_tables(
    inquiry: Inquiry,
    splits: Sequence[CostSplit],
    saved: Sequence[Saving],
    range_: Avoidable,
    actions: Sequence[Recommendation],
    change: Fact | None,
) -> list[Table]:
    tables = [_costs_table(inquiry, one, actions) for one in splits]
    if change is not None and splits[0].before is not None and splits[0].dimension not in GRAINS:
        tables.insert(1, _changes_table(inquiry, splits[0]))
        tables.append(_steps_table(inquiry, splits[0], change))
    tables.append(_savings_table(inquiry, splits[0].dimension, saved))
    return [*tables, _avoidable_table(range_)]


def _costs_table(inquiry: Inquiry, split: CostSplit, actions: Sequence[Recommendation]) -> Table:
    label = inquiry.label(split.dimension)
    grid = Grid(
        f"Cost by {label}",
        (
            Column(label, "text", split.dimension),
            Column("tickets", "count", COUNT),
            Column("cost", "currency", COST),
            Column("share of cost", "ratio", "share_of_cost"),
            Column("per ticket", "currency", "cost_per_escalated_ticket"),
            Column("handle time, mean", "minutes", "mean_handle_minutes"),
            Column("do next", "text", "action"),
        ),
    )
    said = {one.pattern: one.action for one in actions} if actions else {}
    for one in split.groups:
        facts = (one.tickets, one.cost, one.share, one.per_ticket, one.handle)
        grid.row((one.value, *facts, said.get(str(one.value))))
    return grid.table()


def _changes_table(inquiry: Inquiry, split: CostSplit) -> Table:
    label = inquiry.label(split.dimension)
    grid = Grid(
        f"Cost per day by {label} against the comparison period",
        (
            Column(label, "text", split.dimension),
            Column("cost per day", "currency", "cost_per_day"),
            Column("cost per day before", "currency", "before"),
            Column("difference", "currency", "difference"),
            Column("from", "currency", "low"),
            Column("to", "currency", "high"),
            Column("reads as", "text", "significance"),
        ),
    )
    for one in split.groups:
        fact = one.change
        if fact is not None:
            low, high = fact.difference_interval or (None, None)
            cells = [(value, fact) for value in (fact.reference_value, fact.difference, low, high)]
            grid.row((one.value, fact, *cells, READS_AS[fact.significant]))
    return grid.table()


def _steps_table(inquiry: Inquiry, split: CostSplit, change: Fact) -> Table:
    """From the comparison period's cost per day to this one's, a step for every group: the parts add up."""
    now, then, book = split.now, split.before, inquiry.book
    grid = Grid(
        STEPS, (Column("step", "text", split.dimension), Column("cost per day", "currency", "cost_change_per_day"))
    )
    if then is None:
        return grid.table()
    start, end = _labels(inquiry)
    grid.row((start, (change.reference_value, change)))
    for value in now.groups:
        other = then.groups.get(value)
        amount = now.groups[value].cost / now.days - (other.cost / then.days if other else 0.0)
        if now.groups[value].tickets or (other and other.tickets):
            fact = book.add(
                "cost_change_per_day", amount, "currency", now.period, {split.dimension: value}, source=now.source
            )
            grid.row((value, fact))
    grid.row((end, change))
    return grid.table()


def _labels(inquiry: Inquiry) -> tuple[str, str]:
    before = inquiry.before or inquiry.period
    names = [one.label or f"{one.start} to {one.end}" for one in (before, inquiry.period)]
    return (names[0], names[1]) if names[0] != names[1] else ("before", "now")


def _savings_table(inquiry: Inquiry, dimension: str, saved: Sequence[Saving]) -> Table:
    label = inquiry.label(dimension)
    grid = Grid(
        "What a reduction would save",
        (
            Column(label, "text", dimension),
            Column("part avoided", "ratio", "reduction"),
            Column("saved a month, at most", "currency", "saved_per_month"),
            Column("from", "currency", "low"),
            Column("to", "currency", "high"),
            Column("net of an ordinary ticket", "currency", "saved_net_per_month"),
        ),
    )
    for one in saved:
        low, high = one.most.interval or (None, None)
        grid.row((one.group.value, one.reduction, one.most, (low, one.most), (high, one.most), one.net))
    return grid.table()


def _avoidable_table(range_: Avoidable) -> Table:
    grid = Grid(
        "What could be avoided",
        (
            Column("reading"),
            Column("tickets it rests on", "count", "n"),
            Column("cost", "currency", "cost"),
            Column("from", "currency", "low"),
            Column("to", "currency", "high"),
        ),
    )
    rows = (
        ("strict: the reviewed share that was not necessary, applied to all", range_.strict, range_.unnecessary),
        ("training, documentation and process causes", range_.removable, range_.removable),
        ("matches a known issue with a workaround", range_.workaround, range_.workaround),
        ("widest: all of these", range_.wide, range_.wide),
    )
    for text, fact, basis in rows:
        if fact is not None and basis is not None:
            low, high = fact.interval or (None, None)
            grid.row((text, (basis.n, basis), fact, (low, fact), (high, fact)))
    return grid.table()


def cost_drawings(inquiry: Inquiry, split: CostSplit) -> list[Drawing]:
    label = inquiry.label(split.dimension)
    title = f"Cost by {label}"
    bars = Drawing("bars", title, {"label": split.dimension, "value": COST}, title)
    if split.before is None or split.dimension in GRAINS:
        return [bars]
    totals = {"totals": list(_labels(inquiry))}
    return [
        bars,
        Drawing("waterfall", STEPS, {"label": split.dimension, "value": "cost_change_per_day"}, STEPS, totals),
    ]
