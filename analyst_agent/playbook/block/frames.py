"""Findings as a block is given them: each table and the facts, in stored values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from analyst_agent.records import Fact, Finding, to_json

if TYPE_CHECKING:
    import pandas as pd

FACT_COLUMNS = (
    "metric", "value", "unit", "start", "end", "n", "missing", "low", "high", "reference", "reference_value", "difference", "p_value",
    "significant",
)  # fmt: skip


def frames_of(finding: Finding) -> dict[str, pd.DataFrame]:
    """Each table by its title, in their order: columns by key, stored values as in the records."""
    from analyst_agent.playbook.block.inside.frames import frame_of

    return {sheet["title"]: frame_of(sheet["columns"], sheet["rows"]) for sheet in sheets_of(finding)}


def facts_frame(finding: Finding) -> pd.DataFrame:
    """The facts, a row each: `FACT_COLUMNS`, then a column for each dimension (`of_NAME` where the name is taken)."""
    from analyst_agent.playbook.block.inside.frames import frame_of

    sheet = facts_sheet(finding)
    return frame_of(sheet["columns"], sheet["rows"])


def sheets_of(finding: Finding) -> list[dict[str, Any]]:
    """The same tables as JSON values; titles that come again are numbered."""
    from analyst_agent.playbook.block.inside.shape import distinct

    titles = distinct([table.title for table in finding.tables])
    return [
        {"title": title, "columns": [c.key or c.name for c in table.columns], "rows": to_json(table.rows)}
        for title, table in zip(titles, finding.tables, strict=True)
    ]


def facts_sheet(finding: Finding) -> dict[str, Any]:
    """The facts as JSON values."""
    names = list(dict.fromkeys(name for fact in finding.facts for name in fact.dimensions))
    headings = [f"of_{name}" if name in FACT_COLUMNS else name for name in names]
    rows = [[*_fields(fact), *(fact.dimensions.get(name) for name in names)] for fact in finding.facts]
    return {"columns": [*FACT_COLUMNS, *headings], "rows": to_json(rows)}


def known_units(findings: Iterable[Finding]) -> dict[str, str]:
    """The unit of each column and metric that all findings agree on."""
    return _agreed(
        (name, unit)
        for finding in findings
        for name, unit in (
            *((c.key or c.name, c.unit) for table in finding.tables for c in table.columns),
            *((fact.metric, fact.unit) for fact in finding.facts),
        )
    )


def known_names(findings: Iterable[Finding]) -> dict[str, str]:
    """The heading of each column that all findings agree on."""
    return _agreed((c.key, c.name) for finding in findings for table in finding.tables for c in table.columns if c.key)


def known_labels(findings: Iterable[Finding]) -> dict[str, str]:
    """The labels that the findings declare and agree on."""
    return _agreed(pair for finding in findings for pair in finding.labels.items())


def _agreed(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    found: dict[str, set[str]] = {}
    for name, said in pairs:
        found.setdefault(name, set()).add(said)
    return {name: next(iter(said)) for name, said in found.items() if len(said) == 1}


def _fields(fact: Fact) -> list[Any]:
    low, high = fact.interval or (None, None)
    days = (fact.period.start, fact.period.end) if fact.period else (None, None)
    return [
        fact.metric, fact.value, fact.unit, *days, fact.n, fact.missing, low, high, fact.reference, fact.reference_value,
        fact.difference, fact.p_value, fact.significant,
    ]  # fmt: skip


Findings = Mapping[str, Finding]
"""Findings by the name of the step that made them."""
