"""What stands behind the numbers of a query: each definition with its version, formula and history, what is done with missing values, the statements, and what is in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import TextWrapper

from analyst_agent.records import Filter, QueryResult, SemanticQuery
from analyst_agent.semantic.definitions import BUSINESS_HOURS, CLOCK, GRAINS, Change, Field, Metric, Model, Term
from analyst_agent.semantic.effective import DefinitionChange, history_of
from analyst_agent.settings import Grants, Settings

INDENT = 17
_ROLES = {
    "creation": "known when the ticket is created",
    "assigned": "as last assigned, not a cause",
    "escalation": "of the first escalation",
    "outcome": "known only afterwards",
}
_UNITS = {
    "count": "number",
    "ratio": "share, 0 to 1",
    "minutes": "minutes",
    "score": "score",
    "currency": "amount of money",
}


@dataclass(frozen=True, slots=True)
class Explained:
    """One metric, dimension or term. formula: as in the model file, DuckDB's dialect. missing: what is done with missing values.

    changes: of the built-in definition; seen: changes in this workspace that bear on it.
    """

    kind: str
    name: str
    label: str
    text: str
    formula: str
    version: int
    date: date | None
    unit: str = ""
    missing: str = ""
    synonyms: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    seen: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Executed:
    """One SQL text as it ran. milliseconds: of all statements of the query together; rows: what came back."""

    sql: str
    engine: str
    rows: int
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything `analyst query --explain` shows. in_force: name and value of what holds on every number here."""

    definitions: tuple[Explained, ...]
    statements: tuple[Executed, ...]
    generation: str
    data: tuple[date | None, date | None]
    in_force: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a query ran: the granted model, its settings, restrictions, recorded changes and the days of the data."""

    model: Model
    settings: Settings
    restrictions: Sequence[Filter]
    changes: Sequence[DefinitionChange]
    data: tuple[date | None, date | None]


def explain(query: SemanticQuery, result: QueryResult, desk: Desk) -> Explanation:
    """The explanation of a query that ran."""
    model = desk.model
    metrics = [model.metric(name) for name in dict.fromkeys(query.metrics)]
    parts = [model.metrics[p] for m in metrics for p in (m.numerator, m.denominator) if p in model.metrics]
    every = list({m.name: m for m in [*metrics, *parts]}.values())
    fields = dict.fromkeys([*query.by, *(one.field for one in query.where)])
    known = model.filterable()
    definitions = [
        *(_metric(m, desk) for m in every),
        *(_dimension(known[name], desk) for name in fields if name in known),
        *(_grain(name, desk) for name in fields if name in GRAINS),
        *(_business_hours(desk) for name in fields if name == BUSINESS_HOURS),
        *(_term(t) for t in model.terms.values() if {m.dataset for m in every} & set(t.datasets) or _is_used(t, query)),
    ]
    ran = result.query
    statements = (Executed(ran.sql, ran.engine, ran.rows, ran.milliseconds),)
    return Explanation(tuple(definitions), statements, ran.generation, desk.data, tuple(_in_force(query, desk)))


def lines(explanation: Explanation, width: int = 120) -> list[str]:
    """The explanation as text for a terminal of so many columns: a block for each definition, the SQL last and as it ran."""
    said: list[str] = []
    for one in explanation.definitions:
        label = f" ({one.label})" if one.label != one.name else ""
        since = f", version {one.version} since {one.date.isoformat()}" if one.date else ""
        said += ["", f"{one.kind} {one.name}{label}{since}"]
        rows = [
            ("is", one.text),
            ("formula", one.formula),
            ("unit", one.unit),
            ("missing values", one.missing),
            ("also asked as", ", ".join(one.synonyms)),
            *((f"version {c.version}", f"{c.effective.isoformat()}: {c.what} Why: {c.why}") for c in one.changes),
            *(("changed here", text) for text in one.seen),
        ]
        said += _rows(rows, width)
    first, last = explanation.data
    window = f"{first.isoformat()} to {last.isoformat()}" if first and last else "none"
    data = ("data", f"{window}, generation {explanation.generation}")
    said += ["", "In force", *_rows([*explanation.in_force, data], width)]
    for ran in explanation.statements:
        rows_said = f"{ran.rows:,} row{'s' if ran.rows != 1 else ''}"
        said += ["", f"Ran on {ran.engine}: {rows_said} in {ran.milliseconds:g} ms", "", ran.sql]
    return said


def _rows(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    """Names and texts in two columns, the second wrapped."""
    wrap = TextWrapper(max(width, 60), subsequent_indent=" " * INDENT, break_long_words=False, break_on_hyphens=False)
    return [line for name, text in rows if text for line in wrap.wrap(f"  {name:<{INDENT - 2}}{text}")]


def _metric(metric: Metric, desk: Desk) -> Explained:
    seen = tuple(f"{c.seen.isoformat()}: {c.text}" for c in history_of(metric.name, desk.changes, desk.model))
    formula = f"{metric.numerator} / {metric.denominator}" if metric.is_ratio else metric.expression
    dataset = desk.model.datasets.get(metric.dataset)
    if dataset is not None:
        formula += f" over {dataset.source}" + (f", counted by {dataset.time}" if dataset.time else "")
    return Explained(
        "metric", metric.name, metric.label, metric.definition, formula, metric.version, metric.effective, _UNITS[metric.unit],
        _missing(metric), metric.synonyms, metric.changes, seen,
    )  # fmt: skip


def _missing(metric: Metric) -> str:
    if metric.is_ratio:
        return "empty where the denominator is 0"
    if metric.unit == "currency":
        return f"a missing {metric.rests_on} counts as the mean of the known ones of the period; their number is said"
    if metric.counts_open:
        return "open tickets are left out and counted beside it; so are unknown times"
    if metric.rests_on:
        return f"left out and counted ({metric.rests_on} not recorded)"
    if metric.starts_at_escalation:
        return "left out and counted where the time of escalation is unknown"
    return ""


def _dimension(one: Field, desk: Desk) -> Explained:
    seen = tuple(f"{c.seen.isoformat()}: {c.text}" for c in history_of(one.name, desk.changes, desk.model))
    text = f"{_ROLES[one.role]}{'; personal' if one.personal else ''}"
    missing = "unclassified, always shown" if one.special == "root_cause" else "a row of its own"
    return Explained(
        "dimension", one.name, one.label, text, one.expression, one.version, one.effective, "", missing, one.synonyms, one.changes, seen,
    )  # fmt: skip


def _grain(name: str, desk: Desk) -> Explained:
    settings = desk.settings
    text = f"the local {name} of each metric's own time, in {settings.time_zone}"
    begins = f"; weeks begin on {settings.week_start.capitalize()}" if name == "week" else ""
    return Explained(
        "time", name, name, text + begins, "", 1, None, missing=f"a {name} in which nothing happened is shown"
    )


def _business_hours(desk: Desk) -> Explained:
    text = f"inside or outside, by the local time of each metric's own time, in {desk.settings.time_zone}"
    return Explained("time", BUSINESS_HOURS, CLOCK[BUSINESS_HOURS].label, text, "", 1, None)


def _term(term: Term) -> Explained:
    return Explained("term", term.name, term.name, term.text, "", term.version, term.effective, changes=term.changes)


def _is_used(term: Term, query: SemanticQuery) -> bool:
    if term.name == "root cause":
        return "root_cause" in query.by or any(one.field == "root_cause" for one in query.where)
    return term.name == "period" and query.period is not None


def _in_force(query: SemanticQuery, desk: Desk) -> list[tuple[str, str]]:
    settings = desk.settings
    found = [("grants", _grants(settings.grants))]
    found += [("restrictions", _conditions(desk.restrictions) or "none")]
    found += [("conditions", _conditions(query.where))] if query.where else []
    found += [("time zone", settings.time_zone)]
    if "estimated_cost" in query.metrics:
        cost = query.cost_per_hour if query.cost_per_hour is not None else settings.cost_per_hour
        found += [("cost per hour", f"{cost:g} {settings.currency}")]
    return found


def _grants(grants: Grants) -> str:
    named = [
        f"{kind} {', '.join(names) or 'none'}"
        for kind, names in (("sources", grants.sources), ("objects", grants.objects))
        if names is not None
    ]
    return "; ".join(named) or "everything"


def _conditions(filters: Sequence[Filter]) -> str:
    said = []
    for one in filters:
        value = ", ".join(map(str, one.value)) if isinstance(one.value, tuple) else one.value
        said.append(f"{one.field} {one.op}" + ("" if value is None else f" {value}"))
    return "; ".join(said)
