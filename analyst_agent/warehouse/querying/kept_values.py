"""Lists of values kept beside a generation, which never changes: read once, then by every process from a file."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

MOST_LISTS = 300


@dataclass(slots=True)
class KeptValues:
    """Lists by the SQL that reads them, which holds grants, restrictions and mappings; so what one may not see is never found here.

    The file's name carries what tells one generation from another, also from one of the same number made later. A file
    that cannot be written or read only costs the reading of the values again.
    """

    folder: Path
    name: str
    _lists: dict[str, list[str]] = field(default_factory=dict)
    _is_read: bool = False
    _has_new: bool = False

    @classmethod
    def of_generation(cls, folder: Path, generation: Path) -> KeptValues:
        """The lists of the generation in that file, kept in the folder."""
        stat = generation.stat()
        return cls(folder, f"values-{generation.stem}-{stat.st_size:x}-{stat.st_mtime_ns:x}.json")

    def get(self, sql: str) -> list[str] | None:
        """The list that a statement gave, None where it is not kept."""
        if not self._is_read:
            self._lists, self._is_read = self._read() | self._lists, True
        return self._lists.get(_key(sql))

    def put(self, sql: str, values: list[str]) -> None:
        """Remembers a list; `flush` writes it."""
        if len(self._lists) < MOST_LISTS:
            self._lists[_key(sql)] = values
            self._has_new = True

    def flush(self) -> None:
        """Writes what is new, whole or not at all; of two processes at once the later one's file stands. Those of other generations go."""
        if not self._has_new:
            return
        self._has_new = False
        whole = self._read() | self._lists
        part = self.folder / f"{self.name}.{os.getpid()}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")
            os.replace(part, self.folder / self.name)
            for other in self.folder.glob("values-*.json"):
                if other.name != self.name:
                    other.unlink(missing_ok=True)
        except OSError:
            with suppress(OSError):  # a folder that may only be read: the values are read from the data again
                part.unlink()

    def _read(self) -> dict[str, list[str]]:
        try:
            raw = json.loads((self.folder / self.name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return raw if isinstance(raw, dict) else {}


def _key(sql: str) -> str:
    return hashlib.sha256(sql.encode()).hexdigest()[:24]
