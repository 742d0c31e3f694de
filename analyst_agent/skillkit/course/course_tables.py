"""The tables of a course over time: its units, changes of level, weekdays, and what is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from analyst_agent.records import Column, Fact, Table, Value
from analyst_agent.skillkit.course.artefacts import Carried
from analyst_agent.skillkit.course.courses import ChangePoint
from analyst_agent.skillkit.course.outlook import FORECAST, Coming
from analyst_agent.skillkit.course.recording import Artefact
from analyst_agent.skillkit.course.timeline import AVERAGED, COHORT, Unit
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, RATE, TICKETS, Inquiry
from analyst_agent.skillkit.tables import Grid
from analyst_agent.statistics import wilson_interval

NOTES = {
    "cut_off": "likely cut off",
    "extract_begins": "before the extract begins",
    "recording_begins": "escalations not recorded",
    "recording_ends": "escalations not recorded",
    "recording_gap": "escalations not recorded",
    "unfinished": "may still escalate",
    "gap": "gap in the data",
    "load": "load of tickets",
}
"""What a unit's row says of an artefact that touches it, the gravest first."""
UNREADABLE = ("cut_off", "extract_begins", "recording_begins", "recording_ends")
DRAWN_BEFORE_FORECAST = 26


def note_of(unit: Unit, carried: Carried) -> str:
    """What a reader must know of a unit's numbers, "" where nothing."""
    kinds = {one.kind for one in carried.artefacts if one.touches(unit.period)}
    notes = [text for kind, text in NOTES.items() if kind in kinds][:1]
    return "; ".join([*([] if unit.is_complete else ["incomplete"]), *notes])


def averages(inquiry: Inquiry, units: Sequence[Unit], carried: Carried) -> list[tuple[Fact | None, Fact | None]]:
    """Moving averages of the rate and the count over each unit and the two before, where all three are complete and readable."""
    found: list[tuple[Fact | None, Fact | None]] = []
    for place, unit in enumerate(units):
        own = units[max(0, place - AVERAGED + 1) : place + 1]
        if len(own) < AVERAGED or not all(one.is_complete and is_readable(one, carried) for one in own):
            found.append((None, None))
            continue
        escalated, created = (
            sum(number(f.value) for f in facts) for facts in ([o.count for o in own], [o.tickets for o in own])
        )
        book, dimensions = inquiry.book, unit.count.dimensions
        value = escalated / created if created else None
        rate = book.add("moving_average_rate", value, "ratio", unit.period, dimensions, n=int(created))
        count = book.add("moving_average_count", escalated / AVERAGED, "count", unit.period, dimensions)
        found.append(tuple(book.revise(fact, query=unit.count.query) for fact in (rate, count)))  # type: ignore[arg-type]
    return found


def is_readable(unit: Unit, carried: Carried) -> bool:
    """Whether a unit's rate says something of the desk rather than of the extract."""
    return not any(one.kind in UNREADABLE and one.touches(unit.period) for one in carried.artefacts)


def units_table(
    inquiry: Inquiry,
    grain: str,
    units: Sequence[Unit],
    carried: Carried,
    means: Sequence[tuple[Fact | None, Fact | None]],
) -> Table:
    """A row a unit: tickets, escalated, rate, its moving average, and what must be known of it."""
    grid = Grid(
        f"Escalations by {inquiry.label(grain)}",
        (
            Column(inquiry.label(grain), "date", grain),
            Column("tickets", "count", TICKETS),
            Column("escalated", "count", COUNT),
            Column("escalation rate", "ratio", RATE),
            Column(f"mean of {AVERAGED}", "ratio", "moving_average_rate"),
            Column("note", "text", "note"),
        ),
    )
    for unit, (mean, _) in zip(units, means, strict=True):
        grid.row((unit.key, unit.tickets, unit.count, unit.rate, mean, note_of(unit, carried) or None))
    return grid.table()


def changes_of_level(inquiry: Inquiry, changes: Sequence[ChangePoint]) -> list[Table]:
    """A row a change of level: day, range of the day, value before and after, and the interval of the difference. Rates and
    counts a day, which have other units, in a table each.
    """
    rates = [one for one in changes if one.level.unit == "ratio"]
    counts = [one for one in changes if one.level.unit != "ratio"]
    tables = [_levels(inquiry, "Changes of level of the rate", rates, ("ratio", "points"))] if rates else []
    return [*tables, *([_levels(inquiry, "Changes of level a day", counts, ("score", "score"))] if counts else [])]


def _levels(inquiry: Inquiry, title: str, changes: Sequence[ChangePoint], units: tuple[str, str]) -> Table:
    own, apart = units
    grid = Grid(
        title,
        (
            Column("metric", "text", "metric"),
            Column("from", "date", "day"),
            Column("earliest", "date", "earliest"),
            Column("latest", "date", "latest"),
            Column("before", own, "before"),
            Column("after", own, "after"),
            Column("difference", apart, "difference"),
            Column("at least", apart, "low"),
            Column("at most", apart, "high"),
        ),
    )
    for one in changes:
        level, window = one.level, one.window.period
        low, high = level.difference_interval or (None, None)
        values = (level.reference_value, level.value, level.difference, low, high)
        label = "cohort rate" if one.metric == COHORT else f"{inquiry.context.model.metric(one.metric).label} a day"
        earliest = window.start.isoformat() if window else None
        latest = (window.end - timedelta(days=1)).isoformat() if window else None
        shown = [(value, level) if value is not None else None for value in values]
        grid.row((label, one.day.isoformat(), earliest, latest, *shown))
    return grid.table()


def artefacts_table(artefacts: Sequence[Artefact]) -> Table:
    """A row an artefact: what it is, its days, and the count that shows it with the one it is held against."""
    grid = Grid(
        "Likely artefacts of the data",
        (
            Column("what", "text", "what"),
            Column("first day", "date", "first"),
            Column("last day", "date", "last"),
            Column("count", "count", "count"),
            Column("of, or expected", "count", "against"),
        ),
    )
    for one in artefacts:
        last = (one.period.end - timedelta(days=1)).isoformat()
        against: Fact | tuple[Value, Fact] | None = (one.facts[0].n, one.facts[0])
        if one.kind in ("gap", "load"):
            against = one.facts[1]
        if one.kind in ("cut_off", "extract_begins"):
            against = one.facts[2]
        name = one.kind.replace("_", " ") + (f": {one.arguments['field']}" if one.arguments else "")
        grid.row((name, one.period.start.isoformat(), last, one.facts[0], against))
    return grid.table()


def weekdays_table(inquiry: Inquiry, facts: Sequence[Fact]) -> Table:
    """A row a weekday: tickets and cohort rate of those created on it, and its difference from the other days of its week."""
    grid = Grid(
        "Cohort rate by weekday of creation",
        (
            Column("weekday", "text", "weekday"),
            Column("tickets", "count", "n"),
            Column("cohort rate", "ratio", COHORT),
            Column("from its week", "points", "difference"),
            Column("at least", "points", "low"),
            Column("at most", "points", "high"),
        ),
    )
    for fact in facts:
        low, high = fact.difference_interval or (None, None)
        rest = [(value, fact) for value in (fact.difference, low, high)]
        grid.row((fact.dimensions["weekday"], (fact.n, fact), fact, *rest))
    return grid.table()


def hours_table(inquiry: Inquiry) -> Table:
    """The cohort rate of tickets by weekday and hour of creation, each with its tickets: a row a cell that has any."""
    result = inquiry.run((COHORT,), ("weekday", "hour"))
    grid = Grid(
        "Cohort rate by weekday and hour of creation",
        (
            Column("hour", "text", "hour"),
            Column("weekday", "text", "weekday"),
            Column("tickets", "count", "n"),
            Column("cohort rate", "ratio", COHORT),
        ),
    )
    for row in result.rows:
        if number(row[f"{COHORT}__n"]):
            fact = inquiry.book.cell(result, row, COHORT, {"weekday": row["weekday"], "hour": row["hour"]})
            grid.row((f"{int(number(row['hour'])):02d}", row["weekday"], (fact.n, fact), fact))
    return grid.table()


def rates_drawn(
    inquiry: Inquiry,
    grain: str,
    units: Sequence[Unit],
    carried: Carried,
    means: Sequence[tuple[Fact | None, Fact | None]],
    dispersion: float,
) -> Table:
    """The rates of the readable units with 95 % intervals by the dispersion of the weeks, and the moving average."""
    grid = Grid(
        f"Escalation rate by {inquiry.label(grain)}, with range",
        (
            Column(inquiry.label(grain), "date", grain),
            Column("escalation rate", "ratio", RATE),
            Column("at least", "ratio", "low"),
            Column("at most", "ratio", "high"),
            Column(f"mean of {AVERAGED}", "ratio", "average"),
        ),
    )
    for unit, (mean, _) in zip(units, means, strict=True):
        n, value = number(unit.tickets.value), number(unit.rate.value)
        if not n or value > 1 or not is_readable(unit, carried):
            continue
        low, high = wilson_interval(value * n / dispersion, n / dispersion)
        rate = inquiry.book.revise(unit.rate, interval=(low, high))
        grid.row((unit.key, rate, (low, rate), (high, rate), mean))
    return grid.table()


def forecast_table(inquiry: Inquiry, grain: str, coming: Sequence[Coming]) -> Table:
    """A row a coming unit: what is expected and the range; no number in it is a recorded one."""
    grid = Grid(
        "Forecast of escalated tickets, not recorded",
        (
            Column(inquiry.label(grain), "date", grain),
            Column("expected", "count", FORECAST),
            Column("at least", "count", "low"),
            Column("at most", "count", "high"),
        ),
    )
    for one in coming:
        low, high = one.count.interval or (None, None)
        grid.row((one.key, one.count, (low, one.count), (high, one.count)))
    return grid.table()


def counts_drawn(
    inquiry: Inquiry, grain: str, units: Sequence[Unit], carried: Carried, coming: Sequence[Coming]
) -> Table:
    """The latest recorded counts and the forecast in one table: `kind` tells them apart, only a forecast has a range."""
    grid = Grid(
        "Escalated tickets and forecast",
        (
            Column(inquiry.label(grain), "date", grain),
            Column("escalated", "count", COUNT),
            Column("at least", "count", "low"),
            Column("at most", "count", "high"),
            Column("kind", "text", "kind"),
        ),
    )
    recorded = [one for one in units if one.is_complete and is_readable(one, carried)]
    for unit in recorded[-DRAWN_BEFORE_FORECAST:]:
        grid.row((unit.key, unit.count, None, None, "observed"))
    for one in coming:
        low, high = one.count.interval or (None, None)
        grid.row((one.key, one.count, (low, one.count), (high, one.count), "forecast"))
    return grid.table()
