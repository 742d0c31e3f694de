"""What must be said of numbers that rest on a column with gaps: how much of it is recorded, and where it begins, ends or changes within the period.

Counted within the query's own conditions, grants and restrictions, so that a note tells nobody of rows that are not theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from analyst_agent.records import Filter, Period, SemanticQuery, Value
from analyst_agent.rows import total_of
from analyst_agent.semantic.definitions import CLOCK, GRAINS, Field, Metric, Model
from analyst_agent.semantic.expressions import Scope
from analyst_agent.semantic.fragments import UNCLASSIFIED

Rows = Sequence[Mapping[str, Value]]

SPARSE = 0.5
"""A mean or share of which less than half is recorded speaks for a minority of the tickets; above it the number left out is said elsewhere."""
GAP = 0.1
"""A tenth without a value can turn the order of two segments that differ by as much; less rarely changes what one would do."""
NONE_YET = 0.05
"""A column that at most one row in twenty fills is not in use yet: stray values before a rollout are no beginning."""
SHIFT = 0.5
"""Between two units of time that differ so much in what is recorded, a comparison compares the recording."""
FEWEST = 20
"""Of fewer objects no share is said."""
LEFT_OUT = " without a value are left out."
"""How the number left out of a metric is said with it, whatever its share."""
MOST_KEPT = 500
DAYS_BY_WEEK, DAYS_BY_MONTH = 21, 92
DAY_KEY = len("2026-11-21")


@dataclass(frozen=True, slots=True)
class Unit:
    """A day, week or month: how many objects it has and how many of them with a value."""

    start: date
    total: int
    filled: int

    @property
    def share(self) -> float:
        """The share with a value, 0 to 1; a unit has at least one object."""
        return self.filled / self.total


@dataclass(slots=True)
class CoverageNotes:
    """Writes the notes of one engine. ask: the rows of a further query; what it answered is kept."""

    model: Model
    ask: Callable[[SemanticQuery], Rows]
    _known: dict[str, Rows] = field(default_factory=dict)

    def of(self, query: SemanticQuery, rows: Rows) -> list[str]:
        """The notes on a query: on what its metrics record, on what it is split by, on what it is limited to."""
        notes = [self._on_recorded(self.model.metric(name), query, rows) for name in query.metrics]
        for name in dict.fromkeys(n for n in query.by if n not in GRAINS):
            notes.append(self._on_field(self.model.check_field(name), query, is_condition=False))
        limited = (f.field for f in query.where if f.op not in ("missing", "present") and f.field not in CLOCK)
        for name in dict.fromkeys(limited):
            known = self.model.check_field(name)
            if known.kind in ("category", "number") and name not in query.by:
                notes.append(self._on_field(known, query, is_condition=True))
        return [note for note in dict.fromkeys(notes) if note]

    def _on_recorded(self, metric: Metric, query: SemanticQuery, rows: Rows) -> str:
        """ "CSAT is recorded for 12 % of the escalated tickets of the period; values begin in March 2026." """
        if not metric.rests_on:
            return ""
        used, missing = (total_of(rows, f"{metric.name}__{c}") for c in ("n", "missing"))
        total = used if metric.unit == "currency" else used + missing
        known = total - missing
        if total < FEWEST or missing == 0 or (known == 0 and metric.unit != "currency"):
            return ""  # that nothing has a value is said with the number
        units = _units_of_metric(metric, self._by_time(metric.name, query, query.where), query)
        told = course(units, _grain(query.period))
        if metric.unit == "currency" or known / total >= SPARSE:
            # How many are left out, or imputed, is said with the number itself.
            return f"{_capital(metric.rests_on)}: {told[2:]}." if told else ""
        things = self._things(metric.dataset)
        return (
            f"{_capital(metric.rests_on)} is recorded for {percent(known / total)} of the {things} of the period{told}."
        )

    def _on_field(self, known: Field, query: SemanticQuery, *, is_condition: bool) -> str:
        """ "Region is missing for 38 % of the tickets of the period; values begin in March 2026." """
        others = tuple(one for one in query.where if one.field != known.name)
        metric = self._counted(
            [known, *(self.model.check_field(one.field) for one in others if one.field not in CLOCK)], query
        )
        if metric is None:
            return ""
        total = self._count(metric, query, others)
        if total < FEWEST:
            return ""
        absent = self._count(metric, query, (*others, _absent(known)))
        if absent / total < GAP:
            return ""
        lacking = _units_of_count(metric.name, self._by_time(metric.name, query, (*others, _absent(known))), query)
        units = _units_of_count(metric.name, self._by_time(metric.name, query, others), query)
        without = {u.start: u.total for u in lacking}
        told = course([replace(u, filled=u.total - without.get(u.start, 0)) for u in units], _grain(query.period))
        if known.special == "root_cause" and not told:
            return ""  # the unclassified have a row of their own, always
        left_out = _left_out(known.name, query) if is_condition else ""
        return f"{_capital(known.label)} is missing for {percent(absent / total)} of the {self._things(metric.dataset)} of the period{left_out}{told}."

    def _counted(self, fields: Sequence[Field], query: SemanticQuery) -> Metric | None:
        """What the fields are fields of here: what the first metric counts, or the escalated tickets among them; None where that
        is another object, such as the resolutions of a ticket: an open ticket lacks none."""
        metric = self.model.metric(query.metrics[0])
        escalated = any(one.role == "escalation" or one.dataset == "escalated_ticket" for one in fields)
        if metric.is_ratio:
            metric = self.model.metrics[metric.numerator if escalated else metric.denominator]
        dataset = "escalated_ticket" if escalated and metric.dataset in ("ticket", "resolution") else metric.dataset
        if any(Scope(self.model, dataset).find(one.name) is None for one in fields):
            return None
        counts = (m for m in self.model.metrics.values() if m.dataset == dataset and m.expression == "COUNT(*)")
        return next(counts, None)

    def _things(self, dataset: str) -> str:
        counts = (m for m in self.model.metrics.values() if m.dataset == dataset and m.expression == "COUNT(*)")
        return next((m.label for m in counts), "rows")

    def _count(self, metric: Metric, query: SemanticQuery, where: tuple[Filter, ...]) -> int:
        rows = self._asked(SemanticQuery((metric.name,), (), where, query.period))
        return sum(int(row[metric.name] or 0) for row in rows)

    def _by_time(self, metric: str, query: SemanticQuery, where: tuple[Filter, ...]) -> Rows:
        return self._asked(SemanticQuery((metric,), (_grain(query.period),), where, query.period))

    def _asked(self, query: SemanticQuery) -> Rows:
        key = repr(query)
        if key not in self._known:
            while len(self._known) >= MOST_KEPT:
                self._known.pop(next(iter(self._known)))
            self._known[key] = self.ask(query)
        return self._known[key]


def course(units: Sequence[Unit], grain: str) -> str:
    """Where values begin or end within the period, or from which to which unit they change most; "" where they are even."""
    whole = sum(u.total for u in units)
    filled = [u for u in units if u.share > NONE_YET]
    if not filled or len(units) < 2:
        return ""
    enough = max(FEWEST, GAP * whole)
    said = []
    if sum(u.total for u in units if u.start < filled[0].start) >= enough:
        stray = sum(u.filled for u in units if u.start < filled[0].start)
        said.append(f"values begin {_when(filled[0].start, grain)}{_but_for(stray)}")
    if sum(u.total for u in units if u.start > filled[-1].start) >= enough:
        stray = sum(u.filled for u in units if u.start > filled[-1].start)
        said.append(f"values end {_when(filled[-1].start, grain)}{_but_for(stray)}")
    if said:
        return f"; {' and '.join(said)}"
    large = [u for u in units if u.total >= FEWEST]
    low, high = (pick(large, key=lambda u: u.share, default=units[0]) for pick in (min, max))
    if high.share - low.share < SHIFT:
        return ""
    parts = [f"{percent(u.share)} {_when(u.start, grain)}" for u in sorted((low, high), key=lambda u: u.start)]
    return f"; recorded for {parts[0]}, {parts[1]}"


def without_repeats(notes: Sequence[str], coverage: Sequence[str], query: SemanticQuery, model: Model) -> list[str]:
    """The notes without the numbers left out of a metric whose recorded share is among the notes on coverage."""
    metrics = [m for name in query.metrics if (m := model.metric(name)).rests_on]
    shares = [
        m for m in metrics if any(said.startswith(f"{_capital(m.rests_on)} is recorded for") for said in coverage)
    ]
    starts = tuple(f"{_capital(m.label)}: " for m in shares)
    return [note for note in notes if not (note.startswith(starts) and note.endswith(LEFT_OUT))]


def _but_for(stray: int) -> str:
    """Values on the other side of a beginning or an end."""
    return f", but for {stray:,}" if stray else ""


def _left_out(name: str, query: SemanticQuery) -> str:
    """What the conditions on a field do with the objects that have no value of it."""
    keeps = all(one.op in ("!=", "not in") for one in query.where if one.field == name)
    return f"; the condition on it {'keeps them' if keeps else 'leaves them out'}"


def _absent(known: Field) -> Filter:
    if known.special == "root_cause":
        return Filter(known.name, "=", UNCLASSIFIED)
    return Filter(known.name, "missing")


def _grain(period: Period | None) -> str:
    if period is None or period.kind == "all" or period.days > DAYS_BY_MONTH:
        return "month"
    return "week" if period.days > DAYS_BY_WEEK else "day"


def _units_of_metric(metric: Metric, rows: Rows, query: SemanticQuery) -> list[Unit]:
    units = []
    for row in rows:
        used, missing = (int(row[f"{metric.name}__{c}"] or 0) for c in ("n", "missing"))
        total = used if metric.unit == "currency" else used + missing
        units.append((row, total, total - missing))
    return _units(units, _grain(query.period))


def _units_of_count(name: str, rows: Rows, query: SemanticQuery) -> list[Unit]:
    return _units([(row, int(row[name] or 0), 0) for row in rows], _grain(query.period))


def _units(counted: Sequence[tuple[Mapping[str, Value], int, int]], grain: str) -> list[Unit]:
    found = [
        Unit(date.fromisoformat(key if len(key := str(row[grain])) == DAY_KEY else f"{key}-01"), total, filled)
        for row, total, filled in counted
        if row[grain] is not None and total > 0
    ]
    return sorted(found, key=lambda u: u.start)


def _when(start: date, grain: str) -> str:
    day = f"{start.day} {start:%B %Y}"
    return {"month": f"in {start:%B %Y}", "week": f"in the week of {day}"}.get(grain, f"on {day}")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def percent(share: float) -> str:
    """A share without decimals, but never 0 % or 100 % of what is not none or all.

    >>> percent(0.123), percent(0.002), percent(0.998), percent(1.0)
    ('12 %', 'under 1 %', 'over 99 %', '100 %')
    """
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{share:.0%}".replace("%", " %")
