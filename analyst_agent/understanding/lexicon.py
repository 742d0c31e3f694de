"""The index of everything that can be named: metrics, dimensions, number fields and stored values, each by the stems of its phrases."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyst_agent.semantic.model import GRAINS, Field, Metric, Model, load_model
from analyst_agent.semantic.synonyms import Synonym, parse_synonyms, same_value
from analyst_agent.understanding import cues
from analyst_agent.understanding.context import Context
from analyst_agent.understanding.spoken import spoken_forms
from analyst_agent.understanding.words import Speller, folded_words, singular, stem, stems, word_set

SMALL_DIMENSION = 400
SHORTEST_JOINED = 4
"""Shorter values are not looked for in words written apart: "a p i" is hardly "API", "o n" never "on"."""
# ISO 639-1 codes, as helpdesks store them, by the English name that people say.
LANGUAGES = {
    "ar": "arabic", "bg": "bulgarian", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish", "et": "estonian",
    "fi": "finnish", "fr": "french", "he": "hebrew", "hi": "hindi", "hr": "croatian", "hu": "hungarian", "id": "indonesian", "it": "italian",
    "ja": "japanese", "ko": "korean", "lt": "lithuanian", "lv": "latvian", "nl": "dutch", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sk": "slovak", "sl": "slovenian", "sr": "serbian", "sv": "swedish", "th": "thai", "tr": "turkish",
    "uk": "ukrainian", "vi": "vietnamese", "zh": "chinese",
}  # fmt: skip
_FILLERS = frozenset(stem(w) for w in word_set("how many number of total count got were was volume the"))
_ROLE_RANK = {"creation": 0, "assigned": 1, "escalation": 2, "outcome": 3}


@dataclass(frozen=True, slots=True)
class Entry:
    """One phrase and what it names. `words` is its folded spelling, to tell an exact match from a match of stems; own: of the workspace's words."""

    key: tuple[str, ...]
    words: tuple[str, ...]
    kind: str
    name: str
    value: str = ""
    weak: bool = False
    capitals: bool = False
    rank: int = 0
    own: bool = False


@dataclass(slots=True)
class Lexicon:
    """Entries by their first stem, and what the matching needs to know besides."""

    model: Model
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    names: dict[str, list[Entry]] = field(default_factory=dict)
    joined: dict[str, list[Entry]] = field(default_factory=dict)
    absent: list[tuple[tuple[str, ...], Synonym]] = field(default_factory=list)
    codes: dict[tuple[str, str], str | None] = field(default_factory=dict)
    parts: dict[str, set[tuple[str, str]]] = field(default_factory=dict)
    entity_words: frozenset[str] = frozenset()
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    ranks: dict[str, int] = field(default_factory=dict)
    speller: Speller = field(default_factory=lambda: Speller(()))

    def add(self, phrase: str, kind: str, name: str, **extra: object) -> None:
        """File one phrase."""
        words = folded_words(phrase)
        if words:
            entry = Entry(tuple(stem(w) for w in words), words, kind, name, **extra)  # type: ignore[arg-type]
            bucket = self.entries.setdefault(entry.key[0], [])
            if not any(
                e.key == entry.key
                and e.words == entry.words
                and e.kind == kind
                and e.name == name
                and e.value == entry.value
                and e.own == entry.own
                for e in bucket
            ):
                bucket.append(entry)

    def is_entity(self, words: tuple[str, ...]) -> bool:
        """Whether the words are a plain noun for a thing counted: tickets, customers, agents."""
        return len(words) == 1 and stem(words[0]) in self.entity_words


_CACHE: dict[tuple[int, int], tuple[Model, Lexicon]] = {}


def lexicon_of(context: Context) -> Lexicon:
    """The index for a context, built once for a model and its values (the last eight are kept)."""
    content = hash(
        (tuple(sorted((k, tuple(v)) for k, v in context.values.items())), tuple(sorted(context.synonyms.items())))
    )
    key = (id(context.model), content)
    if key not in _CACHE:
        while len(_CACHE) >= 8:
            _CACHE.pop(next(iter(_CACHE)))
        _CACHE[key] = (context.model, build(context.model, context.values, context.synonyms))
    return _CACHE[key][1]


def build(model: Model, values: Mapping[str, tuple[str, ...]], synonyms: Mapping[str, str]) -> Lexicon:
    """The index over a model, the stored values of its dimensions and a workspace's own words."""
    lexicon = Lexicon(model, entity_words=_entity_words(model))
    for metric in model.metrics.values():
        for phrase in metric_phrases(metric):
            lexicon.add(phrase, "metric", metric.name, weak=_is_weak(phrase, lexicon.entity_words))
    for dataset in model.datasets.values():
        counts = [m.name for m in model.metrics.values() if m.dataset == dataset.name and m.expression == "COUNT(*)"]
        for word in dataset.synonyms if counts else ():
            if len(folded_words(word)) == 1:
                lexicon.add(word, "plural", counts[0], weak=True)
    dimensions = model.dimensions()
    for place, one in enumerate(dimensions.values()):
        for phrase in field_phrases(one):
            lexicon.add(phrase, "dimension", one.name, rank=place)
    for one in model.filterable().values():
        if one.kind == "number":
            for phrase in field_phrases(one):
                lexicon.add(phrase, "field", one.name)
    _add_revoked(lexicon, model)
    ranks = lexicon.ranks = _value_ranks(model, dimensions)
    for name, stored in _all_values(model, values):
        if name in dimensions:
            _add_values(lexicon, name, stored, ranks[name])
            _add_prefix(lexicon, name, stored, ranks[name])
    for phrase, name, value in spoken_forms(lexicon.values):
        words = folded_words(phrase)
        if not any(e.words == words and e.kind == "value" for e in lexicon.entries.get(stem(words[0]), ())):
            lexicon.add(phrase, "value", name, value=value, rank=ranks.get(name, 0))
    _add_synonyms(lexicon, synonyms, ranks)
    lexicon.speller = Speller(_known_words(lexicon))
    return lexicon


def metric_phrases(metric: Metric) -> Iterator[str]:
    """Name, label and synonyms of a metric."""
    yield metric.name.replace("_", " ")
    yield metric.label
    yield from metric.synonyms


def field_phrases(one: Field) -> Iterator[str]:
    """Name, label and synonyms of a field; "number of X" also as X."""
    yield one.name.replace("_", " ")
    yield one.label
    yield from one.synonyms
    if one.label.startswith("number of "):
        yield one.label.removeprefix("number of ")


def _entity_words(model: Model) -> frozenset[str]:
    words = [
        w
        for d in model.datasets.values()
        for p in (d.name.replace("_", " "), *d.synonyms)
        if len(w := folded_words(p)) == 1
    ]
    return frozenset(stem(w[0]) for w in words)


def _is_weak(phrase: str, entity_words: frozenset[str]) -> bool:
    """Whether a phrase only names the thing counted ("tickets", "how many escalations"), and so often is not what is asked."""
    return set(stems(phrase)) - _FILLERS <= entity_words


def _value_ranks(model: Model, dimensions: Mapping[str, Field]) -> dict[str, int]:
    """The order in which dimensions claim a value that several hold: known at creation first, then in the order of the model.

    Among what is assigned, the ticket's own column goes before the agent's: a ticket's team is what people mean by its team.
    """
    ranked = sorted(
        (_ROLE_RANK[one.role], one.role == "assigned" and not model.datasets[one.dataset].time, place, name)
        for place, (name, one) in enumerate(dimensions.items())
    )
    return {name: rank for rank, (_, _, _, name) in enumerate(ranked)}


def _all_values(model: Model, values: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, stored in values.items():
        if name != "root_cause":
            yield name, stored
    yield "root_cause", tuple(dict.fromkeys([*values.get("root_cause", ()), *model.root_causes, "unclassified"]))


def _add_values(lexicon: Lexicon, name: str, stored: tuple[str, ...], rank: int) -> None:
    lexicon.values[name] = stored
    if len(stored) > SMALL_DIMENSION:
        for value in stored:
            words = folded_words(value)
            if words:
                lexicon.names.setdefault(words[0], []).append(Entry(words, words, "value", name, value, rank=rank))
        return
    for value in stored:
        words = folded_words(value)
        if not words:
            continue
        lexicon.add(value, "value", name, value=value, rank=rank)
        written = "".join(words)
        if len(written) >= SHORTEST_JOINED:
            lexicon.joined.setdefault(written, []).append(Entry(words, words, "value", name, value, rank=rank))
        if name == "language" and words[0] in LANGUAGES:
            lexicon.add(LANGUAGES[words[0]], "value", name, value=value, rank=rank)
        short = [w for w in words if w != "and"]
        if len(short) < len(words):
            lexicon.add(" ".join(short), "value", name, value=value, rank=rank)
        if len(words) > 1:
            _add_forms(lexicon, name, value, short, rank)
        digits = re.findall(r"\d+", value)
        if len(digits) == 1 and (len(words) == 1 or words[0].isdigit()):
            code = (name, digits[0].lstrip("0") or "0")
            lexicon.codes[code] = None if code in lexicon.codes else value


def _add_prefix(lexicon: Lexicon, name: str, stored: tuple[str, ...], rank: int) -> None:
    """ "Resolver 12", "Resolver 40": the word that numbers nearly all values of a dimension is a name of it."""
    leads = [m[1] for v in stored if (m := re.fullmatch(r"([A-Za-z]{3,})[ _-]?\d+", v))]
    common = max(set(leads), key=leads.count) if leads else ""
    if len(leads) >= 3 and leads.count(common) >= 0.8 * len(stored):
        lexicon.add(common, "dimension", name, rank=rank)
        for value in stored:
            if (m := re.fullmatch(rf"{common}[ _-]?0*(\d+)", value)) is not None:
                lexicon.codes.setdefault((name, m[1]), value)


def _add_forms(lexicon: Lexicon, name: str, value: str, words: list[str], rank: int) -> None:
    """Other spellings of a value of several words: written as one, without its leading number, by its initials, by one of its words."""
    lexicon.add("".join(words), "value", name, value=value, rank=rank)
    if words[0].isdigit() and not words[1].isdigit():
        lexicon.add(" ".join(words[1:]), "value", name, value=value, rank=rank)
    if all(w.isalpha() for w in words):
        lexicon.add("".join(w[0] for w in words), "value", name, value=value, capitals=True, rank=rank)
    for word in words:
        if len(word) >= 4 and word.isalpha() and not cues.is_generic(word):
            lexicon.parts.setdefault(singular(word), set()).add((name, value))


def _add_revoked(lexicon: Lexicon, model: Model) -> None:
    whole = load_model()
    fields, metrics = whole.filterable(), whole.metrics
    for name in model.revoked:
        if name in metrics:
            phrases = list(metric_phrases(metrics[name]))
        elif name in fields:
            phrases = list(field_phrases(fields[name]))
        else:
            phrases = [name.replace("_", " ")]
        for phrase in phrases:
            lexicon.add(phrase, "revoked", name)


def _add_synonyms(lexicon: Lexicon, synonyms: Mapping[str, str], ranks: Mapping[str, int]) -> None:
    """A workspace's word stands for a metric, a dimension or values, and for nothing else it might mean."""
    for one in parse_synonyms(synonyms, lexicon.model):
        if one.name in lexicon.model.metrics:
            lexicon.add(one.word, "metric", one.name, own=True)
        elif one.name:
            lexicon.add(one.word, "dimension", one.name, own=True)
        meant = [
            (name, value)
            for name, stored in lexicon.values.items()
            if one.field in ("", name) and name in ranks
            for value in stored
            if any(same_value(said, value) for said in one.values)
        ]
        for name, value in meant:
            lexicon.add(one.word, "value", name, value=value, rank=ranks[name], own=True)
        if one.values and not meant:
            lexicon.absent.append((folded_words(one.word), one))


def _known_words(lexicon: Lexicon) -> set[str]:
    words = {w for bucket in lexicon.entries.values() for e in bucket for w in e.words}
    words |= {w for w in cues.GENERIC | cues.OFFICE | frozenset(cues.NUMBER_WORDS) if len(w) >= 5}
    return words | set(GRAINS) | {g + "s" for g in GRAINS} | {"weekly", "monthly", "quarterly"}
