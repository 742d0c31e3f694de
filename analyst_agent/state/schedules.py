"""Which playbooks are active, and which due times were taken up, by whom: what keeps two schedulers from running one twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import sqlalchemy as sa

from analyst_agent.errors import WorkspaceError
from analyst_agent.state.database import Database

RUNNING, WAITING, DONE, FAILED, GIVEN_UP = "running", "waiting", "done", "failed", "given_up"
"""Of a claim. waiting: begun, not finished, and to be taken up again at `resume_at`."""
_MOST_NOTE = 2_000
_schema = sa.MetaData()
_standings = sa.Table(
    "schedules",
    _schema,
    sa.Column("playbook", sa.String(200), primary_key=True),
    sa.Column("is_active", sa.Boolean, nullable=False),
    sa.Column("since", sa.String(40), nullable=False),
    sa.Column("said_by", sa.String(200), nullable=False),
    sa.Column("pattern", sa.String(300), nullable=False),
    sa.Column("counts_from", sa.String(40), nullable=False),
    sa.Column("looked_at", sa.String(40), nullable=False),
)
_claims = sa.Table(
    "schedule_claims",
    _schema,
    sa.Column("playbook", sa.String(200), primary_key=True),
    sa.Column("occurrence", sa.String(300), primary_key=True),
    # The playbook's name while the claim is unfinished, else empty: unique, so that no two are ever open at once.
    sa.Column("unfinished", sa.String(200), unique=True),
    sa.Column("due", sa.String(40), nullable=False),
    sa.Column("as_of", sa.String(10), nullable=False),
    sa.Column("missed", sa.Integer, nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("holder", sa.String(300), nullable=False),
    sa.Column("lease_until", sa.String(40), nullable=False),
    sa.Column("resume_at", sa.String(40), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("began_at", sa.String(40), nullable=False),
    sa.Column("ended_at", sa.String(40), nullable=False),
    sa.Column("run", sa.String(100), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a playbook is active, and since when. counts_from: due times up to it are not missed; later than `since` where the
    schedule's pattern changed. looked_at: when a scheduler last asked whether it is due; None before the first time.
    """

    playbook: str
    is_active: bool
    since: datetime
    said_by: str
    pattern: str
    counts_from: datetime
    looked_at: datetime | None

    def counting(self, pattern: str, now: datetime) -> Standing:
        """As it is with the pattern that the schedule has now. One that changed counts from the look before, when the other was
        still found: its own earlier due times were never missed.
        """
        if self.pattern in ("", pattern):
            return replace(self, pattern=pattern)
        counts_from = max(self.counts_from, min(self.looked_at or now, now))
        return replace(self, pattern=pattern, counts_from=counts_from)


@dataclass(frozen=True, slots=True)
class Claim:
    """One due time that was taken up. missed: due times that had been missed when it was, its own included if it was late.
    attempts: how often it was begun. Instants are in UTC.
    """

    playbook: str
    occurrence: str
    due: datetime
    as_of: date
    missed: int
    state: str
    holder: str
    lease_until: datetime
    resume_at: datetime
    attempts: int
    began_at: datetime
    ended_at: datetime | None = None
    run: str = ""
    note: str = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether it is running, or waits to be taken up again."""
        return self.state in (RUNNING, WAITING)


class Schedules:
    """The store. What is said and claimed is one statement each, so that of several processes at once exactly one has it."""

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def activate(self, playbook: str, now: datetime, by: str = "") -> bool:
        """Makes it active from now on; False where it was. What was due before is not caught up."""
        return self._say(playbook, True, now, by)

    def deactivate(self, playbook: str, now: datetime, by: str = "") -> bool:
        """Pauses it from now on; False where it was not active. A run that goes on is not stopped."""
        return self._say(playbook, False, now, by)

    def standings(self) -> dict[str, Standing]:
        """Of every playbook that ever was active."""
        rows = self._database.rows(sa.select(_standings).order_by(_standings.c.playbook))
        return {row.playbook: _standing(row) for row in rows}

    def look(self, standing: Standing, pattern: str, now: datetime) -> Standing:
        """Notes that a scheduler looks, and what the schedule's pattern now is: the standing as it is with it."""
        found = replace(standing.counting(pattern, now), looked_at=now)
        values = {"pattern": pattern, "counts_from": _text(found.counts_from), "looked_at": _text(now)}
        mine = (_standings.c.playbook == standing.playbook) & (_standings.c.since == _text(standing.since))
        with self._database.writing() as connection:
            connection.execute(_standings.update().where(mine).values(**values))
        return found

    def claims(self, playbook: str, most: int = 100) -> list[Claim]:
        """What was taken up of a playbook last, the latest due first."""
        query = sa.select(_claims).where(_claims.c.playbook == playbook).order_by(_claims.c.due.desc()).limit(most)
        return [_claim(row) for row in self._database.rows(query)]

    def claim(self, standing: Standing, wanted: Claim) -> bool:
        """Takes a due time up; False where another has it or had it, another one of the playbook is unfinished, or the playbook
        is no longer active as it was seen.
        """
        row = {
            "playbook": wanted.playbook, "occurrence": wanted.occurrence, "unfinished": wanted.playbook, "due": _text(wanted.due),
            "as_of": wanted.as_of.isoformat(), "missed": wanted.missed, "state": RUNNING, "holder": wanted.holder,
            "lease_until": _text(wanted.lease_until), "resume_at": "", "attempts": 1, "began_at": _text(wanted.began_at),
            "ended_at": "", "run": "", "note": "",
        }  # fmt: skip
        chosen = sa.select(*(sa.literal(value, _claims.c[name].type) for name, value in row.items())).where(
            sa.exists().where(
                _standings.c.playbook == wanted.playbook,
                _standings.c.is_active,
                _standings.c.since == _text(standing.since),
            )
        )
        return self._changed_one(_claims.insert().from_select(list(row), chosen))

    def take_over(self, seen: Claim, holder: str, lease_until: datetime, now: datetime) -> bool:
        """Takes up an unfinished claim as it was seen; False where it changed since."""
        values = {
            "state": RUNNING, "holder": holder, "lease_until": _text(lease_until), "attempts": seen.attempts + 1,
            "began_at": _text(now),
        }  # fmt: skip
        return self._changed_one(_claims.update().where(_as_seen(seen)).values(**values))

    def renew(self, claim: Claim, lease_until: datetime) -> bool:
        """Prolongs a lease; False where the claim is no longer this holder's."""
        return self._changed_one(_claims.update().where(_held(claim)).values(lease_until=_text(lease_until)))

    def finish(self, claim: Claim, state: str, now: datetime, run: str = "", note: str = "") -> bool:
        """Closes a claim as done, failed or given up; False where it is no longer this holder's."""
        values = {
            "state": state,
            "unfinished": None,
            "ended_at": _text(now),
            "run": run[:100],
            "note": note[:_MOST_NOTE],
        }
        return self._changed_one(_claims.update().where(_held(claim)).values(**values))

    def put_back(
        self, claim: Claim, resume_at: datetime, *, is_counted: bool = True, run: str = "", note: str = ""
    ) -> bool:
        """Leaves a claim to be taken up again, by any scheduler. is_counted: whether this was an attempt, and no mere stop."""
        values = {
            "state": WAITING, "resume_at": _text(resume_at), "attempts": claim.attempts - (not is_counted), "run": run[:100],
            "note": note[:_MOST_NOTE],
        }  # fmt: skip
        return self._changed_one(_claims.update().where(_held(claim)).values(**values))

    def give_up(self, seen: Claim, now: datetime, note: str) -> bool:
        """Closes an unfinished claim as it was seen, whoever held it; False where it changed since."""
        values = {"state": GIVEN_UP, "unfinished": None, "ended_at": _text(now), "note": note[:_MOST_NOTE]}
        return self._changed_one(_claims.update().where(_as_seen(seen)).values(**values))

    def close(self) -> None:
        """Closes the database's connections; the next use opens new ones."""
        self._database.close()

    def _say(self, playbook: str, active: bool, now: datetime, by: str) -> bool:
        at = _text(now)
        values = {
            "is_active": active,
            "since": at,
            "said_by": by[:200],
            "pattern": "",
            "counts_from": at,
            "looked_at": "",
        }
        changing = (
            _standings.update()
            .where(_standings.c.playbook == playbook, _standings.c.is_active.is_not(active))
            .values(**values)
        )
        if self._changed_one(changing):
            return True
        return active and self._database.insert(_standings, {"playbook": playbook, **values})

    def _changed_one(self, statement: sa.Update | sa.Insert) -> bool:
        try:
            with self._database.writing() as connection:
                counted = statement.execution_options(preserve_rowcount=True)
                return bool(connection.execute(counted).rowcount == 1)
        except WorkspaceError as error:
            if isinstance(error.__cause__, sa.exc.IntegrityError):
                return False
            raise


def _held(claim: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(
        _claims.c.playbook == claim.playbook,
        _claims.c.occurrence == claim.occurrence,
        _claims.c.holder == claim.holder,
        _claims.c.state == RUNNING,
    )


def _as_seen(claim: Claim) -> sa.ColumnElement[bool]:
    return sa.and_(
        _claims.c.playbook == claim.playbook,
        _claims.c.occurrence == claim.occurrence,
        _claims.c.state == claim.state,
        _claims.c.holder == claim.holder,
        _claims.c.attempts == claim.attempts,
        _claims.c.lease_until == _text(claim.lease_until),
    )


def _standing(row: Any) -> Standing:
    looked_at = _instant(row.looked_at) if row.looked_at else None
    return Standing(
        row.playbook,
        bool(row.is_active),
        _instant(row.since),
        row.said_by,
        row.pattern,
        _instant(row.counts_from),
        looked_at,
    )


def _claim(row: Any) -> Claim:
    return Claim(
        row.playbook,
        row.occurrence,
        _instant(row.due),
        date.fromisoformat(row.as_of),
        row.missed,
        row.state,
        row.holder,
        _instant(row.lease_until),
        _instant(row.resume_at or row.began_at),
        row.attempts,
        _instant(row.began_at),
        _instant(row.ended_at) if row.ended_at else None,
        row.run,
        row.note,
    )


def _text(at: datetime) -> str:
    """Of one length and in UTC, so that texts sort and compare as their instants do."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def latest_due(claims: Sequence[Claim], until: datetime) -> datetime | None:
    """The latest due time that was taken up and is not after an instant; None where there is none. claims: the latest first."""
    return next((one.due for one in claims if one.due <= until), None)
