"""The words for metrics, dimensions and stored values that claims and tables use."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from analyst_agent.claims import formats
from analyst_agent.claims.escape import LONGEST_NAME, delimited, escaped
from analyst_agent.records import Fact, Filter, Finding, Value
from analyst_agent.semantic.definitions import BUSINESS_HOURS, CLOCK
from analyst_agent.semantic.model import Model
from analyst_agent.skillkit.terms import TERMS

ESCALATIONS = "escalation_count"
RESOLUTION = "creation_to_resolution_minutes"
"""The number of a ticket's escalations, which one that was never escalated does not have."""
CAUSES = frozenset({"root_cause", "inferred_root_cause"})
UNCLASSIFIED = "No recorded cause"
NOT_RECORDED = "not recorded"
WITHOUT = {
    "mean_csat": "without a rating",
    "mean_handle_minutes": "without a handle time",
    "mean_ticket_csat": "without a rating",
    "mean_ticket_handle_minutes": "without a handle time",
    "mean_resolution_minutes": "still open",
    "median_resolution_minutes": "still open",
    "p90_resolution_minutes": "still open",
    "mean_time_to_escalation": "whose time of escalation is unknown",
    "sla_breach_rate": "without a due time",
    "mean_minutes_to_acknowledge": "not acknowledged",
    "mean_first_response_minutes": "not answered yet",
    "median_first_response_minutes": "not answered yet",
    "estimated_cost": "with an imputed handle time",
}
_OPERATORS = {
    "!=": "not", "not in": "not", ">": "above", ">=": "at least", "<": "below", "<=": "at most",
    "contains": "containing",
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_YEAR_MONTH = re.compile(r"^(\d{4})-(\d{2})$")


@dataclass(frozen=True, slots=True)
class Wording:
    """Labels by name: `metrics` and `dimensions` from the semantic model, `synonyms` (other words for a metric),
    `values` for stored values that read badly; `currency` of costs; `today`, the clock, None where it is unknown."""

    metrics: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    currency: str = "USD"
    today: date | None = None

    def of(self, finding: Finding) -> Wording:
        """These words with the labels that a finding declares, which never replace the words of the semantic model."""
        if not finding.labels:
            return self
        own = {name: escaped(label, LONGEST_NAME) for name, label in finding.labels.items() if name not in TERMS}
        return replace(self, metrics={**own, **self.metrics}, dimensions={**own, **self.dimensions})

    def metric(self, name: str) -> str:
        """What people read for a metric, in lower case as in the middle of a sentence."""
        if name.endswith("_per_day") and name not in self.metrics:
            return f"{self.metric(name.removesuffix('_per_day'))} per day"
        if name not in self.metrics and name in TERMS:
            return TERMS[name].label
        return self.metrics.get(name) or escaped(name.replace("_", " "))

    def dimension(self, name: str) -> str:
        """What people read for a dimension."""
        return self.dimensions.get(name) or escaped(name.replace("_", " "))

    def value(self, dimension: str, value: Value) -> str:
        """What people read for a stored value, safe in Markdown, in quotation marks where it does not read as a name."""
        return delimited(self.plain_value(dimension, value))

    def plain_value(self, dimension: str, value: object) -> str:
        """The same without escapes, for charts and for comparing words."""
        if value is None or value == "":
            return NOT_RECORDED
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, str) and value in self.values:
            return self.values[value]
        if dimension in CAUSES:
            return UNCLASSIFIED if value == "unclassified" else str(value).replace("_", " ").capitalize()
        return _time_value(dimension, value) or str(value)

    def number(self, fact: Fact) -> str:
        """The fact's value in its unit."""
        return formats.number(fact.value, fact.unit, self.currency)

    def named(self, dimensions: Mapping[str, Value]) -> str:
        """ "root cause Product bug, product area Reports"."""
        return ", ".join(f"{self.dimension(d)} {self.value(d, v)}" for d, v in dimensions.items())

    def filtered(self, filters: tuple[Filter, ...]) -> str:
        """The conditions under which numbers were counted, in words; "" without any."""
        return ", ".join(self._condition(one) for one in filters)

    def without(self, metric: str) -> str:
        """What the objects left out of a metric lack."""
        return WITHOUT.get(metric, "without a value")

    def _condition(self, one: Filter) -> str:
        name = self.dimension(one.field)
        if one.field == ESCALATIONS and one.op in ("missing", "present"):
            return "never escalated" if one.op == "missing" else "escalated at any time"
        if one.field == RESOLUTION and one.op in ("missing", "present"):
            return "not resolved" if one.op == "missing" else "resolved"
        if one.field == "is_open" and one.op == "=":
            return name if one.value == "open" else self.value(one.field, str(one.value))
        if one.op in ("missing", "present"):
            return f"{name} {'not recorded' if one.op == 'missing' else 'recorded'}"
        if one.field == BUSINESS_HOURS and one.op == "=":
            return name if one.value == "inside" else f"outside {name}"
        values = one.value if isinstance(one.value, (list, tuple)) else (one.value,)
        if one.field == "hour" and one.op == "in" and (span := _hours(values)):
            return span
        shown = [_amount(one.field, v) or self.value(one.field, v) for v in values]
        day = _date(one.value) if one.op in ("<", ">=") and isinstance(one.value, str) else None
        if day is not None:
            return f"{name} {'before' if one.op == '<' else 'from'} {formats.day(day)}"
        if one.op == "between" and len(shown) == 2:
            return f"{name} {shown[0]} to {shown[1]}"
        joined = formats.listed(shown, word="or")
        return " ".join(word for word in (name, _OPERATORS.get(one.op, ""), joined) if word)


def wording_of(model: Model, currency: str = "USD", today: date | None = None) -> Wording:
    """The words of a semantic model, as reduced to what the analyst may see."""
    return Wording(
        metrics={m.name: m.label for m in model.metrics.values()},
        dimensions={name: one.label for name, one in (model.filterable() | CLOCK).items()},
        synonyms={m.name: m.synonyms for m in model.metrics.values()},
        currency=currency,
        today=today,
    )


def _hours(values: Sequence[object]) -> str:
    """Hours in a row as a time of day: "from 22:00 to 06:00"; "" for others."""
    hours = [int(str(value)) for value in values]
    if not hours or any((one + 1) % 24 != two for one, two in itertools.pairwise(hours)):
        return ""
    return f"from {hours[0]:02d}:00 to {(hours[-1] + 1) % 24:02d}:00"


def _amount(field: str, value: object) -> str:
    """A number of minutes as a duration: "24 h"; "" for other values."""
    if not field.endswith("_minutes") or not _NUMBER.fullmatch(str(value)):
        return ""
    return formats.duration(float(str(value))).replace(".0 ", " ")


def _time_value(dimension: str, value: object) -> str:
    if dimension == "weekday" and isinstance(value, int) and 1 <= value <= 7:
        return formats.WEEKDAYS[value - 1]
    if dimension == "hour" and isinstance(value, int):
        return f"{value:02d}:00"
    if dimension not in ("day", "week", "month", "quarter", "year"):
        return ""
    start = _date(value)
    if start is None:
        return ""
    match dimension:
        case "month":
            return formats.month(start)
        case "quarter":
            return f"Q{(start.month + 2) // 3} {start.year}"
        case "year":
            return str(start.year)
        case "week":
            return f"week of {formats.day(start)}"
    return formats.day(start)


def _date(value: object) -> date | None:
    if isinstance(value, date):
        return value
    text = str(value)
    if match := _YEAR_MONTH.match(text):
        text = f"{match[1]}-{match[2]}-01"
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
