"""Which files a mapping means: a pattern of the file's name, or plain names that cover singular, plural and the endings exports have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FileNames:
    """pattern: a glob over the whole name; named: stems, of which any form is meant. One of the two is set."""

    pattern: str = ""
    named: tuple[str, ...] = ()

    def matches(self, name: str) -> bool:
        """Whether a file of that name is meant.

        >>> FileNames(named=("ticket_field_history",)).matches("Ticket-Field-Histories_data.csv.gz")
        True
        >>> FileNames(named=("ticket",)).matches("ticket_tag.csv")
        False
        """
        if self.pattern:
            return fnmatchcase(name.lower(), self.pattern.lower())
        stem = _stem(name)
        return any(stem in _forms(n) for n in self.named)

    @property
    def shown(self) -> str:
        """As people read it."""
        return self.pattern or " or ".join(self.named)


def split_name(name: str) -> tuple[str, str]:
    """Stem and ending of a file name, `.csv.gz` being one ending.

    >>> split_name("tickets.CSV.gz")
    ('tickets', '.csv.gz')
    """
    path = Path(name)
    ending = path.suffix.lower()
    if ending == ".gz":
        inner = Path(path.stem)
        return inner.stem, inner.suffix.lower() + ending
    return path.stem, ending


def _stem(name: str) -> str:
    return re.sub(r"[\s\-]+", "_", split_name(name)[0].strip()).lower().removesuffix("_data")


def _forms(name: str) -> tuple[str, ...]:
    """A name and its plurals.

    >>> _forms("history")
    ('history', 'historys', 'historyes', 'histories')
    """
    name = name.lower()
    return (name, f"{name}s", f"{name}es", *([f"{name[:-1]}ies"] if name.endswith("y") else []))
