"""Which of our tables a file is: what its name says, whether its key is a key, and how many of the table's own columns it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from analyst_agent.warehouse.suggesting.assign import Extra, Pair, pairs
from analyst_agent.warehouse.suggesting.names import Vocabulary, common_prefix, plain, singular, variants, words
from analyst_agent.warehouse.suggesting.profile import ColumnProfile, FileProfile
from analyst_agent.warehouse.tables import TABLES, Table

# Columns that every kind of table has: they say little about which one it is.
_COMMON = {
    "created_at",
    "updated_at",
    "name",
    "description",
    "status",
    "account_id",
    "agent_id",
    "ticket_id",
    "team",
    "level",
    "reason",
    "notes",
    "minutes",
}
_SIGNED = {
    "tickets": {"priority", "subject", "channel", "is_escalated", "first_response_at", "resolved_at", "closed_at", "reopen_count", "csat", "sla_due_at", "product_area", "category"},
    "accounts": {"tier", "segment", "industry", "region", "plan", "arr", "health_score", "csm"},
    "agents": {"support_level", "hourly_cost", "team"},
    "escalations": {"escalation_id", "escalated_at", "root_cause", "from_team", "to_team", "escalated_by", "acknowledged_at", "deescalated_at", "necessary", "trigger", "reason_code", "level", "reason"},
    "resolutions": {"resolution_id", "resolution_type", "resolved_at", "minutes", "notes"},
}  # fmt: skip


@dataclass(slots=True)
class TableGuess:
    """A table that a file may be, with how sure that is, why, and the pairs of columns it was judged by."""

    table: Table
    confidence: float
    evidence: list[str] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Keys:
    """Of each candidate for a key: how many rows have it and how many different ones there are. events: (key, order) of an event log."""

    counts: dict[str, tuple[int, int]]

    def is_unique(self, name: str, rows: int) -> bool:
        """Whether every row has its own."""
        filled, distinct = self.counts.get(name, (0, 0))
        return rows > 0 and filled == rows == distinct

    def repeats(self, name: str) -> float:
        """Rows a value, on average."""
        filled, distinct = self.counts.get(name, (0, 0))
        return filled / distinct if distinct else 0.0


def file_kind(path: Path, known: Vocabulary) -> tuple[str, str]:
    """What a file's name says: a table, `other` or "" for nothing, and the word that says it.

    The name's last word counts: `ticket_comment` are comments.
    """
    stem = path.name.split(".")[0]
    cut = [singular(w) for w in words(stem)]
    rest = [w for w in cut if w not in known.files["noise"] and not w.isdigit()]
    while rest:
        for size in (2, 1):
            last = " ".join(rest[-size:])
            if len(rest) >= size:
                for table in ("escalations", "resolutions", "tickets", "accounts", "agents"):
                    if last in known.files[table]:
                        return table, last
                if last in known.files["other"]:
                    return "other", last
        rest = rest[:-1] if len(rest[-1]) <= 2 else []
    return "", ""


def decide(file: FileProfile, known: Vocabulary, keys: Keys) -> list[TableGuess]:
    """Every table that the file may be, the surest first."""
    said, word = file_kind(file.path, known)
    found = [_judge(file, TABLES[name], known, keys, said, word) for name in TABLES]
    order = {name: i for i, name in enumerate(("tickets", "accounts", "agents", "escalations", "resolutions"))}
    return sorted(found, key=lambda g: (-g.confidence, order[g.table.name]))


def _judge(file: FileProfile, table: Table, known: Vocabulary, keys: Keys, said: str, word: str) -> TableGuess:
    found = pairs(table, file.columns, known, key_judge(file, table, keys))
    guess = TableGuess(table, 0.0, [], found)
    best: dict[str, Pair] = {}
    used: set[str] = set()
    for pair in found:
        if pair.confidence >= 0.6 and pair.column not in best and pair.source.name not in used:
            best[pair.column] = pair
            used.add(pair.source.name)
    needed = (*table.required, *([table.key] if not table.natural_key else []))
    lacking = [c for c in dict.fromkeys(needed) if c not in best]
    signed = [c for c in best if c in _SIGNED[table.name]]
    common = [c for c in best if c in _COMMON and c not in signed and c not in needed]
    also = _also(file.columns, known, table.name)
    points = 0.3 + 0.13 * min(len(signed), 5) + 0.05 * min(len(common), 4) + 0.03 * min(also, 4)
    if lacking:
        points -= 0.3
        guess.evidence.append(f"no column for {', '.join(lacking)}")
    if signed or common:
        guess.evidence.append(f"columns for {', '.join([*signed, *common][:8])}")
    points += _by_name(table.name, said, word, guess.evidence)
    points += _by_key(file, table, best, keys, guess.evidence)
    if table.of_ticket and not any(
        c in best for c in _SIGNED[table.name] - {"level", "reason", "notes", "minutes", "reason_code", "trigger"}
    ):
        points -= 0.3
    if not signed and said != table.name:
        points -= 0.2
    if table.name in ("accounts", "agents") and "name" not in best and also < 2:
        points -= 0.3
    if table.of_ticket and said != table.name and not _speaks_of(table.name, file.columns):
        points -= 0.4
    guess.confidence = round(max(0.0, min(0.98, points)), 2)
    return guess


def _by_name(table: str, said: str, word: str, evidence: list[str]) -> float:
    if said == table:
        evidence.append(f"the file's name says {word}")
        return 0.25
    if said == "other":
        evidence.append(f"the file's name says {word}, which is no table of ours")
        return -0.55
    if said:
        evidence.append(f"the file's name says {word}")
        return -0.3
    return 0.0


def _by_key(file: FileProfile, table: Table, best: dict[str, Pair], keys: Keys, evidence: list[str]) -> float:
    """Whether the rows are the table's objects, or something that belongs to them."""
    if table.key not in best:
        return 0.0
    name = best[table.key].source.name
    ids = [c for c in file.columns if words(c.name)[-1:] == ["id"] and words(c.name) == ["id"]]
    if (
        table.name in ("tickets", "accounts", "agents")
        and ids
        and ids[0].name != name
        and not keys.is_unique(name, file.rows)
    ):
        evidence.append(
            f"{ids[0].name} is the key of its rows and {name} repeats: they belong to {table.name}, they are none"
        )
        return -0.5
    if keys.is_unique(name, file.rows):
        evidence.append(f"every row has its own {name}")
        return 0.1
    if keys.counts.get(name, (0, 0))[0] == 0:
        return -0.4
    return 0.0


def _speaks_of(table: str, columns: Sequence[ColumnProfile]) -> bool:
    """Whether some column's name has the word for what the table holds."""
    stems = {
        "escalations": ("escal", "eskal"),
        "resolutions": ("resol", "resuel", "solution", "solved", "losung", "fix"),
    }[table]
    return any(stem in plain(c.name) for c in columns for stem in stems)


def key_judge(file: FileProfile, table: Table, keys: Keys) -> Extra:
    """What uniqueness says of a pair with the table's key."""
    bare = next((c.name for c in file.columns if words(c.name) == ["id"] and keys.is_unique(c.name, file.rows)), "")

    def judge(name: str, source: ColumnProfile) -> tuple[float, tuple[str, ...], str]:
        return _as_key(source, file, keys, bare) if name == table.key else (1.0, (), "")

    return judge


def _as_key(source: ColumnProfile, file: FileProfile, keys: Keys, bare: str) -> tuple[float, tuple[str, ...], str]:
    filled, distinct = keys.counts.get(source.name, (0, 0))
    spaced = sum(" " in v for v in source.values) / max(1, source.filled)
    if spaced > 0.5 and source.mean_length > 15:
        return 0.4, (), "its values are texts, not ids"
    if not filled:
        return 0.2, (), "it is empty"
    if filled == distinct == file.rows:
        if bare and source.name != bare:
            return 0.86, (f"every row has its own, as has {bare}",), ""
        return 1.12, ("every row has its own",), ""
    if filled < 0.9 * file.rows:
        return 0.6, (), f"{file.rows - filled:,} of {file.rows:,} rows have none"
    return 1.0, (f"{distinct:,} different values in {file.rows:,} rows",), ""


def _also(columns: Sequence[ColumnProfile], known: Vocabulary, table: str) -> int:
    spoken = known.tables[table]
    prefix = common_prefix([c.name for c in columns if not c.is_technical])
    return sum(
        any(form in spoken.also for form, _ in variants(c.name, known, spoken.own, prefix)[:6])
        for c in columns
        if not c.is_technical
    )
