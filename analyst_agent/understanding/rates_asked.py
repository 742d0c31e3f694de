"""Rates that are asked in a sentence or per so many: "are we meeting our SLA", "escalations per 100 tickets", "the ratio of P1 to P2"."""

from __future__ import annotations

import re

from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading, Unknown

RATE, COUNT, TICKETS, BREACHES = "escalation_rate", "escalated_ticket_count", "ticket_count", "sla_breach_rate"
_SLA = r"(?:(?:our|the|their|its|all|any|agreed|an) )*(?:slas?|sla (?:targets?|deadlines?|times?)|due (?:times?|dates?)|resolution targets?)"
_MET = re.compile(
    rf"\b(?:meet|meets|meeting|met|hit|hits|hitting|keep|keeps|keeping|kept|hold|holding|held|make|making|made|honou?r\w*|within|inside) {_SLA}\b"
    r"|\b(?:resolved|solved|closed|fixed) (?:in|on) time\b"
)
_BROKE = re.compile(
    rf"\b(?:miss|misses|missing|missed|break|breaks|breaking|broke|broken|fail\w*|blow|blew|exceed\w*|violat\w+|overr[ua]n\w*|outside|out of|past|over) {_SLA}\b"
    r"|\b(?:resolved|solved|closed|fixed) (?:too )?late\b"
)
_ASKS_NORM = re.compile(r"\b(?:must|should|have to|has to|need to|what (?:is|are)|policy|when do|how do|risk|will|about to|soon|tomorrow|due (?:today|tomorrow|soon))\b")  # fmt: skip
_PER = re.compile(
    r"\b(?:per|for every|for each|in every|out of every|out of|in) (?:(?P<number>\d[\d.,]*|a hundred|one hundred|hundred|a thousand|one thousand|thousand) )?(?P<of>escalated tickets?|tickets?|cases?|incidents?|escalations?)\b"
)
_RATIO = re.compile(r"\bratio (?:of|between) (?:\w+ ){1,4}?(?:to|and|versus|vs) \w+|\b(?:\w+)[ -]to[ -](?:\w+) ratio\b")


def read_rates(reading: Reading) -> None:
    """Makes mentions of the metric that such words ask for, or an unknown name of what is no rate here. Comes before metrics are settled."""
    _read_sla(reading)
    _read_per(reading)


def is_ratio_of_values(reading: Reading) -> bool:
    """ "The ratio of P1 to P2 escalations": two numbers, and no rate of escalation."""
    values = [(g.dimension, v) for g in reading.groups if not g.negated for v in g.values]
    pairs = any(len([v for d, v in values if d == name]) > 1 for name, _ in values)
    return pairs and _RATIO.search(reading.said) is not None


def _read_sla(reading: Reading) -> None:
    said = reading.said
    if BREACHES not in reading.lexicon.model.metrics or _ASKS_NORM.search(said) or reading.due_soon:
        return
    match = _BROKE.search(said) or _MET.search(said)
    if match is None or any(BREACHES in m.metrics for m in reading.mentions):
        return
    inside = reading.tokens_in(match.span())
    _replace(reading, inside[0], inside[-1] + 1, BREACHES)
    label = reading.lexicon.model.metrics[BREACHES].label
    reading.notes.append(
        f"Given as the {label}: the share of escalated tickets past their due time; the others are within it."
    )


def _read_per(reading: Reading) -> None:
    """ "Escalations per 100 tickets" is the rate; "tickets per escalation" its reverse. Another count per so many is no measure of ours."""
    said = reading.said.replace("1 000 ", "1000 ")
    match = _PER.search(said)
    if match is None or RATE not in reading.lexicon.model.metrics:
        return
    is_per = match[0].startswith(("per ", "for ", "in every", "out of every"))
    if not is_per and not match["number"]:
        return
    if not is_per and not said[: match.start()].strip().endswith(("how many", "many")):
        # "In 100 cases" names a number; "how many out of 100 tickets escalate" asks for the rate.
        return
    before = [m for m in reading.mentions if m.metrics and not m.values and m.end <= len(said[: match.start()].split())]
    inside = (
        reading.tokens_in(match.span()) if said == reading.said else reading.tokens_in((match.start(), match.end() + 1))
    )
    if not is_per:
        before = [m for m in reading.mentions if COUNT in m.metrics or RATE in m.metrics]
    if not before or not inside:
        return
    counted, of = before[-1].metrics[0], match["of"]
    of_tickets = not of.startswith("escalat")
    model = reading.lexicon.model
    if of_tickets and (counted == COUNT or not is_per):
        number = re.sub(r"^(?:an?|one) ", "", match["number"] or "1")
        _replace(reading, before[-1].start, before[-1].end, RATE)
        reading.notes.append(_of_so_many(number, of))
    elif counted == TICKETS and not of_tickets and not match["number"]:
        _replace(reading, before[-1].start, before[-1].end, RATE)
        reading.notes.append(
            "Given as the escalation rate, the reverse: escalated tickets by tickets; one by it is tickets per escalation."
        )
    elif model.metrics[counted].unit == "ratio" and not of_tickets:
        reading.notes.append(f"Given as a share: 10 % are 10 per 100 {of}.")
    elif match["number"] and not (model.metrics[counted].is_ratio and of_tickets):
        start = before[-1].start
        text = reading.text[reading.tokens[start].start : reading.tokens[inside[-1]].end]
        reading.unknown.append(Unknown(text, "measure", start, inside[-1] + 1))
    elif not match["number"]:
        return
    reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(inside[0], inside[-1] + 1))
    reading.use(inside[0], inside[-1] + 1)


def _of_so_many(number: str, of: str) -> str:
    if number in ("hundred", "100"):
        return f"Given as the escalation rate: 8 % are 8 per 100 {of}."
    if number in ("thousand", "1000", "1,000", "1.000"):
        return f"Given as the escalation rate: 8 % are 80 per 1,000 {of}."
    return f"Given as the escalation rate: escalated tickets per {of}, in per cent."


def _replace(reading: Reading, start: int, end: int, metric: str) -> None:
    """One mention of a metric in place of all that the words may have named."""
    others = [m for m in reading.mentions if not m.overlaps(start, end)]
    reading.mentions = tuple(sorted([*others, Mention(start, end, (metric,))], key=lambda m: m.start))
    reading.groups = [g for g in reading.groups if not (start <= g.start and g.end <= end)]
    reading.use(start, end)
