"""Says which escalations cannot be found because the files that would show them were never loaded."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import TYPE_CHECKING

from analyst_agent.warehouse.mapping_records import SourceMapping
from analyst_agent.warehouse.raw import literal, scalar
from analyst_agent.warehouse.rule_records import Rule

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def say_unseen(con: DuckDBPyConnection, mapping: SourceMapping, files: Iterable[str]) -> list[str]:
    """One sentence for each set of absent files, with the reasons of the rules that need them. files: the names of this load's.

    Nothing is said before there are tickets.
    """
    if not scalar(con, "SELECT count(*) FROM tickets"):
        return []
    earlier = con.execute(f"SELECT DISTINCT file FROM loads WHERE source = {literal(mapping.name)}").fetchall()
    given = {PurePath(name).name for name in (*files, *(str(name) for (name,) in earlier))}
    blind: dict[tuple[str, ...], list[str]] = {}
    for rule in mapping.rules.escalations:
        absent = _absent(mapping, rule, given)
        if absent:
            blind.setdefault(absent, []).append(rule.reason)
    return [
        f"Without {_listed(names)} these escalations cannot be found: {', '.join(reasons)}."
        for names, reasons in blind.items()
    ]


def _absent(mapping: SourceMapping, rule: Rule, given: set[str]) -> tuple[str, ...]:
    """The files, as people read their names, without which a rule finds nothing: those of its fields, of its targets, of its clock's end."""
    derived = mapping.rules.of_tickets.get(rule.until)
    needed = []
    for field in (rule.field, rule.policy):
        needed.append([h.names for h in mapping.histories if any(c.field == field for c in h.changes)])
    needed.append([one.names for one in mapping.lookups if one.name == rule.targets])
    if derived:
        needed.append([h.names for h in mapping.histories if any(c.field == derived.field for c in h.changes)])
    missing = [
        " or ".join(dict.fromkeys(one.shown for one in ways))
        for ways in needed
        if ways and not any(one.matches(name) for one in ways for name in given)
    ]
    return tuple(dict.fromkeys(missing))


def _listed(names: tuple[str, ...]) -> str:
    """As words: the file a; the files a, b and c."""
    if len(names) == 1:
        return f"the file {names[0]}"
    return f"the files {', '.join(names[:-1])} and {names[-1]}"
