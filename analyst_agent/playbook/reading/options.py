"""The options of a playbook or a step, taken one by one with their types; what is left over is a complaint with its line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analyst_agent.errors import InvalidDefinition, UnknownName
from analyst_agent.playbook.reading.lined import Lined, LinedList
from analyst_agent.playbook.records import Place

Scalar = str | int | float | bool


class Options:
    """A view of one mapping of the file. `what` names it in complaints, such as "step 'mail'"."""

    def __init__(self, content: Lined, file: str, what: str) -> None:
        self._content, self._file, self.what = content, file, what
        self._taken: dict[str, None] = {}

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys as written."""
        return tuple(self._content)

    @property
    def items(self) -> dict[str, Any]:
        """Everything of it, taken."""
        self._taken.update(dict.fromkeys(self._content))
        return dict(self._content)

    def place(self, key: str | None = None) -> Place:
        """Where the mapping, or one of its keys, stands."""
        return Place(self._file, self._content.lines.get(key or "", self._content.line))

    def first_line(self, key: str) -> int:
        """The line on which a key's text begins, which for a block is the one below."""
        return self._content.starts[key]

    def has(self, key: str) -> bool:
        """Whether it is written, and not empty."""
        self._taken[key] = None
        return self._content.get(key) is not None

    def raw(self, key: str) -> Any:
        """The value as YAML gives it, None where it is not written."""
        self._taken[key] = None
        return self._content.get(key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; a number or a date written without quotes is taken as written."""
        value = self.raw(key)
        if value is None:
            if default is None:
                raise self.place().wrong(f"{self.what} has no {key!r}.", f"Add `{key}: ...`.")
            return default
        if isinstance(value, (Mapping, list)):
            raise self.place(key).wrong(f"{key!r} is a text.", f"Write `{key}: ...` on one line.")
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; a single one may stand without brackets."""
        value = self.raw(key)
        if value is None:
            return ()
        listed = value if isinstance(value, list) else [value]
        if any(isinstance(one, (Mapping, list)) or one is None for one in listed):
            raise self.place(key).wrong(f"{key!r} is a list of texts.", f"For example `{key}: [one, two]`.")
        return tuple(str(one) for one in listed)

    def number(self, key: str, default: float, least: float = 0.0, most: float = float("inf")) -> float:
        """A number between two bounds."""
        value = self.raw(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value <= most:
            top = "" if most == float("inf") else f" and at most {most:g}"
            raise self.place(key).wrong(
                f"{key!r} is a number of at least {least:g}{top}, not {value!r}.", "Correct it."
            )
        return float(value)

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self.raw(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.place(key).wrong(f"{key!r} is true or false, not {value!r}.", "Write it without quotes.")
        return value

    def choice(self, key: str, choices: Sequence[str], default: str) -> str:
        """One of the choices."""
        value = self.text(key, default)
        if value not in choices:
            raise self.unknown(key, value, choices)
        return value

    def under(self, key: str, what: str) -> Options:
        """The options of a mapping inside."""
        value = self.raw(key)
        if not isinstance(value, Lined):
            raise self.place(key).wrong(f"{key!r} is a mapping.", f"Indent its options below `{key}:`.")
        return Options(value, self._file, what)

    def listed(self, key: str, what: str) -> list[Options]:
        """The options of each mapping of a list."""
        value = self.raw(key)
        if value is None:
            return []
        if not isinstance(value, LinedList) or not all(isinstance(one, Lined) for one in value):
            raise self.place(key).wrong(f"{key!r} is a list of {what}s.", f"Begin each with a dash below `{key}:`.")
        return [Options(one, self._file, f"{what} {number}") for number, one in enumerate(value, start=1)]

    def unknown(self, key: str, value: str, choices: Sequence[str]) -> InvalidDefinition:
        """The complaint that a value is none of the choices, with the nearest."""
        return wrong_name(self.place(key), key, value, choices)

    def done(self) -> None:
        """Raises InvalidDefinition for a key that nothing read."""
        for key in self._content:
            if key not in self._taken:
                raise wrong_name(self.place(key), f"option of {self.what}", key, tuple(self._taken))


def wrong_name(place: Place, kind: str, name: str, choices: Sequence[str]) -> InvalidDefinition:
    """The complaint about a name that is none of the choices, at its line."""
    known = UnknownName(kind, name, choices)
    return place.wrong(f"{known.message[0].lower()}{known.message[1:]}", known.hint)
