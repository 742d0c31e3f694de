"""Words that can only be meant as a value and are none here: they are asked about, never passed over as everyday adjectives."""

from __future__ import annotations

from analyst_agent.understanding.reading import Reading, Unknown
from analyst_agent.understanding.words import word_set

_DEGREES = word_set("high higher low lower medium normal moderate major minor urgent critical blocker top")
_LEFTOVERS = word_set("other others general misc miscellaneous unknown")
_SINGLES = word_set("the in for of from")
_SCALED = ("priority",)


def read_absent(reading: Reading) -> None:
    """A workspace's word whose values the data do not have."""
    words = reading.words(0, len(reading.tokens))
    for phrase, one in reading.lexicon.absent:
        for i in range(len(words) - len(phrase) + 1):
            if words[i : i + len(phrase)] == phrase:
                said = reading.text[reading.tokens[i].start : reading.tokens[i + len(phrase) - 1].end]
                reading.unknown.append(Unknown(said, "value", i, i + len(phrase), one.field))
                reading.use(i, i + len(phrase))


def read_scales(reading: Reading) -> None:
    """ "High priority" where priorities are P1 to P4, "category other" where there is none of that name."""
    for mention in reading.mentions:
        here = [d for d in mention.dimensions if reading.lexicon.values.get(d)]
        if not here or mention.values or mention.metrics:
            continue
        before, after = mention.start - 1, mention.end
        is_degree = here[0] in _SCALED and reading.word(before) in _DEGREES and reading.mention_at(before) is None
        is_leftover = reading.word(before) in _LEFTOVERS and reading.word(before - 1) in _SINGLES
        if is_degree or (is_leftover and _is_single(reading, mention.end)):
            _unknown(reading, before, before, mention.end, here[0])
        elif (
            reading.word(after) in _LEFTOVERS
            and reading.word(after + 1) != "than"
            and reading.mention_at(after) is None
        ):
            _unknown(reading, after, mention.start, after + 1, here[0])


def _is_single(reading: Reading, end: int) -> bool:
    """ "The other category" is one that is called so; "the other categories" are all but those named."""
    return not reading.tokens[end - 1].text.lower().endswith("s")


def _unknown(reading: Reading, at: int, start: int, end: int, dimension: str) -> None:
    reading.unknown.append(Unknown(reading.tokens[at].text, "value", start, end, dimension))
    reading.use(start, end)
