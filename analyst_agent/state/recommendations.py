"""What was recommended, once however often it was said, and what became of it: every mark is kept, the last one counts."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from analyst_agent.errors import InvalidDefinition, UnknownName, WorkspaceError
from analyst_agent.records import Filter, Period, Recommendation, to_json
from analyst_agent.state.database import Database

MARKS = ("done", "not_done", "dropped", "unknown")
OPEN = "unknown"
"""What nobody has marked."""
_schema = sa.MetaData()
_made = sa.Table(
    "recommendations",
    _schema,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("seen_by", sa.String(64), nullable=False),
    sa.Column("skill", sa.String(100), nullable=False),
    sa.Column("period_start", sa.String(10), nullable=False),
    sa.Column("period_end", sa.String(10), nullable=False),
    sa.Column("conditions", sa.Text, nullable=False),
    sa.Column("pattern", sa.Text, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("basis", sa.Text, nullable=False),
    sa.Column("basis_kind", sa.String(20), nullable=False),
    sa.Column("document", sa.Text),
    sa.Column("made_at", sa.String(40), nullable=False),
)
_marks = sa.Table(
    "recommendation_marks",
    _schema,
    sa.Column("id", sa.String(20), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("mark", sa.String(20), nullable=False),
    sa.Column("marked_by", sa.String(200), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("marked_at", sa.String(40), nullable=False),
)


@dataclass(frozen=True, slots=True)
class Mark:
    """What somebody said became of a recommendation."""

    mark: str
    by: str
    note: str
    at: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A recommendation with the period and conditions it was about. mark: done, not_done, dropped, or unknown where nobody
    said. marks: all that was said, oldest first.
    """

    id: str
    skill: str
    start: date
    end: date
    conditions: tuple[Filter, ...]
    pattern: str
    action: str
    basis: str
    basis_kind: str
    document: str | None
    made_at: str
    mark: str = OPEN
    marks: tuple[Mark, ...] = ()


class Recommendations:
    """The store of recommendations, beside the conversations. seen_by: the mark of grants and scope; others' do not exist."""

    def __init__(self, url: str, seen_by: str = "") -> None:
        self._database = Database(url, _schema)
        self._seen_by = seen_by

    def keep(
        self,
        skill: str,
        period: Period | None,
        conditions: Sequence[Filter],
        made: Sequence[Recommendation],
        now: datetime | None = None,
    ) -> tuple[str, ...]:
        """Keeps what was recommended for a period; what is kept already is left as it is. The ids, in their order."""
        if period is None:
            return ()
        at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
        told = json.dumps(to_json(tuple(sorted(conditions, key=repr))))
        rows = [self._row(skill, period, told, one, at) for one in made]
        ids = [row["id"] for row in rows]
        known = {found.id for found in self._database.rows(sa.select(_made.c.id).where(_made.c.id.in_(ids)))}
        for row in rows:
            if row["id"] in known:
                continue
            self._database.insert(_made, row)  # another process may have kept the same one since it was read
            known.add(row["id"])
        return tuple(row["id"] for row in rows)

    def listed(self, mark: str | None = None, since: date | None = None) -> list[Kept]:
        """What was recommended, the latest period first. mark: only those; since: only of periods that end after that day."""
        query = sa.select(_made).where(_made.c.seen_by == self._seen_by)
        if since is not None:
            query = query.where(_made.c.period_end > since.isoformat())
        query = query.order_by(_made.c.period_end.desc(), _made.c.made_at.desc(), _made.c.id)
        rows = self._database.rows(query)
        said = self._database.rows(sa.select(_marks).order_by(_marks.c.id, _marks.c.number))
        by_id: dict[str, list[Mark]] = {}
        for one in said:
            by_id.setdefault(one.id, []).append(Mark(one.mark, one.marked_by, one.note, one.marked_at))
        found = [_kept(row, tuple(by_id.get(row.id, ()))) for row in rows]
        return [one for one in found if mark in (None, one.mark)]

    def mark(self, name: str, mark: str, by: str = "", note: str = "", now: datetime | None = None) -> Kept:
        """Says what became of a recommendation, named by its id or the beginning of it. Raises UnknownName or InvalidDefinition."""
        if mark not in MARKS:
            raise UnknownName("mark", mark, MARKS)
        known = {one.id: one for one in self.listed()}
        wanted = [one for one in known if one.lower().startswith(name.strip().lower())] if name.strip() else []
        if len(wanted) > 1 and name not in known:
            raise InvalidDefinition(f"{name!r} begins {len(wanted)} ids: {', '.join(wanted[:4])}.", "Give more of it.")
        if not wanted:
            raise UnknownName("recommendation", name, known, "`analyst recommendations list` shows their ids.")
        chosen = name if name in known else wanted[0]
        row = {
            "id": chosen,
            "mark": mark,
            "marked_by": by[:200],
            "note": note,
            "marked_at": (now or datetime.now(UTC)).isoformat(timespec="seconds"),
        }
        for _ in range(20):
            [last] = self._database.rows(sa.select(sa.func.max(_marks.c.number)).where(_marks.c.id == chosen))
            if not self._database.insert(_marks, {"number": int(last[0] or 0) + 1, **row}):
                continue  # another process took the number between reading and writing
            return next(one for one in self.listed() if one.id == chosen)
        raise WorkspaceError(f"{chosen} is being marked by too many processes.", "Mark it again.")

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _row(self, skill: str, period: Period, conditions: str, one: Recommendation, at: str) -> dict[str, Any]:
        start, end = period.start.isoformat(), period.end.isoformat()
        told = [self._seen_by, skill, start, end, conditions, one.pattern, one.action]
        digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()
        # A fact's id means something within its answer only.
        basis = one.basis if one.basis_kind == "document" else "fact"
        return {
            "id": f"R-{digest[:8]}",
            "seen_by": self._seen_by,
            "skill": skill,
            "period_start": start,
            "period_end": end,
            "conditions": conditions,
            "pattern": one.pattern,
            "action": one.action,
            "basis": basis,
            "basis_kind": one.basis_kind,
            "document": one.document,
            "made_at": at,
        }


def _kept(row: Any, marks: tuple[Mark, ...]) -> Kept:
    conditions = tuple(Filter(f["field"], f["op"], _value(f["value"])) for f in json.loads(row.conditions))
    return Kept(
        row.id,
        row.skill,
        date.fromisoformat(row.period_start),
        date.fromisoformat(row.period_end),
        conditions,
        row.pattern,
        row.action,
        row.basis,
        row.basis_kind,
        row.document,
        row.made_at,
        marks[-1].mark if marks else OPEN,
        marks,
    )


def _value(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
