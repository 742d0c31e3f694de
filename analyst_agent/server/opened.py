"""The workspaces a server has open: one for each scope and role, kept warm, shared by threads, renewed when anything it was made of changes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from threading import Lock
from zoneinfo import ZoneInfo

from analyst_agent.settings import FILE_NAME, Settings, read_settings
from analyst_agent.skillkit.own import Trusted
from analyst_agent.workspace import PRIVATE, Workspace

Key = tuple[tuple[str, ...], str]
_State = tuple[int, int, int] | None
_MARKED = (
    FILE_NAME,
    f"{PRIVATE}/warehouse/current",
    f"{PRIVATE}/knowledge/current",
)
"""Files whose change means other data, documents, settings or skills."""
MOST = 24
"""Kept open at the same time; beyond that, those that were used longest ago and that nobody uses are closed."""


@dataclass(slots=True)
class _Open:
    workspace: Workspace
    mark: tuple[object, ...]
    users: int = 0
    is_old: bool = False


@dataclass(slots=True)
class OpenWorkspaces:
    """Workspaces of one root by restrictions and role. today: fixes the clock, for the demo and tests."""

    root: Path
    today: date | None = None
    _open: dict[Key, _Open] = field(default_factory=dict)
    _opening: dict[Key, Lock] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)
    _is_closed: bool = False
    _read: tuple[_State, Settings] | None = None

    @contextmanager
    def of(self, restrictions: tuple[str, ...] = (), role: str = "") -> Iterator[Workspace]:
        """The workspace within a caller's scope, as of now; it stays as it is until the block ends. Raises an AnalystError.

        Roles for which nothing is unmasked share one.
        """
        one = self._taken((restrictions, role if role in self._unmasked_for() else ""))
        try:
            yield one.workspace
        finally:
            with self._lock:
                one.users -= 1
                is_unused = one.is_old and one.users == 0
            if is_unused:
                one.workspace.close()

    def close(self) -> None:
        """Closes those that nobody uses now; the others close when they are left."""
        with self._lock:
            closed, self._open, self._is_closed = list(self._open.values()), {}, True
            for one in closed:
                one.is_old = True
            unused = [one for one in closed if one.users == 0]
        for one in unused:
            one.workspace.close()

    def _taken(self, key: Key) -> _Open:
        with self._lock:
            opening = self._opening.setdefault(key, Lock())
        with opening:  # two requests of one scope open it once; another scope need not wait
            mark = self._mark()
            with self._lock:
                known = self._open.get(key)
                if known is not None and known.mark == mark:
                    known.users += 1
                    self._open[key] = self._open.pop(key)  # the last used is the last of them
                    return known
            made = _Open(self._opened(key), mark, 1)
            with self._lock:
                unused = self._replaced(key, made)
            for one in unused:
                one.workspace.close()
            return made

    def _replaced(self, key: Key, made: _Open) -> list[_Open]:
        """Takes in what was made; those that nobody uses and nobody will, to be closed. Within the lock."""
        known = self._open.pop(key, None)
        if known is not None:
            known.is_old = True
        made.is_old = self._is_closed
        if not self._is_closed:
            self._open[key] = made
        idle = [name for name, one in self._open.items() if one.users == 0]
        spare = [self._open.pop(name) for name in idle[: max(0, len(self._open) - MOST)]]
        return [*spare, known] if known is not None and known.users == 0 else spare

    def _opened(self, key: Key) -> Workspace:
        restrictions, role = key
        workspace = Workspace.open(self.root, self.today, restrictions, role)
        workspace.remembers = True
        try:
            # What is made on first use is made now, by one thread.
            _ = workspace.analyst("offline").context()
            _ = workspace.conversations, workspace.feedback, workspace.verified, workspace.audit, workspace.asks
            _ = (
                workspace.recommendations,
                workspace.runs,
                workspace.outbox,
                workspace.schedules,
                workspace.heads,
                workspace.uses,
            )
        except BaseException:
            workspace.close()
            raise
        return workspace

    def _mark(self) -> tuple[object, ...]:
        """What changes when a workspace must be opened anew: its files and the day."""
        found: list[object] = [datetime.now(self._zone()).date()]
        for name in (*_MARKED, Trusted().path):
            found.append(_state(self.root / name))
        return tuple(found)

    def _unmasked_for(self) -> tuple[str, ...]:
        return tuple(self._settings().unmasked_for)

    def _zone(self) -> ZoneInfo:
        return self._settings().zone

    def _settings(self) -> Settings:
        """As the file says now. Raises InvalidDefinition or WorkspaceError."""
        mark = _state(self.root / FILE_NAME)
        with self._lock:
            known = self._read
        if known is None or known[0] != mark:
            known = (mark, read_settings(self.root / FILE_NAME))
            with self._lock:
                self._read = known
        return known[1]


def _state(path: Path) -> _State:
    """What changes with a file; None where there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
