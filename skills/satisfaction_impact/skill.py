"""How satisfaction scores go with what happened to a ticket: escalations, waiting, hand-overs, resolutions."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.skillkit import (
    Fact,
    Filter,
    Finding,
    Inquiry,
    NotPermitted,
    Period,
    Recommendation,
    SkillContext,
    Statement,
    Value,
    begin,
    number,
)
from analyst_agent.skillkit.actions import stored
from analyst_agent.skillkit.satisfaction.score_tables import score_drawing, score_label, score_table
from analyst_agent.skillkit.satisfaction.scores import (
    Rated,
    Scores,
    ScoreView,
    adjusted_difference,
    compare_scores,
    escalated_scores,
    response_rate,
    score_change,
    scores_by,
)

NAME = "satisfaction_impact"
TITLE = "Satisfaction by what happened to a ticket"
NOT_ESCALATED, ESCALATED, ONCE, MORE = "not escalated", "escalated", "escalated once", "escalated more than once"
AGAINST = "tickets that were not escalated"
OF_ESCALATED_ONLY = "time_to_escalation_band"
BANDS = ("first_response_band", "resolution_band", OF_ESCALATED_ONLY)
KINDS = ("product_area", "category")
MANY_ACCOUNTS = 2_000
MOST_GROUPS = 8
MOST_READ = 40
MOST_TOLD = 5


def satisfaction_impact(
    context: SkillContext,
    by: str | None = None,
    period: Period | None = None,
    where: Sequence[Filter] = (),
    comparison: Period | None = None,
) -> Finding:
    """How customers rate tickets (CSAT, 1 to 5) by what happened to them: escalations, waiting, hand-overs, resolutions.

    Gives the mean score and the share of low scores of escalated tickets against others, also within product area and
    category, of tickets escalated more than once, and by time to first response, to escalation and to resolution, by
    resolution type and by path between teams; each difference with an interval by account and corrected for all of them;
    and which share of the tickets is rated at all. Says what goes with what, never what causes it.

    by: a further dimension to compare scores by. period: whole days, default the last 30 complete days. where: filters.
    comparison: a second period, where asked how scores changed. Raises an AnalystError where the period lies outside the
    data, a name is unknown or not granted, or no score is recorded.
    """
    if not context.has("csat_score"):
        raise NotPermitted(
            "The loaded data have no satisfaction scores: the column csat is empty.",
            "Load tickets with csat, from 1 to 5.",
        )
    if by is not None:
        context.model.check_dimension(by)
    inquiry = begin(context, period, where, comparison, always_compared=False)
    kinds = _kinds(inquiry)
    everyone = scores_by(inquiry, kinds=kinds).get(None, Scores())
    whole = everyone.by_account()
    if not whole.rated:
        return _nothing(inquiry, whole)
    kept, again = _escalated(inquiry, everyone, kinds)
    escalated, plain = (scores.by_account() for scores in kept)
    views = [_number_of_escalations(plain, kept[0], again), *_views(inquiry, by)]
    views = [view for view in views if len([v for v in view.groups if v is not None]) > 1]
    found = compare_scores(inquiry, views)
    mean, low = _overall(inquiry, whole)
    said = [Statement("csat_headline", (mean.id, low.id))]
    if inquiry.before is not None:
        score_change(inquiry, mean, whole)
        said.append(Statement("change", (mean.id,)))
    said += _about_escalated(inquiry, found, kept, kinds)
    said += _others(inquiry, views, found)
    said += _answered(inquiry, whole, escalated, plain)
    tables = [score_table(inquiry, view, found[view.title]) for view in views]
    return inquiry.book.finding(
        TITLE,
        NAME,
        inquiry.period,
        inquiry.before,
        statements=said,
        tables=tables,
        recommendations=_advice(views, found),
        drawings=[score_drawing(view) for view in views[:2]],
    )


def _nothing(inquiry: Inquiry, whole: Scores) -> Finding:
    tickets = inquiry.book.add("ticket_count", int(whole.tickets), "count", inquiry.period, n=int(whole.tickets))
    text = "No ticket of this period has a rating." if whole.tickets else "No ticket was created there in this period."
    inquiry.book.caveat(text, "no_ratings" if whole.tickets else "no_tickets", (tickets.id,))
    said = [Statement("value", (tickets.id,))]
    return inquiry.book.finding(TITLE, NAME, inquiry.period, inquiry.before, statements=said)


def _kinds(inquiry: Inquiry) -> tuple[str, ...]:
    """What escalated tickets are compared within; with very many accounts only one, so that the cells stay few."""
    filled = tuple(name for name in KINDS if inquiry.context.has(name))
    many = inquiry.context.has("account") and len(inquiry.context.queries.values("account")) > MANY_ACCOUNTS
    return filled[:1] if many else filled


def _escalated(inquiry: Inquiry, everyone: Scores, kinds: Sequence[str]) -> tuple[tuple[Scores, Scores], Scores]:
    """Tickets that were escalated at any time and those that were not; and those escalated more than once."""
    if "counted_at" not in inquiry.context.model.filterable():
        inquiry.book.caveat("Escalated tickets are not granted to this analyst.", "no_escalations")
        return (Scores(), Scores()), Scores()
    found = escalated_scores(inquiry, (), kinds, Filter("escalation_count", ">", 1))
    escalated, again = (groups.get(None, Scores()) for groups in found)
    return (escalated, everyone.without(escalated)), again


def _number_of_escalations(plain: Scores, escalated: Scores, again: Scores) -> ScoreView:
    groups: dict[Value, Scores] = {}
    if plain.tickets:
        groups[NOT_ESCALATED] = plain
    if escalated.tickets:
        groups[ESCALATED] = escalated.by_account()
        if again.tickets:
            groups[ONCE] = escalated.without(again)
            groups[MORE] = again
    return ScoreView("CSAT of escalated and other tickets", "escalations", groups, AGAINST, NOT_ESCALATED)


def _views(inquiry: Inquiry, by: str | None) -> list[ScoreView]:
    """Every other way to split the tickets that the data and grants allow; says which are missing."""
    context, found = inquiry.context, []
    for name in (*((by,) if by else ()), *BANDS):
        if name == by or context.has(name):
            found_by = (
                escalated_scores(inquiry, (name,))[0] if name == OF_ESCALATED_ONLY else scores_by(inquiry, (name,))
            )
            groups = _largest(found_by, ordered=name in BANDS)
            label = inquiry.label(name)
            found.append(ScoreView(f"CSAT by {label}", name, groups))
        elif name in context.model.dimensions():
            text = f"No {inquiry.label(name)} is recorded; scores are not compared by it."
            inquiry.book.caveat(text, "no_response_times" if name == BANDS[0] else "no_times")
    if context.has("from_team") and context.has("to_team"):
        paths = _largest(scores_by(inquiry, ("from_team", "to_team"), "mean_csat"))
        found.append(ScoreView("CSAT by path between teams", "path", paths))
    found += _resolution_types(inquiry)
    return found


def _resolution_types(inquiry: Inquiry) -> list[ScoreView]:
    """Tickets by how they were resolved; one that was resolved twice counts with both types."""
    if "resolution" not in inquiry.context.model.datasets:
        text = "Resolutions are not granted to this analyst; scores are not compared by resolution type."
        inquiry.book.caveat(text, "no_resolutions")
        return []
    known = inquiry.context.queries.values("resolution_type")
    values = known[:MOST_GROUPS]
    if not values:
        return []
    # To read a few values more costs less than a condition that leaves them out.
    kept = (Filter("resolution_type", "in", values),) if len(known) > MOST_READ else ()
    found = scores_by(inquiry, ("resolution_type",), where=kept, overlapping=True)
    groups: dict[Value, Scores] = {value: found[value] for value in values if value in found}
    return [ScoreView("CSAT by resolution type", "resolution_type", groups)] if groups else []


def _largest(groups: dict[Value, Scores], ordered: bool = False) -> dict[Value, Scores]:
    """The groups with the most ratings; bands of time from short to long."""
    named = [value for value in groups if value is not None]
    kept = sorted(named, key=lambda v: (-groups[v].rated, str(v)))[:MOST_GROUPS]
    if ordered:
        kept.sort(key=_band_place)
    return {value: groups[value] for value in kept}


def _band_place(value: Value) -> tuple[int, str]:
    text = str(value)
    words = ("within", "1-4 h", "4-24 h", "1-3 days", "3-7 days", "after")
    return next((place for place, word in enumerate(words) if word in text), len(words)), text


def _overall(inquiry: Inquiry, whole: Scores) -> tuple[Fact, Fact]:
    only = ScoreView("all", "tickets", {"all": whole})
    [one] = compare_scores(inquiry, [only])["all"]
    bare = [inquiry.book.revise(fact, dimensions={}) for fact in (one.mean, one.low)]
    for fact in (one.tickets, one.rated):
        inquiry.book.revise(fact, dimensions={})
    return bare[0], bare[1]


def _about_escalated(
    inquiry: Inquiry, found: dict[str, list[Rated]], groups: tuple[Scores, Scores], kinds: Sequence[str]
) -> list[Statement]:
    """Escalated tickets against the others, plain and within kinds, and those escalated more than once."""
    listed = [one for ones in found.values() for one in ones if one.dimension == "escalations"]
    own = next((one for one in listed if one.value == ESCALATED), None)
    if own is None:
        return []
    if own.reason:
        return [Statement("csat_few", (own.mean.id,), {"labels": ["escalation"]})]
    said = [Statement("csat_against", (own.mean.id, own.low.id))]
    within = adjusted_difference(inquiry, *groups) if kinds else None
    if within is not None and within.interval is not None:
        fact = inquiry.book.add(
            "csat_difference_within",
            within.difference,
            "score",
            inquiry.period,
            {"escalations": ESCALATED},
            source=groups[0].source,
            n=int(within.first.n),
            reference=AGAINST,
            difference=within.difference,
            difference_interval=within.interval,
        )
        said.append(Statement("csat_within", (fact.id,), {"kinds": list(kinds)}))
    more = next((one for one in listed if one.value == MORE), None)
    if more is not None and not more.reason:
        said.append(Statement("csat_against", (more.mean.id, more.low.id)))
    return said


def _others(inquiry: Inquiry, views: Sequence[ScoreView], found: dict[str, list[Rated]]) -> list[Statement]:
    """What stands out in the other views, the largest differences first; then the views that show nothing or have too few."""
    clear: list[tuple[float, Rated]] = []
    quiet: dict[str, list[tuple[str, str]]] = {"csat_not_shown": [], "csat_few": []}
    for view in views:
        if view.dimension == "escalations":
            continue
        ones = found[view.title]
        own = [o for o in ones if o.mean.significant or o.low.significant]
        clear += [(abs(number(o.mean.difference)), o) for o in own]
        if not own and ones:
            tested = next((o for o in ones if not o.reason), None)
            kind = "csat_few" if tested is None else "csat_not_shown"
            quiet[kind].append(((tested or ones[0]).mean.id, score_label(inquiry, view.dimension)))
    clear.sort(key=lambda one: -one[0])
    said = [Statement("csat_against", (one.mean.id, one.low.id)) for _, one in clear[:MOST_TOLD]]
    for kind, listed in quiet.items():
        if listed:
            labels = {"labels": [label for _, label in listed]}
            said.append(Statement(kind, tuple(fact for fact, _ in listed), labels))
    return said


def _answered(inquiry: Inquiry, whole: Scores, escalated: Scores, plain: Scores) -> list[Statement]:
    total = response_rate(inquiry, whole, {})
    facts = [total]
    if escalated.tickets and plain.tickets:
        facts.append(response_rate(inquiry, escalated, {"escalations": ESCALATED}, plain, AGAINST))
    return [Statement("csat_answered", tuple(fact.id for fact in facts))]


def _advice(views: Sequence[ScoreView], found: dict[str, list[Rated]]) -> list[Recommendation]:
    """For what is clearly rated lower, where to look first."""
    advice = []
    for view in views:
        low = [o for o in found[view.title] if o.mean.significant and number(o.mean.difference) < 0]
        for one in sorted(low, key=lambda o: number(o.mean.difference))[:1]:
            name = stored(one.value)
            if view.dimension == "escalations":
                action = (
                    "Read the low ratings of escalated tickets beside their timelines, and call those customers back."
                )
            elif view.dimension == BANDS[0]:
                action = f"Find what keeps the tickets {name} waiting: they are rated below the rest."
            else:
                action = f"Read the low ratings of {name}: what these customers missed is not in the scores."
            advice.append(Recommendation(str(one.value), action, one.mean.id, "fact", fact=one.mean.id))
    return advice
