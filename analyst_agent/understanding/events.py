"""Events that stand in for a date ("after release 31.3", "since the reorg"): where nothing says when they were, no days are taken from them."""

from __future__ import annotations

import re
from dataclasses import replace

from analyst_agent.records import Intent, Plan
from analyst_agent.understanding import cues, refusals
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

_WHEN = word_set("after since before following until till post")
_TWO = (("prior", "to"), ("ahead", "of"), ("ever", "since"), ("as", "of"), ("because", "of"), ("due", "to"))
_TIMES_ONLY = frozenset((("because", "of"), ("due", "to")))
_LIFE = word_set(
    "creation created create creating opening opened open arrival arrived escalation escalations escalated escalate escalates escalating resolution "
    "resolved resolve resolving solved solve closing closed close closure reopening reopened response responded answered answer reply replied replies contact "
    "contacted acknowledgement acknowledged acknowledge acknowledging ack pick picks picked respond reply answering assignment assigned reassignment reassigned handover handovers transfer handed bounced onboarding onboarded signup "
    "sign joining joined renewal breach breached breaching fix fixed fixes workaround ticket tickets case cases it they them that then this those these seen "
    "adjusting adjusted adjustment controlling controlled accounting correcting correction allowing removing beginning start began begin begins started inception outset hand"
)
"""What happens to every ticket or customer, at a time of its own; or points to days that were said."""
_ENDS = word_set("in on for by per during with and or vs versus than at over among across within but compared against from is are was were do does did has have had how what which who")  # fmt: skip
_UNITS = word_set("minute minutes min mins hour hours hrs h day days week weeks month months quarter quarters year years time times while moment ages long")  # fmt: skip
_ABOUT = word_set("mid early late middle end about around roughly")
_SEASONS = word_set("spring summer autumn fall winter")
_NEW = re.compile(
    r"\b(?:new|appear\w*|emerg\w*|unusual|unexpected|weird|strange|pop\w*|not seen|never seen|kinds? of)\b"
)
_CHANGED = re.compile(
    r"\b(?:better|worse|improv\w*|worsen\w*|(?:go|went|gone|going|come|came) (?:up|down)|drop\w*|ris(?:e|en|ing)|rose|fall(?:en|ing)?|fell|increas\w*|decreas\w*|declin\w*|chang\w*|more|fewer|less)\b"
)
_NEWS_SKILL, _COURSE_SKILL = "emerging_issues", "escalation_trend"


def read_event(reading: Reading) -> None:
    """Keeps the words of such an event: what follows a word of time and is no date, span or step in a ticket's life."""
    taken = {i for start, end in reading.period_spans() for i in range(start, end)} | reading.clock_words
    issues = {i for start, end in reading.issue_spans for i in range(start, end)}
    for i, token in enumerate(reading.tokens):
        if i in taken or (token.word not in _WHEN and reading.words(i, i + 2) not in _TWO):
            continue
        if reading.word(i + 1) in ("and", "or") and reading.word(i + 2) in _WHEN:
            continue
        start = i + (1 if token.word in _WHEN and reading.words(i, i + 2) not in _TWO else 2)
        inside = _phrase(reading, start, taken)
        words = [reading.word(j) for j in inside]
        if not inside or set(inside) & issues or set(words) & (_LIFE | _UNITS):
            continue
        if reading.words(i, i + 2) in _TIMES_ONLY or not any(_names(reading, j) for j in inside):
            continue
        reading.event = reading.text[reading.tokens[start].start : reading.tokens[inside[-1]].end]
        reading.used.update((i, *inside))
        reading.mentions = tuple(m for m in reading.mentions if not any(m.start <= j < m.end for j in inside))
        return


def _phrase(reading: Reading, start: int, taken: set[int]) -> list[int]:
    """The tokens up to a period, a mark or a word that leads on."""
    found: list[int] = []
    for j in range(start, len(reading.tokens)):
        marked = bool(found) and bool(reading.gap(j).strip(" '\"-"))
        if j in taken or marked or (found and reading.word(j) in _ENDS | cues.POLITE):
            break
        found.append(j)
    return found


def _names(reading: Reading, j: int) -> bool:
    """Whether a word names something: it is not one that only shapes a question."""
    token = reading.tokens[j]
    return token.word not in cues.OFFICE | _ABOUT and (
        not cues.is_generic(token.word) or reading.mention_at(j) is not None
    )


def told_of_event(plan: Plan, reading: Reading) -> Plan:
    """The plan, refused where its numbers would be taken for those after an event of which no date is known. What is new is told without."""
    if not reading.event or plan.intent not in (Intent.SKILL, Intent.QUERY, Intent.CLARIFY):
        return plan
    if "should" in reading.cues and plan.intent is not Intent.QUERY:
        return plan
    text = reading.text.lower()
    is_news = plan.skill == _NEWS_SKILL and _NEW.search(text) and not _CHANGED.search(text)
    if is_news or (plan.skill == _COURSE_SKILL and reading.event in _SEASONS):
        note = f"No date is known of {reading.event!r}: the days are not taken from it."
        return replace(plan, notes=(*plan.notes, note))
    return refusals.refuse(
        f"I know no date of {reading.event!r}, so I cannot tell what came before and after it; name the day, for example: since 5 October 2026, or October against September 2026."
    )
