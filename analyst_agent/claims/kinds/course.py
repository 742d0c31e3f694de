"""Claims about a course over time: the latest unit, trends, changes of level, seasons and forecasts."""

from __future__ import annotations

from datetime import timedelta

from analyst_agent.claims import formats
from analyst_agent.claims.clauses import difference_of, judged, moved, value_and_reference
from analyst_agent.claims.escape import escaped
from analyst_agent.claims.records import Kind, Request
from analyst_agent.records import Fact

OF_SLOPES = {
    "cohort_rate_slope": "the cohort escalation rate",
    "escalated_ticket_count_slope": "escalated tickets",
    "ticket_count_slope": "tickets created",
}
PLURAL = ("escalated_ticket_count_slope", "ticket_count_slope")


def latest_unit(request: Request) -> str:
    """ "October 2026: 328 tickets were escalated, 10.6 % of 3,091; up 3.2 points from 7.4 % in September 2026: more than noise ..." """
    count, tickets = request.of("escalated_ticket_count"), request.of("ticket_count")
    rates = [fact for fact in request.facts if fact.metric == "escalation_rate"]
    if count is None or tickets is None or not rates or not formats.is_number(count.value):
        return ""
    total = float(count.value or 0)
    shown = formats.count(total) if total else "no"
    text = f"{formats.sentence(request.name_of(count))}: {shown} {formats.plural(total, 'ticket was', 'tickets were')} escalated"
    if formats.is_number(rates[0].value):
        text += f", {value_and_reference(rates[0], request.wording)[0]} of {request.wording.number(tickets)}"
    changes = [difference_of(fact, request.wording) for fact in rates]
    return "; ".join([text, *(change for change in changes if change)])


def trend(request: Request) -> str:
    """ "The cohort escalation rate rises by 0.12 points a month: more than noise (0.05 to 0.19)"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or fact.metric not in OF_SLOPES or not formats.is_number(fact.value):
        return ""
    slope = float(fact.value or 0)
    verb = "rise" if slope > 0 else "fall"
    verb += "" if fact.metric in PLURAL else "s"
    subject = OF_SLOPES[fact.metric]
    size = formats.ratio(abs(slope)) if fact.unit == "ratio" else formats.points(slope, 2)
    noise = "more than noise" if fact.significant else "within noise"
    if request.arguments.get("instead"):
        noun = "rise" if slope > 0 else "fall"
        return f"A steady {noun} of {subject} by {size} a {_unit(request)} fits about as well: {noise} ({_range(fact)})"
    return f"{formats.sentence(subject)} {verb} by {size} a {_unit(request)}: {noise} ({_range(fact)})"


def no_trend(request: Request) -> str:
    """ "No trend can be claimed in the cohort escalation rate (-0.10 to 0.12 points a month) and escalated tickets (...)"."""
    parts = [
        f"{OF_SLOPES[fact.metric]} ({_range(fact)}{' points' if fact.unit == 'points' else ''} a {_unit(request)})"
        for fact in request.facts
        if fact.metric in OF_SLOPES and fact.interval
    ]
    return f"No trend can be claimed in {formats.listed(parts)}" if parts else ""


def trend_untested(request: Request) -> str:
    """ "No trend can be claimed: too few tickets for a trend (9 escalated of 104)"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or not formats.is_number(fact.value):
        return ""
    reason = escaped(str(request.arguments.get("reason") or "too few tickets for a trend"))
    return f"No trend can be claimed: {reason} ({formats.count(float(fact.value or 0))} escalated of {formats.count(fact.n or 0)})"


def change_point(request: Request) -> str:
    """ "Cohort escalation rate rose around 5 October 2026 (between 28 September and 8 October 2026): 10.6 % after 8.0 % ..." """
    level, window = request.facts[0] if request.facts else None, request.of("change_window_days")
    if level is None or level.period is None or level.reference_period is None or level.difference is None:
        return ""
    now, before = value_and_reference(level, request.wording)
    name = formats.sentence(request.wording.metric(level.metric))
    within = ""
    if window is not None and window.period is not None and window.period.days > 1:
        first, last = formats.day(window.period.start), formats.day(window.period.end - timedelta(days=1))
        within = f" (between {first} and {last})"
    verb = "rose" if level.difference > 0 else "fell"
    opening = "A change of level fits about as well: " if request.arguments.get("instead") else ""
    name = name[:1].lower() + name[1:] if opening else name
    return (
        f"{opening}{name} {verb} around {formats.day(level.period.start)}{within}: {now} from then on after {before} "
        f"{formats.during(level.reference_period)}, {moved(level, request.wording)}: {judged(level, request.wording)}"
    )


def more_tickets(request: Request) -> str:
    """ "Around that change the cohort escalation rate stayed: 8.1 % after 8.0 %, ...: more tickets, not a higher rate"."""
    fact = request.facts[0] if request.facts else None
    if fact is None or fact.difference is None or fact.reference_period is None:
        return ""
    now, before = value_and_reference(fact, request.wording)
    return (
        f"No change of the cohort escalation rate is shown with that change of volume: {now} after {before}, "
        f"{moved(fact, request.wording)}: {judged(fact, request.wording)}"
    )


def weekday_rates(request: Request) -> str:
    """ "Cohort escalation rate depends on the weekday of creation: highest on Saturday (12.1 %, n = 940), lowest on Monday ..." """
    if len(request.facts) != 2:
        return ""
    high, low = (f"{request.name_of(fact)} ({request.wording.number(fact)}, n = {formats.count(fact.n or 0)})" for fact in request.facts)  # fmt: skip
    noise = "more than noise" if request.facts[0].significant else "within noise"
    return f"The cohort escalation rate differs by weekday of creation: highest for {high}, lowest for {low}: {noise}"


def month_end_rate(request: Request) -> str:
    """ "Tickets created on a month's last three working days escalate more than on other days: 1.2 points more (0.4 to 2.0)"."""
    fact = request.of("month_end_rate_difference")
    if fact is None or not formats.is_number(fact.value):
        return ""
    word = "more" if float(fact.value or 0) > 0 else "less"
    size = formats.points(float(fact.value or 0))
    return (
        f"Tickets created on a month's last three working days escalate {word} often: {size} {word} than those of other days, "
        f"more than noise ({_range(fact)})"
    )


def month_end_volume(request: Request) -> str:
    """ "On a month's last three working days 12.0 % more tickets are created than their weekdays let expect (4.0 to 20.1 %)"."""
    fact = request.of("month_end_volume_ratio")
    if fact is None or not formats.is_number(fact.value):
        return ""
    word = "more" if float(fact.value or 0) > 0 else "fewer"
    size = formats.ratio(abs(float(fact.value or 0)))
    return (
        f"On a month's last three working days {size} {word} tickets are created than their weekdays let expect: "
        f"more than noise ({_range(fact)})"
    )


def forecast(request: Request) -> str:
    """ "Forecast of escalated tickets, no recorded numbers: week of 9 November 2026 66 (42 to 95), ..." """
    parts = [
        f"{request.name_of(fact)} {request.wording.number(fact)} ({formats.span(fact.interval, fact.unit)})"
        for fact in request.facts
        if fact.interval
    ]
    shown = parts if len(parts) <= 2 else [parts[0], parts[-1]]
    joined = " to ".join(shown) if len(parts) > 2 else formats.listed(shown)
    return f"Forecast of escalated tickets, not recorded numbers: {joined}" if parts else ""


def _unit(request: Request) -> str:
    return str(request.arguments.get("unit") or "week")


def _range(fact: Fact) -> str:
    """The interval; of points with two decimals, since a change a week is small."""
    if fact.interval is None:
        return ""
    if fact.unit == "points" and max(abs(v) for v in fact.interval) < 0.02:
        return " to ".join(f"{value * 100 + 0.0:.2f}" for value in fact.interval)
    return formats.span(fact.interval, fact.unit)


KINDS: dict[str, Kind] = {
    "latest_unit": latest_unit,
    "trend": trend,
    "no_trend": no_trend,
    "trend_untested": trend_untested,
    "change_point": change_point,
    "more_tickets": more_tickets,
    "weekday_rates": weekday_rates,
    "month_end_rate": month_end_rate,
    "month_end_volume": month_end_volume,
    "forecast": forecast,
}
OPENING = frozenset(
    {"latest_unit", "trend", "change_point", "no_trend", "trend_untested", "cut_off", "recording_begins", "unfinished"}
)
