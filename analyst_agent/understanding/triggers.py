"""Who wanted an escalation: "the customer asked for it", "demanded by a VIP". It is a value of the trigger, not a split by customers."""

from __future__ import annotations

from analyst_agent.understanding import cues
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading, ValueGroup
from analyst_agent.understanding.words import singular, word_set

TRIGGER = "trigger"
_ASK = word_set(
    "ask asks asked asking demand demands demanded demanding request requests requested requesting insist insists insisted want wants wanted push pushes pushed call calls called press presses pressed"
)
_SETS_OFF = word_set(
    "trigger triggers triggered start starts started initiate initiates initiated prompt prompts prompted provoke provoked"
)
_PASSIVE = _ASK | {"raised"}
_REQUESTS = word_set("request requests demand demands insistence wish")
_LINKS = cues.DETERMINERS | word_set(
    "who that has had have himself herself themselves themself itself explicitly actually really directly automatically"
)
_RAISES = word_set("raise raised start started trigger triggered")
_AGAINST = word_set("vs versus v and or than")
_WHAT_FOR = word_set("for on to it the an escalation escalations vs versus")


def read_triggers(reading: Reading) -> None:
    """Conditions on the trigger from a verb of asking and who does it, where escalations are what is asked for."""
    stored = {value.casefold(): value for value in reading.lexicon.values.get(TRIGGER, ())}
    if not stored or not any(t.word.startswith("escalat") for t in reading.tokens):
        return
    for i, token in enumerate(reading.tokens):
        value = stored.get(token.word) or stored.get(singular(token.word))
        if value is None or i in reading.used:
            continue
        span = _active(reading, i) or _passive(reading, i) or _request(reading, i)
        if span is None:
            continue
        start, end = span
        others = tuple(m for m in reading.mentions if not m.overlaps(i, i + 1) and not m.overlaps(start, end))
        # The verb names nothing more: "triggered by" asks for no cause.
        verb = [Mention(at, at + 1) for at in range(start, end) if at != i and reading.word(at) in _PASSIVE | _SETS_OFF]
        reading.mentions = tuple(sorted((*others, *verb), key=lambda m: m.start))
        reading.use(start, end)
        reading.groups.append(ValueGroup(TRIGGER, (value,), False, i, i + 1))
        _read_other(reading, end, stored)


def _read_other(reading: Reading, end: int, stored: dict[str, str]) -> None:
    """The one it is set against: "did agents raise vs customers"."""
    at = end + 1
    while reading.word(at) in cues.DETERMINERS:
        at += 1
    value = stored.get(reading.word(at)) or stored.get(singular(reading.word(at)))
    if reading.word(end) not in _AGAINST or value is None:
        return
    reading.mentions = tuple(m for m in reading.mentions if not m.overlaps(at, at + 1))
    reading.use(end, at + 1)
    reading.groups.append(ValueGroup(TRIGGER, (value,), False, at, at + 1))


def _active(reading: Reading, i: int) -> tuple[int, int] | None:
    """The span of "customer (who has) asked for"."""
    at = i + 1
    while reading.word(at) in _LINKS:
        at += 1
    asked = reading.word(i - 1) in ("did", "do") and reading.word(at) in _RAISES
    if (
        not (asked or reading.word(at) in _ASK | _SETS_OFF)
        or reading.gap(i + 1).strip()
        or reading.word(at + 1) == "by"
    ):
        return None
    last = at + 1
    if last < len(reading.tokens) and not (reading.word(last) in _WHAT_FOR or reading.word(last) in cues.PREPOSITIONS):
        return None
    while reading.word(last) in ("for", "on", "it"):
        last += 1
    return i, last


def _passive(reading: Reading, i: int) -> tuple[int, int] | None:
    """The span of "asked for by the customer"."""
    at = i - 1
    while reading.word(at) in cues.DETERMINERS:
        at -= 1
    if reading.word(at) != "by":
        return None
    verb = at - 1 - (reading.word(at - 1) in ("for", "on"))
    if reading.word(verb) == "escalated" and (at < i - 1 or reading.word(i).endswith("s")):
        # "Escalated by customers", "by the system"; "escalated by customer" asks for a split.
        return verb + 1, i + 1
    return (verb, i + 1) if reading.word(verb) in _PASSIVE else None


def _request(reading: Reading, i: int) -> tuple[int, int] | None:
    """The span of "at the request of a VIP"."""
    at = i - 1
    while reading.word(at) in cues.DETERMINERS:
        at -= 1
    return (at - 1, i + 1) if reading.word(at) == "of" and reading.word(at - 1) in _REQUESTS else None
