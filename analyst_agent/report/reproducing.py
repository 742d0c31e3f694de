"""The commands that compute again what an answer or a report shows."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from analyst_agent.records import Fact, Finding, QueryRecord, Table
from analyst_agent.semantic.comparing import CALENDAR_GRAINS


def commands_of(queries: Sequence[QueryRecord]) -> tuple[str, ...]:
    """An `analyst query` for each query that is one of metrics; each once."""
    return tuple(dict.fromkeys(command for one in queries if (command := command_of(one.semantic))))


def command_of_table(table: Table, finding: Finding) -> str:
    """The command for most of the table's numbers: their metrics, split as the table splits them, over the period and under the
    conditions of the query that they were read from. "" where they are no metrics of a query: another command would show other numbers.
    """
    by_id = {fact.id: fact for fact in finding.facts}
    found = [by_id[i] for row in table.fact_ids for i in row if i in by_id]
    queries = {query.id: query.semantic for query in finding.queries}
    counts = Counter((fact.query, tuple(fact.dimensions)) for fact in found if fact.query in queries)
    if not counts:
        return ""
    source, by = min(counts, key=lambda one: (-counts[one], str(one)))
    semantic = queries[str(source)]
    metrics = {
        f.metric for f in found if (f.query, tuple(f.dimensions)) == (source, by) and _is_of_days(f, semantic, by)
    }
    asked = semantic.get("by") or ()
    is_over_time = any(name in CALENDAR_GRAINS for name in asked)
    if not all(name in asked or (is_over_time and name in CALENDAR_GRAINS) for name in by):
        return ""
    # What was read more finely than it is shown (by account, by day) is the same metric of a coarser split.
    return command_of({**semantic, "metrics": [m for m in semantic["metrics"] if m in metrics], "by": list(by)})


def _is_of_days(fact: Fact, semantic: Mapping[str, Any], by: Sequence[str]) -> bool:
    """Whether a fact is about the days that its query asks about, or about a unit of them by which it is split."""
    days = semantic.get("period")
    if any(name in CALENDAR_GRAINS for name in by) or fact.period is None or days is None:
        return True
    return (fact.period.start.isoformat(), fact.period.end.isoformat()) == (days["start"], days["end"])


def command_of(semantic: Mapping[str, Any]) -> str:
    """The command line of a semantic query as kept with an answer; "" for what is no query of metrics.

    >>> period = {"start": "2026-10-01", "end": "2026-11-01"}
    >>> command_of({"metrics": ["escalation_rate"], "by": ["tier"], "where": [], "period": period})
    'analyst query --metrics escalation_rate --by tier --period 2026-10-01..2026-10-31'
    """
    if not semantic.get("metrics") or semantic.get("overlapping"):
        return ""  # a ticket that counts in several rows is nothing that can be asked for on the command line
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
