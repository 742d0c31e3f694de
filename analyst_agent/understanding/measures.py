"""Which metrics a clause asks for: named ones, things counted, and phrases whose words stand apart."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from math import log

from analyst_agent.semantic.model import Metric
from analyst_agent.understanding import cues
from analyst_agent.understanding.basis import on_basis
from analyst_agent.understanding.counted import bare_rate, base_count, counted, listed_before_rate, plural_values
from analyst_agent.understanding.flows import counted_as_finished
from analyst_agent.understanding.lexicon import Lexicon, metric_phrases
from analyst_agent.understanding.limits import became_condition, counts_of_conditions, times_escalated
from analyst_agent.understanding.mentions import Mention
from analyst_agent.understanding.never import of_never
from analyst_agent.understanding.rates_asked import is_ratio_of_values
from analyst_agent.understanding.reading import Reading, Unknown
from analyst_agent.understanding.times_asked import time_asked
from analyst_agent.understanding.words import stem, stems, word_set

_SMALL = frozenset(
    stem(w) for w in word_set("a an the of to for in on by is are was were do does did how many much number count total got with and or per at be been it we our until than")
)  # fmt: skip
_FORM = {"median": "median_", "typical": "median_", "p90": "p90_", "90th": "p90_", "percentile": "p90_"}
_OTHER_MEASURE = re.compile(r"^(?:first|one) (?:contact|call|touch|time|level|line)$")
_RESOLVING = "mean_resolution_minutes"
_HOW_WELL = re.compile(
    r"\b(?:better|worse|faster|slower|quicker|good|bad|quick|slow|improv\w+|deteriorat\w+) (?:at|in|with) (?:resolv|solv|clos|fix|handl)\w*"
    r"|\b(?:resolv|solv|clos|fix)\w* (?:\w+ ){0,3}?(?:faster|slower|quicker|better|worse)\b"
)
"""How well work is ended, which is told by the time that it takes."""
_MORE_STEMS = frozenset(stem(w) for w in cues.MORE)
_ORDERING = cues.RANKED | word_set("sort sorted sorting order ordered ordering first")
_NOT_A_DURATION = word_set("over of this first in on at every each last same next any some real part")


def read_metrics(reading: Reading) -> None:
    """Settle the metrics. A thing counted ("tickets", "escalations") is a metric only where nothing stronger is asked."""
    mentions = [m for m in reading.mentions if m.metrics and not m.values and not _is_split(reading, m)]
    mentions = [m for m in mentions if not became_condition(reading, m) and not _is_no_split(reading, m)]
    if "share_of_escalated" in reading.cues:
        # "Share of escalations" is a part of them, not the rate of escalation although the stems are the same.
        mentions = [_numerator_of(reading, m) if not m.exact and _is_rate_of(reading, m) else m for m in mentions]
    strong = [m for m in mentions if not m.weak]
    weak = [m for m in mentions if m.weak]
    for mention in mentions:
        reading.use(mention.start, mention.end)
        reading.replace_mention(mention, dimensions=())
    reading.weak_metrics = tuple(dict.fromkeys(m.metrics[0] for m in weak))
    strong = [m for m in strong if not _of_another_measure(reading, m)]
    if strong:
        kept = [m for m in mentions if not m.weak or _is_listed(reading, m, mentions)]
        names = [n for m in kept for n in _in_forms(reading, m.metrics[0])]
        reading.metrics = tuple(dict.fromkeys([*names, *bare_rate(reading, names)]))
        _note_per_thing(reading, weak)
        if "count" in reading.cues and kept and all(_metric(reading, n).unit == "ratio" for n in reading.metrics):
            reading.notes.append("Given as a share; n is the number it is a share of.")
    else:
        part = "share_of_escalated" in reading.cues and bool(weak)
        base = base_count(reading.lexicon.model)
        part = part or is_ratio_of_values(reading)
        time = "" if part else time_asked(reading)
        asked = (_in_forms(reading, time) if time else ()) or ((), _scattered(reading))[not part]
        named = asked or counted(reading, weak)
        if len(named) == 1 and _metric(reading, named[0]).is_ratio:
            named = (*listed_before_rate(reading, weak), *named)
        named = named or plural_values(reading, base)
        if (
            named == ("resolution_count",)
            and _HOW_WELL.search(reading.said)
            and _RESOLVING in reading.lexicon.model.metrics
        ):
            reading.notes.append(f"Read as {_metric(reading, _RESOLVING).label}.")
            named = (_RESOLVING,)
        reading.metrics = counts_of_conditions(reading, named, base)
        if "resolution_count" in reading.lexicon.model.metrics:
            reading.metrics = counted_as_finished(reading, reading.metrics, base, "resolution_count")
        reading.metrics = times_escalated(reading, reading.metrics)
    reading.metrics = of_never(reading, on_basis(reading, reading.metrics))


def _of_another_measure(reading: Reading, mention: Mention) -> bool:
    """ "First contact resolution rate": the name of a measure we have not, that ends like one we have."""
    before = " ".join(reading.words(mention.start - 2, mention.start))
    if _OTHER_MEASURE.search(before) is None:
        return False
    start = mention.start - 2
    said = reading.text[reading.tokens[start].start : reading.tokens[mention.end - 1].end]
    reading.unknown.append(Unknown(said, "measure", start, mention.end))
    return True


def _metric(reading: Reading, name: str) -> Metric:
    return reading.lexicon.model.metrics[name]


def _is_split(reading: Reading, mention: Mention) -> bool:
    """Whether a word that is a dimension too stands where a dimension belongs."""
    return bool(mention.dimensions) and reading.word(mention.start - 1) in cues.BY | cues.WHICH


def _is_no_split(reading: Reading, mention: Mention) -> bool:
    """ "Escalations by CSAT": a number cannot split another, and is no second one. "Sorted by cost" asks for an order."""
    if mention.dimensions or reading.word(mention.start - 1) not in ("by", "per") or mention.weak:
        return False
    ordering = _ORDERING & set(reading.words(0, mention.start))
    if ordering or not any(m.metrics and m.end < mention.start and not m.values for m in reading.mentions):
        return False
    said = reading.text[reading.tokens[mention.start].start : reading.tokens[mention.end - 1].end]
    reading.unknown.append(Unknown(said, "dimension", mention.start, mention.end))
    reading.use(mention.start, mention.end)
    reading.mentions = tuple(m for m in reading.mentions if m is not mention)
    return True


def _numerator_of(reading: Reading, mention: Mention) -> Mention:
    """The mention read as what its rate counts."""
    changed = replace(mention, metrics=(_metric(reading, mention.metrics[0]).numerator,), weak=True)
    reading.mentions = tuple(changed if m is mention else m for m in reading.mentions)
    return changed


def _is_rate_of(reading: Reading, mention: Mention) -> bool:
    return any(_metric(reading, n).is_ratio for n in mention.metrics) and "of" in reading.words(
        mention.start, mention.end
    )


def _is_listed(reading: Reading, mention: Mention, all_mentions: Sequence[Mention]) -> bool:
    """Whether a thing counted is one of a list of metrics ("escalations and mean CSAT"), not what they are of ("cost of escalations")."""
    i = mention.start - 1
    while i >= 0 and reading.word(i) in cues.DETERMINERS | {"number", "total"}:
        i -= 1
    before = reading.word(i)
    if before in cues.PREPOSITIONS or before in cues.BY:
        return False
    others = [m for m in all_mentions if m is not mention]
    joins = ("and", "plus")
    joined_before = before in joins and any(m.end == i and (not m.weak or _is_listed_head(reading, m)) for m in others)
    comma = "," in reading.gap(mention.start) and any(m.end == mention.start for m in others)
    after = reading.word(mention.end)
    follows = any(m.start in (mention.end + 1, mention.end + 2) for m in others) and after in joins
    follows = follows or ("," in reading.gap(mention.end) and any(m.start == mention.end for m in others))
    return joined_before or comma or follows


def _is_listed_head(reading: Reading, mention: Mention) -> bool:
    return reading.word(mention.start - 1) not in cues.PREPOSITIONS


def _in_form(reading: Reading, name: str) -> str:
    """The median or 90th percentile of a duration whose mean was named, where those words stand in the clause."""
    model = reading.lexicon.model
    for token in reading.tokens:
        prefix = _FORM.get(token.word)
        if prefix and name.startswith("mean_") and prefix + name.removeprefix("mean_") in model.metrics:
            return prefix + name.removeprefix("mean_")
    return name


def _in_forms(reading: Reading, name: str) -> tuple[str, ...]:
    """Both, where mean and median or percentile are asked of one duration ("mean and p90 resolution time")."""
    form = _in_form(reading, name)
    rest = form.split("_", 1)[-1]
    said = {t.word for t in reading.tokens}
    both = not form.startswith("mean_") and f"mean_{rest}" in reading.lexicon.model.metrics
    return (f"mean_{rest}", form) if both and "and" in said and said & {"mean", "average", "avg"} else (form,)


def _note_per_thing(reading: Reading, weak: Sequence[Mention]) -> None:
    for mention in weak:
        if reading.word(mention.start - 1) in ("per", "each", "every") and any(
            _metric(reading, n).unit == "currency" for n in reading.metrics
        ):
            reading.notes.append(
                f"Left out: 'per {reading.word(mention.start)}'; the total is given, with the number of tickets it rests on."
            )


def _scattered(reading: Reading) -> tuple[str, ...]:
    """The metric one of whose phrases has all its words in the clause, apart from each other ("how long did X take to resolve")."""
    free = [i for i in range(len(reading.tokens)) if not _is_taken(reading, i)]
    pool = {
        reading.tokens[i].stem
        for i in free
        if not (
            reading.word(i) in ("time", "times")
            and (reading.word(i - 1) in _NOT_A_DURATION or reading.word(i + 1) == "of")
        )
    }
    long = "how_long" in reading.cues
    if long:
        pool |= {"long", "time", "fast"}
    weights = _weights(reading.lexicon)
    best: tuple[float, int, str] | None = None
    matched: set[str] = set()
    for place, metric in enumerate(reading.lexicon.model.metrics.values()):
        if long and metric.unit != "minutes":
            continue
        for phrase in metric_phrases(metric):
            content = set(stems(phrase)) - _SMALL
            if content & _MORE_STEMS:
                # "Escalate more" is a verb and stands together; "more escalations" is a count.
                continue
            if len(content) < 2 or not content <= pool or content <= reading.lexicon.entity_words:
                continue
            rated = (sum(weights.get(s, 0.0) for s in content), -place, metric.name)
            if best is None or rated > best:
                best, matched = rated, content
    used = {i for i in free if best is not None and reading.tokens[i].stem in matched}
    reading.used |= used
    unsaid = [
        i for i in free if i not in used and reading.mention_at(i) is None and not cues.is_generic(reading.word(i))
    ]
    if best and unsaid:
        reading.notes.append(f"Read as {reading.lexicon.model.metrics[best[2]].label}.")
    return (_in_form(reading, best[2]),) if best else ()


def _weights(lexicon: Lexicon) -> dict[str, float]:
    """How telling each stem is among the metrics' phrases: the log of all metrics over those that use it.

    Words of duration and the thing that everything is counted of (tickets) tell nothing.
    """
    uses: dict[str, int] = {}
    model = lexicon.model
    for metric in model.metrics.values():
        for one in {s for phrase in metric_phrases(metric) for s in stems(phrase)} - _SMALL:
            uses[one] = uses.get(one, 0) + 1
    base = model.metrics.get(base_count(model))
    plain = {stem(base.label), "long", "time", "fast"} if base else {"long", "time", "fast"}
    return {s: 0.0 if s in plain else log(len(model.metrics) / n) for s, n in uses.items()}


def _is_taken(reading: Reading, i: int) -> bool:
    """Whether a token already means a value, a period or a condition."""
    mention = reading.mention_at(i)
    if mention is not None and mention.values:
        return True
    return any(s <= i < e for s, e in reading.period_spans()) or (i in reading.used and mention is None)
