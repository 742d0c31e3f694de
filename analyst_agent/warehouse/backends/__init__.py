"""Where queries run: each backend renders a tree for its engine and reads rows; nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sqlglot import exp


class Backend(Protocol):
    """One engine that holds the canonical and derived tables, read-only. `generation` names the state of its data."""

    name: str
    dialect: str
    generation: str

    def sql(self, tree: exp.Query) -> str:
        """The text this engine runs for a tree of the compiler."""
        ...

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement. Safe to call from several threads."""
        ...
