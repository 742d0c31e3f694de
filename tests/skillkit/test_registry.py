"""The skills of a folder, and precise complaints about broken ones."""

from __future__ import annotations

import pytest

from analyst_agent.errors import InvalidDefinition
from analyst_agent.resources import builtin_dir
from analyst_agent.skillkit import load_skills

GOOD = "---\nname: counts\ndescription: Counts.\ntriggers:\n  - count\n---\nSteps.\n"
CODE = "def counts(context, period=None):\n    return context\n"


def _skill(folder, text=GOOD, code=CODE):
    path = folder / "counts"
    path.mkdir()
    (path / "SKILL.md").write_text(text, encoding="utf-8")
    (path / "skill.py").write_text(code, encoding="utf-8")
    return folder


def test_the_built_in_skills_are_described_and_take_what_is_asked():
    skills = load_skills(builtin_dir("skills"))
    assert set(skills) >= {
        "root_cause_trend", "segment_comparison", "cost_of_escalations", "satisfaction_impact", "customer_journey"
    }  # fmt: skip
    for skill in skills.values():
        assert skill.triggers
        assert skill.examples
        assert skill.description in " ".join(skill.description.split())
        assert skill.steps.startswith("#")
        assert {"period", "where", "comparison"} <= set(skill.parameters)
        assert skill.function.__doc__


def test_a_skill_is_its_folder_of_two_files(tmp_path):
    skills = load_skills(_skill(tmp_path))
    assert skills["counts"].function("x") == "x"
    assert skills["counts"].parameters == ("period",)
    assert load_skills(tmp_path / "absent") == {}


@pytest.mark.parametrize(
    ("text", "code", "complaint"),
    [
        ("no front matter", CODE, "no front matter"),
        (GOOD.replace("counts", "other"), CODE, "name is 'other'"),
        (GOOD.replace("description: Counts.\n", ""), CODE, "no description"),
        (GOOD.replace("  - count", "  count: 1"), CODE, "list of phrases"),
        (GOOD.replace("triggers", "trigger"), CODE, "unknown key 'trigger'"),
        (GOOD.replace("description: Counts.", "description: [a"), CODE, "not valid YAML"),
        (GOOD, "x = 1\n", "no function counts"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, text, code, complaint):
    with pytest.raises(InvalidDefinition, match=complaint):
        load_skills(_skill(tmp_path, text, code))
