"""What skills compute beyond the metrics of the semantic model: the words people read for it, and its definition.

To add a term: one line in the file of its subject; its name is the `metric` of the facts that carry it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from analyst_agent.skillkit.terms import costs, customers, issues, people, rates, runs, stories
from analyst_agent.skillkit.terms.term import Term

__all__ = ["TERMS", "Term"]

TERMS: Mapping[str, Term] = MappingProxyType(
    {**rates.TERMS, **stories.TERMS, **issues.TERMS, **costs.TERMS, **customers.TERMS, **people.TERMS, **runs.TERMS}
)
