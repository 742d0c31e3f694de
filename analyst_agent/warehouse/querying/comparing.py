"""Two sides of a comparison to one: each cell beside its counterpart, the differences, and what must be said about days that are not in the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analyst_agent.records import SemanticQuery, Value
from analyst_agent.semantic.additivity import adds_up
from analyst_agent.semantic.comparing import Comparison, Pair, covered_days
from analyst_agent.semantic.model import Model
from analyst_agent.semantic.periods import describe
from analyst_agent.warehouse.querying.notes import day_text
from analyst_agent.warehouse.querying.spine import Cell, Row

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Sides:
    """How the rows of a query's period and those of what it is compared with belong together."""

    query: SemanticQuery
    model: Model
    plan: Comparison
    data: tuple[date | None, date | None]

    def missing_now(self, now: Sequence[Row], before: Sequence[Row]) -> list[Row]:
        """The cells that only the comparison has, with the dimensions alone."""
        keys = {pair.before_key: pair.key for pair in self.plan.pairs if pair.before is not None}
        known = {self._cell(row) for row in now}
        cells = [self._moved(row, keys[unit]) for row in before if (unit := self._unit(row)) in keys]
        return [cell for cell in cells if self._cell(cell) not in known]

    def missing_before(self, now: Sequence[Row], before: Sequence[Row]) -> list[Row]:
        """The cells that only the period itself has, as cells of the comparison, where the data know its days."""
        keys = {p.key: p.before_key for p in self.plan.pairs if covered_days(p.before, self.data)}
        known = {self._cell(row) for row in before}
        cells = {self._cell(c): c for row in now if (u := self._unit(row)) in keys for c in [self._moved(row, keys[u])]}
        return [row for cell, row in cells.items() if cell not in known]

    def joined(self, now: Sequence[Row], before: Sequence[Row], columns: Sequence[str]) -> tuple[list[Row], list[str]]:
        """The rows of the period with their counterparts' values beside them, and the columns that this adds."""
        others = {self._cell(row): row for row in before}
        pairs = {pair.key: pair for pair in self.plan.pairs}
        per_day = self._are_per_day(now)
        companions = {m: [c[len(m) + 2 :] for c in columns if c.startswith(f"{m}__")] for m in self.query.metrics}
        found = []
        for row in now:
            pair = pairs.get(self._unit(row))
            days = self._days(pair, row)
            counterpart = others.get(self._cell(self._moved(row, pair.before_key))) if pair and days[1] else None
            added = row.copy()
            for name, own in companions.items():
                added |= _beside(name, own, row, counterpart, days, name in per_day)
            found.append(added)
        return found, [c for m, own in companions.items() for c in _names(m, own, m in per_day)]

    def notes(self) -> list[str]:
        """Which days of the comparison are not in the data, and how counts over different numbers of days are compared."""
        notes = [f"Compared is {self.plan.what}."] if self.plan.grain else []
        first, last = self.data
        absent = [p.before for p in self.plan.pairs if p.before is not None and not covered_days(p.before, self.data)]
        partly = [
            p.before for p in self.plan.pairs if p.before is not None and 0 < covered_days(p.before, self.data) < p.before.days
        ]  # fmt: skip
        if absent and first is not None and last is not None:
            units = _listed([describe(p) for p in absent])
            notes.append(
                f"Nothing is known of {units}: the data run from {day_text(first)} to {day_text(last)}. What would be compared with it is left empty."
            )
        for one in partly[:MOST_NAMED]:
            days = covered_days(one, self.data)
            notes.append(f"Of {describe(one)} only {days} of {one.days} days are in the data.")
        without = sum(pair.before is None for pair in self.plan.pairs)
        if without:
            notes.append(f"{without} of {len(self.plan.pairs)} {self.plan.grain}s have no counterpart to compare with.")
        return notes

    def length_notes(self, now: Sequence[Row]) -> list[str]:
        """That relative changes of counts are per day, where they are."""
        if not self._are_per_day(now):
            return []
        if len(self.plan.pairs) == 1 and "weekday" not in self.query.by:
            lengths = " and ".join(str(n) for n in self._days(self.plan.pairs[0], {}))
            return [f"The periods hold {lengths} days of data: relative changes of counts are per day."]
        return ["The periods compared hold different numbers of days: relative changes of counts are per day."]

    def _unit(self, row: Mapping[str, Value]) -> str | None:
        key = row[self.plan.grain] if self.plan.grain else None
        return None if key is None else str(key)

    def _moved(self, row: Mapping[str, Value], key: str | None) -> Row:
        """The same cell of another unit of time."""
        cell = {name: row[name] for name in self.query.by}
        return cell | {self.plan.grain: key} if self.plan.grain else cell

    def _cell(self, row: Mapping[str, Value]) -> Cell:
        return tuple(row[name] for name in self.query.by)

    def _days(self, pair: Pair | None, row: Mapping[str, Value]) -> tuple[int, int]:
        """Days of data of both sides; of one weekday, where that splits."""
        if pair is None:
            return 0, 0
        weekday = row.get("weekday")
        one = None if weekday is None else str(weekday)
        return covered_days(pair.now, self.data, one), covered_days(pair.before, self.data, one)

    def _are_per_day(self, now: Sequence[Row]) -> frozenset[str]:
        """The metrics that add up, where any two counterparts hold different numbers of days."""
        pairs = {pair.key: pair for pair in self.plan.pairs}
        cells = {(self._unit(row), row.get("weekday")) for row in now}
        lengths = [self._days(pairs.get(key), {"weekday": weekday}) for key, weekday in cells]
        if all(a == b for a, b in lengths if a and b):
            return frozenset()
        return frozenset(name for name in self.query.metrics if adds_up(self.model, self.model.metric(name)))


def _names(name: str, companions: Sequence[str], per_day: bool) -> list[str]:
    found = [f"{name}__previous", f"{name}__change", f"{name}__change_ratio"]
    found += [f"{name}__per_day", f"{name}__previous_per_day"] if per_day else []
    found += [f"{name}__share_change"] if "share" in companions else []
    return [*found, *(f"{name}__previous_{companion}" for companion in companions)]


def _beside(
    name: str, companions: Sequence[str], row: Row, before: Row | None, days: tuple[int, int], per_day: bool
) -> Row:
    """The columns of one metric that come of its counterpart; all empty where there is none."""
    added: Row = dict.fromkeys(_names(name, companions, per_day))
    now, then = row[name], before[name] if before is not None else None
    if per_day:
        added[f"{name}__per_day"] = _rate(now, days[0])
    if before is None:
        return added
    added[f"{name}__previous"] = then
    added |= {f"{name}__previous_{companion}": before[f"{name}__{companion}"] for companion in companions}
    if per_day:
        added[f"{name}__previous_per_day"] = _rate(then, days[1])
    if not days[0]:
        return added
    if "share" in companions:
        added[f"{name}__share_change"] = _difference(row[f"{name}__share"], before[f"{name}__share"])
    added[f"{name}__change"] = _difference(now, then)
    ours, theirs = (_rate(now, days[0]), _rate(then, days[1])) if per_day else (now, then)
    change = _difference(ours, theirs)
    if change is not None and isinstance(theirs, (int, float)) and theirs:
        added[f"{name}__change_ratio"] = change / abs(theirs)
    return added


def _difference(now: Value, then: Value) -> float | None:
    return now - then if isinstance(now, (int, float)) and isinstance(then, (int, float)) else None


def _rate(value: Value, days: int) -> float | None:
    return value / days if isinstance(value, (int, float)) and days else None


def _listed(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMED:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMED])} and {len(names) - MOST_NAMED} more"
