"""The record of definitions: what each was when first seen and every change since, once however many processes look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from analyst_agent.semantic.effective import DefinitionChange
from analyst_agent.state.database import make_tables, pragmas

_schema = sa.MetaData()
_changes = sa.Table(
    "definition_changes",
    _schema,
    sa.Column("name", sa.String(200), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("seen_at", sa.String(40), nullable=False),
    sa.Column("old", sa.Text),
    sa.Column("new", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Record:
    """All changes seen, oldest first. problem: why nothing could be recorded or read now, "" where all is well."""

    changes: tuple[DefinitionChange, ...] = ()
    problem: str = ""


def record_definitions(url: str, effective: Mapping[str, str], zone: ZoneInfo, now: datetime | None = None) -> Record:
    """Compares the definitions in force with those last recorded, records what differs, and returns every change.

    The number of a change is part of its key: of two processes that see the same change one writes it, the other finds
    it written. A database that cannot be written or read is told in `problem`; no answer waits for it.
    """
    engine = sa.create_engine(url)
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", pragmas)
    try:
        return _recorded(engine, effective, zone, now or datetime.now(UTC))
    except sa.exc.DBAPIError as error:
        return Record(problem=f"The state database cannot be used: {error.orig}.")
    finally:
        engine.dispose()


def _recorded(engine: sa.Engine, effective: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Record:
    problem = ""
    if not sa.inspect(engine).has_table(_changes.name):
        make_tables(engine, _schema)
    rows = _rows(engine)
    for _ in range(20):
        missing = _differences(rows, effective, now)
        if not missing:
            break
        try:
            with engine.begin() as connection:
                connection.execute(_changes.insert(), missing)
        except sa.exc.IntegrityError:
            pass  # another process was first; what it wrote is read next
        except sa.exc.OperationalError as error:
            problem = f"A change of definitions could not be recorded: {error.orig}."
            break
        rows = _rows(engine)
    return Record(tuple(_change(row, zone) for row in rows if row.old is not None), problem)


def _rows(engine: sa.Engine) -> list[sa.Row[tuple[str, int, str, str | None, str]]]:
    order = (_changes.c.seen_at, _changes.c.name, _changes.c.number)
    with engine.connect() as connection:
        return list(connection.execute(sa.select(_changes).order_by(*order)).all())


def _differences(
    rows: list[sa.Row[tuple[str, int, str, str | None, str]]], effective: Mapping[str, str], now: datetime
) -> list[dict[str, str | int | None]]:
    """A row for each definition not seen before (with no old value) or not as it was last."""
    last = {row.name: row for row in sorted(rows, key=lambda row: row.number)}
    seen_at = now.astimezone(UTC).isoformat(timespec="seconds")
    found: list[dict[str, str | int | None]] = []
    for name, value in effective.items():
        known = last.get(name)
        if known is None:
            found.append({"name": name, "number": 1, "seen_at": seen_at, "old": None, "new": value})
        elif known.new != value:
            found.append({"name": name, "number": known.number + 1, "seen_at": seen_at, "old": known.new, "new": value})
    return found


def _change(row: sa.Row[tuple[str, int, str, str | None, str]], zone: ZoneInfo) -> DefinitionChange:
    seen = datetime.fromisoformat(row.seen_at).astimezone(zone).date()
    return DefinitionChange(row.name, seen, str(row.old), row.new)
