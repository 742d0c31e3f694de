"""The way of a hand-over from one team to another: "A -> B", "from A to B", "A to B handovers"."""

from __future__ import annotations

import itertools
import re

from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading

_ARROW = re.compile(r"[-=–—]{1,2}>|[→⇒➔➜⟶]|>{1,2}")
_HANDED = re.compile(
    r"\b(?:hand(?:ed|ing|s)?[ -]?(?:overs?|offs?|over|off|to)?|handovers?|handoffs?|escalat\w+|went|go(?:es|ing)?|sent|pass(?:ed|es)?|transfer\w*|forward\w*|mov(?:ed|es)|rerouted|bounced?)\b",
    re.IGNORECASE,
)
_NOUNS = frozenset(("handover", "handovers", "handoff", "handoffs", "hand", "transfer", "transfers"))
COUNTED = "escalated_ticket_count"


def read_ways(reading: Reading) -> None:
    """Narrows two neighbouring teams to sender and receiver where an arrow stands between them, or "to" and a word of handing over in the
    clause; the noun for it ("handovers") then is what is counted and no reason code."""
    _drop_what_is_handed(reading)
    valued = [m for m in reading.mentions if m.values]
    for first, second in itertools.pairwise(valued):
        names = [n.removeprefix("from_") for n, _ in first.values if n.startswith("from_")]
        pair = next((n for n in names if any(d == f"to_{n}" for d, _ in second.values)), None)
        if pair is None or not _is_way(reading, first, second):
            continue
        _narrow(reading, first, f"from_{pair}")
        _narrow(reading, second, f"to_{pair}")
        _count_handovers(reading)
        return


def _drop_what_is_handed(reading: Reading) -> None:
    """In "ticket handovers" it is hand-overs that are spoken of, and no number of tickets."""
    for mention in reading.mentions:
        single = mention.end - mention.start == 1 and mention.weak and not mention.values
        if single and reading.word(mention.end) in _NOUNS and not reading.word(mention.start).endswith("s"):
            reading.mentions = tuple(m for m in reading.mentions if m is not mention)
            reading.use(mention.start, mention.end)
            return


def _is_way(reading: Reading, first: Mention, second: Mention) -> bool:
    between = reading.text[reading.tokens[first.end - 1].end : reading.tokens[second.start].start]
    if _ARROW.search(between):
        return not re.search(r"\w", _ARROW.sub("", between))
    led = reading.word(first.start - 1) == "from" or reading.words(first.start - 2, first.start) == ("from", "the")
    return between.split() in (["to"], ["to", "the"], ["into"], ["on", "to"]) and (
        led or _HANDED.search(reading.text) is not None
    )


def _narrow(reading: Reading, mention: Mention, name: str) -> None:
    values = tuple(one for one in mention.values if one[0] == name)
    reading.replace_mention(mention, values=values, dimensions=())


def _count_handovers(reading: Reading) -> None:
    """ "Handovers" as the thing counted: escalations that went that way."""
    if COUNTED not in reading.lexicon.model.metrics:
        return
    for i, token in enumerate(reading.tokens):
        if token.word not in _NOUNS:
            continue
        end = i + 1 + (token.word == "hand" and reading.word(i + 1) in ("over", "overs", "off", "offs"))
        if token.word == "hand" and end == i + 1:
            continue
        reading.mentions = tuple(
            sorted([*(m for m in reading.mentions if not m.overlaps(i, end)), Mention(i, end, (COUNTED,), weak=True)], key=lambda m: m.start)
        )  # fmt: skip
        said = reading.text[token.start : reading.tokens[end - 1].end]
        reading.notes = [note for note in reading.notes if not note.startswith(f"Took {said!r}")]
        return
