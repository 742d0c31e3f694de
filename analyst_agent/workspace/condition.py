"""The condition of the data and of what they mean: how fresh, how complete by column and month, which definitions changed, which own words find nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, timedelta
from pathlib import Path
from typing import Any

from analyst_agent.records import to_json
from analyst_agent.semantic.synonyms import parse_synonyms, same_value
from analyst_agent.warehouse.coverage import Column, Coverage, coverage
from analyst_agent.warehouse.querying.coverage_notes import FEWEST, GAP, NONE_YET, Unit, course, percent
from analyst_agent.workspace import Workspace

STALE_DAYS = 8
"""A week and a day: by then a weekly export was missed."""
OPEN_HAVE_NONE = ("resolved_at", "closed_at", "deescalated_at")
"""An open ticket has no such time: that is no gap in the recording."""
DATASETS = {
    "accounts": "account",
    "agents": "agent",
    "tickets": "ticket",
    "escalations": "escalation_event",
    "resolutions": "resolution",
    "escalated_tickets": "escalated_ticket",
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A column that is not complete. share: of all its rows with a value; text: where values begin, end or change, "" where even."""

    table: str
    column: str
    share: float
    text: str


def known_coverage(workspace: Workspace) -> Coverage | None:
    """What the load noted, reduced to the granted tables; None within a scope (it counts everybody's rows) or an engine elsewhere."""
    if workspace.scope or workspace.settings.engine:
        return None
    whole = coverage(workspace.engine.backend.execute)
    granted = {t for t, dataset in DATASETS.items() if dataset in workspace.model.datasets}
    return Coverage(
        tuple(t for t in whole.tables if t.name in granted),
        tuple(s for s in whole.sources if s.table in granted),
        whole.zone,
    )


def gaps_of(known: Coverage) -> list[Gap]:
    """Columns that have values, but not everywhere, the emptiest first within a table."""
    found = []
    for table in known.tables:
        if table.name == "escalated_tickets":
            continue  # its columns are those of tickets and escalations, listed there
        for one in sorted(table.columns, key=lambda c: (c.share or 0.0, c.name)):
            text = _text(one)
            if one.name not in OPEN_HAVE_NONE and one.share and (1 - one.share >= GAP or text):
                found.append(Gap(table.name, one.name, one.share, text))
    return found


def empty_columns(known: Coverage) -> dict[str, list[str]]:
    """Columns without any value, by table."""
    return {
        t.name: names
        for t in known.tables
        if t.row_count
        and t.name != "escalated_tickets"
        and (names := [c.name for c in t.columns if not c.filled_count])
    }


def freshness_text(workspace: Workspace, known: Coverage | None) -> tuple[str, str]:
    """State (ok or warning) and what to say: the data's end against today, the last load and its files."""
    last_day, today = workspace.engine.last_day, workspace.clock.today
    if last_day is None:
        return "warning", "No ticket is loaded."
    days = (today - last_day).days
    ago = "today" if days == 0 else f"{days:,} day{'s' if days != 1 else ''} {'before' if days > 0 else 'after'} today"
    said = (
        f"The data end {ago} ({_day(last_day)})."
        if days >= 0
        else f"The data end {-days:,} days after today ({_day(last_day)})."
    )
    sources = known.sources if known is not None else ()
    if sources:
        newest = max(sources, key=lambda s: s.loaded_at)
        at = newest.loaded_at.replace(tzinfo=UTC).astimezone(workspace.settings.zone)
        files = [Path(s.file).name for s in sources if newest.loaded_at - s.loaded_at < timedelta(minutes=1)]
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        said += f" Last load on {_day(at.date())} at {at:%H:%M}: {', '.join(files[:3])}{more}."
    return ("warning" if days > STALE_DAYS or days < 0 else "ok"), said


def definitions_text(workspace: Workspace) -> tuple[str, str]:
    """State and what to say of the definitions' record: its changes, the newest first."""
    record = workspace.definitions
    if record.problem:
        return "warning", record.problem
    if not record.changes:
        return "ok", "No definition has changed since the first look."
    newest = sorted(record.changes, key=lambda c: c.seen, reverse=True)
    said = "; ".join(f"{_day(c.seen)}: {c.text}" for c in newest[:3])
    more = f"; and {len(newest) - 3} more" if len(newest) > 3 else ""
    return "ok", f"{said}{more}."


def synonyms_text(workspace: Workspace) -> tuple[str, str]:
    """State and what to say of the workspace's own words: what each finds in the data."""
    found, lost = [], []
    for one in parse_synonyms(workspace.settings.synonyms, workspace.model):
        fields = [one.field] if one.field else list(workspace.model.dimensions())
        missing = [
            said
            for said in one.values
            if not any(same_value(said, v) for f in fields for v in workspace.engine.values(f))
        ]
        lost += [f"{one.word!r} ({one.field + ' ' if one.field else ''}{', '.join(missing)})"] if missing else []
        found += [] if missing else [f"{one.word!r} = {one.text}"]
    if lost:
        return "warning", f"No such value in the data: {'; '.join(lost)}. Questions with these words are refused."
    return "ok", "; ".join(found) + "."


def condition_json(workspace: Workspace, known: Coverage | None) -> dict[str, Any]:
    """`{freshness, coverage, definition_changes}`: everything above as data, coverage by column and month."""
    return {
        "freshness": {
            "data_start": to_json(workspace.engine.first_day),
            "data_end": to_json(workspace.engine.last_day),
            "days_before_today": _days_before(workspace),
            "files": to_json(known.sources) if known is not None else [],
        },
        "coverage": [_column_json(c) for t in (known.tables if known is not None else ()) for c in t.columns],
        "definition_changes": to_json(workspace.definitions.changes),
    }


def _column_json(one: Column) -> dict[str, Any]:
    months = [{**to_json(m), "share": m.share} for m in one.months]
    return {
        "table": one.table,
        "column": one.name,
        "rows": one.row_count,
        "filled": one.filled_count,
        "share": one.share,
        "first_at": to_json(one.first_at),
        "last_at": to_json(one.last_at),
        "months": months,
    }


def _text(one: Column) -> str:
    units = [Unit(m.month, m.row_count, m.filled_count) for m in one.months if m.month is not None and m.row_count]
    told = course(units, "month").removeprefix("; ")
    if not told.startswith("values begin"):
        return told
    since = [u for u in units if u.start >= next(u.start for u in units if u.share > NONE_YET)]
    total = sum(u.total for u in since)
    return f"{told} ({percent(sum(u.filled for u in since) / total)} since)" if total >= FEWEST else told


def _days_before(workspace: Workspace) -> int | None:
    last_day = workspace.engine.last_day
    return None if last_day is None else (workspace.clock.today - last_day).days


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
