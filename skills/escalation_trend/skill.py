"""How escalations develop: units of time, trend, changes of level, seasons, artefacts of the data, and a forecast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.skillkit import (
    COHORT,
    COUNT,
    RATE,
    TICKETS,
    Drawing,
    Filter,
    Finding,
    Grain,
    Inquiry,
    Period,
    Recommendation,
    SkillContext,
    Statement,
    Table,
    Totals,
    begin,
    number,
    totals_of,
)
from analyst_agent.skillkit.course.artefacts import Carried, artefacts_of
from analyst_agent.skillkit.course.course_tables import (
    artefacts_table,
    averages,
    changes_of_level,
    counts_drawn,
    forecast_table,
    hours_table,
    rates_drawn,
    units_table,
    weekdays_table,
)
from analyst_agent.skillkit.course.courses import (
    ChangePoint,
    Course,
    Seasons,
    change_points,
    corrected,
    courses_of,
    is_clear,
    p_values_of,
    rate_around,
    seasons_of,
    slope_fact,
    slope_unit,
)
from analyst_agent.skillkit.course.latest import Latest, latest_facts, latest_of
from analyst_agent.skillkit.course.outlook import forecast_of
from analyst_agent.skillkit.course.recording import Artefact
from analyst_agent.skillkit.course.seasons import season_facts
from analyst_agent.skillkit.course.timeline import Daily, daily_of, daily_queries, trend_grain, trend_period, units_of
from analyst_agent.skillkit.rates import parts_of_rates, rate_difference
from analyst_agent.skillkit.segments.comparing import changed

NAME = "escalation_trend"
TITLE = "Escalations over time"
CHECKS = {
    "cut_off": "Check the filter of the extract, and run it again up to its last day.",
    "extract_begins": "Ask from which day on the extract is meant to hold all tickets.",
    "gap": "Check whether these days were loaded, or the desk was closed.",
    "copies": "Check whether a file was loaded twice under other ticket ids, and load it again without the copies.",
    "recording_begins": "Ask since when escalations are recorded, and read rates from that day on only.",
    "recording_ends": "Load the escalations up to the day that the tickets reach.",
    "recording_gap": "Load the missing escalations, or ask why none was recorded.",
    "field_begins": "Ask since when this field is filled, and split by it from that day on only.",
    "field_ends": "Ask why this field is no longer filled.",
}
"""What to do about an artefact; its days and counts are those of the fact it rests on."""

FOLLOW_UPS = {
    COHORT: "Find out what changed around that day, such as a release, routing, staffing or a rule: ask what drove escalations after "
    "it, and compare with the time before.",
    TICKETS: "Find out where the tickets come from or went: compare tickets by product area and channel after that day with before.",
}
"""What to do about a change of level, by metric."""


def escalation_trend(
    context: SkillContext,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
    grain: str | None = None,
    horizon: int | None = None,
) -> Finding:
    """How escalations develop over time, whether that is a trend, and what to expect next.

    Gives rate and count by day, week, month or quarter with a moving average; whether the rate, escalated tickets and
    tickets created rise or fall steadily or changed their level, and when; whether weekdays or month ends matter; likely
    artefacts of the extract with their counts; and a forecast of escalated tickets with its range. Use it for questions
    about trends, since when, seasonality, forecasts, and whether a jump or a drop is real.

    period: whole days, default the last 12 complete months. where: filters. comparison: a second period to compare the whole
    with. grain: day, week, month or quarter, default one that suits the period. horizon: so many of these units ahead,
    default 4 weeks. Raises an AnalystError where the period lies outside the data or a name is unknown or not granted.
    """
    chosen = trend_period(context, period)
    inquiry = begin(context, chosen, where, comparison, always_compared=False)
    if period is None:
        inquiry.book.caveat("No period was asked for: the last 12 complete months are shown.", "default_period")
    inquiry.ahead([inquiry.query((RATE,)), *daily_queries(inquiry).values()])
    totals = totals_of(inquiry)
    daily = daily_of(inquiry)
    if not number(totals.tickets.value) or not len(daily):
        inquiry.book.caveat("No ticket was created there in this period.", "no_tickets", (totals.tickets.id,))
        return inquiry.book.finding(TITLE, NAME, chosen, inquiry.before, statements=[Statement("headline", totals.ids)])
    unit = trend_grain(grain, len(daily))
    units = units_of(inquiry, unit, daily)
    carried = artefacts_of(inquiry, daily)
    courses, seasons = courses_of(inquiry, daily, carried), seasons_of(daily, carried)
    latest = latest_of(inquiry, units, carried, daily)
    adjusted, totals = _tested(inquiry, totals, latest, courses, seasons)
    changes = {
        metric: change_points(inquiry, daily, course, adjusted[f"step {metric}"])
        for metric, course in courses.items()
        if is_clear(adjusted, f"step {metric}")
        and (course.has_step or course.is_doubtful or not is_clear(adjusted, f"slope {metric}"))
    }
    ahead: Grain = unit if grain or unit == "day" else "week"
    coming = forecast_of(inquiry, daily, carried, courses[COUNT], ahead, horizon)
    said = [Statement("headline", totals.ids)]
    if latest is not None and len(units) > 1:
        said.append(Statement("latest_unit", tuple(fact.id for fact in latest_facts(inquiry, latest, adjusted))))
    said += [Statement(one.kind, tuple(fact.id for fact in one.facts), one.arguments) for one in carried.artefacts]
    said += _of_courses(inquiry, daily, courses, changes, adjusted, unit)
    seasonal, weekdays = season_facts(inquiry, daily, courses[COHORT], seasons, adjusted)
    said += seasonal
    said += [Statement("forecast", tuple(one.count.id for one in coming))] if coming else []
    said += _reading(inquiry, daily, carried, totals)
    levels = [one for listed in changes.values() for one in listed]
    rates = courses[COHORT]
    means = averages(inquiry, units, carried)
    drawn = rates_drawn(inquiry, unit, units, carried, means, rates.slope.dispersion if rates.slope else 1.0)
    tables = [
        units_table(inquiry, unit, units, carried, means),
        forecast_table(inquiry, ahead, coming),
        *changes_of_level(inquiry, levels),
        artefacts_table(carried.artefacts),
        weekdays_table(inquiry, weekdays),
        drawn,
    ]
    drawings = [_rates(drawn, unit, changes.get(COHORT, []))] if len(drawn.rows) > 1 else []
    if is_clear(adjusted, "weekday"):
        tables.append(hours_table(inquiry))
        drawings.append(_hours(tables[-1]))
    if coming:
        recorded = units if ahead == unit else units_of(inquiry, ahead, daily)
        tables.append(counts_drawn(inquiry, ahead, recorded, carried, coming))
        drawings.append(_counts(tables[-1], ahead))
    sure = [one for one in levels if courses[one.metric].has_step]
    advice = _advice(sure, carried.artefacts)
    return inquiry.book.finding(
        TITLE,
        NAME,
        chosen,
        inquiry.before,
        statements=said,
        tables=tables,
        recommendations=advice,
        drawings=drawings[:2],
    )


def _tested(
    inquiry: Inquiry, totals: Totals, latest: Latest | None, courses: dict[str, Course], seasons: Seasons
) -> tuple[dict[str, float | None], Totals]:
    """Every p-value of the answer corrected together, and the totals with their change where a comparison was asked for."""
    p_values = p_values_of(courses, seasons)
    for one in latest.against if latest else ():
        p_values[one.name] = one.difference.p_value
    if inquiry.before is None:
        return corrected(p_values), totals
    now, then = parts_of_rates(inquiry, RATE, [inquiry.period, inquiry.before])
    whole = rate_difference(now, then, inquiry.minimum)
    adjusted = corrected({**p_values, "comparison": whole.p_value})
    rate = inquiry.book.revise(totals.rate, **changed(whole, adjusted["comparison"], inquiry.before, is_scan=True))
    return adjusted, replace(totals, rate=rate)


def _of_courses(
    inquiry: Inquiry,
    daily: Daily,
    courses: dict[str, Course],
    changes: dict[str, list[ChangePoint]],
    adjusted: dict[str, float | None],
    unit: Grain,
) -> list[Statement]:
    """What each course shows: its changes of level, else a steady change, else, of all others together, that none can be claimed."""
    said, unclaimed, words = [], [], {"unit": slope_unit(unit)}
    for metric, course in courses.items():
        # A change of rate or volume is one of the count too; the table has it.
        is_told = metric != COUNT or not (COHORT in changes or TICKETS in changes)
        stepped = [Statement("change_point", (o.level.id, o.window.id)) for o in changes.get(metric, ()) if is_told]
        fact = slope_fact(inquiry, daily, course, unit, adjusted[f"slope {metric}"])
        steady = [Statement("trend", (fact.id,), words)] if fact is not None and fact.significant else []
        if stepped and steady:
            # Both hold: the one that fits better, and the other where it fits about as well.
            first, second = (stepped, steady) if course.has_step else (steady, stepped)
            said += first
            if course.is_doubtful:
                said += [replace(one, arguments={**one.arguments, "instead": True}) for one in second]
        elif metric in changes or steady:
            said += stepped or steady
        elif fact is not None:
            unclaimed.append(fact.id)
        elif metric == COHORT:
            said += _untested(inquiry, course)
    if COHORT not in changes and not is_clear(adjusted, f"slope {COHORT}"):
        around = [rate_around(inquiry, daily, courses[COHORT], one) for one in changes.get(TICKETS, ())]
        said += [Statement("more_tickets", (fact.id,)) for fact in around if fact is not None and not fact.significant]
    return said + ([Statement("no_trend", tuple(unclaimed), words)] if unclaimed else [])


def _untested(inquiry: Inquiry, course: Course) -> list[Statement]:
    escalated = int(course.daily_y.sum())
    fact = inquiry.book.add("cohort_escalated_count", escalated, "count", inquiry.period, n=int(course.daily_x.sum()))
    count = inquiry.book.first(COUNT)
    fact = inquiry.book.revise(fact, query=count.query if count else None)
    return [Statement("trend_untested", (fact.id,), {"reason": course.reason})]


def _reading(inquiry: Inquiry, daily: Daily, carried: Carried, totals: Totals) -> list[Statement]:
    """How the newest numbers are to be read."""
    said = []
    is_unfinished = any(one.kind == "unfinished" for one in carried.artefacts)
    if carried.young is not None and not is_unfinished:
        cohort = inquiry.book.first(COHORT)
        day = daily.day(carried.young).isoformat()
        text = f"Tickets created from {day} on may still escalate; cohort rates of the newest days will rise."
        inquiry.book.caveat(text, "censored", (cohort.id,) if cohort else ())
        said += [Statement("censored", (cohort.id,), {"from_day": day})] if cohort else []
    if totals.unknown_times:
        fact = inquiry.book.add("unknown_time_count", totals.unknown_times, "count", inquiry.period, n=totals.escalated)
        said.append(Statement("unknown_time", (inquiry.book.revise(fact, query=totals.count.query).id,)))
    return said


def _advice(changes: Sequence[ChangePoint], artefacts: Sequence[Artefact]) -> list[Recommendation]:
    """What to look at: what happened where the rate or the volume changed, and what may be wrong with the data."""
    made = []
    for one in changes:
        action = FOLLOW_UPS.get(one.metric)
        if action is not None:
            made.append(Recommendation("change of level", action, one.level.id, "fact", fact=one.level.id))
    for found in artefacts:
        if found.kind in CHECKS:
            pattern = found.kind.replace("_", " ")
            made.append(Recommendation(pattern, CHECKS[found.kind], found.facts[0].id, "fact", fact=found.facts[0].id))
    return made


def _rates(table: Table, unit: str, changes: Sequence[ChangePoint]) -> Drawing:
    columns = {"time": unit, "value": RATE, "low": "low", "high": "high", "average": "average"}
    held = {column.key for column in table.columns}
    marks = [{"day": one.day.isoformat(), "label": "change of level"} for one in changes]
    kept = {role: key for role, key in columns.items() if key in held}
    return Drawing("line_with_band", table.title, kept, table.title, {"grain": unit, "marks": marks})


def _hours(table: Table) -> Drawing:
    columns = {"x": "hour", "y": "weekday", "value": COHORT, "n": "n"}
    return Drawing("heat_map", table.title, columns, table.title)


def _counts(table: Table, unit: str) -> Drawing:
    columns = {"time": unit, "value": COUNT, "low": "low", "high": "high", "kind": "kind"}
    return Drawing("line_with_band", table.title, columns, table.title, {"grain": unit})
