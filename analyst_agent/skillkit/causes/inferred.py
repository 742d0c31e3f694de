"""What an answer says of tickets without a recorded root cause: what they read like, beside the recorded counts and never in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from analyst_agent.records import Column, Fact, Filter, QueryResult, Statement, Table, Value
from analyst_agent.skillkit.causes.ahead import embedded_ahead
from analyst_agent.skillkit.causes.cause_reader import NEAREST, Read, Reader
from analyst_agent.skillkit.causes.inference import audit, infer, learned_from, texts_ahead
from analyst_agent.skillkit.causes.wordings import MOST_READ, Examples, Words, examined_of
from analyst_agent.skillkit.context import CauseReading
from analyst_agent.skillkit.facts import number
from analyst_agent.skillkit.inquiry import Inquiry
from analyst_agent.skillkit.patterns import UNCLASSIFIED
from analyst_agent.skillkit.tables import Grid

INFERRED = "inferred_root_cause"
COUNT = "inferred_cause_count"
CONFIDENCE = "inferred_cause_confidence"
PRECISION = "inferred_cause_precision"
AUDITED = "inferred_cause_audited_accuracy"
EXAMINED = "inferred_examined_count"
TITLE = "Inferred root causes of tickets without a recorded one"
FEWEST_AUDITED = 10
LONGEST_SUBJECT = 90
_WAYS = (("nearest", "by likeness"), ("human", "by a person"), ("model", "by a model"))


@dataclass(frozen=True, slots=True)
class Inferred:
    """The table and the statements of what is inferred; both empty where nothing is."""

    tables: tuple[Table, ...] = ()
    statements: tuple[Statement, ...] = ()


@contextmanager
def inferring_causes(inquiry: Inquiry, unclassified: Fact | None) -> Iterator[Callable[[], Inferred]]:
    """Within it, what the unclassified tickets of the period say is embedded beside what else is done; what it gives, called, tells
    what they read like. unclassified: the fact that counts them.

    Nothing where none is to be inferred or there is no such ticket; where nothing can be, a caveat says why.
    """
    reading = inquiry.context.reading
    if reading is None or unclassified is None or not number(unclassified.value):
        yield Inferred
        return
    where = (*inquiry.where, Filter("root_cause", "=", UNCLASSIFIED))
    labelled = list(reading.labels.by_people(MOST_READ)) if reading.labels is not None else []
    found = examined_of(inquiry.context, where, inquiry.period, number(unclassified.value), labelled)
    examples = learned_from(inquiry.context, reading)
    with embedded_ahead(reading.embed, texts_ahead(inquiry.context, reading, found[0], examples)) as embed:
        yield lambda: _inferred(inquiry, unclassified, replace(reading, embed=embed), found, examples)


def _inferred(
    inquiry: Inquiry,
    unclassified: Fact,
    reading: CauseReading,
    found: tuple[Sequence[Words], QueryResult, bool],
    examples: Examples | None,
) -> Inferred:
    """found: the tickets examined, the query that found them, and whether they are all."""
    tickets, source, is_whole = found
    inquiry.book.note(source)
    reads, reader = infer(inquiry.context, reading, tickets, examples=examples)
    answers = [one for one in reads if one.cause != UNCLASSIFIED]
    if not answers:
        _say_why_none(inquiry, reader, unclassified)
        return Inferred()
    whole = len(reads) if is_whole else int(number(unclassified.value))
    examined = inquiry.book.add(
        EXAMINED, len(reads), "count", inquiry.period, source=source, n=whole, tickets=_ids(reads)
    )
    if not is_whole:
        text = "Causes were inferred for a sample of the tickets without a recorded one, which their ids choose, and those that a person labelled."
        inquiry.book.caveat(text, "sampled", (examined.id,))
    grid, counted = _table(inquiry, reads, tickets)
    return Inferred((grid.table(),), _said(inquiry, reader, reading, examined, counted, answers))


def _table(
    inquiry: Inquiry, reads: Sequence[Read], tickets: Sequence[Words]
) -> tuple[Grid, list[tuple[Fact, Fact | None]]]:
    """A row for each cause, most tickets first, and last those that stay unclassified; with each cause's count and confidence."""
    masking = inquiry.context.queries.masking([t.ticket_id for t in tickets])
    subjects = {t.ticket_id: masking(t.subject)[:LONGEST_SUBJECT] for t in tickets}
    grid = Grid(
        TITLE,
        (
            Column("reads like", "text", INFERRED),
            Column("tickets", "count", COUNT),
            Column("confidence, mean", "ratio", CONFIDENCE),
            *(Column(label, "count", f"{COUNT}_{way}") for way, label in _WAYS),
            Column("for example"),
            Column("and"),
        ),
    )
    groups: dict[str, list[Read]] = {}
    for one in reads:
        groups.setdefault(one.cause, []).append(one)
    counted = []
    for cause in sorted(groups, key=lambda c: (c == UNCLASSIFIED, -len(groups[c]), c)):
        group, dimensions = groups[cause], {INFERRED: cause}
        count = inquiry.book.add(
            COUNT, len(group), "count", inquiry.period, dict(dimensions), n=len(reads), tickets=_ids(group)
        )
        if cause == UNCLASSIFIED:
            grid.row((cause, count, None, None, None, None, None, None))
            continue
        sure = _confidence(inquiry, group, dict(dimensions))
        counted.append((count, sure))
        clearest = sorted(group, key=lambda one: (-(one.confidence or 0.0), one.ticket_id))
        examples = [subject for one in clearest if (subject := subjects[one.ticket_id])]
        shown = [*dict.fromkeys(examples), "", ""][:2]
        grid.row((cause, count, sure, *(_by(inquiry, group, cause, way) for way, _ in _WAYS), *shown))
    return grid, counted


def _confidence(inquiry: Inquiry, group: Sequence[Read], dimensions: dict[str, Value]) -> Fact | None:
    sure = [one for one in group if one.confidence is not None]
    if not sure:
        return None
    return inquiry.book.add(
        CONFIDENCE, _mean(sure), "ratio", inquiry.period, dimensions, n=len(sure), missing=len(group) - len(sure), tickets=_ids(sure),
    )  # fmt: skip


def _mean(sure: Sequence[Read]) -> float:
    return sum(one.confidence or 0.0 for one in sure) / len(sure)


def _ids(reads: Sequence[Read]) -> tuple[str, ...]:
    return tuple(one.ticket_id for one in reads)


def _by(inquiry: Inquiry, group: Sequence[Read], cause: str, way: str) -> Fact | None:
    read = [one for one in group if one.source.partition(":")[0] == way]
    if not read:
        return None
    dimensions: dict[str, Value] = {INFERRED: cause, "label_source": way}
    return inquiry.book.add(COUNT, len(read), "count", inquiry.period, dimensions, n=len(group), tickets=_ids(read))


def _said(
    inquiry: Inquiry,
    reader: Reader,
    reading: CauseReading,
    examined: Fact,
    counted: Sequence[tuple[Fact, Fact | None]],
    answers: Sequence[Read],
) -> tuple[Statement, ...]:
    """One sentence of what they read like, and how far that can be believed."""
    all_sure = [one for one in answers if one.confidence is not None]
    facts = [examined, *(count for count, _ in counted)]
    if all_sure:
        mean, ids = _mean(all_sure), _ids(all_sure)
        facts.append(inquiry.book.add(CONFIDENCE, mean, "ratio", inquiry.period, n=len(all_sure), tickets=ids))
    said = [Statement("inferred_causes", tuple(fact.id for fact in facts))]
    audited = audit(inquiry.context, reading)
    if audited.agreement is not None and audited.answered >= FEWEST_AUDITED:
        found = audited.agreement
        fact = inquiry.book.add(AUDITED, found.accuracy, "ratio", None, n=found.n, interval=found.interval)
        said.append(Statement("inference_audited", (fact.id,)))
    elif any(one.source == NEAREST for one in answers) and (measured := reader.precision_of(answers)) is not None:
        value, interval, n = measured
        fact = inquiry.book.add(PRECISION, value, "ratio", None, n=n, interval=interval)
        said.append(Statement("inference_measured", (fact.id,)))
    if reading.no_model:
        inquiry.book.caveat(reading.no_model, "no_model")
    text = "Inferred causes are read from what tickets say; nobody recorded them."
    inquiry.book.caveat(text, "inferred", (examined.id,))
    return tuple(said)


def _say_why_none(inquiry: Inquiry, reader: Reader, unclassified: Fact) -> None:
    why = reader.problem or "no ticket reads enough like those with a known cause"
    hint = " `analyst label` adds examples." if reader.problem else ""
    text = f"No root cause is inferred for the tickets without a recorded one: {why}.{hint}"
    inquiry.book.caveat(text, "not_inferred", (unclassified.id,))
    if inquiry.context.reading is not None and inquiry.context.reading.no_model:
        inquiry.book.caveat(inquiry.context.reading.no_model, "no_model")
