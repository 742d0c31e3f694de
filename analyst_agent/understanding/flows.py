"""What comes in and what goes out: "new tickets" came in, "tickets closed in October" went out. Neither is the status of that name."""

from __future__ import annotations

from analyst_agent.understanding import cues
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

_NEW = word_set("new fresh incoming")
_ARRIVES = word_set("came come comes coming arrived arrives arrive arriving landed")
_ANYTHING = word_set("anything something nothing everything")
_ENDS = word_set(
    "close closes closed closing resolve resolves resolved resolving solve solves solved solving finish finishes finished complete completes completed"
)
_BEGINS = word_set(
    "open opens opened opening create creates created creating receive receives received raised arrived arrive incoming inflow new came in"
)
_SUBJECTS = word_set("we they you i team teams agents desk anyone everyone people")
_BE = word_set("is are was were be been being still currently already not")
_AGAINST = word_set("versus vs v against than as")


def is_flow(reading: Reading, mention: Mention) -> bool:
    """Whether a word that is also a status says what came or went. Written with a capital, quoted, or beside the field's name it is the status."""
    token = reading.tokens[mention.start]
    if mention.end - mention.start != 1 or token.capital or token.quoted or _is_beside_its_field(reading, mention):
        return False
    if token.word in _NEW and reading.word(mention.start - 1) in _ANYTHING:
        return True
    if token.word in _NEW:
        thing = reading.mention_at(mention.end)
        while thing is not None and thing.values and not thing.metrics:
            # "New Enterprise tickets".
            thing = reading.mention_at(thing.end)
        came = reading.word(mention.start - 1) in _ARRIVES or reading.words(mention.start - 2, mention.start)[:1] == (
            "came",
        )
        return came or (thing is not None and bool(thing.metrics) and thing.weak)
    return is_finishing(reading, mention.start) or (token.word in _ENDS and sets_flows_against(reading))


def is_finishing(reading: Reading, i: int) -> bool:
    """Whether a word is the verb of ending work on tickets: "tickets closed in October", "did we close", not "tickets are closed"."""
    word = reading.word(i)
    if word not in _ENDS:
        return False
    before = reading.word(i - 1)
    if before in _SUBJECTS:
        return True
    thing = reading.mention_at(i - 1)
    counted = thing is not None and thing.end == i and bool(thing.metrics) and thing.weak and not reading.gap(i).strip()
    when = reading.word(i + 1) in cues.PREPOSITIONS | {
        "last",
        "this",
        "since",
        "yesterday",
        "today",
        "per",
        "each",
        "every",
        "by",
    } or i + 1 == len(reading.tokens)
    return word.endswith("ed") and counted and when and not _is_escalated(thing, reading)


def _is_escalated(thing: Mention | None, reading: Reading) -> bool:
    """Whether escalated tickets are meant, whose resolution is a state of each."""
    model = reading.lexicon.model
    return thing is not None and any(model.metrics[name].dataset != "ticket" for name in thing.metrics[:1])


def sets_flows_against(reading: Reading) -> bool:
    """ "Closed versus opened", "as many closed as opened": what went out beside what came in."""
    words = reading.words(0, len(reading.tokens))
    return any(w in _ENDS for w in words) and any(w in _BEGINS for w in words) and bool(_AGAINST & set(words))


def counted_as_finished(reading: Reading, metrics: tuple[str, ...], base: str, finished: str) -> tuple[str, ...]:
    """The tickets that went out in a period are counted by their resolutions. base, finished: the metrics of tickets and resolutions."""
    if metrics != (base,) or not any(is_finishing(reading, i) for i in range(len(reading.tokens))):
        return metrics
    if sets_flows_against(reading):
        return (base, finished)
    said = next(t.text for i, t in enumerate(reading.tokens) if is_finishing(reading, i))
    label = reading.lexicon.model.metrics[finished].label
    reading.notes.append(
        f"Read {said!r} as what was done in the period: its {label} are counted; for the state of tickets ask by status."
    )
    return (finished,)


def _is_beside_its_field(reading: Reading, mention: Mention) -> bool:
    names = {name for name, _ in mention.values}
    near = (reading.mention_at(mention.start - 1), reading.mention_at(mention.end))
    return any(m is not None and not m.values and set(m.dimensions) & names for m in near)
