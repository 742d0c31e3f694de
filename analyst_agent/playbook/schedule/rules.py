"""What a schedule's text says: `parse_schedule` makes a rule of it. Which instants that gives is told by `due`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Literal

from cronsim import CronSim, CronSimError

from analyst_agent.errors import InvalidDefinition, nearest
from analyst_agent.settings import WEEKDAYS

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
FORMS = (
    "first business day of the month at 08:00",
    "last business day of the month at 17:30",
    "every business day at 07:00",
    "every Monday at 08:00",
    "every Monday and Thursday at 08:00",
    "every day at 07:00",
    "cron: 0 8 * * 1-5",
)
"""One example of each form, as complaints and the documentation show them."""
_MOST_CHARACTERS = 200
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_IN_MONTH = re.compile(r"(?:the )?(\S+) business day of (?:the|every|each) month")
_CRON_LIKE = re.compile(r"[\d*@]\S*(?: \S+){0,5}")

Kind = Literal["month", "business_day", "weekday", "day", "cron"]


@dataclass(frozen=True, slots=True)
class Rule:
    """When a playbook is due. text: as written. pattern: the same without the time of day, in one spelling; two rules of one
    pattern differ in their hour only.

    kind month: the business day `nth` of a month, from 1, or -1 for the last. weekday: the days of `weekdays` (Monday is 0).
    cron: the five fields of `cron`. at: the time of day, in the zone of the calendar; None for cron.
    """

    text: str
    pattern: str
    kind: Kind
    at: time | None = None
    nth: int = 0
    weekdays: tuple[int, ...] = ()
    cron: str = ""

    @property
    def is_once_a_day(self) -> bool:
        """Whether no day has more than one due time."""
        return self.kind != "cron" or all(field.isdigit() for field in self.cron.split()[:2])

    def occurrence(self, due: datetime) -> str:
        """What a due time stands for, so that it is run once: the month of a monthly rule, the day of one that is due once a
        day, else the instant. It stays the same when zone, hour or holidays move the due time. due: in the calendar's zone.
        """
        if self.kind == "month":
            return f"{self.pattern} {due:%Y-%m}"
        if self.is_once_a_day:
            return f"{self.pattern} {due:%Y-%m-%d}"
        return f"{self.pattern} {due.astimezone(UTC):%Y-%m-%dT%H:%MZ}"


def parse_schedule(text: str) -> Rule:
    """The rule that a text states. Raises InvalidDefinition, which names what is wrong with it and the valid forms."""
    said = " ".join(text.lower().split())
    if not said:
        raise _wrong(text, "it is empty")
    if len(said) > _MOST_CHARACTERS:
        raise InvalidDefinition(f"A schedule of {len(said)} characters is no schedule.", _hint(""))
    if said.startswith("cron:"):
        return _cron(text, text.partition(":")[2].strip())
    if _CRON_LIKE.fullmatch(said):
        raise InvalidDefinition(
            f"The schedule {text!r} says no form.", f'For a cron form write "cron: {text.strip()}".'
        )
    days, at, clock = said.rpartition(" at ")
    if not at:
        raise _wrong(text, "it says no time of day")
    found = _TIME.fullmatch(clock)
    if not found:
        raise _wrong(text, f"{clock!r} is no time of day from 00:00 to 23:59")
    return _of_days(text, days, time(int(found[1]), int(found[2])))


def _of_days(text: str, days: str, at: time) -> Rule:
    monthly = _IN_MONTH.fullmatch(days)
    if monthly:
        nth = -1 if monthly[1] == "last" else _ordinal(text, monthly[1])
        name = "last" if nth < 0 else ORDINALS[nth - 1]
        return Rule(text, f"{name} business day of the month", "month", at, nth=nth)
    every, _, which = days.partition(" ")
    if every not in ("every", "each") or not which:
        raise _wrong(text, f"{days!r} names no days")
    if which == "business day":
        return Rule(text, "every business day", "business_day", at)
    if which == "day":
        return Rule(text, "every day", "day", at)
    names = [name for name in re.split(r", and | and |, ?", which) if name]
    for name in names:
        if name not in WEEKDAYS:
            close = nearest(name, [*WEEKDAYS, "day", "business day"])
            raise _wrong(text, f"{name!r} is no weekday" + (f"; did you mean {close[0]!r}?" if close else ""))
    weekdays = tuple(sorted({WEEKDAYS.index(name) for name in names}))
    return Rule(text, f"every {', '.join(WEEKDAYS[n] for n in weekdays)}", "weekday", at, weekdays=weekdays)


def _ordinal(text: str, word: str) -> int:
    if word in ORDINALS:
        return ORDINALS.index(word) + 1
    close = nearest(word, [*ORDINALS, "last"])
    meant = f"did you mean {close[0]!r}?" if close else f"they are {', '.join(ORDINALS)} and last"
    raise _wrong(text, f"{word!r} is no place in a month; {meant}")


def _cron(text: str, fields: str) -> Rule:
    parts = fields.upper().split()
    if len(parts) != 5:
        what = "is a name" if fields.startswith("@") else f"has {len(parts)} fields"
        raise _wrong(text, f"a cron form has five fields (minute, hour, day, month, weekday), {fields!r} {what}")
    try:
        next(CronSim(" ".join(parts), datetime(2000, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        raise _wrong(text, f"{fields!r}: {str(error)[:1].lower()}{str(error)[1:]}") from error
    except StopIteration as error:
        raise _wrong(text, f"{fields!r} never comes") from error
    is_one_time = parts[0].isdigit() and parts[1].isdigit()
    pattern = f"cron * * {' '.join(parts[2:])}" if is_one_time else f"cron {' '.join(parts)}"
    return Rule(text, pattern, "cron", cron=" ".join(parts))


def _wrong(text: str, why: str) -> InvalidDefinition:
    return InvalidDefinition(f"The schedule {text!r} cannot be read: {why}.", _hint(text))


def _hint(text: str) -> str:
    close = nearest(text, FORMS, most=1)
    return (f"Nearest form: {close[0]!r}. " if close else "") + f"Valid forms: {'; '.join(FORMS)}."


def day_name(day: date, *, with_year: bool = True) -> str:
    """A day in words.

    >>> day_name(date(2026, 5, 4))
    'Monday 4 May 2026'
    """
    return f"{day:%A} {day.day} {day:%B}" + (f" {day.year}" if with_year else "")
