"""Root causes of tickets without a recorded one: labels of people first, then what a ticket reads like, then what a model said."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from analyst_agent.masking import mask
from analyst_agent.records import Filter, Period, SemanticQuery
from analyst_agent.skillkit.causes.cause_reader import Read, Reader, fitted, usable_of
from analyst_agent.skillkit.causes.wordings import (
    Examples,
    Words,
    examined_of,
    examples_of,
    has_texts,
    texts_of,
    tickets_by_id,
)
from analyst_agent.skillkit.context import CauseReading, SkillContext
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import COUNT
from analyst_agent.skillkit.patterns import UNCLASSIFIED
from analyst_agent.statistics import Agreement, agreement

MOST_LABELLED = 300
"""Labels of people that are examples, the last ones."""
MOST_ASKED = 20
"""Tickets that a model is asked about for one answer."""
MOST_AUDITED = 500


def reader_of(
    context: SkillContext,
    reading: CauseReading,
    without: Collection[str] = (),
    examples: Examples | None = None,
) -> Reader:
    """The reader of a workspace: recorded causes of the last year and the labels people gave. Made once for the same labels.

    without: tickets that must not be examples, since their labels are to be compared with what is read. examples: those of
    `learned_from`, where they were read before.
    """
    key = _key(reading, without)
    if key not in reading.kept:
        found = examples or learned_from(context, reading, without)
        reading.kept[key] = (
            Reader(problem="no text of tickets is granted")
            if found is None
            else fitted(found.tickets, found.counts, reading, context.settings.minimum_sample)
        )
    made = reading.kept[key]
    assert isinstance(made, Reader)
    return made


def learned_from(context: SkillContext, reading: CauseReading, without: Collection[str] = ()) -> Examples | None:
    """What a reader is to be made from: the examples with the labels of people, which win over what is recorded, and without those
    left out. None where the reader is made already, or no text is granted.
    """
    if _key(reading, without) in reading.kept or not has_texts(context.model):
        return None
    examples = examples_of(context)
    labels = reading.labels.by_people(MOST_LABELLED) if reading.labels is not None else {}
    known = {t.ticket_id for t in examples.tickets}
    more = tickets_by_id(context, [t for t in labels if t not in known and t not in without])
    found = [
        replace(t, cause=labels[t.ticket_id].cause) if t.ticket_id in labels else t for t in (*examples.tickets, *more)
    ]
    kept = tuple(t for t in found if t.ticket_id not in without and t.cause != UNCLASSIFIED)
    return Examples(kept, examples.counts)


def texts_ahead(
    context: SkillContext, reading: CauseReading, tickets: Sequence[Words], examples: Examples | None
) -> list[str]:
    """Every text that `infer` embeds for these tickets, those of the examples first; none where nothing can be learned."""
    if examples is None:
        return [] if reader_of(context, reading).problem else texts_of(tickets)
    learned = usable_of(examples.tickets)
    return texts_of([*learned, *tickets]) if learned else []


def texts_of_period(context: SkillContext, reading: CauseReading, period: Period) -> list[str]:
    """Every text that is embedded to infer the causes of the tickets counted in the period, those of the examples first."""
    where = (Filter("root_cause", "=", UNCLASSIFIED),)
    if not has_texts(context.model) or not context.has("root_cause"):
        return []
    examples = learned_from(context, reading)
    if examples is not None and not usable_of(examples.tickets):
        return []
    total = number(context.queries.run(SemanticQuery((COUNT,), (), where, period)).rows[0][COUNT])
    tickets = examined_of(context, where, period, total)[0] if total else []
    return texts_ahead(context, reading, tickets, examples)


def _key(reading: CauseReading, without: Collection[str]) -> tuple[object, ...]:
    return (reading.labels.revision() if reading.labels is not None else 0, frozenset(without))


def infer(
    context: SkillContext,
    reading: CauseReading,
    tickets: Sequence[Words],
    *,
    without: Collection[str] = (),
    labels_hold: bool = True,
    may_ask: bool = True,
    examples: Examples | None = None,
) -> tuple[list[Read], Reader]:
    """The cause of each ticket and the reader that read them: the label of a person, else what it reads like, else what a model
    said. A model is asked about at most `MOST_ASKED` that neither settles, the last ones first, and each only once.

    without: tickets that must not be examples. labels_hold: False where what is read is to be compared with the labels.
    may_ask: False where only what a model said before counts. examples: what the reader is made from, where that was read before.
    """
    reader = reader_of(context, reading, without, examples)
    reads = {one.ticket_id: one for one in reader.read(tickets, reading)}
    labels = reading.labels.holding(list(reads)) if reading.labels is not None else {}
    is_asked = reading.ask_model is not None
    for ticket, label in labels.items():
        if label.is_human and labels_hold:
            reads[ticket] = Read(ticket, label.cause, None, label.source)
        elif not label.is_human and is_asked and not reads[ticket].source:
            reads[ticket] = Read(ticket, label.cause, None, label.source if label.cause != UNCLASSIFIED else "")
    open_still = [t for t in tickets if not reads[t.ticket_id].source and t.ticket_id not in labels and t.content]
    if reading.ask_model is not None and may_ask and open_still:
        asked = open_still[-MOST_ASKED:]
        # What another model is asked about is masked whoever asks: its answers are kept for everybody.
        names = context.queries.masking([t.ticket_id for t in asked])
        texts = [(t.ticket_id, mask(f"{t.content}. {t.reason}", names.people, names.organisations)) for t in asked]
        causes, source = reading.ask_model(texts, context.model.root_causes)
        for ticket, cause in causes.items():
            if ticket in reads and cause in context.model.root_causes:
                reads[ticket] = Read(ticket, cause, None, source)
    return [reads[t.ticket_id] for t in tickets], reader


@dataclass(frozen=True, slots=True)
class Audit:
    """What is read of tickets without a recorded cause beside the labels that people gave a random sample of them.

    drawn: tickets of the samples that are here; labelled: those a person labelled. given and read: their causes in one order,
    `unclassified` where the person or the inference named none. agreement: of those the inference answers, None without any.
    """

    drawn: int
    labelled: int
    given: tuple[str, ...] = ()
    read: tuple[str, ...] = ()
    agreement: Agreement | None = None

    @property
    def answered(self) -> int:
        """How many of the labelled the inference answers."""
        return sum(cause != UNCLASSIFIED for cause in self.read)


def audit(context: SkillContext, reading: CauseReading) -> Audit:
    """The inference on the tickets drawn at random and labelled by people, none of which it learned from. Asks no model."""
    drawn = list(dict.fromkeys(reading.audited()))
    if not drawn or reading.labels is None:
        return Audit(len(drawn), 0)
    held = {t: label for t, label in reading.labels.holding(drawn).items() if label.is_human}
    here = tickets_by_id(context, drawn, (Filter("root_cause", "=", UNCLASSIFIED),))
    tickets = [t for t in here if t.ticket_id in held][-MOST_AUDITED:]
    if not tickets:
        return Audit(len(here), 0)
    reads, _ = infer(context, reading, tickets, without=drawn, labels_hold=False, may_ask=False)
    given, read = tuple(held[t.ticket_id].cause for t in tickets), tuple(one.cause for one in reads)
    answered = [(g, r) for g, r in zip(given, read, strict=True) if r != UNCLASSIFIED]
    found = agreement([g for g, _ in answered], [r for _, r in answered]) if answered else None
    return Audit(len(here), len(tickets), given, read, found)
