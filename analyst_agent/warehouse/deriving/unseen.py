"""Says which escalations cannot be found because the files that would show them were never loaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from analyst_agent.warehouse.mappings.records import SourceMapping
from analyst_agent.warehouse.mappings.rule_records import Rule
from analyst_agent.warehouse.raw import literal, scalar

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CREATE = "CREATE TABLE IF NOT EXISTS unseen_escalations (source VARCHAR, reason VARCHAR, files VARCHAR)"


def note_unseen(con: DuckDBPyConnection, mapping: SourceMapping, files: Iterable[str]) -> list[str]:
    """Keeps, with the data, which escalations of this source cannot be found, and says it: one sentence for each set of absent files.

    files: the names of this load's. Nothing is said before there are tickets.
    """
    con.execute(_CREATE)
    con.execute(f"DELETE FROM unseen_escalations WHERE source = {literal(mapping.name)}")
    if not scalar(con, "SELECT count(*) FROM tickets"):
        return []
    earlier = con.execute(f"SELECT DISTINCT file FROM loads WHERE source = {literal(mapping.name)}").fetchall()
    given = {PurePath(name).name for name in (*files, *(str(name) for (name,) in earlier))}
    blind: dict[tuple[str, ...], list[str]] = {}
    for rule in mapping.rules.escalations:
        absent = _absent(mapping, rule, given)
        if absent:
            blind.setdefault(absent, []).append(rule.reason)
            con.execute("INSERT INTO unseen_escalations VALUES (?, ?, ?)", [mapping.name, rule.reason, _listed(absent)])
    return [_said(_listed(names), reasons) for names, reasons in blind.items()]


def unseen_of(execute: Callable[[str], list[tuple[Any, ...]]]) -> Unseen:
    """What the generation cannot show; nothing in one that was loaded before this was noted."""
    if not execute("SELECT 1 FROM duckdb_tables() WHERE table_name = 'unseen_escalations'"):
        return Unseen()
    files: dict[str, list[str]] = {}
    for reason, names in execute("SELECT reason, files FROM unseen_escalations ORDER BY rowid"):
        files.setdefault(names, []).append(reason)
    return Unseen(tuple((names, tuple(dict.fromkeys(reasons))) for names, reasons in files.items()))


@dataclass(frozen=True, slots=True)
class Unseen:
    """Which reasons of escalation need files that were never loaded: names of the files, and the reasons."""

    kinds: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """One for each set of files."""
        return tuple(_said(names, reasons) for names, reasons in self.kinds)

    @property
    def note(self) -> str:
        """What belongs to every number of escalations, "" for nothing."""
        reasons = dict.fromkeys(reason for _, found in self.kinds for reason in found)
        if not reasons:
            return ""
        return f"The loaded files cannot show escalations of the kinds {', '.join(reasons)}: more may have been escalated (`analyst doctor` names the files)."


def _said(names: str, reasons: Iterable[str]) -> str:
    return f"Without {names} these escalations cannot be found: {', '.join(reasons)}."


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
