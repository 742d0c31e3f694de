"""Reads one clause: periods first, then names, values, numbers, splits, orders and what is left unexplained."""

from __future__ import annotations

from analyst_agent.records import Period
from analyst_agent.semantic.period_grammar import PeriodMatch, find_grain, find_periods
from analyst_agent.understanding import cues
from analyst_agent.understanding.absences import read_absences
from analyst_agent.understanding.basis import read_basis
from analyst_agent.understanding.clock import read_clock, split_instead
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.due import read_due
from analyst_agent.understanding.durations import read_durations, read_tenure
from analyst_agent.understanding.events import read_event
from analyst_agent.understanding.group_limits import read_group_limits, split_by_limited
from analyst_agent.understanding.lexicon import lexicon_of
from analyst_agent.understanding.measures import read_metrics
from analyst_agent.understanding.mentions import Mention, find_mentions
from analyst_agent.understanding.misnamed import read_misnamed
from analyst_agent.understanding.needless import read_needless
from analyst_agent.understanding.never import read_never
from analyst_agent.understanding.no_measures import read_no_measures
from analyst_agent.understanding.numbers import read_conditions, read_cost
from analyst_agent.understanding.parts import read_parts, read_reasons, read_unclassified
from analyst_agent.understanding.rates_asked import read_rates
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.scales import read_absent, read_scales
from analyst_agent.understanding.shapes import measures_escalation
from analyst_agent.understanding.shares import read_shares, split_qualifiers
from analyst_agent.understanding.signals import read_signals
from analyst_agent.understanding.splits import read_grain, read_rank, read_splits
from analyst_agent.understanding.triggers import read_triggers
from analyst_agent.understanding.unknown import read_unknown, unexplained_runs
from analyst_agent.understanding.values import ambiguity_notes, read_codes, read_values
from analyst_agent.understanding.ways import read_ways
from analyst_agent.understanding.words import Token, singular, tokenize, word_set

_TREND = word_set("trend trends trending")
_COURSE = word_set("develop developed development evolve evolved evolution history")


def read(text: str, context: Context) -> Reading:
    """Everything that can be read in a cleaned clause without knowing what it asks for."""
    lexicon = lexicon_of(context)
    tokens = tokenize(text, lexicon.speller)
    # The date grammar corrects its own words; the corrected spelling of ours lets it see "monht by monht" beside "region".
    periods = tuple(find_periods(text, context.clock))
    first = next((m.period for m in periods if m.role == "period" and m.period is not None), None)
    reading = Reading(text, tokens, lexicon, periods, find_grain(_respelt(text, tokens), first))
    reading.ticket_shapes = context.ticket_shapes
    reading.mentions = find_mentions(tokens, lexicon, reading.period_spans())
    _drop_swallowed_periods(reading)
    read_clock(reading)
    read_absent(reading)
    read_basis(reading)
    read_needless(reading)
    read_cost(reading)
    read_durations(reading, context.clock.today)
    read_tenure(reading)
    read_never(reading)
    read_codes(reading)
    _use_issue_ids(reading, context)
    read_event(reading)
    _merge_parts(reading)
    split_qualifiers(reading)
    read_shares(reading)
    read_unclassified(reading)
    read_triggers(reading)
    read_ways(reading)
    read_values(reading, context.previous)
    read_reasons(reading)
    read_scales(reading)
    read_absences(reading)
    read_conditions(reading)
    read_group_limits(reading)
    read_due(reading)
    read_signals(reading)
    read_rates(reading)
    read_no_measures(reading)
    read_metrics(reading)
    read_splits(reading)
    split_by_limited(reading)
    read_misnamed(reading)
    read_rank(reading)
    split_instead(reading)
    read_grain(reading)
    if reading.grain is None and _asks_course(reading, first):
        reading.grain = "month"
    reading.revoked = tuple(
        n
        for m in reading.mentions
        for n in m.revoked
        if not (m.metrics or m.dimensions or (m.values and not _names_field(reading, m)) or _is_aside(reading, m))
    )
    read_unknown(reading)
    reading.notes += ambiguity_notes(reading)
    return reading


def _names_field(reading: Reading, mention: Mention) -> bool:
    """Whether a word that is also a value stands where a field does: "by customer", where customer is a trigger too."""
    return reading.word(mention.start - 1) in ("by", "per", "each", "across", "which", "every")


def _use_issue_ids(reading: Reading, context: Context) -> None:
    """An id such as "KI-12", or whatever the loaded known issues are called, names an issue and no value."""
    ids = {tuple(token.word for token in tokenize(name)) for name in context.issues}
    longest = max((len(one) for one in ids), default=2)
    spans: list[tuple[int, int]] = []
    for start in range(len(reading.tokens)):
        for end in range(min(len(reading.tokens), start + longest), start, -1):
            said = tuple(reading.words(start, end))
            if said in ids or (len(said) == 2 and said[0] == "ki" and reading.tokens[start + 1].is_number):
                spans.append((start, end))
                reading.use(start, end)
                break
    reading.issue_spans = tuple(spans)


def _asks_course(reading: Reading, first: Period | None) -> bool:
    """Whether it is asked how a metric developed, over a period of several months; the trend of escalations has a skill."""
    words = set(reading.words(0, len(reading.tokens)))
    if not reading.metrics or (first is not None and first.days <= 60):
        return False
    if words & _TREND and not measures_escalation(reading) and set(reading.metrics) - set(reading.weak_metrics):
        return True
    return first is not None and bool(words & _COURSE)


def _respelt(text: str, tokens: tuple[Token, ...]) -> str:
    """The text with its corrected words in place of the misspelt ones."""
    out: list[str] = []
    at = 0
    for token in tokens:
        out.append(text[at : token.start])
        out.append(token.word if token.corrected else text[token.start : token.end])
        at = token.end
    return "".join([*out, text[at:]])


def _drop_swallowed_periods(reading: Reading) -> None:
    """A period inside a longer name ("May Holdings") is part of the name."""

    def inside(match: PeriodMatch) -> bool:
        return any(
            reading.tokens[m.start].start <= match.span[0] and match.span[1] <= reading.tokens[m.end - 1].end for m in reading.mentions
        )  # fmt: skip

    reading.periods = tuple(p for p in reading.periods if not inside(p))


def _merge_parts(reading: Reading) -> None:
    runs = [(s, e) for s, e in unexplained_runs(reading) if all(_is_part(reading, t) for t in reading.tokens[s:e])]
    read_parts(reading, [r for r in runs if _could_be_name(reading, r[0])])


def _is_part(reading: Reading, token: Token) -> bool:
    return singular(token.word) in reading.lexicon.parts or (token.capital and token.word in reading.lexicon.names)


def _could_be_name(reading: Reading, start: int) -> bool:
    token = reading.tokens[start]
    before = reading.word(start - 1)
    return (
        token.capital
        or token.quoted
        or before in cues.PREPOSITIONS | cues.NEGATIONS | cues.DETERMINERS
        or start == 0
        or reading.mention_at(start + 1) is not None
    )


def _is_aside(reading: Reading, mention: Mention) -> bool:
    """A plain noun such as "customers" in passing asks for no field of theirs."""
    plain = mention.end - mention.start == 1 and reading.lexicon.is_entity(reading.words(mention.start, mention.end))
    everyday = mention.end - mention.start == 1 and cues.is_generic(reading.word(mention.start))
    asked = reading.word(mention.start - 1) in cues.BY | cues.WHICH
    return (plain or everyday) and not asked
