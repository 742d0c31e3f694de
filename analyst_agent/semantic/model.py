"""Reading the semantic model from its YAML, with precise complaints, and reducing it to what a workspace grants."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.semantic.definitions import GRAINS, Change, Dataset, Field, Metric, Model, Relationship, Term
from analyst_agent.settings import Grants, Settings

BUILTIN = Path(__file__).with_name("escalation.yml")
VENDOR = "ESCALATION_ANALYST"
ROLES = ("creation", "assigned", "escalation", "outcome")
KINDS = ("category", "number", "time", "text", "id")
VERSIONED = ("version", "effective", "changes")

__all__ = [
    "GRAINS",
    "Dataset",
    "Field",
    "Metric",
    "Model",
    "Relationship",
    "granted",
    "load_model",
    "metric_datasets",
    "metrics_of_escalations",
    "model_for",
    "normal_code",
    "parse_model",
]


@cache
def load_model(path: Path = BUILTIN) -> Model:
    """The model in that file. Raises InvalidDefinition naming the place that is wrong."""
    try:
        raw = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise InvalidDefinition(f"{path.name} is not valid YAML: {error}.", "Correct that place.") from error
    return parse_model(raw, path.name)


def model_for(settings: Settings, model: Model | None = None) -> Model:
    """The model as a workspace sees it: reason codes and root causes of its settings added, what is not granted removed."""
    base = model or load_model()
    codes = dict(base.reason_codes) | {normal_code(k): normal_code(v) for k, v in settings.root_causes.items()}
    causes = tuple(dict.fromkeys([*base.root_causes, *(v for v in codes.values() if v != "unclassified")]))
    return granted(replace(base, reason_codes=codes, root_causes=causes), settings.grants)


def granted(model: Model, grants: Grants) -> Model:
    """The model without the datasets, fields, relationships and metrics that the grants leave out."""
    out = {
        d.name
        for d in model.datasets.values()
        if not (grants.has_object(d.object) and grants.has_source(d.source_system))
    }
    if not grants.has_object("ticket"):
        out |= {"ticket", "escalated_ticket", "escalation_event", "resolution"}
    revoked: dict[str, str] = {}
    objects = {model.datasets[name].object for name in out}
    datasets: dict[str, Dataset] = {}
    for dataset in model.datasets.values():
        lost = {name: one for name, one in dataset.fields.items() if dataset.name in out or one.requires in objects}
        revoked |= {
            name: f"the object {one.requires if one.requires in objects else dataset.object!r}"
            for name, one in lost.items()
        }
        if dataset.name not in out:
            kept = {n: _without(one, objects) for n, one in dataset.fields.items() if n not in lost}
            datasets[dataset.name] = replace(dataset, fields=kept)
    still = {name for d in datasets.values() for name in d.fields}
    metrics: dict[str, Metric] = {}
    for metric in model.metrics.values():
        needs = metric_datasets(model, metric)
        if needs & out:
            revoked[metric.name] = "the object " + ", ".join(
                repr(model.datasets[n].object) for n in sorted(needs & out)
            )
        else:
            metrics[metric.name] = metric
    links = tuple(r for r in model.relationships if r.many not in out and r.one not in out)
    gone = {name: why for name, why in revoked.items() if name not in still and name not in metrics}
    return replace(model, datasets=datasets, relationships=links, metrics=metrics, revoked=gone)


def metric_datasets(model: Model, metric: Metric) -> set[str]:
    """Names of the datasets a metric reads."""
    if metric.is_ratio:
        parts = (model.metrics[metric.numerator], model.metrics[metric.denominator])
        return set().union(*(metric_datasets(model, p) for p in parts))
    named = set(re.findall(r"\b([a-z_]+)\.", metric.expression))
    return {metric.dataset} | (named & set(model.datasets))


def metrics_of_escalations(model: Model) -> frozenset[str]:
    """Names of the metrics that rest on which tickets were escalated."""
    escalated = {"escalated_ticket", "escalation_event"}
    return frozenset(name for name, one in model.metrics.items() if metric_datasets(model, one) & escalated)


def normal_code(code: str) -> str:
    """The form in which reason codes and root causes are compared.

    >>> normal_code(" Policy-Gap ")
    'policy_gap'
    """
    return re.sub(r"[\s\-]+", "_", code.strip().lower())


def _without(one: Field, objects: set[str]) -> Field:
    for name, expression in one.without.items():
        if name in objects:
            return replace(one, expression=expression)
    return one


def parse_model(raw: Any, where: str = "model") -> Model:
    """A model from its parsed YAML; every complaint names the dataset, field or metric."""
    try:
        top = raw["semantic_model"][0]
        extra = _extension(top, f"{where}: {top['name']}")
        datasets = {d["name"]: _dataset(d, where) for d in top["datasets"]}
        metrics = {m["name"]: _metric(m, where) for m in top["metrics"]}
        links = tuple(
            Relationship(r["name"], r["from"], r["to"], r["from_columns"][0], r["to_columns"][0])
            for r in top["relationships"]
        )
    except (KeyError, TypeError, IndexError) as error:
        raise InvalidDefinition(f"{where} lacks {error}.", "See the form in docs/semantic.md.") from error
    codes = {normal_code(c): cause for cause, names in extra.get("reason_codes", {}).items() for c in names}
    model = Model(
        top["name"], extra["definitions_version"], datasets, links, metrics, tuple(extra["root_causes"]), codes,
        terms={name: _term(name, raw, where) for name, raw in extra.get("terms", {}).items()},
    )  # fmt: skip
    _check(model, where)
    return model


def _dataset(raw: Mapping[str, Any], where: str) -> Dataset:
    place = f"{where}: dataset {raw['name']}"
    extra = _extension(raw, place)
    _known(extra, {"source_system", "object", "time", "carries"}, place)
    fields = {f["name"]: _field(f, raw["name"], where) for f in raw["fields"]}
    sql = next((e["data"] for e in raw.get("custom_extensions", ()) if e["vendor_name"] == f"{VENDOR}_SQL"), "")
    return Dataset(
        raw["name"], raw["source"], tuple(raw["primary_key"]), raw["description"], extra["source_system"], extra["object"],
        extra.get("time", ""), {k: tuple(v) for k, v in extra.get("carries", {}).items()}, sql.strip(), _synonyms(raw), fields,
    )  # fmt: skip


def _field(raw: Mapping[str, Any], dataset: str, where: str) -> Field:
    place = f"{where}: field {dataset}.{raw['name']}"
    extra = _extension(raw, place)
    _known(extra, {"kind", "role", "personal", "special", "requires", "without", *VERSIONED}, place)
    for key, valid in (("kind", KINDS), ("role", ROLES)):
        if extra.get(key) not in valid:
            raise UnknownName(f"{key} of {place}", str(extra.get(key)), valid)
    label = raw.get("label", raw["name"].replace("_", " "))
    extra |= _version(extra, place)
    return Field(raw["name"], dataset, _expression(raw, place), label, synonyms=_synonyms(raw), **extra)


def _metric(raw: Mapping[str, Any], where: str) -> Metric:
    place = f"{where}: metric {raw['name']}"
    extra = _extension(raw, place)
    _known(
        extra,
        {"label", "dataset", "unit", "numerator", "denominator", "better", "starts_at_escalation", "counts_open", "missing_of", "rests_on", *VERSIONED},
        place,
    )  # fmt: skip
    extra |= _version(extra, place)
    return Metric(
        name=raw["name"], definition=raw["description"], expression=_expression(raw, place), synonyms=_synonyms(raw), **extra
    )  # fmt: skip


def _term(name: str, raw: Mapping[str, Any], where: str) -> Term:
    place = f"{where}: term {name}"
    _known(raw, {"text", "datasets", *VERSIONED}, place)
    return Term(name, raw["text"], tuple(raw.get("datasets", ())), **_version(raw, place))


def _version(extra: Mapping[str, Any], place: str) -> dict[str, Any]:
    """Version, day and changes of a definition; every version after the first is told in `changes`."""
    version = extra.get("version", 1)
    if type(version) is not int or version < 1:
        raise InvalidDefinition(f"{place}: version {version!r} is no number from 1.", "Count the versions.")
    changes = tuple(
        Change(one["version"], _day(one["effective"], place), one["what"], one["why"])
        for one in extra.get("changes", ())
    )
    if [c.version for c in changes] != list(range(2, version + 1)):
        raise InvalidDefinition(
            f"{place}: version {version} needs a line in `changes` for each version from 2.",
            'Each is {"version": 2, "effective": "2026-11-21", "what": "...", "why": "..."}.',
        )
    effective = _day(extra["effective"], place) if "effective" in extra else None
    return {"version": version, "effective": effective, "changes": changes}


def _day(text: str, place: str) -> date:
    try:
        return date.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise InvalidDefinition(f"{place}: {text!r} is no day.", "Write it as 2026-11-21.") from error


def _extension(raw: Mapping[str, Any], place: str) -> dict[str, Any]:
    for extension in raw.get("custom_extensions", ()):
        if extension["vendor_name"] == VENDOR:
            try:
                data = json.loads(extension["data"])
            except json.JSONDecodeError as error:
                raise InvalidDefinition(f"{place}: custom_extensions.data is no JSON: {error}.", "Quote it.") from error
            return dict(data)
    raise InvalidDefinition(f"{place} has no custom_extensions of {VENDOR}.", "Add one; see docs/semantic.md.")


def _expression(raw: Mapping[str, Any], place: str) -> str:
    dialects = raw["expression"]["dialects"]
    if len(dialects) != 1 or dialects[0]["dialect"] != "DUCKDB":
        raise InvalidDefinition(f"{place}: the author dialect is DUCKDB.", "Give exactly one expression in it.")
    return str(dialects[0]["expression"])


def _synonyms(raw: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(raw.get("ai_context", {}).get("synonyms", ()))


def _known(extra: Mapping[str, Any], valid: Iterable[str], place: str) -> None:
    for key in extra:
        if key not in valid:
            raise UnknownName(f"key of {place}", key, valid)


def _check(model: Model, where: str) -> None:
    names = set(model.datasets)
    for link in model.relationships:
        for end in (link.many, link.one):
            if end not in names:
                raise UnknownName(f"dataset of relationship {link.name} in {where}", end, names)
    for metric in model.metrics.values():
        for part in (metric.numerator, metric.denominator) if metric.is_ratio else ():
            if part not in model.metrics:
                raise UnknownName(f"metric in {metric.name} of {where}", part, model.metrics)
        if not metric.is_ratio and metric.dataset not in names:
            raise UnknownName(f"dataset of metric {metric.name} in {where}", metric.dataset, names)
    for cause in model.reason_codes.values():
        if cause not in model.root_causes:
            raise UnknownName(f"root cause in {where}", cause, model.root_causes)
