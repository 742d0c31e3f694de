"""Fingerprints of definitions: what decides the number behind a name, as one short hash, so that no formula changes unnoticed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import sqlglot

from analyst_agent.semantic.definitions import Dataset, Field, Metric, Model, Term

AUTHOR = "duckdb"


def fingerprints(model: Model) -> dict[str, tuple[int, str]]:
    """Version and fingerprint of every metric, field and term, as `metric NAME`, `field DATASET.NAME` and `term NAME`.

    Layout and synonyms do not count; formula, dataset, time, unit and what is said to be missing do. A ratio changes
    with its parts, a term with the SQL of the datasets it decides.
    """
    found = {f"metric {m.name}": (m.version, _hash(_of_metric(m, model))) for m in model.metrics.values()}
    for dataset in model.datasets.values():
        for one in dataset.fields.values():
            found[f"field {dataset.name}.{one.name}"] = one.version, _hash(_of_field(one))
    for term in model.terms.values():
        found[f"term {term.name}"] = term.version, _hash(_of_term(term, model))
    return dict(sorted(found.items()))


def _of_metric(metric: Metric, model: Model) -> dict[str, object]:
    dataset = model.datasets.get(metric.dataset)
    parts = [_of_metric(model.metrics[p], model) for p in (metric.numerator, metric.denominator) if p]
    return {
        "expression": _normal(metric.expression),
        "dataset": metric.dataset,
        "time": dataset.time if dataset is not None else "",
        "unit": metric.unit,
        "starts_at_escalation": metric.starts_at_escalation,
        "counts_open": metric.counts_open,
        "missing_of": metric.missing_of,
        "parts": parts,
    }


def _of_field(one: Field) -> dict[str, object]:
    return {
        "expression": _normal(one.expression),
        "kind": one.kind,
        "role": one.role,
        "special": one.special,
        "requires": one.requires,
        "without": {name: _normal(sql) for name, sql in sorted(one.without.items())},
    }


def _of_term(term: Term, model: Model) -> dict[str, object]:
    return {
        "text": term.text,
        "datasets": {name: _of_dataset(model.datasets[name]) for name in term.datasets if name in model.datasets},
        "codes": sorted(model.reason_codes.items()) if term.name == "root cause" else [],
    }


def _of_dataset(dataset: Dataset) -> dict[str, object]:
    return {
        "source": dataset.source,
        "key": dataset.primary_key,
        "time": dataset.time,
        "derived": _normal(dataset.derived) if dataset.derived else "",
    }


def _normal(sql: str) -> str:
    return sqlglot.parse_one(sql, dialect=AUTHOR).sql(dialect=AUTHOR)


def _hash(content: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]
