"""The names a text about some facts may use: values, metrics, documents, periods; and what texts it may quote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analyst_agent.claims import cues
from analyst_agent.claims.clauses import TIMES
from analyst_agent.claims.figures import Pair, Span, reference_span, span_of
from analyst_agent.claims.formats import MONTHS
from analyst_agent.claims.mentions import Mention
from analyst_agent.claims.wording import CAUSES, Wording
from analyst_agent.records import Fact, Finding, Value

# Metric words too general to say which metric a number is of.
GENERAL = frozenset(
    [
        "tickets",
        "ticket",
        "volume",
        "cases",
        "incidents",
        "workload",
        "escalations",
        "resolutions",
        "late",
        "effort",
        "price",
        "rating",
        "backlog",
        "unresolved",
        "spend",
        "money",
        "expense",
    ]
)
_WORD = re.compile(r"[^\W\d_]+")
# Days, months, quarters and stretches of them, which a table may hold as texts: they are times and no names.
_TIME = re.compile(
    rf"(?:\W|\d|\b(?:{'|'.join(MONTHS)}|{'|'.join(m[:3] for m in MONTHS)}|to|until|weeks?|Q[1-4])\b)+", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What can be named. `names` and `metrics` map a spelling in lower case to what it may mean.

    quotable: texts that may be repeated; foreign: those of them that somebody else wrote, which may be repeated as a quotation.
    """

    facts: tuple[Fact, ...]
    names: dict[str, frozenset[Pair]]
    metrics: dict[str, frozenset[str]]
    pattern: re.Pattern[str]
    spans: frozenset[Span]
    period: Span | None
    comparison: Span | None
    today: date | None
    vocabulary: frozenset[str]
    quotable: tuple[str, ...]
    foreign: tuple[str, ...]
    common: frozenset[Pair]
    currency: str

    def mention(self, match: re.Match[str]) -> Mention | None:
        """The name or metric that a spelling stands for."""
        from analyst_agent.claims.mentions import Mention

        text = match[0].lower()
        for form in (text, text.removesuffix("s"), text.removesuffix("es")):
            if form in self.names:
                return Mention("name", match[0], self.names[form])
            if form in self.metrics:
                return Mention("metric", match[0], self.metrics[form])
        return None


def lexicon_of(finding: Finding, wording: Wording, texts: Iterable[str]) -> Lexicon:
    """All names of a finding; `texts` are the claims, whose words may be used too."""
    facts, wording = finding.facts, wording.of(finding)
    names = _names(finding, wording)
    metrics = _metrics(facts, wording)
    spans = {s for f in facts for s in (*span_of(f), *reference_span(f))}
    spans |= {(f.period.start, f.period.end) for f in facts if f.period}
    days = (finding.period.start, finding.period.end) if finding.period else None
    other = (finding.comparison.start, finding.comparison.end) if finding.comparison else None
    if days is None and facts:
        days = next(iter(span_of(facts[0])), None)
    if other is None:
        other = next((s for f in facts for s in reference_span(f)), None)
    own, others = _own_texts(finding), _foreign_texts(finding)
    quotable = [*own, *others]
    vocabulary = _words([*texts, *quotable, *names, *metrics, *wording.dimensions.values(), *wording.metrics.values()])
    return Lexicon(
        facts, names, metrics, _pattern([*names, *metrics]), frozenset(spans | {s for s in (days, other) if s}), days, other,
        wording.today, frozenset(vocabulary | cues.ORDINARY), tuple(squeezed(t) for t in quotable),
        tuple(squeezed(t) for t in others), _common(facts), wording.currency,
    )  # fmt: skip


def squeezed(text: str) -> str:
    """For comparing quotations: one space between words, plain quotes, lower case."""
    return " ".join(text.replace("’", "'").split()).lower()


def _names(finding: Finding, wording: Wording) -> dict[str, frozenset[Pair]]:
    found: dict[str, set[Pair]] = {}

    def add(spelling: str, pair: Pair) -> None:
        if len(spelling.strip()) > 1 and not _TIME.fullmatch(spelling):
            found.setdefault(" ".join(spelling.lower().split()), set()).add(pair)

    for dimension, value in _pairs(finding):
        if dimension in TIMES:
            continue
        label = wording.plain_value(dimension, value)
        if value is None or isinstance(value, bool) or not re.search(r"[^\W\d_]{2}", label):
            add(f"{wording.dimension(dimension)} {label}", (dimension, value))
            continue
        add(label, (dimension, value))
        add(str(value), (dimension, value))
        if dimension in CAUSES:
            add(str(value).replace("_", " "), (dimension, value))
    for one in finding.citations:
        add(one.document, ("known_issue", one.document))
        add(one.title or one.document, ("known_issue", one.document))
        add(one.heading, ("heading", one.heading))
    for statement in finding.statements:
        if document := statement.arguments.get("document"):
            add(str(document), ("known_issue", str(document)))
            add(str(statement.arguments.get("title") or document), ("known_issue", str(document)))
    return {spelling: frozenset(pairs) for spelling, pairs in found.items()}


def _pairs(finding: Finding) -> Iterable[Pair]:
    for fact in finding.facts:
        yield from fact.dimensions.items()
        for condition in fact.filters:
            values = condition.value if isinstance(condition.value, (list, tuple)) else (condition.value,)
            yield from ((condition.field, v) for v in values)
    for table in finding.tables:
        for row in table.rows:
            for column, cell in zip(table.columns, row, strict=False):
                is_word = column.unit == "text" and isinstance(cell, str) and 1 < len(cell) <= 60 and column.key
                # "within noise" in a column of a table is no name: taken for one, it would go unchecked in a sentence.
                if is_word and not _judges_a_difference(str(cell)):
                    yield column.key, cell


def _judges_a_difference(cell: str) -> bool:
    judging = (cues.SIGNIFICANT, cues.NOT_SIGNIFICANT, cues.NOT_TESTED, cues.NOTHING_SHOWN, cues.UNCHANGED)
    return any(p.search(cell) for p in (*judging, cues.UP, cues.DOWN))


def _metrics(facts: Sequence[Fact], wording: Wording) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    names = {f.metric for f in facts} | set(wording.metrics)
    for name in names:
        for spelling in (wording.metric(name), *wording.synonyms.get(name, ())):
            if len(spelling) > 2 and spelling.lower() not in GENERAL and not _judges(spelling):
                found.setdefault(spelling.lower(), set()).add(name)
    return {spelling: frozenset(metrics) for spelling, metrics in found.items()}


def _judges(spelling: str) -> bool:
    """Whether a synonym made for questions ("escalate more", "take longest") says a direction in an answer."""
    judging = (cues.UP, cues.DOWN, cues.HIGHEST, cues.LOWEST, cues.NEGATION)
    return spelling.startswith("how ") or any(p.search(spelling) for p in judging)


def _pattern(spellings: Iterable[str]) -> re.Pattern[str]:
    ordered = sorted(set(spellings), key=len, reverse=True)
    if not ordered:
        return re.compile(r"(?!)")
    alternatives = "|".join(re.escape(s).replace(r"\ ", r"\s+") for s in ordered)
    return re.compile(rf"(?<![\w-])(?:{alternatives})(?:e?s)?(?![\w-])", re.IGNORECASE)


def _own_texts(finding: Finding) -> list[str]:
    texts = [r.action for r in finding.recommendations]
    texts += [t for d in finding.definitions for t in (d.name, d.text)]
    texts += [c.text for c in finding.caveats]
    return [t for t in texts if t]


def _foreign_texts(finding: Finding) -> list[str]:
    """What documents say and what they are called; values of the helpdesk in arguments."""
    texts = [t for c in finding.citations for t in (c.quote, c.title, c.heading, c.document)]
    texts += [t for r in finding.recommendations for t in (r.basis, r.pattern, r.document or "")]
    texts += [t for s in finding.statements for t in _strings(s.arguments.values())]
    return [t for t in texts if t]


def _strings(values: Iterable[object]) -> Iterable[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, (list, tuple)):
            yield from _strings(value)


def _words(texts: Iterable[str]) -> set[str]:
    return {w.lower() for text in texts for w in _WORD.findall(text)}


def _common(facts: Sequence[Fact]) -> frozenset[Pair]:
    """Conditions that every fact was counted under: they need not be repeated."""
    each: list[set[Pair]] = []
    for fact in facts:
        held: set[Pair] = set()
        for condition in fact.filters:
            if condition.op in ("=", "in"):
                values = condition.value if isinstance(condition.value, (list, tuple)) else (condition.value,)
                held |= {(condition.field, _hashable(v)) for v in values}
        each.append(held)
    return frozenset(set.intersection(*each)) if each else frozenset()


def _hashable(value: object) -> Value:
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)
