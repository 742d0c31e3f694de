"""Where queries run: each backend names its SQL dialect and reads rows; nothing here writes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol


class Backend(Protocol):
    """One engine that holds the canonical and derived tables, read-only. `generation` names the state of its data."""

    name: str
    dialect: str
    generation: str

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a statement. Safe to call from several threads."""
        ...
