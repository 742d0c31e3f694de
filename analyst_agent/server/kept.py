"""What was worked out for one view of the data and holds as long as that view does: the second time it is there at once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, TypeVar
from weakref import ReferenceType, ref

from analyst_agent.workspace import Workspace

Made = TypeVar("Made")
MOST = 400
LONGEST_S = 300.0
"""How long results of an engine of its own are kept: its data change without a sign. The embedded store's never do."""


@dataclass(slots=True)
class _Entry:
    workspace: ReferenceType[Workspace]
    lock: Lock = field(default_factory=Lock)
    made: Any = None
    at: float | None = None


@dataclass(slots=True)
class Kept:
    """Results by the open workspace they came from and a key. A workspace is opened anew for another generation, other documents,
    settings or skills, another scope or role, and another day: then nothing of the former is taken.
    """

    most: int = MOST
    _entries: OrderedDict[tuple[int, Hashable], _Entry] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, workspace: Workspace, key: Hashable, make: Callable[[], Made]) -> Made:
        """The result kept, else the one made now. Two requests for the same wait for one; what `make` raises is not kept."""
        entry = self._entry(workspace, key)
        with entry.lock:
            if entry.at is None or (workspace.settings.engine and monotonic() - entry.at > LONGEST_S):
                entry.made = make()
                entry.at = monotonic()
            made: Made = entry.made
            return made

    def _entry(self, workspace: Workspace, key: Hashable) -> _Entry:
        place = (id(workspace), key)
        with self._lock:
            entry = self._entries.get(place)
            # An address may be used again once a workspace is gone.
            if entry is None or entry.workspace() is not workspace:
                entry = self._entries[place] = _Entry(ref(workspace))
            self._entries.move_to_end(place)
            while len(self._entries) > self.most:
                self._entries.popitem(last=False)
            return entry
