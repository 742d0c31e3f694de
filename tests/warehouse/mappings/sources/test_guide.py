"""The example of histories and rules in the guide is a mapping that reads, and says what the guide lists."""

from __future__ import annotations

from pathlib import Path

from analyst_agent.warehouse.mappings.mapping import read_mapping
from analyst_agent.warehouse.mappings.rule_records import RULES

GUIDE = (Path(__file__).parents[4] / "docs" / "sources.md").read_text(encoding="utf-8")


def test_the_example_of_rules_reads(tmp_path: Path) -> None:
    block = next(b for b in GUIDE.split("```yaml\n")[1:] if b.startswith("name: our_zendesk"))
    path = tmp_path / "ours.yml"
    path.write_text(block.split("```")[0], encoding="utf-8")
    found = read_mapping(path)
    assert [r.rule for r in found.rules.escalations] == ["line_raised", "raised", "changes"]


def test_every_rule_is_in_the_guide() -> None:
    for name in RULES:
        assert f"| `{name}` |" in GUIDE, name
