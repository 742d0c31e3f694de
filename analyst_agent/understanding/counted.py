"""Things counted in a clause ("tickets", "escalations", "P1s"): their number, or the rate that it is part of."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.semantic.model import Model
from analyst_agent.understanding import cues
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.rates_asked import is_ratio_of_values
from analyst_agent.understanding.reading import Reading, Unknown, ValueGroup
from analyst_agent.understanding.unknown import unexplained_runs


def counted(reading: Reading, weak: Sequence[Mention]) -> tuple[str, ...]:
    """The count of what is named, or the rate whose numerator it is when a rate is asked."""
    names = list(reading.weak_metrics)
    if not names or _is_compound(reading, weak):
        return ()
    model = reading.lexicon.model
    base = base_count(model)
    special = [n for n in names if n != base]
    part = special[:1] if "share_of_escalated" in reading.cues else []
    if "share_of_tickets" in reading.cues and not special:
        part = [base]
    if part:
        return (part[0],)
    verb = (
        special
        and "count" not in reading.cues
        and "more" in reading.cues
        and _compares_likelihood(reading)
        and not reading.limits
    )
    if is_ratio_of_values(reading):
        reading.notes.append("The numbers are given, whose ratio is asked.")
    elif "rate" in reading.cues or _ranks_likelihood(reading) or verb:
        for metric in model.metrics.values():
            if metric.is_ratio and metric.numerator in special:
                return (metric.name,)
    if names == [base] and any(_is_rate_alone(reading, i) for i in range(len(reading.tokens))):
        # "Tickets about Reports: how does the rate look": what the rate is of.
        rates = [m.name for m in model.metrics.values() if m.is_ratio and m.denominator == base]
        listed = any(m.metrics[0] == base and _is_beside_rate(reading, m) for m in weak)
        return (*([base] if listed else []), *rates[:1])
    if special and base in names:
        both = _listed_pair(reading, *(next(m for m in weak if m.metrics[0] == n) for n in (base, special[0])))
        if both:
            return both
    if {"escalated_ticket_count", "resolution_count"} <= set(special) and "resolved_share" in model.metrics:
        return ("escalated_ticket_count", "resolved_share")
    return (special[0] if special else names[0],)


def plural_values(reading: Reading, base: str) -> tuple[str, ...]:
    """ "Count the P1s", "P1s per week": a value in the plural is the tickets that have it, where a number is asked for."""
    model = reading.lexicon.model
    if base not in model.metrics or reading.cues & {"rate", "how_long"} or unexplained_runs(reading):
        # "How many chats were abandoned" asks for more than can be told.
        return ()
    split = bool(reading.grain) or bool({"by", "per", "total"} & set(reading.words(0, len(reading.tokens))))
    own = {name for name, one in model.dimensions().items() if one.dataset == model.metrics[base].dataset}
    plural = [
        group
        for group in reading.groups
        if group.dimension in own
        and (reading.word(group.end - 1).endswith("s") or _is_code_counted(reading, group))
        and not any(value.casefold().endswith("s") for value in group.values)
    ]
    # "Bugs by month" may mean those of the software, "P1s by month" only tickets.
    coded = any(char.isdigit() for group in plural for value in group.values for char in value)
    return (base,) if plural and ("count" in reading.cues or (split and coded)) else ()


def _is_code_counted(reading: Reading, group: ValueGroup) -> bool:
    """ "How many P1 came in": a code is counted as its plural is."""
    coded = any(char.isdigit() for value in group.values for char in value)
    return coded and reading.words(group.start - 2, group.start) == ("how", "many")


def _is_rate_alone(reading: Reading, i: int) -> bool:
    """Whether a bare "rate" stands there as a noun: "the rate", "rate per region"; not "customers rate us"."""
    before = reading.word(i - 1)
    led = (
        i == 0 or before in cues.DETERMINERS | cues.PREPOSITIONS | cues.WHICH | {"and"} or reading.gap(i).strip() != ""
    )
    return reading.word(i) in ("rate", "rates") and led and reading.word(i + 1) not in cues.DETERMINERS | {"us", "them"}


def bare_rate(reading: Reading, names: Sequence[str]) -> tuple[str, ...]:
    """ "CSAT and rate for EMEA": beside a named measure a bare "rate" is that of escalation."""
    if any(reading.lexicon.model.metrics[name].unit == "ratio" for name in names):
        return ()
    base = base_count(reading.lexicon.model)
    alone = any(
        _is_rate_alone(reading, i) and (reading.word(i - 1) == "and" or "," in reading.gap(i))
        for i in range(len(reading.tokens))
        if reading.mention_at(i) is None
    )
    rates = [m.name for m in reading.lexicon.model.metrics.values() if m.is_ratio and m.denominator == base]
    return tuple(rates[:1]) if alone else ()


def _is_beside_rate(reading: Reading, mention: Mention) -> bool:
    """Whether things counted and a rate are asked for side by side: "tickets and rate by region"."""
    after = [word for word in reading.words(mention.end, mention.end + 4) if word not in cues.DETERMINERS]
    return after[:1] == ["and"] and (after[1:2] in (["rate"], ["rates"]) or after[1:3] == ["escalation", "rate"])


def listed_before_rate(reading: Reading, weak: Sequence[Mention]) -> tuple[str, ...]:
    """The things counted in a list that ends with a bare rate: "tickets, escalated tickets and rate"."""
    ends = [m for m in weak if _is_beside_rate(reading, m)]
    if not ends:
        return ()
    listed = [ends[-1]]
    for mention in reversed([m for m in weak if m.end <= listed[0].start]):
        between = [w for w in reading.words(mention.end, listed[0].start) if w not in cues.DETERMINERS]
        if between not in ([], ["and"]) or ("," not in reading.gap(mention.end) and not between):
            break
        listed.insert(0, mention)
    return tuple(dict.fromkeys(m.metrics[0] for m in listed))


def _listed_pair(reading: Reading, one: Mention, two: Mention) -> tuple[str, ...]:
    """Two things counted that are both asked ("tickets and escalations"), in their order; empty where one only qualifies the other."""
    low, high = sorted((one, two), key=lambda m: m.start)
    between = reading.words(low.end, high.start)
    listed = between in (("and",), ("and", "the"), ("vs",), ("versus",))
    return (low.metrics[0], high.metrics[0]) if listed or ("," in reading.gap(high.start) and not between) else ()


def _is_compound(reading: Reading, weak: Sequence[Mention]) -> bool:
    """Whether the only thing named is a singular noun after another noun ("first contact resolution"): a measure of its own, not ours."""
    if len(weak) != 1 or reading.cues & {"count", "how_long", "rate"}:
        return False
    mention = weak[0]
    word, before = reading.word(mention.end - 1), reading.word(mention.start - 1)
    if (
        mention.end - mention.start > 1
        or not word.endswith(("ion", "ment", "ance", "cket", "ase", "quest"))
        or not before
        or word == before
    ):
        return False
    if reading.word(mention.end) in (
        "numbers",
        "number",
        "volume",
        "volumes",
        "count",
        "counts",
        "figures",
        "load",
        "totals",
    ):
        return False
    if reading.mention_at(mention.start - 1) is not None or word.startswith("escalat"):
        return False
    small = cues.OFFICE | cues.RANKED | {"support", "helpdesk", "be", "is", "are", "was", "were", "as"}
    compound = before not in small
    if compound:
        start = mention.start
        while start > 0 and reading.word(start - 1) not in small | cues.DETERMINERS:
            start -= 1
        said = " ".join(reading.words(start, mention.end))
        reading.unknown.append(Unknown(said, "measure", start, mention.end))
    return compound


def base_count(model: Model) -> str:
    """The count that rates are per: the denominator most ratios share."""
    denominators = [m.denominator for m in model.metrics.values() if m.is_ratio]
    return max(denominators, key=denominators.count) if denominators else ""


def _compares_likelihood(reading: Reading) -> bool:
    """ "Escalate more": a verb, so a likelihood; "more escalations" is a noun, so a count."""
    return any(t.word in ("escalate", "escalates", "escalated", "escalating") for t in reading.tokens)


def _ranks_likelihood(reading: Reading) -> bool:
    """ "Which regions escalate most": how likely, not how many."""
    words = reading.words(0, len(reading.tokens))
    counted = {m.start for m in reading.mentions if m.weak and not reading.word(m.start).endswith("ing")}
    if any(w in ("most", "least", "fewest") and i + 1 in counted for i, w in enumerate(words)):
        return False
    after = [words[i + 1 : i + 4] for i, w in enumerate(words) if w in ("escalate", "escalates")]
    before = [words[i - 1] for i, w in enumerate(words) if w == "escalating" and i]
    return any(set(two) & {"most", "least"} for two in after) or bool(set(before) & {"most", "least"})
