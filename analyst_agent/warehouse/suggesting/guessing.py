"""The guess for one file: its table, its columns, what is left aside and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from analyst_agent.warehouse.raw import literal
from analyst_agent.warehouse.suggesting.assign import Extra, assign, pairs
from analyst_agent.warehouse.suggesting.deciding import Keys, TableGuess, decide, key_judge
from analyst_agent.warehouse.suggesting.fit import MOST_VALUES
from analyst_agent.warehouse.suggesting.logs import derive_escalation, find_events
from analyst_agent.warehouse.suggesting.names import Vocabulary, common_prefix, look_up, variants
from analyst_agent.warehouse.suggesting.profile import ColumnProfile, FileProfile, shared_with, uniqueness
from analyst_agent.warehouse.suggesting.records import LIVE, TABLE_LIVE, TABLE_SHOWN, ColumnGuess, FileGuess
from analyst_agent.warehouse.tables import TABLES, Table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEYS = {name: table.key for name, table in TABLES.items()}
_REFERS = {"account_id": "accounts", "agent_id": "agents", "ticket_id": "tickets"}


def key_counts(con: DuckDBPyConnection, file: FileProfile, known: Vocabulary) -> Keys:
    """Of every column that by its name may be a key: how many rows have a value and how many different values there are."""
    prefix = common_prefix([c.name for c in file.columns if not c.is_technical])
    counts = {}
    for column in file.columns:
        if column.is_technical:
            continue
        meant = [look_up(column.name, known.tables[t], known, prefix).get(k) for t, k in _KEYS.items()]
        if any(m and m.strength >= 0.5 for m in meant):
            counts[column.name] = uniqueness(con, file, column, known.missing_always)
    return Keys(counts)


def guess_table(file: FileProfile, known: Vocabulary, keys: Keys) -> TableGuess | None:
    """The table that the file most likely is; None where it is none of ours."""
    best = decide(file, known, keys)[0]
    return best if best.confidence >= TABLE_SHOWN else None


def guess_file(
    con: DuckDBPyConnection,
    file: FileProfile,
    decided: TableGuess | None,
    others: Mapping[str, tuple[FileProfile, int]],
    known: Vocabulary,
    keys: Keys,
) -> FileGuess:
    """The whole guess. others: of each table that another given file is, that file and the place of its key."""
    guess = FileGuess(file.shown, escape_pattern(file.path.name), rows=file.rows + file.bad, note=file.note)
    if decided is None:
        guess.evidence = ("nothing in its name or columns says that it is one of our tables",)
        guess.unused = tuple(c.name for c in file.columns)
        return guess
    table = decided.table
    guess.table, guess.confidence, guess.evidence = table.name, decided.confidence, tuple(decided.evidence)
    _see_all_flags(con, file, table, known)
    guess.columns = assign(table, pairs(table, file.columns, known, _more(con, file, table, others, keys)))
    guess.formats = {
        c.name: c.time.date_format for c in file.columns if c.time and c.time.date_format and not c.time.is_epoch
    }
    if table.name == "agents":
        _join_names(guess, file, known)
    if table.name == "tickets":
        guess.events, problem = find_events(con, file, guess, keys, known)
        if problem:
            guess.table, guess.confidence, guess.evidence = "", 0.0, (*guess.evidence, problem)
            guess.columns, guess.unused = [], tuple(c.name for c in file.columns)
            return guess
        derive_escalation(file, guess, known)
        _offer_closed_as_resolved(guess)
    _leave_aside(guess, file, table, known)
    needed = dict.fromkeys((*table.required, *([table.key] if not table.natural_key else [])))
    guess.missing_columns = tuple(n for n in needed if n not in {c.column for c in guess.proposed})
    guess.is_proposed = guess.confidence >= TABLE_LIVE and not guess.missing_columns
    return guess


def escape_pattern(name: str) -> str:
    """A file's name as a pattern that matches only it.

    >>> escape_pattern("a[1]*.csv")
    'a[[]1][*].csv'
    """
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _see_all_flags(con: DuckDBPyConnection, file: FileProfile, table: Table, known: Vocabulary) -> None:
    """Of columns that may be a flag or a level, the values of all rows, so that a translation of values misses none."""
    prefix = common_prefix([c.name for c in file.columns if not c.is_technical])
    for column in file.columns:
        meant = set() if column.is_technical else set(look_up(column.name, known.tables[table.name], known, prefix))
        if meant & {"is_escalated", "necessary", "support_level"} and column.distinct <= MOST_VALUES:
            rows = con.execute(
                f"SELECT trim(c{column.place}) AS x, count(*) FROM {file.table} WHERE trim(c{column.place}) <> '' "
                f"GROUP BY x ORDER BY count(*) DESC, x LIMIT {MOST_VALUES + 1}"
            ).fetchall()
            column.counts = Counter({str(v): int(n) for v, n in rows if v not in known.missing_always})


def _more(
    con: DuckDBPyConnection,
    file: FileProfile,
    table: Table,
    others: Mapping[str, tuple[FileProfile, int]],
    keys: Keys,
) -> Extra:
    """What uniqueness and the other files say of a pair."""
    judge_key = key_judge(file, table, keys)

    def more(name: str, source: ColumnProfile) -> tuple[float, tuple[str, ...], str]:
        if name == table.key:
            return judge_key(name, source)
        if name in _REFERS and _REFERS[name] in others and _REFERS[name] != table.name and source.filled:
            other, place = others[_REFERS[name]]
            share = shared_with(con, file, source, other, place)
            said = f"{share:.0%} of its values are keys of {other.shown}"
            return (1.15, (said,), "") if share >= 0.9 else (1.0, (said,), "") if share >= 0.3 else (0.84, (), said)
        return 1.0, (), ""

    return more


def _join_names(guess: FileGuess, file: FileProfile, known: Vocabulary) -> None:
    """A first and a last name joined, where there is no whole one."""
    if any(c.column == "name" and c.confidence >= LIVE for c in guess.columns):
        return
    spoken = known.tables["agents"]
    parts: dict[str, ColumnProfile] = {}
    for part in ("first_name", "last_name"):
        for column in file.columns:
            forms = [form for form, _ in variants(column.name, known, spoken.own)]
            if not column.is_technical and any(f in spoken.extra[part] for f in forms):
                parts.setdefault(part, column)
    if len(parts) == 2:
        first, last = parts["first_name"], parts["last_name"]
        examples = tuple(f"{a} {b}" for a, b in zip(first.examples, last.examples, strict=False))[:2]
        guess.columns = [c for c in guess.columns if c.column != "name"]
        guess.columns.insert(
            1,
            ColumnGuess(
                "name",
                first.name,
                0.9,
                ("first and last name",),
                examples,
                True,
                join=(first.name, last.name),
                separator=" ",
            ),
        )


def _offer_closed_as_resolved(guess: FileGuess) -> None:
    by_name = {c.column: c for c in guess.columns}
    closed, resolved = by_name.get("closed_at"), by_name.get("resolved_at")
    if closed and closed.is_proposed and (resolved is None or not resolved.source):
        guess.columns = [c for c in guess.columns if c.column != "resolved_at"]
        offer = ColumnGuess(
            "resolved_at", closed.source, 0.5, ("no column of its own; right where closing a ticket resolves it",), closed.examples,
            date_format=closed.date_format,
        )  # fmt: skip
        guess.columns.insert(guess.columns.index(closed), offer)


def _leave_aside(guess: FileGuess, file: FileProfile, table: Table, known: Vocabulary) -> None:
    """The columns that nothing reads, and of those that look like one of ours why they are not."""
    used = {s for c in guess.proposed for s in (c.join or (c.source,))}
    if guess.events:
        used |= {guess.events.key, *(c for c, _ in guess.events.order)}
    if guess.escalations and guess.escalations.is_proposed:
        used |= {guess.escalations.condition[0], *guess.escalations.columns.values()}
    spoken = known.tables[table.name]
    prefix = common_prefix([c.name for c in file.columns if not c.is_technical])
    for column in file.columns:
        if column.name in used:
            continue
        for form, _ in variants(column.name, known, spoken.own, prefix):
            if form in spoken.aside and not column.time_share:
                guess.aside[column.name] = spoken.aside[form]
                break
    for one in guess.columns:
        if not one.source and one.remark:
            name, _, why = one.remark.partition(": ")
            guess.aside.setdefault(name, f"not {one.column}: {why}")
    guess.columns = [c for c in guess.columns if c.source]
    guess.unused = tuple(c.name for c in file.columns if c.name not in used)


def markers_in(con: DuckDBPyConnection, file: FileProfile, guess: FileGuess, known: Vocabulary) -> set[str]:
    """The texts for "no value" that occur in the proposed columns, over all rows; those that are values elsewhere only where sampled."""
    found: set[str] = set()
    listed = ", ".join(literal(m) for m in known.missing_always)
    for source in _sources(guess.proposed):
        column = file.column(source)
        found |= {m for m in column.markers if m not in known.missing_always}
        rows = con.execute(
            f"SELECT DISTINCT trim(c{column.place}) FROM {file.table} WHERE trim(c{column.place}) IN ({listed})"
        ).fetchall()
        found |= {str(r[0]) for r in rows}
    return found


def _sources(columns: Sequence[ColumnGuess]) -> list[str]:
    return list(dict.fromkeys(s for c in columns for s in (c.join or (c.source,))))
