"""Which days and tickets the overview is about: read from an address, checked, and written back into one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from urllib.parse import urlencode

from analyst_agent import ways
from analyst_agent.errors import NotPermitted, UnknownName
from analyst_agent.records import Filter, Period
from analyst_agent.semantic.periods import add_months, build, calendar_period, last_days, settle, unit_start
from analyst_agent.workspace import Workspace

PERIOD, LAST_30_DAYS = "period", "last-30-days"
# To add a filter: its name in the address, and the dimension.
FILTERS: Mapping[str, str] = MappingProxyType(
    {"region": "region", "tier": "tier", "area": "product_area", "priority": "priority", "channel": "channel"}
)
MOST_VALUES = 24
"""A dimension of more values is no list to choose from."""
MONTHS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Choice:
    """One list to choose from: its name in the address, its label, what may be chosen (value and words), and what is."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True, slots=True)
class Selection:
    """A period and conditions. key: the period in the address; months: the months of the lines; today: the day that counts
    as today.
    """

    key: str
    period: Period
    months: Period
    chosen: tuple[tuple[str, str], ...] = ()

    @property
    def where(self) -> tuple[Filter, ...]:
        """The conditions of the model."""
        return tuple(Filter(FILTERS[name], "=", value) for name, value in self.chosen)

    @property
    def query(self) -> str:
        """The selection as the query of an address."""
        return urlencode([(PERIOD, self.key), *self.chosen])

    def without(self, name: str) -> str:
        """The same without one condition."""
        return urlencode([(PERIOD, self.key), *(one for one in self.chosen if one[0] != name)])


def selected(workspace: Workspace, given: Mapping[str, str]) -> Selection:
    """What an address asks for; without a period the last month that is over.

    Raises UnknownName for a name, month or value that does not exist here, NotPermitted where nothing is loaded.
    """
    months = _months(workspace)
    known = _values(workspace)
    chosen = []
    for name, value in given.items():
        if name != PERIOD and name not in known:
            raise UnknownName("filter", name, (PERIOD, *known))
        if name != PERIOD and value:
            chosen.append((name, _stored(workspace, name, value, known[name])))
    key = given.get(PERIOD) or _usual(workspace, months)
    offered = [f"{month:%Y-%m}" for month in months]
    if key not in (LAST_30_DAYS, *offered):
        raise UnknownName("period", key, (LAST_30_DAYS, *offered), f"The data have {offered[-1]} to {offered[0]}.")
    period = _period(workspace, key)
    workspace.engine.check_period(period)
    return Selection(key, period, _line(workspace, key, months[-1]), tuple(sorted(chosen)))


def choices_of(workspace: Workspace, selection: Selection) -> tuple[Choice, ...]:
    """The lists to choose from, within the caller's scope."""
    wording = workspace.desk.wording
    months = [(f"{one:%Y-%m}", f"{one:%B %Y}") for one in _months(workspace)]
    chosen = dict(selection.chosen)
    made = [Choice(PERIOD, "Period", ((LAST_30_DAYS, "Last 30 days"), *months), selection.key)]
    for name, values in _values(workspace).items():
        options = sorted((value, wording.plain_value(FILTERS[name], value)) for value in values)
        label = wording.dimension(FILTERS[name])
        made.append(Choice(name, label[:1].upper() + label[1:], tuple(options), chosen.get(name, "")))
    return tuple(made)


def _months(workspace: Workspace) -> list[date]:
    """The first days of all months of the data that have begun, the latest first."""
    first, last = workspace.engine.first_day, workspace.engine.last_day
    if first is None or last is None:
        raise NotPermitted("No tickets are loaded yet.", ways.LOAD)
    month, end = unit_start("month", first), max(first, min(last, workspace.clock.today))
    found = []
    while month <= end:
        found.append(month)
        month = add_months(month, 1)
    return found[::-1]


def _usual(workspace: Workspace, months: list[date]) -> str:
    last = workspace.engine.last_day or workspace.clock.today
    over = min(workspace.clock.today, last + timedelta(days=1))
    whole = [month for month in months if add_months(month, 1) <= over]
    return f"{(whole or months)[0]:%Y-%m}"


def _period(workspace: Workspace, key: str) -> Period:
    if key == LAST_30_DAYS:
        return last_days(workspace.clock, 30)
    return settle(calendar_period("month", date.fromisoformat(f"{key}-01")), workspace.clock)


def _line(workspace: Workspace, key: str, first: date) -> Period:
    """Twelve months up to the one chosen, up to the last that is over where that one is not."""
    over = unit_start("month", workspace.clock.today)
    end = over if key == LAST_30_DAYS else min(over, add_months(date.fromisoformat(f"{key}-01"), 1))
    start = max(first, add_months(end, -MONTHS_SHOWN))
    return build(min(start, add_months(end, -1)), end, "calendar", "month")


def _values(workspace: Workspace) -> dict[str, tuple[str, ...]]:
    """The filters there are, each with its values: of granted dimensions that are filled and have few."""
    found = {}
    for name, dimension in FILTERS.items():
        values = workspace.engine.values(dimension) if dimension in workspace.model.dimensions() else ()
        if 0 < len(values) <= MOST_VALUES:
            found[name] = values
    return found


def _stored(workspace: Workspace, name: str, value: str, values: tuple[str, ...]) -> str:
    found = next((one for one in values if one.lower() == value.lower()), None)
    if found is None:
        raise UnknownName(workspace.desk.wording.dimension(FILTERS[name]), value, values)
    return found
