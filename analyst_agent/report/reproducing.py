"""The commands that compute again what an answer or a report shows."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from analyst_agent.records import Finding, QueryRecord, Table


def commands_of(queries: Sequence[QueryRecord]) -> tuple[str, ...]:
    """An `analyst query` for each query that is one of metrics; each once."""
    return tuple(dict.fromkeys(command for one in queries if (command := command_of(one.semantic))))


def command_of_table(table: Table, finding: Finding) -> str:
    """The command for the query behind most of the table's numbers; "" where that one is none of metrics: another query's command
    would show other numbers.
    """
    by_id = {fact.id: fact.query for fact in finding.facts}
    used = [name for row in table.fact_ids for i in row if i and (name := by_id.get(i))]
    queries = {q.id: q for q in finding.queries}
    most = min(set(used), key=lambda name: (-used.count(name), name), default="")
    return command_of(queries[most].semantic) if most in queries else ""


def command_of(semantic: Mapping[str, Any]) -> str:
    """The command line of a semantic query as kept with an answer; "" for what is no query of metrics.

    >>> period = {"start": "2026-10-01", "end": "2026-11-01"}
    >>> command_of({"metrics": ["escalation_rate"], "by": ["tier"], "where": [], "period": period})
    'analyst query --metrics escalation_rate --by tier --period 2026-10-01..2026-10-31'
    """
    if not semantic.get("metrics"):
        return ""
    words = ["analyst", "query", "--metrics", ",".join(semantic["metrics"])]
    if semantic.get("by"):
        words += ["--by", ",".join(semantic["by"])]
    for one in semantic.get("where") or ():
        words += ["--where", _condition(one)]
    if period := semantic.get("period"):
        last = date.fromisoformat(period["end"]) - timedelta(days=1)
        words += ["--period", f"{period['start']}..{last.isoformat()}"]
    if semantic.get("cost_per_hour") is not None:
        words += ["--cost-per-hour", f"{semantic['cost_per_hour']:g}"]
    return shlex.join(words)


def _condition(one: Mapping[str, Any]) -> str:
    value = one["value"]
    if one["op"] in ("missing", "present"):
        return f"{one['field']} {one['op']}"
    if isinstance(value, (list, tuple)):
        return f"{one['field']} {one['op']} " + ", ".join('"' + str(v).replace('"', '""') + '"' for v in value)
    return f"{one['field']} {one['op']} {value}"
