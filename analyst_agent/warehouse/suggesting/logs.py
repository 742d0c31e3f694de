"""Event logs among unknown files, and what in a file of tickets can say that a ticket was escalated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analyst_agent.warehouse.raw import scalar
from analyst_agent.warehouse.suggesting.deciding import Keys
from analyst_agent.warehouse.suggesting.names import Vocabulary, common_prefix, variants
from analyst_agent.warehouse.suggesting.profile import ColumnProfile, FileProfile
from analyst_agent.warehouse.suggesting.records import LIVE, ColumnGuess, EscalationGuess, EventGuess, FileGuess

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_FIRST = ("created_at", "category", "product_area", "priority", "channel")
_THIRD = 3


def find_events(
    con: DuckDBPyConnection, file: FileProfile, guess: FileGuess, keys: Keys, known: Vocabulary
) -> tuple[EventGuess | None, str]:
    """The event log that a file of tickets is, if its key repeats; or why its rows are no tickets."""
    by_name = {c.column: c for c in guess.columns if c.source}
    key, created, updated = (by_name.get(n) for n in ("ticket_id", "created_at", "updated_at"))
    if key is None or keys.repeats(key.source) <= 1.0 or not keys.counts.get(key.source, (0, 0))[0]:
        return None, ""
    repeated = f"{key.source} repeats ({keys.repeats(key.source):.1f} rows each)"
    if created is None:
        return None, f"{repeated} and nothing says when each was created: its rows belong to tickets, they are none"
    constant = _constant_share(con, file, key.source, created.source)
    if constant < 0.9:
        return (
            None,
            f"{repeated} and {created.source} differs from row to row: its rows belong to tickets, they are none",
        )
    steps = _named(file, known, "sequence")
    order: list[tuple[str, str]] = []
    if updated and updated.confidence >= LIVE and file.column(updated.source).time_share > 0.95:
        order.append((updated.source, "time"))
    order += [(s.name, "number") for s in steps if s.number_share > 0.99 and s.filled == s.sampled][:1]
    guess.evidence = (*guess.evidence, f"{repeated}: one row an event of a ticket")
    first = tuple(n for n in _FIRST if n in by_name and by_name[n].is_proposed)
    return EventGuess(key.source, tuple(order), first), ""


def _constant_share(con: DuckDBPyConnection, file: FileProfile, key: str, column: str) -> float:
    """The share of keys, among those with several rows, in whose rows the column has one value."""
    k, c = f"c{file.column(key).place}", f"c{file.column(column).place}"
    grouped = (
        f"SELECT count(DISTINCT {c}) AS n FROM {file.table} WHERE trim({k}) <> '' GROUP BY {k} HAVING count(*) > 1"
    )
    several = scalar(con, f"SELECT count(*) FROM ({grouped})")
    return scalar(con, f"SELECT count(*) FROM ({grouped}) WHERE n <= 1") / several if several else 1.0


def derive_escalation(file: FileProfile, guess: FileGuess, known: Vocabulary) -> None:
    """Escalation from a time, a level or the reassignments of a log. Only a time stands in the mapping; the rest is a judgement."""
    by_name = {c.column: c for c in guess.columns if c.source}
    key = by_name.get("ticket_id")
    used = {c.source for c in guess.proposed}
    moment = next((c for c in _named(file, known, "escalated_at") if c.time_share > 0.9 and c.name not in used), None)
    if moment and key and moment.filled:
        guess.escalations = EscalationGuess(
            (moment.name, "present", None),
            {"ticket_id": key.source, "escalated_at": moment.name},
            confidence=0.9,
            evidence=(f"{moment.name} has a time in {moment.filled:,} of {moment.sampled:,} rows looked at",),
            is_proposed=True,
        )
        if guess.events is None:
            guess.events = EventGuess(key.source, (), ())
    flag = by_name.get("is_escalated")
    if flag is None or not flag.is_proposed:
        _from_level(file, guess, known, used)
    team, updated = by_name.get("team"), by_name.get("updated_at")
    moves = next((c for c in _named(file, known, "reassignments") if c.number_share > 0.95), None)
    if guess.escalations is None and guess.events and guess.events.order and moves and key and updated:
        teams = {"to_team": team.source} if team else {}
        guess.escalations = EscalationGuess(
            (moves.name, ">=", _THIRD),
            {"ticket_id": key.source, "escalated_at": updated.source, **teams},
            {"from_team": team.source} if team else {},
            0.5,
            ("nothing says that a ticket was escalated; often it is the third reassignment",),
        )


def _from_level(file: FileProfile, guess: FileGuess, known: Vocabulary, used: set[str]) -> None:
    level = next(
        (c for c in _named(file, known, "escalation_level") if c.name not in used and 1 < c.distinct <= 12), None
    )
    if level is None:
        return
    least = {"0", "0.0", "none", "normal", "no", "l1", "1"}
    lowest = next((v for v in sorted(level.counts) if v.lower() in ("0", "0.0", "none", "normal", "no")), None)
    lowest = lowest or next((v for v in sorted(level.counts) if v.lower() in least), None)
    if lowest is None:
        return
    values = {v: "false" if v == lowest else "true" for v in sorted(level.counts)}
    guess.columns = [c for c in guess.columns if c.column != "is_escalated"]
    guess.columns.append(
        ColumnGuess(
            "is_escalated",
            level.name,
            0.6,
            (f"a level: escalated where it is not {lowest}",),
            level.examples,
            values=values,
        )
    )


def _named(file: FileProfile, known: Vocabulary, what: str) -> list[ColumnProfile]:
    """The columns whose name says one of the things that are no column of ours."""
    spoken = known.tables["tickets"]
    prefix = common_prefix([c.name for c in file.columns if not c.is_technical])
    return [
        c
        for c in file.columns
        if not c.is_technical and any(f in spoken.extra[what] for f, _ in variants(c.name, known, spoken.own, prefix))
    ]
