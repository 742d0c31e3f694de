"""Splits and orders in a clause: "by region and tier", "which month", "the five worst categories"."""

from __future__ import annotations

import re

from analyst_agent.records import Filter
from analyst_agent.understanding import cues
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Rank, Reading
from analyst_agent.understanding.roles import both_ways, in_role
from analyst_agent.understanding.words import stems, word_set

_FROM_LIST = word_set("and or then by plus")
_DISTRIBUTES = word_set("distribution distributed distribute spread split breakdown divided")
_SUBJECTS = word_set("we they you i customers clients people")
_OBJECTS = word_set("most more so many fewest least longest time to until till")
_GRAIN_WORD = {
    "hour": "hour",
    "day": "day",
    "weekday": "weekday",
    "week": "week",
    "month": "month",
    "quarter": "quarter",
    "year": "year",
}


def read_splits(reading: Reading) -> None:
    """Dimensions to split by, those only named, and things counted ("customers") that are named without a split."""
    last_end = -1
    for mention in [m for m in reading.mentions if m.dimensions and not m.values and not m.metrics]:
        if set(range(mention.start, mention.end)) <= reading.used:
            continue
        pair = both_ways(reading, mention.dimensions[0], mention.start, mention.end)
        if pair or (
            set(reading.by) & {f"to_{mention.dimensions[0]}"} and reading.word(mention.start - 1) in cues.WHICH
        ):
            reading.by += [one for one in pair if one not in reading.by]
            reading.use(mention.start, mention.end)
            continue
        name = in_role(reading, mention.dimensions[0], mention.start, mention.end)
        if _is_verb(reading, mention):
            reading.use(mention.start, mention.end)
            continue
        words = reading.words(mention.start, mention.end)
        if reading.lexicon.is_entity(words) and _is_modifier(reading, mention):
            reading.use(mention.start, mention.end)
            continue
        joined = mention.start > last_end or "," in reading.gap(mention.start)
        continued = last_end >= 0 and joined and all(w in _FROM_LIST for w in reading.words(last_end, mention.start))
        if continued or _asks_for_split(reading, mention):
            if name not in reading.by:
                reading.by.append(name)
            last_end = mention.end
            if len(mention.dimensions) > 1:
                label = reading.lexicon.model.dimension_label
                reading.notes.append(
                    f"{' '.join(words)!r} can also mean {label(mention.dimensions[1])}; taken as {label(name)}."
                )
        elif reading.lexicon.is_entity(words):
            reading.entities.append(name)
        elif name.startswith("is_"):
            reading.conditions.append(Filter(name, "=", _stored(reading, name)))
        elif name not in reading.bare:
            reading.bare.append(name)
        reading.use(mention.start, mention.end)


def _stored(reading: Reading, name: str) -> str:
    """The stored value of a yes-or-no field that its own name and synonyms speak of ("still open": open)."""
    one = reading.lexicon.model.filterable()[name]
    said = {s for p in (one.label, *one.synonyms) for s in stems(p)}
    stored = reading.lexicon.values.get(name, ())
    return next((v for v in stored if set(stems(v)) <= said), one.synonyms[0] if one.synonyms else one.label)


def _is_modifier(reading: Reading, mention: Mention) -> bool:
    """Whether a noun only qualifies the field right after it: "merchant tier", "ticket category"."""
    following = reading.mention_at(mention.end)
    if following is None or _is_verb(reading, following):
        return False
    return bool(following.dimensions) and not reading.gap(mention.end).strip(" '")


def _is_verb(reading: Reading, mention: Mention) -> bool:
    """ "Which account causes the most", "which area needed the most time", "as many as we open": a verb, no field."""
    if mention.end - mention.start != 1 or not mention.dimensions:
        return False
    if mention.dimensions[0].startswith("is_"):
        return reading.word(mention.start - 1) in _SUBJECTS
    verbal = mention.dimensions[0] == "root_cause" or reading.word(mention.start).endswith("ed")
    return verbal and reading.word(mention.end) in cues.DETERMINERS | _OBJECTS


def _asks_for_split(reading: Reading, mention: Mention) -> bool:
    """Whether a word for splitting or choosing stands before a dimension, or -wise after it."""
    if reading.word(mention.end) == "wise":
        return True
    i, steps = mention.start - 1, 0
    while i >= 0 and steps < 4:
        word = reading.word(i)
        if word in cues.BY or (word == "over" and _DISTRIBUTES & set(reading.words(0, i))):
            return True
        if word in cues.WHICH or word in cues.HIGH | cues.LOW | cues.BAD | cues.GOOD:
            return True
        small = (
            reading.lexicon.is_entity((word,))
            or word in cues.DETERMINERS
            or word in cues.NUMBER_WORDS
            or reading.tokens[i].is_number
        )
        if not small and word not in (
            "of",
            "our",
            "single",
            "kind",
            "kinds",
            "type",
            "types",
            "customer",
            "customers",
            "account",
            "ticket",
            "support",
            "common",
            "frequent",
            "popular",
        ):
            return False
        i, steps = i - 1, steps + 1
    return False


def read_rank(reading: Reading) -> None:
    """The order asked for, its direction and how many rows."""
    for i, token in enumerate(reading.tokens):
        word = token.word
        if word not in cues.RANKED or (i in reading.used and reading.mention_at(i) is None):
            continue
        inside = reading.mention_at(i)
        if inside is not None and inside.values:
            continue
        if word in ("most", "least", "best", "worst") and reading.word(i - 1) == "at":
            continue
        if word in ("most", "top") and reading.word(i + 1) in ("of", "recent", "recently", "likely"):
            continue
        direction = (
            "high"
            if word in cues.HIGH
            else "low"
            if word in cues.LOW
            else "bad"
            if word in cues.BAD
            else "good"
            if word in cues.GOOD
            else "high"
        )
        limit = _count(reading, i + 1) or _count(reading, i - 1) or _count_before_split(reading)
        if reading.rank is None or (limit and not reading.rank.limit):
            reading.rank = Rank(direction, limit, i)


def _count_before_split(reading: Reading) -> int | None:
    """ "Ten categories with most escalations": the number before what is split by."""
    for mention in reading.mentions:
        if mention.dimensions and mention.dimensions[0] in (*reading.by, *reading.bare, *reading.entities):
            found = _count(reading, mention.start - 1)
            if found:
                return found
    return None


def _count(reading: Reading, i: int) -> int | None:
    """A small whole number at an index, and marked as explained."""
    if not 0 <= i < len(reading.tokens) or i in reading.used or any(s <= i < e for s, e in reading.period_spans()):
        return None
    token = reading.tokens[i]
    number = cues.NUMBER_WORDS.get(token.word)
    if number is None and re.fullmatch(r"\d{1,3}", token.word):
        number = int(token.word)
    if not number:
        return None
    reading.use(i, i + 1)
    return number


def read_grain(reading: Reading) -> None:
    """A rank beside a unit of time is a split by it, unless the unit belongs to a period ("worst month", not "last month")."""
    if reading.grain is not None:
        return
    spans = reading.period_spans()
    for i, token in enumerate(reading.tokens):
        grain = _GRAIN_WORD.get(token.word.removesuffix("s"))
        if grain is None or any(s <= i < e for s, e in spans) or i in reading.used:
            continue
        before = reading.words(i - 3, i)
        if any(w in cues.WHICH or w in cues.RANKED for w in before):
            reading.grain = grain
            return
