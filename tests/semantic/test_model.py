"""The semantic model: what is built in, what a wrong file is told, what grants and a workspace's causes make of it."""

from __future__ import annotations

import copy

import pytest
import yaml

from analyst_agent.errors import InvalidDefinition, NotGranted, UnknownName
from analyst_agent.semantic.expressions import Scope, aggregate_argument, declared_values
from analyst_agent.semantic.model import (
    BUILTIN,
    granted,
    load_model,
    metric_datasets,
    model_for,
    normal_code,
    parse_model,
)
from analyst_agent.settings import Grants, Settings

METRICS = (
    "ticket_count", "escalated_ticket_count", "escalation_event_count", "resolution_count", "escalation_rate", "cohort_escalation_rate",
    "mean_time_to_escalation", "mean_resolution_minutes", "median_resolution_minutes", "p90_resolution_minutes", "open_escalated_count",
    "resolved_share", "re_escalation_rate", "reopen_rate", "mean_csat", "mean_handle_minutes", "sla_breach_rate",
    "mean_minutes_to_acknowledge", "unnecessary_share", "estimated_cost", "resolution_minutes", "mean_ticket_csat", "mean_ticket_handle_minutes",
)  # fmt: skip
DIMENSIONS = (
    "root_cause", "product_area", "category", "priority", "channel", "reason_code", "trigger", "team", "from_team", "to_team", "level",
    "agent", "support_level", "account", "tier", "segment", "industry", "region", "plan", "tenure_band", "resolution_type", "language",
    "csat_score", "first_response_band", "resolution_band", "time_to_escalation_band",
)  # fmt: skip


@pytest.fixture
def raw():
    return copy.deepcopy(yaml.safe_load(BUILTIN.read_text(encoding="utf-8")))


def test_every_metric_and_dimension_of_the_design_is_there():
    model = load_model()
    assert set(METRICS) <= set(model.metrics)
    assert set(DIMENSIONS) <= set(model.dimensions())
    for metric in model.metrics.values():
        assert metric.label
        assert metric.definition.endswith(".")
        assert metric.unit in ("count", "ratio", "minutes", "score", "currency")


def test_every_expression_of_the_model_resolves():
    model = load_model()
    for dataset in model.datasets.values():
        scope = Scope(model, dataset.name)
        for name in dataset.fields:
            assert scope.field(name).sql("duckdb")
    for metric in model.metrics.values():
        if not metric.is_ratio:
            scope = Scope(model, metric.dataset)
            tree = scope.parse(metric.expression)
            assert (aggregate_argument(metric, tree, scope) is None) == metric.is_count
            assert scope.resolve(tree, metric.dataset).sql("duckdb")


def test_no_synonym_means_two_metrics():
    said: dict[str, set[str]] = {}
    for metric in load_model().metrics.values():
        for word in (metric.name.replace("_", " "), *metric.synonyms):
            said.setdefault(word.lower(), set()).add(metric.name)
    assert {word: names for word, names in said.items() if len(names) > 1} == {}


def test_an_unknown_name_is_told_the_nearest():
    model = load_model()
    for ask, wrong, right in (
        (model.metric, "escalation_rat", "escalation_rate"),
        (model.check_dimension, "regions", "region"),
        (model.check_field, "csatt", "csat"),
    ):
        with pytest.raises(UnknownName) as refused:
            ask(wrong)
        assert right in refused.value.hint


@pytest.mark.parametrize(
    ("change", "names"),
    [
        (lambda top: top["metrics"][0]["custom_extensions"][0].update(data='{"label": "x", "dataset": "tickit", "unit": "count"}'), "tickit"),
        (lambda top: top["metrics"][4]["custom_extensions"][0].update(data='{"label": "x", "numerator": "nope", "denominator": "ticket_count", "unit": "ratio"}'), "nope"),
        (lambda top: top["relationships"][0].update(to="acount"), "acount"),
        (lambda top: top["datasets"][0]["fields"][0]["custom_extensions"][0].update(data='{"kind": "colour", "role": "creation"}'), "colour"),
        (lambda top: top["datasets"][0]["fields"][0]["custom_extensions"][0].update(data='{"kind": "id", "role": "creation", "extra": 1}'), "extra"),
        (lambda top: top["datasets"][0]["custom_extensions"][0].update(data="{not json"), "account"),
        (lambda top: top["datasets"][0]["fields"][0]["expression"]["dialects"][0].update(dialect="ANSI"), "account_id"),
        (lambda top: top["metrics"][0].pop("description"), "description"),
        (lambda top: top.pop("datasets"), "datasets"),
    ],
)  # fmt: skip
def test_a_wrong_model_is_told_where(raw, change, names):
    change(raw["semantic_model"][0])
    with pytest.raises((InvalidDefinition, UnknownName)) as refused:
        parse_model(raw, "mine.yml")
    assert names in f"{refused.value.message} {refused.value.hint}"


@pytest.mark.parametrize(
    "expression",
    [
        "(SELECT COUNT(*) FROM accounts)",
        "SUM(x) OVER ()",
        "read_csv('secrets.csv')",
        "getenv('HOME')",
        "COUNT(*); DROP TABLE tickets",
        "DROP TABLE tickets",
        "SUM(",
        "",
    ],
)
def test_expressions_may_not_reach_out(expression):
    model = load_model()
    with pytest.raises(InvalidDefinition):
        Scope(model, "ticket").parse(expression)


def test_not_yaml_is_said(tmp_path):
    broken = tmp_path / "broken.yml"
    broken.write_text("semantic_model: [")
    with pytest.raises(InvalidDefinition, match=r"broken\.yml is not valid YAML"):
        load_model(broken)


def test_grants_leave_nothing_that_points_at_what_is_gone():
    for grants in (
        Grants(sources=("helpdesk",)), Grants(sources=("crm",)), Grants(sources=()), Grants(objects=("ticket",)), Grants(objects=()),
        Grants(objects=("ticket", "escalated_ticket", "agent")), Grants(objects=("escalated_ticket", "resolution")),
    ):  # fmt: skip
        model = granted(load_model(), grants)
        for link in model.relationships:
            assert {link.many, link.one} <= set(model.datasets)
        for metric in model.metrics.values():
            assert metric_datasets(model, metric) <= set(model.datasets)
        for dataset in model.datasets.values():
            scope = Scope(model, dataset.name)
            for name in dataset.fields:
                scope.field(name)


def test_what_is_not_granted_says_what_it_needs():
    model = granted(load_model(), Grants(sources=("helpdesk",)))
    with pytest.raises(NotGranted, match="'account'"):
        model.check_dimension("tier")
    assert "resolution_count" in model.metrics


def test_a_workspace_adds_codes_and_causes():
    model = model_for(Settings(root_causes={"Vendor Down": "Vendor Issue", "bug": "vendor issue"}))
    assert model.reason_codes["vendor_down"] == model.reason_codes["bug"] == "vendor_issue"
    assert "vendor_issue" in model.root_causes
    assert load_model().reason_codes["bug"] == "product_bug"
    assert declared_values(model.dimensions()["root_cause"], model)[-2:] == ("vendor_issue", "unclassified")


def test_declared_values_are_the_outcomes_of_a_case():
    fields = load_model().dimensions()
    assert declared_values(fields["is_open"], load_model()) == ("open", "resolved")
    assert declared_values(fields["tenure_band"], load_model()) == (
        "under 30 days",
        "30-90 days",
        "90-365 days",
        "over 365 days",
    )
    assert declared_values(fields["channel"], load_model()) == ()


@pytest.mark.parametrize("text", ["Policy Gap", " policy-gap ", "POLICY  GAP", "policy - gap", "policy_gap"])
def test_codes_are_compared_in_one_form(text):
    assert normal_code(text) == "policy_gap"
