"""The words for a finding of a file that has no semantic model: its own column names, made harmless."""

from __future__ import annotations

from datetime import date

from analyst_agent.claims.escape import escaped
from analyst_agent.claims.wording import Wording
from analyst_agent.records import Finding

_LONGEST_NAME = 60
_METRICS = {
    "row_count": "rows",
    "column_count": "columns",
    "comparison_count": "comparisons",
    "significant_count": "comparisons that show more than chance",
    "told_count": "patterns told",
    "value_count": "different values",
    "share_of_rows": "share of rows",
    "rank_correlation": "rank correlation",
    "share_of_pairs_higher": "share of pairs in which it is higher",
    "interest": "interest",
}


def wording_of_finding(finding: Finding, today: date | None = None) -> Wording:
    """Labels of every metric and dimension of the finding's facts."""
    names = {name for fact in finding.facts for name in fact.dimensions}
    metrics = {fact.metric: escaped(fact.metric, _LONGEST_NAME) for fact in finding.facts}
    return Wording(
        metrics={**metrics, **_METRICS},
        dimensions={name: escaped(name, _LONGEST_NAME) for name in names},
        today=today,
    )
