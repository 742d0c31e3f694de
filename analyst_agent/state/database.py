"""The state database: one SQLite file in the workspace, or any database by its URL, opened so that several processes may write in turn."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import sqlalchemy as sa

from analyst_agent.errors import WorkspaceError

_BUSY_S = 10


class Database:
    """The tables of one store. They are made by the first write; before, there is nothing to read.

    What the database breaks with is raised as WorkspaceError. survives_power_loss: SQLite waits for the disk at every
    commit; without it the last commits may be undone by a power failure, never by the death of a process.
    """

    def __init__(self, url: str, schema: sa.MetaData, survives_power_loss: bool = False) -> None:
        with usable():
            self._engine = sa.create_engine(url)
        self._schema = schema
        self._is_made = False
        if self._engine.dialect.name == "sqlite":
            sa.event.listen(self._engine, "connect", pragmas)
            if survives_power_loss:
                sa.event.listen(self._engine, "connect", _wait_for_the_disk)

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction, the tables made."""
        with usable():
            if not self._is_made:
                make_tables(self._engine, self._schema)
                self._is_made = True
            with self._engine.begin() as connection:
                yield connection

    @contextmanager
    def reading(self) -> Iterator[sa.Connection | None]:
        """A connection, None where nothing was ever kept."""
        with usable():
            if not self._is_made:
                known = sa.inspect(self._engine)
                self._is_made = all(known.has_table(name) for name in self._schema.tables)
            if not self._is_made:
                yield None
                return
            with self._engine.connect() as connection:
                yield connection

    def rows(self, query: sa.Select[Any]) -> list[sa.Row[Any]]:
        """The rows of a query, none where nothing was ever kept."""
        with self.reading() as connection:
            return [] if connection is None else list(connection.execute(query).all())

    def insert(self, table: sa.Table, row: Mapping[str, Any]) -> bool:
        """Writes a row; False where one of its key is there already."""
        try:
            with self.writing() as connection:
                connection.execute(table.insert().values(**row))
        except WorkspaceError as error:
            if isinstance(error.__cause__, sa.exc.IntegrityError):
                return False
            raise
        return True

    def close(self) -> None:
        """Closes the database's connections."""
        self._engine.dispose()


def sqlite_url(folder: Path) -> str:
    """The URL of a workspace's own state file."""
    return f"sqlite:///{folder / '.analyst' / 'state.db'}"


@contextmanager
def usable() -> Iterator[None]:
    """Within it, what the database breaks with is raised as WorkspaceError."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise WorkspaceError(
            f"The state database cannot be used: {error.__class__.__name__}.",
            "Check workspace.state_url and that the folder can be written.",
        ) from error


def make_tables(engine: sa.Engine, schema: sa.MetaData) -> None:
    """Makes the tables that are missing; of two processes at once, the second finds them there."""
    with engine.begin() as connection:
        for table in schema.sorted_tables:
            connection.execute(sa.schema.CreateTable(table, if_not_exists=True))
            for index in table.indexes:
                connection.execute(sa.schema.CreateIndex(index, if_not_exists=True))


def add_text_column(engine: sa.Engine, table: sa.Table, name: str) -> None:
    """Gives a table of an earlier version a column of texts, "" in the rows it has; of two processes at once, the second finds it there."""

    def is_there() -> bool:
        return any(column["name"] == name for column in sa.inspect(engine).get_columns(table.name))

    if is_there():
        return
    try:
        with engine.begin() as connection:
            kind = table.c[name].type.compile(engine.dialect)
            connection.execute(sa.text(f"ALTER TABLE {table.name} ADD COLUMN {name} {kind} NOT NULL DEFAULT ''"))
    except sa.exc.DBAPIError:
        if not is_there():
            raise


def pragmas(connection: Any, _record: Any) -> None:
    """Sets a SQLite connection up so that several processes may write in turn."""
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={_BUSY_S * 1000}")
    deadline = monotonic() + _BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            # SQLite does not wait here where another process is making the same switch; nothing else gets better by waiting.
            if "locked" not in str(error) or monotonic() > deadline:
                raise
            sleep(0.02)
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL").close()
