"""Labels: which root cause somebody gave a ticket, each with its source and never overwritten, and the samples drawn for an audit."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa

from analyst_agent.state.database import Database

HUMAN, MODEL = "human:", "model:"
"""How the sources of labels begin; after it the name of the person or model."""
_AT_ONCE = 500
_schema = sa.MetaData()
_labels = sa.Table(
    "labels",
    _schema,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("ticket", sa.String(200), nullable=False, index=True),
    sa.Column("cause", sa.String(200), nullable=False),
    sa.Column("source", sa.String(200), nullable=False),
    sa.Column("labelled_at", sa.String(40), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
)
_samples = sa.Table(
    "label_samples",
    _schema,
    sa.Column("sample", sa.String(40), primary_key=True),
    sa.Column("drawn_at", sa.String(40), nullable=False),
    sa.Column("seed", sa.Integer, nullable=False),
    sa.Column("population", sa.Integer, nullable=False),
    sa.Column("seen_by", sa.String(64), nullable=False),
    sa.Column("tickets", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Label:
    """One label. source: `human:NAME` or `model:NAME`; labelled_at: ISO time in UTC; number: its place in the history."""

    ticket: str
    cause: str
    source: str
    note: str = ""
    labelled_at: str = ""
    number: int = 0

    @property
    def is_human(self) -> bool:
        """Whether a person gave it."""
        return self.source.startswith(HUMAN)


@dataclass(frozen=True, slots=True)
class Sample:
    """Tickets drawn at random to be labelled. population: how many they were drawn from; seen_by: the mark of the grants and
    scope under which they were drawn.
    """

    name: str
    drawn_at: str
    seed: int
    population: int
    tickets: tuple[str, ...]
    seen_by: str = ""


class Labels:
    """The store of labels and samples, beside the conversations: SQLite in WAL mode, or any database by its URL.

    Its tables are made by the first that is kept; before, there is nothing to read. Every method raises WorkspaceError where the
    database cannot be used.
    """

    def __init__(self, url: str) -> None:
        self._database = Database(url, _schema)

    def add(self, labels: Iterable[Label]) -> None:
        """Appends labels in their order, all or none; one without a time is of now."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        rows = [
            {
                "ticket": one.ticket,
                "cause": one.cause,
                "source": one.source,
                "labelled_at": one.labelled_at or now,
                "note": one.note,
            }
            for one in labels
        ]
        if rows:
            with self._database.writing() as connection:
                connection.execute(_labels.insert(), rows)

    def history(self, ticket: str | None = None) -> list[Label]:
        """Every label ever given, or of one ticket, oldest first."""
        query = sa.select(_labels).order_by(_labels.c.number)
        if ticket is not None:
            query = query.where(_labels.c.ticket == ticket)
        return self._read(query)

    def holding(self, tickets: Sequence[str]) -> dict[str, Label]:
        """The label that holds for each of these tickets: the latest a person gave, else the latest of a model."""
        found: list[Label] = []
        distinct = list(dict.fromkeys(tickets))
        for start in range(0, len(distinct), _AT_ONCE):
            part = distinct[start : start + _AT_ONCE]
            found += self._read(sa.select(_labels).where(_labels.c.ticket.in_(part)).order_by(_labels.c.number))
        return _holding(found)

    def by_people(self, most: int) -> dict[str, Label]:
        """The latest label a person gave, of so many tickets, the last labelled first."""
        of_people = _labels.c.source.startswith(HUMAN, autoescape=True)
        newest = sa.select(sa.func.max(_labels.c.number)).where(of_people).group_by(_labels.c.ticket)
        query = sa.select(_labels).where(_labels.c.number.in_(newest)).order_by(_labels.c.number.desc()).limit(most)
        return {one.ticket: one for one in self._read(query)}

    def revision(self) -> int:
        """Grows with every label, so that what was learned from fewer is learned anew."""
        with self._database.reading() as connection:
            newest = sa.select(sa.func.max(_labels.c.number))
            return 0 if connection is None else int(connection.execute(newest).scalar() or 0)

    def remember(self, seed: int, population: int, tickets: Sequence[str], seen_by: str = "") -> Sample:
        """Keeps a sample that was drawn and returns it with its name."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        sample = Sample(uuid4().hex[:8], now, seed, population, tuple(tickets), seen_by)
        row = {
            "sample": sample.name,
            "drawn_at": sample.drawn_at,
            "seed": seed,
            "population": population,
            "seen_by": seen_by,
            "tickets": json.dumps(sample.tickets),
        }
        with self._database.writing() as connection:
            connection.execute(_samples.insert().values(**row))
        return sample

    def samples(self, seen_by: str | None = None) -> list[Sample]:
        """The samples drawn, oldest first; with `seen_by` those drawn under that mark."""
        query = sa.select(_samples).order_by(_samples.c.drawn_at, _samples.c.sample)
        if seen_by is not None:
            query = query.where(_samples.c.seen_by == seen_by)
        with self._database.reading() as connection:
            rows = [] if connection is None else list(connection.execute(query).all())
        return [
            Sample(r.sample, r.drawn_at, r.seed, r.population, tuple(json.loads(r.tickets)), r.seen_by) for r in rows
        ]

    def close(self) -> None:
        """Closes the database's connections."""
        self._database.close()

    def _read(self, query: sa.Select[tuple[int, str, str, str, str, str]]) -> list[Label]:
        with self._database.reading() as connection:
            rows = [] if connection is None else list(connection.execute(query).all())
        return [Label(r.ticket, r.cause, r.source, r.note, r.labelled_at, r.number) for r in rows]


def _holding(labels: Iterable[Label]) -> dict[str, Label]:
    found: dict[str, Label] = {}
    for one in labels:
        known = found.get(one.ticket)
        if known is None or one.is_human or not known.is_human:
            found[one.ticket] = one
    return found


def holding_of(history: Iterable[Label]) -> Mapping[str, Label]:
    """The label that holds for each ticket of a history, oldest first."""
    return _holding(history)
