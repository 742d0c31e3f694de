"""What columns and files are called: a header as words, and the vocabulary that says what such words mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import yaml

STRENGTHS: dict[str, float] = {"sure": 0.96, "likely": 0.8, "maybe": 0.5}
_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_a-zA-Z]+")
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in the vocabulary. strength: 0 to 1, from the name alone; level: sure, likely, maybe or partial."""

    strength: float
    level: str
    phrase: str


@dataclass(slots=True)
class TableWords:
    """The names of one table's columns. phrases: the joined name to (column, level); words: the words of each phrase, for partial matches."""

    own: frozenset[str]
    phrases: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    words: dict[str, list[tuple[frozenset[str], str]]] = field(default_factory=dict)
    aside: dict[str, str] = field(default_factory=dict)
    also: frozenset[str] = frozenset()
    extra: dict[str, frozenset[str]] = field(default_factory=dict)
    by_start: dict[tuple[str, int], list[str]] = field(default_factory=dict)
    looked_up: dict[tuple[str, tuple[str, ...]], dict[str, Match]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """All that is known of names. files: the words of a file's name by table, and `other` for what is no table of ours."""

    abbreviations: Mapping[str, str]
    noise_before: frozenset[str]
    noise_after: frozenset[str]
    technical: tuple[str, ...]
    tables: Mapping[str, TableWords]
    files: Mapping[str, frozenset[str]]
    values: Mapping[str, frozenset[str]]
    missing_always: tuple[str, ...]
    missing_in_numbers: tuple[str, ...]


def plain(text: str) -> str:
    """Text without accents and in lower case, for comparing.

    >>> plain("Priorität")
    'prioritat'
    """
    cut = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    return "".join(c for c in cut if not unicodedata.combining(c)).lower()


def words(name: str) -> list[str]:
    """The words of a header or a file's name, in lower case.

    >>> words("firstResponseAt"), words("SLA_due-date"), words("Case #")
    (['first', 'response', 'at'], ['sla', 'due', 'date'], ['case', 'number'])
    """
    name = name[:_LONGEST_NAME].replace("ß", "ss").replace("№", "#").replace("º", "°")
    cut = unicodedata.normalize("NFKD", name)
    text = "".join(c for c in cut if not unicodedata.combining(c)).replace("#", " number ")
    text = re.sub(r"\b[Nn][°º]", " number ", text)
    text = re.sub(r"\b(\w+)'s\b", r"\1", text)
    text = re.sub(r"([Ii])[Dd]s\b", r"\1d", text)
    return [w.lower() for w in _WORD.findall(text)]


def singular(word: str) -> str:
    """A word of a file's name without its plural.

    >>> singular("companies"), singular("tickets"), singular("status")
    ('company', 'ticket', 'status')
    """
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ss", "us", "is")) or len(word) < 4:
        return word
    return word[:-1] if word.endswith("s") else word


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary beside this module, read once."""
    raw: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("vocabulary.yml").read_text(encoding="utf-8"))
    sets = {name: tuple(entries) for name, entries in raw["sets"].items()}
    values = {name: frozenset(plain(str(v)) for v in found) for name, found in raw["values"].items()}
    files = {name: frozenset(_file_word(w) for w in found) for name, found in raw["files"].items()}
    return Vocabulary(
        raw["abbreviations"],
        frozenset(raw["noise_before"]),
        frozenset(raw["noise_after"]),
        tuple(raw["technical"]),
        {name: _table_words(spec, sets) for name, spec in raw["tables"].items()},
        files,
        values,
        tuple(raw["missing"]["always"]),
        tuple(raw["missing"]["in_numbers_and_times"]),
    )


def _file_word(text: str) -> str:
    return " ".join(singular(w) for w in words(text))


def _table_words(spec: Mapping[str, Any], sets: Mapping[str, Sequence[str]]) -> TableWords:
    found = TableWords(frozenset(p for p in _spellings(spec["of"], sets)))
    for column, by_level in spec["columns"].items():
        for level, patterns in by_level.items():
            for pattern in patterns:
                for phrase in _spellings(pattern, sets):
                    taken = found.phrases.setdefault(_joined(phrase), [])
                    if all(c != column for c, _ in taken):
                        taken.append((column, level))
                if level != "maybe":
                    found.words.setdefault(column, []).extend(_cores(pattern))
    for reason, patterns in spec.get("aside", {}).items():
        found.aside.update({_joined(p): reason for pattern in patterns for p in _spellings(pattern, sets)})
    found.also = frozenset(_joined(p) for pattern in spec["also"] for p in _spellings(pattern, sets))
    for name in ("escalated_at", "escalation_level", "reassignments", "sequence", "first_name", "last_name"):
        if name in spec:
            found.extra[name] = frozenset(_joined(p) for q in spec[name]["sure"] for p in _spellings(q, sets))
    for phrase in found.phrases:
        found.by_start.setdefault((phrase[0], len(phrase)), []).append(phrase)
    return found


def _joined(phrase: str) -> str:
    return "".join(words(phrase))


def _cores(pattern: str) -> Iterator[tuple[frozenset[str], str]]:
    """The fixed words of a pattern, where there are at least one of some length: what a longer name must contain to be like it."""
    fixed = [w for w in pattern.split() if "|" not in w and "?" not in w and not w.startswith("@")]
    if fixed and len(fixed) == len(pattern.split()) and any(len(w) > 3 for w in fixed):
        yield frozenset(w for one in fixed for w in words(one)), pattern


def _spellings(pattern: str, sets: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Every phrase that a pattern stands for.

    >>> list(_spellings("due by|at?", {}))
    ['due by', 'due at', 'due']
    """
    choices: list[list[str]] = []
    for word in pattern.split():
        options: list[str] = []
        for one in word.removesuffix("?").split("|"):
            options.extend(sets[one[1:]] if one.startswith("@") else [one])
        if word.endswith("?"):
            options.append("")
        choices.append(options)
    for combination in product(*choices):
        phrase = " ".join(w for w in combination if w)
        if phrase:
            yield phrase


def is_technical(name: str, known: Vocabulary) -> bool:
    """Whether a column belongs to the tool that copied the data."""
    low = plain(name.strip())
    return any(low.startswith(t) or (t.startswith("_") and f"{t}_" in low) for t in known.technical)


def common_prefix(names: Sequence[str]) -> tuple[str, ...]:
    """The first word that most of a file's columns share, such as a table's own mark; empty where there is none."""
    firsts: dict[str, int] = {}
    for name in names:
        cut = words(name)
        if len(cut) > 1:
            firsts[cut[0]] = firsts.get(cut[0], 0) + 1
    best = max(firsts.items(), key=lambda item: (item[1], item[0]), default=("", 0))
    return (best[0],) if len(names) >= 4 and best[1] >= 0.6 * len(names) else ()


def variants(
    name: str, known: Vocabulary, own: frozenset[str], prefix: tuple[str, ...] = ()
) -> list[tuple[str, float]]:
    """The joined forms under which a name is looked up, in the order of trust, each with what it costs."""
    cut = words(name)
    if prefix and len(cut) > 1 and cut[0] == prefix[0]:
        bare = [cut, cut[1:]]
    else:
        bare = [cut]
    found: dict[str, float] = {}
    for start, base in enumerate(bare):
        for spelled, cost in ((base, 0.0), ([known.abbreviations.get(w, w) for w in base], 0.01)):
            for taken, more in _stripped(spelled, known, own):
                for one in taken:
                    found.setdefault(one, round(cost + more + 0.005 * start, 3))
    return sorted(((j, c) for j, c in found.items() if j), key=lambda item: item[1])


def _stripped(cut: list[str], known: Vocabulary, own: frozenset[str]) -> Iterator[tuple[list[str], float]]:
    """The words as they are, then without noise before, after, both, and without the table's own noun."""
    yield ["".join(cut)], 0.0
    front, back = list(cut), list(cut)
    cost = 0.0
    while len(front) > 1 and front[0] in known.noise_before:
        front, cost = front[1:], cost + 0.02
        yield ["".join(front)], cost
    while len(back) > 1 and back[-1] in known.noise_after:
        back = back[:-1]
        yield ["".join(back)], 0.03
    both = list(front)
    while len(both) > 1 and both[-1] in known.noise_after:
        both = both[:-1]
    if len(both) < len(cut):
        yield ["".join(both)], 0.04
    for size in (1, 2):
        if len(both) > size and (" ".join(both[:size]) in own or singular("".join(both[:size])) in own):
            yield ["".join(both[size:])], 0.02


def look_up(name: str, column_words: TableWords, known: Vocabulary, prefix: tuple[str, ...] = ()) -> dict[str, Match]:
    """The columns of a table that a name may mean; exact spellings first, else names that contain or nearly are one."""
    if (name, prefix) not in column_words.looked_up:
        column_words.looked_up[name, prefix] = _look_up(name, column_words, known, prefix)
    return column_words.looked_up[name, prefix]


def _look_up(name: str, column_words: TableWords, known: Vocabulary, prefix: tuple[str, ...]) -> dict[str, Match]:
    forms = variants(name, known, column_words.own, prefix)
    found: dict[str, Match] = {}
    for form, cost in forms:
        for column, level in column_words.phrases.get(form, ()):
            if column not in found:
                found[column] = Match(STRENGTHS[level] - cost, level, form)
        if any(m.level in ("sure", "likely") for m in found.values()):
            break
    return found or _partly(words(name), forms, column_words, known)


def _partly(
    cut: Iterable[str], forms: Sequence[tuple[str, float]], column_words: TableWords, known: Vocabulary
) -> dict[str, Match]:
    """Weak matches: the name has all words of a phrase and more, or is a misspelling of one. Only ever shown as a comment."""
    have = {known.abbreviations.get(w, w) for w in cut}
    found: dict[str, Match] = {}
    for column, phrases in column_words.words.items():
        for needed, phrase in phrases:
            if needed <= have:
                strength = 0.6 * len(needed) / max(len(have), 1)
                if strength > found.get(column, Match(0.0, "", "")).strength:
                    found[column] = Match(min(strength, 0.45), "partial", phrase)
    form = forms[0][0] if forms else ""
    if not found and len(form) >= 6:
        for phrase in (p for size in (-1, 0, 1) for p in column_words.by_start.get((form[0], len(form) + size), ())):
            if _is_near(form, phrase):
                for column, level in column_words.phrases[phrase]:
                    found.setdefault(column, Match(0.5 if level == "sure" else 0.4, "partial", phrase))
    return found


def _is_near(one: str, other: str) -> bool:
    """Whether two texts differ by one letter more, less or other, or by two neighbours exchanged."""
    if len(one) > len(other):
        one, other = other, one
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    if len(one) == len(other):
        rest, their = one[start:], other[start:]
        return rest[1:] == their[1:] or (rest[:2] == their[:2][::-1] and rest[2:] == their[2:])
    return one[start:] == other[start + 1 :]
