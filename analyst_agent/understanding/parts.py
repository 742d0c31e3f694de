"""Words that stand for values without being one: a part of a longer value, and the lack of one."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analyst_agent.understanding.lexicon import metric_phrases
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.words import folded_words, singular, stem, stems, word_set

_MOST_SHARED = 5


def _shared(found: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """The few values that one word is part of ("webhooks": Webhook Retries and Webhook Failures), in the dimensions that hold them all."""
    values = {v for _, v in found}
    if not 1 < len(values) <= _MOST_SHARED:
        return set()
    whole = {d for d, _ in found if {v for x, v in found if x == d} == values}
    return {(d, v) for d, v in found if d in whole}


_NO_VALUE = re.compile(
    r"\b(?:without|with no|no|unknown|missing|lacking|lack|unrecorded|undefined)\b(?: (?:an?|any|recorded|known|stated|given|clear|assigned))*$"
)


def read_unclassified(reading: Reading) -> None:
    """ "Without a recorded cause": what maps to no root cause is stored as unclassified; of another field it shows in a split by it."""
    for mention in reading.mentions:
        if not mention.dimensions or mention.values or mention.metrics:
            continue
        before = _NO_VALUE.search(" ".join(reading.words(mention.start - 4, mention.start)))
        after = reading.words(mention.end, mention.end + 3)
        blank = after[:2] in (("is", "missing"), ("is", "unknown")) or after[:3] == ("is", "not", "recorded")
        if before is None and not blank:
            continue
        start = mention.start - len(before[0].split()) if before else mention.start
        end = mention.end if before else mention.end + (3 if after[1] == "not" else 2)
        reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(start, end))
        reading.use(start, end)
        name = mention.dimensions[0]
        if name == "root_cause":
            reading.groups.append(ValueGroup(name, ("unclassified",), False, start, end))
        elif name not in reading.by:
            reading.by.append(name)
            label = reading.lexicon.model.dimension_label(name)
            reading.notes.append(f"Given by {label}: those without one are the row 'not recorded'.")
        return


def _words_of_metrics(reading: Reading) -> frozenset[str]:
    return frozenset(
        s for m in reading.lexicon.model.metrics.values() for phrase in metric_phrases(m) for s in stems(phrase)
    )


def read_parts(reading: Reading, runs: Sequence[tuple[int, int]]) -> None:
    """A word that is part of exactly one value ("Europe" of "UK & Europe") stands for it; a note says so."""
    added: list[Mention] = []
    measured = _words_of_metrics(reading)
    for start, end in runs:
        if end - start == 1 and reading.tokens[start].stem in measured and not reading.tokens[start].capital:
            # "An hour of handling": a word of a measure is no part of a code such as TRN-HANDLING.
            continue
        found: set[tuple[str, str]] | None = None
        for token in reading.tokens[start:end]:
            here = reading.lexicon.parts.get(singular(token.word), set())
            found = here if found is None else found & here
        if not found and end - start == 1 and reading.tokens[start].capital:
            # The first word of exactly one name among thousands.
            named = reading.lexicon.names.get(reading.tokens[start].word, ())
            found = {(e.name, e.value) for e in named} if len(named) == 1 else None
        shared = _shared(found or set())
        if shared:
            ordered = sorted(shared, key=lambda one: (reading.lexicon.ranks.get(one[0], 99), one))
            added.append(Mention(start, end, values=tuple(ordered), exact=False))
            said = reading.text[reading.tokens[start].start : reading.tokens[end - 1].end]
            names = list(dict.fromkeys(v for _, v in ordered))
            reading.notes.append(f"Took {said!r} as {', '.join(names[:-1])} and {names[-1]}.")
        elif found and len({value for _, value in found}) == 1:
            value = next(iter(found))[1]
            ranks = reading.lexicon.ranks
            holders = tuple((d, v) for d, v in sorted(found, key=lambda one: (ranks.get(one[0], 99), one)))
            added.append(Mention(start, end, values=holders, exact=False))
            said = reading.text[reading.tokens[start].start : reading.tokens[end - 1].end]
            reading.notes.append(f"Took {said!r} as {value}.")
    reading.mentions = tuple(sorted((*reading.mentions, *added), key=lambda m: m.start))


_BECAUSE = word_set("because due since")
_ROOT_CAUSE = "root_cause"


def read_reasons(reading: Reading) -> None:
    """ "Because our people were not trained": behind "because" a form of the first word of a cause ("training gap") stands for it."""
    words = reading.words(0, len(reading.tokens))
    begin = next((i for i, word in enumerate(words) if word in _BECAUSE or words[i : i + 2] == ("for", "lack")), None)
    if begin is None or any(group.dimension == _ROOT_CAUSE for group in reading.groups):
        return
    told = {
        stem(folded_words(value)[0]): value
        for value in reading.lexicon.values.get(_ROOT_CAUSE, ())
        if value != "unclassified"
    }
    for i in range(begin + 1, len(words)):
        value = told.get(reading.tokens[i].stem)
        if value is None or i in reading.used or reading.mention_at(i) is not None:
            continue
        reading.use(i, i + 1)
        reading.groups.append(ValueGroup(_ROOT_CAUSE, (value,), False, i, i + 1))
        reading.notes.append(
            f"Took {reading.tokens[i].text!r} as {reading.lexicon.model.dimension_label(_ROOT_CAUSE)} {value}."
        )
        return
