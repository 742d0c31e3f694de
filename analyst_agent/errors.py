"""The one family of errors a user can meet: each says what is wrong, the nearest valid choice and the next step."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

Surface = Literal["terminal", "page", "api"]
"""Where an error is shown: each has its own way out."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """A next step in the words of each surface: at a terminal a command, on the page a page, by the API a call. They stand in `ways.py`."""

    terminal: str
    page: str
    api: str

    def on(self, surface: Surface) -> str:
        """Its words on a surface."""
        match surface:
            case "terminal":
                return self.terminal
            case "page":
                return self.page
            case "api":
                return self.api

    def after(self, text: str) -> WayOut:
        """The same, after a sentence that holds everywhere."""
        return WayOut(*(f"{text} {one}".strip() for one in (self.terminal, self.page, self.api)))


class AnalystError(Exception):
    """A problem a person can act on. `message` is one sentence, `hint` the next step; neither holds a traceback.

    hint: the same everywhere, or a way out that each surface has in its own words; the attribute holds the terminal's.
    """

    code = "error"
    exit_code = 1

    def __init__(self, message: str, hint: str | WayOut = "") -> None:
        super().__init__(message)
        self.message = message
        self.way = hint if isinstance(hint, WayOut) else WayOut(hint, hint, hint)
        self.hint = self.way.terminal

    def to_dict(self, surface: Surface = "terminal") -> dict[str, str]:
        """The record a model, the JSON output, the page and the API see."""
        return {"code": self.code, "message": self.message, "hint": self.way.on(surface)}


class UnknownName(AnalystError):
    """A metric, dimension, value, skill, source or command that does not exist (here, or for this analyst)."""

    code = "unknown_name"
    exit_code = 2

    def __init__(self, kind: str, name: str, valid: Iterable[str], hint: str | WayOut = "") -> None:
        choices = sorted({str(v) for v in valid})
        close = nearest(name, choices)
        if close:
            say = f"Did you mean {' or '.join(repr(c) for c in close)}?"
        elif choices:
            shown = ", ".join(choices[:12])
            say = f"Valid: {shown}" + (f" and {len(choices) - 12} more." if len(choices) > 12 else ".")
        else:
            say = "None exist here."
        way = hint.after(say) if isinstance(hint, WayOut) else f"{say} {hint}".strip()
        super().__init__(f"Unknown {kind} {name!r}.", way)
        self.kind, self.name, self.suggestions = kind, name, close


class BadPeriod(AnalystError):
    """A period that cannot be read, is impossible, or lies wholly outside the data."""

    code = "bad_period"
    exit_code = 2


class AmbiguousDate(BadPeriod):
    """A date that can be read in two ways, such as one in figures with the day or the month first."""


class MonthOrDay(AmbiguousDate):
    """A month and two figures that name a month of a year, or a day: "Oct 26"."""

    def __init__(self, said: str, month: str, day: str) -> None:
        super().__init__(f"{said!r} can be read as {month} or as {day}.", f"Write {month} or {day}.")
        self.said, self.month, self.day = said, month, day


class OutsideData(BadPeriod):
    """A valid period in which the data has nothing by construction (before its first or after its last day)."""

    code = "outside_data"


class NotPermitted(AnalystError):
    """A combination the model does not define, or a measure that would be wrong; the message gives the reason."""

    code = "not_permitted"
    exit_code = 2


class NotGranted(AnalystError):
    """Something that exists in the product but not for this analyst."""

    code = "not_granted"
    exit_code = 2


class InvalidDefinition(AnalystError):
    """A semantic model, mapping, skill, eval or settings file that breaks its rules; the message names file and place."""

    code = "invalid_definition"
    exit_code = 2


class UnboundText(AnalystError):
    """Words of a report that no fact bears out; nothing is sent."""

    code = "unbound_text"


class WorkspaceError(AnalystError):
    """No workspace, or one that cannot be used."""

    code = "workspace"


class NothingLoaded(WorkspaceError):
    """A workspace into whose warehouse nothing was loaded yet."""


class LoadError(AnalystError):
    """A file that could not be read at all; nothing was changed."""

    code = "load"


class BlockFailed(AnalystError):
    """The code of a playbook's Python step that failed, was stopped, or gave back what cannot be used.

    reason: what was exceeded or went wrong (time, memory, network, file, raised, ...), also in the code; line: the code's own
    line, None where it is not known; printed: what the code had printed until then.
    """

    def __init__(
        self, message: str, hint: str = "", *, reason: str, line: int | None = None, printed: str = ""
    ) -> None:
        super().__init__(message, hint)
        self.code = f"block_{reason}"
        self.reason, self.line, self.printed = reason, line, printed


class ModelError(AnalystError):
    """A language model that could not be reached or answered with nothing usable."""

    code = "model"


def nearest(name: str, choices: Iterable[str], most: int = 2) -> list[str]:
    """The choices closest in spelling to `name`, best first; empty where none is close.

    >>> nearest("escalation_rte", ["escalation_rate", "ticket_count"])
    ['escalation_rate']
    """
    lowered = {c.lower(): c for c in choices}
    return [lowered[m] for m in get_close_matches(name.lower(), list(lowered), n=most, cutoff=0.6)]
