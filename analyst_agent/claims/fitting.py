"""Whether what stands around a number (names, times, metric, role) is that of the fact it would come from."""

from __future__ import annotations

import re

from analyst_agent.claims import cues
from analyst_agent.claims.context import Names, Place
from analyst_agent.claims.figures import Figure, Span, names_of, span_of
from analyst_agent.claims.lexicon import Lexicon
from analyst_agent.claims.mentions import Number
from analyst_agent.records import Fact

_STEMS = {
    "resol": ("resol",), "acknowledg": ("acknowledge",), "handl": ("handle",), "reopen": ("reopen",), "breach": ("breach",),
    "satisf": ("csat",), "csat": ("csat",), "cost": ("cost",), "unnecess": ("unnecessary",), "share": ("share",),
    "deviat": ("deviation",), "re-escalat": ("re_escalation",),
}  # fmt: skip
GENERAL_METRICS = frozenset({"escalated_ticket_count", "ticket_count", "cohort_escalated_count"})
_P = re.compile(r"\bp(?:-value)?\s*(?:=|<|of|is)?\s*$", re.I)
# A clause that says by itself what it measures is not read with the metric of the clause before.
_OWN_MEASURE = re.compile(r"\b(?:took|takes?|taking|resolv|resolution|cost|handl|acknowledg)", re.I)
GAP = re.compile(r"\b(?:differences?|changes?|changed|gap|moved|swing|apart|additional|extra)\b|points", re.I)
_MOVE = re.compile(r"\b(?:by|additional|extra|another)\s*$", re.I)


def fits(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    """Whether names, times, metric and role around a number are those of the figure's fact."""
    fact = figure.fact
    return (
        names_fit(fact, place.next_names if place.is_whole else place.names, place.earlier, lexicon)
        and _times_fit(figure, place, lexicon)
        and metric_fits(figure, place)
        and _role_fits(figure, place, lexicon)
    )


def names_fit(fact: Fact, own: Names, earlier: Names, lexicon: Lexicon) -> bool:
    """Whether the names next to a number are the fact's, and all of the fact's names have been said."""
    held = names_of(fact)
    known = held | lexicon.common | {(f.field, f.value) for f in fact.filters if isinstance(f.value, str)}
    if any(not (meanings & known) for meanings in own):
        return False
    said = frozenset().union(*own, *earlier)
    lacking = {pair for pair in held if pair not in said}
    if any(key == "known_issue" and (key, value) in said for key, value in held):
        lacking = {pair for pair in lacking if pair[0] != "root_cause"}
    return not lacking


def _times_fit(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    if place.times:
        allowed: set[Span | None] = set(figure.spans) or {lexicon.period}
        return all(t in allowed for t in place.times)
    if figure.role in ("reference", "p"):
        return True
    own = span_of(figure.fact)
    return not own or lexicon.period is None or lexicon.period in own


def metric_fits(figure: Figure, place: Place) -> bool:
    metric, unit = figure.fact.metric, figure.fact.unit
    words = place.segment.masked if figure.unit != "count" else place.clause.masked
    if metric.startswith("inferred_") and not cues.INFERRED.search(place.sentence.own_words):
        return False
    if place.metrics:
        if figure.role not in ("n", "missing") and metric not in place.metrics:
            return _is_general(place, metric) and figure.unit == "count"
    elif _is_of_another_metric(figure, place):
        return False
    if unit in ("minutes", "ratio", "score", "currency", "points") and figure.role not in ("n", "missing", "part"):
        lowered = words.lower()
        for stem, keys in _STEMS.items():
            if stem in lowered and not any(k in metric for k in keys):
                return False
        if re.match(r"\s*of (?:all )?(?:the )?escalat", place.after) and "share" not in metric:
            return False
        if re.match(r"\s*of (?:all )?(?:the |our )?tickets\b", place.after) and "share" in metric:
            return False
        if not _average_fits(metric, words):
            return False
    return figure.unit != "count" or _count_fits(figure, metric, words, place)


def _is_of_another_metric(figure: Figure, place: Place) -> bool:
    """Whether an earlier clause named other metrics, so that a number without a name of its own is taken for theirs."""
    if figure.role in ("n", "missing") or figure.fact.unit == "count" or not place.carried_metrics:
        return False
    if _OWN_MEASURE.search(place.clause.masked):
        return False
    return figure.fact.metric not in place.carried_metrics and not place.carried_metrics <= GENERAL_METRICS


def _is_general(place: Place, metric: str) -> bool:
    """Whether the metrics named are only the general "escalated tickets", which any count of them may be called."""
    return (
        place.metrics <= {"escalated_ticket_count", "ticket_count", "cohort_escalated_count"}
        and metric != "ticket_count"
    )


def _average_fits(metric: str, words: str) -> bool:
    if cues.MEDIAN.search(words):
        return metric.startswith("median")
    if cues.PERCENTILE.search(words):
        return metric.startswith("p90")
    if cues.MEAN.search(words):
        return not metric.startswith(("median", "p90"))
    return True


def _count_fits(figure: Figure, metric: str, words: str, place: Place) -> bool:
    if figure.role == "missing":
        return bool(cues.MISSING.search(place.segment.masked))
    lowered = words.lower()
    if re.search(r"\bopen\b|unresolved", lowered) and "open" not in metric and not place.is_whole:
        return False
    if re.search(r"\bmatch", lowered) and metric != "known_issue_matches" and not place.is_whole:
        return False
    if (
        re.search(r"\b(?:unclassified|unknown|imputed|reopened)\b", lowered)
        and figure.role == "value"
        and not place.is_whole
    ):
        key = ("unknown", "imputed", "reopen")
        return any(k in metric and k in lowered for k in key) or "unclassified" in str(figure.fact.dimensions.values())
    all_tickets = metric == "ticket_count" or (figure.role == "n" and not metric.startswith("known"))
    escalated, created = "escalat" in metric or metric.startswith("known"), metric == "ticket_count"
    if cues.CREATED.search(words) and not cues.ESCALATED.search(words):
        return created or figure.role == "n"
    if (
        (cues.ESCALATED.search(words) or place.metrics & {"escalated_ticket_count"})
        and all_tickets
        and not place.is_whole
    ):
        return False
    return escalated or created or figure.role != "value" or metric in place.metrics or "count" in metric


def _role_fits(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    fact, role = figure.fact, figure.role
    rest = bool(cues.REST.search(place.segment.masked))
    match role:
        case "value" | "interval":
            if rest:
                return role == "interval"
            return role == "interval" or not place.is_reference or _has_own(place)
        case "reference":
            if rest or fact.reference != "comparison_period":
                return (
                    (rest or place.is_reference)
                    and fact.reference != "comparison_period"
                    and not place.segment.of("name")
                )
            return place.is_reference or any(m.payload in figure.spans for m in place.segment.of("time"))
        case "n":
            # What a share is taken of are all escalated tickets, not those of the pattern.
            return place.is_whole and not (place.next_names and fact.metric == "share_of_escalations")
        case "part":
            return any(isinstance(m.payload, Number) and m.payload.value == fact.n for m in place.sentence.of("number"))
        case "p":
            return bool(_P.search(place.before))
        case "relative":
            return bool(cues.RELATIVE.search(place.sentence.own_words))
        case "difference":
            return _difference_fits(figure, place, lexicon)
    return True


def _has_own(place: Place) -> bool:
    return place.is_compared or bool(place.segment.of("name") or place.segment.of("time"))


def _difference_fits(figure: Figure, place: Place, lexicon: Lexicon) -> bool:
    fact = figure.fact
    held = names_of(fact) | lexicon.common
    if any(not (meanings & held) for meanings in place.others):
        return False
    if any(t not in figure.spans for t in place.compared_times):
        return False
    against_rest = bool(cues.REST.search(place.clause.masked))
    if against_rest and fact.reference == "comparison_period":
        return False
    if cues.BEFORE.search(place.clause.masked) and fact.reference != "comparison_period":
        return False
    if figure.unit in ("points", "times") or figure.unit == "ratio":
        return figure.unit != "ratio" or bool(place.signs)
    head = place.before.rstrip().lower()
    stated = head.endswith(("up", "down", "by", "of", "rose", "fell")) or _MOVE.search(place.before)
    following = re.match(r"\s*(?:[a-z]+\s+)?(?:more|fewer|less|higher|lower|longer|shorter|above|below)\b", place.after)
    return bool(stated and (place.signs or GAP.search(place.clause.masked))) or bool(following)
