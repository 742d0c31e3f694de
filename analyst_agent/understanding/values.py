"""Values in a clause: groups of them, the dimension they are meant in, negation, ranges, codes and words that stand for one value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from analyst_agent.records import Filter, Plan
from analyst_agent.understanding import cues
from analyst_agent.understanding.flows import is_flow
from analyst_agent.understanding.meant import meant, note_reading
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading, Unknown, ValueGroup
from analyst_agent.understanding.roles import role_of
from analyst_agent.understanding.words import singular, word_set

ASKS_SHARE = re.compile(
    r"\b(?:share|percentage|percent|proportion|portion|part of|fraction|how often)\b|%", re.IGNORECASE
)
_JOINTS = word_set(
    "and or nor the in from for plus versus vs v than to with of against a an our customers accounts tickets escalations as well compared our ones"
)
_MAY_STAND_BETWEEN = word_set("in from for by through via of with")
_ENDED = word_set("end ends ended ending resolved solved closed fixed settled finished")
_LINKS = word_set("is are was were of equals equal the a an named called as")


def read_codes(reading: Reading) -> None:
    """ "priority 1", "level 2 and 3", "category 42 and 26": a dimension's name, or a value, and a number that one of its values carries."""
    added: list[Mention] = []
    spans = reading.period_spans()
    for mention in reading.mentions:
        i = mention.end
        dimensions = mention.dimensions or _numbered(mention, reading)
        while dimensions and i < len(reading.tokens):
            token = reading.tokens[i]
            if (
                token.word in ("and", "or", "is", "to")
                and i + 1 < len(reading.tokens)
                and reading.tokens[i + 1].is_number
            ):
                i += 1
                continue
            said_in_words = i == mention.end and token.word in cues.NUMBER_WORDS and bool(mention.dimensions)
            if not (token.is_number or said_in_words) or reading.mention_at(i) or any(s <= i < e for s, e in spans):
                break
            number = str(cues.NUMBER_WORDS.get(token.word, token.word)).lstrip("0") or "0"
            values = tuple((d, v) for d in dimensions if (v := reading.lexicon.codes.get((d, number))))
            if not values:
                coded = any(c.isdigit() for d in dimensions for v in reading.lexicon.values.get(d, ()) for c in v)
                if coded and i == mention.end and token.is_number:
                    said = reading.text[reading.tokens[mention.start].start : token.end]
                    reading.unknown.append(Unknown(said, "value", mention.start, i + 1))
                    reading.use(mention.start, i + 1)
                break
            added.append(Mention(i, i + 1, values=values))
            i += 1
    reading.mentions = tuple(sorted((*reading.mentions, *added), key=lambda m: m.start))


def _numbered(mention: Mention, reading: Reading) -> tuple[str, ...]:
    """The dimensions of a value that ends in a number, after which "and 26" may name another."""
    ends = reading.tokens[mention.end - 1].is_number and mention.end - mention.start > 1
    follows = reading.word(mention.end) in ("and", "or")
    return tuple(dict.fromkeys(d for d, _ in mention.values)) if ends and follows else ()


def read_values(reading: Reading, previous: Plan | None) -> None:
    """Group the value mentions and settle what each is a value of."""
    settled = [m for m in reading.mentions if m.values and _is_value(m, reading)]
    for mention in reading.mentions:
        if mention.values and mention not in settled:
            reading.replace_mention(mention, values=())
    settled = [_of_field_beside(reading, m) for m in settled]
    groups: list[list[Mention]] = []
    for mention in settled:
        if groups and _joined(reading, groups[-1][-1], mention) and _common([*groups[-1], mention]):
            groups[-1].append(mention)
        else:
            groups.append([mention])
    besides = [_beside(reading, g[0].start, g[-1].end, set(_common(g))) for g in groups]
    for members, beside in zip(groups, besides, strict=True):
        elsewhere = [b for b in besides if b is not None and b is not beside]
        _settle_group(reading, members, beside, elsewhere, previous)


def _of_field_beside(reading: Reading, mention: Mention) -> Mention:
    """ "Billing team": the one team with that word in its name, rather than the product area Billing."""
    following = reading.mention_at(mention.end)
    if (
        following is None
        or mention.end - mention.start > 1
        or {d for d, _ in mention.values} & set(following.dimensions)
    ):
        return mention
    parts = reading.lexicon.parts.get(singular(reading.word(mention.start)), set())
    found = sorted((d, v) for d, v in parts if d in following.dimensions)
    if len(found) != 1:
        return mention
    reading.notes.append(f"Took {reading.tokens[mention.start].text!r} as {found[0][1]}.")
    changed = replace(mention, values=tuple(found), exact=False)
    reading.mentions = tuple(changed if m is mention else m for m in reading.mentions)
    return changed


def _is_value(mention: Mention, reading: Reading) -> bool:
    """Whether a span that could also name a metric or dimension is meant as a value."""
    if mention.own:
        return True
    if is_flow(reading, mention):
        return False
    if reading.word(mention.start - 1) in ("known", "documented"):
        return False
    if reading.words(mention.start - 2, mention.start) in (("what", "is"), ("what", "was")) and not (
        mention.dimensions or reading.tokens[mention.start].capital or reading.tokens[mention.start].quoted
    ):
        # "What is new" asks for news, not for the tickets of that status.
        return False
    participle = reading.word(mention.start).endswith("ed") and mention.end - mention.start == 1
    if participle and reading.word(mention.start - 1) in ("until", "till", "before"):
        # "The time until resolved": an event, no state.
        return False
    if participle and reading.word(mention.end) in cues.DETERMINERS | {"most", "more", "fewest", "least", "fewer"}:
        # "Which agent resolved the most": what was done, no state.
        return False
    if participle and ASKS_SHARE.search(reading.text) is not None:
        return True
    if participle and reading.word(mention.start - 1) in (
        "is",
        "are",
        "was",
        "were",
        "been",
        "being",
        "be",
        "get",
        "gets",
        "got",
        "who",
    ):
        return bool(_beside(reading, mention.start, mention.end, {d for d, _ in mention.values}, mention))
    if not (mention.metrics or mention.dimensions or mention.fields):
        return True
    if _beside(reading, mention.start, mention.end, {d for d, _ in mention.values}, mention):
        return True
    booleans = bool(mention.dimensions) and all(d.startswith("is_") for d in mention.dimensions)
    if mention.dimensions and booleans and not mention.metrics and not mention.fields:
        return True
    token = reading.tokens[mention.start]
    entity = reading.lexicon.is_entity(reading.words(mention.start, mention.end))
    return mention.exact and not entity and (token.capital or token.quoted)


def _beside(reading: Reading, start: int, end: int, names: set[str], itself: Mention | None = None) -> Mention | None:
    """A mention of one of these dimensions directly before or after a span."""
    for mention in reading.mentions:
        if mention is itself or not set(mention.dimensions) & names or (mention.values and not mention.dimensions):
            continue
        between = range(mention.end, start)
        links = _LINKS | {"by"} if reading.word(mention.end - 1).endswith("ed") else _LINKS
        if mention.end <= start and len(between) <= 2 and all(reading.word(i) in links for i in between):
            # "Triggered by the customer": the participle of a field, and who did it.
            return mention
        if mention.start == end and "," not in reading.gap(end):
            return mention
    return None


def _joined(reading: Reading, first: Mention, second: Mention) -> bool:
    between = reading.words(first.end, second.start)
    if between == ("to",) and any(d.startswith("to_") for d, _ in second.values):
        # "From Frontline to Billing": a way from one to the other.
        return False
    stops = re.search(r"[.;:?!]", reading.text[reading.tokens[first.end - 1].end : reading.tokens[second.start].start])
    return len(between) <= 4 and not stops and all(w in _JOINTS for w in between)


def _common(members: Sequence[Mention]) -> list[str]:
    """Dimensions that hold a value of every member, best first."""
    return [
        d
        for d in dict.fromkeys(d for d, _ in members[0].values)
        if all(any(d == x for x, _ in m.values) for m in members)
    ]


def _settle_group(
    reading: Reading, members: list[Mention], beside: Mention | None, elsewhere: list[Mention], previous: Plan | None
) -> None:
    """Choose the dimension of a group: the one named beside it, named elsewhere in the clause, under discussion, else the best ranked."""
    start, end = members[0].start, members[-1].end
    candidates = _common(members)
    free = [m for m in reading.mentions if m not in members and m not in elsewhere]
    named = [d for m in free for d in m.dimensions if d in candidates]
    under_discussion = [] if previous is None else [*previous.by, *(f.field for f in previous.where)]
    role = role_of(reading, start, beside.end if beside is not None else end)
    pointed = (
        [d for d in candidates if d.startswith(f"{role}_")]
        or [d for d in candidates if d == "resolution_type" and _is_outcome(reading, start)]
        or [d for d in (beside.dimensions if beside else ()) if d in candidates]
        or named
        or [d for d in under_discussion if d in candidates]
    )
    dimension = pointed[0] if pointed else candidates[0]
    others = () if pointed else tuple(candidates[1:])
    values = tuple(dict.fromkeys(v for m in members for v in meant(m, dimension, reading)))
    chosen = len(members) == 1 and len(values) > 1 and reading.word(start - 1) in cues.WHICH | cues.BY
    if beside is not None and not chosen:
        reading.replace_mention(beside, dimensions=())
        reading.use(beside.start, beside.end)
    if len(members) == 2 and _is_range(reading, members[0], members[1]):
        values = _range(values, reading.lexicon.values.get(dimension, ()))
    note_reading(reading, members, dimension, values)
    negated = _is_negated(reading, min(start, beside.start) if beside else start)
    reading.use(start, end)
    reading.groups.append(ValueGroup(dimension, values, negated, start, end, others))


def _is_outcome(reading: Reading, start: int) -> bool:
    """ "Ended in a refund", "closed with a workaround": how it was resolved."""
    led = [w for w in reading.words(start - 4, start) if w not in cues.DETERMINERS]
    return len(led) > 1 and led[-1] in ("in", "with", "by", "as", "through", "via") and led[-2] in _ENDED


def _is_range(reading: Reading, first: Mention, second: Mention) -> bool:
    between = reading.words(first.end, second.start)
    gap = reading.text[reading.tokens[first.end - 1].end : reading.tokens[second.start].start].strip()
    return between in (("to",), ("through",)) or gap in ("-", "–", "…", "..")


def _range(ends: tuple[str, ...], stored: Sequence[str]) -> tuple[str, ...]:
    """All stored values between two coded ones: P1 to P3 is P1, P2, P3."""

    def number(value: str) -> int | None:
        digits = re.findall(r"\d+", value)
        return int(digits[0]) if len(digits) == 1 else None

    numbers = [n for v in ends if (n := number(v)) is not None]
    if len(numbers) != 2:
        return ends
    return tuple(
        sorted(
            (v for v in stored if (n := number(v)) is not None and min(numbers) <= n <= max(numbers)),
            key=lambda v: number(v) or 0,
        )
    )


def _is_negated(reading: Reading, start: int) -> bool:
    """Whether a word of exclusion governs the group that begins here, also across "and" from an excluded group before it."""
    i = start - 1
    while i >= start - 4 and i >= 0:
        word = reading.word(i)
        if word in cues.NEGATIONS or (reading.word(i - 1), word) in cues.NEGATION_PAIRS:
            return True
        if word in ("and", "or", "nor") and i == start - 1:
            return any(g.negated and g.end == i for g in reading.groups)
        if i == start - 1 and "," in reading.gap(start) and any(g.negated and g.end == start for g in reading.groups):
            return True
        if word not in cues.DETERMINERS and word not in _MAY_STAND_BETWEEN:
            return False
        i -= 1
    return False


def ambiguity_notes(reading: Reading) -> list[str]:
    """A sentence for each value that several dimensions hold and nothing in the question told apart."""
    notes = []
    for group in reading.groups:
        if group.others:
            label = reading.lexicon.model.dimension_label
            also = ", ".join(label(o) for o in group.others)
            notes.append(f"{', '.join(group.values)} is also a value of {also}; taken as {label(group.dimension)}.")
    return notes


def merge_filters(old: Sequence[Filter], new: Sequence[Filter], adding: bool) -> tuple[Filter, ...]:
    """Filters under discussion changed by new ones: a new condition on a field replaces the old one there, or joins it when adding."""
    merged = list(old)
    for one in new:
        same = [f for f in merged if f.field == one.field and (_sign(f) == _sign(one) or _sign(one) == "+")]
        if adding and same and _sign(one) == _sign(same[0]) and one.op in ("=", "in", "!=", "not in"):
            values = tuple(dict.fromkeys([*_values(same[0]), *_values(one)]))
            merged[merged.index(same[0])] = replace(one, op="in" if _sign(one) == "+" else "not in", value=values)
            continue
        if _sign(one) == "-":
            merged = _without(merged, one)
        merged = [f for f in merged if f not in same]
        if _sign(one) == "-" and same and one.op in ("!=", "not in"):
            values = tuple(dict.fromkeys([*_values(same[0]), *_values(one)]))
            merged.append(
                replace(one, op="not in" if len(values) > 1 else "!=", value=values if len(values) > 1 else values[0])
            )
            continue
        merged.append(one)
    return tuple(merged)


def _without(filters: Sequence[Filter], unwanted: Filter) -> list[Filter]:
    """Positive filters on the field lose the values that are now unwanted; one that would hold nothing goes."""
    kept = []
    for one in filters:
        if one.field == unwanted.field and _sign(one) == "+":
            values = tuple(v for v in _values(one) if v not in _values(unwanted))
            if values:
                kept.append(
                    replace(one, op="=" if len(values) == 1 else "in", value=values[0] if len(values) == 1 else values)
                )
            continue
        kept.append(one)
    return kept


def _sign(one: Filter) -> str:
    return {"=": "+", "in": "+", "!=": "-", "not in": "-"}.get(one.op, one.op)


def _values(one: Filter) -> tuple[object, ...]:
    return tuple(one.value) if isinstance(one.value, tuple) else (one.value,)
