"""Requests to change or send something, however they are put, and what they are about: the analyst only reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from analyst_agent.understanding import cues
from analyst_agent.understanding.options import id_spans
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.words import word_set

_MAILS = word_set(
    "send email mail forward share publish post notify message call reply respond schedule inform text phone ring ping dm"
)
_TO_PEOPLE = word_set("inform text phone ring ping dm")
"""Verbs that are also nouns or names of channels: what is asked is an action only where people are its object."""
_PEOPLE = word_set(
    "customer customers client clients account accounts people everyone everybody somebody someone agent agents team teams lead leads manager managers boss owner owners user users "
    "requester requesters contact contacts them him her"
)
_PERSONS = ("account", "agent", "csm", "team")
_SOMEBODY = word_set("somebody someone anybody anyone")
_DONE = {
    "set": "set", "put": "put", "marked": "mark", "flagged": "mark", "closed": "close", "reopened": "reopen", "deleted": "delete", "removed": "remove",
    "renamed": "rename", "assigned": "assign", "reassigned": "reassign", "changed": "change", "updated": "update", "edited": "edit", "resolved": "resolve",
    "merged": "merge", "escalated": "escalate", "deescalated": "deescalate", "sent": "send", "mailed": "mail", "emailed": "email", "forwarded": "forward",
    "moved": "move", "archived": "archive", "created": "create", "added": "add", "refunded": "refund", "approved": "approve", "cancelled": "cancel",
}  # fmt: skip
_CHANGES = word_set(
    "delete remove change update edit modify close reopen assign reassign add set reset cancel merge approve refund escalate deescalate resolve transfer move mark rename put flag archive insert"
)
_ON_RECORDS = cues.ACTIONS | {"put", "flag", "archive", "move"}
_POLITE = cues.POLITE | word_set(
    "somebody someone anybody anyone have has it that be able possible is are do there a way of how where get make sure both"
)
_ASKING = word_set(
    "how what which when where who whose why is are was were do does did may must should has have show give list tell"
)
_OBJECTS = cues.DETERMINERS | word_set("it them me us him her everyone everybody all")
_MODAL = word_set("can could should must may needs need has have ought please will shall want wants like get to")
_NO_ORDERS = frozenset((("close", "to"), ("set", "off"), ("set", "against"), ("set", "apart")))
_BESIDE = re.compile(r"\b(?:beside|against|next to|alongside|side by side)\b", re.IGNORECASE)
_JOINS = word_set("so and then please but therefore now hence kindly")
_SHARE_OF = ("due", "from", "caused", "that", "which", "because", "attributable", "with", "without", "among")
_ABOUT = (
    ("recommendation", re.compile(r"\brecommendations?\b", re.IGNORECASE)),
    ("cause", re.compile(r"\broot causes?\b|\bcause of\b|\blabel\b", re.IGNORECASE)),
    ("document", re.compile(r"\b(?:known issues?|polic(?:y|ies)|documents?|articles?|workarounds?)\b", re.IGNORECASE)),
    ("record", re.compile(r"\b(?:tickets?|cases?|incidents?|escalations?|accounts?|customers?|agents?|teams?|priority|status|tier|queue)\b", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """The verb of a request, and what it would change: document, recommendation, cause, record, mail, or "" where that is not told."""

    verb: str
    about: str = ""


def action_asked(reading: Reading) -> Action | None:
    """The change or message that a clause asks for ("delete all tickets", "KI-12 is done, set it to fixed"), if it does."""
    verb = _led_by_verb(reading) or _behind_statement(reading) or _of_a_record(reading)
    return Action(verb, _about(verb, reading)) if verb is not None else None


def _about(verb: str, reading: Reading) -> str:
    if verb not in _CHANGES | _MAILS | {"e-mail"}:
        return ""
    named = next((about for about, pattern in _ABOUT if pattern.search(reading.text)), "")
    if named in ("recommendation", "cause"):
        return named
    if verb in _MAILS or verb == "e-mail":
        return "mail"
    if reading.issue_spans:
        return "document"
    return "record" if id_spans(reading) else named


def _verb_at(reading: Reading, i: int) -> tuple[str, int]:
    """The verb of an action at an index and where its object begins; empty where there is none."""
    if reading.words(i, i + 2) == ("e", "mail"):
        return "e-mail", i + 2
    word = reading.word(i)
    named = reading.mention_at(i)
    if named is not None and named.values and named.end - named.start > 1:
        # "Email Delivery Failure" is what tickets are about.
        return "", i
    return (word, i + 1) if word in cues.ACTIONS else ("", i)


def _led_by_verb(reading: Reading) -> str | None:
    """The verb of a clause that begins with one, behind words of politeness."""
    i = 0
    while not _verb_at(reading, i)[0]:
        should = reading.word(i - 1) in _SOMEBODY and reading.word(i) in ("should", "must", "needs", "has")
        if reading.word(i) not in cues.POLITE | _SOMEBODY and not should:
            break
        i += 1
    if _lets_know(reading, i):
        return "notify"
    verb, after_at = _verb_at(reading, i)
    if not verb or (verb in _TO_PEOPLE and not _to_people(reading, after_at)):
        return None
    after = reading.word(after_at)
    if verb == "e-mail":
        return verb if after in _OBJECTS or "@" in reading.text else None
    shares = any(reading.lexicon.model.metrics[m].unit == "ratio" for m in reading.metrics)
    if verb == "share" and (after in _SHARE_OF or (shares and after not in cues.DETERMINERS | {"me", "us", "with"})):
        return None
    nouns = word_set(
        "in of rate rates by vs versus over time times tickets ticket escalations escalation cases channel cost costs since volume volumes"
    )
    if verb in ("set", "put", "place") and _BESIDE.search(reading.text):
        # "Set the rate of Q3 beside that of Q2": a comparison.
        return None
    if (verb, after) in _NO_ORDERS or _changes_the_question(reading, verb, after_at):
        return None
    if i == 0 and after in nouns and not reading.tokens[0].corrected:
        return None
    if (
        verb in ("send", "update", "run", "post", "move", "call", "write", "share")
        and after in ("me", "us", "on", "a", "the")
        and reading.names_something
    ):
        outward = re.search(r"\b(?:to|e-?mail|mail|slack)\b", reading.text, re.IGNORECASE)
        return None if verb in ("send", "update", "run") and not outward else verb
    return verb


def _to_people(reading: Reading, at: int) -> bool:
    """Whether people follow as who is to be reached: "text all P1 customers", "ring Blue Sky", not "phone tickets"."""
    named = any(group.dimension in _PERSONS and group.start == at for group in reading.groups)
    return named or (
        bool(_PEOPLE & set(reading.words(at, at + 4))) and not {"by", "per"} & set(reading.words(at, at + 3))
    )


def _lets_know(reading: Reading, at: int) -> bool:
    """ "Let all customers know about it": somebody else is to be told; "let us know" asks for an answer."""
    words = reading.words(0, len(reading.tokens))
    led = at > 0 and words[at - 1] == "let"
    return led and "know" in words[at : at + 8] and bool(_PEOPLE & set(words[at : at + 7]))


def _changes_the_question(reading: Reading, verb: str, at: int) -> bool:
    """ "Add EMEA", "remove Enterprise": conditions of the question under discussion, not records."""
    named = any(group.start == at for group in reading.groups)
    return verb in ("add", "remove") and named and not {"to", "from"} & set(reading.words(at, len(reading.tokens)))


def _behind_statement(reading: Reading) -> str | None:
    """ "KI-12 is done, set its status to fixed": an order behind a statement, with what it is to be done to."""
    if reading.word(0) in _ASKING | cues.LIST:
        return None
    for i in range(1, len(reading.tokens)):
        set_off = (re.search(r"[,;:.!–—-]\s*$", reading.gap(i)) and reading.gap(i).strip() != "-") or reading.gap(
            i
        ).strip(" ") in ("-", "–", "—")
        if not (set_off and " " in reading.gap(i)) and reading.word(i - 1) not in _JOINS:
            continue
        at = i
        while reading.word(at) in cues.POLITE | _JOINS:
            at += 1
        verb, after_at = _verb_at(reading, at)
        spans = (*reading.issue_spans, *id_spans(reading))
        if verb and (reading.word(after_at) in _OBJECTS or any(start == after_at for start, _ in spans)):
            return verb
    return None


def _of_a_record(reading: Reading) -> str | None:
    """ "Can KI-12 be marked as fixed", "put KI-12 on resolved", "T-1 should be closed": what is to become of one that is named."""
    spans = (*reading.issue_spans, *id_spans(reading))
    for start, end in spans:
        before, after = reading.words(0, start), reading.words(end, len(reading.tokens))
        led = [w for w in before if w not in _POLITE | cues.DETERMINERS | {"ticket", "case", "issue", "known"}]
        verb = led[-1] if led else ""
        if verb in _ON_RECORDS and all(w in _POLITE | _ON_RECORDS or w in _JOINS for w in led) and _is_request(before):
            return verb
        wished = (
            bool(before)
            and before[-1] in ("have", "get", "want", "need", "like", "see")
            and after[:1]
            and after[0] in _DONE
        )
        asked = reading.word(0) in ("can", "could", "please") or (
            reading.word(0) not in _ASKING and "?" not in reading.text
        )
        passive = [
            after[k + 1 :] for k, w in enumerate(after[:4]) if w == "be" and (set(after[:k]) | set(before)) & _MODAL
        ]
        done = [w for rest in passive for w in rest[:2] if w in _DONE]
        if wished:
            return _DONE[after[0]]
        if done and asked:
            return _DONE[done[0]]
    return None


def _is_request(before: tuple[str, ...]) -> bool:
    """Whether what leads to the verb asks for it to be done or how: not whether somebody did it."""
    return (
        not before
        or before[0] not in _ASKING
        or before[0] in ("how", "where")
        or before[:2] == ("is", "it")
        or before[:2] == ("is", "there")
    )
