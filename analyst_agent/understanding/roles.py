"""Who does what in a clause: the team that escalates, the team that receives, and the person behind "who"."""

from __future__ import annotations

from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

_HANDS_OVER = word_set(
    "escalate escalates escalated escalating hand hands handed pass passes passed forward forwards forwarded send sends sent"
)
_RECEIVES = word_set("receive receives received receiving get gets got getting inherit inherits inherited absorb absorbs absorbed acknowledge acknowledges acknowledged")  # fmt: skip
_AUXILIARY = word_set("does do did has have had will would usually often mostly to")
_PASSIVE = word_set("is are was were be been being get gets got getting")
WORKS = word_set("handle handles handled work works worked working resolve resolves resolved close closes closed solve solves solved touch touches touched")  # fmt: skip


def role_of(reading: Reading, start: int, end: int) -> str | None:
    """ "from" where the thing named at a span escalates or hands over, "to" where it receives, None where it only holds tickets."""
    if "'" in reading.gap(end):
        # "Which team's tickets get escalated": the tickets' team.
        return None
    leading = [w for w in reading.words(0, start) if w not in ("the", "our", "a", "which", "what", "team")]
    led_by, earlier = (leading[-1], set(leading[:-1])) if leading else ("", set())
    if led_by in ("to", "from") and (earlier & _HANDS_OVER or any(w.startswith("escalat") for w in earlier)):
        return led_by
    if led_by == "by" and leading[-2:-1] and leading[-2] in _HANDS_OVER | _RECEIVES:
        return "from" if leading[-2] in _HANDS_OVER else "to"
    i = end
    while reading.word(i) in _AUXILIARY:
        i += 1
    verb = reading.word(i)
    if verb in _RECEIVES:
        # "Gets escalated" is done to its tickets, "gets the escalations" is what it receives.
        return None if verb in _PASSIVE and reading.word(i + 1) in _HANDS_OVER else "to"
    if verb in _HANDS_OVER and not (set(reading.words(end, i)) & _PASSIVE):
        return "from"
    rest = reading.words(end, len(reading.tokens))
    return "to" if any(w.startswith("acknowledg") for w in rest) else None


def in_role(reading: Reading, name: str, start: int, end: int) -> str:
    """The dimension of the role that a thing plays, where the model has one for it ("team": "from_team"), else the dimension itself."""
    role = role_of(reading, start, end)
    wanted = f"{role}_{name}"
    return wanted if role is not None and wanted in reading.lexicon.model.dimensions() else name


def both_ways(reading: Reading, name: str, start: int, end: int) -> tuple[str, ...]:
    """The sender and the receiver of a thing named once or twice: "between which teams", "from which group to which group"; else nothing.

    Only an escalation tells both; what else is handed over is told by the skill of the teams' load.
    """
    pair = (f"from_{name}", f"to_{name}")
    if not set(pair) <= set(reading.lexicon.model.dimensions()):
        return ()
    words = reading.words(0, len(reading.tokens))
    asked = reading.words(start - 3, start)
    between = "between" in asked and any(word.startswith("escalat") for word in words)
    ways = asked[-2:-1] == ("from",) and any(
        words[i] == "to" and words[i + 1] in _ASKS for i in range(end, len(words) - 1)
    )
    return pair if between or (ways and asked[-1:] and asked[-1] in _ASKS) else ()


_ASKS = word_set("which what")


def is_handed_over(name: str) -> bool:
    """Whether a dimension tells the sender or receiver of an escalation, of which there is one for each escalation and none for a ticket."""
    return name.startswith(("from_", "to_"))


def worker(reading: Reading) -> str | None:
    """ "Who handled the most": the person who works on tickets; also "who on Billing Desk ..."."""
    words = reading.words(0, len(reading.tokens))
    if "who" not in words or "agent" not in reading.lexicon.model.dimensions():
        return None
    after = words[words.index("who") + 1 :]
    member = (
        after[:1]
        and after[0] in ("on", "in", "at", "from", "of")
        and any("team" in g.dimension for g in reading.groups)
    )
    return "agent" if member or set(after[:3]) & WORKS else None
