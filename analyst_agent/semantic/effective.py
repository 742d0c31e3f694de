"""The definitions in force in a workspace: its settings that decide numbers and the versions of what is built in, how they changed, and which answers that concerns."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from analyst_agent.records import Period, SemanticQuery, Value
from analyst_agent.rows import total_of
from analyst_agent.semantic.definitions import GRAINS, Field, Metric, Model, Term
from analyst_agent.semantic.model import load_model, model_for
from analyst_agent.settings import Settings

COST, HANDLE, CAUSES, WEEK, FISCAL, ZONE, GRANTED = (
    "cost per hour", "default handle time", "root causes", "first day of the week", "first month of the fiscal year", "time zone", "granted data",
)  # fmt: skip
SAID_FOR_DAYS = 92
"""A quarter: as long as an answer may stand beside a report or an answer that was made with the definition before."""
MOST_CODES = 3
OPENING = "The definition of "
"""How every sentence about a changed definition begins."""


@dataclass(frozen=True, slots=True)
class DefinitionChange:
    """A definition that was `old` when last looked at and was seen to be `new` on a day."""

    name: str
    seen: date
    old: str
    new: str

    @property
    def text(self) -> str:
        """What changed, in words: "cost per hour from 45 USD to 60 USD"."""
        if self.name == CAUSES:
            return _codes_text(json.loads(self.old), json.loads(self.new))
        kind, _, name = self.name.partition(" ")
        told = name if kind in ("metric", "dimension", "term") else self.name
        return f"{told.replace('_', ' ')} from {self.old} to {self.new}"


def effective_definitions(settings: Settings) -> dict[str, str]:
    """Each definition in force by name, as a text that is the same as long as it means the same."""
    model, built_in = model_for(settings), load_model()
    found = {
        COST: f"{settings.cost_per_hour:g} {settings.currency}",
        HANDLE: f"{settings.default_handle_minutes:g} minutes",
        CAUSES: json.dumps(dict(sorted(model.reason_codes.items()))),
        WEEK: settings.week_start,
        FISCAL: str(settings.fiscal_year_start),
        ZONE: settings.time_zone,
        GRANTED: ", ".join(sorted(model.datasets)) or "nothing",
    }
    found |= {f"metric {m.name}": f"version {m.version}" for m in built_in.metrics.values()}
    found |= {f"dimension {f.name}": f"version {f.version}" for f in built_in.dimensions().values()}
    return found | {f"term {t.name}": f"version {t.version}" for t in built_in.terms.values()}


def remarks_on(
    query: SemanticQuery, rows: Sequence[Mapping[str, Value]], changes: Sequence[DefinitionChange], model: Model, today: date
) -> list[str]:  # fmt: skip
    """A sentence for each change that makes these numbers other than those of an earlier answer or report on the same period.

    Said of a change seen after the period began, and for SAID_FOR_DAYS; of a definition changed twice, from the first to the last.
    """
    start = query.period.start if query.period is not None and query.period.kind != "all" else None
    recent = [c for c in changes if (today - c.seen).days <= SAID_FOR_DAYS and (start is None or c.seen > start)]
    said = []
    for name in dict.fromkeys(c.name for c in recent):
        steps = [c for c in recent if c.name == name]
        whole = DefinitionChange(name, steps[-1].seen, steps[0].old, steps[-1].new)
        subject = _subject(name, query, rows, model)
        if subject and whole.old != whole.new:
            day = f"{whole.seen.day} {whole.seen:%B %Y}"
            said.append(f"{OPENING}{subject} changed on {day}: {whole.text}{_why(name, model)}.")
    return said


def history_of(name: str, changes: Sequence[DefinitionChange], model: Model) -> list[DefinitionChange]:
    """The changes that bear on one metric or dimension, oldest first."""
    query = SemanticQuery((name,)) if name in model.metrics else SemanticQuery((), (name,))
    return [c for c in changes if _subject(c.name, query, (), model)]


def _subject(name: str, query: SemanticQuery, rows: Sequence[Mapping[str, Value]], model: Model) -> str:
    """What a definition decides in a query, "" where nothing."""
    fields = {*query.by, *(one.field for one in query.where)}
    metrics = [m for n in query.metrics if n in model.metrics for m in _with_parts(model.metrics[n], model)]
    names = {m.name for m in metrics}
    kind, _, own = name.partition(" ")
    if name == COST:
        return "estimated cost" if "estimated_cost" in names and query.cost_per_hour is None else ""
    if name == HANDLE:
        return "estimated cost" if "estimated_cost" in names and _uses_default(rows) else ""
    if name == CAUSES:
        return "root cause" if "root_cause" in fields else ""
    if name == WEEK:
        weekly = "week" in fields or (query.period is not None and query.period.grain == "week")
        return "a week" if weekly else ""
    if name == FISCAL:
        return "the fiscal year" if query.period is not None and _is_year(query.period) else ""
    if name == ZONE:
        timed = query.period is not None and query.period.kind != "all"
        return "a day" if timed or fields & set(GRAINS) or not rows else ""
    if name == GRANTED:
        return "resolved" if any("resolved_at" in m.expression for m in metrics) else ""
    if kind == "metric":
        return model.metrics[own].label if own in names else ""
    if kind == "dimension":
        return model.dimension_label(own) if own in fields else ""
    term = model.terms.get(own)
    return own if term is not None and {m.dataset for m in metrics} & set(term.datasets) else ""


def _with_parts(metric: Metric, model: Model) -> Iterator[Metric]:
    yield metric
    for part in (metric.numerator, metric.denominator):
        if part in model.metrics:
            yield from _with_parts(model.metrics[part], model)


def _uses_default(rows: Sequence[Mapping[str, Value]]) -> bool:
    """Whether the cells' own handle times are all missing, so that the default may stand for them; unknown without rows."""
    used, missing = (total_of(rows, f"estimated_cost__{c}") for c in ("n", "missing"))
    return missing >= used


def _is_year(period: Period) -> bool:
    """Whether a period may be a fiscal half or year, or one to date: more than a quarter, from the first of a month other than January."""
    return period.days > SAID_FOR_DAYS and period.start.day == 1 and period.start.month != 1


def _why(name: str, model: Model) -> str:
    """What the newest version of a built-in definition says of itself."""
    kind, _, own = name.partition(" ")
    known: Mapping[str, Mapping[str, Metric | Field | Term]] = {
        "metric": model.metrics,
        "dimension": model.dimensions(),
        "term": model.terms,
    }
    one = known.get(kind, {}).get(own)
    return f" ({one.changes[-1].what.rstrip('.')})" if one is not None and one.changes else ""


def _codes_text(old: Mapping[str, str], new: Mapping[str, str]) -> str:
    moved = [
        f"{code} from {old.get(code, 'unclassified')} to {new.get(code, 'unclassified')}"
        for code in sorted({*old, *new})
        if old.get(code) != new.get(code)
    ]
    more = f" and {len(moved) - MOST_CODES:,} more codes" if len(moved) > MOST_CODES else ""
    return f"the cause of {', '.join(moved[:MOST_CODES])}{more}"
