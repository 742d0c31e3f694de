"""The parts of a change as facts, and the tables that show them: what made the difference, where, and how much of it is noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analyst_agent.records import Column, Drawing, Fact, Table, Value
from analyst_agent.semantic.period_labels import label
from analyst_agent.skillkit.causes.splits import OTHER_WEEKDAYS, ChangeSplit
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.rates import READS_AS, Difference
from analyst_agent.skillkit.tables import ALL_OTHERS, Grid

FROM_LENGTH, FROM_VOLUME = "change_from_length", "change_from_volume"
FROM_MIX, FROM_RATE = "change_from_mix", "change_from_rate"
RATE_FROM_MIX, RATE_FROM_RATE = "rate_change_from_mix", "rate_change_from_rate"
PARTS = {FROM_LENGTH: "length of the period", FROM_VOLUME: "volume", FROM_MIX: "mix", FROM_RATE: "rate"}
MOST_SHOWN = 5
LIKE_LENGTHS = 0.11
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class CellFacts:
    """One cell: its escalated tickets (with those before) and its parts of the change. name is `all others` for what is not
    shown by itself.
    """

    name: Value
    escalated: Fact
    parts: tuple[Fact, ...]

    @property
    def rate(self) -> Fact:
        """What its rate contributes, with its test."""
        return self.parts[-1]


@dataclass(frozen=True, slots=True)
class SplitFacts:
    """The parts of the change of the count (they add up to it) and of the rate, and the cells that contributed most.

    dimension: what the cells are of, "" where no dimension could split the tickets: then there is no mix.
    """

    dimension: str
    before: Fact
    now: Fact
    parts: tuple[Fact, ...]
    rate_parts: tuple[Fact, ...]
    cells: tuple[CellFacts, ...]
    days: tuple[int, int]
    has_like_weekdays: bool

    def reads_as(self, fact: Fact) -> str | None:
        """How a part reads; the length of the period is arithmetic."""
        if fact.metric == FROM_LENGTH:
            return None
        is_untested = fact.metric == FROM_VOLUME and fact.significant is None and not self.has_like_weekdays
        return f"not tested: {OTHER_WEEKDAYS}" if is_untested else READS_AS[fact.significant]

    @property
    def is_of_like_lengths(self) -> bool:
        """Whether both periods hold so nearly the same number of days that their counts can stand side by side."""
        return abs(self.days[1] / self.days[0] - 1) <= LIKE_LENGTHS

    @property
    def clear_cells(self) -> list[Fact]:
        """Rates of cells that changed by more than noise, the largest part first."""
        found = [one.rate for one in self.cells if one.rate.significant]
        return sorted(found, key=lambda fact: -abs(float(fact.value or 0)))


def facts_of_split(
    inquiry: Inquiry, split: ChangeSplit, corrected: Sequence[float | None], before: Fact, now: Fact
) -> SplitFacts:
    """The facts of a split. corrected: the adjusted p-values of `split.tests()`, in its order."""
    made = _Maker(inquiry, split)
    tests, one = split.tests(), split.split
    judged = list(zip(tests, corrected, strict=True))
    parts = [made.part(FROM_LENGTH, split.length)] if split.days[0] != split.days[1] else []
    parts.append(made.part(FROM_VOLUME, one.volume.value, judged[1]))
    if split.dimension:
        parts.append(made.part(FROM_MIX, one.mix.value, judged[2]))
    parts.append(made.part(FROM_RATE, one.rate.value, judged[3]))
    rates = []
    if split.dimension:
        rates = [
            made.part(RATE_FROM_MIX, one.rate_from_mix.value, judged[4], unit="points"),
            made.part(RATE_FROM_RATE, one.rate_from_rate.value, judged[5], unit="points"),
        ]
    cells = _cells(made, judged[6:]) if split.dimension else ()
    return SplitFacts(
        split.dimension, before, now, tuple(parts), tuple(rates), cells, split.days, split.has_like_weekdays
    )


def split_tables(inquiry: Inquiry, facts: SplitFacts) -> list[Table]:
    """The way from the count before to the count now; the cells that contributed most."""
    names = [_name(fact) for fact in (facts.before, facts.now)]
    over = f" over {inquiry.label(facts.dimension)}" if facts.dimension else ""
    way = Grid(
        f"What changed the number of escalated tickets{over}",
        (
            Column("part", "text", "part"),
            Column("tickets", "count", "tickets"),
            Column("from", "count", "low"),
            Column("to", "count", "high"),
            Column("reads as", "text", "significance"),
            Column("of the rate", "points", "rate_difference"),
        ),
    )
    of_rate = dict(zip((FROM_MIX, FROM_RATE), facts.rate_parts, strict=False))
    way.row((names[0], facts.before, None, None, None, None))
    for fact in facts.parts:
        way.row((PARTS[fact.metric], fact, *_span(fact), facts.reads_as(fact), of_rate.get(fact.metric)))
    way.row((names[1], facts.now, None, None, None, None))
    return [way.table(), *([_cells_table(inquiry, facts)] if facts.dimension else [])]


def waterfall(inquiry: Inquiry, facts: SplitFacts, table: Table) -> Drawing:
    """The drawing of the way from before to now; `table` is the first of `split_tables`."""
    names = [_name(fact) for fact in (facts.before, facts.now)]
    return Drawing("waterfall", table.title, {"label": "part", "value": "tickets"}, options={"totals": names})


def _cells_table(inquiry: Inquiry, facts: SplitFacts) -> Table:
    label_of = inquiry.label(facts.dimension)
    grid = Grid(
        f"Where the number of escalated tickets changed, by {label_of}",
        (
            Column(label_of, "text", facts.dimension),
            Column("tickets", "count", COUNT),
            Column("tickets before", "count", "before"),
            *(Column(PARTS[fact.metric], "count", fact.metric) for fact in facts.cells[0].parts),
            Column("rate from", "count", "low"),
            Column("rate to", "count", "high"),
            Column("rate reads as", "text", "significance"),
        ),
    )
    for one in facts.cells:
        before = (one.escalated.reference_value, one.escalated)
        reads = None if one.name == ALL_OTHERS else READS_AS[one.rate.significant]
        grid.row((one.name, one.escalated, before, *one.parts, *_span(one.rate), reads))
    return grid.table()


class _Maker:
    """Makes the facts of one split, all compared with the comparison period and from one query."""

    def __init__(self, inquiry: Inquiry, split: ChangeSplit) -> None:
        self.inquiry = inquiry
        self.split = split

    def part(
        self,
        metric: str,
        value: float,
        judged: tuple[Difference, float | None] | None = None,
        group: dict[str, Value] | None = None,
        unit: str = "count",
    ) -> Fact:
        """A part of the change: its value is also its difference from the comparison period."""
        amount = 0.0 if abs(value) < _ROUNDING else value
        tested: dict[str, Any] = {}
        if judged is not None:
            difference, corrected = judged
            tested = {
                "difference_interval": difference.interval,
                "p_value": difference.p_value,
                "p_adjusted": corrected,
                "significant": difference.significant(corrected),
            }
        return self._add(metric, amount, unit, group, difference=amount, **tested)

    def escalated(self, name: Value, now: float, before: float) -> Fact:
        """The escalated tickets of a cell in both periods."""
        group = {self.split.dimension: name}
        return self._add(COUNT, int(now), "count", group, reference_value=before, difference=now - before)

    def _add(self, metric: str, value: float, unit: str, group: dict[str, Value] | None, **more: Any) -> Fact:
        inquiry = self.inquiry
        reference: dict[str, Any] = {"reference": "comparison_period", "reference_period": inquiry.before, **more}
        return inquiry.book.add(metric, value, unit, inquiry.period, group, source=self.split.source, **reference)


def _cells(made: _Maker, judged: Sequence[tuple[Difference, float | None]]) -> tuple[CellFacts, ...]:
    """The cells with the largest parts by their tickets and by their rate, and all others together, so that they add up."""
    split = made.split
    parts = split.split.parts
    size = abs(parts.volume + parts.mix) + abs(parts.rate)
    own = [i for i in range(len(split.names)) if split.names[i] != ALL_OTHERS]
    ranked = sorted(own, key=lambda i: (not judged[i][0].significant(judged[i][1]), -size[i], i))
    shown = ranked if len(split.names) <= MOST_SHOWN + 1 else ranked[:MOST_SHOWN]
    shown = sorted(shown, key=lambda i: (-size[i], i))
    found = [_cell(made, split.names[i], [i], judged[i]) for i in shown]
    rest = [i for i in range(len(split.names)) if i not in shown]
    return (*found, *([_cell(made, ALL_OTHERS, rest, None)] if rest else []))


def _cell(
    made: _Maker, name: Value, places: Sequence[int], judged: tuple[Difference, float | None] | None
) -> CellFacts:
    split, parts = made.split, made.split.split.parts
    group: dict[str, Value] = {split.dimension: name}
    before, now = (float(side[list(places)].sum()) for side in split.escalated)
    amounts = {FROM_VOLUME: parts.volume, FROM_MIX: parts.mix, FROM_RATE: parts.rate}
    facts = [
        made.part(metric, float(amount[list(places)].sum()), judged if metric == FROM_RATE else None, group)
        for metric, amount in amounts.items()
    ]
    if split.days[0] != split.days[1]:
        facts.insert(0, made.part(FROM_LENGTH, before * (split.days[1] / split.days[0] - 1), None, group))
    return CellFacts(name, made.escalated(name, now, before), tuple(facts))


def _span(fact: Fact) -> tuple[Any, Any]:
    low, high = fact.difference_interval or (None, None)
    return (low, fact), (high, fact)


def _name(fact: Fact) -> str:
    return (fact.period.label or label(fact.period)) if fact.period else "all"
