"""The records of the semantic model: datasets, fields, relationships, metrics, and the whole that answers for names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from analyst_agent.errors import NotGranted, UnknownName

GRAINS = ("hour", "weekday", "day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of a definition changed, since when and why."""

    version: int
    effective: date
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Term:
    """A word that metrics rest on. datasets: those whose rows it decides."""

    name: str
    text: str
    datasets: tuple[str, ...] = ()
    version: int = 1
    effective: date | None = None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a dataset, by the name people may use. role says when its value is known; only `category` fields split."""

    name: str
    dataset: str
    expression: str
    label: str
    kind: str
    role: str
    synonyms: tuple[str, ...] = ()
    personal: bool = False
    special: str = ""
    requires: str = ""
    without: Mapping[str, str] = field(default_factory=dict)
    version: int = 1
    effective: date | None = None
    changes: tuple[Change, ...] = ()


BUSINESS_HOURS = "business_hours"
CLOCK = {
    name: Field(name, "", "", label, kind, "creation")
    for name, label, kind in (
        ("weekday", "weekday", "text"),
        ("hour", "hour", "number"),
        (BUSINESS_HOURS, "business hours (Monday to Friday, 09:00 to 17:00)", "text"),
    )
}
"""What a filter may name besides fields of the data: the local time of day and week of each metric's own time."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """A table (or a derived one), its key, its default time field and the grant it needs."""

    name: str
    source: str
    primary_key: tuple[str, ...]
    description: str
    source_system: str
    object: str
    time: str = ""
    carries: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    derived: str = ""
    synonyms: tuple[str, ...] = ()
    fields: Mapping[str, Field] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relationship:
    """Many rows of one dataset to one row of another, on one column each."""

    name: str
    many: str
    one: str
    many_column: str
    one_column: str


@dataclass(frozen=True, slots=True)
class Metric:
    """A measure with its definition. Either `expression` over `dataset`, or `numerator` divided by `denominator`."""

    name: str
    label: str
    definition: str
    unit: str
    expression: str
    dataset: str = ""
    numerator: str = ""
    denominator: str = ""
    better: str = "neither"
    starts_at_escalation: bool = False
    counts_open: bool = False
    missing_of: str = ""
    rests_on: str = ""
    synonyms: tuple[str, ...] = ()
    version: int = 1
    effective: date | None = None
    changes: tuple[Change, ...] = ()

    @property
    def is_ratio(self) -> bool:
        """Whether it is a quotient of two metrics."""
        return bool(self.numerator)

    @property
    def is_count(self) -> bool:
        """Whether it counts objects."""
        return self.unit == "count"

    @property
    def is_additive(self) -> bool:
        """Whether nothing is a true 0: a count, or a cost, in which missing handle times are imputed. Other sums stay empty."""
        return self.unit in ("count", "currency")


@dataclass(frozen=True, slots=True)
class Model:
    """The whole model, already reduced to what is granted and extended by the workspace's root causes."""

    name: str
    version: str
    datasets: Mapping[str, Dataset]
    relationships: tuple[Relationship, ...]
    metrics: Mapping[str, Metric]
    root_causes: tuple[str, ...]
    reason_codes: Mapping[str, str]
    revoked: Mapping[str, str] = field(default_factory=dict)
    terms: Mapping[str, Term] = field(default_factory=dict)

    @property
    def derived(self) -> dict[str, str]:
        """Tables that a load materialises: name to SQL over the canonical tables and derived ones before it (DuckDB)."""
        texts = {d.source: d.derived for d in self.datasets.values() if d.derived}
        placed: dict[str, str] = {}

        def place(name: str) -> None:
            for other in texts:
                if other != name and other not in placed and re.search(rf"\b{other}\b", texts[name]):
                    place(other)
            placed.setdefault(name, texts[name])

        for name in texts:
            place(name)
        return placed

    def metric(self, name: str) -> Metric:
        """The metric of that name. Raises UnknownName with the nearest, or NotGranted."""
        if name in self.metrics:
            return self.metrics[name]
        self._refuse_revoked("metric", name)
        raise UnknownName("metric", name, self.metrics)

    def categories(self) -> frozenset[str]:
        """Names of the fields that hold one of a list of values."""
        fields = (one for dataset in self.datasets.values() for one in dataset.fields.values())
        return frozenset(one.name for one in fields if one.kind == "category")

    def dimensions(self) -> dict[str, Field]:
        """Every field that can split or filter by category, by name (the first dataset that has it wins)."""
        found: dict[str, Field] = {}
        for dataset in self.datasets.values():
            for one in dataset.fields.values():
                if one.kind == "category":
                    found.setdefault(one.name, one)
        return found

    def filterable(self) -> dict[str, Field]:
        """Every field that a filter may name."""
        found: dict[str, Field] = {}
        for dataset in self.datasets.values():
            for one in dataset.fields.values():
                found.setdefault(one.name, one)
        return found

    def dimension_label(self, name: str) -> str:
        """What people read for a dimension or a time grain."""
        if name in GRAINS:
            return name
        known = self.filterable() | CLOCK
        return known[name].label if name in known else name

    def check_dimension(self, name: str) -> None:
        """Raises UnknownName with the nearest valid dimension, or NotGranted."""
        if name in GRAINS or name in self.dimensions():
            return
        self._refuse_revoked("dimension", name)
        raise UnknownName("dimension", name, [*self.dimensions(), *GRAINS])

    def check_field(self, name: str) -> Field:
        """The field of that name. Raises UnknownName with the nearest, or NotGranted."""
        known = self.filterable()
        if name in known:
            return known[name]
        self._refuse_revoked("field", name)
        raise UnknownName("field", name, known)

    def check_condition(self, name: str) -> Field:
        """What a filter of a query names: a field, or what the clock says. Raises as check_field does."""
        return CLOCK[name] if name in CLOCK else self.check_field(name)

    def _refuse_revoked(self, kind: str, name: str) -> None:
        if name in self.revoked:
            raise NotGranted(
                f"The {kind} {name!r} needs {self.revoked[name]}, which this analyst is not granted.",
                "Ask without it, or add the grant in analyst.toml [analyst.grants].",
            )
