"""What is compared to say what is new: the letters of the days in question, and their groups by words and by code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256

from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT, Inquiry
from analyst_agent.skillkit.news.letters import Letter, Letters, has_texts, read_letters
from analyst_agent.skillkit.news.novelty import SIMILAR_TEXTS, Group, groups_by_code, groups_by_text
from analyst_agent.skillkit.news.stretches import Stretches

MOST_TEXTS = 1_200


@dataclass(frozen=True, slots=True)
class Examined:
    """What was read and how it groups. texts: the stretches whose texts were read; past: tickets in all stretches before."""

    letters: Letters
    by_text: list[Group]
    by_code: list[Group]
    texts: Stretches
    codes: Stretches
    past: int

    @property
    def parts(self) -> tuple[list[Group], Stretches]:
        """The groups that make up the whole: by words, else by code."""
        return (self.by_text, self.texts) if self.by_text else (self.by_code, self.codes)

    @property
    def by_id(self) -> Mapping[str, Letter]:
        """The letters by ticket."""
        return {letter.ticket_id: letter for letter in self.letters.letters}

    def stretches_of(self, group: Group) -> Stretches:
        """The days a group was counted in."""
        return self.texts if SIMILAR_TEXTS in group.dimensions else self.codes


def examine(inquiry: Inquiry, stretches: Stretches, escalated: int) -> Examined:
    """Read and group the tickets of the new days and of the stretches before. escalated: tickets of the new days."""
    context, book, past = inquiry.context, inquiry.book, 0
    if stretches.before is not None:
        past = int(number(inquiry.run((COUNT,), (), stretches.before).rows[0][COUNT]))
    texts = _readable(inquiry, stretches, escalated + past)
    read = read_letters(context, book, inquiry.where, texts.whole)
    letters = _thinned(inquiry, read)
    found = Examined(letters, [], groups_by_code(inquiry, stretches, letters.letters), texts, stretches, past)
    if not has_texts(context) or context.embed is None or not any(letter.compared for letter in letters.letters):
        missing = (
            "No embedder is at hand" if context.embed is None else "Nothing that customers wrote is granted and loaded"
        )
        book.caveat(f"{missing}; tickets are grouped by reason code and product area only.", "no_texts")
        if not found.by_code:
            book.caveat("Neither a reason code nor a product area is recorded for these tickets.", "no_groups")
        return found
    distinct = sorted({letter.compared for letter in letters.letters})
    place = {text: i for i, text in enumerate(distinct)}
    vectors = context.embed(distinct)[[place[letter.compared] for letter in letters.letters]]
    by_text = [replace(group, query=letters.query) for group in groups_by_text(letters.letters, vectors, texts)]
    return replace(found, by_text=by_text)


def _readable(inquiry: Inquiry, stretches: Stretches, total: int) -> Stretches:
    """The stretches whose texts are read: fewer of the past, then fewer days, where there are very many tickets."""
    mean = total / (1 + len(stretches.past))
    if total <= MOST_TEXTS:
        return stretches
    if 3 * mean <= MOST_TEXTS and len(stretches.past) > 2:
        found = stretches.shortened(int(MOST_TEXTS / mean) - 1)
    else:
        found = stretches.narrowed(max(1, int(MOST_TEXTS / mean / 3 * stretches.days)))
    days = f"{found.now.start.isoformat()} on, with those from {found.whole.start.isoformat()} on before them"
    text = f"There are very many tickets: the texts of those from {days} were compared; codes and areas of all."
    inquiry.book.caveat(text, "sampled")
    return found


def _thinned(inquiry: Inquiry, read: Letters) -> Letters:
    """The letters by ticket id; where even a day has very many, a part that the ids alone decide, so that time plays no part."""
    chosen = list(read.letters)
    if len(chosen) > 2 * MOST_TEXTS:
        chosen = sorted(chosen, key=lambda letter: sha256(letter.ticket_id.encode()).digest())[:MOST_TEXTS]
        text = (
            "Of these texts a part was compared, chosen by the tickets' ids; groups of similar texts count that part."
        )
        inquiry.book.caveat(text, "sampled_by_id")
    return replace(read, letters=tuple(sorted(chosen, key=lambda letter: letter.ticket_id)))
