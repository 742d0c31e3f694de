"""Shares in words of their own ("what share was unnecessary"), and adjectives that limit another measure ("cost of unnecessary escalations")."""

from __future__ import annotations

from analyst_agent.semantic.model import Metric
from analyst_agent.understanding import cues
from analyst_agent.understanding.lexicon import Entry, metric_phrases
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.reading import Reading
from analyst_agent.understanding.values import ASKS_SHARE
from analyst_agent.understanding.words import stem, stems, word_set

_SMALL = frozenset(stem(w) for w in word_set("rate of the how often that a an is are was were got get"))
_COPULA = word_set("is are was were be been being got get gets has have had did does do")


def read_shares(reading: Reading) -> None:
    """ "What share of escalations was unnecessary": the ratio metric whose own words stand in the clause, before a value of the same
    spelling is taken for a filter or a split."""
    if ASKS_SHARE.search(reading.text) is None:
        return
    best: tuple[int, str, tuple[int, ...]] | None = None
    for metric in reading.lexicon.model.metrics.values():
        if metric.unit != "ratio" or metric.is_ratio:
            continue
        for core in _cores(metric, reading):
            places = _places(core, reading)
            if places and (best is None or len(core) > best[0]):
                best = (len(core), metric.name, places)
    if best is None or _is_said_of_the_whole(best[2], reading):
        return
    _, name, places = best
    taken = [m for m in reading.mentions if any(m.start <= i < m.end for i in places)]
    if any(name in m.metrics and not m.values for m in taken):
        return
    kept = [m for m in reading.mentions if m not in taken]
    reading.mentions = tuple(sorted([*kept, Mention(places[-1], places[-1] + 1, (name,))], key=lambda m: m.start))
    for i in places:
        reading.use(i, i + 1)


def _cores(metric: Metric, reading: Reading) -> list[frozenset[str]]:
    """What each phrase of a metric says besides "share" and the things counted."""
    model = reading.lexicon.model
    counted = {metric.dataset, *(model.metrics[n].dataset for m in model.metrics.values() if m.is_ratio for n in (m.numerator, m.denominator))}  # fmt: skip
    things = {
        s for d in counted if d in model.datasets for p in (d.replace("_", " "), *model.datasets[d].synonyms) for s in stems(p)
    }  # fmt: skip
    found = [frozenset(set(stems(p)) - _SMALL - things) for p in metric_phrases(metric)]
    return [core for core in found if core]


def _places(core: frozenset[str], reading: Reading) -> tuple[int, ...]:
    """Where the words of a core stand, outside of periods and longer names; empty where one is missing."""
    silent = {i for s, e in reading.period_spans() for i in range(s, e)}
    silent |= {
        i for m in reading.mentions if m.values and not m.metrics and m.end - m.start > 1 for i in range(m.start, m.end)
    }
    at = [next((i for i, t in enumerate(reading.tokens) if t.stem == s and i not in silent), None) for s in core]
    return tuple(sorted(i for i in at if i is not None)) if None not in at else ()


def _is_said_of_the_whole(places: tuple[int, ...], reading: Reading) -> bool:
    """ "What share of reopened tickets was escalated": the words tell of what, and something else is asked."""
    copulas = [i for i, t in enumerate(reading.tokens) if t.word in _COPULA and i > places[-1]]
    return bool(copulas) and any(
        reading.mention_at(i) is not None or not cues.is_generic(reading.word(i)) or reading.word(i).startswith("escalat")
        for i in range(copulas[-1] + 1, len(reading.tokens))
        if not any(s <= i < e for s, e in reading.period_spans())
    )  # fmt: skip


def split_qualifiers(reading: Reading) -> None:
    """ "Cost of unnecessary escalations": beside another measure the adjective limits which ones count and is no second measure."""
    for mention in reading.mentions:
        if mention.end - mention.start < 2 or not mention.metrics or mention.weak or mention.values:
            continue
        last = mention.end - 1
        thing = [e for e in _entries(reading, last, mention.end) if e.kind == "metric" and e.weak]
        values = [
            e for e in _entries(reading, mention.start, last) if e.kind == "value" and _is_of(e, mention, reading)
        ]
        if not thing or not values or not _measured_otherwise(mention, reading):
            continue
        value = Mention(mention.start, last, values=tuple(dict.fromkeys((e.name, e.value) for e in values)))
        noun = Mention(last, mention.end, (thing[0].name,), weak=True)
        others = [m for m in reading.mentions if m is not mention]
        reading.mentions = tuple(sorted([*others, value, noun], key=lambda m: m.start))


def _entries(reading: Reading, start: int, end: int) -> list[Entry]:
    key = tuple(t.stem for t in reading.tokens[start:end])
    return [e for e in reading.lexicon.entries.get(key[0], ()) if e.key == key]


def _is_of(entry: Entry, mention: Mention, reading: Reading) -> bool:
    """Whether a value belongs to the thing that the metric is of: an escalated ticket's being open, not a ticket's status."""
    model = reading.lexicon.model
    return model.dimensions()[entry.name].dataset == model.metrics[mention.metrics[0]].dataset


def _measured_otherwise(mention: Mention, reading: Reading) -> bool:
    """Whether another measure is named of which this one is said ("cost of", "CSAT for"), or they are to be counted."""
    before = reading.words(mention.start - 2, mention.start)
    beside = any(m is not mention and m.metrics and not m.weak and m.start == mention.end for m in reading.mentions)
    governed = beside or bool(set(before) & {"of", "for", "on", "in", "from", "by", "with", "do", "did", "are", "were"})
    other = any(m is not mention and m.metrics and not m.weak and not m.values for m in reading.mentions)
    counted = "how many" in " ".join(before) and reading.lexicon.model.metrics[mention.metrics[0]].unit == "ratio"
    return (other and governed) or counted
