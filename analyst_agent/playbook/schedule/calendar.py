"""Which days are business days: the weekend and public holidays of countries, and the workspace's own days off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from analyst_agent.errors import InvalidDefinition, UnknownName

if TYPE_CHECKING:
    from holidays import HolidayBase

SATURDAY = 5
_DAY = re.compile(r"(?:(\d{4})-)?(\d\d)-(\d\d)(?: +(\S.*))?")


class Calendar:
    """The zone in which days begin, and which of them nobody works.

    holidays: entries as in `workspace.holidays`: a country ("DE"), a part of one ("DE-BY"), a day ("2026-12-24"), a day of every
    year ("12-24"); a day may be followed by its name. A day off in one of several countries is a day off. Without a country the
    weekend is Saturday and Sunday. Raises UnknownName or InvalidDefinition.
    """

    def __init__(self, zone: str | ZoneInfo, holidays: Iterable[str] = ()) -> None:
        self.zone = ZoneInfo(zone) if isinstance(zone, str) else zone
        self._days: dict[date, str] = {}
        self._yearly: dict[tuple[int, int], str] = {}
        self._countries: list[HolidayBase] = []
        for entry in holidays:
            found = _DAY.fullmatch(entry.strip())
            if found:
                self._add_day(entry, found)
            else:
                self._countries.append(_country(entry.strip()))

    def is_business_day(self, day: date) -> bool:
        """Whether people work on it: no weekend, or one that the country made a working day, and no holiday."""
        return not self.holiday(day) and not self.is_weekend(day)

    def is_weekend(self, day: date) -> bool:
        """Whether it is a weekend day of one of the countries, and not one that was moved to be worked on."""
        if not self._countries:
            return day.weekday() >= SATURDAY
        return any(country.is_weekend(day) and not country.is_working_day(day) for country in self._countries)

    def holiday(self, day: date) -> str:
        """The holiday's name, "" where it is none."""
        own = self._days.get(day) or self._yearly.get((day.month, day.day))
        named = (country.get(day) for country in self._countries)
        return own or next((str(name) for name in named if name), "")

    def business_days(self, year: int, month: int) -> list[date]:
        """Those of a month, in order."""
        return [day for day in days_of(year, month) if self.is_business_day(day)]

    def _add_day(self, entry: str, found: re.Match[str]) -> None:
        year, month, day = found[1], int(found[2]), int(found[3])
        name = found[4] or "a day off"
        try:
            made = date(int(year or 2000), month, day)  # a leap year, so that 02-29 is a day
        except ValueError as error:
            raise InvalidDefinition(f"workspace.holidays: {entry!r} is no day.", "Write it as 2026-12-24.") from error
        if year:
            self._days[made] = name
        else:
            self._yearly[month, day] = name


def days_of(year: int, month: int) -> Iterator[date]:
    """The days of a month, in order."""
    day = date(year, month, 1)
    while day.month == month:
        yield day
        day += timedelta(days=1)


@cache
def _supported() -> dict[str, list[str]]:
    from holidays.utils import list_supported_countries

    return {code: parts for code, parts in list_supported_countries().items() if len(code) == 2}


def _country(entry: str) -> HolidayBase:
    from holidays import country_holidays

    code, _, part = entry.partition("-")
    supported = _supported()
    if code not in supported:
        raise UnknownName(
            "country in workspace.holidays", code, supported, "Write a code such as DE or DE-BY, or days."
        )
    if part and part not in supported[code]:
        raise UnknownName(f"part of {code} in workspace.holidays", part, supported[code])
    plain = country_holidays(code, subdiv=part or None)
    language = _english(plain.supported_languages)
    return country_holidays(code, subdiv=part or None, language=language) if language else plain


def _english(languages: Sequence[str]) -> str | None:
    """The language in which names of holidays are told, None for the country's own."""
    return next((name for name in ("en_GB", "en_US") if name in languages), None)
