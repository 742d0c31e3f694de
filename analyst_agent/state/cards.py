"""The last card of an eval run for each model, kept for the person: a card measures the analyst, not a workspace."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from analyst_agent.state.database import Database

FILE = "evals.db"
_schema = sa.MetaData()
_cards = sa.Table(
    "eval_cards",
    _schema,
    sa.Column("model", sa.String(200), primary_key=True),
    sa.Column("is_whole", sa.Integer, primary_key=True),
    sa.Column("day", sa.String(10), nullable=False),
    sa.Column("card", sa.Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class KeptCard:
    """A model's last card. is_whole: it is of a run over all cases, not over chosen ones; card: its JSON."""

    model: str
    is_whole: bool
    day: str
    card: Mapping[str, Any]


class Cards:
    """The store of cards in a folder of the person's own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, one: KeptCard) -> None:
        """Keeps a card in the place of the one before; a run over chosen cases does not take the place of a whole one.

        Raises WorkspaceError or OSError where it cannot be written.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        database = Database(f"sqlite:///{self._folder / FILE}", _schema)
        row = {"model": one.model, "is_whole": int(one.is_whole), "day": one.day, "card": json.dumps(one.card)}
        same = sa.and_(_cards.c.model == one.model, _cards.c.is_whole == int(one.is_whole))
        with database.writing() as connection:
            connection.execute(_cards.delete().where(same))
            connection.execute(_cards.insert().values(**row))
        database.close()

    def kept(self) -> list[KeptCard]:
        """One card of each model, the whole run's where there is one, in the order of names."""
        if not (self._folder / FILE).is_file():
            return []
        database = Database(f"sqlite:///{self._folder / FILE}", _schema)
        rows = database.rows(sa.select(_cards).order_by(_cards.c.model, _cards.c.is_whole))
        database.close()
        found = {r.model: KeptCard(r.model, bool(r.is_whole), r.day, json.loads(r.card)) for r in rows}
        return list(found.values())
