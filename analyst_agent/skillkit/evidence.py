"""What customers and agents wrote about escalated tickets: texts to match with documents, and two masked notes of a pattern."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from analyst_agent.masking import Masking
from analyst_agent.records import Filter, Period, Value
from analyst_agent.skillkit.context import SkillContext
from analyst_agent.skillkit.facts import FactBook
from analyst_agent.skillkit.inquiry import Inquiry

MOST_EXAMINED = 5_000
"""Tickets whose texts are read for one answer; of more, about so many that their ids choose."""
MOST_COMPARED = 600
"""Different texts that are compared by meaning for one answer, shared out among its patterns: each takes up to 40 ms to embed."""
FEWEST_COMPARED = 50
MOST_NOTES_COMPARED = 400
LONGEST_QUOTE = 240
_WORD = re.compile(r"[^\W\d_]{3,}")
_DISSIMILAR = 0.5


@dataclass(frozen=True, slots=True)
class Letter:
    """What an escalated ticket says. group: its value of the dimension the patterns are of.

    words: subject, description, reason, code and notes together.
    """

    ticket_id: str
    group: Value
    subject: str
    words: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A resolution note of an escalated ticket."""

    ticket_id: str
    group: Value
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Texts and notes of the escalated tickets examined. is_whole: whether that is every one of the period, else they are a sample
    that the tickets' ids chose. masking: how they may be quoted.
    """

    letters: tuple[Letter, ...]
    notes: tuple[Note, ...]
    is_whole: bool
    masking: Masking = Masking()

    def of(self, group: Value) -> tuple[Letter, ...]:
        """What the tickets of one pattern say."""
        return tuple(letter for letter in self.letters if letter.group == group)

    def most_compared(self, group: Value) -> int:
        """How many different texts of one pattern are compared by meaning: its part of `MOST_COMPARED`."""
        part = len(self.of(group)) / max(1, len(self.letters))
        return max(FEWEST_COMPARED, round(MOST_COMPARED * part))

    def subjects(self, tickets: Iterable[str]) -> list[str]:
        """The masked subjects of these tickets, "" where one has none."""
        by_id = {letter.ticket_id: letter.subject for letter in self.letters}
        return [self.masked(by_id.get(ticket, "")) for ticket in tickets]

    def masked(self, text: str) -> str:
        """A quotation of customer or agent text: one line, personal data replaced, cut at a word."""
        return self.masking.cut(text, LONGEST_QUOTE)

    def notes_of(self, group: Value, most: int = 2) -> tuple[Note, ...]:
        """The notes that say most often what the notes of this pattern say, each unlike the ones before it."""
        return typical([note for note in self.notes if note.group == group], most)


def gather(inquiry: Inquiry, dimension: str, total: int) -> Evidence:
    """Texts and notes of the period's escalated tickets; of a very large number (`total`) a sample that their ids choose."""
    context, book, period, where = inquiry.context, inquiry.book, inquiry.period, inquiry.where
    share = MOST_EXAMINED / total if total > MOST_EXAMINED else None
    known = context.model.filterable()
    wanted = ["ticket_id", dimension, "product_area", "subject", "description", "reason", "reason_code"]
    fields = list(dict.fromkeys(name for name in wanted if name == dimension or name in known))
    rows = book.note(context.queries.rows("escalated_ticket", fields, where=where, period=period, share=share)).rows
    notes_by_ticket = _notes(context, book, period, share)
    letters = tuple(_letter(row, dimension, notes_by_ticket) for row in rows)
    notes = tuple(
        Note(letter.ticket_id, letter.group, note)
        for letter in letters
        for note in notes_by_ticket.get(letter.ticket_id, ())
    )
    return Evidence(letters, notes, share is None, context.queries.masking([letter.ticket_id for letter in letters]))


def typical(notes: Sequence[Note], most: int) -> tuple[Note, ...]:
    """The notes whose words occur in the largest part of all of them, leaving out ones that repeat an earlier choice."""
    recent = notes[-MOST_NOTES_COMPARED:]
    words = [frozenset(_WORD.findall(note.text.lower())) for note in recent]
    common = Counter(word for one in words for word in one)
    weight = [sum(common[w] for w in one) / (len(one) + 3) for one in words]
    order = sorted(range(len(recent)), key=lambda i: (-weight[i], recent[i].ticket_id))
    chosen: list[int] = []
    for i in order:
        if words[i] and all(_overlap(words[i], words[j]) < _DISSIMILAR for j in chosen):
            chosen.append(i)
        if len(chosen) == most:
            break
    return tuple(recent[i] for i in chosen)


def _overlap(one: Collection[str], other: Collection[str]) -> float:
    first, second = set(one), set(other)
    return len(first & second) / max(1, len(first | second))


def _letter(row: dict[str, Value], dimension: str, notes: dict[str, list[str]]) -> Letter:
    ticket_id = str(row["ticket_id"])
    written = [str(row[name]) for name in ("subject", "description", "reason") if row.get(name)]
    words = [*written, *notes.get(ticket_id, []), *([str(row["reason_code"])] if row.get("reason_code") else [])]
    return Letter(
        ticket_id,
        row.get(dimension),
        str(row.get("subject") or ""),
        "\n".join(words),
        str(row.get("product_area") or ""),
    )


def _notes(context: SkillContext, book: FactBook, window: Period, share: float | None) -> dict[str, list[str]]:
    """Notes of resolutions at or after the escalation, by ticket; nothing where resolutions are not granted."""
    if "resolution" not in context.model.datasets:
        return {}
    conditions = [Filter("notes", "present"), Filter("counted_at", "present")]
    if window.kind != "all":
        conditions += [Filter("counted_at", ">=", window.start), Filter("counted_at", "<", window.end)]
    fields = ("ticket_id", "resolved_at", "counted_at", "notes")
    found: dict[str, list[str]] = {}
    for row in book.note(context.queries.rows("resolution", fields, where=conditions, share=share)).rows:
        is_after = row["resolved_at"] is None or row["resolved_at"] >= row["counted_at"]  # type: ignore[operator]
        if is_after and str(row["notes"]).strip():
            found.setdefault(str(row["ticket_id"]), []).append(str(row["notes"]))
    return found
