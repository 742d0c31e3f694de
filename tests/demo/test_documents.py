"""The demo documents: complete front matter, what they must say, and what they pointedly do not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import frontmatter
import pytest

from analyst_agent.demo import story
from analyst_agent.resources import builtin_dir

ROOT = builtin_dir("knowledge")
FILES = sorted(ROOT.glob("*/*.md"))


def document(name: str) -> Any:
    return frontmatter.loads((ROOT / name).read_text(encoding="utf-8"))


def test_a_dozen_documents_in_two_spaces_with_ids_of_their_own() -> None:
    assert {path.parent.name for path in FILES} == {"escalation_policies", "known_issues"}
    assert len(FILES) >= 12
    assert len({frontmatter.load(str(path))["id"] for path in FILES}) == len(FILES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_front_matter_and_headings(path: Path) -> None:
    page = frontmatter.load(str(path))
    assert page["title"] in page.content.splitlines()[0]
    assert page.content.count("\n## ") >= 4
    if path.parent.name == "known_issues":
        assert page["status"] in {"open", "in progress", "fixed"}
        assert page["product_area"] in {topic.area for topic in story.TOPICS}
        assert page["workaround"]
    else:
        assert isinstance(page["effective"], date)


def test_known_issue_12_says_what_the_regression_is() -> None:
    page = document("known_issues/ki-12-export-timeouts.md")
    assert (page["id"], page["product_area"], page["planned_fix"]) == ("KI-12", "Reports", "31.4")
    assert "RPT-504" in page.content
    assert "21 September 2026" in page.content


def test_fixed_issue_has_its_day_and_decoy_its_own_symptom() -> None:
    assert document("known_issues/ki-09-scim-nested-groups.md")["fixed_on"] == date(2026, 4, 14)
    decoy = document("known_issues/ki-14-pdf-landscape-columns.md")
    assert decoy["product_area"] == "Reports"
    assert "RPT-504" not in decoy.content
    assert "time" not in decoy.content.lower().replace("sometimes", "")


def test_priorities_page_answers_how_fast_a_p1_is_acknowledged() -> None:
    assert "acknowledged within 15 minutes" in document("escalation_policies/priorities-and-response-times.md").content


def test_no_page_covers_refunds_for_part_of_a_month() -> None:
    text = document("escalation_policies/refunds-and-credits.md").content.lower()
    assert not [word for word in ("partial", "pro rata", "pro-rata", "prorate", "part of a month") if word in text]


def test_one_page_hides_an_instruction_in_a_comment() -> None:
    hidden = [path.name for path in FILES if "<!--" in path.read_text(encoding="utf-8")]
    assert hidden == ["hand-over-between-teams.md"]
