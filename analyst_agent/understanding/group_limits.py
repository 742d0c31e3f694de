"""Limits on what a group has: "accounts with two or more escalations", "agents who escalated fewer than 10 times" limit accounts and agents, not single tickets."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.understanding.cues import NUMBER_WORDS
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.numbers import TIMES
from analyst_agent.understanding.reading import Limit, Reading, Unknown
from analyst_agent.understanding.words import word_set

COUNT, AGAIN = "escalated_ticket_count", "re_escalation_rate"
_TICKETS = word_set("ticket tickets case cases incident incidents issue issues request requests")
_HAVE = word_set("with had have has having whose where")
_ONCE, _TWICE = word_set("once"), word_set("twice")
_NONE = re.compile(
    r"\b(?:(?:but|and|with|had|have|has|having) (?:had |have |has |with )?(?:no|zero)|without (?:any |an |a single )?|never had (?:any |an |a ))\s?(?:escalations?|escalated tickets?)\b"
)
_EACH = re.compile(r"\b(?:times|escalations|escalated tickets|once|twice) (?:an?|per|each|every|in an?) (?P<unit>day|week|month|quarter|year)\b")  # fmt: skip


def read_group_limits(reading: Reading) -> None:
    """Turns a condition on single tickets into a limit on groups, where a group is what has so many and no ticket is spoken of before."""
    _read_again(reading)
    often = [one for one in reading.conditions if one.field == TIMES and one.op not in ("missing", "present")]
    if often:
        _count_what_escalated(reading)
    if len(often) == 1 and _subject(reading, _place(reading, often[0])) is not None:
        reading.conditions.remove(often[0])
        reading.limits.append(_limit(COUNT, often[0]))
    _read_means(reading)
    _read_none(reading)
    match = _EACH.search(reading.said) if reading.limits else None
    if match is not None:
        reading.grain = match["unit"]
        at = reading.tokens_in(match.span("unit"))
        reading.use(at[0] - 1, at[0] + 1)


def _read_none(reading: Reading) -> None:
    """ "Customers with no escalations": those that have none are in no row of a number."""
    match = _NONE.search(reading.said)
    if match is None:
        return
    inside = reading.tokens_in(match.span())
    if _subject(reading, inside[0]) is not None or (reading.limits and match[0].startswith(("but", "and"))):
        text = reading.text[reading.tokens[inside[0]].start : reading.tokens[inside[-1]].end]
        reading.unknown.append(Unknown(text, "none", inside[0], inside[-1] + 1))


def split_by_limited(reading: Reading) -> None:
    """What is limited is split by, also where it is only named: "agents with 30 or more escalations"."""
    if not reading.limits or reading.by or (reading.limits[0].op == "=" and "exactly" not in reading.said):
        # "Cut escalations by 20 %" limits nothing.
        return
    for named in (reading.entities, reading.bare):
        if named:
            reading.by.append(named.pop(0))
            return


def come_back(reading: Reading) -> bool:
    """Whether accounts, in whatever word for them, are those that escalated more than once: these have a skill of their own."""
    if len(reading.limits) != 1 or not _ONCE & set(reading.said.split()):
        return False
    limit = reading.limits[0]
    of_accounts = "account" in reading.by or "account" in reading.entities
    return of_accounts and limit.metric == COUNT and (limit.op, limit.value) in ((">", 1), (">=", 2))


def _read_again(reading: Reading) -> None:
    """ "Which accounts escalated twice", "more than once": of accounts it is a number of tickets, and no rate of tickets escalated again."""
    for mention in reading.mentions:
        last = reading.word(mention.end - 1)
        if AGAIN not in mention.metrics or last not in _ONCE | _TWICE or _subject(reading, mention.start) is None:
            continue
        reading.limits.append(Limit(COUNT, ">=", 2.0, ">= 2"))
        reading.replace_mention(mention, metrics=(COUNT,), weak=True, end=mention.start + 1)
        more = reading.words(mention.end, mention.end + 2)
        reading.use(mention.start, mention.end + (2 if more in (("or", "more"), ("or", "oftener")) else 0))
        return


def _subject(reading: Reading, place: int) -> Mention | None:
    """The group before the limit, where no ticket is spoken of before it."""
    if place < 0 or _TICKETS & set(reading.words(0, place)):
        return None
    groups = (m for m in reading.mentions if m.dimensions and not (m.metrics or m.values or m.fields))
    return next((m for m in groups if m.end <= place and not m.dimensions[0].startswith("is_")), None)


def _place(reading: Reading, one: Filter) -> int:
    """Where the number of a condition stands; -1 where it was read from other words."""
    first = one.value[0] if isinstance(one.value, tuple) else one.value
    for i in sorted(reading.used):
        word = reading.word(i)
        said = 1 if word in _ONCE else 2 if word in _TWICE else NUMBER_WORDS.get(word, word)
        if str(said) == str(first) and not any(s <= i < e for s, e in reading.period_spans()):
            return i
    return -1


def _limit(metric: str, one: Filter) -> Limit:
    if isinstance(one.value, tuple):
        low, high = (float(str(value)) for value in one.value[:2])
        return Limit(metric, "between", low, f"between {low:g} and {high:g}", high)
    value = float(str(one.value))
    return Limit(metric, one.op, value, f"{one.op} {value:g}")


def _count_what_escalated(reading: Reading) -> None:
    """ "Escalated more than 3 times" names a number, and not how likely an escalation is."""
    for mention in reading.mentions:
        verb = [i for i in range(mention.start, mention.end) if reading.word(i).startswith("escalat")]
        if mention.metrics and not mention.values and verb and not mention.weak:
            reading.replace_mention(mention, metrics=(COUNT,), weak=True)


def _read_means(reading: Reading) -> None:
    """ "Teams with an average CSAT below 3": the mean of the group, where nothing else is asked of the tickets."""
    if reading.limits or len(reading.conditions) != 1 or any(m.metrics and not m.values for m in reading.mentions):
        return
    one, model = reading.conditions[0], reading.lexicon.model
    means = [m.name for m in model.metrics.values() if re.fullmatch(rf"AVG\(\w+\.{one.field}\)", m.expression)]
    subject = _subject(reading, _place(reading, one))
    if not means or subject is None or not _HAVE & set(reading.words(subject.end, subject.end + 2)):
        return
    reading.conditions.clear()
    reading.limits.append(_limit(means[0], one))
