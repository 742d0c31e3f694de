"""Where queries run: each backend names its SQL dialect and reads rows; nothing here writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from analyst_agent.semantic.compiler import Compiled


class Backend(Protocol):
    """One engine that holds the canonical tables, read-only. `generation` names the state of its data.

    unseen: a sentence about the escalations that the data cannot show, "" where they can show all.
    """

    name: str
    dialect: str
    generation: str
    unseen: str

    def sql(self, compiled: Compiled) -> str:
        """The statement of a compiled query, with everything that this engine needs around it."""
        ...

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a statement, in plain Python values as DuckDB gives them. Safe to call from several threads."""
        ...
