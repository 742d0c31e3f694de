"""Which stored values a mention means where several are spelt alike, and what is said of a word that was read as another."""

from __future__ import annotations

from collections.abc import Sequence

from analyst_agent.semantic.synonyms import same_value
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import folded_words


def meant(mention: Mention, dimension: str, reading: Reading) -> list[str]:
    """The values of a mention in a dimension. Of several that differ only in signs ("C", "C++") the one spelt as in the question;
    of several that differ only in case, spaces or accents all, and it is said."""
    stored = [v for d, v in mention.values if d == dimension]
    if not mention.exact or mention.own or len(stored) < 2:
        return stored
    alike = [v for v in stored if folded_words(v) == folded_words(stored[0])]
    if len(alike) < 2:
        return stored[:1]
    start, end = reading.tokens[mention.start].start, reading.tokens[mention.end - 1].end
    while end < len(reading.text) and reading.text[end] in "+#*%$&/":
        end += 1
    while start > 0 and reading.text[start - 1] in ".#@/":
        start -= 1
    said = reading.text[start:end]
    spelt = [v for v in alike if same_value(said, v)] or alike
    if len(spelt) > 1:
        reading.notes.append(f"Taken together: {', '.join(spelt)}.")
    return spelt


def note_reading(reading: Reading, members: Sequence[Mention], dimension: str, values: Sequence[str]) -> None:
    """Says of a misspelt word, and of one of the workspace's own, what it was read as."""
    for mention in members:
        tokens = reading.tokens[mention.start : mention.end]
        said = reading.text[tokens[0].start : tokens[-1].end]
        found = [v for d, v in mention.values if d == dimension and v in values]
        if found and (mention.own or any(t.corrected for t in tokens)):
            label = reading.lexicon.model.dimension_label(dimension)
            reading.notes.append(f"Read {said!r} as {label} {' or '.join(found)}.")
