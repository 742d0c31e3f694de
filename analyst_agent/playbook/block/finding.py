"""What a block gave as a finding, like a skill's."""

from __future__ import annotations

from analyst_agent.playbook.block.records import BlockResult
from analyst_agent.records import Finding

SKILL = "python"


def finding_of(result: BlockResult, title: str) -> Finding:
    """The finding under a title: the block's records, its single facts stated in their order."""
    return Finding(
        title,
        SKILL,
        result.period,
        result.comparison,
        definitions=result.definitions,
        facts=result.facts,
        statements=result.statements,
        tables=result.tables,
        drawings=result.drawings,
        labels=result.labels,
    )
