"""The records that travel between the layers: periods, queries, facts, findings, plans and answers. No behaviour beyond their JSON form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

from analyst_agent.parts import Part
from analyst_agent.rows import Cell, Rows

Value = Cell
Day = date
"""A date, where a record has a field of that name."""


def to_json(value: Any) -> Any:
    """Plain JSON types of any record: dates as ISO 8601 strings, tuples as lists, dataclasses as objects."""
    if isinstance(value, Period):
        return value.to_dict()
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value) if not f.metadata.get("private")}
    if isinstance(value, dict):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, Rows)):
        return [to_json(v) for v in value]
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and math.isnan(value):
        return None
    return value


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days from `start` up to, not including, `end`, in the workspace's time zone.

    kind: `calendar` (a whole week, month, quarter, year or several), `rolling` (N days), `to_date` (a calendar period cut at today),
    `custom` (two dates, "since"), `all` (everything loaded). grain: the calendar unit it consists of, where it has one.
    """

    start: date
    end: date
    label: str = ""
    kind: Literal["calendar", "rolling", "to_date", "custom", "all"] = "custom"
    grain: Literal["day", "week", "month", "quarter", "year"] | None = None

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    def to_dict(self) -> dict[str, str]:
        """`{start, end, label}`, end exclusive."""
        return {"start": self.start.isoformat(), "end": self.end.isoformat(), "label": self.label}


FILTER_OPS = ("=", "!=", "in", "not in", ">", ">=", "<", "<=", "between", "contains", "missing", "present")


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition on a field of the semantic model: `value` is a scalar, a tuple for in, not in and between, or None for missing and present."""

    field: str
    op: str = "="
    value: Any = None


@dataclass(frozen=True, slots=True)
class Order:
    """Order of a query's rows by one of its columns."""

    column: str
    descending: bool = True


@dataclass(frozen=True, slots=True)
class SemanticQuery:
    """What is asked of the semantic layer, in names of the model only; several filters must all hold.

    compare: a period to compare with, or `previous` or `year` for the one before or a year before (of each unit, where a time
    grain splits). top: so many values of the first dimension, the rest as "other". share: each additive metric's part of the total.
    overlapping: a ticket may be split by what it has several of, such as the types of its resolutions; it counts once with each.
    """

    metrics: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    period: Period | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    cost_per_hour: float | None = None
    compare: Period | Literal["previous", "year"] | None = None
    top: int | None = None
    share: bool = False
    overlapping: bool = False


@dataclass(frozen=True, slots=True)
class QueryRecord:
    """What ran: shown with every answer so that each number can be reproduced."""

    id: str
    semantic: dict[str, Any]
    sql: str
    engine: str
    rows: int
    milliseconds: float
    generation: str


@dataclass(frozen=True, slots=True)
class QueryResult:
    """Rows of a semantic query as dictionaries: a key per dimension and per metric, and for each metric m also `m__n` (objects
    it rests on), `m__missing` (objects left out for want of a value) and, for ratios, `m__numerator` and `m__denominator`.

    With `compare` also `m__previous` (and its companions, `m__previous_n` ...), `m__change` and `m__change_ratio`, and of counts over
    different numbers of days `m__per_day` and `m__previous_per_day`; with `share` `m__share` and what it is of, `m__share_of`; with
    `top` `d__other` of the dimension cut: how many values the row stands for, 0 for a value of its own.
    """

    columns: tuple[str, ...]
    rows: Sequence[dict[str, Value]]
    period: Period | None
    query: QueryRecord
    caveats: tuple[str, ...] = ()
    comparison: Period | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    """One number with everything needed to read and to check it. Rates are 0 to 1; durations are minutes.

    interval: 95 % interval of the value. reference: what `difference` is against ("rest", "comparison_period", "overall").
    difference_interval: 95 % interval of the difference. significant: True, False, or None (not tested, or too few to say).
    tickets: ids of those it is made of, where what is written in them chose them; () where its period, dimensions and filters do.
    """

    id: str
    metric: str
    value: Value
    unit: str
    period: Period | None
    dimensions: dict[str, Value] = field(default_factory=dict)
    n: int | None = None
    missing: int | None = None
    interval: tuple[float, float] | None = None
    reference: str | None = None
    reference_period: Period | None = None
    reference_value: float | None = None
    difference: float | None = None
    difference_interval: tuple[float, float] | None = None
    p_value: float | None = None
    p_adjusted: float | None = None
    significant: bool | None = None
    query: str | None = None
    filters: tuple[Filter, ...] = ()
    tickets: tuple[str, ...] = field(default=(), metadata={"private": True})


@dataclass(frozen=True, slots=True)
class Column:
    """A table column. unit: ratio, points, minutes, count, currency, score, date or text."""

    name: str
    unit: str = "text"
    key: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of values; `fact_ids` has the shape of `rows` and names the fact behind each number (None for text)."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    fact_ids: tuple[tuple[str | None, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """A Vega-Lite specification whose data are rows of a table of the same finding; `alt` describes it in words."""

    title: str
    spec: dict[str, Any]
    alt: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A request for one chart of a table of the same finding: a kind known to the report layer, and the table's columns by
    their part in it (`{"label": "tier", "value": "cohort_escalation_rate", "low": "low", "high": "high"}`).

    options: what is no column, such as the grain of a time axis or a reference value, never a number that is not a fact's.
    """

    kind: str
    table: str
    columns: dict[str, str]
    title: str = ""
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Citation:
    """A passage of a document, quoted as indexed. standing: what keeps the document from being in force, such as
    "superseded by POL-9", empty where nothing does."""

    document: str
    heading: str
    quote: str
    title: str = ""
    space: str = ""
    score: float | None = None
    effective: str | None = None
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What to do about a pattern, and why: basis is a document's heading or a fact's id, never an opinion."""

    pattern: str
    action: str
    basis: str
    basis_kind: Literal["document", "fact"]
    document: str | None = None
    fact: str | None = None


@dataclass(frozen=True, slots=True)
class Definition:
    """The name of a metric or term and its formula in words, as the semantic model states it; its version and the day it took effect."""

    name: str
    text: str
    version: int | None = None
    date: Day | None = None


@dataclass(frozen=True, slots=True)
class Caveat:
    """Something that changes how the numbers read. where: the metric or fact ids it qualifies."""

    text: str
    code: str = ""
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """A request for one claim: a kind known to the claims layer and the facts it is to be made of, with non-numeric arguments only."""

    kind: str
    facts: tuple[str, ...]
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a skill returns: facts and their arrangement, never prose. `statements` is the order of its default text.

    labels: what people read for metrics and dimensions that the semantic model does not know, by name.
    """

    title: str
    skill: str
    period: Period | None
    comparison: Period | None = None
    definitions: tuple[Definition, ...] = ()
    facts: tuple[Fact, ...] = ()
    statements: tuple[Statement, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    citations: tuple[Citation, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    queries: tuple[QueryRecord, ...] = ()
    drawings: tuple[Drawing, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)

    def fact(self, fact_id: str) -> Fact:
        """The fact of that id. Raises KeyError."""
        for fact in self.facts:
            if fact.id == fact_id:
                return fact
        raise KeyError(fact_id)


class Status(StrEnum):
    """How a question ended; `answered` includes "too few to say"."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    REFUSED = "refused"
    ERROR = "error"


class Intent(StrEnum):
    """What a plan will do."""

    SKILL = "skill"
    QUERY = "query"
    KNOWLEDGE = "knowledge"
    DESCRIBE = "describe"
    SMALLTALK = "smalltalk"
    CLARIFY = "clarify"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Choice:
    """One way out of an ambiguity: `text` is what is shown and may be typed back as the next question."""

    text: str
    plan: Plan | None = None


SHARE_OPTION = "share_of"
"""An option of plain queries alone: the fields whose conditions make the part that a share is told of."""
HAVING_OPTION = "having"
"""An option of plain queries alone: a condition on a metric, such as "escalated_ticket_count >= 4", that a group must meet to be shown."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a question was understood to ask. A follow-up is a changed copy of the plan before it. focus: the segment asked about.

    options: what only some skills take (`skillkit.parameters`), such as a ticket's id or a grain, by name. then: the plans
    of further parts of the question, answered after it; a follow-up leans on the first.
    """

    intent: Intent
    confidence: float = 1.0
    skill: str | None = None
    focus: str | None = None
    metrics: tuple[str, ...] = ()
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    period: Period | None = None
    comparison: Period | None = None
    order: tuple[Order, ...] = ()
    limit: int | None = None
    knowledge_query: str | None = None
    spaces: tuple[str, ...] = ()
    cost_per_hour: float | None = None
    period_is_default: bool = False
    choices: tuple[Choice, ...] = ()
    reason: str = ""
    notes: tuple[str, ...] = ()
    options: Mapping[str, Value] = field(default_factory=dict)
    then: tuple[Plan, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounding:
    """How many clauses of the text are bound to facts, and the ones that are not."""

    claims: int = 0
    bound: int = 0
    unbound: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Usage:
    """What answered and what it took. fallback: why another model than the one asked for answered, or the default text stands,
    or None. mended: a sentence for each thing of the model's calls and text that was put right before it was used. route: where
    the answer's calls come from: `plan` (the plan of the question, run before the model was asked or proposed to it and taken),
    `model` (its own choice), `offline` (no model, or none of its calls). calls: how often a model was called.
    """

    model: str
    fallback: str | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    seconds: float = 0.0
    mended: tuple[str, ...] = ()
    route: Literal["offline", "plan", "model"] = "offline"
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """The record behind every surface: terminal, JSON, page, mail. plan: how the question was read; calls: what was run, in order;
    parts: the text by its parts, () where it is one.
    """

    question: str
    status: Status
    answer: str
    period: Period | None = None
    compared_with: Period | None = None
    skills: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    citations: tuple[Citation, ...] = ()
    recommendations: tuple[Recommendation, ...] = ()
    caveats: tuple[Caveat, ...] = ()
    definitions: tuple[Definition, ...] = ()
    choices: tuple[Choice, ...] = ()
    grounding: Grounding = Grounding()
    usage: Usage = Usage(model="offline")
    conversation: str = ""
    generation: str = ""
    queries: tuple[QueryRecord, ...] = ()
    plan: Plan | None = field(default=None, metadata={"private": True})
    calls: tuple[Plan, ...] = field(default=(), metadata={"private": True})
    parts: tuple[Part, ...] = field(default=(), metadata={"private": True})
