"""No definition changes unnoticed: each has a fingerprint on file, and a new fingerprint needs a new version and a line that says what and why."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from analyst_agent.errors import InvalidDefinition
from analyst_agent.semantic.fingerprints import fingerprints
from analyst_agent.semantic.model import BUILTIN, load_model, parse_model

ON_FILE = Path(__file__).parent / "golden" / "definitions.json"


def unversioned(now: dict[str, tuple[int, str]], before: dict[str, list[object]]) -> list[str]:
    """What each definition that changed without a new version, or lowered its version, needs."""
    complaints = []
    for name, (version, fingerprint) in now.items():
        known = before.get(name)
        if known is None:
            continue
        was, hashed = int(str(known[0])), known[1]
        if fingerprint != hashed and version <= was:
            complaints.append(
                f"{name} changed: raise its version to {was + 1} in escalation.yml, set `effective`, add a line to `changes` "
                f'({{"version": {was + 1}, "effective": DAY, "what": ..., "why": ...}}), then run pytest with --update-golden.'
            )
        elif version < was:
            complaints.append(f"{name} went back from version {was} to {version}; versions only rise.")
    return complaints


def test_a_changed_definition_has_a_new_version(golden):
    now = fingerprints(load_model())
    before = json.loads(ON_FILE.read_text(encoding="utf-8")) if ON_FILE.is_file() else {}
    assert unversioned(now, before) == []
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(list(one))}" for name, one in now.items())
    golden(ON_FILE, f"{{\n{lines}\n}}\n")


def test_every_definition_has_a_version_and_a_day():
    model = load_model()
    every = [
        *model.metrics.values(),
        *model.terms.values(),
        *(f for d in model.datasets.values() for f in d.fields.values()),
    ]
    assert [one.name for one in every if one.effective is None or len(one.changes) != one.version - 1] == []


def test_a_changed_formula_changes_its_fingerprint_and_that_of_the_ratio_made_of_it():
    model = load_model()
    counted = replace(model.metrics["ticket_count"], expression="COUNT(DISTINCT ticket.account_id)")
    changed = replace(model, metrics={**model.metrics, "ticket_count": counted})
    before, now = fingerprints(model), fingerprints(changed)
    differ = {name for name in now if now[name] != before[name]}
    assert differ == {"metric ticket_count", "metric escalation_rate", "metric cohort_escalation_rate"}
    said = unversioned(now, {name: list(one) for name, one in before.items()})
    assert any("raise its version to 2" in text and "`changes`" in text for text in said)


def test_layout_and_synonyms_are_no_change():
    model = load_model()
    csat = model.metrics["mean_csat"]
    spaced = replace(csat, expression="AVG( escalated_ticket.csat )", synonyms=("happiness",))
    assert fingerprints(replace(model, metrics={**model.metrics, "mean_csat": spaced})) == fingerprints(model)


def test_the_sql_of_escalated_tickets_is_part_of_their_term():
    model = load_model()
    dataset = model.datasets["escalated_ticket"]
    other = replace(dataset, derived=dataset.derived.replace("NULLS LAST, e.level", "NULLS FIRST, e.level"))
    assert other.derived != dataset.derived
    now = fingerprints(replace(model, datasets={**model.datasets, "escalated_ticket": other}))
    assert {name for name, one in fingerprints(model).items() if now[name] != one} == {"term escalated ticket"}


@pytest.mark.parametrize(
    ("extra", "complaint"),
    [
        ({"version": 2}, "needs a line in `changes`"),
        ({"version": 0}, "is no number from 1"),
        ({"version": "2"}, "is no number from 1"),
        ({"effective": "November"}, "is no day"),
        (
            {"version": 2, "changes": [{"version": 3, "effective": "2026-12-01", "what": "a", "why": "b"}]},
            "needs a line",
        ),
    ],
    ids=["unexplained", "zero", "text", "no_day", "wrong_number"],
)
def test_a_version_without_its_story_is_refused(extra, complaint):
    raw = copy.deepcopy(yaml.safe_load(BUILTIN.read_text(encoding="utf-8")))
    metric = next(m for m in raw["semantic_model"][0]["metrics"] if m["name"] == "mean_csat")
    own = metric["custom_extensions"][0]
    own["data"] = json.dumps(json.loads(own["data"]) | extra)
    with pytest.raises(InvalidDefinition) as refused:
        parse_model(raw, "model.yml")
    assert "metric mean_csat" in refused.value.message
    assert complaint in refused.value.message


def test_a_version_says_what_changed_and_why():
    raw = copy.deepcopy(yaml.safe_load(BUILTIN.read_text(encoding="utf-8")))
    metric = next(m for m in raw["semantic_model"][0]["metrics"] if m["name"] == "mean_csat")
    own = metric["custom_extensions"][0]
    story = {
        "version": 2,
        "effective": "2026-12-01",
        "what": "Only answers from 1 to 5.",
        "why": "One source sends 0 for none.",
    }
    own["data"] = json.dumps(json.loads(own["data"]) | {"version": 2, "effective": "2026-12-01", "changes": [story]})
    csat = parse_model(raw, "model.yml").metrics["mean_csat"]
    assert (csat.version, csat.effective.isoformat()) == (2, "2026-12-01")
    assert csat.changes[0].why == "One source sends 0 for none."
